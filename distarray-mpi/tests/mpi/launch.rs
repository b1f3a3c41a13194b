//! Starting this very program under a launcher, with a limit of time.

use std::io::Read;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::job;

/// Names the failure that a process is to play.
pub(crate) const SCENARIO: &str = "DISTARRAY_MPI_SCENARIO";
/// The number of ranks that a job was started with.
pub(crate) const EXPECT_RANKS: &str = "DISTARRAY_EXPECT_RANKS";

/// Set, the cases run under a watch.
pub(crate) const WATCH: &str = "DISTARRAY_MPI_WATCH";

/// Far more than any run takes; it is for those that hang.
const LIMIT: Duration = Duration::from_secs(200);
/// The same for a job that must fail.
const LIMIT_TO_FAIL: Duration = Duration::from_secs(60);

/// How a job ended.
pub(crate) struct Ended {
    /// `None` where it was stopped at the limit of time.
    pub(crate) status: Option<ExitStatus>,
    pub(crate) output: String,
}

/// Runs the cases with each number of ranks, then the failures.
pub(crate) fn all(wanted: &[String]) -> ExitCode {
    let ranks = std::env::var("DISTARRAY_MPI_RANKS").unwrap_or_else(|_| "1,2,3,4,6".to_owned());
    let mut failed = Vec::new();
    let plainly = ranks.split(',').map(|ranks| (ranks.trim(), false));
    for (ranks, watch) in plainly.chain([("3", true)]) {
        let how = if watch { ", under a watch" } else { "" };
        println!("\n{} -n {ranks}{how}", launcher());
        let mut command = job(&launcher(), ranks);
        command.args(wanted);
        if watch {
            command.env(WATCH, "1");
        }
        let ended = match command.spawn() {
            Ok(child) => wait(child, LIMIT),
            Err(error) => {
                println!("{} does not start: {error}", launcher());
                return ExitCode::FAILURE;
            }
        };
        let cases = format!("cases on {ranks} ranks{how}");
        match ended {
            Some(status) if status.success() => {}
            Some(status) => failed.push(format!("{cases}: {status}")),
            None => failed.push(format!("{cases}: still running after {LIMIT:?}")),
        }
    }
    println!("\njobs that must fail");
    failed.extend(job::check_all(wanted));
    for failure in &failed {
        println!("FAILED {failure}");
    }
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The launcher that belongs to the MPI library.
pub(crate) fn launcher() -> String {
    std::env::var("DISTARRAY_MPIRUN").unwrap_or_else(|_| "mpirun".to_owned())
}

/// Plays a failure under a launcher, and collects what its processes print.
pub(crate) fn scenario(launcher: &str, ranks: &str, name: &str) -> std::io::Result<Ended> {
    let mut command = job(launcher, ranks);
    command.env(SCENARIO, name).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let (sender, receiver) = mpsc::channel();
    let pipes: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|p| Box::new(p) as _),
        child.stderr.take().map(|p| Box::new(p) as _),
    ];
    for mut pipe in pipes.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = pipe.read_to_end(&mut bytes);
            sender.send(read.map(|_| String::from_utf8_lossy(&bytes).into_owned()))
        });
    }
    let status = wait(child, LIMIT_TO_FAIL);
    let mut output = String::new();
    for _ in 0..2 {
        // A process that outlives its launcher may keep the pipe open.
        if let Ok(text) = receiver.recv_timeout(Duration::from_secs(10)) {
            output += &text?;
        }
    }
    Ok(Ended { status, output })
}

fn job(launcher: &str, ranks: &str) -> Command {
    let program = std::env::current_exe().expect("the test knows its own program");
    let mut command = Command::new(launcher);
    command
        .args(["-n", ranks])
        .arg(program)
        .env(EXPECT_RANKS, ranks)
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null());
    // Open MPI: more ranks than cores, and by the superuser of a container. Others ignore these.
    command
        .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
        .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .env("OMPI_MCA_mpi_yield_when_idle", "1")
        .env("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe");
    command
}

/// Waits up to the limit, then stops the job; `None` if so.
fn wait(mut child: Child, limit: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    let ended = |child: &mut Child| child.try_wait().expect("the job can be waited for");
    while start.elapsed() < limit {
        if let Some(status) = ended(&mut child) {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    // A launcher that is asked to end stops its processes; one that is killed may leave them.
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    let patience = if asked.is_ok() { 50 } else { 0 };
    for _ in 0..patience {
        if ended(&mut child).is_some() {
            return None;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill().and_then(|()| child.wait()).expect("the job can be killed");
    None
}
