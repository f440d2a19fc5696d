//! The words of the tree that mean the same in the resolved program: operators and format specs.

/// `fill align sign # 0 width grouping .precision type`, as in Python.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FormatSpec {
    /// What fills up to the width; a blank if absent.
    pub fill: Option<char>,
    /// `<`, `>`, `^` or `=`.
    pub alignment: Option<char>,
    /// `+`, `-` or a blank.
    pub sign: Option<char>,
    /// `#`: with prefix or point.
    pub alternate: bool,
    /// `0`: filled with zeros behind the sign.
    pub zero: bool,
    /// The smallest number of characters.
    pub width: Option<usize>,
    /// `,` or `_` between groups of digits.
    pub grouping: Option<char>,
    /// Digits behind the point, or the longest a string may be.
    pub precision: Option<usize>,
    /// One of `d x X b o e E f F g G % s c`.
    pub presentation: Option<char>,
}

/// The operators that always evaluate both sides, left first.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `//`
    FloorDivide,
    /// `%`
    Modulo,
    /// `**`
    Power,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `in`
    In,
    /// `not in`
    NotIn,
}

impl BinaryOperator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOperator::Add => "+",
            BinaryOperator::Subtract => "-",
            BinaryOperator::Multiply => "*",
            BinaryOperator::Divide => "/",
            BinaryOperator::FloorDivide => "//",
            BinaryOperator::Modulo => "%",
            BinaryOperator::Power => "**",
            BinaryOperator::Equal => "==",
            BinaryOperator::NotEqual => "!=",
            BinaryOperator::Less => "<",
            BinaryOperator::LessEqual => "<=",
            BinaryOperator::Greater => ">",
            BinaryOperator::GreaterEqual => ">=",
            BinaryOperator::In => "in",
            BinaryOperator::NotIn => "not in",
        }
    }
}
