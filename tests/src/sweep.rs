//! Running every case many times, with a line for each that goes wrong and one for all.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::Case;
use crate::cases::CASES;

/// What has been tried so far, and what went wrong.
#[derive(Debug, Default)]
pub struct Findings {
    tried: AtomicUsize,
    wrong: Mutex<Vec<String>>,
}

impl Findings {
    /// Counts one try.
    pub fn tried(&self) {
        self.tried.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes what went wrong.
    pub fn wrong(&self, what: String) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }
}

/// Runs `check` with every case whose name contains one of the program's arguments, on a few threads
/// at a time; gives the number of tries and what went wrong.
///
/// ```
/// let (tried, wrong) = distarray_tests::sweep::sweep(|_, findings| findings.tried());
/// assert!(tried > 0 && wrong.is_empty());
/// ```
pub fn sweep(check: impl Fn(Case, &Findings) + Sync) -> (usize, Vec<String>) {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|w| name.contains(&**w));
    let cases: Vec<Case> = CASES.iter().copied().filter(|(name, _)| is_wanted(name)).collect();
    let (next, findings) = (AtomicUsize::new(0), Findings::default());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(&case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    check(case, &findings);
                }
            });
        }
    });
    let wrong = findings.wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    (findings.tried.into_inner(), wrong)
}
