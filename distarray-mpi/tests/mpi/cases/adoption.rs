//! Communicators of programs that use MPI themselves.

use distarray_core::Result;
use distarray_core::comm::ReduceOp;
use distarray_mpi::mpi;
use mpi::topology::{Color, SimpleCommunicator};
use mpi::traits::{Communicator as _, Destination, Source};

use super::{Case, Comm};

pub(super) const CASES: &[Case] = &[
    ("messages_of_the_caller_stay_apart", messages_of_the_caller_stay_apart),
    ("a_part_of_the_world_is_adopted", a_part_of_the_world_is_adopted),
    ("a_raw_handle_is_adopted", a_raw_handle_is_adopted),
    ("limits_that_differ_are_refused", limits_that_differ_are_refused),
];

fn messages_of_the_caller_stay_apart(comm: Comm<'_>) -> Result<()> {
    let world = SimpleCommunicator::world();
    let adopted = distarray_mpi::adopt(&world)?;
    let (rank, size) = (comm.rank(), comm.size());
    assert_eq!((adopted.rank(), adopted.size()), (rank, size));
    let (next, before) = ((rank + 1) % size, (rank + size - 1) % size);
    let number = |of: usize| of as i64 * 11;
    let mine = number(rank);
    mpi::request::scope(|scope| {
        let request = world.process_at_rank(next as i32).immediate_send_with_tag(scope, &mine, 5);
        adopted.send(next, 5, b"ours")?;
        assert_eq!(adopted.all_reduce_of(ReduceOp::Sum, 1_u32)?, size as u32);
        assert_eq!(adopted.receive(before, 5)?, b"ours");
        let (theirs, _) = world.process_at_rank(before as i32).receive_with_tag::<i64>(5);
        assert_eq!(theirs, number(before));
        request.wait();
        Ok(())
    })
}

fn a_part_of_the_world_is_adopted(comm: Comm<'_>) -> Result<()> {
    let color = Color::with_value((comm.rank() % 2) as i32);
    let part = SimpleCommunicator::world().split_by_color(color).expect("every rank has a colour");
    let adopted = distarray_mpi::adopt(&part)?;
    // The caller may free its own.
    drop(part);
    let ranks = adopted.all_gather_of(comm.rank() as u64)?;
    let expected: Vec<u64> =
        (0..comm.size() as u64).filter(|r| r % 2 == comm.rank() as u64 % 2).collect();
    assert_eq!(ranks, expected);
    comm.barrier()
}

fn a_raw_handle_is_adopted(comm: Comm<'_>) -> Result<()> {
    // SAFETY: the null handle is allowed, and the world is alive.
    let (null, world) = unsafe {
        use mpi::ffi::{RSMPI_COMM_NULL, RSMPI_COMM_WORLD};
        (distarray_mpi::adopt_raw(RSMPI_COMM_NULL), distarray_mpi::adopt_raw(RSMPI_COMM_WORLD)?)
    };
    assert_eq!(null.unwrap_err().to_string(), "the null communicator has no ranks");
    assert_eq!(world.broadcast_of(comm.size() - 1, comm.rank() as u64)?, comm.size() as u64 - 1);
    Ok(())
}

fn limits_that_differ_are_refused(comm: Comm<'_>) -> Result<()> {
    let adopt = |limit| distarray_mpi::adopt_in_pieces(&SimpleCommunicator::world(), limit);
    assert!(adopt(0).unwrap_err().to_string().contains("pieces of 0 bytes"));
    assert!(adopt(1 << 31).unwrap_err().to_string().contains("pieces of 2147483648 bytes"));
    if comm.size() > 1 {
        let error = adopt(100 + comm.rank()).unwrap_err();
        let most = 99 + comm.size();
        let text = format!("pieces of 100 bytes on one rank and of {most} on another");
        assert_eq!(error.to_string(), text);
    }
    Ok(())
}
