//! Binomial, Poisson and negative binomial numbers.
//!
//! Small means search the distribution from 0 on; others are rejected from a transformed uniform
//! number (W. Hörmann, *The generation of binomial random variates*, 1993: BTRS, and *The transformed
//! rejection method for generating Poisson random variables*, 1993: PTRS).

use super::functions::{open_unit, stirling_rest, unit};
use super::gamma::gamma;
use super::stream::Draws;
use crate::block::kernels::math::{exp, log, log1p};

/// The mean from which rejection takes over.
const LARGE: f64 = 10.0;

/// The largest mean of a Poisson number.
const MOST: f64 = 4_503_599_627_370_496.0;

/// How many of `n` trials succeed, each with the probability `p`; `n` is a whole number, at most 2^53.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binomial {
    n: f64,
    /// The lesser of the probabilities of success and failure.
    p: f64,
    /// Whether `p` is that of failure.
    turned: bool,
}

impl Binomial {
    #[inline(always)]
    pub(super) fn new(n: f64, p: f64) -> Self {
        let turned = p > 0.5;
        Self { n, p: if turned { 1.0 - p } else { p }, turned }
    }

    /// The next number.
    #[inline(always)]
    pub(super) fn draw(&self, draws: &mut Draws<'_>) -> u64 {
        let found = match self.n * self.p {
            0.0 => 0.0,
            mean if mean < LARGE => self.search(draws),
            _ => self.reject(draws),
        };
        (if self.turned { self.n - found } else { found }) as u64
    }

    #[inline(always)]
    fn search(&self, draws: &mut Draws<'_>) -> f64 {
        let Self { n, p, .. } = *self;
        let odds = p / (1.0 - p);
        let none = exp(n * log1p(-p));
        loop {
            let (mut rest, mut k, mut chance) = (unit(draws.next()), 0.0, none);
            while rest >= chance {
                rest -= chance;
                k += 1.0;
                chance *= odds * (n - k + 1.0) / k;
                // Rounding alone leads here.
                if k > n || chance < f64::MIN_POSITIVE {
                    break;
                }
            }
            if rest < chance {
                return k;
            }
        }
    }

    #[inline(always)]
    fn reject(&self, draws: &mut Draws<'_>) -> f64 {
        let Self { n, p, .. } = *self;
        let q = 1.0 - p;
        let deviation = (n * p * q).sqrt();
        let b = 1.15 + 2.53 * deviation;
        let a = -0.0873 + 0.0248 * b + 0.01 * p;
        let (c, quick) = (n * p + 0.5, 0.92 - 4.2 / b);
        let alpha = (2.83 + 5.1 / b) * deviation;
        let mode = ((n + 1.0) * p).floor();
        let odds = p / q;
        loop {
            let (u, v) = (unit(draws.next()) - 0.5, open_unit(draws.next()));
            let side = 0.5 - u.abs();
            let k = ((2.0 * a / side + b) * u + c).floor();
            if side >= 0.07 && v <= quick {
                return k;
            }
            if !(0.0..=n).contains(&k) {
                continue;
            }
            let height = log(v * alpha / (a / (side * side) + b));
            let at_most = (mode + 0.5) * log((mode + 1.0) / (odds * (n - mode + 1.0)))
                + (n + 1.0) * log1p((k - mode) / (n - k + 1.0))
                + (k + 0.5) * log(odds * (n - k + 1.0) / (k + 1.0))
                + stirling_rest(mode)
                + stirling_rest(n - mode)
                - stirling_rest(k)
                - stirling_rest(n - k);
            if height <= at_most {
                return k;
            }
        }
    }
}

/// How many events there are where so many are expected; at most 2^53 are.
#[inline(always)]
pub(super) fn poisson(draws: &mut Draws<'_>, mean: f64) -> u64 {
    match mean {
        0.0 => 0,
        _ if mean < LARGE => search(draws, mean),
        _ => reject(draws, mean),
    }
}

/// How many trials fail before so many succeed, each with the probability `p`: a Poisson number of a gamma
/// one (M. Greenwood and G. U. Yule, 1920), so that `successes` need not be whole.
#[inline(always)]
pub(super) fn negative_binomial(draws: &mut Draws<'_>, successes: f64, p: f64) -> u64 {
    let mean = gamma(draws, successes) * ((1.0 - p) / p);
    // Far beyond what the parameters' bounds make likely.
    poisson(draws, mean.min(MOST))
}

#[inline(always)]
fn search(draws: &mut Draws<'_>, mean: f64) -> u64 {
    let none = exp(-mean);
    loop {
        let (mut rest, mut k, mut chance) = (unit(draws.next()), 0.0, none);
        // Rounding alone makes chances this small.
        while rest >= chance && chance >= f64::MIN_POSITIVE {
            rest -= chance;
            k += 1.0;
            chance *= mean / k;
        }
        if rest < chance {
            return k as u64;
        }
    }
}

#[inline(always)]
fn reject(draws: &mut Draws<'_>, mean: f64) -> u64 {
    const HALF_LN_TAU: f64 = 0.918_938_533_204_672_7;
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let quick = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let (u, v) = (unit(draws.next()) - 0.5, open_unit(draws.next()));
        let side = 0.5 - u.abs();
        let k = ((2.0 * a / side + b) * u + mean + 0.43).floor();
        if side >= 0.07 && v <= quick {
            return k as u64;
        }
        if k < 0.0 || side < 0.013 && v > side {
            continue;
        }
        let height = log(v * inverse_alpha / (a / (side * side) + b));
        // `k log(mean) - mean - log(k!)`, by Stirling's formula about `k + 1`.
        let excess = mean - (k + 1.0);
        let at_most = k * log1p(excess / (k + 1.0))
            - 0.5 * log(k + 1.0)
            - excess
            - HALF_LN_TAU
            - stirling_rest(k);
        if height <= at_most {
            return k as u64;
        }
    }
}
