//! Random elements whose parameters are arrays: those that the scalars of their places give.

use std::ops::Bound;

use distarray::array::Generator;
use distarray::prelude::*;
use distarray::{Bits, Real};
use ndarray::ArrayD;

use super::errors::refused;
use crate::draw::Draw;
use crate::oracle::holds;

/// Asserts that a law of two parameters that are arrays gives each element as the scalars of its place would, under
/// any distribution of all of them.
fn same_by<T: Element>(
    ctx: &Context,
    draw: &mut Draw,
    drawn: impl Fn(&mut Generator, &[usize], Expr<f64>, Expr<f64>) -> Expr<T>,
) -> Result<()> {
    let shape = draw.shape();
    let seed = draw.below(1000) as u64;
    let values = [[0.2, 0.7], [0.8, 0.9]];
    let solo = Context::solo();
    let scalar = |value: f64| Ok::<_, Error>(solo.full(value, [])?.to_expr());
    let mut by_scalars = Vec::new();
    for (a, b) in values[0].iter().flat_map(|&a| values[1].map(|b| (a, b))) {
        let made = drawn(&mut solo.random(seed), &shape, scalar(a)?, scalar(b)?);
        by_scalars.push(made.eval()?.to_ndarray()?);
    }
    // Which of its values each parameter has; it is stretched along some axes, or does not have the first ones.
    let mut choices = Vec::new();
    let mut arrays = Vec::new();
    for of in values {
        let missing = draw.below(shape.len() + 1);
        let own: Vec<usize> = shape[missing..]
            .iter()
            .map(|&extent| if draw.once_in(3) { 1 } else { extent })
            .collect();
        let choice = ArrayD::from_shape_simple_fn(own.clone(), || draw.below(2));
        let distribution = draw.any_distribution(&own, ctx.size());
        arrays.push(ctx.from_ndarray_on(&choice.mapv(|i| of[i]), &distribution)?.to_expr());
        choices.push(choice.broadcast(shape.clone()).expect("it broadcasts").to_owned());
    }
    let expected = ArrayD::from_shape_fn(shape.clone(), |at| {
        by_scalars[2 * choices[0][&at] + choices[1][&at]][&at]
    });
    let [a, b] = [arrays[0].clone(), arrays[1].clone()];
    let made = drawn(&mut ctx.random(seed), &shape, a, b);
    holds(&made.eval()?, &expected)?;
    holds(&made.eval_on(draw.any_distribution(&shape, ctx.size()))?, &expected)?;
    let rows = shape.first().map_or(0, |&extent| draw.below(extent + 1));
    if !shape.is_empty() {
        let some = expected.slice_axis(ndarray::Axis(0), (0..rows).into()).to_owned();
        holds(&made.eval_rows(0..rows)?, &some)?;
    }
    Ok(())
}

