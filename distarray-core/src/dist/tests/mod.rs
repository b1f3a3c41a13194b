//! Tests of the arithmetic: oracles of the original library and exhaustive small cases.

mod axis;
mod builder;
mod compatible;
mod distribution;
mod exhaustive;
mod grid;
mod huge;
mod ranks;
mod slice;

use std::sync::Arc;

use super::{AxisMap, Dist, Strided};

/// Every kind of map on a small axis, block sizes 1 to 5 and a few irregular bounds and lists
/// included.
fn small_maps(len: usize, parts: usize) -> Vec<AxisMap> {
    let mut kinds = vec![Dist::Block, Dist::Cyclic];
    kinds.extend((1..=5).map(Dist::BlockCyclic));
    let strided = [(1, 2, 3), (1, 0, 0), (2, 5, -3), (3, 1, 2), (4, 3, 1), (3, 0, -7), (2, 1, 11)];
    kinds.extend(
        strided.map(|(block, offset, stride)| {
            Dist::StridedCyclic(Strided::new(block, offset, stride))
        }),
    );
    if parts == 1 {
        kinds.push(Dist::Undistributed);
    }
    // Bounds drawn together at the low end, so that blocks in the middle are empty.
    let squeezed = |part: usize| len * part * part / (parts * parts);
    kinds.push(Dist::irregular((0..=parts).map(squeezed).collect::<Arc<[usize]>>()));
    let late = |part: usize| if part == parts { len } else { (part / 2 * 3).min(len) };
    kinds.push(Dist::irregular((0..=parts).map(late).collect::<Arc<[usize]>>()));
    // Lists of a few kinds: backwards, in strides, scattered.
    let mut lists = [vec![vec![]; parts], vec![vec![]; parts], vec![vec![]; parts]];
    for global in 0..len {
        lists[0][parts - 1 - global * parts / len].insert(0, global);
        lists[1][global / 2 % parts].push(global);
        let part = global * 7 % 11 % parts;
        let place = global * 5 % (lists[2][part].len() + 1);
        lists[2][part].insert(place, global);
    }
    kinds.extend(lists.map(Dist::unstructured));
    kinds.into_iter().map(|dist| AxisMap::new(len, parts, dist).unwrap()).collect()
}
