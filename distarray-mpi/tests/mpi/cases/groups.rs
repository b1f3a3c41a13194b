//! Dividing groups.

use distarray_core::Result;
use distarray_core::comm::ReduceOp;

use super::{Case, Comm};

pub(super) const CASES: &[Case] = &[
    ("split_by_colour_and_key", split_by_colour_and_key),
    ("split_with_colours_beyond_c_int", split_with_colours_beyond_c_int),
    ("split_off_nothing", split_off_nothing),
    ("split_until_each_is_alone", split_until_each_is_alone),
    ("groups_one_after_the_other", groups_one_after_the_other),
];

pub(super) fn split_by_colour_and_key(comm: Comm<'_>) -> Result<()> {
    let (rank, size) = (comm.rank(), comm.size());
    // Backwards, by the key.
    let part = comm.split(Some(rank % 2), size - rank)?.expect("every rank has a colour");
    let members: Vec<u64> =
        (0..size).rev().filter(|other| other % 2 == rank % 2).map(|other| other as u64).collect();
    assert_eq!(part.size(), members.len());
    assert_eq!(members[part.rank()], rank as u64);
    assert_eq!(part.all_gather_of(rank as u64)?, members);
    // Equal keys: by rank.
    let part = comm.split(Some(7), 3)?.expect("every rank has a colour");
    assert_eq!((part.rank(), part.size()), (rank, size));
    Ok(())
}

fn split_with_colours_beyond_c_int(comm: Comm<'_>) -> Result<()> {
    let color = if comm.rank() == 0 { usize::MAX } else { 1 << 40 };
    let key = usize::MAX - comm.rank();
    let part = comm.split(Some(color), key)?.expect("every rank has a colour");
    let expected =
        if comm.rank() == 0 { (0, 1) } else { (comm.size() - 1 - comm.rank(), comm.size() - 1) };
    assert_eq!((part.rank(), part.size()), expected);
    Ok(())
}

fn split_off_nothing(comm: Comm<'_>) -> Result<()> {
    let color = (comm.rank() != 0).then_some(0);
    let part = comm.split(color, 0)?;
    assert_eq!(part.is_some(), comm.rank() != 0);
    if let Some(part) = part {
        let lowest = part.all_reduce_of(ReduceOp::Min, comm.rank() as u64)?;
        assert_eq!((lowest, part.size()), (1, comm.size() - 1));
    }
    assert!(comm.split(None, 0)?.is_none());
    Ok(())
}

pub(super) fn split_until_each_is_alone(comm: Comm<'_>) -> Result<()> {
    let Some(mut part) = comm.split(Some(0), 0)? else { unreachable!("every rank has a colour") };
    while part.size() > 1 {
        let half = usize::from(part.rank() >= part.size() / 2);
        part = part.split(Some(half), 0)?.expect("every rank has a colour");
        assert_eq!(part.all_reduce_of(ReduceOp::Sum, 1_u64)?, part.size() as u64);
    }
    assert_eq!(part.broadcast_of(0, comm.rank() as u64)?, comm.rank() as u64);
    Ok(())
}

/// Groups are freed: MPICH has room for 2048 communicators, of which each group takes two.
fn groups_one_after_the_other(comm: Comm<'_>) -> Result<()> {
    // Making one takes long where ranks share cores.
    let rounds = if comm.size() <= 2 { 1200 } else { 30 };
    for round in 0..rounds {
        let part = comm.split(Some(round), 0)?.expect("every rank has a colour");
        assert_eq!(part.size(), comm.size());
    }
    Ok(())
}
