//! [`Options`]: how ranks are run.

use std::time::Duration;

/// How [`run_with`](crate::run_with) runs a program.
///
/// ```
/// use std::time::Duration;
/// use distarray_threads::{Options, run_with};
///
/// let options = Options { timeout: Some(Duration::from_millis(50)), ..Options::new(2) };
/// let outcome = run_with(options, |comm| {
///     while comm.rank() == 1 && comm.begin().is_ok() {
///         // It computes for ever, or nearly so.
///         std::thread::yield_now();
///     }
///     comm.barrier()
/// });
/// let error = outcome.unwrap_err().to_string();
/// assert!(error.starts_with("rank 1: rank 0 has waited for longer than 50ms; rank 0 is in barrier"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many ranks there are; at least 1.
    pub ranks: usize,
    /// How long a rank may wait for another one. A wait that takes longer ends in an
    /// [`Error::Rank`](distarray_core::Error::Rank) on every rank that tells where each of them
    /// is. A rank that computes cannot be stopped: it gets the error in its next call. No limit
    /// where this is `None`.
    ///
    /// With a limit, ranks note each of their calls, at some tens of nanoseconds.
    pub timeout: Option<Duration>,
}

impl Options {
    /// So many ranks, and no limit of time.
    ///
    /// ```
    /// assert_eq!(distarray_threads::Options::new(3).timeout, None);
    /// ```
    pub const fn new(ranks: usize) -> Self {
        Self { ranks, timeout: None }
    }
}
