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
fn by_inversion() -> Result<()> {
    let laplace = |x: f64| if x < 0.0 { x.exp() / 2.0 } else { 1.0 - (-x).exp() / 2.0 };
    let moved = |x: f64| (x - 3.0) / 2.0;
    follows("laplace", 100, |rng| rng.laplace(3.0, 2.0, N), |x| laplace(moved(x)))?;
    let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
    follows("logistic", 101, |rng| rng.logistic(3.0, 2.0, N), |x| logistic(moved(x)))?;
    let gumbel = |x: f64| (-(-x).exp()).exp();
    follows("gumbel", 102, |rng| rng.gumbel(3.0, 2.0, N), |x| gumbel(moved(x)))?;
    let cauchy = |x: f64| 0.5 + x.atan() / std::f64::consts::PI;
    follows("cauchy", 103, |rng| rng.cauchy(3.0, 2.0, N), |x| cauchy(moved(x)))?;
    follows("standard cauchy", 104, |rng| rng.standard_cauchy(N), cauchy)?;
    for (seed, a) in [(105, 0.3), (106, 1.0), (107, 4.0)] {
        follows("weibull", seed, |rng| rng.weibull(a, N), |x| 1.0 - (-x.powf(a)).exp())?;
        follows("pareto", seed + 10, |rng| rng.pareto(a, N), |x| 1.0 - (1.0 + x).powf(-a))?;
    }
    let rayleigh = |x: f64| 1.0 - (-x * x / 8.0).exp();
    follows("rayleigh", 120, |rng| rng.rayleigh(2.0, N), rayleigh)?;
    for (seed, mode) in [(121, -1.0), (122, 0.5), (123, 3.0)] {
        let below = |x: f64| match x < mode {
            true => (x + 1.0).powi(2) / (4.0 * (mode + 1.0)),
            false => 1.0 - (3.0 - x).powi(2) / (4.0 * (3.0 - mode)),
        };
        let below = |x: f64| if x >= 3.0 { 1.0 } else { below(x) };
        follows("triangular", seed, |rng| rng.triangular(-1.0, mode, 3.0, N), below)?;
    }
    // Far out there are as many as there should be: 100,000 e^-7 = 91.
    let far = drawn(124, |rng| rng.laplace::<f64>(0.0, 1.0, N))?;
    assert!((60..125).contains(&far.iter().filter(|x| x.abs() > 7.0).count()));
    // Of a large shape, small numbers keep their digits.
    let small = drawn(125, |rng| rng.pareto::<f64>(1e18, 1000))?;
    assert!(small.iter().all(|&x| x > 0.0 && x < 1e-16));
    assert_eq!(drawn(126, |rng| rng.weibull::<f64>(0.0, 3))?, [0.0; 3]);
    assert_eq!(drawn(127, |rng| rng.gumbel::<f64>(2.0, 0.0, 3))?, [2.0; 3]);
    assert!(drawn(128, |rng| rng.pareto::<f64>(1e-300, 3))?.iter().all(|x| *x == f64::INFINITY));
    Ok(())
}

#[test]
fn sums_of_squares_and_ratios() -> Result<()> {
    for (seed, df) in [(130, 0.4), (131, 1.0), (132, 2.0), (133, 7.5)] {
        let below = |x: f64| lower_gamma(df / 2.0, x / 2.0);
        follows("chisquare", seed, |rng| rng.chisquare(df, N), below)?;
    }
    // Student's law has plain cumulative distributions of few degrees of freedom.
    let one = |x: f64| 0.5 + x.atan() / std::f64::consts::PI;
    follows("t(1)", 140, |rng| rng.standard_t(1.0, N), one)?;
    let two = |x: f64| 0.5 + 0.5 * x / (2.0 + x * x).sqrt();
    follows("t(2)", 141, |rng| rng.standard_t(2.0, N), two)?;
    let four = |x: f64| {
        let share = x / (4.0 + x * x).sqrt();
        0.5 + 0.75 * (share - share.powi(3) / 3.0)
    };
    follows("t(4)", 142, |rng| rng.standard_t(4.0, N), four)?;
    follows("t(large)", 143, |rng| rng.standard_t(1e12, N), normal_below)?;
    // So has Fisher's, where one of the two is 2, or both are 1.
    let below = |x: f64| 1.0 - (1.0 + 2.0 * x / 0.6).powf(-0.3);
    follows("f(2, 0.6)", 150, |rng| rng.f(2.0, 0.6, N), below)?;
    let below = |x: f64| 1.0 - (1.0 + 2.0 * x / 9.0).powf(-4.5);
    follows("f(2, 9)", 151, |rng| rng.f(2.0, 9.0, N), below)?;
    let below = |x: f64| (5.0 * x / (2.0 + 5.0 * x)).powf(2.5);
    follows("f(5, 2)", 152, |rng| rng.f(5.0, 2.0, N), below)?;
    let below = |x: f64| 2.0 / std::f64::consts::PI * x.sqrt().atan();
    follows("f(1, 1)", 153, |rng| rng.f(1.0, 1.0, N), below)?;
    for df in [1e-320, 1e-3, 1e300] {
        let numbers = drawn(154, |rng| rng.standard_t::<f64>(df, 100))?;
        assert!(numbers.iter().all(|x| !x.is_nan()), "t({df}): {numbers:?}");
        let numbers = drawn(155, |rng| rng.f::<f64>(df, df, 100))?;
        assert!(numbers.iter().all(|x| *x >= 0.0), "f({df}, {df}): {numbers:?}");
    }
    Ok(())
}

