//! Views with other axes: transposes, flips, axes of one element, stretched ones.

use super::DistArray;
use super::axes::{axis_of, distinct_axes};
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

    /// The cuts that take everything.
    pub(super) fn whole(&self) -> Vec<Cut> {
        self.shape().iter().map(|&len| Cut::whole(len)).collect()
    }
}
