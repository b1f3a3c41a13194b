//! [`Questions`]: short messages by which ranks under a watch ask each other where they are.

use std::ffi::c_int;

use distarray_core::Result;
use mpi::ffi;

use crate::arrive::{blank_status, received_bytes};
use crate::code::check;
use crate::handle::Handle;

/// Tags of the messages.
pub(crate) const QUESTION: c_int = 1;
pub(crate) const ANSWER: c_int = 2;

/// Bytes of a text at most: libraries send so few without waiting for the receiver.
const LONGEST: usize = 1 << 10;

/// A communicator for nothing else.
#[derive(Debug)]
pub(crate) struct Questions(Handle);

impl Questions {
    pub(crate) fn new(handle: Handle) -> Self {
        Self(handle)
    }

    /// The communicator.
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    /// Sends a text, cut off after the longest that is sent at once whether the peer receives or not.
    pub(crate) fn send(&self, peer: usize, tag: c_int, text: &str) -> Result<()> {
        // Nobody waits for the message to be sent, since to a rank that is stopped it may never be.
        // So its bytes stay for ever: few, from a job that is about to end.
        let bytes = Vec::leak(text.as_bytes()[..text.floor_char_boundary(LONGEST)].to_vec());
        // SAFETY: a constant of the library.
        let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
        // SAFETY: the bytes live for ever; the communicator is alive; a rank and a text fit.
        let code = unsafe {
            ffi::MPI_Isend(
                bytes.as_ptr().cast(),
                bytes.len() as c_int,
                ffi::RSMPI_UINT8_T,
                peer as c_int,
                tag,
                self.0.raw(),
                &mut request,
            )
        };
        check(code, "MPI_Isend")?;
        // SAFETY: the request was just made, and is not used again.
        check(unsafe { ffi::MPI_Request_free(&mut request) }, "MPI_Request_free")
    }

    /// A message that has arrived, with its sender.
    pub(crate) fn take(&self, tag: c_int) -> Result<Option<(usize, String)>> {
        let (mut flag, mut status) = (0, blank_status());
        // SAFETY: the communicator is alive; the places are valid for writes.
        let code = unsafe {
            let control = self.0.raw();
            ffi::MPI_Iprobe(ffi::RSMPI_ANY_SOURCE, tag, control, &mut flag, &mut status)
        };
        check(code, "MPI_Iprobe")?;
        if flag == 0 {
            return Ok(None);
        }
        let mut bytes = vec![0; received_bytes(&status)?];
        let peer = status.MPI_SOURCE;
        // SAFETY: the bytes are as many as the message has; the communicator is alive.
        let code = unsafe {
            ffi::MPI_Recv(
                bytes.as_mut_ptr().cast(),
                bytes.len() as c_int,
                ffi::RSMPI_UINT8_T,
                peer,
                tag,
                self.0.raw(),
                ffi::RSMPI_STATUS_IGNORE,
            )
        };
        check(code, "MPI_Recv")?;
        let peer = usize::try_from(peer).unwrap_or(0);
        Ok(Some((peer, String::from_utf8_lossy(&bytes).into_owned())))
    }
}
