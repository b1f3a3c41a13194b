//! [`Node`]: ranks on one machine, and the memory that they share.
//!
//! Messages between them go through [rings](Ring) instead of MPI: packed by the sender into slots that
//! stay in the caches, and unpacked by the receiver from there. So memory is read and written once, as
//! in one copy, whatever the form of the message.
//!
//! It is made together with a communicator of the program's ranks, and all groups that are split off
//! use it. Ranks that cannot share memory, for whatever reason, send by MPI; whether they can is agreed
//! upon by all of a node.

mod meet;
mod neighbours;
mod ring;
mod segment;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ptr::NonNull;

pub(crate) use neighbours::Neighbours;
pub(crate) use ring::{Label, Ring};
use segment::Segment;

/// Bytes in front of the rings.
const FRONT: usize = 4096;

/// Bytes of a slot: so few that the slots of a ring stay in a cache beside all else, and so many that
/// what is done once for each does not count. Fewer where there are many ranks.
const SLOT: usize = 64 << 10;
const LEAST_SLOT: usize = 4 << 10;

/// Bytes of all rings at most, while slots can be smaller.
const MOST: usize = 64 << 20;

/// The memory that the ranks of a machine share.
#[derive(Debug)]
pub(crate) struct Node {
    segment: Segment,
    /// Ranks on the machine, and this one's place among them.
    size: usize,
    place: usize,
    slot: usize,
    /// Exchanges that have been started and not finished, by sender: what has come of them while this
    /// rank was in another exchange.
    early: RefCell<BTreeMap<Expected, Option<Vec<u8>>>>,
}

/// A message to this rank: the sender's place on the node, the group and the number of its exchange.
pub(crate) type Expected = (usize, u64, u64);

impl Node {
    /// Bytes that so many ranks share, and those of a slot.
    fn bytes(size: usize) -> (usize, usize) {
        let mut slot = SLOT;
        while slot > LEAST_SLOT && size * size * Ring::bytes(slot) > MOST {
            slot /= 2;
        }
        (FRONT + size * size * Ring::bytes(slot), slot)
    }

    /// # Safety
    /// The segment is that of all ranks of the node, each with a place of its own, and no other use.
    unsafe fn new(segment: Segment, size: usize, place: usize) -> Self {
        let (bytes, slot) = Self::bytes(size);
        assert!(segment.bytes() == bytes && place < size, "a segment is made for its ranks");
        Self { segment, size, place, slot, early: RefCell::default() }
    }

    fn ring(&self, from: usize, to: usize) -> Ring<'_> {
        let at = FRONT + (from * self.size + to) * Ring::bytes(self.slot);
        assert!(from < self.size && to < self.size, "both ranks are of the node");
        // SAFETY: every pair of ranks has its ring, at a multiple of 128 bytes, within the segment,
        // which lives as long as the node; a rank is a thread, which has one end only of each ring.
        unsafe {
            let start: NonNull<u8> = self.segment.start().add(at);
            Ring::at(start, self.slot)
        }
    }

    /// The ring from this rank to another of the node.
    pub(crate) fn ring_to(&self, place: usize) -> Ring<'_> {
        self.ring(self.place, place)
    }

    /// The ring to this rank from another of the node.
    pub(crate) fn ring_from(&self, place: usize) -> Ring<'_> {
        self.ring(place, self.place)
    }

    /// Notes that a message will be taken later, so that it may come before others.
    pub(crate) fn expect(&self, message: Expected) {
        self.early.borrow_mut().insert(message, None);
    }

    /// Keeps a piece of a message that will be taken later; false where none is expected.
    pub(crate) fn keep(&self, message: Expected, piece: &[u8]) -> bool {
        let mut early = self.early.borrow_mut();
        let Some(kept) = early.get_mut(&message) else { return false };
        kept.get_or_insert_default().extend_from_slice(piece);
        true
    }

    /// What has been kept of a message that is taken now, if anything has come of it.
    pub(crate) fn take_early(&self, message: Expected) -> Option<Vec<u8>> {
        self.early.borrow_mut().remove(&message).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_shrink_where_ranks_are_many() {
        assert_eq!(Node::bytes(2).1, SLOT);
        assert!(Node::bytes(32).0 <= FRONT + MOST);
        assert_eq!(Node::bytes(256).1, LEAST_SLOT);
        assert!((2..256).all(|size| Ring::bytes(Node::bytes(size).1).is_multiple_of(128)));
    }
}
