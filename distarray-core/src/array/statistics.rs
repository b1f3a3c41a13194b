//! Weighted averages, inner products, covariances and correlations.

use super::reduction::Sum;
use super::{ArrayExpr, Context, DistArray, Expr, Reductions};
use crate::block::kernels::{BinaryOp, UnaryOp};
use crate::comm::Operation;
use crate::command::Command;
use crate::element::{Element, Kind, Number, Real};
use crate::error::{Error, Result};
use crate::expr::Node;

fn one_context<A: Element, B: Element>(
    name: &str,
    a: &(impl ArrayExpr<A> + ?Sized),
    b: &impl ArrayExpr<B>,
) -> Result<(Context, Node, Node)> {
    let (ctx, a_node, b_node) = (a.context().clone(), a.node()?, b.node()?);
    if !ctx.is_same(b.context()) {
        return Err(Error::argument(format!("'{name}': operands belong to different contexts")));
    }
    if a_node.shape() != b_node.shape() {
        return Err(Error::shape(format!(
            "'{name}': operands of shapes {:?} and {:?}",
            a_node.shape(),
            b_node.shape()
        )));
    }
    Ok((ctx, a_node, b_node))
}

/// Statistics of several values, and of variables. Sums are exact and rounded once, so that results are the
/// same for every distribution and number of ranks.
pub trait Statistics<T: Element>: ArrayExpr<T> {
    /// The sum of the elements times their weights, over that of the weights; in double precision. One
    /// pass and one message.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; weights of another shape or context, or that add up to 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, weights) = (ctx.arange(1, 4, 1)?, ctx.from_fn([3], |at| [0.5, 0.25, 0.25][at[0]])?);
    /// assert_eq!(a.average(&weights)?, 1.75);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn average<W: Real>(&self, weights: &impl ArrayExpr<W>) -> Result<f64>
    where
        T: Real,
    {
        let _scope = Operation::enter("average");
        let (ctx, a, weights) = one_context("average", self, weights)?;
        let [a, weights] = [a, weights].map(|node| node.cast(f64::DTYPE));
        let product = Node::binary(BinaryOp::Multiply, a, weights.clone());
        let product = Expr::<f64>::new(ctx.clone(), product);
        let weights = Expr::<f64>::new(ctx.clone(), Ok(weights));
        let (sum, weight) = ctx.reduce((product.reduce(Sum), weights.reduce(Sum)))?;
        match weight == 0.0 {
            true => Err(Error::argument("'average': the weights add up to 0")),
            false => Ok(sum / weight),
        }
    }

    /// The sum of the products of the elements of two arrays of one shape; of arrays of one axis NumPy's
    /// `dot` and `inner`. One pass and one message; integers widen to 64 bits.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; other shapes or contexts.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(1_i32, 4, 1)?;
    /// assert_eq!(a.dot(&a)?, 14_i64);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn dot(&self, other: &impl ArrayExpr<T>) -> Result<<T::Sum as Element>::Sum>
    where
        T: Number,
    {
        let _scope = Operation::enter("dot");
        let (ctx, a, b) = one_context("dot", self, other)?;
        let [a, b] = [a, b].map(|node| node.cast(T::Sum::DTYPE));
        Expr::<T::Sum>::new(ctx, Node::binary(BinaryOp::Multiply, a, b)).sum()
    }

    /// As [`dot`](Self::dot), with the elements of this array conjugated.
    ///
    /// # Errors
    /// As [`dot`](Self::dot).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().full(Complex64::new(1.0, 2.0), 3)?;
    /// assert_eq!(a.vdot(&a)?, Complex64::new(15.0, 0.0));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn vdot(&self, other: &impl ArrayExpr<T>) -> Result<<T::Sum as Element>::Sum>
    where
        T: Number,
    {
        let _scope = Operation::enter("vdot");
        match T::DTYPE.kind() {
            Kind::Complex => {
                let conjugate = self.node().and_then(|node| Node::unary(UnaryOp::Conjugate, node));
                Expr::<T>::new(self.context().clone(), conjugate).dot(other)
            }
            _ => self.dot(other),
        }
    }

    /// The covariances of variables, which are the rows of an array of two axes, or of one variable;
    /// divided by the number of observations less `ddof`. A matrix on every rank, in double precision.
    ///
    /// Observations are moved so that each rank has whole ones. Takes the square of the number of variables
    /// times that of the observations.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; more than two axes.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let x = Context::solo().from_fn([2, 3], |at| if at[0] == 0 { at[1] as f64 } else { 2.0 - at[1] as f64 })?;
    /// assert_eq!(x.cov(1)?.to_ndarray()?.as_slice(), Some(&[1.0, -1.0, -1.0, 1.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn cov(&self, ddof: usize) -> Result<DistArray<f64>>
    where
        T: Real,
    {
        let _scope = Operation::enter("cov");
        covariances(self, ddof, false)
    }

    /// The correlations of variables, which are the rows of an array of two axes; else as
    /// [`cov`](Self::cov).
    ///
    /// # Errors
    /// As [`cov`](Self::cov).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let x = Context::solo().from_fn([2, 3], |at| if at[0] == 0 { at[1] as f64 } else { -4.0 * at[1] as f64 })?;
    /// assert_eq!(x.corrcoef()?.to_ndarray()?.as_slice(), Some(&[1.0, -1.0, -1.0, 1.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn corrcoef(&self) -> Result<DistArray<f64>>
    where
        T: Real,
    {
        let _scope = Operation::enter("corrcoef");
        covariances(self, 1, true)
    }
}

fn covariances<T: Element>(
    value: &(impl ArrayExpr<T> + ?Sized),
    ddof: usize,
    correlation: bool,
) -> Result<DistArray<f64>> {
    let ctx = value.context();
    let command = Command::Covariance { node: value.node()?, ddof, correlation };
    Ok(DistArray::new(ctx.clone(), ctx.execute(command)?.into_array()))
}

impl<T: Element, A: ArrayExpr<T> + ?Sized> Statistics<T> for A {}
