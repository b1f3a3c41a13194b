//! Lists of numbers that ranks send each other without expecting them: what the holders of indices
//! ask of the owners of elements.
//!
//! Ranks first tell each other how much is to come, in `ceil(log2(ranks))` small messages each; then
//! only those that have something to say to each other exchange it.

use std::collections::BTreeMap;

use crate::comm::{Communicator, Memory, Message};
use crate::element::{as_bytes, as_bytes_mut};
use crate::error::Result;

/// Sends each peer its list; what the others have sent to this rank, by rank. Collective.
///
/// Empty lists are not sent. `ceil(log2(ranks))` messages of `4 * ranks` bytes for the lengths, then
/// one message of eight bytes a number to each peer.
pub(crate) fn exchange_lists(
    comm: &dyn Communicator,
    lists: &BTreeMap<usize, Vec<u64>>,
) -> Result<BTreeMap<usize, Vec<u64>>> {
    let mut lengths = vec![0; comm.size()];
    for (&peer, list) in lists {
        lengths[peer] = list.len() as u64;
    }
    let lengths = all_to_all(comm, lengths)?;
    let sent: Vec<u64> = lists.values().flatten().copied().collect();
    let mut received = vec![0; lengths.iter().sum::<u64>() as usize];
    let sends = messages(lists.iter().map(|(&peer, list)| (peer, list.len())));
    let expected = lengths.iter().map(|&length| length as usize).enumerate();
    let receives = messages(expected.clone());
    // SAFETY: any bytes make numbers.
    let memory = Memory::between(as_bytes(&sent), unsafe { as_bytes_mut(&mut received) });
    comm.exchange(memory, &sends, &receives)?;
    let mut rest = &received[..];
    let mut found = BTreeMap::new();
    for (peer, length) in expected.filter(|(_, length)| *length > 0) {
        let (list, others) = rest.split_at(length);
        found.insert(peer, list.to_vec());
        rest = others;
    }
    Ok(found)
}

/// One message of so many numbers for each peer, side by side in memory.
fn messages(lists: impl Iterator<Item = (usize, usize)>) -> Vec<Message> {
    let mut start = 0;
    let mut messages = Vec::new();
    for (peer, length) in lists.filter(|(_, length)| *length > 0) {
        let end = start + length * size_of::<u64>();
        messages.push(Message::contiguous(peer, start..end));
        start = end;
    }
    messages
}

/// One number to and from every rank: what `numbers` has at a rank's place goes there; gives what
/// each rank has sent.
///
/// Numbers travel by the binary digits of their distance, many in one message (Bruck et al.,
/// *Efficient Algorithms for All-to-All Communications in Multiport Message-Passing Systems*, 1997).
fn all_to_all(comm: &dyn Communicator, numbers: Vec<u64>) -> Result<Vec<u64>> {
    let (rank, size) = (comm.rank(), comm.size());
    // By distance: what is for the rank so many places on.
    let mut by_distance: Vec<u64> = (0..size).map(|far| numbers[(rank + far) % size]).collect();
    let mut step = 1;
    while step < size {
        let travels: Vec<usize> = (0..size).filter(|far| far & step != 0).collect();
        let sent: Vec<u64> = travels.iter().map(|&far| by_distance[far]).collect();
        let mut received = vec![0_u64; sent.len()];
        let bytes = 0..sent.len() * size_of::<u64>();
        let to = Message::contiguous((rank + step) % size, bytes.clone());
        let from = Message::contiguous((rank + size - step) % size, bytes);
        // SAFETY: any bytes make numbers.
        let memory = Memory::between(as_bytes(&sent), unsafe { as_bytes_mut(&mut received) });
        comm.exchange(memory, &[to], &[from])?;
        for (far, number) in travels.into_iter().zip(received) {
            by_distance[far] = number;
        }
        step *= 2;
    }
    Ok((0..size).map(|peer| by_distance[(rank + size - peer) % size]).collect())
}
