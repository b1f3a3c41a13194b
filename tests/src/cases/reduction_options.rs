//! How reductions are asked for: options, and several together.

use distarray::prelude::*;
use ndarray::{ArrayD, IxDyn};

use super::errors::refused;
use super::reductions::{all_close, along, mean, variance};
use crate::draw::Draw;
use crate::oracle::{close, holds, numbered, random};

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
    assert_eq!(apart.sum_axes(&[1])?.to_ndarray()?, ArrayD::<i64>::zeros(IxDyn(&[4])));
    assert_eq!(m.reduce(Std(0)).axes(&[0]).keepdims().eval()?.shape(), [1, 6]);

    refused(ctx, n.reduce(Max).mask(&odd).eval(), &["max", "mask", "initial"])?;
    refused(ctx, n.reduce(Argmin).mask(&odd).eval(), &["argmin", "mask"])?;
    refused(ctx, n.reduce(Mean).initial(1.0).eval(), &["mean", "initial"])?;
    refused(ctx, n.reduce(Sum).initial(1).dtype::<f64>().eval(), &["dtype", "initial"])?;
    let other = ctx.full(true, 3)?;
    refused(ctx, n.reduce(Sum).mask(&other).eval(), &["sum", "[3]", "[20]"])
}

/// Masks of shapes that broadcast to the elements', against what is left of each line.
pub(super) fn masks(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(79);
    for _ in 0..30 {
        let shape = draw.shape();
        let x = random(&mut draw, &shape);
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
        // Fewer axes, and some of extent 1.
        let first = draw.below(shape.len() + 1);
        let narrow: Vec<usize> =
            shape[first..].iter().map(|&n| if draw.once_in(3) { 1 } else { n }).collect();
        let chosen = ArrayD::from_shape_fn(IxDyn(&narrow), |_| !draw.once_in(3));
        let mask = ctx.from_ndarray_on(&chosen, &draw.any_distribution(&narrow, ctx.size()))?;
        let whole = chosen.broadcast(IxDyn(&shape)).expect("it broadcasts to the shape");
        let mut left = x.clone();
        left.zip_mut_with(&whole, |v, &counts| *v = if counts { *v } else { f64::NAN });
        let axes: Vec<usize> = (0..shape.len()).filter(|_| draw.once_in(2)).collect();
        let given: Vec<isize> = axes.iter().map(|&axis| axis as isize).collect();
        let numbers =
            |line: &[f64]| line.iter().copied().filter(|v| !v.is_nan()).collect::<Vec<_>>();
        let some = |fold: fn(&[f64]) -> f64| along(&left, &axes, |line| fold(&numbers(line)));
        let line = numbers(&left.iter().copied().collect::<Vec<_>>());
        assert_eq!(a.reduce(Sum).mask(&mask).eval()?, line.iter().sum::<f64>());
        assert!(close(a.reduce(Mean).mask(&mask).eval()?, mean(&line)));
        assert!(close(a.reduce(Var(0)).mask(&mask).eval()?, variance(&line)));
        let most = |line: &[f64]| line.iter().copied().fold(-3.0, f64::max);
        assert_eq!(a.reduce(Max).mask(&mask).initial(-3.0).eval()?, most(&line));
        holds(&a.reduce(Sum).mask(&mask).axes(&given).eval()?, &some(|line| line.iter().sum()))?;
        all_close(&a.reduce(Mean).mask(&mask).axes(&given).eval()?, &some(mean))?;
        all_close(&a.reduce(Var(0)).mask(&mask).axes(&given).eval()?, &some(variance))?;
        // An expression, and one value for all.
        let shifted = (&a + 1.0).reduce(Sum).mask(&mask.logical_not()).eval()?;
        let others: f64 = x.iter().zip(&whole).map(|(v, on)| if *on { 0.0 } else { v + 1.0 }).sum();
        assert_eq!(shifted, others);
        let none = ctx.full(false, [0_usize; 0])?;
        assert!(a.reduce(Mean).mask(&none).eval()?.is_nan());
        holds(&a.reduce(Count).mask(&none).axes(&given).eval()?, &along(&x, &axes, |_| 0_u64))?;
    }
    let rows = ctx.ones::<f64>(([4, 3], "b"))?;
    for wider in [vec![2, 4, 3], vec![4, 4], vec![3, 1], vec![4]] {
        let mask = ctx.full(true, &wider[..])?;
        let shape = format!("{wider:?}");
        refused(ctx, rows.reduce(Sum).mask(&mask).eval(), &["sum", "mask", &shape, "[4, 3]"])?;
        refused(ctx, rows.reduce(Std(0)).mask(&mask).axes(&[0]).eval(), &["std", &shape])?;
    }
    let one = ctx.ones::<f64>([1, 3])?;
    refused(ctx, one.reduce(Sum).mask(&ctx.full(true, [4, 3])?).eval(), &["[4, 3]", "[1, 3]"])
}

