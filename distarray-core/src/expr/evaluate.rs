//! Running a program over local blocks.

use std::cell::Cell;
use std::rc::Rc;

use smallvec::SmallVec;

use super::domain::{Domain, stretched};
use super::function::collect_failure;
use super::node::Node;
use super::pieces::{Part, Piece, for_each_piece};
use super::placement::Placement;
use super::program::{Access, Operand, Program, Step};
use super::programs::program;
use super::tiles::{TileSet, Tiles, ahead, tile_len};
use crate::block::kernels::{Stores, stream};
use crate::block::{Block, Extents, Strides};
use crate::comm::copy_strided;
use crate::dist::Distribution;
use crate::error::Result;

thread_local! {
    /// Tiles of the last evaluation on this rank, for the next.
    static TILES: Cell<Tiles> = const { Cell::new(Tiles::new()) };
}

/// Evaluates an expression into a block: the rank's part of a distribution.
///
/// `arrays` are the blocks of the expression's arrays in order, each of a shape that broadcasts to
/// the target's; none shares its memory.
pub(crate) fn evaluate(
    root: &Node,
    arrays: &[Block],
    (distribution, rank): (&Distribution, usize),
    target: &mut Block,
) -> Result<()> {
    debug_assert_eq!(root.dtype(), target.dtype());
    // First, as it may copy the target, which then has other strides.
    let first = target.as_mut_ptr()?;
    let (shape, strides) = (target.shape(), target.strides());
    let item = target.dtype().size();
    let bytes = item * shape.iter().product::<usize>();
    let places: Extents = SmallVec::from_elem(0, shape.len());
    let part = Part { distribution, rank, whole: shape, start: &places, shape };
    for_each_piece(root, arrays, part, |piece| {
        let placement = Placement::new(root, distribution, rank).from(piece.start);
        let run = Run::new(root, piece, placement, strides, &[]);
        let ahead = |(stride, &at): (&isize, &usize)| stride * at as isize;
        let start = first.wrapping_offset(strides.iter().zip(piece.start).map(ahead).sum());
        // SAFETY: the target is this function's alone, and the piece a part of it.
        unsafe { write_piece(run, start, item, bytes) }
    })
}

/// Writes the values of a run to elements of `item` bytes from `start` on, of a target that has so many
/// bytes in all.
///
/// # Safety
/// The product's strides lead from there to elements for writing, which are nobody else's.
unsafe fn write_piece(mut run: Run<'_>, start: *mut u8, item: usize, bytes: usize) -> Result<()> {
    let side_by_side = run.domain.step(0) == item as isize;
    let past = side_by_side && bytes >= stream::LARGE && run.domain.lane() * item >= stream::LONG;
    // The last step writes straight to the target where its elements lie side by side.
    let program = &run.program;
    let straight =
        side_by_side && if past { program.can_write_past() } else { program.ends_in_result() };
    if straight && program.needs_no_tiles() {
        run.tile = usize::MAX;
        run.ahead = 0;
    }
    run.stores = if past { Stores::Past } else { Stores::Near };
    run.for_each_tile(straight.then_some(start), |values, offset, step, count| {
        let to = start.wrapping_offset(offset);
        // SAFETY: offset and step lead to `count` elements of the target, which is this run's alone.
        unsafe {
            match (straight, past) {
                (true, _) => {}
                (false, true) => stream::copy(values, to, count * item),
                (false, false) => copy_strided(values, item as isize, to, step, item, count),
            }
        }
    })?;
    if past {
        stream::finish();
    }
    Ok(())
}

/// Values of a run, computed as they are asked for.
pub(super) struct Session<'a> {
    run: &'a Run<'a>,
    memory: Tiles,
    tiles: TileSet,
    heads: SmallVec<[*const u8; 8]>,
}

impl Session<'_> {
    /// Where the values of `count` elements of a lane are, from the `done`th on; `offsets` are those of
    /// the lane. They stay there until the next are asked for.
    pub(super) fn values(&mut self, offsets: &[isize], done: usize, count: usize) -> *const u8 {
        let run = self.run;
        for (i, head) in self.heads.iter_mut().enumerate() {
            let offset = offsets[i + 1] + run.steps[i] * done as isize;
            *head = run.arrays[i].as_ptr().wrapping_offset(offset);
        }
        let counted = (&offsets[1 + run.arrays.len()..], done);
        let steps = &run.program.steps;
        // SAFETY: the heads lead to `count` elements of each array at its step, as the domain covers
        // the shape that all arrays broadcast to; there are enough tiles, and room for `count` elements
        // in those that are written.
        unsafe { run.run_steps(steps, self.tiles, &self.heads, counted, None, count) };
        run.place(self.tiles, &self.heads, run.program.result)
    }

    /// Bytes from values of such a size, so many of which were computed last, to what will be read for those after the
    /// next ones: in the first array whose elements lie side by side and are as large, if there is one.
    pub(super) fn ahead(&self, values: *const u8, size: usize, count: usize) -> Option<isize> {
        let run = self.run;
        let like = (0..run.arrays.len()).find(|&i| run.steps[i] == size as isize);
        like.map(|i| {
            let later = self.heads[i].wrapping_add(2 * count * size);
            later.addr().wrapping_sub(values.addr()).cast_signed()
        })
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        TILES.set(std::mem::take(&mut self.memory));
    }
}

