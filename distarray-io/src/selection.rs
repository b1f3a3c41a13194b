//! Which elements of an array go where in a block: an outer product of index lists.

use distarray_core::dist::{Distribution, Region, Segment};
use distarray_core::{Error, Result};

/// Global indices and their places in a block: along each axis a list of segments, all
/// combinations of them.
///
/// What a rank owns under any distribution is one such product. Kept as one, and not as its boxes
/// ([`regions`](Self::regions)), it stays small where many axes are cut into many pieces, and a file
/// can be read once from front to back instead of once for each box.
///
/// ```
/// use distarray_core::dist::Distribution;
/// use distarray_io::selection::Selection;
///
/// let d = Distribution::builder([8, 8]).dists("b,c:2").grid(&[1, 2]).build(2)?;
/// let selection = Selection::of(&d, 1);
/// assert_eq!(selection.len(), 32);
/// assert_eq!(selection.axes()[1][1].global, 6);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    axes: Vec<Vec<Segment>>,
    /// Whether there is anything at all: a product of no axes is one element otherwise.
    empty: bool,
}

impl Selection {
    /// What a rank owns, and the places that it has it in; nothing where it holds no part.
    ///
    /// Takes time and memory in the number of segments, no communication.
    pub fn of(distribution: &Distribution, rank: usize) -> Self {
        let Some(coords) = distribution.coords(rank) else {
            return Self { axes: vec![Vec::new(); distribution.ndim()], empty: true };
        };
        // Beside an axis without elements another may have any number of segments.
        if distribution.local_len(rank) == 0 {
            return Self { axes: vec![Vec::new(); distribution.ndim()], empty: true };
        }
        let maps = distribution.axes().iter().zip(coords);
        let axes = maps.map(|(map, part)| map.segments(part)).collect();
        Self { axes, empty: false }
    }

    /// All elements of a shape, each at the place of its index.
    ///
    /// ```
    /// use distarray_io::selection::Selection;
    ///
    /// assert_eq!(Selection::whole(&[2, 3]).len(), 6);
    /// assert_eq!(Selection::whole(&[]).len(), 1);
    /// ```
    pub fn whole(shape: &[usize]) -> Self {
        let all = |&count: &usize| match count {
            0 => Vec::new(),
            _ => vec![Segment { global: 0, step: 1, count, place: 0, place_step: 1 }],
        };
        Self { axes: shape.iter().map(all).collect(), empty: shape.contains(&0) }
    }

    /// A product of these segments, one list per axis; of nothing where `empty`.
    pub(crate) fn of_segments(axes: Vec<Vec<Segment>>, empty: bool) -> Self {
        let empty = empty || axes.iter().any(Vec::is_empty);
        Self { axes, empty }
    }

    /// The same elements, with places that many further on along each axis: past a low halo.
    ///
    /// ```
    /// use distarray_io::selection::Selection;
    ///
    /// let shifted = Selection::whole(&[3]).shifted(&[2]);
    /// assert_eq!(shifted.axes()[0][0].place, 2);
    /// ```
    ///
    /// # Panics
    /// There is not one number per axis.
    #[must_use]
    pub fn shifted(mut self, origin: &[usize]) -> Self {
        assert_eq!(origin.len(), self.axes.len(), "one shift per axis");
        for (segments, shift) in self.axes.iter_mut().zip(origin) {
            segments.iter_mut().for_each(|segment| segment.place += shift);
        }
        self
    }

    /// The segments of each axis.
    pub fn axes(&self) -> &[Vec<Segment>] {
        &self.axes
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        if self.empty { 0 } else { self.extents().iter().product() }
    }

    /// The extents of the smallest block that has room for it: the number of indices on each axis.
    pub(crate) fn extents(&self) -> Vec<usize> {
        let of_axis = |axis: &Vec<Segment>| axis.iter().map(|segment| segment.count).sum();
        self.axes.iter().map(of_axis).collect()
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.empty
    }

    /// The selection as boxes, one for each combination of segments, for formats that know no more.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    /// use distarray_io::selection::Selection;
    ///
    /// let d = Distribution::new([6, 6], "c:2,b", 2)?;
    /// assert!(Selection::of(&d, 0).regions().eq(d.regions(0)));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn regions(&self) -> impl Iterator<Item = Region> + '_ {
        let boxes = if self.empty { 0 } else { self.axes.iter().map(Vec::len).product() };
        (0..boxes).map(|mut rest| {
            let mut axes = Vec::with_capacity(self.axes.len());
            for segments in self.axes.iter().rev() {
                axes.push(segments[rest % segments.len()]);
                rest /= segments.len();
            }
            axes.reverse();
            Region { axes }
        })
    }

    /// Refuses a selection with indices outside `shape`, or places outside a block of shape `local`.
    ///
    /// ```
    /// use distarray_io::selection::Selection;
    ///
    /// let all = Selection::whole(&[3]);
    /// assert!(all.check(&[3], &[4]).is_ok());
    /// assert_eq!(
    ///     all.check(&[2], &[4]).unwrap_err().to_string(),
    ///     "index 2 is out of bounds for axis 0 of extent 2"
    /// );
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As said; the numbers of axes differ.
    pub fn check(&self, shape: &[usize], local: &[usize]) -> Result<()> {
        let ndim = self.axes.len();
        if shape.len() != ndim || local.len() != ndim {
            return Err(Error::shape(format!(
                "a selection on {ndim} axes does not fit an array of shape {shape:?} and a block of \
                 shape {local:?}"
            )));
        }
        let bounds = shape.iter().zip(local);
        for (axis, (segments, (&extent, &room))) in self.axes.iter().zip(bounds).enumerate() {
            for segment in segments {
                let last = segment.last();
                if last >= extent {
                    return Err(Error::index(format!(
                        "index {last} is out of bounds for axis {axis} of extent {extent}"
                    )));
                }
                let ends = [0, segment.count - 1]
                    .map(|i| segment.place as isize + segment.place_step * i as isize);
                if let Some(place) =
                    ends.into_iter().find(|&place| place < 0 || place >= room as isize)
                {
                    return Err(Error::index(format!(
                        "place {place} is out of bounds for axis {axis} of a block of extent {room}"
                    )));
                }
            }
        }
        Ok(())
    }
}
