//! What an array must hold, from one plain `ndarray`.

use distarray::prelude::*;
use ndarray::{ArrayD, Axis, Dimension, IxDyn, Slice};

use crate::draw::Draw;

/// An array whose elements all differ: their number in C order.
///
/// ```
/// use distarray_tests::oracle::numbered;
///
/// assert_eq!(numbered(&[2, 3])[[1, 0]], 3);
/// ```
pub fn numbered(shape: &[usize]) -> ArrayD<i64> {
    let mut next = -1;
    ArrayD::from_shape_simple_fn(IxDyn(shape), || {
        next += 1;
        next
    })
}

/// An array of random numbers that are exact in few bits.
///
/// ```
/// use distarray_tests::{draw::Draw, oracle::random};
///
/// assert_eq!(random(&mut Draw::new(1), &[2, 3]).shape(), [2, 3]);
/// ```
pub fn random(draw: &mut Draw, shape: &[usize]) -> ArrayD<f64> {
    ArrayD::from_shape_simple_fn(IxDyn(shape), || draw.number())
}

/// Asserts that an array holds the expected elements: gathered, and in each rank's own part at the
/// place that the distribution says. Collective.
///
/// ```
/// use distarray::prelude::*;
/// use distarray_tests::oracle::{holds, numbered};
///
/// let array = Context::solo().arange(0_i64, 4, 1)?;
/// holds(&array, &numbered(&[4]))?;
/// # Ok::<(), Error>(())
/// ```
pub fn holds<T: Element>(found: &DistArray<T>, expected: &ArrayD<T>) -> Result<()> {
    let what = found.distribution();
    assert_eq!(found.shape(), expected.shape(), "{what}");
    assert_eq!(found.to_ndarray()?, *expected, "gathered from {what}");
    holds_here(found, expected);
    Ok(())
}

/// As [`holds`], of this rank's part alone; sends nothing.
///
/// ```
/// use distarray::prelude::*;
/// use distarray_tests::oracle::{holds_here, numbered};
///
/// holds_here(&Context::solo().arange(0_i64, 4, 1)?, &numbered(&[4]));
/// # Ok::<(), Error>(())
/// ```
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

/// Asserts that every place of this rank's halo holds the element that stands there in the whole
/// array, going round periodic axes, as after an exchange.
///
/// The whole array is padded as NumPy's `pad` does it with `mode="wrap"`, and the rank's window is
/// cut out of that.
///
/// ```
/// use distarray::prelude::*;
/// use distarray_tests::oracle::{halo_holds, numbered};
///
/// let ring = Distribution::builder([4]).halos(1).periodic(0).build(1)?;
/// let mut array = Context::solo().arange_on(0_i64, 1, &ring)?;
/// array.exchange_halo()?;
/// halo_holds(&array, &numbered(&[4]));
/// # Ok::<(), Error>(())
/// ```
pub fn halo_holds<T: Element>(found: &DistArray<T>, expected: &ArrayD<T>) {
    let (what, rank) = (found.distribution(), found.context().rank());
    let Some(coords) = what.coords(rank) else { return };
    if found.local().is_empty() || !what.has_halo() {
        return holds_here(found, expected);
    }
    let padding = what.padding(rank);
    let mut window = expected.clone();
    for (axis, &(low, high)) in padding.iter().enumerate() {
        let extent = what.shape()[axis];
        let owned = what.axis(axis).range(coords[axis]).expect("halos are of blocks");
        // Whole turns of the axis before and after it, as many as the halo is wide.
        let turns = low.div_ceil(extent) + 1 + high.div_ceil(extent);
        let first = low.div_ceil(extent) * extent + owned.start - low;
        let round = ndarray::concatenate(Axis(axis), &vec![window.view(); turns]);
        let round = round.expect("the same shape, over and over");
        let width = low + owned.len() + high;
        window = round.slice_axis(Axis(axis), Slice::from(first..first + width)).to_owned();
    }
    let (found, window) = (found.local_with_halo(), window);
    assert_eq!(found, window, "with halo on rank {rank} of {what}");
}

/// Whether two numbers are equal but for rounding; NaN equals itself.
///
/// ```
/// use distarray_tests::oracle::close;
///
/// assert!(close(0.1 + 0.2, 0.3) && close(f64::NAN, f64::NAN) && !close(1.0, 1.001));
/// ```
pub fn close(a: f64, b: f64) -> bool {
    let scale = a.abs().max(b.abs()).max(1.0);
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * scale
}

/// The sum of numbers, exact but for one rounding at the end.
///
/// Partial sums that do not overlap hold all bits (Shewchuk, *Adaptive Precision Floating-Point
/// Arithmetic*, 1997).
///
/// ```
/// use distarray_tests::oracle::exact_sum;
///
/// assert_eq!(exact_sum(&[1e16, 1.0, -1e16]), 1.0);
/// assert_eq!(exact_sum(&[]), 0.0);
/// ```
pub fn exact_sum(of: &[f64]) -> f64 {
    let mut partials: Vec<f64> = Vec::new();
    for &element in of {
        let mut rest = element;
        let mut kept = Vec::with_capacity(partials.len() + 1);
        for &partial in &partials {
            let (large, small) =
                if rest.abs() < partial.abs() { (partial, rest) } else { (rest, partial) };
            let sum = large + small;
            let lost = small - (sum - large);
            if lost != 0.0 {
                kept.push(lost);
            }
            rest = sum;
        }
        kept.push(rest);
        partials = kept;
    }
    // From the largest on, until something is lost; half a unit is rounded as what is below says.
    let (mut sum, mut lost) = (partials.pop().unwrap_or(0.0), 0.0);
    while let Some(partial) = partials.pop() {
        let before = sum;
        sum = before + partial;
        lost = partial - (sum - before);
        if lost != 0.0 {
            break;
        }
    }
    if let Some(&below) = partials.last()
        && (lost > 0.0 && below > 0.0 || lost < 0.0 && below < 0.0)
        && sum + 2.0 * lost - sum == 2.0 * lost
    {
        sum += 2.0 * lost;
    }
    sum + 0.0
}
