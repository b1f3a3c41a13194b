//! Compatibility by meaning, against brute force.

use super::super::{AxisMap, Dist, Distribution, Ranks};
use super::small_maps;

fn axis(len: usize, parts: usize, dist: &str) -> AxisMap {
    AxisMap::new(len, parts, dist.parse().unwrap()).unwrap()
}

fn places(map: &AxisMap) -> Vec<(usize, usize)> {
    (0..map.len()).map(|global| map.locate(global)).collect()
}

#[test]
fn axes_are_compatible_when_owners_and_places_agree() {
    let mut found = 0;
    for len in 0..=13 {
        let maps: Vec<AxisMap> = (1..=5).flat_map(|parts| small_maps(len, parts)).collect();
        for one in &maps {
            for other in &maps {
                let same = places(one) == places(other);
                found += usize::from(same && one.dist() != other.dist());
                assert_eq!(one.is_compatible(other), same, "{one:?} {other:?}");
            }
        }
    }
    assert!(found > 1000, "{found}");
    assert!(!axis(10, 1, "b").is_compatible(&axis(9, 1, "b")));
}

#[test]
fn kinds_that_coincide_are_compatible() {
    for (one, other) in [("b", "n"), ("c", "n"), ("c:7", "b"), ("c:7", "c"), ("n", "c:7")] {
        assert!(axis(19937, 1, one).is_compatible(&axis(19937, 1, other)), "{one} {other}");
    }
    assert!(axis(10, 3, "c:4").is_compatible(&axis(10, 3, "b")));
    assert!(axis(10, 3, "c:20").is_compatible(&axis(10, 2, "c:11")));
    assert!(!axis(10, 3, "c:3").is_compatible(&axis(10, 3, "b")));
    assert!(axis(3, 4, "c").is_compatible(&axis(3, 4, "b")));
    let halo = axis(10, 3, "b").with_halo(2, 2).unwrap().with_periodic(true).unwrap();
    assert!(halo.is_compatible(&axis(10, 3, "b")));
}

#[test]
fn the_originals_cases_hold() {
    let whole = |shape: &[usize], dists: &str, grid: &[usize]| {
        Distribution::builder(shape).dists(dists).grid(grid).build(4).unwrap()
    };
    let large = [100_000, 1_000_000, 10_000];
    let d = whole(&large, "b,c,n", &[2, 2]);
    assert!(d.is_compatible(&whole(&large, "b,c,n", &[2, 2])));
    assert!(!d.is_compatible(&whole(&[99_999, 999_999, 9_999], "b,c,n", &[2, 2])));
    assert!(whole(&large, "b,c,n", &[1]).is_compatible(&whole(&large, "n,n,n", &[1])));
    assert!(whole(&[9, 9], "b,c", &[1]).is_compatible(&whole(&[9, 9], "c,b", &[1])));
    for (one, other) in [
        (whole(&[10], "b", &[2]), whole(&[9], "b", &[2])),
        (whole(&[10], "b", &[1]), whole(&[10], "b", &[2])),
        (whole(&[10], "b", &[2]), whole(&[10], "c", &[2])),
        (whole(&[10], "b", &[2]), Distribution::builder([10]).ranks([2, 3]).build(4).unwrap()),
        (whole(&[10], "b", &[2]), whole(&[10, 1], "b", &[2])),
    ] {
        assert!(!one.is_compatible(&other) && !other.is_compatible(&one), "{one} {other}");
    }
}

#[test]
fn renamed_parts_on_renamed_ranks_are_compatible() {
    let lists = |lists: [&[usize]; 2], ranks: [usize; 2]| {
        Distribution::builder([4]).kinds(vec![Dist::unstructured(lists)]).ranks(ranks).build(2)
    };
    let one = lists([&[0, 1], &[2, 3]], [0, 1]).unwrap();
    assert!(one.is_compatible(&lists([&[2, 3], &[0, 1]], [1, 0]).unwrap()));
    assert!(one.is_compatible(&Distribution::new([4], "b", 2).unwrap()));
    assert!(!one.is_compatible(&lists([&[2, 3], &[0, 1]], [0, 1]).unwrap()));
    assert!(!one.is_compatible(&lists([&[0, 1], &[3, 2]], [0, 1]).unwrap()));
}

#[test]
fn empty_parts_do_not_count() {
    let wide = Distribution::builder([5, 3]).grid(&[4]).build(4).unwrap();
    let tight = Distribution::new([5, 3], "b", 3).unwrap();
    assert_eq!((wide.grid(), tight.grid()), (&[4, 1][..], &[3, 1][..]));
    assert!(wide.is_compatible(&tight) && wide != tight);
    let bounds = vec![Dist::irregular([0, 0, 2, 4, 5])];
    let late = Distribution::builder([5, 3]).kinds(bounds).ranks([7, 0, 1, 2]).build(8).unwrap();
    assert!(late.is_compatible(&tight) && tight.is_compatible(&late));
    let none = Distribution::new([0, 3], "n,c", 3).unwrap();
    assert!(none.is_compatible(&Distribution::on_one([0, 3], 9)));
}

/// Small two-axis distributions on grids and ranks of many kinds.
fn small_distributions() -> Vec<Distribution> {
    let mut all = Vec::new();
    for (a, b) in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)] {
        let mut columns = small_maps(2, b);
        columns.truncate(4);
        for row in small_maps(3, a) {
            for column in &columns {
                let axes = vec![row.clone(), column.clone()];
                let swapped = (0..a * b).map(|cell| if cell < 2 { 1 - cell } else { cell });
                for ranks in [Ranks::range(0..a * b), Ranks::list(swapped).unwrap()] {
                    all.push(Distribution::from_maps(axes.clone(), ranks).unwrap());
                }
            }
        }
    }
    all
}

#[test]
fn distributions_are_compatible_when_every_element_is_at_the_same_place() {
    let all = small_distributions();
    let map = |d: &Distribution| -> Vec<(usize, Vec<usize>)> {
        (0..6).map(|i| d.locate(&[i / 2, i % 2]).unwrap()).collect()
    };
    let maps: Vec<_> = all.iter().map(map).collect();
    for (one, its) in all.iter().zip(&maps) {
        for (other, theirs) in all.iter().zip(&maps) {
            assert_eq!(one.is_compatible(other), its == theirs, "{one} | {other}");
        }
    }
}
