//! Reductions as values: what is asked for, and how, before it is computed.

use std::marker::PhantomData;

use super::axes::axes_of;
use super::{ArrayExpr, Context, DistArray};
use crate::comm::Operation;
use crate::command::Command;
use crate::element::{Element, Number, Ordered, Real};
use crate::error::{Error, Result};
use crate::ops::{Reduced, Reduction, Request};

/// A kind of reduction of elements of `T`: [`Sum`], [`Max`] and so on.
pub trait ReductionOf<T: Element>: Copy {
    /// What it gives.
    type Output: Element;

    /// The reduction as data.
    fn reduction(&self) -> Reduction;
}

/// Lists kinds of reductions: name, bound, result, as data, what it is.
macro_rules! kinds {
    ($($name:ident for $bound:ident -> $output:ty: $reduction:expr, $doc:literal, $gives:literal;)*) => {$(
        #[doc = $doc]
        #[doc = concat!(
            "\n```\nuse distarray_core::prelude::*;\n\nlet ctx = Context::solo();\nlet a = ctx.from_fn([2, 3], |at| (3 * at[0] + at[1]) as f64)?;\nassert_eq!(a.reduce(",
            stringify!($name), ").eval()?, ", $gives,
            ");\n# Ok::<(), distarray_core::Error>(())\n```"
        )]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl<T: $bound> ReductionOf<T> for $name {
            type Output = $output;

            fn reduction(&self) -> Reduction {
                $reduction
            }
        }
    )*};
}
kinds! {
    Sum for Element -> T::Sum: Reduction::Sum, "The sum.", "15.0";
    Prod for Element -> T::Sum: Reduction::Prod, "The product.", "0.0";
    Mean for Element -> T::Mean: Reduction::Mean, "The arithmetic mean.", "2.5";
    Min for Ordered -> T: Reduction::Min, "The least element.", "0.0";
    Max for Ordered -> T: Reduction::Max, "The greatest element.", "5.0";
    Ptp for Real -> T: Reduction::Ptp, "The greatest element less the least.", "5.0";
    Argmin for Ordered -> i64: Reduction::Argmin, "The number of the first least element, in C order of the reduced axes.", "0";
    Argmax for Ordered -> i64: Reduction::Argmax, "The number of the first greatest element, in C order of the reduced axes.", "5";
    Count for Element -> u64: Reduction::Count, "The number of elements that are not zero.", "5";
    Any for Element -> bool: Reduction::Any, "Whether some element is not zero.", "true";
    All for Element -> bool: Reduction::All, "Whether no element is zero.", "false";
}

/// The variance, divided by the number of elements less the delta degrees of freedom given.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let a = Context::solo().linspace(0.0_f64, 5.0, 6)?;
/// assert_eq!(a.reduce(Var(1)).eval()?, 3.5);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Var(pub usize);

/// The standard deviation: the root of the variance with these delta degrees of freedom.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let a = Context::solo().linspace(0.0_f64, 5.0, 6)?;
/// assert_eq!(a.reduce(Std(1)).eval()?, 3.5_f64.sqrt());
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Std(pub usize);

/// The vector norm of an order: `sum(abs(x)^order)^(1 / order)`; of infinite orders the greatest and
/// the least magnitude, of order 0 the number of elements that are not zero.
///
/// Norms of infinite orders need an element. Where a mask leaves none, or all are NaNs that are left out, norms are 0, and
/// those of negative orders infinite.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let a = Context::solo().linspace(3.0_f64, 4.0, 2)?;
/// assert_eq!(a.reduce(Norm(2.0)).eval()?, 5.0);
/// assert_eq!(a.reduce(Norm(f64::INFINITY)).eval()?, 4.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Norm(pub f64);

impl<T: Element> ReductionOf<T> for Var {
    type Output = T::Real;

    fn reduction(&self) -> Reduction {
        Reduction::Var { ddof: self.0 }
    }
}

impl<T: Element> ReductionOf<T> for Std {
    type Output = T::Real;

    fn reduction(&self) -> Reduction {
        Reduction::Std { ddof: self.0 }
    }
}

impl<T: Number> ReductionOf<T> for Norm {
    type Output = T::Real;

    fn reduction(&self) -> Reduction {
        Reduction::Norm { order: self.0.to_bits() }
    }
}

/// Over all axes: gives one value.
#[derive(Clone, Copy, Debug)]
pub struct Whole;

/// Over some axes: gives an array.
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

    /// Over these axes only; negative ones count from the end.
    pub fn axes(self, axes: &[isize]) -> Reducing<T, K, Along> {
        self.along(|request| {
            let ndim = request.node.shape().len();
            request.axes = Some(axes_of(request.reduction.name(), axes, ndim)?);
            Ok(())
        })
    }

    /// Reduced axes stay, with one element.
    pub fn keepdims(self) -> Reducing<T, K, Along> {
        self.along(|request| {
            request.keepdims = true;
            Ok(())
        })
    }

    /// NaNs are left out; of nothing but NaN, extremes and means are NaN.
    pub fn skip_nan(self) -> Self {
        self.with(|request| {
            request.skip_nan = true;
            Ok(())
        })
    }

    /// Only elements count for which the mask is true, which broadcasts to their shape (NumPy's `where`).
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
    /// or that of the elements for extremes. After [`dtype`](Reducing::dtype), where both are given.
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

/// One reduction, a tuple of several or a list, that [`Context::reduce`] computes.
pub trait Lazy {
    /// What it gives.
    type Output;

