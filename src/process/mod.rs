//! Worker processes: what crosses to them, and over what.
//!
//! ```text
//!   first process                                worker: the same binary, started again
//!   values --pack--> bytes ==frames on a Unix socket== bytes --unpack--> copies
//!   queue  --------> its name (kind, number) ------------------------> a stand-in
//! ```
//!
//! The first process owns every queue, lock, semaphore and task; a worker's operation on one is a
//! request to it. In reading order:
//!
//! 1. [`packed`], [`bytes`]: the format, and how it is read without trusting it
//! 2. [`border`]: what both ends must know of each other: programs, sources, handles
//! 3. [`pack`], [`refusal`]: values into bytes, or why not, by name
//! 4. [`unpack`], `rebuild`, `failure`: bytes into copies
//! 5. [`work`]: whole tasks and how they ended
//! 6. [`program`]: the code, sent once
//! 7. [`message`], [`wire`], [`outbox`], `ear`, `socket`, `shared_memory`: what the two ends say to each other; [`parcel`],
//!    `row`: values on their way
//! 8. [`link`]: starting a worker anew, killing and burying it; `fork_server`: the process that forks the others;
//!    `starting`: one is started ahead
//! 9. in the first process, [`broker`] speaks for the tasks of workers: `remote` is a worker as it sees it, `reader`
//!    hears what one says, `speaker` is the fiber of a task that runs in one, `serve` and
//!    `at_once` do what it asks for, `kept` is what only one worker names,
//!    `traffic` what of queues is under way
//! 10. in a worker, [`worker`] runs tasks, [`home`] is the way to the first process, `away` what is asked of it, `loans` what it lends,
//!     [`names`] what things are called

mod at_once;
mod away;
pub mod border;
pub mod broker;
pub mod bytes;
mod ear;
mod failure;
mod fork_server;
pub mod home;
mod kept;
pub mod link;
mod loans;
pub mod message;
pub mod names;
pub mod outbox;
pub mod pack;
pub mod packed;
pub mod parcel;
pub mod program;
mod reader;
mod rebuild;
pub mod refusal;
mod remote;
mod row;
mod serve;
mod shared_memory;
mod socket;
mod speaker;
mod starting;
mod traffic;
pub mod unpack;
pub mod wire;
pub mod work;
pub mod worker;

#[cfg(test)]
mod tests;
