//! The conformance suite under MPI.
//!
//! Started by itself, this program starts itself again under a launcher, once for each number of
//! ranks, then twice more with a case that must fail. Under a launcher every rank runs every case in
//! the same order. A case that fails on one rank ends the job with its name and the rank; one that
//! hangs does so after a while. Arguments that are not options choose cases by name.
//! - `DISTARRAY_MPIRUN`: the launcher; default `mpirun`.
//! - `DISTARRAY_MPI_RANKS`: numbers of ranks; default `1,2,3,4,6`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a test harness")]

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Child, Command, ExitCode, Stdio};
use std::rc::Rc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use distarray::array::Context;
use distarray::comm::{Checked, Communicator};
use distarray::prelude::Reductions;
use distarray::{Error, Result, mpi};
use distarray_tests::Case;
use distarray_tests::cases::CASES;
use distarray_tests::decorator::{Delays, Fault, Faults, Plain};

/// The number of ranks that a job was started with.
const EXPECTED: &str = "DISTARRAY_EXPECT_RANKS";
/// Names the case that is to fail.
const FAIL: &str = "DISTARRAY_MPI_SUITE_FAIL";
/// The fault to inject into a case: `rank step fail` or `rank step panic`.
const FAULT: &str = "DISTARRAY_MPI_SUITE_FAULT";
/// The case into which faults are injected.
const FAULTY: &str = "movement::redistributes";

/// Far more than a case or a job takes: they turn a hang into a failure.
const CASE_LIMIT: Duration = Duration::from_secs(120);
const JOB_LIMIT: Duration = Duration::from_secs(600);

fn main() -> ExitCode {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if std::env::args().any(|arg| arg == "--list") {
        return ExitCode::SUCCESS;
    }
    match std::env::var(EXPECTED) {
        Ok(expected) => under_launcher(&expected, &wanted),
        Err(_) => launch_all(&wanted),
    }
}