/// Initial values and types to accumulate in: those of results, whatever the elements are.
pub(super) fn accumulators(ctx: &Context) -> Result<()> {
    let bytes = ctx.from_fn(([7, 5], "c,b"), |at| (40 * at[0] + at[1]) as u8)?;
    let x = bytes.to_ndarray()?;
    let sum: u64 = x.iter().map(|&v| u64::from(v)).sum();
    assert_eq!(bytes.reduce(Sum).initial(1 << 40).eval()?, sum + (1 << 40));
    let rows = bytes.reduce(Sum).axes(&[1]).initial(1000).eval()?;
    holds(&rows, &x.map(|&v| u64::from(v)).sum_axis(ndarray::Axis(1)).mapv(|v| v + 1000))?;
    assert_eq!(bytes.reduce(Sum).dtype::<f32>().initial(0.5).eval()?, sum as f32 + 0.5);
    let product = x.iter().fold(3_u64, |product, &v| product.wrapping_mul(v.into()));
    assert_eq!(bytes.reduce(Prod).initial(3).eval()?, product);
    let small = ctx.full(-2_i8, [9])?;
    assert_eq!(small.reduce(Prod).initial(1000).eval()?, -512_000);
    assert_eq!(ctx.full(true, [9])?.reduce(Sum).initial(-70_000).eval()?, -69_991);
    assert_eq!(
        ctx.zeros::<i16>([0, 2])?.reduce(Prod).axes(&[0]).initial(1 << 50).eval()?.sum()?,
        1 << 51
    );
    let halves = ctx.full(Complex32::new(0.5, -0.5), [3])?;
    assert_eq!(halves.reduce(Sum).initial(Complex32::I).eval()?, Complex32::new(1.5, -0.5));
    // Sums and products in fewer bits are those of more bits, wrapped.
    let mut draw = Draw::new(80);
    for _ in 0..10 {
        let shape = draw.shape();
        let wide = random(&mut draw, &shape).mapv(|v| (v * 1e6) as i64 + 7);
        let a = ctx.from_ndarray_on(&wide, &draw.any_distribution(&shape, ctx.size()))?;
        let narrow = |v: &i64| *v as u8;
        let wrapped = wide.iter().map(narrow).fold(0, u8::wrapping_add);
        assert_eq!(a.reduce(Sum).dtype::<u8>().eval()? as u8, wrapped);
        assert_eq!(a.sum()? as u8, wrapped);
        let wrapped = wide.iter().map(narrow).fold(1, u8::wrapping_mul);
        assert_eq!(a.reduce(Prod).dtype::<u8>().eval()? as u8, wrapped);
        let narrow = |v: &i64| *v as i16;
        let wrapped = wide.iter().map(narrow).fold(5, i16::wrapping_add);
        assert_eq!(a.reduce(Sum).dtype::<i16>().initial(5).eval()? as i16, wrapped);
    }
    Ok(())
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
    // Roots are made of what is rounded once, alone or together, whatever the elements.
    let (z, flags) = (a.map(|v: f64| Complex32::new(v as f32, -2.0)), a.gt(0.5));
    let (single, whole, complex, truth) =
        ctx.reduce((f.reduce(Std(1)), n.reduce(Std(0)), z.reduce(Std(0)), flags.reduce(Std(0))))?;
    assert_eq!((single, whole), (f.std_ddof(1)?, n.std()?));
    assert_eq!((complex, truth), (z.std()?, flags.std()?));
    let line: Vec<f64> = f.to_ndarray()?.iter().map(|&v| f64::from(v)).collect();
    let exact = variance(&line) * line.len() as f64 / (line.len() - 1) as f64;
    assert!((f64::from(single) / exact.sqrt() - 1.0).abs() < f64::from(f32::EPSILON));
    assert_eq!(whole, var.sqrt());
    let share = flags.count()? as f64 / a.len() as f64;
    assert!((truth * truth - share * (1.0 - share)).abs() < 1e-14);
    // The first element lies far from all others.
    let outlier = ctx.from_fn(1000, |at| if at[0] == 0 { 1e12 } else { (at[0] % 2) as f64 })?;
    let expected = variance(outlier.to_ndarray()?.as_slice().expect("C order"));
    assert!((outlier.var()? / expected - 1.0).abs() < 1e-12);
    let rest = outlier.slice(ndarray::s![1..])?;
    assert!((rest.var()? - 0.25).abs() < 1e-6);
    let wrong = ctx.split(Some(0), ctx.rank())?.expect("every rank joins");
    let b = wrong.ones::<f64>(3)?;
    refused(ctx, ctx.reduce((a.reduce(Sum), b.reduce(Sum))), &["context"])
}

