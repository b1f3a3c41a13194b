//! What a rank is doing: the operation and the line that called it, for error messages.

use std::cell::Cell;
use std::fmt;
use std::panic::Location;

/// An operation and the place in the user's source that called it.
///
/// ```
/// use distarray_core::comm::Operation;
///
/// let scope = Operation::enter("sum");
/// assert_eq!(Operation::current().name, "sum");
/// drop(scope);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The operation's name, as the user called it.
    pub name: &'static str,
    /// The source file of the call.
    pub file: &'static str,
    /// The line of the call.
    pub line: u32,
}

thread_local! {
    static CURRENT: Cell<Option<Operation>> = const { Cell::new(None) };
}

impl Operation {
    /// Names what this rank does until the scope is dropped. Within another operation's scope the
    /// outer one, which the user called, stays.
    ///
    /// A rank is a thread, so that a thread's own variable tells without passing it through every
    /// layer.
    #[track_caller]
    pub fn enter(name: &'static str) -> OperationScope {
        let outer = CURRENT.get();
        if outer.is_none() {
            let location = Location::caller();
            CURRENT.set(Some(Self { name, file: location.file(), line: location.line() }));
        }
        OperationScope { outer }
    }

    /// What this rank does now.
    pub fn current() -> Self {
        CURRENT.get().unwrap_or(Self { name: "the program", file: "", line: 0 })
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.file.is_empty() {
            f.write_str(self.name)
        } else {
            write!(f, "{} at {}:{}", self.name, self.file, self.line)
        }
    }
}

/// Ends an operation's scope when dropped; made by [`Operation::enter`].
#[must_use = "the scope ends when this is dropped"]
#[derive(Debug)]
pub struct OperationScope {
    outer: Option<Operation>,
}

impl Drop for OperationScope {
    fn drop(&mut self) {
        CURRENT.set(self.outer);
    }
}
