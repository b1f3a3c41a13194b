//! [`create`] and [`save`]: a new file of whatever format, by its name.

use std::path::Path;

use distarray_core::array::{ArrayExpr, Context};
use distarray_core::comm::Operation;
use distarray_core::expr::Operator;
use distarray_core::{DType, Element, Error, Result};

use crate::{Codec, Format, RowWriter, dnpy, npy, npz, raw, text};

/// How a new file keeps its array, where the format leaves a choice.
///
/// ```
/// use distarray_io::{Codec, CreateOptions};
///
/// let options = CreateOptions::new().chunks([64, 64]).codec(Codec::Gzip { level: 4 });
/// assert_ne!(options, CreateOptions::new());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct CreateOptions {
    chunks: Option<Vec<usize>>,
    codec: Option<Codec>,
}

impl CreateOptions {
    /// As the format has it where nothing is said: Zarr arrays in compressed chunks, all others in one
    /// piece.
    pub fn new() -> Self {
        Self::default()
    }

    /// The extents of chunks, one per axis: of HDF5 and Zarr.
    pub fn chunks(self, chunks: impl Into<Vec<usize>>) -> Self {
        Self { chunks: Some(chunks.into()), ..self }
    }

    /// How chunks are compressed: of HDF5 by gzip (after a shuffle of bytes), of Zarr by all that there
    /// is.
    pub fn codec(self, codec: Codec) -> Self {
        Self { codec: Some(codec), ..self }
    }

    /// Refuses chunks and compression for a format that has neither.
    fn expect_none(&self, path: &Path, format: Format) -> Result<()> {
        let asked = match self {
            Self { chunks: Some(chunks), .. } => format!("chunks: {chunks:?}"),
            Self { codec: Some(codec), .. } if *codec != Codec::None => format!("codec: {codec}"),
            _ => return Ok(()),
        };
        let why = format!("{asked} cannot be had: a file of {format} is kept in one plain piece");
        Err(Error::file(path, why))
    }
}

/// Begins a new file of the format that its name stands for, of which the rows are written some at a
/// time.
///
/// Names end as [`Format::of_name`] knows them; an array of an HDF5 file or of an archive is named behind
/// a colon, as in `run.h5:/fields/t` (else it is `data`, and in an archive `arr_0`, as NumPy calls it). Of
/// `a.dnpy` the files are `a_0.dnpy` and so on, in blocks of rows.
/// An old file is replaced whole, but those of `.dnpy` one after another. Collective; costs are those of the format's own
/// `create`.
///
/// # Errors
/// The name stands for no known format, or for one that was not built in; those of the format's own `create`. The same on every rank.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io as io;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let at = |name: &str| directory.path().join(name);
/// for path in [at("a.npy"), at("a.npz:x"), at("a.csv"), at("a.dnpy")] {
///     let mut writer = io::create(&ctx, &path, DType::F64, [3, 2])?;
///     writer.write(&ctx.ones::<f64>([3, 2])?)?;
///     writer.finish()?;
///     assert_eq!(io::open(&ctx, &path)?.load::<f64>("b")?.sum()?, 6.0);
/// }
/// let error = io::create(&ctx, "a.xyz", DType::F64, [3]).unwrap_err().to_string();
/// assert!(error.starts_with("a.xyz: is of no known format; known are npy, npz, "));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn create(
    ctx: &Context,
    path: impl AsRef<Path>,
    dtype: DType,
    shape: impl AsRef<[usize]>,
) -> Result<RowWriter> {
    let _scope = Operation::enter("io::create");
    create_with(ctx, path, dtype, shape, &CreateOptions::new())
}

/// Begins a new file as [`create`] does, kept as the options say.
///
/// # Errors
/// As [`create`]; the format has no such chunks or compression.
#[track_caller]
pub fn create_with(
    ctx: &Context,
    path: impl AsRef<Path>,
    dtype: DType,
    shape: impl AsRef<[usize]>,
    options: &CreateOptions,
) -> Result<RowWriter> {
    let _scope = Operation::enter("io::create");
    let (file, name) = parted(path.as_ref());
    let format = Format::of_name(file).ok_or_else(|| Format::unknown(file))?;
    if !matches!(format, Format::Hdf5 | Format::Zarr) {
        options.expect_none(file, format)?;
    }
    match format {
        Format::Npy => npy::create(ctx, file, dtype, shape),
        Format::Npz => npz::create(ctx, file, name.unwrap_or("arr_0"), dtype, shape),
        Format::Raw => raw::create(ctx, file, dtype, shape, &raw::Options::new()),
        Format::Text => text::create(ctx, file, dtype, shape, &text::Options::of_name(file)),
        Format::Dnpy => dnpy::create(ctx, file, dtype, shape),
        Format::Hdf5 => hdf5(ctx, file, name.unwrap_or("data"), dtype, shape.as_ref(), options),
        Format::Zarr => zarr(ctx, file, dtype, shape.as_ref(), options),
    }
}