    /// Adds to what is asked for.
    ///
    /// # Errors
    /// What was wrong in building a reduction; it belongs to another context.
    fn ask(&self, ctx: &Context, requests: &mut Vec<Request>) -> Result<()>;

    /// Takes its part of the results.
    fn take(&self, ctx: &Context, results: &mut std::vec::IntoIter<Reduced>) -> Self::Output;
}

fn next(results: &mut std::vec::IntoIter<Reduced>) -> Reduced {
    results.next().expect("a result for each request")
}

impl<T: Element, K: ReductionOf<T>, F> Reducing<T, K, F> {
    fn ask_in(&self, ctx: &Context, requests: &mut Vec<Request>) -> Result<()> {
        if !ctx.is_same(&self.ctx) {
            return Err(Error::argument("reductions together are of one context"));
        }
        requests.push(self.request.clone()?);
        Ok(())
    }
}

impl<T: Element, K: ReductionOf<T>> Lazy for Reducing<T, K> {
    type Output = K::Output;

    fn ask(&self, ctx: &Context, requests: &mut Vec<Request>) -> Result<()> {
        self.ask_in(ctx, requests)
    }

    fn take(&self, _: &Context, results: &mut std::vec::IntoIter<Reduced>) -> K::Output {
        match next(results) {
            Reduced::Scalar(value) => {
                K::Output::try_from_scalar(value).expect("of the type that it declares")
            }
            Reduced::Array(array) => unreachable!("a value was asked for, not {array:?}"),
        }
    }
}

impl<T: Element, K: ReductionOf<T>> Lazy for Reducing<T, K, Along> {
    type Output = DistArray<K::Output>;

    fn ask(&self, ctx: &Context, requests: &mut Vec<Request>) -> Result<()> {
        self.ask_in(ctx, requests)
    }

    fn take(&self, ctx: &Context, results: &mut std::vec::IntoIter<Reduced>) -> Self::Output {
        match next(results) {
            Reduced::Array(array) => DistArray::new(ctx.clone(), array),
            Reduced::Scalar(value) => unreachable!("an array was asked for, not {value}"),
        }
    }
}

impl<L: Lazy> Lazy for Vec<L> {
    type Output = Vec<L::Output>;

    fn ask(&self, ctx: &Context, requests: &mut Vec<Request>) -> Result<()> {
        self.iter().try_for_each(|lazy| lazy.ask(ctx, requests))
    }

    fn take(&self, ctx: &Context, results: &mut std::vec::IntoIter<Reduced>) -> Self::Output {
        self.iter().map(|lazy| lazy.take(ctx, results)).collect()
    }
}

/// Lists numbers of reductions that are asked for together.
macro_rules! tuples {
    ($(($($name:ident)+))+) => {$(
        impl<$($name: Lazy),+> Lazy for ($($name,)+) {
            type Output = ($($name::Output,)+);

            #[expect(non_snake_case, reason = "the names of the types")]
            fn ask(&self, ctx: &Context, requests: &mut Vec<Request>) -> Result<()> {
                let ($($name,)+) = self;
                $($name.ask(ctx, requests)?;)+
                Ok(())
            }

            #[expect(non_snake_case, reason = "the names of the types")]
            fn take(
                &self,
                ctx: &Context,
                results: &mut std::vec::IntoIter<Reduced>,
            ) -> Self::Output {
                let ($($name,)+) = self;
                ($($name.take(ctx, results),)+)
            }
        }
    )+};
}
tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

impl<T: Element, K: ReductionOf<T>, F> Reducing<T, K, F>
where
    Self: Lazy,
{
    /// Computes it: a value over all axes, else an array.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; an axis that is out of bounds or given twice; an extreme of no elements;
    /// a mask that does not broadcast to the shape; an option that the reduction does not take.
    #[track_caller]
    pub fn eval(self) -> Result<<Self as Lazy>::Output> {
        let name = self.request.as_ref().map_or("reduce", |request| request.reduction.name());
        let _scope = Operation::enter(name);
        let ctx = self.ctx.clone();
        ctx.compute(self)
    }
}

impl Context {
    fn compute<L: Lazy>(&self, lazy: L) -> Result<L::Output> {
        let mut requests = Vec::new();
        lazy.ask(self, &mut requests)?;
        let results = self.execute(Command::Reduce { requests })?.into_reduced();
        Ok(lazy.take(self, &mut results.into_iter()))
    }

    /// Several reductions together: one pass over the arrays of those of one shape over the same axes,
    /// and one message for all that are over all axes.
    ///
    /// # Errors
    /// As [`Reducing::eval`]; reductions of different contexts.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, b) = (ctx.linspace(0.0, 4.0, 5)?, ctx.arange(0, 9, 1)?);
    /// let (mean, std, most) = ctx.reduce((a.reduce(Mean), a.reduce(Std(0)), b.reduce(Max)))?;
    /// assert_eq!((mean, std, most), (2.0, 2.0_f64.sqrt(), 8));
    ///
    /// // Of one kind in any number, as a list.
    /// let largest = ctx.reduce((1..4).map(|n| (&a * f64::from(n)).reduce(Max)).collect::<Vec<_>>())?;
    /// assert_eq!(largest, [4.0, 8.0, 12.0]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn reduce<L: Lazy>(&self, reductions: L) -> Result<L::Output> {
        let _scope = Operation::enter("reduce");
        self.compute(reductions)
    }
}
