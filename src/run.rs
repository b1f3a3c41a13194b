//! [`run`], and the backends under it.

use std::rc::Rc;
#[cfg(feature = "mpi")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use distarray_core::array::Context;
use distarray_core::comm::Communicator;
use distarray_core::{Error, Result};

#[cfg(feature = "threads")]
use distarray_threads::Options;

use crate::launch::{Backend, Launch};

/// Runs a program on every rank, and returns what rank 0 (of threads) or this process (of MPI)
/// makes of it.
///
/// A program that is built with the feature `mpi` and started by an MPI launcher runs on its
/// processes; else the ranks are threads: as many as `DISTARRAY_RANKS` says, or as there are cores.
/// [`Launch`] says otherwise.
///
/// # Errors
/// The program's error, once for all ranks; a rank that panicked or left the others; ranks that
/// cannot be started. Under MPI, processes other than that of rank 0 end here with exit code 1, so
/// that a `main` which returns the error reports it once.
///
/// ```
/// use distarray::prelude::*;
///
/// # fn main() -> distarray::Result<()> {
/// let total = distarray::run(|ctx| ctx.ones::<f64>([100, 100])?.sum())?;
/// assert_eq!(total, 10_000.0);
/// # Ok(())
/// # }
/// ```
pub fn run<R: Send>(program: impl Fn(&Context) -> Result<R> + Sync) -> Result<R> {
    Launch::new().run(program)
}

/// MPI where it is built in and a launcher has started the program, else threads where they are.
#[cfg(feature = "mpi")]
pub(crate) fn default_backend() -> Result<Backend> {
    let alone = distarray_mpi::launched().is_none() && cfg!(feature = "threads");
    Ok(if alone { Backend::Threads } else { Backend::Mpi })
}

/// Threads; but a launcher that starts several of a program without MPI gets an error instead of
/// as many programs that each do everything.
#[cfg(not(feature = "mpi"))]
pub(crate) fn default_backend() -> Result<Backend> {
    let started =
        ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS"].into_iter().find(|name| {
            std::env::var(name).is_ok_and(|size| size.parse().is_ok_and(|size: usize| size > 1))
        });
    match started {
        None => Ok(Backend::Threads),
        Some(variable) => Err(Error::backend(
            "mpi",
            format!(
                "an MPI launcher has started this program ({variable} is set), which is built \
                 without distarray's feature `mpi`"
            ),
        )),
    }
}

#[cfg(feature = "threads")]
pub(crate) fn on_threads<R: Send>(
    ranks: Option<usize>,
    timeout: Option<Duration>,
    program: impl Fn(Rc<dyn Communicator>) -> Result<R> + Sync,
) -> Result<R> {
    let ranks = match ranks {
        Some(ranks) => ranks,
        None => distarray_threads::default_ranks()?,
    };
    let results = distarray_threads::run_with(Options { ranks, timeout }, program)?;
    Ok(results.into_iter().next().expect("there is at least one rank"))
}

#[cfg(not(feature = "threads"))]
pub(crate) fn on_threads<R: Send>(
    _: Option<usize>,
    _: Option<Duration>,
    _: impl Fn(Rc<dyn Communicator>) -> Result<R> + Sync,
) -> Result<R> {
    Err(not_built_in("threads"))
}

#[cfg(feature = "mpi")]
pub(crate) fn on_mpi<R: Send>(
    ranks: Option<usize>,
    timeout: Option<Duration>,
    program: impl Fn(Rc<dyn Communicator>) -> Result<R> + Sync,
) -> Result<R> {
    /// A program has failed: the processes of the other ranks have ended or will.
    static FAILED: AtomicBool = AtomicBool::new(false);
    if FAILED.load(Ordering::Relaxed) {
        let message =
            "an earlier program has failed, and the other processes of the job have ended";
        return Err(Error::backend("mpi", message));
    }
    let (mut first, mut alone) = (true, true);
    let outcome =
        distarray_mpi::run_with(distarray_mpi::Options { timeout, ..Default::default() }, |comm| {
            (first, alone) = (comm.rank() == 0, comm.size() == 1);
            match ranks {
                Some(ranks) if ranks != comm.size() => Err(Error::argument(format!(
                    "{ranks} ranks are asked for; the MPI launcher has started {}",
                    comm.size()
                ))),
                _ => program(comm),
            }
        });
    if outcome.is_err() && !first {
        std::process::exit(1);
    }
    FAILED.store(outcome.is_err() && !alone, Ordering::Relaxed);
    outcome
}

#[cfg(not(feature = "mpi"))]
pub(crate) fn on_mpi<R: Send>(
    _: Option<usize>,
    _: Option<Duration>,
    _: impl Fn(Rc<dyn Communicator>) -> Result<R> + Sync,
) -> Result<R> {
    Err(not_built_in("mpi"))
}

#[cfg(not(all(feature = "threads", feature = "mpi")))]
fn not_built_in(backend: &'static str) -> Error {
    Error::backend(
        backend,
        format!("not built in; build the program with distarray's feature `{backend}`"),
    )
}
