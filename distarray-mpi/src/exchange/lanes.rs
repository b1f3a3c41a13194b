//! [`Lanes`]: messages between ranks of one node, through rings in memory that they share.

use distarray_core::comm::{Communicator, Cursor, Memory, Message};
use distarray_core::{Error, Result};

use crate::communicator::MpiCommunicator;
use crate::node::{Label, Neighbours, Ring};

/// The messages to and from ranks of this node, each with what is left of it.
pub(super) struct Lanes<'a> {
    comm: &'a MpiCommunicator,
    /// The number of the exchange.
    exchange: u64,
    leaving: Vec<Leaving<'a>>,
    coming: Vec<Coming<'a>>,
}

struct Leaving<'a> {
    peer: usize,
    ring: Ring<'a>,
    cursor: Cursor<'a>,
    total: usize,
}

struct Coming<'a> {
    peer: usize,
    place: usize,
    ring: Ring<'a>,
    cursor: Cursor<'a>,
    total: usize,
}

impl<'a> Lanes<'a> {
    /// The messages whose other rank is on this node.
    pub(super) fn new(
        comm: &'a MpiCommunicator,
        exchange: u64,
        sends: &'a [Message],
        receives: &'a [Message],
    ) -> Self {
        let (mut leaving, mut coming) = (Vec::new(), Vec::new());
        if let Some(neighbours) = &comm.neighbours {
            let placed = |message: &'a Message| {
                let peer = Some(message.peer).filter(|&peer| peer != comm.rank)?;
                Some((message, neighbours.place(peer)?))
            };
            leaving.extend(sends.iter().filter_map(placed).map(|(message, place)| Leaving {
                peer: message.peer,
                ring: neighbours.node().ring_to(place),
                cursor: Cursor::new(message),
                total: message.bytes(),
            }));
            coming.extend(receives.iter().filter_map(placed).map(|(message, place)| Coming {
                peer: message.peer,
                place,
                ring: neighbours.node().ring_from(place),
                cursor: Cursor::new(message),
                total: message.bytes(),
            }));
        }
        // The rank after this one comes first, so that not all send to the same one at a time.
        leaving.sort_by_key(|lane| (lane.peer + comm.size - comm.rank) % comm.size);
        Self { comm, exchange, leaving, coming }
    }

    pub(super) fn is_over(&self) -> bool {
        self.leaving.is_empty() && self.coming.is_empty()
    }

    /// Bytes that are still to be put in.
    pub(super) fn left_to_put(&self) -> usize {
        self.leaving.iter().map(|lane| lane.cursor.left()).sum()
    }

    /// The ranks that are waited for.
    pub(super) fn peers(&self) -> Vec<usize> {
        match self.coming.is_empty() {
            true => self.leaving.iter().map(|lane| lane.peer).collect(),
            false => self.coming.iter().map(|lane| lane.peer).collect(),
        }
    }

    /// The messages that are not put in to their ends: the peer, and the bytes that are left.
    pub(super) fn unsent(&self) -> Vec<(usize, usize)> {
        self.leaving.iter().map(|lane| (lane.peer, lane.cursor.left())).collect()
    }

    /// Leaves out what an earlier step has put in: of each message but these so many last bytes.
    pub(super) fn resume(&mut self, unsent: &[(usize, usize)]) {
        self.leaving.retain_mut(|lane| {
            let left = unsent.iter().find(|(peer, _)| *peer == lane.peer).map(|(_, left)| *left);
            left.is_some_and(|left| {
                lane.cursor.skip(lane.total - left);
                true
            })
        });
    }

    /// Takes over what has come of messages while this rank was in other exchanges.
    pub(super) fn take_early(&mut self, memory: &Memory<'_>) -> Result<()> {
        let Some(neighbours) = &self.comm.neighbours else { return Ok(()) };
        let mut outcome = Ok(());
        self.coming.retain_mut(|lane| {
            let message = neighbours.message(lane.place, self.exchange);
            let Some(bytes) = neighbours.node().take_early(message) else { return true };
            if bytes.len() > lane.total {
                outcome = Err(unlike(self.comm, lane.peer, bytes.len(), lane.total));
                return false;
            }
            // SAFETY: the message lies in the target, which was checked; no more bytes are kept than
            // it has.
            unsafe { lane.cursor.write(bytes.as_ptr(), memory.target().0, bytes.len()) };
            lane.cursor.left() > 0
        });
        outcome
    }

    /// Puts a piece of each message in, and takes one of each out, where that is possible; whether
    /// it was for any.
    pub(super) fn advance(&mut self, memory: &Memory<'_>) -> Result<bool> {
        let Some(neighbours) = &self.comm.neighbours else { return Ok(false) };
        let put = self.put(neighbours, memory);
        let (comm, exchange) = (self.comm, self.exchange);
        let mut outcome = Ok(());
        let mut taken = false;
        self.coming.retain_mut(|lane| {
            let Some(label) = lane.ring.front().filter(|_| outcome.is_ok()) else { return true };
            taken = true;
            match lane.take(comm, neighbours, exchange, label, memory) {
                Ok(is_over) => !is_over,
                Err(error) => {
                    outcome = Err(error);
                    true
                }
            }
        });
        outcome.map(|()| put || taken)
    }

    /// Puts a piece of each message in whose ring has room.
    fn put(&mut self, neighbours: &Neighbours, memory: &Memory<'_>) -> bool {
        let (group, exchange) = (neighbours.group(), self.exchange);
        let mut any = false;
        self.leaving.retain_mut(|Leaving { ring, cursor, total, .. }| {
            if !ring.has_room() {
                return true;
            }
            let length = cursor.left().min(ring.slot());
            let label = Label { group, exchange, total: *total, length };
            // SAFETY: the message lies in the source, which was checked; the slot has room.
            ring.put(label, |slot| unsafe { cursor.read(memory.source().0, slot, length) });
            any = true;
            cursor.left() > 0
        });
        any
    }

    /// Puts in what has room now.
    pub(super) fn put_all(&mut self, memory: &Memory<'_>) {
        if let Some(neighbours) = &self.comm.neighbours {
            while self.put(neighbours, memory) {}
        }
    }

    /// Whether [`advance`](Self::advance) would find something to do.
    pub(super) fn can_advance(&self) -> bool {
        self.leaving.iter().any(|lane| lane.ring.has_room())
            || self.coming.iter().any(|lane| lane.ring.front().is_some())
    }

    /// An error where a rank of the node sends what is not expected in this exchange.
    pub(super) fn refuse_strangers(&self) -> Result<()> {
        let Some(neighbours) = &self.comm.neighbours else { return Ok(()) };
        for (peer, place) in neighbours.ranks().filter(|&(peer, _)| peer != self.comm.rank) {
            if self.coming.iter().any(|lane| lane.peer == peer) {
                continue;
            }
            let label = neighbours.node().ring_from(place).front();
            let is_ours = |label: &Label| {
                label.group == neighbours.group() && label.exchange == self.exchange
            };
            if let Some(label) = label.filter(is_ours) {
                return Err(self.comm.mismatch(peer, &label.total.to_string(), "none"));
            }
        }
        Ok(())
    }
}

