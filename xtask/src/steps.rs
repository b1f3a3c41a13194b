//! What a full test consists of: steps, each a few commands.

use std::ffi::OsStr;
use std::process::Command;

use crate::place::{self, Place};
use crate::report::Outcome;
use crate::{convert, large, misbehave, mpi, python, sanitizers, setup};

/// One step.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Belongs to the minutes between: no MPI, no release build.
    pub(crate) quick: bool,
    /// Uses something that the setup provides.
    pub(crate) system: bool,
    pub(crate) run: fn(&Place) -> Outcome,
}

/// All steps, in the order in which they run.
pub(crate) const STEPS: &[Step] = &[
    step("format", "rustfmt changes nothing", format).quick(),
    step("lint", "clippy, without MPI", lint).quick(),
    step("lint-mpi", "clippy and docs, with MPI", mpi::lint).system(),
    step("docs", "docs build, links hold", docs),
    step("test", "unit and integration tests, on threads", test).quick().system(),
    step("doc-test", "examples in the docs", doc_test),
    step(
        "examples",
        "examples in release, at several ranks; conversions; ranks that misbehave",
        examples,
    ),
    step("loom", "models of the threads' synchronisation", loom),
    step("memcheck", "suites under the address sanitizer", sanitizers::memcheck),
    step("races", "the threads' suites under the thread sanitizer", sanitizers::races).system(),
    step("large", "more than 2^31 elements, for real: 10 GiB of memory", large::large),
    step("numpy", "the examples `terrain`, `ufuncs` and `reductions` against NumPy", numpy)
        .system(),
    step("hdf5", "HDF5 files, also against h5py", hdf5).system(),
    step("zarr", "Zarr arrays, also against zarr-python", zarr).system(),
    step("openmpi", "tests under Open MPI", mpi::openmpi).system(),
    step("hdf5-mpi", "HDF5 files that processes of Open MPI write together", mpi::hdf5).system(),
    step("mpich", "tests under MPICH", mpi::mpich).system(),
];

const fn step(name: &'static str, about: &'static str, run: fn(&Place) -> Outcome) -> Step {
    Step { name, about, quick: false, system: false, run }
}

impl Step {
    const fn quick(self) -> Self {
        Self { quick: true, ..self }
    }

    const fn system(self) -> Self {
        Self { system: true, ..self }
    }
}

/// All packages that build without an MPI library: one set, so that each is built once.
pub(crate) const PACKAGES: &str = "--workspace --exclude distarray-mpi";

/// What compares a `terrain` program with NumPy.
pub(crate) const COMPARE: &str = "tests/numpy/terrain.py";

/// Runs commands one after the other, as far as they succeed.
pub(crate) fn all(commands: impl IntoIterator<Item = Command>) -> Outcome {
    for mut command in commands {
        let text = describe(&command);
        println!("$ {text}");
        match command.status() {
            Ok(status) if status.success() => {}
            Ok(_) => return Outcome::Failed(text),
            Err(error) => return Outcome::Failed(format!("{text} ({error})")),
        }
    }
    Outcome::Passed
}

/// A command as one would type it in the workspace.
pub(crate) fn describe(command: &Command) -> String {
    let settings = command
        .get_envs()
        // Long, and told by the Python that it is for.
        .filter(|(name, _)| *name != "PATH")
        .filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), quoted(value?))));
    let program = match command.get_program() {
        cargo if cargo == place::cargo() => "cargo".to_owned(),
        other => quoted(other),
    };
    let words = std::iter::once(program).chain(command.get_args().map(quoted));
    settings.chain(words).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.into_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

fn format(place: &Place) -> Outcome {
    match setup::lacks("rustfmt") {
        Some(why) => Outcome::Skipped(why),
        None => all([place.cargo("fmt --all --check")]),
    }
}

fn lint(place: &Place) -> Outcome {
    if let Some(why) = setup::lacks("clippy") {
        return Outcome::Skipped(why);
    }
    all([
        place.cargo(&format!("clippy {PACKAGES} --all-targets -- -D warnings")),
        // Features add up: the facade builds without any backend.
        place.cargo("clippy -p distarray --no-default-features -- -D warnings"),
        place.cargo("clippy -p distarray --features progress --examples -- -D warnings"),
    ])
}

fn docs(place: &Place) -> Outcome {
    let doc = |args: &str| {
        let mut doc = place.cargo(&format!("doc {args} --no-deps"));
        doc.env("RUSTDOCFLAGS", "-D warnings");
        doc
    };
    // Those of HDF5 need its library, and are in that step.
    all([doc(PACKAGES), doc("-p distarray-io --features zarr,progress")])
}

