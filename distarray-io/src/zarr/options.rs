//! [`Options`]: how a new Zarr array is stored.

use distarray_core::Scalar;
use serde_json::{Map, Value};

use crate::Codec;

/// The version of the Zarr format.
///
/// ```
/// use distarray_io::zarr::Version;
///
/// assert_eq!(Version::default(), Version::V3);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// Version 2: `.zarray`, `.zgroup` and `.zattrs`.
    V2,
    /// Version 3: `zarr.json`.
    #[default]
    V3,
}

/// How a new array is stored: what is left out is chosen.
///
/// ```
/// use distarray_core::Scalar;
/// use distarray_io::zarr::{Codec, Options, Version};
///
/// let options = Options::new()
///     .version(Version::V3)
///     .chunks([64, 64])
///     .shards([256, 256])
///     .codec(Codec::Zstd { level: 3 })
///     .fill(Scalar::F64(f64::NAN))
///     .attribute("units", "K");
/// assert!(format!("{options:?}").contains("256"));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Options {
    pub(super) version: Version,
    pub(super) chunks: Option<Vec<usize>>,
    pub(super) shards: Option<Vec<usize>>,
    pub(super) codec: Codec,
    pub(super) fill: Option<Scalar>,
    pub(super) attributes: Map<String, Value>,
}

impl Options {
    /// Version 3, chunks that fit the distribution, Blosc with LZ4, filled with zeros.
    pub fn new() -> Self {
        Self::default()
    }

    /// The version of the format.
    pub fn version(self, version: Version) -> Self {
        Self { version, ..self }
    }

    /// The extents of a chunk, one per axis, each at least 1.
    ///
    /// Left out, chunks have up to 4 MiB and end where the parts of a block distribution do.
    pub fn chunks(self, chunks: impl Into<Vec<usize>>) -> Self {
        Self { chunks: Some(chunks.into()), ..self }
    }

    /// The extents of a shard, a file of many chunks: multiples of the chunk's. Version 3 only.
    pub fn shards(self, shards: impl Into<Vec<usize>>) -> Self {
        Self { shards: Some(shards.into()), ..self }
    }

    /// How chunks are compressed.
    pub fn codec(self, codec: Codec) -> Self {
        Self { codec, ..self }
    }

    /// The value of elements that were never written, of the array's dtype.
    pub fn fill(self, value: Scalar) -> Self {
        Self { fill: Some(value), ..self }
    }

    /// An attribute, any JSON value, under a name.
    pub fn attribute(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }
}
