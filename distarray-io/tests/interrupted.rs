//! A rank that fails or panics in the middle of a save: the file is the old one or the new one, whole,
//! and nothing lies beside it.

mod formats;

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use distarray_core::array::Context;
use distarray_core::comm::{Communicator, Layer, Layered, Step};
use distarray_core::{Error, Result};
use formats::{Way, names, ways};

const RANKS: usize = 3;
const ROWS: usize = 250;

/// From a call on, those of a rank fail; or the rank panics in it.
#[derive(Clone, Copy, Debug)]
struct Interruption {
    rank: usize,
    call: usize,
    panics: bool,
}

/// Counts the calls of a rank, and interrupts it.
#[derive(Debug)]
struct Interrupted {
    interruption: Option<Interruption>,
    calls: Rc<Cell<usize>>,
    counted: Arc<AtomicUsize>,
}

impl Layer for Interrupted {
    fn around(
        &self,
        comm: &dyn Communicator,
        _: &Step<'_>,
        call: &mut dyn FnMut() -> Result<()>,
    ) -> Result<()> {
        let now = self.calls.replace(self.calls.get() + 1);
        self.counted.fetch_max(now + 1, Ordering::Relaxed);
        match self.interruption {
            Some(one) if one.rank == comm.rank() && now >= one.call => {
                assert!(!one.panics || now > one.call, "an interruption");
                Err(Error::user("an interruption"))
            }
            _ => call(),
        }
    }

    fn of_part(&self, _: &dyn Communicator) -> Result<Rc<dyn Layer>> {
        let calls = Rc::clone(&self.calls);
        let counted = Arc::clone(&self.counted);
        Ok(Rc::new(Self { interruption: self.interruption, calls, counted }))
    }
}

/// Writes numbers from `start` on, on several ranks of which one may be interrupted; gives the most
/// calls of a rank.
fn write(
    one: fn(&distarray_core::array::DistArray<f64>, &Path) -> Result<()>,
    folder: &Path,
    start: usize,
    interruption: Option<Interruption>,
) -> (Result<()>, usize) {
    let counted = Arc::<AtomicUsize>::default();
    let outcome = distarray_threads::run(RANKS, |comm| {
        let counted = Arc::clone(&counted);
        let layer = Interrupted { interruption, calls: Rc::default(), counted };
        let ctx = Context::new(Rc::new(Layered::new(comm, Rc::new(layer))));
        one(&ctx.from_fn(([ROWS], "c"), |at| (start + at[0]) as f64)?, folder)
    });
    (outcome.map(drop), counted.load(Ordering::Relaxed))
}

fn range(rows: std::ops::Range<usize>) -> Vec<f64> {
    rows.map(|row| row as f64).collect()
}

#[test]
fn the_file_is_the_old_one_or_the_new_one() {
    for way in ways() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path();
        let prepare = || {
            std::fs::remove_dir_all(folder).unwrap();
            std::fs::create_dir(folder).unwrap();
            write(way.first, folder, 0, None).0.unwrap();
            names(folder)
        };
        let files = prepare();
        let (outcome, calls) = write(way.write, folder, ROWS, None);
        outcome.unwrap();
        let ctx = Context::solo();
        let new = if way.appends { range(0..2 * ROWS) } else { range(ROWS..2 * ROWS) };
        assert_eq!((way.read)(&ctx, folder).unwrap(), new, "{}", way.name);
        assert_eq!(names(folder), files, "{}", way.name);
        let mut is_old = false;
        for rank in 0..RANKS {
            for call in 0..calls {
                for panics in [false, true] {
                    if !is_old {
                        prepare();
                    }
                    let one = Interruption { rank, call, panics };
                    is_old = interrupt(&way, folder, one, &files, &new);
                }
            }
        }
    }
}

/// Whether all is as it was.
fn interrupt(way: &Way, folder: &Path, one: Interruption, files: &[String], new: &[f64]) -> bool {
    let (outcome, _) = write(way.write, folder, ROWS, Some(one));
    let what = format!("{}, {one:?}", way.name);
    if let Err(error) = outcome {
        assert!(error.to_string().contains("an interruption"), "{what}: {error}");
    }
    assert_eq!(names(folder), files, "{what}");
    let found = (way.read)(&Context::solo(), folder);
    let found = found.unwrap_or_else(|error| panic!("{what}: {error}"));
    let is_whole = found == new || found == range(0..ROWS);
    // Each of several files is whole: between the last steps some are old and some new.
    let is_whole = is_whole
        || way.name == "dnpy"
            && found
                .iter()
                .enumerate()
                .all(|(row, &number)| number == row as f64 || number == (ROWS + row) as f64);
    assert!(is_whole, "{what}: {} numbers", found.len());
    found == range(0..ROWS)
}
