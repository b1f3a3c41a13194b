//! The typed form of one dimension dictionary.

use std::borrow::Cow;
use std::ops::Range;

/// How one dimension of an array is spread over the process grid, seen from one process.
///
/// The fields are what the process claims; [`validate`](Self::validate) tells whether the claims are sound, and
/// [`validate_all`](crate::validate_all) whether those of all processes fit each other.
///
/// ```
/// use distarray_protocol::{DimData, DistType};
///
/// // The second of two processes: global indices 8 to 17, of which 8 belongs to the first one.
/// let dim = DimData::block(18, 2, 1, 8..18).with_padding(1, 1);
/// assert_eq!(dim.extent(), 10);
/// assert_eq!(dim.num_owned(), 9);
/// assert!(matches!(dim.dist_type, DistType::Block { start: 8, .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DimData<'a> {
    /// The global number of indices; boundary padding counts, communication padding does not.
    pub size: usize,
    /// The number of processes along this dimension of the process grid.
    pub proc_grid_size: usize,
    /// The place of this process along this dimension of the process grid.
    pub proc_grid_rank: usize,
    /// Which indices the process holds.
    pub dist_type: DistType<'a>,
}

/// Which global indices a process holds along one dimension.
///
/// ```
/// use distarray_protocol::DimData;
/// assert_eq!(DimData::cyclic(9, 2, 0, 4).dist_type.letter(), "c");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DistType<'a> {
    /// `'b'`: one contiguous range.
    Block {
        /// The first index held, padding included.
        start: usize,
        /// One past the last index held, padding included.
        stop: usize,
        /// The widths of the padding at both ends: of the boundary on the first and last process of the grid, of
        /// communication with the neighbour everywhere else.
        padding: (usize, usize),
        /// Whether the dimension closes on itself.
        periodic: bool,
    },
    /// `'c'`: blocks dealt out in turn.
    Cyclic {
        /// The first index held; the global size or more when there is none.
        start: usize,
        /// The number of indices in a block.
        block_size: usize,
    },
    /// `'u'`: any indices in any order.
    Unstructured {
        /// The global index at each local position; may be negative.
        indices: Cow<'a, [i64]>,
        /// Whether no index is held by two processes.
        one_to_one: bool,
    },
}

impl DistType<'_> {
    /// The letter that names it in the protocol: `b`, `c` or `u`.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// assert_eq!(DimData::undistributed(3).dist_type.letter(), "b");
    /// ```
    pub fn letter(&self) -> &'static str {
        match self {
            Self::Block { .. } => "b",
            Self::Cyclic { .. } => "c",
            Self::Unstructured { .. } => "u",
        }
    }
}

impl<'a> DimData<'a> {
    /// A block of contiguous global indices, without padding and not periodic.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// assert_eq!(DimData::block(10, 4, 3, 9..10).num_owned(), 1);
    /// ```
    pub fn block(
        size: usize,
        proc_grid_size: usize,
        proc_grid_rank: usize,
        indices: Range<usize>,
    ) -> Self {
        let dist_type = DistType::Block {
            start: indices.start,
            stop: indices.end,
            padding: (0, 0),
            periodic: false,
        };
        Self { size, proc_grid_size, proc_grid_rank, dist_type }
    }

    /// A whole dimension on one process: what the empty dictionary `{}` stands for.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// assert_eq!(DimData::undistributed(7), DimData::block(7, 1, 0, 0..7));
    /// ```
    pub fn undistributed(size: usize) -> Self {
        Self::block(size, 1, 0, 0..size)
    }

    /// Blocks of `block_size` indices dealt out in turn, the first one to the first process.
    ///
    /// A block size of one is the plain cyclic distribution.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// let dim = DimData::cyclic(10, 3, 2, 4);
    /// assert_eq!(dim.global_indices().collect::<Vec<_>>(), [8, 9]);
    /// ```
    pub fn cyclic(
        size: usize,
        proc_grid_size: usize,
        proc_grid_rank: usize,
        block_size: usize,
    ) -> Self {
        let start = proc_grid_rank.saturating_mul(block_size);
        let dist_type = DistType::Cyclic { start, block_size };
        Self { size, proc_grid_size, proc_grid_rank, dist_type }
    }

    /// A list of global indices, one for each local position; not declared one-to-one.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// let dim = DimData::unstructured(5, 2, 1, vec![4, 2, 1]);
    /// assert_eq!(dim.global_index(0), Some(4));
    /// ```
    pub fn unstructured(
        size: usize,
        proc_grid_size: usize,
        proc_grid_rank: usize,
        indices: impl Into<Cow<'a, [i64]>>,
    ) -> Self {
        let dist_type = DistType::Unstructured { indices: indices.into(), one_to_one: false };
        Self { size, proc_grid_size, proc_grid_rank, dist_type }
    }

    /// The same block with padding widths; other kinds stay as they are.
    ///
    /// `start` and `stop` include the padding and are not moved.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// assert_eq!(DimData::block(20, 2, 0, 0..13).with_padding(0, 2).num_owned(), 11);
    /// ```
    #[must_use]
    pub fn with_padding(mut self, left: usize, right: usize) -> Self {
        if let DistType::Block { padding, .. } = &mut self.dist_type {
            *padding = (left, right);
        }
        self
    }

    /// The same block, periodic or not; other kinds stay as they are.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// let dim = DimData::undistributed(10).with_periodic(true);
    /// assert_eq!(dim.to_dict().get("periodic"), Some(&true.into()));
    /// ```
    #[must_use]
    pub fn with_periodic(mut self, closed: bool) -> Self {
        if let DistType::Block { periodic, .. } = &mut self.dist_type {
            *periodic = closed;
        }
        self
    }

    /// The same index list, declared one-to-one or not; other kinds stay as they are.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// let dim = DimData::unstructured(2, 1, 0, vec![1, 0]).with_one_to_one(true);
    /// assert_eq!(dim.to_dict().get("one_to_one"), Some(&true.into()));
    /// ```
    #[must_use]
    pub fn with_one_to_one(mut self, unique: bool) -> Self {
        if let DistType::Unstructured { one_to_one, .. } = &mut self.dist_type {
            *one_to_one = unique;
        }
        self
    }

    /// The same with an index list of its own; copies the list if it was borrowed.
    ///
    /// ```
    /// use distarray_protocol::DimData;
    /// fn kept() -> DimData<'static> {
    ///     let indices = [3, 0];
    ///     DimData::unstructured(5, 2, 0, &indices[..]).into_owned()
    /// }
    /// assert_eq!(kept().num_owned(), 2);
    /// ```
    pub fn into_owned(self) -> DimData<'static> {
        let dist_type = match self.dist_type {
            DistType::Unstructured { indices, one_to_one } => {
                DistType::Unstructured { indices: Cow::Owned(indices.into_owned()), one_to_one }
            }
            DistType::Block { start, stop, padding, periodic } => {
                DistType::Block { start, stop, padding, periodic }
            }
            DistType::Cyclic { start, block_size } => DistType::Cyclic { start, block_size },
        };
        DimData {
            size: self.size,
            proc_grid_size: self.proc_grid_size,
            proc_grid_rank: self.proc_grid_rank,
            dist_type,
        }
    }
}
