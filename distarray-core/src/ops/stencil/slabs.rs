//! [`Slabs`]: copies of the sides of a part and of what lies around them, to be computed from.
//!
//! The elements that read nothing but what the part owns are computed from the part itself. The
//! others are divided into slabs, two for each axis: those on the low side and on the high side of
//! axis 0, then, of what is between them, those on the sides of axis 1, and so on. What a slab's
//! elements read is brought together in memory of its own, so that an array needs no halo, and
//! nothing large is copied.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use ndarray::{ArrayViewMutD, Axis, IxDyn, Slice};

use super::{Boundary, Stencil};
use crate::block::{Part, c_strides};
use crate::comm::{Layout, Message, Run};
use crate::dist::{AxisMap, Distribution};
use crate::element::Element;
use crate::exchange::{Cover, End, Piece, Plan, Reach, Slab, Transfer, messages};

/// One slab of this rank.
#[derive(Clone, Debug)]
pub(super) struct SlabPlace<const N: usize> {
    /// The places that are computed.
    pub(super) computed: [Range<usize>; N],
    /// The places that are read, of which some are not owned.
    pub(super) read: [Range<isize>; N],
    /// The first element's number in the memory of all slabs.
    pub(super) offset: usize,
}

impl<const N: usize> SlabPlace<N> {
    pub(super) fn shape(&self) -> [usize; N] {
        self.read.clone().map(|range| range.len())
    }

    /// Elements from one to the next along each axis.
    pub(super) fn strides(&self) -> [isize; N] {
        let strides = c_strides(1, &self.shape());
        std::array::from_fn(|axis| strides[axis])
    }
}

/// The slabs of this rank, and what is sent and received for those of all ranks.
#[derive(Debug)]
pub(super) struct Slabs<const N: usize> {
    /// The places that are computed from the part itself; `None` where this rank holds no part.
    pub(super) core: Option<[Range<usize>; N]>,
    pub(super) places: Vec<SlabPlace<N>>,
    pub(super) sends: Vec<Message>,
    pub(super) receives: Vec<Message>,
    /// The elements of all slabs.
    pub(super) elements: usize,
}

/// The passes of all ranks: what of each axis is computed in each.
pub(super) fn sides<const N: usize>(reaches: &[Reach; N]) -> Vec<[Piece; N]> {
    let pass = |of: usize, piece: Piece| {
        std::array::from_fn(|axis: usize| match axis.cmp(&of) {
            Ordering::Less => Piece::Core,
            Ordering::Equal => piece,
            Ordering::Greater => Piece::Whole,
        })
    };
    let of_axis = |(axis, reach): (usize, &Reach)| {
        let low = (reach.low > 0).then(|| pass(axis, Piece::Low));
        low.into_iter().chain((reach.high > 0).then(|| pass(axis, Piece::High)))
    };
    reaches.iter().enumerate().flat_map(of_axis).collect()
}

impl<const N: usize> Slabs<N> {
    /// By arithmetic alone, from what every rank knows.
    pub(super) fn new(
        distribution: &Distribution,
        reaches: &[Reach; N],
        passes: &[[Piece; N]],
        (rank, part): (usize, Option<&Part>),
        item: usize,
    ) -> Self {
        let coords = distribution.coords(rank);
        let computed = |pieces: &[Piece; N]| {
            let coords = coords.as_ref()?;
            Some(std::array::from_fn(|axis| {
                let map = distribution.axis(axis);
                let owned = map.range(coords[axis]).expect("axes of block kinds");
                reaches[axis].computed(&owned, map.len(), pieces[axis])
            }))
        };
        let mut slabs = Self {
            core: computed(&[Piece::Core; N]),
            places: Vec::new(),
            sends: Vec::new(),
            receives: Vec::new(),
            elements: 0,
        };
        let (mut sends, mut receives) = (BTreeMap::new(), BTreeMap::new());
        for pieces in passes {
            let cover = |(axis, map): (usize, &AxisMap)| {
                let (reach, piece) = (reaches[axis], pieces[axis]);
                Cover::Slab(Slab { map: map.clone(), reach, piece })
            };
            let covers: Vec<Cover> = distribution.axes().iter().enumerate().map(cover).collect();
            let ranks = distribution.ranks();
            let plan = Plan::new(distribution.axes(), ranks, &covers, ranks, rank);
            for message in messages(&plan.sends, part) {
                sends.entry(message.peer).or_insert_with(Vec::new).extend(message.parts);
            }
            let Some(computed) = computed(pieces) else { continue };
            if computed.iter().any(Range::is_empty) {
                continue;
            }
            let read = std::array::from_fn(|axis: usize| reaches[axis].read(&computed[axis]));
            let place = SlabPlace { computed, read, offset: slabs.elements };
            for transfer in &plan.receives {
                let layouts = layouts(transfer, &place, item);
                receives.entry(transfer.peer).or_insert_with(Vec::new).extend(layouts);
            }
            slabs.elements += place.shape().iter().product::<usize>();
            slabs.places.push(place);
        }
        let listed = |parts: BTreeMap<usize, Vec<Layout>>| {
            parts.into_iter().map(|(peer, parts)| Message { peer, parts }).collect()
        };
        (slabs.sends, slabs.receives) = (listed(sends), listed(receives));
        slabs
    }

    /// Writes what stands beyond the ends of axes that have values there.
    pub(super) fn fill<T: Element>(
        &self,
        memory: &mut [T],
        stencil: &Stencil<T, N>,
        distribution: &Distribution,
        starts: &[usize; N],
        reaches: &[Reach; N],
    ) {
        for place in &self.places {
            let shape = place.shape();
            let count: usize = shape.iter().product();
            let slab = &mut memory[place.offset..place.offset + count];
            let mut slab = ArrayViewMutD::from_shape(IxDyn(&shape), slab).expect("as many places");
            // The first axis is the last to write, and so the one that decides.
            for axis in (0..N).rev().filter(|&axis| reaches[axis].end == End::Values) {
                let first = place.read[axis].start + starts[axis] as isize;
                let len = distribution.shape()[axis] as isize;
                let extent = shape[axis] as isize;
                let (below, above) = ((-first).clamp(0, extent), (len - first).clamp(0, extent));
                for beyond in [0..below, above..extent] {
                    if beyond.is_empty() {
                        continue;
                    }
                    let origin = beyond.start;
                    let mut outside = slab.slice_axis_mut(Axis(axis), Slice::from(beyond));
                    match stencil.boundary_on(axis) {
                        Boundary::Function(value) => {
                            for (at, element) in outside.indexed_iter_mut() {
                                let index: [isize; N] = std::array::from_fn(|i| {
                                    let shift = if i == axis { origin } else { 0 };
                                    let within = at[i] as isize + shift;
                                    place.read[i].start + starts[i] as isize + within
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
}

/// Where the elements of a transfer lie in the memory of all slabs.
fn layouts<const N: usize>(transfer: &Transfer, place: &SlabPlace<N>, item: usize) -> Vec<Layout> {
    let strides = place.strides();
    let of_part = |part: &Vec<Vec<Run>>| {
        let scaled = part.iter().zip(strides).map(|(runs, stride)| {
            let stride = stride * item as isize;
            let scale = |run: &Run| Run {
                start: run.start * stride,
                count: run.count,
                step: run.step * stride,
            };
            runs.iter().map(scale).collect()
        });
        Layout::new(item, (place.offset * item) as isize, scaled.collect())
    };
    transfer.parts.iter().map(of_part).collect()
}
