//! Saving a whole array by all ranks together.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use distarray_core::array::{Context, DistArray};
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::dist::Distribution;
use distarray_core::{ArrayRef, DType, Element, Error, Result, ops};
use serde_json::Value;

use super::chunking::{chunks_for, distribution_for, is_aligned};
use super::metadata::{compose, describe};
use super::open::ZarrFile;
use super::options::{Options, Version};
use super::{find, group};
use crate::RowWriter;
use crate::file::{Header, Order};
use crate::parallel::{self, Kept, Replacement, Rest};
use crate::row_writer::{Rows, save_whole};

/// Saves an array as a Zarr array of version 3, each rank writing whole chunks.
///
/// [`save_with`] and [`Options::new`].
///
/// # Errors
/// As [`save_with`].
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::zarr;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("weather.zarr/wind");
/// zarr::save(&ctx.ones::<f32>([2, 3])?, &path)?;
/// assert_eq!(zarr::load::<f32>(&ctx, &path, "b")?.shape(), [2, 3]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn save<T: Element>(array: &DistArray<T>, path: impl AsRef<Path>) -> Result<()> {
    save_with(array, path, &Options::new())
}

/// Saves an array as a Zarr array, each rank writing whole chunks.
///
/// The path is the array's directory, such as `weather.zarr/wind`; those above it that are not there
/// become groups. The array is written under another name and put in its place when it is complete,
/// so the old one stays if anything fails. No two ranks write one chunk (or shard): where the array's
/// own parts do not end where chunks do, it is first moved to a distribution whose parts do; each
/// element is sent at most once, and for that while a rank holds about `1/size` of the array more.
/// Collective: the messages of [`parallel::from_root`], that exchange where it is needed, two
/// agreements. Memory per rank besides: about three chunks.
///
/// # Errors
/// Chunks or shards that do not cut the array, a fill value of another dtype; the files cannot be
/// written. The same on every rank, naming the path.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::zarr::{self, Codec, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.zarr");
/// let options = Options::new().chunks([2, 2]).shards([4, 4]).codec(Codec::Gzip { level: 6 });
/// zarr::save_with(&ctx.ones::<f64>([6, 4])?, &path, &options)?;
/// assert_eq!(zarr::load::<f64>(&ctx, &path, "b")?.shape(), [6, 4]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn save_with<T: Element>(
    array: &DistArray<T>,
    path: impl AsRef<Path>,
    options: &Options,
) -> Result<()> {
    let _scope = Operation::enter("zarr::save");
    write(array.context().communicator()?, path, array.array_ref(), options)
}

/// Saves an array whose type is known at run time.
///
/// [`save_with`] for code below the typed surface; costs and errors are its.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::zarr::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.zarr");
/// let a = ctx.zeros::<f32>(7)?;
/// zarr::write(ctx.communicator()?, &path, a.array_ref(), &Options::new())?;
/// assert_eq!(zarr::read_header(&path)?.shape, [7]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn write(
    comm: &dyn Communicator,
    path: impl AsRef<Path>,
    array: &ArrayRef,
    options: &Options,
) -> Result<()> {
    let path = path.as_ref();
    Operation::note(|| Arguments::new().array(array.dtype(), array.shape()).and("path", path));
    comm.begin()?;
    let (dtype, shape) = (array.dtype(), array.shape().to_vec());
    let header = Header { dtype, shape, order: Order::C };
    let (metadata, outer) = planned(&header, array.distribution(), options, path)?;
    save_whole(comm, begin_rows(comm, path, &header, &metadata, outer, options)?, array)
}

/// Begins a new Zarr array, as [`write()`] would write it, of which the rows are written some at a time.
///
/// Chunks that are not asked for have up to 4 MiB and few rows. Collective: an agreement of 8 bytes,
/// and a temporary name from rank 0.
///
/// # Errors
/// The elements cannot be counted, the options do not fit; the array cannot be created. The same on
/// every rank, naming the path.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::zarr::{self, Options};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.zarr");
/// let options = Options::new().chunks([2, 3]);
/// let mut writer = zarr::create(&ctx, &path, DType::F32, [5, 3], &options)?;
/// assert_eq!(writer.rows_within(40), 2);
/// writer.write(&ctx.ones::<f32>([4, 3])?)?;
/// writer.write(&ctx.zeros::<f32>([1, 3])?)?;
/// writer.finish()?;
/// assert_eq!(zarr::load::<f32>(&ctx, &path, "b")?.sum()?, 12.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn create(
    ctx: &Context,
    path: impl AsRef<Path>,
    dtype: DType,
    shape: impl AsRef<[usize]>,
    options: &Options,
) -> Result<RowWriter> {
    let path = path.as_ref();
    let header = Header { dtype, shape: shape.as_ref().to_vec(), order: Order::C };
    RowWriter::begin(ctx, path, header, |comm, header| {
        let unbounded = Distribution::on_one(&header.shape, 0);
        let (metadata, outer) = planned(header, &unbounded, options, path)?;
        begin_rows(comm, path, header, &metadata, outer, options)
    })
}

