//! [`DistArray`]: an array whose elements are spread over ranks.

use std::fmt;
use std::marker::PhantomData;

use ndarray::{ArrayView, ArrayViewD, ArrayViewMutD, Dimension, IxDyn};

use super::{ArrayExpr, Context};
use crate::block::into_dimension;
use crate::comm::Operation;
use crate::command::{Change, Command};
use crate::dist::Distribution;
use crate::element::{DType, Element};
use crate::error::Result;
use crate::handle::ArrayRef;

/// An N-dimensional array of `T` whose elements are spread over the ranks of a context.
///
/// Each rank holds its part; the value is a handle on it. Operators on references build lazy
/// expressions (see [`ArrayExpr`], which has the functions and reductions). Cloning shares the
/// elements, and so does an expression: whoever writes first copies what is shared.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let a = ctx.arange::<f64>(0.0, 6.0, 1.0)?;
/// let b = (&a * 2.0 + 1.0).eval()?;
/// assert_eq!(b.get(&[5])?, 11.0);
/// assert_eq!(b.sum()?, 36.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone)]
pub struct DistArray<T> {
    pub(super) ctx: Context,
    pub(super) array: ArrayRef,
    element: PhantomData<T>,
}

impl<T: Element> DistArray<T> {
    pub(super) fn new(ctx: Context, array: ArrayRef) -> Self {
        assert_eq!(array.dtype(), T::DTYPE, "a handle has the dtype of its array");
        Self { ctx, array, element: PhantomData }
    }

    /// The context that the array was made in.
    pub fn context(&self) -> &Context {
        &self.ctx
    }

    /// The array as the layers below know it.
    pub fn array_ref(&self) -> &ArrayRef {
        &self.array
    }

    /// Extents of the whole array.
    pub fn shape(&self) -> &[usize] {
        self.array.shape()
    }

    /// The number of axes.
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// The number of elements of the whole array.
    pub fn len(&self) -> usize {
        self.distribution().len()
    }

