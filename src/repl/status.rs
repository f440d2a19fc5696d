//! What runs: `:tasks`, `:queues`, `:tree`, and `:cancel`, `:kill`, `:wait` on it.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::entries::Verdict;
use super::prompt::Repl;
use crate::builtins;
use crate::diagnostics::words;
use crate::runtime::gather::{self, Until};
use crate::runtime::pool::PoolKind;
use crate::runtime::run::Runtime;
use crate::runtime::task::Task;
use crate::runtime::wait::{Ticket, WaitingFor};
use crate::runtime::watch::{Started, TaskName};
use crate::value::Value;

/// `:tasks`
pub fn tasks(repl: &mut Repl, _: &str) {
    let rows: Vec<String> = alive(repl)
        .iter()
        .filter_map(|started| {
            let task = started.task()?;
            Some(row(repl, started, &task))
        })
        .collect();
    match rows.is_empty() {
        true => repl.say("no task runs\n"),
        false => repl.say(&rows.concat()),
    }
}

/// Those that have not ended, in the order of their start.
fn alive(repl: &Repl) -> Vec<Started> {
    let runtime = &repl.entries.runtime;
    let mut tasks = runtime.watched().map_or(Vec::new(), |watch| watch.tasks());
    tasks.retain(|started| started.task().is_some_and(|task| !task.has_ended()));
    tasks
}

/// One task in two lines, so that it fits 40 columns:
///
/// ```text
/// task #2 accum, thread: waits 3.2 s for get on queue #1, which is empty
///     at <entry 3>:2:15, spawned at <entry 4>:1:1
/// ```
fn row(repl: &Repl, started: &Started, task: &Task) -> String {
    let sources = &repl.entries.runtime.sources;
    let ticket = task.wait().filter(|ticket| match &ticket.what {
        // The fiber that speaks for it waits; the task itself computes.
        WaitingFor::Process(whereabouts) => whereabouts.told().is_some(),
        _ => true,
    });
    let name = started.calls.as_ref();
    let name = name.map_or(String::new(), |name| format!(" {name}"));
    let mut text = format!("{}{name}, {}: ", started.name, place(task));
    match &ticket {
        Some(ticket) => {
            let since = duration(ticket.since.elapsed());
            let _ = writeln!(text, "waits {since} for {}", ticket.what.describe());
        }
        None => {
            let since = duration(started.at.elapsed());
            let _ = writeln!(text, "{}, {since}", task.state_word());
        }
    }
    let mut places = Vec::new();
    if let Some(ticket) = ticket {
        places.push(format!("at {}", sources.locate(ticket.place())));
    }
    if let Some(at) = task.started_at {
        let verb = if started.name.is_future {
            "started"
        } else {
            "spawned"
        };
        places.push(format!("{verb} at {}", sources.locate(at)));
    }
    let places = repl.palette.quiet(&places.join(", "));
    let _ = writeln!(text, "    {places}");
    text
}

/// Where a task runs.
fn place(task: &Task) -> String {
    match (task.abroad.process(), &task.pool) {
        (Some(process), _) => format!("process {process}"),
        (None, None) if task.is_shared => String::from("shared pool"),
        (None, None) => String::from("thread"),
        (None, Some(pool)) => match pool.kind {
            PoolKind::Shared => String::from("shared pool"),
            PoolKind::Speakers | PoolKind::SharedProcesses => String::from("process"),
            _ => format!("pool #{}", pool.number),
        },
    }
}

