//! Lazy expressions against `ndarray`.

use distarray::prelude::*;
use ndarray::{ArrayD, IxDyn, Zip};

use crate::draw::Draw;
use crate::oracle::{holds, random};

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

pub(super) fn functions(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(43);
    let (a, x) = both(ctx, &mut draw, &[7, 9])?;
    let (b, y) = both(ctx, &mut draw, &[7, 9])?;
    let check = |found: Expr<f64>, function: fn(f64) -> f64| {
        let found = found.eval()?;
        let expected = x.mapv(function);
        // NaN is not equal to itself: bits are compared where it may occur.
        assert_eq!(found.to_ndarray()?.mapv(f64::to_bits), expected.mapv(f64::to_bits));
        Ok::<(), Error>(())
    };
    check(a.abs(), f64::abs)?;
    check(a.sign(), |v| if v == 0.0 { 0.0 * v } else { v.signum() })?;
    check(a.square(), |v| v * v)?;
    check(a.reciprocal(), |v| 1.0 / v)?;
    check(a.abs().sqrt(), |v| v.abs().sqrt())?;
    check(a.exp(), f64::exp)?;
    check(a.abs().log(), |v| v.abs().ln())?;
    check(a.sin(), f64::sin)?;
    check(a.cos(), f64::cos)?;
    check(a.tan(), f64::tan)?;
    check(a.sinh(), f64::sinh)?;
    check(a.cosh(), f64::cosh)?;
    check(a.tanh(), f64::tanh)?;
    check(a.arctan(), f64::atan)?;
    check(a.floor(), f64::floor)?;
    check(a.ceil(), f64::ceil)?;
    check(a.rint(), f64::round_ties_even)?;
    let with =
        |function: fn(f64, f64) -> f64| Zip::from(&x).and(&y).map_collect(|&a, &b| function(a, b));
    holds(&a.hypot(&b).eval()?, &with(f64::hypot))?;
    holds(&a.arctan2(&b).eval()?, &with(f64::atan2))?;
    holds(&a.minimum(&b).eval()?, &with(f64::min))?;
    holds(&a.maximum(&b).eval()?, &with(f64::max))?;
    holds(&a.abs().pow(&b).eval()?, &with(|a, b| a.abs().powf(b)))?;
    assert!((a.minimum(f64::NAN)).isnan().all()?);
    assert!((ctx.full(f64::NAN, 3)?.maximum(1.0)).isnan().all()?);
    assert_eq!((&a / 0.0).isfinite().count()?, 0);
    let z = ctx.full(Complex64::new(3.0, -4.0), 5)?;
    assert_eq!((z.abs().max()?, z.real().max()?, z.imag().max()?), (5.0, 3.0, -4.0));
    assert_eq!((&z * z.conj()).sum()?, Complex64::new(125.0, 0.0));
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

/// Random expressions with shared parts, shapes that broadcast, and scalars on either side.
pub(super) fn trees(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(47);
    for _ in 0..30 {
        let shape = draw.shape();
        let mut values: Vec<(Expr<f64>, ArrayD<f64>)> = Vec::new();
        for _ in 0..3 {
            let small: Vec<_> =
                shape.iter().map(|&extent| if draw.once_in(4) { 1 } else { extent }).collect();
            let (a, x) = both(ctx, &mut draw, &small)?;
            let wide = x.broadcast(IxDyn(&shape)).expect("broadcasts").to_owned();
            values.push((a.to_expr(), wide));
        }
        for _ in 0..12 {
            let (a, x) = values[draw.below(values.len())].clone();
            let (b, y) = values[draw.below(values.len())].clone();
            let s = draw.number();
            let bounded = |a: &Expr<f64>, x: &ArrayD<f64>| {
                (a.minimum(100.0).maximum(-100.0), x.mapv(|v| v.clamp(-100.0, 100.0)))
            };
            let next = match draw.below(9) {
                0 => (&a + &b, &x + &y),
                1 => (&a - &b, &x - &y),
                2 => (&a * &b, &x * &y),
                3 => (s * &a, x * s),
                4 => (&a - s, x - s),
                5 => (s - &a, x.mapv(|v| s - v)),
                6 => (-&a, -x),
                7 => (
                    a.gt(&b).cast::<f64>(),
                    Zip::from(&x).and(&y).map_collect(|a, b| f64::from(u8::from(a > b))),
                ),
                _ => (a.map(|v| v * 0.5), x * 0.5),
            };
            values.push(bounded(&next.0, &next.1));
        }
        let (a, x) = values.pop().expect("there are values");
        let zero = ctx.zeros::<f64>(&draw.distribution(&shape, ctx.size()))?;
        holds(&(&a + &zero).eval()?, &(&x + 0.0))?;
    }
    Ok(())
}

/// An expression may be deeper than a stack.
pub(super) fn deep_trees(ctx: &Context) -> Result<()> {
    let a = ctx.ones::<f64>(100)?;
    let mut sum = a.to_expr();
    for _ in 0..50_000 {
        sum = sum + 1.0;
    }
    assert_eq!(sum.max()?, 50_001.0);
    drop(sum);
    // Each level is used twice: 2^40 additions, but for sharing.
    let mut doubled = a.to_expr();
    for _ in 0..40 {
        doubled = &doubled + &doubled;
    }
    assert_eq!(doubled.min()?, (1_u64 << 40) as f64);
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
