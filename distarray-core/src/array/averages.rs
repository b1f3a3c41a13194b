//! Weighted averages, of all elements and along an axis.

use super::axes::axis_of;
use super::reduction::Sum;
use super::statistics::one_context;
use super::{ArrayExpr, DistArray, Expr, Reductions};
use crate::block::kernels::BinaryOp;
use crate::element::{Complex64, Element, Kind, Number, Real, Scalar};
use crate::error::{Error, Result};
use crate::expr::{Function, Node};

fn no_weight() -> Error {
    Error::argument("'average': the weights add up to 0")
}

/// The average of all elements and the sum of the weights: one pass and one message.
pub(super) fn averaged<T: Number, W: Real>(
    value: &(impl ArrayExpr<T> + ?Sized),
    weights: &impl ArrayExpr<W>,
) -> Result<(T::Double, f64)> {
    let (ctx, a, weights) = one_context("average", value, weights)?;
    let product = Node::binary(
        BinaryOp::Multiply,
        a.cast(T::Double::DTYPE),
        weights.clone().cast(T::Double::DTYPE),
    );
    let product = Expr::<T::Double>::new(ctx.clone(), product);
    let weights = Expr::<f64>::new(ctx.clone(), Ok(weights.cast(f64::DTYPE)));
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

/// The averages along an axis, and the sums of the weights, which broadcast to their shape.
pub(super) fn averaged_along<T: Number, W: Real>(
    value: &(impl ArrayExpr<T> + ?Sized),
    axis: isize,
    weights: &impl ArrayExpr<W>,
) -> Result<(DistArray<T::Double>, DistArray<f64>)> {
    let (ctx, node) = (value.context(), value.node()?);
    let shape = node.shape().to_vec();
    let along = axis_of("average", axis, shape.len())?;
    let given = weights.node()?;
    if !ctx.is_same(weights.context()) {
        return Err(Error::argument("'average': operands belong to different contexts"));
    }
    let weights: Expr<f64> = match given.shape() {
        own if own == shape => Expr::new(ctx.clone(), Ok(given.cast(f64::DTYPE))),
        [length] if *length == shape[along] => {
            // As an array with its axis where the other one has it.
            let apart: Vec<isize> = (0..shape.len())
                .filter(|&other| other != along)
                .map(|other| other as isize)
                .collect();
            weights.eval()?.expand_dims(&apart)?.cast()
        }
        own => {
            return Err(Error::shape(format!(
                "'average': weights of shape {own:?} along axis {along} of an array of shape {shape:?}"
            )));
        }
    };
    let weight = weights.node()?;
    let product = Node::binary(
        BinaryOp::Multiply,
        node.cast(T::Double::DTYPE),
        weight.cast(T::Double::DTYPE),
    );
    let product = Expr::<T::Double>::new(ctx.clone(), product);
    let axes = [along as isize];
    let (sums, weights) =
        ctx.reduce((product.reduce(Sum).axes(&axes), weights.reduce(Sum).axes(&axes)))?;
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
