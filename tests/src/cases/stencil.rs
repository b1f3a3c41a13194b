//! Stencils, against a walk over every element of the whole array.

use distarray::prelude::*;
use ndarray::ArrayD;

use crate::draw::Draw;
use crate::oracle::{holds, numbered};
use crate::padded::{KINDS, Kind, Plain};

/// A random shape of so many axes.
fn shape<const N: usize>(draw: &mut Draw) -> [usize; N] {
    std::array::from_fn(|_| draw.pick(&[0, 1, 2, 3, 4, 5, 7, 9]))
}

fn check<const N: usize>(ctx: &Context, draw: &mut Draw) -> Result<()> {
    let shape = shape::<N>(draw);
    let dist = draw.haloed(&shape, ctx.size());
    let plain = Plain::<N>::drawn(draw, 4);
    computes(ctx, &plain, &dist)
}

/// A stencil of an array of this distribution, new and into one that there is, is what it should be.
///
/// # Errors
/// A rank failed.
pub fn computes<const N: usize>(
    ctx: &Context,
    plain: &Plain<N>,
    dist: &Distribution,
) -> Result<()> {
    let whole = numbered(dist.shape());
    let array = ctx.from_ndarray_on(&whole, dist)?;
    let stencil = plain.stencil();
    let value = |w: &distarray::array::Window<'_, i64, N>| -> i64 {
        let offsets = plain.offsets.iter().enumerate();
        offsets.map(|(i, &offset)| (i as i64 + 1) * w[offset]).sum()
    };
    let zeros = ArrayD::zeros(whole.raw_dim());
    let made = array.stencil_with(&stencil, value)?;
    assert!(!made.distribution().has_halo());
    holds(&made, &plain.applied(&whole, dist, &zeros))?;
    let before = -&whole - 1;
    let mut target = ctx.from_ndarray_on(&before, dist)?;
    let kept = target.clone();
    array.stencil_into(&stencil, &mut target, value)?;
    holds(&target, &plain.applied(&whole, dist, &before))?;
    holds(&kept, &before)?;
    let tried = array.try_stencil(&stencil, |w| Ok::<_, Error>(value(w)))?;
    assert_eq!(tried.local(), made.local());
    holds(&array, &whole)
}

/// What each rank gets of the padded array is what it should be.
///
/// # Errors
/// A rank failed.
pub fn pads<const N: usize>(ctx: &Context, plain: &Plain<N>, dist: &Distribution) -> Result<()> {
    let whole = numbered(dist.shape());
    let array = ctx.from_ndarray_on(&whole, dist)?;
    let around = array.local_padded(&plain.stencil())?;
    assert_eq!(around, plain.around(&whole, dist, ctx.rank()), "{plain:?} of {dist}");
    Ok(())
}

/// Random stencils of one to three axes over random blocks.
pub(super) fn random(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(401);
    for _ in 0..6 {
        check::<1>(ctx, &mut draw)?;
        check::<2>(ctx, &mut draw)?;
    }
    for _ in 0..3 {
        check::<3>(ctx, &mut draw)?;
    }
    Ok(())
}

/// Every kind of boundary, wider than blocks and than the axis.
pub(super) fn boundaries(ctx: &Context) -> Result<()> {
    for kind in KINDS {
        for extent in [1, 2, 5] {
            let dist = Distribution::new([extent, 3], "b,n", ctx.size())?;
            let plain = Plain::<2>::new([(3, 6), (1, 0)], [kind; 2], |n| n / 2);
            computes(ctx, &plain, &dist)?;
            if kind != Kind::Skip {
                pads(ctx, &plain, &dist)?;
            }
        }
    }
    Ok(())
}

/// What each rank gets to see of the padded array.
pub(super) fn padded(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(402);
    for _ in 0..10 {
        let shape = shape::<2>(&mut draw);
        let dist = draw.haloed(&shape, ctx.size());
        let mut plain = Plain::<2>::drawn(&mut draw, 5);
        plain.kinds = plain.kinds.map(|kind| if kind == Kind::Skip { Kind::Edge } else { kind });
        pads(ctx, &plain, &dist)?;
    }
    Ok(())
}

