//! What an array must hold, from one plain `ndarray`.

use distarray::prelude::*;
use ndarray::{ArrayD, Dimension, IxDyn};

use crate::draw::Draw;

/// An array whose elements all differ: their number in C order.
pub fn numbered(shape: &[usize]) -> ArrayD<i64> {
    let mut next = -1;
    ArrayD::from_shape_simple_fn(IxDyn(shape), || {
        next += 1;
        next
    })
}

/// An array of random numbers that are exact in few bits.
pub fn random(draw: &mut Draw, shape: &[usize]) -> ArrayD<f64> {
    ArrayD::from_shape_simple_fn(IxDyn(shape), || draw.number())
}

/// Asserts that an array holds the expected elements: gathered, and in each rank's own part at the
/// place that the distribution says.
pub fn holds<T: Element>(found: &DistArray<T>, expected: &ArrayD<T>) -> Result<()> {
    let what = found.distribution();
    assert_eq!(found.shape(), expected.shape(), "{what}");
    assert_eq!(found.to_ndarray()?, *expected, "gathered from {what}");
    holds_here(found, expected);
    Ok(())
}

/// As [`holds`], of this rank's part alone; sends nothing.
pub fn holds_here<T: Element>(found: &DistArray<T>, expected: &ArrayD<T>) {
    let (what, rank) = (found.distribution(), found.context().rank());
    let local = found.local();
    if what.holds(rank) {
        assert_eq!(local.shape(), what.local_shape(rank), "rank {rank} of {what}");
    } else {
        assert!(local.is_empty(), "rank {rank} holds no part of {what}");
    }
    for (place, &element) in local.indexed_iter() {
        let global = what.global_index(rank, place.slice()).expect("a place that is owned");
        assert_eq!(element, expected[&global[..]], "{global:?} on rank {rank} of {what}");
    }
}

/// Whether two numbers are equal but for rounding; NaN equals itself.
pub fn close(a: f64, b: f64) -> bool {
    let scale = a.abs().max(b.abs()).max(1.0);
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * scale
}
