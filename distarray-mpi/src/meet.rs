//! The ranks come together before communicators are made, which none of them can give up.

use std::time::{Duration, Instant};

use distarray_core::Result;
use mpi::ffi::{self, MPI_Comm};

use crate::abort;
use crate::code::check;
use crate::poll::{is_complete, nap};
use crate::watch::Watch;

/// Ranks whose time is up have no way to ask each other yet, so each leaves the one before it the
/// time to end the job.
const TURN: Duration = Duration::from_millis(500);
const TURNS: u32 = 4;

/// Waits for all ranks, and gives the limit of time of rank 0.
///
/// So the limit is the same on all, whatever part of the environment a launcher passes on. Where a
/// rank does not come within this rank's own limit, the job ends. One all-reduce of eight bytes.
///
/// # Safety
/// The communicator is alive.
pub(crate) unsafe fn common_limit(
    comm: MPI_Comm,
    limit: Option<Duration>,
    outer: Option<&Watch>,
) -> Result<Option<Duration>> {
    let mut rank = 0;
    // SAFETY: the caller vouches for the communicator; the place is valid for the write.
    check(unsafe { ffi::MPI_Comm_rank(comm, &mut rank) }, "MPI_Comm_rank")?;
    let nanos = |limit: Duration| i64::try_from(limit.as_nanos()).unwrap_or(i64::MAX);
    let mine = limit.filter(|_| rank == 0).map_or(i64::MAX, nanos);
    let mut least = 0_i64;
    // SAFETY: a constant of the library.
    let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
    // SAFETY: both numbers stay until the request is complete, as the job ends otherwise; the caller
    // vouches for the communicator.
    let code = unsafe {
        ffi::MPI_Iallreduce(
            (&raw const mine).cast(),
            (&raw mut least).cast(),
            1,
            ffi::RSMPI_INT64_T,
            ffi::RSMPI_MIN,
            comm,
            &mut request,
        )
    };
    check(code, "MPI_Iallreduce")?;
    let place = "at the begin of a program, for the other ranks to come there";
    // SAFETY: the request was made above.
    let mut ready = || unsafe { is_complete(&mut request) };
    if let Some(outer) = outer {
        let place = |waited: Duration| format!("waits since {:.1} s {place}", waited.as_secs_f64());
        abort_unless(outer.wait(&place, || Ok(ready()?.then_some(()))));
    }
    let turn = TURN * u32::try_from(rank).unwrap_or(0).min(TURNS);
    let start = Instant::now();
    while !abort_unless(ready()) {
        let waited = start.elapsed();
        if let Some(limit) = limit.filter(|&limit| waited > limit.saturating_add(turn)) {
            abort::abort(&format!("waited for longer than {limit:?}, the limit, {place}"));
        }
        nap(waited);
    }
    Ok((least < i64::MAX).then(|| Duration::from_nanos(least.unsigned_abs())))
}

/// A failure must not return while MPI may still write.
fn abort_unless<T>(outcome: Result<T>) -> T {
    outcome.unwrap_or_else(|error| abort::abort(&error.to_string()))
}
