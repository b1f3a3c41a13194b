//! [`Indices`]: what stands for indices in a call.

use std::rc::Rc;

use ndarray::{ArrayBase, ArrayD, Data, Dimension, IxDyn};

use super::super::expr::Operands;
use super::super::{Context, DistArray, Expr, Operand};
use super::node_in;
use crate::comm::Operation;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops;

/// An integer that can be an index.
///
/// ```
/// use distarray_core::array::IndexNumber;
///
/// assert_eq!(7_usize.to_index()?, 7);
/// assert!(u64::MAX.to_index().is_err());
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub trait IndexNumber: Copy {
    /// The index.
    ///
    /// # Errors
    /// No array is so long.
    fn to_index(self) -> Result<i64>;
}

/// Lists the integer types.
macro_rules! index_numbers {
    ($($type:ty)*) => {$(
        impl IndexNumber for $type {
            fn to_index(self) -> Result<i64> {
                i64::try_from(self).map_err(|_| {
                    let name = Operation::current().name;
                    Error::index(format!("'{name}': index {self} is out of bounds for every axis"))
                })
            }
        }
    )*};
}
index_numbers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

/// Indices along an axis, of any shape; negative ones count from the end.
///
/// They come from what every rank has all of (an integer, a slice, a vector, an `ndarray` array, the
/// same on every rank), or from a distributed array or expression of integers.
///
/// ```
/// use distarray_core::prelude::*;
/// use ndarray::array;
///
/// let ctx = Context::solo();
/// let a = ctx.arange(0.0_f64, 10.0, 1.0)?;
/// assert_eq!(a.take([-1, 0], 0)?.to_ndarray()?, array![9.0, 0.0].into_dyn());
/// assert_eq!(a.take(&array![[1, 2], [3, 4]], 0)?.shape(), [2, 2]);
/// let odd = ctx.arange(1_i32, 10, 2)?;
/// assert_eq!(a.take(&odd, 0)?.sum()?, 25.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Indices(Kind);

#[derive(Debug)]
enum Kind {
    Replicated(Result<ArrayD<i64>>),
    Distributed(Result<Operands>),
}

impl Indices {
    fn replicated<I: IndexNumber>(shape: &[usize], indices: impl Iterator<Item = I>) -> Self {
        let indices: Result<Vec<i64>> = indices.map(I::to_index).collect();
        let array = |indices| {
            ArrayD::from_shape_vec(IxDyn(shape), indices).expect("as many as the shape has")
        };
        Self(Kind::Replicated(indices.map(array)))
    }

    pub(super) fn of(self, ctx: &Context) -> Result<ops::Indices> {
        Ok(match self.0 {
            Kind::Replicated(indices) => ops::Indices::Replicated(Rc::new(indices?)),
            Kind::Distributed(operand) => ops::Indices::Distributed(node_in(ctx, operand)?),
        })
    }
}

/// Lists what every rank has all of: the type, its shape and its elements.
macro_rules! replicated {
    ($([$($generic:tt)*] $type:ty, $given:ident => $shape:expr, $indices:expr;)*) => {$(
        impl<I: IndexNumber, $($generic)*> From<$type> for Indices {
            fn from($given: $type) -> Self {
                Self::replicated($shape, $indices)
            }
        }
    )*};
}
replicated! {
    [] I, index => &[], std::iter::once(index);
    [const N: usize] [I; N], indices => &[N], indices.into_iter();
    [const N: usize] &[I; N], indices => &[N], indices.iter().copied();
    [] &[I], indices => &[indices.len()], indices.iter().copied();
    [] Vec<I>, indices => &[indices.len()], indices.into_iter();
    [] &Vec<I>, indices => &[indices.len()], indices.iter().copied();
    [S: Data<Elem = I>, D: Dimension] &ArrayBase<S, D>, indices => indices.shape(), indices.iter().copied();
}

/// Lists what is distributed.
macro_rules! distributed {
    ($($type:ty),*) => {$(
        impl<I: Element + IndexNumber> From<$type> for Indices {
            fn from(indices: $type) -> Self {
                Self(Kind::Distributed(indices.operand()))
            }
        }
    )*};
}
distributed!(DistArray<I>, &DistArray<I>, Expr<I>, &Expr<I>);
