//! [`Domain`]: the index space that a program runs over, and each operand's way through it.

use smallvec::SmallVec;

/// The axes that are left when axes which every operand steps through as one are merged, and the
/// operands' strides along them.
#[derive(Debug)]
pub(super) struct Domain {
    /// Extents, the last one that of a lane.
    shape: SmallVec<[usize; 4]>,
    operands: usize,
    /// For each axis, the bytes from one element of each operand to the next.
    strides: SmallVec<[isize; 16]>,
    /// For each operand, the offset of the first element.
    origin: SmallVec<[isize; 8]>,
}

/// The stride with which an operand runs along an axis of a shape that it broadcasts to.
pub(super) fn stretched(shape: &[usize], strides: &[isize], to: &[usize], axis: usize) -> isize {
    match axis.checked_sub(to.len() - shape.len()) {
        Some(own) if shape[own] == to[axis] => strides[own],
        _ => 0,
    }
}

impl Domain {
    /// Merges the axes of a shape as far as all operands' strides allow; `first` tells the offset of an operand's
    /// first element, `stride` that of the next along an axis.
    pub(super) fn new(
        shape: &[usize],
        operands: usize,
        first: impl Fn(usize) -> isize,
        stride: impl Fn(usize, usize) -> isize,
    ) -> Self {
        let (axes, strides) = (SmallVec::new(), SmallVec::new());
        let origin = (0..operands).map(first).collect();
        let mut merged = Self { shape: axes, operands, strides, origin };
        for (axis, &extent) in shape.iter().enumerate() {
            if extent == 1 {
                continue;
            }
            let last = merged.strides.len().saturating_sub(operands);
            let outer = &mut merged.strides[last..];
            let along = |operand: usize| stride(operand, axis);
            let continues = !merged.shape.is_empty()
                && (0..operands).all(|operand| outer[operand] == along(operand) * extent as isize);
            if continues {
                *merged.shape.last_mut().expect("there is an outer axis") *= extent;
                outer.iter_mut().enumerate().for_each(|(operand, inner)| *inner = along(operand));
            } else {
                merged.shape.push(extent);
                merged.strides.extend((0..operands).map(along));
            }
        }
        if merged.shape.is_empty() {
            merged.shape.push(1);
            merged.strides.resize(operands, 0);
        }
        merged
    }

    /// The number of elements in a lane, and the bytes from one to the next for an operand.
    pub(super) fn lane(&self) -> usize {
        self.shape[self.shape.len() - 1]
    }

    /// Bytes from one element to the next in a lane.
    pub(super) fn step(&self, operand: usize) -> isize {
        self.stride(operand, self.shape.len() - 1)
    }

    /// The extent of an axis that is left.
    pub(super) fn extent(&self, axis: usize) -> usize {
        self.shape[axis]
    }

    /// How many operands there are.
    pub(super) fn operands(&self) -> usize {
        self.operands
    }

    /// Bytes from one element to the next along an axis that is left.
    pub(super) fn stride(&self, operand: usize, axis: usize) -> isize {
        self.strides[axis * self.operands + operand]
    }

    /// The last axis but that of the lane along which an operand stands still.
    pub(super) fn last_fixed(&self, operand: usize) -> Option<usize> {
        (0..self.shape.len() - 1).rev().find(|&axis| self.stride(operand, axis) == 0)
    }

    /// As [`for_each_lane`](Self::for_each_lane), for the first places of one axis only.
    pub(super) fn for_each_lane_but(&self, axis: Option<usize>, lane: impl FnMut(&[isize])) {
        match axis {
            Some(axis) if self.shape[axis] > 1 => {
                let mut shape = self.shape.clone();
                shape[axis] = 1;
                let (strides, origin) = (self.strides.clone(), self.origin.clone());
                Self { shape, operands: self.operands, strides, origin }.for_each_lane(lane);
            }
            _ => self.for_each_lane(lane),
        }
    }

    /// Calls `lane` for every lane, with the offset of its first element for each operand.
    pub(super) fn for_each_lane(&self, mut lane: impl FnMut(&[isize])) {
        let outer = self.shape.len() - 1;
        if self.shape.contains(&0) {
            return;
        }
        let mut offsets = self.origin.clone();
        let mut at = SmallVec::<[usize; 4]>::from_elem(0, outer);
        loop {
            lane(&offsets);
            let mut axis = outer;
            loop {
                if axis == 0 {
                    return;
                }
                axis -= 1;
                at[axis] += 1;
                let back = if at[axis] < self.shape[axis] { 0 } else { self.shape[axis] as isize };
                let strides = &self.strides[axis * self.operands..];
                for (offset, stride) in offsets.iter_mut().zip(strides) {
                    *offset += stride * (1 - back);
                }
                if back == 0 {
                    break;
                }
                at[axis] = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(shape: &[usize], strides: &[Vec<isize>]) -> Domain {
        Domain::new(shape, strides.len(), |_| 0, |operand, axis| strides[operand][axis])
    }

    fn offsets(domain: &Domain, operand: usize) -> Vec<isize> {
        let mut found = Vec::new();
        domain.for_each_lane(|at| {
            found.extend(
                (0..domain.lane() as isize).map(|i| at[operand] + i * domain.step(operand)),
            );
        });
        found
    }

    #[test]
    fn axes_that_all_operands_run_through_as_one_are_merged() {
        let merged = domain(&[2, 3, 4], &[vec![96, 32, 8], vec![12, 4, 1]]);
        assert_eq!((merged.lane(), merged.step(0), merged.step(1)), (24, 8, 1));
        let split = domain(&[2, 3], &[vec![24, 8], vec![0, 8]]);
        assert_eq!((split.lane(), offsets(&split, 1)), (3, vec![0, 8, 16, 0, 8, 16]));
    }

    #[test]
    fn every_element_is_visited_in_c_order() {
        let all = domain(&[2, 1, 3, 2], &[vec![100, 7, 2, 50]]);
        let expected: Vec<isize> = [0, 50, 2, 52, 4, 54].into_iter().collect();
        let shifted = expected.iter().map(|offset| offset + 100);
        assert_eq!(offsets(&all, 0), expected.iter().copied().chain(shifted).collect::<Vec<_>>());
    }

    #[test]
    fn operands_begin_where_they_are_told_to() {
        let first = |operand: usize| 10 * operand as isize;
        let moved = Domain::new(&[2, 3], 3, first, |_, axis| [12, 1][axis]);
        let mut lanes = Vec::new();
        moved.for_each_lane(|offsets| lanes.push(offsets.to_vec()));
        assert_eq!(lanes, [[0, 10, 20], [12, 22, 32]]);
    }

    #[test]
    fn no_elements_and_one_element() {
        assert_eq!(offsets(&domain(&[2, 0], &[vec![8, 8]]), 0), []);
        assert_eq!(offsets(&domain(&[], &[vec![]]), 0), [0]);
        assert_eq!(offsets(&domain(&[1, 1], &[vec![8, 8]]), 0), [0]);
    }

    #[test]
    fn stretched_axes_stand_still() {
        let along = |axis| stretched(&[3, 1], &[8, 8], &[2, 3, 4], axis);
        assert_eq!([0, 1, 2].map(along), [0, 8, 0]);
    }
}
