//! Elementwise functions against those of the standard library and of `num_complex`.

use distarray::prelude::*;
use ndarray::Zip;

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
    holds(&a.abs().pow(&b).eval()?, &with(|a, b| a.abs().powf(b)))
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