/// Bytes of the rows of an expression that a rank computes at a time.
const PIECE: usize = 64 << 20;

/// Saves an array, or the value of an expression, in the format that the file's name stands for, as
/// [`create`] has it; an array as `.dnpy` in the parts that its ranks have ([`dnpy::save`]).
///
/// An expression is computed and written some rows at a time, 64 MiB of them on each rank
/// ([`RowWriter::write_expr`]): what it reads, and the file, may be larger than memory. Collective; costs
/// are those of the format's own `save`, of an expression for each piece.
///
/// # Errors
/// As [`create`]; the expression cannot be evaluated, or the file not written. The same on every rank, and
/// the old file stays.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::{self as io, OpenLazily};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let at = |name: &str| directory.path().join(name);
/// io::save(&ctx.arange::<i64>(0, 5, 1)?, at("a.npz:x"))?;
/// assert_eq!(io::open(&ctx, at("a.npz:x"))?.load::<i64>("b")?.sum()?, 10);
/// // Read, computed and written piece by piece.
/// io::save(&(ctx.open::<f64>(at("a.npz:x"))? * 0.5), at("b.npy"))?;
/// assert_eq!(io::open(&ctx, at("b.npy"))?.load::<f64>("b")?.sum()?, 5.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn save<T: Element>(value: &impl ArrayExpr<T>, path: impl AsRef<Path>) -> Result<()> {
    let _scope = Operation::enter("io::save");
    let node = value.node()?;
    if let (Operator::Array(array), Some(Format::Dnpy)) =
        (node.operator(), Format::of_name(path.as_ref()))
    {
        return dnpy::write(value.context().communicator()?, path, array);
    }
    let mut writer = create(value.context(), path, T::DTYPE, node.shape())?;
    match node.operator() {
        Operator::Array(array) => writer.write(array)?,
        _ => writer.write_expr(value, PIECE)?,
    }
    writer.finish()
}

/// The file, and the name of an array in it behind a colon.
fn parted(path: &Path) -> (&Path, Option<&str>) {
    let several =
        |file: &str| matches!(Format::of_name(Path::new(file)), Some(Format::Hdf5 | Format::Npz));
    let text = path.to_str().unwrap_or_default();
    let mut colons = text.match_indices(':').map(|(at, _)| at);
    match colons.rfind(|&at| several(&text[..at])) {
        Some(at) => (Path::new(&text[..at]), Some(&text[at + 1..])),
        None => (path, None),
    }
}

#[cfg(feature = "hdf5")]
fn hdf5(
    ctx: &Context,
    file: &Path,
    name: &str,
    dtype: DType,
    shape: &[usize],
    options: &CreateOptions,
) -> Result<RowWriter> {
    let mut kept = crate::hdf5::Options::new();
    if let Some(chunks) = &options.chunks {
        kept = kept.chunks(chunks.clone());
    }
    match options.codec {
        None | Some(Codec::None) => {}
        Some(Codec::Gzip { level }) => kept = kept.shuffle().deflate(level),
        Some(other) => {
            let why = format!("codec: {other} cannot be had: HDF5 chunks are compressed by gzip");
            return Err(Error::file(file, why));
        }
    }
    crate::hdf5::create_dataset(ctx, file, name, dtype, shape, &kept)
}

#[cfg(not(feature = "hdf5"))]
fn hdf5(
    _: &Context,
    file: &Path,
    _: &str,
    _: DType,
    _: &[usize],
    _: &CreateOptions,
) -> Result<RowWriter> {
    Err(Error::file(file, "is to be an HDF5 file; the feature `hdf5` is not built in"))
}

#[cfg(feature = "zarr")]
fn zarr(
    ctx: &Context,
    file: &Path,
    dtype: DType,
    shape: &[usize],
    options: &CreateOptions,
) -> Result<RowWriter> {
    let mut kept = crate::zarr::Options::new();
    if let Some(chunks) = &options.chunks {
        kept = kept.chunks(chunks.clone());
    }
    if let Some(codec) = options.codec {
        kept = kept.codec(codec);
    }
    crate::zarr::create(ctx, file, dtype, shape, &kept)
}

#[cfg(not(feature = "zarr"))]
fn zarr(_: &Context, file: &Path, _: DType, _: &[usize], _: &CreateOptions) -> Result<RowWriter> {
    Err(Error::file(file, "is to be a Zarr array; the feature `zarr` is not built in"))
}
