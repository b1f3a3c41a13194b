//! Chi-square numbers, and ratios of those and normal ones: Student's and Fisher's laws.

use super::gamma::{gamma, ln_gamma_number, of_large_shape};
use super::normal::two_normal;
use super::stream::Draws;
use crate::block::kernels::math::{exp, log};

/// A chi-square number: a gamma number of half as many degrees of freedom, twice.
#[inline(always)]
pub(super) fn chisquare(draws: &mut Draws<'_>, freedom: f64) -> f64 {
    2.0 * gamma(draws, 0.5 * freedom)
}

/// A number of Student's law, by its definition: a normal one by the root of a mean of squares.
#[inline(always)]
pub(super) fn standard_t(draws: &mut Draws<'_>, freedom: f64) -> f64 {
    let (normal, _) = two_normal(draws.next(), draws.next());
    let half = half_of(freedom);
    match half < 1.0 {
        // Of few degrees of freedom, means are often too small for a number.
        true => normal * exp(0.5 * (log(half) - ln_gamma_number(draws, half))),
        false => normal / (of_large_shape(draws, half) / half).sqrt(),
    }
}

/// A number of Fisher's law, by its definition: a ratio of means of squares.
#[inline(always)]
pub(super) fn f(draws: &mut Draws<'_>, above: f64, below: f64) -> f64 {
    let (above, below) = (half_of(above), half_of(below));
    match above < 1.0 || below < 1.0 {
        true => {
            let numerator = ln_gamma_number(draws, above) - log(above);
            let denominator = ln_gamma_number(draws, below) - log(below);
            exp(numerator - denominator)
        }
        false => {
            let numerator = of_large_shape(draws, above) / above;
            numerator / (of_large_shape(draws, below) / below)
        }
    }
}

/// Half of the degrees of freedom, where their logarithm is one of a normal number.
#[inline(always)]
fn half_of(freedom: f64) -> f64 {
    (0.5 * freedom).max(1e-300)
}
