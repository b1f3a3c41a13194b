//! Folding the values of expressions over local blocks, tile by tile, as they are computed.

use std::ops::Range;

use super::accumulators::Accumulators;
use super::evaluate::{Run, Session};
use super::joined::{Joined, Places};
use super::pieces::{Part, for_each_piece};
use super::placement::Placement;
use super::program::Operand;
use crate::block::kernels::fold::{Ahead, ByteRows, Fold, Positions};
use crate::block::{Block, Extents, Strides, c_strides};
use crate::dist::Distribution;
use crate::error::Result;

/// Elements of arrays that are folded in place at a time, so that several folds of them find them in
/// the nearest cache.
const STRETCH: usize = 4096;
/// Values that are computed at a time at least, to be worth a call of a fold; and those of one step, which
/// has few tiles.
const SHORTEST: usize = 512;
const OF_ONE_STEP: usize = super::TILE;
/// Rows and columns of computed values that are kept, to be folded column by column.
const ROWS: usize = 32;
const COLUMNS: usize = 256;

/// Values of one row.
#[derive(Clone)]
#[repr(C, align(64))]
struct Row([u8; COLUMNS * 16]);

/// Folds expressions over some axes of a rank's part of a distribution, or of a range of an axis of it:
/// `folded` has the accumulators of each of the joined expressions in order, one for each place on the other axes.
/// Places are numbered in C order of the reduced axes.
pub(crate) fn fold(
    joined: &Joined,
    arrays: &[Block],
    (distribution, rank): (&Distribution, usize),
    part: Option<(usize, Range<usize>)>,
    reduced: &[bool],
    folded: &mut [Accumulators],
) -> Result<()> {
    debug_assert_eq!(folded.len(), joined.len());
    let whole = distribution.local_extents(rank);
    let mut start = Extents::from_elem(0, whole.len());
    let mut shape = Extents::from_slice(&whole);
    if let Some((axis, range)) = part {
        (start[axis], shape[axis]) = (range.start, range.len());
    }
    let shape = &shape[..];
    let strides = |over: bool| {
        let extents: Extents =
            shape.iter().zip(reduced).map(|(&n, &r)| if r == over { n } else { 1 }).collect();
        let mut strides = c_strides(1, &extents);
        strides.iter_mut().zip(reduced).filter(|(_, r)| **r != over).for_each(|(s, _)| *s = 0);
        strides
    };
    // Numbers that nobody asks for must not keep axes apart.
    let tells = folded.iter().any(|accumulators| matches!(accumulators.fold, Fold::Place { .. }));
    let numbers = if tells { strides(true) } else { Strides::from_elem(0, shape.len()) };
    let places = strides(false);
    let part = Part { distribution, rank, whole: &whole, start: &start, shape };
    for_each_piece(joined.node(), arrays, part, |piece| {
        // From the part's first element to the piece's.
        let ahead = |strides: &Strides| -> isize {
            let steps = piece.start.iter().zip(&start).map(|(at, first)| (at - first) as isize);
            strides.iter().zip(steps).map(|(stride, steps)| stride * steps).sum()
        };
        let base = (ahead(&places), ahead(&numbers));
        let placement = Placement::new(joined.node(), distribution, rank).from(piece.start);
        let count = 1 + piece.blocks.len() + placement.operands().count();
        let numbered = std::slice::from_ref(&numbers);
        let run = Run::new(joined.node(), piece, placement, &places, numbered);
        let folding = Folding { run: &run, joined, numbers: count, base };
        run.collect_failures(|| match run.domain.step(0) {
            0 => folding.lanes(folded),
            _ => folding.rows(folded),
        })
    })
}

/// A run whose values are folded.
struct Folding<'a> {
    run: &'a Run<'a>,
    joined: &'a Joined,
    /// The operand of the domain that numbers the elements.
    numbers: usize,
    /// The accumulator and the number that the piece begins with.
    base: (isize, isize),
}

