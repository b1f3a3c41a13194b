//! `run` itself: again and again, nested, with errors.

use distarray_core::comm::ReduceOp;
use distarray_core::{Error, Result};

use super::{Case, Comm};

pub(super) const CASES: &[Case] = &[
    ("the_group_is_the_job", the_group_is_the_job),
    ("run_works_again_within_a_run", run_works_again_within_a_run),
    ("an_error_of_every_rank_is_returned", an_error_of_every_rank_is_returned),
    ("an_error_of_one_rank_is_returned_on_all", an_error_of_one_rank_is_returned_on_all),
    ("another_thread_is_refused", another_thread_is_refused),
    ("panics_that_the_program_catches_do_no_harm", panics_that_the_program_catches_do_no_harm),
];

fn the_group_is_the_job(comm: Comm<'_>) -> Result<()> {
    assert_eq!(comm.backend(), "mpi");
    assert_eq!(distarray_mpi::launched(), Some(comm.size()));
    assert_eq!(
        format!("{comm:?}"),
        format!("MpiCommunicator {{ rank: {}, size: {} }}", comm.rank(), comm.size())
    );
    let ranks: Vec<u64> = (0..comm.size() as u64).collect();
    assert_eq!(comm.all_gather_of(comm.rank() as u64)?, ranks);
    Ok(())
}

fn run_works_again_within_a_run(outer: Comm<'_>) -> Result<()> {
    for round in 0..20 {
        let sum = distarray_mpi::run(|comm| {
            assert_eq!((comm.rank(), comm.size()), (outer.rank(), outer.size()));
            comm.all_reduce_of(ReduceOp::Sum, round)
        })?;
        assert_eq!(sum, round * outer.size() as i32);
    }
    Ok(())
}

fn an_error_of_every_rank_is_returned(comm: Comm<'_>) -> Result<()> {
    let error = distarray_mpi::run(|_| Err::<(), _>(Error::shape("all the same"))).unwrap_err();
    assert!(matches!(&error, Error::Shape(message) if message == "all the same"), "{error}");
    comm.barrier()
}

fn an_error_of_one_rank_is_returned_on_all(comm: Comm<'_>) -> Result<()> {
    for failing in 0..comm.size() {
        let error = distarray_mpi::run(|comm| match comm.rank() {
            rank if rank >= failing => Err(Error::index(format!("from rank {rank}"))),
            _ => Ok(()),
        });
        let error = error.unwrap_err();
        let expected = format!("from rank {failing}");
        assert!(
            matches!(&error, Error::Index(message) if message.starts_with(&expected)),
            "{error}"
        );
    }
    comm.barrier()
}

fn another_thread_is_refused(comm: Comm<'_>) -> Result<()> {
    let outcome = std::thread::spawn(|| distarray_mpi::run(|_| Ok(()))).join();
    let error = outcome.expect("the thread ends").unwrap_err();
    assert!(error.to_string().contains("another thread"), "{error}");
    comm.barrier()
}

fn panics_that_the_program_catches_do_no_harm(comm: Comm<'_>) -> Result<()> {
    if comm.rank() == 0 {
        let caught = std::panic::catch_unwind(|| std::panic::panic_any(5_u8));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&5_u8));
    }
    comm.barrier()
}
