//! One verdict for all: what failed on some rank fails on every rank.

use super::budget::uncounted;
use super::{Communicator, Operation, ReduceOp};
use crate::digest::Digest;
use crate::error::{Error, Result};

impl dyn Communicator + '_ {
    /// Shares the outcome of local work: `Ok` where it went well on every rank, else the error of
    /// the lowest rank that failed, on every rank alike. Where the ranks did not all fail alike, the
    /// error says which ones did, and in which operation.
    ///
    /// Every operation that can fail on one rank alone (files, functions of the user, large
    /// allocations) ends in it. One all-reduce of eight bytes; a failure costs a gather of eight
    /// bytes and two broadcasts more.
    ///
    /// # Errors
    /// The lowest failing rank's, of those whose error does not name another rank as its cause where
    /// there are such; a rank that left meanwhile.
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
        uncounted(|| self.share(outcome))
    }

    fn share<T>(&self, outcome: Result<T>) -> Result<T> {
        let (rank, size) = (self.rank() as u64, self.size() as u64);
        let mine = match &outcome {
            Ok(_) => u64::MAX,
            Err(error) if error.blames_another(self.rank_in_program(self.rank())) => size + rank,
            Err(_) => rank,
        };
        let lowest = self.all_reduce_of(ReduceOp::Min, mine)?;
        if lowest == u64::MAX {
            return outcome;
        }
        // Only those count that are as much of a cause as the lowest.
        let counts = lowest / size == mine / size;
        let error = outcome.err().filter(|_| counts);
        let digest = error.as_ref().map_or(0, |error| Digest::of(&error.to_bytes()) | 1);
        let digests = self.all_gather_of(digest)?;
        let failed = (0..digests.len()).filter(|&rank| digests[rank] != 0);
        let failed: Vec<usize> = failed.map(|rank| self.rank_in_program(rank)).collect();
        let alike = digests.iter().all(|&other| other == digests[0]);
        let error = error.map(|error| match alike {
            true => error,
            false => naming(error, &failed, self.program_size(), None),
        });
        Err(self.error_of((lowest % size) as usize, error)?)
    }

    /// The outcome of work that the root alone does for all: its value there, and the root's error
    /// on every rank as it is. What the other ranks pass is given back where the root has no error.
    ///
    /// A broadcast of eight bytes; a failure costs one more.
    ///
    /// # Errors
    /// The root's; a rank that left meanwhile.
    ///
    /// ```
    /// use distarray_core::{Error, comm::{Communicator, Solo}};
    ///
    /// let comm: &dyn Communicator = &Solo;
    /// let refused = comm.agree_with_root(0, Err::<(), _>(Error::file("a.npy", "empty")));
    /// assert_eq!(refused.unwrap_err().to_string(), "a.npy: empty");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn agree_with_root<T>(&self, root: usize, outcome: Result<T>) -> Result<T> {
        uncounted(|| match self.broadcast_of(root, u64::from(outcome.is_err()))? {
            0 => outcome,
            _ => Err(self.error_of(root, outcome.err())?),
        })
    }

    /// The root's error, on every rank.
    fn error_of(&self, root: usize, error: Option<Error>) -> Result<Error> {
        let bytes = error.as_ref().filter(|_| root == self.rank()).map(Error::to_bytes);
        let length = self.broadcast_of(root, bytes.as_ref().map_or(0, |b| b.len() as u64))?;
        let mut bytes = bytes.unwrap_or_else(|| vec![0; length as usize]);
        self.broadcast(root, &mut bytes)?;
        // The failing rank keeps its own error, which may have a source.
        Ok(match error {
            Some(error) if root == self.rank() => error,
            _ => Error::from_bytes(&bytes).unwrap_or_else(|| {
                let root = self.rank_in_program(root);
                Error::rank(root, "failed with an error that cannot be read")
            }),
        })
    }
}

/// The error of a program or an operation that failed on these ranks, with a remark which ones they
/// were, unless it names its only rank already, and on what there is to say of the others.
///
/// ```
/// use distarray_core::{Error, comm::naming};
///
/// let error = naming(Error::user("no input"), &[1], 3, Some("while rank 0 was in sum"));
/// assert_eq!(error.to_string(), "no input (rank 1 of 3, while rank 0 was in sum)");
/// let error = naming(Error::rank(1, "panicked"), &[1], 3, None);
/// assert_eq!(error.to_string(), "rank 1: panicked");
/// ```
pub fn naming(error: Error, failed: &[usize], size: usize, others: Option<&str>) -> Error {
    let named = match (failed, &error) {
        (&[only], Error::Rank { rank, .. }) if *rank == only => true,
        (&[only], _) => error.to_string().contains(&format!("(rank {only} of {size}")),
        _ => false,
    };
    let ranks = (!named).then(|| on_ranks(failed, size));
    match [ranks.as_deref(), others] {
        [None, None] => error,
        [Some(note), None] | [None, Some(note)] => error.with_note(note),
        [Some(ranks), Some(others)] => error.with_note(&format!("{ranks}, {others}")),
    }
}

/// Which ranks of so many, and what this rank does now: `rank 1 of 3, in sum at src/main.rs:8`.
///
/// ```
/// use distarray_core::comm::on_ranks;
///
/// assert_eq!(on_ranks(&[0, 2], 3), "ranks 0, 2 of 3");
/// ```
pub fn on_ranks(ranks: &[usize], size: usize) -> String {
    /// Ranks that are listed; more are only counted.
    const LISTED: usize = 16;
    let names: Vec<String> = ranks.iter().take(LISTED).map(usize::to_string).collect();
    let (plural, mut names) = (if ranks.len() > 1 { "s" } else { "" }, names.join(", "));
    if ranks.len() > LISTED {
        names += &format!(" and {} more", ranks.len() - LISTED);
    }
    let operation = Operation::current();
    match operation.is_program() {
        true => format!("rank{plural} {names} of {size}"),
        false => format!("rank{plural} {names} of {size}, in {operation}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_listed_up_to_a_number() {
        assert_eq!(on_ranks(&[1], 2), "rank 1 of 2");
        let many = on_ranks(&(0..20).collect::<Vec<_>>(), 99);
        assert!(many.ends_with("14, 15 and 4 more of 99"), "{many}");
        let _scope = Operation::enter("load");
        let place = format!("rank 1 of 2, in load at {}:{}", file!(), line!() - 1);
        assert_eq!(on_ranks(&[1], 2), place);
    }
}
