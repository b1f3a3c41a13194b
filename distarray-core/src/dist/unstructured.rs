//! Index lists of an unstructured axis.

use std::fmt;

use super::display::{abbreviated, abbreviated_by};
use super::segment::Segment;
use crate::error::{Error, Result};

/// One list of global indices per part: the content of [`Dist::Unstructured`](super::Dist).
///
/// Memory: two words per index of the axis, on every rank.
///
/// ```
/// use distarray_core::dist::Unstructured;
///
/// let lists = Unstructured::new([vec![3, 0], vec![1, 2]]);
/// assert_eq!((lists.parts(), lists.len()), (2, 4));
/// assert_eq!(lists.list(0), [3, 0]);
/// assert_eq!(lists.to_string(), "[[3,0],[1,2]]");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unstructured {
    /// All lists, one after another.
    indices: Box<[usize]>,
    /// Where each list starts in `indices`, and the end.
    starts: Box<[usize]>,
    /// Where each global index stands in `indices`; `ABSENT` when it does not.
    positions: Box<[usize]>,
}

const ABSENT: usize = usize::MAX;

impl Unstructured {
    /// The lists as given; [`AxisMap::new`](super::AxisMap::new) checks that together they hold
    /// each index of the axis once.
    ///
    /// ```
    /// use distarray_core::dist::Unstructured;
    ///
    /// assert_eq!(Unstructured::new([[1], [0]]).list(1), [0]);
    /// ```
    pub fn new<L: AsRef<[usize]>>(lists: impl IntoIterator<Item = L>) -> Self {
        let mut indices = Vec::new();
        let mut starts = vec![0];
        for list in lists {
            indices.extend_from_slice(list.as_ref());
            starts.push(indices.len());
        }
        let mut positions = vec![ABSENT; indices.len()];
        for (position, &global) in indices.iter().enumerate() {
            if let Some(slot) = positions.get_mut(global) {
                *slot = position;
            }
        }
        Self { indices: indices.into(), starts: starts.into(), positions: positions.into() }
    }

    /// The number of lists.
    ///
    /// ```
    /// # use distarray_core::dist::Unstructured;
    /// assert_eq!(Unstructured::new([vec![0, 1], vec![]]).parts(), 2);
    /// ```
    pub fn parts(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of indices in all lists.
    ///
    /// ```
    /// # use distarray_core::dist::Unstructured;
    /// assert_eq!(Unstructured::new([vec![0, 1], vec![]]).len(), 2);
    /// ```
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// Whether there is no index in any list.
    ///
    /// ```
    /// # use distarray_core::dist::Unstructured;
    /// assert!(Unstructured::new([[], []]).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    /// The list of `part`. Panics unless `part < parts()`.
    ///
    /// ```
    /// # use distarray_core::dist::Unstructured;
    /// assert_eq!(Unstructured::new([[2, 0], [1, 3]]).list(0), [2, 0]);
    /// ```
    pub fn list(&self, part: usize) -> &[usize] {
        &self.indices[self.starts[part]..self.starts[part + 1]]
    }

    /// An error unless the lists hold each index below `len` once and no other.
    pub(super) fn check(&self, len: usize) -> Result<()> {
        if self.len() != len {
            return Err(Error::distribution(format!(
                "unstructured lists hold {} indices, the axis has {len}",
                self.len()
            )));
        }
        if let Some(global) = self.indices.iter().find(|&&global| global >= len) {
            return Err(Error::distribution(format!(
                "unstructured lists hold index {global}, the axis has {len}"
            )));
        }
        // As many as there are, and all in range: one that is absent means another one twice.
        match self.positions.iter().position(|&position| position == ABSENT) {
            Some(global) => Err(Error::distribution(format!(
                "unstructured lists lack index {global} of the {len} and hold another one twice"
            ))),
            None => Ok(()),
        }
    }

    /// The part and place of a global index, in O(log parts).
    pub(super) fn locate(&self, global: usize) -> (usize, usize) {
        let position = self.positions[global];
        let part = self.starts[1..].partition_point(|&end| end <= position);
        (part, position - self.starts[part])
    }

    /// The longest list's length.
    pub(super) fn max_count(&self) -> usize {
        self.starts.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0)
    }

    /// The list of `part` in ascending order, as the fewest progressions in both index and place.
    pub(super) fn segments(&self, part: usize) -> Vec<Segment> {
        let mut owned: Vec<(usize, usize)> =
            self.list(part).iter().enumerate().map(|(place, &global)| (global, place)).collect();
        owned.sort_unstable();
        let mut segments: Vec<Segment> = Vec::new();
        for (global, place) in owned {
            if !segments.last_mut().is_some_and(|last| last.extend(global, place)) {
                segments.push(Segment::one(global, place));
            }
        }
        segments
    }
}

impl fmt::Display for Unstructured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |part| format!("[{}]", abbreviated(self.list(part), ","));
        write!(f, "[{}]", abbreviated_by(self.parts(), list, ","))
    }
}
