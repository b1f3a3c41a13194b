//! Elementwise functions against those of the standard library and of `num_complex`.

use distarray::prelude::*;
use ndarray::{ArrayD, Zip};

use super::errors::refused;
use crate::draw::Draw;
use crate::oracle::{close, holds, random};

/// The very bits, so that NaN and the sign of zero are compared too.
pub(super) fn of_floats(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(43);
    let (x, y) = (random(&mut draw, &[7, 9]), random(&mut draw, &[7, 9]));
    let a = ctx.from_ndarray_on(&x, &draw.distribution(&[7, 9], ctx.size()))?;
    let b = ctx.from_ndarray_on(&y, &draw.distribution(&[7, 9], ctx.size()))?;
    let check = |found: Expr<f64>, function: fn(f64) -> f64| {
        let found = found.eval()?.to_ndarray()?.mapv(f64::to_bits);
        assert_eq!(found, x.mapv(|v| function(v).to_bits()));
        Ok::<(), Error>(())
    };
    check(a.abs(), f64::abs)?;
    check(a.sign(), |v| if v == 0.0 { 0.0 } else { v.signum() })?;
    check(a.square(), |v| v * v)?;
    check(a.reciprocal(), |v| 1.0 / v)?;
    check(a.abs().sqrt(), |v| v.abs().sqrt())?;
    check(a.floor(), f64::floor)?;
    check(a.ceil(), f64::ceil)?;
    check(a.rint(), f64::round_ties_even)?;
    let with =
        |function: fn(f64, f64) -> f64| Zip::from(&x).and(&y).map_collect(|&a, &b| function(a, b));
    holds(&a.minimum(&b).eval()?, &with(f64::min))?;
    holds(&a.maximum(&b).eval()?, &with(f64::max))?;

    // Each of both is within an ulp of the exact value.
    let near = |found: Expr<f64>, expected: ArrayD<f64>| {
        let found = found.eval()?.to_ndarray()?;
        for (&found, &expected) in found.iter().zip(&expected) {
            let apart = found.to_bits().abs_diff(expected.to_bits());
            assert!(apart <= 2, "{found} for {expected}");
        }
        Ok::<(), Error>(())
    };
    near(a.exp(), x.mapv(f64::exp))?;
    near(a.abs().log(), x.mapv(|v| v.abs().ln()))?;
    near(a.sin(), x.mapv(f64::sin))?;
    near(a.cos(), x.mapv(f64::cos))?;
    near(a.tan(), x.mapv(f64::tan))?;
    near(a.sinh(), x.mapv(f64::sinh))?;
    near(a.cosh(), x.mapv(f64::cosh))?;
    near(a.tanh(), x.mapv(f64::tanh))?;
    near(a.arctan(), x.mapv(f64::atan))?;
    near(a.hypot(&b), with(f64::hypot))?;
    near(a.arctan2(&b), with(f64::atan2))?;
    near(a.abs().pow(&b), with(|a, b| a.abs().powf(b)))
}

pub(super) fn of_limits(ctx: &Context) -> Result<()> {
    let a = ctx.from_ndarray(&ndarray::array![-1.0, -0.0, 0.0, 1.0, f64::MAX], "c")?;
    assert!((a.minimum(f64::NAN)).isnan().all()?);
    assert!((a.maximum(f64::NAN)).isnan().all()?);
    assert!((ctx.full(f64::NAN, 3)?.maximum(1.0)).isnan().all()?);
    assert!((ctx.full(f64::NAN, 3)?.minimum(1.0)).isnan().all()?);
    assert_eq!((&a / 0.0).isfinite().count()?, 0);
    assert_eq!((&a / 0.0).isnan().count()?, 2);
    assert_eq!(a.sqrt().isnan().count()?, 1);
    assert_eq!((&a * 2.0).isfinite().count()?, 4);
    assert_eq!(a.hypot(f64::MAX).isfinite().count()?, 4, "no overflow on the way");
    assert!((a.sign().sqrt().reciprocal()).min()?.is_nan());
    let nan = ctx.full(f32::NAN, ([3, 2], "c,b"))?;
    assert!(nan.sign().isnan().all()? && nan.rint().isnan().all()?);
    Ok(())
}

