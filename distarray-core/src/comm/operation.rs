//! What a rank is doing: the operation, the line that called it, and what it works on.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::Location;
use std::time::Instant;

use super::arguments::Arguments;
#[cfg(feature = "tracing")]
use super::trace::spans;
use super::trace::{is_timing, note_operation};

/// An operation and the place in the user's source that called it.
///
/// ```
/// use distarray_core::comm::Operation;
///
/// let scope = Operation::enter("sum");
/// assert_eq!(Operation::current().name, "sum");
/// drop(scope);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    /// The operation's name, as the user called it.
    pub name: &'static str,
    /// The source file of the call.
    pub file: &'static str,
    /// The line of the call.
    pub line: u32,
    /// What it works on, where ranks compare that.
    pub arguments: Arguments,
    /// Whether the call is itself part of a comparison of operations, so that ranks in different
    /// ones may meet in it.
    pub comparing: bool,
}

/// What a rank does outside all operations.
const PROGRAM: Operation = Operation {
    name: "the program",
    file: "",
    line: 0,
    arguments: Arguments::new(),
    comparing: false,
};

thread_local! {
    /// Written in place, as operations are large beside what else a call on few elements moves.
    static CURRENT: RefCell<Operation> = const { RefCell::new(PROGRAM) };
    static COMPARED: Cell<bool> = const { Cell::new(false) };
}

impl Operation {
    /// Names what this rank does until the scope is dropped. Within another operation's scope the
    /// outer one, which the user called, stays.
    ///
    /// A rank is a thread, so that a thread's own variable tells without passing it through every
    /// layer.
    ///
    /// ```
    /// use distarray_core::comm::Operation;
    ///
    /// let outer = Operation::enter("save");
    /// let inner = Operation::enter("gather");
    /// assert_eq!(Operation::current().name, "save");
    /// # drop((inner, outer));
    /// ```
    #[track_caller]
    pub fn enter(name: &'static str) -> OperationScope {
        let location = Location::caller();
        let is_outermost = CURRENT.with_borrow_mut(|current| {
            let is_outermost = current.is_program() && !current.comparing;
            if is_outermost {
                (current.name, current.file, current.line) =
                    (name, location.file(), location.line());
            }
            is_outermost
        });
        OperationScope {
            is_outermost,
            started: (is_outermost && is_timing()).then(Instant::now),
            #[cfg(feature = "tracing")]
            _span: is_outermost.then(|| spans::enter(&Self::current())),
        }
    }

    /// What this rank does now.
    ///
    /// ```
    /// use distarray_core::comm::Operation;
    ///
    /// assert_eq!(Operation::current().to_string(), "the program");
    /// ```
    pub fn current() -> Self {
        CURRENT.with_borrow(|current| *current)
    }

    /// Whether this rank is in no operation, but in code of the program's own.
    ///
    /// ```
    /// assert!(distarray_core::comm::Operation::current().is_program());
    /// ```
    pub fn is_program(&self) -> bool {
        self.file.is_empty()
    }

    /// Notes what the present operation works on, in place of what was noted before. Nothing is
    /// made where no communicator [compares](Self::compare) operations.
    ///
    /// ```
    /// use distarray_core::comm::{Arguments, Operation};
    ///
    /// Operation::compare();
    /// let scope = Operation::enter("load");
    /// Operation::note(|| Arguments::new().and("path", "a.npy"));
    /// assert_ne!(Operation::current().arguments, Arguments::new());
    /// # drop(scope);
    /// ```
    pub fn note(arguments: impl FnOnce() -> Arguments) {
        if COMPARED.get() && CURRENT.with_borrow(|current| !current.is_program()) {
            let arguments = arguments();
            CURRENT.with_borrow_mut(|current| current.arguments = arguments);
        }
    }

    /// Runs what compares the ranks' operations: they may meet in it from different ones.
    pub(super) fn comparing<R>(compare: impl FnOnce() -> R) -> R {
        /// Restores the operation, also when a panic unwinds.
        struct Restore(bool);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.with_borrow_mut(|current| current.comparing = self.0);
            }
        }
        let comparing = |current: &mut Self| std::mem::replace(&mut current.comparing, true);
        let _restore = Restore(CURRENT.with_borrow_mut(comparing));
        compare()
    }

    /// From now on this thread's operations note what they work on: for communicators that see to
    /// it that all ranks do the same.
    pub fn compare() {
        COMPARED.set(true);
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        let arguments = self.arguments.to_string();
        if !arguments.is_empty() {
            write!(f, " of {arguments}")?;
        }
        match self.is_program() {
            true => Ok(()),
            false => write!(f, " at {}:{}", self.file, self.line),
        }
    }
}

/// Ends an operation's scope when dropped; made by [`Operation::enter`].
#[must_use = "the scope ends when this is dropped"]
#[derive(Debug)]
pub struct OperationScope {
    is_outermost: bool,
    /// When it began, where a trace is recorded.
    started: Option<Instant>,
    #[cfg(feature = "tracing")]
    _span: Option<tracing::span::EnteredSpan>,
}

impl Drop for OperationScope {
    fn drop(&mut self) {
        // Within another operation nothing was entered, and what was noted since stays.
        if !self.is_outermost {
            return;
        }
        if let Some(started) = self.started {
            note_operation(&Operation::current(), started);
        }
        CURRENT.with_borrow_mut(|current| {
            (current.name, current.file, current.line) = (PROGRAM.name, PROGRAM.file, PROGRAM.line);
            current.arguments = PROGRAM.arguments;
        });
    }
}