fn begin_rows(
    comm: &dyn Communicator,
    path: &Path,
    header: &Header,
    metadata: &Value,
    outer: Vec<usize>,
    options: &Options,
) -> Result<Box<dyn Rows>> {
    let text = metadata.to_string().into_bytes();
    let new = Replacement::of_directory(comm, path, |at| begin(at, path, &text, options))?;
    let (path, header) = (path.to_owned(), header.clone());
    let rest = Rest { directory: new.path().to_owned(), sign: name_of(options.version) };
    Ok(Box::new(ChunkRows { new, rest, path, header, text, outer, kept: Kept::default() }))
}

/// Rows of which each rank writes whole chunks.
#[derive(Debug)]
struct ChunkRows {
    new: Replacement,
    rest: Rest,
    path: PathBuf,
    header: Header,
    /// The metadata.
    text: Vec<u8>,
    /// The extents of what one file of the array holds.
    outer: Vec<usize>,
    kept: Kept,
}

impl Rows for ChunkRows {
    fn put(&mut self, comm: &dyn Communicator, start: usize, rows: &ArrayRef) -> Result<()> {
        let moved;
        let rows = match is_aligned(rows.distribution(), &self.outer, start) {
            true => rows,
            false => {
                let whole_chunks = distribution_for(rows.shape(), &self.outer, start, comm.size())?;
                moved = ops::redistribute(comm, rows, &whole_chunks)?;
                &moved
            }
        };
        let open = || {
            self.kept.opened(|| {
                let file = ZarrFile::open_described(self.new.path(), &self.path, &self.text)?;
                Ok(Box::new(file))
            })
        };
        parallel::rows::write_own_rows(comm, &self.header, start, &open, rows)
    }

    fn finish(self: Box<Self>, comm: &dyn Communicator) -> Result<()> {
        let Self { new, rest, kept, .. } = *self;
        comm.agree(kept.sync())?;
        let outcome = new.put_in_place(comm);
        drop(rest);
        outcome
    }

    fn unit(&self) -> usize {
        self.outer.first().copied().unwrap_or(1)
    }
}

/// The metadata of a new array, and the extents of what one file of it holds.
pub(super) fn planned(
    header: &Header,
    distribution: &Distribution,
    options: &Options,
    path: &Path,
) -> Result<(Value, Vec<usize>)> {
    let chunks = match (&options.chunks, &options.shards) {
        (Some(chunks), _) => chunks.clone(),
        (None, Some(shards)) => shards.clone(),
        (None, None) => chunks_for(distribution, header.dtype.size()),
    };
    let metadata = compose(header, &chunks, options, path)?;
    let outer = describe(&metadata, path)?.chunks;
    Ok((metadata, outer))
}

/// The file of an array's metadata.
fn name_of(version: Version) -> &'static str {
    match version {
        Version::V2 => ".zarray",
        Version::V3 => "zarr.json",
    }
}

/// Refuses to replace what is no array: a group with all that is in it, or some directory.
fn expect_replaceable(path: &Path) -> Result<()> {
    let Ok(mut entries) = fs::read_dir(path) else { return Ok(()) };
    if entries.next().is_none() {
        return Ok(());
    }
    let what = match find::node(path)? {
        find::Node::Array(_) => return Ok(()),
        find::Node::Group(_) => "a group of Zarr arrays",
        find::Node::Neither => "a directory of something else",
    };
    Err(Error::file(path, format!("is {what}, which an array does not replace")))
}

/// Writes a file, and brings it to the medium.
fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// An array of nothing but its fill value, at `at`; the groups above it at `path`.
pub(super) fn begin(at: &Path, path: &Path, text: &[u8], options: &Options) -> Result<()> {
    let refuse = |error| Error::file(path, format!("cannot be created: {error}"));
    expect_replaceable(path)?;
    group::make_above(path, options.version)?;
    fs::create_dir(at).map_err(refuse)?;
    write_synced(&at.join(name_of(options.version)), text).map_err(refuse)?;
    if options.version == Version::V2 && !options.attributes.is_empty() {
        let text = Value::Object(options.attributes.clone()).to_string();
        write_synced(&at.join(".zattrs"), text.as_bytes()).map_err(refuse)?;
    }
    // What the crate for Zarr does not take is told before anything is written.
    ZarrFile::open_described(at, path, text).map(drop)
}
