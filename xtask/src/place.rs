//! Where builds go, and what a run may count on.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The cargo that runs this.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The folders of a run.
pub(crate) struct Place {
    /// The workspace.
    pub(crate) root: PathBuf,
    /// Where builds go.
    pub(crate) target: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Self {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace");
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(target) => root.join(target),
            None => root.join("target"),
        };
        Self { root: root.to_owned(), target }
    }

    /// A Python of the project's own, where the system's has no NumPy.
    pub(crate) fn python(&self) -> PathBuf {
        self.target.join("python")
    }

    /// Where programs are looked for: the project's own Python first.
    pub(crate) fn path(&self) -> OsString {
        let own = self.python().join("bin");
        let system = std::env::var_os("PATH").unwrap_or_default();
        let all = own.is_dir().then_some(own).into_iter().chain(std::env::split_paths(&system));
        std::env::join_paths(all).unwrap_or(system)
    }
}

/// Whether this is a run that may leave nothing out.
pub(crate) fn is_ci() -> bool {
    std::env::var_os("CI").is_some()
}
