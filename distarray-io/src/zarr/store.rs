//! [`Store`]: the files of an array, of which no more is read than there is.

use std::path::{Path, PathBuf};

use zarrs::filesystem::{FilesystemStore, FilesystemStoreCreateError};
use zarrs::storage::byte_range::{ByteRange, ByteRangeIterator};
use zarrs::storage::{
    Bytes, MaybeBytesIterator, OffsetBytesIterator, ReadableStorageTraits, StorageError, StoreKey,
    StorePrefix, WritableStorageTraits,
};

/// A directory of the file system.
///
/// The index of a shard tells where its chunks are; what it says is compared with the file before any
/// memory is asked for.
#[derive(Debug)]
pub(super) struct Store(FilesystemStore);

impl Store {
    pub(super) fn new(at: &Path) -> Result<Self, FilesystemStoreCreateError> {
        FilesystemStore::new(at).map(Self)
    }

    /// The file that has a key's bytes.
    pub(super) fn file(&self, key: &StoreKey) -> PathBuf {
        self.0.key_to_fspath(key)
    }
}

/// Whether a file of so many bytes has a range.
fn has(size: u64, range: &ByteRange) -> bool {
    match *range {
        ByteRange::FromStart(start, length) => {
            start.checked_add(length.unwrap_or(0)).is_some_and(|end| end <= size)
        }
        ByteRange::Suffix(length) => length <= size,
    }
}

impl ReadableStorageTraits for Store {
    fn get_partial_many<'a>(
        &'a self,
        key: &StoreKey,
        byte_ranges: ByteRangeIterator<'a>,
    ) -> Result<MaybeBytesIterator<'a>, StorageError> {
        let Some(size) = self.0.size_key(key)? else { return Ok(None) };
        let ranges: Vec<ByteRange> = byte_ranges.collect();
        if ranges.iter().all(|range| has(size, range)) {
            return self.0.get_partial_many(key, Box::new(ranges.into_iter()));
        }
        let why = format!("{key}: {size} bytes are fewer than its index or the metadata says");
        Err(StorageError::Other(why))
    }

    fn size_key(&self, key: &StoreKey) -> Result<Option<u64>, StorageError> {
        self.0.size_key(key)
    }

    fn supports_get_partial(&self) -> bool {
        self.0.supports_get_partial()
    }
}

impl WritableStorageTraits for Store {
    fn set(&self, key: &StoreKey, value: Bytes) -> Result<(), StorageError> {
        self.0.set(key, value)
    }

    fn set_partial_many(
        &self,
        key: &StoreKey,
        offset_values: OffsetBytesIterator<'_>,
    ) -> Result<(), StorageError> {
        self.0.set_partial_many(key, offset_values)
    }

    fn erase(&self, key: &StoreKey) -> Result<(), StorageError> {
        self.0.erase(key)
    }

    fn erase_prefix(&self, prefix: &StorePrefix) -> Result<(), StorageError> {
        self.0.erase_prefix(prefix)
    }

    fn supports_set_partial(&self) -> bool {
        self.0.supports_set_partial()
    }
}
