//! A rank's part of an expression in one piece, or in several where leaves are stored elsewhere and all
//! of them would not fit in memory.

use std::ops::Range;
use std::sync::mpsc;
use std::thread;

use super::node::{Node, Operator};
use super::stored::{Reader, Stored};
use crate::block::Block;
use crate::dist::{AxisMap, Distribution, Segment};
use crate::error::{Error, Result};

/// Bytes of elements that are read at a time at most, whatever the budget: more would not be read any
/// faster.
const MOST: usize = 32 << 20;

/// Some of a rank's places, side by side on each axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    /// The blocks of arrays and stored leaves in order, each of a shape that broadcasts to the piece's.
    pub(super) blocks: &'a [Block],
    /// The first place on each axis.
    pub(super) start: &'a [usize],
    pub(super) shape: &'a [usize],
}

/// The part of a distribution's local shape that an expression is computed for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) distribution: &'a Distribution,
    pub(super) rank: usize,
    /// The local shape.
    pub(super) whole: &'a [usize],
    pub(super) start: &'a [usize],
    pub(super) shape: &'a [usize],
}

/// Runs `work` for the part, at once or piece by piece; `arrays` are the blocks of the expression's arrays.
///
/// # Errors
/// `work` fails; a stored leaf cannot be read.
pub(super) fn for_each_piece(
    root: &Node,
    arrays: &[Block],
    part: Part<'_>,
    mut work: impl FnMut(Piece<'_>) -> Result<()>,
) -> Result<()> {
    let Part { whole, start, shape, .. } = part;
    if !root.has_stored() {
        if shape == whole {
            return work(Piece { blocks: arrays, start, shape });
        }
        let blocks: Vec<_> =
            arrays.iter().map(|array| narrow(array, whole, start, shape)).collect();
        return work(Piece { blocks: &blocks, start, shape });
    }
    // What stands several times is read once.
    let mut stored: Vec<&Stored> = Vec::new();
    for leaf in root.in_order().into_iter().filter_map(Node::as_stored) {
        if !stored.iter().any(|other| other.is_same(leaf)) {
            stored.push(leaf);
        }
    }
    let cuts = Cuts::new(part, &stored)?;
    let (count, mut spare) = (cuts.count(), Vec::new());
    let mut compute = |number: usize, read: &[Block]| {
        let (start, shape) = cuts.piece(number);
        let mut arrays = arrays.iter();
        let mut blocks = Vec::new();
        for node in root.in_order() {
            match node.operator() {
                Operator::Array(_) => {
                    let array = arrays.next().expect("a block for each array");
                    blocks.push(narrow(array, whole, &start, &shape));
                }
                Operator::Stored(leaf) => {
                    let at = stored.iter().position(|other| other.is_same(leaf));
                    blocks.push(read[at.expect("each was read")].clone());
                }
                _ => {}
            }
        }
        work(Piece { blocks: &blocks, start: &start, shape: &shape })
    };
    let mut readers: Vec<Box<dyn Reader>> =
        stored.iter().map(|stored| stored.source().open()).collect::<Result<_>>()?;
    if count == 1 {
        let read = fill(&mut readers, cuts.requests(0, &stored, &mut spare)?)?;
        return compute(0, &read);
    }
    let (ask, asked) = mpsc::channel::<Vec<Request>>();
    let (give, given) = mpsc::channel::<Result<Vec<Block>>>();
    thread::scope(|scope| {
        // Dropped with this closure, so that the thread ends whatever happens.
        let ask = ask;
        scope.spawn(move || {
            for requests in asked {
                if give.send(fill(&mut readers, requests)).is_err() {
                    break;
                }
            }
        });
        let stopped = |_| Error::argument("the thread that reads a stored array has stopped");
        let ask = |number, spare: &mut Vec<Block>| {
            ask.send(cuts.requests(number, &stored, spare)?).map_err(|_| stopped(()))
        };
        ask(0, &mut spare)?;
        for number in 0..count {
            let read = given.recv().map_err(|_| stopped(()))??;
            if number + 1 < count {
                ask(number + 1, &mut spare)?;
            }
            compute(number, &read)?;
            spare.extend(read);
        }
        Ok(())
    })
}

/// What is read of a leaf, and to where.
struct Request {
    axes: Vec<Vec<Segment>>,
    block: Block,
}

fn fill(readers: &mut [Box<dyn Reader>], requests: Vec<Request>) -> Result<Vec<Block>> {
    let read = |(reader, request): (&mut Box<dyn Reader>, Request)| {
        let Request { axes, mut block } = request;
        if !block.is_empty() {
            reader.read(&axes, &mut block)?;
        }
        Ok(block)
    };
    readers.iter_mut().zip(requests).map(read).collect()
}

/// An array's block for some places: all of it along axes that it is stretched along.
fn narrow(block: &Block, whole: &[usize], start: &[usize], shape: &[usize]) -> Block {
    let missing = whole.len() - block.shape().len();
    let (mut first, mut extents) = (vec![0; block.shape().len()], block.shape().to_vec());
    for (own, axis) in (missing..whole.len()).enumerate() {
        if extents[own] == whole[axis] {
            (first[own], extents[own]) = (start[axis], shape[axis]);
        }
    }
    block.part(&first, &extents)
}

/// How a part is cut so that what is read for a piece, and for the next, fits the budget.
struct Cuts<'a> {
    part: Part<'a>,
    coords: Vec<usize>,
    /// For each axis, the ranges of places.
    ranges: Vec<Vec<Range<usize>>>,
}

