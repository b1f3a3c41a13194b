//! Expressions that are made from global indices, without an array.

use distarray::prelude::*;
use ndarray::{ArrayD, Axis, IxDyn};

use super::errors::refused;
use super::slices::{slice_of, whole};
use crate::draw::Draw;
use crate::oracle::{holds, numbered};

/// A number that tells the indices of up to four axes apart.
fn told(at: &[usize]) -> i64 {
    at.iter().fold(7, |number, &index| 11 * number + index as i64)
}

fn plain(shape: &[usize]) -> ArrayD<i64> {
    ArrayD::from_shape_fn(IxDyn(shape), |at| told(ndarray::Dimension::slice(&at)))
}

/// Alone, under any distribution and with any arrays.
pub(super) fn everywhere(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(121);
    for _ in 0..25 {
        let shape = draw.shape();
        let (expected, others) = (plain(&shape), numbered(&shape));
        let distribution = draw.any_distribution(&shape, ctx.size());
        let made = ctx.fromfunction(&distribution, told);
        let array = made.eval()?;
        assert_eq!(*array.distribution(), distribution.without_halo());
        holds(&array, &expected)?;
        holds(&made.eval_on(draw.any_distribution(&shape, ctx.size()))?, &expected)?;
        let elements = ctx.from_ndarray_on(&others, &draw.any_distribution(&shape, ctx.size()))?;
        holds(&(&elements * 2 + &made).eval()?, &(&others * 2 + &expected))?;
        assert_eq!((&made + &elements).sum()?, (&others + &expected).sum());
        if !shape.is_empty() {
            let axis = draw.below(shape.len());
            let sums = made.sum_axes(&[axis as isize])?;
            holds(&sums, &expected.sum_axis(Axis(axis)))?;
            let along = ctx.indices(&distribution, axis as isize);
            let expected = ArrayD::from_shape_fn(IxDyn(&shape), |at| at[axis] as i64);
            holds(&along.eval()?, &expected)?;
            holds(&(&elements - &along).eval()?, &(&others - &expected))?;
        }
    }
    assert_eq!(ctx.fromfunction([], |at| at.len() as u8).max()?, 0);
    Ok(())
}

/// As values that are stretched, and of slices.
pub(super) fn stretched(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(122);
    for _ in 0..25 {
        let shape = draw.shape();
        let mut extents = shape.clone();
        for extent in &mut extents {
            if draw.once_in(3) {
                *extent = 1;
            }
        }
        if !extents.is_empty() && draw.once_in(3) {
            extents.remove(0);
        }
        let (small, large) = (plain(&extents), numbered(&shape));
        let distribution = draw.any_distribution(&shape, ctx.size());
        let mut array = ctx.from_ndarray_on(&large, &distribution)?;
        let made = ctx.fromfunction(&*extents, told);
        holds(&(&array + &made).eval()?, &(&large + &small))?;
        array.assign(&made)?;
        let broadcast = small.broadcast(IxDyn(&shape)).expect("it is stretched");
        holds(&array, &broadcast.to_owned())?;
    }
    Ok(())
}

/// Beside slices, whose indices are spaced in all ways, and written to them.
pub(super) fn slices(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(123);
    for _ in 0..40 {
        let shape = draw.shape();
        let mut expected = numbered(&shape);
        let distribution = draw.any_distribution(&shape, ctx.size());
        let mut array = ctx.from_ndarray_on(&expected, &distribution)?;
        let by = slice_of(&mut draw, &shape);
        let part = array.slice(&by)?;
        let values = plain(part.shape());
        let made = ctx.fromfunction(part.shape(), told);
        let mut target = expected.slice_mut(&*whole(shape.len(), &by));
        holds(&(&part - &made).eval()?, &(&target - &values))?;
        holds(&made.eval_on(part.distribution().without_halo())?, &values)?;
        array.slice_mut(&by)?.assign(&made)?;
        target.assign(&values);
        holds(&array, &expected)?;
    }
    Ok(())
}

/// Some rows of what is generated, and of arrays.
pub(super) fn rows(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(124);
    for _ in 0..20 {
        let shape = draw.shape();
        let made = ctx.fromfunction(draw.any_distribution(&shape, ctx.size()), told);
        let Some(&extent) = shape.first() else {
            refused(ctx, made.eval_rows(0..1), &["shape []", "no rows 0..1"])?;
            continue;
        };
        let elements = numbered(&shape);
        let array = ctx.from_ndarray_on(&elements, &draw.any_distribution(&shape, ctx.size()))?;
        let numbers = ctx.indices(array.distribution(), 0);
        let all = (&array + &made) * &numbers;
        let (one, other) = (draw.below(extent + 1), draw.below(extent + 1));
        let rows = one.min(other)..one.max(other);
        let mut expected = elements + plain(&shape);
        for (index, mut row) in expected.outer_iter_mut().enumerate() {
            row.mapv_inplace(|element| element * index as i64);
        }
        let expected = expected.slice_axis(Axis(0), rows.clone().into()).to_owned();
        holds(&all.eval_rows(rows)?, &expected)?;
        refused(ctx, all.eval_rows(0..extent + 1), &["has no rows 0"])?;
    }
    Ok(())
}

/// Users' functions of elements and where they are.
pub(super) fn functions(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(124);
    for _ in 0..15 {
        let shape = draw.shape();
        let (elements, places) = (numbered(&shape), plain(&shape));
        let distribution = draw.any_distribution(&shape, ctx.size());
        let array = ctx.from_ndarray_on(&elements, &distribution)?;
        let sums = array.map_indexed(|at, x| x + told(at));
        holds(&sums.eval()?, &(&elements + &places))?;
        holds(&(&array + 1).map_indexed(|at, x| x - told(at)).eval()?, &(&elements + 1 - &places))?;
        // The index is that of what the function sees, not of what it is stretched to.
        let mut wider = vec![2];
        wider.extend_from_slice(&shape);
        let stretched = (&sums + ctx.fromfunction(&*wider, |at| at[0] as i64)).eval()?;
        let both: Vec<_> = [0, 1].iter().map(|i| &elements + &places + *i).collect();
        let views: Vec<_> = both.iter().map(|array| array.view()).collect();
        holds(&stretched, &ndarray::stack(Axis(0), &views).expect("of one shape"))?;
    }
    for culprit in 0..ctx.size() as i64 {
        let array = ctx.arange(10, 10 + ctx.size() as i64, 1)?;
        let place = format!("bad {} (at index [{culprit}])", 10 + culprit);
        let or_fail = move |at: &[usize], x: i64| match at[0] as i64 == culprit {
            true => Err(format!("bad {x}")),
            false => Ok(x),
        };
        refused(ctx, array.try_map_indexed(or_fail).eval(), &[&place])?;
        let made = ctx.try_fromfunction(ctx.size(), move |at| or_fail(at, 10 + at[0] as i64));
        refused(ctx, made.sum(), &[&place])?;
        assert_eq!(array.try_map_indexed(|_, x| Ok::<_, Error>(x)).sum()?, array.sum()?);
    }
    refused(ctx, ctx.indices([2, 3], 2).eval(), &["indices", "axis 2", "2 axes"])?;
    refused(ctx, ctx.fromfunction(([3], "q"), told).sum(), &["q"])?;
    refused(ctx, ctx.fromfunction([3], told).eval_on([4]), &["[3]", "[4]"])
}
