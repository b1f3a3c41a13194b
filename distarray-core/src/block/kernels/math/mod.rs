//! Transcendental functions of real numbers, as loops that the compiler vectorises; where one looks values up in
//! tables, which it does not, over vectors of our own (`vectors`).
//!
//! A function is its values for nearly all operands, computed without branches, and a careful way for
//! the rest (far angles, subnormals, infinities); [`lanes`](super::lanes) has the loop around both. Where
//! an element lies, and which instruction set runs, changes no bit of its value (the payload of a NaN
//! aside): there is one way to compute it, of operations that IEEE 754 defines. The fused multiply-add
//! is one of them; a processor without it calls a function that gives its bits, slowly.
//!
#![doc = include_str!("bounds.md")]
//!
//! The bounds are those that were measured, and a margin, for 75,000 values of
//! 400 bits (`tests/reference.py 3000`), of which a part is kept as a test; of powers of single
//! precision, for those where errors are greatest. The gamma function and the logarithm of
//! its size are those of the crate `libm`, which states no bounds; their loops are not vectorised.
//!
//! What is exact, infinite, not a number or a zero, and of which sign, is what C99's Annex F says.

mod double;
mod error_function;
mod exponential;
mod hyperbolic;
mod inverse;
mod logarithm;
mod power;
mod quadrant;
mod root;
#[cfg(test)]
mod tests;
mod trigonometric;
mod vectors;

pub(super) use exponential::exp;
pub(super) use logarithm::{log, log1p};
pub(super) use trigonometric::sin_cos_of_eighth;

use super::{Binary, BinaryKernel, BinaryOp, Unary, UnaryKernel, UnaryOp};
use super::{binary_kernel, for_floats, unary_loop};
use crate::element::DType;
use error_function::{Erf, Erfc};
use exponential::{Exp, Exp2, Expm1};
use hyperbolic::{Arccosh, Arcsinh, Arctanh, Cosh, Sinh, Tanh};
use inverse::{Arccos, Arcsin, Arctan, Arctan2};
use logarithm::{Log, Log1p, Log2, Log10};
use power::Power;
use root::{Cbrt, Hypot};
use trigonometric::{Cos, Sin, Tan};

/// Lists the operations that have loops here.
macro_rules! loops {
    ({$($one:ident)*} {$($two:ident)*}) => {
        #[cfg(test)]
        const UNARY: &[UnaryOp] = &[$(UnaryOp::$one),*];
        #[cfg(test)]
        const BINARY: &[BinaryOp] = &[$(BinaryOp::$two),*];

        /// The kernel of an operation for a real floating-point dtype; `None` where it has none here.
        pub(super) fn unary(op: UnaryOp, dtype: DType) -> Option<UnaryKernel> {
            match op {
                $(UnaryOp::$one => for_floats!(dtype, T => unary_loop::<T, $one> as UnaryKernel),)*
                _ => None,
            }
        }

        /// As [`unary`], for two operands.
        pub(super) fn binary(op: BinaryOp, dtype: DType) -> Option<BinaryKernel> {
            match op {
                $(BinaryOp::$two => for_floats!(dtype, T => binary_kernel::<T, $two>()),)*
                _ => None,
            }
        }
    };
}

loops! {
    {
        Exp Exp2 Expm1 Log Log2 Log10 Log1p Sin Cos Tan Arcsin Arccos Arctan Sinh Cosh Tanh Arcsinh
        Arccosh Arctanh Cbrt Erf Erfc
    }
    { Power Hypot Arctan2 }
}

/// Lists the functions that single precision has from double precision, rounded.
macro_rules! rounded {
    ({$($one:ident)*} {$($two:ident)*}) => {
        $(impl Unary<f32> for $one {
            type Output = f32;
            const CARE: bool = <Self as Unary<f64>>::CARE;

            #[inline(always)]
            fn apply(x: f32) -> f32 {
                <Self as Unary<f64>>::apply(x.into()) as f32
            }

            #[inline(always)]
            fn rare(x: f32) -> bool {
                <Self as Unary<f64>>::rare(x.into())
            }

            fn careful(x: f32) -> f32 {
                <Self as Unary<f64>>::careful(x.into()) as f32
            }
        })*

        $(impl Binary<f32> for $two {
            type Output = f32;
            const CARE: bool = <Self as Binary<f64>>::CARE;

            #[inline(always)]
            fn apply(x: f32, y: f32) -> f32 {
                <Self as Binary<f64>>::apply(x.into(), y.into()) as f32
            }

            #[inline(always)]
            fn rare(x: f32, y: f32) -> bool {
                <Self as Binary<f64>>::rare(x.into(), y.into())
            }

            fn careful(x: f32, y: f32) -> f32 {
                <Self as Binary<f64>>::careful(x.into(), y.into()) as f32
            }
        })*
    };
}

rounded! {
    {
        Expm1 Log1p Arcsin Arccos Arctan Sinh Cosh Tanh Arcsinh Arccosh Arctanh Cbrt Erf Erfc
    }
    { Arctan2 }
}
