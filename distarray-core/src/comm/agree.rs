//! One verdict for all: what failed on some rank fails on every rank.

use super::{Communicator, ReduceOp};
use crate::error::{Error, Result};

impl dyn Communicator + '_ {
    /// Shares the outcome of local work: `Ok` where it went well on every rank, else the error of
    /// the lowest rank that failed, on every rank alike.
    ///
    /// Every operation that can fail on one rank alone (files, functions of the user) ends in it.
    /// One all-reduce of eight bytes; a failure costs one broadcast more.
    ///
    /// # Errors
    /// The lowest failing rank's; a rank that left meanwhile.
    ///
    /// ```
    /// use distarray_core::{Error, comm::{Communicator, Solo}};
    ///
    /// let comm: &dyn Communicator = &Solo;
    /// assert_eq!(comm.agree(Ok(5))?, 5);
    /// assert!(comm.agree(Err::<(), _>(Error::user("no"))).is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn agree<T>(&self, outcome: Result<T>) -> Result<T> {
        let mine = if outcome.is_err() { self.rank() as u64 } else { u64::MAX };
        let lowest = self.all_reduce_of(ReduceOp::Min, mine)?;
        if lowest == u64::MAX {
            return outcome;
        }
        let root = lowest as usize;
        let error = outcome.err();
        let bytes = error.as_ref().filter(|_| root == self.rank()).map(Error::to_bytes);
        let length = self.broadcast_of(root, bytes.as_ref().map_or(0, |b| b.len() as u64))?;
        let mut bytes = bytes.unwrap_or_else(|| vec![0; length as usize]);
        self.broadcast(root, &mut bytes)?;
        // The failing rank keeps its own error, which may have a source.
        Err(match error {
            Some(error) if root == self.rank() => error,
            _ => Error::from_bytes(&bytes)
                .unwrap_or_else(|| Error::rank(root, "failed with an error that cannot be read")),
        })
    }
}
