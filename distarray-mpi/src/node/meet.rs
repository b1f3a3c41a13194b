//! The ranks of a machine agree on memory that they share.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::time::SystemTime;

use distarray_core::Result;
use distarray_core::comm::{Communicator, ReduceOp};

use super::segment::Segment;
use super::{Neighbours, Node};
use crate::communicator::MpiCommunicator;
use crate::handle::Handle;

/// What the lowest rank of a node tells the others of its memory: its process, the descriptor, and a
/// number that is in the memory too; or that there is none.
type Offer = [u64; 4];

impl Neighbours {
    /// The ranks that can share memory with this one, and that memory; none where no other can, or not all want to.
    /// Collective over the ranks of the communicator: a division, and six collectives of a few bytes
    /// on each node.
    ///
    /// # Errors
    /// Calls of MPI fail. That memory cannot be shared is none: the ranks of the node agree on it.
    pub(crate) fn meet(all: &Handle, wanted: bool) -> Result<Option<Self>> {
        let handle = all.split_by_node()?;
        let (rank, _) = all.rank_and_size()?;
        // SAFETY: the handle was just made, and outlives what is lent.
        let node = unsafe { MpiCommunicator::lend(handle.raw()) }?;
        let (place, size) = (node.rank, node.size);
        if size == 1 {
            return Ok(None);
        }
        let node = node.as_dyn();
        let ranks: Vec<u64> = node.all_gather_of(rank as u64)?;
        let (bytes, _) = Node::bytes(size);
        // The file stays open until all have opened it.
        let made = (place == 0 && wanted).then(|| offer(bytes)).flatten();
        let mut offer = made.as_ref().map_or([0; 4], |(_, _, offer)| *offer);
        for word in &mut offer {
            *word = node.broadcast_of(0, *word)?;
        }
        let segment = match made {
            Some((segment, file, _)) => Some((segment, Some(file))),
            None if place > 0 && wanted => accept(offer, bytes).map(|segment| (segment, None)),
            None => None,
        };
        let all_have = node.all_reduce_of(ReduceOp::Min, u64::from(segment.is_some()))? == 1;
        let Some((segment, _)) = segment.filter(|_| all_have) else { return Ok(None) };
        let (_, whole) = all.rank_and_size()?;
        let mut places = vec![None; whole];
        for (place, &rank) in ranks.iter().enumerate() {
            places[rank as usize] = Some(place);
        }
        // SAFETY: all ranks of the node have this segment, which was made for them alone.
        Ok(Some(Self::new(unsafe { Node::new(segment, size, place) }, places)))
    }
}

/// New memory, and what to tell of it.
fn offer(bytes: usize) -> Option<(Segment, File, Offer)> {
    let (segment, file) = Segment::create(bytes).ok()?;
    let process = u64::from(std::process::id());
    let time =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_nanos());
    let number = (process << 40) ^ time as u64;
    // SAFETY: the segment is longer, aligned to a page, and has no other user yet.
    unsafe { segment.start().cast::<u64>().write(number) };
    let offer = [1, process, file.as_raw_fd() as u64, number];
    Some((segment, file, offer))
}

/// The memory of another rank. Processes may have other numbers where ranks are in containers: the
/// number in the memory tells whether it is the right one.
fn accept([is_there, process, descriptor, number]: Offer, bytes: usize) -> Option<Segment> {
    if is_there == 0 {
        return None;
    }
    let (process, descriptor) = (u32::try_from(process).ok()?, i32::try_from(descriptor).ok()?);
    let segment = Segment::open(process, descriptor, bytes).ok()?;
    // SAFETY: the segment is longer, and aligned to a page; its number was written before the offer
    // was made, and is never written again.
    (unsafe { segment.start().cast::<u64>().read() } == number).then_some(segment)
}
