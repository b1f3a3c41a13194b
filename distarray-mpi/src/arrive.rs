//! Waiting for messages and requests, by MPI's own waits or, under a watch, by asking.

use std::ffi::c_int;

use distarray_core::comm::CallKind;
use distarray_core::{Error, Result};
use mpi::ffi::{self, MPI_Message, MPI_Request, MPI_Status};

use crate::code::check;
use crate::communicator::MpiCommunicator;
use crate::handle::Handle;

impl MpiCommunicator {
    /// Waits for a message, and takes it out of the queue.
    pub(crate) fn next_message(
        &self,
        handle: &Handle,
        source: c_int,
        tag: c_int,
        peers: &dyn Fn() -> Vec<usize>,
    ) -> Result<(MPI_Message, MPI_Status, usize)> {
        let comm = handle.raw();
        // SAFETY: a constant of the library.
        let none = unsafe { ffi::RSMPI_MESSAGE_NULL };
        let block = || {
            let (mut message, mut status) = (none, blank_status());
            // SAFETY: the communicator is alive; the places are valid for writes.
            let code = unsafe { ffi::MPI_Mprobe(source, tag, comm, &mut message, &mut status) };
            check(code, "MPI_Mprobe").map(|()| (message, status))
        };
        let ready = || {
            let (mut message, mut status, mut flag) = (none, blank_status(), 0);
            // SAFETY: as above.
            let code = unsafe {
                ffi::MPI_Improbe(source, tag, comm, &mut flag, &mut message, &mut status)
            };
            check(code, "MPI_Improbe").map(|()| (flag != 0).then_some((message, status)))
        };
        let (message, status) = self.wait(CallKind::Exchange, peers, block, ready)?;
        let length = received_bytes(&status)?;
        Ok((message, status, length))
    }

    /// Waits until one of the requests is complete; gives its place.
    pub(crate) fn any_complete(
        &self,
        requests: &mut [MPI_Request],
        peers: &dyn Fn() -> Vec<usize>,
    ) -> Result<usize> {
        let (count, start) = (requests.len() as c_int, requests.as_mut_ptr());
        let block = || {
            let mut index = 0;
            // SAFETY: the requests are live or null; the place is valid for the write; the status
            // tells no more than the probe did.
            let code =
                unsafe { ffi::MPI_Waitany(count, start, &mut index, ffi::RSMPI_STATUS_IGNORE) };
            check(code, "MPI_Waitany").map(|()| index)
        };
        let ready = || {
            let (mut index, mut flag) = (0, 0);
            // SAFETY: as above.
            let code = unsafe {
                ffi::MPI_Testany(count, start, &mut index, &mut flag, ffi::RSMPI_STATUS_IGNORE)
            };
            check(code, "MPI_Testany").map(|()| (flag != 0).then_some(index))
        };
        let index = self.wait(CallKind::Exchange, peers, block, ready)?;
        usize::try_from(index).ok().filter(|&index| index < requests.len()).ok_or_else(|| {
            Error::backend("mpi", format!("request {index} of {count} is said to be complete"))
        })
    }
}

/// A status for MPI to fill in.
pub(crate) fn blank_status() -> MPI_Status {
    // SAFETY: a C structure of numbers, for which zeros are values.
    unsafe { std::mem::zeroed() }
}

/// The bytes of a message that has arrived.
pub(crate) fn received_bytes(status: &MPI_Status) -> Result<usize> {
    let mut count = 0;
    // SAFETY: the status was filled in by a receive or a probe; the place is valid for the write.
    let code = unsafe { ffi::MPI_Get_count(status, ffi::RSMPI_UINT8_T, &mut count) };
    check(code, "MPI_Get_count")?;
    usize::try_from(count)
        .map_err(|_| Error::backend("mpi", format!("a message of {count} bytes arrived")))
}
