//! A rank that panics: one line that names it, then the end of the job.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::Cell;
use std::panic::PanicHookInfo;
use std::sync::Once;

use distarray_core::comm::Operation;

use crate::abort::report;

thread_local! {
    /// The rank whose program runs on this thread.
    static RANK: Cell<Option<usize>> = const { Cell::new(None) };
}

/// While it lives, panics of this thread name the rank.
pub(crate) struct NamedRank {
    outer: Option<usize>,
}

impl NamedRank {
    /// Names the rank; other threads keep the hook that was there.
    pub(crate) fn new(rank: usize) -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            let previous = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| match RANK.get() {
                Some(rank) => report(&describe(rank, info)),
                None => previous(info),
            }));
        });
        Self { outer: RANK.replace(Some(rank)) }
    }
}

impl Drop for NamedRank {
    fn drop(&mut self) {
        RANK.set(self.outer);
    }
}

fn describe(rank: usize, info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(String::new, |place| format!(" at {place}"));
    let text = info.payload_as_str().unwrap_or("a value that is not text");
    let operation = Operation::current();
    let place = match operation.is_program() {
        true => place,
        false => format!("{place}, in {operation}"),
    };
    let trace = Backtrace::capture();
    match trace.status() {
        BacktraceStatus::Captured => format!("rank {rank} panicked{place}: {text}\n{trace}"),
        _ => format!("rank {rank} panicked{place}: {text}"),
    }
}
