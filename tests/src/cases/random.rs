//! Random elements: the same bits wherever they are made.

use distarray::array::Generator;
use distarray::prelude::*;
use ndarray::ArrayD;

use super::errors::refused;
use super::slices::{slice_of, whole};
use crate::draw::Draw;
use crate::oracle::holds;

/// Asserts that an expression has the elements that one rank makes by itself, under any distribution.
fn same<T: Element>(
    ctx: &Context,
    draw: &mut Draw,
    drawn: impl Fn(&mut Generator, &[usize]) -> Expr<T>,
) -> Result<()> {
    let shape = draw.shape();
    let seed = draw.below(1000) as u64;
    let alone = drawn(&mut Context::solo().random(seed), &shape).eval()?.to_ndarray()?;
    let made = drawn(&mut ctx.random(seed), &shape);
    holds(&made.eval()?, &alone)?;
    let distribution = draw.any_distribution(&shape, ctx.size());
    holds(&made.eval_on(&distribution)?, &alone)?;
    // Beside an array, the expression goes where that is; a slice of it has the whole's elements.
    let zeros = ctx.zeros::<T>(distribution.without_halo())?;
    let mut target = zeros.clone();
    target.assign(&made)?;
    holds(&target, &alone)?;
    let by = slice_of(draw, &shape);
    let expected: ArrayD<T> = alone.slice(&*whole(shape.len(), &by)).to_owned();
    holds(&target.slice(&by)?, &expected)
}