impl<'a> Cuts<'a> {
    /// Pieces lie one after the other in C order; an axis is cut where all that is inside does not fit.
    fn new(part: Part<'a>, stored: &[&Stored]) -> Result<Self> {
        let Part { distribution, rank, start, shape, .. } = part;
        let coords = distribution.coords(rank).ok_or_else(|| {
            Error::argument(format!("rank {rank} holds nothing of {distribution} to be read"))
        })?;
        let budget = stored.iter().map(|stored| stored.budget()).min().unwrap_or(MOST);
        let item: usize = stored.iter().map(|stored| stored.dtype().size()).sum();
        // One piece is worked on while the next is read.
        let mut left = ((budget / 2).min(MOST) / item.max(1)).max(1);
        let mut lengths = vec![1; shape.len()];
        for axis in (0..shape.len()).rev() {
            lengths[axis] = shape[axis].min(left);
            left /= shape[axis].max(1);
            if left <= 1 {
                break;
            }
        }
        let chunk =
            |axis: usize| stored.iter().find_map(|stored| chunk_of(stored, distribution, axis));
        let ranges = (0..shape.len()).map(|axis| {
            let end = start[axis] + shape[axis];
            let (mut at, mut ranges) = (start[axis], Vec::new());
            // Of no elements there is one piece, so that the work is done once.
            let length = if shape.contains(&0) { shape[axis] } else { lengths[axis].max(1) };
            while ranges.is_empty() || at < end {
                let mut next = end.min(at.saturating_add(length));
                let fits = |&(chunk, _): &(usize, usize)| next < end && chunk <= length;
                if let Some((chunk, first)) = chunk(axis).filter(fits) {
                    // Up to where a chunk ends, if the indices follow each other.
                    let global = first + distribution.axis(axis).global(coords[axis], next);
                    next -= (global % chunk).min(next - at - 1);
                }
                ranges.push(at..next);
                at = next;
            }
            ranges
        });
        Ok(Self { part, ranges: ranges.collect(), coords: coords.clone() })
    }

    fn count(&self) -> usize {
        self.ranges.iter().map(Vec::len).product()
    }

    /// Where a piece begins, and its shape.
    fn piece(&self, mut number: usize) -> (Vec<usize>, Vec<usize>) {
        let mut start = vec![0; self.ranges.len()];
        let mut shape = start.clone();
        for axis in (0..start.len()).rev() {
            let range = &self.ranges[axis][number % self.ranges[axis].len()];
            number /= self.ranges[axis].len();
            (start[axis], shape[axis]) = (range.start, range.len());
        }
        (start, shape)
    }

    /// What is to be read for a piece, in blocks that are there where they have the shape.
    fn requests(
        &self,
        number: usize,
        stored: &[&Stored],
        spare: &mut Vec<Block>,
    ) -> Result<Vec<Request>> {
        let (start, shape) = self.piece(number);
        let request = |stored: &&Stored| {
            let own = stored.distribution().shape();
            let missing = shape.len() - own.len();
            let (mut axes, mut extents) = (Vec::new(), Vec::new());
            for (at, axis) in (missing..shape.len()).enumerate() {
                let map = self.part.distribution.axis(axis);
                let segments = match own[at] == map.len() {
                    // Beside an axis without elements another may have any number of segments.
                    true if shape.contains(&0) => Vec::new(),
                    true => within(map, self.coords[axis], start[axis]..start[axis] + shape[axis]),
                    false => {
                        vec![Segment { global: 0, step: 1, count: 1, place: 0, place_step: 1 }]
                    }
                };
                let first = stored.first(at);
                let moved = |part: Segment| Segment { global: part.global + first, ..part };
                let segments = segments.into_iter().map(moved).collect();
                extents.push(if own[at] == map.len() { shape[axis] } else { 1 });
                axes.push(segments);
            }
            let fits = |block: &Block| block.dtype() == stored.dtype() && block.shape() == extents;
            let block = match spare.iter().position(fits) {
                Some(at) => spare.swap_remove(at),
                None => Block::zeros(stored.dtype(), &extents)?,
            };
            Ok(Request { axes, block })
        };
        let requests = stored.iter().map(request).collect();
        // Of other shapes, or more than are needed.
        spare.clear();
        requests
    }
}

