//! [`Slabs`]: copies of the sides of a part and of what lies around them, to be computed from.
//!
//! The elements that read nothing but what the part owns are computed from the part itself. The
//! others are divided into slabs, two for each axis: those on the low side and on the high side of
//! axis 0, then, of what is between them, those on the sides of axis 1, and so on. What a slab's
//! elements read is brought together in memory of its own, so that an array needs no halo, and
//! nothing large is copied. Slabs that read nothing of other ranks are left to [`Ends`](super::ends).

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use super::sweep::Strided;
use crate::block::{Part, c_strides};
use crate::comm::{Layout, Message, Run};
use crate::dist::{AxisMap, Distribution};
use crate::exchange::{Cover, Piece, Plan, Reach, Slab, Transfer, messages};

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
    pub(super) fn new(computed: [Range<usize>; N], reaches: &[Reach; N], offset: usize) -> Self {
        let read = std::array::from_fn(|axis: usize| reaches[axis].read(&computed[axis]));
        Self { computed, read, offset }
    }

    pub(super) fn shape(&self) -> [usize; N] {
        self.read.clone().map(|range| range.len())
    }

    /// The elements' numbers in the memory of all slabs.
    pub(super) fn elements(&self) -> Range<usize> {
        self.offset..self.offset + self.shape().iter().product::<usize>()
    }

    /// Elements from one to the next along each axis.
    pub(super) fn strides(&self) -> [isize; N] {
        let strides = c_strides(1, &self.shape());
        std::array::from_fn(|axis| strides[axis])
    }

    /// The slab as a source whose place 0 is the part's, in memory that begins here.
    pub(super) fn source<T>(&self, slab: *const T) -> Strided<*const T, N> {
        let strides = self.strides();
        let first: isize = (0..N).map(|axis| self.read[axis].start * strides[axis]).sum();
        Strided { origin: slab.wrapping_offset(-first), strides }
    }
}

/// A slab of this rank that reads nothing of other ranks.
#[derive(Clone, Debug)]
pub(super) struct OwnSlab<const N: usize> {
    pub(super) computed: [Range<usize>; N],
    /// Whether it is a side of the core on the last axis: a few elements of each of its rows.
    pub(super) is_end: bool,
}

/// The slabs of this rank, and what is sent and received for those of all ranks.
#[derive(Debug)]
pub(super) struct Slabs<const N: usize> {
    /// The places that are computed from the part itself; `None` where this rank holds no part.
    pub(super) core: Option<[Range<usize>; N]>,
    pub(super) places: Vec<SlabPlace<N>>,
    pub(super) own: Vec<OwnSlab<N>>,
    pub(super) sends: Vec<Message>,
    pub(super) receives: Vec<Message>,
    /// The elements of all places.
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
            own: Vec::new(),
            sends: Vec::new(),
            receives: Vec::new(),
            elements: 0,
        };
        let (mut sends, mut receives) = (BTreeMap::new(), BTreeMap::new());
        for pieces in passes {
            let slab = |(axis, map): (usize, &AxisMap)| {
                let (reach, piece) = (reaches[axis], pieces[axis]);
                Slab { map: map.clone(), reach, piece }
            };
            let wanted: Vec<Slab> = distribution.axes().iter().enumerate().map(slab).collect();
            let stays = coords.as_ref().is_some_and(|coords| {
                wanted.iter().zip(coords).all(|(slab, &part)| slab.stays(part))
            });
            let covers: Vec<Cover> = wanted.into_iter().map(Cover::Slab).collect();
            let ranks = distribution.ranks();
            let plan = Plan::new(distribution.axes(), ranks, &covers, ranks, rank);
            for message in messages(&plan.sends, part) {
                if message.peer != rank || !stays {
                    sends.entry(message.peer).or_insert_with(Vec::new).extend(message.parts);
                }
            }
            let Some(computed) = computed(pieces) else { continue };
            if computed.iter().any(Range::is_empty) {
                continue;
            }
            if stays {
                let is_end = matches!(pieces.last(), Some(Piece::Low | Piece::High));
                slabs.own.push(OwnSlab { computed, is_end });
                continue;
            }
            let place = SlabPlace::new(computed, reaches, slabs.elements);
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
