//! What an exchange checks before it shows its messages: that they keep memory sound.

use std::ops::Range;

use distarray_core::comm::{Layout, Memory, Message};

/// Refuses messages that do not lie in the memory, go to a rank outside the group, or are not the
/// only one to their peer.
///
/// In debug builds also those of a [`Memory::within`] that send and receive the same byte: a look
/// at every element, which a release build leaves to the caller's word.
pub(crate) fn validate(
    size: usize,
    memory: &Memory<'_>,
    sends: &[Message],
    receives: &[Message],
) -> Result<(), String> {
    check(size, sends, memory.source().1, "sends", "to")?;
    check(size, receives, memory.target().1, "receives", "from")?;
    if cfg!(debug_assertions) && std::ptr::eq(memory.source().0, memory.target().0) {
        check_apart(sends, receives)?;
    }
    Ok(())
}

fn check(
    size: usize,
    messages: &[Message],
    length: usize,
    verb: &str,
    way: &str,
) -> Result<(), String> {
    let mut peers: Vec<usize> = messages.iter().map(|message| message.peer).collect();
    peers.sort_unstable();
    if let Some(pair) = peers.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("{verb} two messages {way} rank {} of the group", pair[0]));
    }
    if let Some(&peer) = peers.last().filter(|&&peer| peer >= size) {
        return Err(format!("{verb} {way} rank {peer}, outside the group of {size} ranks"));
    }
    for message in messages {
        if let Some(part) = message.parts.iter().find(|part| !part.fits(length)) {
            return Err(format!(
                "{verb} bytes {:?} {way} rank {} of the group in memory of {length} bytes",
                part.hull(),
                message.peer
            ));
        }
    }
    Ok(())
}

fn check_apart(sends: &[Message], receives: &[Message]) -> Result<(), String> {
    let (sent, received) = (pieces(sends), pieces(receives));
    let (mut i, mut j) = (0, 0);
    while let (Some(a), Some(b)) = (sent.get(i), received.get(j)) {
        if a.start < b.end && b.start < a.end {
            return Err(format!("sends bytes {a:?} and receives bytes {b:?} of the same memory"));
        }
        // The piece that ends first cannot meet a later one of the other side.
        if a.end <= b.end { i += 1 } else { j += 1 }
    }
    Ok(())
}

/// The bytes of all messages as disjoint pieces in ascending order.
fn pieces(messages: &[Message]) -> Vec<Range<isize>> {
    let parts = messages.iter().flat_map(|message| &message.parts);
    let mut pieces: Vec<Range<isize>> = parts.flat_map(of_part).collect();
    pieces.sort_unstable_by_key(|piece| piece.start);
    let mut merged: Vec<Range<isize>> = Vec::new();
    for piece in pieces {
        match merged.last_mut() {
            Some(last) if piece.start <= last.end => last.end = last.end.max(piece.end),
            _ => merged.push(piece),
        }
    }
    merged
}

fn of_part(part: &Layout) -> Vec<Range<isize>> {
    if part.elements() == 0 {
        return Vec::new();
    }
    if part.as_contiguous().is_some() {
        return vec![part.hull()];
    }
    let item = part.item() as isize;
    part.offsets().into_iter().map(|offset| offset..offset + item).collect()
}

#[cfg(test)]
mod tests {
    use distarray_core::comm::Run;

    use super::*;

    fn every_second(start: isize) -> Vec<Message> {
        let run = Run { start, count: 4, step: 4 };
        vec![Message { peer: 0, parts: vec![Layout::new(2, 0, vec![vec![run]])] }]
    }

    #[test]
    fn interleaved_elements_are_apart_and_shared_ones_are_found() {
        assert_eq!(check_apart(&every_second(0), &every_second(2)), Ok(()));
        let text = check_apart(&every_second(0), &every_second(4)).unwrap_err();
        assert_eq!(text, "sends bytes 4..6 and receives bytes 4..6 of the same memory");
        let whole = vec![Message::contiguous(0, 3..16)];
        assert!(check_apart(&whole, &every_second(0)).is_err());
        assert_eq!(check_apart(&whole, &[Message::contiguous(0, 16..20)]), Ok(()));
        assert_eq!(check_apart(&[Message::contiguous(0, 3..3)], &whole), Ok(()));
    }

    #[test]
    fn messages_that_would_leave_the_memory_or_the_group_are_refused() {
        let mut block = [0; 8];
        // SAFETY: nothing is exchanged.
        let memory = unsafe { Memory::within(&mut block) };
        let refuse = |sends: &[Message], receives: &[Message]| {
            validate(2, &memory, sends, receives).unwrap_err()
        };
        assert_eq!(
            refuse(&[Message::contiguous(1, 4..12)], &[]),
            "sends bytes 4..12 to rank 1 of the group in memory of 8 bytes"
        );
        assert_eq!(
            refuse(&[], &[Message::contiguous(5, 0..1)]),
            "receives from rank 5, outside the group of 2 ranks"
        );
        let twice = [Message::contiguous(1, 0..1), Message::contiguous(1, 1..2)];
        assert_eq!(refuse(&[], &twice), "receives two messages from rank 1 of the group");
        assert_eq!(validate(2, &memory, &twice[..1], &twice[1..]), Ok(()));
    }
}
