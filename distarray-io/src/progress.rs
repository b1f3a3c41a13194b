//! How far loads and saves are, for those who watch.
//!
//! ```
//! use std::cell::Cell;
//! use std::rc::Rc;
//!
//! use distarray_core::array::Context;
//! use distarray_io::{npy, progress};
//!
//! let ctx = Context::solo();
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("a.npy");
//! let last = Rc::new(Cell::new(None));
//! let seen = Rc::clone(&last);
//! let watch = progress::watch(move |progress| seen.set(Some(progress)));
//! npy::save(&ctx.ones::<f64>([100, 10])?, &path)?;
//! drop(watch);
//! let last = last.take().unwrap();
//! assert_eq!((last.bytes, last.total), (8000, 8000));
//! # Ok::<(), distarray_core::Error>(())
//! ```

#[cfg(feature = "progress")]
mod bar;

use std::cell::RefCell;
use std::fmt;

#[cfg(feature = "progress")]
pub use bar::bar;

/// How far a load or a save is on this rank; where all ranks have equal shares, on all.
///
/// ```
/// use distarray_io::progress::Progress;
///
/// assert_eq!(Progress { bytes: 1, total: 4 }.share(), 0.25);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of elements that are read or written.
    pub bytes: u64,
    /// Bytes of all elements that are to be.
    pub total: u64,
}

impl Progress {
    /// The share that is done, from 0 to 1.
    pub fn share(&self) -> f64 {
        if self.total == 0 { 1.0 } else { self.bytes as f64 / self.total as f64 }
    }
}

type Observer = Box<dyn FnMut(Progress)>;

/// What this rank reports to.
struct Watched {
    observer: Observer,
    /// Tasks within tasks, of which the outermost counts.
    depth: usize,
    progress: Progress,
}

thread_local! {
    // A rank is a thread: so nothing has to be passed through every layer.
    static WATCHED: RefCell<Option<Watched>> = const { RefCell::new(None) };
}

/// Calls the observer on this rank, after every few MiB, while it loads and saves arrays, until what is
/// returned is dropped. Another one in between replaces it for its time.
///
/// Each load and save begins at nothing anew; one of [many pieces](crate::RowWriter::copy_from) counts as
/// one. Local: most programs watch rank 0.
pub fn watch(observer: impl FnMut(Progress) + 'static) -> Watch {
    let progress = Progress { bytes: 0, total: 0 };
    let watched = Watched { observer: Box::new(observer), depth: 0, progress };
    Watch { outer: WATCHED.replace(Some(watched)) }
}

/// An observer at work: [`watch`].
#[must_use = "the observer is called until this is dropped"]
pub struct Watch {
    outer: Option<Watched>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        WATCHED.set(self.outer.take());
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

/// A load or a save of so many bytes by this rank, until it is dropped.
#[derive(Debug)]
pub(crate) struct Task(());

impl Task {
    pub(crate) fn new(total: usize) -> Self {
        with(|watched| {
            watched.depth += 1;
            if watched.depth == 1 {
                watched.progress = Progress { bytes: 0, total: total as u64 };
            }
        });
        Self(())
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        // A watch that began within the task does not know of it.
        with(|watched| watched.depth = watched.depth.saturating_sub(1));
    }
}

/// A time in which nothing is reported, until it is dropped.
#[derive(Debug)]
pub(crate) struct Unseen(());

impl Unseen {
    pub(crate) fn new() -> Self {
        // As within a task of a task.
        with(|watched| watched.depth += 2);
        Self(())
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        with(|watched| watched.depth = watched.depth.saturating_sub(2));
    }
}

/// Reports that so many bytes more are read or written, of the task that nothing is around.
pub(crate) fn advance(bytes: usize) {
    with(|watched| {
        if watched.depth == 1 {
            let Progress { bytes: before, total } = watched.progress;
            watched.progress.bytes = (before + bytes as u64).min(total);
            (watched.observer)(watched.progress);
        }
    });
}

fn with(act: impl FnOnce(&mut Watched)) {
    WATCHED.with(|watched| {
        // An observer that itself loads or saves is not told of that.
        if let Ok(mut watched) = watched.try_borrow_mut()
            && let Some(watched) = &mut *watched
        {
            act(watched);
        }
    });
}
