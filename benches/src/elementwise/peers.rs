//! The same expression by other libraries of distributed or threaded arrays, where they are installed.
//!
//! They run by themselves, after ours: as many processes or threads as there were ranks.

use std::ffi::OsString;
use std::process::{Command, Output};

use crate::measure::Line;

/// What is measured, by us and by them.
const INTO: &str = "sin(a) * b + 2 c - a";
const NEW: &str = "sin(a) * b + 2 c - a, new";
const N: usize = 20_000_000;

struct Peer {
    name: &'static str,
    /// The name of its line.
    op: &'static str,
    /// Our measurement that does the same.
    beside: &'static str,
}

const PEERS: [Peer; 3] = [
    Peer { name: "mpi4py", op: "sin(a) * b + 2 c - a, mpi4py", beside: NEW },
    Peer { name: "numexpr", op: "sin(a) * b + 2 c - a, numexpr", beside: INTO },
    Peer { name: "heat", op: "sin(a) * b + 2 c - a, heat", beside: NEW },
];

/// A line for each peer that is there, and for the others a sentence why not. `ours` are the lines of the same run.
pub(crate) fn run(ours: &[Line]) -> (Vec<Line>, Vec<String>) {
    let (mut lines, mut absent) = (Vec::new(), Vec::new());
    for peer in &PEERS {
        let Some(beside) = ours.iter().find(|line| (line.op, line.n) == (peer.beside, N)) else {
            continue;
        };
        match seconds(peer, beside.ranks) {
            Ok(median) => lines.push(Line {
                op: peer.op,
                backend: peer.name,
                median,
                vs_handwritten: None,
                than: "",
                vs_limit: None,
                vs_peer: Some(median / beside.median),
                ..beside.clone()
            }),
            Err(why) => absent.push(format!("{:<32} absent: {why}", peer.op)),
        }
    }
    (lines, absent)
}

/// The median seconds that a peer takes on so many workers.
fn seconds(peer: &Peer, workers: usize) -> Result<f64, String> {
    let python =
        ["DISTARRAY_PEERS_PYTHON", "DISTARRAY_PYTHON"].into_iter().find_map(std::env::var_os);
    let python = python.unwrap_or_else(|| "python3".into());
    let script: OsString = concat!(env!("CARGO_MANIFEST_DIR"), "/peers.py").into();
    let asked = told(Command::new(&python).arg(&script).arg(peer.name))?;
    let mut command = match asked.as_str() {
        "alone" => Command::new(&python),
        launcher => {
            let mut command = Command::new(launcher);
            // Containers have one user only, and machines may have fewer cores.
            command.env("OMPI_ALLOW_RUN_AS_ROOT", "1").env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
            command.env("OMPI_MCA_rmaps_base_oversubscribe", "1");
            command.args(["-n", &workers.to_string()]).arg(&python);
            command
        }
    };
    let found =
        told(command.arg(&script).arg(peer.name).args([N, workers].map(|n| n.to_string())))?;
    found.parse().map_err(|_| format!("no number of seconds in '{found}'"))
}

/// What a command prints, or the last that it says of why it fails.
fn told(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_owned();
    let outcome = command.output();
    let Output { status, stdout, stderr } =
        outcome.map_err(|error| format!("{} does not start: {error}", program.display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match status.success() {
        true => Ok(text(&stdout)),
        false => {
            let said = text(&stderr);
            Err(said.lines().last().unwrap_or("it fails").to_owned())
        }
    }
}
