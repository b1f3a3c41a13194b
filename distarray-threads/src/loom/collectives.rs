//! Whole calls of the communicator: pages and their reuse, payloads, loans, mailboxes.

use distarray_core::comm::{Communicator, Memory, Message};

use super::{model, ranks};
use crate::page::{INLINE, PAGES};

/// More collectives than there are pages: each shows what belongs to it.
#[test]
fn pages_are_used_again_when_all_have_read_them() {
    model(Some(2), || {
        let outcomes = ranks(2, |member| {
            for step in 0..=PAGES as u8 {
                let mut all = [99; 2];
                member.all_gather(&[10 * member.rank as u8 + step], &mut all)?;
                assert_eq!(all, [step, 10 + step]);
            }
            Ok(())
        });
        outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    });
}

#[test]
fn three_ranks_meet() {
    model(Some(1), || {
        let outcomes = ranks(3, |member| {
            let mut all = [99; 3];
            member.all_gather(&[member.rank as u8], &mut all)?;
            Ok(all)
        });
        outcomes.into_iter().for_each(|outcome| assert_eq!(outcome.unwrap(), [0, 1, 2]));
    });
}

#[test]
fn a_long_broadcast_is_read_before_its_root_goes_on() {
    model(Some(2), || {
        let outcomes = ranks(2, |member| {
            let mut bytes = [member.rank as u8; INLINE + 1];
            member.broadcast(1, &mut bytes)?;
            // A reader that comes later would see this.
            Ok(std::mem::replace(&mut bytes[0], 99))
        });
        outcomes.into_iter().for_each(|outcome| assert_eq!(outcome.unwrap(), 1));
    });
}

#[test]
fn an_exchange_copies_both_ways() {
    model(Some(2), || {
        let outcomes = ranks(2, |member| {
            let other = [Message::contiguous(1 - member.rank, 0..1)];
            let (source, mut target) = ([member.rank as u8], [99]);
            member.exchange(Memory::between(&source, &mut target), &other, &other)?;
            assert_eq!(target, [1 - member.rank as u8]);
            Ok(())
        });
        outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    });
}

/// The reader does nothing afterwards that would wake the lender once more.
#[test]
fn a_lender_is_woken_by_its_reader() {
    model(Some(2), || {
        let outcomes = ranks(2, |member| {
            let other = [Message::contiguous(1 - member.rank, 0..1)];
            let (sends, receives) =
                if member.rank == 0 { (&other[..], &[][..]) } else { (&[][..], &other[..]) };
            let (source, mut target) = ([7], [0]);
            member.exchange(Memory::between(&source, &mut target), sends, receives)?;
            match member.rank {
                0 => member.send(1, 0, b""),
                _ => member.receive(0, 0).map(drop),
            }
        });
        outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    });
}

/// Ranks without messages pass exchanges ahead of the others, up to the end of their pages: what
/// they show in one with messages is not written over before the others have read it.
#[test]
fn a_rank_without_messages_goes_ahead_and_waits_for_its_pages() {
    model(Some(1), || {
        let outcomes = ranks(2, |member| {
            for step in 0..PAGES + 2 {
                let message = [Message::contiguous(1 - member.rank, 0..1)];
                let (sends, receives) = match member.rank {
                    0 if step == 1 => (&message[..], &[][..]),
                    1 if step == 1 => (&[][..], &message[..]),
                    _ => (&[][..], &[][..]),
                };
                let (source, mut target) = ([7], [0]);
                member.exchange(Memory::between(&source, &mut target), sends, receives)?;
                assert_eq!(target[0], if receives.is_empty() { 0 } else { 7 });
            }
            Ok(())
        });
        outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    });
}

#[test]
fn messages_arrive_in_order() {
    model(Some(3), || {
        let outcomes = ranks(2, |member| match member.rank {
            0 => (0..2).try_for_each(|byte| member.send(1, 5, &[byte])),
            _ => (0..2).try_for_each(|byte| {
                assert_eq!(member.receive(0, 5)?, [byte]);
                Ok(())
            }),
        });
        outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    });
}
