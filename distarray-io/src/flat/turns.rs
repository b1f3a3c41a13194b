//! Turns of the ranks of one process that write to one file.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// More than files that are written at a time, so that few share a lock that need not.
const LOCKS: usize = 64;

static TURNS: [Mutex<()>; LOCKS] = [const { Mutex::new(()) }; LOCKS];

/// The turn to write to a file, until it is dropped.
///
/// The system lets one writer at a time into a file, and keeps the others spinning, which costs the one
/// that writes a good part of its speed. Here they sleep.
pub(super) fn turn(path: &Path) -> MutexGuard<'static, ()> {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    let lock = &TURNS[hasher.finish() as usize % LOCKS];
    // It guards nothing that a panic could have left half done.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
