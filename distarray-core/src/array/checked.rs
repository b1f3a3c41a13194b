//! Integer arithmetic that refuses results that do not fit.

use super::expr::{Operands, join};
use super::{ArrayExpr, Context, Expr, Operand};
use crate::block::kernels::CheckedOp;
use crate::element::{Element, Integer};
use crate::error::Result;
use crate::expr::Node;

/// Arithmetic of integers that does not wrap, where operators do.
///
/// Each gives a lazy expression. Evaluating it is an error on every rank where a result does not fit its
/// type, or a divisor is zero: with the operation, the values, and the global index of one such
/// element. It costs one agreement of eight bytes there.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let a = ctx.arange(100_u8, 200, 10)?;
/// assert_eq!((&a + 100).max()?, 250);
/// assert_eq!((&a + 100).min()?, 4);
/// let error = a.checked_add(100).eval().unwrap_err();
/// assert_eq!(error.to_string(), "'checked_add': 160 + 100 is no uint8 (at index [6])");
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub trait Checked<T: Integer>: ArrayExpr<T> {
    /// The sum, where it fits.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().full(100_i8, 3)?;
    /// assert_eq!(a.checked_add(27).eval()?.max()?, 127);
    /// assert!(a.checked_add(28).eval().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn checked_add(&self, other: impl Operand<T>) -> Expr<T> {
        of_two(CheckedOp::Add, self.context(), self.node(), other.operand())
    }

    /// The difference, where it fits.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().full(3_u8, 3)?;
    /// assert_eq!(a.checked_sub(3).eval()?.max()?, 0);
    /// assert!(a.checked_sub(4).eval().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn checked_sub(&self, other: impl Operand<T>) -> Expr<T> {
        of_two(CheckedOp::Subtract, self.context(), self.node(), other.operand())
    }

    /// The product, where it fits.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().full(1_i64 << 32, 3)?;
    /// assert!(a.checked_mul(1 << 30).eval().is_ok());
    /// assert!(a.checked_mul(1 << 31).eval().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn checked_mul(&self, other: impl Operand<T>) -> Expr<T> {
        of_two(CheckedOp::Multiply, self.context(), self.node(), other.operand())
    }

    /// The quotient rounded towards zero, where it fits and the divisor is not zero.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().full(i32::MIN, 3)?;
    /// assert!(a.checked_div(2).eval().is_ok());
    /// assert!(a.checked_div(-1).eval().is_err() && a.checked_div(0).eval().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn checked_div(&self, other: impl Operand<T>) -> Expr<T> {
        of_two(CheckedOp::Divide, self.context(), self.node(), other.operand())
    }

    /// What that division leaves, with the element's sign, where the divisor is not zero.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().full(7, 3)?;
    /// assert_eq!(a.checked_rem(4).eval()?.max()?, 3);
    /// assert!(a.checked_rem(0).eval().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn checked_rem(&self, other: impl Operand<T>) -> Expr<T> {
        of_two(CheckedOp::Remainder, self.context(), self.node(), other.operand())
    }

    /// The element to a power that is not negative, where it fits.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().full(2_i16, 3)?;
    /// assert_eq!(a.checked_pow(14).eval()?.max()?, 16384);
    /// assert!(a.checked_pow(15).eval().is_err() && a.checked_pow(-1).eval().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn checked_pow(&self, exponent: impl Operand<T>) -> Expr<T> {
        of_two(CheckedOp::Power, self.context(), self.node(), exponent.operand())
    }

    /// The element with the other sign, where that fits: of unsigned integers, zero only.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// assert_eq!(ctx.full(-127_i8, 3)?.checked_neg().eval()?.max()?, 127);
    /// assert!(ctx.full(-128_i8, 3)?.checked_neg().eval().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn checked_neg(&self) -> Expr<T> {
        of_one(CheckedOp::Negative, self.context(), self.node())
    }

    /// The absolute value, where it fits.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// assert_eq!(ctx.full(-127_i8, 3)?.checked_abs().eval()?.max()?, 127);
    /// assert!(ctx.full(-128_i8, 3)?.checked_abs().eval().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn checked_abs(&self) -> Expr<T> {
        of_one(CheckedOp::Absolute, self.context(), self.node())
    }
}

impl<T: Integer, A: ArrayExpr<T> + ?Sized> Checked<T> for A {}

fn of_two<T: Element>(
    op: CheckedOp,
    ctx: &Context,
    a: Result<Node>,
    b: Result<Operands>,
) -> Expr<T> {
    let a = a.map(|node| Operands { node, ctx: None });
    let node = join(ctx, a, b).and_then(|(a, b)| Node::checked(op, a, b, ctx.size()));
    Expr::new(ctx.clone(), node)
}

fn of_one<T: Element>(op: CheckedOp, ctx: &Context, a: Result<Node>) -> Expr<T> {
    let node = a.and_then(|a| Node::checked(op, a.clone(), a, ctx.size()));
    Expr::new(ctx.clone(), node)
}
