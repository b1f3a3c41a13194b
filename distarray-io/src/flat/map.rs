//! Elements of a flat file in memory that shows the file's pages.

use std::fs::File;

use distarray_core::block::Block;
use distarray_core::dist::Segment;
use distarray_core::{DType, Result};
use memmap2::MmapOptions;

use super::FlatFile;
use crate::selection::Selection;

/// The selected elements where they lie.
///
/// # Safety
/// Until the block's memory is dropped, nobody writes to the file or makes it shorter.
pub(super) unsafe fn map(flat: &FlatFile, file: &File, selection: &Selection) -> Result<Block> {
    let header = &flat.header;
    let dtype = header.dtype;
    let shape = selection.extents();
    selection.check(&header.shape, &shape)?;
    if selection.is_empty() {
        return Block::zeros(dtype, &shape);
    }
    let refuse = |why: String| flat.refuse(format!("cannot be mapped to memory: {why}"));
    if flat.swapped_unit() != 1 {
        return Err(refuse("the elements are in the other byte order".into()));
    }
    // Of the elements: the first byte and the one after the last, and where the place 0 is.
    let (mut low, mut high, mut first) = (0, dtype.size(), 0);
    let mut strides = Vec::with_capacity(shape.len());
    for (axis, stride) in header.strides().into_iter().enumerate() {
        let Some((at, step)) = evenly_spaced(&selection.axes()[axis]) else {
            return Err(refuse(format!(
                "a rank's elements are not evenly spaced along axis {axis}; load them"
            )));
        };
        let (start, last) = bounds(&selection.axes()[axis]);
        low += start * stride;
        high += last * stride;
        first += at * stride;
        strides.push(step * stride as isize);
    }
    let start = flat.data_start + low as u64;
    if !start.is_multiple_of(dtype.alignment() as u64) {
        return Err(refuse(format!("{dtype} elements from byte {start} on are not aligned")));
    }
    let end = flat.data_start + high as u64;
    let length = file.metadata().map_err(|error| refuse(error.to_string()))?.len();
    if length < end {
        return Err(flat.refuse(format!("truncated: the file ends before byte {end}")));
    }
    // SAFETY: the caller vouches for that the file stays as it is.
    let memory = unsafe { MmapOptions::new().offset(start).len(high - low).map(file) };
    let memory = memory.map_err(|error| refuse(error.to_string()))?;
    if dtype == DType::Bool && memory.iter().any(|&byte| byte > 1) {
        return Err(refuse("truth values are neither 0 nor 1; load them".into()));
    }
    let head = memory.as_ptr().wrapping_add(first - low);
    // SAFETY: the outermost of the elements lie in the mapped memory, which the block keeps; any bytes are
    // numbers, and truth values were looked at.
    unsafe { Block::foreign(dtype, head, &shape, &strides, Box::new(memory)) }
}

/// The index at place 0, and the step from one place to the next, where the places have one.
fn evenly_spaced(segments: &[Segment]) -> Option<(usize, isize)> {
    let [segment] = segments else { return None };
    match segment.place_step {
        1 => Some((segment.global, segment.step as isize)),
        -1 => Some((segment.last(), -(segment.step as isize))),
        _ => None,
    }
}

/// The lowest and the highest index.
fn bounds(segments: &[Segment]) -> (usize, usize) {
    let lowest = segments.iter().map(|segment| segment.global).min().unwrap_or(0);
    (lowest, segments.iter().map(Segment::last).max().unwrap_or(0))
}
