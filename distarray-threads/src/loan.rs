//! [`Loan`]: memory of one rank that others read in place, and when it may be used again.
//!
//! The owner says how many readers there will be. A reader claims before it reads and releases
//! after. The owner leaves its collective when all have read, or, after a failure, when it has
//! revoked the loan and nobody is reading any more: who comes later may not claim.

use crate::sync::{AtomicU64, Ordering};

const REVOKED: u64 = 1 << 63;
/// One reader that reads at this moment.
const READING: u64 = 1 << 32;
/// One reader that has not finished.
const TO_READ: u64 = 1;
const ALL_TO_READ: u64 = READING - 1;
const ALL_READING: u64 = REVOKED - READING;

/// The state of lent memory: whether it is revoked, how many read, how many have not finished.
#[derive(Debug, Default)]
pub(crate) struct Loan(AtomicU64);

impl Loan {
    /// Lends to this many readers; nobody may know of the loan yet.
    pub(crate) fn open(&mut self, readers: usize) {
        let readers = u32::try_from(readers).expect("a world has fewer than 2^32 ranks");
        *self = Self(AtomicU64::new(u64::from(readers)));
    }

    /// Starts to read; false when the owner has revoked the loan.
    pub(crate) fn claim(&self) -> bool {
        let claimed = |state: u64| (state & REVOKED == 0).then_some(state + READING);
        // Acquire pairs with nothing here: what is lent was published with the owner's entry.
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, claimed).is_ok()
    }

    /// Ends what [`claim`](Self::claim) began; true when the owner may be waiting for it.
    ///
    /// Release: the reads come before the owner's next writes.
    pub(crate) fn release(&self) -> bool {
        let state = self.0.fetch_sub(READING + TO_READ, Ordering::Release) - READING - TO_READ;
        state & ALL_TO_READ == 0 || (state & REVOKED != 0 && state & ALL_READING == 0)
    }

    /// Whether all have read.
    pub(crate) fn is_returned(&self) -> bool {
        self.0.load(Ordering::Acquire) & ALL_TO_READ == 0
    }

    /// Lets no more readers begin.
    pub(crate) fn revoke(&self) {
        self.0.fetch_or(REVOKED, Ordering::AcqRel);
    }

    /// Whether nobody reads at this moment; after [`revoke`](Self::revoke) it stays so.
    pub(crate) fn is_idle(&self) -> bool {
        self.0.load(Ordering::Acquire) & ALL_READING == 0
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_loan_is_returned_when_all_have_read() {
        let mut loan = Loan::default();
        assert!(loan.is_returned());
        loan.open(2);
        assert!(!loan.is_returned() && loan.is_idle());
        assert!(loan.claim() && loan.claim());
        assert!(!loan.is_idle());
        assert!(!loan.release());
        assert!(!loan.is_returned());
        assert!(loan.release());
        assert!(loan.is_returned() && loan.is_idle());
    }

    #[test]
    fn a_revoked_loan_takes_no_new_readers_and_waits_for_the_present_ones() {
        let mut loan = Loan::default();
        loan.open(3);
        assert!(loan.claim() && loan.claim());
        loan.revoke();
        assert!(!loan.claim() && !loan.is_idle());
        assert!(!loan.release());
        assert!(loan.release(), "the last reader of a revoked loan wakes the owner");
        assert!(loan.is_idle() && !loan.is_returned());
    }
}