impl Folding<'_> {
    /// The number of a lane's first element.
    fn number(&self, offsets: &[isize]) -> u64 {
        (self.base.1 + offsets[self.numbers]) as u64
    }

    /// Whether values are found in arrays, in place.
    fn is_direct(&self) -> bool {
        self.run.program.steps.len() == usize::from(self.joined.is_several())
    }

    /// Where the values of the expressions are for elements of a lane.
    fn values(
        &self,
        session: &mut Session<'_>,
        offsets: &[isize],
        (done, count): (usize, usize),
        into: &mut Places,
    ) {
        let values = session.values(offsets, done, count);
        self.joined.places(values, into);
    }

    /// Folds lanes, each into one accumulator.
    fn lanes(&self, folded: &mut [Accumulators]) {
        let domain = &self.run.domain;
        let step = domain.step(self.numbers) as u64;
        let lane = domain.lane();
        let is_direct = self.is_direct();
        let longest = match is_direct {
            true if folded.len() == 1 => lane.max(1),
            true => STRETCH,
            false if self.run.program.steps.len() == 1 => OF_ONE_STEP,
            false => self.run.tile().clamp(SHORTEST, super::TILE),
        };
        let mut session = self.run.begin(longest);
        let mut values = Places::new();
        domain.for_each_lane(|offsets| {
            for done in (0..lane).step_by(longest) {
                let count = longest.min(lane - done);
                self.values(&mut session, offsets, (done, count), &mut values);
                let first = self.number(offsets) + step * done as u64;
                for (number, (accumulators, &values)) in folded.iter_mut().zip(&values).enumerate()
                {
                    let kernel = accumulators.kernel();
                    let place = accumulators.place(self.base.0 + offsets[0]);
                    if !is_direct {
                        // Memory is to be at work while values are folded; one fold asks for it.
                        accumulators.course.ahead = match number {
                            0 => session
                                .ahead(values, accumulators.dtype.size(), count)
                                .map_or(Ahead::Nothing, Ahead::At),
                            _ => Ahead::Nothing,
                        };
                    }
                    let (at, course) = (Positions { first, step }, &mut accumulators.course);
                    // SAFETY: the place is that of an accumulator, the value that of `count` elements of
                    // the expression.
                    unsafe { (kernel.absorb)(place, values, count, at, course) }
                }
            }
        });
    }

    /// Folds lanes whose elements have accumulators side by side, several rows of them at a time.
    fn rows(&self, folded: &mut [Accumulators]) {
        let domain = &self.run.domain;
        let axis = domain.last_fixed(0);
        match (axis, self.run.program.result) {
            (Some(axis), Operand::Array(array))
                if self.is_direct() && !self.joined.is_several() =>
            {
                self.rows_in_place(folded, axis, array);
            }
            _ => self.rows_computed(folded, axis),
        }
    }

    /// Rows that an array has in its memory.
    fn rows_in_place(&self, folded: &mut [Accumulators], axis: usize, array: usize) {
        let domain = &self.run.domain;
        let columns = domain.lane();
        domain.for_each_lane_but(Some(axis), |offsets| {
            for accumulators in &mut *folded {
                let kernel = accumulators.kernel();
                let place = accumulators.place(self.base.0 + offsets[0]);
                let at = Positions {
                    first: self.number(offsets),
                    step: domain.stride(self.numbers, axis) as u64,
                };
                let rows = ByteRows {
                    first: self.run.arrays[array].as_ptr().wrapping_offset(offsets[array + 1]),
                    stride: domain.stride(array + 1, axis),
                    rows: domain.extent(axis),
                    columns,
                    at,
                };
                // SAFETY: the domain leads to elements of the array at every place, in a lane side by
                // side, and the accumulators of a lane lie so too.
                unsafe { (kernel.absorb_rows)(place, rows, &mut accumulators.course) }
            }
        });
    }

    /// Rows that are computed, some at a time.
    fn rows_computed(&self, folded: &mut [Accumulators], axis: Option<usize>) {
        let domain = &self.run.domain;
        let rows = axis.map_or(1, |axis| domain.extent(axis));
        let along = |operand: usize| axis.map_or(0, |axis| domain.stride(operand, axis));
        let mut kept = vec![Row([0; COLUMNS * 16]); folded.len() * ROWS.min(rows)];
        let mut session = self.run.begin(COLUMNS);
        let (mut values, mut shifted) = (Places::new(), Vec::new());
        let lane = domain.lane();
        domain.for_each_lane_but(axis, |offsets| {
            for done in (0..lane).step_by(COLUMNS) {
                let columns = COLUMNS.min(lane - done);
                for start in (0..rows).step_by(ROWS) {
                    let count = ROWS.min(rows - start);
                    for row in 0..count {
                        shifted.clear();
                        shifted.extend(offsets.iter().enumerate().map(|(operand, offset)| {
                            offset + along(operand) * (start + row) as isize
                        }));
                        self.values(&mut session, &shifted, (done, columns), &mut values);
                        for (number, (accumulators, &values)) in
                            folded.iter().zip(&values).enumerate()
                        {
                            let bytes = columns * accumulators.dtype.size();
                            let tile = kept[number * ROWS.min(rows) + row].0.as_mut_ptr();
                            // SAFETY: the value is that of so many elements; a tile has room for them.
                            unsafe { tile.copy_from_nonoverlapping(values, bytes) }
                        }
                    }
                    let step = along(self.numbers) as u64;
                    let first = self.number(offsets) + step * start as u64;
                    for (number, accumulators) in folded.iter_mut().enumerate() {
                        let kernel = accumulators.kernel();
                        let place = accumulators.place(self.base.0 + offsets[0] + done as isize);
                        let rows = ByteRows {
                            first: kept[number * ROWS.min(rows)].0.as_ptr(),
                            stride: size_of::<Row>() as isize,
                            rows: count,
                            columns,
                            at: Positions { first, step },
                        };
                        // SAFETY: so many rows were copied to the tiles; the accumulators of a lane lie
                        // side by side.
                        unsafe { (kernel.absorb_rows)(place, rows, &mut accumulators.course) }
                    }
                }
            }
        });
    }
}
