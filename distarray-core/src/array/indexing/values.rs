//! [`Values`]: what stands for the values in a call that writes.

use ndarray::{ArrayBase, ArrayD, Data, Dimension, IxDyn};

use super::super::expr::Operands;
use super::super::{Context, DistArray, Expr, Operand};
use super::node_in;
use crate::dist::Distribution;
use crate::element::Element;
use crate::error::Result;
use crate::expr::Node;

/// Values to write: one for all, as many as every rank has all of (a slice, a vector, an `ndarray`
/// array, the same on every rank), or a distributed array or expression.
///
/// ```
/// use distarray_core::prelude::*;
/// use ndarray::array;
///
/// let ctx = Context::solo();
/// let mut a = ctx.zeros::<f64>(4)?;
/// a.put([0, 1], 1.0)?;
/// a.put([2, 3], [2.0, 3.0])?;
/// let b = a.clone();
/// a.put([0, 1, 2, 3], &b * 2.0)?;
/// assert_eq!(a.to_ndarray()?, array![2.0, 2.0, 4.0, 6.0].into_dyn());
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Values<T>(Kind<T>);

#[derive(Debug)]
enum Kind<T> {
    Replicated(ArrayD<T>),
    Operand(Result<Operands>),
}

impl<T: Element> Values<T> {
    fn replicated(shape: &[usize], values: Vec<T>) -> Self {
        let values = ArrayD::from_shape_vec(IxDyn(shape), values);
        Self(Kind::Replicated(values.expect("as many as the shape has")))
    }

    pub(super) fn of(self, ctx: &Context) -> Result<Node> {
        match self.0 {
            Kind::Operand(operand) => node_in(ctx, operand),
            Kind::Replicated(values) if values.len() == 1 && values.ndim() <= 1 => {
                Ok(Node::scalar(values[&vec![0; values.ndim()][..]].to_scalar()))
            }
            Kind::Replicated(values) => {
                let blocks = Distribution::builder(values.shape()).build(ctx.size())?;
                Ok(Node::array(ctx.from_ndarray_on(&values, &blocks)?.array))
            }
        }
    }
}

/// Lists what every rank has all of: the type, its shape and its elements.
macro_rules! replicated {
    ($([$($generic:tt)*] $type:ty, $given:ident => $shape:expr, $values:expr;)*) => {$(
        impl<T: Element, $($generic)*> From<$type> for Values<T> {
            fn from($given: $type) -> Self {
                Self::replicated($shape, $values)
            }
        }
    )*};
}
replicated! {
    [] T, value => &[], vec![value];
    [const N: usize] [T; N], values => &[N], values.to_vec();
    [const N: usize] &[T; N], values => &[N], values.to_vec();
    [] &[T], values => &[values.len()], values.to_vec();
    [] Vec<T>, values => &[values.len()], values;
    [] &Vec<T>, values => &[values.len()], values.clone();
    [S: Data<Elem = T>, D: Dimension] &ArrayBase<S, D>, values => values.shape(), values.iter().copied().collect();
}

/// Lists what is distributed.
macro_rules! distributed {
    ($($type:ty),*) => {$(
        impl<T: Element> From<$type> for Values<T> {
            fn from(values: $type) -> Self {
                Self(Kind::Operand(values.operand()))
            }
        }
    )*};
}
distributed!(DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>);
