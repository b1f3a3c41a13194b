//! One dimension of one process, by the text of the specification.

use crate::{DimData, DistType, ProtocolError};

/// Checks all that one process can see; against the extent of its buffer where that is known.
pub(super) fn check(
    dimension: usize,
    dim: &DimData<'_>,
    extent: Option<usize>,
) -> Result<(), ProtocolError> {
    let refuse = |key, value: &dyn ToString, rule: String| {
        Err(ProtocolError::invalid(dimension, key, value.to_string(), rule))
    };
    if dim.proc_grid_size == 0 {
        return refuse("proc_grid_size", &0, "must be at least 1".to_owned());
    }
    if dim.proc_grid_rank >= dim.proc_grid_size {
        let rule = format!("must be less than the proc_grid_size {}", dim.proc_grid_size);
        return refuse("proc_grid_rank", &dim.proc_grid_rank, rule);
    }
    match &dim.dist_type {
        DistType::Block { start, stop, padding, .. } => {
            check_block(dimension, dim, (*start, *stop), *padding)?;
        }
        DistType::Cyclic { start, block_size } => {
            check_cyclic(dimension, dim, *start, *block_size)?;
        }
        DistType::Unstructured { indices, .. } => check_indices(dimension, dim, indices)?,
    }
    if dim.proc_grid_size == 1 && dim.num_owned() != dim.size {
        let rule = format!("the only process of the dimension owns {} of them", dim.num_owned());
        return refuse("size", &dim.size, rule);
    }
    match (extent, &dim.dist_type) {
        (Some(extent), dist_type) if extent != dim.extent() => {
            let (key, value) = match dist_type {
                DistType::Block { stop, .. } => ("stop", *stop),
                DistType::Cyclic { .. } => ("size", dim.size),
                DistType::Unstructured { indices, .. } => ("indices", indices.len()),
            };
            let value = if key == "indices" { format!("{value} long") } else { value.to_string() };
            let rule = format!(
                "that makes {} local elements, where the buffer has {extent}",
                dim.extent()
            );
            refuse(key, &value, rule)
        }
        _ => Ok(()),
    }
}

fn check_block(
    dimension: usize,
    dim: &DimData<'_>,
    (start, stop): (usize, usize),
    (left, right): (usize, usize),
) -> Result<(), ProtocolError> {
    let refuse =
        |key, value, rule: String| Err(ProtocolError::invalid(dimension, key, value, rule));
    if stop < start {
        return refuse("stop", stop, format!("must not be less than the start {start}"));
    }
    if stop > dim.size {
        return refuse("stop", stop, format!("must not exceed the size {}", dim.size));
    }
    // An empty section may lie anywhere.
    if start < stop && dim.proc_grid_rank == 0 && start != 0 {
        return refuse("start", start, "must be 0 on the first process of the grid".to_owned());
    }
    if start < stop && dim.proc_grid_rank == dim.proc_grid_size - 1 && stop != dim.size {
        let rule = format!("must be the size {} on the last process of the grid", dim.size);
        return refuse("stop", stop, rule);
    }
    if left.checked_add(right).is_none_or(|width| width > stop - start) {
        return Err(ProtocolError::invalid(
            dimension,
            "padding",
            format!("({left}, {right})"),
            format!("there are only {} elements from start to stop", stop - start),
        ));
    }
    Ok(())
}

fn check_cyclic(
    dimension: usize,
    dim: &DimData<'_>,
    start: usize,
    block_size: usize,
) -> Result<(), ProtocolError> {
    let refuse =
        |key, value, rule: String| Err(ProtocolError::invalid(dimension, key, value, rule));
    if block_size == 0 {
        return refuse("block_size", 0, "must be at least 1".to_owned());
    }
    if start >= dim.size {
        return Ok(());
    }
    if !start.is_multiple_of(block_size) {
        return refuse(
            "start",
            start,
            format!("must be a multiple of the block_size {block_size}"),
        );
    }
    if start / block_size >= dim.proc_grid_size {
        let first_round = dim.proc_grid_size as u128 * block_size as u128;
        return refuse("start", start, format!("the first turn of blocks ends at {first_round}"));
    }
    Ok(())
}

fn check_indices(
    dimension: usize,
    dim: &DimData<'_>,
    indices: &[i64],
) -> Result<(), ProtocolError> {
    let refuse = |value: String, rule: &str| {
        Err(ProtocolError::invalid(dimension, "indices", value, rule.to_owned()))
    };
    if indices.len() > dim.size {
        let rule = format!("there are only {} in the whole dimension", dim.size);
        return refuse(format!("{} long", indices.len()), &rule);
    }
    let mut sorted = indices.to_vec();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => refuse(format!("a list with {} twice", pair[0]), "must be locally unique"),
        None => Ok(()),
    }
}
