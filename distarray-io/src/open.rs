//! [`open`]: an array in a file of whatever format.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use distarray_core::array::Context;
use distarray_core::comm::{Arguments, Operation};
use distarray_core::{DType, Error, Result};

use crate::{StoredArray, dnpy, npy, npz, parallel, text};

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
    /// A file of datasets in groups.
    Hdf5,
    /// A file for each part of an array.
    Dnpy,
    /// Numbers as text, a row a line.
    Text,
    /// Elements and nothing else.
    Raw,
}

impl Format {
    const ALL: [Self; 7] =
        [Self::Npy, Self::Npz, Self::Zarr, Self::Hdf5, Self::Dnpy, Self::Text, Self::Raw];

    /// The format that a name stands for, by its end; a path within a `.zarr` directory counts as one.
    pub fn of_name(path: &Path) -> Option<Self> {
        let ends = |path: &Path, end: &str| {
            path.extension().is_some_and(|found| found.eq_ignore_ascii_case(end))
        };
        match path {
            path if path.ancestors().any(|path| ends(path, "zarr")) => Some(Self::Zarr),
            path if ends(path, "npy") => Some(Self::Npy),
            path if ends(path, "npz") => Some(Self::Npz),
            path if ends(path, "dnpy") => Some(Self::Dnpy),
            path if ["csv", "tsv", "txt"].iter().any(|end| ends(path, end)) => Some(Self::Text),
            path if ["bin", "raw"].iter().any(|end| ends(path, end)) => Some(Self::Raw),
            path if ["h5", "hdf5", "he5"].iter().any(|end| ends(path, end)) => Some(Self::Hdf5),
            _ => None,
        }
    }

    /// The error of a file of none of these.
    pub(crate) fn unknown(path: &Path) -> Error {
        let known = Self::ALL.map(|format| format.to_string()).join(", ");
        Error::file(path, format!("is of no known format; known are {known}"))
    }

    /// The format of what is there, by its first bytes; `None` where they say nothing.
    fn of_content(path: &Path) -> Result<Option<Self>> {
        let refuse = |error| Error::file(path, format!("cannot be opened: {error}"));
        let found = match std::fs::metadata(path) {
            // An array's name is that of no file.
            Err(_) if dnpy::is_base(path) => return Ok(Some(Self::Dnpy)),
            found => found.map_err(refuse)?,
        };
        if found.is_dir() {
            let is_zarr = ["zarr.json", ".zarray"].iter().any(|name| path.join(name).exists());
            return Ok(is_zarr.then_some(Self::Zarr));
        }
        if !found.is_file() {
            return Err(Error::file(path, "is a device or a pipe, not a file"));
        }
        let mut start = Vec::new();
        File::open(path).and_then(|file| file.take(8).read_to_end(&mut start)).map_err(refuse)?;
        let known = [
            (&b"\x93NUMPY"[..], Self::Npy),
            (b"PK\x03\x04", Self::Npz),
            (b"\x89HDF\r\n\x1a\n", Self::Hdf5),
        ];
        if dnpy::starts_one(&start) {
            return Ok(Some(Self::Dnpy));
        }
        Ok(known.into_iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, format)| format))
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Npy => "npy",
            Self::Npz => "npz",
            Self::Zarr => "Zarr",
            Self::Hdf5 => "HDF5",
            Self::Dnpy => "dnpy",
            Self::Text => "text",
            Self::Raw => "raw",
        })
    }
}

