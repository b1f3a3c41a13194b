//! Random elements against the laws that they are to follow: with fixed seeds, so that a test that
//! holds once always does.

mod statistics;

use distarray_core::array::Generator;
use distarray_core::prelude::*;
use statistics::{chi_square, kolmogorov_smirnov, ln_gamma, lower_gamma, normal_below};

const N: usize = 100_000;

fn drawn<T: Element>(seed: u64, draw: impl FnOnce(&mut Generator) -> Expr<T>) -> Result<Vec<T>> {
    let array = draw(&mut Context::solo().random(seed)).eval()?;
    Ok(array.to_ndarray()?.into_iter().collect())
}

/// Asserts that numbers follow a continuous law, by its cumulative distribution.
fn follows(
    what: &str,
    seed: u64,
    draw: impl FnOnce(&mut Generator) -> Expr<f64>,
    below: impl Fn(f64) -> f64,
) -> Result<()> {
    let distance = kolmogorov_smirnov(&mut drawn(seed, draw)?, below);
    // Once in 3,000 seeds.
    assert!(distance < 2.1, "{what}: {distance}");
    Ok(())
}

/// Asserts that counts follow a discrete law, by the probabilities of 0, 1 and so on.
fn counts_follow(
    what: &str,
    seed: u64,
    draw: impl FnOnce(&mut Generator) -> Expr<i64>,
    chance: impl Fn(f64) -> f64,
) -> Result<()> {
    let deviation = chi_square(&drawn(seed, draw)?, chance);
    assert!(deviation.abs() < 3.5, "{what}: {deviation}");
    Ok(())
}

#[test]
fn uniform() -> Result<()> {
    follows("f64", 1, |rng| rng.uniform(N), |x| x)?;
    follows("a range", 2, |rng| rng.uniform_in(-3.0..7.0, N), |x| (x + 3.0) / 10.0)?;
    follows("f32", 3, |rng| rng.uniform::<f32>(N).cast(), |x| x)?;
    // The last bits are as random as the first.
    let last = |rng: &mut Generator| (rng.uniform(N) * 4096.0) % 1.0;
    follows("later bits", 4, last, |x| x)
}

#[test]
fn normal() -> Result<()> {
    follows("f64", 5, |rng| rng.normal(N), normal_below)?;
    follows("f32", 6, |rng| rng.normal::<f32>(N).cast(), normal_below)?;
    follows("moved", 7, |rng| rng.normal_with(3.0, 2.0, N), |x| normal_below((x - 3.0) / 2.0))?;
    follows("log", 8, |rng| rng.lognormal(1.0, 0.5, N), |x| normal_below((x.ln() - 1.0) / 0.5))?;
    let imaginary = |rng: &mut Generator| rng.complex_normal::<Complex64>(N).map(|z| z.im);
    follows("complex", 9, imaginary, |x| normal_below(x * 2_f64.sqrt()))?;
    // Of pairs from one block, the sum of squares is exponential.
    let x = drawn(10, |rng| rng.normal::<f64>(N))?;
    let pairs = x.as_chunks::<16>().0.iter().flat_map(|of| (0..8).map(|i| (of[i], of[i + 8])));
    let mut squares: Vec<f64> = pairs.map(|(x, y)| x * x + y * y).collect();
    assert!(kolmogorov_smirnov(&mut squares, |s| 1.0 - (-s / 2.0).exp()) < 2.1);
    // Far out there are as many as there should be: 2 * 2.867e-7 of 4 million.
    let far = Context::solo().random(11).normal::<f64>(4_000_000).abs().gt(5.0).count()?;
    assert!((0..8).contains(&far), "{far}");
    Ok(())
}

