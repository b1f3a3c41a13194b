//! Calls with elements in place of bytes: methods of `dyn Communicator`.

use super::{Communicator, ReduceOp};
use crate::element::{Element, as_bytes, as_bytes_mut};
use crate::error::{Error, Result};

impl dyn Communicator + '_ {
    /// Combines one element of every rank; the result is the same on all.
    ///
    /// One small message per rank and step.
    ///
    /// # Errors
    /// The operation does not take the type; a rank failed.
    ///
    /// ```
    /// use distarray_core::comm::{Communicator, ReduceOp, Solo};
    ///
    /// let comm: &dyn Communicator = &Solo;
    /// assert_eq!(comm.all_reduce_of(ReduceOp::Max, 3_u8)?, 3);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn all_reduce_of<T: Element>(&self, op: ReduceOp, value: T) -> Result<T> {
        let mut values = [value];
        // SAFETY: a reduction of elements writes elements.
        self.all_reduce(T::DTYPE, op, unsafe { as_bytes_mut(&mut values) })?;
        Ok(values[0])
    }

    /// One element of every rank, in rank order, on every rank.
    ///
    /// ```
    /// use distarray_core::comm::{Communicator, Solo};
    ///
    /// let comm: &dyn Communicator = &Solo;
    /// assert_eq!(comm.all_gather_of(1.5)?, [1.5]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn all_gather_of<T: Element>(&self, value: T) -> Result<Vec<T>> {
        let mut all = vec![T::default(); self.size()];
        // SAFETY: what is gathered are elements.
        self.all_gather(as_bytes(&[value]), unsafe { as_bytes_mut(&mut all) })?;
        Ok(all)
    }

    /// The root's element, on every rank; what the others pass is not looked at.
    ///
    /// # Errors
    /// There is no such root; a rank failed.
    ///
    /// ```
    /// use distarray_core::comm::{Communicator, Solo};
    ///
    /// let comm: &dyn Communicator = &Solo;
    /// assert_eq!(comm.broadcast_of(0, 'x' as u32)?, 'x' as u32);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn broadcast_of<T: Element>(&self, root: usize, value: T) -> Result<T> {
        check_peer(self, root)?;
        let mut values = [value];
        // SAFETY: what is broadcast are elements.
        self.broadcast(root, unsafe { as_bytes_mut(&mut values) })?;
        Ok(values[0])
    }

    /// Every rank's bytes, in rank order, on every rank; lengths may differ.
    ///
    /// One gather of the lengths and one of the bytes, padded to the longest.
    ///
    /// ```
    /// use distarray_core::comm::{Communicator, Solo};
    ///
    /// let comm: &dyn Communicator = &Solo;
    /// assert_eq!(comm.all_gather_varying(b"abc")?, [b"abc"]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn all_gather_varying(&self, mine: &[u8]) -> Result<Vec<Vec<u8>>> {
        let lengths = self.all_gather_of(mine.len() as u64)?;
        let longest = lengths.iter().max().map_or(0, |&longest| longest as usize);
        if longest == 0 {
            return Ok(vec![Vec::new(); self.size()]);
        }
        let mut padded = mine.to_vec();
        padded.resize(longest, 0);
        let mut all = vec![0; longest * self.size()];
        self.all_gather(&padded, &mut all)?;
        let cut = |(bytes, &length): (&[u8], &u64)| bytes[..length as usize].to_vec();
        Ok(all.chunks_exact(longest).zip(&lengths).map(cut).collect())
    }
}

/// Refuses a rank outside the group.
pub(super) fn check_peer(comm: &(impl Communicator + ?Sized), peer: usize) -> Result<()> {
    if peer < comm.size() {
        Ok(())
    } else {
        Err(Error::index(format!("rank {peer} is outside the group of {} ranks", comm.size())))
    }
}
