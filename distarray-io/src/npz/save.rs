//! Writing an archive by all ranks together.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use distarray_core::array::Context;
use distarray_core::comm::{Arguments, Communicator, Operation};
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{ArrayRef, Error, Result, ops, with_element};
use flate2::{Compress, Compression, FlushCompress, Status};

use super::open::{checksum, combined, share};
use crate::any::{AnyArray, check_names};
use crate::file::{ArrayFile, Header, Order};
use crate::flat::{ByteOrder, FlatFile};
use crate::progress::{Task, advance};
use crate::zip::{self, Member, Method};
use crate::{npy, parallel};

/// An array and the name that it gets in the file.
pub type Named<'a> = (&'a str, &'a dyn AnyArray);

/// The end of deflated data: a last block of nothing.
const LAST_BLOCK: [u8; 2] = [3, 0];

/// Saves arrays in one archive, as `numpy.savez` does: each under its name, not compressed.
///
/// The file is written under another name and renamed when it is complete, so the old one stays if
/// anything fails. All ranks write at the same time, one array after the other. Collective: the
/// messages of [`parallel::replace`], and for each array those of [`parallel::write`] and a checksum
/// of 16 bytes from each rank, which reads an equal share of what was written.
///
/// # Errors
/// A name is empty or stands twice; the file cannot be written. The same on every rank, naming the
/// path.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_io::npz;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("all.npz");
/// let (x, y) = (ctx.arange::<i64>(0, 10, 1)?, ctx.ones::<bool>([2, 2])?);
/// npz::savez(&ctx, &path, &[("x", &x), ("y", &y)])?;
/// assert_eq!(npz::open(&ctx, &path)?.array("x")?.load::<i64>("b")?.sum()?, 45);
/// let error = npz::savez(&ctx, &path, &[("x", &x), ("x", &y)]).unwrap_err().to_string();
/// assert!(error.ends_with("the name 'x' stands twice"));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn savez(ctx: &Context, path: impl AsRef<Path>, arrays: &[Named<'_>]) -> Result<()> {
    let _scope = Operation::enter("npz::savez");
    write(ctx.communicator()?, path.as_ref(), arrays, Method::Stored)
}

/// Saves arrays in one archive, as `numpy.savez_compressed` does: each under its name, deflated.
///
/// Each rank deflates a piece of every array, which is first moved to blocks along its first axis; it
/// holds the deflated piece until it knows where it goes. Everything else as [`savez`].
///
/// # Errors
/// As [`savez`].
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::npz;
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("all.npz");
/// npz::savez_compressed(&ctx, &path, &[("zeros", &ctx.zeros::<f64>(100_000)?)])?;
/// assert!(std::fs::metadata(&path).unwrap().len() < 2_000);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[track_caller]
pub fn savez_compressed(ctx: &Context, path: impl AsRef<Path>, arrays: &[Named<'_>]) -> Result<()> {
    let _scope = Operation::enter("npz::savez_compressed");
    write(ctx.communicator()?, path.as_ref(), arrays, Method::Deflated)
}

fn write(comm: &dyn Communicator, path: &Path, arrays: &[Named<'_>], method: Method) -> Result<()> {
    Operation::note(|| {
        arrays.iter().fold(Arguments::new().and("path", path), |all, (name, array)| {
            all.array(array.any().dtype(), array.any().shape()).and("name", name)
        })
    });
    comm.begin()?;
    check_names(path, arrays.iter().map(|(name, _)| *name))?;
    let headers: Vec<_> = arrays
        .iter()
        .map(|(_, array)| {
            let (dtype, shape) = (array.any().dtype(), array.any().shape().to_vec());
            let header = Header { dtype, shape, order: Order::C };
            Ok((npy::preamble(&header, path)?, header))
        })
        .collect::<Result<_>>()?;
    parallel::replace(
        comm,
        path,
        |at| create_file(at, path),
        |at| {
            let archive = Archive { comm, at, path };
            let mut members: Vec<Member> = Vec::with_capacity(arrays.len());
            let mut end = 0;
            for ((name, array), (preamble, header)) in arrays.iter().zip(&headers) {
                let member = Member {
                    name: format!("{name}.npy"),
                    method,
                    crc: 0,
                    packed: 0,
                    bytes: (preamble.len() + header.bytes().expect("arrays can be counted")) as u64,
                    header_start: end,
                };
                let member = match method {
                    Method::Stored => archive.store(member, preamble, header, array.any())?,
                    Method::Deflated => archive.deflate(member, preamble, array.any())?,
                };
                end += zip::local_header(&member).len() as u64 + member.packed;
                members.push(member);
            }
            archive.close(&members)
        },
    )
}

/// Makes an empty file.
pub(super) fn create_file(at: &Path, path: &Path) -> Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).open(at);
    file.map(drop).map_err(|error| Error::file(path, format!("cannot be created: {error}")))
}

