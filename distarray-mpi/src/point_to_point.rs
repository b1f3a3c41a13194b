//! Messages of users, from one rank to another.
//!
//! A message travels in pieces, the last of which is shorter than the limit, so that the receiver
//! learns the length by probing.

use std::ffi::c_int;

use distarray_core::comm::Communicator;
use distarray_core::{Error, Result};
use mpi::ffi;

use crate::code::check;
use crate::communicator::MpiCommunicator;
use crate::outbox::{self, Sent};
use crate::pieces::pieces;

impl MpiCommunicator {
    /// Sends a copy of the bytes and returns at once, so that two ranks may send to each other first
    /// and receive afterwards.
    pub(crate) fn post(&self, to: usize, tag: u16, bytes: &[u8]) -> Result<()> {
        let peer = self.mpi_rank(to)?;
        outbox::sweep()?;
        if to == self.rank {
            self.kept.borrow_mut().entry(tag).or_default().push_back(bytes.to_vec());
            return Ok(());
        }
        let mut sent = Sent { requests: Vec::new(), bytes: bytes.into(), to, tag };
        let mut outcome = Ok(());
        for piece in pieces(bytes.len(), self.limit) {
            // SAFETY: a constant of the library.
            let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
            // SAFETY: the bytes are on the heap, and stay there unchanged until the outbox finds the
            // request complete; the length fits by the limit; the communicator is alive.
            let code = unsafe {
                ffi::MPI_Isend(
                    sent.bytes[piece.clone()].as_ptr().cast(),
                    piece.len() as c_int,
                    ffi::RSMPI_UINT8_T,
                    peer,
                    c_int::from(tag),
                    self.mail.raw(),
                    &mut request,
                )
            };
            outcome = check(code, "MPI_Isend");
            if outcome.is_err() {
                break;
            }
            sent.requests.push(request);
        }
        // After a failure too: the pieces before it are on their way.
        outbox::keep(sent)?;
        outcome
    }

    /// Waits for the next message of a rank with this tag.
    pub(crate) fn fetch(&self, from: usize, tag: u16) -> Result<Vec<u8>> {
        let peer = self.mpi_rank(from)?;
        outbox::sweep()?;
        if from == self.rank {
            let message = self.kept.borrow_mut().get_mut(&tag).and_then(|kept| kept.pop_front());
            let message_text = || format!("waits for a message with tag {tag} from itself");
            return message.ok_or_else(|| Error::rank(self.rank_in_program(from), message_text()));
        }
        let mut bytes = Vec::new();
        loop {
            let start = bytes.len();
            let sender = || vec![from];
            let (mut message, _, length) =
                self.next_message(&self.mail, peer, c_int::from(tag), &sender)?;
            bytes.resize(start + length, 0);
            // SAFETY: a constant of the library.
            let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
            // SAFETY: the bytes from `start` on are valid for writes of the length, which came from
            // a count of MPI's, and stay as they are until the request is complete, or the job ends;
            // the message was matched above.
            let code = unsafe {
                ffi::MPI_Imrecv(
                    bytes[start..].as_mut_ptr().cast(),
                    length as c_int,
                    ffi::RSMPI_UINT8_T,
                    &mut message,
                    &mut request,
                )
            };
            check(code, "MPI_Imrecv")?;
            let arrived = self.any_complete(std::slice::from_mut(&mut request), &sender);
            if let Err(error) = arrived {
                // MPI would write to memory that is about to be freed.
                self.fail(&error);
            }
            if length < self.limit {
                return Ok(bytes);
            }
        }
    }
}
