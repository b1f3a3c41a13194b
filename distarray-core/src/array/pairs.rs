//! Elementwise functions with two results.

use super::{ArrayExpr, Expr, Operand, Ufuncs};
use crate::block::kernels::UnaryOp;
use crate::element::{Element, Float, Real};

/// Functions that give two values for each element, as two lazy expressions.
///
/// Both read the same operands: an operand that is an expression is computed once where both are
/// evaluated together ([`Context::eval`](super::Context::eval)) or in one expression, and once for each
/// where they are evaluated apart.
pub trait Pairs<T: Element>: ArrayExpr<T> {
    /// The quotient rounded down, and what that leaves; as [`floor_divide`](Ufuncs::floor_divide) and
    /// [`remainder`](Ufuncs::remainder).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.full(-7, 3)?;
    /// let (quotient, rest) = a.divmod(2);
    /// assert_eq!((quotient.min()?, rest.max()?), (-4, 1));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn divmod(&self, divisor: impl Operand<T> + Clone) -> (Expr<T>, Expr<T>)
    where
        T: Real,
    {
        (self.floor_divide(divisor.clone()), self.remainder(divisor))
    }

    /// What is behind the point, and the whole number before it; both with the element's sign.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.full(-2.25, 3)?;
    /// let (fraction, whole) = a.modf();
    /// assert_eq!((fraction.max()?, whole.max()?), (-0.25, -2.0));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn modf(&self) -> (Expr<T>, Expr<T>)
    where
        T: Float,
    {
        (Expr::unary::<T>(UnaryOp::Fraction, self), self.trunc())
    }

    /// A number from a half to one, with the element's sign, and the power of two that makes the
    /// element of it; zeros, infinities and NaN themselves with the power 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.full(-24.0, 3)?;
    /// let (mantissa, exponent) = a.frexp();
    /// assert_eq!((mantissa.max()?, exponent.max()?), (-0.75, 5));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn frexp(&self) -> (Expr<T>, Expr<i32>)
    where
        T: Float,
    {
        (Expr::unary::<T>(UnaryOp::Mantissa, self), Expr::unary::<T>(UnaryOp::Exponent, self))
    }
}

impl<T: Element, A: ArrayExpr<T> + ?Sized> Pairs<T> for A {}
