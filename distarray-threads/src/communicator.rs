//! [`Member`]: one rank's end of one group, and the steps that every collective is made of.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use distarray_core::comm::{Call, CallKind, Communicator, Memory, Message, ReduceOp, Started};
use distarray_core::{DType, Error, Result};

use crate::condition::{Condition, Source};
use crate::group::Group;
use crate::local::Local;
use crate::page::{PAGES, Page};
use crate::run::Abort;
use crate::split_phase::{self, SplitPhase};
use crate::wait::announce;
use crate::world::Failure;

/// A rank in a group.
pub(crate) struct Member {
    pub(crate) local: Rc<Local>,
    pub(crate) group: Arc<Group>,
    /// The number in the group.
    pub(crate) rank: usize,
    /// The number of the next collective.
    next: Cell<u64>,
    /// So many collectives every rank of the group was seen to have entered.
    entered_by_all: Cell<u64>,
    pub(crate) split_phase: SplitPhase,
}

impl Member {
    pub(crate) fn new(local: Rc<Local>, group: Arc<Group>, rank: usize) -> Self {
        Self {
            local,
            group,
            rank,
            next: Cell::new(0),
            entered_by_all: Cell::new(0),
            split_phase: SplitPhase::default(),
        }
    }

    /// The ranks of the group from the next one on, without this one. Everyone begins elsewhere,
    /// so that not all read from one rank at the same time.
    pub(crate) fn others(&self) -> impl Iterator<Item = usize> + use<> {
        let size = self.group.members.len();
        (self.rank + 1..size).chain(0..self.rank)
    }

    /// Shows the others what this rank does in its next collective; gives the collective's number.
    pub(crate) fn enter(&self, call: &Call, fill: impl FnOnce(&mut Page)) -> Result<u64> {
        self.local.check(call)?;
        let sequence = self.next.get();
        // The page is used again when all have finished what was on it.
        if sequence >= self.entered_by_all.get() + PAGES - 1 {
            self.await_all(sequence - (PAGES - 1), call)?;
        }
        // SAFETY: this is the seat's rank, it counts its collectives in `next`, and everyone has
        // entered the one that was just waited for, now or when `entered_by_all` was noted.
        unsafe { self.group.seats[self.rank].publish(sequence, *call, fill) };
        self.next.set(sequence + 1);
        announce();
        let world = &self.local.world;
        for &member in &self.group.members {
            world.sleeper(member).wake_from(Source::Rank(self.local.rank));
        }
        Ok(sequence)
    }

    /// Waits until the peer has entered a collective.
    pub(crate) fn await_entry(&self, peer: usize, sequence: u64, call: &Call) -> Result<()> {
        if self.group.seats[peer].entered() > sequence {
            return Ok(());
        }
        self.wait(Condition::Entry { peer, sequence }, call)
    }

    /// Waits until the condition holds; see [`Local::wait`].
    pub(crate) fn wait(&self, condition: Condition, call: &Call) -> Result<()> {
        self.local.wait(&self.group, self.rank, condition, call)
    }

    /// Waits until every rank has entered a collective.
    fn await_all(&self, sequence: u64, call: &Call) -> Result<()> {
        for peer in self.others() {
            self.await_entry(peer, sequence, call)?;
        }
        self.entered_by_all.set(sequence + 1);
        Ok(())
    }

    /// Waits until every rank has entered this collective, and sees that all are in the same one.
    pub(crate) fn meet(&self, sequence: u64, call: &Call) -> Result<()> {
        for peer in self.others() {
            self.await_entry(peer, sequence, call)?;
            self.compare(peer, sequence, call)?;
        }
        self.entered_by_all.set(sequence + 1);
        Ok(())
    }

    /// Waits until the peer has entered this collective, and sees that it is in the same one.
    pub(crate) fn meet_peer(&self, peer: usize, sequence: u64, call: &Call) -> Result<&Page> {
        self.await_entry(peer, sequence, call)?;
        self.compare(peer, sequence, call)
    }

    fn compare(&self, peer: usize, sequence: u64, call: &Call) -> Result<&Page> {
        // SAFETY: the peer was seen to have entered, and this rank is in that collective. The page
        // is not kept beyond it: all who call this return from the collective by then.
        let page = unsafe { self.group.seats[peer].page(sequence) };
        if page.call.is_like(call) {
            return Ok(page);
        }
        Err(self.mismatch(peer, sequence, call, &page.call))
    }

