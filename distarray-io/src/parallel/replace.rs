//! A new file in the place of an old one, all of it or nothing.

use std::fmt;
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
    let new = Replacement::of_file(comm, target, create)?;
    fill(new.path())?;
    new.put_in_place(comm)
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
    let tag = unused_tag();
    OwnReplacement::new(comm, target.map(|target| (target, &tag[..])), fill)?.put_in_place(comm)
}

/// What ranks write under other names, each a file of its own, until they are put in the place of their
/// targets.
///
/// Dropped before that, each rank's is removed.
#[derive(Debug)]
pub(crate) struct OwnReplacement(Option<(Box<TemporaryFile>, PathBuf)>);

impl OwnReplacement {
    /// New files of the ranks that have a target, with the tag of a temporary name. Collective: an
    /// agreement of 8 bytes.
    pub(crate) fn new(
        comm: &dyn Communicator,
        target: Option<(&Path, &str)>,
        fill: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<Self> {
        let make = |(target, tag): (&Path, &str)| {
            check_target(target)?;
            let temporary = TemporaryFile { path: beside(target, tag)?, is_there: true };
            fill(&temporary.path)?;
            Ok((Box::new(temporary), target.to_owned()))
        };
        Ok(Self(comm.agree(target.map(make).transpose())?))
    }

    /// Ends the writing. Collective: an agreement of 8 bytes.
    pub(crate) fn put_in_place(self, comm: &dyn Communicator) -> Result<()> {
        let put =
            |(temporary, target): (Box<TemporaryFile>, PathBuf)| temporary.put_in_place(&target);
        comm.agree(self.0.map_or(Ok(()), put))
    }
}

/// What the ranks write under another name, until it is put in the place of its target.
///
/// Dropped before that, on rank 0, it is removed.
#[derive(Debug)]
pub(crate) struct Replacement {
    target: PathBuf,
    path: PathBuf,
    /// On rank 0 alone.
    made: Option<Box<dyn Temporary>>,
}

/// A file or a directory that is removed when it is dropped.
pub(super) trait Temporary: fmt::Debug {
    fn put_in_place(self: Box<Self>, target: &Path) -> Result<()>;
}

impl Replacement {
    /// A file, which rank 0 creates. Collective: the messages of [`from_root`].
    pub(crate) fn of_file(
        comm: &dyn Communicator,
        target: &Path,
        create: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<Self> {
        Self::new(comm, target, |at| {
            check_target(target)?;
            let made = TemporaryFile { path: at.to_owned(), is_there: true };
            create(at)?;
            Ok(Box::new(made))
        })
    }

    pub(super) fn new(
        comm: &dyn Communicator,
        target: &Path,
        make: impl FnOnce(&Path) -> Result<Box<dyn Temporary>>,
    ) -> Result<Self> {
        let mut made = None;
        let tag = from_root(comm, || {
            let tag = unused_tag();
            made = Some(make(&beside(target, &tag)?)?);
            Ok(tag.into_bytes())
        })?;
        let path = comm.agree(beside(target, &String::from_utf8_lossy(&tag)))?;
        Ok(Self { target: target.to_owned(), path, made })
    }

    /// The temporary name.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Ends the writing. Collective: an agreement of 8 bytes.
    pub(crate) fn put_in_place(self, comm: &dyn Communicator) -> Result<()> {
        let Self { target, made, .. } = self;
        comm.agree_with_root(0, made.map_or(Ok(()), |temporary| temporary.put_in_place(&target)))
    }
}

/// A file that is removed unless it is put in its place.
#[derive(Debug)]
struct TemporaryFile {
    path: PathBuf,
    is_there: bool,
}

impl Temporary for TemporaryFile {
    fn put_in_place(mut self: Box<Self>, target: &Path) -> Result<()> {
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

impl Drop for TemporaryFile {
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
pub(crate) fn beside(target: &Path, tag: &str) -> Result<PathBuf> {
    let place = resolved(target);
    let Some(name) = place.file_name() else {
        return Err(Error::file(target, "does not end in the name of a file"));
    };
    // Long names are cut: a name has an end in every file system.
    let name: String = name.to_string_lossy().chars().take(40).collect();
    Ok(place.with_file_name(format!(".{name}.{tag}.tmp")))
}

/// A tag that no other file of this moment has.
pub(crate) fn unused_tag() -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let count = MADE.fetch_add(1, Ordering::Relaxed);
    format!("{}-{since:x}-{count}", std::process::id())
}
