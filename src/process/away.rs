//! What a task in a worker does with the things of the first process: the other end of `serve`.

use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::home::{Home, patience, started, too_large, unexpected};
use super::message::{Answer, FromWorker, LocalWait, RemoteId, RemotePlace, Request};
use super::pack::{HEAD_OF_TEXT, head_of_text};
use super::packed::{HandleKind, HandleName};
use super::parcel;
use super::row;
use super::shared_memory::Pieces;
use super::socket::wait_for_any;
use crate::runtime::elsewhere::{FirstProcess, Others};
use crate::runtime::gather::Until;
use crate::runtime::machine::Machine;
use crate::runtime::queue::Queue;
use crate::runtime::run::Runtime;
use crate::runtime::stop::Whereat;
use crate::runtime::task::{Task, TaskKind, Work};
use crate::runtime::worker::LastingWait;
use crate::syntax::span::Span;
use crate::value::{Result, Value};

/// A wait inside of this process that lasts longer is told.
const LASTING: Duration = Duration::from_millis(5);

impl FirstProcess for Home {
    fn new_queue(&self, machine: &mut Machine<'_>, capacity: Option<usize>) -> Result<Value> {
        let (capacity, at) = (capacity.map(|capacity| capacity as u64), machine.site);
        let answer = self.ask(machine, Request::NewQueue { capacity, at })?;
        self.made(answer)
    }

    fn new_lock(&self, machine: &mut Machine<'_>) -> Result<Value> {
        let answer = self.ask(machine, Request::NewLock)?;
        self.made(answer)
    }

    fn new_semaphore(&self, machine: &mut Machine<'_>, permits: u64) -> Result<Value> {
        let answer = self.ask(machine, Request::NewSemaphore { permits })?;
        self.made(answer)
    }

