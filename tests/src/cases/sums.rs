//! Sums that are exact, and what is made of them.

use distarray::prelude::*;
use ndarray::{ArrayD, IxDyn};

use super::reductions::{along, variance};
use crate::draw::Draw;
use crate::oracle::{exact_sum, holds, random};

/// Stable where the squares' sum would not be; with degrees of freedom taken away.
pub(super) fn moments(ctx: &Context) -> Result<()> {
    let n = 10_001;
    for dists in ["b", "c", "c:7"] {
        let a = (ctx.arange_on(0.0_f64, 1.0, ([n], dists))? + 1e9).eval()?;
        let expected = ((n * n - 1) as f64) / 12.0;
        assert!((a.var()? / expected - 1.0).abs() < 1e-12);
        let unbiased = expected * n as f64 / (n - 1) as f64;
        assert!((a.var_ddof(1)? / unbiased - 1.0).abs() < 1e-12);
        assert!((a.std_ddof(1)? - unbiased.sqrt()).abs() < 1e-8);
        assert_eq!(a.mean()?, 1e9 + 5000.0);
        assert!(a.var_ddof(n)?.is_nan());
        // What a plain sum loses.
        let b = a.map(|x: f64| if x == 1e9 { 1e16_f64 } else { 1.0 });
        assert!((b.sum()? / (1e16 + 10_000.0) - 1.0).abs() < 1e-15);
    }
    Ok(())
}

/// Variances along axes and of elements of which some do not count: deviations of a thousandth around other means of
/// up to 2e9 for each result, within 1e-12 of those of the deviations alone, and the same bits on one rank.
pub(super) fn variances(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(81);
    for _ in 0..15 {
        let shape = draw.shape();
        let axes: Vec<usize> = (0..shape.len()).filter(|_| draw.once_in(2)).collect();
        let given: Vec<isize> = axes.iter().map(|&axis| axis as isize).collect();
        let kept: Vec<usize> = (0..shape.len()).filter(|axis| !axes.contains(axis)).collect();
        let mean = |at: &[usize]| {
            1e9 * (kept.iter().map(|&axis| at[axis]).sum::<usize>() % 4) as f64 - 1e9
        };
        let of = |at: &IxDyn| mean(ndarray::Dimension::slice(at));
        let mut x = random(&mut draw, &shape).mapv(|v| v * 1e-3);
        x.indexed_iter_mut().for_each(|(at, v)| *v += of(&at));
        let mut apart = x.clone();
        apart.indexed_iter_mut().for_each(|(at, v)| *v -= of(&at));
        let counts = ArrayD::from_shape_fn(IxDyn(&shape), |_| !draw.once_in(4));
        // What does not count is large, or no number.
        let with = |value: f64, of: &ArrayD<f64>| {
            let mut of = of.clone();
            of.zip_mut_with(&counts, |v, &counts| *v = if counts { *v } else { value });
            of
        };
        let spread = |ctx: &Context, of: &ArrayD<f64>, draw: &mut Draw| {
            ctx.from_ndarray_on(of, &draw.any_distribution(&shape, ctx.size()))
        };
        let (a, gaps) = (spread(ctx, &x, &mut draw)?, spread(ctx, &with(f64::NAN, &x), &mut draw)?);
        let filled = spread(ctx, &with(1e30, &x), &mut draw)?;
        let mask = ctx.from_ndarray_on(&counts, &draw.any_distribution(&shape, ctx.size()))?;
        let numbers =
            |line: &[f64]| line.iter().copied().filter(|v| !v.is_nan()).collect::<Vec<_>>();
        let expected = along(&apart, &axes, variance);
        let of_some = along(&with(f64::NAN, &apart), &axes, |line| variance(&numbers(line)));
        let near = |found: DistArray<f64>, expected: &ArrayD<f64>| -> Result<()> {
            let found = found.to_ndarray()?;
            assert_eq!(found.shape(), expected.shape());
            for (&found, &expected) in found.iter().zip(expected) {
                let is_near = (found - expected).abs() <= 1e-12 * expected.max(1e-12);
                assert!(is_near || found.is_nan() && expected.is_nan(), "{found} {expected}");
            }
            Ok(())
        };
        near(a.var_axes(&given)?, &expected)?;
        near(gaps.nanvar_axes(&given)?, &of_some)?;
        let masked = |mask| filled.reduce(Var(0)).mask(mask).axes(&given).eval();
        near(masked(&mask)?, &of_some)?;
        let roots = a.reduce(Std(0)).axes(&given).keepdims().eval()?.squeeze_axes(&given)?;
        near((&roots * &roots).eval()?, &expected)?;
        // The same bits, whatever stands where nothing counts.
        let one = Distribution::on_one(&shape[..], 0);
        let alone = [&a, &gaps].map(|array| array.redistribute(&one));
        let [a_alone, gaps_alone] = alone;
        let bits = |array: DistArray<f64>| array.to_ndarray().map(|array| array.mapv(f64::to_bits));
        assert_eq!(bits(a.var_axes(&given)?)?, bits(a_alone?.var_axes(&given)?)?);
        let gaps_alone = gaps_alone?;
        assert_eq!(bits(gaps.nanvar_axes(&given)?)?, bits(gaps_alone.nanvar_axes(&given)?)?);
        assert_eq!(bits(masked(&mask)?)?, bits(gaps.nanvar_axes(&given)?)?);
        assert_eq!(gaps.nanvar()?.to_bits(), gaps_alone.nanvar()?.to_bits());
        assert_eq!(filled.reduce(Var(0)).mask(&mask).eval()?.to_bits(), gaps.nanvar()?.to_bits());
        // Of the parts of complex numbers, and of integers.
        let turned = a.zip_map(&a, |x: f64, y: f64| Complex64::new(x, y / 2.0));
        near(turned.var_axes(&given)?, &expected.mapv(|v| 1.25 * v))?;
        let whole = (&a * 1e3).round(0).cast::<i64>().eval()?;
        let numbers = whole.to_ndarray()?.mapv(|v| v as f64);
        let around = along(&numbers, &axes, |line| {
            variance(&line.iter().map(|v| v - line[0]).collect::<Vec<_>>())
        });
        near(whole.var_axes(&given)?, &around)?;
        assert_eq!(whole.cast::<f32>().var_axes(&[])?.sum()?, 0.0);
    }
    let far = ctx.from_fn(([5, 3], "b,c"), |at| if at[1] == 1 { f64::INFINITY } else { 1e300 })?;
    let found = far.var_axes(&[0])?.to_ndarray()?;
    assert!(found[[1]].is_nan() && found[[0]] == 0.0 && found[[2]] == 0.0);
    assert!(far.var_axes_ddof(&[0], 5)?.isnan().all()?);
    Ok(())
}

