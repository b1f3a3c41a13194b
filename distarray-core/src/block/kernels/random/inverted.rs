//! Random numbers by inversion: where the cumulative distribution function reaches a uniform number.
//!
//! (L. Devroye, *Non-uniform random variate generation*, 1986, chapter II.2.) Without rejection, so that
//! vectors are full. The raw ones here are those of the standard laws; what parameters make of them is
//! written where they are listed.

use super::functions::{cos_sin_of_turn, open_unit};
use crate::block::kernels::math::{exp, log, log1p};

/// Two uniform numbers in the open unit interval.
#[inline(always)]
pub(super) fn two_open_units(a: u64, b: u64) -> (f64, f64) {
    (open_unit(a), open_unit(b))
}

/// A number of Laplace's standard law: an exponential one with either sign.
#[inline(always)]
fn laplace(bits: u64) -> f64 {
    // The last bit is not one of those that choose the magnitude.
    f64::from_bits(log(open_unit(bits)).to_bits() ^ bits << 63)
}

/// Two numbers of Laplace's standard law.
#[inline(always)]
pub(super) fn two_laplace(a: u64, b: u64) -> (f64, f64) {
    (laplace(a), laplace(b))
}

/// A number of the standard logistic law.
#[inline(always)]
fn logistic(bits: u64) -> f64 {
    let below = open_unit(bits);
    // The difference is exact.
    log(below / (1.0 - below))
}

/// Two numbers of the standard logistic law.
#[inline(always)]
pub(super) fn two_logistic(a: u64, b: u64) -> (f64, f64) {
    (logistic(a), logistic(b))
}

/// Two numbers of Gumbel's standard law.
#[inline(always)]
pub(super) fn two_gumbel(a: u64, b: u64) -> (f64, f64) {
    (-log(-log(open_unit(a))), -log(-log(open_unit(b))))
}

/// A number of Cauchy's standard law: the tangent of a random angle.
#[inline(always)]
fn cauchy(bits: u64) -> f64 {
    // Neither is ever 0.
    let (cos, sin) = cos_sin_of_turn(bits);
    sin / cos
}

/// Two numbers of Cauchy's standard law.
#[inline(always)]
pub(super) fn two_cauchy(a: u64, b: u64) -> (f64, f64) {
    (cauchy(a), cauchy(b))
}

/// A Weibull number of a scale of 1: a root of an exponential one.
#[inline(always)]
pub(super) fn weibull(exponential: f64, shape: f64) -> f64 {
    if shape == 0.0 { 0.0 } else { exp(log(exponential) / shape) }
}

/// A number of Pareto's law of the second kind (Lomax's), of a scale of 1.
#[inline(always)]
pub(super) fn pareto(exponential: f64, shape: f64) -> f64 {
    let exponent = exponential / shape;
    let power = exp(exponent);
    // What is rounded in the power is taken out again (W. Kahan).
    match () {
        () if exponent > 700.0 => power,
        () if power == 1.0 => exponent,
        () => (power - 1.0) * (exponent / log(power)),
    }
}

/// A number of the triangular law.
#[inline(always)]
pub(super) fn triangular(below: f64, [left, mode, right]: [f64; 3]) -> f64 {
    let width = right - left;
    let peak = (mode - left) / width;
    let value = match below <= peak {
        true => left + width * (below * peak).sqrt(),
        false => right - width * ((1.0 - below) * (1.0 - peak)).sqrt(),
    };
    // Rounding may lead beyond the ends.
    value.clamp(left, right)
}

/// How many trials it takes to succeed, with the probability `p` in each.
#[inline(always)]
pub(super) fn geometric(exponential: f64, p: f64) -> i64 {
    if p == 1.0 {
        return 1;
    }
    // Where there are more than can be told, the conversion gives the most.
    (exponential / -log1p(-p)).ceil().max(1.0) as i64
}
