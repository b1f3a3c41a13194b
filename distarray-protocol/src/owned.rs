//! Which global indices a process holds and owns along one dimension.

use std::ops::Range;

use crate::{DimData, DistType};

impl DimData<'_> {
    /// The number of indices that the process holds: the extent its buffer must have; padding counts.
    ///
    /// O(1).
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// assert_eq!(DimData::block(20, 2, 0, 0..13).with_padding(0, 2).extent(), 13);
    /// assert_eq!(DimData::cyclic(9, 4, 3, 1).extent(), 2);
    /// ```
    pub fn extent(&self) -> usize {
        match &self.dist_type {
            DistType::Block { start, stop, .. } => stop.saturating_sub(*start),
            DistType::Cyclic { start, block_size } => self.dealt(*start, *block_size),
            DistType::Unstructured { indices, .. } => indices.len(),
        }
    }

    /// The number of indices that the process owns: those it holds but for communication padding.
    ///
    /// Boundary padding is owned. Over all processes of the dimension the numbers add up to `size`. O(1).
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// let first = DimData::block(20, 2, 0, 0..13).with_padding(0, 2);
    /// let second = DimData::block(20, 2, 1, 9..20).with_padding(2, 0);
    /// assert_eq!((first.num_owned(), second.num_owned()), (11, 9));
    /// ```
    pub fn num_owned(&self) -> usize {
        self.owned_positions().len()
    }

    /// The local positions of the indices that the process owns.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// let inner = DimData::block(50, 10, 3, 14..21).with_padding(1, 2);
    /// assert_eq!(inner.owned_positions(), 1..5);
    /// ```
    pub fn owned_positions(&self) -> Range<usize> {
        let (left, right) = self.communication_widths();
        let extent = self.extent();
        let start = left.min(extent);
        start..extent.saturating_sub(right).max(start)
    }

    /// The global index at a local position; `None` outside the extent.
    ///
    /// O(1).
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// let dim = DimData::cyclic(9, 2, 1, 2);
    /// assert_eq!(dim.global_index(2), Some(6));
    /// assert_eq!(dim.global_index(4), None);
    /// ```
    pub fn global_index(&self, local: usize) -> Option<i64> {
        if local >= self.extent() {
            return None;
        }
        match &self.dist_type {
            DistType::Block { start, .. } => i64::try_from(start + local).ok(),
            DistType::Cyclic { start, block_size } => {
                let (turn, within) = (local / block_size, local % block_size);
                // Below `size`, since the position is inside the extent.
                i64::try_from(start + turn * block_size * self.proc_grid_size + within).ok()
            }
            DistType::Unstructured { indices, .. } => indices.get(local).copied(),
        }
    }

    /// The global indices of all local positions, in local order; padding included.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// let dim = DimData::cyclic(9, 2, 0, 2);
    /// assert_eq!(dim.global_indices().collect::<Vec<_>>(), [0, 1, 4, 5, 8]);
    /// ```
    pub fn global_indices(&self) -> impl Iterator<Item = i64> + '_ {
        (0..self.extent()).filter_map(|local| self.global_index(local))
    }

    /// The global indices that the process owns, in local order; communication padding left out.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// let dim = DimData::block(8, 2, 1, 3..8).with_padding(1, 0);
    /// assert_eq!(dim.owned_indices().collect::<Vec<_>>(), [4, 5, 6, 7]);
    /// ```
    pub fn owned_indices(&self) -> impl Iterator<Item = i64> + '_ {
        self.owned_positions().filter_map(|local| self.global_index(local))
    }

    /// The widths of the communication padding at both ends; zero where the padding is boundary.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// let first = DimData::block(50, 4, 0, 0..17).with_padding(4, 1);
    /// assert_eq!(first.communication_widths(), (0, 1));
    /// ```
    pub fn communication_widths(&self) -> (usize, usize) {
        let DistType::Block { padding: (left, right), .. } = self.dist_type else {
            return (0, 0);
        };
        let first = self.proc_grid_rank == 0;
        let last = self.proc_grid_rank.saturating_add(1) >= self.proc_grid_size;
        (if first { 0 } else { left }, if last { 0 } else { right })
    }

    /// The number of indices from `start` on when blocks are dealt out in turn.
    fn dealt(&self, start: usize, block_size: usize) -> usize {
        let cycle = block_size as u128 * self.proc_grid_size as u128;
        let ahead = self.size.saturating_sub(start) as u128;
        if cycle == 0 {
            return 0;
        }
        // A partial block counts for whoever's turn it is, which need not be the first process.
        let whole = ahead / cycle * block_size as u128;
        (whole + (ahead % cycle).min(block_size as u128)) as usize
    }
}
