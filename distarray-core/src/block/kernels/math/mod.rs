//! Transcendental functions of real numbers, as loops that the compiler vectorises.
//!
//! A function is its values for nearly all operands, computed without branches, and a careful way for
//! the rest (far angles, subnormals, infinities); [`lanes`](super::lanes) has the loop around both. Where
//! an element lies, and which instruction set runs, changes no bit of its value (the payload of a NaN
//! aside): there is one way to compute it, of operations that IEEE 754 defines. The fused multiply-add
//! is one of them; a processor without it calls a function that gives its bits, slowly.
//!
//! Errors, in units in the last place of the result, are at most:
//!
//! | function | `f64` | `f32` |
//! |---|---|---|
//! | `exp` | 0.8 | 0.54 |
//! | `log` | 0.85 | 0.95 |
//! | `sin`, `cos` | 0.8 | 0.51 |
//! | `tan` | 0.7 | 0.51 |
//! | `power` | 1 | 0.55 |
//!
//! What is exact, infinite, not a number or a zero, and of which sign, is what C99's Annex F says.

mod double;
mod exponential;
mod logarithm;
mod power;
mod quadrant;
#[cfg(test)]
mod tests;
mod trigonometric;

use super::{BinaryKernel, BinaryOp, UnaryKernel, UnaryOp};
use super::{binary_kernel, for_floats, unary_loop};
use crate::element::DType;
use exponential::Exp;
use logarithm::Log;
use power::Power;
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

loops!({ Exp Log Sin Cos Tan } { Power });
