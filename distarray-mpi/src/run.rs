//! [`run`]: a program on every process of the job.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use distarray_core::comm::{Communicator, waiting};
use distarray_core::{Error, Result};
use mpi::ffi;

use crate::code::check;
use crate::communicator::MpiCommunicator;
use crate::handle::Handle;
use crate::meet::common_limit;
use crate::options::Options;
use crate::panics::NamedRank;
use crate::pieces::LIMIT;
use crate::poll::{is_complete, nap};
use crate::watch::{Watch, present, within};
use crate::{abort, outbox, start};

/// How long a rank that failed waits for the others before it takes them to be stuck.
const PATIENCE: Duration = Duration::from_secs(2);

/// The innermost program that runs, for an exit within it: our communicators as Fortran's handles,
/// which are plain numbers.
struct Running {
    control: ffi::RSMPI_Fint,
    watch: Option<(ffi::RSMPI_Fint, Duration)>,
}

static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

fn running() -> MutexGuard<'static, Option<Running>> {
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
/// An all-reduce of eight bytes before the program, a barrier and an all-reduce of eight bytes after
/// it.
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

/// As [`run()`], with options. A program within another one has the other one's limit of time, where
/// that has one.
///
/// # Errors
/// As [`run()`].
///
/// ```
/// use std::time::Duration;
/// use distarray_mpi::{Options, run_with};
///
/// let options = Options { timeout: Some(Duration::from_secs(60)), ..Options::default() };
/// run_with(options, |comm| comm.barrier())?;
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn run_with<R>(
    options: Options,
    program: impl FnOnce(Rc<dyn Communicator>) -> Result<R>,
) -> Result<R> {
    start::start()?;
    let outer = present();
    // SAFETY: MPI is active, so the world exists.
    let world = unsafe { ffi::RSMPI_COMM_WORLD };
    // SAFETY: as above.
    let limit = unsafe { common_limit(world, options.timeout, outer.as_deref()) }?;
    // SAFETY: as above.
    let control = unsafe { MpiCommunicator::duplicate(world, LIMIT) }?;
    // SAFETY: as above.
    let comm = unsafe { MpiCommunicator::duplicate(world, LIMIT) }?;
    let comm = comm.with_neighbours(options.shared_memory)?;
    let watch = match (outer, limit) {
        (Some(outer), _) => Some(outer),
        (None, Some(limit)) => {
            // SAFETY: as above.
            Some(Rc::new(Watch::new(limit, unsafe { Handle::duplicate(world) }?)?))
        }
        (None, None) => None,
    };
    let [control, comm] = [control, comm].map(|comm| comm.watched_by(watch.as_ref()));
    let (control, comm) = (control?, comm?);
    let outer = running().replace(Running {
        control: control.collective.to_fortran(),
        watch: watch.as_ref().map(|watch| (watch.handle().to_fortran(), watch.limit())),
    });
    let named = NamedRank::new(control.rank);
    let outcome =
        within(watch.as_ref(), || catch_unwind(AssertUnwindSafe(|| program(Rc::new(comm)))));
    // The hook has said what there is to say.
    let Ok(outcome) = outcome else { abort::end_job() };
    drop(named);
    let outcome = conclude(&control, outcome);
    *running() = outer;
    outcome
}

/// Brings the ranks' outcomes together.
fn conclude<R>(control: &MpiCommunicator, outcome: Result<R>) -> Result<R> {
    let failure = outcome.as_ref().err();
    if !all_come(control, failure)?
        && let Some(error) = failure
    {
        let error = control.of_this_rank(error);
        abort::abort(&format!("{error} (the other ranks went on, and are stopped)"));
    }
    // Nobody receives any more, so what is on its way must arrive now. A message without a receiver
    // would keep MPI from being finalised.
    let answer = || match &control.watched {
        Some(watched) => watched.watch().answer(&|| "has returned from its program".to_owned()),
        None => Ok(()),
    };
    if let Err(error) = outbox::settle(PATIENCE, &answer) {
        abort::abort(&error.to_string());
    }
    // As a wait, so that it is the same on all ranks, whether they record a trace still or not.
    waiting(|| control.as_dyn().agree(outcome))
}

/// A barrier that a rank which failed gives up after a while; true when every rank has come.
fn all_come(control: &MpiCommunicator, failure: Option<&Error>) -> Result<bool> {
    // SAFETY: a constant of the library.
    let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
    // SAFETY: the communicator is alive; the place is valid for the write.
    let code = unsafe { ffi::MPI_Ibarrier(control.collective.raw(), &mut request) };
    check(code, "MPI_Ibarrier")?;
    let watch = control.watched.as_ref().map(|watched| watched.watch());
    // The rank that knows the reason speaks before those who only wait.
    let patience = watch.map_or(PATIENCE, |watch| PATIENCE.min(watch.limit() / 2));
    let start = Instant::now();
    let mut ready = || {
        // SAFETY: the request was made above, and has no memory.
        let all = unsafe { is_complete(&mut request) }?;
        let given_up = failure.is_some() && start.elapsed() > patience;
        Ok((all || given_up).then_some(all))
    };
    match watch {
        Some(watch) => watch.wait(&|waited| describe(failure, waited), ready),
        None => loop {
            if let Some(all) = ready()? {
                return Ok(all);
            }
            nap(start.elapsed());
        },
    }
}

/// Where a rank is that waits for the others to return.
fn describe(failure: Option<&Error>, waited: Duration) -> String {
    match failure {
        None => {
            let waited = waited.as_secs_f64();
            format!("has returned from its program, and waits since {waited:.1} s for the others")
        }
        Some(error) => format!("has failed with: {error}"),
    }
}

/// When the process exits within a program, meets the other ranks as a program that failed.
pub(crate) fn leave_at_exit(on_main_thread: bool) {
    let Some(Running { control, watch }) = running().take() else { return };
    let error = "the process exited within the program";
    if !on_main_thread {
        abort::abort(error);
    }
    if let Ok(control) = control_at_exit(control, watch) {
        // Where every rank comes, the process goes on to exit with its own code.
        let _ = conclude::<()>(&control, Err(Error::rank(control.rank, error)));
    }
}

/// The control communicator of the program that runs, under its watch, whose owners cannot be reached.
fn control_at_exit(
    control: ffi::RSMPI_Fint,
    watch: Option<(ffi::RSMPI_Fint, Duration)>,
) -> Result<ManuallyDrop<MpiCommunicator>> {
    // SAFETY: the program has not returned, so its communicators are alive, and nothing that is
    // lent here is used after the process's exit.
    let control = unsafe { MpiCommunicator::lend(ffi::RSMPI_Comm_f2c(control)) }?;
    let Some((handle, limit)) = watch else { return Ok(control) };
    // SAFETY: as above.
    let handle = ManuallyDrop::into_inner(unsafe { Handle::lend(ffi::RSMPI_Comm_f2c(handle)) });
    let watch = Rc::new(Watch::new(limit, handle)?);
    let members = (0..control.size).collect();
    let control = ManuallyDrop::into_inner(control).with_members(&watch, members);
    // Nothing of it is dropped, the watch neither.
    Ok(ManuallyDrop::new(control))
}
