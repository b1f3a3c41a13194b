//! Which rank holds which cell of the process grid.

use std::ops::Range;
use std::sync::Arc;

use crate::error::{Error, Result};

/// Which rank of the communicator holds each cell of a process grid, one cell a rank.
///
/// Cells count in C order, the last coordinate fastest. Consecutive ascending ranks are kept as a
/// range, whatever they were made from: O(1) memory and time. Others are kept as a list, found in
/// O(log n).
///
/// ```
/// use distarray_core::dist::Ranks;
///
/// let ranks = Ranks::list([4, 1])?;
/// assert_eq!((ranks.rank(0), ranks.cell(1), ranks.cell(2)), (4, Some(1), None));
/// assert_eq!(Ranks::list([2, 3, 4])?, Ranks::range(2..5));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ranks(Kept);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kept {
    Range(Range<usize>),
    List(Arc<List>),
    /// One cell, which each of these ranks holds.
    Everywhere(Range<usize>),
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct List {
    ranks: Vec<usize>,
    /// Rank and cell, by rank.
    cells: Vec<(usize, usize)>,
}

impl Ranks {
    /// Consecutive ranks.
    ///
    /// ```
    /// # use distarray_core::dist::Ranks;
    /// assert_eq!(Ranks::range(2..5).rank(1), 3);
    /// ```
    pub fn range(ranks: Range<usize>) -> Self {
        Self(Kept::Range(ranks))
    }

