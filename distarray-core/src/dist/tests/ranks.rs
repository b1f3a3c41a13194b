//! Ranks of the cells of a grid.

use super::super::Ranks;

#[test]
fn consecutive_ranks_are_a_range_whatever_they_are_made_from() {
    assert_eq!(Ranks::list(4..9).unwrap(), Ranks::range(4..9));
    assert_eq!(Ranks::list([6]).unwrap().as_range(), Some(6..7));
    assert_eq!(Ranks::list([]).unwrap().len(), 0);
    assert_eq!(Ranks::list([2, 1]).unwrap().as_range(), None);
}

#[test]
fn cells_and_ranks_are_inverse() {
    for ranks in [Ranks::range(3..8), Ranks::list([7, 0, 4, 2]).unwrap()] {
        for (cell, rank) in ranks.iter().enumerate() {
            assert_eq!((ranks.rank(cell), ranks.cell(rank)), (rank, Some(cell)));
        }
        let outside = (0..20).filter(|rank| !ranks.iter().any(|held| held == *rank));
        assert!(outside.map(|rank| ranks.cell(rank)).all(|cell| cell.is_none()));
        assert_eq!(ranks.max(), ranks.iter().max());
    }
}

#[test]
fn a_rank_cannot_hold_two_cells() {
    assert_eq!(
        Ranks::list([4, 1, 4]).unwrap_err().to_string(),
        "rank 4 is given for both cell 0 and cell 2 of the grid"
    );
}

#[test]
fn long_lists_print_short() {
    let odd = Ranks::list((0..50).map(|i| 2 * i + 1)).unwrap();
    assert_eq!(odd.to_string(), "[1, 3, 5, 7, .., 99]");
    assert_eq!(Ranks::list((0..8).rev()).unwrap().to_string(), "[7, 6, 5, 4, 3, 2, 1, 0]");
    assert_eq!(Ranks::range(0..1000).to_string(), "0..1000");
}

#[test]
#[should_panic(expected = "cell 5 of a grid of 5 cells")]
fn cells_beyond_the_grid_are_a_programming_error() {
    Ranks::range(3..8).rank(5);
}
