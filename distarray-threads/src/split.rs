//! Splitting a group.

use std::rc::Rc;

use distarray_core::Result;

use crate::communicator::Member;
use crate::share::share;
use distarray_core::comm::{Call, CallKind};

/// Every rank shows its colour and key; each works out its group by itself, and the ranks of a
/// group meet in one object that the first of them makes.
pub(crate) fn split(member: &Member, color: Option<usize>, key: usize) -> Result<Option<Member>> {
    let call = Call::now(CallKind::Split);
    let mut choice = [0_u8; 17];
    choice[0] = u8::from(color.is_some());
    choice[1..9].copy_from_slice(&(color.unwrap_or(0) as u64).to_le_bytes());
    choice[9..].copy_from_slice(&(key as u64).to_le_bytes());
    let size = member.group.members.len();
    let (sequence, mut chosen) = share(member, &call, &choice, |shown| {
        // Ranks of the same colour are those whose first nine bytes are the same.
        let alike = (0..size).filter(|&rank| shown.by(rank)[..9] == choice[..9]);
        let with_key = |rank: usize| (key_in(shown.by(rank)), rank);
        (shown.sequence(), alike.map(with_key).collect::<Vec<_>>())
    })?;
    let Some(color) = color else { return Ok(None) };
    chosen.sort_unstable();
    let own = chosen.iter().position(|&(_, rank)| rank == member.rank);
    let rank = own.expect("a rank has its own colour");
    let members = chosen.iter().map(|&(_, rank)| member.group.members[rank]).collect::<Vec<_>>();
    let group = member.group.child(sequence, color, &members);
    Ok(Some(Member::new(Rc::clone(&member.local), group, rank)))
}

fn key_in(choice: &[u8]) -> u64 {
    choice[9..].iter().rev().fold(0, |key, &byte| key << 8 | u64::from(byte))
}
