//! Histograms, and counts of whole numbers.

use std::marker::PhantomData;

use super::{ArrayExpr, Context, DistArray, Expr};
use crate::comm::Operation;
use crate::command::Command;
use crate::dist::Cut;
use crate::element::{Element, Integer, Ordered, Real};
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::ops::{self, Bins, Histogram};

/// A histogram that has not been counted yet; what [`Histograms::histogram`] gives. [`eval`](Self::eval)
/// counts.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let a = ctx.arange(0.0, 10.0, 1.0)?;
/// let (counts, edges) = a.histogram(2).eval()?;
/// assert_eq!((counts.to_ndarray()?.as_slice(), edges), (Some(&[5, 5][..]), vec![vec![0.0, 4.5, 9.0]]));
/// let (density, _) = a.histogram(2).range(0.0, 4.0).density().eval()?;
/// assert_eq!(density.to_ndarray()?.as_slice(), Some(&[0.2, 0.3][..]));
/// let (weighed, _) = a.histogram([0.0, 1.0, 20.0]).weights(&a).eval()?;
/// assert_eq!(weighed.to_ndarray()?.as_slice(), Some(&[0.0, 45.0][..]));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[must_use = "histograms are lazy; `eval` counts them"]
#[derive(Clone, Debug)]
pub struct Counting<C = i64> {
    ctx: Context,
    request: Result<Histogram>,
    counts: PhantomData<C>,
}

impl<C: Element> Counting<C> {
    fn with<D>(self, change: impl FnOnce(&mut Histogram) -> Result<()>) -> Counting<D> {
        let request = self.request.and_then(|mut request| {
            change(&mut request)?;
            Ok(request)
        });
        Counting { ctx: self.ctx, request, counts: PhantomData }
    }

    /// Where bins that are given by their number begin and end, for each variable; else at the extremes.
    pub fn range(self, low: f64, high: f64) -> Self {
        self.with(|request| {
            request.ranges.fill(Some((low, high)));
            Ok(())
        })
    }

    /// As [`range`](Self::range), for each variable its own.
    pub fn ranges(self, ranges: &[(f64, f64)]) -> Self {
        self.with(|request| {
            request.ranges = ranges.iter().copied().map(Some).collect();
            Ok(())
        })
    }

    /// Elements count for these weights, which are of the shape of a variable; the sums are exact and
    /// rounded once.
    pub fn weights<W: Real>(self, weights: &impl ArrayExpr<W>) -> Counting<f64> {
        let is_same = self.ctx.is_same(weights.context());
        self.with(|request| match is_same {
            true => {
                // Sums are of `float64`, also of integers.
                request.weights = Some(weights.node()?.cast(crate::element::DType::F64));
                Ok(())
            }
            false => Err(Error::argument("weights belong to the context of what they weigh")),
        })
    }

    /// Counts are divided by their sum and the sizes of the bins, so that they are a density.
    pub fn density(self) -> Counting<f64> {
        self.with(|request| {
            request.density = true;
            Ok(())
        })
    }

    /// Counts: an array on every rank with an axis for each variable, and the edges of the bins of each.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; no bins, edges that go down, a range that is none, extremes that are not
    /// finite; weights or bins that do not fit the variables.
    #[track_caller]
    pub fn eval(self) -> Result<(DistArray<C>, Vec<Vec<f64>>)> {
        let _scope = Operation::enter("histogram");
        let counted = self.ctx.execute(Command::Histogram { request: self.request? })?;
        let counted = counted.into_counted();
        Ok((DistArray::new(self.ctx, counted.counts), counted.edges))
    }
}

fn counting(ctx: &Context, variables: Result<Vec<Node>>, bins: Vec<Bins>) -> Counting {
    let request = variables.map(|variables| {
        let ranges = vec![None; variables.len()];
        Histogram { variables, bins, ranges, weights: None, density: false }
    });
    Counting { ctx: ctx.clone(), request, counts: PhantomData }
}

