//! Messages of users from one rank to another.

use distarray_core::comm::{Communicator, Plain};
use distarray_core::{Error, Result};

use super::{Case, Comm};

pub(super) const CASES: &[Case] = &[
    ("everyone_sends_first_and_receives_afterwards", everyone_sends_first),
    ("messages_arrive_in_order_by_tag", messages_arrive_in_order_by_tag),
    ("messages_to_oneself", messages_to_oneself),
    ("messages_do_not_meet_collectives", messages_do_not_meet_collectives),
    ("messages_outlive_the_senders_group", messages_outlive_the_senders_group),
    ("ranks_outside_the_group_are_refused", ranks_outside_the_group_are_refused),
];

fn content(from: usize, to: usize, length: usize) -> Vec<u8> {
    (0..length).map(|at| (from * 3 + to * 5 + at) as u8).collect()
}

pub(super) fn exchange_with_all(comm: Comm<'_>, lengths: &[usize]) -> Result<()> {
    let me = comm.rank();
    for &length in lengths {
        for to in 0..comm.size() {
            comm.send(to, 7, &content(me, to, length))?;
        }
        for from in (0..comm.size()).rev() {
            assert!(comm.receive(from, 7)? == content(from, me, length), "{length} from {from}");
        }
    }
    Ok(())
}

fn everyone_sends_first(comm: Comm<'_>) -> Result<()> {
    exchange_with_all(comm, &[0, 1, 1000, 3 << 20])
}

fn messages_arrive_in_order_by_tag(comm: Comm<'_>) -> Result<()> {
    let (next, size) = ((comm.rank() + 1) % comm.size(), comm.size());
    let before = (comm.rank() + size - 1) % size;
    for number in 0..50_u8 {
        comm.send(next, u16::MAX, &[number])?;
        comm.send(next, 0, &vec![number; 100_000])?;
    }
    for number in 0..50_u8 {
        assert!(comm.receive(before, 0)? == vec![number; 100_000]);
    }
    for number in 0..50_u8 {
        assert_eq!(comm.receive(before, u16::MAX)?, [number]);
    }
    Ok(())
}

fn messages_to_oneself(comm: Comm<'_>) -> Result<()> {
    let me = comm.rank();
    comm.send(me, 1, b"first")?;
    comm.send(me, 2, b"other")?;
    comm.send(me, 1, b"second")?;
    assert_eq!(comm.receive(me, 1)?, b"first");
    assert_eq!(comm.receive(me, 1)?, b"second");
    assert_eq!(comm.receive(me, 2)?, b"other");
    let error = comm.receive(me, 1).unwrap_err();
    assert!(matches!(error, Error::Rank { rank, .. } if rank == me), "{error}");
    Ok(())
}

fn messages_do_not_meet_collectives(comm: Comm<'_>) -> Result<()> {
    let size = comm.size();
    let (next, before) = ((comm.rank() + 1) % size, (comm.rank() + size - 1) % size);
    // The tags of the next exchanges, whatever they are.
    for tag in 0..200 {
        comm.send(next, tag, &[1; 8])?;
    }
    for _ in 0..5 {
        assert_eq!(comm.all_gather_of(comm.rank() as u8)?.len(), size);
        Plain(comm).barrier()?;
    }
    for tag in 0..200 {
        assert_eq!(comm.receive(before, tag)?, [1; 8]);
    }
    Ok(())
}

fn messages_outlive_the_senders_group(comm: Comm<'_>) -> Result<()> {
    let part = comm.split(Some(0), 0)?.expect("every rank has a colour");
    let sends = comm.rank() == 0 && comm.size() > 1;
    if sends {
        part.send(comm.size() - 1, 3, &content(0, 1, 5 << 20))?;
        drop(part);
        return comm.barrier();
    }
    comm.barrier()?;
    if comm.size() > 1 && comm.rank() == comm.size() - 1 {
        assert!(part.receive(0, 3)? == content(0, 1, 5 << 20));
    }
    Ok(())
}

fn ranks_outside_the_group_are_refused(comm: Comm<'_>) -> Result<()> {
    let size = comm.size();
    let text = format!("rank {size} is outside the group of {size} ranks");
    assert_eq!(comm.send(size, 0, &[]).unwrap_err().to_string(), text);
    assert_eq!(comm.receive(size, 0).unwrap_err().to_string(), text);
    Ok(())
}
