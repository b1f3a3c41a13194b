//! Barrier, broadcast and gather by MPI's own.

use std::ffi::c_int;
use std::time::{Duration, Instant};

use distarray_core::comm::CallKind;
use distarray_core::{Error, Result};
use mpi::ffi;

use crate::code::check;
use crate::communicator::MpiCommunicator;

/// Asks again and again until there is an answer.
fn poll<T>(mut ready: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    loop {
        match ready()? {
            Some(found) => return Ok(found),
            None => std::thread::yield_now(),
        }
    }
}

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

    /// One `MPI_Iallgather` of few bytes, waited for up to a limit; false where that has passed. The
    /// buffers of a gather that was given up are kept for ever, since MPI may still use them.
    pub(crate) fn gather_within(
        &self,
        limit: Option<Duration>,
        mine: &[u8],
        all: &mut [u8],
    ) -> Result<bool> {
        let length = c_int::try_from(mine.len())
            .map_err(|_| Error::argument(format!("{} bytes are not few", mine.len())))?;
        let (sent, mut gathered) = (mine.to_vec(), vec![0_u8; all.len()]);
        // SAFETY: a constant of the library.
        let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
        // SAFETY: the buffers have room for the bytes of one rank and of all, and stay where they are
        // until the request is complete, or for ever; the communicator is alive.
        let code = unsafe {
            ffi::MPI_Iallgather(
                sent.as_ptr().cast(),
                length,
                ffi::RSMPI_UINT8_T,
                gathered.as_mut_ptr().cast(),
                length,
                ffi::RSMPI_UINT8_T,
                self.collective.raw(),
                &mut request,
            )
        };
        check(code, "MPI_Iallgather")?;
        let start = Instant::now();
        let kind = CallKind::AllGather { bytes: mine.len() };
        let others = || (0..self.size).filter(|&rank| rank != self.rank).collect();
        let outcome = {
            let request = std::cell::Cell::new(request);
            let block = || {
                let mut live = request.get();
                // SAFETY: the request is live.
                check(unsafe { ffi::MPI_Wait(&mut live, ffi::RSMPI_STATUS_IGNORE) }, "MPI_Wait")?;
                Ok(true)
            };
            let ready = || {
                let (mut live, mut complete) = (request.get(), 0);
                // SAFETY: the request is live; the place is valid for the write.
                let code =
                    unsafe { ffi::MPI_Test(&mut live, &mut complete, ffi::RSMPI_STATUS_IGNORE) };
                check(code, "MPI_Test")?;
                let late = limit.is_some_and(|limit| start.elapsed() > limit);
                Ok((complete != 0).then_some(true).or(late.then_some(false)))
            };
            match limit {
                None => self.wait(kind, &others, block, ready),
                Some(_) => poll(ready),
            }
        };
        match outcome {
            Ok(true) => {
                all.copy_from_slice(&gathered);
                Ok(true)
            }
            other => {
                std::mem::forget((sent, gathered));
                other
            }
        }
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
