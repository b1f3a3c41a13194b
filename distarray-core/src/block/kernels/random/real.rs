//! Real numbers of each family, from random bits and parameters.

use super::family::Family;
use super::fill::never;
use super::gamma::{beta, gamma};
use super::inverted::{
    pareto, triangular, two_cauchy, two_gumbel, two_laplace, two_logistic, two_open_units, weibull,
};
use super::loops::Wanted;
use super::normal::{two_exponential, two_normal};
use super::ratios::{chisquare, f, standard_t};
use crate::block::kernels::math::exp;
use crate::element::Element;

/// Real numbers that are computed in double precision.
pub(super) fn real<T: Element>(
    family: Family,
    wanted: Wanted<'_, T>,
    rounded: impl Fn(f64) -> T + Copy,
) {
    match family {
        Family::Normal => wanted.by_pairs(
            two_normal,
            #[inline(always)]
            |x, [mean, std, _]| rounded(mean + std * x),
        ),
        Family::Lognormal => wanted.by_pairs(
            two_normal,
            #[inline(always)]
            |x, [mean, std, _]| rounded(exp(mean + std * x)),
        ),
        Family::Exponential => wanted.by_pairs(
            two_exponential,
            #[inline(always)]
            |x, [scale, ..]| rounded(scale * x),
        ),
        Family::Gamma => wanted.by_draws(
            #[inline(always)]
            |draws, [shape, scale, _]| rounded(scale * gamma(draws, shape)),
        ),
        Family::Beta => wanted.by_draws(
            #[inline(always)]
            |draws, [a, b, _]| rounded(beta(draws, a, b)),
        ),
        Family::Laplace => wanted.by_pairs(
            two_laplace,
            #[inline(always)]
            |x, [loc, scale, _]| rounded(loc + scale * x),
        ),
        Family::Logistic => wanted.by_pairs(
            two_logistic,
            #[inline(always)]
            |x, [loc, scale, _]| rounded(loc + scale * x),
        ),
        Family::Gumbel => wanted.by_pairs(
            two_gumbel,
            #[inline(always)]
            |x, [loc, scale, _]| rounded(loc + scale * x),
        ),
        Family::Cauchy => wanted.by_pairs(
            two_cauchy,
            #[inline(always)]
            |x, [loc, scale, _]| rounded(loc + scale * x),
        ),
        Family::Weibull => wanted.by_pairs(
            two_exponential,
            #[inline(always)]
            |x, [shape, ..]| rounded(weibull(x, shape)),
        ),
        Family::Pareto => wanted.by_pairs(
            two_exponential,
            #[inline(always)]
            |x, [shape, ..]| rounded(pareto(x, shape)),
        ),
        Family::Rayleigh => wanted.by_pairs(
            two_exponential,
            #[inline(always)]
            |x, [scale, ..]| rounded(scale * (2.0 * x).sqrt()),
        ),
        Family::Triangular => wanted.by_pairs(
            two_open_units,
            #[inline(always)]
            |x, parameters| rounded(triangular(x, parameters)),
        ),
        Family::ChiSquare => wanted.by_draws(
            #[inline(always)]
            |draws, [freedom, ..]| rounded(chisquare(draws, freedom)),
        ),
        Family::StandardT => wanted.by_draws(
            #[inline(always)]
            |draws, [freedom, ..]| rounded(standard_t(draws, freedom)),
        ),
        Family::F => wanted.by_draws(
            #[inline(always)]
            |draws, [above, below, _]| rounded(f(draws, above, below)),
        ),
        _ => never(family.name()),
    }
}
