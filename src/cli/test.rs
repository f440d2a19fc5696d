//! `cq test FILE...`: the check blocks, in every interleaving.
//!
//! Several files at a time, as many as there are processors. Each is told of as soon as it and all
//! before it are through; the JSON comes at the end, whatever happens on the way.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::checked::{Came, Tested, test_file};
use super::explore::show;
use super::exploring::options;
use super::{WRONG_USE, interrupt, wrong_use};

/// How long the checks of one file may take together, unless told otherwise.
const BUDGET: Duration = Duration::from_secs(8);

/// The stack of the thread that tests a file.
const STACK: usize = 16 << 20;

/// Runs the checks of all files, several files at a time.
pub fn test(arguments: Vec<OsString>) -> ExitCode {
    let mut options = match options(arguments) {
        Ok(options) => options,
        Err(error) => return wrong_use(&error, None),
    };
    if options.words.is_empty() {
        return wrong_use("test needs the files to test", None);
    }
    if let Err(error) = options.fit("test") {
        return wrong_use(&error, None);
    }
    if !options.timed {
        options.bounds.time = BUDGET;
    }
    let stopped = interrupt::asks_to_stop();
    let files: Vec<PathBuf> = options.words.iter().map(PathBuf::from).collect();
    let all = at_once(
        &files,
        |file| test_file(file, &options, &stopped),
        |tested| {
            if !options.json {
                show(&tested.text);
            }
        },
    );
    if options.json {
        let files: Vec<&str> = all.iter().map(|tested| &*tested.json).collect();
        show(&format!("{{\"files\": [{}]}}\n", files.join(", ")));
    }
    if stopped.load(Ordering::SeqCst) {
        return ExitCode::from(interrupt::INTERRUPTED as u8);
    }
    let worst = all.iter().map(|tested| tested.came).max();
    match worst.unwrap_or(Came::Passed) {
        Came::Passed => ExitCode::SUCCESS,
        Came::Failed => ExitCode::FAILURE,
        Came::NotLoaded => ExitCode::from(WRONG_USE),
    }
}

/// Tests files on as many threads as there are processors; `told` gets each in order. One that
/// ends in an internal error has come to that, and the others go on.
fn at_once(
    files: &[PathBuf],
    test: impl Fn(&PathBuf) -> Tested + Sync,
    told: impl Fn(&Tested),
) -> Vec<Tested> {
    let threads = crate::runtime::run::processors().clamp(1, files.len());
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    let mut all: Vec<Option<Tested>> = files.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next, test) = (sender.clone(), &next, &test);
            let work = move || {
                loop {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    let Some(file) = files.get(at) else { return };
                    let tested = catch_unwind(AssertUnwindSafe(|| test(file)))
                        .unwrap_or_else(|_| Tested::internal_error(&file.display().to_string()));
                    if sender.send((at, tested)).is_err() {
                        return;
                    }
                }
            };
            let thread = thread::Builder::new().stack_size(STACK);
            // If it cannot be had, the others have more to do.
            let _ = thread.spawn_scoped(scope, work);
        }
        drop(sender);
        let mut through = 0;
        for (at, tested) in results {
            all[at] = Some(tested);
            while let Some(Some(tested)) = all.get(through) {
                told(tested);
                through += 1;
            }
        }
    });
    let missing = |(at, tested): (usize, Option<Tested>)| {
        tested.unwrap_or_else(|| Tested::internal_error(&files[at].display().to_string()))
    };
    all.into_iter().enumerate().map(missing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_error_of_one_file_leaves_the_others_alone() {
        let files: Vec<PathBuf> = ["a", "b", "c"].map(PathBuf::from).to_vec();
        let order = std::cell::RefCell::new(Vec::new());
        let all = at_once(
            &files,
            |file| match file.as_os_str() == "b" {
                true => panic!("on purpose"),
                false => Tested {
                    text: String::from("fine"),
                    json: file.display().to_string(),
                    came: Came::Passed,
                },
            },
            |tested| order.borrow_mut().push(tested.json.clone()),
        );
        let came: Vec<Came> = all.iter().map(|tested| tested.came).collect();
        assert_eq!(came, [Came::Passed, Came::Failed, Came::Passed]);
        assert!(all[1].json.contains("internal error"), "{}", all[1].json);
        assert_eq!(order.borrow()[0], "a");
        assert_eq!(order.borrow()[2], "c");
    }
}
