//! Whole distributions: oracles of the original, round trips, regions, reductions.

use super::super::product::product;
use super::super::{AxisMap, Dist, Distribution, Ranks};
use super::small_maps;

fn on_grid(shape: &[usize], dists: &str, grid: &[usize]) -> Distribution {
    let size = grid.iter().product();
    Distribution::builder(shape).dists(dists).grid(grid).build(size).unwrap()
}

#[test]
fn owners_are_those_of_the_original() {
    let rows = on_grid(&[31, 53], "b", &[4, 1]);
    let blocks = on_grid(&[3, 5], "b,b", &[2, 2]);
    let cyclic = on_grid(&[3, 5], "c,c", &[2, 2]);
    for index in product(&[31, 53]) {
        assert_eq!(rows.owner(&index).unwrap(), index[0] / 8);
    }
    for index in product(&[3, 5]) {
        let [r, c] = index[..] else { unreachable!() };
        assert_eq!(blocks.owner(&index).unwrap(), r / 2 * 2 + c / 3);
        assert_eq!(cyclic.owner(&index).unwrap(), r % 2 * 2 + c % 2);
    }
}

#[test]
fn local_shapes_are_those_of_the_original() {
    let shapes = |d: &Distribution| -> Vec<Vec<usize>> {
        (0..d.ranks().len()).map(|rank| d.local_shape(rank)).collect()
    };
    assert_eq!(shapes(&on_grid(&[7], "b", &[4])), [[2], [2], [2], [1]]);
    assert_eq!(shapes(&on_grid(&[16, 16], "b", &[4, 1])), [[4, 16]; 4]);
    assert_eq!(
        shapes(&on_grid(&[2, 3, 4], "n,b,c", &[1, 2, 2])),
        [[2, 2, 2], [2, 2, 2], [2, 1, 2], [2, 1, 2]]
    );
    let five = on_grid(&[2, 6, 2, 8, 2], "n,b,n,c,n", &[1, 3, 1, 4, 1]);
    assert_eq!(shapes(&five), [[2; 5]; 12]);
}

#[test]
fn every_element_has_one_place_and_every_region_lists_its_own() {
    for (rows, columns) in [(7, 5), (0, 4), (1, 9)] {
        for (a, b) in [(1, 3), (2, 2), (3, 1)] {
            for (row, column) in small_maps(rows, a)
                .into_iter()
                .flat_map(|row| small_maps(columns, b).into_iter().map(move |c| (row.clone(), c)))
            {
                let ranks = Ranks::list((0..a * b).map(|cell| 2 * cell + 1)).unwrap();
                let d = Distribution::from_maps(vec![row, column], ranks).unwrap();
                check(&d, 2 * a * b + 1);
            }
        }
    }
}

/// Places, regions and lengths of a distribution agree with one another for all ranks.
fn check(d: &Distribution, size: usize) {
    for index in product(d.shape()) {
        let (rank, place) = d.locate(&index).unwrap();
        assert_eq!(d.owner(&index).unwrap(), rank);
        assert_eq!(d.global_index(rank, &place), Some(index), "{d}");
    }
    for rank in 0..size {
        let mut listed = Vec::new();
        for region in d.regions(rank) {
            assert!(!region.is_empty());
            for choice in product(&region.shape()) {
                let at = |values: &dyn Fn(usize, usize) -> usize| -> Vec<usize> {
                    choice.iter().enumerate().map(|(axis, &i)| values(axis, i)).collect()
                };
                let index = at(&|axis, i| region.axes[axis].globals().nth(i).unwrap());
                let place = at(&|axis, i| region.axes[axis].places().nth(i).unwrap());
                assert_eq!(d.locate(&index).unwrap(), (rank, place), "{d}");
                listed.push(index);
            }
        }
        let lens: usize = d.regions(rank).iter().map(|region| region.len()).sum();
        assert_eq!((listed.len(), lens), (d.local_len(rank), d.local_len(rank)), "{d} {rank}");
        listed.sort();
        listed.dedup();
        assert_eq!(listed.len(), d.local_len(rank), "{d} {rank}");
    }
    let all: usize = (0..size).map(|rank| d.local_len(rank)).sum();
    assert_eq!(all, d.len(), "{d}");
}

