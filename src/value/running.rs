//! The running function, as closures of the evaluator are handed it.
//!
//! ```text
//!   Value::Function(Arc) --call--> Running      may be counted once more: a function that returns itself
//!   [ promise | code ] --force--> Running       lies inside of its promise, and is never a value
//!   [ future | code ] --start--> Running        the same
//! ```

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use super::function::Function;

/// A function that is borrowed while it runs; read it as you would a `&Function`.
///
/// The pointer of one that is counted has come from its `Arc`. What lies inside of a promise or
/// future is only ever the code of a `delay`, `::`, `future` or `spawn`.
#[derive(Copy, Clone)]
pub struct Running<'f> {
    function: *const Function,
    borrowed: PhantomData<&'f Function>,
}

impl<'f> Running<'f> {
    /// A function that is a value.
    #[inline(always)]
    pub fn counted(function: &'f Arc<Function>) -> Running<'f> {
        Running {
            function: Arc::as_ptr(function),
            borrowed: PhantomData,
        }
    }

    /// The body of a promise or future, where it lies.
    #[inline(always)]
    pub fn in_place(function: &'f Function) -> Running<'f> {
        assert!(function.code.is_body, "it is a value");
        Running {
            function,
            borrowed: PhantomData,
        }
    }

    /// The function.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub fn get(self) -> &'f Function {
        // SAFETY: it was made of a reference that is borrowed for 'f.
        unsafe { &*self.function }
    }

    /// The function as a value; none for a body, which has no name by which it could ask for itself.
    #[inline]
    #[allow(unsafe_code)]
    pub fn handle(self) -> Option<Arc<Function>> {
        if self.get().code.is_body {
            return None;
        }
        // SAFETY: no body, so `in_place` has refused it and the pointer has come from
        // the `Arc` that is borrowed for 'f. With the closures being handed counted functions,
        // code could not lie inside of its promise: benches/stream_sieve took 1.3 times as long.
        unsafe {
            Arc::increment_strong_count(self.function);
            Some(Arc::from_raw(self.function))
        }
    }
}

impl Deref for Running<'_> {
    type Target = Function;

    #[inline(always)]
    fn deref(&self) -> &Function {
        self.get()
    }
}
