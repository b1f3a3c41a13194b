//! Barrier, broadcast, gather and agreement; MPI's own and the defaults over `exchange`.

use std::path::PathBuf;

use distarray_core::comm::Plain;
use distarray_core::{Error, Result};

use super::{Case, Comm};

pub(super) const CASES: &[Case] = &[
    ("a_barrier_waits_for_all", a_barrier_waits_for_all),
    ("broadcasts_from_every_root", |comm| broadcasts_from_every_root(comm, LENGTHS)),
    ("gathers_in_rank_order", |comm| gathers_in_rank_order(comm, LENGTHS)),
    ("default_collectives_over_exchange", default_collectives_over_exchange),
    ("the_lowest_rank_that_fails_speaks_for_all", the_lowest_rank_that_fails_speaks_for_all),
];

/// Bytes of a rank.
const LENGTHS: &[usize] = &[0, 1, 8, 1000, 50_000];

fn a_barrier_waits_for_all(comm: Comm<'_>) -> Result<()> {
    let job = comm.broadcast_of(0, std::process::id())?;
    let marks: Vec<PathBuf> = (0..comm.size())
        .map(|rank| format!("{}/barrier-{job}-{rank}", env!("CARGO_TARGET_TMPDIR")).into())
        .collect();
    let mine = &marks[comm.rank()];
    let file = |outcome: std::io::Result<()>| {
        outcome.map_err(|error| Error::file(mine, error.to_string()))
    };
    if comm.rank() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(30));
    }
    file(std::fs::write(mine, "here"))?;
    comm.barrier()?;
    assert!(marks.iter().all(|mark| mark.exists()));
    comm.barrier()?;
    file(std::fs::remove_file(mine))
}

pub(super) fn broadcasts_from_every_root(comm: Comm<'_>, lengths: &[usize]) -> Result<()> {
    for &length in lengths {
        for root in 0..comm.size() {
            let sent: Vec<u8> = (0..length).map(|at| (at * 3 + root) as u8).collect();
            let mut bytes = if comm.rank() == root { sent.clone() } else { vec![9; length] };
            comm.broadcast(root, &mut bytes)?;
            assert_eq!(bytes, sent);
        }
    }
    Ok(())
}

pub(super) fn gathers_in_rank_order(comm: Comm<'_>, lengths: &[usize]) -> Result<()> {
    for &length in lengths {
        let of = |rank: usize| (0..length).map(move |at| (at * 5 + rank) as u8);
        let mine: Vec<u8> = of(comm.rank()).collect();
        let mut all = vec![7; length * comm.size()];
        comm.all_gather(&mine, &mut all)?;
        assert_eq!(all, (0..comm.size()).flat_map(of).collect::<Vec<_>>());
    }
    let mine = vec![comm.rank() as u8; comm.rank()];
    let all = comm.all_gather_varying(&mine)?;
    assert!(all.iter().enumerate().all(|(rank, bytes)| *bytes == vec![rank as u8; rank]));
    Ok(())
}

fn default_collectives_over_exchange(comm: Comm<'_>) -> Result<()> {
    let plain = Plain(comm);
    a_barrier_waits_for_all(&plain)?;
    broadcasts_from_every_root(&plain, LENGTHS)?;
    gathers_in_rank_order(&plain, LENGTHS)?;
    the_lowest_rank_that_fails_speaks_for_all(&plain)
}

pub(super) fn the_lowest_rank_that_fails_speaks_for_all(comm: Comm<'_>) -> Result<()> {
    for failing in 0..comm.size() {
        let outcome = match comm.rank() {
            rank if rank >= failing => Err(Error::file("a.npy", format!("rank {rank}"))),
            rank => Ok(rank),
        };
        let error = comm.agree(outcome).unwrap_err();
        assert!(error.to_string().starts_with(&format!("a.npy: rank {failing}")), "{error}");
    }
    assert_eq!(comm.agree(Ok(3))?, 3);
    Ok(())
}
