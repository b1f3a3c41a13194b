//! The exchange: non-blocking messages to and from the peers that there are.
//!
//! A message of one contiguous part travels straight from and to memory; any other is packed on one
//! side, and unpacked on the other as soon as it has arrived.

use std::collections::BTreeSet;
use std::ffi::c_int;
use std::ops::Range;

use distarray_core::comm::{Communicator, Layout, Memory, Message, copy_layouts};
use distarray_core::{Error, Result};
use mpi::ffi::{self, MPI_Request};

use crate::abort;
use crate::code::check;
use crate::communicator::MpiCommunicator;
use crate::pieces::pieces;

/// Tags in use for exchanges; the standard promises at least so many.
const TAGS: u16 = 1 << 15;

/// Requests whose memory MPI may still read or write.
#[derive(Default)]
struct Flight {
    sends: Vec<MPI_Request>,
    sent_to: Vec<usize>,
    /// One for each piece that has been matched, with its message.
    receives: Vec<MPI_Request>,
    message_of: Vec<usize>,
    /// Packed messages that are being sent.
    packed: Vec<Vec<u8>>,
}

impl Drop for Flight {
    fn drop(&mut self) {
        // MPI would write to memory that is about to be freed.
        if !self.sends.is_empty() || !self.receives.is_empty() {
            abort::end_job();
        }
    }
}

/// A message that is expected.
struct Arrival<'a> {
    message: &'a Message,
    length: usize,
    /// Where it arrives: in place, or in a buffer to be unpacked.
    start: *mut u8,
    buffer: Option<Vec<u8>>,
    /// Bytes of the pieces that have been matched.
    matched: usize,
    /// Pieces that have been matched, but not received yet.
    pieces: usize,
    /// Whether the last piece has been matched.
    complete: bool,
}

impl MpiCommunicator {
    /// Carries out one exchange. An error on a rank of several leaves the job to be ended.
    pub(crate) fn carry_out(
        &self,
        memory: &Memory<'_>,
        sends: &[Message],
        receives: &[Message],
    ) -> Result<()> {
        self.check_messages("sends", sends, memory.source().1)?;
        self.check_messages("receives", receives, memory.target().1)?;
        let tag = self.exchanges.get();
        self.exchanges.set((tag + 1) % TAGS);
        let mut flight = Flight::default();
        let mut arrivals = self.expect(memory, receives);
        let outcome = self
            .start_sends(&mut flight, memory, sends, tag)
            .and_then(|()| self.copy_within(memory, sends, receives))
            .and_then(|()| self.match_receives(&mut flight, &mut arrivals, tag))
            .and_then(|()| self.finish_receives(&mut flight, memory, &mut arrivals))
            .and_then(|()| self.finish_sends(&mut flight));
        if let Err(error) = &outcome
            && self.size > 1
        {
            self.fail(error);
        }
        let mut buffers = self.buffers.borrow_mut();
        flight.packed.drain(..).for_each(|buffer| buffers.give(buffer));
        outcome
    }

    /// That every peer exists once and every part lies in memory, which MPI takes on trust.
    fn check_messages(&self, verb: &str, messages: &[Message], length: usize) -> Result<()> {
        let mut seen = BTreeSet::new();
        for message in messages {
            let peer = message.peer;
            self.mpi_rank(peer)?;
            if !seen.insert(peer) {
                let what = format!("rank {} {verb} two messages", self.rank);
                return Err(Error::argument(format!("{what} in one exchange with rank {peer}")));
            }
            if let Some(part) = message.parts.iter().find(|part| !part.fits(length)) {
                return Err(Error::index(format!(
                    "rank {} {verb} bytes {:?} of a memory of {length} bytes",
                    self.rank,
                    part.hull()
                )));
            }
        }
        Ok(())
    }

