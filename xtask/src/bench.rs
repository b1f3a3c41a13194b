//! `cargo xtask bench`.

use std::process::Command;

use crate::mpi::Library;
use crate::place::{self, Place};
use crate::python;

/// What the command line asks for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Selection {
    /// The MPI library under which the ranks are processes; else they are threads.
    mpi: Option<String>,
    ranks: Option<String>,
    /// What the measurements' own program is told beside.
    rest: Vec<String>,
}

impl Selection {
    /// Reads the options that say how to start the measurements; the others are the program's.
    ///
    /// # Errors
    /// An option without its value; a library that is not known; a number of ranks that is none.
    pub(crate) fn from_args(args: &[String]) -> Result<Self, String> {
        let mut selection = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let (option, value) = match arg.split_once('=') {
                Some((option, value)) => (option, Some(value.to_owned())),
                None => (arg.as_str(), None),
            };
            let place = match option {
                "--mpi" => &mut selection.mpi,
                "--ranks" => &mut selection.ranks,
                _ => {
                    selection.rest.push(arg.clone());
                    continue;
                }
            };
            let value = value.or_else(|| args.next().cloned());
            *place = Some(value.ok_or_else(|| format!("{option} needs a value"))?);
        }
        if let Some(name) = selection.mpi.as_deref().filter(|name| Library::named(name).is_none()) {
            return Err(format!("--mpi is 'openmpi' or 'mpich', not '{name}'"));
        }
        if let Some(ranks) = &selection.ranks
            && !ranks.parse().is_ok_and(|ranks: usize| ranks > 0)
        {
            return Err(format!("--ranks is a number above 0, not '{ranks}'"));
        }
        Ok(selection)
    }
}

/// Builds and starts the measurements' own program; whether it succeeded.
pub(crate) fn run(selection: &Selection) -> bool {
    match selection.mpi.as_deref().and_then(Library::named) {
        None => on_threads(selection),
        Some(library) => under(library, selection),
    }
}

fn on_threads(Selection { ranks, rest, .. }: &Selection) -> bool {
    let mut command = Command::new(place::cargo());
    command.args(["run", "--release", "--package", "distarray-benches", "--"]).args(rest);
    command.args(ranks.iter().flat_map(|ranks| ["--ranks", ranks]));
    // Some lines are ratios to NumPy, or beside other libraries.
    let place = Place::new();
    if let Some(python) = python::find_with_peers(&place.target) {
        command.env("DISTARRAY_PEERS_PYTHON", python);
    }
    if let Some(python) = place.python {
        command.env(python::VARIABLE, python);
    }
    succeeds(&mut command)
}

/// Under an MPI library: built for it, and started by its launcher, on two processes unless told
/// otherwise.
fn under(library: &Library, Selection { ranks, rest, .. }: &Selection) -> bool {
    if let Some(why) = library.lacks() {
        eprintln!("measurements under {} cannot be made: {why}", library.name());
        return false;
    }
    let place = Place::new();
    let build = "build --release --package distarray-benches --features mpi";
    if !succeeds(&mut library.cargo(&place, build)) {
        return false;
    }
    let ranks = ranks.as_deref().unwrap_or("2");
    // In the folder of whoever calls, to which the names of files are relative.
    let mut command = library.launch(ranks, &library.folder(&place).join("release/bench"));
    command.args(rest).args(["--ranks", ranks]);
    succeeds(&mut command)
}

fn succeeds(command: &mut Command) -> bool {
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => {
            eprintln!("{} does not start: {error}", command.get_program().display());
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(args: &str) -> Result<Selection, String> {
        Selection::from_args(&args.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn how_to_start_is_told_apart_from_what_to_measure() {
        let rest = ["halo", "--json", "out"].map(str::to_owned).to_vec();
        let plain = Selection { rest: rest.clone(), ..Selection::default() };
        assert_eq!(selection("halo --json out"), Ok(plain));
        let under_mpi = Selection { mpi: Some("mpich".into()), ranks: Some("4".into()), rest };
        assert_eq!(selection("halo --mpi mpich --ranks=4 --json out"), Ok(under_mpi));
    }

    #[test]
    fn values_that_cannot_be_are_refused() {
        assert!(selection("--mpi").unwrap_err().contains("needs a value"));
        assert!(selection("--mpi lam").unwrap_err().contains("'lam'"));
        assert!(selection("--ranks 0").unwrap_err().contains("'0'"));
        assert!(selection("halo --ranks two").unwrap_err().contains("'two'"));
    }
}
