//! `cargo xtask setup`: what the tests need of the system.

use std::path::Path;
use std::process::Command;

use crate::place::{self, Place, has, succeeds};
use crate::{packages, python};

/// Installs what is missing; whether everything is there now.
pub(crate) fn run() -> bool {
    let missing = provide(&Place::new());
    if missing.is_empty() {
        println!("everything that the tests need is there");
    }
    missing.is_empty()
}

/// As [`run`], with the libraries that `bench` compares with; whether those are there.
pub(crate) fn run_with_peers() -> bool {
    let complete = run();
    let missing = python::add_peers(&Place::new().target);
    for sentence in &missing {
        println!("MISSING: {sentence}");
    }
    complete && missing.is_empty()
}

/// Installs what is missing, where that is allowed; says what is missing where it is not.
pub(crate) fn provide(place: &Place) -> Vec<String> {
    let mut missing = Vec::new();
    missing.extend(components());
    // A Python that was asked for is not ours to furnish.
    let python_is_ours = place.python.is_none() && python::asked_for().is_none();
    missing.extend(packages::provide(python_is_ours));
    missing.extend(numpy(place));
    missing.extend(zarr(place));
    missing.extend(h5py(place));
    for sentence in &missing {
        println!("MISSING: {sentence}");
    }
    missing
}

/// The parts of the Rust toolchain that a minimal installation lacks.
pub(crate) fn lacks(component: &str) -> Option<String> {
    let found = match component {
        "rust-src" => place::rustc("--print sysroot")
            .is_some_and(|root| Path::new(&root).join("lib/rustlib/src/rust/library").is_dir()),
        "rustfmt" => runs("fmt"),
        tool => runs(tool),
    };
    (!found).then(|| format!("{component}; install it by: rustup component add {component}"))
}

/// Whether cargo has this command.
fn runs(tool: &str) -> bool {
    succeeds(Command::new(place::cargo()).args([tool, "--version"]))
}

fn components() -> Vec<String> {
    let lacking = ["rustfmt", "clippy", "rust-src"].into_iter().filter_map(|name| {
        lacks(name)?;
        if has("rustup") {
            println!("installing {name}");
            // Whether it worked is looked up below; rustup says why it did not.
            let _ = Command::new("rustup").args(["component", "add", name]).status();
        }
        lacks(name)
    });
    lacking.collect()
}

/// NumPy where the packages have not brought it: from the Python package index.
fn numpy(place: &Place) -> Option<String> {
    if python::find(&place.target).is_some() {
        return None;
    }
    if let Some(python) = python::asked_for() {
        let variable = python::VARIABLE;
        return Some(format!("{variable} is {}, which has no NumPy", python.display()));
    }
    let failed = python::add("numpy", &place.target).err()?;
    Some(format!("a python3 with NumPy ({failed}); on Debian the package python3-numpy"))
}

/// zarr-python, with the NumPy that it brings along.
fn zarr(place: &Place) -> Option<String> {
    if python::find_with("zarr", &place.target).is_some() {
        return None;
    }
    if let Some(python) = python::asked_for() {
        let variable = python::VARIABLE;
        return Some(format!("{variable} is {}, which has no zarr", python.display()));
    }
    let failed = python::add("zarr", &place.target).err()?;
    Some(format!("a python3 with zarr ({failed})"))
}

/// h5py, with the NumPy that it brings along.
fn h5py(place: &Place) -> Option<String> {
    if python::find_with("h5py", &place.target).is_some() {
        return None;
    }
    if let Some(python) = python::asked_for() {
        let variable = python::VARIABLE;
        return Some(format!("{variable} is {}, which has no h5py", python.display()));
    }
    let failed = python::add("h5py", &place.target).err()?;
    Some(format!("a python3 with h5py ({failed})"))
}