#[test]
fn ranks_outside_hold_nothing() {
    let d = Distribution::builder([6, 6]).dists("b,b").ranks([5, 2]).build(6).unwrap();
    assert!(d.holds(5) && d.holds(2) && !d.holds(0));
    assert_eq!((d.coords(0), d.local_len(0), d.local_shape(0)), (None, 0, vec![0, 0]));
    assert_eq!((d.regions(0), d.global_index(0, &[0, 0])), (vec![], None));
    assert_eq!(d.padding(0), [(0, 0), (0, 0)]);
}

#[test]
fn no_axes_mean_one_element_on_one_rank() {
    for d in [Distribution::builder([]).build(3).unwrap(), Distribution::on_one([], 0)] {
        assert_eq!((d.ndim(), d.len(), d.grid().len()), (0, 1, 0));
        assert_eq!(d.locate(&[]).unwrap(), (0, vec![]));
        assert_eq!((d.local_len(0), d.local_len(1)), (1, 0));
        assert_eq!((d.regions(0).len(), d.regions(1).len()), (1, 0));
        assert_eq!((d.global_index(0, &[]), d.global_index(1, &[])), (Some(vec![]), None));
        check(&d, 3);
    }
}

#[test]
fn an_index_that_is_not_one_is_named() {
    let d = Distribution::new([4, 5], "b", 2).unwrap();
    let text = |index: &[usize]| d.locate(index).unwrap_err().to_string();
    assert_eq!(text(&[3, 5]), "index 5 is out of bounds for axis 1 of extent 5");
    assert_eq!(text(&[3]), "index [3] has 1 numbers for an array of 2 axes");
    assert!(matches!(d.owner(&[9, 0]), Err(crate::Error::Index(_))));
    assert_eq!(d.global_index(0, &[2, 0]), None);
    assert_eq!(d.global_index(0, &[0]), None);
}

#[test]
fn shapes_beyond_counting_are_refused() {
    let error = Distribution::new([usize::MAX, 2], "b", 2).unwrap_err();
    assert!(matches!(&error, crate::Error::Shape(_)));
    assert_eq!(
        error.to_string(),
        "shape [18446744073709551615, 2] has more elements than can be counted"
    );
    assert!(Distribution::new([usize::MAX, 0, 2], "b", 2).is_err());
    assert!(Distribution::new([usize::MAX, 0], "b", 2).unwrap().is_empty());
}

#[test]
fn maps_need_as_many_ranks_as_cells() {
    let axes = vec![AxisMap::new(5, 2, Dist::Block).unwrap(); 2];
    assert_eq!(
        Distribution::from_maps(axes, Ranks::range(0..3)).unwrap_err().to_string(),
        "a process grid of [2, 2] needs one rank per cell, 3 are given"
    );
}

#[test]
fn reduced_distributions_live_on_the_lowest_ranks() {
    let ranks = |d: Distribution| d.ranks().iter().collect::<Vec<_>>();
    let d = on_grid(&[100_000, 1_000_000, 10_000], "b,c,n", &[2, 2, 1]);
    let kinds =
        |d: &Distribution| d.axes().iter().map(|m| m.dist().to_string()).collect::<String>();
    assert_eq!(kinds(&d.reduce(&[0]).unwrap()), "cn");
    assert_eq!(d.reduce(&[0]).unwrap().grid(), [2, 1]);
    assert_eq!(ranks(d.reduce(&[0]).unwrap()), [0, 1]);
    assert_eq!(kinds(&d.reduce(&[1]).unwrap()), "bn");
    assert_eq!(ranks(d.reduce(&[1]).unwrap()), [0, 2]);
    assert_eq!(kinds(&d.reduce(&[2]).unwrap()), "bc");
    assert_eq!(ranks(d.reduce(&[2]).unwrap()), [0, 1, 2, 3]);
    let scalar = d.reduce(&[2, 0, 1]).unwrap();
    assert_eq!((scalar.ndim(), ranks(scalar)), (0, vec![0]));
    assert_eq!(d.reduce(&[]).unwrap(), d);
    assert_eq!(
        d.reduce(&[3]).unwrap_err().to_string(),
        "axis 3 is out of bounds for an array of 3 axes"
    );
    assert_eq!(d.reduce(&[1, 1]).unwrap_err().to_string(), "axis 1 is named twice in [1, 1]");
}

