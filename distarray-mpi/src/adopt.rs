//! Communicators of programs that use MPI themselves.

use std::ffi::c_int;
use std::rc::Rc;

use distarray_core::comm::{Communicator, ReduceOp};
use distarray_core::{DType, Error, Result, as_bytes_mut};
use mpi::ffi::{self, MPI_Comm};

use crate::code::check;
use crate::communicator::MpiCommunicator;
use crate::handle::Handle;
use crate::meet::common_limit;
use crate::options::Options;
use crate::pieces::LIMIT;
use crate::start;
use crate::watch::{Watch, present};

/// Takes a communicator of the caller's program, which goes on using it as before.
///
/// It is duplicated, so that our messages never mix with the caller's. Collective over its ranks.
/// The caller finalises MPI, after every message sent through the communicator has been received.
/// A panic is the caller's matter too: under [`run`](crate::run) it ends the job.
///
/// # Errors
/// MPI is not active or belongs to another thread; an inter-communicator.
///
/// ```
/// use distarray_mpi::mpi;
///
/// let universe = mpi::initialize().expect("MPI starts once");
/// let comm = distarray_mpi::adopt(&universe.world())?;
/// assert_eq!(comm.all_gather_of(comm.rank() as u64)?, [0]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn adopt(comm: &impl mpi::traits::Communicator) -> Result<Rc<dyn Communicator>> {
    // SAFETY: a communicator of rsmpi is alive while it is borrowed.
    unsafe { adopt_raw(comm.as_raw()) }
}

/// Takes a communicator as [`adopt`], with options: waits in what is returned, and in the groups that
/// are split off, have a limit of time.
///
/// Reports number the ranks as the communicator does. Those that are outside of our calls do not
/// answer. An all-reduce of eight bytes more than [`adopt`], on the caller's communicator.
///
/// # Errors
/// As [`adopt`].
///
/// ```
/// use std::time::Duration;
/// use distarray_mpi::{Options, mpi};
///
/// let universe = mpi::initialize().expect("MPI starts once");
/// let options = Options { timeout: Some(Duration::from_secs(60)), ..Options::default() };
/// let comm = distarray_mpi::adopt_with(&universe.world(), options)?;
/// comm.barrier()?;
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn adopt_with(
    comm: &impl mpi::traits::Communicator,
    options: Options,
) -> Result<Rc<dyn Communicator>> {
    let comm = comm.as_raw();
    // SAFETY: a communicator of rsmpi is alive while it is borrowed.
    unsafe { check_adoptable(comm) }?;
    // SAFETY: as above.
    let limit = unsafe { common_limit(comm, options.timeout, present().as_deref()) }?;
    // SAFETY: as above.
    let adopted = unsafe { MpiCommunicator::duplicate(comm, LIMIT) }?;
    let adopted = adopted.with_neighbours(options.shared_memory)?;
    let watch = match limit {
        Some(limit) => {
            // SAFETY: as above.
            Some(Rc::new(Watch::new(limit, unsafe { Handle::duplicate(comm) }?)?))
        }
        None => None,
    };
    Ok(Rc::new(adopted.watched_by(watch.as_ref())?))
}

/// Takes a communicator of C code, as [`adopt`].
///
/// # Errors
/// As [`adopt`]; the null handle.
///
/// # Safety
/// The handle is null, or that of a live communicator.
///
/// ```
/// use distarray_mpi::mpi;
///
/// let universe = mpi::initialize().expect("MPI starts once");
/// // SAFETY: the world is alive while the universe is.
/// let comm = unsafe { distarray_mpi::adopt_raw(mpi::ffi::RSMPI_COMM_WORLD) }?;
/// assert_eq!(comm.size(), 1);
/// # drop(comm);
/// # drop(universe);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub unsafe fn adopt_raw(comm: MPI_Comm) -> Result<Rc<dyn Communicator>> {
    // SAFETY: the caller vouches for the handle.
    let adopted = unsafe { duplicate_checked(comm) }?;
    Ok(Rc::new(adopted.with_neighbours(true)?))
}

/// Takes a communicator as [`adopt`], and gives MPI no more than `piece_bytes` bytes in one call.
///
/// For libraries or networks that fail with long messages. Groups that are split off keep the limit.
/// Without it pieces of 1 GiB are made.
///
/// # Errors
/// As [`adopt`]; a limit of 0, beyond `i32::MAX`, or not the same on all ranks.
///
/// ```
/// use distarray_mpi::mpi;
///
/// let universe = mpi::initialize().expect("MPI starts once");
/// let comm = distarray_mpi::adopt_in_pieces(&universe.world(), 1 << 20)?;
/// assert_eq!(comm.broadcast_of(0, 1.5)?, 1.5);
/// assert!(distarray_mpi::adopt_in_pieces(&universe.world(), 0).is_err());
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn adopt_in_pieces(
    comm: &impl mpi::traits::Communicator,
    piece_bytes: usize,
) -> Result<Rc<dyn Communicator>> {
    // SAFETY: a communicator of rsmpi is alive while it is borrowed.
    let mut adopted = unsafe { duplicate_checked(comm.as_raw()) }?;
    let mut least = [piece_bytes as u64, !(piece_bytes as u64)];
    // SAFETY: a reduction of integers writes integers.
    adopted.all_reduce(DType::U64, ReduceOp::Min, unsafe { as_bytes_mut(&mut least) })?;
    let (least, greatest) = (least[0], !least[1]);
    if least != greatest {
        let message = format!("pieces of {least} bytes on one rank and of {greatest} on another");
        return Err(Error::argument(message));
    }
    if piece_bytes == 0 || c_int::try_from(piece_bytes).is_err() {
        let most = c_int::MAX;
        let message = format!("pieces of {piece_bytes} bytes; they have 1 to {most} bytes");
        return Err(Error::argument(message));
    }
    adopted.limit = piece_bytes;
    Ok(Rc::new(adopted))
}

/// # Safety
/// As [`adopt_raw`].
unsafe fn duplicate_checked(comm: MPI_Comm) -> Result<MpiCommunicator> {
    // SAFETY: the caller vouches for the handle.
    unsafe { check_adoptable(comm) }?;
    // SAFETY: the handle is that of a live communicator.
    unsafe { MpiCommunicator::duplicate(comm, LIMIT) }
}

/// That MPI may be called, and that the handle is that of one group of ranks.
///
/// # Safety
/// As [`adopt_raw`].
unsafe fn check_adoptable(comm: MPI_Comm) -> Result<()> {
    start::usable_here()?;
    // SAFETY: a constant of the library.
    if comm == unsafe { ffi::RSMPI_COMM_NULL } {
        return Err(Error::argument("the null communicator has no ranks"));
    }
    let mut inter = 0;
    // SAFETY: the caller vouches for the handle; the place is valid for the write.
    check(unsafe { ffi::MPI_Comm_test_inter(comm, &mut inter) }, "MPI_Comm_test_inter")?;
    if inter != 0 {
        return Err(Error::argument("an inter-communicator is two groups of ranks, not one"));
    }
    Ok(())
}
