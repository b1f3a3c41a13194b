//! A communicator under a [`Watch`]: what it does, for whom it waits, and collectives by messages.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use distarray_core::Result;
use distarray_core::comm::{Call, CallKind, Communicator, Operation, Plain, is_timing, waiting};

use crate::communicator::MpiCommunicator;
use crate::watch::Watch;

/// Bytes of a piece under a watch, which sees no progress within one.
const PIECE: usize = 64 << 20;

/// What a watch needs to know of a group.
#[derive(Debug)]
pub(crate) struct Watched {
    watch: Rc<Watch>,
    /// The ranks of the group by their numbers in the watch.
    members: Vec<usize>,
    /// The user's call whose messages are on their way.
    doing: Cell<Option<CallKind>>,
}

impl Watched {
    pub(crate) fn watch(&self) -> &Rc<Watch> {
        &self.watch
    }
}

impl MpiCommunicator {
    /// The communicator under the watch, if there is one. Collective over its ranks, which are all
    /// there, so that nobody is waited for in vain.
    pub(crate) fn watched_by(self, watch: Option<&Rc<Watch>>) -> Result<Self> {
        let Some(watch) = watch else { return Ok(self) };
        let members = self.as_dyn().all_gather_of(watch.rank() as u64)?;
        Ok(self.with_members(watch, members.into_iter().map(|rank| rank as usize).collect()))
    }

    /// The communicator under the watch, by whose numbers its ranks are these.
    pub(crate) fn with_members(mut self, watch: &Rc<Watch>, members: Vec<usize>) -> Self {
        self.limit = self.limit.min(PIECE);
        self.watched = Some(Watched { watch: Rc::clone(watch), members, doing: Cell::new(None) });
        self
    }

    /// Names the call that the user made to a watch, while it runs by other calls of ours.
    pub(crate) fn doing<R>(&self, kind: CallKind, run: impl FnOnce() -> R) -> R {
        let Some(watched) = &self.watched else { return run() };
        let outer = watched.doing.get();
        watched.doing.set(outer.or(Some(kind)));
        let result = run();
        watched.doing.set(outer);
        result
    }

    /// Carries out a collective: by MPI's own, or under a watch by messages, as only those can be
    /// waited for with a limit. While a trace is recorded, the ranks meet before MPI's own, which
    /// tells waiting from transfer.
    pub(crate) fn collective(
        &self,
        kind: CallKind,
        run: impl FnOnce(Option<Plain<&Self>>) -> Result<()>,
    ) -> Result<()> {
        if self.watched.is_some() {
            return self.doing(kind, || run(Some(Plain(self))));
        }
        if !is_timing() {
            return run(None);
        }
        if kind == CallKind::Barrier || Operation::current().comparing {
            // Nothing but waiting: a rank that has stopped its trace compares too, and would not
            // come to a meeting before.
            return waiting(|| run(None));
        }
        self.or_abort(waiting(|| self.meet_all()))?;
        run(None)
    }

    /// Under a watch, answers the ranks that ask where this one is: at calls that wait for nobody.
    pub(crate) fn pass_by(&self, kind: CallKind) -> Result<()> {
        let Some(watched) = &self.watched else { return Ok(()) };
        watched.watch.answer(&|| format!("is in its program, now in {}", Call::now(kind)))
    }

    /// Waits until `ready` gives something: under a watch by asking it again and again, where its
    /// limit of time counts; else `block` waits itself. The peers are ranks of this group.
    pub(crate) fn wait<T>(
        &self,
        kind: CallKind,
        peers: &dyn Fn() -> Vec<usize>,
        block: impl FnOnce() -> Result<T>,
        ready: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let Some(watched) = &self.watched else { return waiting(block) };
        let call = Call::now(watched.doing.get().unwrap_or(kind));
        let place = |waited: Duration| {
            let peers: Vec<usize> = peers().into_iter().map(|peer| watched.members[peer]).collect();
            format!("waits since {:.1} s in {call}{}", waited.as_secs_f64(), for_whom(&peers))
        };
        waiting(|| watched.watch.wait(&place, ready))
    }
}

/// `" for ranks 1, 2"`.
fn for_whom(peers: &[usize]) -> String {
    /// Ranks that are listed; more are only counted.
    const LISTED: usize = 16;
    let names: Vec<String> = peers.iter().take(LISTED).map(usize::to_string).collect();
    let more = match peers.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match peers.len() {
        0 => String::new(),
        1 => format!(" for rank {}", names[0]),
        _ => format!(" for ranks {}{more}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_listed_up_to_a_number() {
        assert_eq!(for_whom(&[]), "");
        assert_eq!(for_whom(&[3]), " for rank 3");
        assert_eq!(for_whom(&[3, 5]), " for ranks 3, 5");
        let many = for_whom(&(0..20).collect::<Vec<_>>());
        assert!(many.ends_with("14, 15 and 4 more"), "{many}");
    }
}
