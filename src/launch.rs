//! [`Launch`]: how a program is started.

use std::rc::Rc;
use std::time::Duration;

use distarray_core::array::Context;
use distarray_core::comm::{Communicator, Instruments, Trace};
use distarray_core::{Error, Result};

use crate::run;
use crate::settings::{self, TraceOutput};

/// What the ranks are.
///
/// ```
/// use distarray::{Backend, Launch, prelude::*};
///
/// # fn main() -> distarray::Result<()> {
/// let name = Launch::new().backend(Backend::Threads).run(|ctx| Ok(ctx.backend()))?;
/// assert_eq!(name, "threads");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Threads of this process.
    Threads,
    /// The processes of an MPI job.
    Mpi,
}

/// How to start a program, where [`run`](crate::run)'s choice is not wanted.
///
/// ```
/// use distarray::{Launch, prelude::*};
///
/// # fn main() -> distarray::Result<()> {
/// let ranks = Launch::new().ranks(3).run(|ctx| Ok(ctx.size()))?;
/// assert_eq!(ranks, 3);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Launch {
    ranks: Option<usize>,
    backend: Option<Backend>,
    checked: Option<bool>,
    timeout: Option<Duration>,
    trace: Option<TraceOutput>,
}

impl Launch {
    /// The choice of [`run`](crate::run).
    pub fn new() -> Self {
        Self::default()
    }

    /// So many ranks. Under MPI the launcher has said how many there are, and another number is an
    /// error.
    ///
    /// ```
    /// use distarray::Launch;
    ///
    /// let error = Launch::new().ranks(0).run(|_| Ok(())).unwrap_err();
    /// assert!(error.to_string().starts_with("cannot start 0 ranks"));
    /// ```
    pub fn ranks(mut self, ranks: usize) -> Self {
        self.ranks = Some(ranks);
        self
    }

