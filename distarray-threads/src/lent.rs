//! The two ends of a loan: [`Lent`] keeps the owner in its call, [`Reading`] a reader's claim.

use crate::communicator::Member;
use crate::page::Page;
use crate::wait::{Source, announce};
use crate::world::Failure;
use distarray_core::Result;
use distarray_core::comm::Call;

/// This rank's memory is lent. However the call ends, by an error or a panic too, nobody reads
/// the memory any more when this has been dropped.
#[must_use = "the memory is lent until this is dropped"]
pub(crate) struct Lent<'a> {
    member: &'a Member,
    page: &'a Page,
}

impl<'a> Lent<'a> {
    /// Takes charge of what this rank lent on the page of its present collective.
    pub(crate) fn new(member: &'a Member, sequence: u64) -> Self {
        Self { member, page: member.own_page(sequence) }
    }

    /// Waits until all have read.
    pub(crate) fn settle(self, call: &Call) -> Result<()> {
        let returned = || self.page.loan.is_returned().then_some(());
        if returned().is_some() {
            return Ok(());
        }
        self.member.local.wait(Source::Readers, call, returned)
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
        self.member.local.wait_for(Source::Readers, || loan.is_idle().then_some(()));
    }
}

/// This rank may read what the peer lent.
#[must_use = "the claim ends when this is dropped"]
pub(crate) struct Reading<'a> {
    member: &'a Member,
    owner: usize,
    pub(crate) page: &'a Page,
}

impl<'a> Reading<'a> {
    /// Claims what the owner lent on its page; an error when it has given up its call.
    pub(crate) fn claim(
        member: &'a Member,
        owner: usize,
        page: &'a Page,
        call: &Call,
    ) -> Result<Self> {
        let owner = member.group.members[owner];
        if page.loan.claim() {
            return Ok(Self { member, owner, page });
        }
        let how = format!("gave up {} before all had read its memory", page.call);
        Err(member.local.fail(Failure::Gone { rank: owner, how }, call))
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if self.page.loan.release() {
            announce();
            self.member.local.world.sleeper(self.owner).wake_from(Source::Readers);
        }
    }
}
