//! [`MpiCommunicator`]: one rank's end of a group of MPI processes.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::ffi::c_int;
use std::fmt;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::time::Duration;

use distarray_core::comm::{CallKind, Communicator, Memory, Message, Operation, ReduceOp, Started};
use distarray_core::{DType, Error, Result};
use mpi::ffi::MPI_Comm;

use crate::abort;
use crate::buffers::Buffers;
use crate::handle::Handle;
use crate::node::Neighbours;
use crate::pieces::LIMIT;
use crate::split_phase::Pending;
use crate::watched::Watched;

/// A group of MPI processes.
///
/// Two MPI communicators of the same ranks keep the users' own messages apart from the collectives.
pub(crate) struct MpiCommunicator {
    pub(crate) rank: usize,
    pub(crate) size: usize,
    /// Where the group is one that was split off: its ranks by their numbers in the program, and how
    /// many the program has.
    pub(crate) within: Option<(Vec<usize>, usize)>,
    /// Bytes that one call of MPI is given at most; the same on all ranks.
    pub(crate) limit: usize,
    pub(crate) collective: Handle,
    pub(crate) mail: Handle,
    /// The ranks with which this one shares memory, if there are any.
    pub(crate) neighbours: Option<Neighbours>,
    /// Exchanges so far: each has a number of its own, so that what one left behind is not taken for
    /// a message of the next.
    pub(crate) exchanges: Cell<u64>,
    /// Exchanges that have been started and not finished.
    pub(crate) started: RefCell<BTreeMap<u64, Pending>>,
    pub(crate) buffers: RefCell<Buffers>,
    /// What this rank sent to itself and has not received yet, by tag.
    pub(crate) kept: RefCell<BTreeMap<u16, VecDeque<Vec<u8>>>>,
    /// Where waits have a limit of time.
    pub(crate) watched: Option<Watched>,
}

impl MpiCommunicator {
    /// Our duplicate of a communicator. Collective over its ranks.
    ///
    /// # Safety
    /// The communicator is alive.
    pub(crate) unsafe fn duplicate(of: MPI_Comm, limit: usize) -> Result<Self> {
        // SAFETY: the caller vouches for it.
        Self::around(unsafe { Handle::duplicate(of) }?, limit)
    }

    /// Takes a communicator of ours. Collective over its ranks.
    pub(crate) fn around(collective: Handle, limit: usize) -> Result<Self> {
        // SAFETY: the handle is alive.
        let mail = unsafe { Handle::duplicate(collective.raw()) }?;
        let (rank, size) = collective.rank_and_size()?;
        Ok(Self::new(collective, mail, (rank, size), limit))
    }

    /// Lets ranks on one machine exchange through memory that they share, where all of them want to.
    /// Collective over its ranks.
    pub(crate) fn with_neighbours(mut self, wanted: bool) -> Result<Self> {
        self.neighbours = Neighbours::meet(&self.collective, wanted)?;
        Ok(self)
    }

    /// A communicator of ours whose owner cannot be reached, to meet the others once more; for
    /// collectives only. It is not freed.
    ///
    /// # Safety
    /// The communicator was made here, and outlives what is returned.
    pub(crate) unsafe fn lend(comm: MPI_Comm) -> Result<ManuallyDrop<Self>> {
        // SAFETY: the caller vouches for it.
        let handles = unsafe { [Handle::lend(comm), Handle::lend(comm)] };
        let place = handles[0].rank_and_size()?;
        let [collective, mail] = handles.map(ManuallyDrop::into_inner);
        Ok(ManuallyDrop::new(Self::new(collective, mail, place, LIMIT)))
    }

    fn new(collective: Handle, mail: Handle, (rank, size): (usize, usize), limit: usize) -> Self {
        Self {
            rank,
            size,
            within: None,
            limit,
            collective,
            mail,
            neighbours: None,
            exchanges: Cell::new(0),
            started: RefCell::default(),
            buffers: RefCell::default(),
            kept: RefCell::default(),
            watched: None,
        }
    }

    /// Passes on what went well. What failed ends the job where there are other ranks, since they
    /// may not know of it and wait.
    pub(crate) fn or_abort<T>(&self, outcome: Result<T>) -> Result<T> {
        match outcome {
            Err(error) if self.size > 1 => self.fail(&error),
            outcome => outcome,
        }
    }

    /// Ends the job with the error and the operation in which it came up.
    pub(crate) fn fail(&self, error: &Error) -> ! {
        abort::abort(&format!("{} (in {})", self.of_this_rank(error), Operation::current()))
    }

