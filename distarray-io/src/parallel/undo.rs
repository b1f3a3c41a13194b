//! [`Undo`]: taking back what has begun.

use std::fmt;

/// What is done when a step after it fails, or its rank panics.
pub(crate) struct Undo<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Undo<F> {
    pub(crate) fn new(undo: F) -> Self {
        Self(Some(undo))
    }

    /// All is well: nothing is taken back.
    pub(crate) fn keep(mut self) {
        self.0 = None;
    }
}

impl<F: FnOnce()> fmt::Debug for Undo<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undo").finish_non_exhaustive()
    }
}

impl<F: FnOnce()> Drop for Undo<F> {
    fn drop(&mut self) {
        if let Some(undo) = self.0.take() {
            undo();
        }
    }
}