/// A program bound to blocks and to the strides of what it produces.
pub(super) struct Run<'a> {
    pub(super) program: Rc<Program>,
    pub(super) domain: Domain,
    pub(super) arrays: &'a [Block],
    placement: Placement<'a>,
    /// The strides of each array in the lane.
    steps: SmallVec<[isize; 8]>,
    /// The most elements that are computed at once.
    tile: usize,
    /// How many bytes ahead of their use arrays are asked for.
    ahead: usize,
    /// How the last step stores its values, where it writes them elsewhere than to a tile.
    stores: Stores,
    can_fail: bool,
}

impl<'a> Run<'a> {
    /// Over a piece; `strides` are those of the product, which begins at the piece's first element. The
    /// product is operand 0 of the domain, then come the blocks and what the placement counts, at the end
    /// others, by their strides.
    pub(super) fn new(
        root: &Node,
        piece: Piece<'a>,
        placement: Placement<'a>,
        strides: &[isize],
        others: &[Strides],
    ) -> Self {
        let Piece { blocks: arrays, shape, .. } = piece;
        let counted: SmallVec<[_; 4]> = placement.operands().collect();
        let own = arrays.len() + counted.len();
        let stride = |operand: usize, axis: usize| match operand.checked_sub(1) {
            None => strides[axis],
            Some(array) if array < arrays.len() => {
                stretched(arrays[array].shape(), arrays[array].strides(), shape, axis)
            }
            Some(count) if count < own => counted[count - arrays.len()].0[axis],
            Some(other) => others[other - own][axis],
        };
        // All but what the placement counts begin at the piece's first element.
        let first = |operand: usize| match operand.checked_sub(1 + arrays.len()) {
            Some(other) if other < counted.len() => counted[other].1,
            _ => 0,
        };
        let operands = 1 + own + others.len();
        let domain = Domain::new(shape, operands, first, stride);
        let steps: SmallVec<[_; 8]> =
            (1..=arrays.len()).map(|operand| domain.step(operand)).collect();
        let access = |(block, &step): (&Block, &isize)| match step {
            _ if step == block.dtype().size() as isize || domain.lane() == 1 => Access::Direct,
            0 => Access::Splat,
            _ => Access::Gather,
        };
        let access: SmallVec<[_; 8]> = arrays.iter().zip(&steps).map(access).collect();
        let program = program(root, arrays, &access);
        let read = arrays.iter().map(|block| block.len() * block.dtype().size()).sum();
        let tile = match program.only_reads() {
            true => usize::MAX,
            false => tile_len(read, program.item, program.steps.len()),
        };
        drop(counted);
        let (ahead, can_fail, stores) = (ahead(read), root.can_fail(), Stores::Near);
        Self { program, domain, arrays, placement, steps, tile, ahead, stores, can_fail }
    }

    /// Runs `evaluation`; an error where a function of the user's failed in it.
    pub(super) fn collect_failures(&self, evaluation: impl FnOnce()) -> Result<()> {
        match self.can_fail {
            true => collect_failure(evaluation),
            false => {
                evaluation();
                Ok(())
            }
        }
    }

