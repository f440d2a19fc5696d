//! Numbers and texts as bytes, and back from bytes that nobody vouches for.
//!
//! Numbers take seven bits a byte, lowest first, the eighth bit says that more follow. A reader
//! never asks for more memory than the bytes that are left could fill.

use std::fmt;

/// Bytes that mean nothing: cut off, out of range, or never written by [`Writer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "malformed data: {}", self.0)
    }
}

impl std::error::Error for Malformed {}

/// What reading gives.
pub type Read<T> = Result<T, Malformed>;

/// Writes a number where there is room for it; says how many bytes it took, at most ten.
pub fn write_number(mut number: u64, room: &mut [u8]) -> usize {
    let mut size = 0;
    while number >= 0x80 {
        room[size] = number as u8 | 0x80;
        number >>= 7;
        size += 1;
    }
    room[size] = number as u8;
    size + 1
}

/// Collects bytes.
#[derive(Debug, Default)]
pub struct Writer {
    /// What was written so far.
    pub bytes: Vec<u8>,
}

impl Writer {
    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// A number from 0.
    pub fn number(&mut self, number: u64) {
        let mut room = [0; 10];
        let size = write_number(number, &mut room);
        self.bytes.extend_from_slice(&room[..size]);
    }

    /// A count.
    pub fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    /// A number of either sign; small ones of either sign are short.
    pub fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    /// A float, bit by bit.
    pub fn float(&mut self, number: f64) {
        self.bytes
            .extend_from_slice(&number.to_bits().to_le_bytes());
    }

    /// Bytes with their count.
    pub fn blob(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    /// A text with its length.
    pub fn text(&mut self, text: &str) {
        self.blob(text.as_bytes());
    }

    /// Something that may be absent.
    pub fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Writer, T)) {
        match value {
            None => self.byte(0),
            Some(value) => {
                self.byte(1);
                write(self, value);
            }
        }
    }
}

/// Reads what a [`Writer`] wrote, or finds out that it did not.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads these bytes from their beginning.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    /// Whether everything was read.
    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes have not been read.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// One byte.
    pub fn byte(&mut self) -> Read<u8> {
        let (&byte, rest) = self
            .rest
            .split_first()
            .ok_or(Malformed("it ends too soon"))?;
        self.rest = rest;
        Ok(byte)
    }

    /// A number from 0.
    pub fn number(&mut self) -> Read<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Malformed("a number has more than 64 bits"))
    }

    /// A number that fits into 32 bits.
    pub fn small(&mut self) -> Read<u32> {
        u32::try_from(self.number()?).map_err(|_| Malformed("a number is too large"))
    }

    /// How many things follow, each of at least one byte.
    pub fn count(&mut self) -> Read<usize> {
        match usize::try_from(self.number()?) {
            Ok(count) if count <= self.rest.len() => Ok(count),
            _ => Err(Malformed("a count is larger than what follows")),
        }
    }

    /// A number of either sign.
    pub fn signed(&mut self) -> Read<i64> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// A float.
    pub fn float(&mut self) -> Read<f64> {
        let (bits, rest) = self
            .rest
            .split_first_chunk()
            .ok_or(Malformed("it ends too soon"))?;
        self.rest = rest;
        Ok(f64::from_bits(u64::from_le_bytes(*bits)))
    }

    /// Bytes with their count.
    pub fn blob(&mut self) -> Read<&'a [u8]> {
        let count = self.count()?;
        let (blob, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(blob)
    }

    /// A text.
    pub fn text(&mut self) -> Read<&'a str> {
        std::str::from_utf8(self.blob()?).map_err(|_| Malformed("a text is not UTF-8"))
    }

    /// Something that may be absent.
    pub fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<Option<T>> {
        match self.byte()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            _ => Err(Malformed("neither there nor absent")),
        }
    }

    /// Several things in a row.
    pub fn several<T>(&mut self, mut read: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count = self.count()?;
        let mut all = Vec::with_capacity(count);
        for _ in 0..count {
            all.push(read(self)?);
        }
        Ok(all)
    }
}
