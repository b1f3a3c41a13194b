//! [`Lazy`]: one reduction or several that are computed together.

use super::super::{Context, DistArray};
use super::{Along, Reducing, ReductionOf};
use crate::comm::Operation;
use crate::command::Command;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops::{Reduced, Request};

/// One reduction, a tuple of up to eight or a list, that [`Context::reduce`] computes.
///
/// ```
/// use distarray_core::{array::reduction::Lazy, prelude::*};
///
/// /// How much greater the largest of some results is than the least.
/// fn spread(ctx: &Context, reductions: impl Lazy<Output = Vec<f64>>) -> Result<f64> {
///     let results = ctx.reduce(reductions)?;
///     Ok(results.iter().fold(f64::MIN, |a, &b| a.max(b)) - results.iter().fold(f64::MAX, |a, &b| a.min(b)))
/// }
///
/// let ctx = Context::solo();
/// let a = ctx.linspace(0.0, 4.0, 5)?;
/// assert_eq!(spread(&ctx, vec![a.reduce(Sum), (&a + 1.0).reduce(Sum)])?, 5.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
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
            return Err(Error::argument(format!(
                "reduction {} of those that are computed together belongs to another context",
                requests.len()
            )));
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
    /// Computes it: a value on every rank; after [`axes`](Self::axes) or [`keepdims`](Self::keepdims) an array, which
    /// lies like what is reduced, on the lowest rank along each reduced axis. Over all axes that is a replicated one.
    ///
    /// As [`Context::reduce`] of this one alone.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`](super::super::ArrayExpr::eval); an axis that is out of bounds or given twice; an extreme of no elements;
    /// a mask that does not broadcast to the shape; an option that the reduction does not take. On all ranks alike.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().full(1.5_f64, [2, 3])?;
    /// assert_eq!(a.reduce(Sum).eval()?, 9.0);
    /// assert_eq!(a.reduce(Sum).axes(&[0]).eval()?.shape(), [3]);
    /// let error = a.reduce(Mean).axes(&[2]).eval().unwrap_err().to_string();
    /// assert!(error.contains("'mean'") && error.contains("axis 2"), "{error}");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
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
    /// What is sent of each are accumulators of 8 to 704 bytes, of variances of complex numbers twice as many. Over all
    /// axes each rank gets those of all others in one collective; where they are more than 16 KiB together they are
    /// merged in a tree of `2 ceil(log2(ranks))` messages a rank. Replicated arrays need none of it.
    ///
    /// Over some axes, the accumulators of the ranks along them are merged in a tree where they are few. Where they are
    /// 32 KiB or more for each of these ranks, as those of 120 sums or 5 000 extremes of `f64` are, each rank merges a share of
    /// them: it sends one message for each fold to every other, all together no more bytes than it has of
    /// accumulators, and one for each reduction, of finished results, to the rank where they live. Sums without an initial
    /// value have 64 bytes then, with room for terms 2^128 times less and 2^64 times more than the first one, and an agreement of
    /// eight bytes whether terms of some result lie farther apart: then these are made again, with 280 bytes each, for which
    /// functions of the elements are called again. More than 4 MiB of accumulators are made and merged in parts.
    ///
    /// # Errors
    /// As [`Reducing::eval`]; reductions of different contexts. Where ranks have one of several differently, its number
    /// is told, from 0 on.
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
