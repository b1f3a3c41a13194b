//! What NumPy's `pad` makes of an array, and what a stencil makes of that, by walking over every
//! element.

use distarray::dist::Distribution;
use distarray::prelude::*;
use ndarray::{ArrayD, Dimension, IxDyn};

use crate::draw::Draw;

/// What stands beyond the ends of an axis, by NumPy's names, and what NumPy has no name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One value.
    Constant,
    /// Mirrored about the last element.
    Reflect,
    /// Mirrored about the end.
    Symmetric,
    /// The last element.
    Edge,
    /// From the other end on.
    Wrap,
    /// A function of the index.
    Function,
    /// Nothing.
    Skip,
}

/// All kinds.
pub const KINDS: [Kind; 7] = [
    Kind::Constant,
    Kind::Reflect,
    Kind::Symmetric,
    Kind::Edge,
    Kind::Wrap,
    Kind::Function,
    Kind::Skip,
];

/// The value of [`Kind::Constant`].
const CONSTANT: i64 = -7;

/// The function of [`Kind::Function`].
fn beyond(index: &[isize]) -> i64 {
    index.iter().fold(5, |sum, &at| 100 * sum + at as i64)
}

/// A stencil, as plain data.
///
/// ```
/// use distarray_tests::{draw::Draw, padded::Plain};
///
/// assert_eq!(Plain::<2>::drawn(&mut Draw::new(1), 3).kinds.len(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct Plain<const N: usize> {
    /// How many elements are read below and above on each axis.
    pub sides: [(usize, usize); N],
    /// What stands beyond the ends of each axis.
    pub kinds: [Kind; N],
    /// The offsets that are read, each counted by its place in the list.
    pub offsets: Vec<[isize; N]>,
}

impl<const N: usize> Plain<N> {
    /// A random one that reads less than `width` elements to either side.
    pub fn drawn(draw: &mut Draw, width: usize) -> Self {
        let sides = std::array::from_fn(|_| (draw.below(width), draw.below(width)));
        let kinds = std::array::from_fn(|_| draw.pick(&KINDS));
        Self::new(sides, kinds, |n| draw.below(n))
    }

    /// One of these sides and kinds, whose offsets are the two far corners and three that `below`
    /// picks, each coordinate as a number below some other.
    pub fn new(
        sides: [(usize, usize); N],
        kinds: [Kind; N],
        mut below: impl FnMut(usize) -> usize,
    ) -> Self {
        let mut offsets: Vec<[isize; N]> =
            vec![sides.map(|(low, _)| -(low as isize)), sides.map(|(_, high)| high as isize)];
        for _ in 0..3 {
            let any = |(low, high): (usize, usize)| below(low + high + 1) as isize - low as isize;
            offsets.push(sides.map(any));
        }
        Self { sides, kinds, offsets }
    }

    /// The stencil for an array.
    pub fn stencil(&self) -> Stencil<i64, N> {
        let mut stencil = Stencil::new([0; N]);
        for (axis, (&(low, high), kind)) in self.sides.iter().zip(self.kinds).enumerate() {
            let boundary = match kind {
                Kind::Constant => Boundary::Value(CONSTANT),
                Kind::Reflect => Boundary::Reflect,
                Kind::Symmetric => Boundary::Symmetric,
                Kind::Edge => Boundary::Edge,
                Kind::Wrap => Boundary::Wrap,
                Kind::Function => Boundary::function(beyond),
                Kind::Skip => Boundary::Skip,
            };
            stencil = stencil.sides(axis, low, high).boundary_of(axis, boundary);
        }
        stencil
    }

    /// The kinds that count on an array: a periodic axis wraps.
    fn kinds_on(&self, dist: &Distribution) -> [Kind; N] {
        std::array::from_fn(|axis| match dist.axis(axis).is_periodic() {
            true => Kind::Wrap,
            false => self.kinds[axis],
        })
    }

    /// What stands at an index that may lie outside; `None` where nothing does.
    fn at(&self, whole: &ArrayD<i64>, kinds: &[Kind; N], index: &[isize; N]) -> Option<i64> {
        let outside = |axis: usize| !(0..whole.shape()[axis] as isize).contains(&index[axis]);
        if (0..N).any(|axis| kinds[axis] == Kind::Skip && outside(axis)) {
            return None;
        }
        for axis in (0..N).filter(|&axis| outside(axis)) {
            match kinds[axis] {
                Kind::Constant => return Some(CONSTANT),
                Kind::Function => return Some(beyond(index)),
                _ => {}
            }
        }
        let inside: [usize; N] =
            std::array::from_fn(|axis| walk(index[axis], whole.shape()[axis], kinds[axis]));
        Some(whole[&inside[..]])
    }

