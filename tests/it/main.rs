//! The tests at the border of the program: text goes in, text comes out.
//!
//! One binary, one module a theme:
//!
//! 1. `program` runs the real `cq` and says what came of it; all others use it.
//! 2. `scripts`: every small script of `tests/scripts/`, its expectation in its comments.
//! 3. `gallery`: wrong programs and the reports they get, one snapshot each.
//! 4. `examples`: the lecture's programs; `web` is the little web they fetch from.
//! 5. `commands`: the command line, standard input, pipes, exit statuses.
//! 6. `properties`: printed values, numbers, sorting, slicing against a reference.
//! 7. `stress`: many tasks, many times.
//!    `chaos`: random programs whose outcome is known.
//!    `limits`: Ctrl-C and the limits for other people's programs.
//! 8. `processes`: workers that do what they should.
//! 9. `faults`: workers that are killed at any moment.
//! 10. `session`: the interactive session in a pseudo-terminal, which `terminal` drives.
//! 11. `explore`: every possible outcome, against a brute force; `checks`: what `cq test` says.
//! 12. `pages`: the programs and transcripts in the README and the docs.
//! 13. `house`: the rules of the source tree itself.

mod chaos;
mod checks;
mod commands;
mod examples;
mod explore;
mod faults;
mod gallery;
mod house;
mod limits;
mod pages;
mod processes;
mod program;
mod properties;
mod scripts;
mod session;
mod stress;
mod terminal;
mod web;
