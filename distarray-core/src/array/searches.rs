//! Places among sorted elements.

use super::{ArrayExpr, DistArray, Expr};
use crate::comm::Operation;
use crate::element::Ordered;
use crate::error::{Error, Result};
use crate::ops::{self, Side};

/// # Searches
impl<T: Ordered> DistArray<T> {
    /// For each of the values, where among the elements of this array, which are in ascending order, it would
    /// be put so that they stay so: before or behind those that are equal (NumPy's `searchsorted`). NaN stands
    /// behind all numbers.
    ///
    /// Every rank gets all elements of this array, as by [`to_ndarray`](Self::to_ndarray), so it should be
    /// the smaller one; the values stay where they are, and the result is a lazy expression of them.
    ///
    /// # Errors
    /// An array of more than one axis, or in another order; values of another context; a rank failed.
    ///
    /// ```
    /// use distarray_core::{array::Side, prelude::*};
    ///
    /// let ctx = Context::solo();
    /// let (sorted, values) = (ctx.arange(10, 60, 10)?, ctx.arange(0, 60, 15)?);
    /// let places = sorted.searchsorted(&values, Side::Left)?.eval()?;
    /// assert_eq!(places.to_ndarray()?.as_slice(), Some(&[0, 1, 2, 4][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn searchsorted(&self, values: &impl ArrayExpr<T>, side: Side) -> Result<Expr<i64>> {
        let _scope = Operation::enter("searchsorted");
        if self.ndim() != 1 {
            return Err(Error::shape(format!(
                "'searchsorted' in an array of shape {:?}; sorted elements have one axis",
                self.shape()
            )));
        }
        if !self.context().is_same(values.context()) {
            return Err(Error::argument("'searchsorted': values belong to another context"));
        }
        let node = values.node()?;
        let sorted = self.to_ndarray()?.iter().copied().collect();
        let node = ops::search_sorted::<T>(sorted, &node, side);
        Ok(Expr::new(self.context().clone(), Ok(node?)))
    }
}
