//! Oracles of the original library for one axis, and what an axis refuses.

use super::super::{AxisMap, Dist};

fn counts(len: usize, parts: usize, dist: Dist) -> Vec<usize> {
    let map = AxisMap::new(len, parts, dist).unwrap();
    (0..parts).map(|part| map.count(part)).collect()
}

fn refused(map: crate::Result<AxisMap>) -> String {
    map.unwrap_err().to_string()
}

#[test]
fn block_ranges_are_those_of_the_original() {
    type Ranges = &'static [(usize, usize)];
    let oracle: &[(usize, usize, Ranges)] = &[
        (10, 4, &[(0, 3), (3, 6), (6, 9), (9, 10)]),
        (7, 4, &[(0, 2), (2, 4), (4, 6), (6, 7)]),
        (5, 4, &[(0, 2), (2, 4), (4, 5), (5, 5)]),
        (9, 4, &[(0, 3), (3, 6), (6, 9), (9, 9)]),
        (3, 4, &[(0, 1), (1, 2), (2, 3), (3, 3)]),
        (16, 4, &[(0, 4), (4, 8), (8, 12), (12, 16)]),
        (31, 4, &[(0, 8), (8, 16), (16, 24), (24, 31)]),
        (17, 3, &[(0, 6), (6, 12), (12, 17)]),
        (0, 4, &[(0, 0), (0, 0), (0, 0), (0, 0)]),
    ];
    for &(len, parts, expected) in oracle {
        let map = AxisMap::new(len, parts, Dist::Block).unwrap();
        for (part, &(start, stop)) in expected.iter().enumerate() {
            assert_eq!(map.range(part), Some(start..stop), "{len} in {parts}");
        }
    }
    assert_eq!(counts(100, 7, Dist::Block), [15, 15, 15, 15, 15, 15, 10]);
}

#[test]
fn partial_blocks_belong_to_the_part_whose_turn_it_is() {
    let oracle: &[(usize, usize, usize, &[usize])] = &[
        // The five that the original got wrong.
        (10, 3, 4, &[4, 4, 2]),
        (11, 3, 4, &[4, 4, 3]),
        (14, 2, 4, &[8, 6]),
        (9, 4, 5, &[5, 4, 0, 0]),
        (10, 2, 3, &[6, 4]),
        // And those it got right.
        (9, 2, 2, &[5, 4]),
        (5, 2, 2, &[3, 2]),
        (13, 3, 4, &[5, 4, 4]),
        (8, 3, 2, &[4, 2, 2]),
        (7, 2, 3, &[4, 3]),
    ];
    for &(len, parts, width, expected) in oracle {
        assert_eq!(counts(len, parts, Dist::BlockCyclic(width)), expected, "{len} {parts} {width}");
    }
}

#[test]
fn cyclic_axes_deal_out_one_at_a_time() {
    let map = AxisMap::new(10, 4, Dist::Cyclic).unwrap();
    let owned: Vec<Vec<usize>> = (0..4)
        .map(|part| (0..map.count(part)).map(|place| map.global(part, place)).collect())
        .collect();
    assert_eq!(owned, [vec![0, 4, 8], vec![1, 5, 9], vec![2, 6], vec![3, 7]]);

    let map = AxisMap::new(16, 4, Dist::Cyclic).unwrap();
    assert_eq!([2, 6, 10, 14].map(|global| map.locate(global)), [(2, 0), (2, 1), (2, 2), (2, 3)]);
    assert_eq!([0, 3].map(|part| map.segments(part)[0].last()), [12, 15]);
}

#[test]
fn block_cyclic_axes_deal_out_blocks() {
    let map = AxisMap::new(16, 4, Dist::BlockCyclic(2)).unwrap();
    assert_eq!([2, 3, 10, 11].map(|global| map.locate(global)), [(1, 0), (1, 1), (1, 2), (1, 3)]);
    assert_ne!(map.owner(4), 1);
    assert_ne!(map.owner(12), 1);
}

#[test]
fn block_size_one_is_cyclic() {
    let one = AxisMap::new(10, 3, Dist::BlockCyclic(1)).unwrap();
    assert_eq!(one, AxisMap::new(10, 3, Dist::Cyclic).unwrap());
    assert_eq!(one.dist(), &Dist::Cyclic);
    assert_eq!("c:1".parse::<Dist>().unwrap(), Dist::Cyclic);
}

