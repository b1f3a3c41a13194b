//! Gamma and beta numbers.

use super::functions::open_unit;
use super::normal::two_normal;
use super::stream::Draws;
use crate::block::kernels::math::{exp, log};

/// A gamma number of a shape of at least 1 and a scale of 1.
///
/// G. Marsaglia and W. W. Tsang, *A simple method for generating gamma variables*, 2000.
#[inline(always)]
pub(super) fn of_large_shape(draws: &mut Draws<'_>, shape: f64) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let (x, _) = two_normal(draws.next(), draws.next());
        let root = 1.0 + c * x;
        if root <= 0.0 {
            continue;
        }
        let (v, u) = (root * root * root, open_unit(draws.next()));
        let square = x * x;
        if u < 1.0 - 0.0331 * square * square || log(u) < 0.5 * square + d * (1.0 - v + log(v)) {
            return d * v;
        }
    }
}

/// The logarithm of a gamma number of a scale of 1: of small shapes, many are too small for the number
/// itself.
#[inline(always)]
pub(super) fn ln_gamma_number(draws: &mut Draws<'_>, shape: f64) -> f64 {
    // Of smaller shapes the logarithm itself would be infinite.
    let shape = shape.max(1e-300);
    match shape < 1.0 {
        // Of a shape that is one larger, times a root of a uniform number (same paper, section 6).
        true => log(of_large_shape(draws, shape + 1.0)) + log(open_unit(draws.next())) / shape,
        false => log(of_large_shape(draws, shape)),
    }
}

/// A gamma number of a scale of 1.
#[inline(always)]
pub(super) fn gamma(draws: &mut Draws<'_>, shape: f64) -> f64 {
    match shape {
        0.0 => 0.0,
        _ if shape < 1.0 => exp(ln_gamma_number(draws, shape)),
        _ => of_large_shape(draws, shape),
    }
}

/// A beta number: the share of one gamma number in two.
#[inline(always)]
pub(super) fn beta(draws: &mut Draws<'_>, a: f64, b: f64) -> f64 {
    if a < 1.0 || b < 1.0 {
        let (x, y) = (ln_gamma_number(draws, a), ln_gamma_number(draws, b));
        // The smaller exponential of the two, which does not overflow.
        return match x < y {
            true => exp(x - y) / (1.0 + exp(x - y)),
            false => 1.0 / (1.0 + exp(y - x)),
        };
    }
    let (x, y) = (of_large_shape(draws, a), of_large_shape(draws, b));
    match x + y {
        sum if sum.is_finite() => x / sum,
        _ => x * 0.5 / (x * 0.5 + y * 0.5),
    }
}
