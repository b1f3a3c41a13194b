//! [`Placement`]: where the elements that a rank evaluates stand in the whole.

use super::TILE;
use super::generated::Generated;
use super::node::Node;
use crate::block::Numbers;
use crate::comm::copy_strided;
use crate::dist::{AxisMap, Dist, Distribution};

/// How the numbers of an expression's generated leaves follow from the lanes of a domain.
///
/// Along an axis on which the rank's indices are evenly spaced, a leaf's numbers are offsets with a
/// stride, as those of an array's elements are. Where they are not, the domain counts the place on the
/// axis instead, and the indices are looked up from tile to tile.
#[derive(Debug)]
pub(super) struct Placement<'a> {
    leaves: Vec<Leaf<'a>>,
    uneven: Vec<(&'a AxisMap, usize)>,
    /// The strides of the leaves' numbers, and then those of the places on uneven axes.
    strides: Vec<Vec<isize>>,
    /// Their offsets at the first place, where that is not the rank's first.
    origin: Vec<isize>,
}

#[derive(Debug)]
struct Leaf<'a> {
    generated: &'a Generated,
    /// The number at the rank's first place, uneven axes left out.
    first: u64,
    /// What a step of the index along each uneven axis adds.
    weights: Vec<u64>,
}

/// The first index of a part and the distance from one to the next, where that is always the same.
fn progression(axis: &AxisMap, part: usize) -> Option<(usize, usize)> {
    let even = match axis.dist() {
        Dist::Cyclic => true,
        _ => axis.range(part).is_some() || axis.count(part) < 2,
    };
    let step = if matches!(axis.dist(), Dist::Cyclic) { axis.parts() } else { 1 };
    let first = if axis.count(part) > 0 { axis.global(part, 0) } else { 0 };
    even.then_some((first, step))
}

impl<'a> Placement<'a> {
    /// That of an expression's leaves, in order, on a rank's part of a distribution.
    pub(super) fn new(root: &'a Node, distribution: &'a Distribution, rank: usize) -> Self {
        let mut placement = Self {
            leaves: Vec::new(),
            uneven: Vec::new(),
            strides: Vec::new(),
            origin: Vec::new(),
        };
        if !root.has_generated() {
            return placement;
        }
        let Some(coords) = distribution.coords(rank) else { return placement };
        let leaves = root.in_order().into_iter().filter_map(Node::as_generated);
        let axes: Vec<_> = std::iter::zip(distribution.axes(), coords).collect();
        let progressions: Vec<_> =
            axes.iter().map(|&(axis, part)| progression(axis, part)).collect();
        for generated in leaves {
            let own = generated.distribution().shape();
            let missing = axes.len() - own.len();
            let weight = |axis: usize| match axis.checked_sub(missing) {
                Some(at) if own[at] == axes[axis].0.len() => generated.weights()[at],
                _ => 0,
            };
            let (mut first, mut weights) = (generated.first(), Vec::new());
            let mut strides = Vec::with_capacity(axes.len());
            for (axis, progression) in progressions.iter().enumerate() {
                match progression {
                    Some((start, step)) => {
                        first = first.wrapping_add(weight(axis).wrapping_mul(*start as u64));
                        strides.push(weight(axis).wrapping_mul(*step as u64) as isize);
                    }
                    None => {
                        weights.push(weight(axis));
                        strides.push(0);
                    }
                }
            }
            placement.leaves.push(Leaf { generated, first, weights });
            placement.strides.push(strides);
        }
        for axis in (0..axes.len()).filter(|&axis| progressions[axis].is_none()) {
            placement.uneven.push(axes[axis]);
            placement.strides.push((0..axes.len()).map(|other| (other == axis).into()).collect());
        }
        placement
    }

    /// The same for places from these on.
    pub(super) fn from(self, start: &[usize]) -> Self {
        let first = |strides: &Vec<isize>| -> isize {
            strides.iter().zip(start).map(|(stride, &at)| stride * at as isize).sum()
        };
        let origin = self.strides.iter().map(first).collect();
        Self { origin, ..self }
    }

    /// The strides of this placement's operands of the domain, and the offset of the first place.
    pub(super) fn operands(&self) -> impl Iterator<Item = (&[isize], isize)> {
        let origin = self.origin.iter().copied().chain(std::iter::repeat(0));
        self.strides.iter().map(|strides| &strides[..]).zip(origin)
    }

    /// Makes the next elements of a leaf: `offsets` are those of this placement's operands, `steps`
    /// the ones from an element of the lane to the next.
    ///
    /// # Safety
    /// As [`Generated::make`]; `count` is no more than a tile has.
    pub(super) unsafe fn make(
        &self,
        leaf: usize,
        target: *mut u8,
        offsets: impl Fn(usize) -> isize,
        steps: impl Fn(usize) -> isize,
        count: usize,
    ) {
        let Leaf { generated, first, weights } = &self.leaves[leaf];
        let mut first = first.wrapping_add(offsets(leaf) as u64);
        let step = steps(leaf) as u64;
        let mut along = None;
        for (i, (&(axis, part), &weight)) in self.uneven.iter().zip(weights).enumerate() {
            let place = offsets(self.leaves.len() + i) as usize;
            if weight == 0 {
                continue;
            }
            match steps(self.leaves.len() + i) {
                0 => {
                    let index = axis.global(part, place) as u64;
                    first = first.wrapping_add(weight.wrapping_mul(index));
                }
                _ => along = Some((axis, part, place, weight)),
            }
        }
        let mut listed;
        let numbers = match along {
            None => Numbers::Even { first, step },
            Some((axis, part, place, weight)) => {
                listed = [0; TILE];
                let numbers = &mut listed[..count];
                axis.globals(part, place, numbers);
                for number in &mut *numbers {
                    *number = first.wrapping_add(weight.wrapping_mul(*number));
                }
                Numbers::Listed(numbers)
            }
        };
        // SAFETY: as the caller vouches for; a list has `count` numbers. One element along a
        // stretched axis is made once.
        unsafe {
            match numbers {
                Numbers::Even { step: 0, .. } if count > 1 => {
                    let item = generated.dtype().size();
                    generated.make(target, numbers, 1);
                    let rest = target.wrapping_add(item);
                    copy_strided(target, 0, rest, item as isize, item, count - 1);
                }
                _ => generated.make(target, numbers, count),
            }
        }
    }
}
