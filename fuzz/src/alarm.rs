//! Noticing that an input takes for ever.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than any input takes, on any machine: only what would never end is cut off.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends the process when one input takes longer than [`PATIENCE`].
///
/// A hanging thread cannot be stopped; where its input lies is all that can be told.
#[derive(Debug)]
pub(crate) struct Alarm {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    inputs: AtomicU64,
    over: AtomicBool,
}

impl Alarm {
    pub(crate) fn new(target: &'static str, input: &Path) -> Self {
        let shared = Arc::new(Shared { inputs: AtomicU64::new(0), over: AtomicBool::new(false) });
        let (seen, input) = (Arc::clone(&shared), input.to_owned());
        let thread = std::thread::spawn(move || watch(&seen, target, &input));
        Self { shared, thread: Some(thread) }
    }

    /// Another input begins.
    pub(crate) fn begin(&self) {
        self.shared.inputs.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It does nothing that could panic.
            let _ = thread.join();
        }
    }
}

#[expect(clippy::print_stderr, reason = "the last words of a process")]
fn watch(shared: &Shared, target: &str, input: &Path) {
    let (mut last, mut since) = (0, Instant::now());
    while !shared.over.load(Ordering::Acquire) {
        std::thread::park_timeout(PATIENCE / 10);
        let inputs = shared.inputs.load(Ordering::Relaxed);
        if inputs != last {
            (last, since) = (inputs, Instant::now());
        } else if since.elapsed() > PATIENCE {
            let input = input.display();
            eprintln!("{target}: hangs for {PATIENCE:?} already; the input is in {input}");
            std::process::exit(101);
        }
    }
}