#[test]
fn irregular_axes_may_have_empty_blocks_anywhere() {
    let map = AxisMap::new(10, 5, Dist::irregular([0, 0, 3, 3, 10, 10])).unwrap();
    assert_eq!([0, 2, 3, 9].map(|global| map.owner(global)), [1, 1, 3, 3]);
    assert_eq!(map.owners_in(0, 10), [1, 3]);
}

#[test]
fn unstructured_places_are_those_of_the_lists() {
    let lists = [vec![4, 2, 0], vec![5, 1], vec![], vec![3]];
    let map = AxisMap::new(6, 4, Dist::unstructured(lists)).unwrap();
    assert_eq!(map.locate(0), (0, 2));
    assert_eq!(map.locate(3), (3, 0));
    let [segment] = map.segments(0)[..] else { panic!("{:?}", map.segments(0)) };
    assert_eq!((segment.global, segment.step, segment.count), (0, 2, 3));
    assert_eq!((segment.place, segment.place_step), (2, -1));
    assert_eq!(map.segments(2), []);
}

#[test]
fn an_axis_says_what_is_wrong_with_its_kind() {
    assert_eq!(refused(AxisMap::new(4, 0, Dist::Block)), "an axis of kind b needs at least 1 part");
    assert_eq!(
        refused(AxisMap::new(4, 2, Dist::Undistributed)),
        "an axis of kind n has 1 part(s), not 2"
    );
    assert_eq!(
        refused(AxisMap::new(4, 2, Dist::BlockCyclic(0))),
        "block-cyclic c:0 needs a block size of at least 1"
    );
    let bounds = |bounds: &[usize]| refused(AxisMap::new(10, 2, Dist::irregular(bounds)));
    assert_eq!(bounds(&[]), "irregular bounds [] need at least a first and a last one");
    assert_eq!(bounds(&[1, 4, 10]), "irregular bounds [1, 4, 10] start at 1, not at 0");
    assert_eq!(bounds(&[0, 4, 9]), "irregular bounds [0, 4, 9] end at 9, the axis has 10");
    assert_eq!(bounds(&[0, 11, 10]), "irregular bounds [0, 11, 10] go down from 11 to 10");
    assert_eq!(bounds(&[0, 10]), "an axis of kind b[0,10] has 1 part(s), not 2");
    let lists = |a: &[usize], b: &[usize]| refused(AxisMap::new(4, 2, Dist::unstructured([a, b])));
    assert_eq!(lists(&[0, 1], &[2]), "unstructured lists hold 3 indices, the axis has 4");
    assert_eq!(lists(&[0, 1], &[2, 7]), "unstructured lists hold index 7, the axis has 4");
    assert_eq!(
        lists(&[0, 1], &[3, 1]),
        "unstructured lists lack index 2 of the 4 and hold another one twice"
    );
}

#[test]
fn paddings_need_a_block_kind() {
    let cyclic = || AxisMap::new(10, 2, Dist::Cyclic).unwrap();
    let text = "needs an axis of a block kind (n, b, or b with bounds), not c";
    assert_eq!(refused(cyclic().with_halo(0, 1)), format!("a halo {text}"));
    assert_eq!(refused(cyclic().with_boundary(1, 0)), format!("a boundary {text}"));
    assert_eq!(refused(cyclic().with_periodic(true)), format!("a periodic axis {text}"));
    let block = || AxisMap::new(10, 2, Dist::Block).unwrap();
    assert!(block().with_boundary(5, 5).is_ok());
    assert_eq!(
        refused(block().with_boundary(5, 6)),
        "a boundary of 5 and 6 elements does not fit an extent of 10"
    );
    assert!(refused(block().with_boundary(usize::MAX, 6)).starts_with("a boundary of"));
    assert!(refused(block().with_halo(usize::MAX, 1)).starts_with("a halo of"));
}

#[test]
#[should_panic(expected = "index 10 of an axis of 10")]
fn owners_beyond_the_extent_are_a_programming_error() {
    AxisMap::new(10, 2, Dist::Block).unwrap().owner(10);
}

#[test]
#[should_panic(expected = "place 2 of part 2, which owns 2 indices")]
fn places_beyond_the_count_are_a_programming_error() {
    AxisMap::new(10, 3, Dist::BlockCyclic(4)).unwrap().global(2, 2);
}
