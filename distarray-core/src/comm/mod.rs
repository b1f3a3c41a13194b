//! How ranks talk: the [`Communicator`] that a backend implements, and what stands on it.
//!
//! A communicator is one rank's end of a group. Its operations are *collective*: every rank of the
//! group enters the same ones in the same order; only [`send`](Communicator::send) and
//! [`receive`](Communicator::receive) are between two ranks alone.
//!
//! Few methods are required. The collectives have default algorithms over
//! [`exchange`](Communicator::exchange), which a backend overrides where it has better ones. Typed
//! calls are methods of `dyn Communicator`, so that nothing needs to be generic over the backend.
//!
//! The rules, and why:
//! - A rank is a thread: handles are not `Send`, so two threads cannot enter one group's
//!   collectives, and MPI needs no more than its funneled threading level.
//! - Bytes travel, with the element type as data: one compiled copy serves all element types.
//! - `exchange` says where elements lie on both sides instead of taking packed buffers, so that
//!   threads copy once, from owner to destination, and MPI packs only what is not contiguous.
//! - Callers validate; a backend checks only what keeps memory sound and ranks from hanging.

mod agree;
mod arguments;
mod budget;
mod call;
mod checked;
mod collectives;
mod copy;
mod excerpt;
mod instruments;
mod layered;
mod layout;
mod memory;
mod name;
mod operation;
mod plain;
mod reduce_op;
mod solo;
mod started;
mod trace;
mod typed;

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

pub use agree::{naming, on_ranks};
pub use arguments::Arguments;
pub(crate) use arguments::NOTED;
pub(crate) use budget::under_budget;
pub use budget::within_budget;
pub use call::{Call, CallKind};
pub use checked::Checked;
pub(crate) use copy::copy_strided;
pub use copy::{Cursor, copy_layouts, copy_piece};
pub use instruments::Instruments;
pub use layered::{Layer, Layered, Step};
pub use layout::{Layout, Run};
pub use memory::Memory;
pub use operation::{Operation, OperationScope};
pub use plain::Plain;
pub use reduce_op::ReduceOp;
pub use solo::Solo;
pub use started::{Staged, Started};
pub use trace::{Event, Recording, Trace, is_timing, waiting};

use crate::element::DType;
use crate::error::Result;

/// One message of an exchange: the peer, and where its elements lie on this side.
///
/// The parts are read (or filled) one after the other, each in C order; both sides of a message
/// hold the same number of elements of the same size.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The other rank; one's own is allowed and is a copy within the rank.
    pub peer: usize,
    /// Where the elements lie, in bytes from the start of the exchange's memory.
    pub parts: Vec<Layout>,
}

impl Message {
    /// A message of one contiguous piece of memory.
    ///
    /// ```
    /// use distarray_core::comm::Message;
    ///
    /// assert_eq!(Message::contiguous(1, 8..24).bytes(), 16);
    /// ```
    pub fn contiguous(peer: usize, bytes: std::ops::Range<usize>) -> Self {
        Self { peer, parts: vec![Layout::contiguous(bytes)] }
    }

    /// Bytes of all elements.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(Layout::bytes).sum()
    }
}

