//! Protocol versions, and which of them can be read.

use std::fmt;
use std::str::FromStr;

use crate::ProtocolError;

/// A version of the protocol: major, minor and patch number.
///
/// ```
/// use distarray_protocol::Version;
///
/// let version: Version = "0.10.1".parse()?;
/// assert!(version > Version::CURRENT);
/// assert_eq!(Version::CURRENT.to_string(), "0.10.0");
/// assert!("v1.0.0alpha".parse::<Version>().is_err());
/// # Ok::<(), distarray_protocol::ProtocolError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Differs where compatibility is broken.
    pub major: u32,
    /// Grows with compatible additions.
    pub minor: u32,
    /// Grows with corrections.
    pub patch: u32,
}

impl Version {
    /// The version that this crate speaks, 0.10.0.
    pub const CURRENT: Self = Self { major: 0, minor: 10, patch: 0 };

    /// Whether what is written by this version can be read here; an error says why not.
    ///
    /// It can when it is the current version or later within the same major number, since minor versions are
    /// backward compatible. Earlier minor versions are refused: before 0.10, `start` and `stop` of a padded block
    /// left out the padding.
    ///
    /// ```
    /// use distarray_protocol::Version;
    /// assert!("0.10.3".parse::<Version>()?.check_readable().is_ok());
    /// assert!("0.9.0".parse::<Version>()?.check_readable().is_err());
    /// assert!("1.0.0".parse::<Version>()?.check_readable().is_err());
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn check_readable(self) -> Result<(), ProtocolError> {
        let current = Self::CURRENT;
        let rule = if self.major != current.major {
            format!("the major version must be {}", current.major)
        } else if self.minor < current.minor {
            format!("it must be at least {current}")
        } else {
            return Ok(());
        };
        Err(ProtocolError::Version { found: self.to_string(), rule })
    }
}

impl Default for Version {
    fn default() -> Self {
        Self::CURRENT
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for Version {
    type Err = ProtocolError;

    fn from_str(text: &str) -> Result<Self, ProtocolError> {
        let refuse = || ProtocolError::Version {
            found: text.to_owned(),
            rule: "it must have the form 'major.minor.patch'".to_owned(),
        };
        let mut numbers = text.split('.').map(|number| {
            // `parse` alone would let a plus sign pass.
            let digits = number.bytes().all(|byte| byte.is_ascii_digit());
            number.parse::<u32>().ok().filter(|_| digits).ok_or_else(refuse)
        });
        let mut next = || numbers.next().unwrap_or_else(|| Err(refuse()));
        let version = Self { major: next()?, minor: next()?, patch: next()? };
        if numbers.next().is_some() { Err(refuse()) } else { Ok(version) }
    }
}
