//! Regular maps answer at once whatever the number of parts: these would not end, or not fit into
//! memory, if anything walked the parts or the indices.

use super::super::{AxisMap, Dist, Distribution, Ranks, Segment};

const PARTS: usize = 1_000_000_000;
const LEN: usize = usize::MAX;

#[test]
fn regular_axes_do_not_walk_their_parts() {
    for dist in [Dist::Block, Dist::Cyclic, Dist::BlockCyclic(1 << 20)] {
        let map = AxisMap::new(LEN, PARTS, dist).unwrap();
        for global in [0, 1, LEN / 3, LEN - 1] {
            let (part, place) = map.locate(global);
            assert_eq!(map.global(part, place), global);
            assert!(place < map.count(part) && map.count(part) <= map.max_count());
        }
        assert!(map.is_compatible(&map.clone()));
        assert!(!map.is_compatible(&AxisMap::new(LEN, PARTS - 1, map.dist().clone()).unwrap()));
        assert_eq!(map.owners_in(5, 6).len(), 1);
    }
    let block = AxisMap::new(LEN - 2, PARTS, Dist::Block).unwrap().with_halo(1, 1).unwrap();
    let last = block.owner(LEN - 3);
    assert_eq!((block.padding(0), block.padding(last)), ((0, 1), (1, 0)));
    let cyclic = AxisMap::new(10 * PARTS, PARTS, Dist::Cyclic).unwrap();
    let segment = Segment { global: 7, step: PARTS, count: 10, place: 0, place_step: 1 };
    assert_eq!(cyclic.segments(7), [segment]);
}

#[test]
fn kinds_that_differ_are_told_apart_early() {
    let map = |dist| AxisMap::new(LEN, PARTS, dist).unwrap();
    let kinds = [Dist::Block, Dist::Cyclic, Dist::BlockCyclic(2), Dist::BlockCyclic(4096)];
    for (i, one) in kinds.iter().enumerate() {
        for (j, other) in kinds.iter().enumerate() {
            assert_eq!(map(one.clone()).is_compatible(&map(other.clone())), i == j);
        }
    }
    let wide = AxisMap::new(LEN, 1, Dist::BlockCyclic(3)).unwrap();
    assert!(wide.is_compatible(&AxisMap::new(LEN, 1, Dist::Undistributed).unwrap()));
}

#[test]
fn extreme_block_sizes_do_not_overflow() {
    let all = AxisMap::new(LEN, 3, Dist::BlockCyclic(usize::MAX)).unwrap();
    assert_eq!([0, 1, 2].map(|part| all.count(part)), [LEN, 0, 0]);
    let half = AxisMap::new(LEN, 1, Dist::BlockCyclic(LEN / 2 + 1)).unwrap();
    assert_eq!((half.count(0), half.run(0).2), (LEN, LEN));
    let two = AxisMap::new(LEN, 2, Dist::BlockCyclic(LEN / 2 + 1)).unwrap();
    assert_eq!((two.count(0), two.count(1), two.run(LEN - 1).2), (LEN / 2 + 1, LEN / 2, LEN));
    let few = AxisMap::new(5, usize::MAX, Dist::Block).unwrap();
    assert_eq!((few.owner(4), few.count(usize::MAX - 1)), (4, 0));
}

#[test]
fn whole_distributions_do_not_walk_their_ranks() {
    let axis = |len, parts, dist| AxisMap::new(len, parts, dist).unwrap();
    let axes = vec![
        axis(1 << 20, 1 << 20, Dist::Block),
        axis(1 << 30, 1 << 20, Dist::Cyclic),
        axis(1 << 10, 1 << 5, Dist::BlockCyclic(7)),
    ];
    let d = Distribution::from_maps(axes, Ranks::range(3..3 + (1 << 45))).unwrap();
    let index = [1_000_000, 999_999_999, 1023];
    let (rank, place) = d.locate(&index).unwrap();
    assert_eq!(d.global_index(rank, &place), Some(index.to_vec()));
    assert_eq!(d.coords(rank).map(|coords| d.rank_at(&coords)), Some(rank));
    assert!(!d.holds(2) && d.ranks().max() == Some(2 + (1 << 45)));
    assert!(d.is_compatible(&d.without_halo()));
    let reduced = d.reduce(&[0]).unwrap();
    assert_eq!(reduced.ranks().as_range(), Some(3..3 + (1 << 25)));
    assert_eq!(d.regions(rank)[0].axes[1].step, 1 << 20);
}

#[test]
fn nothing_is_told_at_once() {
    let d = Distribution::new([1 << 60, 0], "c:2,n", 4).unwrap();
    assert_eq!(d.local_shape(1), [1 << 58, 0]);
    assert!(d.regions(1).is_empty());
}

/// Each index is compared with the last one, which is not looked for from the first on.
#[test]
fn long_runs_of_a_list_are_one_segment() {
    let len = 1_000_000;
    let up: Vec<usize> = (0..len).collect();
    let down: Vec<usize> = (len..2 * len).rev().collect();
    let map = AxisMap::new(2 * len, 2, Dist::unstructured([up, down])).unwrap();
    let segment = Segment { global: 0, step: 1, count: len, place: 0, place_step: 1 };
    assert_eq!(map.segments(0), [segment]);
    let back = Segment { global: len, step: 1, count: len, place: len - 1, place_step: -1 };
    assert_eq!(map.segments(1), [back]);
}
