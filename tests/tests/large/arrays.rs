//! Arrays of more than 2^31 and 2^32 elements.

use distarray::prelude::*;

use crate::Large;
use crate::elements::{check, element, fill, sum};
use crate::room::Room;

/// A little more than 32 bits count.
pub(crate) const BEYOND_32_BITS: usize = (1 << 32) + 5;
/// A little more than 31 bits count.
pub(crate) const BEYOND_31_BITS: usize = (1 << 31) + 9;

/// First index and distance of the elements of a rank's part, along one axis in blocks or cyclic;
/// `None` where it has none.
fn line(array: &DistArray<u8>) -> Option<(usize, usize)> {
    let coords = array.distribution().coords(array.context().rank())?;
    match array.distribution().axis(0).segments(coords[0])[..] {
        [segment] => Some((segment.global, segment.step)),
        ref segments => panic!("{} segments are no line", segments.len()),
    }
}

/// Makes the elements of an array along one axis those of their indices.
fn number(array: &mut DistArray<u8>) -> Result<()> {
    if let Some((first, step)) = line(array) {
        fill(array.local_mut()?.as_slice_mut().expect("one axis"), first, step);
    }
    Ok(())
}

/// An array along one axis whose elements are those of their indices.
pub(crate) fn numbered(
    ctx: &Context,
    distribution: impl IntoDistribution,
) -> Result<DistArray<u8>> {
    let mut array = ctx.zeros::<u8>(distribution)?;
    number(&mut array)?;
    Ok(array)
}

/// That the elements are those of the indices.
pub(crate) fn holds(array: &DistArray<u8>) {
    if let Some((first, step)) = line(array) {
        check(array.local().as_slice().expect("one axis"), first, step);
    }
}

/// New arrays, counts and sums of them, single elements at their end.
pub(crate) fn creates_and_reduces() -> Large {
    Large { ranks: 2, room: Room::memory(5), program: create_and_reduce }
}

fn create_and_reduce(ctx: &Context) -> Result<()> {
    let (length, last) = (BEYOND_32_BITS, BEYOND_32_BITS - 1);
    let mut array = ctx.ones::<u8>(length)?;
    assert_eq!((array.len(), array.sum()?), (length, length as u64));
    number(&mut array)?;
    assert_eq!(array.sum()?, sum(length));
    assert_eq!(array.count()?, (length - length.div_ceil(251)) as u64);
    assert_eq!((array.min()?, array.max()?), (0, 250));
    for at in [0, (1 << 31) + 1, (1 << 32) + 2, last] {
        assert_eq!(array.get(&[at])?, element(at));
    }
    array.set(&[last], 255)?;
    assert_eq!((array.max()?, array.get(&[last])?), (255, 255));
    let error = array.get(&[length]).unwrap_err().to_string();
    assert!(error.contains("4294967301"), "{error}");
    Ok(())
}

/// Expressions, and counts of their elements, on one rank: so many in one part.
pub(crate) fn evaluates() -> Large {
    Large { ranks: 1, room: Room::memory(5), program: evaluate }
}

fn evaluate(ctx: &Context) -> Result<()> {
    let array = numbered(ctx, BEYOND_31_BITS)?;
    let complement = (255 - &array).eval()?;
    assert_eq!(complement.sum()?, 255 * BEYOND_31_BITS as u64 - sum(BEYOND_31_BITS));
    assert_eq!((&array + &complement).eq(255).count()?, BEYOND_31_BITS as u64);
    Ok(())
}

/// From one rank to all of them, cyclic, and from there to blocks: strided messages, the first of
/// more than 2^31 elements.
pub(crate) fn redistributes() -> Large {
    Large { ranks: 2, room: Room::memory(9), program: redistribute }
}

fn redistribute(ctx: &Context) -> Result<()> {
    let shape = [BEYOND_32_BITS];
    let one = numbered(ctx, Distribution::on_one(shape, 1))?;
    let cyclic = one.redistribute("c")?;
    drop(one);
    holds(&cyclic);
    let blocks = cyclic.redistribute("b")?;
    drop(cyclic);
    holds(&blocks);
    Ok(())
}

/// The whole array on one rank, as a plain one.
pub(crate) fn gathers() -> Large {
    Large { ranks: 3, room: Room::memory(7), program: gather }
}

fn gather(ctx: &Context) -> Result<()> {
    let array = numbered(ctx, ([BEYOND_31_BITS], "b"))?.redistribute("c:1000")?;
    let gathered = array.to_ndarray_on(2)?;
    drop(array);
    assert_eq!(gathered.is_some(), ctx.rank() == 2);
    if let Some(gathered) = gathered {
        assert_eq!(gathered.shape(), [BEYOND_31_BITS]);
        check(gathered.as_slice().expect("one axis"), 0, 1);
    }
    Ok(())
}

/// Rows of that many elements, one of which the neighbour has in its halo: one message.
pub(crate) fn fills_halos() -> Large {
    Large { ranks: 2, room: Room::memory(7), program: fill_halo }
}

fn fill_halo(ctx: &Context) -> Result<()> {
    let shape = [2, BEYOND_31_BITS];
    let rows = Distribution::builder(shape).dists("b,n").halo(0, 1, 0).build(ctx.size())?;
    let mut array = ctx.zeros::<u8>(&rows)?;
    let first = |row: usize| row * 100;
    fill(array.local_mut()?.as_slice_mut().expect("one row"), first(ctx.rank()), 1);
    array.exchange_halo()?;
    let local = array.local_with_halo();
    assert_eq!(local.shape(), [1 + ctx.rank(), BEYOND_31_BITS]);
    for (row, elements) in local.outer_iter().enumerate() {
        check(elements.as_slice().expect("one row"), first(row), 1);
    }
    Ok(())
}
