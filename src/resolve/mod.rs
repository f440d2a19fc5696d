//! Tree -> program: names become slots, and what cannot make sense is reported.
//!
//! ```text
//! tree --scope--> which declaration each name means --capture--> how each variable is stored --> program
//! ```

pub mod program;
pub mod signature;