pub(super) fn complex_numbers(ctx: &Context) -> Result<()> {
    let a = ctx.from_fn(([5], "c"), |at| Complex64::new(at[0] as f64, -1.0))?;
    assert_eq!(a.sum()?, Complex64::new(10.0, -5.0));
    assert_eq!(a.mean()?, Complex64::new(2.0, -1.0));
    assert_eq!(a.var()?, 2.0);
    let b = a.cast::<Complex32>();
    assert_eq!(b.sum()?, Complex32::new(10.0, -5.0));
    assert_eq!((b.var()?, b.count()?), (2.0_f32, 5));
    Ok(())
}

/// Numbers of both signs and of many magnitudes.
fn mixed(count: usize, powers: i32) -> Vec<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let number = |_| {
        let power = (next() % (2 * powers as u64 + 1)) as i32 - powers;
        ((next() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0) * 2.0_f64.powi(power)
    };
    (0..count).map(number).collect()
}

/// Sums are exact and rounded once: the same bits in any order and on any ranks.
pub(super) fn exact(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(53);
    for (shape, powers) in [([37, 29], 3), ([64, 40], 40), ([9, 500], 500)] {
        let line = mixed(shape[0] * shape[1], powers);
        let order = draw.permutation(line.len());
        let shuffled: Vec<f64> = order.iter().map(|&at| line[at]).collect();
        let of =
            |line: &[f64]| ArrayD::from_shape_vec(IxDyn(&shape), line.to_vec()).expect("shape");
        let (x, y) = (of(&line), of(&shuffled));
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
        let b = ctx.from_ndarray_on(&y, &draw.any_distribution(&shape, ctx.size()))?;
        let alone = ctx.from_ndarray_on(&x, &Distribution::on_one(shape, 0))?;
        let sum = exact_sum(&line);
        assert_eq!(a.sum()?.to_bits(), sum.to_bits());
        assert_eq!(b.sum()?.to_bits(), sum.to_bits());
        // What is made of sums has the same bits too.
        let both = [&a, &b].map(|a| Ok((a.mean()?, a.norm()?, a.reduce(Norm(1.0)).eval()?)));
        let [of_a, of_b]: [Result<_>; 2] = both;
        let (of_a, of_b) = (of_a?, of_b?);
        let bits = |(x, y, z): (f64, f64, f64)| [x.to_bits(), y.to_bits(), z.to_bits()];
        assert_eq!(bits(of_a), bits(of_b));
        assert_eq!(a.var()?.to_bits(), alone.var()?.to_bits());
        assert_eq!(a.nanstd()?.to_bits(), alone.nanstd()?.to_bits());
        for axes in [[0_isize], [1]] {
            let expected = along(&x, &[axes[0] as usize], exact_sum);
            holds(&a.sum_axes(&axes)?, &expected)?;
            holds(&(&a * 2.0).sum_axes(&axes)?, &expected.mapv(|sum| 2.0 * sum))?;
            assert_eq!(a.std_axes(&axes)?.to_ndarray()?, alone.std_axes(&axes)?.to_ndarray()?);
        }
    }
    let least = f64::from_bits(1);
    for (of, sum) in [
        (vec![1e308, 1e308, -1e308, 1.0], 1e308),
        (vec![1e308, 1e308], f64::INFINITY),
        (vec![least, 1.0, -1.0, least], 2.0 * least),
        (vec![-0.0, -0.0], 0.0),
        (vec![f64::NEG_INFINITY, 1e308, 1e308], f64::NEG_INFINITY),
    ] {
        let a = ctx
            .from_ndarray(&ArrayD::from_shape_vec(IxDyn(&[of.len()]), of).expect("a line"), "c")?;
        assert_eq!(a.sum()?.to_bits(), sum.to_bits(), "{}", a.display()?);
    }
    let infinite =
        ctx.from_fn(40, |at| if at[0] % 2 == 0 { f64::INFINITY } else { -f64::INFINITY })?;
    assert!(infinite.sum()?.is_nan() && infinite.mean()?.is_nan());
    let singles = ctx.from_fn(1000, |at| if at[0] == 0 { 1.0_f32 } else { 3e-8 })?;
    let expected = exact_sum(&[&[1.0][..], &[f64::from(3e-8_f32); 999]].concat()) as f32;
    assert_eq!(singles.sum()?, expected);
    Ok(())
}