    /// On this backend.
    ///
    /// ```
    /// use distarray::{Backend, Launch};
    ///
    /// let launch = Launch::new().backend(Backend::Threads).ranks(2);
    /// launch.run(|ctx| ctx.barrier())?;
    /// # Ok::<(), distarray::Error>(())
    /// ```
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = Some(backend);
        self
    }

    /// Whether the ranks compare what they do before they do it.
    ///
    /// A rank that is in another operation than the others, in one with other arguments, on another
    /// line of the source, or at the end of its program, is an error on every rank then, which names
    /// both sides, instead of a hang or a wrong result. Threads see most of that in any case; under
    /// MPI it takes this. Costs a gather of eight bytes for each operation and each collective.
    ///
    /// Without this call `DISTARRAY_CHECK` decides (0 or 1); without that, checks are on where debug
    /// assertions or the feature `checked` are.
    ///
    /// ```
    /// use distarray::{Launch, prelude::*};
    ///
    /// # fn main() {
    /// let outcome = Launch::new().ranks(2).checked(true).run(|ctx| {
    ///     let n = 10 + ctx.rank();
    ///     ctx.zeros::<f64>(n)?.sum()
    /// });
    /// let error = outcome.unwrap_err().to_string();
    /// assert!(error.starts_with("rank 1: is in zeros of float64[11] at "), "{error}");
    /// # }
    /// ```
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = Some(checked);
        self
    }

    /// How long a rank may wait for another before the program is ended, with a report of where each
    /// rank is. Without this call `DISTARRAY_TIMEOUT` decides, in seconds; without that, for ever.
    ///
    /// ```
    /// use std::time::Duration;
    /// use distarray::{Launch, prelude::*};
    ///
    /// # fn main() {
    /// let limit = Duration::from_millis(100);
    /// let outcome = Launch::new().ranks(2).timeout(limit).run(|ctx| {
    ///     if ctx.rank() == 1 {
    ///         std::thread::sleep(Duration::from_secs(1));
    ///     }
    ///     ctx.barrier()
    /// });
    /// assert!(outcome.unwrap_err().to_string().contains("barrier"));
    /// # }
    /// ```
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Records every collective and exchange of every rank: its operation and line, bytes, peers,
    /// time spent in waiting and in transfer. Without this call `DISTARRAY_TRACE` decides: `-` for a
    /// table on the standard error, else the name of a file for `chrome://tracing` or Perfetto.
    ///
    /// The events stay in memory until the program ends, some 150 bytes each.
    ///
    /// ```
    /// use distarray::{Launch, TraceOutput, prelude::*};
    ///
    /// # fn main() -> distarray::Result<()> {
    /// let file = std::env::temp_dir().join("distarray-trace.json");
    /// let launch = Launch::new().ranks(2).trace(TraceOutput::File(file.clone()));
    /// launch.run(|ctx| ctx.ones::<f64>(1000)?.sum())?;
    /// assert!(std::fs::read_to_string(&file).unwrap().contains("traceEvents"));
    /// # std::fs::remove_file(&file).unwrap();
    /// # Ok(())
    /// # }
    /// ```
    pub fn trace(mut self, output: TraceOutput) -> Self {
        self.trace = Some(output);
        self
    }

    /// Runs the program on every rank; see [`run`](crate::run).
    ///
    /// # Errors
    /// As [`run`](crate::run); the backend is not built in; the number of ranks is not that of the MPI job; a
    /// variable of the environment that cannot be understood.
    pub fn run<R: Send>(self, program: impl Fn(&Context) -> Result<R> + Sync) -> Result<R> {
        let backend = match self.backend {
            Some(backend) => backend,
            None => run::default_backend()?,
        };
        let check = match self.checked {
            Some(checked) => Ok(checked),
            None => settings::check()
                .map(|check| check.unwrap_or(cfg!(any(debug_assertions, feature = "checked")))),
        };
        let timeout = match self.timeout {
            Some(Duration::ZERO) => Err(Error::argument("the time limit for waits is zero")),
            Some(limit) => Ok(Some(limit)),
            None => settings::timeout(),
        };
        let limit = timeout.as_ref().ok().copied().flatten();
        let trace = self.trace.or_else(settings::trace);
        let known = timeout.and(check);
        let keep = |found: &Trace| trace.as_ref().map_or(Ok(()), |output| output.keep(found));
        let on_rank = |comm: Rc<dyn Communicator>| {
            // Rank 0's count: variables of the environment may not have reached every process.
            let check = comm.agree_with_root(0, known.clone())?;
            let wanted = u8::from(check) | u8::from(trace.is_some()) << 1;
            let wanted = comm.broadcast_of(0, wanted)?;
            let instruments = Instruments { check: wanted & 1 != 0, trace: wanted & 2 != 0 };
            instruments.around(comm, |comm| program(&Context::new(comm)), keep)
        };
        match backend {
            Backend::Threads => run::on_threads(self.ranks, limit, on_rank),
            Backend::Mpi => run::on_mpi(self.ranks, limit, on_rank),
        }
    }

    /// Runs a program whose errors are of another type, such as `anyhow::Error`, `String` or one of
    /// its own; they become [`Error::User`] with their texts and those of their sources.
    ///
    /// (In [`run`](Self::run), `?` takes the errors of the standard library, and
    /// `.map_err(Error::user)?` any other.)
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// ```
    /// use distarray::{Launch, prelude::*};
    ///
    /// # fn main() {
    /// let outcome = Launch::new().ranks(3).try_run(|ctx| -> std::result::Result<(), String> {
    ///     match ctx.rank() {
    ///         2 => Err("no input here".to_owned()),
    ///         _ => Ok(()),
    ///     }
    /// });
    /// assert_eq!(outcome.unwrap_err().to_string(), "no input here (rank 2 of 3)");
    /// # }
    /// ```
    pub fn try_run<R, E>(
        self,
        program: impl Fn(&Context) -> std::result::Result<R, E> + Sync,
    ) -> Result<R>
    where
        R: Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.run(|ctx| program(ctx).map_err(Error::from_any))
    }
}
