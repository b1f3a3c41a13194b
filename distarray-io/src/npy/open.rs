//! [`NpyFile`]: a `.npy` file that one rank has open.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use distarray_core::block::Block;
use distarray_core::{Error, Result};

use super::format;
use super::header::{self, Preamble};
use crate::file::{ArrayFile, Header};
use crate::flat::FlatFile;
use crate::selection::Selection;

/// A `.npy` file that one rank has open.
///
/// For programs that read or write parts of a file themselves; whole arrays are
/// [loaded](super::load) and [saved](super::save) by all ranks together.
///
/// ```
/// use distarray_core::{DType, Scalar, block::Block};
/// use distarray_io::file::{ArrayFile, Header, Order};
/// use distarray_io::{npy::NpyFile, selection::Selection};
///
/// let directory = tempfile::tempdir().unwrap();
/// let path = directory.path().join("a.npy");
/// let header = Header { dtype: DType::F64, shape: vec![3], order: Order::C };
/// let file = NpyFile::create(&path, &header)?;
/// assert_eq!(std::fs::metadata(&path).unwrap().len(), 128 + 3 * 8);
///
/// let mut block = Block::zeros(DType::F64, &[3])?;
/// block.set(&[2], Scalar::F64(0.5))?;
/// file.write(&Selection::whole(&[3]), &block)?;
///
/// let mut read = Block::zeros(DType::F32, &[3])?;
/// NpyFile::open(&path)?.read(&Selection::whole(&[3]), &mut read)?;
/// assert_eq!(read.at(&[2]), Scalar::F32(0.5));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct NpyFile(FlatFile);

impl NpyFile {
    /// Opens a file for reading. Local: no other rank takes part.
    ///
    /// Reads the header only, and makes sure that the file has all elements it announces.
    ///
    /// # Errors
    /// There is no such file, it cannot be read, or it is not a `.npy` file of one of the supported
    /// types; each names the path and, of a bad header, the field and its value.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::open_described(path, &describe(path)?)
    }

    /// Creates a file for an array of zeros, of full length, to be written. Local: no other rank
    /// takes part.
    ///
    /// # Errors
    /// There is something of that name already; the file cannot be created.
    pub fn create(path: impl AsRef<Path>, header: &Header) -> Result<Self> {
        Self::create_shown(path.as_ref(), path.as_ref(), header)
    }

    /// As [`create`](Self::create), with another name in errors.
    pub(super) fn create_shown(at: &Path, path: &Path, header: &Header) -> Result<Self> {
        let bytes = format::preamble(header, path)?;
        let preamble = header::parse(&bytes, path)?;
        let elements = header.bytes().expect("a header that was parsed has a countable size");
        let refuse = |error| Error::file(path, format!("cannot be created: {error}"));
        let mut file =
            OpenOptions::new().read(true).write(true).create_new(true).open(at).map_err(refuse)?;
        file.write_all(&bytes).map_err(refuse)?;
        file.set_len((bytes.len() + elements) as u64).map_err(|error| {
            Error::file(path, format!("cannot be given its {elements} bytes of elements: {error}"))
        })?;
        Ok(Self::of(file, path, preamble))
    }

    fn of(file: File, path: &Path, preamble: Preamble) -> Self {
        let Preamble { header, byte_order, data_start } = preamble;
        Self(FlatFile::new(file, path, header, byte_order, data_start as u64))
    }

    /// Opens a file for reading, given what [`describe`] returned, here or on another rank.
    pub(super) fn open_described(path: &Path, description: &[u8]) -> Result<Self> {
        let preamble = header::parse(description, path)?;
        let file = File::open(path).map_err(|error| cannot_open(path, &error))?;
        Ok(Self::of(file, path, preamble))
    }

    /// Opens a file that is there for writing, as one that has these bytes before its elements.
    pub(super) fn open_rw(path: &Path, description: &[u8]) -> Result<Self> {
        let preamble = header::parse(description, path)?;
        let file = OpenOptions::new().read(true).write(true).open(path);
        Ok(Self::of(file.map_err(|error| cannot_open(path, &error))?, path, preamble))
    }

    /// Opens a file that another rank has created, for writing, with another name in errors.
    pub(super) fn open_created(at: &Path, path: &Path, header: &Header) -> Result<Self> {
        let preamble = header::parse(&format::preamble(header, path)?, path)?;
        let file = OpenOptions::new().write(true).open(at);
        let file = file.map_err(|error| cannot_open(path, &error))?;
        Ok(Self::of(file, path, preamble))
    }
}

impl ArrayFile for NpyFile {
    fn header(&self) -> &Header {
        self.0.header()
    }

    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()> {
        self.0.read(selection, block)
    }

    fn write(&self, selection: &Selection, block: &Block) -> Result<()> {
        self.0.write(selection, block)
    }

    fn sync(&self) -> Result<()> {
        self.0.sync()
    }

    unsafe fn map(&self, selection: &Selection) -> Result<Option<Block>> {
        // SAFETY: the caller vouches for the file.
        unsafe { self.0.map(selection) }
    }
}

/// Refuses what is not a file, before it is opened: opening a pipe would wait for a writer.
pub(crate) fn check_file(path: &Path) -> Result<std::fs::Metadata> {
    let metadata = std::fs::metadata(path).map_err(|error| cannot_open(path, &error))?;
    if metadata.is_dir() {
        return Err(Error::file(path, "is a directory, not a file"));
    }
    if !metadata.is_file() {
        return Err(Error::file(path, "is a device or a pipe, not a file"));
    }
    Ok(metadata)
}

/// What every rank needs to know to open a file: the bytes before its first element, checked.
pub(super) fn describe(path: &Path) -> Result<Vec<u8>> {
    let metadata = check_file(path)?;
    let mut file = File::open(path).map_err(|error| cannot_open(path, &error))?;
    header::read_preamble(&mut file, metadata.len(), path)
}

fn cannot_open(path: &Path, error: &std::io::Error) -> Error {
    Error::file(path, format!("cannot be opened: {error}"))
}

#[cfg(test)]
mod tests {
    use distarray_core::DType;

    use super::*;
    use crate::file::Order;

    /// Linux has a device that is always full.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_an_error_that_names_the_file() {
        let header = Header { dtype: DType::F64, shape: vec![4], order: Order::C };
        let file = NpyFile::open_created(Path::new("/dev/full"), Path::new("big.npy"), &header);
        let block = Block::zeros(DType::F64, &[4]).unwrap();
        let error = file.unwrap().write(&Selection::whole(&[4]), &block).unwrap_err().to_string();
        assert!(error.starts_with("big.npy: bytes 128 to 160 cannot be written: "), "{error}");
        assert!(error.contains("No space left"), "{error}");
    }

    #[test]
    fn a_file_that_shrank_after_it_was_opened_is_truncated() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.npy");
        let header = Header { dtype: DType::F64, shape: vec![4], order: Order::C };
        let file = NpyFile::create(&path, &header).unwrap();
        OpenOptions::new().write(true).open(&path).unwrap().set_len(140).unwrap();
        let mut block = Block::zeros(DType::F64, &[4]).unwrap();
        let error = file.read(&Selection::whole(&[4]), &mut block).unwrap_err().to_string();
        assert_eq!(error, format!("{}: truncated: the file ends before byte 160", path.display()));
    }
}