    /// The messages of other ranks, by rank, each with the place where it is to arrive.
    fn expect<'a>(&self, memory: &Memory<'_>, receives: &'a [Message]) -> Vec<Arrival<'a>> {
        let others = receives.iter().filter(|message| message.peer != self.rank);
        let mut arrivals: Vec<_> = others
            .map(|message| {
                let length = message.bytes();
                let (start, buffer) = match contiguous(message) {
                    // SAFETY: the part lies in the target, which was checked.
                    Some(bytes) => (unsafe { memory.target().0.add(bytes.start) }, None),
                    None => {
                        let mut buffer = self.buffers.borrow_mut().take(length);
                        (buffer.as_mut_ptr(), Some(buffer))
                    }
                };
                Arrival { message, length, start, buffer, matched: 0, pieces: 0, complete: false }
            })
            .collect();
        arrivals.sort_by_key(|arrival| arrival.message.peer);
        arrivals
    }

    fn start_sends(
        &self,
        flight: &mut Flight,
        memory: &Memory<'_>,
        sends: &[Message],
        tag: u16,
    ) -> Result<()> {
        for message in sends.iter().filter(|message| message.peer != self.rank) {
            let length = message.bytes();
            let start = match contiguous(message) {
                // SAFETY: the part lies in the source, which was checked.
                Some(bytes) => unsafe { memory.source().0.add(bytes.start) },
                None => {
                    let mut buffer = self.buffers.borrow_mut().take(length);
                    let to = [Layout::contiguous(0..length)];
                    // SAFETY: the parts lie in the source, which was checked, and nothing that is
                    // received may lie there; the buffer has room for them.
                    unsafe {
                        copy_layouts(memory.source().0, &message.parts, buffer.as_mut_ptr(), &to);
                    }
                    let start = buffer.as_ptr();
                    flight.packed.push(buffer);
                    start
                }
            };
            for piece in pieces(length, self.limit) {
                // SAFETY: a constant of the library.
                let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
                // SAFETY: the piece lies in memory that is valid for reads until `flight` has
                // landed, and that nobody writes; its length fits by the limit.
                let code = unsafe {
                    ffi::MPI_Isend(
                        start.add(piece.start).cast(),
                        piece.len() as c_int,
                        ffi::RSMPI_UINT8_T,
                        self.mpi_rank(message.peer)?,
                        c_int::from(tag),
                        self.collective.raw(),
                        &mut request,
                    )
                };
                check(code, "MPI_Isend")?;
                flight.sends.push(request);
                flight.sent_to.push(message.peer);
            }
        }
        Ok(())
    }

    /// The message to this rank itself, while the others travel.
    fn copy_within(
        &self,
        memory: &Memory<'_>,
        sends: &[Message],
        receives: &[Message],
    ) -> Result<()> {
        let own = |messages: &[Message]| -> Vec<Layout> {
            let own = messages.iter().filter(|message| message.peer == self.rank);
            own.flat_map(|message| message.parts.iter().cloned()).collect()
        };
        let (from, to) = (own(sends), own(receives));
        let bytes = |parts: &[Layout]| parts.iter().map(Layout::bytes).sum::<usize>();
        if bytes(&from) != bytes(&to) {
            return Err(self.mismatch(
                self.rank,
                &bytes(&from).to_string(),
                &bytes(&to).to_string(),
            ));
        }
        // SAFETY: all parts lie in their memory, which was checked; nothing that is sent may be
        // received too.
        unsafe { copy_layouts(memory.source().0, &from, memory.target().0, &to) };
        Ok(())
    }

