//! [`Local`]: one rank's own end of the world, the same for all groups that it is in.

use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Instant;

use distarray_core::comm::{Call, waiting};
use distarray_core::{Error, Result};

use crate::condition::{Condition, Source, Wait};
use crate::group::Group;
use crate::sync::Parker;
use crate::wait::soon;
use crate::world::{Failure, World};
use crate::{deadlock, panic_hook, watchdog};

/// A rank as its own thread sees it.
#[derive(Debug)]
pub(crate) struct Local {
    pub(crate) world: Arc<World>,
    /// The number in the world.
    pub(crate) rank: usize,
    parker: Parker,
    /// The failure of the world as this rank has been told of it, the same from then on, and the
    /// call in which it was.
    told: OnceCell<(Error, Call)>,
}

impl Local {
    pub(crate) fn new(world: Arc<World>, rank: usize, parker: Parker) -> Self {
        Self { world, rank, parker, told: OnceCell::new() }
    }

    /// The call of this rank that has ended in the world's failure, if one has.
    pub(crate) fn told_in(&self) -> Option<Call> {
        self.told.get().map(|(_, call)| *call)
    }

    /// Whether the error is what this rank was told, be it with words around it.
    pub(crate) fn was_told(&self, error: &Error) -> bool {
        self.told.get().is_some_and(|(told, _)| error.to_string().contains(&told.to_string()))
    }

    /// Stops everyone, and gives the error that this rank's call ends with: that of an earlier
    /// failure where there was one.
    pub(crate) fn fail(&self, failure: Failure, call: &Call) -> Error {
        let first = self.world.fail(failure);
        self.told.get_or_init(|| (first.seen_by(self.rank, call), *call)).0.clone()
    }

    /// Begins a call: refuses it when the world has failed, or while this rank's panic unwinds: a
    /// destructor that waited for ranks which wait for this one would never end.
    pub(crate) fn check(&self, call: &Call) -> Result<()> {
        if std::thread::panicking() {
            let how = panic_hook::noted().unwrap_or_else(|| "panicked".into());
            // Not noted as told: whatever the failure, this rank's panic came before.
            let first = self.world.fail(Failure::Gone { rank: self.rank, how });
            return Err(first.seen_by(self.rank, call));
        }
        match self.world.failure() {
            Some(failure) => Err(self.fail(failure.clone(), call)),
            None => {
                self.world.note_call(self.rank, call);
                Ok(())
            }
        }
    }

    /// Waits, as this rank of the group, until the condition holds; an error when the world fails
    /// before, when the rank waited for has ended its program without doing it, when it waits for
    /// this one, or when the time limit is over.
    pub(crate) fn wait(
        &self,
        group: &Arc<Group>,
        rank: usize,
        condition: Condition,
        call: &Call,
    ) -> Result<()> {
        let source = condition.source(group);
        // SAFETY: this is the rank, in the call that waits.
        let holds = || unsafe { condition.holds(group, rank) };
        let poll = || self.outcome(source, call, holds);
        waiting(|| {
            if let Some(outcome) = soon(self.world.crowded, poll) {
                return outcome;
            }
            let since = Instant::now();
            let wait = Wait { call: *call, group: Arc::clone(group), rank, condition, since };
            let _asleep = self.world.sleeper(self.rank).fall_asleep(source, Some(wait));
            if let Some(outcome) = poll() {
                return outcome;
            }
            if let Some(error) = deadlock::find(&self.world, self.rank) {
                return Err(self.fail(Failure::Shared(error), call));
            }
            let deadline = self.world.timeout.and_then(|limit| since.checked_add(limit));
            loop {
                match deadline {
                    None => self.parker.park(),
                    Some(deadline) => self.parker.park_deadline(deadline),
                }
                if let Some(outcome) = poll() {
                    return outcome;
                }
                if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                    let error = watchdog::report(&self.world, self.rank);
                    return Err(self.fail(Failure::Shared(error), call));
                }
            }
        })
    }

    /// What a wait ends with, if it ends.
    fn outcome(&self, source: Source, call: &Call, holds: impl Fn() -> bool) -> Option<Result<()>> {
        // What is there is taken even after a failure, so that a collective which went well on
        // some ranks does so on the others where it can.
        if holds() {
            return Some(Ok(()));
        }
        if let Some(failure) = self.world.failure() {
            return Some(Err(self.fail(failure.clone(), call)));
        }
        let Source::Rank(rank) = source else { return None };
        if !self.world.has_left(rank) {
            return None;
        }
        // It may have done it just before it left.
        if holds() {
            return Some(Ok(()));
        }
        let how = "returned early".into();
        Some(Err(self.fail(Failure::Gone { rank, how }, call)))
    }

    /// Waits for the readers of this rank's memory, whatever fails meanwhile.
    pub(crate) fn wait_for_readers(&self, are_done: impl Fn() -> bool) {
        let poll = || are_done().then_some(());
        waiting(|| {
            if soon(self.world.crowded, poll).is_some() {
                return;
            }
            let _asleep = self.world.sleeper(self.rank).fall_asleep(Source::Readers, None);
            while !are_done() {
                self.parker.park();
            }
        });
    }
}