/// Norms of all orders, of elements that a mask or their being numbers lets count; none of nothing.
pub(super) fn norms(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(77);
    let orders = [0.0, 0.5, 1.0, 2.0, 3.0, -1.0, -2.5, f64::INFINITY, f64::NEG_INFINITY];
    let norm = |line: &[f64], order: f64| {
        let sizes = line.iter().map(|v| v.abs());
        match order {
            0.0 => sizes.filter(|&v| v != 0.0).count() as f64,
            f64::INFINITY => sizes.fold(0.0, f64::max),
            f64::NEG_INFINITY => sizes.fold(f64::INFINITY, f64::min),
            _ => sizes.map(|v| v.powf(order)).sum::<f64>().powf(1.0 / order),
        }
    };
    for _ in 0..8 {
        let shape = draw.shape();
        let x = random(&mut draw, &shape).mapv(|v| v.round() / 2.0 + 0.25);
        let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&shape, ctx.size()))?;
        let holed = a.map(|v: f64| if v < 1.0 { v } else { f64::NAN });
        let line: Vec<f64> = x.iter().copied().collect();
        let counting: Vec<f64> = line.iter().copied().filter(|&v| v < 1.0).collect();
        for order in orders {
            if line.is_empty() && order.is_infinite() {
                refused(ctx, a.reduce(Norm(order)).eval(), &["norm", "no elements"])?;
                continue;
            }
            let (all, some) = (norm(&line, order), norm(&counting, order));
            assert!(close(a.reduce(Norm(order)).eval()?, all), "{order} of {line:?}");
            let masked = a.reduce(Norm(order)).mask(&a.lt(1.0)).eval()?;
            assert!(close(masked, some), "{order} of {counting:?}: {masked}");
            let numbers = holed.reduce(Norm(order)).skip_nan().eval()?;
            assert!(close(numbers, some), "{order} of {counting:?}: {numbers}");
        }
    }
    let n = ctx.arange_on(1_i32, 1, ([6], "c"))?;
    assert_eq!(n.reduce(Norm(f64::NEG_INFINITY)).mask(&n.gt(3)).eval()?, 4.0);
    refused(ctx, ctx.zeros::<f64>([0, 3])?.reduce(Norm(f64::INFINITY)).axes(&[0]).eval(), &["norm"])
}