/// `:queues`
pub fn queues(repl: &mut Repl, _: &str) {
    let runtime = &repl.entries.runtime;
    let Some(watch) = runtime.watched() else {
        return;
    };
    let mut queues = watch.queues();
    queues.sort_by_key(|queue| queue.number);
    let known = repl.entries.names.all();
    let waits = runtime.waits();
    let mut text = String::new();
    for queue in queues {
        let names = known.iter().filter(|known| {
            known.is_declared()
                && matches!(known.value(), Some(Value::Queue(other)) if Arc::ptr_eq(&other, &queue))
        });
        let names: Vec<&str> = names.map(|known| &*known.name).collect();
        let names = match names.is_empty() {
            true => String::new(),
            false => format!(" {}", names.join(", ")),
        };
        let capacity = match queue.capacity {
            Some(capacity) => format!("{} of {capacity}", queue.peek_len()),
            None => format!("{}, no bound", queue.peek_len()),
        };
        let closed = if queue.is_closed() { ", closed" } else { "" };
        let _ = writeln!(text, "queue #{}{names}: {capacity}{closed}", queue.number);
        let who = |ticket: &Arc<Ticket>| TaskName::from(&*ticket.task).to_string();
        let getters = waits.iter().filter(|ticket| match &ticket.what {
            WaitingFor::Value(other) | WaitingFor::Next(other) => Arc::ptr_eq(other, &queue),
            WaitingFor::AnyValue(others) => others.iter().any(|other| Arc::ptr_eq(other, &queue)),
            _ => false,
        });
        let getters: Vec<String> = getters.map(who).collect();
        let putters = waits.iter().filter(
            |ticket| matches!(&ticket.what, WaitingFor::Room(other) if Arc::ptr_eq(other, &queue)),
        );
        let putters: Vec<String> = putters.map(who).collect();
        for (waiting, verb) in [(getters, "get"), (putters, "put")] {
            match waiting.len() {
                0 => {}
                1 => drop(writeln!(text, "    {} waits to {verb}", waiting[0])),
                _ => drop(writeln!(text, "    {} wait to {verb}", waiting.join(", "))),
            }
        }
    }
    match text.is_empty() {
        true => repl.say("there is no queue\n"),
        false => repl.say(&text),
    }
}

/// `:tree`
pub fn tree(repl: &mut Repl, _: &str) {
    let runtime = &repl.entries.runtime;
    let tasks = runtime.watched().map_or(Vec::new(), |watch| watch.tasks());
    let mut children: HashMap<TaskName, Vec<&Started>> = HashMap::new();
    for started in &tasks {
        children.entry(started.by).or_default().push(started);
    }
    let mut text = String::from("task #1 (this session)\n");
    let mut open = vec![(
        children.get(&TaskName::MAIN).map_or(&[][..], |c| c),
        0,
        String::new(),
    )];
    while let Some((siblings, next, indent)) = open.pop() {
        let Some(started) = siblings.get(next) else {
            continue;
        };
        let last = next + 1 == siblings.len();
        let branch = if last { "└─ " } else { "├─ " };
        let state = match started.task() {
            Some(task) => match &started.calls {
                Some(name) => format!(" {name}, {}", task.state_word()),
                None => format!(", {}", task.state_word()),
            },
            None => String::from(", ended"),
        };
        let _ = writeln!(text, "{indent}{branch}{}{state}", started.name);
        let deeper = format!("{indent}{}", if last { "   " } else { "│  " });
        open.push((siblings, next + 1, indent));
        if let Some(children) = children.get(&started.name) {
            open.push((children, 0, deeper));
        }
    }
    if tasks.is_empty() {
        text = String::from("no task runs\n");
    }
    repl.say(&text);
}

/// `:cancel N`
pub fn cancel(repl: &mut Repl, number: &str) {
    act_on(repl, number, "cancel");
}

/// `:kill N`
pub fn kill(repl: &mut Repl, number: &str) {
    act_on(repl, number, "kill");
}

/// Calls a builtin on a task.
fn act_on(repl: &mut Repl, number: &str, builtin: &'static str) {
    let Some(name) = task_name(number) else {
        return repl.complain(
            &format!("`{number}` is no number of a task"),
            Some(format!(
                ":{builtin} 2 is task #2, :{builtin} f2 is future #2"
            )),
        );
    };
    if name == TaskName::MAIN {
        return repl.complain(
            "task #1 is this session",
            Some("`:quit` leaves it; Ctrl-C stops what it runs".into()),
        );
    }
    let Some(task) = find(repl, name, number) else {
        return repl.complain(
            &format!("there is no {name} that runs"),
            Some("`:tasks` shows those that do".into()),
        );
    };
    let name = TaskName::from(&*task);
    let done = repl
        .entries
        .work(&format!(":{builtin} {number}"), move |machine| {
            let handle = match name.is_future {
                true => Value::Future(task),
                false => Value::Task(task),
            };
            match builtins::find(builtin) {
                Some(builtin) => machine.call_builtin(builtin, &[handle]),
                None => Ok(Value::Nil),
            }
        });
    match done {
        Verdict::Value(_) if builtin == "cancel" => repl.say(&format!("{name} is asked to stop\n")),
        Verdict::Value(_) => repl.say(&format!("{name} is killed\n")),
        other => repl.show(other),
    }
}