/// Every law, and every type.
pub(super) fn laws(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(131);
    for _ in 0..3 {
        same(ctx, &mut draw, |rng, shape| rng.uniform::<f64>(shape))?;
        same(ctx, &mut draw, |rng, shape| rng.uniform_in(-1.0_f32..2.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.normal::<f64>(shape))?;
        same(ctx, &mut draw, |rng, shape| rng.normal_with::<f32>(3.0, 0.5, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.lognormal::<f64>(0.0, 0.5, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.complex_normal::<Complex64>(shape))?;
        same(ctx, &mut draw, |rng, shape| rng.complex_normal::<Complex32>(shape))?;
        same(ctx, &mut draw, |rng, shape| rng.exponential::<f64>(2.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.gamma::<f64>(0.3, 2.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.beta::<f32>(2.0, 3.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.laplace::<f64>(1.0, 2.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.logistic::<f32>(1.0, 2.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.gumbel::<f64>(1.0, 2.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.standard_cauchy::<f64>(shape))?;
        same(ctx, &mut draw, |rng, shape| rng.weibull::<f64>(1.5, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.pareto::<f64>(2.5, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.rayleigh::<f64>(2.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.triangular::<f64>(-1.0, 0.5, 3.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.chisquare::<f64>(1.5, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.standard_t::<f32>(3.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.f::<f64>(1.5, 4.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.geometric(0.1, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.negative_binomial(2.5, 0.2, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.bernoulli(0.4, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.integers::<u8>(3..=200, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.integers::<i16>(.., shape))?;
        same(ctx, &mut draw, |rng, shape| rng.integers(0..3_u64 << 62, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.binomial(50, 0.5, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.poisson(17.0, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.choice_weighted(&[1.0, 2.0, 0.5], shape))?;
        same(ctx, &mut draw, |rng, shape| rng.choice_distinct(1_000_000, shape))?;
        same(ctx, &mut draw, |rng, shape| rng.permutation(shape))?;
        same(ctx, &mut draw, |rng, shape| {
            let outcomes = shape.last().copied().unwrap_or(0);
            let chances = vec![1.0 / outcomes as f64; outcomes];
            match outcomes {
                // As there is nothing for each of no outcomes.
                0 => rng.poisson(3.0, shape),
                _ => rng.multinomial(40, &chances, shape),
            }
        })?;
    }
    Ok(())
}

/// Sources: what is drawn in turn, streams, and a reduction without an array.
pub(super) fn sources(ctx: &Context) -> Result<()> {
    let mut rng = ctx.random(9);
    let (x, y) = (rng.uniform::<f64>(1000), rng.uniform::<f64>(1000));
    assert_eq!(x.eq(&x).count()?, 1000);
    assert_eq!(x.eq(&y).count()?, 0);
    let mut again = ctx.random(9);
    assert_eq!(again.uniform::<f64>(1000).eq(&x).count()?, 1000);
    assert_eq!(again.clone().uniform::<f64>(1000).eq(&y).count()?, 1000);
    assert_eq!(rng.stream(1).uniform::<f64>(1000).eq(&x).count()?, 0);
    assert_eq!(rng.stream(0).uniform::<f64>(1000).eq(&x).count()?, 1000);
    let inside = (&x * &x + &y * &y).lt(1.0);
    let array = inside.eval_on(([1000], "c:7"))?;
    assert_eq!(inside.count()?, array.count()?);
    Ok(())
}

/// Whole slices in random order, in the same one under every distribution.
pub(super) fn shuffles(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(132);
    for _ in 0..8 {
        let mut shape = draw.shape();
        if shape.is_empty() {
            shape.push(5);
        }
        let axis = draw.below(shape.len());
        let expected = crate::oracle::numbered(&shape);
        let seed = draw.below(1000) as u64;
        let order = Context::solo().random(seed).permutation(shape[axis]).eval()?.to_ndarray()?;
        let order: Vec<usize> = order.into_iter().map(|i| i as usize).collect();
        let shuffled = expected.select(ndarray::Axis(axis), &order);
        let distribution = draw.any_distribution(&shape, ctx.size());
        let mut array = ctx.from_ndarray_on(&expected, &distribution)?;
        holds(&ctx.random(seed).shuffled(&array, axis as isize)?, &shuffled)?;
        ctx.random(seed).shuffle(&mut array, axis as isize - shape.len() as isize)?;
        assert_eq!(*array.distribution(), distribution);
        holds(&array, &shuffled)?;
    }
    Ok(())
}

/// Parameters that are none.
pub(super) fn parameters(ctx: &Context) -> Result<()> {
    let mut rng = ctx.random(1);
    let check = |drawn: Expr<f64>, words: &[&str]| refused(ctx, drawn.sum(), words);
    check(rng.uniform_in(1.0..1.0, 3), &["uniform", "high = 1", "low = 1"])?;
    check(rng.uniform_in(f64::MIN..f64::MAX, 3), &["uniform", "high - low = inf"])?;
    let narrow = rng.uniform_with::<f32>(1.0, 1.0 + 1e-12, 3);
    refused(ctx, narrow.eval(), &["uniform", "high = 1.000000000001", "low = 1", "float32"])?;
    assert!(rng.uniform_with::<f64>(1.0, 1.0 + 1e-12, 3).ge(1.0).all()?);
    check(rng.normal_with(f64::NAN, 1.0, 3), &["normal", "mean = NaN"])?;
    check(rng.lognormal(0.0, -1.0, 3), &["'lognormal'", "std = -1"])?;
    check(rng.normal_with(0.0, -1.0, 3), &["normal", "std = -1"])?;
    check(rng.exponential(-0.5, 3), &["exponential", "scale = -0.5"])?;
    check(rng.gamma(-2.0, 1.0, 3), &["gamma", "shape = -2"])?;
    check(rng.beta(1.0, 0.0, 3), &["beta", "b = 0"])?;
    check(rng.laplace(0.0, -1.0, 3), &["laplace", "scale = -1"])?;
    check(rng.gumbel(f64::INFINITY, 1.0, 3), &["gumbel", "loc = inf"])?;
    check(rng.weibull(-1.0, 3), &["weibull", "a = -1"])?;
    check(rng.pareto(0.0, 3), &["pareto", "a = 0"])?;
    check(rng.triangular(0.0, 2.0, 1.0, 3), &["triangular", "mode = 2", "right = 1"])?;
    check(rng.triangular(1.0, 1.0, 1.0, 3), &["triangular", "right = 1", "left = 1"])?;
    check(rng.standard_t(0.0, 3), &["standard_t", "df = 0"])?;
    check(rng.f(1.0, f64::NAN, 3), &["'f'", "dfden = NaN"])?;
    check(rng.uniform(([3], "q")), &["q"])?;
    let check = |drawn: Expr<i64>, words: &[&str]| refused(ctx, drawn.eval(), words);
    check(rng.integers(3..3, 3), &["integers", "3..3"])?;
    check(rng.binomial(1 << 60, 0.5, 3), &["binomial", "n = 1152921504606846976", "2^53"])?;
    let odd = (1 << 53) + 1;
    check(rng.binomial(odd, 0.5, 3), &["binomial", "n = 9007199254740993", "2^53"])?;
    check(rng.binomial(9, 1.5, 3), &["binomial", "p = 1.5"])?;
    check(rng.poisson(f64::INFINITY, 3), &["poisson", "mean = inf"])?;
    check(rng.geometric(0.0, 3), &["geometric", "p = 0"])?;
    check(rng.negative_binomial(0.0, 0.5, 3), &["negative_binomial", "n = 0"])?;
    check(rng.negative_binomial(1e10, 1e-10, 3), &["negative_binomial", "(1 - p) / p", "2^52"])?;
    check(rng.multinomial(3, &[0.5, 1.5], [3, 2]), &["multinomial", "pvals[1] = 1.5"])?;
    check(rng.multinomial(3, &[0.7, 0.7, 0.0], [3, 3]), &["multinomial", "add up to 1.4"])?;
    check(rng.multinomial(3, &[], 0), &["multinomial", "no probabilities"])?;
    check(rng.multinomial(1 << 54, &[1.0], 1), &["multinomial", "n = 18014398509481984"])?;
    check(rng.multinomial(3, &[0.5, 0.5], 3), &["multinomial", "[3]", "2 outcomes"])?;
    check(rng.choice(0, 3), &["choice", "n = 0"])?;
    check(rng.choice_distinct(2, 3), &["choice_distinct", "3", "2"])?;
    check(rng.choice_weighted(&[1.0, -1.0], 3), &["choice", "weights[1] = -1"])?;
    check(rng.choice_weighted(&[0.0], 3), &["choice", "weight"])?;
    check(rng.choice_weighted_distinct(&[1.0, 0.0], 2), &["choice", "2", "1"])?;
    refused(ctx, rng.bernoulli(-0.1, 3).count(), &["bernoulli", "p = -0.1"])?;
    let array = ctx.zeros::<f64>([3, 2])?;
    refused(ctx, rng.shuffled(&array, 2), &["shuffled", "axis 2", "2 axes"])
}
