//! Expressions of arrays that are kept elsewhere.

use super::{Context, Expr};
use crate::element::Element;
use crate::error::Error;
use crate::expr::{Node, Stored};

/// # Arrays that are kept elsewhere
impl Context {
    /// An array that is read where an expression is evaluated, a piece at a time, as a leaf of lazy
    /// expressions: each rank reads what it computes with, the next piece while it computes with one.
    ///
    /// No more of it is held in memory than its [budget](Stored::within) says. It is read anew in each
    /// evaluation. Nothing is sent for it but an agreement of 8 bytes at the end, as reading may fail on
    /// one rank alone.
    ///
    /// For those who have a source of their own; arrays in files are opened by `distarray-io`.
    ///
    /// # Errors
    /// On evaluation: the dtype is another than `T`'s; elements cannot be read.
    ///
    /// ```
    /// use distarray_core::block::Block;
    /// use distarray_core::dist::{Distribution, Segment};
    /// use distarray_core::expr::{Reader, Source, Stored};
    /// use distarray_core::{DType, Scalar, prelude::*};
    ///
    /// #[derive(Debug)]
    /// struct Ones;
    ///
    /// impl Source for Ones {
    ///     fn open(&self) -> Result<Box<dyn Reader>> {
    ///         Ok(Box::new(Self))
    ///     }
    /// }
    ///
    /// impl Reader for Ones {
    ///     fn read(&mut self, _: &[Vec<Segment>], block: &mut Block) -> Result<()> {
    ///         block.view_mut::<f64>()?.fill(1.0);
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let ctx = Context::solo();
    /// let rows = Distribution::new([1000, 100], "b", 1)?;
    /// let stored = Stored::new("ones", DType::F64, &rows, Ones).within(16 << 10);
    /// assert_eq!((ctx.stored::<f64>(stored) * 2.0).sum()?, 200_000.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn stored<T: Element>(&self, stored: Stored) -> Expr<T> {
        let node = match stored.dtype() == T::DTYPE {
            true => Ok(Node::stored(stored)),
            false => {
                let (name, dtype) = (stored.name(), stored.dtype());
                Err(Error::dtype(format!("{name}: elements are {dtype}, not {}", T::DTYPE)))
            }
        };
        Expr::new(self.clone(), node)
    }
}