    fn put(
        &self,
        machine: &mut Machine<'_>,
        queue: &Arc<Queue>,
        value: &Value,
        deadline: Option<Instant>,
    ) -> Result<()> {
        let Some(away) = &queue.away else {
            return Err(unexpected());
        };
        // The look and what is said are one step, so nothing goes ahead behind `Settled`.
        let still = || away.goes_ahead();
        // If the reader stands back, this task most often asks for something next.
        let is_seen_to = self.ear.is_looked_after();
        let goes_ahead = still();
        if goes_ahead {
            machine.tick()?;
        }
        let in_a_row = |value: Pieces<'_>| {
            let value = (queue.number, value);
            self.outbox.row_ahead(value, still, is_seen_to)
        };
        let text = match value {
            Value::String(text) if row::takes(HEAD_OF_TEXT + text.len()) => Some(text),
            _ => None,
        };
        if goes_ahead && let Some(text) = text {
            // It needs no copy of its own.
            let (head, size) = head_of_text(text.len());
            if in_a_row([&head[..size], text.as_bytes()]) {
                return Ok(());
            }
        }
        let mut value = self.pack(machine, value)?;
        if goes_ahead {
            let may = text.is_none() && value.names.is_empty() && row::takes(value.packed.len());
            if may && in_a_row([&value.packed.0, &[]]) {
                return Ok(());
            }
            let put = (queue.number, value);
            let left = self.outbox.goes_ahead(put, still, is_seen_to);
            value = match left.map_err(|error| too_large(&error))? {
                Some(value) => value,
                None => return Ok(()),
            };
        }
        let request = Request::Put {
            queue: away.name,
            value,
            patience: patience(deadline),
        };
        match self.ask(machine, request)? {
            Answer::GoAhead(_) | Answer::Done => Ok(()),
            _ => Err(unexpected()),
        }
    }

    fn get(
        &self,
        machine: &mut Machine<'_>,
        queue: &Arc<Queue>,
        deadline: Option<Instant>,
    ) -> Result<Option<Value>> {
        machine.tick()?;
        loop {
            if let Some(lent) = self.take_lent(queue) {
                return parcel::unpack_item(machine.runtime, lent).map(Some);
            }
            let request = Request::Get {
                queue: queue_name(queue),
                patience: patience(deadline),
            };
            return match self.ask(machine, request)? {
                Answer::Value(value) => {
                    self.note(&FromWorker::Got(HandleName::of_task(machine.task)));
                    self.unpack(machine.runtime, value).map(Some)
                }
                Answer::Nothing => Ok(None),
                Answer::Lent => continue,
                _ => Err(unexpected()),
            };
        }
    }

    fn select(
        &self,
        machine: &mut Machine<'_>,
        queues: &[Arc<Queue>],
        deadline: Option<Instant>,
    ) -> Result<(usize, Value)> {
        let request = Request::Select {
            queues: queues.iter().map(queue_name).collect(),
            patience: patience(deadline),
        };
        match self.ask(machine, request)? {
            Answer::Selected(place, value) => {
                self.note(&FromWorker::Got(HandleName::of_task(machine.task)));
                Ok((place as usize, self.unpack(machine.runtime, value)?))
            }
            _ => Err(unexpected()),
        }
    }

    fn close(&self, machine: &mut Machine<'_>, queue: HandleName) -> Result<()> {
        self.ask(machine, Request::Close(queue)).map(drop)
    }

    fn length(&self, machine: &mut Machine<'_>, queue: HandleName) -> Result<usize> {
        match self.ask(machine, Request::Length(queue))? {
            Answer::Number(length) => Ok(length as usize),
            _ => Err(unexpected()),
        }
    }

    fn acquire(
        &self,
        machine: &mut Machine<'_>,
        what: HandleName,
        deadline: Option<Instant>,
    ) -> Result<()> {
        let patience = patience(deadline);
        self.ask(machine, Request::Acquire { what, patience })
            .map(drop)
    }

    fn release(&self, machine: &mut Machine<'_>, what: HandleName) -> Result<()> {
        self.ask(machine, Request::Release(what)).map(drop)
    }

    fn force(
        &self,
        machine: &mut Machine<'_>,
        task: &Arc<Task>,
        deadline: Option<Instant>,
        join: bool,
    ) -> Result<Value> {
        let request = Request::Force {
            task: HandleName::of_task(task),
            patience: patience(deadline),
            join,
        };
        self.value(machine, request)
    }

    fn exception(
        &self,
        machine: &mut Machine<'_>,
        task: &Arc<Task>,
        deadline: Option<Instant>,
    ) -> Result<Value> {
        let request = Request::Exception {
            task: HandleName::of_task(task),
            patience: patience(deadline),
        };
        self.value(machine, request)
    }

    fn has_ended(&self, machine: &mut Machine<'_>, task: &Arc<Task>) -> Result<bool> {
        self.yes_or_no(machine, Request::HasEnded(HandleName::of_task(task)))
    }

    fn cancel(&self, machine: &mut Machine<'_>, task: &Arc<Task>) -> Result<bool> {
        self.yes_or_no(machine, Request::Cancel(HandleName::of_task(task)))
    }

    fn kill(&self, machine: &mut Machine<'_>, task: &Arc<Task>) -> Result<()> {
        self.ask(machine, Request::Kill(HandleName::of_task(task)))
            .map(drop)
    }

    fn wait(
        &self,
        machine: &mut Machine<'_>,
        tasks: &[Arc<Task>],
        until: Until,
        deadline: Option<Instant>,
    ) -> Result<Vec<bool>> {
        let request = Request::Wait {
            tasks: self.names_of(tasks),
            until,
            patience: patience(deadline),
        };
        match self.ask(machine, request)? {
            Answer::Ended(ended) => Ok(ended),
            _ => Err(unexpected()),
        }
    }

    fn as_completed(&self, machine: &mut Machine<'_>, tasks: &[Arc<Task>]) -> Result<u64> {
        let request = Request::AsCompleted(self.names_of(tasks));
        self.number(machine, request)
    }

    fn next_completed(
        &self,
        machine: &mut Machine<'_>,
        among: u64,
        deadline: Option<Instant>,
    ) -> Result<Option<usize>> {
        let request = Request::NextCompleted {
            among: RemoteId(among),
            patience: patience(deadline),
        };
        match self.ask(machine, request)? {
            Answer::Number(place) => Ok(Some(place as usize)),
            Answer::Nothing => Ok(None),
            _ => Err(unexpected()),
        }
    }

    fn new_pool(&self, machine: &mut Machine<'_>, seats: usize) -> Result<u64> {
        let seats = seats as u64;
        self.number(machine, Request::NewPool { seats })
    }

    fn wait_for_pool(&self, machine: &mut Machine<'_>, pool: u64) -> Result<()> {
        self.ask(machine, Request::WaitForPool(RemoteId(pool)))
            .map(drop)
    }

    fn shut_down_pool(&self, pool: u64) {
        self.tell(&FromWorker::ShutDownPool(RemoteId(pool)));
    }

    fn start(
        &self,
        machine: &mut Machine<'_>,
        kind: TaskKind,
        work: &Work,
        pool: u64,
        at: Span,
    ) -> Result<Value> {
        let work = parcel::pack_work(machine.runtime, work, &machine.gate)?;
        let request = Request::Start {
            started: started(kind),
            place: match pool {
                0 => RemotePlace::Process,
                pool => RemotePlace::Pool(RemoteId(pool)),
            },
            work: self.seal(work),
            at,
        };
        let answer = self.ask(machine, request)?;
        self.made(answer)
    }

    fn input(&self, machine: &mut Machine<'_>, prompt: String) -> Result<Value> {
        self.value(machine, Request::Input { prompt })
    }

    fn show(&self, handle: HandleName) -> String {
        match self.ask_now(Request::Show(handle)) {
            Some(Answer::Text(text)) => text,
            _ => String::from("<handle>"),
        }
    }

    fn print(&self, text: &str) {
        self.tell(&FromWorker::Print(text.to_owned()));
        self.outbox.wait_for_room();
    }

    fn print_error(&self, text: &str) {
        self.tell(&FromWorker::PrintError(text.to_owned()));
    }

    fn exit(&self, status: i32) -> ! {
        self.tell_now(&FromWorker::Exit(status));
        self.outbox.drain();
        // The first process ends this one with all others.
        loop {
            std::thread::park();
        }
    }

    fn new_number(&self, _: &Runtime, kind: TaskKind) -> u64 {
        self.next_number(kind)
    }

    fn spawned(&self, task: &Arc<Task>) {
        self.knows(task);
    }

    fn ended(&self, runtime: &Runtime, task: &Arc<Task>, waited_for: bool) {
        if !task.abroad.is_known() {
            return;
        }
        self.tell_end(runtime, task, waited_for);
    }

    fn send(&self) {
        self.outbox.send_now();
    }

    fn asked(&self, task: &Task) {
        if task.abroad.is_known() || task.away().is_some() {
            self.tell(&FromWorker::Asked(HandleName::of_task(task)));
        }
    }

    fn cancels(&self, task: &Task) {
        if task.abroad.is_known() {
            self.tell(&FromWorker::Cancelled(HandleName::of_task(task)));
        }
    }

    fn was_at(&self, task: &Task, place: Whereat) {
        if task.abroad.is_known() || task.away().is_some() {
            self.tell_now(&FromWorker::WasAt(HandleName::of_task(task), place));
        }
    }

    fn others(&self) -> &dyn Others {
        self
    }

    fn nobody_is_awake(&self, runtime: &Runtime) {
        // What has come later wakes somebody or is looked at again.
        let received = self.received.load(Ordering::SeqCst);
        if runtime.is_asleep() {
            runtime.each_untold_wait(Duration::ZERO, |wait| self.tell_of(wait));
            self.tell_now(&FromWorker::Asleep(received));
        }
    }

    fn tell_of_waits(&self, runtime: &Runtime) {
        self.starts_reading();
        runtime.each_untold_wait(LASTING, |wait| self.tell_of(wait));
        if let Some(living) = runtime.living_has_changed() {
            self.tell(&FromWorker::Living(living));
        }
        let forgotten = self.names.forgotten();
        if !forgotten.is_empty() {
            self.note(&FromWorker::Forget(forgotten));
        }
        self.outbox.send_soon();
    }

    fn goes_on(&self, machine: &mut Machine<'_>) -> Result<()> {
        self.ask(machine, Request::GoOn).map(drop)
    }

    fn let_go(&self, name: HandleName) {
        self.names.lets_go(name);
        if name.kind == HandleKind::Queue {
            self.uses_no_more(name.id);
        }
    }
}

