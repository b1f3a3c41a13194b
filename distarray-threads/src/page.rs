//! [`Seat`]: what one rank shows the others of its collectives.
//!
//! A rank writes what it does in its collective number `s` on page `s % PAGES`, then counts its
//! entries up: who sees the count beyond `s` may read the page. The ring is reused when every rank
//! has finished number `s`, which a rank shows by entering number `s + 1`. So a rank may be ahead
//! of the slowest by `PAGES - 1` collectives and no more, and whoever is in a collective can still
//! read what all the others did in the same one.

use distarray_core::comm::{Call, CallKind, Layout, Message};

use crate::loan::Loan;
use crate::sync::{AtomicBool, AtomicU64, Cell, Ordering};

/// Pages of a rank. Collectives that wait for all need two: when a rank enters number `s + 2`, all
/// have entered number `s + 1`, so nobody reads what belongs to `s`. More of them let the ranks of
/// an exchange go ahead of those that they have nothing to do with.
///
/// A model has few, so that it comes to use them again.
pub(crate) const PAGES: u64 = if cfg!(loom) { 2 } else { 8 };

/// Payloads of up to so many bytes are written on the page; longer ones stay where they are.
pub(crate) const INLINE: usize = 512;

/// What one rank does in one collective.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) call: Call,
    pub(crate) payload: Payload,
    inline: [u8; INLINE],
    /// Of an exchange: this rank's messages, by peer. Empty else.
    pub(crate) sends: Vec<Outgoing>,
    pub(crate) receives: Vec<Incoming>,
    /// Where the memory begins that the messages are sent from.
    pub(crate) source: *const u8,
    /// On the lent payload, or on all messages together.
    pub(crate) loan: Loan,
}

/// The bytes that a rank shows to all.
#[derive(Debug)]
pub(crate) enum Payload {
    /// So many at the start of the page's own.
    Inline(usize),
    Lent(*const u8, usize),
}

/// A message that a rank offers.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) peer: usize,
    pub(crate) bytes: usize,
    /// Lives as long as the loan.
    pub(crate) parts: *const [Layout],
    /// The peer does not read it any more. It sets this after it has given its part of the loan
    /// back, and before it enters its next collective.
    pub(crate) is_copied: AtomicBool,
}

/// A message that a rank expects.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) peer: usize,
    pub(crate) bytes: usize,
}

impl Page {
    fn new() -> Self {
        Self {
            call: Call::now(CallKind::Barrier),
            payload: Payload::Inline(0),
            inline: [0; INLINE],
            sends: Vec::new(),
            receives: Vec::new(),
            source: std::ptr::null(),
            loan: Loan::default(),
        }
    }

    /// Shows the bytes to `readers` others: copied where they are few, else lent.
    pub(crate) fn show(&mut self, bytes: &[u8], readers: usize) {
        if let Some(inline) = self.inline.get_mut(..bytes.len()) {
            inline.copy_from_slice(bytes);
            self.payload = Payload::Inline(bytes.len());
        } else {
            self.payload = Payload::Lent(bytes.as_ptr(), bytes.len());
            self.loan.open(readers);
        }
    }

    /// Offers the messages, and says which ones are expected.
    pub(crate) fn list(
        &mut self,
        rank: usize,
        source: *const u8,
        sends: &[Message],
        receives: &[Message],
    ) {
        let offer = |message: &Message| Outgoing {
            peer: message.peer,
            bytes: message.bytes(),
            parts: &raw const *message.parts,
            is_copied: AtomicBool::new(false),
        };
        self.sends.extend(sends.iter().map(offer));
        self.sends.sort_unstable_by_key(|message| message.peer);
        let expect = |message: &Message| Incoming { peer: message.peer, bytes: message.bytes() };
        self.receives.extend(receives.iter().map(expect));
        self.receives.sort_unstable_by_key(|message| message.peer);
        self.source = source;
        self.loan.open(sends.iter().filter(|message| message.peer != rank).count());
    }

    pub(crate) fn sent_to(&self, peer: usize) -> Option<&Outgoing> {
        let place = self.sends.binary_search_by_key(&peer, |message| message.peer);
        place.ok().map(|place| &self.sends[place])
    }

    pub(crate) fn expected_from(&self, peer: usize) -> Option<&Incoming> {
        let place = self.receives.binary_search_by_key(&peer, |message| message.peer);
        place.ok().map(|place| &self.receives[place])
    }

    /// The payload.
    ///
    /// # Safety
    /// Where the payload is lent, the caller is its owner in the collective of this page, or has
    /// claimed the loan and releases it after the last use.
    pub(crate) unsafe fn bytes(&self) -> &[u8] {
        match self.payload {
            Payload::Inline(length) => &self.inline[..length],
            // SAFETY: the owner borrows these bytes for reading until the loan is returned or
            // revoked and idle, which the caller's claim holds off.
            Payload::Lent(start, length) => unsafe { std::slice::from_raw_parts(start, length) },
        }
    }
}

/// The pages of one rank in one group, and how many collectives it has entered there.
#[derive(Debug)]
pub(crate) struct Seat {
    entered: AtomicU64,
    pages: [Cell<Page>; PAGES as usize],
}

// SAFETY: a page is written by its owner alone and read by others only between its publication and
// their own next collective, as the module's text says; the pointers on it are used under its loan.
unsafe impl Sync for Seat {}
// SAFETY: nothing in a seat is bound to the thread that made it; the pointers as above.
unsafe impl Send for Seat {}

impl Seat {
    pub(crate) fn new() -> Self {
        Self { entered: AtomicU64::new(0), pages: std::array::from_fn(|_| Cell::new(Page::new())) }
    }

    /// How many collectives the rank has entered.
    pub(crate) fn entered(&self) -> u64 {
        self.entered.load(Ordering::Acquire)
    }

    /// Writes the page of collective `sequence` and shows it.
    ///
    /// # Safety
    /// The caller is the seat's rank, enters its collectives one after the other from 0, and knows
    /// that every rank of the group has entered number `sequence - PAGES + 1` (if there is one).
    pub(crate) unsafe fn publish(&self, sequence: u64, call: Call, fill: impl FnOnce(&mut Page)) {
        let cell = &self.pages[(sequence % PAGES) as usize];
        // SAFETY: nobody else writes here, and the readers of what was here have finished with it:
        // each has entered a later collective than number `sequence - PAGES`.
        cell.with_mut(|page| unsafe {
            let page = &mut *page;
            page.call = call;
            page.payload = Payload::Inline(0);
            page.sends.clear();
            page.receives.clear();
            page.loan.open(0);
            fill(page);
        });
        self.entered.store(sequence + 1, Ordering::Release);
    }

    /// The page of collective `sequence`.
    ///
    /// # Safety
    /// The seat's rank was seen to have entered number `sequence`; the reader has itself entered
    /// that one, and no later one while it holds the page.
    pub(crate) unsafe fn page(&self, sequence: u64) -> &Page {
        let cell = &self.pages[(sequence % PAGES) as usize];
        // SAFETY: published before the entry that was seen; not rewritten before the reader enters
        // number `sequence + 1`.
        cell.with(|page| unsafe { &*page })
    }
}