/// Runs the cases on this process's rank.
fn under_launcher(expected: &str, wanted: &[String]) -> ExitCode {
    let outcome = mpi::run(|comm| {
        // An MPI program under another library's launcher is as many jobs of one rank.
        assert_eq!(comm.size().to_string(), expected, "the launcher is not the library's own");
        let suite = Suite::new(Rc::clone(&comm))?;
        if let Ok(fault) = std::env::var(FAULT) {
            let comm = parse_fault(&fault).around(comm);
            let named = ("injected", distarray_tests::cases::case(FAULTY) as _);
            return suite.run("", named, comm);
        }
        match std::env::var(FAIL) {
            Ok(name) => suite.run("", failing(&name), Rc::clone(&comm))?,
            Err(_) => suite.run_all(&comm, wanted)?,
        }
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

/// The cases of one rank, watched.
struct Suite {
    /// Where the ranks meet between cases, whatever a case has left in its own group.
    meeting: Context,
    /// Tells the watcher of each case that begins.
    begins: mpsc::Sender<String>,
}

impl Suite {
    fn new(comm: Rc<dyn Communicator>) -> Result<Self> {
        let rank = comm.rank();
        let meeting = Context::new(comm).split(Some(0), rank)?.expect("every rank joins");
        let (begins, begun) = mpsc::channel::<String>();
        std::thread::spawn(move || {
            let Ok(mut name) = begun.recv() else { return };
            loop {
                match begun.recv_timeout(CASE_LIMIT) {
                    Ok(next) => name = next,
                    Err(mpsc::RecvTimeoutError::Disconnected) => return,
                    Err(mpsc::RecvTimeoutError::Timeout) => {
                        eprintln!("case {name} on rank {rank}: no end in {CASE_LIMIT:?}");
                        std::process::abort();
                    }
                }
            }
        });
        Ok(Self { meeting, begins })
    }

    fn run_all(&self, comm: &Rc<dyn Communicator>, wanted: &[String]) -> Result<()> {
        let is_wanted =
            |name: &str| wanted.is_empty() || wanted.iter().any(|w| name.contains(&**w));
        let mut passed = 0;
        for &case in CASES.iter().filter(|(name, _)| is_wanted(name)) {
            self.run("", case, Rc::clone(comm))?;
            passed += 1;
            // Small groups meet all that the decorators do, and need less of the machine.
            for (how, decorated) in self.decorated(comm)? {
                self.run(how, case, decorated)?;
                passed += 1;
            }
        }
        self.meeting.print_once(format_args!("{passed} passed, 0 failed"));
        Ok(())
    }

    /// The communicator under the layers that are tried on so many ranks.
    fn decorated(
        &self,
        comm: &Rc<dyn Communicator>,
    ) -> Result<Vec<(&'static str, Rc<dyn Communicator>)>> {
        let own = || Rc::clone(comm);
        Ok(match comm.size() {
            2 => {
                // As if the library took no more than a few bytes at a time.
                let world = mpi::mpi::topology::SimpleCommunicator::world();
                let pieces = mpi::adopt_in_pieces(&world, 40)?;
                vec![(" plain", Rc::new(Plain(own()))), (" in pieces", pieces)]
            }
            3 => vec![
                (" delayed", Delays::around(own(), 1)),
                (" checked", Checked::new(own()).communicator()),
            ],
            _ => Vec::new(),
        })
    }

    /// Runs a case; goes on when it went well on every rank.
    fn run(&self, how: &str, (name, case): Case, comm: Rc<dyn Communicator>) -> Result<()> {
        let rank = comm.rank();
        let named = |what: String| format!("case {name}{how} on rank {rank}: {what}");
        // The watcher ends with the suite.
        let _ = self.begins.send(format!("{name}{how}"));
        let ctx = Context::new(Rc::clone(&comm));
        match catch_unwind(AssertUnwindSafe(|| case(&ctx))) {
            Ok(Ok(())) => {}
            // The others come with the same error, or are found to be stuck when this one ends.
            Ok(Err(error)) => return Err(Error::user(named(error.to_string()))),
            // The hook of panics has printed the message; the others may wait for this rank.
            Err(_) => comm.abort(&named("panicked, as told above".to_owned())),
        }
        self.meeting.barrier()?;
        self.meeting.print_once(format_args!("test {name}{how} ... ok"));
        Ok(())
    }
}

fn parse_fault(text: &str) -> Faults {
    let mut words = text.split(' ');
    let mut number = || words.next().and_then(|word| word.parse().ok());
    let (rank, step) = (number().expect("a rank"), number().expect("a step"));
    let fault = if text.ends_with("panic") { Fault::Panic } else { Fault::Fail };
    Faults { rank, step, fault }
}

/// Injects faults into some calls of each rank, a job for each; gives what went wrong.
fn inject_faults() -> Vec<String> {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for rank in 0..3 {
        for step in [0, 3, 11] {
            for how in ["fail", "panic"] {
                let fault = format!("{rank} {step} {how}");
                let told = format!("injected into step {step} of rank {rank}");
                tried += 1;
                if let Err(why) = fails_with("3", (FAULT, &fault), &[&told]) {
                    wrong.push(format!("fault '{fault}': {why}"));
                }
            }
        }
    }
    println!("{tried} faults injected, {} with the wrong end", wrong.len());
    wrong
}

/// A case in which the last rank fails while the others wait for it.
fn failing(name: &str) -> Case {
    match name {
        "panic" => ("failing::panic", |ctx| {
            assert!(ctx.rank() + 1 < ctx.size(), "it is meant to");
            ctx.ones::<f64>(20)?.sum().map(|_| ())
        }),
        _ => ("failing::error", |ctx| {
            if ctx.rank() + 1 == ctx.size() {
                return Err(Error::user("it is meant to"));
            }
            ctx.ones::<f64>(20)?.sum().map(|_| ())
        }),
    }
}

/// Starts a job for each number of ranks, and those that must fail.
fn launch_all(wanted: &[String]) -> ExitCode {
    let ranks = std::env::var("DISTARRAY_MPI_RANKS").unwrap_or_else(|_| "1,2,3,4,6".to_owned());
    let mut failed = Vec::new();
    for ranks in ranks.split(',').map(str::trim) {
        println!("\n{} -n {ranks}", launcher());
        let ended = job(ranks).args(wanted).spawn().map_err(|error| error.to_string());
        if let Err(message) = ended.and_then(wait) {
            failed.push(format!("{ranks} ranks: {message}"));
        }
    }
    for name in ["panic", "error"] {
        match fails_with_its_name(name) {
            Ok(()) => println!("a case with a lone {name} fails ... ok"),
            Err(message) => failed.push(format!("a case with a lone {name}: {message}")),
        }
    }
    failed.extend(inject_faults());
    for failure in &failed {
        println!("FAILED {failure}");
    }
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn launcher() -> String {
    std::env::var("DISTARRAY_MPIRUN").unwrap_or_else(|_| "mpirun".to_owned())
}

fn job(ranks: &str) -> Command {
    let program = std::env::current_exe().expect("the test knows its own program");
    let mut command = Command::new(launcher());
    command.args(["-n", ranks]).arg(program).env(EXPECTED, ranks).stdin(Stdio::null());
    // Open MPI wants to be told that root, and more ranks than cores, are meant.
    command.env("OMPI_ALLOW_RUN_AS_ROOT", "1").env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    command.env("OMPI_MCA_rmaps_base_oversubscribe", "1");
    command.env("OMPI_MCA_mpi_yield_when_idle", "1");
    command.env("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe");
    command
}

/// Whether the job fails, and says in which case and on which rank.
fn fails_with_its_name(name: &str) -> std::result::Result<(), String> {
    let told = format!("case failing::{name} on rank 1: ");
    fails_with("2", (FAIL, name), &[&told, "it is meant to"])
}

/// Whether a job with a setting fails, and says all the words.
fn fails_with(
    ranks: &str,
    (name, value): (&str, &str),
    words: &[&str],
) -> std::result::Result<(), String> {
    let mut command = job(ranks);
    command.env(name, value).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut pipe = child.stderr.take().expect("it was asked for");
    let printed = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let ended = wait(child);
    let printed = printed.join().expect("reading does not panic");
    match ended {
        Ok(()) => Err(format!("the job ended well\n{printed}")),
        Err(_) if words.iter().all(|word| printed.contains(word)) => Ok(()),
        Err(status) => Err(format!("{status}, without {words:?}:\n{printed}")),
    }
}

/// Waits for a job up to the limit, then stops it.
fn wait(mut job: Child) -> std::result::Result<(), String> {
    let start = Instant::now();
    loop {
        match job.try_wait().map_err(|error| error.to_string())? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(status.to_string()),
            None if start.elapsed() > JOB_LIMIT => break,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    // A launcher that is asked to end stops its processes; one that is killed may leave them.
    let asked = Command::new("kill").args(["-TERM", &job.id().to_string()]).status();
    if asked.is_ok() {
        std::thread::sleep(Duration::from_secs(3));
    }
    job.kill().and_then(|()| job.wait()).map_err(|error| error.to_string())?;
    Err(format!("still running after {JOB_LIMIT:?}"))
}
