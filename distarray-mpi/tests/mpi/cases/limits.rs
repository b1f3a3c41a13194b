//! Everything again as if MPI took no more than a few bytes in one call.
//!
//! What happens beyond 2^31 bytes happens here beyond a few: messages in pieces, gathers by
//! broadcasts, reductions piece by piece.

use distarray_core::Result;
use distarray_mpi::mpi::topology::SimpleCommunicator;

use super::{Case, Comm, collectives, exchange, groups, mail, reductions};

pub(super) const CASES: &[Case] = &[
    ("collectives_in_small_pieces", |_| collectives_in_pieces()),
    ("reductions_in_small_pieces", |_| reductions_in_pieces()),
    ("exchanges_in_small_pieces", |_| exchanges_in_pieces()),
    ("mail_in_small_pieces", |_| mail_in_pieces()),
    ("groups_in_small_pieces", |_| groups_in_pieces()),
];

/// One byte; less than any element of several bytes, and no divisor of their sizes; a few elements.
const LIMITS: [usize; 3] = [1, 7, 64];

/// Runs the checks with each of the limits: on all ranks, and on a half of them, which keeps the
/// limit.
fn with_each_limit(checks: impl Fn(Comm<'_>, usize) -> Result<()>) -> Result<()> {
    for limit in LIMITS {
        let comm = distarray_mpi::adopt_in_pieces(&SimpleCommunicator::world(), limit)?;
        checks(&*comm, limit)?;
        let half = comm.split(Some(comm.rank() % 2), 0)?.expect("every rank has a colour");
        checks(&*half, limit)?;
    }
    Ok(())
}

/// Lengths around the limit and its multiples, and some that need many pieces.
fn lengths(limit: usize) -> [usize; 7] {
    [0, 1, limit - 1, limit, limit + 1, 2 * limit, 5 * limit + 3]
}

fn collectives_in_pieces() -> Result<()> {
    with_each_limit(|comm, limit| {
        comm.barrier()?;
        collectives::broadcasts_from_every_root(comm, &lengths(limit))?;
        collectives::gathers_in_rank_order(comm, &lengths(limit))?;
        collectives::the_lowest_rank_that_fails_speaks_for_all(comm)
    })
}

/// Every dtype is wider or narrower than one of the limits.
fn reductions_in_pieces() -> Result<()> {
    with_each_limit(|comm, limit| reductions::every_dtype(comm, &[1, 2 + limit / 4]))
}

/// Messages of one piece of memory, strided ones, and lists of both.
fn exchanges_in_pieces() -> Result<()> {
    with_each_limit(|comm, _| {
        exchange::random_exchanges(comm, 10, false)?;
        exchange::random_exchanges(comm, 10, true)
    })
}

fn mail_in_pieces() -> Result<()> {
    with_each_limit(|comm, limit| mail::exchange_with_all(comm, &lengths(limit)))
}

fn groups_in_pieces() -> Result<()> {
    with_each_limit(|comm, _| {
        groups::split_by_colour_and_key(comm)?;
        groups::split_until_each_is_alone(comm)
    })
}