/// `2`, `#2`, `task #2`; `f2`, `future #2`.
fn task_name(text: &str) -> Option<TaskName> {
    let (is_future, number) = match text
        .strip_prefix("future")
        .or_else(|| text.strip_prefix('f'))
    {
        Some(number) => (true, number),
        None => {
            let number = text.strip_prefix("task").or_else(|| text.strip_prefix('t'));
            (false, number.unwrap_or(text))
        }
    };
    let number = number.trim().trim_start_matches('#').parse().ok()?;
    Some(TaskName { is_future, number })
}

fn find(repl: &Repl, name: TaskName, written: &str) -> Option<Arc<Task>> {
    let running = repl.entries.runtime.watched()?.running();
    let is = |name: TaskName| move |task: &&Arc<Task>| TaskName::from(&***task) == name;
    let is_plain = written.bytes().all(|byte| byte.is_ascii_digit());
    let found = running.iter().find(is(name)).or_else(|| {
        // The only one that can be meant.
        let future = TaskName {
            is_future: true,
            ..name
        };
        running.iter().find(is(future)).filter(|_| is_plain)
    });
    found.cloned()
}

/// `:wait`
pub fn wait(repl: &mut Repl, _: &str) {
    let started = Instant::now();
    let tasks = words::count(repl.running(), "task");
    let text = format!("waiting for {tasks}; Ctrl-C stops waiting");
    let mut notice = Some(format!("{}\n", repl.palette.quiet(&text)));
    loop {
        let running = running(&repl.entries.runtime);
        if running.is_empty() {
            break;
        }
        let notice = notice.take();
        let done = repl.entries.work(":wait", move |machine| {
            // Said from here, where Ctrl-C is heard.
            if let Some(notice) = notice {
                machine.runtime.output.print(&notice);
            }
            gather::wait_for(machine, &running, Until::All, None)?;
            Ok(Value::Nil)
        });
        if !matches!(done, Verdict::Value(_)) {
            return repl.show(done);
        }
    }
    let took = duration(started.elapsed());
    let text = repl.palette.quiet(&format!("no task runs, after {took}"));
    repl.say(&format!("{text}\n"));
}

/// All tasks that run.
pub fn running(runtime: &Runtime) -> Vec<Arc<Task>> {
    runtime
        .watched()
        .map_or(Vec::new(), |watch| watch.running())
}

/// `0.8 ms`, `3.2 s`, `2 min 5 s`
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        _ if seconds < 0.001 => format!("{:.0} µs", seconds * 1e6),
        _ if seconds < 1.0 => format!("{:.1} ms", seconds * 1e3),
        _ if seconds < 60.0 => format!("{seconds:.1} s"),
        _ => format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tasks() {
        let shown = |text| task_name(text).map(|name| name.to_string());
        for text in ["2", "#2", "t2", "task 2", "task #2"] {
            assert_eq!(shown(text).as_deref(), Some("task #2"), "{text}");
        }
        for text in ["f2", "future 2", "future #2", "f#2"] {
            assert_eq!(shown(text).as_deref(), Some("future #2"), "{text}");
        }
        assert_eq!(shown("x"), None);
        assert_eq!(shown("-1"), None);
    }

    #[test]
    fn durations() {
        for (millis, expected) in [
            (0, "0 µs"),
            (12, "12.0 ms"),
            (3210, "3.2 s"),
            (125_000, "2 min 5 s"),
        ] {
            assert_eq!(duration(Duration::from_millis(millis)), expected);
        }
    }
}
