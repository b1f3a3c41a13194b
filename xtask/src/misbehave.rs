//! The example `misbehave`: whatever one rank does wrong, the run ends soon, with a code that is not
//! 0 and one message that names the rank, the operation and its line.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::mpi::LAUNCHING;
use crate::place::Place;
use crate::report::Outcome;

/// What one rank does wrong, and the operation that the message names.
const WAYS: &[(&str, &str)] = &[
    ("panic", "sum of float64["),
    ("early-return", "sum of float64["),
    ("error", "sum of float64["),
    ("mismatch", "max of float64["),
    ("shape", "ones of float64["),
    ("io", "in agree at "),
    ("alloc", "ones of float64["),
];

/// More than a run takes on a busy machine: it turns a hang into a failure.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs every way at 2 to 5 ranks, the first or the last of which goes wrong; under a launcher where
/// one is given, as words before the program, to which `-n RANKS` is added.
pub(crate) fn check(place: &Place, program: &Path, launcher: Option<&str>) -> Outcome {
    println!("$ {} --how ... --rank ... --ranks 2 to 5", program.display());
    let (mut runs, mut longest) = (0, Duration::ZERO);
    for &(way, operation) in WAYS {
        for ranks in 2..=5_usize {
            let rank = if ranks % 2 == 0 { ranks - 1 } else { 0 };
            let mut command = match launcher {
                Some(launcher) => {
                    let mut command = place.command(launcher);
                    command.envs(LAUNCHING).args(["-n", &ranks.to_string()]).arg(program);
                    command
                }
                None => {
                    let mut command = place.command(program);
                    command.args(["--ranks", &ranks.to_string()]);
                    command
                }
            };
            command.args(["--how", way, "--rank", &rank.to_string()]).env_remove("RUST_BACKTRACE");
            let start = Instant::now();
            let verdict = end_of(&mut command).and_then(|end| end.judge(rank, operation));
            longest = longest.max(start.elapsed());
            runs += 1;
            if let Err(why) = verdict {
                return Outcome::Failed(format!(
                    "misbehave --how {way} --rank {rank} on {ranks} ranks: {why}"
                ));
            }
        }
    }
    println!("{runs} runs went wrong as they should, the longest in {longest:.1?}");
    Outcome::Passed
}

/// How a run ended.
struct End {
    succeeded: bool,
    errors: String,
}

/// Runs a command within the limit.
fn end_of(command: &mut Command) -> Result<End, String> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| format!("does not start: {error}"))?;
    let mut pipe = child.stderr.take().expect("it was asked for");
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let start = Instant::now();
    loop {
        let status = child.try_wait().map_err(|error| error.to_string())?;
        if let Some(status) = status {
            let errors = reader.join().map_err(|_| "its messages cannot be read".to_owned())?;
            return Ok(End { succeeded: status.success(), errors });
        }
        if start.elapsed() > LIMIT {
            let _ = child.kill();
            return Err(format!("still runs after {LIMIT:?}"));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

impl End {
    /// Whether the run went wrong as it should.
    fn judge(&self, rank: usize, operation: &str) -> Result<(), String> {
        if self.succeeded {
            return Err("ended well".to_owned());
        }
        // Launchers add words of their own; ours name a line of the example.
        let ours: Vec<&str> =
            self.errors.lines().filter(|line| line.contains("misbehave.rs:")).collect();
        let [message] = ours[..] else {
            return Err(format!("{} messages:\n{}", ours.len(), self.errors));
        };
        for part in [&format!("rank {rank}"), operation] {
            if !message.contains(part) {
                return Err(format!("no '{part}' in: {message}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_with_rank_operation_and_line_is_asked_for() {
        let judge = |errors: &str| {
            End { succeeded: false, errors: errors.to_owned() }.judge(1, "sum of float64[")
        };
        let message =
            "Error: rank 1: left, while rank 0 was in sum of float64[4] at misbehave.rs:9";
        assert_eq!(judge(message), Ok(()));
        assert_eq!(judge(&format!("mpirun: job ended\n{message}\n")), Ok(()));
        assert!(judge(&format!("{message}\n{message}")).unwrap_err().starts_with("2 messages"));
        assert!(judge("killed").unwrap_err().starts_with("0 messages"));
        assert!(judge("rank 2 in misbehave.rs:9").unwrap_err().contains("no 'rank 1'"));
        assert!(End { succeeded: true, errors: message.into() }.judge(1, "sum").is_err());
    }

    #[test]
    fn what_a_command_says_and_how_it_ends_is_told() {
        let mut shell = Command::new("sh");
        let end = end_of(shell.args(["-c", "echo out; echo no >&2; exit 3"])).unwrap();
        assert!(!end.succeeded && end.errors == "no\n");
    }
}
