//! Whether the dimension data of all processes fit each other.

use std::collections::BTreeSet;

use crate::{DimData, DistType, ProtocolError};

/// Whether the dimension data of all processes, in the order of their ranks, make up one array.
///
/// Each is sound by itself; all have the same number of dimensions; the process grid has as many places as there
/// are processes and is filled in C order; what belongs to a dimension (type, size, grid size, `periodic`,
/// `block_size`, `one_to_one`) is the same everywhere; processes with the same grid rank have equal
/// entries, but for boundary padding; and along each dimension
/// - owned ranges of blocks join without gap or overlap from zero to the size (without padding: each stop is the
///   next start); facing padding widths are equal and no wider than what the neighbour owns;
/// - cyclic sections start at different blocks and add up to the size;
/// - index lists add up to the size, and share no index where they are declared `one_to_one` (where
///   they are not, the number of different indices may be the size instead).
///
/// An error names the dimension, the key, two processes and what each says. No communication: the caller
/// gathers the data. O(p d) for p processes and d dimensions, and O(n log n) in the total length of index lists.
///
/// ```
/// use distarray_protocol::{DimData, validate_all};
///
/// let halves = [
///     [DimData::block(20, 2, 0, 0..13).with_padding(0, 2)],
///     [DimData::block(20, 2, 1, 9..20).with_padding(2, 0)],
/// ];
/// validate_all(&halves)?;
///
/// let torn = [[DimData::block(20, 2, 0, 0..11)], [DimData::block(20, 2, 1, 12..20)]];
/// assert_eq!(
///     validate_all(&torn).unwrap_err().to_string(),
///     "dimension 0: 'start' is 11 on process 0 and 12 on process 1, but the second section must begin \
///      where the first one ends",
/// );
/// # Ok::<(), distarray_protocol::ProtocolError>(())
/// ```
pub fn validate_all<'a, D: AsRef<[DimData<'a>]>>(processes: &[D]) -> Result<(), ProtocolError> {
    let processes: Vec<&[DimData<'a>]> = processes.iter().map(AsRef::as_ref).collect();
    let Some(&first) = processes.first() else {
        return Err(ProtocolError::ProcessCount { grid: Vec::new(), processes: 0 });
    };
    for dims in &processes {
        if dims.len() != first.len() {
            return Err(ProtocolError::DimensionCount {
                dim_data: dims.len(),
                buffer: first.len(),
            });
        }
        for (dimension, dim) in dims.iter().enumerate() {
            dim.validate(dimension)?;
        }
    }
    let grid: Vec<usize> = first.iter().map(|dim| dim.proc_grid_size).collect();
    for dimension in 0..grid.len() {
        check_dimension_wide(dimension, &processes)?;
    }
    let places = grid.iter().try_fold(1_usize, |places, &extent| places.checked_mul(extent));
    if places != Some(processes.len()) {
        return Err(ProtocolError::ProcessCount { grid, processes: processes.len() });
    }
    // In C order, processes that differ in this dimension only are `step` ranks apart.
    let mut step = processes.len();
    for (dimension, extent) in grid.into_iter().enumerate() {
        step /= extent;
        let axis = Axis { dimension, extent, step, processes: &processes };
        axis.check_grid_ranks()?;
        axis.check_planes()?;
        match first[dimension].dist_type {
            DistType::Block { .. } => axis.check_blocks()?,
            DistType::Cyclic { .. } => axis.check_cyclic()?,
            DistType::Unstructured { .. } => axis.check_indices()?,
        }
    }
    Ok(())
}

/// What belongs to the dimension and not to a process must be the same on all of them.
fn check_dimension_wide(
    dimension: usize,
    processes: &[&[DimData<'_>]],
) -> Result<(), ProtocolError> {
    let claims = |process: usize| {
        let dim = &processes[process][dimension];
        let (key, value) = match &dim.dist_type {
            DistType::Block { periodic, .. } => ("periodic", periodic.to_string()),
            DistType::Cyclic { block_size, .. } => ("block_size", block_size.to_string()),
            DistType::Unstructured { one_to_one, .. } => ("one_to_one", one_to_one.to_string()),
        };
        [
            ("dist_type", dim.dist_type.letter().to_owned()),
            ("size", dim.size.to_string()),
            ("proc_grid_size", dim.proc_grid_size.to_string()),
            (key, value),
        ]
    };
    let expected = claims(0);
    for process in 1..processes.len() {
        for ((key, first), (_, other)) in expected.iter().zip(claims(process)) {
            if *first != other {
                let values = (first.clone(), other);
                let rule = "must be the same on all processes";
                return Err(disagreement(dimension, key, (0, process), values, rule));
            }
        }
    }
    Ok(())
}

/// One dimension of a process grid that has been found to fit the processes.
struct Axis<'p, 'a> {
    dimension: usize,
    extent: usize,
    step: usize,
    processes: &'p [&'p [DimData<'a>]],
}

impl<'p, 'a> Axis<'p, 'a> {
    fn dim(&self, process: usize) -> &'p DimData<'a> {
        &self.processes[process][self.dimension]
    }

    /// The sections along the axis, one for each grid rank, with the process that was asked.
    fn line(&self) -> impl Iterator<Item = (usize, &'p DimData<'a>)> + '_ {
        (0..self.extent).map(|rank| (rank * self.step, self.dim(rank * self.step)))
    }

    fn check_grid_ranks(&self) -> Result<(), ProtocolError> {
        for process in 0..self.processes.len() {
            let (expected, found) =
                (process / self.step % self.extent, self.dim(process).proc_grid_rank);
            if found != expected {
                let rule = format!("must be {expected} on process {process} of a grid in C order");
                return Err(ProtocolError::invalid(self.dimension, "proc_grid_rank", found, rule));
            }
        }
        Ok(())
    }

    /// Processes of the same grid rank describe the dimension alike.
    fn check_planes(&self) -> Result<(), ProtocolError> {
        for process in 0..self.processes.len() {
            let first = process / self.step % self.extent * self.step;
            let (mine, theirs) = (self.dim(first), self.dim(process));
            let differing = match (&mine.dist_type, &theirs.dist_type) {
                (
                    DistType::Block { start, stop, .. },
                    DistType::Block { start: other_start, stop: other_stop, .. },
                ) => [
                    ("start", start.to_string(), other_start.to_string()),
                    ("stop", stop.to_string(), other_stop.to_string()),
                    (
                        "padding",
                        format!("{:?}", mine.communication_widths()),
                        format!("{:?}", theirs.communication_widths()),
                    ),
                ]
                .into_iter()
                .find(|(_, mine, theirs)| mine != theirs),
                (
                    DistType::Unstructured { indices, .. },
                    DistType::Unstructured { indices: others, .. },
                ) if indices != others => Some((
                    "indices",
                    format!("{} long", indices.len()),
                    format!("{} long with other values", others.len()),
                )),
                (DistType::Cyclic { start, .. }, DistType::Cyclic { start: other, .. })
                    if start != other =>
                {
                    Some(("start", start.to_string(), other.to_string()))
                }
                _ => None,
            };
            if let Some((key, mine, theirs)) = differing {
                let rule = "must be the same on processes of the same proc_grid_rank";
                return Err(self.disagreement(key, (first, process), (mine, theirs), rule));
            }
        }
        Ok(())
    }

    fn check_blocks(&self) -> Result<(), ProtocolError> {
        let mut previous: Option<(usize, &DimData<'a>)> = None;
        let mut end = (0, 0);
        for (process, dim) in self.line() {
            let DistType::Block { start, stop, .. } = dim.dist_type else { continue };
            let (left, right) = dim.communication_widths();
            if let Some((before, neighbour)) = previous {
                let (_, facing) = neighbour.communication_widths();
                if facing != left {
                    let values = (facing.to_string(), left.to_string());
                    let rule = "the widths that face each other must be equal";
                    return Err(self.disagreement("padding", (before, process), values, rule));
                }
                for (width, owner) in [(left, neighbour), (facing, dim)] {
                    if width > owner.num_owned() {
                        let rule = "must not exceed what the neighbour owns";
                        let values = (width.to_string(), format!("{} owned", owner.num_owned()));
                        let between = if std::ptr::eq(owner, dim) {
                            (before, process)
                        } else {
                            (process, before)
                        };
                        return Err(self.disagreement("padding", between, values, rule));
                    }
                }
            }
            previous = Some((process, dim));
            // Empty sections may be given as `start == size` wherever they are.
            if start == stop && start == dim.size {
                continue;
            }
            if start + left != end.0 {
                let values = (end.0.to_string(), (start + left).to_string());
                let rule = "the second section must begin where the first one ends";
                return Err(self.disagreement("start", (end.1, process), values, rule));
            }
            end = (stop - right, process);
        }
        let size = self.dim(0).size;
        if end.0 != size {
            let rule = format!("the sections of all processes end at {}", end.0);
            return Err(ProtocolError::invalid(self.dimension, "size", size, rule));
        }
        Ok(())
    }

    fn check_cyclic(&self) -> Result<(), ProtocolError> {
        let mut starts: Vec<(usize, usize)> = self
            .line()
            .filter(|(_, dim)| dim.extent() > 0)
            .filter_map(|(process, dim)| match dim.dist_type {
                DistType::Cyclic { start, .. } => Some((start, process)),
                _ => None,
            })
            .collect();
        starts.sort_unstable();
        if let Some(pair) = starts.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let values = (pair[0].0.to_string(), pair[1].0.to_string());
            let rule = "two processes cannot own the same block";
            return Err(self.disagreement("start", (pair[0].1, pair[1].1), values, rule));
        }
        self.check_total(None)
    }

    fn check_indices(&self) -> Result<(), ProtocolError> {
        let mut held = Vec::new();
        let mut unique = false;
        for (process, dim) in self.line() {
            let DistType::Unstructured { indices, one_to_one } = &dim.dist_type else { continue };
            held.extend(indices.iter().map(|&index| (index, process)));
            unique = *one_to_one;
        }
        held.sort_unstable();
        let twice = held.windows(2).find(|pair| pair[0].0 == pair[1].0);
        if let (true, Some(pair)) = (unique, twice) {
            let value = format!("a list with {}", pair[0].0);
            let rule = "no index may be held twice where they are one_to_one";
            let processes = (pair[0].1, pair[1].1);
            return Err(self.disagreement("indices", processes, (value.clone(), value), rule));
        }
        let different: BTreeSet<i64> = held.into_iter().map(|(index, _)| index).collect();
        self.check_total((!unique).then_some(different.len()))
    }

    /// The owned counts add up to the size, or `different` is the size.
    fn check_total(&self, different: Option<usize>) -> Result<(), ProtocolError> {
        let size = self.dim(0).size;
        let owned: usize = self.line().map(|(_, dim)| dim.num_owned()).sum();
        if owned == size || different == Some(size) {
            return Ok(());
        }
        let rule = format!("the processes own {owned} indices together");
        Err(ProtocolError::invalid(self.dimension, "size", size, rule))
    }

    fn disagreement(
        &self,
        key: &str,
        processes: (usize, usize),
        values: (String, String),
        rule: &str,
    ) -> ProtocolError {
        disagreement(self.dimension, key, processes, values, rule)
    }
}

fn disagreement(
    dimension: usize,
    key: &str,
    processes: (usize, usize),
    values: (String, String),
    rule: &str,
) -> ProtocolError {
    ProtocolError::Disagreement {
        dimension,
        key: key.to_owned(),
        processes,
        values,
        rule: rule.to_owned(),
    }
}
