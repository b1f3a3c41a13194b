//! A rank's part in a program.

use std::rc::Rc;

use distarray_core::comm::{Communicator, Memory, Message, ReduceOp};
use distarray_core::{DType, Result};

use super::{Call, Program};

/// Does what the program says for this rank, and checks what comes.
pub(crate) fn perform(program: &Program, comm: Rc<dyn Communicator>) -> Result<()> {
    let rank = comm.rank();
    let mut groups = vec![Rc::clone(&comm)];
    for split in &program.splits {
        let (color, key) = split[rank];
        groups.push(comm.split(Some(color), key)?.expect("each has a colour"));
    }
    program.calls[rank].iter().try_for_each(|call| perform_call(&groups, call))
}

fn perform_call(groups: &[Rc<dyn Communicator>], call: &Call) -> Result<()> {
    match call {
        Call::Barrier { group } => groups[*group].barrier(),
        Call::Gather { group, bytes } => {
            let comm = &*groups[*group];
            let mut all = vec![0; bytes * comm.size()];
            comm.all_gather(&vec![comm.rank() as u8; *bytes], &mut all)?;
            let mut parts = all.chunks(*bytes).enumerate();
            assert!(parts.all(|(rank, part)| part.iter().all(|&byte| byte == rank as u8)));
            Ok(())
        }
        Call::Broadcast { group, root, bytes } => {
            let comm = &*groups[*group];
            let mut all = vec![comm.rank() as u8; *bytes];
            comm.broadcast(*root, &mut all)?;
            assert!(all.iter().all(|&byte| byte == *root as u8));
            Ok(())
        }
        Call::Reduce { group, elements } => {
            let comm = &*groups[*group];
            let mut values = vec![1; *elements];
            comm.all_reduce(DType::U8, ReduceOp::Sum, &mut values)?;
            assert!(values.iter().all(|&value| value == comm.size() as u8));
            Ok(())
        }
        Call::Split { group, parts } => {
            let comm = &*groups[*group];
            let part = comm.split(Some(comm.rank() % parts), 0)?.expect("each has a colour");
            part.barrier()
        }
        Call::Exchange { group, sends, receives } => exchange(&*groups[*group], sends, receives),
        Call::Send { group, to, tag, number } => {
            groups[*group].send(*to, *tag, &number.to_le_bytes())
        }
        Call::Receive { group, from, tag, number } => {
            assert_eq!(groups[*group].receive(*from, *tag)?, number.to_le_bytes());
            Ok(())
        }
        Call::Compute { steps } => {
            (0..*steps).for_each(|_| std::thread::yield_now());
            Ok(())
        }
    }
}

fn exchange(
    comm: &dyn Communicator,
    sends: &[(usize, usize)],
    receives: &[(usize, usize)],
) -> Result<()> {
    let longest = sends.iter().map(|&(_, bytes)| bytes).max().unwrap_or(0);
    let mut source = vec![comm.rank() as u8; longest];
    let total = receives.iter().map(|&(_, bytes)| bytes).sum();
    let mut target = vec![99; total];
    let sends: Vec<_> =
        sends.iter().map(|&(peer, bytes)| Message::contiguous(peer, 0..bytes)).collect();
    let mut start = 0;
    let place = |&(peer, bytes): &(usize, usize)| {
        start += bytes;
        Message::contiguous(peer, start - bytes..start)
    };
    let places: Vec<_> = receives.iter().map(place).collect();
    comm.exchange(Memory::between(&source, &mut target), &sends, &places)?;
    // A receiver that came later would see it.
    source.fill(98);
    let mut target = &target[..];
    for &(peer, bytes) in receives {
        let (part, rest) = target.split_at(bytes);
        assert!(part.iter().all(|&byte| byte == peer as u8));
        target = rest;
    }
    Ok(())
}
