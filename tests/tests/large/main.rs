//! More than 2^31 and 2^32 elements and bytes, for real: `cargo xtask test --only large`.
//!
//! One at a time, since each takes up to 10 GiB of memory and all cores. Each looks first whether the
//! memory and the disk are there; where they are not it says so loudly and does nothing.

mod arrays;
mod calls;
mod elements;
mod files;
mod room;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use distarray::Result;
use distarray::array::Context;
use distarray_tests::threads;

use room::Room;

/// What one of the tests needs and does.
struct Large {
    ranks: usize,
    room: Room,
    program: fn(&Context) -> Result<()>,
}

/// Each as a test of its own.
macro_rules! tests {
    ($($family:ident: $($name:ident)*;)*) => {$($(
        #[test]
        #[ignore = "takes up to 10 GiB of memory; `cargo xtask test --only large` runs it"]
        fn $name() {
            run(stringify!($name), &$family::$name());
        }
    )*)*};
}
tests! {
    arrays: creates_and_reduces evaluates redistributes gathers fills_halos;
    calls: exchanges broadcasts gathers_to_all reduces_to_all mails;
    files: saves_and_loads;
}

/// Far more than any of them takes: it turns a hang into a failure.
const LIMIT: Duration = Duration::from_secs(600);

fn run(name: &str, large: &Large) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Err(why) = large.room.is_there() {
        room::say_skipped(name, &why);
        return;
    }
    threads::run_within(LIMIT, large.ranks, |comm| comm, large.program)
        .unwrap_or_else(|error| panic!("on {} ranks: {error}", large.ranks));
}
