//! The exchange: non-blocking messages to and from the peers that there are.
//!
//! A message of one contiguous part travels straight from and to memory; any other is packed on one
//! side, and unpacked on the other as soon as it has arrived.

use std::ffi::c_int;
use std::ops::Range;

use distarray_core::comm::{Layout, Memory, Message, copy_layouts};
use distarray_core::{Error, Result};
use mpi::ffi::{self, MPI_Request, MPI_Status};

use crate::abort;
use crate::code::{check, is_truncation};
use crate::communicator::MpiCommunicator;
use crate::pieces::pieces;

/// Tags in use for exchanges; the standard promises at least so many.
const TAGS: u16 = 1 << 15;

/// Requests whose memory MPI may still read or write.
struct Flight {
    sends: Vec<MPI_Request>,
    receives: Vec<MPI_Request>,
    /// For each receive, its message and the bytes of it.
    expected: Vec<(usize, Range<usize>)>,
    /// Packed messages that are being sent.
    packed: Vec<Vec<u8>>,
    /// Where received messages arrive that must be unpacked.
    arrivals: Vec<Option<Vec<u8>>>,
}

impl Drop for Flight {
    fn drop(&mut self) {
        // MPI would write to memory that is about to be freed.
        if !self.sends.is_empty() || !self.receives.is_empty() {
            abort::end_job();
        }
    }
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
        let mut flight = Flight {
            sends: Vec::new(),
            receives: Vec::new(),
            expected: Vec::new(),
            packed: Vec::new(),
            arrivals: Vec::new(),
        };
        let outcome = self
            .start_receives(&mut flight, memory, receives, tag)
            .and_then(|()| self.start_sends(&mut flight, memory, sends, tag))
            .and_then(|()| self.copy_within(memory, sends, receives))
            .and_then(|()| self.finish_receives(&mut flight, memory, receives))
            .and_then(|()| finish_sends(&mut flight));
        if let Err(error) = &outcome
            && self.size > 1
        {
            self.fail(error);
        }
        let mut buffers = self.buffers.borrow_mut();
        flight.packed.drain(..).for_each(|buffer| buffers.give(buffer));
        outcome
    }

    /// That every peer exists and every part lies in memory, which MPI takes on trust.
    fn check_messages(&self, verb: &str, messages: &[Message], length: usize) -> Result<()> {
        for message in messages {
            self.mpi_rank(message.peer)?;
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

    fn start_receives(
        &self,
        flight: &mut Flight,
        memory: &Memory<'_>,
        receives: &[Message],
        tag: u16,
    ) -> Result<()> {
        for (index, message) in receives.iter().enumerate() {
            if message.peer == self.rank {
                flight.arrivals.push(None);
                continue;
            }
            let length = message.bytes();
            let (start, buffer) = match contiguous(message) {
                // SAFETY: the part lies in the target, which was checked.
                Some(bytes) => (unsafe { memory.target().0.add(bytes.start) }, None),
                None => {
                    let mut buffer = self.buffers.borrow_mut().take(length);
                    (buffer.as_mut_ptr(), Some(buffer))
                }
            };
            flight.arrivals.push(buffer);
            for piece in pieces(length, self.limit) {
                // SAFETY: a constant of the library.
                let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
                // SAFETY: the piece lies in memory that is valid for writes until `flight` has
                // landed, and that nobody else reads or writes; its length fits by the limit.
                let code = unsafe {
                    ffi::MPI_Irecv(
                        start.add(piece.start).cast(),
                        piece.len() as c_int,
                        ffi::RSMPI_UINT8_T,
                        self.mpi_rank(message.peer)?,
                        c_int::from(tag),
                        self.collective.raw(),
                        &mut request,
                    )
                };
                check(code, "MPI_Irecv")?;
                flight.receives.push(request);
                flight.expected.push((index, piece));
            }
        }
        Ok(())
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
            return Err(mismatch(self.rank, self.rank, &bytes(&from).to_string(), bytes(&to)));
        }
        // SAFETY: all parts lie in their memory, which was checked; nothing that is sent may be
        // received too.
        unsafe { copy_layouts(memory.source().0, &from, memory.target().0, &to) };
        Ok(())
    }

    /// Waits for each message as it comes, checks its length and unpacks it.
    fn finish_receives(
        &self,
        flight: &mut Flight,
        memory: &Memory<'_>,
        receives: &[Message],
    ) -> Result<()> {
        let mut missing = vec![0_usize; receives.len()];
        flight.expected.iter().for_each(|&(message, _)| missing[message] += 1);
        for _ in 0..flight.receives.len() {
            let (mut index, mut status) = (0, blank_status());
            // SAFETY: the requests are live or null; the places are valid for writes.
            let code = unsafe {
                ffi::MPI_Waitany(
                    flight.receives.len() as c_int,
                    flight.receives.as_mut_ptr(),
                    &mut index,
                    &mut status,
                )
            };
            let Some((message, piece)) =
                usize::try_from(index).ok().and_then(|i| flight.expected.get(i))
            else {
                check(code, "MPI_Waitany")?;
                return Err(Error::backend("mpi", format!("MPI_Waitany names request {index}")));
            };
            let Message { peer, parts } = &receives[*message];
            let length = receives[*message].bytes();
            if is_truncation(code) {
                return Err(mismatch(*peer, self.rank, &format!("more than {length}"), length));
            }
            check(code, "MPI_Waitany")?;
            let received = received_bytes(&status)?;
            if received != piece.len() {
                let sent = (piece.start + received).to_string();
                return Err(mismatch(*peer, self.rank, &sent, length));
            }
            missing[*message] -= 1;
            if missing[*message] == 0
                && let Some(buffer) = flight.arrivals[*message].take()
            {
                let from = [Layout::contiguous(0..length)];
                // SAFETY: the message has filled the buffer; the parts lie in the target, which was
                // checked, where nothing else is read or written.
                unsafe { copy_layouts(buffer.as_ptr(), &from, memory.target().0, parts) };
                self.buffers.borrow_mut().give(buffer);
            }
        }
        flight.receives.clear();
        Ok(())
    }
}

fn finish_sends(flight: &mut Flight) -> Result<()> {
    for request in &mut flight.sends {
        // SAFETY: the request is live; the status is of no interest for a send.
        check(unsafe { ffi::MPI_Wait(request, ffi::RSMPI_STATUS_IGNORE) }, "MPI_Wait")?;
    }
    flight.sends.clear();
    Ok(())
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

fn mismatch(from: usize, to: usize, sent: &str, expected: usize) -> Error {
    let message = format!("sent {sent} bytes to rank {to}, which expects {expected} from it");
    Error::rank(from, message)
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
