//! [`run`]: a program on every process of the job.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use distarray_core::comm::Communicator;
use distarray_core::{Error, Result};
use mpi::ffi;

use crate::code::check;
use crate::communicator::MpiCommunicator;
use crate::panics::NamedRank;
use crate::pieces::LIMIT;
use crate::watch::Watch;
use crate::{abort, outbox, start};

/// How long a rank that failed waits for the others before it takes them to be stuck.
const PATIENCE: Duration = Duration::from_secs(2);

/// The innermost program that runs, for an exit within it: our control communicator as Fortran's
/// handle, which is a plain number.
static RUNNING: Mutex<Option<ffi::RSMPI_Fint>> = Mutex::new(None);

fn running() -> MutexGuard<'static, Option<ffi::RSMPI_Fint>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a program on this process's rank, with a communicator of all processes of the job.
///
/// MPI is started unless the program has initialised it. Where it was started here, it is finalised
/// when the process exits, so `run` may be called any number of times, always on the same thread.
///
/// When the program has returned, the ranks meet: where some failed, all get the error of the lowest
/// such rank. Nobody is waited for in vain: a rank whose program failed while the others do not come
/// within two seconds, one that panics, one that ends its process within the program, and one whose
/// message nobody receives before all programs return, bring the job down, with exit code 1 and a
/// message that names the rank and the reason.
///
/// One barrier and one all-reduce of eight bytes beside what the program does.
///
/// # Errors
/// The program's, on all ranks; MPI does not start, was finalised, was started by another thread, or
/// belongs to another library than the launcher.
///
/// ```
/// use distarray_core::comm::ReduceOp;
///
/// let ranks = distarray_mpi::run(|comm| comm.all_reduce_of(ReduceOp::Sum, 1_u64))?;
/// assert_eq!(ranks, 1);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn run<R>(program: impl FnOnce(Rc<dyn Communicator>) -> Result<R>) -> Result<R> {
    run_with(Options::default(), program)
}

/// How [`run_with`] runs a program.
///
/// ```
/// assert_eq!(distarray_mpi::Options::default().timeout, None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How long a rank may wait for another one; that of rank 0 counts for all. A wait that takes longer
    /// ends the job with exit code 1 and one report of where each rank is.
    ///
    /// With a limit, collectives go by messages that can be watched, which takes longer than the
    /// library's own: for runs that hang, not for runs that must be fast. No limit where this is
    /// `None`.
    pub timeout: Option<Duration>,
}

/// As [`run()`], with options.
///
/// # Errors
/// As [`run()`].
///
/// ```
/// use std::time::Duration;
/// use distarray_mpi::{Options, run_with};
///
/// let options = Options { timeout: Some(Duration::from_secs(60)) };
/// run_with(options, |comm| comm.barrier())?;
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn run_with<R>(
    options: Options,
    program: impl FnOnce(Rc<dyn Communicator>) -> Result<R>,
) -> Result<R> {
    start::start()?;
    // SAFETY: MPI is active, so the world exists.
    let control = unsafe { MpiCommunicator::duplicate(ffi::RSMPI_COMM_WORLD, LIMIT) }?;
    // SAFETY: as above.
    let comm = unsafe { MpiCommunicator::duplicate(ffi::RSMPI_COMM_WORLD, LIMIT) }?;
    // Rank 0's counts: variables of the environment may not have reached every process.
    let limit =
        options.timeout.map_or(0, |limit| limit.as_nanos().clamp(1, u64::MAX.into()) as u64);
    let limit = control.as_dyn().broadcast_of(0, limit)?;
    let timeout = (limit > 0).then(|| Duration::from_nanos(limit));
    let watch = match timeout {
        Some(limit) => Some(Rc::new(Watch::new(limit, &control.collective)?)),
        None => None,
    };
    let comm = match &watch {
        Some(watch) => comm.watched_by(watch)?,
        None => comm,
    };
    // SAFETY: the handle is alive.
    let handle = unsafe { ffi::RSMPI_Comm_c2f(control.collective.raw()) };
    let outer = running().replace(handle);
    let named = NamedRank::new(control.rank);
    let outcome = catch_unwind(AssertUnwindSafe(|| program(Rc::new(comm))));
    // The hook has said what there is to say.
    let Ok(outcome) = outcome else { abort::end_job() };
    drop(named);
    let outcome = conclude(&control, watch.as_deref(), outcome);
    *running() = outer;
    outcome
}

/// Brings the ranks' outcomes together.
fn conclude<R>(control: &MpiCommunicator, watch: Option<&Watch>, outcome: Result<R>) -> Result<R> {
    let failure = outcome.as_ref().err();
    let all_came = all_come(control, watch, failure.map(|_| PATIENCE))?;
    if let Some(error) = failure.filter(|_| !all_came) {
        abort::abort(&format!("{error} (the other ranks went on, and are stopped)"));
    }
    // Nobody receives any more, so what is on its way must arrive now. A message without a receiver
    // would keep MPI from being finalised.
    if let Err(error) = outbox::settle(PATIENCE) {
        abort::abort(&error.to_string());
    }
    control.as_dyn().agree(outcome)
}

/// A barrier that can be given up: true when every rank has come.
fn all_come(
    control: &MpiCommunicator,
    watch: Option<&Watch>,
    patience: Option<Duration>,
) -> Result<bool> {
    // SAFETY: a constant of the library.
    let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
    // SAFETY: the communicator is alive; the place is valid for the write.
    let code = unsafe { ffi::MPI_Ibarrier(control.collective.raw(), &mut request) };
    check(code, "MPI_Ibarrier")?;
    let start = Instant::now();
    loop {
        let mut complete = 0;
        // SAFETY: the request is live or null; the place is valid for the write.
        let code = unsafe { ffi::MPI_Test(&mut request, &mut complete, ffi::RSMPI_STATUS_IGNORE) };
        check(code, "MPI_Test")?;
        let waited = start.elapsed();
        if complete != 0 {
            return Ok(true);
        }
        if patience.is_some_and(|patience| waited > patience) {
            return Ok(false);
        }
        if let Some(watch) = watch {
            watch.answer(&|| "has returned from its program".to_owned())?;
        }
        // Ranks mostly come together; one that is early leaves the core to the others.
        if waited < Duration::from_millis(1) {
            std::thread::yield_now();
        } else {
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

/// When the process exits within a program, meets the other ranks as a program that failed.
pub(crate) fn leave_at_exit(on_main_thread: bool) {
    let Some(handle) = *running() else { return };
    let error = "the process exited within the program";
    if !on_main_thread {
        abort::abort(error);
    }
    // SAFETY: the program has not returned, so its control communicator is alive, and what is lent
    // here ends with this function.
    let control = unsafe { MpiCommunicator::lend(ffi::RSMPI_Comm_f2c(handle)) };
    if let Ok(control) = control {
        // Where every rank comes, the process goes on to exit with its own code.
        let _ = conclude::<()>(&control, None, Err(Error::rank(control.rank, error)));
    }
}