/// An archive that the ranks write.
pub(super) struct Archive<'a> {
    pub(super) comm: &'a dyn Communicator,
    pub(super) at: &'a Path,
    /// The name in errors.
    pub(super) path: &'a Path,
}

impl Archive<'_> {
    /// Writes a member as it is.
    fn store(
        &self,
        member: Member,
        preamble: &[u8],
        header: &Header,
        array: &ArrayRef,
    ) -> Result<Member> {
        let member = Member { packed: member.bytes, ..member };
        let elements = self.make_room(&member, preamble)?;
        let open = || self.elements(header, elements);
        parallel::write(self.comm, header, &open, array)?;
        self.seal(member)
    }

    /// Gives the file the full length of a member that is not deflated, so that no rank writes beyond
    /// the end; says where its elements begin.
    pub(super) fn make_room(&self, member: &Member, preamble: &[u8]) -> Result<u64> {
        let start = member.header_start + zip::local_header(member).len() as u64;
        self.on_root(start, preamble)?;
        let grown =
            || self.opened()?.set_len(start + member.bytes).map_err(|error| self.refuse(&error));
        self.comm.agree_with_root(0, if self.comm.rank() == 0 { grown() } else { Ok(()) })?;
        Ok(start + preamble.len() as u64)
    }

    /// The elements of a member that begin there, for writing.
    pub(super) fn elements(&self, header: &Header, start: u64) -> Result<Box<dyn ArrayFile>> {
        let (file, header) = (self.opened()?, header.clone());
        Ok(Box::new(FlatFile::new(file, self.path, header, ByteOrder::NATIVE, start)))
    }

    /// Finds the checksum of a member that is written, and writes its header.
    pub(super) fn seal(&self, mut member: Member) -> Result<Member> {
        let start = member.header_start + zip::local_header(&member).len() as u64;
        let (from, to) = share(member.bytes, self.comm.rank(), self.comm.size());
        let read = || {
            let mut file = File::open(self.at).map_err(|error| self.refuse(&error))?;
            checksum(&mut file, start + from, to - from, self.path)
        };
        member.crc = combined(self.comm, self.comm.agree(read())?)?;
        self.on_root(member.header_start, &zip::local_header(&member))?;
        Ok(member)
    }

    /// Writes the list of members at the end.
    pub(super) fn close(&self, members: &[Member]) -> Result<()> {
        let last = members.last();
        let end = last.map_or(0, |member| {
            member.header_start + zip::local_header(member).len() as u64 + member.packed
        });
        self.on_root(end, &zip::central_directory(members, end))
    }

    /// Writes a member deflated, each rank a piece.
    fn deflate(&self, member: Member, preamble: &[u8], array: &ArrayRef) -> Result<Member> {
        let (rank, size) = (self.comm.rank(), self.comm.size());
        // Pieces that follow one another in C order.
        let builder = Distribution::builder(array.shape());
        let blocks = match array.shape().iter().position(|&extent| extent > 1) {
            Some(axis) if size > 1 => builder.axis(axis, Dist::Block).build(size)?,
            _ => Distribution::on_one(array.shape(), 0),
        };
        let array = ops::redistribute(self.comm, array, &blocks)?;
        let mine = || {
            let mut piece = Piece::new();
            if rank == 0 {
                piece.push(preamble)?;
            }
            if blocks.holds(rank) {
                let owned = array.owned()?.to_contiguous()?;
                with_element!(owned.dtype(), T => {
                    let view = owned.view::<T>()?;
                    let bytes = distarray_core::as_bytes(view.as_slice().expect("is contiguous"));
                    let _task = Task::new(bytes.len());
                    for step in bytes.chunks(Piece::STEP) {
                        piece.push(step)?;
                        advance(step.len());
                    }
                });
            }
            piece.finish()
        };
        let Piece { hasher, packed, bytes, .. } = self.comm.agree(mine())?;
        let mut member = member;
        member.crc = combined(self.comm, (hasher.finalize(), bytes))?;
        let lengths = self.comm.all_gather_of(packed.len() as u64)?;
        let start = member.header_start + zip::local_header(&member).len() as u64;
        let before: u64 = lengths[..rank].iter().sum();
        let all: u64 = lengths.iter().sum();
        member.packed = all + LAST_BLOCK.len() as u64;
        self.comm.agree(self.put(start + before, &packed))?;
        self.on_root(start + all, &LAST_BLOCK)?;
        self.on_root(member.header_start, &zip::local_header(&member))?;
        Ok(member)
    }

    fn on_root(&self, start: u64, bytes: &[u8]) -> Result<()> {
        let put = if self.comm.rank() == 0 { self.put(start, bytes) } else { Ok(()) };
        self.comm.agree_with_root(0, put)
    }

    fn put(&self, start: u64, bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let mut file = self.opened()?;
        let put = file.seek(SeekFrom::Start(start)).and_then(|_| file.write_all(bytes));
        put.and_then(|()| file.sync_data()).map_err(|error| self.refuse(&error))
    }

    fn opened(&self) -> Result<File> {
        OpenOptions::new().write(true).open(self.at).map_err(|error| self.refuse(&error))
    }

    fn refuse(&self, error: &std::io::Error) -> Error {
        Error::file(self.path, format!("cannot be written: {error}"))
    }
}