    /// Any ranks, in the order of the cells. Fails when one occurs twice.
    ///
    /// ```
    /// # use distarray_core::dist::Ranks;
    /// assert_eq!(Ranks::list([5, 0, 2])?.to_string(), "[5, 0, 2]");
    /// assert!(Ranks::list([5, 0, 5]).is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn list(ranks: impl IntoIterator<Item = usize>) -> Result<Self> {
        let ranks: Vec<usize> = ranks.into_iter().collect();
        let first = ranks.first().copied().unwrap_or(0);
        if ranks.iter().enumerate().all(|(cell, &rank)| first.checked_add(cell) == Some(rank)) {
            return Ok(Self::range(first..first.saturating_add(ranks.len())));
        }
        let mut cells: Vec<(usize, usize)> =
            ranks.iter().enumerate().map(|(cell, &rank)| (rank, cell)).collect();
        cells.sort_unstable();
        if let Some(pair) = cells.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::distribution(format!(
                "rank {} is given for both cell {} and cell {} of the grid",
                pair[0].0, pair[0].1, pair[1].1
            )));
        }
        Ok(Self(Kept::List(Arc::new(List { ranks, cells }))))
    }

    /// Consecutive ranks that all hold the only cell of a grid: each has a copy of the array. The first
    /// one counts as its owner where one must.
    ///
    /// ```
    /// use distarray_core::dist::Ranks;
    ///
    /// let ranks = Ranks::everywhere(2..5);
    /// assert_eq!((ranks.len(), ranks.rank(0), ranks.cell(4)), (1, 2, Some(0)));
    /// assert_eq!(Ranks::everywhere(2..3), Ranks::range(2..3));
    /// ```
    ///
    /// # Panics
    /// There is no rank.
    pub fn everywhere(ranks: Range<usize>) -> Self {
        assert!(!ranks.is_empty(), "a copy of an array is on some rank");
        match ranks.len() {
            1 => Self::range(ranks),
            _ => Self(Kept::Everywhere(ranks)),
        }
    }

    /// Whether several ranks hold copies.
    ///
    /// ```
    /// # use distarray_core::dist::Ranks;
    /// assert!(Ranks::everywhere(0..2).is_everywhere() && !Ranks::range(0..2).is_everywhere());
    /// ```
    pub fn is_everywhere(&self) -> bool {
        matches!(self.0, Kept::Everywhere(_))
    }

    /// The ranks that hold a cell, in the order of their cells; all those that hold copies.
    ///
    /// ```
    /// # use distarray_core::dist::Ranks;
    /// assert_eq!(Ranks::everywhere(2..5).holders().collect::<Vec<_>>(), [2, 3, 4]);
    /// ```
    pub fn holders(&self) -> impl Iterator<Item = usize> + '_ {
        let (copies, cells) = match &self.0 {
            Kept::Everywhere(range) => (range.clone(), 0),
            _ => (0..0, self.len()),
        };
        copies.chain((0..cells).map(|cell| self.rank(cell)))
    }

    /// Who gives the elements of a cell to a rank: itself where it has a copy, else the owner.
    pub(crate) fn server(&self, cell_owner: usize, rank: usize) -> usize {
        match &self.0 {
            Kept::Everywhere(range) if range.contains(&rank) => rank,
            _ => cell_owner,
        }
    }

    /// Whether each holder of the other ranks has a copy here already.
    pub(crate) fn serve(&self, others: &Self) -> bool {
        match (&self.0, &others.0) {
            (Kept::Everywhere(own), Kept::Range(range) | Kept::Everywhere(range)) => {
                own.start <= range.start && range.end <= own.end
            }
            (Kept::Everywhere(own), Kept::List(list)) => {
                list.ranks.iter().all(|rank| own.contains(rank))
            }
            _ => false,
        }
    }

    /// The number of cells.
    ///
    /// ```
    /// # use distarray_core::dist::Ranks;
    /// assert_eq!(Ranks::range(2..5).len(), 3);
    /// ```
    pub fn len(&self) -> usize {
        match &self.0 {
            Kept::Range(range) => range.len(),
            Kept::List(list) => list.ranks.len(),
            Kept::Everywhere(_) => 1,
        }
    }

    /// Whether there is no cell.
    ///
    /// ```
    /// # use distarray_core::dist::Ranks;
    /// assert!(Ranks::range(2..2).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rank that holds a cell. Panics unless `cell < len()`.
    ///
    /// ```
    /// # use distarray_core::dist::Ranks;
    /// assert_eq!(Ranks::range(2..5).rank(2), 4);
    /// ```
    pub fn rank(&self, cell: usize) -> usize {
        assert!(cell < self.len(), "cell {cell} of a grid of {} cells", self.len());
        match &self.0 {
            Kept::Range(range) => range.start + cell,
            Kept::List(list) => list.ranks[cell],
            Kept::Everywhere(range) => range.start,
        }
    }

    /// The cell that a rank holds, or has a copy of; `None` when it holds none.
    ///
    /// ```
    /// # use distarray_core::dist::Ranks;
    /// assert_eq!((Ranks::range(2..5).cell(4), Ranks::range(2..5).cell(5)), (Some(2), None));
    /// ```
    pub fn cell(&self, rank: usize) -> Option<usize> {
        match &self.0 {
            Kept::Range(range) => range.contains(&rank).then(|| rank - range.start),
            Kept::List(list) => {
                let found = list.cells.binary_search_by_key(&rank, |&(rank, _)| rank).ok()?;
                Some(list.cells[found].1)
            }
            Kept::Everywhere(range) => range.contains(&rank).then_some(0),
        }
    }

    /// The ranks in the order of their cells.
    ///
    /// ```
    /// # use distarray_core::dist::Ranks;
    /// assert_eq!(Ranks::range(2..5).iter().collect::<Vec<_>>(), [2, 3, 4]);
    /// ```
    pub fn iter(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        (0..self.len()).map(|cell| self.rank(cell))
    }

    /// The highest rank, `None` when there is no cell.
    ///
    /// ```
    /// # use distarray_core::dist::Ranks;
    /// assert_eq!(Ranks::list([4, 1])?.max(), Some(4));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn max(&self) -> Option<usize> {
        match &self.0 {
            Kept::Range(range) | Kept::Everywhere(range) => range.clone().last(),
            Kept::List(list) => list.cells.last().map(|&(rank, _)| rank),
        }
    }

    /// The consecutive ranks that these are, `None` when they are not.
    ///
    /// ```
    /// # use distarray_core::dist::Ranks;
    /// assert_eq!(Ranks::list([2, 3])?.as_range(), Some(2..4));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn as_range(&self) -> Option<Range<usize>> {
        match &self.0 {
            Kept::Range(range) => Some(range.clone()),
            Kept::List(_) | Kept::Everywhere(_) => None,
        }
    }

    /// The ranks of the first `count` cells.
    pub(super) fn first(&self, count: usize) -> Self {
        match &self.0 {
            _ if count == self.len() => self.clone(),
            Kept::Range(range) => Self::range(range.start..range.start + count),
            Kept::List(_) | Kept::Everywhere(_) => self.of_cells(0..count),
        }
    }

    /// The ranks of some cells, each named once.
    pub(super) fn of_cells(&self, cells: impl IntoIterator<Item = usize>) -> Self {
        // There is only one, so it is that.
        if self.is_everywhere() {
            return self.clone();
        }
        Self::list(cells.into_iter().map(|cell| self.rank(cell)))
            .expect("distinct cells have distinct ranks")
    }
}
