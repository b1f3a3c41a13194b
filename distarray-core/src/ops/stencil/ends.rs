//! [`Ends`]: the elements that need nothing of other ranks, those at the ends of the array too.
//!
//! A column at an end of the last axis costs a miss of the caches for each of its elements, where
//! it is computed by itself. So the interior is computed in boxes that fit into the caches, and the
//! ends of a box's rows with it.

use std::mem::size_of;
use std::ops::Range;

use super::frame::Frame;
use super::slabs::{OwnSlab, SlabPlace};
use super::sweep::Strided;
use crate::element::Element;
use crate::error::Result;

/// Bytes of elements, read and written, that are computed together with the ends of their rows: half
/// of a common second-level cache.
const BOX_BYTES: usize = 512 << 10;

/// What computes the elements of a box from a source.
type Compute<'a, T, const N: usize> =
    &'a mut dyn FnMut(Strided<*const T, N>, &[Range<usize>; N]) -> Result<()>;

/// What is done with each box.
type OfBox<'a, S, const N: usize> = &'a mut dyn FnMut(&mut S, &[Range<usize>; N]) -> Result<()>;

/// Copies what the elements of boxes read of this rank, and of values beyond the ends.
#[derive(Debug)]
pub(super) struct Ends<'a, T, const N: usize> {
    frame: &'a Frame<'a, T, N>,
    source: Strided<*const T, N>,
    /// Elements of a box.
    most: usize,
    /// The places of this rank that a box reads along each axis; `None` where values stand.
    places: [Vec<Option<usize>>; N],
}

impl<'a, T: Element, const N: usize> Ends<'a, T, N> {
    /// The ends of a source, whose elements are computed to some of `result` bytes.
    ///
    /// # Safety
    /// All places that this rank owns are valid for reads at `source`, and nobody writes them while
    /// this value lives.
    pub(super) unsafe fn new(
        frame: &'a Frame<'a, T, N>,
        source: Strided<*const T, N>,
        result: usize,
    ) -> Self {
        let most = BOX_BYTES / (size_of::<T>() + result).max(1);
        Self { frame, source, most, places: std::array::from_fn(|_| Vec::new()) }
    }

    /// Computes the core, from the source itself, and the slabs that need nothing of other ranks.
    ///
    /// # Errors
    /// The first of `compute`.
    pub(super) fn each(
        &mut self,
        core: &[Range<usize>; N],
        slabs: &[OwnSlab<N>],
        compute: Compute<'_, T, N>,
    ) -> Result<()> {
        let mut memory = Vec::new();
        let source = self.source;
        let (ends, others): (Vec<_>, Vec<_>) = slabs.iter().partition(|slab| slab.is_end);
        let most = if ends.is_empty() { usize::MAX } else { self.most };
        self.boxes(core, most, &mut |own, of_core| {
            compute(source, of_core)?;
            for end in &ends {
                let mut computed = of_core.clone();
                computed[N - 1] = end.computed[N - 1].clone();
                own.compute(&computed, &mut memory, compute)?;
            }
            Ok(())
        })?;
        for slab in others {
            self.boxes(&slab.computed, self.most, &mut |own, computed| {
                own.compute(computed, &mut memory, compute)
            })?;
        }
        Ok(())
    }

    /// Divides a box into boxes of about so many elements, whole along the last axis, in C order.
    fn boxes(
        &mut self,
        whole: &[Range<usize>; N],
        most: usize,
        run: OfBox<'_, Self, N>,
    ) -> Result<()> {
        let elements: usize = whole.iter().map(|range| range.len().max(1)).product();
        // Boxes overlap in what they read: none is to be narrow where the stencil is wide.
        let is_long = |&axis: &usize| {
            let reach = self.frame.reaches[axis];
            whole[axis].len() / 2 >= (4 * (reach.low + reach.high)).max(1)
        };
        let axis = (0..N.saturating_sub(1)).find(is_long).filter(|_| elements > most);
        let Some(axis) = axis else { return run(self, whole) };
        let Range { start, end } = whole[axis];
        let middle = start + (end - start) / 2;
        for half in [start..middle, middle..end] {
            let mut part = whole.clone();
            part[axis] = half;
            self.boxes(&part, most, run)?;
        }
        Ok(())
    }

    fn compute(
        &mut self,
        computed: &[Range<usize>; N],
        memory: &mut Vec<T>,
        compute: Compute<'_, T, N>,
    ) -> Result<()> {
        let place = self.copy(computed, memory);
        compute(place.source(memory.as_ptr()), computed)
    }

    /// Brings what the elements of a box read together at the start of the memory.
    pub(super) fn copy(
        &mut self,
        computed: &[Range<usize>; N],
        memory: &mut Vec<T>,
    ) -> SlabPlace<N> {
        let place = SlabPlace::new(computed.clone(), self.frame.reaches, 0);
        for (axis, places) in self.places.iter_mut().enumerate() {
            places.clear();
            places.extend(place.read[axis].clone().map(|at| self.frame.own_place(axis, at)));
        }
        memory.resize(place.elements().end, T::default());
        let width = self.places.last().map_or(1, Vec::len);
        let mut at = [0; N];
        for row in memory.chunks_exact_mut(width.max(1)) {
            self.copy_row(&at, row);
            // The next row, the last but one axis fastest.
            for axis in (0..N.saturating_sub(1)).rev() {
                at[axis] += 1;
                if at[axis] < self.places[axis].len() {
                    break;
                }
                at[axis] = 0;
            }
        }
        self.frame.fill(&place, memory);
        place
    }

    /// Copies a row along the last axis, `at` these places of the box on the others.
    fn copy_row(&self, at: &[usize; N], row: &mut [T]) {
        let mut first = [0; N];
        for axis in 0..N.saturating_sub(1) {
            // A row of values is written with them.
            let Some(place) = self.places[axis][at[axis]] else { return };
            first[axis] = place;
        }
        let origin = self.source.origin.wrapping_offset(self.source.offset(&first));
        let step = self.source.last_stride();
        let places = self.places.last().map_or(&[Some(0)][..], Vec::as_slice);
        for (element, place) in row.iter_mut().zip(places) {
            let Some(place) = place else { continue };
            // SAFETY: this rank owns the place on every axis, and who made this vouches for those.
            *element = unsafe { origin.wrapping_offset(*place as isize * step).read() };
        }
    }
}