    /// Whether the whole array has no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        T::DTYPE
    }

    /// Who owns which element.
    pub fn distribution(&self) -> &Distribution {
        self.array.distribution()
    }

    /// The elements that this rank owns, without the halo. Nothing is copied or sent.
    ///
    /// A rank without a part sees an empty view.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.ones::<f64>([2, 3])?;
    /// assert_eq!(a.local().sum(), 6.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn local(&self) -> ArrayViewD<'_, T> {
        match self.array.part() {
            Some(part) => part.view().expect("a handle has the dtype of its array"),
            None => nothing(self.ndim()),
        }
    }

    /// The elements that this rank owns, for writing; copied first where they are shared.
    ///
    /// # Errors
    /// There is no memory for a copy.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let mut a = ctx.zeros::<f64>([2, 3])?;
    /// a.local_mut()?.fill(1.5);
    /// assert_eq!(a.get(&[1, 1])?, 1.5);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn local_mut(&mut self) -> Result<ArrayViewMutD<'_, T>> {
        let ndim = self.ndim();
        match self.array.part_mut() {
            Some(part) => part.view_mut(),
            None => Ok(nothing_mut(ndim)),
        }
    }

    /// The elements that this rank owns, as a view with the number of axes in its type.
    ///
    /// # Errors
    /// The array has another number of axes.
    ///
    /// ```
    /// use ndarray::Ix2;
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.ones::<f64>([2, 3])?;
    /// let rows = a.local_view::<Ix2>()?;
    /// assert_eq!(rows[[1, 2]], 1.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn local_view<D: Dimension>(&self) -> Result<ArrayView<'_, T, D>> {
        into_dimension(self.local())
    }

    /// What this rank owns and the halo around it, as the last
    /// [`exchange_halo`](Self::exchange_halo) left it.
    ///
    /// The halo is [`Distribution::padding`] wide: at the ends of an axis that is not periodic there
    /// is none.
    pub fn local_with_halo(&self) -> ArrayViewD<'_, T> {
        match self.array.part() {
            Some(part) => part.with_halo().view().expect("a handle has the dtype of its array"),
            None => nothing(self.ndim()),
        }
    }

    /// The element at a global index, on every rank.
    ///
    /// Collective: one broadcast of the element from its owner.
    ///
    /// # Errors
    /// The index is out of bounds or has another number of axes; a rank failed.
    #[track_caller]
    pub fn get(&self, index: &[usize]) -> Result<T> {
        let _scope = Operation::enter("get");
        let command = Command::ElementAt { array: self.array.clone(), index: index.to_vec() };
        let value = self.ctx.execute(command)?.into_scalar();
        Ok(T::try_from_scalar(value).expect("a handle has the dtype of its array"))
    }

    /// Writes the element at a global index, on the rank that owns it. Every rank calls it with the
    /// same values; nothing is sent.
    ///
    /// # Errors
    /// The index is out of bounds or has another number of axes.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let mut a = ctx.zeros::<i32>(4)?;
    /// a.set(&[2], 7)?;
    /// assert_eq!(a.get(&[2])?, 7);
    /// assert!(a.set(&[4], 7).is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn set(&mut self, index: &[usize], value: T) -> Result<()> {
        let _scope = Operation::enter("set");
        let change = Change::SetElement { index: index.to_vec(), value: value.to_scalar() };
        self.ctx.change(&mut self.array, change)
    }

    /// The elements converted to another type, as a new array; see [`ArrayExpr::cast`].
    ///
    /// # Errors
    /// There is not so much memory.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.arange(0.0, 2.0, 0.7)?.astype::<i16>()?;
    /// assert_eq!(a.to_ndarray()?.as_slice(), Some(&[0, 0, 1][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn astype<U: Element>(&self) -> Result<DistArray<U>> {
        let _scope = Operation::enter("astype");
        self.cast::<U>().eval()
    }

    /// An array of zeros with the shape and the distribution of this one.
    ///
    /// # Errors
    /// There is not so much memory.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.ones::<f64>(([4, 4], "b,c"))?;
    /// assert_eq!(a.zeros_like()?.distribution(), a.distribution());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn zeros_like(&self) -> Result<Self> {
        let _scope = Operation::enter("zeros_like");
        self.ctx.zeros(self.distribution())
    }

    /// An array to be filled, with the shape and the distribution of this one; see
    /// [`Context::empty`].
    ///
    /// # Errors
    /// There is not so much memory.
    #[track_caller]
    pub fn empty_like(&self) -> Result<Self> {
        let _scope = Operation::enter("empty_like");
        self.ctx.empty(self.distribution())
    }

    /// An array of ones with the shape and the distribution of this one.
    ///
    /// # Errors
    /// There is not so much memory.
    #[track_caller]
    pub fn ones_like(&self) -> Result<Self> {
        let _scope = Operation::enter("ones_like");
        self.ctx.ones(self.distribution())
    }

    /// An array of one value with the shape and the distribution of this one.
    ///
    /// # Errors
    /// There is not so much memory.
    #[track_caller]
    pub fn full_like(&self, value: T) -> Result<Self> {
        let _scope = Operation::enter("full_like");
        self.ctx.full(value, self.distribution())
    }
}

/// The view of a rank that holds no part.
fn nothing<'a, T>(ndim: usize) -> ArrayViewD<'a, T> {
    let shape = IxDyn(&vec![0; ndim.max(1)]);
    ArrayViewD::from_shape(shape, &[]).expect("no elements have any shape with a zero")
}

/// As [`nothing`], for writing.
fn nothing_mut<'a, T>(ndim: usize) -> ArrayViewMutD<'a, T> {
    let shape = IxDyn(&vec![0; ndim.max(1)]);
    ArrayViewMutD::from_shape(shape, &mut []).expect("no elements have any shape with a zero")
}

impl<T: Element> fmt::Debug for DistArray<T> {
    /// The dtype and the distribution, without the elements, which would have to be sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistArray<{}>({})", T::DTYPE, self.distribution())
    }
}
