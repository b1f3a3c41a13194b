//! [`Outgoing`]: what is left to send, piece by piece.

use std::collections::VecDeque;
use std::ffi::c_int;
use std::ops::Range;

use distarray_core::Result;
use distarray_core::comm::{Layout, Message, copy_layouts};
use mpi::ffi;

use super::{Exchange, contiguous, piece_of};
use crate::code::check;
use crate::communicator::MpiCommunicator;

/// The messages that are not sent to their ends, each with what is left of it; each has its turn.
pub(super) struct Outgoing<'a>(VecDeque<Departure<'a>>);

struct Departure<'a> {
    message: &'a Message,
    length: usize,
    /// Where it lies in the source, if it needs no packing.
    in_place: Option<Range<usize>>,
    piece: usize,
    /// Bytes that have been started.
    started: usize,
}

impl<'a> Outgoing<'a> {
    /// The messages to other ranks. The rank after this one comes first, so that not all send to
    /// the same one at a time.
    pub(super) fn new(comm: &MpiCommunicator, sends: &'a [Message]) -> Self {
        let others = sends.iter().filter(|message| comm.sends_by_mpi(message.peer));
        let mut departures: Vec<_> = others
            .map(|message| {
                let length = message.bytes();
                let (in_place, piece) = (contiguous(message), piece_of(length, comm.limit));
                Departure { message, length, in_place, piece, started: 0 }
            })
            .collect();
        departures
            .sort_by_key(|departure| (departure.message.peer + comm.size - comm.rank) % comm.size);
        Self(departures.into())
    }

    pub(super) fn is_left(&self) -> bool {
        !self.0.is_empty()
    }
}

impl Exchange<'_> {
    /// Starts the next piece: the last one of a message is shorter than the others, empty where
    /// nothing is left, so that a receiver that expects another length notices.
    pub(super) fn send_next(&mut self) -> Result<()> {
        let Some(mut departure) = self.outgoing.0.pop_front() else { return Ok(()) };
        let Departure { message, length, piece, started, .. } = departure;
        let bytes = started..length.min(started + piece);
        let (source, _) = self.memory.source();
        let (start, buffer) = match &departure.in_place {
            // SAFETY: the part lies in the source, which was checked.
            Some(place) => (unsafe { source.add(place.start + started) }, None),
            None => {
                let buffer = self.pack(message, bytes.clone());
                (buffer.as_ptr(), Some(buffer))
            }
        };
        // SAFETY: a constant of the library.
        let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
        // SAFETY: the piece lies in memory that is valid for reads until `flight` has landed, and
        // that nobody writes: a vector's elements stay in place when it is moved. Its length fits
        // by the limit.
        let code = unsafe {
            ffi::MPI_Isend(
                start.cast(),
                bytes.len() as c_int,
                ffi::RSMPI_UINT8_T,
                self.comm.mpi_rank(message.peer)?,
                c_int::from(self.tag),
                self.comm.collective.raw(),
                &mut request,
            )
        };
        check(code, "MPI_Isend")?;
        self.flight.send(request, (message.peer, bytes.len()), buffer);
        departure.started = bytes.end;
        if bytes.len() == piece {
            self.outgoing.0.push_back(departure);
        }
        Ok(())
    }

    /// Some of a message's bytes in a buffer.
    fn pack(&self, message: &Message, bytes: Range<usize>) -> Vec<u8> {
        let mut buffer = self.comm.buffers.borrow_mut().take(bytes.len());
        let to = [Layout::contiguous(0..bytes.len())];
        // SAFETY: the parts lie in the source, which was checked, and nothing that is received may
        // lie there; the buffer has room for the piece.
        unsafe {
            let from = message.excerpt(bytes);
            copy_layouts(self.memory.source().0, &from, buffer.as_mut_ptr(), &to);
        }
        buffer
    }
}
