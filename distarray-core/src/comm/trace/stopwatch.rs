//! How long a rank waits for others, as its backend tells.

use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    static TIMING: Cell<bool> = const { Cell::new(false) };
    static WAITED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Runs what only waits for another rank, and counts its time as waiting while a trace is recorded.
///
/// Backends put it around their waits, so that a trace tells waiting from transfer. Costs one look
/// at a variable of the thread else.
///
/// ```
/// assert_eq!(distarray_core::comm::waiting(|| 5), 5);
/// ```
pub fn waiting<R>(wait: impl FnOnce() -> R) -> R {
    // What waits within a wait is not counted twice.
    if !TIMING.replace(false) {
        return wait();
    }
    /// Counts the time, also when a panic unwinds.
    struct Count(Instant);
    impl Drop for Count {
        fn drop(&mut self) {
            WAITED.set(WAITED.get() + self.0.elapsed());
            TIMING.set(true);
        }
    }
    let _count = Count(Instant::now());
    wait()
}

/// Whether a trace is being recorded on this thread.
///
/// ```
/// assert!(!distarray_core::comm::is_timing());
/// ```
pub fn is_timing() -> bool {
    TIMING.get()
}

pub(super) fn set_timing(on: bool) {
    TIMING.set(on);
}

/// What was waited since the last call.
pub(super) fn take_waited() -> Duration {
    WAITED.take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_counted_once_and_only_while_timing() {
        let wait = || waiting(|| waiting(|| std::thread::sleep(Duration::from_millis(2))));
        wait();
        assert_eq!(take_waited(), Duration::ZERO);
        set_timing(true);
        wait();
        let waited = take_waited();
        assert!(waited >= Duration::from_millis(2), "{waited:?}");
        assert_eq!(take_waited(), Duration::ZERO);
        assert!(is_timing());
        set_timing(false);
    }
}
