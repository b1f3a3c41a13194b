//! Exchanges as between machines: by messages of MPI, also where memory could be shared.

use distarray_core::Result;
use distarray_mpi::Options;
use distarray_mpi::mpi::topology::SimpleCommunicator;
use distarray_mpi::mpi::traits::Communicator as _;

use super::{Case, Comm, exchange, groups, split_phase};

pub(super) const CASES: &[Case] = &[
    ("exchanges_by_messages", exchanges_by_messages),
    ("no_shared_memory_where_one_rank_does_not_want_it", one_does_not_want_it),
];

fn exchanges_by_messages(_: Comm<'_>) -> Result<()> {
    let options = Options { shared_memory: false, ..Options::default() };
    let comm = distarray_mpi::adopt_with(&SimpleCommunicator::world(), options)?;
    exchange::random_exchanges(&*comm, 100, false)?;
    exchange::random_exchanges(&*comm, 100, true)?;
    exchange::long_messages_of_all_to_all(&*comm)?;
    split_phase::started_and_finished(&*comm, 30)?;
    split_phase::long_messages_started(&*comm)?;
    groups::split_by_colour_and_key(&*comm)
}

fn one_does_not_want_it(_: Comm<'_>) -> Result<()> {
    let world = SimpleCommunicator::world();
    let options = Options { shared_memory: world.rank() != 1, ..Options::default() };
    let comm = distarray_mpi::adopt_with(&world, options)?;
    exchange::random_exchanges(&*comm, 10, false)
}
