//! Waiting for another rank: spin for a moment, give the core away a few times, then sleep.
//!
//! Who waits says for whom before it sleeps; who has changed something wakes those alone that wait
//! for it. The two meet as in Dekker's algorithm: the waiter stores *whom*, then looks at the
//! condition; the other changes the condition, then looks at *whom*. With a sequentially
//! consistent fence between the two steps on both sides, one of them sees the other.

use crossbeam_utils::Backoff;

use crate::condition::{Source, Wait};
use crate::sync::{AtomicUsize, Mutex, MutexGuard, Ordering, Unparker, fence, lock, yield_now};

/// Waits for nothing, or has not gone to sleep yet.
const AWAKE: usize = 0;
/// [`Source::Readers`] as a number.
const READERS: usize = usize::MAX;

/// [`Source`] as a number other than [`AWAKE`].
fn code(source: Source) -> usize {
    match source {
        Source::Rank(rank) => rank + 1,
        Source::Readers => READERS,
    }
}

/// How often a waiting rank gives its core away before it sleeps. Where ranks share cores, the one
/// waited for is likely to run meanwhile, which costs less than to sleep and be woken.
const YIELDS: usize = if cfg!(loom) { 0 } else { 16 };

/// The public side of a rank that may sleep.
#[derive(Debug)]
pub(crate) struct Sleeper {
    waits_for: AtomicUsize,
    unparker: Unparker,
    /// What it sleeps in, for others to look at. Touched by its owner on going to sleep and on
    /// waking up, before it does anything else.
    wait: Mutex<Option<Wait>>,
}

impl Sleeper {
    pub(crate) fn new(unparker: Unparker) -> Self {
        Self { waits_for: AtomicUsize::new(AWAKE), unparker, wait: Mutex::new(None) }
    }

    /// Says whom the rank waits for from now on, until what this gives is dropped. The condition
    /// is looked at after this, and before the rank parks.
    pub(crate) fn fall_asleep(&self, source: Source, wait: Option<Wait>) -> Asleep<'_> {
        *lock(&self.wait) = wait;
        self.waits_for.store(code(source), Ordering::Relaxed);
        fence(Ordering::SeqCst);
        Asleep(self)
    }

    /// The rank that this one waits for, if it sleeps until a single one does something.
    pub(crate) fn waits_for(&self) -> Option<usize> {
        match self.waits_for.load(Ordering::Relaxed) {
            AWAKE | READERS => None,
            code => Some(code - 1),
        }
    }

    /// What the rank sleeps in. It stays in it while this is kept.
    pub(crate) fn wait(&self) -> MutexGuard<'_, Option<Wait>> {
        lock(&self.wait)
    }

    /// Wakes the rank if it sleeps until `source` does something.
    ///
    /// [`announce`] goes between the change and this.
    pub(crate) fn wake_from(&self, source: Source) {
        if self.waits_for.load(Ordering::Relaxed) == code(source) {
            self.unparker.unpark();
        }
    }

    /// Wakes the rank whatever it waits for, now or when it next goes to sleep.
    pub(crate) fn wake(&self) {
        self.unparker.unpark();
    }
}

/// A rank waits until this is dropped.
#[must_use = "the rank is taken for awake when this is dropped"]
pub(crate) struct Asleep<'a>(&'a Sleeper);

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.0.waits_for.store(AWAKE, Ordering::Relaxed);
        *lock(&self.0.wait) = None;
    }
}

/// Orders a change before the look at who waits for it.
pub(crate) fn announce() {
    fence(Ordering::SeqCst);
}

/// Gives what `poll` gives within a moment.
///
/// `crowded` says that there are more ranks than cores: spinning would keep the one waited for from
/// its work.
pub(crate) fn soon<T>(crowded: bool, mut poll: impl FnMut() -> Option<T>) -> Option<T> {
    if !crowded {
        let backoff = Backoff::new();
        while !backoff.is_completed() {
            if let found @ Some(_) = poll() {
                return found;
            }
            backoff.snooze();
        }
    }
    for _ in 0..YIELDS {
        if let found @ Some(_) = poll() {
            return found;
        }
        yield_now();
    }
    None
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::sync::Parker;

    #[test]
    fn a_sleeping_rank_is_woken_by_the_one_it_waits_for() {
        let parker = Parker::new();
        let sleeper = Sleeper::new(parker.unparker().clone());
        let (done, seen) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 1..=100 {
                    while seen.load(Ordering::SeqCst) != round - 1 || sleeper.waits_for().is_none()
                    {
                        yield_now();
                    }
                    done.store(round, Ordering::Release);
                    announce();
                    sleeper.wake_from(Source::Rank(3));
                }
            });
            for round in 1..=100 {
                let asleep = sleeper.fall_asleep(Source::Rank(3), None);
                assert_eq!(sleeper.waits_for(), Some(3));
                while done.load(Ordering::Acquire) != round {
                    parker.park();
                }
                drop(asleep);
                seen.store(round, Ordering::SeqCst);
            }
        });
    }

    #[test]
    fn nobody_else_disturbs_the_sleep() {
        let parker = Parker::new();
        let sleeper = Sleeper::new(parker.unparker().clone());
        let _asleep = sleeper.fall_asleep(Source::Rank(1), None);
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
            yield_now();
            woken.store(true, Ordering::SeqCst);
            sleeper.wake_from(Source::Rank(1));
        });
    }

    #[test]
    fn a_moment_is_over_when_nothing_comes() {
        for crowded in [false, true] {
            let mut polls = 0;
            let mut poll = |enough| {
                polls += 1;
                (polls == enough).then_some(polls)
            };
            assert_eq!(soon(crowded, || poll(3)), Some(3));
            assert_eq!(soon(crowded, || poll(usize::MAX)), None);
        }
    }
}
