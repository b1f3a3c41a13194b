//! Slices of arrays: views to read, and views to write.

use std::fmt;

use ndarray::{ArrayBase, Data, Dimension};

use super::{DistArray, Operand, SliceArgument};
use crate::block::kernels::BinaryOp;
use crate::comm::Operation;
use crate::command::{Change, Command};
use crate::dist::Cut;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::ops;

/// # Slices
impl<T: Element> DistArray<T> {
    /// Some of the elements, as an array that shares the memory: each stays on its rank.
    ///
    /// The argument is `ndarray`'s `s![…]` or NumPy's notation as text, see [`SliceArgument`]. The
    /// slice is an array like any other; it may live on some of the ranks. Whoever writes first, to
    /// the array or to the slice, copies what they share; [`slice_mut`](Self::slice_mut) writes to
    /// the array's own elements.
    ///
    /// Nothing is sent. On axes whose elements the slice does not take evenly within a rank
    /// (block-cyclic ones by other steps than 1, unstructured ones) each rank copies its own.
    ///
    /// # Errors
    /// An index or a range that is not within its axis; no memory for a copy.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::s;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.arange(0_i64, 12, 1)?;
    /// let evens = a.slice(s![..;2])?;
    /// assert_eq!(evens.shape(), [6]);
    /// assert_eq!(evens.sum()?, 30);
    /// assert_eq!(a.slice("3:0:-1")?.get(&[0])?, 3);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn slice(&self, by: impl SliceArgument) -> Result<Self> {
        let _scope = Operation::enter("slice");
        let cuts = by.cuts(self.shape())?;
        self.cut(cuts)
    }

    /// The array of these cuts.
    pub(super) fn cut(&self, cuts: Vec<Cut>) -> Result<Self> {
        let command = Command::Slice { array: self.array.clone(), cuts };
        Ok(Self::new(self.ctx.clone(), self.ctx.execute(command)?.into_array()))
    }

    /// Some of the elements, to be written.
    ///
    /// # Errors
    /// An index or a range that is not within its axis.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::s;
    ///
    /// let ctx = Context::solo();
    /// let mut a = ctx.zeros::<f64>([4, 6])?;
    /// let b = ctx.arange(0.0, 3.0, 1.0)?;
    /// a.slice_mut(s![1..3, ..;2])?.assign(&b * 2.0)?; // rows 1 and 2
    /// a.slice_mut("3, :")?.assign(1.0)?;
    /// assert_eq!(a.sum()?, 2.0 * 6.0 + 6.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn slice_mut(&mut self, by: impl SliceArgument) -> Result<SliceMut<'_, T>> {
        let cuts = by.cuts(self.shape())?;
        Ok(SliceMut { array: self, cuts })
    }

    /// Writes a value to all elements: a scalar, an array of any distribution, or an expression, whose
    /// shape broadcasts to the array's. The array keeps its distribution and its memory.
    ///
    /// Collective; costs and errors as [`SliceMut::assign`].
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let mut a = ctx.zeros::<f64>([2, 3])?;
    /// let b = ctx.arange(0.0, 3.0, 1.0)?;
    /// a.assign(&b + 1.0)?;
    /// assert_eq!(a.sum()?, 12.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`SliceMut::assign`].
    #[track_caller]
    pub fn assign(&mut self, value: impl Operand<T>) -> Result<()> {
        let _scope = Operation::enter("assign");
        let cuts = self.shape().iter().map(|&len| Cut::whole(len)).collect();
        SliceMut { array: self, cuts }.assign(value)
    }
}

/// Some elements of an array, to be written; made by [`DistArray::slice_mut`].
///
/// ```
/// use distarray_core::prelude::*;
/// use ndarray::s;
///
/// let mut a = Context::solo().zeros::<i32>(5)?;
/// let view = a.slice_mut(s![..;2])?;
/// assert_eq!(view.shape(), [3]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[must_use = "`assign` writes"]
pub struct SliceMut<'a, T> {
    array: &'a mut DistArray<T>,
    cuts: Vec<Cut>,
}

