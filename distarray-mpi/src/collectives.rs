//! Barrier, broadcast and gather by MPI's own.

use std::ffi::c_int;

use distarray_core::{Error, Result};
use mpi::ffi;

use crate::code::check;
use crate::communicator::MpiCommunicator;

impl MpiCommunicator {
    /// One `MPI_Barrier`.
    pub(crate) fn meet_all(&self) -> Result<()> {
        // SAFETY: the communicator is alive.
        check(unsafe { ffi::MPI_Barrier(self.collective.raw()) }, "MPI_Barrier")
    }

    /// One `MPI_Bcast` for each piece.
    pub(crate) fn broadcast_pieces(&self, root: usize, bytes: &mut [u8]) -> Result<()> {
        let root = self.mpi_rank(root)?;
        for piece in bytes.chunks_mut(self.limit) {
            // SAFETY: the piece is valid for reads and writes, its length fits by the limit, and
            // the communicator is alive.
            let code = unsafe {
                ffi::MPI_Bcast(
                    piece.as_mut_ptr().cast(),
                    piece.len() as c_int,
                    ffi::RSMPI_UINT8_T,
                    root,
                    self.collective.raw(),
                )
            };
            check(code, "MPI_Bcast")?;
        }
        Ok(())
    }

    /// That a gather of so many bytes a rank fills the room.
    pub(crate) fn check_room(&self, length: usize, total: usize) -> Result<()> {
        if length.checked_mul(self.size) == Some(total) {
            return Ok(());
        }
        Err(Error::argument(format!(
            "gathering {length} bytes from each of {} ranks does not fill {total}",
            self.size
        )))
    }

    /// One `MPI_Allgather`; what is too much for it is broadcast by each rank in turn.
    pub(crate) fn gather_to_all(&self, mine: &[u8], all: &mut [u8]) -> Result<()> {
        let (length, total) = (mine.len(), all.len());
        if length == 0 {
            return Ok(());
        }
        if total > self.limit {
            all[self.rank * length..][..length].copy_from_slice(mine);
            let parts = all.chunks_exact_mut(length).enumerate();
            return parts
                .into_iter()
                .try_for_each(|(root, part)| self.broadcast_pieces(root, part));
        }
        // SAFETY: `mine` is valid for reads of its length and `all` for writes of that times the
        // number of ranks, which was checked; the length fits by the limit; they are apart, as one
        // is borrowed for writes; the communicator is alive.
        let code = unsafe {
            ffi::MPI_Allgather(
                mine.as_ptr().cast(),
                length as c_int,
                ffi::RSMPI_UINT8_T,
                all.as_mut_ptr().cast(),
                length as c_int,
                ffi::RSMPI_UINT8_T,
                self.collective.raw(),
            )
        };
        check(code, "MPI_Allgather")
    }
}