impl Others for Home {
    fn listen(&self) -> bool {
        self.ear.stands_back() && self.listens()
    }

    fn wait_to_hear(&self, bell: BorrowedFd<'_>, patience: Duration) -> Option<usize> {
        wait_for_any(&[bell, self.outbox.link()], patience)
    }

    fn nobody_listens(&self) {
        self.calls_reader();
    }
}

fn queue_name(queue: &Arc<Queue>) -> HandleName {
    HandleName {
        kind: HandleKind::Queue,
        id: queue.number,
    }
}

impl Home {
    /// How a task of this process has ended.
    pub(super) fn tell_end(&self, runtime: &Runtime, task: &Arc<Task>, waited_for: bool) {
        let Some(outcome) = task.outcome() else {
            return;
        };
        let (outcome, handles) = parcel::pack_end(runtime, &outcome);
        let mut message = FromWorker::Ended {
            task: HandleName::of_task(task),
            outcome,
            names: self.name_all(&handles),
            waited_for,
        };
        if let Err(error) = self.outbox.add(&message)
            && let FromWorker::Ended { outcome, .. } = &mut message
        {
            *outcome = parcel::pack_unsendable(runtime, &too_large(&error));
            self.tell(&message);
        }
        self.outbox.send_now();
    }

    fn tell_of(&self, wait: LastingWait<'_>) {
        self.knows(wait.task);
        let on = wait.on.map(|on| {
            self.knows(&on);
            HandleName::of_task(&on)
        });
        self.tell_now(&FromWorker::Waits(LocalWait {
            task: HandleName::of_task(wait.task),
            at: wait.at,
            what: wait.what,
            on,
            ends_by_itself: wait.ends_by_itself,
        }));
    }
}
