//! The chosen grid: the original's cases, and brute force over all grids of small arrays.

use std::cmp::Reverse;

use super::super::Dist;
use super::super::grid::choose;

fn kinds(letters: &str) -> Vec<Dist> {
    letters.chars().map(|letter| letter.to_string().parse().unwrap()).collect()
}

fn chosen(shape: &[usize], letters: &str, size: usize) -> Vec<usize> {
    choose(shape, &kinds(letters), size)
}

#[test]
fn every_case_of_the_original_has_a_valid_grid() {
    let cases: &[(&[usize], &str, usize)] = &[
        (&[20, 20], "bb", 12),
        (&[20, 60], "bb", 12),
        (&[60, 20], "bb", 12),
        (&[100, 10, 300], "bnc", 12),
        (&[100, 50, 300], "bbb", 12),
        (&[100, 100, 150], "bbb", 12),
        (&[10, 10], "bb", 2),
        (&[10, 10], "bb", 3),
        (&[10, 10], "bb", 4),
        (&[10, 10], "bb", 5),
        (&[10, 10], "bb", 6),
        (&[10, 10], "bb", 7),
        (&[10, 10], "bb", 8),
        (&[10, 10], "bb", 9),
        (&[10, 10], "bb", 16),
        (&[1, 10], "bb", 4),
        (&[10, 1], "bb", 4),
        (&[5, 9], "bc", 4),
        (&[5, 9, 3], "cbc", 8),
        (&[3, 5, 2], "bbn", 4),
        (&[2, 3, 4], "nbc", 4),
        (&[16, 16, 2], "cbn", 4),
        (&[10, 20, 30, 40], "cccc", 4),
        (&[1000, 1000, 10], "bbb", 8),
        (&[64, 64], "bb", 64),
        (&[64, 32], "bb", 64),
        (&[12, 6], "bb", 24),
        (&[100, 100, 100], "bbb", 27),
        (&[100, 200, 400], "bbb", 64),
        (&[20, 20], "bn", 12),
        // Where the original failed.
        (&[5, 5], "bb", 7),
        (&[3, 3], "bb", 12),
        (&[2, 2], "bb", 6),
        (&[0], "b", 4),
        (&[5, 0], "bb", 4),
        (&[0, 5], "bb", 4),
        (&[], "", 4),
    ];
    for &(shape, letters, size) in cases {
        let grid = chosen(shape, letters, size);
        assert_eq!(grid.len(), shape.len());
        assert!(grid.iter().product::<usize>() <= size, "{shape:?} {letters} {size}: {grid:?}");
        for (i, letter) in letters.chars().enumerate() {
            assert!((1..=shape[i].max(1)).contains(&grid[i]), "{shape:?} {letters}: {grid:?}");
            assert!(letter != 'n' || grid[i] == 1, "{shape:?} {letters}: {grid:?}");
        }
    }
}

#[test]
fn good_grids_are_found() {
    let cases: &[(&[usize], &str, usize, &[usize])] = &[
        (&[20, 20], "bb", 12, &[4, 3]),
        (&[20, 60], "bb", 12, &[2, 6]),
        (&[60, 20], "bb", 12, &[6, 2]),
        (&[10, 10], "bb", 4, &[2, 2]),
        (&[10, 10], "bb", 7, &[3, 2]),
        (&[1, 10], "bb", 4, &[1, 4]),
        (&[10, 1], "bb", 4, &[4, 1]),
        (&[5, 9], "bc", 4, &[2, 2]),
        (&[16, 16, 2], "cbn", 4, &[2, 2, 1]),
        (&[1000, 1000, 10], "bbb", 8, &[4, 2, 1]),
        (&[64, 64], "bb", 64, &[8, 8]),
        (&[64, 32], "bb", 64, &[16, 4]),
        (&[100, 200, 400], "bbb", 64, &[2, 4, 8]),
        (&[100, 100, 100], "bbb", 27, &[3, 3, 3]),
        (&[20, 20], "bn", 12, &[10, 1]),
        (&[5, 5], "bb", 7, &[5, 1]),
        (&[3, 3], "bb", 12, &[3, 3]),
        (&[2, 2], "bb", 6, &[2, 2]),
        (&[0], "b", 4, &[1]),
        (&[0, 5], "bb", 5, &[1, 5]),
        (&[5, 0], "bb", 5, &[5, 1]),
        (&[100], "b", 7, &[7]),
        // Four blocks of 3 would leave the fourth rank empty.
        (&[9], "b", 4, &[3]),
    ];
    for &(shape, letters, size, grid) in cases {
        assert_eq!(chosen(shape, letters, size), grid, "{shape:?} {letters} {size}");
    }
}

