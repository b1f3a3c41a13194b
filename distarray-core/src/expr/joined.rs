//! [`Joined`]: several expressions in one pass.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use smallvec::SmallVec;

use super::evaluate::Run;
use super::function::Function;
use super::node::Node;
use super::pieces::{self, for_each_piece};
use super::placement::Placement;
use crate::block::kernels::stream;
use crate::block::{Block, Extents, Part, Strides};
use crate::comm::copy_strided;
use crate::dist::Distribution;
use crate::error::Result;

/// Where the values of expressions are found, in order.
pub(super) type Places = SmallVec<[*const u8; 4]>;

/// Expressions of one shape that are computed together.
#[derive(Debug)]
pub(crate) struct Joined {
    node: Node,
    /// Where the values of a tile are found, of several expressions.
    places: Option<Rc<RefCell<Places>>>,
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
        let places = Rc::new(RefCell::new(Places::new()));
        let node = Node::map(Function::telling_places(Rc::clone(&places)), roots.to_vec())?;
        Ok(Self { node, places: Some(places) })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        if self.is_several() { self.node.operands().count() } else { 1 }
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
    pub(super) fn places(&self, values: *const u8, into: &mut Places) {
        into.clear();
        match &self.places {
            Some(places) => into.extend_from_slice(&places.borrow()),
            None => into.push(values),
        }
    }
}

/// Where the values of an expression are written.
#[derive(Debug)]
pub(crate) struct Destination<'a> {
    /// That of the first element.
    start: *mut u8,
    /// Bytes of an element.
    item: usize,
    strides: Strides,
    lifetime: PhantomData<&'a mut u8>,
}

impl<'a> Destination<'a> {
    /// A block, whose memory is its alone from here on.
    pub(crate) fn of_block(block: &'a mut Block) -> Result<Self> {
        // First, as it may copy the block, which then has other strides.
        let start = block.as_mut_ptr()?;
        let (item, strides) = (block.dtype().size(), block.strides().into());
        Ok(Self { start, item, strides, lifetime: PhantomData })
    }

    /// What a part owns.
    pub(crate) fn of_part(part: &'a mut Part) -> Result<Self> {
        let start = part.as_mut_ptr()?;
        let block = part.with_halo();
        let (item, strides) = (block.dtype().size(), block.strides().into());
        Ok(Self { start, item, strides, lifetime: PhantomData })
    }

    /// Where the element at a place on each axis is.
    fn at(&self, places: &[usize]) -> *mut u8 {
        let ahead = |(stride, &at): (&isize, &usize)| stride * at as isize;
        self.start.wrapping_offset(self.strides.iter().zip(places).map(ahead).sum())
    }
}

/// Evaluates expressions into destinations, one for each: the rank's parts of a distribution, of its local shape.
///
/// `arrays` are the blocks of the joined node's arrays in order, each of a shape that broadcasts to the
/// local one; none shares memory with a destination.
pub(crate) fn evaluate_joined(
    joined: &Joined,
    arrays: &[Block],
    (distribution, rank): (&Distribution, usize),
    destinations: &[Destination<'_>],
) -> Result<()> {
    let shape = distribution.local_shape(rank);
    let elements: usize = shape.iter().product();
    let (first, others) = destinations.split_first().expect("something is computed");
    let others: Vec<Strides> = others.iter().map(|other| other.strides.clone()).collect();
    let start: Extents = SmallVec::from_elem(0, shape.len());
    let part = pieces::Part { distribution, rank, whole: &shape, start: &start, shape: &shape };
    for_each_piece(joined.node(), arrays, part, |piece| {
        let starts: SmallVec<[*mut u8; 8]> =
            destinations.iter().map(|to| to.at(piece.start)).collect();
        let placement = Placement::new(joined.node(), distribution, rank).from(piece.start);
        let run = Run::new(joined.node(), piece, placement, &first.strides, &others);
        let domain = &run.domain;
        let last = domain.operands() - others.len();
        let operand = |number: usize| if number == 0 { 0 } else { last + number - 1 };
        let (lane, length) = (domain.lane(), run.tile().min(domain.lane()).max(1));
        let mut session = run.begin(length);
        let mut values = Places::new();
        run.collect_failures(|| {
            domain.for_each_lane(|offsets| {
                for done in (0..lane).step_by(length) {
                    let count = length.min(lane - done);
                    joined.places(session.values(offsets, done, count), &mut values);
                    let pairs = destinations.iter().zip(&values);
                    for (number, (destination, &from)) in pairs.enumerate() {
                        let (item, step) = (destination.item, domain.step(operand(number)));
                        let offset = offsets[operand(number)] + step * done as isize;
                        let (to, bytes) = (starts[number].wrapping_offset(offset), count * item);
                        let past = elements * item >= stream::LARGE && bytes >= stream::LONG;
                        // SAFETY: offset and step lead to `count` elements of the destination, which is this
                        // function's alone; as many values were computed.
                        unsafe {
                            match step == item as isize {
                                true if past => stream::copy(from, to, bytes),
                                true => from.copy_to_nonoverlapping(to, bytes),
                                false => copy_strided(from, item as isize, to, step, item, count),
                            }
                        }
                    }
                }
            });
        })
    })?;
    stream::finish();
    Ok(())
}