#[test]
fn exponential_gamma_beta() -> Result<()> {
    follows("exponential", 12, |rng| rng.exponential(3.0, N), |x| 1.0 - (-x / 3.0).exp())?;
    for (seed, shape) in [(13, 0.05), (14, 0.7), (15, 1.0), (16, 3.3), (17, 80.0)] {
        let below = |x: f64| lower_gamma(shape, x / 2.0);
        follows("gamma", seed, |rng| rng.gamma(shape, 2.0, N), below)?;
    }
    // A share of gamma numbers with whole shapes: the cumulative distribution is a polynomial.
    follows(
        "beta(2, 3)",
        18,
        |rng| rng.beta(2.0, 3.0, N),
        |x| x * x * (6.0 - 8.0 * x + 3.0 * x * x),
    )?;
    follows("beta(1, 4)", 19, |rng| rng.beta(1.0, 4.0, N), |x| 1.0 - (1.0 - x).powi(4))?;
    let arcsine = |x: f64| 2.0 / std::f64::consts::PI * x.sqrt().asin();
    follows("beta(1/2, 1/2)", 20, |rng| rng.beta(0.5, 0.5, N), arcsine)?;
    follows("beta(0.1, 1)", 21, |rng| rng.beta(0.1, 1.0, N), |x| x.powf(0.1))?;
    let tiny = drawn(22, |rng| rng.beta::<f64>(1e-310, 1e-310, 100))?;
    assert!(tiny.iter().all(|x| (0.0..=1.0).contains(x)), "{tiny:?}");
    assert_eq!(drawn(23, |rng| rng.gamma::<f64>(0.0, 1.0, 3))?, [0.0; 3]);
    Ok(())
}

#[test]
fn counts() -> Result<()> {
    for (seed, mean) in [(30, 0.3), (31, 4.0), (32, 9.99), (33, 10.0), (34, 33.3), (35, 5_000.0)] {
        let chance = |k: f64| (k * f64::ln(mean) - mean - ln_gamma(k + 1.0)).exp();
        counts_follow(&format!("poisson({mean})"), seed, |rng| rng.poisson(mean, N), chance)?;
    }
    for (seed, n, p) in [
        (40, 1, 0.3),
        (41, 20, 0.2),
        (42, 20, 0.8),
        (43, 30, 0.5),
        (44, 1_000, 0.02),
        (45, 100_000, 0.3),
    ] {
        let trials = n as f64;
        let chance = |k: f64| match k <= trials {
            true => (ln_gamma(trials + 1.0) - ln_gamma(k + 1.0) - ln_gamma(trials - k + 1.0)
                + k * f64::ln(p)
                + (trials - k) * f64::ln(1.0 - p))
            .exp(),
            false => 0.0,
        };
        counts_follow(&format!("binomial({n}, {p})"), seed, |rng| rng.binomial(n, p, N), chance)?;
    }
    // Large counts are nearly normal.
    let (n, mean) = (1_u64 << 50, 1e13);
    let binomial = |rng: &mut Generator| rng.binomial(n, 0.25, N).cast::<f64>();
    let deviation = (n as f64 * 0.1875).sqrt();
    follows("large binomial", 50, binomial, |k| normal_below((k - n as f64 / 4.0) / deviation))?;
    let poisson = |rng: &mut Generator| rng.poisson(mean, N).cast::<f64>();
    follows("large poisson", 51, poisson, |k| normal_below((k - mean) / mean.sqrt()))?;
    assert_eq!(drawn(52, |rng| rng.binomial(7, 1.0, 3))?, [7; 3]);
    assert_eq!(drawn(53, |rng| rng.binomial(0, 0.5, 3))?, [0; 3]);
    assert_eq!(drawn(54, |rng| rng.poisson(0.0, 3))?, [0; 3]);
    Ok(())
}

#[test]
fn integers() -> Result<()> {
    let even = |count: f64| move |k: f64| if k < count { 1.0 / count } else { 0.0 };
    counts_follow("u8", 60, |rng| rng.integers::<u8>(.., N).cast(), even(256.0))?;
    counts_follow("dice", 61, |rng| rng.integers::<i16>(1..=6, N).cast() - 1, even(6.0))?;
    counts_follow(
        "negative",
        62,
        |rng| rng.integers::<i8>(-100..=99, N).cast() + 100,
        even(200.0),
    )?;
    counts_follow("choice", 63, |rng| rng.choice(100, N), even(100.0))?;
    let truths = |rng: &mut Generator| rng.bernoulli(0.2, N).cast();
    counts_follow("bernoulli", 64, truths, |k| [0.8, 0.2].get(k as usize).copied().unwrap_or(0.0))?;
    // Ranges that refuse many bits: three quarters of 2^64, in thirds.
    let count = 3_u64 << 62;
    let thirds = |rng: &mut Generator| (rng.integers(0..count, N) / (count / 3)).cast();
    counts_follow("wide", 65, thirds, even(3.0))?;
    let all = |rng: &mut Generator| rng.integers::<i64>(.., N).cast::<f64>() / 2_f64.powi(64) + 0.5;
    follows("all", 66, all, |x| x)
}

