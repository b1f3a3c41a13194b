//! The inputs that a target starts from.

use std::path::{Path, PathBuf};

use crate::{Failure, Target};

/// An input and where it is from.
#[derive(Clone, Debug)]
pub(crate) struct Seed {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The inputs in the target's folder of `corpus/`, in the order of their names.
pub(crate) fn of(target: &Target) -> Result<Vec<Seed>, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let refuse = |error: std::io::Error| {
        Failure::before_start(target.name, format!("{}: {error}", folder.display()))
    };
    let entries = std::fs::read_dir(&folder).map_err(refuse)?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(refuse)?;
    paths.sort();
    read(target, &paths)
}

/// The inputs in some files.
pub(crate) fn read(target: &Target, paths: &[PathBuf]) -> Result<Vec<Seed>, Failure> {
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        match std::fs::read(path) {
            Ok(bytes) => Ok(Seed { name, bytes }),
            Err(error) => Err(Failure::before_start(target.name, format!("{name}: {error}"))),
        }
    };
    paths.iter().map(read).collect()
}
