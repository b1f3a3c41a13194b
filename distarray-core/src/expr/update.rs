//! Combining a block with the values of an expression, in place.

use super::domain::Domain;
use super::evaluate::Run;
use super::node::{Node, Operator};
use super::pieces::Piece;
use super::placement::Placement;
use super::values::Constant;
use crate::block::Block;
use crate::block::kernels::BinaryKernel;
use crate::comm::copy_strided;
use crate::dist::Distribution;
use crate::error::Result;

/// Elements that are packed at once where they do not lie side by side.
const PACKED: usize = 256;

/// Memory for them, of the widest element type.
#[repr(C, align(64))]
struct Packed([u8; PACKED * 16]);

/// The loop of an operation on an element and another.
type Loop = unsafe fn(*mut u8, *const u8, *const u8, usize);

/// Combines each element of a block with the expression's value at its place, in one pass: the
/// element is the left operand, and is overwritten. What else is given is as for
/// [`evaluate`](super::evaluate).
pub(crate) fn update(
    kernel: BinaryKernel,
    root: &Node,
    arrays: &[Block],
    (distribution, rank): (&Distribution, usize),
    target: &mut Block,
) -> Result<()> {
    let start = target.as_mut_ptr()?;
    let (shape, strides) = (target.shape().to_vec(), target.strides().to_vec());
    let item = target.dtype().size();
    let mut packed = Packed([0; PACKED * 16]);
    if let Operator::Scalar(value) = root.operator() {
        let value = Constant(value.to_bytes());
        let domain = Domain::new(&shape, 1, |_| 0, |_, axis| strides[axis]);
        domain.for_each_lane(|offsets| {
            let place = start.wrapping_offset(offsets[0]);
            let values = Values { first: value.0.as_ptr(), step: 0 };
            // SAFETY: the domain covers the block, which is this function's alone; the kernel reads
            // one element of its right operand.
            unsafe {
                let run = kernel.scalar_right;
                combine(run, place, (domain.step(0), item), values, domain.lane(), &mut packed);
            }
        });
        return Ok(());
    }
    // What may fail half way, as what is stored elsewhere does, is computed before.
    debug_assert!(!root.can_fail());
    let placement = Placement::new(root, distribution, rank);
    let piece = Piece { blocks: arrays, start: &[], shape: &shape };
    let run = Run::new(root, piece, placement, &strides, &[]);
    run.for_each_tile(None, |first, offset, step, count| {
        let values = Values { first, step: item };
        // SAFETY: offset and step lead to elements of the block, which is this function's alone; there
        // are as many values, apart from it.
        unsafe {
            let place = start.offset(offset);
            combine(kernel.slices, place, (step, item), values, count, &mut packed);
        }
    })
}

/// The right operands of a loop: so many bytes apart, or one for all.
#[derive(Clone, Copy)]
struct Values {
    first: *const u8,
    step: usize,
}

/// Runs the loop over elements that lie `step` bytes apart.
///
/// # Safety
/// From `place` on so many elements of `item` bytes are valid for reads and writes; the values are what
/// the loop wants as its right operand.
unsafe fn combine(
    run: Loop,
    place: *mut u8,
    (step, item): (isize, usize),
    values: Values,
    count: usize,
    packed: &mut Packed,
) {
    let side_by_side = item as isize;
    // SAFETY: kernels may write to the memory that they read at the same place; no more elements are
    // packed at once than there is room for.
    unsafe {
        if step == side_by_side || count == 1 {
            return run(place, place, values.first, count);
        }
        let memory = packed.0.as_mut_ptr();
        for done in (0..count).step_by(PACKED) {
            let some = PACKED.min(count - done);
            let place = place.offset(step * done as isize);
            copy_strided(place, step, memory, side_by_side, item, some);
            run(memory, memory, values.first.add(values.step * done), some);
            copy_strided(memory, side_by_side, place, step, item, some);
        }
    }
}
