//! Lazy expressions against `ndarray`.

use std::cell::Cell;
use std::rc::Rc;

use distarray::prelude::*;
use ndarray::{ArrayD, Axis, IxDyn, Slice, Zip};

use super::errors::refused;
use crate::draw::Draw;
use crate::oracle::{holds, random};
use crate::tree;

/// An array and the same elements, in any distribution.
fn both(ctx: &Context, draw: &mut Draw, shape: &[usize]) -> Result<(DistArray<f64>, ArrayD<f64>)> {
    let elements = random(draw, shape);
    let dist = draw.distribution(shape, ctx.size());
    Ok((ctx.from_ndarray_on(&elements, &dist)?, elements))
}

pub(super) fn arithmetic(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(41);
    for _ in 0..20 {
        let shape = draw.shape();
        let (a, x) = both(ctx, &mut draw, &shape)?;
        let b = ctx.from_ndarray_on(&x, a.distribution())?;
        let y = &x;
        holds(&(&a + &b).eval()?, &(&x + y))?;
        holds(&(&a - 1.5 * &b).eval()?, &(&x - &(y * 1.5)))?;
        holds(&(2.0 * &a * &b - &a / 4.0 + 1.0).eval()?, &(2.0 * &x * y - &x / 4.0 + 1.0))?;
        holds(&(-&a).eval()?, &(-&x))?;
        holds(&(1.0 / (&a * &a + 1.0)).eval()?, &(&x * &x + 1.0).mapv(|v| 1.0 / v))?;
        holds(&(7.0 % &(&a * &a + 1.0)).eval()?, &(&x * &x + 1.0).mapv(|v| 7.0 % v))?;
    }
    Ok(())
}

pub(super) fn integers(ctx: &Context) -> Result<()> {
    let a = ctx.from_ndarray(&ndarray::array![i8::MIN, -7, 0, 7, i8::MAX], "c")?;
    let check = |found: Expr<i8>, expected: [i8; 5]| {
        holds(&found.eval()?, &ndarray::arr1(&expected).into_dyn())
    };
    check(&a + 1, [-127, -6, 1, 8, -128])?;
    check(-&a, [-128, 7, 0, -7, -127])?;
    check(&a / 2, [-64, -3, 0, 3, 63])?;
    check(&a / 0, [0; 5])?;
    check(&a % 0, [0; 5])?;
    check(&a / -1, [-128, 7, 0, -7, -127])?;
    check(7 % &a, [7, 0, 0, 0, 7])?;
    check(a.abs(), [-128, 7, 0, 7, 127])?;
    check(a.sign(), [-1, -1, 0, 1, 1])?;
    check(a.pow(2), [0, 49, 0, 49, 1])?;
    check(&a & 3, [0, 1, 0, 3, 3])?;
    check(!&a, [127, 6, -1, -8, -128])?;
    let powers = ctx.arange(-2_i32, 3, 1)?.pow(-1).eval()?;
    holds(&powers, &ndarray::arr1(&[0, -1, 0, 1, 0]).into_dyn())
}

pub(super) fn comparisons(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(42);
    for _ in 0..10 {
        let shape = draw.shape();
        let (a, x) = both(ctx, &mut draw, &shape)?;
        let (b, y) = both(ctx, &mut draw, &shape)?;
        let with = |test: fn(&f64, &f64) -> bool| Zip::from(&x).and(&y).map_collect(test);
        holds(&a.lt(&b).eval()?, &with(f64::lt))?;
        holds(&a.le(&b).eval()?, &with(f64::le))?;
        holds(&a.gt(&b).eval()?, &with(f64::gt))?;
        holds(&a.ge(&b).eval()?, &with(f64::ge))?;
        holds(&a.eq(&b).eval()?, &with(f64::eq))?;
        holds(&a.ne(&b).eval()?, &with(f64::ne))?;
        let inside = a.gt(-2.0) & a.lt(2.0) | a.eq(5.0);
        holds(&inside.eval()?, &x.mapv(|v| v > -2.0 && v < 2.0 || v == 5.0))?;
        holds(&(!inside ^ true).eval()?, &x.mapv(|v| v > -2.0 && v < 2.0 || v == 5.0))?;
    }
    let nan = ctx.full(f64::NAN, 3)?;
    assert_eq!(nan.eq(&nan).count()?, 0);
    assert_eq!(nan.ne(&nan).count()?, 3);
    Ok(())
}

