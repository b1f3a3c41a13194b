//! Barrier, broadcast and gather: one [`share`] each.

use distarray_core::{Error, Result};

use crate::communicator::Member;
use crate::share::share;
use distarray_core::comm::{Call, CallKind};

pub(crate) fn barrier(member: &Member) -> Result<()> {
    share(member, &Call::now(CallKind::Barrier), &[], |_| ())
}

/// Every rank waits for all the others, not for the root alone: a rank that is in another call, or
/// names another root, is found out here and not some calls later.
pub(crate) fn broadcast(member: &Member, root: usize, bytes: &mut [u8]) -> Result<()> {
    let call = Call::now(CallKind::Broadcast { root, bytes: bytes.len() });
    if member.rank == root {
        return share(member, &call, bytes, |_| ());
    }
    share(member, &call, &[], |shown| bytes.copy_from_slice(shown.by(root)))
}

pub(crate) fn all_gather(member: &Member, mine: &[u8], all: &mut [u8]) -> Result<()> {
    let size = member.group.members.len();
    if mine.len().checked_mul(size) != Some(all.len()) {
        return Err(Error::argument(format!(
            "all_gather of {} bytes on each of {size} ranks does not fill {} bytes",
            mine.len(),
            all.len()
        )));
    }
    let call = Call::now(CallKind::AllGather { bytes: mine.len() });
    share(member, &call, mine, |shown| {
        for rank in member.others().chain([member.rank]) {
            all[rank * mine.len()..][..mine.len()].copy_from_slice(shown.by(rank));
        }
    })
}