/// The extent of the chunks that a leaf is kept in along an axis of the distribution, and where its index
/// 0 stands among them.
fn chunk_of(stored: &Stored, distribution: &Distribution, axis: usize) -> Option<(usize, usize)> {
    let own = stored.distribution().shape();
    let at = axis.checked_sub(distribution.ndim() - own.len())?;
    let chunks = stored.source().chunks()?;
    let chunk = chunks.get(at).copied().filter(|&chunk| chunk > 0)?;
    (own[at] == distribution.shape()[axis]).then(|| (chunk, stored.first(at)))
}

/// The indices of a part at some places, counted from the first of these.
fn within(map: &AxisMap, part: usize, places: Range<usize>) -> Vec<Segment> {
    let (start, end) = (places.start as isize, places.end as isize);
    let narrowed = |segment: Segment| {
        let (at, step) = (segment.place as isize, segment.place_step);
        // Steps to the first and to the last of the places, the way that the segment goes.
        let (near, far) = match step > 0 {
            true => (start - at, end - 1 - at),
            false => (at - (end - 1), at - start),
        };
        let size = step.abs();
        let first = (near + size - 1).div_euclid(size).max(0);
        let last = far.div_euclid(size).min(segment.count as isize - 1);
        (first <= last).then(|| Segment {
            global: segment.global + first as usize * segment.step,
            count: (last - first + 1) as usize,
            place: (at + first * step - start) as usize,
            ..segment
        })
    };
    map.segments(part).into_iter().filter_map(narrowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::kernels::BinaryOp;
    use crate::dist::Dist;
    use crate::element::DType;
    use crate::expr::Source;

    #[derive(Debug)]
    struct Zeros;

    impl Source for Zeros {
        fn open(&self) -> Result<Box<dyn Reader>> {
            Ok(Box::new(Self))
        }
    }

    impl Reader for Zeros {
        fn read(&mut self, _: &[Vec<Segment>], _: &mut Block) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_leaf_that_stands_twice_is_read_once() {
        let distribution = Distribution::new([100], "b", 1).unwrap();
        let leaf = || Stored::new("zeros", DType::I32, &distribution, Zeros).within(80);
        let (one, other) = (leaf(), leaf());
        let nodes = [&one, &one, &other].map(|leaf| Node::stored(leaf.clone()));
        let add = |a: Node, b: &Node| Node::binary(BinaryOp::Add, a, b.clone()).unwrap();
        let root = nodes[1..].iter().fold(nodes[0].clone(), add);
        let part = Part {
            distribution: &distribution,
            rank: 0,
            whole: &[100],
            start: &[0],
            shape: &[100],
        };
        let mut pieces = 0;
        for_each_piece(&root, &[], part, |piece| {
            let [a, b, c] = piece.blocks else { panic!("{:?}", piece.blocks) };
            assert!(a.is_same_memory(b) && !a.is_same_memory(c));
            pieces += 1;
            Ok(())
        })
        .unwrap();
        // Of 80 bytes, half hold a piece of both.
        assert_eq!(pieces, 20);
    }

    #[test]
    fn segments_are_narrowed_to_places() {
        let lists = vec![vec![3, 2, 1, 0, 9, 7, 5], vec![4, 6, 8]];
        let maps = [
            AxisMap::new(10, 3, Dist::Block),
            AxisMap::new(10, 3, Dist::Cyclic),
            AxisMap::new(10, 2, Dist::BlockCyclic(3)),
            AxisMap::new(10, 2, Dist::unstructured(lists)),
        ];
        for map in maps.map(Result::unwrap) {
            for part in 0..map.parts() {
                let count = map.count(part);
                for start in 0..=count {
                    for end in start..=count {
                        let mut found: Vec<(usize, usize)> = within(&map, part, start..end)
                            .iter()
                            .flat_map(|segment| segment.places().zip(segment.globals()))
                            .collect();
                        found.sort_unstable();
                        let at = |place| (place - start, map.global(part, place));
                        assert_eq!(found, (start..end).map(at).collect::<Vec<_>>());
                    }
                }
            }
        }
    }
}
