//! New arrays of the same elements: reshaped, rolled, tiled, repeated, padded.

use super::axes::axis_of;
use super::{DistArray, IntoDistribution};
use crate::comm::Operation;
use crate::command::Command;
use crate::element::{Element, Scalar};
use crate::error::{Error, Result};
use crate::ops::{self, Move, Padding};

/// How [`DistArray::pad`] continues an array beyond its ends, as NumPy's modes of these names.
///
/// ```
/// use distarray_core::{array::PadMode, prelude::*};
///
/// let a = Context::solo().arange(1, 4, 1)?;
/// let padded = |mode| a.pad(&[(2, 0)], mode)?.to_ndarray().map(|p| p.into_raw_vec_and_offset().0);
/// assert_eq!(padded(PadMode::Constant(7))?, [7, 7, 1, 2, 3]);
/// assert_eq!(padded(PadMode::Edge)?, [1, 1, 1, 2, 3]);
/// assert_eq!(padded(PadMode::Reflect)?, [3, 2, 1, 2, 3]);
/// assert_eq!(padded(PadMode::Symmetric)?, [2, 1, 1, 2, 3]);
/// assert_eq!(padded(PadMode::Wrap)?, [2, 3, 1, 2, 3]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PadMode<T> {
    /// By one value.
    Constant(T),
    /// By the element at the end.
    Edge,
    /// Mirrored at the element at the end, which is not repeated.
    Reflect,
    /// Mirrored at the end, whose element is repeated.
    Symmetric,
    /// Going round.
    Wrap,
}

/// An extent of a new shape: a number, or -1 for whatever is left.
pub trait Extent: Copy {
    /// The number; `None` for what is left.
    ///
    /// # Errors
    /// A number below -1.
    fn extent(self) -> Result<Option<usize>>;
}

/// Lists the integers that extents are given in.
macro_rules! extents {
    ($($integer:ty)*) => {$(
        impl Extent for $integer {
            fn extent(self) -> Result<Option<usize>> {
                match (usize::try_from(self), i64::try_from(self)) {
                    (Ok(extent), _) => Ok(Some(extent)),
                    (_, Ok(-1)) => Ok(None),
                    _ => Err(Error::shape(format!("an extent of {self} in a new shape"))),
                }
            }
        }
    )*};
}
extents!(usize isize i32 i64);

/// # New arrays of the same elements
impl<T: Element> DistArray<T> {
    fn made(&self, command: Command) -> Result<Self> {
        Ok(Self::new(self.ctx.clone(), self.ctx.execute(command)?.into_array()))
    }

    fn shape_of<E: Extent>(&self, extents: &[E]) -> Result<Vec<usize>> {
        let given = extents.iter().map(|extent| extent.extent()).collect::<Result<Vec<_>>>()?;
        let open = given.iter().filter(|extent| extent.is_none()).count();
        let known =
            given.iter().flatten().try_fold(1_usize, |all, &extent| all.checked_mul(extent));
        let left = match (open, known) {
            (0, _) => 0,
            (1, Some(known)) if known > 0 && self.len().is_multiple_of(known) => self.len() / known,
            _ => {
                let told: Vec<String> = given
                    .iter()
                    .map(|extent| extent.map_or("-1".to_owned(), |extent| extent.to_string()))
                    .collect();
                return Err(Error::shape(format!(
                    "an array of shape {:?} and {} elements cannot be reshaped to [{}]",
                    self.shape(),
                    self.len(),
                    told.join(", ")
                )));
            }
        };
        Ok(given.into_iter().map(|extent| extent.unwrap_or(left)).collect())
    }

