//! [`Ring`]: pieces from one rank to another, through memory that both have.
//!
//! A few slots are filled and emptied in turn. They are few and small enough to stay in the caches:
//! what the sender has put there the receiver finds there, and memory is only read at the source and
//! written at the target.

use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Node;

/// Slots of a ring: while one is filled and one is emptied, others are full.
const SLOTS: usize = 4;

/// What is said of each piece.
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// The group of ranks, and the number of its exchange.
    pub(crate) group: u64,
    pub(crate) exchange: u64,
    /// Bytes of the whole message, and of this piece.
    pub(crate) total: usize,
    pub(crate) length: usize,
}

/// A count in a line of the cache that nothing else is in; two lines, as they are fetched in pairs.
#[repr(C, align(128))]
struct Count(AtomicU64);

#[repr(C)]
struct Counts {
    /// Pieces that the sender has put in.
    put: Count,
    /// Pieces that the receiver has taken out.
    taken: Count,
}

/// The pieces on their way from one rank to another. Each rank of a node has only its ends.
pub(crate) struct Ring<'a> {
    start: NonNull<u8>,
    slot: usize,
    node: PhantomData<&'a Node>,
}

impl Ring<'_> {
    /// Bytes that a ring takes, with slots of so many bytes.
    pub(super) const fn bytes(slot: usize) -> usize {
        size_of::<Counts>() + SLOTS * (size_of::<Label>() + slot)
    }

    /// # Safety
    /// The memory has [`bytes`](Self::bytes), aligned to 128, and lives as long as the ring; it was
    /// zero when the first end was made, is used by rings of this slot only, of which one thread
    /// puts pieces in, and one takes them out.
    pub(super) unsafe fn at(start: NonNull<u8>, slot: usize) -> Self {
        Self { start, slot, node: PhantomData }
    }

    /// Bytes of the longest piece.
    pub(crate) fn slot(&self) -> usize {
        self.slot
    }

    fn counts(&self) -> &Counts {
        // SAFETY: the counts are at the start of the memory, which is aligned and lives; they are
        // atomic, and zeros are counts.
        unsafe { self.start.cast().as_ref() }
    }

    /// The label and the bytes of the slot of a piece.
    fn place(&self, piece: u64) -> (NonNull<Label>, NonNull<u8>) {
        let slot = piece as usize % SLOTS;
        let labels = size_of::<Counts>();
        let bytes = labels + SLOTS * size_of::<Label>() + slot * self.slot;
        // SAFETY: both lie within the bytes of a ring.
        unsafe {
            (self.start.add(labels + slot * size_of::<Label>()).cast(), self.start.add(bytes))
        }
    }

    /// Whether a slot is free, as the sender sees it.
    pub(crate) fn has_room(&self) -> bool {
        let Counts { put, taken } = self.counts();
        // What was read from the slot was read before the receiver said so.
        put.0.load(Ordering::Relaxed) - taken.0.load(Ordering::Acquire) < SLOTS as u64
    }

    /// Puts a piece in, for which there is room: `fill` writes its bytes to the slot.
    pub(crate) fn put(&self, label: Label, fill: impl FnOnce(*mut u8)) {
        assert!(label.length <= self.slot && self.has_room(), "a piece has room in its slot");
        let put = &self.counts().put.0;
        let piece = put.load(Ordering::Relaxed);
        let (place, bytes) = self.place(piece);
        // SAFETY: the slot is free, so that the receiver does not look at it; it is aligned.
        unsafe { place.write(label) };
        fill(bytes.as_ptr());
        put.store(piece + 1, Ordering::Release);
    }

    /// The label of the piece that the receiver takes next, if one is there.
    pub(crate) fn front(&self) -> Option<Label> {
        let Counts { put, taken } = self.counts();
        let piece = taken.0.load(Ordering::Relaxed);
        // What the sender wrote was written before it said so.
        let is_there = put.0.load(Ordering::Acquire) > piece;
        // SAFETY: the slot is full, so that the sender does not write to it; it is aligned.
        is_there.then(|| unsafe { self.place(piece).0.read() })
    }

    /// Takes the piece out that is in [front](Self::front): `empty` reads its bytes.
    pub(crate) fn take(&self, empty: impl FnOnce(*const u8)) {
        assert!(self.front().is_some(), "a piece is there");
        let taken = &self.counts().taken.0;
        let piece = taken.load(Ordering::Relaxed);
        empty(self.place(piece).1.as_ptr());
        taken.store(piece + 1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOT: usize = 64;

    /// Memory of a ring, as two threads share it.
    struct Memory(Vec<Count>);

    impl Memory {
        fn new() -> Self {
            let counts = Ring::bytes(SLOT).div_ceil(size_of::<Count>());
            Self((0..counts).map(|_| Count(AtomicU64::new(0))).collect())
        }

        fn ring(&mut self) -> Ring<'static> {
            let start = NonNull::new(self.0.as_mut_ptr()).unwrap().cast();
            // SAFETY: the memory is large enough, aligned, zero, and outlives the rings of the tests.
            unsafe { Ring::at(start, SLOT) }
        }
    }

    fn label(length: usize) -> Label {
        Label { group: 3, exchange: 5, total: 1000, length }
    }

    #[test]
    fn a_ring_is_full_after_its_slots() {
        let mut memory = Memory::new();
        let ring = memory.ring();
        assert_eq!(ring.front(), None);
        for piece in 0..SLOTS {
            assert!(ring.has_room());
            // SAFETY: a slot has so many bytes.
            ring.put(label(piece), |bytes| unsafe { bytes.write(piece as u8) });
        }
        assert!(!ring.has_room());
        assert_eq!(ring.front(), Some(label(0)));
        ring.take(|_| ());
        assert!(ring.has_room());
        // SAFETY: as above.
        ring.take(|bytes| assert_eq!(unsafe { bytes.read() }, 1));
        assert_eq!(ring.front(), Some(label(2)));
    }

    #[test]
    fn pieces_arrive_whole_and_in_order() {
        struct End(Ring<'static>);
        // SAFETY: one thread puts pieces in, the other takes them out.
        unsafe impl Send for End {}

        let mut memory = Memory::new();
        let (sender, receiver) = (End(memory.ring()), End(memory.ring()));
        const PIECES: usize = 5000;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let End(ring) = { sender };
                for piece in 0..PIECES {
                    while !ring.has_room() {
                        std::thread::yield_now();
                    }
                    // SAFETY: a slot has so many bytes.
                    ring.put(label(piece % SLOT), |bytes| unsafe {
                        bytes.write_bytes(piece as u8, SLOT);
                    });
                }
            });
            scope.spawn(move || {
                let End(ring) = { receiver };
                for piece in 0..PIECES {
                    let found = loop {
                        match ring.front() {
                            Some(found) => break found,
                            None => std::thread::yield_now(),
                        }
                    };
                    assert_eq!(found, label(piece % SLOT));
                    ring.take(|bytes| {
                        // SAFETY: the slot has been filled.
                        let bytes = unsafe { std::slice::from_raw_parts(bytes, SLOT) };
                        assert!(bytes.iter().all(|&byte| byte == piece as u8));
                    });
                }
            });
        });
    }
}
