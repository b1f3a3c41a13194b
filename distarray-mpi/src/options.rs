//! [`Options`]: how ranks wait for each other, and by what they exchange.

use std::time::Duration;

/// How [`run_with`](crate::run_with) runs a program, and [`adopt_with`](crate::adopt_with) watches a
/// communicator.
///
/// ```
/// let options = distarray_mpi::Options::default();
/// assert_eq!((options.timeout, options.shared_memory), (None, true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long a rank may wait for another one; what rank 0 is given counts for all. A wait that
    /// takes longer ends the job with exit code 1 and one report of where each rank is. A rank that
    /// has returned from its program waits for the others too. No limit where this is `None`.
    ///
    /// With a limit, collectives go by messages that can be watched, which takes longer than the
    /// library's own: for runs that hang, not for runs that must be fast. Messages travel in pieces
    /// of 64 MiB, each of which must arrive within the limit.
    pub timeout: Option<Duration>,
    /// Whether ranks on one machine exchange elements through memory that they share, where that can
    /// be had, instead of by MPI. Ranks of which one is told not to do not.
    pub shared_memory: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { timeout: None, shared_memory: true }
    }
}
