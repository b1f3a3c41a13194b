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

use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;

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
    /// Which watch it is of.
    id: u64,
    /// Nothing while it is called.
    observer: Option<Observer>,
    /// Tasks within tasks, of which the outermost counts.
    depth: usize,
    progress: Progress,
}

thread_local! {
    // A rank is a thread: so nothing has to be passed through every layer.
    /// The last one is told; the others wait until those after them are gone.
    static WATCHED: RefCell<Vec<Watched>> = const { RefCell::new(Vec::new()) };
    /// How many watches there have been.
    static BEGUN: Cell<u64> = const { Cell::new(0) };
}

/// Calls the observer on this rank, after every few MiB, while it loads and saves arrays, until what is
/// returned is dropped. Another one in between replaces it for its time; they may be dropped in any order.
///
/// Each load and save begins at nothing anew; one of [many pieces](crate::RowWriter::copy_from) counts as
/// one, and of an archive of several arrays each counts. Local: most programs watch rank 0.
pub fn watch(observer: impl FnMut(Progress) + 'static) -> Watch {
    let id = BEGUN.replace(BEGUN.get() + 1);
    let progress = Progress { bytes: 0, total: 0 };
    let watched = Watched { id, observer: Some(Box::new(observer)), depth: 0, progress };
    WATCHED.with_borrow_mut(|all| all.push(watched));
    Watch { id, of_this_thread: PhantomData }
}

/// An observer at work: [`watch`].
#[must_use = "the observer is called until this is dropped"]
pub struct Watch {
    id: u64,
    of_this_thread: PhantomData<*const ()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Where the thread ends there may be none left.
        let ended = WATCHED.try_with(|all| {
            let mut all = all.borrow_mut();
            let at = all.iter().position(|watched| watched.id == self.id);
            at.map(|at| all.remove(at))
        });
        // It may itself hold a watch.
        drop(ended);
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("id", &self.id).finish_non_exhaustive()
    }
}

/// So many levels deeper in tasks of the watch that is told, until it is dropped.
#[derive(Debug)]
struct Deeper {
    levels: usize,
    /// The watch; one that begins later does not know of it.
    of: Option<u64>,
}

impl Deeper {
    fn new(levels: usize, act: impl FnOnce(&mut Watched)) -> Self {
        let of = WATCHED.with_borrow_mut(|all| {
            let watched = all.last_mut()?;
            watched.depth += levels;
            act(watched);
            Some(watched.id)
        });
        Self { levels, of }
    }
}

impl Drop for Deeper {
    fn drop(&mut self) {
        WATCHED.with_borrow_mut(|all| {
            if let Some(watched) = all.iter_mut().find(|watched| Some(watched.id) == self.of) {
                watched.depth -= self.levels;
            }
        });
    }
}

/// A load or a save of so many bytes by this rank, until it is dropped.
#[derive(Debug)]
pub(crate) struct Task {
    _level: Deeper,
}

impl Task {
    pub(crate) fn new(total: usize) -> Self {
        let begin = |watched: &mut Watched| {
            if watched.depth == 1 {
                watched.progress = Progress { bytes: 0, total: total as u64 };
            }
        };
        Self { _level: Deeper::new(1, begin) }
    }
}

/// A time in which nothing is reported, until it is dropped.
#[derive(Debug)]
pub(crate) struct Unseen {
    _levels: Deeper,
}

impl Unseen {
    pub(crate) fn new() -> Self {
        // As within a task of a task.
        Self { _levels: Deeper::new(2, |_| {}) }
    }
}

/// Reports that so many bytes more are read or written, of the task that nothing is around.
pub(crate) fn advance(bytes: usize) {
    let told = WATCHED.with_borrow_mut(|all| {
        let watched = all.last_mut().filter(|watched| watched.depth == 1)?;
        let Progress { bytes: before, total } = watched.progress;
        watched.progress.bytes = (before + bytes as u64).min(total);
        Some((watched.id, watched.progress, watched.observer.take()?))
    });
    let Some((id, progress, mut observer)) = told else { return };
    // It may load and save, and watch that: a task within the task is not told to itself.
    observer(progress);
    // Of a watch that it has ended itself it is dropped last: it may hold another watch.
    let mut observer = Some(observer);
    WATCHED.with_borrow_mut(|all| {
        if let Some(watched) = all.iter_mut().find(|watched| watched.id == id) {
            watched.observer = observer.take();
        }
    });
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    type Seen = Rc<RefCell<Vec<(u64, u64)>>>;

    fn noted() -> (Watch, Seen) {
        let seen = Seen::default();
        let notes = Rc::clone(&seen);
        let note = move |p: Progress| notes.borrow_mut().push((p.bytes, p.total));
        (watch(note), seen)
    }

    fn save(bytes: usize) {
        let _task = Task::new(bytes);
        advance(bytes);
    }

    #[test]
    fn the_last_watch_that_is_left_is_told_in_whatever_order_they_end() {
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut watches = [noted(), noted(), noted()].map(|(watch, seen)| (Some(watch), seen));
            let mut left = vec![0, 1, 2];
            for (turn, end) in order.into_iter().enumerate() {
                save(turn + 1);
                let last = *left.last().unwrap();
                for (which, (_, seen)) in watches.iter().enumerate() {
                    let told = seen.take();
                    let expected = vec![(turn as u64 + 1, turn as u64 + 1)];
                    assert_eq!(told, if which == last { expected } else { vec![] }, "{order:?}");
                }
                watches[end].0 = None;
                left.retain(|&which| which != end);
            }
            save(9);
            assert!(watches.iter().all(|(_, seen)| seen.borrow().is_empty()), "{order:?}");
        }
    }

    #[test]
    fn a_watch_that_begins_within_a_task_leaves_the_outer_one_as_it_was() {
        let (_outer, seen) = noted();
        let task = Task::new(10);
        advance(4);
        let (inner, within) = noted();
        // Of what began before it the inner one knows nothing.
        advance(1);
        drop(task);
        save(3);
        drop(inner);
        save(2);
        assert_eq!(seen.take(), [(4, 10), (2, 2)]);
        assert_eq!(within.take(), [(3, 3)]);
    }

    #[test]
    fn an_observer_may_save_and_watch_and_what_is_within_a_task_is_not_told() {
        let (seen, within) = (Seen::default(), Seen::default());
        let (notes, deeper) = (Rc::clone(&seen), Rc::clone(&within));
        let _outer = watch(move |p| {
            save(7);
            let deeper = Rc::clone(&deeper);
            let _inner = watch(move |p| deeper.borrow_mut().push((p.bytes, p.total)));
            save(5);
            notes.borrow_mut().push((p.bytes, p.total));
        });
        let task = Task::new(2);
        advance(1);
        save(6);
        {
            let _unseen = Unseen::new();
            save(8);
        }
        advance(1);
        drop(task);
        assert_eq!(seen.take(), [(1, 2), (2, 2)]);
        assert_eq!(within.take(), [(5, 5), (5, 5)]);
    }
}