/// Opens an array in a file: its format is found by its first bytes, and where these say nothing by
/// its name.
///
/// A file of several arrays is followed by a colon and the array's name in it, as in
/// `run.h5:/fields/t` or `all.npz:weights`; without a name it has one array only. Text is read as
/// `float64`, with the delimiter that its name suggests ([`text::Options::of_name`]).
///
/// Collective: an agreement of 8 bytes and a broadcast of nine, and what the format's own `open` sends.
///
/// # Errors
/// There is no such file, its format is not known, or was not built in; a file of several arrays
/// comes without a name; what the format's own `open`
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
///
/// # let path = directory.path().join("all.npz");
/// io::npz::savez(&ctx, &path, &[("x", &ctx.ones::<u8>(9)?), ("y", &ctx.ones::<u8>(2)?)])?;
/// assert_eq!(io::open(&ctx, format!("{}:y", path.display()))?.header().shape, [2]);
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
        let colon = colon_of(path);
        let (file, _) = parted(path, colon);
        let format = Format::of_content(file)?.or_else(|| Format::of_name(file));
        let number = Format::ALL.iter().position(|&known| Some(known) == format);
        let number = number.ok_or_else(|| Format::unknown(file))?;
        let colon = colon.map_or(u64::MAX, |colon| colon as u64);
        Ok([&[number as u8][..], &colon.to_le_bytes()].concat())
    })?;
    let colon = u64::from_le_bytes(found[1..].try_into().expect("eight bytes"));
    let (file, name) = parted(path, usize::try_from(colon).ok().filter(|&at| at != usize::MAX));
    let format = Format::ALL[usize::from(found[0])];
    match (format, name) {
        (Format::Npz, name) => {
            let archive = npz::open(ctx, file)?;
            match name {
                Some(name) => archive.array(name),
                None => archive.array(the_only_one(file, archive.names())?),
            }
        }
        (Format::Hdf5, name) => datasets::open(ctx, file, name),
        (_, Some(name)) => {
            let why =
                format!("is one array ({format}), which has no part '{}'", name.escape_debug());
            Err(Error::file(file, why))
        }
        (Format::Npy, None) => npy::open(ctx, file),
        (Format::Dnpy, None) => dnpy::open(ctx, file),
        (Format::Text, None) => text::open(ctx, file, DType::F64, &text::Options::of_name(file)),
        (Format::Raw, None) => {
            let why = "is raw binary, which says neither type nor shape; `raw::open` is told them";
            Err(Error::file(file, why))
        }
        #[cfg(feature = "zarr")]
        (Format::Zarr, None) => crate::zarr::open(ctx, file),
        #[cfg(not(feature = "zarr"))]
        (Format::Zarr, None) => {
            Err(Error::file(file, "is a Zarr array; the feature `zarr` is not built in"))
        }
    }
}

/// Where a path that is no file has the colon behind one.
fn colon_of(path: &Path) -> Option<usize> {
    let text = path.to_str().filter(|_| !path.exists())?;
    let mut colons = text.match_indices(':').map(|(at, _)| at);
    colons.rfind(|&at| Path::new(&text[..at]).is_file())
}

/// The file, and the name of an array in it, before and behind a colon.
fn parted(path: &Path, colon: Option<usize>) -> (&Path, Option<&str>) {
    match (path.to_str(), colon) {
        (Some(text), Some(at)) => (Path::new(&text[..at]), Some(&text[at + 1..])),
        _ => (path, None),
    }
}

/// The name of the array of a file that has one.
fn the_only_one<'n>(file: &Path, names: impl Iterator<Item = &'n str>) -> Result<&'n str> {
    const SHOWN: usize = 10;
    let names: Vec<_> = names.collect();
    match names[..] {
        [name] => Ok(name),
        [] => Err(Error::file(file, "holds no arrays")),
        _ => {
            let some = names[..names.len().min(SHOWN)].join(", ");
            let more = if names.len() > SHOWN { ", ..." } else { "" };
            let why =
                format!("holds several arrays, not one: {some}{more}; name one behind a colon");
            Err(Error::file(file, why))
        }
    }
}

#[cfg(feature = "hdf5")]
mod datasets {
    use super::*;
    use crate::hdf5::{self, Object};

    /// The dataset of this name, or the only one.
    pub(super) fn open(ctx: &Context, file: &Path, name: Option<&str>) -> Result<StoredArray> {
        let datasets = hdf5::open(ctx, file)?;
        if let Some(name) = name {
            return Ok(datasets.dataset(name)?.stored());
        }
        let entries = datasets.list()?;
        let is_array = |object: &Object| matches!(object, Object::Dataset { .. });
        let arrays = entries.iter().filter(|entry| is_array(&entry.object));
        let name = the_only_one(file, arrays.map(|entry| &entry.path[..]))?;
        Ok(datasets.dataset(name)?.stored())
    }
}

#[cfg(not(feature = "hdf5"))]
mod datasets {
    use super::*;

    pub(super) fn open(_: &Context, file: &Path, _: Option<&str>) -> Result<StoredArray> {
        Err(Error::file(file, "is an HDF5 file; the feature `hdf5` is not built in"))
    }
}
