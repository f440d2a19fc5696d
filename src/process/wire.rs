//! Messages over a Unix stream socket.
//!
//! ```text
//!   greeting (8 bytes)  length (4 bytes) message  length message …
//! ```
//!
//! Reading hands out what has already come before it waits. How messages go out is the matter of
//! the outbox.
//!
//! What comes may be nonsense. It is read without asking for memory ahead of the bytes, and any
//! error means that the other end is to be cut off: there is no next message after a wrong one.

use std::fmt;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::socket::receive_at_once;

/// What either end sends first. The last byte is the version of the messages.
pub const GREETING: [u8; 8] = *b"cq-link\x01";

/// The longest message.
pub const LARGEST: usize = 1 << 30;

/// How much room is made for reading at once: at first…
const FIRST_CHUNK: usize = 4 << 10;

/// …and at last, where so much comes at once that it fills all the room.
const CHUNK: usize = 256 << 10;

/// Why a link is of no more use.
#[derive(Debug)]
pub enum LinkError {
    /// The other end does not greet, or not in this version.
    Greeting,
    /// The other end has gone in the middle of a message.
    CutOff,
    /// A message of so many bytes.
    TooLarge(usize),
    /// A message that means nothing.
    Nonsense,
    /// A message that is well made, but nobody can say it.
    Impossible(&'static str),
    /// The system says no.
    Io(io::Error),
}

impl fmt::Display for LinkError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::Greeting => write!(out, "it speaks another language or version"),
            LinkError::CutOff => write!(out, "it stopped in the middle of a message"),
            LinkError::TooLarge(size) => write!(
                out,
                "a message of {size} bytes is too large: at most {LARGEST} can be sent at once"
            ),
            LinkError::Nonsense => write!(out, "it sent a message that means nothing"),
            LinkError::Impossible(why) => write!(out, "{why}"),
            LinkError::Io(error) => write!(out, "{error}"),
        }
    }
}

impl std::error::Error for LinkError {}

impl From<io::Error> for LinkError {
    fn from(error: io::Error) -> LinkError {
        LinkError::Io(error)
    }
}

/// Waits for the other end's greeting.
pub fn expect_greeting(from: &mut impl Read) -> Result<(), LinkError> {
    let mut greeting = [0; GREETING.len()];
    from.read_exact(&mut greeting)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => LinkError::CutOff,
            _ => LinkError::Io(error),
        })?;
    match greeting == GREETING {
        true => Ok(()),
        false => Err(LinkError::Greeting),
    }
}

/// Adds a message to what is to be sent; nothing is added if it is too large.
pub fn add<M: Serialize>(message: &M, collected: &mut Vec<u8>) -> Result<(), LinkError> {
    let start = collected.len();
    let mut bytes = std::mem::take(collected);
    bytes.extend_from_slice(&[0; 4]);
    // What is written goes to memory, which refuses nothing; a message has no depth.
    *collected = postcard::to_extend(message, bytes).map_err(|_| LinkError::Nonsense)?;
    let size = collected.len() - start - 4;
    if size > LARGEST {
        collected.truncate(start);
        return Err(LinkError::TooLarge(size));
    }
    collected[start..start + 4].copy_from_slice(&(size as u32).to_le_bytes());
    Ok(())
}

/// The reading end of a link.
#[derive(Debug)]
pub struct Receiver<R: Read> {
    from: R,
    /// What has come; `start..end` has not been handed out.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    chunk: usize,
}

impl<R: Read> Receiver<R> {
    /// Reads from this, behind the greeting.
    pub fn new(from: R) -> Receiver<R> {
        Receiver {
            from,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            chunk: FIRST_CHUNK,
        }
    }

    /// Where it reads from.
    pub fn source(&mut self) -> &mut R {
        &mut self.from
    }

    /// The next message, waiting for it; `None` when the other end has gone between two messages.
    pub fn receive<M: DeserializeOwned>(&mut self) -> Result<Option<M>, LinkError> {
        loop {
            if let Some(message) = self.buffered()? {
                return Ok(Some(message));
            }
            if self.fill(R::read)? == Some(0) {
                return self.end().map(|()| None);
            }
        }
    }

    /// The next message, if it has come and been read already.
    pub fn buffered<M: DeserializeOwned>(&mut self) -> Result<Option<M>, LinkError> {
        let Some(size) = self.size_of_next()? else {
            return Ok(None);
        };
        let begin = self.start + 4;
        if begin + size > self.end {
            return Ok(None);
        }
        self.start = begin + size;
        match postcard::take_from_bytes(&self.buffer[begin..begin + size]) {
            Ok((message, [])) => Ok(Some(message)),
            _ => Err(LinkError::Nonsense),
        }
    }

    /// The other end has gone.
    fn end(&self) -> Result<(), LinkError> {
        match self.start == self.end {
            true => Ok(()),
            false => Err(LinkError::CutOff),
        }
    }

    fn size_of_next(&self) -> Result<Option<usize>, LinkError> {
        let Some(size) = self.buffer[self.start..self.end].first_chunk() else {
            return Ok(None);
        };
        match u32::from_le_bytes(*size) as usize {
            size if size > LARGEST => Err(LinkError::TooLarge(size)),
            size => Ok(Some(size)),
        }
    }

    /// Reads what is there, at least one byte; 0 at the end, `None` if `read` does not wait and
    /// there is nothing.
    fn fill(
        &mut self,
        read: impl Fn(&mut R, &mut [u8]) -> io::Result<usize>,
    ) -> Result<Option<usize>, LinkError> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == 0 && self.buffer.len() > 4 * CHUNK {
            // One large message must not hold its memory for ever.
            self.buffer = Vec::new();
        }
        if self.buffer.len() - self.end < self.chunk {
            // Room grows with what has really come.
            let more = self.chunk.max(self.end);
            self.buffer.resize(self.end + more, 0);
        }
        loop {
            match read(&mut self.from, &mut self.buffer[self.end..]) {
                Ok(count) => {
                    self.end += count;
                    if self.end == self.buffer.len() {
                        self.chunk = CHUNK;
                    }
                    return Ok(Some(count));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                // A process that was killed may leave unread data behind.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(Some(0)),
                Err(error) => return Err(LinkError::Io(error)),
            }
        }
    }
}

/// What there is without waiting.
pub enum Now<M> {
    /// A message.
    Message(M),
    /// None yet.
    Nothing,
    /// The other end has gone.
    End,
}

impl Receiver<UnixStream> {
    /// The next message, if it has come.
    pub fn receive_at_once<M: DeserializeOwned>(&mut self) -> Result<Now<M>, LinkError> {
        loop {
            if let Some(message) = self.buffered()? {
                return Ok(Now::Message(message));
            }
            match self.fill(|from, into| receive_at_once(from, into))? {
                None => return Ok(Now::Nothing),
                Some(0) => return self.end().map(|()| Now::End),
                Some(_) => {}
            }
        }
    }
}
