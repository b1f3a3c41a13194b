//! Sums that are exact, and what is made of them.

use distarray::prelude::*;
use ndarray::{ArrayD, IxDyn};

use super::reductions::along;
use crate::draw::Draw;
use crate::oracle::{exact_sum, holds};

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
