//! Elements where a mask is true.

use std::rc::Rc;

use ndarray::{ArrayBase, ArrayD, Data, Dimension, IxDyn};

use super::super::axes::axis_of;
use super::super::expr::Operands;
use super::super::{Context, DistArray, Expr, Operand};
use super::{Values, node_in};
use crate::comm::Operation;
use crate::command::{Change, Command};
use crate::element::Element;
use crate::error::Result;
use crate::ops;

/// Truth values that say which elements are meant: what every rank has all of (a slice, a vector, an
/// `ndarray` array, the same on every rank), or a distributed array or expression.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let a = ctx.arange(-2_i64, 3, 1)?;
/// assert_eq!(a.masked(a.gt(0))?.sum()?, 3);
/// assert_eq!(a.masked([true, false, false, false, true])?.sum()?, 0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Mask(Kind);

#[derive(Debug)]
enum Kind {
    Replicated(ArrayD<bool>),
    Distributed(Result<Operands>),
}

impl Mask {
    fn replicated(shape: &[usize], mask: Vec<bool>) -> Self {
        let mask = ArrayD::from_shape_vec(IxDyn(shape), mask);
        Self(Kind::Replicated(mask.expect("as many as the shape has")))
    }

    fn of(self, ctx: &Context) -> Result<ops::Mask> {
        Ok(match self.0 {
            Kind::Replicated(mask) => ops::Mask::Replicated(Rc::new(mask)),
            Kind::Distributed(operand) => ops::Mask::Distributed(node_in(ctx, operand)?),
        })
    }
}

/// Lists what every rank has all of: the type, its shape and its elements.
macro_rules! replicated {
    ($([$($generic:tt)*] $type:ty, $given:ident => $shape:expr, $mask:expr;)*) => {$(
        impl<$($generic)*> From<$type> for Mask {
            fn from($given: $type) -> Self {
                Self::replicated($shape, $mask)
            }
        }
    )*};
}
replicated! {
    [const N: usize] [bool; N], mask => &[N], mask.to_vec();
    [const N: usize] &[bool; N], mask => &[N], mask.to_vec();
    [] &[bool], mask => &[mask.len()], mask.to_vec();
    [] Vec<bool>, mask => &[mask.len()], mask;
    [] &Vec<bool>, mask => &[mask.len()], mask.clone();
    [S: Data<Elem = bool>, D: Dimension] &ArrayBase<S, D>, mask => mask.shape(), mask.iter().copied().collect();
}

/// Lists what is distributed.
macro_rules! distributed {
    ($($type:ty),*) => {$(
        impl From<$type> for Mask {
            fn from(mask: $type) -> Self {
                Self(Kind::Distributed(mask.operand()))
            }
        }
    )*};
}
distributed!(DistArray<bool>, &DistArray<bool>, Expr<bool>, &Expr<bool>);

/// # Elements where a mask is true
impl<T: Element> DistArray<T> {
    /// The elements where a mask is true, in C order: NumPy's `a[mask]`.
    ///
    /// The mask has the shape of the array, or that of its first axes; then what it selects is whole
    /// on the others. The result lies in blocks over the array's ranks (of which, under a mask of fewer
    /// axes, those at coordinate 0 of the other axes).
    ///
    /// The mask moves to where the array is, unless it lies there. One gather of eight bytes a rank; an
    /// element that is not in its place in C order moves once, or twice with eight bytes that say which
    /// it is where the array is not cut into blocks of its first axis alone. A mask of fewer axes costs
    /// what distributed indices do.
    ///
    /// # Errors
    /// The shapes do not fit; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![[3, 1], [-2, 5]], "b,b")?;
    /// assert_eq!(a.masked(a.gt(0))?.to_ndarray()?, array![3, 1, 5].into_dyn());
    /// assert_eq!(a.masked([false, true])?.to_ndarray()?, array![[-2, 5]].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn masked(&self, mask: impl Into<Mask>) -> Result<Self> {
        let _scope = Operation::enter("masked");
        let mask = mask.into().of(&self.ctx)?;
        let command = Command::Masked { array: self.array.clone(), mask };
        Ok(Self::new(self.ctx.clone(), self.ctx.execute(command)?.into_array()))
    }

    /// Writes where a mask is true: one value, or an array with as many values as the mask has true
    /// elements, in C order. NumPy's `a[mask] = values`.
    ///
    /// A single value under a mask of the array's shape is not sent. An array goes the way back that
    /// the result of [`masked`](Self::masked) comes. Halos keep what they hold.
    ///
    /// # Errors
    /// The shapes do not fit, and nothing is written; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let mut a = ctx.from_ndarray(&array![3, -1, -2, 5], "b")?;
    /// a.put_masked(a.lt(0), 0)?;
    /// a.put_masked(a.gt(0), [30, 50])?;
    /// assert_eq!(a.to_ndarray()?, array![30, 0, 0, 50].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn put_masked(
        &mut self,
        mask: impl Into<Mask>,
        values: impl Into<Values<T>>,
    ) -> Result<()> {
        let _scope = Operation::enter("put_masked");
        let (mask, values) = (mask.into().of(&self.ctx)?, values.into().of(&self.ctx)?);
        self.ctx.change(&mut self.array, Change::PutMasked { mask, values })
    }

    /// What stands along one axis where a condition is true.
    ///
    /// The condition has one axis. It may be shorter than the array's; where it is longer, what is
    /// beyond must be false. A condition that every rank has costs and distributes as in
    /// [`take`](Self::take) by such indices, a distributed one as by distributed ones, in blocks over
    /// the array's ranks.
    ///
    /// # Errors
    /// The axis is out of bounds; the condition does not have one axis, or is true beyond the extent;
    /// a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![[0, 1, 2], [3, 4, 5]], "b,b")?;
    /// let outer = a.compress([true, false, true], 1)?;
    /// assert_eq!(outer.to_ndarray()?, array![[0, 2], [3, 5]].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn compress(&self, condition: impl Into<Mask>, axis: isize) -> Result<Self> {
        let _scope = Operation::enter("compress");
        let axis = axis_of("compress", axis, self.ndim())?;
        let condition = condition.into().of(&self.ctx)?;
        let command = Command::Compress { array: self.array.clone(), condition, axis };
        Ok(Self::new(self.ctx.clone(), self.ctx.execute(command)?.into_array()))
    }
}
