//! Ranks that fail or leave while others wait for them.

use distarray_core::Error;
use distarray_core::comm::{Call, CallKind, Communicator, Memory, Message};

use super::{model, ranks};
use crate::world::Failure;

#[test]
fn who_waits_for_a_rank_that_leaves_is_told() {
    model(None, || {
        let outcomes = ranks(2, |member| match member.rank {
            0 => member.receive(1, 0).map(drop),
            _ => Ok(()),
        });
        let text = outcomes[0].as_ref().unwrap_err().to_string();
        assert!(text.starts_with("rank 1: returned early, while rank 0 was in receive"), "{text}");
    });
}

#[test]
fn what_a_rank_did_before_it_left_counts() {
    model(None, || {
        let outcomes = ranks(2, |member| match member.rank {
            0 => member.receive(1, 0).map(drop),
            _ => member.send(0, 0, b"last"),
        });
        outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    });
}

#[test]
fn the_last_to_come_to_a_collective_goes_on_alone() {
    model(Some(3), || {
        let outcomes = ranks(2, |member| member.barrier());
        outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    });
}

#[test]
fn a_failure_wakes_those_who_wait_for_others() {
    model(Some(2), || {
        let outcomes = ranks(3, |member| match member.rank {
            // Waits for a rank that waits for the one that fails.
            0 => member.receive(1, 0).map(drop),
            1 => member.receive(2, 0).map(drop),
            _ => {
                let call = Call::now(CallKind::Barrier);
                Err(member.local.fail(Failure::Shared(Error::user("enough")), &call))
            }
        });
        for outcome in outcomes {
            assert_eq!(outcome.unwrap_err().to_string(), "enough");
        }
    });
}

/// The first of two failures is what both are told.
#[test]
fn all_are_told_of_one_failure() {
    model(None, || {
        let outcomes = ranks(2, |member| {
            let call = Call::now(CallKind::Barrier);
            let failure = Failure::Shared(Error::user(member.rank));
            Err::<(), _>(member.local.fail(failure, &call))
        });
        let texts = outcomes.iter().map(|outcome| outcome.as_ref().unwrap_err().to_string());
        let texts: Vec<_> = texts.collect();
        assert_eq!(texts[0], texts[1]);
    });
}

/// Rank 0 lends to rank 1 and fails in the same call: it takes its memory back, or rank 1 has read.
#[test]
fn an_exchange_that_fails_lets_nobody_read_afterwards() {
    model(Some(2), || {
        let outcomes = ranks(2, |member| {
            let source = Box::new([5]);
            let mut target = [0];
            let message = |peer| Message::contiguous(peer, 0..1);
            // Rank 0 expects a message that rank 1 does not send.
            let (sends, receives) = match member.rank {
                0 => (vec![message(1)], vec![message(1)]),
                _ => (vec![], vec![message(0)]),
            };
            let outcome =
                member.exchange(Memory::between(&source[..], &mut target), &sends, &receives);
            if outcome.is_ok() {
                assert_eq!((member.rank, target), (1, [5]));
            }
            outcome.and_then(|()| member.barrier())
        });
        for outcome in outcomes {
            let text = outcome.unwrap_err().to_string();
            assert!(text.starts_with("rank 1: sends nothing to rank 0"), "{text}");
        }
    });
}
