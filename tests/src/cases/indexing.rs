//! Elements by lists of indices and by masks.

use distarray::array::{Indices, Mask};
use distarray::comm::ReduceOp;
use distarray::prelude::*;
use ndarray::array;

use super::errors::refused;
use crate::draw::Draw;
use crate::indexing;
use crate::oracle::{holds, numbered};

pub(super) fn reads(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(91);
    (0..12).try_for_each(|_| indexing::reads(ctx, &mut draw))
}

pub(super) fn writes(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(92);
    (0..12).try_for_each(|_| indexing::writes(ctx, &mut draw))
}

pub(super) fn permutations(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(93);
    (0..4).try_for_each(|_| indexing::permutes(ctx, &mut draw))
}

pub(super) fn masks(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(94);
    (0..8).try_for_each(|_| indexing::masks(ctx, &mut draw))
}

pub(super) fn writes_masks(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(95);
    (0..8).try_for_each(|_| indexing::writes_masks(ctx, &mut draw))
}

pub(super) fn finds(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(96);
    (0..6).try_for_each(|_| indexing::finds(ctx, &mut draw))
}

/// Where results lie, and that indices which every rank has need nothing but the elements.
pub(super) fn results(ctx: &Context) -> Result<()> {
    let size = ctx.size();
    let whole = numbered(&[3 * size, 4]);
    let columns = ctx.from_ndarray(&whole, "b,n")?;
    let found = columns.take([3, 0], 1)?;
    assert_eq!(found.distribution(), &Distribution::new([3 * size, 2], "b,n", size)?);
    let on = Distribution::new([2 * size], "c", size)?;
    let rows = ctx.from_fn(&on, |at| (at[0] % 3) as i32 - 1)?;
    let found = columns.take(&rows, 0)?;
    assert_eq!(found.distribution(), &Distribution::new([2 * size, 4], "c,n", size)?);
    holds(
        &found.take(0, 0)?,
        &array![8, 9, 10, 11].mapv(|n| n + 4 * (3 * size as i64 - 3)).into_dyn(),
    )?;
    let found = columns.masked(columns.ge(4))?;
    assert_eq!(found.distribution(), &Distribution::new([12 * size - 4], "b", size)?);
    Ok(())
}

/// Indices and masks that every rank has send nothing but elements that change their rank, and those
/// once; single values are not sent.
pub(super) fn costs(ctx: &Context) -> Result<()> {
    let (size, whole) = (ctx.size(), numbered(&[12, 6]));
    let columns = ctx.from_ndarray(&whole, "n,b")?;
    let found = ctx.no_communication(|| columns.take([3, 0, -1], 0))?;
    holds(&found, &whole.select(ndarray::Axis(0), &[3, 0, 11]))?;

    let mut rows = ctx.from_ndarray(&whole, "b")?;
    let reversed: Vec<usize> = (0..12).rev().collect();
    let place = Distribution::new([12], "b", size)?;
    let moved = (0..12).filter(|&i| place.owner(&[i]).ok() != place.owner(&[11 - i]).ok()).count();
    let bytes = moved as u64 * 6 * 8;
    let found = ctx.max_bytes(bytes, || rows.take(&reversed, 0))?;
    holds(&found, &whole.select(ndarray::Axis(0), &reversed))?;
    if size > 1 {
        let error = ctx.max_bytes(bytes - 1, || rows.take(&reversed, 0)).unwrap_err().to_string();
        assert!(error.contains(&format!("would send {bytes} bytes")), "{error}");
        let values = ctx.from_ndarray(&whole.mapv(|n| -n), "n,b")?;
        let error = ctx.no_communication(|| rows.vindex_put([&reversed], &values)).unwrap_err();
        assert!(matches!(error, Error::Budget(_)), "{error}");
    }
    holds(&rows, &whole)?;

    let positive = rows.gt(60);
    ctx.no_communication(|| {
        rows.put([0, -1, 0], 7)?;
        rows.add_at([[1, 1, 2], [5, 5, 5]], 100)?;
        rows.put_masked(positive, -1)?;
        rows.put_masked(&whole.mapv(|n| n == 30), -2)
    })?;
    let mut expected = whole.mapv(|n| if n > 60 { -1 } else { n });
    expected[[0, 0]] = 7;
    expected[[1, 5]] += 200;
    expected[[2, 5]] += 100;
    expected[[5, 0]] = -2;
    holds(&rows, &expected)
}

/// Values and sums do not depend on who has them: the last of several stays, in C order of indices.
pub(super) fn duplicates(ctx: &Context) -> Result<()> {
    let on = Distribution::new([40], "c:3", ctx.size())?;
    let bins = ctx.from_fn(&on, |at| (at[0] * 7 % 5) as u8)?;
    let values = ctx.from_fn(40, |at| 0.1 * at[0] as f64)?;
    let (mut last, mut sums) = (ctx.zeros::<f64>(5)?, ctx.zeros::<f64>(([5], "c"))?);
    last.put(&bins, &values)?;
    sums.add_at([&bins], &values)?;
    let (mut expected_last, mut expected_sums) =
        (ndarray::Array1::zeros(5), ndarray::Array1::zeros(5));
    for i in 0..40 {
        expected_last[i * 7 % 5] = 0.1 * i as f64;
        expected_sums[i * 7 % 5] += 0.1 * i as f64;
    }
    holds(&last, &expected_last.into_dyn())?;
    holds(&sums, &expected_sums.into_dyn())?;
    let mut flags = ctx.full(0_u16, 5)?;
    flags.accumulate_at(ReduceOp::Or, [&bins], 6)?;
    flags.accumulate_at(ReduceOp::And, [[0, 1, 0]], [12, 3, 4])?;
    holds(&flags, &array![4, 2, 6, 6, 6].into_dyn())
}

