//! Views with other axes: transposes, flips, axes of one element, stretched ones, pieces.

use super::axes::{axis_of, distinct_axes};
use super::{Context, DistArray};
use crate::comm::Operation;
use crate::command::Command;
use crate::dist::Cut;
use crate::element::Element;
use crate::error::{Error, Result};

/// # Other axes, without movement
///
/// All of these share the array's memory and send nothing: each element stays on its rank, and the
/// distribution of the result says so.
impl<T: Element> DistArray<T> {
    fn permuted(&self, order: Vec<usize>) -> Result<Self> {
        let command = Command::Permute { array: self.array.clone(), order };
        Ok(Self::new(self.ctx.clone(), self.ctx.execute(command)?.into_array()))
    }

    /// The array with its axes in reverse order: of a matrix, rows become columns.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([2, 3, 4])?;
    /// assert_eq!(a.transpose()?.shape(), [4, 3, 2]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// The ranks are in different operations.
    #[track_caller]
    pub fn transpose(&self) -> Result<Self> {
        let _scope = Operation::enter("transpose");
        self.permuted((0..self.ndim()).rev().collect())
    }

    /// The array with its axes in another order: axis `i` of the result is axis `order[i]` here.
    ///
    /// # Errors
    /// The order does not name each axis once.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([2, 3, 4])?;
    /// assert_eq!(a.permute_axes(&[1, -1, 0])?.shape(), [3, 4, 2]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn permute_axes(&self, order: &[isize]) -> Result<Self> {
        let _scope = Operation::enter("permute_axes");
        let named = distinct_axes("permute_axes", order, self.ndim())?;
        if named.len() != self.ndim() {
            return Err(Error::argument(format!(
                "'permute_axes': {order:?} does not name each of the {} axes",
                self.ndim()
            )));
        }
        self.permuted(named)
    }

    /// The array with two axes exchanged.
    ///
    /// # Errors
    /// There is no such axis.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([2, 3, 4])?;
    /// assert_eq!(a.swap_axes(0, -1)?.shape(), [4, 3, 2]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn swap_axes(&self, one: isize, other: isize) -> Result<Self> {
        let _scope = Operation::enter("swap_axes");
        let of = |axis| axis_of("swap_axes", axis, self.ndim());
        let mut order: Vec<usize> = (0..self.ndim()).collect();
        order.swap(of(one)?, of(other)?);
        self.permuted(order)
    }

    /// The array with one axis at another place; the others keep their order.
    ///
    /// # Errors
    /// There is no such axis.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([2, 3, 4])?;
    /// assert_eq!(a.move_axis(0, -1)?.shape(), [3, 4, 2]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn move_axis(&self, from: isize, to: isize) -> Result<Self> {
        let _scope = Operation::enter("move_axis");
        let of = |axis| axis_of("move_axis", axis, self.ndim());
        let (from, to) = (of(from)?, of(to)?);
        let mut order: Vec<usize> = (0..self.ndim()).collect();
        let axis = order.remove(from);
        order.insert(to, axis);
        self.permuted(order)
    }

    /// The array with a new axis of one element, before the axis that has this number now.
    ///
    /// # Errors
    /// The axis is out of bounds: it is at most the number of axes.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([2, 3])?;
    /// assert_eq!(a.insert_axis(1)?.shape(), [2, 1, 3]);
    /// assert_eq!(a.insert_axis(-1)?.shape(), [2, 3, 1]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn insert_axis(&self, axis: isize) -> Result<Self> {
        let _scope = Operation::enter("insert_axis");
        let mut cuts = self.whole();
        cuts.insert(axis_of("insert_axis", axis, self.ndim() + 1)?, Cut::NewAxis);
        self.cut(cuts)
    }

    /// The array with new axes of one element, by their numbers in the result.
    ///
    /// # Errors
    /// An axis is out of bounds or named twice.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([2, 3])?;
    /// assert_eq!(a.expand_dims(&[0, -1])?.shape(), [1, 2, 3, 1]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn expand_dims(&self, axes: &[isize]) -> Result<Self> {
        let _scope = Operation::enter("expand_dims");
        let ndim = self.ndim() + axes.len();
        let new = distinct_axes("expand_dims", axes, ndim)?;
        let mut own = self.whole().into_iter();
        let cut = |axis| if new.contains(&axis) { Some(Cut::NewAxis) } else { own.next() };
        self.cut((0..ndim).filter_map(cut).collect())
    }

    /// The array without its axes of one element. It may live on some of the ranks.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([1, 3, 1])?;
    /// assert_eq!(a.squeeze()?.shape(), [3]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// The ranks are in different operations.
    #[track_caller]
    pub fn squeeze(&self) -> Result<Self> {
        let _scope = Operation::enter("squeeze");
        let cut = |&len: &usize| if len == 1 { Cut::At(0) } else { Cut::whole(len) };
        self.cut(self.shape().iter().map(cut).collect())
    }

    /// As [`squeeze`](Self::squeeze), of the axes given.
    ///
    /// # Errors
    /// An axis is out of bounds, named twice, or has another number of elements than one.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([1, 3, 1])?;
    /// assert_eq!(a.squeeze_axes(&[-1])?.shape(), [1, 3]);
    /// assert!(a.squeeze_axes(&[1]).is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn squeeze_axes(&self, axes: &[isize]) -> Result<Self> {
        let _scope = Operation::enter("squeeze_axes");
        let mut cuts = self.whole();
        for axis in distinct_axes("squeeze_axes", axes, self.ndim())? {
            if self.shape()[axis] != 1 {
                return Err(Error::shape(format!(
                    "'squeeze_axes': axis {axis} of shape {:?} has {} elements, not 1",
                    self.shape(),
                    self.shape()[axis]
                )));
            }
            cuts[axis] = Cut::At(0);
        }
        self.cut(cuts)
    }

    /// The array with the order of the elements reversed along some axes.
    ///
    /// # Errors
    /// An axis is out of bounds or named twice.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(0, 3, 1)?;
    /// assert_eq!(a.flip(&[0])?.to_ndarray()?.as_slice(), Some(&[2, 1, 0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn flip(&self, axes: &[isize]) -> Result<Self> {
        let _scope = Operation::enter("flip");
        let mut cuts = self.whole();
        for axis in distinct_axes("flip", axes, self.ndim())? {
            let len = self.shape()[axis];
            cuts[axis] = Cut::Range { start: len.saturating_sub(1), step: -1, len };
        }
        self.cut(cuts)
    }

    /// The array turned by so many quarters of a circle in the plane of two axes, from the first
    /// towards the second.
    ///
    /// # Errors
    /// An axis is out of bounds, or both are the same.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let a = Context::solo().from_fn([2, 3], |at| (3 * at[0] + at[1]) as i64)?;
    /// let turned = a.rot90(1, (0, 1))?;
    /// assert_eq!(turned.to_ndarray()?, array![[2, 5], [1, 4], [0, 3]].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn rot90(&self, quarters: isize, axes: (isize, isize)) -> Result<Self> {
        let _scope = Operation::enter("rot90");
        let named = distinct_axes("rot90", &[axes.0, axes.1], self.ndim())?;
        let (first, second) = (named[0] as isize, named[1] as isize);
        match quarters.rem_euclid(4) {
            0 => Ok(self.clone()),
            1 => self.flip(&[second])?.swap_axes(first, second),
            2 => self.flip(&[first, second]),
            _ => self.swap_axes(first, second)?.flip(&[second]),
        }
    }

    /// The array stretched to a shape that its own broadcasts to. Elements that are repeated are so
    /// without memory; who writes to the result copies it first.
    ///
    /// # Errors
    /// The shape is not one that the array's broadcasts to.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(0_i64, 3, 1)?;
    /// assert_eq!(a.broadcast_to(&[1000, 3])?.sum()?, 3000);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Self> {
        let _scope = Operation::enter("broadcast_to");
        let command = Command::BroadcastTo { array: self.array.clone(), shape: shape.to_vec() };
        Ok(Self::new(self.ctx.clone(), self.ctx.execute(command)?.into_array()))
    }

    /// So many pieces of an axis, the first ones longer by one where it does not go up.
    ///
    /// # Errors
    /// No pieces; the axis is out of bounds.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([8, 2])?;
    /// let pieces = a.split(3, 0)?;
    /// assert_eq!(pieces.iter().map(|piece| piece.shape()[0]).collect::<Vec<_>>(), [3, 3, 2]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn split(&self, pieces: usize, axis: isize) -> Result<Vec<Self>> {
        let _scope = Operation::enter("split");
        let len = self.shape()[axis_of("split", axis, self.ndim())?];
        if pieces == 0 {
            return Err(Error::argument("an axis cannot be split into 0 pieces"));
        }
        let (least, longer) = (len / pieces, len % pieces);
        let end = |piece: usize| piece * least + piece.min(longer);
        self.split_at(&(1..pieces).map(end).collect::<Vec<_>>(), axis)
    }

    /// The pieces of an axis between some indices: one more than there are indices. Those beyond the
    /// end give empty pieces.
    ///
    /// # Errors
    /// The axis is out of bounds.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(0, 10, 1)?;
    /// let pieces = a.split_at(&[2, 5], 0)?;
    /// assert_eq!(pieces[1].to_ndarray()?.as_slice(), Some(&[2, 3, 4][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn split_at(&self, indices: &[usize], axis: isize) -> Result<Vec<Self>> {
        let _scope = Operation::enter("split_at");
        let axis = axis_of("split_at", axis, self.ndim())?;
        let len = self.shape()[axis];
        let bound = |at: usize| match at {
            0 => 0,
            at => indices.get(at - 1).map_or(len, |&index| index.min(len)),
        };
        let piece = |at: usize| {
            let (start, end) = (bound(at), bound(at + 1));
            let mut cuts = self.whole();
            cuts[axis] = Cut::Range { start, step: 1, len: end.saturating_sub(start) };
            self.cut(cuts)
        };
        (0..=indices.len()).map(piece).collect()
    }

    /// The cuts that take everything.
    pub(super) fn whole(&self) -> Vec<Cut> {
        self.shape().iter().map(|&len| Cut::whole(len)).collect()
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

impl Context {
    /// Arrays one after the other along an axis.
    ///
    /// The result has the first one's kinds of distribution, on the same grid and ranks. Collective:
    /// one plan for each array.
    ///
    /// # Errors
    /// No arrays, or arrays of other extents on the other axes; no memory; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, b) = (ctx.ones::<f64>([2, 3])?, ctx.zeros::<f64>([4, 3])?);
    /// assert_eq!(ctx.concatenate(&[&a, &b], 0)?.shape(), [6, 3]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn concatenate<T: Element>(
        &self,
        arrays: &[&DistArray<T>],
        axis: isize,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("concatenate");
        let axis = axis_of("concatenate", axis, arrays.first().map_or(1, |array| array.ndim()))?;
        self.joined(arrays.iter().map(|array| (*array).clone()).collect(), axis)
    }

    /// Arrays of one shape along a new axis, by its number in the result.
    ///
    /// The result has the first one's kinds of distribution on its axes. Collective: one plan for each
    /// array.
    ///
    /// # Errors
    /// No arrays, or arrays of other shapes; no memory; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, b) = (ctx.ones::<f64>([2, 3])?, ctx.zeros::<f64>([2, 3])?);
    /// assert_eq!(ctx.stack(&[&a, &b], -1)?.shape(), [2, 3, 2]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn stack<T: Element>(&self, arrays: &[&DistArray<T>], axis: isize) -> Result<DistArray<T>> {
        let _scope = Operation::enter("stack");
        let shape = arrays.first().map_or(&[][..], |array| array.shape());
        if let Some(other) = arrays.iter().find(|array| array.shape() != shape) {
            return Err(Error::shape(format!(
                "arrays of shapes {shape:?} and {:?} cannot be stacked",
                other.shape()
            )));
        }
        let axis = axis_of("stack", axis, shape.len() + 1)?;
        let single = arrays.iter().map(|array| array.insert_axis(axis as isize));
        self.joined(single.collect::<Result<_>>()?, axis)
    }

    fn joined<T: Element>(&self, arrays: Vec<DistArray<T>>, axis: usize) -> Result<DistArray<T>> {
        if let Some(other) = arrays.iter().find(|array| !array.ctx.is_same(self)) {
            return Err(Error::argument(format!(
                "an array of a context of {} ranks is joined in a context of {}",
                other.ctx.size(),
                self.size()
            )));
        }
        let arrays = arrays.into_iter().map(|array| array.array).collect();
        self.adopt_ref(self.execute(Command::Concatenate { arrays, axis })?.into_array())
    }
}