    /// What the stencil makes of an array of this distribution: the offsets' elements, each times
    /// its number from 1 on, added up; `untouched` where nothing is computed.
    pub fn applied(
        &self,
        whole: &ArrayD<i64>,
        dist: &Distribution,
        untouched: &ArrayD<i64>,
    ) -> ArrayD<i64> {
        let kinds = self.kinds_on(dist);
        ArrayD::from_shape_fn(whole.raw_dim(), |place| {
            let index = |offset: &[isize; N]| -> [isize; N] {
                std::array::from_fn(|axis| place[axis] as isize + offset[axis])
            };
            let corners = [self.offsets[0], self.offsets[1]];
            if corners.iter().any(|corner| self.at(whole, &kinds, &index(corner)).is_none()) {
                return untouched[&place];
            }
            let of_offset = |(i, offset)| {
                let element = self.at(whole, &kinds, &index(offset)).expect("within the corners");
                (i as i64 + 1) * element
            };
            self.offsets.iter().enumerate().map(of_offset).sum()
        })
    }

    /// What a rank has of the padded array: what it owns and as much around it as is read there. No
    /// axis may be skipped.
    pub fn around(&self, whole: &ArrayD<i64>, dist: &Distribution, rank: usize) -> ArrayD<i64> {
        let kinds = self.kinds_on(dist);
        let owned = dist.coords(rank).map(|coords| -> Vec<_> {
            let range = |axis: usize| dist.axis(axis).range(coords[axis]).expect("blocks");
            (0..N).map(range).collect()
        });
        let Some(owned) = owned.filter(|owned| owned.iter().all(|range| !range.is_empty())) else {
            return ArrayD::zeros(IxDyn(&vec![0; N.max(1)]));
        };
        let shape: Vec<usize> = owned
            .iter()
            .zip(&self.sides)
            .map(|(own, (low, high))| own.len() + low + high)
            .collect();
        ArrayD::from_shape_fn(IxDyn(&shape), |place| {
            let index = std::array::from_fn(|axis| {
                (owned[axis].start + place.slice()[axis]) as isize - self.sides[axis].0 as isize
            });
            self.at(whole, &kinds, &index).expect("no axis is skipped")
        })
    }
}

/// The index that stands at a position of an axis, found by walking there from the next end.
fn walk(position: isize, len: usize, kind: Kind) -> usize {
    let len = len as isize;
    if (0..len).contains(&position) {
        return position as usize;
    }
    let (steps, end, inwards) = match position < 0 {
        true => (-position, 0, 1),
        false => (position - len + 1, len - 1, -1),
    };
    let (mut at, mut step) = (end, inwards);
    match kind {
        Kind::Edge => {}
        Kind::Wrap => {
            for _ in 0..steps {
                at = if at - inwards < 0 { len - 1 } else { (at - inwards) % len };
            }
        }
        Kind::Reflect if len == 1 => {}
        Kind::Reflect => {
            for _ in 0..steps {
                if !(0..len).contains(&(at + step)) {
                    step = -step;
                }
                at += step;
            }
        }
        Kind::Symmetric => {
            // The first step stays at the end, and so does each that would leave the axis.
            for i in 0..steps {
                if i > 0 && (0..len).contains(&(at + step)) {
                    at += step;
                } else if i > 0 {
                    step = -step;
                }
            }
        }
        other => unreachable!("{other:?} takes no element"),
    }
    at as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of NumPy 1.24: `np.pad([0, 1, 2], 4, mode)`.
    #[test]
    fn walks_are_numpys() {
        let row = |kind, len: usize| -> Vec<usize> {
            (-4..len as isize + 4).map(|at| walk(at, len, kind)).collect()
        };
        assert_eq!(row(Kind::Reflect, 3), [0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]);
        assert_eq!(row(Kind::Symmetric, 3), [2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0]);
        assert_eq!(row(Kind::Wrap, 3), [2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
        assert_eq!(row(Kind::Edge, 3), [0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2]);
        assert_eq!(row(Kind::Symmetric, 1), [0; 9]);
        assert_eq!(row(Kind::Reflect, 1), [0; 9]);
    }
}
