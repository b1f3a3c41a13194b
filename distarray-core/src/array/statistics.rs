//! Weighted averages, inner products, covariances and correlations.

use super::{ArrayExpr, Averages, Context, Covariances, DistArray, Expr, Reductions};
use crate::block::kernels::{BinaryOp, UnaryOp};
use crate::comm::Operation;
use crate::element::{Complex32, Complex64, DType, Element, Kind, Number, Real, Scalar};
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
    /// let (a, weights) = (ctx.arange(1_i32, 4, 1)?, ctx.from_fn([3], |at| [0.5, 0.25, 0.25][at[0]])?);
    /// assert_eq!(a.average(&weights)?, 1.75);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn average<W: Real>(&self, weights: &impl ArrayExpr<W>) -> Result<T::Double>
    where
        T: Number,
    {
        self.averages(weights).eval()
    }

    /// The [`average`](Self::average), and the sum of the weights (NumPy's `returned`).
    ///
    /// # Errors
    /// As [`average`](Self::average).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.arange(1_i32, 4, 1)?;
    /// assert_eq!(a.average_with_sum(&a)?, (14.0 / 6.0, 6.0));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn average_with_sum<W: Real>(&self, weights: &impl ArrayExpr<W>) -> Result<(T::Double, f64)>
    where
        T: Number,
    {
        self.averages(weights).eval_with_sum()
    }

    /// The [`average`](Self::average) along an axis, as an array of the other axes. Weights are of the
    /// array's shape, or of one axis that is as long as this one.
    ///
    /// Costs what a sum along the axis does, and one message of a byte, which tells whether weights add up
    /// to 0.
    ///
    /// # Errors
    /// As [`average`](Self::average); the axis is out of bounds.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_fn([2, 2], |at| (2 * at[0] + at[1]) as f64)?;
    /// let weights = ctx.from_fn([2], |at| [3.0, 1.0][at[0]])?;
    /// assert_eq!(a.average_axis(0, &weights)?.to_ndarray()?.as_slice(), Some(&[0.5, 1.5][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn average_axis<W: Real>(
        &self,
        axis: isize,
        weights: &impl ArrayExpr<W>,
    ) -> Result<DistArray<T::Double>>
    where
        T: Number,
    {
        let _scope = Operation::enter("average_axis");
        self.averages(weights).axes(&[axis]).eval()
    }

    /// The [`average_axis`](Self::average_axis), and the sums of the weights (NumPy's `returned`), of the
    /// same shape.
    ///
    /// # Errors
    /// As [`average_axis`](Self::average_axis).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, weights) = (ctx.ones::<f64>([2, 3])?, ctx.full(2, [2])?);
    /// let (averages, sums) = a.average_axis_with_sum(0, &weights)?;
    /// assert_eq!((averages.sum()?, sums.to_ndarray()?.as_slice()), (3.0, Some(&[4.0, 4.0, 4.0][..])));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn average_axis_with_sum<W: Real>(
        &self,
        axis: isize,
        weights: &impl ArrayExpr<W>,
    ) -> Result<(DistArray<T::Double>, DistArray<f64>)>
    where
        T: Number,
    {
        let _scope = Operation::enter("average_axis");
        self.averages(weights).axes(&[axis]).eval_with_sum()
    }

    /// Weighted averages that are yet to be told over which axes, and computed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_fn([2, 3, 2], |at| at[2] as f64)?;
    /// let averages = a.averages(&(&a + 1.0)).axes(&[1, -1]).keepdims().eval()?;
    /// assert_eq!((averages.shape(), averages.get(&[0, 0, 0])?), (&[2, 1, 1][..], 2.0 / 3.0));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn averages<W: Real>(&self, weights: &impl ArrayExpr<W>) -> Averages<T>
    where
        T: Number,
    {
        Averages::new(self, weights)
    }

    /// The sum of the products of the elements of two arrays of one shape; of arrays of one axis NumPy's
    /// `dot` and `inner`. One pass and one message.
    ///
    /// Integers widen to 64 bits, in which products and sums wrap around. Products of real floating-point numbers are in double
    /// precision, which those of `f32` are exact in and those of `f64` are rounded to. Those of complex numbers are too, but
    /// each part is a sum of two products, which is rounded. Sums of floating-point numbers are exact, and rounded to double
    /// precision and then to the type.
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
        let product =
            |dtype| Node::binary(BinaryOp::Multiply, a.clone().cast(dtype), b.clone().cast(dtype));
        // Products of real numbers of single precision are exact in double precision.
        let sum = match T::DTYPE {
            DType::F32 => Scalar::F32(Expr::<f64>::new(ctx, product(DType::F64)).sum()? as f32),
            DType::C32 => {
                let sum = Expr::<Complex64>::new(ctx, product(DType::C64)).sum()?;
                Scalar::C32(Complex32::new(sum.re as f32, sum.im as f32))
            }
            _ => return Expr::<T::Sum>::new(ctx, product(T::Sum::DTYPE)).sum(),
        };
        Ok(Element::try_from_scalar(sum).expect("the type of the sum is that of the elements"))
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

    /// The covariances of variables, which are the rows of an array of two axes, or of one variable; those
    /// of complex variables are of one and the conjugate of the other. Of two arrays:
    /// [`with`](Covariances::with).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let x = Context::solo().from_fn([2, 3], |at| if at[0] == 0 { at[1] as f64 } else { 2.0 - at[1] as f64 })?;
    /// assert_eq!(x.cov().eval()?.to_ndarray()?.as_slice(), Some(&[1.0, -1.0, -1.0, 1.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn cov(&self) -> Covariances<T::Double>
    where
        T: Number,
    {
        Covariances::new(self, false)
    }

    /// The correlations of variables: covariances over the standard deviations of both.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let x = Context::solo().from_fn([2, 3], |at| if at[0] == 0 { at[1] as f64 } else { -4.0 * at[1] as f64 })?;
    /// assert_eq!(x.corrcoef().eval()?.to_ndarray()?.as_slice(), Some(&[1.0, -1.0, -1.0, 1.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn corrcoef(&self) -> Covariances<T::Double>
    where
        T: Number,
    {
        Covariances::new(self, true)
    }
}

impl<T: Element, A: ArrayExpr<T> + ?Sized> Statistics<T> for A {}
