//! Tests of goodness of fit, and the functions that they need.

use std::collections::BTreeMap;

/// The largest distance between the share of the numbers below a value and the probability of that,
/// times the root of their number: below 1.36 in 95 of 100 cases.
pub(crate) fn kolmogorov_smirnov(numbers: &mut [f64], below: impl Fn(f64) -> f64) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    let count = numbers.len() as f64;
    let distance = |(i, &x): (usize, &f64)| {
        let expected = below(x);
        (expected - i as f64 / count).abs().max((expected - (i + 1) as f64 / count).abs())
    };
    numbers.iter().enumerate().map(distance).fold(0.0, f64::max) * count.sqrt()
}

/// Pearson's statistic of counts from 0 on against their probabilities, less its mean, in standard
/// deviations. Neighbours of which few are expected are taken together.
pub(crate) fn chi_square(found: &[i64], chance: impl Fn(f64) -> f64) -> f64 {
    let mut seen = BTreeMap::new();
    for &number in found {
        assert!(number >= 0, "{number}");
        *seen.entry(number).or_insert(0.0) += 1.0;
    }
    let total = found.len() as f64;
    let largest = *seen.keys().last().expect("some numbers");
    let (mut sum, mut classes) = (0.0, 0.0);
    let (mut expected, mut counted, mut left) = (0.0, 0.0, total);
    for number in 0..=largest {
        expected += total * chance(number as f64);
        counted += seen.get(&number).copied().unwrap_or(0.0);
        if expected >= 10.0 && left - expected >= 10.0 {
            sum += (counted - expected).powi(2) / expected;
            classes += 1.0;
            left -= expected;
            (expected, counted) = (0.0, 0.0);
        }
    }
    // All that is left, also beyond the largest that was found.
    sum += (counted - left).powi(2) / left;
    let freedom = f64::max(classes, 1.0);
    (sum - freedom) / (2.0 * freedom).sqrt()
}

/// `ln(gamma(x))` for `x` above 0, by Stirling's series.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut less) = (x, 0.0);
    while x < 10.0 {
        less += x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let rest = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0));
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + rest - less
}

/// The share of the gamma distribution of a scale of 1 below `x`, by its series.
pub(crate) fn lower_gamma(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let mut term = (shape * x.ln() - x - ln_gamma(shape + 1.0)).exp();
    let (mut sum, mut at) = (0.0, shape);
    while term > sum * 1e-17 && term > 0.0 {
        sum += term;
        at += 1.0;
        term *= x / at;
    }
    sum.min(1.0)
}

/// The share of the standard normal distribution below `x`.
pub(crate) fn normal_below(x: f64) -> f64 {
    let half = 0.5 * lower_gamma(0.5, x * x / 2.0);
    if x < 0.0 { 0.5 - half } else { 0.5 + half }
}
