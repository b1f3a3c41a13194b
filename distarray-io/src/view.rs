//! Which indices of an array in a file a slice shows, and where they lie in the file.

use distarray_core::dist::{Cut, Segment};
use distarray_core::{Error, Result};

use crate::selection::Selection;

/// What a slice shows of each axis; an axis that it drops is one of a single index.
#[derive(Debug)]
pub(crate) struct View(Vec<Axis>);

/// What a slice shows of one axis.
#[derive(Clone, Copy, Debug)]
struct Axis {
    start: usize,
    step: isize,
    len: usize,
}

impl View {
    /// What one cut for each axis leaves of an array of this shape.
    pub(crate) fn new(shape: &[usize], cuts: &[Cut]) -> Result<Self> {
        if cuts.len() != shape.len() {
            return Err(Error::index(format!(
                "a slice of {} axes is taken of a file of shape {shape:?}; it has no new axes",
                cuts.len()
            )));
        }
        let axes = cuts.iter().zip(shape).enumerate();
        let axes = axes.map(|(axis, (cut, &extent))| Axis::new(*cut, axis, extent));
        Ok(Self(axes.collect::<Result<_>>()?))
    }

    /// The extents of the slice, with the axes that it drops.
    pub(crate) fn shape(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|axis| axis.len)
    }

    /// The selection of the file that a selection of the slice is, of all axes.
    pub(crate) fn in_file(&self, selection: &Selection) -> Selection {
        if selection.is_empty() {
            return Selection::of_segments(vec![Vec::new(); self.0.len()], true);
        }
        let axes = self.0.iter().zip(selection.axes());
        Selection::of_segments(
            axes.map(|(axis, segments)| axis.segments(segments)).collect(),
            false,
        )
    }
}

impl Axis {
    fn new(cut: Cut, axis: usize, extent: usize) -> Result<Self> {
        let (start, step, len) = match cut {
            Cut::At(index) => (index, 1, 1),
            Cut::Range { start, step, len } => (start, step, len),
            Cut::NewAxis => return Err(Error::index("a slice of a file has no new axes")),
        };
        let last = start as i128 + step as i128 * (len as i128 - 1).max(0);
        let bounds = 0..extent as i128;
        match [start as i128, last].into_iter().find(|index| len > 0 && !bounds.contains(index)) {
            None => Ok(Self { start, step, len }),
            Some(index) => Err(Error::index(format!(
                "index {index} is out of bounds for axis {axis} of extent {extent}"
            ))),
        }
    }

    /// Segments of the slice as segments of the file, ascending.
    fn segments(&self, segments: &[Segment]) -> Vec<Segment> {
        let at = |index: usize| self.start.wrapping_add_signed(index as isize * self.step);
        let in_file = |part: &Segment| {
            let step = if part.count > 1 { part.step * self.step.unsigned_abs() } else { 1 };
            match self.step > 0 {
                true => Segment { global: at(part.global), step, ..*part },
                false => Segment {
                    global: at(part.last()),
                    step,
                    count: part.count,
                    place: part.places().last().expect("a segment has elements"),
                    place_step: -part.place_step,
                },
            }
        };
        match self.step > 0 {
            true => segments.iter().map(in_file).collect(),
            false => segments.iter().rev().map(in_file).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_an_axis_is_refused() {
        let range = |start, step, len| Cut::Range { start, step, len };
        for cut in [range(0, 1, 4), range(3, -1, 4), range(9, 2, 0), Cut::At(3)] {
            assert!(View::new(&[4], &[cut]).is_ok(), "{cut:?}");
        }
        for (cut, index) in [
            (range(0, 1, 5), "4"),
            (range(2, -1, 4), "-1"),
            (range(4, -1, 2), "4"),
            (Cut::At(4), "4"),
            (range(1, isize::MAX, usize::MAX), "170141183460469231694793815568465002499"),
        ] {
            let error = View::new(&[4], &[cut]).unwrap_err().to_string();
            assert_eq!(error, format!("index {index} is out of bounds for axis 0 of extent 4"));
        }
        assert!(View::new(&[4], &[]).is_err() && View::new(&[4], &[Cut::NewAxis]).is_err());
    }
}