/// One rank's end of a group of ranks.
///
/// ```
/// use distarray_core::comm::{Communicator, ReduceOp, Solo};
///
/// let solo: &dyn Communicator = &Solo;
/// assert_eq!((solo.rank(), solo.size()), (0, 1));
/// assert_eq!(solo.all_reduce_of(ReduceOp::Sum, 2.5)?, 2.5);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub trait Communicator: fmt::Debug {
    /// The backend's name: `"solo"`, `"threads"`, `"mpi"`.
    fn backend(&self) -> &'static str;

    /// This rank, from 0 to `size() - 1`.
    fn rank(&self) -> usize;

    /// The number of ranks in the group.
    fn size(&self) -> usize;

    /// The number that a rank of this group has in the program: in the group that all ranks were
    /// started with. Errors name ranks by it.
    ///
    /// ```
    /// use distarray_core::comm::{Communicator, Solo};
    ///
    /// assert_eq!((Solo.rank_in_program(0), Solo.program_size()), (0, 1));
    /// ```
    fn rank_in_program(&self, rank: usize) -> usize {
        rank
    }

    /// The number of ranks that the program was started with.
    fn program_size(&self) -> usize {
        self.size()
    }

    /// Sends and receives any number of messages, at most one to and one from each rank.
    ///
    /// Collective: every rank calls it, be it with nothing to send. Every message sent is received
    /// by its peer in the same exchange with the same number of bytes. Received bytes are written
    /// nowhere but to the places that the layouts name. Returns when this rank's memory is neither
    /// read nor written any more.
    ///
    /// # Errors
    /// A rank that failed, left, or is in another operation; a message that its peer does not expect.
    fn exchange(&self, memory: Memory<'_>, sends: &[Message], receives: &[Message]) -> Result<()>;

    /// Starts an exchange: copies what this rank sends, and need not wait for anyone. The source may
    /// change afterwards. What is received is written when the exchange is
    /// [finished](Self::finish_exchange), to the memory given there.
    ///
    /// Collective. Every rank finishes or [abandons](Self::abandon_exchange) what it has started, in
    /// the same place among its collectives. The default sends nothing before that.
    ///
    /// # Errors
    /// As [`exchange`](Self::exchange).
    fn start_exchange(
        &self,
        source: &[u8],
        sends: &[Message],
        receives: &[Message],
    ) -> Result<Started> {
        started::start(source, sends, receives)
    }

    /// Waits for what a started exchange receives, and writes it to its places in `target`.
    ///
    /// # Errors
    /// As [`exchange`](Self::exchange); the exchange was started with another communicator.
    fn finish_exchange(&self, started: Started, target: &mut [u8]) -> Result<()> {
        started::finish(self.as_dyn(), started, target)
    }

    /// Gives up a started exchange: what it would receive is thrown away.
    fn abandon_exchange(&self, started: Started) {
        drop(started);
    }

    /// Divides the group: ranks of equal colour form a new one, ordered by key, then by rank.
    /// `None` as colour joins none and gets `None`. Collective over this group.
    fn split(&self, color: Option<usize>, key: usize) -> Result<Option<Rc<dyn Communicator>>>;

    /// Sends bytes to one rank, which receives them with the same tag. May return before they
    /// have arrived. Not collective; for local code of users.
    fn send(&self, to: usize, tag: u16, bytes: &[u8]) -> Result<()>;

    /// The bytes that one rank sent with this tag, in the order sent. Waits for them.
    fn receive(&self, from: usize, tag: u16) -> Result<Vec<u8>>;

    /// Ends the whole program, on all ranks, after an error that cannot be shared otherwise.
    fn abort(&self, message: &str) -> !;

    /// Called at the begin of every operation on arrays, those that send nothing included. A
    /// communicator that compares what the ranks do compares it here; others do nothing.
    ///
    /// # Errors
    /// The ranks are not in the same operation.
    fn begin(&self) -> Result<()> {
        Ok(())
    }

    /// Returns when every rank has called it.
    fn barrier(&self) -> Result<()> {
        collectives::barrier(self.as_dyn())
    }

    /// Copies the root's bytes to every rank; the length is the same on all.
    fn broadcast(&self, root: usize, bytes: &mut [u8]) -> Result<()> {
        collectives::broadcast(self.as_dyn(), root, bytes)
    }

    /// Every rank's bytes, in rank order, on every rank; `all` is `size()` times as long as `mine`,
    /// which is equally long on all ranks.
    fn all_gather(&self, mine: &[u8], all: &mut [u8]) -> Result<()> {
        collectives::all_gather(self.as_dyn(), mine, all)
    }

    /// As [`all_gather`](Self::all_gather), given up after a while: `false` where the others have not
    /// come by then. Nothing more can be sent in the group after that. Every rank of the group calls
    /// this one, with a limit or without. A backend whose ranks never wait in vain has none to keep.
    ///
    /// # Errors
    /// As [`all_gather`](Self::all_gather).
    fn all_gather_within(
        &self,
        _limit: Option<Duration>,
        mine: &[u8],
        all: &mut [u8],
    ) -> Result<bool> {
        self.all_gather(mine, all).map(|()| true)
    }

    /// Combines the ranks' elements place by place; every rank gets the same bits.
    ///
    /// The default combines in rank order. Floating-point results of another algorithm may differ
    /// in the last bits, but never between ranks.
    fn all_reduce(&self, dtype: DType, op: ReduceOp, values: &mut [u8]) -> Result<()> {
        collectives::all_reduce(self.as_dyn(), dtype, op, values)
    }

    /// The communicator as an object, for the algorithms that default methods call.
    fn as_dyn(&self) -> &dyn Communicator;
}