pub(super) fn broadcasts(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(44);
    for _ in 0..60 {
        let shape = draw.shape();
        // An operand with fewer axes, or axes of one element.
        let fewer = &shape[draw.below(shape.len() + 1)..];
        let small: Vec<_> =
            fewer.iter().map(|&extent| if draw.once_in(2) { 1 } else { extent }).collect();
        let (a, x) = both(ctx, &mut draw, &shape)?;
        let (b, y) = both(ctx, &mut draw, &small)?;
        let wide = y.broadcast(IxDyn(&shape)).expect("broadcasts").to_owned();
        holds(&(&a + &b).eval()?, &(&x + &wide))?;
        holds(&(&b - &a).eval()?, &(&wide - &x))?;
        assert_eq!((&b * 0.0 + &a).sum()?, x.sum());
    }
    // Neither has the shape of the result.
    for _ in 0..15 {
        let (n, m) = (draw.below(6), draw.below(6));
        let (column, x) = both(ctx, &mut draw, &[n, 1])?;
        let (row, y) = both(ctx, &mut draw, &[m])?;
        let table = ArrayD::from_shape_fn(IxDyn(&[n, m]), |at| x[[at[0], 0]] * y[[at[1]]]);
        holds(&(&column * &row).eval()?, &table)?;
        let dist = draw.distribution(&[n, m], ctx.size());
        holds(&(&column * &row).eval_on(&dist)?, &table)?;
    }
    Ok(())
}

pub(super) fn maps(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(45);
    let (a, x) = both(ctx, &mut draw, &[11, 3])?;
    let offset = 2.5;
    let shifted = (&a + 1.0).map(move |v: f64| (v + offset) as i32) * 2;
    holds(&shifted.eval()?, &x.mapv(|v| ((v + 1.0 + offset) as i32) * 2))?;
    let (b, y) = both(ctx, &mut draw, &[3])?;
    let joined = a.zip_map(&b, |v: f64, w: f64| v > w).eval()?;
    holds(&joined, &ArrayD::from_shape_fn(IxDyn(&[11, 3]), |at| x[&at] > y[[at[1]]]))?;
    // Called once for each element that the rank owns, however often the value is used.
    let calls = Rc::new(Cell::new(0));
    let counter = Rc::clone(&calls);
    let counted = a.map(move |v: f64| {
        counter.set(counter.get() + 1);
        v
    });
    holds(&(&counted * &counted - &counted).eval()?, &(&x * &x - &x))?;
    assert_eq!(calls.get(), a.local().len());
    holds(&a.zip_map(3_u8, |v: f64, k: u8| v * f64::from(k)).eval()?, &(&x * 3.0))
}

pub(super) fn casts(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(46);
    let (a, x) = both(ctx, &mut draw, &[40])?;
    holds(&(&a * 100.0).cast::<u8>().eval()?, &x.mapv(|v| (v * 100.0) as u8))?;
    holds(&a.astype::<i16>()?, &x.mapv(|v| v as i16))?;
    holds(&a.cast::<bool>().eval()?, &x.mapv(|v| v != 0.0))?;
    holds(&a.gt(0.0).cast::<f32>().eval()?, &x.mapv(|v| f32::from(u8::from(v > 0.0))))?;
    holds(&a.cast::<Complex64>().eval()?, &x.mapv(|v| Complex64::new(v, 0.0)))?;
    holds(&a.cast::<Complex32>().cast::<i64>().eval()?, &x.mapv(|v| v as i64))
}

/// Random expressions of three types.
pub(super) fn trees(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(47);
    let trees = tree::trees(ctx.size());
    (0..60).try_for_each(|_| draw.of(&trees).check(ctx))
}

/// An expression may be deeper than a stack, whichever of its operands is the deep one.
pub(super) fn deep_trees(ctx: &Context) -> Result<()> {
    let a = ctx.ones::<f64>(100)?;
    let mut sum = a.to_expr();
    for _ in 0..50_000 {
        sum += 1.0;
    }
    assert_eq!(sum.max()?, 50_001.0);
    let mut other = a.to_expr();
    for i in 0..20_000 {
        other = match i % 4 {
            0 => 1.0 - other,
            1 => (-other).cast::<f32>().cast(),
            2 => other.gt(0.0).cast::<f64>() + &a,
            _ => other.map(|x: f64| x + 1.0),
        };
    }
    assert!(format!("{other:?}").len() < 10_000, "printed to some levels only");
    let both = other.clone() + sum;
    drop(other);
    assert!(both.isfinite().all()?);
    drop(both);
    // Each level is used twice: 2^40 additions, but for sharing.
    let mut doubled = a.to_expr();
    for _ in 0..40 {
        doubled = &doubled + &doubled;
    }
    assert_eq!(doubled.min()?, (1_u64 << 40) as f64);
    Ok(())
}