impl<'a, T: Element> SliceMut<'a, T> {
    pub(super) fn new(array: &'a mut DistArray<T>, cuts: Vec<Cut>) -> Self {
        Self { array, cuts }
    }

    /// Extents of the slice.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let mut a = Context::solo().zeros::<i32>([5, 4])?;
    /// assert_eq!(a.slice_mut("1:3, 0")?.shape(), [2]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn shape(&self) -> Vec<usize> {
        let extent = |cut: &Cut| match *cut {
            Cut::At(_) => None,
            Cut::Range { len, .. } => Some(len),
            Cut::NewAxis => Some(1),
        };
        self.cuts.iter().filter_map(extent).collect()
    }

    /// Writes a value: a scalar, an array of any distribution, or an expression, whose shape
    /// broadcasts to the slice's.
    ///
    /// Collective. An array of the slice's shape that is distributed otherwise is moved straight to its
    /// places, each element once. Arrays of an expression that are distributed otherwise are moved
    /// first, each by one plan; else nothing is sent. An expression is evaluated straight into the slice. What it reads
    /// of the same array is what stood there before. Halos are not written.
    ///
    /// # Errors
    /// The shapes do not broadcast, the contexts differ, memory or a function that failed: nothing is
    /// written then. A rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let mut a = Context::solo().arange(0, 6, 1)?;
    /// let tail = a.slice("3:")?;
    /// a.slice_mut(":3")?.assign(&tail * 10)?;
    /// assert_eq!(a.to_ndarray()?.as_slice(), Some(&[30, 40, 50, 3, 4, 5][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn assign(self, value: impl Operand<T>) -> Result<()> {
        let _scope = Operation::enter("assign");
        let value = self.own(value)?;
        let change = Change::Assign { cuts: self.cuts, value };
        self.array.ctx.change(&mut self.array.array, change)
    }

    /// Combines each element with the value at its place.
    pub(super) fn update(self, op: BinaryOp, value: impl Operand<T>) -> Result<()> {
        let value = self.own(value)?;
        let change = Change::Update { cuts: self.cuts, op, value };
        self.array.ctx.change(&mut self.array.array, change)
    }

    /// A value of the array's context.
    fn own(&self, value: impl Operand<T>) -> Result<Node> {
        let (value, ctx) = (value.operand()?, &self.array.ctx);
        match value.ctx.as_ref().filter(|other| !ctx.is_same(other)) {
            None => Ok(value.node),
            Some(other) => Err(Error::argument(format!(
                "a value of a context of {} ranks is assigned to an array of a context of {}",
                other.size(),
                ctx.size()
            ))),
        }
    }

    /// Writes the elements of a plain array, which every rank has alike, and whose shape broadcasts to
    /// the slice's. Each rank takes its own; nothing is sent.
    ///
    /// # Errors
    /// The shapes do not broadcast; no memory for a copy.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let mut a = Context::solo().zeros::<i32>([2, 3])?;
    /// a.slice_mut("1")?.assign_ndarray(&array![1, 2, 3])?;
    /// assert_eq!(a.to_ndarray()?, array![[0, 0, 0], [1, 2, 3]].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn assign_ndarray<D: Dimension>(
        self,
        values: &ArrayBase<impl Data<Elem = T>, D>,
    ) -> Result<()> {
        let _scope = Operation::enter("assign_ndarray");
        let distribution = self.array.distribution().slice(&self.cuts);
        let values = values.view().into_dyn();
        let Some(stretched) = values.broadcast(distribution.shape()) else {
            return Err(Error::shape(format!(
                "an array of shape {:?} cannot be assigned to a slice of shape {:?}",
                values.shape(),
                distribution.shape()
            )));
        };
        let ctx = self.array.ctx.clone();
        ctx.begin(T::DTYPE, &distribution)?;
        let own = ops::from_replicated(ctx.communicator()?, stretched, &distribution)?;
        let value = Node::array(own);
        ctx.change(&mut self.array.array, Change::Assign { cuts: self.cuts, value })
    }
}

impl<T: Element> fmt::Debug for SliceMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SliceMut({:?} of {:?})", self.cuts, self.array)
    }
}
