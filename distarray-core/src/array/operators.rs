//! Rust's operators on arrays and expressions: each builds a lazy expression.
//!
//! `+=` and its like are there for expressions, which they make longer. For arrays they are methods
//! that may give an error ([`DistArray::add_assign`]), which an operator could not.

use std::ops::{
    Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div, DivAssign,
    Mul, MulAssign, Neg, Not, Rem, RemAssign, Shl, ShlAssign, Shr, ShrAssign, Sub, SubAssign,
};

use super::{ArrayExpr, DistArray, Expr, Operand};
use crate::block::kernels::{BinaryOp, UnaryOp};
use crate::element::{Bits, Complex32, Complex64, Element, Integer, Number, Real};

/// `left op right`, whichever of the two has the context.
fn join<T: Element>(
    op: BinaryOp,
    left: impl Operand<T>,
    right: impl Operand<T>,
    of: &super::Context,
) -> Expr<T> {
    Expr::binary(op, of.clone(), left.operand(), right.operand())
}

/// Lists one operator for each kind of left side: a right side is any operand.
macro_rules! binary {
    ($($trait:ident $method:ident $op:ident for $bound:ident: $($left:ty),*;)*) => {$($(
        impl<T: $bound, R: Operand<T>> $trait<R> for $left {
            type Output = Expr<T>;

            fn $method(self, right: R) -> Expr<T> {
                let ctx = ArrayExpr::context(&self).clone();
                join(BinaryOp::$op, self, right, &ctx)
            }
        }
    )*)*};
}

binary! {
    Add add Add for Number: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
    Sub sub Subtract for Number: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
    Mul mul Multiply for Number: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
    Div div Divide for Number: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
    Rem rem Fmod for Real: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
    BitAnd bitand BitwiseAnd for Bits: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
    BitOr bitor BitwiseOr for Bits: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
    BitXor bitxor BitwiseXor for Bits: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
    Shl shl LeftShift for Integer: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
    Shr shr RightShift for Integer: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
}

/// Lists the operators with a scalar on the left, which Rust wants one by one.
macro_rules! scalar_left {
    ($($trait:ident $method:ident $op:ident: $($scalar:ty)*;)*) => {$($(
        scalar_left!($trait $method $op $scalar, &DistArray<$scalar>);
        scalar_left!($trait $method $op $scalar, DistArray<$scalar>);
        scalar_left!($trait $method $op $scalar, Expr<$scalar>);
        scalar_left!($trait $method $op $scalar, &Expr<$scalar>);
    )*)*};
    ($trait:ident $method:ident $op:ident $scalar:ty, $right:ty) => {
        impl $trait<$right> for $scalar {
            type Output = Expr<$scalar>;

            fn $method(self, right: $right) -> Expr<$scalar> {
                let ctx = ArrayExpr::context(&right).clone();
                join(BinaryOp::$op, self, right, &ctx)
            }
        }
    };
}

scalar_left! {
    Add add Add: i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Complex32 Complex64;
    Sub sub Subtract: i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Complex32 Complex64;
    Mul mul Multiply: i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Complex32 Complex64;
    Div div Divide: i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Complex32 Complex64;
    Rem rem Fmod: i8 i16 i32 i64 u8 u16 u32 u64 f32 f64;
    BitAnd bitand BitwiseAnd: bool i8 i16 i32 i64 u8 u16 u32 u64;
    BitOr bitor BitwiseOr: bool i8 i16 i32 i64 u8 u16 u32 u64;
    BitXor bitxor BitwiseXor: bool i8 i16 i32 i64 u8 u16 u32 u64;
    Shl shl LeftShift: i8 i16 i32 i64 u8 u16 u32 u64;
    Shr shr RightShift: i8 i16 i32 i64 u8 u16 u32 u64;
}

/// Lists the operators of one operand.
macro_rules! unary {
    ($($trait:ident $method:ident $op:ident for $bound:ident: $($operand:ty),*;)*) => {$($(
        impl<T: $bound> $trait for $operand {
            type Output = Expr<T>;

            fn $method(self) -> Expr<T> {
                Expr::unary::<T>(UnaryOp::$op, &self)
            }
        }
    )*)*};
}

unary! {
    Neg neg Negative for Number: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
    Not not Invert for Bits: DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>;
}

/// Lists the operators that make an expression longer.
macro_rules! assign {
    ($($trait:ident $method:ident $op:ident for $bound:ident;)*) => {$(
        impl<T: $bound, R: Operand<T>> $trait<R> for Expr<T> {
            fn $method(&mut self, right: R) {
                let ctx = ArrayExpr::context(self).clone();
                *self = join(BinaryOp::$op, &*self, right, &ctx);
            }
        }
    )*};
}

assign! {
    AddAssign add_assign Add for Number;
    SubAssign sub_assign Subtract for Number;
    MulAssign mul_assign Multiply for Number;
    DivAssign div_assign Divide for Number;
    RemAssign rem_assign Fmod for Real;
    BitAndAssign bitand_assign BitwiseAnd for Bits;
    BitOrAssign bitor_assign BitwiseOr for Bits;
    BitXorAssign bitxor_assign BitwiseXor for Bits;
    ShlAssign shl_assign LeftShift for Integer;
    ShrAssign shr_assign RightShift for Integer;
}
