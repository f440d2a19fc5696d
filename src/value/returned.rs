//! Results in two registers.
//!
//! Rust hands a `Result<Value>` back through memory, because both of its variants carry something.
//! Closures of the evaluator hand back one enum instead, which travels in registers.
//!
//! ```text
//!   closure --Result<Value>--> Value, perhaps Value::Unwinding --rax, rdx--> Result<Value> --> caller
//! ```

use super::{Result, Unwind, Value};

/// What closures give.
pub trait Given: Sized {
    /// A result of it in two registers.
    type Returned;

    /// A result, packed.
    fn pack(result: Result<Self>) -> Self::Returned;

    /// And back.
    fn unpack(returned: Self::Returned) -> Result<Self>;
}

impl Given for Value {
    type Returned = Value;

    #[inline(always)]
    fn pack(result: Result<Value>) -> Value {
        match result {
            Ok(value) => value,
            Err(unwind) => Value::Unwinding(unwind),
        }
    }

    #[inline(always)]
    fn unpack(returned: Value) -> Result<Value> {
        match returned {
            Value::Unwinding(unwind) => Err(unwind),
            value => Ok(value),
        }
    }
}

/// A choice of few, or no choice.
pub enum Chosen {
    /// The number of the choice.
    Number(u64),
    /// None was made.
    Unwinding(Unwind),
}

impl From<Unwind> for Chosen {
    #[inline(always)]
    fn from(unwind: Unwind) -> Chosen {
        Chosen::Unwinding(unwind)
    }
}

impl From<Unwind> for Value {
    #[inline(always)]
    fn from(unwind: Unwind) -> Value {
        Value::Unwinding(unwind)
    }
}

/// A choice of few.
pub trait Choice: Copy {
    /// Its number.
    fn number(self) -> u64;

    /// The choice of a number.
    fn of(number: u64) -> Self;
}

impl<T: Choice> Given for T {
    type Returned = Chosen;

    #[inline(always)]
    fn pack(result: Result<T>) -> Chosen {
        match result {
            Ok(choice) => Chosen::Number(choice.number()),
            Err(unwind) => Chosen::Unwinding(unwind),
        }
    }

    #[inline(always)]
    fn unpack(returned: Chosen) -> Result<T> {
        match returned {
            Chosen::Number(number) => Ok(T::of(number)),
            Chosen::Unwinding(unwind) => Err(unwind),
        }
    }
}

impl Choice for bool {
    #[inline(always)]
    fn number(self) -> u64 {
        u64::from(self)
    }

    #[inline(always)]
    fn of(number: u64) -> bool {
        number != 0
    }
}
