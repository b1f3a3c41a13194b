//! Flat files: elements without gaps from some byte on, whatever stands before and after them.

mod read;
mod swap;
mod write;

use std::cell::RefCell;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use distarray_core::block::Block;
use distarray_core::{Error, Kind, Result};

use crate::file::{ArrayFile, Header};
use crate::selection::Selection;

#[cfg(feature = "hdf5")]
pub(crate) use read::{BUFFER, Passage, start_of};

/// The order of the bytes of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    pub(crate) const NATIVE: Self =
        if cfg!(target_endian = "little") { Self::Little } else { Self::Big };
}

/// A file whose elements stand one after another from some byte on.
///
/// What [`NpyFile`](crate::npy::NpyFile) is behind its header, and other formats where they keep
/// elements plainly.
#[derive(Debug)]
pub(crate) struct FlatFile {
    /// Each value has a cursor of its own, which requests move.
    file: RefCell<File>,
    /// The name in errors.
    path: PathBuf,
    header: Header,
    byte_order: ByteOrder,
    /// Offset of the first element.
    data_start: u64,
}

impl FlatFile {
    /// The array of this header whose first element stands at the byte `data_start`; `path` is its
    /// name in errors.
    pub(crate) fn new(
        file: File,
        path: &Path,
        header: Header,
        byte_order: ByteOrder,
        data_start: u64,
    ) -> Self {
        Self { file: RefCell::new(file), path: path.to_owned(), header, byte_order, data_start }
    }

    /// Bytes of a number whose bytes stand in another order than the machine's; 1 where they do not.
    pub(super) fn swapped_unit(&self) -> usize {
        let dtype = self.header.dtype;
        match dtype.kind() {
            _ if self.byte_order == ByteOrder::NATIVE => 1,
            Kind::Complex => dtype.size() / 2,
            _ => dtype.size(),
        }
    }

    /// Fills the bytes from the file, counted from its first element.
    pub(super) fn read_at(&self, start: usize, bytes: &mut [u8]) -> Result<()> {
        let offset = self.data_start + start as u64;
        let mut file = self.file.borrow_mut();
        let read = file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(bytes));
        read.map_err(|error| {
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
        let mut file = self.file.borrow_mut();
        let written = file.seek(SeekFrom::Start(offset)).and_then(|_| file.write_all(bytes));
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
        let synced = self.file.borrow().sync_all();
        synced.map_err(|error| self.refuse(format!("cannot be brought to the medium: {error}")))
    }
}