/// Histograms: one pass over the elements, and one message of the counts; one more of each where bins
/// begin and end at the extremes. Meanwhile the numbers of the elements' bins take 8 bytes each.
pub trait Histograms<T: Ordered>: ArrayExpr<T> {
    /// How many elements are in each bin: so many bins of one width, or bins between edges. Each has its
    /// lower edge and not its upper one, but for the last one, which has both.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([5], |at| [1, 2, 1, 0, 4][at[0]])?;
    /// let (counts, _) = a.histogram([0.0, 1.0, 2.0, 3.0]).eval()?;
    /// assert_eq!(counts.to_ndarray()?.as_slice(), Some(&[1, 2, 1][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn histogram(&self, bins: impl Into<Bins>) -> Counting {
        counting(self.context(), self.node().map(|node| vec![node]), vec![bins.into()])
    }

    /// The histogram of two variables, of one shape.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (x, y) = (ctx.arange(0, 4, 1)?, ctx.full(1.5, 4)?);
    /// let (counts, edges) = x.histogram2d(&y, 2, [1.0, 2.0]).eval()?;
    /// assert_eq!((counts.shape(), counts.get(&[1, 0])?), (&[2, 1][..], 2));
    /// assert_eq!(edges, [vec![0.0, 1.5, 3.0], vec![1.0, 2.0]]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn histogram2d<U: Ordered>(
        &self,
        other: &impl ArrayExpr<U>,
        bins: impl Into<Bins>,
        other_bins: impl Into<Bins>,
    ) -> Counting {
        let both = || match self.context().is_same(other.context()) {
            true => Ok(vec![self.node()?, other.node()?]),
            false => Err(Error::argument("variables of a histogram belong to one context")),
        };
        counting(self.context(), both(), vec![bins.into(), other_bins.into()])
    }

    /// For each element the number of edges before it (NumPy's `digitize`): `i` where
    /// `edges[i - 1] <= x < edges[i]`, or `edges[i - 1] < x <= edges[i]` where `right` is true. Edges may
    /// go down: then `edges[i - 1] > x >= edges[i]`, or `edges[i - 1] >= x > edges[i]`. NaN stands behind all numbers.
    ///
    /// # Errors
    /// Edges in no order. Nothing is sent.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([3], |at| [0.5, 1.0, 7.0][at[0]])?;
    /// let found = a.digitize(&[0.0, 1.0, 2.0], false)?.eval()?;
    /// assert_eq!(found.to_ndarray()?.as_slice(), Some(&[1, 2, 3][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn digitize(&self, edges: &[f64], right: bool) -> Result<Expr<i64>> {
        let node = ops::digitize(&self.node()?, edges, right)?;
        Ok(Expr::new(self.context().clone(), Ok(node)))
    }

    /// How often each whole number from 0 on stands here, up to the greatest, and for `least` numbers at
    /// least; an array on every rank.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; a number below 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([5], |at| [1, 2, 1, 0, 4][at[0]])?;
    /// assert_eq!(a.bincount(0)?.to_ndarray()?.as_slice(), Some(&[1, 2, 1, 0, 1][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn bincount(&self, least: usize) -> Result<DistArray<i64>>
    where
        T: Integer,
    {
        let _scope = Operation::enter("bincount");
        let (ctx, numbers) = (self.context(), self.node()?);
        let counts = ctx.execute(Command::Bincount { numbers, weights: None, least })?;
        Ok(DistArray::new(ctx.clone(), counts.into_array()))
    }

    /// As [`bincount`](Self::bincount), of weights that stand where the numbers do: their sums, exact and
    /// rounded once.
    ///
    /// # Errors
    /// As [`bincount`](Self::bincount); weights of another shape or context.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, weights) = (ctx.from_fn([3], |at| [1, 2, 1][at[0]])?, ctx.full(0.5, 3)?);
    /// let sums = a.bincount_weighted(&weights, 4)?;
    /// assert_eq!(sums.to_ndarray()?.as_slice(), Some(&[0.0, 1.0, 0.5, 0.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn bincount_weighted<W: Real>(
        &self,
        weights: &impl ArrayExpr<W>,
        least: usize,
    ) -> Result<DistArray<f64>>
    where
        T: Integer,
    {
        let _scope = Operation::enter("bincount");
        let (ctx, numbers) = (self.context(), self.node()?);
        if !ctx.is_same(weights.context()) {
            return Err(Error::argument("weights belong to the context of what they weigh"));
        }
        let weights = Some(weights.node()?);
        let sums = ctx.execute(Command::Bincount { numbers, weights, least })?;
        Ok(DistArray::new(ctx.clone(), sums.into_array()))
    }
}

impl<T: Ordered, A: ArrayExpr<T> + ?Sized> Histograms<T> for A {}

/// # Histograms
impl<T: Ordered> DistArray<T> {
    /// The histogram of several variables, which are the columns of an array of two axes, with the bins of
    /// each.
    ///
    /// ```
    /// use distarray_core::{array::Bins, prelude::*};
    ///
    /// let a = Context::solo().from_fn([4, 3], |at| (at[0] * at[1]) as f64)?;
    /// let (counts, edges) = a.histogramdd(vec![Bins::Count(1), Bins::Count(3), Bins::Count(2)]).eval()?;
    /// assert_eq!((counts.shape(), counts.get(&[0, 2, 1])?), (&[1, 3, 2][..], 2));
    /// assert_eq!(edges[1], [0.0, 1.0, 2.0, 3.0]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn histogramdd(&self, bins: Vec<Bins>) -> Counting {
        let columns = || {
            let [rows, columns] = *self.shape() else {
                return Err(Error::shape(format!(
                    "'histogramdd': an array of shape {:?}; it has a row for each sample",
                    self.shape()
                )));
            };
            let column = |column| {
                let cuts = vec![Cut::whole(rows), Cut::At(column)];
                self.cut(cuts).map(|column| Node::array(column.array))
            };
            (0..columns).map(column).collect()
        };
        counting(&self.ctx, columns(), bins)
    }
}
