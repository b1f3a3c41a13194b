//! Numbers at the ends of their range, and more elements than there can be.

use distarray::prelude::*;

use super::errors::refused;

/// Squares that are less than any number, or more.
pub(super) fn variances(ctx: &Context) -> Result<()> {
    let of = |numbers: Vec<f64>| {
        let len = numbers.len();
        ctx.from_fn((vec![len], "c"), move |at| numbers[at[0]])
    };
    // The squares of distances are rounded to the least number or to none.
    let low = f64::from_bits((1023 - 484) << 52);
    let near = of((0..100).map(|i| if i % 25 >= 16 { low.next_up() } else { low }).collect())?;
    assert!((0.0..1e-300).contains(&near.var()?));
    assert_eq!(near.std()?, near.var()?.sqrt());

    let wide = [vec![1e200, 0.0], vec![0.0, 1e200], vec![f64::MAX, -f64::MAX], vec![1e200; 1]];
    for (i, numbers) in wide.into_iter().enumerate() {
        let expected = if i < 3 { f64::INFINITY } else { 0.0 };
        let (len, a) = (numbers.len(), of(numbers)?);
        assert_eq!((a.var()?, a.std()?, a.nanvar()?), (expected, expected, expected), "{i}");
        let table = a.reshape([1, len])?;
        assert_eq!(table.var_axes(&[1])?.get(&[0])?, expected, "{i}");
    }
    for strange in [f64::NAN, f64::INFINITY] {
        assert!(of(vec![1.0, strange, 3.0])?.var()?.is_nan());
    }
    // The first number, which squares are taken from at first, is far away.
    let mut one_far = vec![0.0; 1000];
    one_far[0] = 1e150;
    let expected = 1e300 * (1.0 / 1000.0) * (1.0 - 1.0 / 1000.0);
    assert!((of(one_far)?.var()? / expected - 1.0).abs() < 1e-12);
    Ok(())
}

/// Decimals beyond all digits, magnitudes beyond all numbers.
pub(super) fn functions(ctx: &Context) -> Result<()> {
    for decimals in [-309, -400, i32::MIN] {
        let rounded = ctx.full(-5.0_f64, 3)?.round(decimals).eval()?;
        assert_eq!((rounded.get(&[2])?, rounded.get(&[0])?.is_sign_negative()), (0.0, true));
        assert!(ctx.full(f64::NAN, 3)?.round(decimals).max()?.is_nan());
        assert_eq!(ctx.full(f64::INFINITY, 3)?.round(decimals).max()?, f64::INFINITY);
    }
    assert_eq!(ctx.full(5.0_f32, 3)?.round(-39).max()?, 0.0);
    assert_eq!(ctx.full(5.5, 3)?.round(400).max()?, 5.5);

    let far = ctx.full(Complex64::new(1.7e308, -1.7e308), 3)?.sign().eval()?.get(&[1])?;
    assert!((far.re - 0.5_f64.sqrt()).abs() < 1e-15 && (far.im + 0.5_f64.sqrt()).abs() < 1e-15);
    let half = ctx.random(3).beta::<f64>(1e308, 1e308, 9).eval()?;
    assert!((half.min()? - 0.5).abs() < 1e-9 && (half.max()? - 0.5).abs() < 1e-9);
    Ok(())
}

/// More elements or bins than can be counted, and bins wider than any number.
pub(super) fn counts(ctx: &Context) -> Result<()> {
    let row = ctx.ones::<f64>(1)?.broadcast_to(&[1 << 32])?;
    let column = ctx.ones::<f64>([1, 1])?.broadcast_to(&[1 << 32, 1])?;
    refused(ctx, (&row + &column).min(), &["'min'", "can be counted"])?;
    refused(ctx, (&row + &column).mean_axes(&[0, 1]), &["'mean'", "can be counted"])?;

    let numbers = ctx.full((1_i64 << 61) - 1, 3)?;
    let weights = ctx.ones::<f64>(3)?;
    refused(ctx, numbers.bincount_weighted(&weights, 0), &["can be counted"])?;

    let a = ctx.full(0.5, 5)?;
    for bins in [1 << 46, 1 << 62, usize::MAX] {
        refused(ctx, a.histogram(bins).range(0.0, 1.0).eval(), &["bins are too many"])?;
    }
    let wide = ctx.from_fn(3, |at| (at[0] as f64 - 1.0) * 1.7e308)?;
    refused(ctx, wide.histogram(4).eval(), &["'histogram'", "wider than any number"])
}
