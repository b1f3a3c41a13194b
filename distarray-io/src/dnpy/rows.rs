//! An array whose files are written some rows at a time.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use distarray_core::array::Context;
use distarray_core::comm::Communicator;
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{ArrayRef, DType, Error, Result};
use distarray_protocol::{DimData, DistType};

use super::header::{Section, preamble};
use super::save::{base_for, number_of};
use super::sections::{Sections, SectionsFile, file_of};
use crate::RowWriter;
use crate::file::{Header, Order};
use crate::flat::ByteOrder;
use crate::npy;
use crate::parallel::{self, Kept, OwnReplacement};
use crate::row_writer::Rows;

/// Begins the files of a new array, in blocks of rows: one for each rank that gets some. The rows are
/// written some at a time.
///
/// The path is the array's name, as for [`save`](super::save()). The files are those that `save` writes of
/// an array in blocks along its first axis; which rank writes which rows is left to each
/// [`write`](RowWriter::write). Old files are replaced one after another: a job that ends in between leaves some of each.
/// Collective: two agreements of 8 bytes, and a temporary name from rank 0.
///
/// # Errors
/// The elements cannot be counted; a file cannot be created. The same on every rank, naming the path.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::dnpy;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a");
/// let mut writer = dnpy::create(&ctx, &path, DType::F64, [4, 2])?;
/// writer.write(&ctx.ones::<f64>([3, 2])?)?;
/// writer.write(&ctx.zeros::<f64>([1, 2])?)?;
/// writer.finish()?;
/// assert_eq!(dnpy::load::<f64>(&ctx, &path, "b")?.sum()?, 6.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn create(
    ctx: &Context,
    path: impl AsRef<Path>,
    dtype: DType,
    shape: impl AsRef<[usize]>,
) -> Result<RowWriter> {
    let base = base_for(path.as_ref());
    let header = Header { dtype, shape: shape.as_ref().to_vec(), order: Order::C };
    RowWriter::begin(ctx, &base, header, |comm, header| {
        Ok(Box::new(SectionRows::new(comm, &base, header)?))
    })
}

/// Rows of which each rank writes a part, to whichever files they belong in.
#[derive(Debug)]
struct SectionRows {
    new: OwnReplacement,
    header: Header,
    sections: Arc<Sections>,
    kept: Kept,
}

impl SectionRows {
    fn new(comm: &dyn Communicator, base: &Path, header: &Header) -> Result<Self> {
        let builder = Distribution::builder(&header.shape);
        let blocks = match header.shape.is_empty() {
            true => Distribution::on_one(&header.shape, 0),
            false => builder.axis(0, Dist::Block).build(comm.size())?,
        };
        let files: usize = blocks.grid().iter().product();
        let parts = (0..files).map(|number| part(&blocks, number, header.dtype, base));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let mine = number_of(&blocks, comm.rank());
        let target = mine.map(|number| file_of(base, number));
        let tag = parallel::from_root(comm, || Ok(parallel::unused_tag().into_bytes()))?;
        let tag = String::from_utf8_lossy(&tag);
        // Names are cut: the number stands in the tag, too.
        let tags: Vec<_> = (0..files).map(|number| format!("{tag}-{number}")).collect();
        let own = mine.map(|number| (file_of(base, number), &tags[number]));
        let own = own.as_ref().map(|(target, tag)| (target.as_path(), tag.as_str()));
        let new = OwnReplacement::new(comm, own, |at| {
            let (bytes, part) = &parts[mine.expect("who has a target has a number")];
            make(at, target.as_deref().unwrap_or(at), bytes, part)
        })?;
        let places = tags
            .iter()
            .enumerate()
            .map(|(number, tag)| parallel::beside(&file_of(base, number), tag));
        let places = comm.agree(places.collect::<Result<Vec<PathBuf>>>())?;
        let parts = parts.into_iter().map(|(_, part)| part).collect();
        let sections = Arc::new(Sections::new(base, parts)?.at(places));
        Ok(Self { new, header: header.clone(), sections, kept: Kept::default() })
    }
}

/// What stands before the elements of a part, and what that says.
fn part(
    blocks: &Distribution,
    number: usize,
    dtype: DType,
    base: &Path,
) -> Result<(Vec<u8>, Section)> {
    // Only the first axis is in parts.
    let dim = |(axis, &size): (usize, &usize)| {
        let at = if axis == 0 { number } else { 0 };
        let range = blocks.axis(axis).range(at).expect("a block has a range");
        let dist_type = DistType::Block {
            start: range.start,
            stop: range.end,
            padding: (0, 0),
            periodic: false,
        };
        let proc_grid_size = blocks.grid()[axis];
        DimData { size, proc_grid_rank: at, proc_grid_size, dist_type }
    };
    let dims: Vec<_> = blocks.shape().iter().enumerate().map(dim).collect();
    let shape = dims.iter().map(DimData::extent).collect();
    let header = Header { dtype, shape, order: Order::C };
    let bytes = [preamble(&dims), npy::preamble(&header, base)?].concat();
    let data_start = bytes.len() as u64;
    Ok((bytes, Section { dims, header, byte_order: ByteOrder::NATIVE, data_start }))
}

/// Makes a file of a part that has room for all its elements.
fn make(at: &Path, path: &Path, bytes: &[u8], part: &Section) -> Result<()> {
    let length = part.data_start + part.header.bytes().expect("a part of what is counted") as u64;
    let file = OpenOptions::new().write(true).create_new(true).open(at);
    file.and_then(|mut file| file.write_all(bytes).and_then(|()| file.set_len(length)))
        .map_err(|error| Error::file(path, format!("cannot be created: {error}")))
}

impl Rows for SectionRows {
    fn put(&mut self, comm: &dyn Communicator, start: usize, rows: &ArrayRef) -> Result<()> {
        let open =
            || self.kept.opened(|| Ok(Box::new(SectionsFile::new(Arc::clone(&self.sections)))));
        parallel::write_rows(comm, &self.header, start, &open, rows)
    }

    fn finish(self: Box<Self>, comm: &dyn Communicator) -> Result<()> {
        let Self { new, kept, .. } = *self;
        comm.agree(kept.sync())?;
        // Closed before they are renamed.
        drop(kept);
        new.put_in_place(comm)
    }
}