    /// Makes ready to compute values, up to so many at once; for any number of them where the program
    /// computes nothing.
    pub(super) fn begin(&self, length: usize) -> Session<'_> {
        let length = length.min(super::TILE);
        // Taken, as a function of the user's may evaluate something itself.
        let mut memory = TILES.take();
        let tiles = memory.of(self.program.tiles, length * self.program.item);
        let heads = SmallVec::from_elem(std::ptr::null(), self.arrays.len());
        let prologue = &self.program.prologue;
        // SAFETY: constants are spread over tiles that have room for as many elements.
        unsafe { self.run_steps(prologue, tiles, &heads, (&[], 0), None, length) };
        Session { run: self, memory, tiles, heads }
    }

    /// The most elements that are to be computed at once.
    pub(super) fn tile(&self) -> usize {
        self.tile
    }

    /// Runs the program tile by tile. `consume` gets each tile of values, the offset of the first in
    /// the product, the bytes from one to the next there, and their number. With `product`, the last
    /// step writes its values there. An error where a function of the user's failed.
    pub(super) fn for_each_tile(
        &self,
        product: Option<*mut u8>,
        consume: impl FnMut(*const u8, isize, isize, usize),
    ) -> Result<()> {
        self.collect_failures(|| self.run_tiles(product, consume))
    }

    fn run_tiles(
        &self,
        product: Option<*mut u8>,
        mut consume: impl FnMut(*const u8, isize, isize, usize),
    ) {
        let lane = self.domain.lane();
        let length = self.tile.min(lane);
        // Taken, as a function of the user's may evaluate something itself.
        let mut memory = TILES.take();
        let tiles = memory.of(self.program.tiles, length.min(super::TILE) * self.program.item);
        let step = self.domain.step(0);
        let mut heads = SmallVec::<[_; 8]>::from_elem(std::ptr::null(), self.arrays.len());
        let prologue = &self.program.prologue;
        // SAFETY: constants are spread over tiles that have room for as many elements.
        unsafe { self.run_steps(prologue, tiles, &heads, (&[], 0), None, length.min(super::TILE)) };
        self.domain.for_each_lane(|offsets| {
            let mut done = 0;
            while done < lane {
                let count = length.min(lane - done);
                for (i, head) in heads.iter_mut().enumerate() {
                    let offset = offsets[i + 1] + self.steps[i] * done as isize;
                    *head = self.arrays[i].as_ptr().wrapping_offset(offset);
                    if self.ahead > 0 && count == length {
                        let bytes = self.steps[i].unsigned_abs() * count;
                        stream::prefetch(head.wrapping_add(self.ahead), bytes.min(self.ahead));
                    }
                }
                let offset = offsets[0] + step * done as isize;
                let last = product.map(|product| product.wrapping_offset(offset));
                let counted = &offsets[1 + self.arrays.len()..];
                // SAFETY: the heads lead to `count` elements of each array at its step, as the
                // domain covers the shape that all arrays broadcast to; there are enough tiles, and
                // room for `count` elements in those that are written; the product is apart from
                // them, and in it lie as many elements side by side.
                let values = unsafe {
                    let steps = &self.program.steps;
                    self.run_steps(steps, tiles, &heads, (counted, done), last, count);
                    self.place(tiles, &heads, self.program.result)
                };
                consume(values, offset, step, count);
                done += count;
            }
        });
        TILES.set(memory);
    }

    /// Where an operand's elements begin.
    fn place(&self, tiles: TileSet, heads: &[*const u8], operand: Operand) -> *const u8 {
        match operand {
            Operand::Tile(index) => tiles.tile(index).cast_const(),
            Operand::Array(index) | Operand::Splat(index) => heads[index],
            Operand::Constant(index) => self.program.constants[index].0.as_ptr(),
        }
    }

    /// Runs steps for one tile.
    ///
    /// # Safety
    /// Each head leads to `count` elements of its array at its step; the tiles are as many as the
    /// program uses, which nobody else uses, and have room for `count` elements where steps write to
    /// them; `counted` holds the offsets of what the placement counts at the lane's first element, of
    /// whose elements so many are done; `last`, where the last step is to write, has room for `count`
    /// values.
    unsafe fn run_steps(
        &self,
        steps: &[Step],
        tiles: TileSet,
        heads: &[*const u8],
        (counted, done): (&[isize], usize),
        last: Option<*mut u8>,
        count: usize,
    ) {
        let place = |operand: Operand| self.place(tiles, heads, operand);
        for (number, step) in (1..).zip(steps) {
            let target = |index: usize| match last {
                Some(last) if number == steps.len() => last,
                _ => tiles.tile(index),
            };
            // SAFETY: operands are tiles written by earlier steps, arrays that the caller vouches
            // for, or one constant where the kernel reads one; targets are tiles apart from them.
            unsafe {
                match step {
                    Step::Fetch { item, from, to } => {
                        let step = match from {
                            Operand::Array(index) => self.steps[*index],
                            _ => 0,
                        };
                        let side_by_side = *item as isize;
                        copy_strided(place(*from), step, target(*to), side_by_side, *item, count);
                    }
                    Step::Generate { leaf, to } => {
                        let step = |operand| self.domain.step(1 + self.arrays.len() + operand);
                        let at = |operand| counted[operand] + step(operand) * done as isize;
                        self.placement.make(*leaf, target(*to), at, step, count);
                    }
                    Step::Unary { kernel, from, to } => kernel(target(*to), place(*from), count),
                    Step::Binary { kernel, a, b, to } => {
                        kernel(target(*to), place(*a), place(*b), count);
                    }
                    Step::Fused { kernel, operands, to } => {
                        let elsewhere = last.is_some() && number == steps.len();
                        let stores = if elsewhere { self.stores } else { Stores::Near };
                        kernel(target(*to), &operands.map(place), count, stores);
                    }
                    Step::Map { function, operands, to } => match operands[..] {
                        [a] => function.run(target(*to), &[place(a)], count),
                        [a, b] => function.run(target(*to), &[place(a), place(b)], count),
                        _ => {
                            let places: Vec<_> = operands.iter().map(|&at| place(at)).collect();
                            function.run(target(*to), &places, count);
                        }
                    },
                }
            }
        }
    }
}
