//! [`MpiCommunicator`]: one rank's end of a group of MPI processes.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::ffi::c_int;
use std::fmt;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::time::Duration;

use distarray_core::comm::{
    Call, CallKind, Communicator, Memory, Message, Operation, Plain, ReduceOp, is_timing, waiting,
};
use distarray_core::{DType, Error, Result};
use mpi::ffi::MPI_Comm;

use crate::abort;
use crate::buffers::Buffers;
use crate::handle::Handle;
use crate::pieces::LIMIT;
use crate::watch::{Wait, Watch};

/// A group of MPI processes.
///
/// Two MPI communicators of the same ranks keep the users' own messages apart from the collectives.
pub(crate) struct MpiCommunicator {
    pub(crate) rank: usize,
    pub(crate) size: usize,
    /// Bytes that one call of MPI is given at most; the same on all ranks.
    pub(crate) limit: usize,
    pub(crate) collective: Handle,
    pub(crate) mail: Handle,
    /// Exchanges so far: each has a tag of its own, so that what one left behind is not taken for
    /// a message of the next.
    pub(crate) exchanges: Cell<u16>,
    pub(crate) buffers: RefCell<Buffers>,
    /// What this rank sent to itself and has not received yet, by tag.
    pub(crate) kept: RefCell<BTreeMap<u16, VecDeque<Vec<u8>>>>,
    pub(crate) watched: Option<Watched>,
}