/// Each element by its own parameters: what is left when they are taken out again follows one law.
#[test]
fn parameters_that_are_arrays() -> Result<()> {
    let ctx = Context::solo();
    let means = ctx.linspace(-5.0, 5.0, N)?;
    let scales = means.square() + 0.1;
    let distance = |drawn: Expr<f64>, below: fn(f64) -> f64| {
        let mut numbers: Vec<f64> = drawn.eval()?.to_ndarray()?.into_iter().collect();
        Ok::<_, Error>(kolmogorov_smirnov(&mut numbers, below))
    };
    let normal = ctx.random(160).normal_with::<f64>(&means, &scales, N);
    assert!(distance((normal - &means) / &scales, normal_below)? < 2.1);
    let uniform = ctx.random(161).uniform_with::<f64>(&means, &means + &scales, N);
    assert!(distance((uniform - &means) / &scales, |x| x)? < 2.1);
    let chances = ctx.linspace(0.0, 1.0, N)?;
    let hits = ctx.random(162).bernoulli(&chances, N);
    let last = hits.cast::<f64>() - &chances;
    assert!(last.sum()?.abs() < 4.0 * (N as f64 / 6.0).sqrt());
    // Squares of standard deviations of Poisson numbers are their means, also across the two ways.
    let means = ctx.linspace(0.0, 30.0, N)?;
    let deviations = ctx.random(163).poisson(&means, N).cast::<f64>() - &means;
    assert!((deviations.square().mean()? - 15.0).abs() < 0.5);
    assert!(deviations.mean()?.abs() < 0.05);
    Ok(())
}

#[test]
fn trials() -> Result<()> {
    for (seed, p) in [(170, 1.0), (171, 0.7), (172, 0.1), (173, 0.003)] {
        let chance = |k: f64| if k >= 1.0 { p * (1.0_f64 - p).powf(k - 1.0) } else { 0.0 };
        counts_follow(&format!("geometric({p})"), seed, |rng| rng.geometric(p, N), chance)?;
    }
    assert_eq!(drawn(174, |rng| rng.geometric(1e-300, 3))?, [i64::MAX; 3]);
    for (seed, n, p) in [(180, 1.0, 0.3), (181, 0.4, 0.2), (182, 7.5, 0.5), (183, 40.0, 0.2)] {
        let chance = |k: f64| {
            (ln_gamma(k + n) - ln_gamma(n) - ln_gamma(k + 1.0)
                + n * f64::ln(p)
                + k * f64::ln(1.0 - p))
            .exp()
        };
        let draw = |rng: &mut Generator| rng.negative_binomial(n, p, N);
        counts_follow(&format!("negative binomial({n}, {p})"), seed, draw, chance)?;
    }
    assert_eq!(drawn(184, |rng| rng.negative_binomial(1e308, 1.0, 3))?, [0; 3]);
    // Each outcome alone is binomial; two of one experiment hang together.
    let chances = [0.2, 0.0, 0.5, 0.3];
    let trials = Context::solo().random(185).multinomial(30, &chances, [N, 4]).eval()?;
    assert!(trials.sum_axes(&[1])?.eq(30).all()?);
    let column = |outcome: usize| trials.slice(&*format!("..., {outcome}"));
    for (outcome, p) in chances.into_iter().enumerate() {
        let chance = |k: f64| match p {
            0.0 => f64::from(u8::from(k == 0.0)),
            _ if k > 30.0 => 0.0,
            _ => (ln_gamma(31.0) - ln_gamma(k + 1.0) - ln_gamma(31.0 - k)
                + k * f64::ln(p)
                + (30.0 - k) * f64::ln(1.0 - p))
            .exp(),
        };
        let of = column(outcome)?;
        counts_follow(&format!("outcome {outcome}"), 0, |_| of.to_expr(), chance)?;
    }
    let [a, b] = [column(0)?, column(2)?].map(|column| column.cast::<f64>());
    let covariance = ((a - 6.0) * (b - 15.0)).mean()?;
    assert!((covariance + 30.0 * 0.2 * 0.5).abs() < 0.15, "{covariance}");
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
    // Ranges of the elements' own, each of a multiple of seven integers.
    let ctx = Context::solo();
    let low = ctx.arange(-7 * N as i64, 0, 7)?;
    let high = low.abs().eval()?;
    let left = (ctx.random(67).integers(&low..&high, N) - &low) % 7;
    counts_follow("own ranges", 0, |_| left, even(7.0))?;
    let (low, high) = (low.cast::<f64>(), high.cast::<f64>());
    let drawn = ctx.random(68).integers_with::<i64>(low.cast(), high.cast(), N).cast::<f64>();
    let along = (drawn + 0.5 - &low) / (high - &low);
    follows("along own ranges", 0, |_| along, |x| x)?;
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
