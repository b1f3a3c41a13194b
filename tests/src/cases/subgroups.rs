//! Arrays of groups that are part of all ranks.

use distarray::prelude::*;

use crate::draw::Draw;
use crate::oracle::{holds, numbered};

/// Two groups do different things at the same time, each with its own arrays.
pub(super) fn arrays_of_a_group(ctx: &Context) -> Result<()> {
    let color = usize::from(ctx.rank() >= ctx.size() / 2);
    let part = ctx.split(Some(color), ctx.size() - ctx.rank())?.expect("every rank has a colour");
    // The groups draw different things, and different numbers of them.
    let mut draw = Draw::new(71 + color as u64);
    for _ in 0..10 + 5 * color {
        let shape = draw.shape();
        let expected = numbered(&shape);
        let array = part.from_ndarray_on(&expected, &draw.any_distribution(&shape, part.size()))?;
        let moved = array.redistribute(draw.any_distribution(&shape, part.size()))?;
        holds(&moved, &expected)?;
        assert_eq!((&moved + &array).sum()?, 2 * expected.sum());
    }
    ctx.barrier()
}

/// Groups are divided again, down to single ranks; the outer ones go on.
pub(super) fn groups_of_groups(ctx: &Context) -> Result<()> {
    let mut group = ctx.clone();
    let mut level = 0_usize;
    while group.size() > 1 {
        let color = group.rank() % 2;
        group = group.split(Some(color), group.rank())?.expect("every rank has a colour");
        level += 1;
        let ones = group.ones::<u16>([7, 2])?;
        assert_eq!(ones.sum()?, 14);
        assert_eq!(ones.context().size(), group.size());
    }
    assert_eq!(group.arange(0_i64, 4, 1)?.sum()?, 6);
    let levels = ctx.communicator()?.all_gather_of(level as u64)?;
    let deepest = ctx.size().next_power_of_two().ilog2();
    assert_eq!(levels.iter().max(), Some(&u64::from(deepest)));
    Ok(())
}

/// Errors name ranks by their numbers in the program, also those of a group.
pub(super) fn ranks_of_a_group_in_errors(ctx: &Context) -> Result<()> {
    let last = ctx.size() - 1;
    // The first rank of the group is the last of all.
    let group = ctx.split(Some(0), last - ctx.rank())?.expect("every rank joins");
    let comm = group.communicator()?;
    assert_eq!((comm.rank_in_program(0), comm.program_size()), (last, ctx.size()));
    let outcome = group.agree(if group.rank() == 0 { Err("no") } else { Ok(()) });
    let text = outcome.unwrap_err().to_string();
    if last > 0 {
        let named = format!("no (rank {last} of {}, in agree at ", ctx.size());
        assert!(text.starts_with(&named), "{text}");
    }
    let halves = ctx.split(Some(ctx.rank() % 2), ctx.rank())?.expect("every rank joins");
    let half = halves.communicator()?;
    let members = (0..half.size()).map(|rank| half.rank_in_program(rank));
    assert!(members.eq((ctx.rank() % 2..ctx.size()).step_by(2)));
    Ok(())
}