/// A rank's piece of deflated data, which ends at a whole byte, so that the next can follow.
struct Piece {
    compress: Compress,
    hasher: crc32fast::Hasher,
    packed: Vec<u8>,
    bytes: u64,
}

impl Piece {
    /// Bytes that are deflated at a time.
    const STEP: usize = 1 << 20;

    fn new() -> Self {
        let compress = Compress::new(Compression::default(), false);
        Self { compress, hasher: crc32fast::Hasher::new(), packed: Vec::new(), bytes: 0 }
    }

    fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        let mut left = bytes;
        while !left.is_empty() {
            let before = self.compress.total_in();
            self.step(left, FlushCompress::None)?;
            left = &left[(self.compress.total_in() - before) as usize..];
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Self> {
        // Done when there was room to spare.
        while self.bytes > 0 {
            self.step(&[], FlushCompress::Sync)?;
            if self.packed.len() < self.packed.capacity() {
                break;
            }
        }
        Ok(self)
    }

    fn step(&mut self, bytes: &[u8], flush: FlushCompress) -> Result<()> {
        self.packed
            .try_reserve(64 << 10)
            .map_err(|_| Error::Memory("there is no memory for deflated elements".to_owned()))?;
        match self.compress.compress_vec(bytes, &mut self.packed, flush) {
            Ok(Status::Ok | Status::BufError) => Ok(()),
            Ok(Status::StreamEnd) => unreachable!("the data was not said to end"),
            Err(error) => Err(Error::argument(format!("elements cannot be deflated: {error}"))),
        }
    }
}