    /// The elements in C order under another shape; one extent may be -1, for whatever is left.
    ///
    /// Axes of one element come and go without movement, and so do others where the array is in blocks
    /// along its first axis that end between indices of the new first axis: the memory is shared then.
    /// An array that is distributed otherwise is moved to such blocks by one plan, and where the
    /// blocks do not end between indices of the new first axis, there is another one. The result is in
    /// blocks along its first axis (of more than one element), over the same ranks;
    /// [`reshape_on`](Self::reshape_on) says otherwise.
    ///
    /// # Errors
    /// The shape has another number of elements; no memory; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(0, 12, 1)?;
    /// assert_eq!(a.reshape([3, -1])?.shape(), [3, 4]);
    /// assert_eq!(a.reshape([2_usize, 6])?.get(&[1, 0])?, 6);
    /// assert!(a.reshape([5, -1]).is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn reshape<E: Extent>(&self, shape: impl AsRef<[E]>) -> Result<Self> {
        let _scope = Operation::enter("reshape");
        let shape = self.shape_of(shape.as_ref())?;
        self.made(Command::Reshape { array: self.array.clone(), shape, distribution: None })
    }

    /// As [`reshape`](Self::reshape), under a distribution of the new shape: one more plan, unless that
    /// is in blocks along its first axis.
    ///
    /// # Errors
    /// As [`reshape`](Self::reshape).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(0, 12, 1)?;
    /// assert_eq!(a.reshape_on(([3, 4], "c,b"))?.get(&[2, 3])?, 11);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn reshape_on(&self, distribution: impl IntoDistribution) -> Result<Self> {
        let _scope = Operation::enter("reshape_on");
        let distribution = distribution.into_distribution(self.ctx.size())?;
        let shape = distribution.shape().to_vec();
        let distribution = Some(distribution);
        self.made(Command::Reshape { array: self.array.clone(), shape, distribution })
    }

    /// The elements in C order along one axis; as [`reshape`](Self::reshape).
    ///
    /// # Errors
    /// No memory; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([3, 4])?;
    /// assert_eq!(a.ravel()?.shape(), [12]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn ravel(&self) -> Result<Self> {
        let _scope = Operation::enter("ravel");
        self.reshape([self.len()])
    }

    fn rearranged(
        &self,
        axis: usize,
        extent: usize,
        moves: Vec<Move>,
        fill: Option<Scalar>,
    ) -> Result<Self> {
        self.made(Command::Rearrange { array: self.array.clone(), axis, extent, moves, fill })
    }

    /// The elements shifted along an axis by so many places; those that fall off its end come in at its
    /// begin.
    ///
    /// Collective: two plans. The result has the same kinds of distribution.
    ///
    /// # Errors
    /// The axis is out of bounds; no memory; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(0, 5, 1)?;
    /// assert_eq!(a.roll(2, 0)?.to_ndarray()?.as_slice(), Some(&[3, 4, 0, 1, 2][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn roll(&self, shift: isize, axis: isize) -> Result<Self> {
        let _scope = Operation::enter("roll");
        let axis = axis_of("roll", axis, self.ndim())?;
        let len = self.shape()[axis];
        self.rearranged(axis, len, ops::roll(len, shift), None)
    }

    /// The array so many times along each axis; axes that are lacking are put in front.
    ///
    /// Collective: a plan for each copy along an axis.
    ///
    /// # Errors
    /// More elements than can be counted; no memory; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(0, 2, 1)?;
    /// assert_eq!(a.tile(&[3, 2])?.shape(), [3, 4]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn tile(&self, times: &[usize]) -> Result<Self> {
        let _scope = Operation::enter("tile");
        let mut result = self.clone();
        while result.ndim() < times.len() {
            result = result.insert_axis(0)?;
        }
        let first = result.ndim() - times.len();
        for (axis, &times) in times.iter().enumerate() {
            let len = result.shape()[first + axis];
            let Some(extent) = len.checked_mul(times) else {
                return Err(Error::shape(format!(
                    "an axis of {len} elements, {times} times, has more than can be counted"
                )));
            };
            if times != 1 {
                result = result.rearranged(first + axis, extent, ops::tile(len, times), None)?;
            }
        }
        Ok(result)
    }

    /// Each element so many times along an axis, one after the other, on its rank. Nothing is sent.
    ///
    /// # Errors
    /// The axis is out of bounds; no memory.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(0, 3, 1)?;
    /// assert_eq!(a.repeat(2, 0)?.to_ndarray()?.as_slice(), Some(&[0, 0, 1, 1, 2, 2][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn repeat(&self, times: usize, axis: isize) -> Result<Self> {
        let _scope = Operation::enter("repeat");
        let axis = axis_of("repeat", axis, self.ndim())?;
        self.made(Command::Repeat { array: self.array.clone(), axis, times })
    }

    /// The array with so many elements more before and behind each axis.
    ///
    /// Collective: three plans for each axis that grows, or more where it grows beyond its own length.
    ///
    /// # Errors
    /// Not one pair of widths for each axis; an axis without elements that is to be continued; no
    /// memory; a rank failed.
    ///
    /// ```
    /// use distarray_core::{array::PadMode, prelude::*};
    ///
    /// let a = Context::solo().ones::<f64>([2, 3])?;
    /// let padded = a.pad(&[(1, 1), (0, 2)], PadMode::Constant(0.0))?;
    /// assert_eq!((padded.shape(), padded.sum()?), (&[4, 5][..], 6.0));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn pad(&self, widths: &[(usize, usize)], mode: PadMode<T>) -> Result<Self> {
        let _scope = Operation::enter("pad");
        if widths.len() != self.ndim() {
            return Err(Error::shape(format!(
                "an array of shape {:?} is padded by {} pairs of widths, not one for each axis",
                self.shape(),
                widths.len()
            )));
        }
        let (padding, fill) = match mode {
            PadMode::Constant(value) => (Padding::Constant, Some(value.to_scalar())),
            PadMode::Edge => (Padding::Edge, None),
            PadMode::Reflect => (Padding::Reflect, None),
            PadMode::Symmetric => (Padding::Symmetric, None),
            PadMode::Wrap => (Padding::Wrap, None),
        };
        for (axis, (&len, &(low, high))) in self.shape().iter().zip(widths).enumerate() {
            if len == 0 && (low, high) != (0, 0) && fill.is_none() {
                return Err(Error::shape(format!(
                    "axis {axis} of shape {:?} has no element that could be continued",
                    self.shape()
                )));
            }
            if len.checked_add(low).and_then(|sum| sum.checked_add(high)).is_none() {
                return Err(Error::shape(format!(
                    "axis {axis} of shape {:?}, with {low} and {high} more, has more elements than \
                     can be counted",
                    self.shape()
                )));
            }
        }
        let mut result = self.clone();
        for (axis, &(low, high)) in widths.iter().enumerate().filter(|(_, pair)| **pair != (0, 0)) {
            let len = result.shape()[axis];
            let moves = ops::pad(len, low, high, padding);
            result = result.rearranged(axis, low + len + high, moves, fill)?;
        }
        Ok(result)
    }
}
