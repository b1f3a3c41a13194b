//! A Python that has NumPy.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::succeeds;

/// Names the Python to use, to this program and to the tests.
pub(crate) const VARIABLE: &str = "DISTARRAY_PYTHON";

/// Libraries that measurements are compared with where they are there, and that pip installs within reason.
const PEERS: [&str; 2] = ["mpi4py", "numexpr"];

/// The Python that is asked for; or else the system's, or the project's own, whichever has NumPy.
pub(crate) fn find(target: &Path) -> Option<PathBuf> {
    find_with("numpy", target)
}

/// As [`find`], for another module.
pub(crate) fn find_with(module: &str, target: &Path) -> Option<PathBuf> {
    candidates(asked_for(), target).into_iter().find(|python| has(python, module))
}

/// The first that has a library to compare with. The project's own, to which [`add_peers`] adds them, comes before
/// the one that is asked for: this is for the tests, and may have none.
pub(crate) fn find_with_peers(target: &Path) -> Option<PathBuf> {
    let has_some = |python: &PathBuf| PEERS.iter().any(|peer| has(python, peer));
    own_first(asked_for(), target).into_iter().find(has_some)
}

/// Adds a module to an environment of the project's own, which is made where there is none; the
/// reason where that fails.
pub(crate) fn add(module: &str, target: &Path) -> Result<(), String> {
    let own = folder(target);
    println!("installing {module} in {}", own.display());
    let runs = |command: &mut Command| command.status().is_ok_and(|status| status.success());
    let made = program(target).exists()
        || runs(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&own));
    let pip = ["-m", "pip", "install", "--quiet", module];
    if made && runs(Command::new(program(target)).args(pip)) {
        return Ok(());
    }
    Err(format!("no environment with {module} could be made in {}", own.display()))
}

/// Adds to the project's own environment what measurements are compared with; says what cannot be.
pub(crate) fn add_peers(target: &Path) -> Vec<String> {
    // With the NumPy that they are used with, whatever Python the tests use.
    let wanted = ["numpy"].into_iter().chain(PEERS);
    let lacking = wanted.filter(|module| !has(&program(target), module));
    let failed: Vec<String> = lacking.filter_map(|module| add(module, target).err()).collect();
    let own = program(target);
    if !has(&own, "heat") {
        // Its dependencies take several gigabytes.
        println!(
            "heat is not installed; where it is to be measured: {} -m pip install heat",
            own.display()
        );
    }
    failed
}

/// The Python that the environment asks for, if it does.
pub(crate) fn asked_for() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|python| !python.is_empty()).map(PathBuf::from)
}

/// The search path for programs that start `python3`: the one with NumPy comes first.
///
/// `None` where `python3` is found as it is.
pub(crate) fn path_with(python: &Path) -> Option<OsString> {
    let folder = python.parent().filter(|folder| !folder.as_os_str().is_empty())?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    std::env::join_paths(all).ok()
}

fn candidates(asked_for: Option<PathBuf>, target: &Path) -> Vec<PathBuf> {
    match asked_for {
        // Another one instead would hide a wrong setting.
        Some(python) => vec![python],
        None => vec!["python3".into(), program(target)],
    }
}

fn own_first(asked_for: Option<PathBuf>, target: &Path) -> Vec<PathBuf> {
    let own = program(target);
    let others = candidates(asked_for, target).into_iter().filter(|python| *python != own);
    std::iter::once(own.clone()).chain(others).collect()
}

fn has(python: &Path, module: &str) -> bool {
    succeeds(Command::new(python).args(["-c", &format!("import {module}")]))
}

fn folder(target: &Path) -> PathBuf {
    target.join("python")
}

fn program(target: &Path) -> PathBuf {
    folder(target).join("bin/python3")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_that_is_asked_for_is_the_only_one() {
        let target = Path::new("/t");
        assert_eq!(candidates(Some("/opt/py".into()), target), [Path::new("/opt/py")]);
        let usual = [Path::new("python3"), Path::new("/t/python/bin/python3")];
        assert_eq!(candidates(None, target), usual);
    }

    #[test]
    fn peers_are_looked_for_in_the_projects_own_python_first() {
        let (target, own) = (Path::new("/t"), Path::new("/t/python/bin/python3"));
        assert_eq!(own_first(Some("/opt/py".into()), target), [own, Path::new("/opt/py")]);
        assert_eq!(own_first(None, target), [own, Path::new("python3")]);
        assert_eq!(own_first(Some(own.to_owned()), target), [own]);
    }

    #[test]
    fn a_python_with_a_folder_comes_first() {
        assert_eq!(path_with(Path::new("python3")), None);
        let path = path_with(Path::new("/t/python/bin/python3")).unwrap();
        assert_eq!(std::env::split_paths(&path).next().unwrap(), Path::new("/t/python/bin"));
    }
}
