//! Diagonals and triangles.

use super::DistArray;
use crate::comm::Operation;
use crate::command::Command;
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

/// # Diagonals and triangles
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

    /// The elements of the lower triangle of the last two axes, zeros above it: those whose column is
    /// at most `diagonal` to the right of the number of their row. Each rank copies its own.
    ///
    /// # Errors
    /// Less than two axes; no memory.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([3, 3])?;
    /// assert_eq!((a.tril(0)?.sum()?, a.tril(-1)?.sum()?), (6.0, 3.0));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn tril(&self, diagonal: isize) -> Result<Self> {
        let _scope = Operation::enter("tril");
        self.triangle(diagonal, true)
    }

    /// The elements of the upper triangle of the last two axes, zeros below it: those whose column is
    /// at least `diagonal` to the right of the number of their row. Each rank copies its own.
    ///
    /// # Errors
    /// Less than two axes; no memory.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([3, 4])?;
    /// assert_eq!((a.triu(0)?.sum()?, a.triu(2)?.sum()?), (9.0, 3.0));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn triu(&self, diagonal: isize) -> Result<Self> {
        let _scope = Operation::enter("triu");
        self.triangle(diagonal, false)
    }

    fn triangle(&self, diagonal: isize, lower: bool) -> Result<Self> {
        let command = Command::Triangle { array: self.array.clone(), diagonal, lower };
        Ok(Self::new(self.ctx.clone(), self.ctx.execute(command)?.into_array()))
    }
}
