//! One axis of a distribution: its extent, parts, kind and paddings.

use std::ops::Range;

use super::display::abbreviated;
use super::kind::Dist;
use crate::error::{Error, Result};

/// One axis: extent, number of parts, kind, halo, boundary and whether it is periodic.
///
/// Cheap to clone. What owns which index is in [`owner`](Self::owner), [`locate`](Self::locate) and
/// [`segments`](Self::segments).
///
/// ```
/// use distarray_core::dist::{AxisMap, Dist};
///
/// let map = AxisMap::new(10, 4, Dist::Block)?.with_halo(1, 1)?;
/// assert_eq!((map.len(), map.parts(), map.halo()), (10, 4, (1, 1)));
/// assert_eq!(map.range(3), Some(9..10));
/// assert_eq!(map.padding(3), (1, 0));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AxisMap {
    len: usize,
    parts: usize,
    dist: Dist,
    /// The width of the blocks of a regular kind, at least 1.
    pub(super) chunk: usize,
    halo: (usize, usize),
    boundary: (usize, usize),
    periodic: bool,
}

impl AxisMap {
    /// An axis of `len` indices in `parts` parts, without halo or boundary.
    ///
    /// `BlockCyclic(1)` is kept as `Cyclic`. Fails when `parts` is 0, or not what the kind fixes,
    /// or when bounds or lists do not cover the extent.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// let map = AxisMap::new(9, 4, Dist::Block)?;
    /// assert_eq!([0, 1, 2, 3].map(|part| map.count(part)), [3, 3, 3, 0]);
    /// assert!(AxisMap::new(9, 2, Dist::Undistributed).is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn new(len: usize, parts: usize, dist: Dist) -> Result<Self> {
        if parts == 0 {
            return Err(Error::distribution(format!(
                "an axis of kind {dist} needs at least 1 part"
            )));
        }
        if let Dist::Irregular(bounds) = &dist {
            check_bounds(bounds, len)?;
        }
        if let Some(fixed) = dist.fixed_parts().filter(|&fixed| fixed != parts) {
            return Err(Error::distribution(format!(
                "an axis of kind {dist} has {fixed} part(s), not {parts}"
            )));
        }
        if let Dist::Unstructured(lists) = &dist {
            lists.check(len)?;
        }
        let (dist, chunk) = match dist {
            Dist::BlockCyclic(0) => {
                return Err(Error::distribution(
                    "block-cyclic c:0 needs a block size of at least 1",
                ));
            }
            Dist::BlockCyclic(1) | Dist::Cyclic => (Dist::Cyclic, 1),
            Dist::BlockCyclic(width) => (dist, width),
            Dist::StridedCyclic(deal) => match deal.reduced(parts)? {
                _ if parts == 1 => (Dist::Undistributed, len.max(1)),
                deal if deal.is_plain() => {
                    return Self::new(len, parts, Dist::BlockCyclic(deal.block()));
                }
                deal => (Dist::StridedCyclic(deal), deal.block()),
            },
            _ => (dist, len.div_ceil(parts).max(1)),
        };
        Ok(Self { len, parts, dist, chunk, halo: (0, 0), boundary: (0, 0), periodic: false })
    }

    /// The same axis with a halo of `low` and `high` elements, on block kinds (`n`, `b`, irregular)
    /// only.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// assert_eq!(AxisMap::new(10, 2, Dist::Block)?.with_halo(1, 2)?.halo(), (1, 2));
    /// assert!(AxisMap::new(10, 2, Dist::Cyclic)?.with_halo(1, 2).is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn with_halo(self, low: usize, high: usize) -> Result<Self> {
        self.block_only("halo", (low, high) != (0, 0))?;
        if low.checked_add(high).and_then(|both| both.checked_add(self.len)).is_none() {
            return Err(Error::distribution(format!(
                "a halo of {low} and {high} beside {} elements is more than can be counted",
                self.len
            )));
        }
        Ok(Self { halo: (low, high), ..self })
    }

    /// The same axis, its first `low` and last `high` elements marked as physical boundary, on
    /// block kinds only.
    ///
    /// They are elements like any other, part of the extent (section 5.1 of the Distributed Array
    /// Protocol); the mark is metadata.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// assert_eq!(AxisMap::new(10, 2, Dist::Block)?.with_boundary(4, 0)?.boundary(), (4, 0));
    /// assert!(AxisMap::new(3, 2, Dist::Block)?.with_boundary(2, 2).is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn with_boundary(self, low: usize, high: usize) -> Result<Self> {
        self.block_only("boundary", (low, high) != (0, 0))?;
        if low.checked_add(high).is_none_or(|both| both > self.len) {
            return Err(Error::distribution(format!(
                "a boundary of {low} and {high} elements does not fit an extent of {}",
                self.len
            )));
        }
        Ok(Self { boundary: (low, high), ..self })
    }

    /// The same axis, its ends being neighbours of each other or not, on block kinds only.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// let map = AxisMap::new(10, 2, Dist::Block)?.with_halo(1, 1)?;
    /// assert_eq!(map.padding(0), (0, 1));
    /// assert_eq!(map.with_periodic(true)?.padding(0), (1, 1));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn with_periodic(self, periodic: bool) -> Result<Self> {
        self.block_only("periodic axis", periodic)?;
        Ok(Self { periodic, ..self })
    }

    /// The same axis without its halo; boundary and periodicity stay.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// let map = AxisMap::new(10, 2, Dist::Block)?;
    /// assert_eq!(map.clone().with_halo(1, 1)?.without_halo(), map);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[must_use]
    pub fn without_halo(&self) -> Self {
        Self { halo: (0, 0), ..self.clone() }
    }

    /// The extent: the number of global indices.
    ///
    /// ```
    /// # use distarray_core::dist::{AxisMap, Dist};
    /// let map = AxisMap::new(10, 4, Dist::Block)?;
    /// assert_eq!(map.len(), 10);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the extent is 0.
    ///
    /// ```
    /// # use distarray_core::dist::{AxisMap, Dist};
    /// assert!(AxisMap::new(0, 4, Dist::Block)?.is_empty());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of parts, at least 1.
    ///
    /// ```
    /// # use distarray_core::dist::{AxisMap, Dist};
    /// let map = AxisMap::new(10, 4, Dist::Block)?;
    /// assert_eq!(map.parts(), 4);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// The kind.
    ///
    /// ```
    /// # use distarray_core::dist::{AxisMap, Dist};
    /// let map = AxisMap::new(10, 4, Dist::Block)?;
    /// assert_eq!(map.dist(), &Dist::Block);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn dist(&self) -> &Dist {
        &self.dist
    }

    /// The width of the halo below and above, as asked for; see [`padding`](Self::padding).
    ///
    /// ```
    /// # use distarray_core::dist::{AxisMap, Dist};
    /// let map = AxisMap::new(10, 4, Dist::Block)?.with_halo(1, 2)?;
    /// assert_eq!(map.halo(), (1, 2));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn halo(&self) -> (usize, usize) {
        self.halo
    }

    /// The number of boundary elements at the low and at the high end of the axis.
    ///
    /// ```
    /// # use distarray_core::dist::{AxisMap, Dist};
    /// let map = AxisMap::new(10, 4, Dist::Block)?.with_boundary(1, 2)?;
    /// assert_eq!(map.boundary(), (1, 2));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn boundary(&self) -> (usize, usize) {
        self.boundary
    }

    /// Whether the ends of the axis are neighbours of each other.
    ///
    /// ```
    /// # use distarray_core::dist::{AxisMap, Dist};
    /// let map = AxisMap::new(10, 4, Dist::Block)?;
    /// assert!(!map.is_periodic());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn is_periodic(&self) -> bool {
        self.periodic
    }

    /// The contiguous range that `part` owns on an axis of a block kind; `None` on the others.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// assert_eq!(AxisMap::new(5, 4, Dist::Block)?.range(2), Some(4..5));
    /// assert_eq!(AxisMap::new(5, 4, Dist::Block)?.range(3), Some(5..5));
    /// assert_eq!(AxisMap::new(5, 4, Dist::Cyclic)?.range(2), None);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When `part` is not below [`parts`](Self::parts).
    pub fn range(&self, part: usize) -> Option<Range<usize>> {
        self.assert_part(part);
        match &self.dist {
            Dist::Undistributed => Some(0..self.len),
            Dist::Block => {
                let start = part.saturating_mul(self.chunk).min(self.len);
                Some(start..start.saturating_add(self.chunk).min(self.len))
            }
            Dist::Irregular(bounds) => Some(bounds[part]..bounds[part + 1]),
            Dist::Cyclic
            | Dist::BlockCyclic(_)
            | Dist::StridedCyclic(_)
            | Dist::Unstructured(_) => None,
        }
    }

    /// The halo that `part` really keeps below and above its own elements.
    ///
    /// Local storage has `count + low + high` elements. The halo is as wide as asked for on a
    /// periodic axis. On another it is cut where the axis ends, so that each of its elements has a
    /// global index; at the outer sides nothing is left. A part without elements keeps none.
    ///
    /// ```
    /// use distarray_core::dist::{AxisMap, Dist};
    ///
    /// let map = AxisMap::new(10, 4, Dist::Block)?.with_halo(2, 2)?;
    /// assert_eq!([0, 1, 2, 3].map(|part| map.padding(part)), [(0, 2), (2, 2), (2, 1), (2, 0)]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When `part` is not below [`parts`](Self::parts).
    pub fn padding(&self, part: usize) -> (usize, usize) {
        let (low, high) = self.halo;
        match self.range(part) {
            Some(range) if range.is_empty() => (0, 0),
            Some(range) if !self.periodic => (low.min(range.start), high.min(self.len - range.end)),
            _ => self.halo,
        }
    }

    pub(super) fn assert_part(&self, part: usize) {
        assert!(part < self.parts, "part {part} of an axis of {} parts", self.parts);
    }

    fn block_only(&self, what: &str, wanted: bool) -> Result<()> {
        if wanted && !self.dist.is_block() {
            return Err(Error::distribution(format!(
                "a {what} needs an axis of a block kind (n, b, or b with bounds), not {}",
                self.dist
            )));
        }
        Ok(())
    }
}

fn check_bounds(bounds: &[usize], len: usize) -> Result<()> {
    let error = |what: String| {
        let bounds = abbreviated(bounds, ", ");
        Err(Error::distribution(format!("irregular bounds [{bounds}] {what}")))
    };
    match bounds {
        [] | [_] => error("need at least a first and a last one".into()),
        [first, ..] if *first != 0 => error(format!("start at {first}, not at 0")),
        [.., last] if *last != len => error(format!("end at {last}, the axis has {len}")),
        _ => match bounds.windows(2).find(|pair| pair[0] > pair[1]) {
            Some(pair) => error(format!("go down from {} to {}", pair[0], pair[1])),
            None => Ok(()),
        },
    }
}
