//! Waiting for another rank: spin for a moment, give the core away a few times, then sleep.
//!
//! Who waits says for whom before it sleeps; who has changed something wakes those alone that wait
//! for it. The two meet as in Dekker's algorithm: the waiter stores *whom*, then looks at the
//! condition; the other changes the condition, then looks at *whom*. With a sequentially
//! consistent fence between the two steps on both sides, one of them sees the other.

use std::sync::atomic::{AtomicUsize, Ordering, fence};

use crossbeam_utils::Backoff;
use crossbeam_utils::sync::{Parker, Unparker};

/// What a rank waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Something that the rank with this number in the world does.
    Rank(usize),
    /// That the others no longer read this rank's memory.
    Readers,
}

impl Source {
    /// As a number other than [`AWAKE`].
    fn code(self) -> usize {
        match self {
            Self::Rank(rank) => rank + 1,
            Self::Readers => usize::MAX,
        }
    }
}

/// Waits for nothing, or has not gone to sleep yet.
const AWAKE: usize = 0;

/// How often a waiting rank gives its core away before it sleeps. Where ranks share cores, the one
/// waited for is likely to run meanwhile, which costs less than to sleep and be woken.
const YIELDS: usize = 16;

/// The public side of a rank that may sleep.
#[derive(Debug)]
pub(crate) struct Sleeper {
    waits_for: AtomicUsize,
    unparker: Unparker,
}

impl Sleeper {
    pub(crate) fn new(unparker: Unparker) -> Self {
        Self { waits_for: AtomicUsize::new(AWAKE), unparker }
    }

    /// Wakes the rank if it sleeps until `source` does something.
    ///
    /// [`announce`] goes between the change and this.
    pub(crate) fn wake_from(&self, source: Source) {
        if self.waits_for.load(Ordering::Relaxed) == source.code() {
            self.unparker.unpark();
        }
    }

    /// Wakes the rank whatever it waits for, now or when it next goes to sleep.
    pub(crate) fn wake(&self) {
        self.unparker.unpark();
    }
}

/// Orders a change before the look at who waits for it.
pub(crate) fn announce() {
    fence(Ordering::SeqCst);
}

/// Returns what `poll` gives as soon as it gives something.
///
/// `crowded` says that there are more ranks than cores: spinning would keep the one waited for from
/// its work.
pub(crate) fn wait<T>(
    parker: &Parker,
    sleeper: &Sleeper,
    crowded: bool,
    source: Source,
    mut poll: impl FnMut() -> Option<T>,
) -> T {
    if !crowded {
        let backoff = Backoff::new();
        while !backoff.is_completed() {
            if let Some(found) = poll() {
                return found;
            }
            backoff.snooze();
        }
    }
    for _ in 0..YIELDS {
        if let Some(found) = poll() {
            return found;
        }
        std::thread::yield_now();
    }
    sleeper.waits_for.store(source.code(), Ordering::Relaxed);
    fence(Ordering::SeqCst);
    loop {
        if let Some(found) = poll() {
            sleeper.waits_for.store(AWAKE, Ordering::Relaxed);
            return found;
        }
        parker.park();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn a_sleeping_rank_is_woken_by_the_one_it_waits_for() {
        let parker = Parker::new();
        let sleeper = Sleeper::new(parker.unparker().clone());
        let (done, seen) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let asleep = |sleeper: &Sleeper| sleeper.waits_for.load(Ordering::SeqCst) != AWAKE;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 1..=100 {
                    while seen.load(Ordering::SeqCst) != round - 1 || !asleep(&sleeper) {
                        std::thread::yield_now();
                    }
                    done.store(round, Ordering::Release);
                    announce();
                    sleeper.wake_from(Source::Rank(3));
                }
            });
            for round in 1..=100 {
                let poll = || (done.load(Ordering::Acquire) == round).then_some(round);
                assert_eq!(wait(&parker, &sleeper, true, Source::Rank(3), poll), round);
                seen.store(round, Ordering::SeqCst);
            }
        });
    }

    #[test]
    fn nobody_else_disturbs_the_sleep() {
        let parker = Parker::new();
        let sleeper = Sleeper::new(parker.unparker().clone());
        sleeper.waits_for.store(Source::Rank(1).code(), Ordering::SeqCst);
        sleeper.wake_from(Source::Rank(2));
        sleeper.wake_from(Source::Readers);
        let woken = AtomicBool::new(false);
        let flag = &woken;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                // A token left by the calls above would let this return at once.
                parker.park();
                assert!(flag.load(Ordering::SeqCst), "woken by a rank that it does not wait for");
            });
            std::thread::yield_now();
            woken.store(true, Ordering::SeqCst);
            sleeper.wake_from(Source::Rank(1));
        });
    }
}
