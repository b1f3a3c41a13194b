//! [`Nonzero`]: where elements are not zero.

use super::super::{ArrayExpr, DistArray};
use crate::comm::Operation;
use crate::command::Command;
use crate::element::Element;
use crate::error::{Error, Result};

/// Where elements are not zero, as indices in C order. NaN is not zero. They lie in blocks over the
/// ranks of the array, or of the first array of the expression that has its shape.
///
/// One gather of eight bytes a rank, and eight bytes for each index that is not in its place in C
/// order; twice where the array is not cut into blocks of its first axis alone. How many there are:
/// [`Reductions::count`](super::super::Reductions::count).
pub trait Nonzero<T: Element>: ArrayExpr<T> {
    /// The indices, an array for each axis, as [`DistArray::vindex`] takes them.
    ///
    /// # Errors
    /// The array has no axis; as [`ArrayExpr::eval`].
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![[0, 7], [8, 0]], "b,b")?;
    /// let at = a.nonzero()?;
    /// assert_eq!(at[1].to_ndarray()?, array![1, 0].into_dyn());
    /// assert_eq!(a.vindex(&at)?.to_ndarray()?, array![7, 8].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn nonzero(&self) -> Result<Vec<DistArray<i64>>> {
        let _scope = Operation::enter("nonzero");
        let shape = self.node()?.shape().to_vec();
        if shape.is_empty() {
            return Err(Error::shape(
                "'nonzero' of an array without axes; 'flatnonzero' takes one",
            ));
        }
        let numbers = self.flatnonzero()?;
        let mut indices = Vec::with_capacity(shape.len());
        let mut behind = 1_i64;
        for &extent in shape.iter().rev() {
            indices.push((&numbers / behind % extent as i64).eval()?);
            behind = behind.saturating_mul(extent as i64);
        }
        indices.reverse();
        Ok(indices)
    }

    /// The indices in C order of the flattened array, as [`DistArray::take_flat`] takes them.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`].
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![[0, 7], [8, 0]], "b,b")?;
    /// assert_eq!(a.gt(7).flatnonzero()?.to_ndarray()?, array![2].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn flatnonzero(&self) -> Result<DistArray<i64>> {
        let _scope = Operation::enter("flatnonzero");
        let command = Command::Nonzero { node: self.node()?, rows: false };
        let numbers = self.context().execute(command)?.into_array();
        Ok(DistArray::new(self.context().clone(), numbers))
    }

    /// The indices, a row for each element and a column for each axis.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`].
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![[0, 7], [8, 0]], "b,b")?;
    /// assert_eq!(a.argwhere()?.to_ndarray()?, array![[0, 1], [1, 0]].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn argwhere(&self) -> Result<DistArray<i64>> {
        let _scope = Operation::enter("argwhere");
        let command = Command::Nonzero { node: self.node()?, rows: true };
        let rows = self.context().execute(command)?.into_array();
        Ok(DistArray::new(self.context().clone(), rows))
    }
}

impl<T: Element, A: ArrayExpr<T> + ?Sized> Nonzero<T> for A {}
