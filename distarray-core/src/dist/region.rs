//! Strided boxes of global indices.

use super::segment::Segment;

/// A strided box of global indices and their places: the product of one segment per axis.
///
/// A rank's indices are a list of such boxes,
/// [`Distribution::regions`](super::Distribution::regions). A box without axes holds the one
/// element of a 0-d array.
///
/// ```
/// use distarray_core::dist::Distribution;
///
/// let d = Distribution::builder([4, 6]).dists("b,c").grid(&[2, 2]).build(4)?;
/// let [region] = &d.regions(3)[..] else { panic!() };
/// assert_eq!(region.shape(), [2, 3]);
/// assert_eq!((region.axes[1].global, region.axes[1].step), (1, 2));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region {
    /// One segment per axis.
    pub axes: Vec<Segment>,
}

impl Region {
    /// The number of elements on each axis.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// assert_eq!(Distribution::on_one([2, 3], 0).regions(0)[0].shape(), [2, 3]);
    /// ```
    pub fn shape(&self) -> Vec<usize> {
        self.axes.iter().map(|segment| segment.count).collect()
    }

    /// The number of elements.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// assert_eq!(Distribution::on_one([2, 3], 0).regions(0)[0].len(), 6);
    /// ```
    pub fn len(&self) -> usize {
        self.axes.iter().map(|segment| segment.count).product()
    }

    /// Whether there is no element; never so for the boxes that a distribution gives.
    ///
    /// ```
    /// # use distarray_core::dist::Distribution;
    /// assert!(!Distribution::on_one([2, 3], 0).regions(0)[0].is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
