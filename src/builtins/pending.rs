//! Lines read outside, of which none is lost.
//!
//! A task that waits for a line may be cancelled while the system call goes on. What the call then
//! gives is kept here for whoever asks next:
//!
//! ```text
//!   reader --read on a helper thread--> [ lines that nobody has taken yet ] --take--> a task
//! ```

use std::collections::VecDeque;
use std::io::{self, BufRead, ErrorKind};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::runtime::machine::Machine;
use crate::value::Result;

/// What one read gives: a line without its end, `None` at the end of the input, or an error.
pub type Line = io::Result<Option<Vec<u8>>>;

/// How many bytes of lines are read in one go where that holds nobody up.
const BATCH: usize = 64 << 10;

/// A source of lines and those read ahead.
pub struct PendingLines {
    source: Mutex<Box<dyn BufRead + Send>>,
    lines: Mutex<VecDeque<Line>>,
    batch: usize,
}

impl PendingLines {
    /// Lines that may be read ahead: a file's.
    pub fn ahead(source: impl BufRead + Send + 'static) -> Arc<PendingLines> {
        PendingLines::new(source, BATCH)
    }

    /// Lines that are read when asked for: what somebody types.
    pub fn one_by_one(source: impl BufRead + Send + 'static) -> Arc<PendingLines> {
        PendingLines::new(source, 0)
    }

    fn new(source: impl BufRead + Send + 'static, batch: usize) -> Arc<PendingLines> {
        Arc::new(PendingLines {
            source: Mutex::new(Box::new(source)),
            lines: Mutex::new(VecDeque::new()),
            batch,
        })
    }

    /// The next line; waits for it.
    pub fn next(
        self: &Arc<PendingLines>,
        machine: &mut Machine<'_>,
        what: &'static str,
    ) -> Result<Line> {
        loop {
            let line = self.lines.lock().pop_front();
            if let Some(line) = line {
                return Ok(line);
            }
            let own = self.clone();
            machine.outside(what, None, move || own.read())?;
        }
    }

    /// Reads until there is something to take.
    fn read(&self) {
        let mut source = self.source.lock();
        let mut size = 0;
        // Another task's read may have left something behind.
        while self.lines.lock().is_empty() || (0 < size && size < self.batch) {
            let line = read_line(&mut **source);
            if matches!(&line, Err(error) if error.kind() == ErrorKind::WouldBlock) {
                // Nobody waits for it any more.
                return;
            }
            let more = match &line {
                Ok(Some(line)) => line.len() + 1,
                _ => self.batch.max(1),
            };
            size += more;
            self.lines.lock().push_back(line);
        }
    }
}

fn read_line(source: &mut (dyn BufRead + Send)) -> Line {
    let mut line = Vec::new();
    loop {
        let found = match source.fill_buf() {
            Ok([]) if line.is_empty() => return Ok(None),
            Ok([]) => break,
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = found.iter().position(|&byte| byte == b'\n');
        let part = &found[..end.unwrap_or(found.len())];
        line.try_reserve(part.len())
            .map_err(|_| io::Error::from(ErrorKind::OutOfMemory))?;
        line.extend_from_slice(part);
        let used = part.len() + usize::from(end.is_some());
        source.consume(used);
        if end.is_some() {
            break;
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_either_kind_of_end_and_the_input() {
        let mut source = io::Cursor::new(b"a\r\n\nb".to_vec());
        let mut next = || {
            read_line(&mut source)
                .unwrap()
                .map(|line| String::from_utf8(line).unwrap())
        };
        assert_eq!(next(), Some("a".into()));
        assert_eq!(next(), Some("".into()));
        assert_eq!(next(), Some("b".into()));
        assert_eq!(next(), None);
    }

    #[test]
    fn a_typed_line_is_not_read_ahead() {
        let lines = PendingLines::one_by_one(io::Cursor::new(b"a\nb\n".to_vec()));
        lines.read();
        lines.read();
        assert_eq!(lines.lines.lock().len(), 1);
        let ahead = PendingLines::ahead(io::Cursor::new(b"a\nb\n".to_vec()));
        ahead.read();
        assert_eq!(ahead.lines.lock().len(), 3);
    }
}
