//! Halo exchange.

use std::sync::{Mutex, PoisonError};

use distarray::prelude::*;

use crate::draw::Draw;
use crate::oracle::{halo_holds, holds, numbered};

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
        halo_holds(&array, &expected);
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

/// Halos wider than blocks and than the axis, on axes that go round and that do not: every element
/// comes as often as it is wanted, also from the rank itself.
pub(super) fn wide_halos(ctx: &Context) -> Result<()> {
    for (extent, low, high) in [(1, 2, 3), (2, 5, 0), (3, 0, 7), (5, 4, 4), (9, 10, 10)] {
        for periodic in [false, true] {
            for parts in 1..=ctx.size() {
                let mut builder = Distribution::builder([extent, 3]).dists("b,b");
                builder = builder.grid(&[parts]).halo(0, low, high).halo(1, 1, 1);
                if periodic {
                    builder = builder.periodic(0);
                }
                let expected = numbered(&[extent, 3]);
                let mut array = ctx.from_ndarray_on(&expected, &builder.build(ctx.size())?)?;
                // Twice: what the first left in the halos is replaced, and nothing else.
                array.exchange_halo()?;
                array.local_mut()?.mapv_inplace(|element| -element);
                array.exchange_halo()?;
                let expected = -expected;
                halo_holds(&array, &expected);
                holds(&array, &expected)?;
            }
        }
    }
    Ok(())
}

/// An exchange changes neither the clones of an array nor the expressions that read it.
pub(super) fn shared_halos(ctx: &Context) -> Result<()> {
    let dist = Distribution::builder([7, 5]).dists("b,b").halos(2).periodic(0).build(ctx.size())?;
    let expected = numbered(&[7, 5]);
    let mut array = ctx.from_ndarray_on(&expected, &dist)?;
    let (before, twice) = (array.clone(), &array * 2);
    let halo = before.local_with_halo().to_owned();
    array.exchange_halo()?;
    assert_eq!(before.local_with_halo(), halo, "the clone keeps its empty halo");
    halo_holds(&array, &expected);
    array.local_mut()?.fill(-1);
    holds(&before, &expected)?;
    holds(&twice.eval()?, &(&expected * 2))?;
    // A copy with another halo has zeros around what it owns.
    let wider = Distribution::builder([7, 5]).dists("b,b").halos(3).build(ctx.size())?;
    let moved = before.redistribute(&wider)?;
    let sum: i64 = moved.local_with_halo().iter().sum();
    assert_eq!(sum, moved.local().iter().sum::<i64>());
    holds(&moved, &expected)
}

/// What is exchanged in two steps is what was there at the first, whatever happens in between: other
/// operations, another exchange, clones of the array.
pub(super) fn split_halos(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(32);
    for _ in 0..20 {
        let shape = draw.shape();
        let (one, two) = (draw.haloed(&shape, ctx.size()), draw.haloed(&shape, ctx.size()));
        let expected = numbered(&shape);
        let mut a = ctx.from_ndarray_on(&expected, &one)?;
        let mut b = ctx.from_ndarray_on(&-&expected, &two)?;
        let first = a.start_halo_exchange()?;
        let second = b.start_halo_exchange()?;
        assert_eq!(first.sum()?, expected.sum());
        let clone = first.clone();
        let halo = clone.local_with_halo().to_owned();
        first.finish()?;
        second.finish()?;
        halo_holds(&a, &expected);
        halo_holds(&b, &-&expected);
        assert_eq!(clone.local_with_halo(), halo, "the clone keeps its empty halo");
        // At once, after it was split.
        a.local_mut()?.mapv_inplace(|element| element + 1);
        a.exchange_halo()?;
        halo_holds(&a, &(&expected + 1));
    }
    Ok(())
}

/// Leaks a value, so that a search for leaks takes it to be in use.
fn leak<T>(value: T) {
    static LEAKED: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    let address = Box::into_raw(Box::new(value)).addr();
    LEAKED.lock().unwrap_or_else(PoisonError::into_inner).push(address);
}

/// An exchange that is dropped or leaked changes nothing, and what comes later is not taken for it.
pub(super) fn dropped_halos(ctx: &Context) -> Result<()> {
    let dist = Distribution::builder([7, 5]).dists("b,b").halos(2).periodic(0).build(ctx.size())?;
    let expected = numbered(&[7, 5]);
    let mut array = ctx.from_ndarray_on(&expected, &dist)?;
    let before = array.local_with_halo().to_owned();
    drop(array.start_halo_exchange()?);
    leak(array.start_halo_exchange()?);
    assert_eq!(array.local_with_halo(), before);
    array.local_mut()?.mapv_inplace(|element| -element);
    let pending = array.start_halo_exchange()?;
    ctx.barrier()?;
    pending.finish()?;
    halo_holds(&array, &-&expected);
    array.exchange_halo()?;
    halo_holds(&array, &-&expected);
    holds(&array, &-&expected)
}