/// What a watch needs to know of a group.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) watch: Rc<Watch>,
    /// The ranks of the group by their numbers in the world.
    pub(crate) members: Vec<usize>,
    /// The collective whose messages are on their way.
    doing: Cell<Option<CallKind>>,
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

    fn around(collective: Handle, limit: usize) -> Result<Self> {
        // SAFETY: the handle is alive.
        let mail = unsafe { Handle::duplicate(collective.raw()) }?;
        let (rank, size) = collective.rank_and_size()?;
        Ok(Self::new(collective, mail, (rank, size), limit))
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

    /// The communicator under a watch. Collective, over all its ranks.
    pub(crate) fn watched_by(mut self, watch: &Rc<Watch>) -> Result<Self> {
        // Everyone comes here at once, so that nobody is waited for without a watch.
        let members = self.as_dyn().all_gather_of(watch.rank() as u64)?;
        let members = members.into_iter().map(|rank| rank as usize).collect();
        let watch = Rc::clone(watch);
        self.watched = Some(Watched { watch, members, doing: Cell::new(None) });
        Ok(self)
    }

    /// Under a watch, does a collective by messages: only those can be waited for with a limit.
    fn by_messages(
        &self,
        kind: CallKind,
        run: impl FnOnce(Plain<&Self>) -> Result<()>,
    ) -> Option<Result<()>> {
        let watched = self.watched.as_ref()?;
        watched.doing.set(Some(kind));
        let outcome = run(Plain(self));
        watched.doing.set(None);
        Some(outcome)
    }

    /// Before a collective of MPI's own, while a trace is recorded: waits for the others apart from
    /// the transfer.
    fn meet_first(&self) -> Result<()> {
        match is_timing() {
            true => waiting(|| self.meet_all()),
            false => Ok(()),
        }
    }

    fn new(collective: Handle, mail: Handle, (rank, size): (usize, usize), limit: usize) -> Self {
        Self {
            rank,
            size,
            limit,
            collective,
            mail,
            exchanges: Cell::new(0),
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
        abort::abort(&format!("{error} (in {})", Operation::current()))
    }

    /// Waits until `ready` gives something: under a watch by asking it again and again, where its
    /// limit of time counts; else it waits itself. The peers are ranks of this group.
    pub(crate) fn wait<T>(
        &self,
        kind: CallKind,
        peers: &dyn Fn() -> Vec<usize>,
        block: impl FnOnce() -> Result<T>,
        ready: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let Some(watched) = &self.watched else { return waiting(block) };
        let kind = watched.doing.get().unwrap_or(kind);
        let call = Call::now(kind);
        let place = || format!("in {call}");
        let peers = || peers().into_iter().map(|peer| watched.members[peer]).collect();
        waiting(|| watched.watch.wait(&Wait { place: &place, peers: &peers }, ready))
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

    fn exchange(&self, memory: Memory<'_>, sends: &[Message], receives: &[Message]) -> Result<()> {
        self.or_abort(self.carry_out(&memory, sends, receives))
    }

    /// Colours and keys of all ranks are gathered first, as MPI takes no numbers beyond `c_int`.
    fn split(&self, color: Option<usize>, key: usize) -> Result<Option<Rc<dyn Communicator>>> {
        let wish = [u64::from(color.is_some()), color.unwrap_or(0) as u64, key as u64];
        let mine: Vec<u8> = wish.iter().flat_map(|word| word.to_ne_bytes()).collect();
        let mut all = vec![0; mine.len() * self.size];
        self.all_gather(&mine, &mut all)?;
        let wishes: Vec<&[u8]> = all.chunks_exact(mine.len()).collect();
        // Any number that is the same for equal colours and no others: the first rank of a colour.
        let color_of = |wish: &[u8]| wishes.iter().position(|other| other[..16] == wish[..16]);
        let color = color.and_then(|_| color_of(&mine)).map(|first| first as c_int);
        let key_of = |rank: usize| {
            let bytes = wishes[rank].last_chunk::<8>().copied().unwrap_or_default();
            (u64::from_ne_bytes(bytes), rank)
        };
        let key = (0..self.size).filter(|&rank| key_of(rank) < key_of(self.rank)).count();
        let part = self.or_abort(self.collective.split(color, key as c_int))?;
        let part = part.map(|part| {
            let part = Self::around(part, self.limit)?;
            match &self.watched {
                Some(watched) => part.watched_by(&watched.watch),
                None => Ok(part),
            }
        });
        Ok(self.or_abort(part.transpose())?.map(|part| Rc::new(part) as Rc<dyn Communicator>))
    }

    fn send(&self, to: usize, tag: u16, bytes: &[u8]) -> Result<()> {
        self.post(to, tag, bytes)
    }

    fn receive(&self, from: usize, tag: u16) -> Result<Vec<u8>> {
        self.fetch(from, tag)
    }

    fn abort(&self, message: &str) -> ! {
        abort::abort(message)
    }

    fn barrier(&self) -> Result<()> {
        if let Some(outcome) = self.by_messages(CallKind::Barrier, |plain| plain.barrier()) {
            return outcome;
        }
        self.or_abort(waiting(|| self.meet_all()))
    }

    fn broadcast(&self, root: usize, bytes: &mut [u8]) -> Result<()> {
        self.mpi_rank(root)?;
        let kind = CallKind::Broadcast { root, bytes: bytes.len() };
        if let Some(outcome) = self.by_messages(kind, |plain| plain.broadcast(root, bytes)) {
            return outcome;
        }
        self.or_abort(self.meet_first().and_then(|()| self.broadcast_pieces(root, bytes)))
    }

    fn all_gather(&self, mine: &[u8], all: &mut [u8]) -> Result<()> {
        self.check_room(mine.len(), all.len())?;
        let kind = CallKind::AllGather { bytes: mine.len() };
        if let Some(outcome) = self.by_messages(kind, |plain| plain.all_gather(mine, all)) {
            return outcome;
        }
        self.or_abort(self.meet_first().and_then(|()| self.gather_to_all(mine, all)))
    }

    fn all_gather_within(
        &self,
        limit: Option<Duration>,
        mine: &[u8],
        all: &mut [u8],
    ) -> Result<bool> {
        self.check_room(mine.len(), all.len())?;
        self.or_abort(self.gather_within(limit, mine, all))
    }

    fn all_reduce(&self, dtype: DType, op: ReduceOp, values: &mut [u8]) -> Result<()> {
        let kind = CallKind::AllReduce { dtype, op, bytes: values.len() };
        if let Some(outcome) = self.by_messages(kind, |plain| plain.all_reduce(dtype, op, values)) {
            return outcome;
        }
        self.or_abort(self.meet_first())?;
        self.reduce_to_all(dtype, op, values)
    }

    fn as_dyn(&self) -> &dyn Communicator {
        self
    }
}
