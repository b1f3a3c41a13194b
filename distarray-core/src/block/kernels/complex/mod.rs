//! Functions of complex numbers, with the special values and branch cuts of C99's annex G.
//!
//! Formulas that neither cancel nor overflow where the result does not; the inverse functions after
//! W. Kahan, *Branch cuts for complex elementary functions, or much ado about nothing's sign bit* (1987).

mod exponential;
mod hyperbolic;
mod inverse;

pub(super) use exponential::{exp, exp2, expm1, log, log1p, log2, log10, pow, sqrt};
pub(super) use hyperbolic::{cos, cosh, sin, sinh, tan, tanh};
pub(super) use inverse::{arccos, arccosh, arcsin, arcsinh, arctan, arctanh};

use crate::element::Complex64;

/// The number times the imaginary unit.
fn times_i(z: Complex64) -> Complex64 {
    Complex64::new(-z.im, z.re)
}

/// The number over the imaginary unit.
fn over_i(z: Complex64) -> Complex64 {
    Complex64::new(z.im, -z.re)
}
