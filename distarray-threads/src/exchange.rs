//! The exchange: one copy, by the receiver, from the sender's memory to its own.
//!
//! A rank lists its messages on its page and goes on to copy what it expects from each sender; then
//! it stays until its receivers have copied from it. It meets the ranks that it has messages with,
//! and no others.

use distarray_core::comm::{Layout, Memory, Message, copy_layouts};
use distarray_core::{Error, Result};

use crate::communicator::Member;
use crate::lent::{Lent, Reading};
use crate::page::{Outgoing, Page};
use crate::validate::validate;
use distarray_core::comm::{Call, CallKind};

pub(crate) fn exchange(
    member: &Member,
    memory: &Memory<'_>,
    sends: &[Message],
    receives: &[Message],
) -> Result<()> {
    let call = Call::now(CallKind::Exchange);
    member.local.check(&call)?;
    if let Err(what) = validate(member.group.members.len(), memory, sends, receives) {
        // The others count on this rank's messages: they are told, and not left to wait.
        let error = Error::rank(member.local.rank, format!("{what}, in {call}"));
        return Err(member.fail(error, &call));
    }
    let source = memory.source().0;
    let sequence = member.enter(&call, |page| page.list(member.rank, source, sends, receives))?;
    let lent = Lent::new(member, sequence);
    let mine = member.own_page(sequence);
    // From the rank behind this one on, so that not all read from one sender at the same time.
    let mut receives: Vec<&Message> = receives.iter().collect();
    receives.sort_unstable_by_key(|message| (message.peer <= member.rank, message.peer));
    for message in receives {
        let theirs = member.meet_peer(message.peer, sequence, &call)?;
        let (from, to) = ((message.peer, theirs), (member.rank, mine));
        let sent = matching(member, from, to).map_err(|error| member.fail(error, &call))?;
        let own = message.peer == member.rank;
        let claim = || Reading::claim(member, message.peer, theirs, Some(sent), &call);
        let _reading = (!own).then(claim).transpose()?;
        // SAFETY: the sender's list lives as long as its call, which the claim holds off from its
        // end; this rank's own is borrowed here.
        let parts = unsafe { &*sent.parts };
        if let Some((theirs, mine)) = unlike_items(parts, &message.parts) {
            let members = &member.group.members;
            let message = format!(
                "sends elements of {theirs} bytes to rank {}, which expects elements of {mine} \
                 bytes, in {call}",
                members[member.rank]
            );
            return Err(member.fail(Error::rank(members[from.0], message), &call));
        }
        // SAFETY: the sender has seen to it that its layouts lie in its memory, which lives and is
        // not written by the sender while claimed; this rank, that `message.parts` lie in its
        // target. Nobody else writes to the target, and nobody else reads from it: what a rank
        // both sends and receives is apart, which the caller of `Memory::within` vouches for.
        unsafe { copy_layouts(theirs.source, parts, memory.target().0, &message.parts) };
    }
    for message in sends {
        let theirs = member.meet_peer(message.peer, sequence, &call)?;
        matching(member, (member.rank, mine), (message.peer, theirs))
            .map_err(|error| member.fail(error, &call))?;
    }
    lent.settle(&call)
}

/// The message from one rank to another, where both sides list it with equally many bytes.
fn matching<'a>(
    member: &Member,
    (from, sender): (usize, &'a Page),
    (to, receiver): (usize, &Page),
) -> Result<&'a Outgoing> {
    let (sent, expected) = (sender.sent_to(to), receiver.expected_from(from));
    let amount = |bytes: Option<usize>| match bytes {
        Some(bytes) => format!("{bytes} bytes"),
        None => "nothing".to_owned(),
    };
    match (sent, expected) {
        (Some(sent), Some(expected)) if sent.bytes == expected.bytes => Ok(sent),
        _ => {
            let members = &member.group.members;
            let message = format!(
                "sends {} to rank {}, which expects {} from it: {} on the one side, {} on the other",
                amount(sent.map(|message| message.bytes)),
                members[to],
                amount(expected.map(|message| message.bytes)),
                sender.call,
                receiver.call
            );
            Err(Error::rank(members[from], message))
        }
    }
}

/// Sizes of elements on both sides that cannot be told apart in a copy; contiguous parts are bytes
/// that can be cut in any way.
fn unlike_items(from: &[Layout], to: &[Layout]) -> Option<(usize, usize)> {
    let scattered = |part: &&Layout| part.as_contiguous().is_none();
    let from = from.iter().filter(scattered).map(Layout::item);
    let to = to.iter().filter(scattered).map(Layout::item);
    let (mut theirs, first) = (from.clone(), from.chain(to.clone()).next()?);
    let unlike = |item: &usize| *item != first;
    theirs.find(unlike).or_else(|| to.clone().find(unlike)).map(|other| (first, other))
}

#[cfg(test)]
mod tests {
    use distarray_core::comm::Run;

    use super::*;

    #[test]
    fn scattered_elements_of_two_sizes_do_not_go_together() {
        let of = |item: usize| {
            let run = Run { start: 0, count: 3, step: 3 * item as isize };
            Layout::new(item, 0, vec![vec![run]])
        };
        let bytes = Layout::contiguous(0..24);
        assert_eq!(unlike_items(&[of(8)], &[of(4)]), Some((8, 4)));
        assert_eq!(unlike_items(&[of(8), of(2)], &[of(8)]), Some((8, 2)));
        assert_eq!(unlike_items(&[of(8)], &[of(8), bytes.clone()]), None);
        assert_eq!(unlike_items(std::slice::from_ref(&bytes), &[of(4)]), None);
        assert_eq!(unlike_items(&[bytes], &[]), None);
    }
}
