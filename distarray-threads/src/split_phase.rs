//! Exchanges in two steps: each message is a copy that its receiver owns.
//!
//! Nothing is lent, so that an exchange which is dropped, leaked or cut short by a failure leaves
//! nobody with memory that is gone. The first step waits for nobody; the second waits for the
//! messages that this rank receives, and no others.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use distarray_core::comm::{
    Call, CallKind, Layout, Memory, Message, Staged, Started, copy_layouts,
};
use distarray_core::{Error, Result};

use crate::communicator::Member;
use crate::condition::{Condition, Source};
use crate::mailbox::Parcel;
use crate::validate::validate;
use crate::wait::announce;

/// What a rank of a group has started.
#[derive(Debug, Default)]
pub(crate) struct SplitPhase {
    /// The number of the next exchange; all ranks count alike.
    next: Cell<u64>,
    /// The calls that started those which are not over.
    calls: RefCell<BTreeMap<u64, Call>>,
    /// Messages that nobody will take, by sender and number, which have not come yet.
    unwanted: RefCell<Vec<(usize, u64)>>,
}

/// Copies what is sent, and hands it over.
pub(crate) fn start(
    member: &Member,
    source: &[u8],
    sends: &[Message],
    receives: &[Message],
) -> Result<Started> {
    let call = Call::now(CallKind::StartExchange);
    member.local.check(&call)?;
    throw_away(member);
    let size = member.group.members.len();
    // The memory that is received to is not known yet, and checked at the end.
    let checked = validate(size, &Memory::between(source, &mut []), sends, &[]);
    if let Err(what) = checked {
        // The others count on this rank's messages: they are told, and not left to wait.
        let error = Error::rank(member.local.rank, format!("{what}, in {call}"));
        return Err(member.fail(error, &call));
    }
    let number = member.split_phase.next.get();
    member.split_phase.next.set(number + 1);
    member.split_phase.calls.borrow_mut().insert(number, call);
    for message in sends {
        let staged = Staged::new(source, std::slice::from_ref(message))?;
        let parcel = Parcel { call, bytes: staged.into_bytes() };
        member.group.parcels[message.peer].put(member.rank, number, parcel);
    }
    announce();
    for message in sends.iter().filter(|message| message.peer != member.rank) {
        let receiver = member.local.world.sleeper(member.group.members[message.peer]);
        receiver.wake_from(Source::Rank(member.local.rank));
    }
    Ok(Started::numbered(number, receives.to_vec()))
}

/// Waits for the messages, and copies them to their places.
pub(crate) fn finish(member: &Member, started: &Started, target: &mut [u8]) -> Result<()> {
    let call = Call::now(CallKind::FinishExchange);
    let Some(number) = started.number() else {
        return Err(Error::argument("the exchange was started with another communicator"));
    };
    let outcome = receive(member, &call, number, started.receives(), target);
    match outcome {
        Ok(()) => drop(member.split_phase.calls.borrow_mut().remove(&number)),
        Err(_) => abandon(member, started),
    }
    outcome
}

fn receive(
    member: &Member,
    call: &Call,
    number: u64,
    receives: &[Message],
    target: &mut [u8],
) -> Result<()> {
    member.local.check(call)?;
    let size = member.group.members.len();
    if let Err(what) = validate(size, &Memory::between(&[], target), &[], receives) {
        let error = Error::rank(member.local.rank, format!("{what}, in {call}"));
        return Err(member.fail(error, call));
    }
    let parcels = &member.group.parcels[member.rank];
    let mine = member.split_phase.calls.borrow().get(&number).copied();
    for message in receives {
        let (peer, expected) = (message.peer, message.bytes());
        if !parcels.has(peer, number) {
            if peer == member.rank {
                let what = format!("expects {expected} bytes from itself that it did not send");
                let error = Error::rank(member.local.rank, format!("{what}, in {call}"));
                return Err(member.fail(error, call));
            }
            member.wait(Condition::Parcel { peer, number }, call)?;
        }
        let parcel =
            parcels.take(peer, number).expect("no other thread takes this rank's messages");
        let members = &member.group.members;
        if let Some(mine) = mine.filter(|mine| !parcel.call.is_like(mine)) {
            let what = format!(
                "is in {}{}, while rank {} is in {mine}; both have started {} exchanges",
                parcel.call,
                parcel.call.difference(&mine),
                members[member.rank],
                number + 1
            );
            return Err(member.fail(Error::rank(members[peer], what), call));
        }
        if parcel.bytes.len() != expected {
            let what = format!(
                "sends {} bytes to rank {}, which expects {expected} from it: {} on the one side, \
                 {call} on the other",
                parcel.bytes.len(),
                members[member.rank],
                parcel.call
            );
            return Err(member.fail(Error::rank(members[peer], what), call));
        }
        let from = [Layout::contiguous(0..expected)];
        let (source, target) = (parcel.bytes.as_ptr(), target.as_mut_ptr());
        // SAFETY: the parcel is as long as the message, whose parts lie in the target, as was
        // checked; the target is borrowed by this call alone.
        unsafe { copy_layouts(source, &from, target, &message.parts) };
    }
    Ok(())
}

