//! Weighted averages as values: what is asked for, before it is computed.

use std::marker::PhantomData;

use super::axes::distinct_axes;
use super::reduction::{Along, Reducing, Sum, Whole};
use super::{ArrayExpr, Context, DistArray, Expr, Reductions};
use crate::block::kernels::BinaryOp;
use crate::comm::Operation;
use crate::element::{Complex64, Element, Kind, Number, Real, Scalar};
use crate::error::{Error, Result};
use crate::expr::{Function, Node};

/// Weighted averages that have not been computed yet; what [`Statistics::averages`](super::Statistics::averages)
/// gives. `eval` computes them, over all axes or some.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let a = ctx.from_fn([2, 2, 3], |at| (at[0] + at[2]) as f64)?;
/// let weights = ctx.from_fn([2, 3], |at| [1.0, 3.0][at[0]])?;
/// let averages = a.averages(&weights).axes(&[0, 2]).keepdims().eval()?;
/// assert_eq!((averages.shape(), averages.get(&[0, 1, 0])?), (&[1, 2, 1][..], 1.75));
/// assert_eq!(a.averages(&a).eval()?, 19.0 / 9.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[must_use = "averages are lazy; `eval` computes them"]
#[derive(Clone, Debug)]
pub struct Averages<T, F = Whole> {
    ctx: Context,
    asked: Result<Asked>,
    kind: PhantomData<(T, F)>,
}

#[derive(Clone, Debug)]
struct Asked {
    elements: Node,
    weights: Node,
    /// The axes; all where there are none given.
    axes: Option<Vec<usize>>,
    keepdims: bool,
}

fn no_weight() -> Error {
    Error::argument("'average': the weights add up to 0")
}

impl<T: Number> Averages<T> {
    pub(super) fn new<W: Real>(
        value: &(impl ArrayExpr<T> + ?Sized),
        weights: &impl ArrayExpr<W>,
    ) -> Self {
        let ctx = value.context().clone();
        let asked = value.node().and_then(|elements| match ctx.is_same(weights.context()) {
            true => {
                let weights = weights.node()?.cast(f64::DTYPE);
                Ok(Asked { elements, weights, axes: None, keepdims: false })
            }
            false => Err(Error::argument("'average': operands belong to different contexts")),
        });
        Self { ctx, asked, kind: PhantomData }
    }

    /// The average of all elements, on every rank. Weights are of the shape of the elements. One pass and one message.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; weights of another shape or context, or that add up to 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, weights) = (ctx.arange(1_i32, 4, 1)?, ctx.from_fn([3], |at| [2, 1, 1][at[0]])?);
    /// assert_eq!(a.averages(&weights).eval()?, 1.75);
    /// assert!(a.averages(&ctx.zeros::<f64>([3])?).eval().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn eval(self) -> Result<T::Double> {
        Ok(self.eval_with_sum()?.0)
    }

    /// As [`eval`](Self::eval), with the sum of the weights (NumPy's `returned`).
    ///
    /// # Errors
    /// As [`eval`](Self::eval).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(1_i32, 4, 1)?;
    /// assert_eq!(a.averages(&a).eval_with_sum()?, (14.0 / 6.0, 6.0));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn eval_with_sum(self) -> Result<(T::Double, f64)> {
        let _scope = Operation::enter("average");
        let Self { ctx, asked, .. } = self;
        let asked = asked?;
        let weights = asked.spread_weights(&ctx)?;
        let product = weighed::<T>(&ctx, asked.elements, weights.node()?);
        let (sum, weight) = ctx.reduce((product.reduce(Sum), weights.reduce(Sum)))?;
        if weight == 0.0 {
            return Err(no_weight());
        }
        let average = match sum.to_scalar() {
            Scalar::F64(sum) => Scalar::F64(sum / weight),
            Scalar::C64(sum) => Scalar::C64(sum.unscale(weight)),
            other => unreachable!("a sum in double precision, not {other:?}"),
        };
        let average = T::Double::try_from_scalar(average).expect("the sum's own type");
        Ok((average, weight))
    }
}

impl<T: Number, F> Averages<T, F> {
    fn along(self, change: impl FnOnce(&mut Asked) -> Result<()>) -> Averages<T, Along> {
        let asked = self.asked.and_then(|mut asked| {
            change(&mut asked)?;
            Ok(asked)
        });
        Averages { ctx: self.ctx, asked, kind: PhantomData }
    }

    /// Over these axes only; negative ones count from the end. Weights are of the shape of the elements, or else have
    /// these axes alone, in this order.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_fn([2, 3, 2], |at| at[0] as f64)?;
    /// let weights = ctx.from_fn([2, 2], |at| [1.0, 3.0][at[1]])?;
    /// let averages = a.averages(&weights).axes(&[-1, 0]).eval()?;
    /// assert_eq!(averages.to_ndarray()?.as_slice(), Some(&[0.75, 0.75, 0.75][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn axes(self, axes: &[isize]) -> Averages<T, Along> {
        self.along(|asked| {
            asked.axes = Some(distinct_axes("average", axes, asked.elements.shape().len())?);
            Ok(())
        })
    }

    /// Axes that are averaged over stay, with one element.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([2, 2], |at| [[0.0, 4.0], [1.0, 3.0]][at[0]][at[1]])?;
    /// let averages = a.averages(&(&a + 1.0)).keepdims();
    /// assert_eq!(averages.clone().eval()?.shape(), [1, 1]);
    /// assert_eq!(averages.axes(&[1]).eval()?.shape(), [2, 1]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn keepdims(self) -> Averages<T, Along> {
        self.along(|asked| {
            asked.keepdims = true;
            Ok(())
        })
    }
}

