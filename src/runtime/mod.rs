//! Tasks and all they wait for.
//!
//! ```text
//!            future, spawn                 a wait: register, try again, hand the seat back
//!   program ---------------> task -- on a fiber -- on a seat (an OS thread that runs fibers)
//!                                     |
//!                                     +-- gate: says what it is about to do
//! ```
//!
//! In reading order:
//!
//! 1. [`machine`]: what a running task is made of; how functions are called; [`arguments`]: what they are called with
//! 2. [`fiber`], [`seat`], [`yard`], [`mailbox`] with `lookout`, [`wait`]: where tasks run and how they wait; `thread`, `mappings`: how many can;
//!    [`turn`]: how they wait when somebody else decides whose turn it is; [`trail`]: what they have
//!    seen then; [`still`]: what queues hold then
//! 3. [`task`] with its [`work`] and `listeners`, [`promise`] with `progress`, [`queue`] with `put`, [`lock`], [`pool`] with `calls`, `pace`, `batch` and `closing`: what they wait for
//! 4. [`force`], [`gather`], [`select`], [`resource`], [`iteration`]: the operations of the language on them
//! 5. [`deadlock`]: who waits for whom; [`scene`]: what a waiting task tells of itself; `plight`: the report
//! 6. [`output`], [`outside`]: the terminal, and system calls that block
//! 7. [`session`]: a program that is given one entry after the other; [`watch`]: what it knows of its tasks
//! 8. [`run`]: a whole program from start to end; [`numbers`] of what it makes; `ending` judges it, [`leftover`] says what nobody took,
//!    `ticker` looks at it from time to time; [`limits`], [`memory`]: what it may use; [`stop`]: how it is stopped from outside
//! 9. [`elsewhere`], [`abroad`], [`crossing`], [`lending`], [`worker`]: what is different when there are several processes;
//!    `listening`: how a seat that rests hears them

pub mod abroad;
pub mod arguments;
pub mod attention;
mod batch;
mod calls;
mod closing;
pub mod crossing;
pub mod deadlock;
pub mod elsewhere;
mod ending;
pub mod fiber;
pub mod force;
pub mod gather;
pub mod iteration;
pub mod leftover;
pub mod lending;
pub mod limits;
mod listeners;
mod listening;
pub mod lock;
mod lookout;
pub mod machine;
pub mod mailbox;
pub mod mappings;
pub mod memory;
pub mod numbers;
pub mod output;
pub mod outside;
mod pace;
pub mod place;
mod plight;
pub mod pool;
mod progress;
pub mod promise;
mod put;
pub mod queue;
pub mod resource;
pub mod run;
pub mod scene;
pub mod seat;
pub mod select;
pub mod session;
pub mod still;
pub mod stop;
pub mod story;
pub mod task;
mod thread;
mod ticker;
pub mod trail;
pub mod turn;
pub mod wait;
pub mod watch;
pub mod work;
pub mod worker;
pub mod yard;
