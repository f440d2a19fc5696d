//! The end of a pool: who waits for that of its tasks, and what is left when it takes no more.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::fiber::Resumed;
use super::machine::Machine;
use super::mailbox::Mail;
use super::pool::{PoolKind, PoolShared};
use super::task::Task;
use super::wait::WaitingFor;
use crate::value::{Failure, Kind, Result, Unwind};

impl PoolShared {
    /// One of its tasks has ended, started or not.
    pub fn one_ended(&self) {
        let less = |unfinished: usize| unfinished.checked_sub(1);
        let was = (self.unfinished).fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
        if was != Ok(1) {
            return;
        }
        // Who begins to wait looks under the lock whether this has happened.
        let waiting = self.state.with(|state| std::mem::take(&mut state.waiting));
        for ticket in waiting {
            ticket.wake(Resumed::Ready);
        }
    }

    /// Whether all its tasks have ended.
    pub fn is_finished(&self) -> bool {
        self.unfinished.load(Ordering::SeqCst) == 0
    }

    #[cold]
    pub(super) fn is_shut_down(&self) -> Unwind {
        Failure::error(
            Kind::Closed,
            format!("pool #{} is shut down and takes no more work", self.number),
        )
        .help("`with pool { }` shuts its pool down at the end; submit inside it")
        .into()
    }

    /// Waits until all its tasks have ended.
    pub fn wait_until_finished(self: &Arc<PoolShared>, machine: &mut Machine<'_>) -> Result<()> {
        let is_inside = |pool: &Arc<PoolShared>| Arc::ptr_eq(pool, self);
        if machine.task.pool.as_ref().is_some_and(is_inside) {
            let me = machine.task.title();
            return Err(Failure::error(
                Kind::Deadlock,
                format!(
                    "{me} runs in pool #{} and would wait for its own end",
                    self.number
                ),
            )
            .help("write `with pool` around the code that starts the futures, outside of them")
            .into());
        }
        if let PoolKind::InFirstProcess(number) = self.kind
            && let Some(first) = machine.runtime.first_process().cloned()
        {
            return first.wait_for_pool(machine, number);
        }
        machine.wait(
            || WaitingFor::Pool(self.clone()),
            None,
            |ticket| {
                self.state.with(|state| {
                    if self.is_finished() {
                        return Some(());
                    }
                    state.waiting.extend(ticket.cloned());
                    None
                })
            },
            |ticket| {
                self.state
                    .with(|state| state.waiting.retain(|other| !Arc::ptr_eq(other, ticket)));
                None
            },
        )?;
        Ok(())
    }

    /// Takes no more work; its threads end when what they have is done.
    pub fn shut_down(&self) {
        if self.kind.is_process()
            && let Some(program) = self.program.upgrade()
        {
            program.shut_down(self);
        }
        let idle = self.state.with(|state| {
            state.closed = true;
            state.calls.take_idle()
        });
        for seat in idle {
            seat.send(Mail::Look);
        }
    }

    /// Whether its threads may end.
    pub fn is_over(&self) -> bool {
        self.state
            .with(|state| state.closed && state.unstarted.is_empty())
    }

    /// Takes everything that has not started, to cancel it.
    pub fn take_unstarted(&self) -> Vec<Arc<Task>> {
        // Those that speak have to.
        if self.kind == PoolKind::Speakers {
            return Vec::new();
        }
        self.state.with(|state| state.unstarted.drain(..).collect())
    }
}
