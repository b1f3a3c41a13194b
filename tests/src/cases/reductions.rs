//! Reductions against `ndarray`.

use distarray::prelude::*;
use ndarray::{ArrayD, Axis, IxDyn};

use crate::draw::Draw;
use crate::oracle::{close, holds, numbered, random};

/// Folds an array over some axes, one line of elements at a time.
pub(super) fn along<R: Clone>(
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

pub(super) fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

pub(super) fn variance(of: &[f64]) -> f64 {
    mean(&of.iter().map(|x| (x - mean(of)).powi(2)).collect::<Vec<_>>())
}

pub(super) fn all_close(found: &DistArray<f64>, expected: &ArrayD<f64>) -> Result<()> {
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
    assert_eq!(none.sum_axes(&[0])?.to_ndarray()?, ArrayD::<f64>::zeros(IxDyn(&[3])));
    // Fewer elements than ranks: some have none.
    assert_eq!(ctx.ones::<f64>(([2, 1], "c,c"))?.min()?, 1.0);
    assert_eq!(ctx.full(5.0_f64, Distribution::on_one([], ctx.size() - 1))?.var()?, 0.0);
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
