//! Installing what the tests need of the system.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::place::Place;

/// Debian's packages, and what each is for.
const PACKAGES: &[(&str, &str)] = &[
    ("libclang1-14", "bindings to MPI"),
    ("libclang-common-14-dev", "bindings to MPI"),
    ("openmpi-bin", "Open MPI"),
    ("libopenmpi-dev", "Open MPI"),
    ("mpich", "MPICH"),
    ("libmpich-dev", "MPICH"),
];

/// Releases that have another clang are given theirs: the version-less packages name it.
const CLANG_OF_ANY_RELEASE: &[(&str, &str)] =
    &[("libclang-dev", "bindings to MPI"), ("libclang-common-dev", "bindings to MPI")];

/// What could not be provided, as a sentence each.
pub(crate) type Missing = Vec<String>;

/// Installs what is missing, where that is allowed; says what is missing where it is not.
pub(crate) fn run(place: &Place) -> Result<Missing, String> {
    let mut missing = Vec::new();
    missing.extend(packages()?);
    missing.extend(numpy(place));
    for sentence in &missing {
        println!("MISSING: {sentence}");
    }
    if missing.is_empty() {
        println!("everything that the tests need is there");
    }
    Ok(missing)
}

fn packages() -> Result<Missing, String> {
    if !has("dpkg-query") {
        let names = names(&to_install(PACKAGES, &|_| false));
        let what = "an MPI library with its compiler wrapper (Open MPI and MPICH for all tests) and libclang";
        return Ok(vec![format!("{what}; on Debian and Ubuntu the packages {names}")]);
    }
    let absent = to_install(PACKAGES, &is_installed);
    if absent.is_empty() {
        return Ok(Vec::new());
    }
    let Some(mut apt) = privileged("apt-get") else {
        let names = names(&absent);
        return Ok(vec![format!("system packages; install them by: apt-get install {names}")]);
    };
    println!("installing {}", names(&absent));
    // An old list of packages is refreshed; that it cannot be is no reason not to try.
    let _ = apt.args(["update", "-qq"]).stdout(Stdio::null()).status();
    for candidates in [absent.clone(), for_another_release(&absent)] {
        let mut apt = privileged("apt-get").expect("allowed a moment ago");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt.args(["install", "-y", "-qq", "--no-install-recommends"]);
        apt.args(candidates.iter().map(|(name, _)| name)).stdout(Stdio::null());
        if apt.status().is_ok_and(|status| status.success()) {
            return Ok(Vec::new());
        }
    }
    Ok(vec![format!("system packages that apt-get could not install: {}", names(&absent))])
}

type Package = (&'static str, &'static str);

fn to_install(packages: &[Package], installed: &dyn Fn(&str) -> bool) -> Vec<Package> {
    packages.iter().copied().filter(|(name, _)| !installed(name)).collect()
}

fn for_another_release(absent: &[Package]) -> Vec<Package> {
    let others = absent.iter().copied().filter(|(name, _)| !name.starts_with("libclang"));
    let clang = absent.iter().any(|(name, _)| name.starts_with("libclang"));
    others.chain(clang.then_some(CLANG_OF_ANY_RELEASE).into_iter().flatten().copied()).collect()
}

fn names(packages: &[Package]) -> String {
    let names: Vec<_> = packages.iter().map(|(name, _)| *name).collect();
    names.join(" ")
}

fn is_installed(name: &str) -> bool {
    let query = Command::new("dpkg-query").args(["-W", "-f=${Status}", name]).output();
    query.is_ok_and(|found| found.stdout.ends_with(b"ok installed"))
}

/// A command with the rights of root, where they can be had without a password.
fn privileged(program: &str) -> Option<Command> {
    let quiet = |command: &mut Command| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let id = Command::new("id").arg("-u").output().ok()?;
    if id.stdout.trim_ascii() == b"0" {
        return Some(Command::new(program));
    }
    quiet(Command::new("sudo").args(["-n", "true"])).then(|| {
        let mut command = Command::new("sudo");
        command.args(["-n", program]);
        command
    })
}

/// Whether a program can be started.
pub(crate) fn has(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

/// A Python with NumPy: the system's, or an environment of the project's own.
fn numpy(place: &Place) -> Missing {
    let works = |python: &Path| {
        let mut command = Command::new(python);
        command.args(["-c", "import numpy"]).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let own = place.python();
    if works(Path::new("python3")) || works(&own.join("bin/python3")) {
        return Vec::new();
    }
    println!("installing NumPy in {}", own.display());
    let succeeds = |command: &mut Command| command.status().is_ok_and(|status| status.success());
    let made = succeeds(Command::new("python3").args(["-m", "venv"]).arg(&own))
        && succeeds(
            Command::new(own.join("bin/python3")).args(["-m", "pip", "install", "-q", "numpy"]),
        );
    match made && works(&own.join("bin/python3")) {
        true => Vec::new(),
        false => vec!["a python3 with NumPy; on Debian the package python3-numpy".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_installed() {
        let absent = to_install(PACKAGES, &|name| name.contains("mpi"));
        assert_eq!(names(&absent), "libclang1-14 libclang-common-14-dev");
        assert!(to_install(PACKAGES, &|_| true).is_empty());
    }

    #[test]
    fn another_release_gets_its_own_clang() {
        let absent =
            to_install(PACKAGES, &|name| name.starts_with("mpich") || name == "openmpi-bin");
        let others = for_another_release(&absent);
        assert_eq!(names(&others), "libopenmpi-dev libmpich-dev libclang-dev libclang-common-dev");
        assert_eq!(names(&for_another_release(&others[..2])), "libopenmpi-dev libmpich-dev");
    }
}
