//! A safety net: a test that hangs fails.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Long enough for any test on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs the test on a thread of its own and fails when it does not come to an end.
pub(crate) fn in_time<T: Send + 'static>(test: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, outcome) = channel();
    let thread = thread::spawn(move || {
        // The receiver is gone only when the test has failed already.
        let _ = done.send(test());
    });
    match outcome.recv_timeout(PATIENCE) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => panic!("the test hangs"),
        Err(RecvTimeoutError::Disconnected) => match thread.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(()) => unreachable!("the thread sends before it ends"),
        },
    }
}
