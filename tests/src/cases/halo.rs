//! Halo exchange.

use distarray::prelude::*;

use crate::draw::Draw;
use crate::oracle::{holds, numbered};

/// Every place of every halo holds the element that stands there in the whole array, going round
/// periodic axes; corners, blocks smaller than the halo, empty blocks and single ranks included.
pub(super) fn fills_halos(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(31);
    for _ in 0..60 {
        let shape = draw.shape();
        let dist = draw.haloed(&shape, ctx.size());
        let expected = numbered(&shape);
        let mut array = ctx.from_ndarray_on(&expected, &dist)?;
        array.exchange_halo()?;
        holds(&array, &expected)?;
        let Some(coords) = dist.coords(ctx.rank()) else { continue };
        if array.local().is_empty() {
            continue;
        }
        let padding = dist.padding(ctx.rank());
        for (place, &found) in array.local_with_halo().indexed_iter() {
            let global: Vec<usize> = (0..shape.len())
                .map(|axis| {
                    let first = dist.axis(axis).global(coords[axis], 0) as isize;
                    let at = first + place[axis] as isize - padding[axis].0 as isize;
                    at.rem_euclid(shape[axis] as isize) as usize
                })
                .collect();
            assert_eq!(found, expected[&global[..]], "{place:?} on rank {} of {dist}", ctx.rank());
        }
    }
    Ok(())
}

/// What is computed with an array that has a halo has none, and does not look at it.
pub(super) fn keeps_halos_apart(ctx: &Context) -> Result<()> {
    let dist = Distribution::builder([9, 8]).dists("b,b").halos(2).build(ctx.size())?;
    let expected = numbered(&[9, 8]);
    let mut array = ctx.from_ndarray_on(&expected, &dist)?;
    assert_eq!(array.sum()?, expected.sum());
    array.exchange_halo()?;
    assert_eq!(array.sum()?, expected.sum());
    let twice = (&array + &array).eval()?;
    assert!(!twice.distribution().has_halo());
    holds(&twice, &(&expected + &expected))?;
    array.set(&[4, 4], -1)?;
    assert_eq!(array.get(&[4, 4])?, -1);
    Ok(())
}
