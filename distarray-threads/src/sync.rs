//! The primitives that the ranks meet by: the standard library's, or, in a build with `cfg(loom)`,
//! those of `loom`, which tries every order of steps and every value that a load may see.

use std::sync::PoisonError;

#[cfg(not(loom))]
mod system {
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
    pub(crate) use std::sync::{Mutex, MutexGuard, OnceLock};
    pub(crate) use std::thread::yield_now;

    pub(crate) use crossbeam_utils::sync::{Parker, Unparker};

    /// Memory that several threads use in turns.
    #[derive(Debug)]
    pub(crate) struct Cell<T>(std::cell::UnsafeCell<T>);

    impl<T> Cell<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(std::cell::UnsafeCell::new(value))
        }

        /// Hands out the place for reading.
        pub(crate) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
            read(self.0.get())
        }

        /// Hands out the place for writing.
        pub(crate) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
            write(self.0.get())
        }
    }
}

#[cfg(loom)]
mod model {
    use std::sync::Arc;
    use std::time::Instant;

    use loom::sync::Notify;

    pub(crate) use loom::cell::UnsafeCell as Cell;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
    pub(crate) use loom::sync::{Mutex, MutexGuard};
    pub(crate) use loom::thread::yield_now;

    /// A value that is set once. The real one costs less and gives the same guarantees.
    #[derive(Debug)]
    pub(crate) struct OnceLock<T> {
        value: std::sync::OnceLock<T>,
        is_set: AtomicBool,
        setting: Mutex<()>,
    }

    impl<T> OnceLock<T> {
        pub(crate) fn new() -> Self {
            Self {
                value: std::sync::OnceLock::new(),
                is_set: AtomicBool::new(false),
                setting: Mutex::new(()),
            }
        }

        pub(crate) fn get(&self) -> Option<&T> {
            self.is_set.load(Ordering::Acquire).then(|| self.value.get())?
        }

        pub(crate) fn get_or_init(&self, value: impl FnOnce() -> T) -> &T {
            let _setting = super::lock(&self.setting);
            let value = self.value.get_or_init(value);
            self.is_set.store(true, Ordering::Release);
            value
        }
    }

    /// Lets its thread wait for a token.
    #[derive(Debug)]
    pub(crate) struct Parker(Unparker);

    /// Gives the token, of which there is one.
    #[derive(Clone, Debug)]
    pub(crate) struct Unparker(Arc<Notify>);

    impl Parker {
        pub(crate) fn new() -> Self {
            Self(Unparker(Arc::new(Notify::new())))
        }

        pub(crate) fn unparker(&self) -> &Unparker {
            &self.0
        }

        pub(crate) fn park(&self) {
            self.0.0.wait();
        }

        /// Time does not pass in a model.
        pub(crate) fn park_deadline(&self, _: Instant) {
            self.park();
        }
    }

    impl Unparker {
        pub(crate) fn unpark(&self) {
            self.0.notify();
        }
    }
}

#[cfg(loom)]
pub(crate) use model::*;
#[cfg(not(loom))]
pub(crate) use system::*;

/// Locks. What is behind our locks is whole between any two steps, so that a panic spoils nothing.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
