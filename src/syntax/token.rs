//! The words of the language: what the lexer yields and the grammar reads.
//!
//! Fixed words and signs are recognised by logos; what needs more than a regular expression
//! (strings, f-strings, the layout) is made by [`lexer`](super::lexer) and
//! [`layout`](super::layout). An f-string is several tokens, so that a hole may hold any
//! expression:
//!
//! ```text
//! f"{n} is {x:.2f}!"
//! FormatOpen HoleOpen Name HoleClose FormatText HoleOpen Name Spec HoleClose FormatText FormatClose
//! ```

use std::fmt;
use std::sync::Arc;

use logos::Logos;
use num_bigint::BigInt;

use super::literal::{read_float, read_integer};
use super::tree::FormatSpec;

/// A token with the bytes it was made from.
#[derive(Clone, Debug)]
pub struct Lexeme<'text> {
    /// What it is.
    pub token: Token<'text>,
    /// Offset of the first byte.
    pub start: usize,
    /// Offset just behind the last byte. A token the layout put in is empty.
    pub end: usize,
}

/// An integer literal: small ones are by far the most.
#[derive(Clone, Debug, PartialEq)]
pub enum Integer {
    /// Within 64 bits.
    Small(i64),
    /// Beyond.
    Big(Arc<BigInt>),
}

