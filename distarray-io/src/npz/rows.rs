//! An archive of one array that is written some rows at a time.

use std::path::{Path, PathBuf};

use distarray_core::array::Context;
use distarray_core::comm::Communicator;
use distarray_core::{ArrayRef, DType, Result};

use super::save::{Archive, create_file};
use crate::any::check_names;
use crate::file::{Header, Order};
use crate::parallel::{self, Kept, Replacement};
use crate::row_writer::Rows;
use crate::zip::{Member, Method};
use crate::{RowWriter, npy};

/// Begins a new archive of one array, not compressed, of which the rows are written some at a time.
///
/// Collective: agreements of 8 bytes, and a temporary name from rank 0. The end of the writing reads the
/// elements again for their checksum, each rank an equal share.
///
/// # Errors
/// The name is empty or leads out of the archive, the elements cannot be counted; the file cannot be
/// created. The same on every rank, naming the path.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::npz;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npz");
/// let mut writer = npz::create(&ctx, &path, "x", DType::I32, [4])?;
/// writer.write(&ctx.ones::<i32>(3)?)?;
/// writer.write(&ctx.ones::<i32>(1)?)?;
/// writer.finish()?;
/// assert_eq!(npz::open(&ctx, &path)?.array("x")?.load::<i32>("b")?.sum()?, 4);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn create(
    ctx: &Context,
    path: impl AsRef<Path>,
    name: &str,
    dtype: DType,
    shape: impl AsRef<[usize]>,
) -> Result<RowWriter> {
    let path = path.as_ref();
    let header = Header { dtype, shape: shape.as_ref().to_vec(), order: Order::C };
    RowWriter::begin(ctx, path, header, |comm, header| {
        check_names(path, [name])?;
        let preamble = npy::preamble(header, path)?;
        let bytes = preamble.len() + header.bytes().expect("counted before");
        let (name, method) = (format!("{name}.npy"), Method::Stored);
        let (bytes, crc, header_start) = (bytes as u64, 0, 0);
        let member = Member { name, method, crc, packed: bytes, bytes, header_start };
        let new = Replacement::of_file(comm, path, |at| create_file(at, path))?;
        let elements = Archive { comm, at: new.path(), path }.make_room(&member, &preamble)?;
        let (path, header) = (path.to_owned(), header.clone());
        Ok(Box::new(MemberRows { new, path, header, member, elements, kept: Kept::default() }))
    })
}

/// Rows of the one member of an archive.
#[derive(Debug)]
struct MemberRows {
    new: Replacement,
    path: PathBuf,
    header: Header,
    member: Member,
    /// Where the elements begin.
    elements: u64,
    kept: Kept,
}

impl Rows for MemberRows {
    fn put(&mut self, comm: &dyn Communicator, start: usize, rows: &ArrayRef) -> Result<()> {
        let archive = Archive { comm, at: self.new.path(), path: &self.path };
        let open = || self.kept.opened(|| archive.elements(&self.header, self.elements));
        parallel::write_rows(comm, &self.header, start, &open, rows)
    }

    fn finish(self: Box<Self>, comm: &dyn Communicator) -> Result<()> {
        let Self { new, path, member, kept, .. } = *self;
        comm.agree(kept.sync())?;
        drop(kept);
        let archive = Archive { comm, at: new.path(), path: &path };
        let member = archive.seal(member)?;
        archive.close(&[member])?;
        new.put_in_place(comm)
    }
}
