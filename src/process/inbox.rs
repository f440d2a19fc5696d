//! What a worker says to the fiber that speaks for one of its tasks.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;

use super::message::{CallId, Request};
use super::work::PackedOutcome;
use crate::runtime::fiber::Resumed;
use crate::runtime::machine::Machine;
use crate::runtime::wait::{Ticket, WaitingFor};
use crate::value::Result;

/// One thing it says.
pub enum News {
    /// The task asks for something.
    Request(CallId, Request),
    /// The task has ended.
    Ended(PackedOutcome),
    /// The worker is gone.
    Died,
}

/// The news of one task.
#[derive(Default)]
pub struct Inbox {
    state: Mutex<(VecDeque<News>, Option<Arc<Ticket>>)>,
}

impl Inbox {
    /// Adds to it and wakes who waits.
    pub fn put(&self, news: News) {
        let ticket = {
            let mut state = self.state.lock();
            state.0.push_back(news);
            state.1.take()
        };
        if let Some(ticket) = ticket {
            ticket.wake(Resumed::Ready);
        }
    }

    /// The next one; waits for it.
    pub fn next(&self, machine: &mut Machine<'_>) -> Result<News> {
        loop {
            let news = machine.wait(
                || WaitingFor::Outside("its process"),
                None,
                |ticket| {
                    let mut state = self.state.lock();
                    let news = state.0.pop_front();
                    if news.is_none() {
                        state.1 = ticket.cloned();
                    }
                    news
                },
                |_| None,
            )?;
            if let Some(news) = news {
                return Ok(news);
            }
        }
    }
}