fn test(place: &Place) -> Outcome {
    all([place.cargo(&format!("test {PACKAGES} --lib --bins --tests"))])
}

fn doc_test(place: &Place) -> Outcome {
    all([place.cargo(&format!("test {PACKAGES} --doc"))])
}

fn examples(place: &Place) -> Outcome {
    let folder = place.target.join("release/examples");
    let mut commands = vec![place.cargo("build --release --examples")];
    for ranks in ["1", "2", "5"] {
        let mut quickstart = place.command(folder.join("quickstart"));
        quickstart.env("DISTARRAY_RANKS", ranks);
        let mut terrain = place.command(folder.join("terrain"));
        terrain.args(["--ranks", ranks]);
        let mut pi = place.command(folder.join("pi"));
        pi.args(["--ranks", ranks, "--samples", "1000000"]);
        let mut jacobi = place.command(folder.join("jacobi"));
        jacobi.args(["--ranks", ranks, "--size", "33"]);
        commands.extend([quickstart, terrain, pi, jacobi]);
    }
    match all(commands) {
        Outcome::Passed => match convert::check(place, &folder.join("convert"), &[]) {
            Outcome::Passed => misbehave::check(place, &folder.join("misbehave"), None),
            other => other,
        },
        other => other,
    }
}

fn loom(place: &Place) -> Outcome {
    let mut models = place.cargo("test --release -p distarray-threads --lib loom");
    models.env("RUSTFLAGS", "--cfg loom").env("CARGO_TARGET_DIR", place.target.join("loom"));
    all([models])
}

fn numpy(place: &Place) -> Outcome {
    let Some(python) = &place.python else {
        return Outcome::Skipped("there is no python3 with NumPy".to_owned());
    };
    let compare = |example: &str| {
        let mut command = place.command(python);
        command.arg(format!("tests/numpy/{example}.py"));
        command.arg(place.target.join("release/examples").join(example));
        command
    };
    let build = place.cargo("build --release --examples");
    all([build, compare("terrain"), compare("ufuncs"), compare("reductions")])
}

fn zarr(place: &Place) -> Outcome {
    match format_of_files(place, "zarr,progress", "zarr", "a.zarr") {
        Outcome::Passed => {
            let fuzz = "-p distarray-fuzz --features zarr";
            let lint = format!("clippy {fuzz} --all-targets -- -D warnings");
            all([place.cargo(&lint), place.cargo(&format!("test {fuzz} --test targets"))])
        }
        other => other,
    }
}

fn hdf5(place: &Place) -> Outcome {
    format_of_files(place, "hdf5", "h5py", "a.h5:/deep/x")
}

/// A format behind features, compared with a module of Python, and converted to and from such a file.
fn format_of_files(place: &Place, features: &str, module: &str, file: &str) -> Outcome {
    let mut lint =
        place.cargo(&format!("clippy -p distarray-io --features {features} --all-targets"));
    lint.args(["--", "-D", "warnings"]);
    let mut doc = place.cargo(&format!("doc -p distarray-io --features {features} --no-deps"));
    doc.env("RUSTDOCFLAGS", "-D warnings");
    let mut test = place.cargo(&format!("test -p distarray-io --features {features}"));
    match python::find_with(module, &place.target) {
        Some(python) => {
            if let Some(path) = python::path_with(&python) {
                test.env(python::VARIABLE, &python).env("PATH", path);
            }
        }
        None => {
            println!("SKIPPED: there is no python3 with {module}; nothing is compared with it");
        }
    }
    let build = place.cargo(&format!("build --example convert --features {features}"));
    match all([lint, doc, test, build]) {
        Outcome::Passed => {
            convert::check(place, &place.target.join("debug/examples/convert"), &[file])
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_typed_again() {
        let mut command = Command::new("mpirun");
        command.args(["-n {ranks}", "it's", "", "a,b"]).env("X", "1 2").env("PATH", "/bin");
        assert_eq!(describe(&command), r"X='1 2' mpirun '-n {ranks}' 'it'\''s' '' a,b");
        assert_eq!(describe(&Command::new(place::cargo())), "cargo");
    }

    #[test]
    fn the_command_that_fails_is_named_and_the_last() {
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        let passed = all([shell("exit 0"), shell("exit 0")]);
        assert_eq!(passed, Outcome::Passed);
        let failed = all([shell("exit 0"), shell("exit 3"), shell("exit 4")]);
        assert_eq!(failed, Outcome::Failed("sh -c 'exit 3'".to_owned()));
    }
}
