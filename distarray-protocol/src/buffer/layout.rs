//! Shapes and strides: which bytes they touch, and in which order.

use crate::ProtocolError;

/// The byte strides of a C-ordered array: the last axis varies fastest.
pub(super) fn c_strides(shape: &[usize], itemsize: usize) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut step = itemsize as isize;
    for (stride, &extent) in strides.iter_mut().zip(shape).rev() {
        *stride = step;
        // Whether the bytes can be counted is found out later.
        step = step.saturating_mul(isize::try_from(extent.max(1)).unwrap_or(isize::MAX));
    }
    strides
}

/// The bytes that a layout touches, relative to its first element: `None` when it has no element.
///
/// An error when the number of axes differs, or the bytes of all elements or a distance leave `isize`. Axes without
/// elements count as one, as for NumPy: whoever leaves them out can count the others.
pub(super) fn span(
    shape: &[usize],
    strides: &[isize],
    itemsize: usize,
) -> Result<Option<(isize, isize)>, ProtocolError> {
    let refuse = |reason: String| ProtocolError::Layout {
        shape: shape.to_vec(),
        strides: strides.to_vec(),
        reason,
    };
    if shape.len() != strides.len() {
        return Err(refuse(format!("{} extents but {} strides", shape.len(), strides.len())));
    }
    let too_large = || refuse(format!("more than {} bytes", isize::MAX));
    // Bounds the number of elements even where a stride of zero repeats them.
    let times = |bytes: isize, &extent: &usize| {
        isize::try_from(extent.max(1)).ok().and_then(|extent| bytes.checked_mul(extent))
    };
    shape.iter().try_fold(itemsize as isize, times).ok_or_else(too_large)?;
    if shape.contains(&0) {
        return Ok(None);
    }
    let (mut low, mut high) = (0_isize, itemsize as isize);
    for (&extent, &stride) in shape.iter().zip(strides) {
        let reach = stride.checked_mul(extent as isize - 1).ok_or_else(too_large)?;
        let side = if reach < 0 { &mut low } else { &mut high };
        *side = side.checked_add(reach).ok_or_else(too_large)?;
    }
    Ok(Some((low, high)))
}

/// Whether the elements lie one after another in the order in which `axes` vary, slowest last.
pub(super) fn is_contiguous(
    axes: impl Iterator<Item = (usize, isize)> + Clone,
    itemsize: usize,
) -> bool {
    if axes.clone().any(|(extent, _)| extent == 0) {
        return true;
    }
    let mut step = itemsize as isize;
    for (extent, stride) in axes {
        if extent != 1 && stride != step {
            return false;
        }
        step *= extent as isize;
    }
    true
}

/// The byte offset of every element in C order.
#[derive(Clone, Debug)]
pub(super) struct Offsets<'s> {
    shape: &'s [usize],
    strides: &'s [isize],
    index: Vec<usize>,
    offset: isize,
    left: usize,
}

impl<'s> Offsets<'s> {
    /// Walks a layout that [`span`] has accepted.
    pub(super) fn new(shape: &'s [usize], strides: &'s [isize]) -> Self {
        let left = if shape.contains(&0) { 0 } else { shape.iter().product() };
        Self { shape, strides, index: vec![0; shape.len()], offset: 0, left }
    }
}

impl Iterator for Offsets<'_> {
    type Item = isize;

    fn next(&mut self) -> Option<isize> {
        self.left = self.left.checked_sub(1)?;
        let offset = self.offset;
        if self.left > 0 {
            for axis in (0..self.shape.len()).rev() {
                if self.index[axis] + 1 < self.shape[axis] {
                    self.index[axis] += 1;
                    self.offset += self.strides[axis];
                    break;
                }
                self.offset -= self.strides[axis] * self.index[axis] as isize;
                self.index[axis] = 0;
            }
        }
        Some(offset)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Offsets<'_> {}
