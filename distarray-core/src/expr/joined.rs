//! [`Joined`]: several expressions in one pass.

use std::cell::RefCell;
use std::rc::Rc;

use super::evaluate::Run;
use super::function::Function;
use super::node::Node;
use super::pieces::{Part, for_each_piece};
use super::placement::Placement;
use crate::block::kernels::stream;
use crate::block::{Block, c_strides};
use crate::dist::Distribution;
use crate::error::Result;

/// Expressions of one shape that are computed together.
#[derive(Debug)]
pub(crate) struct Joined {
    node: Node,
    /// Where the values of a tile are found, of several expressions.
    places: Option<Rc<RefCell<Vec<*const u8>>>>,
}

impl Joined {
    /// # Panics
    /// There is none.
    ///
    /// # Errors
    /// Their shapes do not broadcast.
    pub(crate) fn new(roots: &[Node]) -> Result<Self> {
        if let [root] = roots {
            return Ok(Self { node: root.clone(), places: None });
        }
        assert!(!roots.is_empty(), "something is computed");
        let places = Rc::new(RefCell::new(Vec::new()));
        let node = Node::map(Function::telling_places(Rc::clone(&places)), roots.to_vec())?;
        Ok(Self { node, places: Some(places) })
    }

    /// Whether they are operands of one that has no value of its own.
    pub(crate) fn is_several(&self) -> bool {
        self.places.is_some()
    }

    /// The expression that has all of them as operands, or the only one.
    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    /// Where the values of each are, once the node's are found at a place.
    pub(super) fn places(&self, values: *const u8, into: &mut Vec<*const u8>) {
        into.clear();
        match &self.places {
            Some(places) => into.extend_from_slice(&places.borrow()),
            None => into.push(values),
        }
    }
}

/// Evaluates expressions into blocks, one for each: the rank's parts of a distribution, which have
/// its local shape and lie in one piece in C order.
///
/// `arrays` are the blocks of the joined node's arrays in order, each of a shape that broadcasts to the
/// local one; none shares memory with a target.
pub(crate) fn evaluate_joined(
    joined: &Joined,
    arrays: &[Block],
    (distribution, rank): (&Distribution, usize),
    targets: &mut [Block],
) -> Result<()> {
    let shape = distribution.local_shape(rank);
    let mut starts = Vec::with_capacity(targets.len());
    for target in targets {
        assert_eq!(target.strides(), &c_strides(target.dtype().size(), &shape)[..]);
        starts.push((target.as_mut_ptr()?, target.dtype().size()));
    }
    let elements: usize = shape.iter().product();
    // The product's offsets count elements, as the targets' have several sizes.
    let strides = c_strides(1, &shape);
    let mut values = Vec::with_capacity(starts.len());
    let places = vec![0; shape.len()];
    let part = Part { distribution, rank, whole: &shape, start: &places, shape: &shape };
    for_each_piece(joined.node(), arrays, part, |piece| {
        let placement = Placement::new(joined.node(), distribution, rank).from(piece.start);
        let run = Run::new(joined.node(), piece, placement, &strides, None);
        let ahead = |(stride, &at): (&isize, &usize)| stride * at as isize;
        let first: isize = strides.iter().zip(piece.start).map(ahead).sum();
        run.for_each_tile(None, |tile, offset, _, count| {
            joined.places(tile, &mut values);
            for (&from, &(start, item)) in values.iter().zip(&starts) {
                let to = start.wrapping_offset((first + offset) * item as isize);
                let bytes = count * item;
                // SAFETY: the offset leads to `count` elements of the target, which is this function's
                // alone; as many values were computed.
                unsafe {
                    match elements * item >= stream::LARGE && bytes >= stream::LONG {
                        true => stream::copy(from, to, bytes),
                        false => from.copy_to_nonoverlapping(to, bytes),
                    }
                }
            }
        })
    })?;
    stream::finish();
    Ok(())
}
