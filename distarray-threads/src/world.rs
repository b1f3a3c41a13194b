//! [`World`]: all ranks of one run; who has gone, and the failure that stops everyone.

use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;
use distarray_core::Error;
use distarray_core::comm::Call;

use crate::condition::Source;
use crate::sync::{AtomicBool, Mutex, OnceLock, Ordering, Unparker, lock};
use crate::wait::{Sleeper, announce};

/// What the ranks of a run share, whatever groups they form.
#[derive(Debug)]
pub(crate) struct World {
    ranks: Vec<CachePadded<RankState>>,
    /// Set once; every wait ends then.
    failure: OnceLock<Failure>,
    /// Whether there are more ranks than cores.
    pub(crate) crowded: bool,
    /// How long a rank may wait.
    pub(crate) timeout: Option<Duration>,
}

#[derive(Debug)]
struct RankState {
    sleeper: Sleeper,
    /// The rank's program has ended.
    left: AtomicBool,
    /// The call that the rank began last, and when; noted where there is a time limit.
    last_call: Mutex<Option<(Call, Instant)>>,
}

/// Why nobody can go on.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The ranks do not fit together: the same error for all.
    Shared(Error),
    /// A rank is gone. Each of the others is told where itself it was.
    Gone { rank: usize, how: String },
}

impl Failure {
    /// The error of a rank that was in `call` when it learnt of the failure.
    pub(crate) fn seen_by(&self, rank: usize, call: &Call) -> Error {
        match self {
            Self::Shared(error) => error.clone(),
            Self::Gone { rank: gone, how } => {
                Error::rank(*gone, format!("{how}, while rank {rank} was in {call}"))
            }
        }
    }
}

impl World {
    pub(crate) fn new(unparkers: Vec<Unparker>, timeout: Option<Duration>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let state = |unparker| RankState {
            sleeper: Sleeper::new(unparker),
            left: AtomicBool::new(false),
            last_call: Mutex::new(None),
        };
        Self {
            // A model has no cores, and spinning would be all that it does.
            crowded: unparkers.len() > cores || cfg!(loom),
            ranks: unparkers
                .into_iter()
                .map(|unparker| CachePadded::new(state(unparker)))
                .collect(),
            failure: OnceLock::new(),
            timeout,
        }
    }

    pub(crate) fn size(&self) -> usize {
        self.ranks.len()
    }

    pub(crate) fn sleeper(&self, rank: usize) -> &Sleeper {
        &self.ranks[rank].sleeper
    }

    /// Stops everyone, unless something else has already; gives what did.
    pub(crate) fn fail(&self, failure: Failure) -> &Failure {
        let first = self.failure.get_or_init(|| failure);
        for rank in &self.ranks {
            rank.sleeper.wake();
        }
        first
    }

    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.failure.get()
    }

    pub(crate) fn has_left(&self, rank: usize) -> bool {
        self.ranks[rank].left.load(Ordering::Acquire)
    }

    /// Notes that the rank's program has ended, and lets those look that wait for the rank.
    pub(crate) fn leave(&self, rank: usize) {
        self.ranks[rank].left.store(true, Ordering::Release);
        announce();
        for other in &self.ranks {
            other.sleeper.wake_from(Source::Rank(rank));
        }
    }

    /// Notes the call that the rank begins, where that may be told one day.
    pub(crate) fn note_call(&self, rank: usize, call: &Call) {
        if self.timeout.is_some() {
            *lock(&self.ranks[rank].last_call) = Some((*call, Instant::now()));
        }
    }

    /// The call that the rank began last, and when.
    pub(crate) fn last_call(&self, rank: usize) -> Option<(Call, Instant)> {
        *lock(&self.ranks[rank].last_call)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use distarray_core::comm::CallKind;

    use super::*;
    use crate::sync::Parker;

    fn world(ranks: usize, timeout: Option<Duration>) -> World {
        World::new((0..ranks).map(|_| Parker::new().unparker().clone()).collect(), timeout)
    }

    #[test]
    fn the_first_failure_counts_and_tells_each_rank_where_it_was() {
        let world = world(2, None);
        assert!(world.failure().is_none());
        world.fail(Failure::Gone { rank: 1, how: "left".into() });
        world.fail(Failure::Shared(Error::rank(0, "later")));
        let seen = world.failure().unwrap().seen_by(0, &Call::now(CallKind::Barrier));
        let expected = "rank 1: left, while rank 0 was in barrier in the program";
        assert_eq!(seen.to_string(), expected);
    }

    #[test]
    fn a_rank_that_left_is_known_to_have() {
        let world = world(2, None);
        world.leave(1);
        assert!(world.has_left(1) && !world.has_left(0));
    }

    #[test]
    fn calls_are_noted_under_a_time_limit_alone() {
        let call = Call::now(CallKind::Split);
        for timeout in [None, Some(Duration::MAX)] {
            let world = world(2, timeout);
            world.note_call(1, &call);
            let noted = world.last_call(1).map(|(call, _)| call);
            assert_eq!(noted, timeout.map(|_| call));
            assert!(world.last_call(0).is_none());
        }
    }
}
