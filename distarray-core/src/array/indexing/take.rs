//! Reading elements by lists of indices.

use super::super::DistArray;
use super::super::axes::axis_of;
use super::Indices;
use crate::comm::Operation;
use crate::command::Command;
use crate::element::Element;
use crate::error::Result;
use crate::ops::Selection;

/// # Elements by lists of indices
///
/// Where every rank has the indices, the result lies on the array's own ranks: in blocks along the
/// first axis of the indices in place of the indexed axes, as the array does on the others. Each rank
/// finds by itself what it sends; one message goes between each two ranks that have elements for each
/// other.
///
/// Where indices are distributed, the result lies as they do (as the first that has the shape of all
/// together; else in blocks over all ranks), whole on the axes that are not indexed. An agreement of
/// eight bytes, `ceil(log2(ranks))` messages of `4 * ranks` bytes, and eight bytes to its owner for
/// each index come before the elements.
///
/// Halos are not looked at. All fail where an index is out of bounds, with an error that names the
/// index, the axis and its extent on every rank.
impl<T: Element> DistArray<T> {
    fn selected(&self, selection: Selection) -> Result<Self> {
        let command = Command::Take { array: self.array.clone(), selection };
        Ok(Self::new(self.ctx.clone(), self.ctx.execute(command)?.into_array()))
    }

    /// What stands at indices along one axis (negative ones count from the end, as does the axis),
    /// with the shape of the indices in place of that axis.
    ///
    /// Costs: see [above](Self#elements-by-lists-of-indices).
    ///
    /// # Errors
    /// An index or the axis is out of bounds; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![[0, 1, 2], [3, 4, 5]], "b,b")?;
    /// let columns = a.take([2, 0, -1, 0], 1)?;
    /// assert_eq!(columns.to_ndarray()?, array![[2, 0, 2, 0], [5, 3, 5, 3]].into_dyn());
    ///
    /// let error = a.take([3], 1).unwrap_err().to_string();
    /// assert_eq!(error, "'take': index 3 is out of bounds for axis 1 of extent 3");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn take(&self, indices: impl Into<Indices>, axis: isize) -> Result<Self> {
        let _scope = Operation::enter("take");
        let axis = axis_of("take", axis, self.ndim())?;
        self.selected(Selection::Axis(axis, indices.into().of(&self.ctx)?))
    }

    /// What stands at places in C order of the whole array, with the shape of the indices: NumPy's
    /// `take` without an axis.
    ///
    /// Costs: see [above](Self#elements-by-lists-of-indices).
    ///
    /// # Errors
    /// An index is out of bounds; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![[0, 1, 2], [3, 4, 5]], "b,b")?;
    /// assert_eq!(a.take_flat([-1, 3])?.to_ndarray()?, array![5, 3].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn take_flat(&self, indices: impl Into<Indices>) -> Result<Self> {
        let _scope = Operation::enter("take_flat");
        self.selected(Selection::Flat(indices.into().of(&self.ctx)?))
    }

    /// Along one axis, what stands at an index of its own for each place on the other axes. The
    /// indices have as many axes as the array, and broadcast with it on the others.
    ///
    /// With indices that every rank has, the result lies as the array does on the other axes, in
    /// blocks on this one, and elements move along this one alone.
    /// Else see [above](Self#elements-by-lists-of-indices).
    ///
    /// # Errors
    /// An index or the axis is out of bounds; the shapes do not fit; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![[0, 1, 2], [3, 4, 5]], "b,b")?;
    /// let last_of_each = a.take_along_axis(&array![[2], [1]], 1)?;
    /// assert_eq!(last_of_each.to_ndarray()?, array![[2], [4]].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn take_along_axis(&self, indices: impl Into<Indices>, axis: isize) -> Result<Self> {
        let _scope = Operation::enter("take_along_axis");
        let axis = axis_of("take_along_axis", axis, self.ndim())?;
        self.selected(Selection::Along(axis, indices.into().of(&self.ctx)?))
    }

    /// What stands at coordinates: one list of indices for each of the first axes, which broadcast
    /// together; whole on the other axes. NumPy's `a[i, j]`.
    ///
    /// Lists of differing kinds are made [`Indices`] first. Costs: see
    /// [above](Self#elements-by-lists-of-indices).
    ///
    /// # Errors
    /// An index is out of bounds; more lists than axes; lists that do not broadcast; a rank failed.
    ///
    /// ```
    /// use distarray_core::{array::Indices, prelude::*};
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![[0, 1, 2], [3, 4, 5]], "b,b")?;
    /// assert_eq!(a.vindex([[0, 1], [2, 0]])?.to_ndarray()?, array![2, 3].into_dyn());
    ///
    /// let rows = ctx.arange(0, 2, 1)?;
    /// let last = a.vindex([Indices::from(&rows), Indices::from(-1)])?;
    /// assert_eq!(last.to_ndarray()?, array![2, 5].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn vindex(&self, indices: impl IntoIterator<Item: Into<Indices>>) -> Result<Self> {
        let _scope = Operation::enter("vindex");
        let indices = indices.into_iter().map(|indices| indices.into().of(&self.ctx));
        self.selected(Selection::Coordinates(indices.collect::<Result<_>>()?))
    }
}