#[test]
fn reduced_distributions_keep_the_other_axes_whole() {
    let axes = vec![
        AxisMap::new(10, 2, Dist::irregular([0, 9, 10])).unwrap().with_halo(1, 2).unwrap(),
        AxisMap::new(20, 3, Dist::BlockCyclic(4)).unwrap(),
        AxisMap::new(3, 2, Dist::unstructured([vec![2], vec![1, 0]])).unwrap(),
    ];
    let ranks = Ranks::list((0..12).map(|cell| 40 - 3 * cell)).unwrap();
    let d = Distribution::from_maps(axes.clone(), ranks).unwrap();
    for dropped in [vec![0], vec![1], vec![2], vec![0, 1], vec![0, 2], vec![1, 2]] {
        let reduced = d.reduce(&dropped).unwrap();
        let kept: Vec<usize> = (0..3).filter(|axis| !dropped.contains(axis)).collect();
        assert_eq!(reduced.axes(), kept.iter().map(|&i| axes[i].clone()).collect::<Vec<_>>());
        for coords in product(reduced.grid()) {
            let mut whole = [0; 3];
            for (&axis, &coord) in kept.iter().zip(&coords) {
                whole[axis] = coord;
            }
            assert_eq!(reduced.rank_at(&coords), d.rank_at(&whole), "{dropped:?} {coords:?}");
        }
    }
}

#[test]
fn paddings_follow_the_axes_unless_there_is_no_element() {
    let halo = |shape: [usize; 2]| {
        Distribution::builder(shape)
            .dists("b,b")
            .grid(&[3, 2])
            .halos(1)
            .periodic(1)
            .build(6)
            .unwrap()
    };
    assert_eq!(halo([9, 4]).padding(2), [(1, 1), (1, 1)]);
    assert_eq!(halo([9, 4]).padding(0), [(0, 1), (1, 1)]);
    assert_eq!(halo([4, 4]).padding(4), [(0, 0), (0, 0)]);
    assert_eq!(halo([9, 0]).padding(0), [(0, 0), (0, 0)]);
}

#[test]
fn text_says_what_matters_and_no_more() {
    let d = Distribution::builder([100, 100])
        .dists("b,n")
        .halo(0, 1, 2)
        .boundary(1, 3, 0)
        .periodic(0)
        .build(4)
        .unwrap();
    let text = "[100, 100] as b,n on grid 4x1, ranks 0..4, halo 1+2 on axis 0, periodic axis 0, \
                boundary 3+0 on axis 1";
    assert_eq!(d.to_string(), text);
    assert_eq!(format!("{d:?}"), format!("Distribution({text})"));
    let bounds: Vec<usize> = (0..=30).map(|i| i * 2).collect();
    assert_eq!(Dist::irregular(bounds).to_string(), "b[0,2,4,6,..,60]");
    let lists: Vec<Vec<usize>> = (0..20).map(|i| vec![i]).collect();
    assert_eq!(Dist::unstructured(lists).to_string(), "u[[0],[1],[2],[3],..,[19]]");
}

#[test]
fn equality_is_exact() {
    let d = on_grid(&[10], "b", &[2]);
    assert_eq!(d, on_grid(&[10], "b", &[2]));
    assert_ne!(d, Distribution::builder([10]).halos(1).build(2).unwrap());
    assert_ne!(d, Distribution::builder([10]).ranks([1, 0]).build(2).unwrap());
    assert_ne!(d, on_grid(&[10], "c:5", &[2]));
}
