//! Jobs that must fail: starting each, and judging how it ended.

use std::process::ExitCode;
use std::time::Instant;

use distarray_mpi::mpi;

use crate::launch::{self, Ended};
use crate::{checks, failures, lost, watch};

/// A job that fails, and what it says and returns.
pub(crate) struct Failure {
    pub(crate) name: &'static str,
    pub(crate) program: fn() -> distarray_core::Result<()>,
    pub(crate) says: &'static [&'static str],
    /// What it must not say, beside what each part of `says` may be said only once.
    pub(crate) silent: &'static [&'static str],
    /// The launcher's code; `None` where it may be any but 0.
    pub(crate) code: Option<i32>,
}
/// The jobs, and the numbers of ranks on which they run.
const GROUPS: &[(&[Failure], &[&str])] = &[
    (failures::FAILURES, &["3"]),
    (lost::FAILURES, &["3"]),
    (watch::FAILURES, &["3"]),
    (checks::FAILURES, &["2", "3", "5"]),
];

/// Plays the failure of this name, on one rank of the job.
pub(crate) fn play(name: &str) -> ExitCode {
    let mut all = GROUPS.iter().flat_map(|(failures, _)| *failures);
    let program = match all.find(|failure| failure.name == name) {
        Some(failure) => failure.program,
        None => || distarray_mpi::run(|comm| comm.barrier()),
    };
    match program() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Starts every job, and returns what was not as it must be.
pub(crate) fn check_all(wanted: &[String]) -> Vec<String> {
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|w| name.contains(&**w));
    let mut failed = Vec::new();
    for (failures, ranks) in GROUPS {
        for failure in failures.iter().filter(|failure| is_wanted(failure.name)) {
            for ranks in *ranks {
                failed.extend(failure.try_on(ranks).err());
            }
        }
    }
    if is_wanted("foreign_launcher") {
        failed.extend(foreign_launcher().err().map(|reason| format!("foreign_launcher: {reason}")));
    }
    failed
}

impl Failure {
    fn try_on(&self, ranks: &str) -> Result<(), String> {
        let (name, start) = (self.name, Instant::now());
        let outcome = match launch::scenario(&launch::launcher(), ranks, name) {
            Ok(ended) => self.check(&ended),
            Err(error) => Err(error.to_string()),
        };
        let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("test {name} on {ranks} ranks ... {verdict} ({:.1?})", start.elapsed());
        outcome.map_err(|reason| format!("{name} on {ranks} ranks: {reason}"))
    }

    fn check(&self, Ended { status, output }: &Ended) -> Result<(), String> {
        let Some(status) = status else {
            return Err(format!("did not end; it said:\n{output}"));
        };
        let expected = match self.code {
            Some(code) => status.code() == Some(code),
            None => !status.success(),
        };
        if !expected {
            return Err(format!("ended with {status}, not {:?}; it said:\n{output}", self.code));
        }
        if output.trim().is_empty() && !status.success() && self.code.is_none() {
            return Err("said nothing".to_owned());
        }
        for text in self.says {
            let times = output.matches(text).count();
            if times != 1 {
                return Err(format!("said '{text}' {times} times:\n{output}"));
            }
        }
        match self.silent.iter().find(|text| output.contains(**text)) {
            Some(text) => Err(format!("said '{text}':\n{output}")),
            None => Ok(()),
        }
    }
}

/// A program of one MPI library under another's launcher: each process is alone, and says so.
fn foreign_launcher() -> Result<(), String> {
    let library = mpi::environment::library_version().map_err(|error| error.to_string())?;
    let (foreign, variable, own) = if library.starts_with("Open MPI") {
        ("mpirun.mpich", "PMI_SIZE=2", "Open MPI v")
    } else {
        ("mpirun.openmpi", "OMPI_COMM_WORLD_SIZE=2", "MPICH Version")
    };
    let ended = match launch::scenario(foreign, "2", "none: just run") {
        Ok(ended) => ended,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("test foreign_launcher ... skipped ({foreign} is not installed)");
            return Ok(());
        }
        Err(error) => return Err(error.to_string()),
    };
    let said =
        [variable, own, "started 2 processes"].iter().all(|text| ended.output.contains(text));
    if said && ended.status.is_some_and(|status| !status.success()) {
        println!("test foreign_launcher ... ok");
        return Ok(());
    }
    println!("test foreign_launcher ... FAILED");
    Err(format!("ended with {:?}; it said:\n{}", ended.status, ended.output))
}
