//! A gather that can be given up.

use std::ffi::c_int;
use std::time::{Duration, Instant};

use distarray_core::comm::{CallKind, waiting};
use distarray_core::{Error, Result};
use mpi::ffi;

use crate::code::check;
use crate::communicator::MpiCommunicator;
use crate::poll::{is_complete, nap};

impl MpiCommunicator {
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
        let kind = CallKind::AllGather { bytes: mine.len() };
        let came = match limit {
            Some(limit) => waiting(|| self.complete_within(&mut request, limit)),
            None => {
                let others = || (0..self.size).filter(|&rank| rank != self.rank).collect();
                self.doing(kind, || {
                    self.any_complete(std::slice::from_mut(&mut request), &others).map(|_| true)
                })
            }
        };
        match came {
            Ok(true) => all.copy_from_slice(&gathered),
            _ => std::mem::forget((sent, gathered)),
        }
        came
    }

    /// Whether a request that was made here completes within a limit. A rank that waits so has failed.
    fn complete_within(&self, request: &mut ffi::MPI_Request, limit: Duration) -> Result<bool> {
        // The rank that knows the reason speaks before those who only wait.
        let watch = self.watched.as_ref().map(|watched| watched.watch());
        let limit = watch.map_or(limit, |watch| limit.min(watch.limit() / 4));
        let start = Instant::now();
        loop {
            // SAFETY: the request is live or null, and its buffers outlive it.
            if unsafe { is_complete(request) }? {
                return Ok(true);
            }
            if start.elapsed() > limit {
                return Ok(false);
            }
            if let Some(watch) = watch {
                watch.answer(&|| "has failed, and waits for the others".to_owned())?;
            }
            nap(start.elapsed());
        }
    }
}
