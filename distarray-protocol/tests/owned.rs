//! Ownership against lists dealt out by hand.

use distarray_protocol::{DimData, validate_all};

/// Deals blocks of indices to processes in turn.
fn dealt(size: usize, processes: usize, block_size: usize) -> Vec<Vec<i64>> {
    let mut hands = vec![Vec::new(); processes];
    for index in 0..size {
        hands[index / block_size % processes].push(index as i64);
    }
    hands
}

fn owned_counts(size: usize, processes: usize, block_size: usize) -> Vec<usize> {
    (0..processes)
        .map(|rank| DimData::cyclic(size, processes, rank, block_size).num_owned())
        .collect()
}

/// Those for which crediting the partial block to the first process goes wrong, and those for which it does not.
#[test]
fn trailing_partial_block() {
    assert_eq!(owned_counts(10, 3, 4), [4, 4, 2]);
    assert_eq!(owned_counts(11, 3, 4), [4, 4, 3]);
    assert_eq!(owned_counts(14, 2, 4), [8, 6]);
    assert_eq!(owned_counts(9, 4, 5), [5, 4, 0, 0]);
    assert_eq!(owned_counts(10, 2, 3), [6, 4]);

    assert_eq!(owned_counts(9, 2, 2), [5, 4]);
    assert_eq!(owned_counts(5, 2, 2), [3, 2]);
    assert_eq!(owned_counts(13, 3, 4), [5, 4, 4]);
    assert_eq!(owned_counts(8, 3, 2), [4, 2, 2]);
    assert_eq!(owned_counts(7, 2, 3), [4, 3]);
}

#[test]
fn cyclic_indices() {
    for size in 0..24 {
        for processes in 1..6 {
            for block_size in 1..7 {
                let dims: Vec<_> = dealt(size, processes, block_size)
                    .iter()
                    .enumerate()
                    .map(|(rank, hand)| {
                        let dim = DimData::cyclic(size, processes, rank, block_size);
                        assert_eq!(dim.global_indices().collect::<Vec<_>>(), *hand);
                        assert_eq!(dim.owned_indices().collect::<Vec<_>>(), *hand);
                        assert_eq!(dim.num_owned(), hand.len());
                        assert_eq!(dim.global_index(hand.len()), None);
                        [dim]
                    })
                    .collect();
                assert_eq!(validate_all(&dims), Ok(()), "{size} {processes} {block_size}");
            }
        }
    }
}

/// Sections need not start with the first process: the slice from `start` in steps of the grid is what is owned.
#[test]
fn cyclic_indices_follow_the_start() {
    let rotated = |rank: usize, start: usize| {
        let mut dim = DimData::cyclic(5, 2, rank, 1);
        dim.dist_type = DimData::cyclic(5, 2, start, 1).dist_type;
        dim
    };
    let dims = [[rotated(0, 1)], [rotated(1, 0)]];
    assert_eq!(dims[0][0].global_indices().collect::<Vec<_>>(), [1, 3]);
    assert_eq!(dims[1][0].global_indices().collect::<Vec<_>>(), [0, 2, 4]);
    assert_eq!(validate_all(&dims), Ok(()));
}

#[test]
fn padded_blocks() {
    // Boundary widths 4 and 0, communication widths 1, 2 and 3, ten indices each.
    let dims = [
        [DimData::block(40, 4, 0, 0..11).with_padding(4, 1)],
        [DimData::block(40, 4, 1, 9..22).with_padding(1, 2)],
        [DimData::block(40, 4, 2, 18..33).with_padding(2, 3)],
        [DimData::block(40, 4, 3, 27..40).with_padding(3, 0)],
    ];
    let owned: Vec<i64> = dims.iter().flat_map(|[dim]| dim.owned_indices()).collect();
    assert_eq!(owned, (0..40).collect::<Vec<_>>());
    assert_eq!(dims.each_ref().map(|[dim]| dim.extent()), [11, 13, 15, 13]);
    assert_eq!(dims[1][0].owned_positions(), 1..11);
    assert_eq!(validate_all(&dims), Ok(()));
}

#[test]
fn claims_that_cannot_be_true_do_no_harm() {
    let backwards = DimData::block(5, 1, 0, 4..4).with_padding(usize::MAX, usize::MAX);
    assert_eq!((backwards.extent(), backwards.num_owned()), (0, 0));
    let wide = DimData::block(50, 3, 1, 10..20).with_padding(usize::MAX, usize::MAX);
    assert_eq!((wide.num_owned(), wide.owned_indices().count()), (0, 0));
    let huge = DimData::cyclic(usize::MAX, usize::MAX, usize::MAX - 1, usize::MAX);
    assert_eq!(huge.num_owned(), 0);
    assert_eq!(DimData::cyclic(9, 0, 0, 0).num_owned(), 0);
    let most = DimData::cyclic(usize::MAX, 2, 0, 1);
    assert_eq!(most.num_owned(), usize::MAX / 2 + 1);
    assert_eq!(most.global_index(3), Some(6));
    // Beyond what an index can tell.
    assert_eq!(most.global_index(usize::MAX / 2), None);
}
