//! What a rank's panic says, kept for the error instead of printed.
//!
//! A panic of a rank becomes the error that `run` returns, and is printed, if at all, by whoever
//! prints that. So the threads of ranks get a panic hook that notes the text, and where the
//! environment asks for one (`RUST_BACKTRACE`) the backtrace; all other threads keep the hook that
//! was there before.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;
use std::sync::Once;

use distarray_core::comm::Operation;

thread_local! {
    static IS_RANK: Cell<bool> = const { Cell::new(false) };
    static NOTED: RefCell<Option<Note>> = const { RefCell::new(None) };
}

static INSTALL: Once = Once::new();

/// A panic.
#[derive(Debug)]
struct Note {
    text: String,
    /// Its frames get their names when it is shown, which few panics come to.
    trace: Backtrace,
}

/// From now on this thread's panics are noted, not printed.
pub(crate) fn note_panics_of_this_thread() {
    INSTALL.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // A thread that is past its thread-locals is past its program.
            if IS_RANK.try_with(Cell::get).unwrap_or(false) {
                note(info);
            } else {
                previous(info);
            }
        }));
    });
    IS_RANK.set(true);
}

fn note(info: &PanicHookInfo<'_>) {
    let text = info.payload_as_str().unwrap_or("a payload that is no text");
    let place = info.location().map_or_else(String::new, |place| format!(" at {place}"));
    let operation = Operation::current();
    let text = match operation.is_program() {
        true => format!("panicked{place}: {text}"),
        false => format!("panicked{place}, in {operation}: {text}"),
    };
    let note = Note { text, trace: Backtrace::capture() };
    let _ = NOTED.try_with(|last| last.replace(Some(note)));
}

/// What the last panic of this thread said: `panicked at src/x.rs:5:9: message`.
pub(crate) fn noted() -> Option<String> {
    NOTED.with_borrow(|note| note.as_ref().map(|note| note.text.clone()))
}

/// The backtrace of the last panic of this thread, where one was asked for.
pub(crate) fn backtrace() -> Option<String> {
    NOTED.with_borrow(|note| {
        let trace = &note.as_ref()?.trace;
        let whole = std::env::var_os("RUST_BACKTRACE").is_some_and(|style| style == "full");
        (trace.status() == BacktraceStatus::Captured).then(|| match whole {
            true => trace.to_string(),
            false => of_program(&trace.to_string()),
        })
    })
}

/// Runs a rank's program. Its name marks where the program's part of a backtrace ends.
#[inline(never)]
pub(crate) fn program_of_rank<R>(program: impl FnOnce() -> R) -> R {
    // Something to do afterwards, so that the frame is not given up for a tail call.
    std::hint::black_box(program())
}

/// The frames between those of the panic's own and those that brought the rank here.
fn of_program(trace: &str) -> String {
    // Each frame begins with its number and may take a second line for its place.
    let is_frame = |line: &str| line.trim_start().starts_with(|first: char| first.is_ascii_digit());
    let mut lines: Vec<&str> = trace.lines().collect();
    if let Some(end) = lines.iter().position(|line| line.contains("program_of_rank")) {
        lines.truncate(end);
    }
    let begin = lines.iter().rposition(|line| line.contains("rust_begin_unwind"));
    let skipped = begin.map_or(0, |begin| {
        let next = lines[begin + 1..].iter().position(|line| is_frame(line));
        next.map_or(lines.len(), |next| begin + 1 + next)
    });
    lines[skipped..].join("\n")
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_frames_of_the_program_are_told() {
        let trace = "   0: hook\n             at ./hook.rs:1:2\n   1: __rustc::rust_begin_unwind\n   \
                     at /rustc/1/std.rs:689:5\n   2: go\n      at ./main.rs:3:4\n   3: main\n   \
                     4: distarray_threads::program_of_rank<(), {closure}>\n      at ./x.rs:1:1\n   5: thread";
        assert_eq!(of_program(trace), "   2: go\n      at ./main.rs:3:4\n   3: main");
        assert_eq!(
            of_program("   0: <unknown>\n   1: <unknown>"),
            "   0: <unknown>\n   1: <unknown>"
        );
    }

    #[test]
    fn the_place_and_the_text_of_a_panic_are_noted() {
        let thread = std::thread::spawn(|| {
            note_panics_of_this_thread();
            assert!(noted().is_none() && backtrace().is_none());
            let line = line!() + 1;
            let caught = std::panic::catch_unwind(|| panic!("no {}", "luck"));
            assert!(caught.is_err());
            (noted(), line)
        });
        let (noted, line) = thread.join().unwrap();
        let expected = format!("panicked at {}:{line}:54: no luck", file!());
        assert_eq!(noted, Some(expected));
    }
}