/// Many arrays at once: a balanced tree keeps as many values as it is deep, a wide one reads arrays
/// of all distributions.
pub(super) fn wide_trees(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(49);
    let mut values = Vec::new();
    let mut expected = ArrayD::zeros(IxDyn(&[9, 4]));
    for _ in 0..256 {
        let (a, x) = both(ctx, &mut draw, &[9, 4])?;
        expected = expected + x;
        values.push(a.to_expr());
    }
    while values.len() > 1 {
        values = values.chunks_exact(2).map(|pair| &pair[0] + &pair[1]).collect();
    }
    holds(&values[0].eval()?, &expected)
}

/// Lengths about those that loops are cut to, of parts that lie densely, with gaps, backwards and
/// within a halo.
pub(super) fn tiles(ctx: &Context) -> Result<()> {
    let size = ctx.size();
    for part in [1, 3, 7, 8, 9, 31, 33, 63, 65, 127, 129, 255, 256, 257, 511, 513, 1025, 4097] {
        let n = part * size;
        let x = ArrayD::from_shape_fn(IxDyn(&[n]), |at| (at[0] * 7 % 64) as f64 / 4.0 - 8.0);
        let haloed = Distribution::builder([n]).halos(1).build(size)?;
        let cyclic = Distribution::new([n], "c", size)?;
        let mut gaps = ArrayD::zeros(IxDyn(&[2 * part]));
        gaps.slice_axis_inplace(Axis(0), Slice::new(0, None, -2));
        let first = part * ctx.rank();
        gaps.assign(&x.slice_axis(Axis(0), Slice::from(first..first + part)));
        let arrays = [
            ctx.from_ndarray(&x, "b")?,
            ctx.from_ndarray_on(&x, &haloed)?,
            ctx.from_ndarray_on(&x, &cyclic)?,
            ctx.from_local(&Distribution::new([n], "b", size)?, gaps)?,
        ];
        for a in &arrays {
            for b in &arrays {
                holds(&(a * 2.0 - b).eval()?, &x)?;
                holds(&(a * 2.0 - b).eval_on(&haloed)?, &x)?;
            }
            holds(&a.cast::<i8>().eval()?, &x.mapv(|x| x as i8))?;
            holds(&a.gt(1.0).eval()?, &x.mapv(|x| x > 1.0))?;
            let z = a.cast::<Complex64>() * Complex64::new(0.0, 1.0);
            holds(&z.eval()?, &x.mapv(|x| Complex64::new(0.0, x)))?;
            assert_eq!(a.sum()?, x.sum());
            assert_eq!(a.cast::<f32>().sum()?, x.sum() as f32);
            assert_eq!(a.cast::<i8>().sum()?, x.fold(0, |sum, &x| sum + i64::from(x as i8)));
            assert_eq!(a.gt(1.0).count()?, x.iter().filter(|&&x| x > 1.0).count() as u64);
            assert_eq!(a.max()?, x.fold(f64::MIN, |most, &x| most.max(x)));
        }
    }
    Ok(())
}

/// Operations that are computed together round one by one, wherever a scalar or a broadcast row stands.
pub(super) fn fused(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(49);
    for _ in 0..6 {
        let shape = draw.shape();
        let (a, x) = both(ctx, &mut draw, &shape)?;
        let (b, y) = both(ctx, &mut draw, &shape)?;
        let row = shape.last().map_or(Vec::new(), |&last| vec![last]);
        let (r, line) = both(ctx, &mut draw, &row)?;
        let wide = line.broadcast(IxDyn(&shape)).expect("a row of the shape").to_owned();
        let same = |found: &Expr<f64>, of: fn(f64, f64, f64) -> f64| {
            let expected = Zip::from(&x).and(&y).and(&wide).map_collect(|&x, &y, &r| of(x, y, r));
            holds(&found.eval()?, &expected)
        };
        same(&(&a * &b + &r * 0.1), |x, y, r| x * y + r * 0.1)?;
        same(&(&a * 0.3 - &b * &r - 0.7), |x, y, r| x * 0.3 - y * r - 0.7)?;
        same(&(&a - (&b * 0.3 + &r * &a)), |x, y, r| x - (y * 0.3 + r * x))?;
        same(&((&a - 0.1) * &b), |x, y, _| (x - 0.1) * y)?;
        same(&((0.1 - &a) - &r), |x, _, r| (0.1 - x) - r)?;
        same(&(&r - (&a + &b)), |x, y, r| r - (x + y))?;
        same(&(0.1 - (&a - &b) * &r), |x, y, r| 0.1 - (x - y) * r)?;
        same(&((&a + &b) * (&a - &r)), |x, y, r| (x + y) * (x - r))?;
        same(&(&a * &a + &a * &b - &a), |x, y, _| x * x + x * y - x)?;
    }
    Ok(())
}

