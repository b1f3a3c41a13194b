//! Calls of a communicator with messages of more than 2^31 and 2^32 bytes.

use distarray::comm::{Communicator, Memory, Message, Plain, ReduceOp};
use distarray::prelude::*;

use crate::Large;
use crate::arrays::{BEYOND_31_BITS, BEYOND_32_BITS};
use crate::elements::{check, element, fill};
use crate::room::Room;

/// One message from rank 0 to rank 1, which lies at an odd place on either side.
pub(crate) fn exchanges() -> Large {
    Large { ranks: 2, room: Room::memory(9), program: exchange }
}

fn exchange(ctx: &Context) -> Result<()> {
    let (comm, length) = (ctx.communicator()?, BEYOND_32_BITS);
    if comm.rank() == 0 {
        let mut source = vec![0; length + 3];
        fill(&mut source[3..], 0, 1);
        let message = Message::contiguous(1, 3..length + 3);
        return comm.exchange(Memory::between(&source, &mut []), &[message], &[]);
    }
    let mut target = vec![255; length + 2];
    let message = Message::contiguous(0, 1..length + 1);
    comm.exchange(Memory::between(&[], &mut target), &[], &[message])?;
    assert_eq!((target[0], target[length + 1]), (255, 255));
    check(&target[1..=length], 0, 1);
    Ok(())
}

/// By the backend, and by the default algorithm over `exchange`.
pub(crate) fn broadcasts() -> Large {
    Large { ranks: 2, room: Room::memory(9), program: broadcast }
}

fn broadcast(ctx: &Context) -> Result<()> {
    let comm = ctx.communicator()?;
    let mut bytes = vec![0; BEYOND_32_BITS];
    if comm.rank() == 1 {
        fill(&mut bytes, 0, 1);
    }
    comm.broadcast(1, &mut bytes)?;
    check(&bytes, 0, 1);
    if comm.rank() == 0 {
        fill(&mut bytes, 7, 1);
    }
    Plain(comm).broadcast(0, &mut bytes)?;
    check(&bytes, 7, 1);
    Ok(())
}

/// From two ranks, none of which has as much.
pub(crate) fn gathers_to_all() -> Large {
    Large { ranks: 2, room: Room::memory(7), program: gather_to_all }
}

fn gather_to_all(ctx: &Context) -> Result<()> {
    let comm = ctx.communicator()?;
    let length = BEYOND_31_BITS.div_ceil(comm.size());
    let mut mine = vec![0; length];
    fill(&mut mine, comm.rank() * length, 1);
    let mut all = vec![0; length * comm.size()];
    comm.all_gather(&mine, &mut all)?;
    check(&all, 0, 1);
    all.fill(0);
    Plain(comm).all_gather(&mine, &mut all)?;
    check(&all, 0, 1);
    Ok(())
}

/// Elements whose sums wrap, as those of bytes do.
pub(crate) fn reduces_to_all() -> Large {
    Large { ranks: 2, room: Room::memory(7), program: reduce_to_all }
}

fn reduce_to_all(ctx: &Context) -> Result<()> {
    let comm = ctx.communicator()?;
    let mut values = vec![0; BEYOND_31_BITS];
    fill(&mut values, 0, 1);
    if comm.rank() == 1 {
        values.fill(3);
    }
    comm.all_reduce(DType::U8, ReduceOp::Max, &mut values)?;
    let at = [0, 2, 3, 5, (1 << 31) - 1, 1 << 31, BEYOND_31_BITS - 1];
    assert_eq!(at.map(|at| values[at]), at.map(|at| element(at).max(3)));
    // As many threes as there are elements below three.
    let threes = values.iter().filter(|&&value| value == 3).count();
    let expected = (0..BEYOND_31_BITS % 251).filter(|&rest| rest <= 3).count();
    assert_eq!(threes, BEYOND_31_BITS / 251 * 4 + expected);
    Ok(())
}

/// A message from one rank to another.
pub(crate) fn mails() -> Large {
    Large { ranks: 2, room: Room::memory(5), program: mail }
}

fn mail(ctx: &Context) -> Result<()> {
    let comm = ctx.communicator()?;
    if comm.rank() == 0 {
        let mut bytes = vec![0; BEYOND_31_BITS];
        fill(&mut bytes, 0, 1);
        return comm.send(1, 0, &bytes);
    }
    let bytes = comm.receive(0, 0)?;
    assert_eq!(bytes.len(), BEYOND_31_BITS);
    check(&bytes, 0, 1);
    Ok(())
}