/// The chooser's definition, word for word, over all grids.
fn brute_force(shape: &[usize], kinds: &[Dist], size: usize) -> Vec<usize> {
    let width = |i: usize| match kinds[i] {
        Dist::BlockCyclic(width) => width,
        _ => 1,
    };
    let chunk = |i: usize, parts: usize| match &kinds[i] {
        Dist::Irregular(bounds) => bounds.windows(2).map(|p| p[1] - p[0]).max().unwrap().max(1),
        _ => {
            let len = shape[i].max(1);
            (len.div_ceil(width(i)).div_ceil(parts) * width(i)).min(len)
        }
    };
    let mut grids = vec![vec![]];
    for (i, dist) in kinds.iter().enumerate() {
        let all = match dist.fixed_parts() {
            Some(parts) => parts..=parts,
            None => 1..=shape[i].max(1).div_ceil(width(i)),
        };
        let longer = |grid: &Vec<usize>| {
            let grid = grid.clone();
            all.clone().map(move |parts| [&grid[..], &[parts]].concat())
        };
        grids = grids.iter().flat_map(longer).collect();
    }
    grids.retain(|grid| grid.iter().product::<usize>() <= size);
    let load = |grid: &[usize]| (0..grid.len()).map(|i| chunk(i, grid[i])).product::<usize>();
    let faces = |grid: &[usize]| {
        (0..grid.len())
            .map(|i| (grid[i] - 1).min(2) * load(grid) / chunk(i, grid[i]))
            .sum::<usize>()
    };
    let least = grids.iter().map(|grid| load(grid)).min().unwrap();
    grids
        .into_iter()
        .filter(|grid| 20 * load(grid) <= 21 * least)
        .min_by_key(|grid| {
            (faces(grid), load(grid), grid.iter().product::<usize>(), Reverse(grid.clone()))
        })
        .unwrap()
}

#[test]
fn the_search_is_exact() {
    let lens = [0, 1, 2, 3, 5, 8, 12, 17];
    for size in 1..=26 {
        for (a, b) in lens.iter().flat_map(|&a| lens.map(|b| (a, b))) {
            for letters in ["bb", "cb", "bn", "nc"] {
                let kinds = kinds(letters);
                let expected = brute_force(&[a, b], &kinds, size);
                assert_eq!(choose(&[a, b], &kinds, size), expected, "{a} {b} {letters} {size}");
            }
            let blocks = [Dist::BlockCyclic(3), Dist::Block];
            assert_eq!(choose(&[a, b], &blocks, size), brute_force(&[a, b], &blocks, size));
            for c in [1, 6, 11] {
                let kinds = kinds("bbb");
                let expected = brute_force(&[a, b, c], &kinds, size);
                assert_eq!(choose(&[a, b, c], &kinds, size), expected, "{a} {b} {c} {size}");
            }
        }
    }
}

#[test]
fn axes_that_are_alike_take_their_parts_in_order() {
    let interleaved = [Dist::Block, Dist::Cyclic, Dist::BlockCyclic(2), Dist::Block];
    for size in 1..=40 {
        for shape in [[5, 4, 5, 4], [6, 6, 6, 6], [3, 7, 7, 3]] {
            for kinds in [kinds("bbbb"), kinds("bcnb"), interleaved.to_vec()] {
                let expected = brute_force(&shape, &kinds, size);
                assert_eq!(choose(&shape, &kinds, size), expected, "{shape:?} {kinds:?} {size}");
            }
        }
    }
    // As many grids are as good as there are ways to choose 8 axes of 40.
    let grid = chosen(&[2; 40], &"b".repeat(40), 256);
    assert_eq!(grid, [[2; 8].as_slice(), &[1; 32]].concat());
    let grid = chosen(&[8; 20], &"c".repeat(20), 64);
    assert_eq!(grid, [[2; 6].as_slice(), &[1; 14]].concat());
}

#[test]
fn fixed_parts_count_in_load_and_faces() {
    let irregular = Dist::irregular([0, 2, 2, 9]);
    for size in 3..=24 {
        for b in [1, 4, 9, 10] {
            let kinds = [Dist::Block, irregular.clone(), Dist::Cyclic];
            let expected = brute_force(&[7, 9, b], &kinds, size);
            assert_eq!(choose(&[7, 9, b], &kinds, size), expected, "{b} {size}");
        }
    }
    // Too few ranks for what is fixed: the caller says so.
    assert_eq!(choose(&[9, 7], &[irregular, Dist::Block], 2), [3, 1]);
}

#[test]
fn many_ranks_and_huge_shapes_are_no_problem() {
    let million = 1_000_000;
    assert_eq!(chosen(&[1000, 1000, 1000], "bbb", million), [100, 100, 100]);
    for shape in [[1000, 1000, 1000], [999_983, 999_983, 999_983], [1 << 40, 3001, 17]] {
        for size in [999_983, million] {
            let grid = chosen(&shape, "bbb", size);
            let cells: usize = grid.iter().product();
            assert!(cells <= size && 10 * cells >= 9 * size, "{shape:?} {size}: {grid:?}");
        }
    }
    // No array has this many elements; the choice still ends, and is valid.
    let grid = chosen(&[usize::MAX; 3], "bbb", 64);
    assert!(grid.iter().product::<usize>() <= 64 && grid.iter().all(|&parts| parts >= 1));
}