/// Gives up an exchange: what comes for it is thrown away when this rank starts the next.
pub(crate) fn abandon(member: &Member, started: &Started) {
    if let Some(number) = started.number() {
        member.split_phase.calls.borrow_mut().remove(&number);
        let messages = started.receives().iter().map(|message| (message.peer, number));
        member.split_phase.unwanted.borrow_mut().extend(messages);
        throw_away(member);
    }
}

/// Throws away what has come of the unwanted messages.
fn throw_away(member: &Member) {
    let parcels = &member.group.parcels[member.rank];
    let mut unwanted = member.split_phase.unwanted.borrow_mut();
    unwanted.retain(|&(peer, number)| parcels.take(peer, number).is_none());
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::time::Duration;

    use distarray_core::comm::{Communicator, Operation};

    use super::*;

    /// Each rank sends its number to the next one.
    fn start(comm: &dyn Communicator, bytes: usize) -> Result<Started> {
        let (rank, size) = (comm.rank(), comm.size());
        let to = Message::contiguous((rank + 1) % size, 0..bytes);
        let from = Message::contiguous((rank + size - 1) % size, 0..bytes);
        comm.start_exchange(&vec![rank as u8; bytes], &[to], &[from])
    }

    #[test]
    fn a_start_waits_for_nobody_and_the_end_for_the_sender() {
        let heard = crate::run(3, |comm| {
            let (first, second) = (start(&*comm, 1)?, start(&*comm, 2)?);
            if comm.rank() == 2 {
                std::thread::sleep(Duration::from_millis(5));
            }
            let mut target = [9; 3];
            comm.finish_exchange(first, &mut target[2..])?;
            comm.finish_exchange(second, &mut target)?;
            Ok(target)
        })
        .unwrap();
        assert_eq!(heard, [[2, 2, 2], [0, 0, 0], [1, 1, 1]]);
    }

    #[test]
    fn what_was_given_up_is_thrown_away_when_it_comes() {
        crate::run(2, |comm| {
            if comm.rank() == 1 {
                comm.barrier()?;
            }
            let started = start(&*comm, 4)?;
            comm.abandon_exchange(started);
            if comm.rank() == 0 {
                comm.barrier()?;
            }
            comm.barrier()?;
            let mut target = [0];
            let started = start(&*comm, 1)?;
            comm.finish_exchange(started, &mut target)?;
            assert_eq!(usize::from(target[0]), 1 - comm.rank());
            Ok(())
        })
        .unwrap();
    }

    #[test]
    fn a_message_that_never_comes_ends_the_wait() {
        let error = crate::run(2, |comm| {
            if comm.rank() == 1 {
                return Ok(());
            }
            let started = start(&*comm, 1)?;
            comm.finish_exchange(started, &mut [0])
        });
        let text = error.unwrap_err().to_string();
        assert!(text.contains("returned early") && text.contains("end of an exchange"), "{text}");
    }

    #[test]
    fn messages_of_another_length_or_operation_are_refused() {
        let text = |program: fn(&dyn Communicator) -> Result<()>| {
            crate::run(2, move |comm| program(&*comm)).unwrap_err().to_string()
        };
        let lengths = text(|comm| {
            let bytes = 1 + comm.rank();
            let started = start(comm, bytes)?;
            comm.finish_exchange(started, &mut [0, 0])
        });
        assert!(lengths.contains("which expects"), "{lengths}");
        let names = text(|comm| {
            let scope = Operation::enter(if comm.rank() == 0 { "this" } else { "that" });
            let started = start(comm, 1)?;
            drop(scope);
            comm.finish_exchange(started, &mut [0])
        });
        assert!(names.contains("this at") && names.contains("that at"), "{names}");
    }
}
