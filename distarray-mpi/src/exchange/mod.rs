//! The exchange: non-blocking messages to and from the peers that there are.
//!
//! A message of one contiguous part travels straight from and to memory; any other is packed on one
//! side, and unpacked on the other. Long ones travel in pieces, so that one is packed or unpacked
//! while others travel, in a few small buffers that stay in the cache. What a rank keeps is copied
//! when there is nothing else to do.

mod arrivals;
mod flight;
mod outgoing;
mod own;

use std::collections::BTreeSet;
use std::ops::Range;

use distarray_core::comm::{CallKind, Communicator, Memory, Message};
use distarray_core::{Error, Result};

use arrivals::Arrivals;
use flight::{Event, Flight};
use outgoing::Outgoing;
use own::Own;

use crate::communicator::MpiCommunicator;

/// Tags in use for exchanges; the standard promises at least so many.
const TAGS: u16 = 1 << 15;

/// Bytes of a piece of a long message: few enough for a cache, enough for the cost of a message not
/// to count.
const PIECE: usize = 1 << 20;

/// Pieces of the longest messages, which are longer instead.
const MOST_PIECES: usize = 1 << 12;

/// Looks before the core is given away.
const PATIENT_LOOKS: usize = 256;

/// One exchange of this rank's.
struct Exchange<'a> {
    comm: &'a MpiCommunicator,
    memory: &'a Memory<'a>,
    tag: u16,
    outgoing: Outgoing<'a>,
    arrivals: Arrivals<'a>,
    own: Own<'a>,
    flight: Flight,
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
        let mut exchange = Exchange {
            comm: self,
            memory,
            tag,
            outgoing: Outgoing::new(self, sends),
            arrivals: Arrivals::new(self, receives),
            own: Own::new(self, sends, receives)?,
            flight: Flight::default(),
        };
        let outcome = exchange.run();
        if let Err(error) = &outcome
            && self.size > 1
        {
            self.fail(error);
        }
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

    fn mismatch(&self, from: usize, sent: &str, expected: &str) -> Error {
        let to = self.rank_in_program(self.rank);
        // One that the library names, and that need not be of the group.
        let from = if from < self.size { self.rank_in_program(from) } else { from };
        let message = format!("sent {sent} bytes to rank {to}, which expects {expected} from it");
        Error::rank(from, message)
    }
}

impl Exchange<'_> {
    fn run(&mut self) -> Result<()> {
        loop {
            while self.outgoing.is_left() && self.flight.has_room_to_send() {
                self.send_next()?;
                // Between two pieces that are packed, what has arrived is seen to.
                if let Some(event) = self.flight.look(self.comm, self.tag, &self.arrivals)? {
                    self.handle(event)?;
                }
            }
            let is_over = self.flight.is_empty() && self.arrivals.missing() == 0;
            if is_over && !self.outgoing.is_left() {
                while self.own.copy_some(self.memory) {}
                return Ok(());
            }
            let event = match self.flight.look(self.comm, self.tag, &self.arrivals)? {
                Some(event) => event,
                None if self.own.copy_some(self.memory) => continue,
                None => self.wait()?,
            };
            self.handle(event)?;
        }
    }

    /// Waits until something has arrived or left.
    fn wait(&self) -> Result<Event> {
        let (comm, tag) = (self.comm, self.tag);
        let look = || self.flight.look(comm, tag, &self.arrivals);
        let block = || {
            let mut looks = 0_usize;
            loop {
                if let Some(event) = look()? {
                    return Ok(event);
                }
                looks += 1;
                // The other ranks may need the core; but mostly what is waited for is near.
                if looks.is_multiple_of(PATIENT_LOOKS) {
                    std::thread::yield_now();
                }
            }
        };
        let peers = || match self.arrivals.missing() {
            0 => self.flight.peers(&self.arrivals),
            _ => self.arrivals.missing_peers(),
        };
        comm.wait(CallKind::Exchange, &peers, block, look)
    }

    fn handle(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Matched { message, peer, length } => self.receive(message, peer, length),
            Event::Received(place) => {
                let (message, bytes, buffer) = self.flight.landed(place);
                if let Some(buffer) = buffer {
                    self.arrivals.unpack(message, bytes, &buffer, self.memory);
                    self.comm.buffers.borrow_mut().give(buffer);
                }
                Ok(())
            }
            Event::Sent(place) => {
                if let Some(buffer) = self.flight.left(place) {
                    self.comm.buffers.borrow_mut().give(buffer);
                }
                Ok(())
            }
        }
    }
}

/// Bytes of each piece but the last of a message, which both sides work out from its length.
fn piece_of(length: usize, limit: usize) -> usize {
    PIECE.max((length / MOST_PIECES).next_multiple_of(PIECE)).min(limit)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_messages_have_longer_pieces_within_the_limit() {
        assert_eq!(piece_of(0, 1 << 30), PIECE);
        assert_eq!(piece_of(128 << 20, 1 << 30), PIECE);
        assert_eq!(piece_of(9 << 32, 1 << 30), 9 * PIECE);
        assert_eq!(piece_of(1 << 50, 1 << 30), 1 << 30);
        assert_eq!(piece_of(100, 7), 7);
    }
}
