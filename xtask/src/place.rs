//! Where builds go, and what a run may count on.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::python;

/// The cargo that runs this.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// What the compiler that cargo uses says of itself; `args` are split at white space.
pub(crate) fn rustc(args: &str) -> Option<String> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = Command::new(program).args(args.split_whitespace()).output().ok()?;
    let text = String::from_utf8(told.stdout).ok()?;
    told.status.success().then(|| text.trim().to_owned())
}

/// Whether this is a run that may leave nothing out.
pub(crate) fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}

/// Whether a program can be started.
pub(crate) fn has(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

/// Whether a command succeeds; what it prints is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The folders of a run, and its Python.
pub(crate) struct Place {
    /// The workspace.
    pub(crate) root: PathBuf,
    /// Where builds go.
    pub(crate) target: PathBuf,
    /// A Python that has NumPy.
    pub(crate) python: Option<PathBuf>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace");
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let target = root.join(target);
        let python = python::find(&target);
        Self { root: root.to_owned(), target, python }
    }

    /// A command of a step: in the workspace, without input, and with the Python that was found.
    pub(crate) fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new(program.into());
        command.current_dir(&self.root).stdin(Stdio::null());
        // Plain `python3` is what the tests start by themselves.
        if let Some(python) = &self.python
            && let Some(path) = python::path_with(python)
        {
            command.env(python::VARIABLE, python).env("PATH", path);
        }
        command
    }

    /// A cargo command; `args` are split at white space.
    pub(crate) fn cargo(&self, args: &str) -> Command {
        let mut command = self.command(cargo());
        command.args(args.split_whitespace());
        command
    }
}