#[test]
fn choices() -> Result<()> {
    let weights = [5.0, 0.0, 1.0, 2.0, 2.0];
    let chance = |k: f64| weights.get(k as usize).map_or(0.0, |weight| weight / 10.0);
    counts_follow("weighted", 70, |rng| rng.choice_weighted(&weights, N), chance)?;
    // The first of several is chosen as a single one is; the second as the rest demands.
    let mut rng = Context::solo().random(71);
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let (mut orders, mut networks) = (Vec::new(), Vec::new());
    for _ in 0..20_000 {
        let chosen = rng.choice_weighted_distinct(&weights, 2).eval()?.to_ndarray()?;
        first.push(chosen[[0]]);
        second.push(chosen[[1]]);
        let order = rng.permutation(4).eval()?.to_ndarray()?;
        orders.push(order[[0]] * 64 + order[[1]] * 16 + order[[2]] * 4 + order[[3]]);
        networks.push(rng.choice_distinct(1_000_000, 1).sum()? / 10_000);
    }
    assert!(chi_square(&first, chance).abs() < 3.5);
    let after = |k: f64| {
        let others = weights.iter().enumerate().filter(|(i, _)| *i != k as usize);
        others.map(|(_, weight)| weight / 10.0 * chance(k) / (1.0 - weight / 10.0)).sum()
    };
    assert!(chi_square(&second, after).abs() < 3.5);
    // All 24 permutations are equally likely.
    orders.sort_unstable();
    let mut seen = orders.clone();
    seen.dedup();
    assert_eq!(seen.len(), 24);
    let numbered: Vec<i64> = orders
        .iter()
        .map(|order| seen.iter().position(|other| other == order).unwrap() as i64)
        .collect();
    assert!(chi_square(&numbered, |k| if k < 24.0 { 1.0 / 24.0 } else { 0.0 }).abs() < 3.5);
    assert!(chi_square(&networks, |k| if k < 100.0 { 0.01 } else { 0.0 }).abs() < 3.5);
    Ok(())
}

/// Neighbours, streams, seeds and expressions that follow each other have nothing in common.
#[test]
fn independence() -> Result<()> {
    let ctx = Context::solo();
    let of = |rng: &mut Generator| -> Result<Vec<f64>> {
        Ok(rng.normal::<f64>(N).eval()?.to_ndarray()?.into_iter().collect())
    };
    let mut rng = ctx.random(80);
    let a = of(&mut rng)?;
    let mut others = vec![of(&mut rng)?, of(&mut rng.stream(1))?, of(&mut rng.stream(1 << 32))?];
    others.extend([of(&mut ctx.random(81))?, of(&mut ctx.random(80 + (1 << 32)))?]);
    for shift in [1, 2, 7, 8, 9, 16, 32, 256, 1024] {
        others.push(a[shift..].iter().chain(&a[..shift]).copied().collect());
    }
    others.push(a.iter().map(|x| (x * x - 1.0) / 2_f64.sqrt()).collect());
    for (i, b) in others.iter().enumerate() {
        let correlation: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / (N as f64).sqrt();
        // The last one is of numbers and their own squares, of a greater deviation.
        assert!(correlation.abs() < 5.0, "{i}: {correlation}");
    }
    Ok(())
}

/// These very numbers: programs rely on them, also those of later versions.
#[test]
fn numbers_stay_the_same() -> Result<()> {
    let mut rng = Context::solo().random(2024);
    let bits: Vec<_> = rng.integers::<u64>(.., 18).eval()?.to_ndarray()?.into_iter().collect();
    assert_eq!([bits[0], bits[8], bits[16]], BITS);
    Ok(())
}

const BITS: [u64; 3] =
    [13_826_734_725_902_681_420, 17_003_757_964_254_533_532, 4_580_180_389_567_410_276];
