//! [`share`]: the one step under the collectives in which every rank shows bytes to all.

use distarray_core::Result;
use distarray_core::comm::Call;

use crate::communicator::Member;
use crate::lent::{Lent, Reading};
use crate::page::Payload;

/// What the ranks show, while they do.
pub(crate) struct Shown<'a> {
    member: &'a Member,
    sequence: u64,
    /// Holds the lent ones off from being taken back.
    _claims: Vec<Reading<'a>>,
}

impl Shown<'_> {
    /// The number of the collective.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The bytes that a rank of the group shows.
    pub(crate) fn by(&self, rank: usize) -> &[u8] {
        // SAFETY: all have entered this collective, which this rank leaves after `self` is gone;
        // what is lent is claimed, or this rank's own.
        unsafe { self.member.group.seats[rank].page(self.sequence).bytes() }
    }
}

/// Shows `mine` to every rank, waits until all are there, sees that all are in the same call, and
/// reads what they show. Few bytes take one wait; more stay in place and take a second one, until
/// the others have read them.
pub(crate) fn share<R>(
    member: &Member,
    call: &Call,
    mine: &[u8],
    read: impl FnOnce(&Shown<'_>) -> R,
) -> Result<R> {
    let readers = member.group.members.len() - 1;
    let sequence = member.enter(call, |page| page.show(mine, readers))?;
    let lent = Lent::new(member, sequence);
    member.meet(sequence, call)?;
    let mut claims = Vec::new();
    for peer in member.others() {
        // SAFETY: `meet` has seen the peer enter, and this rank has not entered another one.
        let page = unsafe { member.group.seats[peer].page(sequence) };
        if matches!(page.payload, Payload::Lent(..)) {
            claims.push(Reading::claim(member, peer, page, None, call)?);
        }
    }
    let shown = Shown { member, sequence, _claims: claims };
    let result = read(&shown);
    drop(shown);
    lent.settle(call)?;
    Ok(result)
}
