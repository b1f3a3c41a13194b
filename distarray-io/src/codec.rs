//! [`Codec`]: how chunks of elements are compressed.

use std::fmt;
use std::str::FromStr;

use distarray_core::{Error, Result};

/// How chunks are compressed.
///
/// ```
/// use distarray_io::Codec;
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

impl FromStr for Codec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, level) = text.split_once(':').map_or((text, None), |(n, l)| (n, Some(l)));
        let level = |usual: u8, most: u8| match level.map(str::parse) {
            None => Ok(usual),
            Some(Ok(level)) if level <= most => Ok(level),
            Some(_) => Err(Error::argument(format!(
                "'{text}' is no compression: levels of {name} go to {most}"
            ))),
        };
        match name {
            "none" => Ok(Self::None),
            "gzip" => Ok(Self::Gzip { level: level(5, 9)? }),
            "zstd" => Ok(Self::Zstd { level: level(3, 22)? }),
            "blosc" | "lz4" => Ok(Self::BloscLz4),
            "blosc-zstd" => Ok(Self::BloscZstd { level: level(5, 9)? }),
            _ => Err(Error::argument(format!(
                "'{text}' is no compression; known are none, gzip, zstd, blosc and blosc-zstd, each \
                 with ':level'"
            ))),
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.pad("none"),
            Self::Gzip { level } => write!(f, "gzip:{level}"),
            Self::Zstd { level } => write!(f, "zstd:{level}"),
            Self::BloscLz4 => f.pad("blosc"),
            Self::BloscZstd { level } => write!(f, "blosc-zstd:{level}"),
        }
    }
}
