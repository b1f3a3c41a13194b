//! A new directory in the place of an old one, all of it or nothing.

use std::fs;
use std::path::{Path, PathBuf};

use distarray_core::comm::Communicator;
use distarray_core::{Error, Result};

use super::replace::{Replacement, Temporary, resolved};

/// Makes a directory of what the ranks write, and puts it in the place of `target` when it is
/// complete.
///
/// As [`replace`](super::replace), for formats of many files. An old directory and the new one change
/// places in one step where the system can (Linux), and the old one is removed then; elsewhere a
/// process killed between two renames leaves the old one under a name that starts with a dot and ends
/// in `.tmp`. Collective: as [`replace`](super::replace).
///
/// # Errors
/// The target is there and not a directory; `create` or `fill` fails; the directory cannot be
/// renamed. The same on every rank.
///
/// ```
/// use distarray_core::comm::Solo;
///
/// let directory = tempfile::tempdir().unwrap();
/// let target = directory.path().join("all");
/// let create = |path: &std::path::Path| Ok(std::fs::create_dir(path).unwrap());
/// let fill = |path: &std::path::Path| Ok(std::fs::write(path.join("a"), "1").unwrap());
/// distarray_io::parallel::replace_directory(&Solo, &target, create, fill)?;
/// assert_eq!(std::fs::read_to_string(target.join("a")).unwrap(), "1");
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn replace_directory(
    comm: &dyn Communicator,
    target: &Path,
    create: impl FnOnce(&Path) -> Result<()>,
    fill: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    let new = Replacement::of_directory(comm, target, create)?;
    fill(new.path())?;
    new.put_in_place(comm)
}

impl Replacement {
    /// A directory, which rank 0 creates. Collective: the messages of [`from_root`](super::from_root).
    pub(crate) fn of_directory(
        comm: &dyn Communicator,
        target: &Path,
        create: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<Self> {
        Self::new(comm, target, |at| {
            if fs::metadata(target).is_ok_and(|old| !old.is_dir()) {
                return Err(Error::file(target, "is there, and not a directory"));
            }
            let made = TemporaryDirectory(at.to_owned());
            create(at)?;
            Ok(Box::new(made))
        })
    }
}

/// A directory that is removed at the end: it is the old one once both have changed places.
#[derive(Debug)]
struct TemporaryDirectory(PathBuf);

impl Temporary for TemporaryDirectory {
    fn put_in_place(self: Box<Self>, target: &Path) -> Result<()> {
        let place = resolved(target);
        let moved = match fs::metadata(&place) {
            Ok(_) => exchange(&self.0, &place),
            Err(_) => fs::rename(&self.0, &place),
        };
        moved.map_err(|error| {
            Error::file(target, format!("cannot be put in the place of the old directory: {error}"))
        })
    }
}

impl Drop for TemporaryDirectory {
    fn drop(&mut self) {
        // What says that something is here goes first: see `Rest`.
        let files = fs::read_dir(&self.0).into_iter().flatten().flatten();
        files.for_each(|file| drop(fs::remove_file(file.path())));
        // It may be gone; a rank that still writes may put a file into it meanwhile. Nothing better can
        // be done if it stays.
        let _ = (0..3).any(|_| fs::remove_dir_all(&self.0).is_ok());
    }
}

/// What a rank may have written to a directory that rank 0 has given up and removed meanwhile; it is
/// removed when this is dropped. A directory that is not given up has the file `sign` in it, which rank 0
/// has made.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(crate) directory: PathBuf,
    pub(crate) sign: &'static str,
}

impl Drop for Rest {
    fn drop(&mut self) {
        if self.directory.exists() && !self.directory.join(self.sign).exists() {
            // Another rank may do the same.
            let _ = fs::remove_dir_all(&self.directory);
        }
    }
}

/// Two directories change places.
fn exchange(one: &Path, other: &Path) -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    // A file system that cannot: in two steps, taken back if the second fails.
    let aside = one.with_extension("old.tmp");
    fs::rename(other, &aside)?;
    if let Err(error) = fs::rename(one, other) {
        fs::rename(&aside, other)?;
        return Err(error);
    }
    fs::rename(&aside, one)
}
