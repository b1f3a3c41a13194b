//! The two ends of a loan: [`Lent`] keeps the owner in its call, [`Reading`] a reader's claim.

use distarray_core::Result;
use distarray_core::comm::Call;

use crate::communicator::Member;
use crate::condition::{Condition, Source};
use crate::page::{Outgoing, Page};
use crate::sync::Ordering;
use crate::wait::announce;
use crate::world::Failure;

/// This rank's memory is lent. However the call ends, by an error or a panic too, nobody reads
/// the memory any more when this has been dropped.
#[must_use = "the memory is lent until this is dropped"]
pub(crate) struct Lent<'a> {
    member: &'a Member,
    page: &'a Page,
    sequence: u64,
}

impl<'a> Lent<'a> {
    /// Takes charge of what this rank lent on the page of its present collective.
    pub(crate) fn new(member: &'a Member, sequence: u64) -> Self {
        Self { member, page: member.own_page(sequence), sequence }
    }

    /// Waits until all have read.
    pub(crate) fn settle(self, call: &Call) -> Result<()> {
        let (member, sequence) = (self.member, self.sequence);
        if self.page.loan.is_returned() {
            return Ok(());
        }
        // The receivers of an exchange may wait for others before they copy, so that this rank
        // waits for each by itself, as waits are told and followed. The last to copy is the next
        // rank, if each begins behind itself.
        for peer in member.others() {
            if self.page.sent_to(peer).is_some() {
                member.wait(Condition::Copied { peer, sequence }, call)?;
            }
        }
        member.wait(Condition::Read { sequence }, call)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let loan = &self.page.loan;
        if loan.is_returned() {
            return;
        }
        loan.revoke();
        // Short: a reader that has claimed copies without waiting for anyone.
        self.member.local.wait_for_readers(|| loan.is_idle());
    }
}

/// This rank may read what the peer lent.
#[must_use = "the claim ends when this is dropped"]
pub(crate) struct Reading<'a> {
    member: &'a Member,
    owner: usize,
    page: &'a Page,
    /// The message that is read, if it is one.
    message: Option<&'a Outgoing>,
}

impl<'a> Reading<'a> {
    /// Claims what the owner lent on its page; an error when it has given up its call.
    pub(crate) fn claim(
        member: &'a Member,
        owner: usize,
        page: &'a Page,
        message: Option<&'a Outgoing>,
        call: &Call,
    ) -> Result<Self> {
        let owner = member.group.members[owner];
        if page.loan.claim() {
            return Ok(Self { member, owner, page, message });
        }
        let how = format!("gave up {} before all had read its memory", page.call);
        Err(member.local.fail(Failure::Gone { rank: owner, how }, call))
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let is_last = self.page.loan.release();
        // The page stays what it is until this rank enters its next collective.
        if let Some(message) = self.message {
            message.is_copied.store(true, Ordering::Release);
        } else if !is_last {
            return;
        }
        announce();
        let local = &self.member.local;
        let owner = local.world.sleeper(self.owner);
        owner.wake_from(Source::Rank(local.rank));
        if is_last {
            owner.wake_from(Source::Readers);
        }
    }
}
