//! [`Options`]: how a new Zarr array is stored.

use distarray_core::Scalar;
use serde_json::{Map, Value};

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

/// How chunks are compressed.
///
/// ```
/// use distarray_io::zarr::Codec;
///
/// assert_eq!("zstd:9".parse::<Codec>()?, Codec::Zstd { level: 9 });
/// assert_eq!("none".parse::<Codec>()?, Codec::None);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Codec {
    /// Not at all.
    None,
    /// gzip, levels 0 to 9.
    Gzip {
        /// From fast to small.
        level: u8,
    },
    /// Zstandard, levels 1 to 22.
    Zstd {
        /// From fast to small.
        level: u8,
    },
    /// Blosc with LZ4 after a shuffle of bytes, levels 0 to 9.
    #[default]
    BloscLz4,
    /// Blosc with Zstandard after a shuffle of bytes.
    BloscZstd {
        /// From fast to small, 0 to 9.
        level: u8,
    },
}

impl std::str::FromStr for Codec {
    type Err = distarray_core::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, level) = text.split_once(':').map_or((text, None), |(n, l)| (n, Some(l)));
        let level = |usual: u8, most: u8| match level.map(str::parse) {
            None => Ok(usual),
            Some(Ok(level)) if level <= most => Ok(level),
            Some(_) => Err(distarray_core::Error::argument(format!(
                "'{text}' is no compression: levels of {name} go to {most}"
            ))),
        };
        match name {
            "none" => Ok(Self::None),
            "gzip" => Ok(Self::Gzip { level: level(5, 9)? }),
            "zstd" => Ok(Self::Zstd { level: level(3, 22)? }),
            "blosc" | "lz4" => Ok(Self::BloscLz4),
            "blosc-zstd" => Ok(Self::BloscZstd { level: level(5, 9)? }),
            _ => Err(distarray_core::Error::argument(format!(
                "'{text}' is no compression; known are none, gzip, zstd, blosc and blosc-zstd, each \
                 with ':level'"
            ))),
        }
    }
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
