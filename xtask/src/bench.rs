//! `cargo xtask bench`.

use std::process::Command;

use crate::place;

/// Passes everything on to the measurements' own program; whether it succeeded.
pub(crate) fn run(args: &[String]) -> bool {
    let mut command = Command::new(place::cargo());
    command.args(["run", "--release", "--package", "distarray-benches", "--"]).args(args);
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => {
            eprintln!("cargo does not start: {error}");
            false
        }
    }
}
