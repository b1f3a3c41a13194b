//! Elements are shared until they are written.

use distarray::prelude::*;
use ndarray::{ArrayD, Axis, Ix2, IxDyn, Slice};

use crate::draw::Draw;
use crate::oracle::{halo_holds, holds, numbered};

pub(super) fn copies_before_writing(ctx: &Context) -> Result<()> {
    let expected = numbered(&[6, 4]);
    let mut a = ctx.from_ndarray(&expected, "b,c")?;
    let b = a.clone();
    let same = a.redistribute(a.distribution())?;
    if !a.local().is_empty() {
        assert_eq!(a.local().as_ptr(), same.local().as_ptr(), "the identity moves nothing");
    }
    a.local_mut()?.fill(-1);
    holds(&b, &expected)?;
    holds(&same, &expected)?;
    assert_eq!(a.sum()?, -24);
    a.set(&[5, 3], 7)?;
    assert_eq!((a.get(&[5, 3])?, b.get(&[5, 3])?), (7, 23));
    Ok(())
}

pub(super) fn views(ctx: &Context) -> Result<()> {
    let a = ctx.from_ndarray(&numbered(&[6, 4]), "b,b")?;
    if a.distribution().holds(ctx.rank()) {
        assert_eq!(a.local_view::<Ix2>()?.dim(), {
            let local = a.distribution().local_shape(ctx.rank());
            (local[0], local[1])
        });
        assert!(a.local_view::<ndarray::Ix3>().is_err());
    }
    let total: i64 = a.local().iter().sum();
    let comm = ctx.communicator()?;
    assert_eq!(comm.all_reduce_of(distarray::comm::ReduceOp::Sum, total)?, 23 * 24 / 2);
    Ok(())
}

/// An expression has the values that its arrays had when it was built.
pub(super) fn expressions_keep_values(ctx: &Context) -> Result<()> {
    let mut a = ctx.ones::<f64>([3, 5])?;
    let sum = &a + 1.0;
    a.local_mut()?.fill(10.0);
    assert_eq!((sum.max()?, a.min()?), (2.0, 10.0));
    drop(a);
    assert_eq!(sum.eval()?.sum()?, 30.0);
    Ok(())
}

/// An array may be overwritten with a value of itself, of parts of itself that stand elsewhere too;
/// what shares its memory keeps its elements.
pub(super) fn overwrites(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(82);
    for n in [0, 1, 5, 40, 3000] {
        let mut expected = numbered(&[n]).mapv(|n| n as f64);
        let mut a = ctx.from_ndarray_on(&expected, &draw.haloed(&[n], ctx.size()))?;
        let mut b = ctx.from_ndarray(&expected, "b")?;
        let (kept, before) = (b.clone(), &b + 0.5);
        for _ in 0..2 {
            let reversed = expected.slice_axis(Axis(0), Slice::new(0, None, -1)).to_owned();
            let next = &expected * 2.0 + &reversed;
            let mirror = a.slice("::-1")?;
            a.assign(&a * 2.0 + &mirror)?;
            let mirror = b.slice("::-1")?;
            (&b * 2.0 + &mirror).eval_into(&mut b)?;
            expected = next;
            holds(&a, &expected)?;
            holds(&b, &expected)?;
        }
        let original = numbered(&[n]).mapv(|n| n as f64);
        holds(&kept, &original)?;
        holds(&before.eval()?, &(&original + 0.5))?;
        // What nobody else has is overwritten where it is.
        drop(kept);
        drop(before);
        let place = b.local().as_ptr();
        b.assign(3.0)?;
        assert_eq!(b.local().as_ptr(), place);
        holds(&b, &original.mapv(|_| 3.0))?;
    }
    Ok(())
}

/// Adopted parts that are every other row of a larger one, backwards, behave as any others; memory
/// between them is nobody's.
pub(super) fn strided_parts(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(81);
    for _ in 0..20 {
        let shape = draw.shape();
        let dist = draw.any_distribution(&shape, ctx.size());
        let expected = numbered(&shape);
        let plain = ctx.from_ndarray_on(&expected, &dist)?;
        let local = plain.local();
        let wide: Vec<usize> = local.shape().iter().map(|extent| 2 * extent + 1).collect();
        let mut part = ArrayD::from_elem(IxDyn(&wide), i64::MIN);
        for axis in 0..wide.len() {
            part.slice_axis_inplace(Axis(axis), Slice::new(1, None, -2));
        }
        part.assign(&local);
        let mut array = ctx.from_local(&dist, part)?;
        holds(&array, &expected)?;
        let (kept, twice) = (array.clone(), &array * 2);
        array.local_mut()?.mapv_inplace(|element| element + 1);
        holds(&array, &(&expected + 1))?;
        holds(&kept, &expected)?;
        holds(&twice.eval()?, &(&expected * 2))?;
        assert_eq!(array.sum()?, expected.sum() + expected.len() as i64);
        array.exchange_halo()?;
        halo_holds(&array, &(&expected + 1));
        let moved = kept.redistribute(draw.any_distribution(&shape, ctx.size()))?;
        holds(&moved, &expected)?;
    }
    Ok(())
}
