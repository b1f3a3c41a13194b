//! [`Arrivals`]: what is expected, and what of it has come.

use std::ffi::c_int;
use std::ops::Range;

use distarray_core::Result;
use distarray_core::comm::{Layout, Memory, Message, copy_piece};
use mpi::ffi::{self, MPI_Message};

use super::{Exchange, contiguous, piece_of};
use crate::code::check;
use crate::communicator::MpiCommunicator;

/// The messages of other ranks, by rank.
pub(super) struct Arrivals<'a> {
    list: Vec<Arrival<'a>>,
    /// Those of which the last piece has not been matched.
    missing: usize,
}

/// A message that is expected.
struct Arrival<'a> {
    message: &'a Message,
    length: usize,
    /// Where it arrives in the target, if it needs no unpacking.
    in_place: Option<Range<usize>>,
    piece: usize,
    /// Bytes of the pieces that have been matched.
    matched: usize,
    /// Whether the last piece has been matched.
    complete: bool,
}

impl<'a> Arrivals<'a> {
    pub(super) fn new(comm: &MpiCommunicator, receives: &'a [Message]) -> Self {
        let others = receives.iter().filter(|message| comm.sends_by_mpi(message.peer));
        let mut list: Vec<_> = others
            .map(|message| {
                let length = message.bytes();
                let (in_place, piece) = (contiguous(message), piece_of(length, comm.limit));
                Arrival { message, length, in_place, piece, matched: 0, complete: false }
            })
            .collect();
        list.sort_by_key(|arrival| arrival.message.peer);
        Self { missing: list.len(), list }
    }

    /// The number of messages of which pieces are still to announce themselves.
    pub(super) fn missing(&self) -> usize {
        self.missing
    }

    /// The ranks that they come from.
    pub(super) fn missing_peers(&self) -> Vec<usize> {
        let open = self.list.iter().filter(|arrival| !arrival.complete);
        open.map(|arrival| arrival.message.peer).collect()
    }

    /// The rank that a message comes from.
    pub(super) fn peer(&self, message: usize) -> usize {
        self.list[message].message.peer
    }

    /// Puts some of a message's bytes, which are in a buffer, to their places.
    pub(super) fn unpack(
        &self,
        message: usize,
        bytes: Range<usize>,
        buffer: &[u8],
        memory: &Memory<'_>,
    ) {
        let arrival = &self.list[message];
        let from = [Layout::contiguous(0..bytes.len())];
        assert!(bytes.len() <= buffer.len(), "a piece has filled its buffer");
        let to = arrival.message.excerpt(bytes);
        let (target, _) = memory.target();
        // SAFETY: the piece has filled the buffer; the parts lie in the target, which was checked,
        // where nothing else is read or written.
        unsafe { copy_piece(buffer.as_ptr(), &from, target, &to, arrival.length) };
    }
}

impl Exchange<'_> {
    /// Starts to receive a piece that has announced itself, if it is what was expected.
    pub(super) fn receive(
        &mut self,
        mut message: MPI_Message,
        peer: usize,
        length: usize,
    ) -> Result<()> {
        let list = &mut self.arrivals.list;
        let found = list.binary_search_by_key(&peer, |arrival| arrival.message.peer);
        let Some(index) = found.ok().filter(|&index| !list[index].complete) else {
            return Err(self.comm.mismatch(peer, &length.to_string(), "none"));
        };
        let arrival = &mut list[index];
        if length != arrival.piece.min(arrival.length - arrival.matched) {
            let sent = arrival.matched + length;
            let more = if length >= arrival.piece { "at least " } else { "" };
            let sent = format!("{more}{sent}");
            return Err(self.comm.mismatch(peer, &sent, &arrival.length.to_string()));
        }
        let bytes = arrival.matched..arrival.matched + length;
        let (start, buffer) = match &arrival.in_place {
            // SAFETY: the part lies in the target, which was checked.
            Some(place) => (unsafe { self.memory.target().0.add(place.start + bytes.start) }, None),
            None => {
                let mut buffer = self.comm.buffers.borrow_mut().take(length);
                (buffer.as_mut_ptr(), Some(buffer))
            }
        };
        // SAFETY: a constant of the library.
        let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
        // SAFETY: so many bytes are left at the place, which is valid for writes until `flight` has
        // landed, and which nobody else reads or writes: a vector's elements stay in place when it
        // is moved. The message was matched.
        let code = unsafe {
            ffi::MPI_Imrecv(
                start.cast(),
                length as c_int,
                ffi::RSMPI_UINT8_T,
                &mut message,
                &mut request,
            )
        };
        check(code, "MPI_Imrecv")?;
        arrival.matched = bytes.end;
        arrival.complete = length < arrival.piece;
        self.arrivals.missing -= usize::from(arrival.complete);
        self.flight.receive(request, index, bytes, buffer);
        Ok(())
    }
}