    /// Starts to receive each message when it announces itself, if it is what was expected.
    ///
    /// Lengths are known before memory is given away: libraries have written beyond the end where a
    /// message was too long (Open MPI 4.1 within a machine), or ended the process (MPICH 4.0).
    fn match_receives(
        &self,
        flight: &mut Flight,
        arrivals: &mut [Arrival<'_>],
        tag: u16,
    ) -> Result<()> {
        let mut missing = arrivals.len();
        while missing > 0 {
            let missing_peers = || {
                let open = arrivals.iter().filter(|arrival| !arrival.complete);
                open.map(|arrival| arrival.message.peer).collect()
            };
            // SAFETY: a constant of the library.
            let any = unsafe { ffi::RSMPI_ANY_SOURCE };
            let handle = &self.collective;
            let tag = c_int::from(tag);
            let (mut message, status, length) =
                self.next_message(handle, any, tag, &missing_peers)?;
            let peer = usize::try_from(status.MPI_SOURCE).unwrap_or(usize::MAX);
            let found = arrivals.binary_search_by_key(&peer, |arrival| arrival.message.peer);
            let Some((index, arrival)) = found
                .ok()
                .map(|index| (index, &mut arrivals[index]))
                .filter(|(_, arrival)| !arrival.complete)
            else {
                return Err(self.mismatch(peer, &length.to_string(), "none"));
            };
            if length != self.limit.min(arrival.length - arrival.matched) {
                let sent = arrival.matched + length;
                let more = if length == self.limit { "at least " } else { "" };
                let sent = format!("{more}{sent}");
                return Err(self.mismatch(peer, &sent, &arrival.length.to_string()));
            }
            // SAFETY: a constant of the library.
            let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
            // SAFETY: so many bytes are left at the place, which is valid for writes until `flight`
            // has landed, and which nobody else reads or writes; the message was matched above.
            let code = unsafe {
                ffi::MPI_Imrecv(
                    arrival.start.add(arrival.matched).cast(),
                    length as c_int,
                    ffi::RSMPI_UINT8_T,
                    &mut message,
                    &mut request,
                )
            };
            check(code, "MPI_Imrecv")?;
            flight.receives.push(request);
            flight.message_of.push(index);
            arrival.matched += length;
            arrival.pieces += 1;
            arrival.complete = length < self.limit;
            missing -= usize::from(arrival.complete);
        }
        Ok(())
    }

    /// Waits for what was matched, and unpacks each message when it is there.
    fn finish_receives(
        &self,
        flight: &mut Flight,
        memory: &Memory<'_>,
        arrivals: &mut [Arrival<'_>],
    ) -> Result<()> {
        for _ in 0..flight.receives.len() {
            let peers = || {
                let open = arrivals.iter().filter(|arrival| arrival.pieces > 0);
                open.map(|arrival| arrival.message.peer).collect()
            };
            let message = flight.message_of[self.any_complete(&mut flight.receives, &peers)?];
            let arrival = &mut arrivals[message];
            arrival.pieces -= 1;
            if arrival.pieces == 0
                && let Some(buffer) = arrival.buffer.take()
            {
                let from = [Layout::contiguous(0..arrival.length)];
                let (target, _) = memory.target();
                // SAFETY: the message has filled the buffer; the parts lie in the target, which was
                // checked, where nothing else is read or written.
                unsafe { copy_layouts(buffer.as_ptr(), &from, target, &arrival.message.parts) };
                self.buffers.borrow_mut().give(buffer);
            }
        }
        flight.receives.clear();
        Ok(())
    }

    fn finish_sends(&self, flight: &mut Flight) -> Result<()> {
        for (request, &peer) in flight.sends.iter_mut().zip(&flight.sent_to) {
            self.any_complete(std::slice::from_mut(request), &|| vec![peer])?;
        }
        flight.sends.clear();
        Ok(())
    }

    fn mismatch(&self, from: usize, sent: &str, expected: &str) -> Error {
        let to = self.rank_in_program(self.rank);
        // One that the library names, and that need not be of the group.
        let from = if from < self.size { self.rank_in_program(from) } else { from };
        let message = format!("sent {sent} bytes to rank {to}, which expects {expected} from it");
        Error::rank(from, message)
    }
}

/// The bytes of a message that needs no packing.
fn contiguous(message: &Message) -> Option<Range<usize>> {
    let mut parts = message.parts.iter().filter(|part| part.elements() > 0);
    match (parts.next(), parts.next()) {
        (None, _) => Some(0..0),
        (Some(part), None) => part.as_contiguous(),
        _ => None,
    }
}
