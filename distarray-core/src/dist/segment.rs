//! Arithmetic progressions of indices.

/// An arithmetic progression of global indices and of their places in one part.
///
/// Element `i` has the global index `global + i * step` and the place `place + i * place_step`.
/// Both steps are 1 when there is only one element.
///
/// ```
/// use distarray_core::dist::{AxisMap, Dist};
///
/// let [segment] = AxisMap::new(10, 4, Dist::Cyclic)?.segments(1)[..] else { panic!() };
/// assert_eq!((segment.global, segment.step, segment.count), (1, 4, 3));
/// assert_eq!(segment.globals().collect::<Vec<_>>(), [1, 5, 9]);
/// assert_eq!(segment.places().collect::<Vec<_>>(), [0, 1, 2]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Segment {
    /// The first global index.
    pub global: usize,
    /// The distance between global indices, at least 1.
    pub step: usize,
    /// The number of elements, at least 1.
    pub count: usize,
    /// The place of the first element.
    pub place: usize,
    /// The distance between places; never 0, negative when a list runs backwards.
    pub place_step: isize,
}

impl Segment {
    /// The global indices, ascending.
    ///
    /// ```
    /// # use distarray_core::dist::Segment;
    /// let segment = Segment { global: 2, step: 3, count: 2, place: 4, place_step: -1 };
    /// assert_eq!(segment.globals().collect::<Vec<_>>(), [2, 5]);
    /// ```
    pub fn globals(&self) -> impl ExactSizeIterator<Item = usize> + use<> {
        let Self { global, step, count, .. } = *self;
        (0..count).map(move |i| global + i * step)
    }

    /// The places, in the order of the global indices.
    ///
    /// ```
    /// # use distarray_core::dist::Segment;
    /// let segment = Segment { global: 2, step: 3, count: 2, place: 4, place_step: -1 };
    /// assert_eq!(segment.places().collect::<Vec<_>>(), [4, 3]);
    /// ```
    pub fn places(&self) -> impl ExactSizeIterator<Item = usize> + use<> {
        let Self { place, place_step, count, .. } = *self;
        (0..count).map(move |i| place.wrapping_add_signed(place_step.wrapping_mul(i as isize)))
    }

    /// The last global index.
    ///
    /// ```
    /// # use distarray_core::dist::Segment;
    /// let segment = Segment { global: 2, step: 3, count: 2, place: 4, place_step: -1 };
    /// assert_eq!(segment.last(), 5);
    /// ```
    pub fn last(&self) -> usize {
        self.global + (self.count - 1) * self.step
    }

    /// A single element.
    pub(super) fn one(global: usize, place: usize) -> Self {
        Self { global, step: 1, count: 1, place, place_step: 1 }
    }

    /// A run of consecutive indices at consecutive places.
    pub(super) fn run(global: usize, count: usize, place: usize) -> Self {
        Self { count, ..Self::one(global, place) }
    }

    /// Takes in one more element, of a higher global index, if it continues both progressions.
    pub(super) fn extend(&mut self, global: usize, place: usize) -> bool {
        let step = global - self.last();
        let ahead = self.place_step.wrapping_mul(self.count as isize - 1);
        let reached = self.place.wrapping_add_signed(ahead);
        let place_step = (place as isize).wrapping_sub(reached as isize);
        if self.count == 1 {
            (self.step, self.place_step) = (step, place_step);
        } else if (self.step, self.place_step) != (step, place_step) {
            return false;
        }
        self.count += 1;
        true
    }
}
