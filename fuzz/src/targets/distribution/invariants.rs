//! What holds of every distribution.

use distarray_core::dist::{AxisMap, Distribution};

/// Most elements and ranks that are gone through one by one.
const FEW: usize = 2048;

/// Panics unless every way of asking who owns which index finds the same.
pub(super) fn hold(distribution: &Distribution) {
    assert!(!distribution.to_string().is_empty());
    assert!(distribution.is_compatible(distribution));
    let made = Distribution::from_maps(distribution.axes().to_vec(), distribution.ranks().clone());
    assert_eq!(made.as_ref().ok(), Some(distribution));
    assert!(!distribution.without_halo().has_halo());
    distribution.axes().iter().for_each(axis_holds);
    for index in probes(distribution) {
        found_alike(distribution, &index);
    }
    if distribution.len() <= FEW && distribution.ranks().len() <= FEW {
        each_has_one_owner(distribution);
        without_an_axis(distribution);
    }
}

/// First, middle and last index, where there is an element.
fn probes(distribution: &Distribution) -> Vec<Vec<usize>> {
    let along =
        |place: fn(usize) -> usize| distribution.shape().iter().map(|&n| place(n)).collect();
    match distribution.is_empty() {
        true => Vec::new(),
        false => vec![along(|_| 0), along(|n| n / 2), along(|n| n - 1)],
    }
}

fn axis_holds(map: &AxisMap) {
    assert!(map.max_count() <= map.len());
    for part in [0, map.parts() / 2, map.parts() - 1] {
        let count = map.count(part);
        assert!(count <= map.max_count(), "part {part} of {map:?}");
        let (low, high) = map.padding(part);
        assert!(low <= map.halo().0 && high <= map.halo().1, "part {part} of {map:?}");
        for place in [0, count / 2, count.saturating_sub(1)] {
            if place < count {
                assert_eq!(map.locate(map.global(part, place)), (part, place), "{map:?}");
            }
        }
    }
}

/// Owner, place, index and segments of an element belong together.
fn found_alike(distribution: &Distribution, index: &[usize]) {
    let (rank, place) = distribution.locate(index).expect("inside the shape");
    assert_eq!(distribution.owner(index).ok(), Some(rank));
    assert_eq!(distribution.global_index(rank, &place).as_deref(), Some(index));
    let coords = distribution.coords(rank).expect("an owner holds a cell");
    assert_eq!(distribution.rank_at(&coords), rank);
    for (axis, map) in distribution.axes().iter().enumerate() {
        assert_eq!(map.owners_in(index[axis], index[axis] + 1), [coords[axis]]);
    }
    let local = distribution.local_shape(rank);
    assert!(place.iter().zip(&local).all(|(place, extent)| place < extent));
    assert!(distribution.local_len(rank) <= distribution.max_local_len());
}

fn each_has_one_owner(distribution: &Distribution) {
    let mut owned = 0;
    for rank in distribution.ranks().iter() {
        let mut own = 0;
        for region in distribution.regions(rank) {
            assert!(!region.is_empty());
            own += region.len();
            for element in 0..region.len() {
                let (mut rest, mut index, mut place) = (element, Vec::new(), Vec::new());
                for segment in &region.axes {
                    let i = rest % segment.count;
                    rest /= segment.count;
                    index.push(segment.globals().nth(i).expect("below the count"));
                    place.push(segment.places().nth(i).expect("below the count"));
                }
                // Where all regions together have as many elements as the array, none is there
                // twice: each is found at the one place that it has.
                assert_eq!(distribution.locate(&index).expect("in bounds"), (rank, place));
            }
        }
        assert_eq!(own, distribution.local_len(rank), "rank {rank} of {distribution}");
        owned += own;
    }
    assert_eq!(owned, distribution.len(), "{distribution}");
}

/// Dropping an axis keeps the other ones as they are.
fn without_an_axis(distribution: &Distribution) {
    for axis in 0..distribution.ndim() {
        let reduced = distribution.reduce(&[axis]).expect("an axis of it");
        let mut shape = distribution.shape().to_vec();
        shape.remove(axis);
        assert_eq!(reduced.shape(), shape);
        let mut ranks = reduced.ranks().iter();
        assert!(ranks.all(|rank| distribution.holds(rank)), "{distribution} without axis {axis}");
    }
}
