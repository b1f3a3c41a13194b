//! [`Local`]: one rank's own end of the world, the same for all groups that it is in.

use std::cell::OnceCell;
use std::sync::Arc;

use crossbeam_utils::sync::Parker;
use distarray_core::{Error, Result};

use crate::panic_hook;
use crate::wait::{Source, wait};
use crate::world::{Failure, World};
use distarray_core::comm::Call;

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

    /// Stops everyone, and gives the error that this rank's call ends with: that of an earlier
    /// failure where there was one.
    pub(crate) fn fail(&self, failure: Failure, call: &Call) -> Error {
        let first = self.world.fail(failure);
        self.told.get_or_init(|| (first.seen_by(self.rank, call), *call)).0.clone()
    }

    /// Refuses a call when the world has failed, or while this rank's panic unwinds: a destructor
    /// that waited for ranks which wait for this one would never end.
    pub(crate) fn check(&self, call: &Call) -> Result<()> {
        if std::thread::panicking() {
            let how = panic_hook::noted().unwrap_or_else(|| "panicked".into());
            // Not noted as told: whatever the failure, this rank's panic came before.
            let first = self.world.fail(Failure::Gone { rank: self.rank, how });
            return Err(first.seen_by(self.rank, call));
        }
        match self.world.failure() {
            Some(failure) => Err(self.fail(failure.clone(), call)),
            None => Ok(()),
        }
    }

    /// Waits until `poll` gives something; an error when the world fails before, or when the rank
    /// waited for has ended its program without doing it.
    pub(crate) fn wait<T>(
        &self,
        source: Source,
        call: &Call,
        mut poll: impl FnMut() -> Option<T>,
    ) -> Result<T> {
        // What is there is taken even after a failure, so that a collective which went well on
        // some ranks does so on the others where it can.
        self.wait_for(source, || {
            if let Some(found) = poll() {
                return Some(Ok(found));
            }
            if let Some(failure) = self.world.failure() {
                return Some(Err(self.fail(failure.clone(), call)));
            }
            let Source::Rank(rank) = source else { return None };
            if !self.world.has_left(rank) {
                return None;
            }
            // It may have done it just before it left.
            Some(poll().ok_or_else(|| {
                self.fail(Failure::Gone { rank, how: "returned early".into() }, call)
            }))
        })
    }

    /// Waits until `poll` gives something, whatever fails meanwhile.
    pub(crate) fn wait_for<T>(&self, source: Source, poll: impl FnMut() -> Option<T>) -> T {
        let sleeper = self.world.sleeper(self.rank);
        wait(&self.parker, sleeper, self.world.crowded, source, poll)
    }
}
