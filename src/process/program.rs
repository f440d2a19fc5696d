//! A program's code as bytes: sent to each worker once, never parsed there.
//!
//! Both ends are the same binary, so the bytes need no version of their own. They come from the
//! first process, which parsed the program; they are checked, but not hardened against malice as
//! values are.
//!
//! The tree of a program may be thousands of levels deep, and every level costs a call here. So
//! the walk has a large stack of its own, of which it uses what it needs.

use std::io;

use corosensei::stack::DefaultStack;
use parking_lot::Mutex;

use super::bytes::Malformed;
use super::packed::Packed;
use crate::resolve::program::Program;
use crate::value::units::{UnitId, Units};

/// Address space for the walk over the deepest tree that the parser lets through.
const STACK: usize = 512 << 20;

/// Code that takes at most so many bytes is nested so little that every stack holds the walk.
const SHALLOW: usize = 2 << 10;

/// The bytes of a program; an error if there is no memory for the walk.
pub fn pack_program(program: &Program) -> io::Result<Vec<u8>> {
    let packed = corosensei::on_stack(DefaultStack::new(STACK)?, || postcard::to_allocvec(program));
    packed.map_err(io::Error::other)
}

/// The programs of a run as they are sent: each is packed once.
#[derive(Default)]
pub struct Programs(Mutex<Vec<Packed>>);

impl Programs {
    /// The bytes of one of these; `None` if there are not so many.
    pub fn packed(&self, units: &Units, id: UnitId) -> io::Result<Option<Packed>> {
        let mut packed = self.0.lock();
        while packed.len() <= id.0 as usize {
            let Some(unit) = units.get(UnitId(packed.len() as u32)) else {
                return Ok(None);
            };
            packed.push(pack_program(&unit.program)?.into());
        }
        Ok(Some(packed[id.0 as usize].clone()))
    }
}

/// The program that was packed.
pub fn unpack_program(bytes: &[u8]) -> io::Result<Program> {
    let read = || match postcard::take_from_bytes(bytes) {
        Ok((program, [])) => Ok(program),
        Ok(_) => Err(io::Error::other(Malformed("something behind a program"))),
        Err(error) => Err(io::Error::other(error)),
    };
    match bytes.len() <= SHALLOW {
        true => read(),
        false => corosensei::on_stack(DefaultStack::new(STACK)?, read),
    }
}
