//! What a full test consists of: steps, each a few commands.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::place::{self, Place};
use crate::setup::has;

/// One step.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// Runs without MPI, NumPy and release builds.
    pub(crate) quick: bool,
    pub(crate) run: fn(&Place) -> Outcome,
}

/// How a step ended.
pub(crate) enum Outcome {
    Passed,
    /// It failed; the command to repeat by hand.
    Failed(String),
    /// It could not run; why.
    Skipped(String),
}

/// All steps, in the order in which they run.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "format", quick: true, run: format },
    Step { name: "lint", quick: true, run: lint },
    Step { name: "docs", quick: true, run: docs },
    Step { name: "test", quick: true, run: test },
    Step { name: "examples", quick: false, run: examples },
    Step { name: "numpy", quick: false, run: numpy },
    Step { name: "openmpi", quick: false, run: openmpi },
    Step { name: "mpich", quick: false, run: mpich },
];

/// Runs commands one after the other, as far as they succeed.
fn all(commands: impl IntoIterator<Item = Command>) -> Outcome {
    for mut command in commands {
        let text = describe(&command);
        println!("$ {text}");
        if !command.status().is_ok_and(|status| status.success()) {
            return Outcome::Failed(text);
        }
    }
    Outcome::Passed
}

/// A command as one would type it.
fn describe(command: &Command) -> String {
    let settings = command
        .get_envs()
        .filter(|(name, _)| *name != "PATH")
        .filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), quoted(value?))));
    let program = Path::new(command.get_program());
    // Cargo is known by its whole path; by hand its name will do.
    let program = match program.file_stem() {
        Some(name) if name == "cargo" => name,
        _ => program.as_os_str(),
    };
    let words = std::iter::once(program).chain(command.get_args()).map(quoted);
    settings.chain(words).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    match word.contains([' ', '{']) {
        true => format!("\"{word}\""),
        false => word.into_owned(),
    }
}

fn cargo(place: &Place, args: &str) -> Command {
    let mut command = Command::new(place::cargo());
    command.current_dir(&place.root).args(args.split_whitespace()).env("PATH", place.path());
    command
}

fn program(place: &Place, path: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(path);
    command.current_dir(&place.root).args(args).env("PATH", place.path());
    command
}

fn format(place: &Place) -> Outcome {
    all([cargo(place, "fmt --all --check")])
}

fn lint(place: &Place) -> Outcome {
    all([
        cargo(place, "clippy --workspace --exclude distarray-mpi --all-targets -- -D warnings"),
        // Features add up: each backend builds without the other, and the core without any.
        cargo(place, "clippy -p distarray --no-default-features -- -D warnings"),
    ])
}

fn docs(place: &Place) -> Outcome {
    let mut doc = cargo(place, "doc --workspace --exclude distarray-mpi --no-deps");
    doc.env("RUSTDOCFLAGS", "-D warnings");
    all([doc])
}

fn test(place: &Place) -> Outcome {
    all([cargo(place, "test --workspace --exclude distarray-mpi")])
}

fn examples(place: &Place) -> Outcome {
    let folder = place.target.join("release/examples");
    let mut commands = vec![cargo(place, "build --release --examples")];
    for ranks in ["1", "2", "5"] {
        let mut quickstart = program(place, &folder.join("quickstart"), &[]);
        quickstart.env("DISTARRAY_RANKS", ranks);
        commands.push(quickstart);
        commands.push(program(place, &folder.join("terrain"), &["--ranks", ranks]));
    }
    all(commands)
}

const COMPARE: &str = "tests/numpy/terrain.py";

fn numpy(place: &Place) -> Outcome {
    let mut python = program(place, Path::new("python3"), &["-c", "import numpy"]);
    if !python.status().is_ok_and(|status| status.success()) {
        return Outcome::Skipped("there is no python3 with NumPy".to_owned());
    }
    let terrain = place.target.join("release/examples/terrain");
    let terrain = terrain.to_string_lossy();
    all([
        cargo(place, "build --release --example terrain"),
        program(place, Path::new("python3"), &[COMPARE, &terrain]),
    ])
}

/// One MPI library: its name, the numbers of ranks to test, its compiler and its launcher.
struct Library {
    name: &'static str,
    ranks: &'static str,
    terrain_ranks: &'static str,
    compiler: &'static str,
    launcher: &'static str,
}

fn openmpi(place: &Place) -> Outcome {
    with_mpi(
        place,
        &Library {
            name: "openmpi",
            ranks: "1,2,3,4,6",
            terrain_ranks: "1,3",
            compiler: "mpicc.openmpi",
            launcher: "mpirun.openmpi",
        },
    )
}

fn mpich(place: &Place) -> Outcome {
    with_mpi(
        place,
        &Library {
            name: "mpich",
            ranks: "2,4",
            terrain_ranks: "2",
            compiler: "mpicc.mpich",
            launcher: "mpirun.mpich",
        },
    )
}

/// Lints and tests everything that knows of MPI, in a folder of its own: the bindings do not notice
/// that the library has changed.
fn with_mpi(place: &Place, library: &Library) -> Outcome {
    for program in [library.compiler, library.launcher] {
        if !has(program) {
            return Outcome::Skipped(format!("there is no {program}"));
        }
    }
    let target = place.target.join(library.name);
    let build = |args: &str| {
        let mut command = cargo(place, args);
        command.env("CARGO_TARGET_DIR", &target);
        settings(&mut command, library);
        command
    };
    let packages = "-p distarray-mpi -p distarray -p distarray-tests --features distarray/mpi,distarray-tests/mpi";
    let terrain = target.join("debug/examples/terrain");
    let launch = format!("{} -n {{ranks}}", library.launcher);
    let terrain = terrain.to_string_lossy();
    let compare = [COMPARE, &terrain, "--launch", &launch, "--ranks", library.terrain_ranks];
    let mut compare = program(place, Path::new("python3"), &compare);
    settings(&mut compare, library);
    all([
        build(&format!("clippy {packages} --all-targets -- -D warnings")),
        build("test -p distarray-mpi"),
        build("test -p distarray-tests --features mpi --test mpi"),
        build("build --features mpi --example terrain"),
        compare,
    ])
}

fn settings(command: &mut Command, library: &Library) {
    command.env("MPICC", library.compiler);
    command.env("DISTARRAY_MPIRUN", library.launcher).env("DISTARRAY_MPI_RANKS", library.ranks);
    // Open MPI wants to be told that root, and more ranks than cores, are meant.
    command.env("OMPI_ALLOW_RUN_AS_ROOT", "1").env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    command.env("OMPI_MCA_rmaps_base_oversubscribe", "1");
}
