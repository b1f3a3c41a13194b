//! Elements of a box, one after the other in C order, and their places in a block.

use distarray_core::block::{Block, convert};
use distarray_core::comm::{Layout, Run, copy_layouts};
use distarray_core::dist::Segment;
use distarray_core::{DType, Result, with_element};

/// Which elements of a box go where in a block: along each axis the indices of the box as `global`,
/// and the places of the block.
#[derive(Debug)]
pub(crate) struct Passage<'a> {
    shape: &'a [usize],
    axes: &'a [Vec<Segment>],
}

impl<'a> Passage<'a> {
    /// A way between a box of this shape and a block; the segments lie in the box.
    pub(crate) fn new(shape: &'a [usize], axes: &'a [Vec<Segment>]) -> Self {
        let within = |(axis, &extent): (&Vec<Segment>, &usize)| {
            axis.iter().all(|segment| segment.last() < extent)
        };
        assert!(axes.len() == shape.len() && axes.iter().zip(shape).all(within), "within the box");
        Self { shape, axes }
    }

    /// Whether every element of the box is meant.
    #[cfg(feature = "zarr")]
    pub(crate) fn is_whole(&self) -> bool {
        let counts = self.axes.iter().map(|axis| axis.iter().map(|part| part.count).sum::<usize>());
        counts.eq(self.shape.iter().copied())
    }

    /// Brings elements of `from`, native bytes of the whole box, to their places in the block, and
    /// makes them its dtype.
    ///
    /// # Panics
    /// The bytes are not those of the box; a place is not in the block.
    pub(crate) fn unpack(&self, from: DType, bytes: &[u8], block: &mut Block) -> Result<()> {
        self.check(from, bytes, block);
        let to = block.dtype();
        let converted: Vec<u8>;
        // The bytes of a `bool` are made 0 or 1 by the conversion.
        let bytes = match from == to && from != DType::Bool {
            true => bytes,
            false => {
                let mut all = vec![0; bytes.len() / from.size() * to.size()];
                convert(from, bytes, to, &mut all);
                converted = all;
                &converted
            }
        };
        let memory = self.memory(to.size(), block.strides());
        let base = with_element!(to, T => block.view_mut::<T>()?.as_mut_ptr().cast::<u8>());
        // SAFETY: the layouts lie in the box, which the bytes are of, and in the block, as checked;
        // the block is borrowed, and its memory its own since the pointer was asked for.
        unsafe { copy_layouts(bytes.as_ptr(), &[self.boxed(to.size())], base, &[memory]) };
        Ok(())
    }

    /// Brings the block's elements to their places in the bytes of the box; the others stay.
    ///
    /// # Panics
    /// The bytes are not those of the box; a place is not in the block.
    #[cfg(feature = "zarr")]
    pub(crate) fn pack(&self, block: &Block, bytes: &mut [u8]) {
        self.check(block.dtype(), bytes, block);
        let item = block.dtype().size();
        let base = block.storage().as_ptr().wrapping_add(block.offset());
        let memory = self.memory(item, block.strides());
        // SAFETY: the layouts lie in the block and in the box, as checked; both are borrowed, and a
        // block's bytes are initialised.
        unsafe { copy_layouts(base, &[memory], bytes.as_mut_ptr(), &[self.boxed(item)]) };
    }

    fn check(&self, dtype: DType, bytes: &[u8], block: &Block) {
        assert_eq!(bytes.len(), self.shape.iter().product::<usize>() * dtype.size(), "a whole box");
        for (axis, &room) in self.axes.iter().zip(block.shape()) {
            for part in axis {
                let last = part.place as isize + part.place_step * (part.count as isize - 1);
                let within = |place: isize| (0..room as isize).contains(&place);
                assert!(within(part.place as isize) && within(last), "places lie in the block");
            }
        }
    }

    fn boxed(&self, item: usize) -> Layout {
        let mut strides = vec![item; self.shape.len()];
        for axis in (1..self.shape.len()).rev() {
            strides[axis - 1] = strides[axis] * self.shape[axis];
        }
        let run = |part: &Segment, stride: usize| Run {
            start: (part.global * stride) as isize,
            count: part.count,
            step: (part.step * stride) as isize,
        };
        let axes = self.axes.iter().zip(strides);
        let axes = axes.map(|(axis, stride)| axis.iter().map(|part| run(part, stride)).collect());
        Layout::new(item, 0, axes.collect())
    }

    fn memory(&self, item: usize, strides: &[isize]) -> Layout {
        let run = |part: &Segment, stride: isize| Run {
            start: part.place as isize * stride,
            count: part.count,
            step: part.place_step * stride,
        };
        let axes = self.axes.iter().zip(strides);
        let axes = axes.map(|(axis, &stride)| axis.iter().map(|part| run(part, stride)).collect());
        Layout::new(item, 0, axes.collect())
    }
}

/// The part of a segment whose indices lie in `start..end`.
pub(crate) fn within(segment: &Segment, start: usize, end: usize) -> Option<Segment> {
    let first = start.saturating_sub(segment.global).div_ceil(segment.step);
    let beyond = end.saturating_sub(segment.global).div_ceil(segment.step).min(segment.count);
    (first < beyond).then(|| Segment {
        global: segment.global + first * segment.step,
        count: beyond - first,
        place: segment.place.wrapping_add_signed(segment.place_step * first as isize),
        ..*segment
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_cut_to_a_range() {
        let whole = Segment { global: 3, step: 4, count: 5, place: 10, place_step: -2 };
        for (start, end) in [(0, 30), (3, 20), (4, 12), (8, 9), (7, 8), (20, 20), (19, 30)] {
            let pairs: Vec<_> = whole.globals().zip(whole.places()).collect();
            let wanted: Vec<_> =
                pairs.into_iter().filter(|(global, _)| (start..end).contains(global)).collect();
            let cut = within(&whole, start, end);
            let found = cut.map(|part| part.globals().zip(part.places()).collect::<Vec<_>>());
            assert_eq!(found.unwrap_or_default(), wanted, "{start}..{end}");
        }
    }
}
