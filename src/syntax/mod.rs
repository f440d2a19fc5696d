//! Text -> tree, with every error.
//!
//! ```text
//! text --lexer--> tokens --layout--> tokens without meaningless newlines --parser--> tree + reports
//! ```
//!
//! This room knows no value and no scope. In the order of the way:
//!
//! 1. [`span`]: where something stands; [`tree`]: what comes out in the end.
//! 2. [`token`]: the words; [`lexer`] finds them, with `quoted` for strings and f-strings;
//!    [`literal`] says what numbers and escapes mean and [`spec`] what stands behind a hole's
//!    colon; [`foreign`] knows the words of other languages.
//! 3. [`layout`]: which newlines end a statement, with `brackets` for those that do not match and
//!    `repair` for slips that can be put right; [`depth`]: how deeply the tree will nest, so that
//!    nothing after it can overflow a stack.
//! 4. [`parser`]: drives the grammar (`grammar/cq.lalrpop`), whose productions call [`build`], and
//!    goes on after a [`mistake`]; [`explain`] (and `inside`, for brackets) says what is wrong with
//!    it, [`expected`] what would have fitted, `instead` what was meant.
//! 5. [`complete`]: whether a session should wait for more lines.
//! 6. For tests and the curious: [`outline`] sees a tree as nodes of one kind, [`show`] prints it,
//!    [`check`] checks its spans.

mod brackets;
pub mod build;
pub mod check;
pub mod complete;
pub mod depth;
pub mod expected;
pub mod explain;
pub mod foreign;
mod inside;
mod instead;
pub mod layout;
pub mod lexer;
pub mod literal;
pub mod mistake;
pub mod operator;
pub mod outline;
pub mod parser;
mod quoted;
mod repair;
pub mod show;
pub mod span;
pub mod spec;
pub mod token;
pub mod tree;

lalrpop_util::lalrpop_mod!(
    #[allow(clippy::all, missing_docs, unused)]
    grammar,
    "cq.rs"
);

pub use check::check_spans;
pub use complete::{Completeness, is_complete};
pub use parser::{Parsed, parse};
pub use show::show;