/// Parts that are equal are computed once, and scalars of scalars are scalars; neither is seen in the
/// values. Functions of the user's are the same only where they are one.
pub(super) fn equal_parts(ctx: &Context) -> Result<()> {
    let x = random(&mut Draw::new(50), &[37]);
    let a = ctx.from_ndarray(&x, "b")?;
    let part = || (&a + 1.0) * (&a.clone() - 2.0);
    let expected = x.mapv(|x| {
        let part = (x + 1.0) * (x - 2.0);
        part + part / 2.0 - part
    });
    holds(&(part() + part() / 2.0 - part()).eval()?, &expected)?;
    let calls = Rc::new(Cell::new(0));
    let counted = |by: f64| {
        let calls = Rc::clone(&calls);
        a.map(move |x: f64| {
            calls.set(calls.get() + 1);
            x * by
        })
    };
    let one = counted(2.0);
    let mine = a.local().len();
    holds(&(&one + &one).eval()?, &(&x * 4.0))?;
    assert_eq!(calls.replace(0), mine);
    holds(&(counted(2.0) + counted(3.0)).eval()?, &x.mapv(|x| x * 2.0 + x * 3.0))?;
    assert_eq!(calls.get(), 2 * mine);
    Ok(())
}

/// Several values of one evaluation; what those of one shape share is computed once.
pub(super) fn together(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(52);
    for _ in 0..6 {
        let shape = draw.shape();
        let (a, x) = both(ctx, &mut draw, &shape)?;
        let (b, y) = both(ctx, &mut draw, &shape)?;
        let calls = Rc::new(Cell::new(0));
        let counting = Rc::clone(&calls);
        let shared = a.map(move |x: f64| {
            counting.set(counting.get() + 1);
            x * 3.0
        });
        let (sum, is_more, itself, alone) =
            ctx.eval((&shared + &b, shared.gt(&b), &a, ctx.full(2.5, 3)?))?;
        assert_eq!(calls.get(), sum.local().len());
        assert_eq!(sum.distribution(), is_more.distribution());
        holds(&sum, &(&x * 3.0 + &y))?;
        holds(&is_more, &Zip::from(&x).and(&y).map_collect(|&x, &y| x * 3.0 > y))?;
        holds(&itself, &x)?;
        holds(&alone, &ArrayD::from_elem(IxDyn(&[3]), 2.5))?;
        if !a.is_empty() {
            let failing = a.try_map(|_: f64| Err::<f64, _>("refused"));
            refused(ctx, ctx.eval((&failing, &a)).map(|_| ()), &["refused"])?;
        }
    }
    let (a, b) = (ctx.ones::<f64>(3)?, ctx.ones::<f64>(4)?);
    refused(ctx, ctx.eval((&a, &a + &b)).map(|_| ()), &["[3]", "[4]", "in value 1"])?;
    let first = ctx.eval(vec![&a + &b, a.to_expr(), &b + &a]).map(|_| ());
    refused(ctx, first, &["[3]", "[4]", "in value 0"])?;
    let other = Context::solo().ones::<f64>(3)?;
    refused(ctx, ctx.eval((&a, &other)).map(|_| ()), &["value 1", "another context"])
}

/// Values are written into arrays that exist, of any distribution, halos left alone.
pub(super) fn into_arrays(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(51);
    for _ in 0..10 {
        let shape = draw.shape();
        let (a, x) = both(ctx, &mut draw, &shape)?;
        let mut target = ctx.zeros::<f64>(draw.haloed(&shape, ctx.size()))?;
        let place = target.local_with_halo().as_ptr();
        (&a * 2.0 + 1.0).eval_into(&mut target)?;
        holds(&target, &(&x * 2.0 + 1.0))?;
        assert_eq!(target.local_with_halo().as_ptr(), place);
        let failing = a.try_map(|_: f64| Err::<f64, _>("refused"));
        let before = target.local().to_owned();
        if !a.is_empty() {
            refused(ctx, failing.eval_into(&mut target), &["refused"])?;
        }
        assert_eq!(target.local(), before);
    }
    Ok(())
}

pub(super) fn differing_distributions(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(48);
    for _ in 0..25 {
        let shape = draw.shape();
        let (a, x) = both(ctx, &mut draw, &shape)?;
        let (b, y) = both(ctx, &mut draw, &shape)?;
        let found = (&a * 2.0 + &b).eval()?;
        assert!(found.distribution().is_compatible(a.distribution()));
        holds(&found, &(&x * 2.0 + &y))?;
        let dist = draw.haloed(&shape, ctx.size());
        let found = (&a - &b).eval_on(&dist)?;
        assert_eq!(found.distribution(), &dist);
        holds(&found, &(&x - &y))?;
    }
    Ok(())
}
