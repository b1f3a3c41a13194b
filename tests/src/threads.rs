//! Programs on ranks that are threads, with a limit of time.

use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;

use distarray::array::Context;
use distarray::comm::Communicator;
use distarray::{Error, Result};

/// What a communicator is made into before a program sees it.
pub type Decorate = fn(Rc<dyn Communicator>) -> Rc<dyn Communicator>;

/// Far more than any program of the tests takes: it turns a hang into a failure.
const LIMIT: Duration = Duration::from_secs(90);

/// Runs a program on so many ranks.
///
/// # Errors
/// The program's, a panic on a rank, or no end within the limit of time; the threads of such a
/// program are left behind.
///
/// ```
/// distarray_tests::threads::run(3, |ctx| ctx.barrier())?;
/// # Ok::<(), distarray::Error>(())
/// ```
pub fn run(
    ranks: usize,
    program: impl Fn(&Context) -> Result<()> + Send + Sync + 'static,
) -> Result<()> {
    run_decorated(ranks, |comm| comm, program)
}

/// As [`run`], under a decorated communicator.
///
/// # Errors
/// As [`run`].
///
/// ```
/// use std::rc::Rc;
/// use distarray_tests::{decorator::Plain, threads::run_decorated};
///
/// run_decorated(3, |comm| Rc::new(Plain(comm)), |ctx| ctx.barrier())?;
/// # Ok::<(), distarray::Error>(())
/// ```
pub fn run_decorated(
    ranks: usize,
    decorate: impl Fn(Rc<dyn Communicator>) -> Rc<dyn Communicator> + Send + Sync + 'static,
    program: impl Fn(&Context) -> Result<()> + Send + Sync + 'static,
) -> Result<()> {
    run_within(LIMIT, ranks, decorate, program)
}

/// As [`run_decorated`], with a limit of time.
///
/// # Errors
/// As [`run`].
///
/// ```
/// use std::time::Duration;
/// use distarray_tests::threads::run_within;
///
/// run_within(Duration::from_secs(9), 3, |comm| comm, |ctx| ctx.barrier())?;
/// # Ok::<(), distarray::Error>(())
/// ```
pub fn run_within(
    limit: Duration,
    ranks: usize,
    decorate: impl Fn(Rc<dyn Communicator>) -> Rc<dyn Communicator> + Send + Sync + 'static,
    program: impl Fn(&Context) -> Result<()> + Send + Sync + 'static,
) -> Result<()> {
    run_bare(limit, ranks, move |comm| program(&Context::new(decorate(comm))))
}

/// As [`run_within`], for programs that take the communicator itself.
///
/// # Errors
/// As [`run`].
///
/// ```
/// use std::time::Duration;
/// use distarray_tests::threads::run_bare;
///
/// run_bare(Duration::from_secs(9), 3, |comm| comm.barrier())?;
/// # Ok::<(), distarray::Error>(())
/// ```
pub fn run_bare(
    limit: Duration,
    ranks: usize,
    program: impl Fn(Rc<dyn Communicator>) -> Result<()> + Send + Sync + 'static,
) -> Result<()> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let outcome = distarray::threads::run(ranks, program);
        // The receiver is gone only where the limit has passed.
        let _ = sender.send(outcome.map(|_| ()));
    });
    let no_end = |_| Err(Error::user(format!("no end in {limit:?} on {ranks} ranks")));
    receiver.recv_timeout(limit).unwrap_or_else(no_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_an_error() {
        let limit = Duration::from_millis(50);
        let outcome = run_within(
            limit,
            2,
            |comm| comm,
            |ctx| {
                if ctx.rank() == 1 {
                    std::thread::sleep(Duration::from_secs(20));
                }
                ctx.barrier()
            },
        );
        assert_eq!(outcome.unwrap_err().to_string(), "no end in 50ms on 2 ranks");
    }
}
