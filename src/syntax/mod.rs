//! Text -> tree, with every error.
//!
//! ```text
//! text --token--> tokens --layout--> tokens without meaningless newlines --parser--> tree + reports
//! ```
//!
//! This room knows no value and no scope.

pub mod span;
pub mod tree;