pub(super) fn of_complex(ctx: &Context) -> Result<()> {
    let z = ctx.full(Complex64::new(3.0, -4.0), 5)?;
    assert_eq!((z.abs().max()?, z.real().max()?, z.imag().max()?), (5.0, 3.0, -4.0));
    assert_eq!((&z * z.conj()).sum()?, Complex64::new(125.0, 0.0));
    let numbers = ndarray::Array2::from_shape_fn((4, 3), |(i, j)| {
        // Off the branch cuts, where conventions differ.
        Complex64::new(i as f64 - 1.5, 0.25 * j as f64 - 0.375)
    });
    let numbers = numbers.into_dyn();
    let z = ctx.from_ndarray(&numbers, "b,c")?;
    let check = |found: Expr<Complex64>, function: fn(Complex64) -> Complex64| {
        let found = found.eval()?.to_ndarray()?;
        for (&found, &number) in found.iter().zip(&numbers) {
            let expected = function(number);
            let same = close(found.re, expected.re) && close(found.im, expected.im);
            assert!(same, "{found} where num-complex has {expected} for {number}");
        }
        Ok::<(), Error>(())
    };
    check(z.sqrt(), Complex64::sqrt)?;
    check(z.exp(), Complex64::exp)?;
    check(z.exp2(), Complex64::exp2)?;
    check(z.expm1(), |v| v.exp() - 1.0)?;
    check(z.log(), Complex64::ln)?;
    check(z.log2(), Complex64::log2)?;
    check(z.log10(), Complex64::log10)?;
    check(z.log1p(), |v| (v + 1.0).ln())?;
    check(z.sin(), Complex64::sin)?;
    check(z.cos(), Complex64::cos)?;
    check(z.tan(), Complex64::tan)?;
    check(z.sinh(), Complex64::sinh)?;
    check(z.cosh(), Complex64::cosh)?;
    check(z.tanh(), Complex64::tanh)?;
    check(z.arcsin(), Complex64::asin)?;
    check(z.arccos(), Complex64::acos)?;
    check(z.arctan(), Complex64::atan)?;
    check(z.arcsinh(), Complex64::asinh)?;
    check(z.arccosh(), Complex64::acosh)?;
    check(z.arctanh(), Complex64::atanh)?;
    check(z.pow(Complex64::new(3.0, 0.0)), |v| v * v * v)?;
    check(z.pow(Complex64::new(-0.5, 2.0)), |v| v.powc(Complex64::new(-0.5, 2.0)))?;
    check(z.sign(), |v| v / v.norm())?;
    check(-&z + Complex64::new(0.0, 1.0), |v| Complex64::new(0.0, 1.0) - v)?;
    check(Complex64::new(1.0, 0.0) / &z, |v| Complex64::new(1.0, 0.0) / v)?;
    assert_eq!(z.eq(&z).count()?, 12);
    Ok(())
}

/// Functions with parameters, and those that split numbers.
pub(super) fn of_parts(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(44);
    let x = random(&mut draw, &[5, 8]).mapv(|x| x * 1.37);
    let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&[5, 8], ctx.size()))?;
    let (fraction, whole) = a.modf();
    holds(&fraction.eval()?, &x.mapv(f64::fract))?;
    holds(&(whole + fraction).eval()?, &x)?;
    let (mantissa, exponent) = a.frexp();
    assert!(mantissa.abs().lt(1.0).all()?);
    holds(&mantissa.ldexp(&exponent).eval()?, &x)?;
    let (quotient, rest) = a.divmod(0.75);
    holds(&rest.eval()?, &x.mapv(|x| x.rem_euclid(0.75)))?;
    assert!(a.allclose(quotient * 0.75 + rest, 1e-15, 0.0)?);
    holds(&a.round(1).eval()?, &x.mapv(|x| (x * 10.0).round_ties_even() / 10.0))?;
    let bad = a.gt(0.0).where_(&a, f64::NAN);
    holds(&bad.nan_to_num(0.0, 1.0, -1.0).eval()?, &x.mapv(|x| if x > 0.0 { x } else { 0.0 }))?;
    assert!(!bad.allclose(&bad, 0.0, 0.0)? && !a.isclose(&a + 1.0, 0.0, 0.5).any()?);
    holds(&a.cast::<i32>().float_power(2).eval()?, &x.mapv(|x| x.trunc() * x.trunc()))
}