pub(super) fn choices(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(97);
    for _ in 0..3 {
        let shape = draw.shape();
        let whole = numbered(&shape).mapv(|n| n as i32);
        let a = ctx.from_ndarray_on(&whole, &draw.any_distribution(&shape, ctx.size()))?;
        let b = ctx.from_ndarray_on(&(&whole * 10), &draw.distribution(&shape, ctx.size()))?;
        let odd = (&a % 2).eq(1);
        let expected = whole.mapv(|n| if n % 2 == 1 { 10 * n } else { -1 });
        holds(&odd.where_(&b, -1).eval()?, &expected)?;
        let found = ctx.select(&[a.lt(3), odd], &[&b * 1, &a * -1], 7);
        let expected = whole.mapv(|n| match n {
            0..3 => 10 * n,
            _ if n % 2 == 1 => -n,
            _ => 7,
        });
        holds(&found.eval()?, &expected)?;
        let found = ctx.choose(&(&a % 3), &[&a, &b, &a])?;
        holds(&found, &whole.mapv(|n| if n % 3 == 1 { 10 * n } else { n }))?;
    }
    let one = ctx.choose(&ctx.zeros::<u8>([2, 3])?, &[ctx.ones::<f32>(3)?])?;
    assert_eq!(one.shape(), [2, 3]);
    Ok(())
}

/// Bad indices, shapes and types: one error on every rank, and nothing is written.
pub(super) fn refusals(ctx: &Context) -> Result<()> {
    let whole = numbered(&[4, 3]);
    let mut a = ctx.from_ndarray(&whole, "b,c")?;
    let bad = ctx.from_fn(2 * ctx.size(), |at| if at[0] + 1 < 2 * ctx.size() { 1 } else { -5 })?;
    refused(ctx, a.take([0, 4], 0), &["take", "index 4", "axis 0", "extent 4"])?;
    refused(ctx, a.take(&bad, 0), &["take", "index -5", "axis 0", "extent 4"])?;
    refused(ctx, a.take([0], 2), &["take", "axis 2", "2 axes"])?;
    refused(ctx, a.take([u64::MAX], 0), &["take", "18446744073709551615"])?;
    let huge = ctx.full(u64::MAX, 2)?;
    refused(ctx, a.take(&huge, 0), &["take", "18446744073709551615"])?;
    refused(ctx, a.take_flat([12]), &["take_flat", "index 12", "12 elements", "[4, 3]"])?;
    refused(ctx, a.take_along_axis([0], 0), &["take_along_axis", "[1]", "[4, 3]"])?;
    refused(ctx, a.vindex([[0], [3]]), &["vindex", "index 3", "axis 1", "extent 3"])?;
    refused(ctx, a.vindex([[0], [0], [0]]), &["vindex", "3 axes", "2 axes"])?;
    let lists = [Indices::from([0, 1]), Indices::from([0, 1, 2])];
    refused(ctx, a.vindex(lists), &["vindex", "[2]", "[3]"])?;
    refused(ctx, a.put([0, 99], 1), &["put", "index 99"])?;
    refused(ctx, a.put(&bad * 3, -7), &["put", "index -15"])?;
    refused(ctx, a.vindex_put([[0, 1]], [1, 2, 3, 4]), &["vindex_put", "[4]", "[2, 3]"])?;
    refused(ctx, a.put_along_axis(&array![[7]], 0, 1), &["put_along_axis", "index 7", "axis 1"])?;
    refused(ctx, a.add_at([&bad], 1), &["add_at", "index -5"])?;
    let mut floats = ctx.ones::<f64>(3)?;
    refused(ctx, floats.accumulate_at(ReduceOp::And, [0], 1.0), &["and", "float64"])?;
    refused(ctx, a.masked([true, false]), &["masked", "[2]", "[4, 3]"])?;
    refused(ctx, a.put_masked(a.gt(4), [1, 2]), &["put_masked", "[2]", "[7]"])?;
    refused(ctx, a.put_masked([true; 4], [1, 2]), &["put_masked", "[2]", "[4, 3]"])?;
    refused(ctx, a.compress([true; 4], 1), &["compress", "true at 3", "axis 1", "extent 3"])?;
    let long = ctx.full(true, 9)?;
    refused(ctx, a.compress(&long, 0), &["compress", "true at", "axis 0", "extent 4"])?;
    refused(ctx, a.compress(Mask::from(a.gt(0)), 0), &["compress", "one axis", "[4, 3]"])?;
    refused(ctx, ctx.choose(&a, &[&a, &a]), &["choose", "no choice 11 of 2"])?;
    refused(ctx, ctx.select(&[a.gt(1)], &[&a, &a], 0).eval(), &["1 conditions", "2 choices"])?;
    holds(&a, &whole)
}
