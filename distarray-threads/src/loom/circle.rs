//! Ranks that wait for each other: found where they do, and nowhere else.

use distarray_core::comm::Communicator;

use super::{model, ranks};

/// The end of the error.
const FOUND: &str = ": none of them can go on";

#[test]
fn two_that_wait_for_each_other_are_always_found() {
    model(Some(4), || {
        let outcomes = ranks(2, |member| member.receive(1 - member.rank, 0).map(drop));
        let texts: Vec<_> =
            outcomes.into_iter().map(|outcome| outcome.unwrap_err().to_string()).collect();
        assert!(texts[0].starts_with("rank 0: ") && texts[0].ends_with(FOUND), "{}", texts[0]);
        assert_eq!(texts[0], texts[1]);
    });
}

#[test]
fn three_that_wait_for_each_other_are_always_found() {
    model(Some(2), || {
        let outcomes = ranks(3, |member| member.receive((member.rank + 1) % 3, 0).map(drop));
        for outcome in outcomes {
            let text = outcome.unwrap_err().to_string();
            assert!(text.starts_with("rank 0: ") && text.ends_with(FOUND), "{text}");
        }
    });
}

/// Two in a circle, and one that waits for it.
#[test]
fn one_beside_the_circle_is_told() {
    model(Some(2), || {
        let from = |rank| if rank == 0 { 1 } else { 0 };
        let outcomes = ranks(3, move |member| member.receive(from(member.rank), 0).map(drop));
        for outcome in outcomes {
            let text = outcome.unwrap_err().to_string();
            assert!(text.starts_with("rank 0: ") && text.contains(FOUND), "{text}");
        }
    });
}

/// A circle that closes after messages have gone both ways.
#[test]
fn a_circle_after_messages_is_always_found() {
    model(Some(2), || {
        let outcomes = ranks(2, |member| {
            let other = 1 - member.rank;
            if member.rank == 0 {
                member.send(1, 0, b"")?;
            }
            member.receive(other, 0)?;
            if member.rank == 1 {
                member.send(0, 0, b"")?;
            }
            Ok(assert!(member.receive(other, 0).unwrap_err().to_string().ends_with(FOUND)))
        });
        outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    });
}

/// Each sends and then waits: whom the other waits for is out of date at times.
#[test]
fn messages_there_and_back_are_never_taken_for_a_circle() {
    model(Some(3), || {
        let outcomes = ranks(2, |member| {
            let other = 1 - member.rank;
            for _ in 0..2 {
                if member.rank == 0 {
                    member.send(other, 0, b"")?;
                    member.receive(other, 0)?;
                } else {
                    member.receive(other, 0)?;
                    member.send(other, 0, b"")?;
                }
            }
            Ok(())
        });
        outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    });
}

#[test]
fn a_message_around_three_ranks_is_never_taken_for_a_circle() {
    model(Some(2), || {
        let outcomes = ranks(3, |member| {
            let (next, before) = ((member.rank + 1) % 3, (member.rank + 2) % 3);
            if member.rank == 0 {
                member.send(next, 0, b"")?;
            }
            member.receive(before, 0)?;
            if member.rank > 0 {
                member.send(next, 0, b"")?;
            }
            Ok(())
        });
        outcomes.into_iter().for_each(|outcome| outcome.unwrap());
    });
}

/// A rank in a collective, and one that waits for a message of it.
#[test]
fn a_collective_and_a_message_are_always_found() {
    model(Some(3), || {
        let outcomes = ranks(2, |member| match member.rank {
            0 => member.barrier(),
            _ => member.receive(0, 0).map(drop),
        });
        for outcome in outcomes {
            let text = outcome.unwrap_err().to_string();
            assert!(text.starts_with("rank 0: is in barrier") && text.ends_with(FOUND), "{text}");
        }
    });
}