/// Over arrays that every rank has, where nothing is sent, and over arrays on some of the ranks, in
/// any order.
pub(super) fn anywhere(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(403);
    let last = ctx.size() - 1;
    for kind in KINDS {
        let plain = Plain::<2>::new([(1, 2), (3, 0)], [kind; 2], |n| n / 2);
        let copies = Distribution::replicated([4, 5], ctx.size())?;
        computes(ctx, &plain, &copies)?;
        let array = ctx.from_ndarray_on(&numbered(&[4, 5]), &copies)?;
        let sum = |w: &distarray::array::Window<'_, i64, 2>| w[[-1, 0]] + w[[0, -3]];
        ctx.no_communication(|| array.stencil_with(&plain.stencil(), sum))?;
        let some: Vec<usize> = draw.permutation(ctx.size()).split_off(last / 2);
        let blocks = Distribution::builder([7, 5]).dists("b,b").ranks(some).build(ctx.size())?;
        computes(ctx, &plain, &blocks)?;
        if kind != Kind::Skip {
            pads(ctx, &plain, &copies)?;
            pads(ctx, &plain, &blocks)?;
        }
    }
    Ok(())
}

/// Two arrays that take turns, against the same sweeps over an `ndarray`; the positions too.
pub(super) fn sweeps(ctx: &Context) -> Result<()> {
    let dist = Distribution::new([13, 11], "b,b", ctx.size())?;
    let mut heat = ctx.from_fn(&dist, |at| (at[0] * 31 + at[1] * 17 % 5) as f64)?;
    let mut expected = heat.to_ndarray()?;
    let mut next = heat.clone();
    let stencil = Stencil::new([1, 1]).boundary(Boundary::Skip);
    for _ in 0..4 {
        heat.stencil_into(&stencil, &mut next, |w| {
            0.25 * (w[[-1, 0]] + w[[1, 0]] + w[[0, -1]] + w[[0, 1]])
        })?;
        std::mem::swap(&mut heat, &mut next);
        let before = expected.clone();
        for i in 1..12 {
            for j in 1..10 {
                let around = before[[i - 1, j]] + before[[i + 1, j]] + before[[i, j - 1]];
                expected[[i, j]] = 0.25 * (around + before[[i, j + 1]]);
            }
        }
    }
    holds(&heat, &expected)?;
    let numbers = heat.stencil([1, 2], |w| (w.index()[0] * 11 + w.index()[1]) as i64)?;
    holds(&numbers, &numbered(&[13, 11]))
}

/// What cannot be is refused on all ranks alike, and what fails on one rank fails on all.
pub(super) fn refused(ctx: &Context) -> Result<()> {
    let text = |outcome: Result<DistArray<f64>>| outcome.unwrap_err().to_string();
    let rows = ctx.ones::<f64>([9, 5])?;
    let error = text(rows.stencil([1], |w| w[[0]]));
    assert!(error.starts_with("a stencil of 1 axes cannot go over an array of 2 axes"), "{error}");
    let cyclic = ctx.ones::<f64>(Distribution::builder([9]).dists("c:2").build(ctx.size())?)?;
    if !cyclic.distribution().axis(0).dist().is_block() {
        let error = text(cyclic.stencil([1], |w| w[[0]]));
        assert!(error.contains("block kinds") && error.contains("c:2"), "{error}");
    }
    // One rank alone computes the last row, or looks too far.
    let error = text(rows.stencil([1, 1], |w| match w.index() {
        [8, 4] => w[[0, 2]],
        _ => w[[0, 0]],
    }));
    assert!(error.contains("looked at offset [0, 2], beyond its reach"), "{error}");
    let error = text(rows.try_stencil(&Stencil::new([1, 1]), |w| match w.index() {
        [8, 4] => Err("no"),
        _ => Ok(w[[0, 0]]),
    }));
    assert!(error.starts_with("no (at index [8, 4])"), "{error}");
    if ctx.size() > 1 {
        let error = text(ctx.no_communication(|| rows.stencil([1, 0], |w| w[[0, 0]])));
        assert!(error.contains("its budget is 0 bytes"), "{error}");
        let inner = ctx.no_communication(|| rows.stencil([0, 1], |w| w[[0, 0]]))?;
        holds(&inner, &ArrayD::ones(vec![9, 5]))?;
    }
    let far = Stencil::<f64, 2>::new([usize::MAX, 0]);
    assert!(text(rows.stencil_with(&far, |w| w[[0, 0]])).contains("further than can be counted"));
    let mut other = ctx.zeros::<f64>([9, 4])?;
    let outcome = rows.stencil_into(&Stencil::new([0, 0]), &mut other, |w| w[[0, 0]]);
    assert!(outcome.unwrap_err().to_string().contains("[9, 5]"));
    let mut other = ctx.zeros::<f64>(Distribution::new([9, 5], "n,b", ctx.size())?)?;
    let outcome = rows.stencil_into(&Stencil::new([0, 0]), &mut other, |w| w[[0, 0]]);
    assert_eq!(outcome.is_ok(), ctx.size() == 1);
    holds(&rows, &ArrayD::ones(vec![9, 5]))
}
