//! The conformance suite under MPI.
//!
//! Started by itself, this program starts itself again under the launcher `DISTARRAY_MPIRUN` (default
//! `mpirun`), once for each number of ranks in `DISTARRAY_MPI_RANKS` (default `1,2,3,4,6`). Under a
//! launcher, every rank runs every case in the same order. A rank that fails ends the job with its
//! message, so that a failure on one rank is a failure, not a hang.

use std::process::{Command, ExitCode};
use std::rc::Rc;
use std::time::{Duration, Instant};

use distarray::array::Context;
use distarray::mpi;
use distarray_tests::cases::CASES;
use distarray_tests::decorator::{Delayed, Plain};

const EXPECTED: &str = "DISTARRAY_EXPECT_RANKS";

/// Far more than a run takes: it turns a hang into a failure.
const LIMIT: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    match std::env::var(EXPECTED) {
        Ok(expected) => under_launcher(&expected),
        Err(_) => launch_all(),
    }
}

fn under_launcher(expected: &str) -> ExitCode {
    let outcome = mpi::run(|comm| {
        // An MPI program under another library's launcher is as many jobs of one rank.
        assert_eq!(comm.size().to_string(), expected, "the launcher is the library's own");
        let plain = Context::new(Rc::clone(&comm));
        let mut passed = 0;
        for (name, case) in CASES {
            case(&plain)?;
            passed += 1;
            plain.print_once(format_args!("test {name} ... ok"));
        }
        for (name, case) in CASES {
            case(&Context::new(Rc::new(Plain(Rc::clone(&comm)))))?;
            case(&Context::new(Rc::new(Delayed::new(Rc::clone(&comm)))))?;
            passed += 2;
            plain.print_once(format_args!("test {name} decorated ... ok"));
        }
        plain.print_once(format_args!("{passed} passed, 0 failed"));
        Ok(())
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn launch_all() -> ExitCode {
    let launcher = std::env::var("DISTARRAY_MPIRUN").unwrap_or_else(|_| "mpirun".to_owned());
    let ranks = std::env::var("DISTARRAY_MPI_RANKS").unwrap_or_else(|_| "1,2,3,4,6".to_owned());
    let mut failed = Vec::new();
    for ranks in ranks.split(',') {
        println!("\n{launcher} -n {ranks}");
        if let Err(message) = launch(&launcher, ranks) {
            println!("FAILED on {ranks} ranks: {message}");
            failed.push(ranks.to_owned());
        }
    }
    match failed.is_empty() {
        true => ExitCode::SUCCESS,
        false => {
            println!("\nfailed on {} ranks", failed.join(", "));
            ExitCode::FAILURE
        }
    }
}

fn launch(launcher: &str, ranks: &str) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(launcher);
    command.args(["-n", ranks]).arg(program).env(EXPECTED, ranks);
    // Open MPI wants to be told that root, and more ranks than cores, are meant.
    command.env("OMPI_ALLOW_RUN_AS_ROOT", "1").env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    command.env("OMPI_MCA_rmaps_base_oversubscribe", "1");
    command.env("OMPI_MCA_mpi_yield_when_idle", "1");
    let mut job = command.spawn().map_err(|error| format!("{launcher} does not start: {error}"))?;
    let start = Instant::now();
    loop {
        match job.try_wait().map_err(|error| error.to_string())? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(status.to_string()),
            None if start.elapsed() > LIMIT => {
                job.kill().map_err(|error| error.to_string())?;
                return Err(format!("still running after {LIMIT:?}"));
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}
