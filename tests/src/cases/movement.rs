//! Redistribution, gathering, single elements.

use distarray::exchange::Plan;
use distarray::prelude::*;

use crate::draw::Draw;
use crate::oracle::{halo_holds, holds, numbered};

/// Between any two distributions, halos among them.
pub(super) fn redistributes(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(21);
    for _ in 0..80 {
        let shape = draw.shape();
        let expected = numbered(&shape);
        let from = draw.any_distribution(&shape, ctx.size());
        let to = draw.any_distribution(&shape, ctx.size());
        let array = ctx.from_ndarray_on(&expected, &from)?;
        let moved = array.redistribute(&to)?;
        assert_eq!(moved.distribution(), &to);
        holds(&moved, &expected)?;
        holds(&array, &expected)?;
    }
    Ok(())
}

pub(super) fn there_and_back(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(22);
    for _ in 0..30 {
        let shape = draw.shape();
        let from = draw.distribution(&shape, ctx.size());
        let array = ctx.from_fn(&from, |at| at.iter().fold(7_i64, |n, &i| 31 * n + i as i64))?;
        let there = array.redistribute(draw.distribution(&shape, ctx.size()))?;
        let back = there.redistribute(array.distribution())?;
        assert_eq!(back.local(), array.local());
    }
    Ok(())
}

/// What one rank sends is what the other expects, for all ranks and without a group.
pub(super) fn plans_agree(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(23);
    for _ in 0..50 {
        let shape = draw.shape();
        let size = 1 + draw.below(9);
        let (from, to) = (draw.distribution(&shape, size), draw.distribution(&shape, size));
        let plans: Vec<Plan> =
            (0..size).map(|rank| Plan::redistribute(&from, &to, rank)).collect::<Result<_>>()?;
        let mut moved = 0;
        for (rank, plan) in plans.iter().enumerate() {
            assert_eq!(plan.sends().iter().filter(|t| t.peer() == rank).count(), 0);
            for transfer in plan.sends() {
                let receives = plans[transfer.peer()].receives();
                let other = receives.iter().find(|t| t.peer() == rank).expect("is expected");
                assert_eq!(transfer.elements(), other.elements(), "{from} to {to}");
            }
            let traffic = plan.traffic(1);
            assert_eq!(traffic.received_bytes + traffic.kept_bytes, to.local_len(rank));
            moved += traffic.received_bytes + traffic.kept_bytes;
        }
        assert_eq!(moved, from.len());
    }
    ctx.barrier()
}

pub(super) fn gathers_to_one(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(24);
    for round in 0..20 {
        let shape = draw.shape();
        let expected = numbered(&shape);
        let array = ctx.from_ndarray_on(&expected, &draw.distribution(&shape, ctx.size()))?;
        let root = round % ctx.size();
        let found = array.to_ndarray_on(root)?;
        assert_eq!(found, (ctx.rank() == root).then_some(expected));
    }
    assert!(ctx.zeros::<f64>(3)?.to_ndarray_on(ctx.size()).is_err());
    Ok(())
}

pub(super) fn elements(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(25);
    for _ in 0..10 {
        let shape = draw.shape();
        let mut expected = numbered(&shape);
        let mut array = ctx.from_ndarray_on(&expected, &draw.distribution(&shape, ctx.size()))?;
        if expected.is_empty() {
            continue;
        }
        for _ in 0..10 {
            let index: Vec<_> = shape.iter().map(|&extent| draw.below(extent)).collect();
            assert_eq!(array.get(&index)?, expected[&index[..]]);
            array.set(&index, -1)?;
            expected[&index[..]] = -1;
        }
        holds(&array, &expected)?;
    }
    Ok(())
}

/// Elements of every size travel.
pub(super) fn every_type(ctx: &Context) -> Result<()> {
    fn moves<T: Element>(ctx: &Context, seed: u64, value: impl Fn(usize) -> T) -> Result<()> {
        let mut draw = Draw::new(200 + seed);
        for _ in 0..8 {
            let shape = draw.shape();
            let expected = numbered(&shape).mapv(|number| value(number as usize));
            let array =
                ctx.from_ndarray_on(&expected, &draw.any_distribution(&shape, ctx.size()))?;
            let mut moved = array.redistribute(draw.any_distribution(&shape, ctx.size()))?;
            holds(&moved, &expected)?;
            moved.exchange_halo()?;
            halo_holds(&moved, &expected);
            let root = draw.below(ctx.size());
            let whole = moved.to_ndarray_on(root)?;
            assert_eq!(whole.is_some(), ctx.rank() == root);
            let to = draw.any_distribution(&shape, ctx.size());
            holds(&ctx.scatter(root, whole, &to)?, &expected)?;
        }
        Ok(())
    }
    moves(ctx, 1, |i| i % 3 == 0)?;
    moves(ctx, 2, |i| i as i8)?;
    moves(ctx, 3, |i| i as i16 - 9)?;
    moves(ctx, 4, |i| i as i32 - 9)?;
    moves(ctx, 5, |i| i as i64 - 9)?;
    moves(ctx, 6, |i| i as u8)?;
    moves(ctx, 7, |i| i as u16)?;
    moves(ctx, 8, |i| i as u32)?;
    moves(ctx, 9, |i| i as u64)?;
    moves(ctx, 10, |i| i as f32 / 4.0)?;
    moves(ctx, 11, |i| i as f64 / 4.0)?;
    moves(ctx, 12, |i| Complex32::new(i as f32, -1.0))?;
    moves(ctx, 13, |i| Complex64::new(i as f64, -1.0))
}

/// More axes than most arrays have.
pub(super) fn many_axes(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(26);
    for shape in [vec![2; 7], vec![1, 3, 1, 2, 1, 3, 2, 1], vec![1; 12], vec![3, 2, 0, 2, 2, 2]] {
        let expected = numbered(&shape);
        for _ in 0..4 {
            let array = ctx.from_ndarray_on(&expected, &draw.haloed(&shape, ctx.size()))?;
            let mut moved = array.redistribute(draw.haloed(&shape, ctx.size()))?;
            moved.exchange_halo()?;
            halo_holds(&moved, &expected);
            holds(&moved.redistribute(draw.distribution(&shape, ctx.size()))?, &expected)?;
            holds(&(&array + &moved).eval()?, &(&expected * 2))?;
            assert_eq!((&array - &moved).any_axes(&[0, -1])?.count()?, 0);
        }
    }
    Ok(())
}