/// One word or sign.
#[derive(Logos, Clone, Debug, PartialEq)]
#[logos(skip r"[ \t\r\x0C]+")]
#[allow(missing_docs)] // the words and signs say what they are
pub enum Token<'text> {
    #[token("and")]
    And,
    #[token("break")]
    Break,
    #[token("catch")]
    Catch,
    #[token("check")]
    Check,
    #[token("continue")]
    Continue,
    #[token("delay")]
    Delay,
    #[token("else")]
    Else,
    #[token("false")]
    False,
    #[token("finally")]
    Finally,
    #[token("fn")]
    Fn,
    #[token("for")]
    For,
    #[token("future")]
    Future,
    #[token("if")]
    If,
    #[token("in")]
    In,
    #[token("let")]
    Let,
    #[token("nil")]
    Nil,
    #[token("not")]
    Not,
    #[token("on")]
    On,
    #[token("or")]
    Or,
    #[token("return")]
    Return,
    #[token("spawn")]
    Spawn,
    #[token("throw")]
    Throw,
    #[token("true")]
    True,
    #[token("try")]
    Try,
    #[token("while")]
    While,
    #[token("with")]
    With,

    #[token("(")]
    ParenOpen,
    #[token(")")]
    ParenClose,
    #[token("[")]
    SquareOpen,
    #[token("]")]
    SquareClose,
    #[token("{")]
    BraceOpen,
    #[token("}")]
    BraceClose,
    #[token(",")]
    Comma,
    #[token(":")]
    Colon,
    #[token("::")]
    ColonColon,
    #[token(".")]
    Dot,
    #[token("=>")]
    Arrow,

    #[token("=")]
    Assign,
    #[token("+=")]
    AddAssign,
    #[token("-=")]
    SubtractAssign,
    #[token("*=")]
    MultiplyAssign,
    #[token("/=")]
    DivideAssign,
    #[token("//=")]
    FloorDivideAssign,
    #[token("%=")]
    ModuloAssign,
    #[token("**=")]
    PowerAssign,

    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("//")]
    SlashSlash,
    #[token("%")]
    Percent,
    #[token("**")]
    StarStar,
    #[token("==")]
    Equal,
    #[token("!=")]
    NotEqual,
    #[token("<")]
    Less,
    #[token("<=")]
    LessEqual,
    #[token(">")]
    Greater,
    #[token(">=")]
    GreaterEqual,

    /// A name that is no keyword.
    #[regex(r"[\p{XID_Start}_]\p{XID_Continue}*", |lexer| lexer.slice(), priority = 1)]
    Name(&'text str),
    #[regex(r"[0-9](_?[0-9])*", |lexer| read_integer(lexer.slice()))]
    #[regex(r"0[xX][0-9a-fA-F](_?[0-9a-fA-F])*", |lexer| read_integer(lexer.slice()))]
    #[regex(r"0[bB][01](_?[01])*", |lexer| read_integer(lexer.slice()))]
    #[regex(r"0[oO][0-7](_?[0-7])*", |lexer| read_integer(lexer.slice()))]
    Integer(Integer),
    #[regex(r"[0-9](_?[0-9])*\.[0-9](_?[0-9])*([eE][+-]?[0-9](_?[0-9])*)?", |lexer| read_float(lexer.slice()))]
    #[regex(r"[0-9](_?[0-9])*[eE][+-]?[0-9](_?[0-9])*", |lexer| read_float(lexer.slice()))]
    Float(f64),
    /// A string, escapes resolved.
    String(Arc<str>),

    /// `f"`
    FormatOpen,
    /// Text of an f-string, escapes and doubled braces resolved.
    FormatText(Arc<str>),
    /// The `{` of a hole.
    HoleOpen,
    /// `:spec` in a hole.
    Spec(Arc<FormatSpec>),
    /// The `}` of a hole.
    HoleClose,
    /// The closing quote of an f-string.
    FormatClose,

    /// Ends a statement: `;`, or a newline that counts (the layout decides which do).
    #[token(";")]
    Separator,
    /// A line's end. The layout takes it away or makes it a [`Token::Separator`].
    #[token("\n")]
    Newline,
    /// A comment. Never leaves the lexer, except `##` lines.
    #[regex(r"#[^\n]*", |lexer| lexer.slice(), allow_greedy = true)]
    Comment(&'text str),
    /// The quote a string begins with. Never leaves the lexer.
    #[regex("f?[\"']")]
    Quote,
    /// Something that is no token; a report has been made.
    Error,
    /// Put where a string did not end on its line: what is open there was reported with it.
    LineBroken,
    /// Stands for the tokens of a statement that could not be read; a report has been made.
    Bad,
}

impl Token<'_> {
    /// The word, if it is a keyword.
    pub fn keyword(&self) -> Option<&'static str> {
        KEYWORDS
            .iter()
            .find(|(token, _)| token == self)
            .map(|(_, word)| *word)
    }

    /// Whether an operand (or a whole expression) can end with it.
    pub fn ends_operand(&self) -> bool {
        matches!(
            self,
            Token::Name(_)
                | Token::Integer(_)
                | Token::Float(_)
                | Token::String(_)
                | Token::FormatClose
                | Token::ParenClose
                | Token::SquareClose
                | Token::BraceClose
                | Token::True
                | Token::False
                | Token::Nil
        )
    }

    /// Whether it begins an expression and can be nothing else there.
    pub fn begins_operand(&self) -> bool {
        matches!(
            self,
            Token::Name(_)
                | Token::Integer(_)
                | Token::Float(_)
                | Token::String(_)
                | Token::FormatOpen
                | Token::ParenOpen
                | Token::SquareOpen
                | Token::BraceOpen
                | Token::True
                | Token::False
                | Token::Nil
                | Token::If
                | Token::Try
                | Token::Fn
                | Token::Not
                | Token::Minus
                | Token::Future
                | Token::Spawn
                | Token::Delay
        )
    }

    /// Whether a line that ends with it goes on in the next one.
    pub fn continues_line(&self) -> bool {
        use Token::*;
        self.is_assignment()
            || matches!(
                self,
                And | Or
                    | In
                    | Not
                    | On
                    | Future
                    | Spawn
                    | Delay
                    | Comma
                    | Arrow
                    | ColonColon
                    | Plus
                    | Minus
                    | Star
                    | Slash
                    | SlashSlash
                    | Percent
                    | StarStar
                    | Equal
                    | NotEqual
                    | Less
                    | LessEqual
                    | Greater
                    | GreaterEqual
            )
    }

    /// `=`, `+=` and its like.
    pub fn is_assignment(&self) -> bool {
        use Token::*;
        matches!(
            self,
            Assign
                | AddAssign
                | SubtractAssign
                | MultiplyAssign
                | DivideAssign
                | FloorDivideAssign
                | ModuloAssign
                | PowerAssign
        )
    }
}

/// All keywords, in alphabetical order.
pub const KEYWORDS: [(Token<'static>, &str); 26] = [
    (Token::And, "and"),
    (Token::Break, "break"),
    (Token::Catch, "catch"),
    (Token::Check, "check"),
    (Token::Continue, "continue"),
    (Token::Delay, "delay"),
    (Token::Else, "else"),
    (Token::False, "false"),
    (Token::Finally, "finally"),
    (Token::Fn, "fn"),
    (Token::For, "for"),
    (Token::Future, "future"),
    (Token::If, "if"),
    (Token::In, "in"),
    (Token::Let, "let"),
    (Token::Nil, "nil"),
    (Token::Not, "not"),
    (Token::On, "on"),
    (Token::Or, "or"),
    (Token::Return, "return"),
    (Token::Spawn, "spawn"),
    (Token::Throw, "throw"),
    (Token::True, "true"),
    (Token::Try, "try"),
    (Token::While, "while"),
    (Token::With, "with"),
];

/// LALRPOP wants tokens to be printable; what people see is written from the text instead.
impl fmt::Display for Token<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self:?}")
    }
}
