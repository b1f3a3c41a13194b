//! What a context's operations may cost.

use super::{Alignment, Context};
use crate::comm::within_budget;
use crate::error::Result;

/// # Control over communication
impl Context {
    /// What happens to operands that are distributed otherwise than the result of an expression, a
    /// reduction or an assignment: they are moved (by default), or the operation is refused with an
    /// error that says what it would have cost. Gives what happened before. Every rank says the same;
    /// it holds for all clones of the context and their arrays.
    ///
    /// A refusal takes time in the number of ranks, to add up what each would have sent.
    ///
    /// ```
    /// use distarray_core::{array::Alignment, prelude::*};
    ///
    /// let ctx = Context::solo();
    /// assert_eq!(ctx.set_alignment(Alignment::Refuse), Alignment::Move);
    /// let (a, b) = (ctx.ones::<f64>(8)?, ctx.ones::<f64>(([8], "c"))?);
    /// assert_eq!((&a + &b).sum()?, 16.0); // on one rank they lie in the same places
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn set_alignment(&self, alignment: Alignment) -> Alignment {
        self.align_by(alignment)
    }

    /// Runs a part of the program whose operations on arrays may send nothing to other ranks: an
    /// operation that would is an error that names it and its line, on every rank, before an element
    /// is sent.
    ///
    /// To find out whether an exchange sends anything, the ranks add up its bytes (an all-reduce of
    /// eight bytes for each); neither that nor agreements on errors count, nor do messages of the
    /// user's own.
    ///
    /// # Errors
    /// The part's own; [`Error::Budget`](crate::Error::Budget) of an operation that would send.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.ones::<f64>(8)?;
    /// let b = ctx.no_communication(|| (&a + 1.0).eval())?;
    /// assert_eq!(b.sum()?, 16.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn no_communication<R>(&self, part: impl FnOnce() -> Result<R>) -> Result<R> {
        self.max_bytes(0, part)
    }

    /// As [`no_communication`](Self::no_communication), of a part that may send so many bytes, all
    /// ranks and operations together. Parts within parts share what is left.
    ///
    /// # Errors
    /// The part's own; [`Error::Budget`](crate::Error::Budget) of the operation that would go over it.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.ones::<f64>(8)?;
    /// let total = ctx.max_bytes(1000, || a.sum())?;
    /// assert_eq!(total, 8.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn max_bytes<R>(&self, bytes: u64, part: impl FnOnce() -> Result<R>) -> Result<R> {
        within_budget(bytes, part)
    }
}
