//! Flat files: elements without gaps from some byte on, whatever stands before and after them.

mod map;
mod read;
mod swap;
mod turns;
mod write;

use std::cell::RefCell;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use distarray_core::block::Block;
use distarray_core::{DType, Error, Kind, Result};

use crate::file::{ArrayFile, Header};
use crate::selection::Selection;
use crate::zip::Inflated;

#[cfg(feature = "hdf5")]
pub(crate) use read::{BUFFER, Passage, limits, start_of};

/// The order of the bytes of one number.
///
/// ```
/// use distarray_io::raw::ByteOrder;
///
/// assert_eq!(ByteOrder::NATIVE == ByteOrder::Little, cfg!(target_endian = "little"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// The lowest byte first, as on x86 and most ARM machines.
    Little,
    /// The highest byte first, as on a network.
    Big,
}

impl ByteOrder {
    /// The machine's.
    pub const NATIVE: Self = if cfg!(target_endian = "little") { Self::Little } else { Self::Big };

    /// Bytes of a number of an element whose bytes, in this order, are to be turned round; 1 where
    /// they are not.
    pub(crate) fn swapped_unit(self, dtype: DType) -> usize {
        match dtype.kind() {
            _ if self == Self::NATIVE => 1,
            Kind::Complex => dtype.size() / 2,
            _ => dtype.size(),
        }
    }
}

/// A file whose elements stand one after another from some byte on.
///
/// What [`NpyFile`](crate::npy::NpyFile) is behind its header, and other formats where they keep
/// elements plainly.
#[derive(Debug)]
pub(crate) struct FlatFile {
    /// Each value has a cursor of its own, which requests move.
    medium: RefCell<Medium>,
    /// The name in errors.
    path: PathBuf,
    header: Header,
    byte_order: ByteOrder,
    /// Offset of the first element.
    data_start: u64,
}

/// What the bytes are in.
#[derive(Debug)]
enum Medium {
    File(File),
    Inflated(Inflated),
}

impl Medium {
    fn read_at(&mut self, offset: u64, bytes: &mut [u8]) -> std::io::Result<()> {
        match self {
            Self::File(file) => {
                file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(bytes))
            }
            Self::Inflated(member) => member.read_at(offset, bytes),
        }
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::File(file) => {
                file.seek(SeekFrom::Start(offset)).and_then(|_| file.write_all(bytes))
            }
            Self::Inflated(_) => Err(std::io::Error::from(ErrorKind::Unsupported)),
        }
    }
}

impl FlatFile {
    /// As [`new`](Self::new), of a deflated member of an archive, which is read only.
    pub(crate) fn inflated(
        member: Inflated,
        path: &Path,
        header: Header,
        byte_order: ByteOrder,
        data_start: u64,
    ) -> Self {
        let medium = RefCell::new(Medium::Inflated(member));
        Self { medium, path: path.to_owned(), header, byte_order, data_start }
    }

    /// The array of this header whose first element stands at the byte `data_start`; `path` is its
    /// name in errors.
    pub(crate) fn new(
        file: File,
        path: &Path,
        header: Header,
        byte_order: ByteOrder,
        data_start: u64,
    ) -> Self {
        let medium = RefCell::new(Medium::File(file));
        Self { medium, path: path.to_owned(), header, byte_order, data_start }
    }

    /// Bytes of a number whose bytes stand in another order than the machine's; 1 where they do not.
    pub(super) fn swapped_unit(&self) -> usize {
        self.byte_order.swapped_unit(self.header.dtype)
    }

    /// Fills the bytes from the file, counted from its first element.
    pub(super) fn read_at(&self, start: usize, bytes: &mut [u8]) -> Result<()> {
        let offset = self.data_start + start as u64;
        self.medium.borrow_mut().read_at(offset, bytes).map_err(|error| {
            let end = offset + bytes.len() as u64;
            self.refuse(match error.kind() {
                ErrorKind::UnexpectedEof => format!("truncated: the file ends before byte {end}"),
                _ => format!("bytes {offset} to {end} cannot be read: {error}"),
            })
        })
    }

    /// Writes the bytes to the file, counted from its first element.
    pub(super) fn write_at(&self, start: usize, bytes: &[u8]) -> Result<()> {
        let offset = self.data_start + start as u64;
        let turn = turns::turn(&self.path);
        let written = self.medium.borrow_mut().write_at(offset, bytes);
        drop(turn);
        written.map_err(|error| {
            let end = offset + bytes.len() as u64;
            self.refuse(format!("bytes {offset} to {end} cannot be written: {error}"))
        })
    }

    fn refuse(&self, message: String) -> Error {
        Error::file(&self.path, message)
    }
}

impl ArrayFile for FlatFile {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()> {
        read::read(self, selection, block)
    }

    fn write(&self, selection: &Selection, block: &Block) -> Result<()> {
        write::write(self, selection, block)
    }

    fn sync(&self) -> Result<()> {
        let synced = match &*self.medium.borrow() {
            Medium::File(file) => file.sync_all(),
            Medium::Inflated(_) => Ok(()),
        };
        synced.map_err(|error| self.refuse(format!("cannot be brought to the medium: {error}")))
    }

    unsafe fn map(&self, selection: &Selection) -> Result<Option<Block>> {
        match &*self.medium.borrow() {
            // SAFETY: the caller vouches for the file.
            Medium::File(file) => unsafe { map::map(self, file, selection).map(Some) },
            Medium::Inflated(_) => Ok(None),
        }
    }
}
