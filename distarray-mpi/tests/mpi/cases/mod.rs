//! The cases, and running them in lockstep.

mod adoption;
mod collectives;
mod exchange;
mod groups;
mod large;
mod limits;
mod mail;
mod messages;
mod reductions;
mod runs;
mod split_phase;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use distarray_core::Result;
use distarray_core::comm::Communicator;
use distarray_mpi::Options;

use crate::launch::{EXPECT_RANKS, WATCH};

/// What a case needs: one rank's end of all ranks.
pub(crate) type Comm<'a> = &'a dyn Communicator;
type Case = (&'static str, fn(Comm<'_>) -> Result<()>);

/// Runs the cases whose name contains one of the wanted; all if none is.
pub(crate) fn run(wanted: &[String]) -> ExitCode {
    let groups: [&[Case]; 11] = [
        runs::CASES,
        exchange::CASES,
        split_phase::CASES,
        messages::CASES,
        collectives::CASES,
        reductions::CASES,
        groups::CASES,
        mail::CASES,
        adoption::CASES,
        limits::CASES,
        large::CASES,
    ];
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|w| name.contains(&**w));
    let cases: Vec<Case> =
        groups.concat().into_iter().filter(|(name, _)| is_wanted(name)).collect();
    let timeout = std::env::var_os(WATCH).map(|_| Duration::from_secs(60));
    let outcome = distarray_mpi::run_with(Options { timeout, ..Options::default() }, |comm| {
        if let Ok(expected) = std::env::var(EXPECT_RANKS) {
            assert_eq!(comm.size().to_string(), expected, "the world has another size");
        }
        for (name, case) in &cases {
            say(&*comm, &format!("test {name} ... "));
            comm.agree(case(&*comm))?;
            say(&*comm, "ok\n");
        }
        say(&*comm, &format!("{} passed, 0 failed\n", cases.len()));
        Ok(())
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

fn say(comm: Comm<'_>, text: &str) {
    if comm.rank() == 0 {
        print!("{text}");
        std::io::stdout().flush().expect("standard output can be written");
    }
}
