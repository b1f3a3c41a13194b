//! [`Frame`]: a stencil on one rank's part, and what stands beyond the ends of the axes there.

use ndarray::{ArrayViewMutD, Axis, IxDyn, Slice};

use super::slabs::SlabPlace;
use super::{Boundary, Stencil};
use crate::dist::Distribution;
use crate::element::Element;
use crate::exchange::{End, Reach};

/// A stencil over an array, seen from one rank's part.
#[derive(Debug)]
pub(super) struct Frame<'a, T, const N: usize> {
    stencil: &'a Stencil<T, N>,
    /// Extents of the whole array.
    shape: &'a [usize],
    pub(super) reaches: &'a [Reach; N],
    /// Global indices of the first elements that the rank owns; 0 where it holds no part.
    pub(super) starts: [usize; N],
    /// The elements that it owns on each axis.
    owned: [usize; N],
}

impl<'a, T: Element, const N: usize> Frame<'a, T, N> {
    pub(super) fn new(
        stencil: &'a Stencil<T, N>,
        distribution: &'a Distribution,
        reaches: &'a [Reach; N],
        rank: usize,
    ) -> Self {
        let coords = distribution.coords(rank);
        let owned = std::array::from_fn(|axis: usize| {
            let of_part = |coords: &Vec<usize>| distribution.axis(axis).range(coords[axis]);
            coords.as_ref().and_then(of_part).unwrap_or(0..0)
        });
        Self {
            stencil,
            shape: distribution.shape(),
            reaches,
            starts: std::array::from_fn(|axis| owned[axis].start),
            owned: owned.map(|owned| owned.len()),
        }
    }

    /// The place of this rank whose element stands at a position counted from its first; `None`
    /// where another rank owns it, or a value stands there.
    pub(super) fn own_place(&self, axis: usize, at: isize) -> Option<usize> {
        if (0..self.owned[axis] as isize).contains(&at) {
            return Some(at as usize);
        }
        let start = self.starts[axis];
        let index = self.reaches[axis].end.index(at + start as isize, self.shape[axis])?;
        index.checked_sub(start).filter(|&place| place < self.owned[axis])
    }

    /// Writes what stands beyond the ends of axes that have values there to a slab.
    pub(super) fn fill(&self, place: &SlabPlace<N>, slab: &mut [T]) {
        let shape = place.shape();
        let first: [isize; N] =
            std::array::from_fn(|axis| place.read[axis].start + self.starts[axis] as isize);
        let mut slab = ArrayViewMutD::from_shape(IxDyn(&shape), slab).expect("as many places");
        // The first axis is the last to write, and so the one that decides.
        for axis in (0..N).rev().filter(|&axis| self.reaches[axis].end == End::Values) {
            let (extent, len) = (shape[axis] as isize, self.shape[axis] as isize);
            let below = (-first[axis]).clamp(0, extent);
            let above = (len - first[axis]).clamp(0, extent);
            for beyond in [0..below, above..extent] {
                if beyond.is_empty() {
                    continue;
                }
                let origin = beyond.start;
                let mut outside = slab.slice_axis_mut(Axis(axis), Slice::from(beyond));
                match self.stencil.boundary_on(axis) {
                    Boundary::Function(value) => {
                        for (at, element) in outside.indexed_iter_mut() {
                            let index: [isize; N] = std::array::from_fn(|i| {
                                let shift = if i == axis { origin } else { 0 };
                                first[i] + at[i] as isize + shift
                            });
                            *element = value(&index);
                        }
                    }
                    Boundary::Value(value) => outside.fill(*value),
                    other => unreachable!("{other:?} takes elements of the array"),
                }
            }
        }
    }
}