    /// Stops everyone because the peer is in another collective.
    fn mismatch(&self, peer: usize, sequence: u64, mine: &Call, theirs: &Call) -> Error {
        // In the same order whichever of the two finds it.
        let ((low, low_call), (high, high_call)) = if self.rank < peer {
            ((self.rank, mine), (peer, theirs))
        } else {
            ((peer, theirs), (self.rank, mine))
        };
        let members = &self.group.members;
        let message = format!(
            "is in {high_call}{}, while rank {} is in {low_call}; \
             both are collective number {} of the group of {} ranks",
            high_call.difference(low_call),
            members[low],
            sequence + 1,
            members.len(),
        );
        self.fail(Error::rank(members[high], message), mine)
    }

    /// Stops everyone with one error for all.
    pub(crate) fn fail(&self, error: Error, call: &Call) -> Error {
        self.local.fail(Failure::Shared(error), call)
    }

    /// This rank's page of the collective that it is in.
    pub(crate) fn own_page(&self, sequence: u64) -> &Page {
        // SAFETY: the rank itself published it in this collective.
        unsafe { self.group.seats[self.rank].page(sequence) }
    }

    /// Refuses a rank outside the group.
    fn check_peer(&self, peer: usize) -> Result<()> {
        if peer < self.size() {
            Ok(())
        } else {
            let size = self.size();
            Err(Error::index(format!("rank {peer} is outside the group of {size} ranks")))
        }
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Communicator")
            .field("backend", &self.backend())
            .field("rank", &self.rank)
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

impl Communicator for Member {
    fn backend(&self) -> &'static str {
        "threads"
    }

    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.group.members.len()
    }

    fn rank_in_program(&self, rank: usize) -> usize {
        self.group.members[rank]
    }

    fn program_size(&self) -> usize {
        self.local.world.size()
    }

    fn exchange(&self, memory: Memory<'_>, sends: &[Message], receives: &[Message]) -> Result<()> {
        crate::exchange::exchange(self, &memory, sends, receives)
    }

    fn start_exchange(
        &self,
        source: &[u8],
        sends: &[Message],
        receives: &[Message],
    ) -> Result<Started> {
        split_phase::start(self, source, sends, receives)
    }

    fn finish_exchange(&self, started: Started, target: &mut [u8]) -> Result<()> {
        split_phase::finish(self, &started, target)
    }

    fn abandon_exchange(&self, started: Started) {
        split_phase::abandon(self, &started);
    }

    fn split(&self, color: Option<usize>, key: usize) -> Result<Option<Rc<dyn Communicator>>> {
        let member = crate::split::split(self, color, key)?;
        Ok(member.map(|member| Rc::new(member) as Rc<dyn Communicator>))
    }

    fn send(&self, to: usize, tag: u16, bytes: &[u8]) -> Result<()> {
        self.check_peer(to)?;
        self.local.check(&Call::now(CallKind::Send { to, tag }))?;
        self.group.mailboxes[to].put(self.rank, tag, bytes.to_vec());
        announce();
        let receiver = self.local.world.sleeper(self.group.members[to]);
        receiver.wake_from(Source::Rank(self.local.rank));
        Ok(())
    }

    fn receive(&self, from: usize, tag: u16) -> Result<Vec<u8>> {
        self.check_peer(from)?;
        let call = Call::now(CallKind::Receive { from, tag });
        self.local.check(&call)?;
        let mailbox = &self.group.mailboxes[self.rank];
        if let Some(bytes) = mailbox.take(from, tag) {
            return Ok(bytes);
        }
        if from == self.rank {
            let message = format!("waits for a message with tag {tag} from itself");
            return Err(Error::rank(self.local.rank, message));
        }
        self.wait(Condition::Message { peer: from, tag }, &call)?;
        Ok(mailbox.take(from, tag).expect("no other thread takes this rank's messages"))
    }

    fn abort(&self, message: &str) -> ! {
        let how = format!("aborted: {message}");
        self.local.world.fail(Failure::Gone { rank: self.local.rank, how: how.clone() });
        // Not a panic of the program: no hook sees it, `run` alone knows the payload.
        std::panic::resume_unwind(Box::new(Abort(how)))
    }

    /// A rank learns here too that the world has failed, in an operation that sends nothing.
    fn begin(&self) -> Result<()> {
        self.local.check(&Call::now(CallKind::Begin))
    }

    fn barrier(&self) -> Result<()> {
        crate::collectives::barrier(self)
    }

    fn broadcast(&self, root: usize, bytes: &mut [u8]) -> Result<()> {
        self.check_peer(root)?;
        crate::collectives::broadcast(self, root, bytes)
    }

    fn all_gather(&self, mine: &[u8], all: &mut [u8]) -> Result<()> {
        crate::collectives::all_gather(self, mine, all)
    }

    fn all_reduce(&self, dtype: DType, op: ReduceOp, values: &mut [u8]) -> Result<()> {
        crate::all_reduce::all_reduce(self, dtype, op, values)
    }

    fn as_dyn(&self) -> &dyn Communicator {
        self
    }
}
