//! Quantiles and medians.

use distarray::array::{Context, Method};
use distarray::prelude::*;
use distarray_tests::property::{config, on_threads};
use proptest::prelude::*;

use super::{World, alone, along, bits, coarse, flat, near, wide, worlds};

const METHODS: [Method; 13] = [
    Method::Linear,
    Method::Lower,
    Method::Higher,
    Method::Midpoint,
    Method::Nearest,
    Method::InvertedCdf,
    Method::AveragedInvertedCdf,
    Method::ClosestObservation,
    Method::InterpolatedInvertedCdf,
    Method::Hazen,
    Method::Weibull,
    Method::MedianUnbiased,
    Method::NormalUnbiased,
];

/// The quantile of elements by the definitions of Hyndman and Fan, who count them from 1; NaN of none,
/// or where one is NaN.
fn quantile(of: &[f64], q: f64, method: Method) -> f64 {
    let mut of = of.to_vec();
    of.sort_by(f64::total_cmp);
    let n = of.len() as f64;
    if of.is_empty() || of.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    let element = |j: f64| of[(j.clamp(1.0, n) - 1.0) as usize];
    // The weight of the upper one of two neighbours, at a place that has this offset.
    let blend = |m: f64, weight: &dyn Fn(f64, f64) -> f64| {
        let j = (n * q + m).floor();
        let weight = weight(n * q + m - j, j);
        match weight {
            0.0 => element(j),
            1.0 => element(j + 1.0),
            _ => (1.0 - weight) * element(j) + weight * element(j + 1.0),
        }
    };
    let line = |g: f64, _: f64| g;
    let between = (n - 1.0) * q + 1.0;
    match method {
        Method::InvertedCdf => blend(0.0, &|g, _| if g > 0.0 { 1.0 } else { 0.0 }),
        Method::AveragedInvertedCdf => blend(0.0, &|g, _| if g > 0.0 { 1.0 } else { 0.5 }),
        Method::ClosestObservation => {
            blend(-0.5, &|g, j| if g == 0.0 && j % 2.0 == 0.0 { 0.0 } else { 1.0 })
        }
        Method::InterpolatedInvertedCdf => blend(0.0, &line),
        Method::Hazen => blend(0.5, &line),
        Method::Weibull => blend(q, &line),
        Method::Linear => blend(1.0 - q, &line),
        Method::MedianUnbiased => blend((q + 1.0) / 3.0, &line),
        Method::NormalUnbiased => blend(q / 4.0 + 3.0 / 8.0, &line),
        Method::Lower => element(between.floor()),
        Method::Higher => element(between.ceil()),
        Method::Midpoint => (element(between.floor()) + element(between.ceil())) / 2.0,
        Method::Nearest => element((between - 1.0).round_ties_even() + 1.0),
    }
}

fn without_nan(of: &[f64]) -> Vec<f64> {
    of.iter().copied().filter(|x| !x.is_nan()).collect()
}

/// The greatest magnitude, which rounding is measured by.
fn magnitude(of: &[f64]) -> f64 {
    of.iter().map(|x| x.abs()).filter(|x| x.is_finite()).fold(0.0, f64::max)
}

/// Quantiles over all and along every axis, with and without NaN, and the same bits on one rank.
fn all(world: &World, quantiles: &[f64], method: Method, ctx: &Context) -> Result<()> {
    let (a, x) = world.view(ctx)?;
    let alone = alone(&Context::solo(), &x)?;
    let line = flat(&x);
    let size = magnitude(&line);
    let found = a.quantiles(quantiles, method)?;
    for (&found, &q) in found.iter().zip(quantiles) {
        near(found, quantile(&line, q, method), size, (q, method, &line));
        let found = a.nanquantile(q, method)?;
        near(found, quantile(&without_nan(&line), q, method), size, (q, method, &line));
        assert_eq!(found.to_bits(), alone.nanquantile(q, method)?.to_bits());
    }
    let same = alone.quantiles(quantiles, method)?;
    assert!(found.iter().zip(&same).all(|(a, b)| a.to_bits() == b.to_bits()), "on one rank");
    near(a.median()?, quantile(&line, 0.5, Method::Linear), size, &line);
    near(a.nanmedian()?, quantile(&without_nan(&line), 0.5, Method::Linear), size, &line);
    for axis in 0..a.ndim() {
        let (number, q) = (axis as isize, quantiles[0]);
        let found = a.quantile_axis(q, number, method)?;
        assert_eq!(bits(&found)?, bits(&alone.quantile_axis(q, number, method)?)?);
        let lines = along(&x, axis, <[f64]>::to_vec);
        assert_eq!(found.shape(), lines.shape());
        for (&found, line) in found.to_ndarray()?.iter().zip(&lines) {
            near(found, quantile(line, q, method), size, (q, method, line));
        }
        let found = a.nanquantile_axis(q, number, method)?.to_ndarray()?;
        for (&found, line) in found.iter().zip(&lines) {
            near(found, quantile(&without_nan(line), q, method), size, (q, method, line));
        }
        let found = a.median_axis(number)?.to_ndarray()?;
        for (&found, line) in found.iter().zip(&lines) {
            near(found, quantile(line, 0.5, Method::Linear), size, line);
        }
    }
    Ok(())
}

/// Parts of 64, with which no method that jumps is off by rounding.
fn parts() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((0_u8..=64).prop_map(|part| f64::from(part) / 64.0), 1..5)
}

proptest! {
    #![proptest_config(config(300))]

    /// Of many equal elements, some NaN.
    #[test]
    fn quantiles_are_those_of_sorted_lines(
        world in worlds(prop_oneof![9 => coarse(), 1 => Just(f64::NAN)]),
        quantiles in parts(),
        method in prop::sample::select(METHODS.to_vec()),
    ) {
        on_threads(world.ranks, move |ctx| all(&world, &quantiles, method, ctx))?;
    }

    /// Of elements of any magnitude, none of them NaN.
    #[test]
    fn quantiles_of_any_magnitude(
        world in worlds(wide()),
        quantiles in parts(),
        method in prop::sample::select(METHODS.to_vec()),
    ) {
        on_threads(world.ranks, move |ctx| all(&world, &quantiles, method, ctx))?;
    }
}
