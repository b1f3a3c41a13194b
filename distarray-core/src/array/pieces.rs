//! Pieces of arrays, and arrays of pieces.

use super::axes::axis_of;
use super::{Context, DistArray};
use crate::comm::Operation;
use crate::command::Command;
use crate::dist::Cut;
use crate::element::Element;
use crate::error::{Error, Result};

/// # Pieces
///
/// Pieces share the array's memory and stay on its ranks; nothing is sent.
impl<T: Element> DistArray<T> {
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