impl Coming<'_> {
    /// Takes the piece out that is in front; whether the message is there as a whole.
    fn take(
        &mut self,
        comm: &MpiCommunicator,
        neighbours: &Neighbours,
        exchange: u64,
        label: Label,
        memory: &Memory<'_>,
    ) -> Result<bool> {
        let Label { total, length, .. } = label;
        if (label.group, label.exchange) != (neighbours.group(), exchange) {
            // Of an exchange that was started before, and will be finished after this one.
            let message = (self.place, label.group, label.exchange);
            let mut kept = false;
            self.ring.take(|slot| {
                // SAFETY: the piece has so many bytes.
                let piece = unsafe { std::slice::from_raw_parts(slot, length) };
                kept = neighbours.node().keep(message, piece);
            });
            return if kept { Ok(false) } else { Err(elsewhere(comm, self.peer, total)) };
        }
        if total != self.total || length > self.cursor.left() {
            return Err(unlike(comm, self.peer, total, self.total));
        }
        let Self { ring, cursor, .. } = self;
        // SAFETY: the message lies in the target, which was checked; the piece has so many bytes.
        ring.take(|slot| unsafe { cursor.write(slot, memory.target().0, length) });
        Ok(cursor.left() == 0)
    }
}

fn unlike(comm: &MpiCommunicator, peer: usize, sent: usize, expected: usize) -> Error {
    comm.mismatch(peer, &sent.to_string(), &expected.to_string())
}

/// A rank has sent something in an exchange that this rank is not in.
fn elsewhere(comm: &MpiCommunicator, peer: usize, sent: usize) -> Error {
    let to = comm.rank_in_program(comm.rank);
    let message = format!("sent {sent} bytes to rank {to}, which is in another exchange");
    Error::rank(comm.rank_in_program(peer), message)
}
