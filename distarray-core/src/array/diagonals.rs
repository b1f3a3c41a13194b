//! Diagonals.

use super::DistArray;
use crate::comm::Operation;
use crate::dist::Distribution;
use crate::element::Element;
use crate::error::{Error, Result};

/// How far a diagonal goes down and to the right: its first row, its first column, its length.
fn diagonal(rows: usize, columns: usize, offset: isize) -> (usize, usize, usize) {
    let (row, column) = match offset {
        0.. => (0, offset.unsigned_abs()),
        _ => (offset.unsigned_abs(), 0),
    };
    (row, column, rows.saturating_sub(row).min(columns.saturating_sub(column)))
}

/// # Diagonals
impl<T: Element> DistArray<T> {
    /// The elements of the first two axes whose second index is greater by `offset` than the first, along
    /// a new last axis, in blocks: NumPy's `diagonal`.
    ///
    /// Collective: each element moves at most once; every rank lists as many indices as there are.
    ///
    /// # Errors
    /// Less than two axes; no memory; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![[0, 1, 2], [3, 4, 5]], "b,b")?;
    /// assert_eq!(a.diagonal(0)?.to_ndarray()?, array![0, 4].into_dyn());
    /// assert_eq!(a.diagonal(-1)?.to_ndarray()?, array![3].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn diagonal(&self, offset: isize) -> Result<Self> {
        let _scope = Operation::enter("diagonal");
        let &[rows, columns, ..] = self.shape() else {
            return Err(Error::shape(format!(
                "an array of shape {:?} has no diagonal: it takes 2 axes",
                self.shape()
            )));
        };
        let (row, column, len) = diagonal(rows, columns, offset);
        let from = |first: usize| (first..first + len).map(|i| i as i64).collect::<Vec<_>>();
        self.vindex([from(row), from(column)])?.move_axis(0, -1)
    }

    /// The matrix, in blocks of rows over the same ranks, with the elements of an array of one axis on
    /// a diagonal and zeros elsewhere: NumPy's `diag` of such an array. The diagonal goes through the
    /// columns that are greater by `offset` than the rows.
    ///
    /// Collective: each element moves at most once; every rank lists as many indices as there are.
    ///
    /// # Errors
    /// Not one axis; no memory; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.arange(1, 3, 1)?;
    /// let matrix = array![[0, 1, 0], [0, 0, 2], [0, 0, 0]];
    /// assert_eq!(a.diag(1)?.to_ndarray()?, matrix.into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn diag(&self, offset: isize) -> Result<Self> {
        let _scope = Operation::enter("diag");
        let &[len] = self.shape() else {
            return Err(Error::shape(format!(
                "'diag' makes a matrix of an array of one axis, not of shape {:?}",
                self.shape()
            )));
        };
        let extent = len.checked_add(offset.unsigned_abs()).ok_or_else(|| {
            Error::shape(format!("a diagonal of {len} elements at {offset} is beyond all counting"))
        })?;
        let ranks: Vec<usize> = self.distribution().ranks().holders().collect();
        let rows = Distribution::builder([extent, extent]).ranks(ranks).build(self.ctx.size())?;
        let mut matrix = self.ctx.zeros::<T>(&rows)?;
        let (row, column, _) = diagonal(extent, extent, offset);
        let from = |first: usize| (first..first + len).map(|i| i as i64).collect::<Vec<_>>();
        matrix.vindex_put([from(row), from(column)], self)?;
        Ok(matrix)
    }
}
