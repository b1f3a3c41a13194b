//! Reductions as values: what is asked for, and how, before it is computed.

mod kinds;
mod lazy;

use std::marker::PhantomData;

pub use kinds::{
    All, Any, Argmax, Argmin, Count, Max, Mean, Min, Norm, Prod, Ptp, ReductionOf, Std, Sum, Var,
};
pub use lazy::Lazy;

use super::axes::axes_of;
use super::{ArrayExpr, Context};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops::Request;

/// Over all axes: gives one value.
///
/// ```
/// use distarray_core::array::reduction::{Reducing, Whole};
/// use distarray_core::prelude::*;
///
/// let asked: Reducing<f64, Sum, Whole> = Context::solo().ones::<f64>([2, 3])?.reduce(Sum);
/// assert_eq!(asked.eval()?, 6.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Whole;

/// Over some axes, or with axes kept: gives an array.
///
/// ```
/// use distarray_core::array::reduction::{Along, Reducing};
/// use distarray_core::prelude::*;
///
/// let asked: Reducing<f64, Sum, Along> = Context::solo().ones::<f64>([2, 3])?.reduce(Sum).axes(&[0]);
/// assert_eq!(asked.eval()?.shape(), [3]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Along;

/// A reduction that has not been computed yet; what [`Reductions::reduce`](super::Reductions::reduce) gives.
///
/// [`eval`](Reducing::eval) computes one, [`Context::reduce`] several in one pass.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let a = ctx.from_fn([2, 3], |at| (3 * at[0] + at[1]) as f64)?;
/// let rows = a.reduce(Sum).axes(&[1]).keepdims().eval()?;
/// assert_eq!(rows.shape(), [2, 1]);
/// assert_eq!(a.reduce(Mean).mask(&a.gt(1.0)).eval()?, 3.5);
/// assert_eq!(a.reduce(Max).initial(9.0).eval()?, 9.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[must_use = "reductions are lazy; `eval` computes them"]
#[derive(Clone, Debug)]
pub struct Reducing<T, K, F = Whole> {
    ctx: Context,
    request: Result<Request>,
    kind: PhantomData<(T, K, F)>,
}

impl<T: Element, K: ReductionOf<T>> Reducing<T, K> {
    pub(super) fn new(value: &(impl ArrayExpr<T> + ?Sized), kind: K) -> Self {
        let request = value.node().map(|node| Request::new(node, kind.reduction(), None));
        Self { ctx: value.context().clone(), request, kind: PhantomData }
    }

    /// The same of elements converted first: the type that is accumulated in.
    ///
    /// The result is what the reduction gives of that type: sums and products of integers are in 64 bits also of
    /// narrower ones. Wrapped to the type they are NumPy's, which has as many bits all along.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().full(1000_i32, 8)?;
    /// assert_eq!(a.reduce(Prod).dtype::<f64>().eval()?, 1e24);
    /// let sum: u64 = a.reduce(Sum).dtype::<u8>().eval()?;
    /// assert_eq!(sum as u8, 8000_u64 as u8);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn dtype<U: Element>(self) -> Reducing<U, K>
    where
        K: ReductionOf<U>,
    {
        let request = self.request.and_then(|request| match (&request.initial, &request.mask) {
            (None, _) => Ok(Request { node: request.node.cast(U::DTYPE), ..request }),
            (Some(_), _) => Err(Error::argument("the dtype is chosen before the initial value")),
        });
        Reducing { ctx: self.ctx, request, kind: PhantomData }
    }
}

impl<T: Element, K: ReductionOf<T>, F> Reducing<T, K, F> {
    fn with(self, change: impl FnOnce(&mut Request) -> Result<()>) -> Self {
        let request = self.request.and_then(|mut request| {
            change(&mut request)?;
            Ok(request)
        });
        Self { request, ..self }
    }

    fn along(self, change: impl FnOnce(&mut Request) -> Result<()>) -> Reducing<T, K, Along> {
        let Self { ctx, request, .. } = self.with(change);
        Reducing { ctx, request, kind: PhantomData }
    }

    /// Over these axes only; negative ones count from the end. Of none given each element is reduced by itself.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([2, 3], |at| (3 * at[0] + at[1]) as f64)?;
    /// assert_eq!(a.reduce(Sum).axes(&[-1]).eval()?.to_ndarray()?.as_slice(), Some(&[3.0, 12.0][..]));
    /// assert_eq!(a.reduce(Count).axes(&[]).eval()?.get(&[1, 2])?, 1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn axes(self, axes: &[isize]) -> Reducing<T, K, Along> {
        self.along(|request| {
            let ndim = request.node.shape().len();
            request.axes = Some(axes_of(request.reduction.name(), axes, ndim)?);
            Ok(())
        })
    }

    /// Reduced axes stay, with one element: so that the result broadcasts to what it was made of.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([2, 3], |at| (3 * at[0] + at[1]) as f64)?;
    /// let centred = (&a - a.reduce(Mean).axes(&[1]).keepdims().eval()?).eval()?;
    /// assert_eq!(centred.sum_axes(&[1])?.to_ndarray()?.as_slice(), Some(&[0.0, 0.0][..]));
    /// assert_eq!(a.reduce(Sum).keepdims().eval()?.shape(), [1, 1]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn keepdims(self) -> Reducing<T, K, Along> {
        self.along(|request| {
            request.keepdims = true;
            Ok(())
        })
    }

    /// NaNs are left out; of nothing but NaN, extremes and means are NaN, and places of extremes an error.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([3], |at| [1.0, f64::NAN, 4.0][at[0]])?;
    /// assert_eq!(a.reduce(Mean).skip_nan().eval()?, 2.5);
    /// assert_eq!(a.reduce(Argmax).skip_nan().eval()?, 2);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn skip_nan(self) -> Self {
        self.with(|request| {
            request.skip_nan = true;
            Ok(())
        })
    }

    /// Only elements count for which the mask is true, which broadcasts to their shape (NumPy's `where`). [`Min`] and
    /// [`Max`] need an [`initial`](Self::initial) value then; [`Ptp`], [`Argmin`] and [`Argmax`] take no mask.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_fn([2, 3], |at| (3 * at[0] + at[1]) as f64)?;
    /// let columns = ctx.from_fn([3], |at| at[0] != 1)?;
    /// assert_eq!(a.reduce(Sum).mask(&columns).axes(&[1]).eval()?.to_ndarray()?.as_slice(), Some(&[2.0, 8.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn mask(self, mask: &impl ArrayExpr<bool>) -> Self {
        let is_same = self.ctx.is_same(mask.context());
        self.with(|request| match is_same {
            true => {
                request.mask = Some(mask.node()?);
                Ok(())
            }
            false => Err(Error::argument("a mask belongs to the context of what it masks")),
        })
    }

    /// A first element that is not one of the array's, of the type of the result: what sums and products are made in,
    /// or that of the elements for extremes. After [`dtype`](Reducing::dtype), where both are given. For [`Sum`],
    /// [`Prod`], [`Min`] and [`Max`]; the others take none.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().full(200_u8, 3)?;
    /// assert_eq!(a.reduce(Sum).initial(1000).eval()?, 1600_u64);
    /// assert_eq!(a.reduce(Sum).dtype::<f64>().initial(0.5).eval()?, 600.5);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn initial(self, value: K::Output) -> Self {
        self.with(|request| {
            request.initial = Some(value.to_scalar());
            Ok(())
        })
    }
}
