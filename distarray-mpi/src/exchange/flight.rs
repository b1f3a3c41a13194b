//! [`Flight`]: pieces on their way.

use std::ffi::c_int;
use std::ops::Range;

use distarray_core::{Error, Result};
use mpi::ffi::{self, MPI_Message, MPI_Request};

use super::arrivals::Arrivals;
use crate::abort;
use crate::arrive::{blank_status, received_bytes};
use crate::code::check;
use crate::communicator::MpiCommunicator;

/// Bytes on their way in either direction from which no more are started.
const ENOUGH: usize = 8 << 20;

/// Requests whose memory MPI may still read or write. Nothing is moved or freed before it has landed.
#[derive(Debug, Default)]
pub(super) struct Flight {
    sends: Vec<MPI_Request>,
    sent: Vec<Sent>,
    sent_bytes: usize,
    receives: Vec<MPI_Request>,
    received: Vec<Received>,
    received_bytes: usize,
}

/// A piece that is being sent.
#[derive(Debug)]
struct Sent {
    peer: usize,
    length: usize,
    buffer: Option<Vec<u8>>,
}

/// A piece that has been matched: of which message, and which of its bytes.
#[derive(Debug)]
struct Received {
    message: usize,
    bytes: Range<usize>,
    buffer: Option<Vec<u8>>,
}

/// Something that has come to pass.
pub(super) enum Event {
    /// A ring has room for a piece, or has one.
    Lanes,
    /// A piece has announced itself.
    Matched { message: MPI_Message, peer: usize, length: usize },
    /// The piece at this place has arrived.
    Received(usize),
    /// The piece at this place has left; its memory may be used again.
    Sent(usize),
}

impl Drop for Flight {
    fn drop(&mut self) {
        // MPI would write to memory that is about to be freed.
        if !self.is_empty() {
            abort::end_job();
        }
    }
}

impl Flight {
    pub(super) fn is_empty(&self) -> bool {
        self.sends.is_empty() && self.receives.is_empty()
    }

    pub(super) fn has_room_to_send(&self) -> bool {
        self.sent_bytes < ENOUGH
    }

    /// Keeps what the request is about until it is complete.
    pub(super) fn send(
        &mut self,
        request: MPI_Request,
        (peer, length): (usize, usize),
        buffer: Option<Vec<u8>>,
    ) {
        self.sends.push(request);
        self.sent.push(Sent { peer, length, buffer });
        self.sent_bytes += length;
    }

    /// Keeps what the request is about until it is complete.
    pub(super) fn receive(
        &mut self,
        request: MPI_Request,
        message: usize,
        bytes: Range<usize>,
        buffer: Option<Vec<u8>>,
    ) {
        self.received_bytes += bytes.len();
        self.receives.push(request);
        self.received.push(Received { message, bytes, buffer });
    }

    /// Forgets a piece that has left; gives its buffer.
    pub(super) fn left(&mut self, place: usize) -> Option<Vec<u8>> {
        self.sends.swap_remove(place);
        let sent = self.sent.swap_remove(place);
        self.sent_bytes -= sent.length;
        sent.buffer
    }

    /// Forgets a piece that has arrived; gives its message, its bytes, and the buffer they are in.
    pub(super) fn landed(&mut self, place: usize) -> (usize, Range<usize>, Option<Vec<u8>>) {
        self.receives.swap_remove(place);
        let Received { message, bytes, buffer } = self.received.swap_remove(place);
        self.received_bytes -= bytes.len();
        (message, bytes, buffer)
    }

    /// The ranks that something is on its way to or from.
    pub(super) fn peers(&self, arrivals: &Arrivals<'_>) -> Vec<usize> {
        let from = self.received.iter().map(|piece| arrivals.peer(piece.message));
        let mut peers: Vec<usize> = from.chain(self.sent.iter().map(|piece| piece.peer)).collect();
        peers.sort_unstable();
        peers.dedup();
        peers
    }

    /// What has come to pass since the last look, if anything has; the requests of an event are to
    /// be forgotten before the next look.
    pub(super) fn look(
        &self,
        comm: &MpiCommunicator,
        tag: u16,
        arrivals: &Arrivals<'_>,
    ) -> Result<Option<Event>> {
        if let Some(place) = complete(&self.receives)? {
            return Ok(Some(Event::Received(place)));
        }
        if arrivals.missing() > 0
            && self.received_bytes < ENOUGH
            && let Some(event) = matched(comm, tag)?
        {
            return Ok(Some(event));
        }
        Ok(complete(&self.sends)?.map(Event::Sent))
    }
}

/// Takes the next piece of this exchange out of the queue, if one is there.
///
/// Lengths are known before memory is given away: libraries have written beyond the end where a
/// message was too long (Open MPI 4.1 within a machine), or ended the process (MPICH 4.0).
fn matched(comm: &MpiCommunicator, tag: u16) -> Result<Option<Event>> {
    // SAFETY: constants of the library.
    let (any, none) = unsafe { (ffi::RSMPI_ANY_SOURCE, ffi::RSMPI_MESSAGE_NULL) };
    let (mut message, mut status, mut flag) = (none, blank_status(), 0);
    let handle = comm.collective.raw();
    // SAFETY: the communicator is alive; the places are valid for writes.
    let code = unsafe {
        ffi::MPI_Improbe(any, c_int::from(tag), handle, &mut flag, &mut message, &mut status)
    };
    check(code, "MPI_Improbe")?;
    if flag == 0 {
        return Ok(None);
    }
    let peer = usize::try_from(status.MPI_SOURCE).unwrap_or(usize::MAX);
    Ok(Some(Event::Matched { message, peer, length: received_bytes(&status)? }))
}

/// The place of a request that is complete, if one is.
fn complete(requests: &[MPI_Request]) -> Result<Option<usize>> {
    if requests.is_empty() {
        return Ok(None);
    }
    let (mut index, mut flag) = (0, 0);
    let count = requests.len() as c_int;
    // MPI sets the request to null, and takes another complete one then: the array is a copy, of
    // which only the place counts.
    let mut handles = requests.to_vec();
    // SAFETY: the requests are live: a complete one is forgotten before the next look; the places
    // are valid for the writes; the status tells no more than the probe did.
    let code = unsafe {
        let ignore = ffi::RSMPI_STATUS_IGNORE;
        ffi::MPI_Testany(count, handles.as_mut_ptr(), &mut index, &mut flag, ignore)
    };
    check(code, "MPI_Testany")?;
    if flag == 0 {
        return Ok(None);
    }
    usize::try_from(index).ok().filter(|&place| place < requests.len()).map(Some).ok_or_else(|| {
        Error::backend("mpi", format!("request {index} of {count} is said to be complete"))
    })
}
