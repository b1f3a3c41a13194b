//! The kind of distribution on one axis, and its short form.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::display::abbreviated;
use super::strided::Strided;
use super::unstructured::Unstructured;
use crate::error::{Error, Result};

/// Most characters of an unknown short form that its error shows.
const SHOWN: usize = 40;

/// The kind of distribution on one axis.
///
/// The short forms are `n`, `b`, `c` and `c:K`; the kinds that carry lists have none to parse, only
/// one to print. Bounds and lists are checked where they meet an extent, by
/// [`AxisMap::new`](super::AxisMap::new).
///
/// ```
/// use distarray_core::dist::Dist;
///
/// assert_eq!("c:16".parse::<Dist>()?, Dist::BlockCyclic(16));
/// assert_eq!(Dist::irregular([0, 3, 10]).to_string(), "b[0,3,10]");
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Dist {
    /// The axis is not cut: one part has all of it.
    Undistributed,
    /// Equal blocks of `ceil(extent / parts)`; trailing parts may be short or empty.
    Block,
    /// Blocks between the given bounds: one more than there are parts, the first 0, the last the
    /// extent, none below the one before.
    Irregular(Arc<[usize]>),
    /// Index `g` belongs to part `g % parts`.
    Cyclic,
    /// Blocks of this many indices (at least 1), dealt out in turn.
    BlockCyclic(usize),
    /// A slice of an axis that is dealt out in blocks.
    StridedCyclic(Strided),
    /// Any assignment: one list of indices per part.
    Unstructured(Arc<Unstructured>),
}

impl Dist {
    /// Blocks between `bounds`.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// let map = AxisMap::new(10, 2, Dist::irregular([0, 3, 10]))?;
    /// assert_eq!((map.count(0), map.count(1)), (3, 7));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn irregular(bounds: impl Into<Arc<[usize]>>) -> Self {
        Self::Irregular(bounds.into())
    }

    /// One list of global indices per part, in the order in which the part keeps them.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// let map = AxisMap::new(4, 2, Dist::unstructured([vec![3, 0], vec![1, 2]]))?;
    /// assert_eq!(map.locate(0), (0, 1));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn unstructured<L: AsRef<[usize]>>(lists: impl IntoIterator<Item = L>) -> Self {
        Self::Unstructured(Arc::new(Unstructured::new(lists)))
    }

    /// Whether each part is one contiguous range: `n`, `b` and irregular blocks.
    ///
    /// ```
    /// use distarray_core::dist::Dist;
    ///
    /// assert!(Dist::Block.is_block() && Dist::Undistributed.is_block());
    /// assert!(!Dist::Cyclic.is_block());
    /// ```
    pub fn is_block(&self) -> bool {
        matches!(self, Self::Undistributed | Self::Block | Self::Irregular(_))
    }

    /// The number of parts that the kind itself fixes, if it does.
    ///
    /// ```
    /// use distarray_core::dist::Dist;
    ///
    /// assert_eq!(Dist::Block.fixed_parts(), None);
    /// assert_eq!(Dist::Undistributed.fixed_parts(), Some(1));
    /// assert_eq!(Dist::irregular([0, 3, 10]).fixed_parts(), Some(2));
    /// ```
    pub fn fixed_parts(&self) -> Option<usize> {
        match self {
            Self::Undistributed => Some(1),
            Self::Irregular(bounds) => Some(bounds.len().saturating_sub(1)),
            Self::Unstructured(lists) => Some(lists.parts()),
            Self::Block | Self::Cyclic | Self::BlockCyclic(_) | Self::StridedCyclic(_) => None,
        }
    }

    /// The kinds in a comma-separated list of short forms; none in an empty one.
    pub(super) fn parse_list(text: &str) -> Result<Vec<Self>> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        text.split(',').map(str::parse).collect()
    }
}

impl FromStr for Dist {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unknown = || {
            let shown: String = text.chars().take(SHOWN).collect();
            Error::distribution(format!(
                "unknown distribution {shown:?}; the short forms are n, b, c and c:K with K >= 1, \
                 one per axis, separated by commas"
            ))
        };
        match text.trim() {
            "n" => Ok(Self::Undistributed),
            "b" => Ok(Self::Block),
            "c" => Ok(Self::Cyclic),
            other => {
                let width = other.strip_prefix("c:").ok_or_else(unknown)?;
                match width.trim().parse() {
                    Ok(0) | Err(_) => Err(unknown()),
                    Ok(1) => Ok(Self::Cyclic),
                    Ok(width) => Ok(Self::BlockCyclic(width)),
                }
            }
        }
    }
}

impl fmt::Display for Dist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undistributed => f.write_str("n"),
            Self::Block => f.write_str("b"),
            Self::Irregular(bounds) => write!(f, "b[{}]", abbreviated(bounds, ",")),
            Self::Cyclic => f.write_str("c"),
            Self::BlockCyclic(width) => write!(f, "c:{width}"),
            Self::StridedCyclic(deal) => write!(f, "{deal}"),
            Self::Unstructured(lists) => write!(f, "u{lists}"),
        }
    }
}
