//! Reductions against `ndarray`.

use distarray::array::reduction::{
    All, Argmax, Argmin, Count, Max, Mean, Min, Norm, Prod, Std, Sum, Var,
};
use distarray::prelude::*;
use ndarray::{ArrayD, Axis, IxDyn};

use super::errors::refused;
use crate::draw::Draw;
use crate::oracle::{close, exact_sum, holds, numbered, random};

/// Folds an array over some axes, one line of elements at a time.
fn along<R: Clone>(
    elements: &ArrayD<f64>,
    axes: &[usize],
    fold: impl Fn(&[f64]) -> R,
) -> ArrayD<R> {
    let kept: Vec<usize> = (0..elements.ndim()).filter(|axis| !axes.contains(axis)).collect();
    let shape: Vec<usize> = kept.iter().map(|&axis| elements.shape()[axis]).collect();
    ArrayD::from_shape_fn(IxDyn(&shape), |at| {
        let mut line = elements.view();
        for (i, &axis) in kept.iter().enumerate() {
            line.collapse_axis(Axis(axis), at[i]);
        }
        fold(&line.iter().copied().collect::<Vec<_>>())
    })
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

fn variance(of: &[f64]) -> f64 {
    mean(&of.iter().map(|x| (x - mean(of)).powi(2)).collect::<Vec<_>>())
}

fn all_close(found: &DistArray<f64>, expected: &ArrayD<f64>) -> Result<()> {
    let found = found.to_ndarray()?;
    assert_eq!(found.shape(), expected.shape());
    let differ = found.iter().zip(expected).find(|&(&a, &b)| !close(a, b));
    assert_eq!(differ, None);
    Ok(())
}

pub(super) fn over_all(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(51);
    for _ in 0..30 {
        let shape = draw.shape();
        let x = random(&mut draw, &shape);
        let a = ctx.from_ndarray_on(&x, &draw.distribution(&shape, ctx.size()))?;
        let line: Vec<f64> = x.iter().copied().collect();
        assert_eq!(a.sum()?, x.sum(), "few bits: exact in any order");
        assert!(close(a.mean()?, mean(&line)));
        assert!(close(a.var()?, variance(&line)));
        assert!(close(a.std()?, variance(&line).sqrt()));
        assert_eq!(a.gt(0.0).count()?, line.iter().filter(|&&v| v > 0.0).count() as u64);
        assert_eq!(a.any()?, line.iter().any(|&v| v != 0.0));
        assert_eq!(a.all()?, line.iter().all(|&v| v != 0.0));
        if !line.is_empty() {
            assert_eq!(a.min()?, line.iter().copied().fold(f64::INFINITY, f64::min));
            assert_eq!(a.max()?, line.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        }
    }
    Ok(())
}

pub(super) fn over_some(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(52);
    for _ in 0..60 {
        let shape = draw.shape();
        let x = random(&mut draw, &shape);
        let a = ctx.from_ndarray_on(&x, &draw.distribution(&shape, ctx.size()))?;
        let axes: Vec<usize> = (0..shape.len()).filter(|_| draw.once_in(2)).collect();
        let negative = draw.once_in(2);
        let given: Vec<isize> = axes
            .iter()
            .rev()
            .map(|&axis| axis as isize - if negative { shape.len() as isize } else { 0 })
            .collect();
        let reduced = match axes.len() == shape.len() {
            true => Distribution::replicated([0_usize; 0], ctx.size())?,
            false => a.distribution().reduce(&axes)?,
        };
        let sums = a.sum_axes(&given)?;
        assert_eq!(sums.distribution(), &reduced);
        holds(&sums, &along(&x, &axes, |line| line.iter().sum()))?;
        all_close(&a.mean_axes(&given)?, &along(&x, &axes, mean))?;
        all_close(&a.var_axes(&given)?, &along(&x, &axes, variance))?;
        all_close(&a.std_axes(&given)?, &along(&x, &axes, |line| variance(line).sqrt()))?;
        let positive = along(&x, &axes, |line| line.iter().filter(|&&v| v > 0.0).count() as u64);
        holds(&a.gt(0.0).count_axes(&given)?, &positive)?;
        holds(&a.any_axes(&given)?, &along(&x, &axes, |line| line.iter().any(|&v| v != 0.0)))?;
        holds(&a.all_axes(&given)?, &along(&x, &axes, |line| line.iter().all(|&v| v != 0.0)))?;
        if axes.iter().all(|&axis| shape[axis] > 0) {
            let least = along(&x, &axes, |line| line.iter().copied().fold(f64::INFINITY, f64::min));
            holds(&a.min_axes(&given)?, &least)?;
            let most = along(&x, &axes, |l| l.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            holds(&a.max_axes(&given)?, &most)?;
        }
        // An expression of two distributions is reduced as it is evaluated.
        let b = ctx.from_ndarray_on(&x, &draw.distribution(&shape, ctx.size()))?;
        holds(&(&a + &b).sum_axes(&given)?, &along(&x, &axes, |l| 2.0 * l.iter().sum::<f64>()))?;
    }
    Ok(())
}

pub(super) fn integers(ctx: &Context) -> Result<()> {
    let a = ctx.full(100_i8, ([40], "c:3"))?;
    assert_eq!((a.sum()?, a.mean()?, a.std()?), (4000_i64, 100.0, 0.0));
    let b = ctx.full(u8::MAX, [3, 7])?;
    assert_eq!(b.sum()?, 255 * 21);
    assert_eq!(b.sum_axes(&[0])?.get(&[6])?, 765_u64);
    assert_eq!(ctx.full(true, 9)?.sum()?, 9_i64);
    let most = ctx.full(i64::MAX, 2)?;
    assert_eq!(most.sum()?, -2, "64 bits wrap");
    assert_eq!(most.mean()?, i64::MAX as f64);
    let numbers = numbered(&[6, 5]);
    let n = ctx.from_ndarray(&numbers, "b,c")?;
    holds(&n.sum_axes(&[1])?, &numbers.sum_axis(Axis(1)))?;
    holds(&n.max_axes(&[0])?, &numbers.index_axis(Axis(0), 5).to_owned())
}

pub(super) fn extremes(ctx: &Context) -> Result<()> {
    let mut a = ctx.linspace(-1.0, 1.0, ([50], "c"))?;
    assert_eq!((a.min()?, a.max()?), (-1.0, 1.0));
    a.set(&[17], f64::NAN)?;
    assert!(a.min()?.is_nan() && a.max()?.is_nan() && a.sum()?.is_nan() && a.std()?.is_nan());
    a.set(&[17], f64::INFINITY)?;
    assert_eq!((a.max()?, a.sum()?, a.mean()?), (f64::INFINITY, f64::INFINITY, f64::INFINITY));
    let bools = ctx.from_fn(7, |at| at[0] == 3)?;
    assert_eq!((bools.min()?, bools.max()?), (false, true));
    assert_eq!(ctx.full(i16::MIN, 3)?.max()?, i16::MIN);
    Ok(())
}

pub(super) fn truth(ctx: &Context) -> Result<()> {
    let a = ctx.from_fn(([9, 4], "c,b"), |at| at[0] == 5 && at[1] == 2)?;
    assert_eq!((a.any()?, a.all()?, a.count()?), (true, false, 1));
    assert_eq!(a.any_axes(&[1])?.count()?, 1);
    assert!(!ctx.zeros::<f32>(3)?.any()? && ctx.ones::<f32>(3)?.all()?);
    assert!(ctx.full(f64::NAN, 3)?.all()?, "NaN is not zero");
    Ok(())
}

pub(super) fn empty(ctx: &Context) -> Result<()> {
    let none = ctx.zeros::<f64>([0, 3])?;
    assert_eq!((none.sum()?, none.count()?, none.any()?, none.all()?), (0.0, 0, false, true));
    assert!(none.mean()?.is_nan() && none.var()?.is_nan());
    assert!(none.min().is_err() && none.max_axes(&[0]).is_err());
    assert_eq!(none.max_axes(&[1])?.shape(), [0]);
    assert_eq!(none.sum_axes(&[0])?.to_ndarray()?, ArrayD::zeros(IxDyn(&[3])));
    // Fewer elements than ranks: some have none.
    assert_eq!(ctx.ones::<f64>(([2, 1], "c,c"))?.min()?, 1.0);
    assert_eq!(ctx.full(5.0_f64, Distribution::on_one([], ctx.size() - 1))?.var()?, 0.0);
    Ok(())
}

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

/// The arrays lie on few of the ranks, and on different ones.
pub(super) fn on_some_ranks(ctx: &Context) -> Result<()> {
    let size = ctx.size();
    for rank in 0..size {
        let next = (rank + 1) % size;
        let x = numbered(&[4, 3]);
        let a = ctx.from_ndarray_on(&x, &Distribution::on_one([4, 3], rank))?;
        let row = Distribution::builder([3]).ranks([next]).build(size)?;
        let b = ctx.arange_on(0_i64, 1, &row)?;
        let point = ctx.full(2_i64, Distribution::on_one([], next))?;
        assert_eq!((&a + &b * &point).sum()?, 66 + 4 * 2 * 3);
        assert_eq!((&point * &a).max_axes(&[0])?.to_ndarray()?.as_slice(), Some(&[18, 20, 22][..]));
        let none = a.sum_axes(&[])?;
        holds(&none, &x)?;
        assert_eq!(point.mean()?, 2.0);
        let sum = point.sum_axes(&[])?;
        assert_eq!((sum.ndim(), sum.get(&[])?), (0, 2));
        let total = a.sum_axes(&[0, 1])?;
        assert_eq!(total.get(&[])?, 66);
        assert_eq!((&total + &point).eval()?.get(&[])?, 68);
    }
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

/// Products, norms, ranges, and places: the first in C order, whatever the distribution.
pub(super) fn further(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(54);
    for _ in 0..20 {
        let shape = draw.shape();
        let x = random(&mut draw, &shape).mapv(|v| (v / 4.0).round());
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
        let line: Vec<f64> = x.iter().copied().collect();
        assert!(close(a.prod()?, line.iter().product()));
        assert!(close(a.norm()?, line.iter().map(|v| v * v).sum::<f64>().sqrt()));
        assert_eq!(a.reduce(Norm(0.0)).eval()?, line.iter().filter(|&&v| v != 0.0).count() as f64);
        assert!(close(
            a.reduce(Norm(3.0)).eval()?,
            line.iter().map(|v| v.abs().powi(3)).sum::<f64>().cbrt()
        ));
        let axes: Vec<usize> = (0..shape.len()).filter(|_| draw.once_in(2)).collect();
        let given: Vec<isize> = axes.iter().map(|&axis| axis as isize).collect();
        if line.is_empty() {
            continue;
        }
        let first = |line: &[f64], before: fn(f64, f64) -> bool| {
            let better =
                |best: usize, at: usize| if before(line[at], line[best]) { at } else { best };
            (0..line.len()).reduce(better).expect("elements") as i64
        };
        let (least, most) =
            (|l: &[f64]| first(l, |a, b| a < b), |l: &[f64]| first(l, |a, b| a > b));
        assert_eq!((a.argmin()?, a.argmax()?), (least(&line), most(&line)));
        holds(&a.argmin_axes(&given)?, &along(&x, &axes, least))?;
        holds(&(&a * 1.0).argmax_axes(&given)?, &along(&x, &axes, most))?;
        let range = |l: &[f64]| {
            l.iter().copied().fold(f64::MIN, f64::max) - l.iter().copied().fold(f64::MAX, f64::min)
        };
        assert_eq!(a.ptp()?, range(&line));
        holds(&a.ptp_axes(&given)?, &along(&x, &axes, range))?;
    }
    let bytes = ctx.from_fn(([300], "c"), |at| (at[0] % 200) as u8)?;
    assert_eq!((bytes.argmax()?, bytes.argmin()?, bytes.ptp()?), (199, 0, 199));
    assert_eq!(ctx.full(3_i8, 30)?.prod()?, 3_i64.pow(30));
    assert_eq!(ctx.full(Complex64::new(0.0, 2.0), 3)?.prod()?, Complex64::new(0.0, -8.0));
    assert_eq!(ctx.full(Complex32::new(3.0, 4.0), 4)?.norm()?, 10.0_f32);
    Ok(())
}

/// NaNs left out, masks, initial values, kept axes, and the type to accumulate in.
pub(super) fn options(ctx: &Context) -> Result<()> {
    let a = ctx.from_fn(([6, 5], "c,b"), |at| match (at[0] + at[1]) % 3 {
        0 => f64::NAN,
        _ => (5 * at[0] + at[1]) as f64,
    })?;
    let x = a.to_ndarray()?;
    let numbers = |line: &[f64]| line.iter().copied().filter(|v| !v.is_nan()).collect::<Vec<_>>();
    let line = numbers(x.as_slice().expect("C order"));
    assert!(a.sum()?.is_nan() && a.min()?.is_nan() && a.prod()?.is_nan() && a.norm()?.is_nan());
    assert_eq!((a.argmin()?, a.argmax()?), (0, 0), "NaN is first");
    assert_eq!((a.nansum()?, a.nanmin()?, a.nanmax()?), (line.iter().sum(), 1.0, 28.0));
    assert_eq!((a.nanargmin()?, a.nanargmax()?), (1, 28));
    assert!(close(a.nanmean()?, mean(&line)) && close(a.nanvar()?, variance(&line)));
    assert!(close(a.nanprod()?, line.iter().product()));
    for axis in [0, 1] {
        let some = |fold: fn(&[f64]) -> f64| along(&x, &[axis], |line| fold(&numbers(line)));
        let axes = [axis as isize];
        all_close(&a.nanmean_axes(&axes)?, &some(mean))?;
        all_close(&a.nanstd_axes(&axes)?, &some(|line| variance(line).sqrt()))?;
        holds(&a.nanmax_axes(&axes)?, &some(|l| l.iter().copied().fold(f64::MIN, f64::max)))?;
    }
    let nothing = ctx.full(f64::NAN, 7)?;
    assert!(nothing.nanmin()?.is_nan() && nothing.nanmean()?.is_nan() && nothing.nansum()? == 0.0);
    refused(ctx, nothing.nanargmax(), &["argmax", "NaN"])?;
    refused(ctx, ctx.full(f64::NAN, [7, 3])?.nanargmin_axes(&[0]), &["argmin", "NaN"])?;

    let n = ctx.arange_on(0_i32, 1, ([20], "c:3"))?;
    let odd = n.map(|x: i32| x % 2 == 1);
    assert_eq!(n.reduce(Sum).mask(&odd).eval()?, 100);
    assert_eq!(n.reduce(Mean).mask(&odd).eval()?, 10.0);
    assert_eq!(n.reduce(Var(0)).mask(&odd).eval()?, 33.0);
    assert_eq!(n.reduce(Max).mask(&n.lt(5)).initial(-1).eval()?, 4);
    assert_eq!(n.reduce(Sum).initial(1000).eval()?, 1190);
    assert_eq!(n.reduce(Min).initial(-7).eval()?, -7);
    assert_eq!(ctx.zeros::<f64>(0)?.reduce(Max).initial(2.5).eval()?, 2.5);
    assert!(n.reduce(All).mask(&n.gt(0)).keepdims().eval()?.get(&[0])?);
    assert_eq!(ctx.full(1000_i32, 8)?.reduce(Prod).dtype::<f64>().eval()?, 1e24);
    let m = ctx.from_ndarray(&numbered(&[4, 6]), "b,c")?;
    let kept = m.reduce(Sum).axes(&[1]).keepdims().eval()?;
    assert_eq!(kept.shape(), [4, 1]);
    let apart = (&m * 6 - &kept).eval()?;
    assert_eq!(apart.sum_axes(&[1])?.to_ndarray()?, ArrayD::zeros(IxDyn(&[4])));
    assert_eq!(m.reduce(Std(0)).axes(&[0]).keepdims().eval()?.shape(), [1, 6]);

    refused(ctx, n.reduce(Max).mask(&odd).eval(), &["max", "mask", "initial"])?;
    refused(ctx, n.reduce(Argmin).mask(&odd).eval(), &["argmin", "mask"])?;
    refused(ctx, n.reduce(Mean).initial(1).eval(), &["mean", "initial"])?;
    let other = ctx.full(true, 3)?;
    refused(ctx, n.reduce(Sum).mask(&other).eval(), &["sum", "[3]", "[20]"])
}

/// Several together: what each gives alone.
pub(super) fn together(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(55);
    let shape = [23, 7];
    let x = random(&mut draw, &shape);
    let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
    let n = ctx.arange_on(0_u16, 1, ([31], "c"))?;
    let far = (&a + 1e9).eval()?;
    let (sum, mean, std, most, rows, place, count, shifted) = ctx.reduce((
        a.reduce(Sum),
        a.reduce(Mean),
        a.reduce(Std(1)),
        n.reduce(Max),
        a.reduce(Min).axes(&[0]),
        (&a * 2.0).reduce(Argmax),
        a.gt(0.0).reduce(Count),
        far.reduce(Var(0)),
    ))?;
    assert_eq!((sum, mean, std), (a.sum()?, a.mean()?, a.std_ddof(1)?));
    assert_eq!((most, place, count), (30, a.argmax()?, a.gt(0.0).count()?));
    assert_eq!(rows.to_ndarray()?, a.min_axes(&[0])?.to_ndarray()?);
    assert!((shifted / a.var()? - 1.0).abs() < 1e-6);
    // What is folded once for several gives each what it gives alone.
    let (f, scaled) = (a.astype::<f32>()?.eval()?, &a * 3.0);
    let (mean, var, sum, more, again, std) = ctx.reduce((
        f.reduce(Mean),
        f.reduce(Var(0)),
        f.reduce(Sum),
        f.reduce(Sum).initial(2.5),
        scaled.reduce(Mean),
        (&a * 3.0).reduce(Std(0)),
    ))?;
    assert_eq!((mean, var, sum), (f.mean()?, f.var()?, f.sum()?));
    assert_eq!((more, again), (f.reduce(Sum).initial(2.5).eval()?, scaled.mean()?));
    assert_eq!(std, (&a * 3.0).std()?);
    let (mean, var) = ctx.reduce((n.reduce(Mean), n.reduce(Var(0))))?;
    assert_eq!((mean, var), (15.0, n.var()?));
    // The first element lies far from all others: a second pass finds them.
    let outlier = ctx.from_fn(1000, |at| if at[0] == 0 { 1e12 } else { (at[0] % 2) as f64 })?;
    let expected = variance(outlier.to_ndarray()?.as_slice().expect("C order"));
    assert!((outlier.var()? / expected - 1.0).abs() < 1e-12);
    let rest = outlier.slice(ndarray::s![1..])?;
    assert!((rest.var()? - 0.25).abs() < 1e-6);
    let wrong = ctx.split(Some(0), ctx.rank())?.expect("every rank joins");
    let b = wrong.ones::<f64>(3)?;
    refused(ctx, ctx.reduce((a.reduce(Sum), b.reduce(Sum))), &["context"])
}
