//! The exchange: messages to and from the peers that there are.
//!
//! Those between ranks of one machine go through [memory that both share](lanes), as far as it can be
//! had, the others through MPI: one of a contiguous part travels straight from and to memory; any other
//! is packed on one side, and unpacked on the other. Long ones travel in pieces, so that one is packed
//! or unpacked while others travel, in a few small buffers that stay in the cache. What a rank keeps is
//! copied at the same pace, so that what lies side by side is read together.

mod arrivals;
mod flight;
mod lanes;
mod outgoing;
mod own;

use std::collections::BTreeSet;
use std::ops::Range;

use distarray_core::comm::{CallKind, Communicator, Memory, Message};
use distarray_core::{Error, Result};

use arrivals::Arrivals;
use flight::{Event, Flight};
use lanes::Lanes;
use outgoing::Outgoing;
use own::Own;

use crate::communicator::MpiCommunicator;
use crate::outbox;

/// Tags in use for exchanges; the standard promises at least so many.
const TAGS: u64 = 1 << 15;

/// Bytes of a piece of a long message: few enough for a cache, enough for the cost of a message not
/// to count.
const PIECE: usize = 1 << 20;

/// Pieces of the longest messages, which are longer instead.
const MOST_PIECES: usize = 1 << 12;

/// Looks before the core is given away.
const PATIENT_LOOKS: usize = 256;

/// One exchange of this rank's.
pub(crate) struct Exchange<'a> {
    comm: &'a MpiCommunicator,
    memory: &'a Memory<'a>,
    tag: u16,
    sends: &'a [Message],
    receives: &'a [Message],
    lanes: Lanes<'a>,
    outgoing: Outgoing<'a>,
    arrivals: Arrivals<'a>,
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
        Exchange::new(self, memory, self.next_exchange(), sends, receives).run_to_end()
    }

    /// The number of the exchange that begins, the same on all ranks.
    pub(crate) fn next_exchange(&self) -> u64 {
        let number = self.exchanges.get();
        self.exchanges.set(number + 1);
        number
    }

    /// Whether messages to and from a rank go by MPI.
    fn sends_by_mpi(&self, peer: usize) -> bool {
        let place = self.neighbours.as_ref().and_then(|neighbours| neighbours.place(peer));
        peer != self.rank && place.is_none()
    }

    /// That every peer exists once and every part lies in memory, which MPI takes on trust.
    pub(crate) fn check_messages(
        &self,
        verb: &str,
        messages: &[Message],
        length: usize,
    ) -> Result<()> {
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

impl<'a> Exchange<'a> {
    /// Messages that have been checked; those that are received may come later.
    pub(crate) fn new(
        comm: &'a MpiCommunicator,
        memory: &'a Memory<'a>,
        number: u64,
        sends: &'a [Message],
        receives: &'a [Message],
    ) -> Self {
        Self {
            comm,
            memory,
            tag: (number % TAGS) as u16,
            sends,
            receives,
            lanes: Lanes::new(comm, number, sends, receives),
            outgoing: Outgoing::new(comm, sends),
            arrivals: Arrivals::new(comm, receives),
            flight: Flight::default(),
        }
    }

    /// Puts into shared memory what has room there; gives the bytes that are left, by peer. Messages
    /// through MPI wait for [`run_to_end`](Self::run_to_end).
    pub(crate) fn put_without_waiting(&mut self) -> Vec<(usize, usize)> {
        self.lanes.put_all(self.memory);
        self.lanes.unsent()
    }

    /// Goes on with the same messages after [`put_without_waiting`](Self::put_without_waiting), and
    /// with those that are received.
    pub(crate) fn resume(&mut self, unsent: &[(usize, usize)]) -> Result<()> {
        self.lanes.resume(unsent);
        self.lanes.take_early(self.memory)
    }

    /// Carries out what is left. An error on a rank of several ends the job.
    pub(crate) fn run_to_end(mut self) -> Result<()> {
        let outcome = self.run();
        if let Err(error) = &outcome
            && self.comm.size > 1
        {
            self.comm.fail(error);
        }
        outcome
    }

    fn run(&mut self) -> Result<()> {
        let mut own = Own::new(self.comm, self.sends, self.receives)?;
        // A rank's own bytes for each that it puts into rings.
        let pace = own.left() as f64 / self.lanes.left_to_put().max(1) as f64;
        loop {
            while self.lanes.advance(self.memory)? {
                let due = pace * self.lanes.left_to_put() as f64;
                while own.left() as f64 > due && own.copy_some(self.memory) {}
            }
            while self.outgoing.is_left() && self.flight.has_room_to_send() {
                self.send_next()?;
                // Between two pieces that are packed, what has arrived is seen to.
                if let Some(event) = self.look()? {
                    self.handle(event)?;
                }
            }
            let is_over = self.flight.is_empty() && self.arrivals.missing() == 0;
            if is_over && !self.outgoing.is_left() && self.lanes.is_over() {
                while own.copy_some(self.memory) {}
                return Ok(());
            }
            let event = match self.look()? {
                Some(event) => event,
                None if own.copy_some(self.memory) => continue,
                None => self.wait()?,
            };
            self.handle(event)?;
        }
    }

    /// What has come to pass since the last look, if anything has.
    fn look(&self) -> Result<Option<Event>> {
        if self.lanes.can_advance() {
            return Ok(Some(Event::Lanes));
        }
        self.flight.look(self.comm, self.tag, &self.arrivals)
    }

    /// Waits until something has arrived or left.
    fn wait(&self) -> Result<Event> {
        let patient_look = || {
            let found = self.look()?;
            if found.is_none() {
                self.lanes.refuse_strangers()?;
                // MPI makes progress in its calls only, and others may wait for what this rank sent.
                outbox::sweep()?;
            }
            Ok(found)
        };
        let block = || {
            let mut looks = 0_usize;
            loop {
                if let Some(event) = self.look()? {
                    return Ok(event);
                }
                looks += 1;
                std::hint::spin_loop();
                // The other ranks may need the core; but mostly what is waited for is near.
                if looks.is_multiple_of(PATIENT_LOOKS) {
                    if let Some(event) = patient_look()? {
                        return Ok(event);
                    }
                    std::thread::yield_now();
                }
            }
        };
        let peers = || {
            let mut peers = match self.arrivals.missing() {
                0 => self.flight.peers(&self.arrivals),
                _ => self.arrivals.missing_peers(),
            };
            peers.extend(self.lanes.peers());
            peers.sort_unstable();
            peers.dedup();
            peers
        };
        self.comm.wait(CallKind::Exchange, &peers, block, patient_look)
    }

    fn handle(&mut self, event: Event) -> Result<()> {
        match event {
            // Seen to at the begin of each round.
            Event::Lanes => Ok(()),
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