    /// The text of an error of this rank, which is named before it already.
    pub(crate) fn of_this_rank(&self, error: &Error) -> String {
        match error {
            Error::Rank { rank, message } if *rank == self.rank_in_program(self.rank) => {
                message.clone()
            }
            _ => error.to_string(),
        }
    }

    /// A rank as MPI takes it. A rank of this group fits.
    pub(crate) fn mpi_rank(&self, rank: usize) -> Result<c_int> {
        if rank < self.size {
            Ok(rank as c_int)
        } else {
            let message = format!("rank {rank} is outside the group of {} ranks", self.size);
            Err(Error::index(message))
        }
    }
}

impl fmt::Debug for MpiCommunicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MpiCommunicator {{ rank: {}, size: {} }}", self.rank, self.size)
    }
}

impl Communicator for MpiCommunicator {
    fn backend(&self) -> &'static str {
        "mpi"
    }

    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn rank_in_program(&self, rank: usize) -> usize {
        self.within.as_ref().map_or(rank, |(members, _)| members[rank])
    }

    fn program_size(&self) -> usize {
        self.within.as_ref().map_or(self.size, |(_, size)| *size)
    }

    fn exchange(&self, memory: Memory<'_>, sends: &[Message], receives: &[Message]) -> Result<()> {
        self.or_abort(self.carry_out(&memory, sends, receives))
    }

    fn start_exchange(
        &self,
        source: &[u8],
        sends: &[Message],
        receives: &[Message],
    ) -> Result<Started> {
        self.pass_by(CallKind::StartExchange)?;
        self.or_abort(self.start(source, sends, receives))
    }

    fn finish_exchange(&self, started: Started, target: &mut [u8]) -> Result<()> {
        self.doing(CallKind::FinishExchange, || self.or_abort(self.finish(&started, target)))
    }

    fn abandon_exchange(&self, started: Started) {
        self.doing(CallKind::FinishExchange, || self.abandon(&started));
    }

    fn split(&self, color: Option<usize>, key: usize) -> Result<Option<Rc<dyn Communicator>>> {
        let part = self.doing(CallKind::Split, || self.divide(color, key))?;
        Ok(part.map(|part| Rc::new(part) as Rc<dyn Communicator>))
    }

    fn send(&self, to: usize, tag: u16, bytes: &[u8]) -> Result<()> {
        self.pass_by(CallKind::Send { to, tag })?;
        self.post(to, tag, bytes)
    }

    fn receive(&self, from: usize, tag: u16) -> Result<Vec<u8>> {
        self.doing(CallKind::Receive { from, tag }, || self.fetch(from, tag))
    }

    fn abort(&self, message: &str) -> ! {
        abort::abort(message)
    }

    fn begin(&self) -> Result<()> {
        self.pass_by(CallKind::Begin)
    }

    fn barrier(&self) -> Result<()> {
        self.collective(CallKind::Barrier, |messages| match messages {
            Some(messages) => messages.barrier(),
            None => self.or_abort(self.meet_all()),
        })
    }

    /// As every collective here, takes it on trust that the ranks give the same length; under
    /// [`Checked`](distarray_core::comm::Checked) they compare it.
    fn broadcast(&self, root: usize, bytes: &mut [u8]) -> Result<()> {
        self.or_abort(self.mpi_rank(root))?;
        let kind = CallKind::Broadcast { root, bytes: bytes.len() };
        self.collective(kind, |messages| match messages {
            Some(messages) => messages.broadcast(root, bytes),
            None => self.or_abort(self.broadcast_pieces(root, bytes)),
        })
    }

    fn all_gather(&self, mine: &[u8], all: &mut [u8]) -> Result<()> {
        self.or_abort(self.check_room(mine.len(), all.len()))?;
        self.collective(CallKind::AllGather { bytes: mine.len() }, |messages| match messages {
            Some(messages) => messages.all_gather(mine, all),
            None => self.or_abort(self.gather_to_all(mine, all)),
        })
    }

    fn all_gather_within(
        &self,
        limit: Option<Duration>,
        mine: &[u8],
        all: &mut [u8],
    ) -> Result<bool> {
        self.or_abort(self.check_room(mine.len(), all.len()))?;
        self.or_abort(self.gather_within(limit, mine, all))
    }

    fn all_reduce(&self, dtype: DType, op: ReduceOp, values: &mut [u8]) -> Result<()> {
        let kind = CallKind::AllReduce { dtype, op, bytes: values.len() };
        self.doing(kind, || self.reduce_to_all(dtype, op, values))
    }

    fn as_dyn(&self) -> &dyn Communicator {
        self
    }
}
