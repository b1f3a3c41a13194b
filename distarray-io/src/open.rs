//! [`open`]: an array in a file of whatever format.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use distarray_core::array::Context;
use distarray_core::comm::{Arguments, Operation};
use distarray_core::{Error, Result};

use crate::npz::NpzFile;
use crate::{StoredArray, npy, npz, parallel};

/// The formats that [`open`] knows.
///
/// ```
/// use distarray_io::Format;
///
/// assert_eq!(Format::of_name("a/b.npy".as_ref()), Some(Format::Npy));
/// assert_eq!(Format::Zarr.to_string(), "Zarr");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One array, as NumPy's `save` writes it.
    Npy,
    /// An archive of arrays, as NumPy's `savez` writes it.
    Npz,
    /// A directory of chunks.
    Zarr,
}

impl Format {
    const ALL: [Self; 3] = [Self::Npy, Self::Npz, Self::Zarr];

    /// The format that a name stands for, by its end; a path within a `.zarr` directory counts as one.
    pub fn of_name(path: &Path) -> Option<Self> {
        let ends = |path: &Path, end: &str| {
            path.extension().is_some_and(|found| found.eq_ignore_ascii_case(end))
        };
        match path {
            path if path.ancestors().any(|path| ends(path, "zarr")) => Some(Self::Zarr),
            path if ends(path, "npy") => Some(Self::Npy),
            path if ends(path, "npz") => Some(Self::Npz),
            _ => None,
        }
    }

    /// The format of what is there, by its first bytes; `None` where they say nothing.
    fn of_content(path: &Path) -> Result<Option<Self>> {
        let refuse = |error| Error::file(path, format!("cannot be opened: {error}"));
        let found = std::fs::metadata(path).map_err(refuse)?;
        if found.is_dir() {
            let is_zarr = ["zarr.json", ".zarray"].iter().any(|name| path.join(name).exists());
            return Ok(is_zarr.then_some(Self::Zarr));
        }
        if !found.is_file() {
            return Err(Error::file(path, "is a device or a pipe, not a file"));
        }
        let mut start = Vec::new();
        File::open(path).and_then(|file| file.take(8).read_to_end(&mut start)).map_err(refuse)?;
        let known = [(&b"\x93NUMPY"[..], Self::Npy), (b"PK\x03\x04", Self::Npz)];
        Ok(known.into_iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, format)| format))
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Npy => "npy",
            Self::Npz => "npz",
            Self::Zarr => "Zarr",
        })
    }
}

/// Opens an array in a file: its format is found by its first bytes, and where these say nothing by
/// its name.
///
/// Collective: an agreement of 8 bytes and a broadcast of one, and what the format's own `open` sends.
///
/// # Errors
/// There is no such file, its format is not known, or was not built in; an archive holds more or fewer
/// arrays than one; what the format's own `open`
/// refuses. The same on every rank.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io as io;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// io::npy::save(&ctx.ones::<f32>([5, 4])?, &path)?;
/// let rows = io::open(&ctx, &path)?.slice("1:3")?;
/// assert_eq!(rows.load_as::<f64>("b")?.shape(), [2, 4]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn open(ctx: &Context, path: impl AsRef<Path>) -> Result<StoredArray> {
    let _scope = Operation::enter("io::open");
    let path = path.as_ref();
    let comm = ctx.communicator()?;
    Operation::note(|| Arguments::new().and("path", path));
    comm.begin()?;
    let found = parallel::from_root(comm, || {
        let format = Format::of_content(path)?.or_else(|| Format::of_name(path));
        let number = Format::ALL.iter().position(|&known| Some(known) == format);
        let number = number.ok_or_else(|| {
            let known = Format::ALL.map(|format| format.to_string()).join(", ");
            Error::file(path, format!("is of no known format; known are {known}"))
        })?;
        Ok(vec![number as u8])
    })?;
    match Format::ALL[usize::from(found[0])] {
        Format::Npy => npy::open(ctx, path),
        Format::Npz => the_only_one(&npz::open(ctx, path)?),
        #[cfg(feature = "zarr")]
        Format::Zarr => crate::zarr::open(ctx, path),
        #[cfg(not(feature = "zarr"))]
        Format::Zarr => {
            Err(Error::file(path, "is a Zarr array; the feature `zarr` is not built in"))
        }
    }
}

/// The array of an archive that has one.
fn the_only_one(file: &NpzFile) -> Result<StoredArray> {
    let names: Vec<_> = file.names().collect();
    match names[..] {
        [name] => file.array(name),
        [] => Err(Error::file(file.path(), "holds no arrays")),
        _ => {
            let names = names.join(", ");
            Err(Error::file(file.path(), format!("holds several arrays, not one: {names}")))
        }
    }
}
