//! [`Slab`]: a box of indices, as the library is asked for one.

use distarray_core::dist::Region;

/// A box of indices: the first ones, how far they are apart, and how many.
pub(super) struct Slab {
    pub(super) start: Vec<u64>,
    pub(super) step: Vec<u64>,
    pub(super) count: Vec<u64>,
}

impl Slab {
    /// No indices of an array of this shape.
    #[cfg(feature = "hdf5-mpi")]
    pub(super) fn nothing(shape: &[usize]) -> Self {
        Self {
            start: vec![0; shape.len()],
            step: vec![1; shape.len()],
            count: vec![0; shape.len()],
        }
    }

    /// All of a box.
    pub(super) fn of_box(low: &[usize], shape: &[usize]) -> Self {
        Self {
            start: low.iter().map(|&at| at as u64).collect(),
            step: vec![1; low.len()],
            count: shape.iter().map(|&count| count as u64).collect(),
        }
    }

    /// The indices of a region, counted from `low`.
    pub(super) fn of_region(low: &[usize], region: &Region) -> Self {
        let axes = || region.axes.iter();
        Self {
            start: axes().zip(low).map(|(part, low)| (low + part.global) as u64).collect(),
            step: axes().map(|part| part.step as u64).collect(),
            count: axes().map(|part| part.count as u64).collect(),
        }
    }
}
