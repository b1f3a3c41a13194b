//! A new file in the place of an old one, all of it or nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use distarray_core::comm::Communicator;
use distarray_core::{Error, Result};

use super::from_root;

/// Makes a file of what the ranks write, and puts it in the place of `target` when it is complete.
///
/// Rank 0 calls `create` with a temporary name in the target's directory; then every rank calls
/// `fill` with it, a collective that ends in an agreement; then rank 0 renames the file. So at any
/// moment there is the old file or the new one, whole; who has the old one open keeps it. On any
/// failure, on any rank, the temporary file is removed and the old one untouched. A process that is
/// killed leaves the temporary file, whose name starts with a dot and ends in `.tmp`.
///
/// A symbolic link is followed: the file that it leads to is replaced. The old file's permissions
/// are kept. Collective: the messages of [`from_root`] for the name, those of `fill`, and an
/// agreement of 8 bytes.
///
/// # Errors
/// The target is there and not a file; `create` or `fill` fails; the file cannot be renamed. The
/// same on every rank.
///
/// ```
/// use distarray_core::comm::Solo;
///
/// let directory = tempfile::tempdir().unwrap();
/// let target = directory.path().join("a.txt");
/// let create = |path: &std::path::Path| Ok(std::fs::write(path, "complete").unwrap());
/// distarray_io::parallel::replace(&Solo, &target, create, |_| Ok(()))?;
/// assert_eq!(std::fs::read_to_string(&target).unwrap(), "complete");
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn replace(
    comm: &dyn Communicator,
    target: &Path,
    create: impl FnOnce(&Path) -> Result<()>,
    fill: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    let mut made = None;
    let tag = from_root(comm, || {
        check_target(target)?;
        let tag = unused_tag();
        let temporary = made.insert(Temporary { path: beside(target, &tag)?, is_there: true });
        create(&temporary.path)?;
        Ok(tag.into_bytes())
    })?;
    let path = comm.agree(beside(target, &String::from_utf8_lossy(&tag)))?;
    fill(&path)?;
    comm.agree_with_root(0, made.map_or(Ok(()), |temporary| temporary.put_in_place(target)))
}

/// Puts new files in the place of old ones, one of each rank that has a target.
///
/// Those ranks call `fill` with a temporary name in the target's directory, which makes the file; when
/// all are complete each is renamed. So the old ones stay if any cannot be written; between the renames
/// there are old and new ones. Collective: two agreements of 8 bytes.
///
/// # Errors
/// A target is there and not a file; `fill` fails; a file cannot be renamed. The same on every rank.
///
/// ```
/// use distarray_core::comm::Solo;
///
/// let directory = tempfile::tempdir().unwrap();
/// let target = directory.path().join("a.txt");
/// let fill = |path: &std::path::Path| Ok(std::fs::write(path, "complete").unwrap());
/// distarray_io::parallel::replace_own(&Solo, Some(&target), fill)?;
/// assert_eq!(std::fs::read_to_string(&target).unwrap(), "complete");
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn replace_own(
    comm: &dyn Communicator,
    target: Option<&Path>,
    fill: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    let make = |target: &Path| {
        check_target(target)?;
        let temporary = Temporary { path: beside(target, &unused_tag())?, is_there: true };
        fill(&temporary.path)?;
        Ok(temporary)
    };
    let made = comm.agree(target.map(make).transpose())?;
    let pair = made.zip(target);
    comm.agree(pair.map_or(Ok(()), |(temporary, target)| temporary.put_in_place(target)))
}

/// A file that is removed unless it is put in its place.
struct Temporary {
    path: PathBuf,
    is_there: bool,
}

impl Temporary {
    fn put_in_place(mut self, target: &Path) -> Result<()> {
        let place = resolved(target);
        let moved = match fs::metadata(&place) {
            Ok(old) => fs::set_permissions(&self.path, old.permissions()),
            Err(_) => Ok(()),
        };
        let moved = moved
            .and_then(|()| fs::File::open(&self.path)?.sync_all())
            .and_then(|()| fs::rename(&self.path, &place));
        self.is_there = moved.is_err();
        moved.map_err(|error| {
            Error::file(target, format!("cannot be put in the place of the old file: {error}"))
        })
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.is_there {
            // There may be no such file yet, and nothing better to be done if it stays.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn check_target(target: &Path) -> Result<()> {
    match fs::metadata(target) {
        Ok(old) if old.is_dir() => Err(Error::file(target, "is a directory, not a file")),
        Ok(old) if !old.is_file() => Err(Error::file(target, "is a device or a pipe, not a file")),
        // What else is wrong shows when the temporary file is made.
        _ => Ok(()),
    }
}

/// The file that a symbolic link leads to.
pub(super) fn resolved(target: &Path) -> PathBuf {
    fs::canonicalize(target).unwrap_or_else(|_| target.to_owned())
}

/// The temporary name beside a target; a rename within a directory is one step.
pub(super) fn beside(target: &Path, tag: &str) -> Result<PathBuf> {
    let place = resolved(target);
    let Some(name) = place.file_name() else {
        return Err(Error::file(target, "does not end in the name of a file"));
    };
    // Long names are cut: a name has an end in every file system.
    let name: String = name.to_string_lossy().chars().take(40).collect();
    Ok(place.with_file_name(format!(".{name}.{tag}.tmp")))
}

/// A tag that no other file of this moment has.
pub(super) fn unused_tag() -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let count = MADE.fetch_add(1, Ordering::Relaxed);
    format!("{}-{since:x}-{count}", std::process::id())
}
