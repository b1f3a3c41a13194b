//! Arrays that every rank has a copy of.

use distarray::prelude::*;
use ndarray::s;

use crate::oracle::{holds, numbered};

/// What needs elements of a copy has them without communication.
pub(super) fn free(ctx: &Context) -> Result<()> {
    let expected = numbered(&[6, 5]);
    let everywhere = Distribution::replicated([6, 5], ctx.size())?;
    let copies = ctx.from_ndarray_on(&expected, &everywhere)?;
    let tiles = Distribution::new([6, 5], "b,c:2", ctx.size())?;
    let spread = ctx.from_ndarray_on(&expected, &tiles)?;
    let (moved, sum, total, element) = ctx.no_communication(|| {
        let column = copies.slice(s![.., 2..3])?;
        Ok((
            copies.redistribute(&tiles)?,
            (&spread * 2 + &copies + &column).eval()?,
            copies.sum()?,
            copies.get(&[5, 4])?,
        ))
    })?;
    assert_eq!((sum.distribution(), moved.distribution()), (&tiles, &tiles));
    holds(&moved, &expected)?;
    holds(&sum, &(&expected * 3 + expected.slice(s![.., 2..3])))?;
    assert_eq!((total, element), (expected.sum(), 29));
    // Of copies alone each rank computes its own.
    let twice = ctx.no_communication(|| (&copies * 2).eval())?;
    assert_eq!(twice.distribution(), &everywhere);
    holds(&twice, &(&expected * 2))
}

/// Every copy is written.
pub(super) fn written(ctx: &Context) -> Result<()> {
    let mut expected = numbered(&[6, 5]);
    let mut copies = ctx.from_ndarray(&expected, "b")?.replicate()?;
    assert!(copies.distribution().is_replicated() == (ctx.size() > 1));
    copies.set(&[1, 1], -5)?;
    expected[[1, 1]] = -5;
    let row = ctx.arange(0_i64, 5, 1)?;
    copies.slice_mut(s![2, ..])?.assign(&row)?;
    expected.slice_mut(s![2, ..]).assign(&numbered(&[5]));
    let here = copies.local();
    assert_eq!(here, expected.view());
    holds(&copies, &expected)
}

/// Of the results of reductions over all axes every rank has a copy.
pub(super) fn totals(ctx: &Context) -> Result<()> {
    let array = ctx.from_ndarray(&numbered(&[6, 5]), "b")?;
    let total = array.sum_axes(&[0, 1])?;
    assert_eq!(total.local()[[]], 435);
    let share = ctx.no_communication(|| (&array * 10 - &total).eval())?;
    holds(&share, &(numbered(&[6, 5]) * 10 - 435))
}
