//! Writing elements by lists of indices.

use super::super::DistArray;
use super::super::axes::axis_of;
use super::{Indices, Values};
use crate::comm::{Operation, ReduceOp};
use crate::command::Change;
use crate::element::Element;
use crate::error::Result;
use crate::ops::Selection;

/// # Writing by lists of indices
///
/// Where an element is meant more than once, values are written or combined in C order of the indices,
/// whatever their distribution and the number of ranks: the last one stays, and floating-point sums
/// have the same bits.
///
/// A single value is not sent. Where every rank has the indices, each finds by itself what it sends;
/// else each index is sent to its owner in 16 bytes (eight to write a single value), after an
/// agreement of eight bytes and `ceil(log2(ranks))` messages of `4 * ranks` bytes. Values go to the
/// ranks that have their indices, unless they are there or every rank has those, then to the owners;
/// of values that every rank has, each sends a block. Halos keep what they hold.
///
/// All fail, before anything is written, where an index is out of bounds, with an error that names the
/// index, the axis and its extent on every rank, or where the values do not broadcast.
impl<T: Element> DistArray<T> {
    fn put_selected(
        &mut self,
        selection: Selection,
        values: impl Into<Values<T>>,
        op: Option<ReduceOp>,
    ) -> Result<()> {
        let values = values.into().of(&self.ctx)?;
        self.ctx.change(&mut self.array, Change::Put { selection, values, op })
    }

    fn coordinates(&self, indices: impl IntoIterator<Item: Into<Indices>>) -> Result<Selection> {
        let indices = indices.into_iter().map(|indices| indices.into().of(&self.ctx));
        Ok(Selection::Coordinates(indices.collect::<Result<_>>()?))
    }

    /// Writes to places in C order of the whole array. Values are repeated until there are as many
    /// as indices, as NumPy does.
    ///
    /// Costs: see [above](Self#writing-by-lists-of-indices).
    ///
    /// # Errors
    /// An index is out of bounds; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let mut a = ctx.zeros::<i32>(([2, 3], "b,b"))?;
    /// a.put([0, -1, 0], [1, 2, 3])?;
    /// assert_eq!(a.to_ndarray()?, array![[3, 0, 0], [0, 0, 2]].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn put(&mut self, indices: impl Into<Indices>, values: impl Into<Values<T>>) -> Result<()> {
        let _scope = Operation::enter("put");
        let indices = indices.into().of(&self.ctx)?;
        self.put_selected(Selection::Flat(indices), values, None)
    }

    /// Writes along one axis at an index of its own for each place on the other axes; see
    /// [`take_along_axis`](Self::take_along_axis).
    ///
    /// Costs: see [above](Self#writing-by-lists-of-indices).
    ///
    /// # Errors
    /// An index or the axis is out of bounds; the shapes do not fit; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let mut a = ctx.zeros::<i32>(([2, 3], "b,b"))?;
    /// a.put_along_axis(&array![[2], [0]], 7, 1)?;
    /// assert_eq!(a.to_ndarray()?, array![[0, 0, 7], [7, 0, 0]].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn put_along_axis(
        &mut self,
        indices: impl Into<Indices>,
        values: impl Into<Values<T>>,
        axis: isize,
    ) -> Result<()> {
        let _scope = Operation::enter("put_along_axis");
        let axis = axis_of("put_along_axis", axis, self.ndim())?;
        let indices = indices.into().of(&self.ctx)?;
        self.put_selected(Selection::Along(axis, indices), values, None)
    }

    /// Writes at coordinates; see [`vindex`](Self::vindex). NumPy's `a[i, j] = values`.
    ///
    /// Costs: see [above](Self#writing-by-lists-of-indices).
    ///
    /// # Errors
    /// An index is out of bounds; more lists than axes; lists or values that do not broadcast; a rank
    /// failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let mut a = ctx.zeros::<i32>(([2, 3], "b,b"))?;
    /// a.vindex_put([[0, 1], [2, 0]], [5, 6])?;
    /// assert_eq!(a.to_ndarray()?, array![[0, 0, 5], [6, 0, 0]].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn vindex_put(
        &mut self,
        indices: impl IntoIterator<Item: Into<Indices>>,
        values: impl Into<Values<T>>,
    ) -> Result<()> {
        let _scope = Operation::enter("vindex_put");
        let selection = self.coordinates(indices)?;
        self.put_selected(selection, values, None)
    }

    /// Adds at coordinates, once for each time that they are given: NumPy's `add.at`.
    ///
    /// Integers wrap; for `bool` it is *or*. Costs: see [above](Self#writing-by-lists-of-indices).
    ///
    /// # Errors
    /// As [`vindex_put`](Self::vindex_put).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let mut histogram = ctx.zeros::<u64>(4)?;
    /// let bins = ctx.from_ndarray(&array![0, 2, 2, 1, 2], "b")?;
    /// histogram.add_at([&bins], 1)?;
    /// assert_eq!(histogram.to_ndarray()?, array![1, 1, 3, 0].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn add_at(
        &mut self,
        indices: impl IntoIterator<Item: Into<Indices>>,
        values: impl Into<Values<T>>,
    ) -> Result<()> {
        let _scope = Operation::enter("add_at");
        let selection = self.coordinates(indices)?;
        self.put_selected(selection, values, Some(ReduceOp::Sum))
    }

    /// Combines values with the elements at coordinates, once for each time that they are given:
    /// NumPy's `ufunc.at`.
    ///
    /// Costs: see [above](Self#writing-by-lists-of-indices).
    ///
    /// # Errors
    /// As [`vindex_put`](Self::vindex_put); the element type does not have the operation.
    ///
    /// ```
    /// use distarray_core::{comm::ReduceOp, prelude::*};
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let mut a = ctx.ones::<f64>(3)?;
    /// a.accumulate_at(ReduceOp::Max, [[0, 0, 2]], [2.0, 5.0, -1.0])?;
    /// assert_eq!(a.to_ndarray()?, array![5.0, 1.0, 1.0].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn accumulate_at(
        &mut self,
        op: ReduceOp,
        indices: impl IntoIterator<Item: Into<Indices>>,
        values: impl Into<Values<T>>,
    ) -> Result<()> {
        let _scope = Operation::enter("accumulate_at");
        let selection = self.coordinates(indices)?;
        self.put_selected(selection, values, Some(op))
    }
}