/// Every law and type that has parameters.
pub(super) fn laws(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(133);
    let counts = |a: Expr<f64>| (a * 100.0).cast::<u64>();
    for _ in 0..3 {
        same_by(ctx, &mut draw, |rng, s, a, b| rng.uniform_with::<f64>(a, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.uniform_with::<f32>(a, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.uniform_in(a..b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.uniform_in(a.cast::<f32>()..b.cast(), s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.normal_with::<f64>(a, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.normal_with::<f32>(a, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.lognormal::<f64>(a, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.exponential::<f64>(a * b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.gamma::<f64>(a * 3.0, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.beta::<f32>(a, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.laplace::<f64>(a, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.cauchy::<f32>(a, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.weibull::<f64>(a * b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.triangular::<f64>(0.0, a, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.standard_t::<f64>(a * b * 9.0, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.f::<f64>(a * 5.0, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.geometric(a * b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.negative_binomial(a * 9.0, b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.bernoulli(a * b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.binomial(counts(a), b, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.poisson(a * b * 30.0, s))?;
        let bytes = |a: Expr<f64>| (a * 200.0 - 150.0).cast::<i8>();
        same_by(ctx, &mut draw, |rng, s, a, b| rng.integers(bytes(a)..=bytes(b), s))?;
        same_by(ctx, &mut draw, |rng, s, a, _| rng.integers(bytes(a).., s))?;
        let halves = |a: Expr<f64>| (a * 65535.0).cast::<u16>();
        same_by(ctx, &mut draw, |rng, s, a, _| rng.integers(..halves(a), s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.integers(halves(a)..halves(b), s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| {
            rng.integers_with(-7, (a * b * 9.0).cast::<i32>(), s)
        })?;
        same_by(ctx, &mut draw, |rng, s, a, b| rng.integers(counts(a)..=counts(b) << 57, s))?;
        same_by(ctx, &mut draw, |rng, s, a, b| {
            let [low, high] = [a * -1e18, b * 1e18].map(|end| end.cast::<i64>());
            rng.integers((Bound::Excluded(low), Bound::Excluded(high)), s)
        })?;
    }
    // The scalar itself gives these bits too.
    let means = ctx.full(4.0, [5, 7])?;
    let (by_array, by_scalar) =
        (ctx.random(3).poisson(&means, [5, 7]), ctx.random(3).poisson(4.0, [5, 7]));
    assert!(by_array.eq(&by_scalar).all()?);
    let by_array = ctx.random(3).normal_with::<f64>(&means, 0.5, [5, 7]);
    assert!(by_array.eq(ctx.random(3).normal_with(4.0, 0.5, [5, 7])).all()?);
    let means = means.cast::<f32>().eval()?;
    let by_array = ctx.random(3).uniform_in(&means..&(&means * 2.0).eval()?, [5, 7]);
    assert!(by_array.eq(ctx.random(3).uniform_in(4.0..8.0, [5, 7])).all()?);
    Ok(())
}

/// Ends of ranges of every type of integers.
pub(super) fn integers(ctx: &Context) -> Result<()> {
    between(ctx, [0_u8, 1, 255])?;
    between(ctx, [i8::MIN, -1, i8::MAX])?;
    between(ctx, [0, 77, u16::MAX])?;
    between(ctx, [i16::MIN, 3, i16::MAX])?;
    between(ctx, [0, 5, u32::MAX])?;
    between(ctx, [i32::MIN, 0, i32::MAX])?;
    between(ctx, [0, 1 << 63, u64::MAX])?;
    between(ctx, [i64::MIN, 1 << 40, i64::MAX])
}

/// Ranges between any of some ends, which arrays hold, have the bits of those between scalars.
fn between<T: Bits + Real>(ctx: &Context, ends: [T; 3]) -> Result<()> {
    let shape = [3, 11];
    let [least, .., greatest] = ends;
    for (low, high) in ends.iter().flat_map(|&low| ends.map(|high| (low, high))) {
        let [lows, highs] = [ctx.full(low, 11)?, ctx.full(high, [3, 1])?];
        let same = |by_array: Expr<T>, by_scalar: Expr<T>| {
            holds(&by_array.eval()?, &by_scalar.eval()?.to_ndarray()?)
        };
        let rng = || ctx.random(8);
        if low <= high {
            let by_scalar = || rng().integers(low..=high, shape);
            let [from, to] = [Bound::Included(low), Bound::Included(high)];
            same(
                rng().integers((Bound::Included(&lows), Bound::Included(&highs)), shape),
                by_scalar(),
            )?;
            same(rng().integers((Bound::Included(&lows), to), shape), by_scalar())?;
            same(rng().integers((from, Bound::Included(&highs)), shape), by_scalar())?;
            same(rng().integers(..=&highs, shape), rng().integers(least..=high, shape))?;
            same(rng().integers(&lows.., shape), rng().integers(low..=greatest, shape))?;
        }
        if low < high {
            let by_scalar = || rng().integers(low..high, shape);
            same(rng().integers_with(&lows, &highs, shape), by_scalar())?;
            same(rng().integers_with(low, &highs, shape), by_scalar())?;
            same(rng().integers_with(&lows, high, shape), by_scalar())?;
            same(rng().integers_with(low, high, shape), by_scalar())?;
            let from = Bound::Excluded(&lows);
            let above = rng().integers((Bound::Excluded(low), Bound::Included(high)), shape);
            same(rng().integers((from, Bound::Included(high)), shape), above)?;
        } else {
            let words = ["'integers'", "is empty"];
            refused(ctx, rng().integers_with(low, high, shape).eval(), &words)?;
            let words = ["'integers'", "is empty", "at index [0, 0]"];
            refused(ctx, rng().integers_with(&lows, high, shape).eval(), &words)?;
        }
    }
    Ok(())
}

/// Asserts that trials of which arrays tell how many have the elements that the scalars would give.
fn experiments(ctx: &Context, draw: &mut Draw) -> Result<()> {
    let experiments = draw.shape();
    let shape = [&experiments[..], &[3]].concat();
    let (seed, values, chances) = (draw.below(1000) as u64, [0, 9, 80], [0.2, 0.5, 0.3]);
    let solo = Context::solo();
    let by_scalar = |n| solo.random(seed).multinomial(n, &chances, &shape[..]).eval()?.to_ndarray();
    let by_scalars = [by_scalar(0)?, by_scalar(9)?, by_scalar(80)?];
    let mut own = experiments[draw.below(experiments.len() + 1)..].to_vec();
    own.iter_mut().for_each(|extent| *extent = if draw.once_in(3) { 1 } else { *extent });
    own.push(1);
    let choice = ArrayD::from_shape_simple_fn(own.clone(), || draw.below(3));
    let distribution = draw.any_distribution(&own, ctx.size());
    let trials = ctx.from_ndarray_on(&choice.mapv(|i| values[i]), &distribution)?;
    let choice = choice.broadcast(shape.clone()).expect("it broadcasts");
    let expected = ArrayD::from_shape_fn(shape.clone(), |at| by_scalars[choice[&at]][&at]);
    let made = ctx.random(seed).multinomial(&trials, &chances, &shape[..]);
    holds(&made.eval()?, &expected)?;
    holds(&made.eval_on(draw.any_distribution(&shape, ctx.size()))?, &expected)
}

/// Numbers of trials with several outcomes.
pub(super) fn trials(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(134);
    for _ in 0..6 {
        experiments(ctx, &mut draw)?;
    }
    let by_array = ctx.random(3).multinomial(ctx.full(90, [5, 1])?, &[0.1, 0.4, 0.5], [5, 3]);
    assert!(by_array.eq(ctx.random(3).multinomial(90, &[0.1, 0.4, 0.5], [5, 3])).all()?);
    Ok(())
}

/// Elements of arrays that are no parameters, and arrays that do not fit.
pub(super) fn parameters(ctx: &Context) -> Result<()> {
    let mut rng = ctx.random(1);
    let scales = ctx.arange(-1.0, 3.0, 1.0)?;
    for nan in [
        rng.normal_with::<f64>(0.0, &scales, 4),
        rng.lognormal(&scales, &scales, 4),
        rng.exponential(&scales, 4),
        rng.gamma(&scales, 1.0, 4),
        rng.gamma(1.0, &scales, 4),
        rng.uniform_with(-0.5, &scales, 4),
        rng.uniform_in(ctx.full(-0.5, 1)?..scales.clone(), 4),
    ] {
        assert_eq!(
            nan.isnan().eval()?.to_ndarray()?.into_raw_vec_and_offset().0,
            [true, false, false, false]
        );
    }
    // Ends that round to one number, of which there is no range.
    let ends = 1.0 + &scales * 1e-12;
    assert!(rng.uniform_with::<f32>(1.0, &ends, [2, 4]).isnan().all()?);
    assert_eq!(rng.uniform_with::<f64>(1.0, &ends, 4).isnan().count()?, 2);
    let not_one = scales.sqrt() * 0.0 + 1.0 / (&scales * 0.0);
    assert!(rng.normal_with::<f32>(&not_one, 1.0, [2, 4]).isnan().all()?);
    assert!(rng.beta::<f64>(&not_one, &not_one, [2, 4]).isnan().all()?);
    let check = |drawn: Expr<i64>, words: &[&str]| refused(ctx, drawn.eval(), words);
    check(rng.poisson(&scales, [2, 4]), &["poisson", "mean = -1", "2^52", "at index [0, 0]"])?;
    check(rng.binomial(3, &scales, 4), &["binomial", "p = -1", "at index [0]"])?;
    let trials = ctx.arange(0, 4_u64, 1)? << 60;
    check(rng.binomial(&trials, 0.5, 4), &["'binomial': n is more than 2^53", "at index [1]"])?;
    check(
        rng.integers(ctx.full(-1, 4)?..scales.cast().eval()?, [2, 4]),
        &["'integers'", "range -1..-1 is empty", "at index [0, 0]"],
    )?;
    check(
        rng.integers_with(1, scales.cast::<i64>(), 4),
        &["range 1..-1 is empty", "at index [0]"],
    )?;
    check(
        rng.integers_with(-1, scales.cast::<i64>(), [2, 3]),
        &["'integers': high of shape [4]", "[2, 3]"],
    )?;
    check(rng.integers(Context::solo().zeros(4)?.., 4), &["different contexts"])?;
    let table = &trials.eval()?.reshape([4, 1])?;
    check(
        rng.multinomial(table, &[0.5, 0.5], [4, 2]),
        &["'multinomial': n = 1152921504606846976, not", "2^53", "at index [1, 0]"],
    )?;
    check(rng.multinomial(table, &[0.5, 0.5], [4, 3]), &["multinomial", "[4, 3]", "2 outcomes"])?;
    check(
        rng.multinomial(table, &[0.5, 0.5], [3, 2]),
        &["'multinomial': n of shape [4, 1]", "[3, 2]"],
    )?;
    check(rng.multinomial(&trials, &[0.25; 4], [2, 4]), &["n of shape [4]", "an experiment"])?;
    let chances = rng.bernoulli(&scales, 4);
    refused(ctx, chances.count(), &["bernoulli", "p = -1", "at index [0]"])?;
    // Nothing is written where an assignment fails.
    let mut target = ctx.full(7_i64, [2, 4])?;
    refused(ctx, target.assign(rng.poisson(&scales, [2, 4])), &["poisson"])?;
    assert!(target.eq(7).all()?);
    // Scalars beside arrays are checked as they are alone, shapes before anything.
    let check = |drawn: Expr<f64>, words: &[&str]| refused(ctx, drawn.sum(), words);
    check(rng.normal_with(&scales, -1.0, 4), &["normal", "std = -1"])?;
    check(rng.gamma(&scales, 1.0, [4, 2]), &["gamma", "shape of shape [4]", "[4, 2]"])?;
    check(rng.gamma(1.0, &scales, 1), &["gamma", "scale of shape [4]", "[1]"])?;
    check(rng.exponential(Context::solo().zeros(4)?, 4), &["different contexts"])
}
