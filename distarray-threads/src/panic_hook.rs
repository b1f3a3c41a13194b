//! What a rank's panic says, kept for the error instead of printed.
//!
//! A panic of a rank becomes the error that `run` returns, and is printed, if at all, by whoever
//! prints that. So the threads of ranks get a panic hook that notes the text; all other threads
//! keep the hook that was there before.

use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;
use std::sync::Once;

use distarray_core::comm::Operation;

thread_local! {
    static IS_RANK: Cell<bool> = const { Cell::new(false) };
    static NOTED: RefCell<Option<String>> = const { RefCell::new(None) };
}

static INSTALL: Once = Once::new();

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
    let noted = match operation.is_program() {
        true => format!("panicked{place}: {text}"),
        false => format!("panicked{place}, in {operation}: {text}"),
    };
    let _ = NOTED.try_with(|last| last.replace(Some(noted)));
}

/// What the last panic of this thread said: `panicked at src/x.rs:5:9: message`.
pub(crate) fn noted() -> Option<String> {
    NOTED.with_borrow(Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_and_the_text_of_a_panic_are_noted() {
        let thread = std::thread::spawn(|| {
            note_panics_of_this_thread();
            assert!(noted().is_none());
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