impl<T: Number> Averages<T, Along> {
    /// The averages, as an array of the other axes.
    ///
    /// Costs what a sum along the axes does, and one message of a byte, which tells whether weights add up to 0.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; weights of another shape or context, or that add up to 0 for some average; an axis that is
    /// out of bounds or given twice.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_fn([2, 2], |at| (2 * at[0] + at[1]) as f64)?;
    /// let weights = ctx.from_fn([2], |at| [3.0, 1.0][at[0]])?;
    /// let averages = a.averages(&weights).axes(&[1]).eval()?;
    /// assert_eq!(averages.to_ndarray()?.as_slice(), Some(&[0.25, 2.25][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn eval(self) -> Result<DistArray<T::Double>> {
        Ok(self.quotients()?.0)
    }

    /// As [`eval`](Self::eval), with the sums of the weights (NumPy's `returned`), of the same shape.
    ///
    /// # Errors
    /// As [`eval`](Self::eval).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().ones::<f64>([2, 3])?;
    /// let (averages, sums) = a.averages(&a).axes(&[0]).eval_with_sum()?;
    /// assert_eq!((averages.sum()?, sums.sum()?), (3.0, 6.0));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn eval_with_sum(self) -> Result<(DistArray<T::Double>, DistArray<f64>)> {
        let (averages, sums) = self.quotients()?;
        let sums = sums.broadcast_to(averages.shape())?;
        Ok((averages, sums))
    }

    /// The averages, and the sums of the weights, which broadcast to their shape.
    fn quotients(self) -> Result<(DistArray<T::Double>, DistArray<f64>)> {
        let _scope = Operation::enter("average");
        let Self { ctx, asked, .. } = self;
        let asked = asked?;
        let weights = asked.spread_weights(&ctx)?;
        let Asked { elements, axes, keepdims, .. } = asked;
        let product = weighed::<T>(&ctx, elements, weights.node()?);
        let axes = axes.map(|axes| axes.into_iter().map(|axis| axis as isize).collect::<Vec<_>>());
        let (sums, weights) = ctx.reduce((
            over(product.reduce(Sum), axes.as_deref(), keepdims),
            over(weights.reduce(Sum), axes.as_deref(), keepdims),
        ))?;
        if !weights.all()? {
            return Err(no_weight());
        }
        let [sum, weight] = [Node::array(sums.array), Node::array(weights.array.clone())];
        let average = match T::Double::DTYPE.kind() {
            // By parts, which rounds each once.
            Kind::Complex => {
                let quotient = |sum: Complex64, weight: f64| sum.unscale(weight);
                Node::map(Function::of_two(quotient), vec![sum, weight])
            }
            _ => Node::binary(BinaryOp::Divide, sum, weight),
        };
        Ok((Expr::<T::Double>::new(ctx.clone(), average).eval()?, weights))
    }
}

impl Asked {
    /// The weights, in a shape that broadcasts to the elements'.
    fn spread_weights(&self, ctx: &Context) -> Result<Expr<f64>> {
        let (shape, own) = (self.elements.shape(), self.weights.shape());
        let weights = Expr::<f64>::new(ctx.clone(), Ok(self.weights.clone()));
        if own == shape {
            return Ok(weights);
        }
        let axes = self.axes.as_deref().unwrap_or_default();
        let extents: Vec<usize> = axes.iter().map(|&axis| shape[axis]).collect();
        if self.axes.is_none() || own != extents {
            let along = match axes {
                [] => String::new(),
                [axis] => format!(" along axis {axis}"),
                several => format!(" along axes {several:?}"),
            };
            return Err(Error::shape(format!(
                "'average': weights of shape {own:?}{along} of an array of shape {shape:?}"
            )));
        }
        // As an array with its axes where the other one has them.
        let mut order: Vec<isize> = (0..axes.len() as isize).collect();
        order.sort_by_key(|&number| axes[number as usize]);
        let apart: Vec<isize> = (0..shape.len())
            .filter(|other| !axes.contains(other))
            .map(|other| other as isize)
            .collect();
        Ok(weights.eval()?.permute_axes(&order)?.expand_dims(&apart)?.cast())
    }
}

/// Elements times their weights, in double precision.
fn weighed<T: Number>(ctx: &Context, elements: Node, weights: Node) -> Expr<T::Double> {
    let [elements, weights] = [elements, weights].map(|node| node.cast(T::Double::DTYPE));
    Expr::new(ctx.clone(), Node::binary(BinaryOp::Multiply, elements, weights))
}

fn over<T: Element>(
    sum: Reducing<T, Sum>,
    axes: Option<&[isize]>,
    keepdims: bool,
) -> Reducing<T, Sum, Along> {
    match (axes, keepdims) {
        (Some(axes), true) => sum.axes(axes).keepdims(),
        (Some(axes), false) => sum.axes(axes),
        (None, _) => sum.keepdims(),
    }
}