/// Operations on three operands that broadcast together.
pub(super) fn of_three(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(45);
    let (x, low) = (random(&mut draw, &[6, 7]), random(&mut draw, &[7]));
    let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&[6, 7], ctx.size()))?;
    let b = ctx.from_ndarray_on(&low, &draw.any_distribution(&[7], ctx.size()))?;
    let y = low.broadcast((6, 7)).expect("broadcasts").into_dyn().to_owned();
    let with =
        |function: fn(f64, f64) -> f64| Zip::from(&x).and(&y).map_collect(|&x, &y| function(x, y));
    holds(&a.clip(&b, &b + 1.0).eval()?, &with(|x, low| x.max(low).min(low + 1.0)))?;
    holds(&a.clip(-1.0, 1.0).eval()?, &x.mapv(|x| x.clamp(-1.0, 1.0)))?;
    holds(&a.clip(1.0, -1.0).eval()?, &x.mapv(|_| -1.0))?;
    holds(&a.mul_add(&b, 0.1).eval()?, &with(|x, y| x.mul_add(y, 0.1)))?;
    holds(&a.mul_add(0.1, &b).eval()?, &with(|x, y| x.mul_add(0.1, y)))?;
    holds(&a.gt(&b).where_(&b, &a).eval()?, &with(f64::min))?;
    assert!(a.clip(f64::NAN, 1.0).isnan().all()? && a.clip(0.0, f64::NAN).isnan().all()?);
    let n = ctx.arange(-4_i8, 5, 1)?;
    holds(&n.clip(-1, 2).eval()?, &ndarray::array![-1, -1, -1, -1, 0, 1, 2, 2, 2].into_dyn())
}

/// Users' functions of several operands of several types.
pub(super) fn of_many(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(46);
    let x = random(&mut draw, &[4, 5]);
    let a = ctx.from_ndarray_on(&x, &draw.any_distribution(&[4, 5], ctx.size()))?;
    let rows = ctx.arange(0_i64, 4, 1)?.reshape([4, 1])?;
    let even = ctx.from_fn(([5], "c"), |at| at[0] % 2 == 0)?;
    let found =
        ctx.zip_map((&a, &rows, &even, 0.5_f32), |x: f64, row: i64, even: bool, half: f32| {
            if even { x * f64::from(half) } else { row as f64 }
        });
    let expected = ndarray::ArrayD::from_shape_fn(ndarray::IxDyn(&[4, 5]), |at| {
        if at[1] % 2 == 0 { x[&at] * 0.5 } else { at[0] as f64 }
    });
    holds(&found.eval()?, &expected)?;
    let refuse = |x: f64, row: i64| if row == 2 { Err("two") } else { Ok(x) };
    refused(ctx, ctx.try_zip_map((&a, &rows), refuse).sum(), &["two"])?;
    let placed =
        ctx.zip_map_indexed((&a, &rows, 10_u8), |at: &[usize], x: f64, row: i64, by: u8| {
            x * row as f64 + (usize::from(by) * at[0] + at[1]) as f64
        });
    let expected = ndarray::ArrayD::from_shape_fn(ndarray::IxDyn(&[4, 5]), |at| {
        x[&at] * at[0] as f64 + (10 * at[0] + at[1]) as f64
    });
    holds(&placed.eval()?, &expected)?;
    let late = |at: &[usize], x: f64, _: i64| if at == [3, 1] { Err("there") } else { Ok(x) };
    refused(ctx, ctx.try_zip_map_indexed((&a, &rows), late).sum(), &["there", "[3, 1]"])?;
    let apart = ctx.ones::<f64>([3])?;
    let apart = ctx.zip_map_indexed((&a, &apart), |_: &[usize], x: f64, y: f64| x + y);
    refused(ctx, apart.eval(), &["zip_map_indexed", "[4, 5]", "[3]"])?;
    let shapes = ctx.zip_map((&a, &ctx.ones::<f64>([3])?), |x: f64, y: f64| x + y);
    refused(ctx, shapes.eval(), &["zip_map", "[4, 5]", "[3]"])
}
