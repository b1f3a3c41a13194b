//! Sections of the Distributed Array Protocol as an array.

use distarray_protocol::{Buffer, Dict, DimData, DistBuffer, DistType, Mode, Value, validate_all};
use ndarray::{ArrayViewD, Slice};

use super::export::format_of;
use crate::block::{Block, Part, view_of_buffer};
use crate::comm::Communicator;
use crate::dist::{AxisMap, Dist, Distribution, Ranks};
use crate::element::{DType, Element};
use crate::error::{Error, Result};
use crate::handle::ArrayRef;

/// The array whose sections the ranks pass; every rank is one process of the sections' grid.
///
/// The elements stay where they are where they are aligned, and the padding is as wide on every rank
/// as the array's halo; else they are copied once. Where padding is narrower than the halo, what the
/// halo holds is not copied.
/// One gather of the ranks' dimension data.
///
/// # Errors
/// A section is not sound by the protocol's text, holds another dtype, or the sections do not fit
/// each other; each the same on every rank.
pub fn import(
    comm: &dyn Communicator,
    section: DistBuffer<'static>,
    dtype: DType,
) -> Result<ArrayRef> {
    let distribution = imported_distribution(comm, &section, dtype)?;
    comm.agree(adopt(section.buffer, &section.dim_data, dtype, &distribution, comm.rank()))
}

/// As [`import`], by one copy of the elements of sections that are only lent.
///
/// # Errors
/// As of [`import`]; there is no memory for the copy.
pub fn import_copy<T: Element>(
    comm: &dyn Communicator,
    section: &DistBuffer<'_>,
) -> Result<ArrayRef> {
    let distribution = imported_distribution(comm, section, T::DTYPE)?;
    comm.agree(match view_of_buffer::<T>(&section.buffer) {
        Ok(view) => copy_section(&view, &section.dim_data, &distribution, comm.rank()),
        Err(_) => {
            let buffer = section.buffer.to_contiguous();
            adopt(buffer, &section.dim_data, T::DTYPE, &distribution, comm.rank())
        }
    })
}

/// The distribution of the array whose sections the ranks pass, and this rank's elements where they
/// lie, halo included.
///
/// # Errors
/// As of [`import`]; elements are not aligned, or truth values are other bytes than 0 and 1.
pub fn import_view<'a, T: Element>(
    comm: &dyn Communicator,
    section: &'a DistBuffer<'_>,
) -> Result<(Distribution, ArrayViewD<'a, T>)> {
    let distribution = imported_distribution(comm, section, T::DTYPE)?;
    let view = comm.agree(view_of_buffer(&section.buffer))?;
    Ok((distribution, view))
}

/// A copy of a rank's elements, in an array of its own.
///
/// # Errors
/// There is no memory for it; the other ranks do not learn of it.
pub fn copy_section<T: Element>(
    section: &ArrayViewD<'_, T>,
    dim_data: &[DimData<'_>],
    distribution: &Distribution,
    rank: usize,
) -> Result<ArrayRef> {
    let mut array = ArrayRef::zeros(T::DTYPE, distribution, rank)?;
    if let Some(part) = array.part_mut() {
        if distribution.padding(rank) == widths(dim_data) {
            part.with_halo_mut().view_mut::<T>()?.assign(section);
        } else {
            part.view_mut::<T>()?.assign(&owned_section(section.view(), dim_data));
        }
    }
    Ok(array)
}

/// What a section holds without its communication padding.
pub fn owned_section<'a, T>(
    mut section: ArrayViewD<'a, T>,
    dim_data: &[DimData<'_>],
) -> ArrayViewD<'a, T> {
    section
        .slice_each_axis_inplace(|axis| Slice::from(dim_data[axis.axis.index()].owned_positions()));
    section
}

/// The distribution that the sections of all ranks make up; the same on each.
fn imported_distribution(
    comm: &dyn Communicator,
    section: &DistBuffer<'_>,
    dtype: DType,
) -> Result<Distribution> {
    comm.agree(check(section, dtype))?;
    let text = Value::tuple(section.dim_data.iter().map(DimData::to_dict)).to_literal();
    let text = comm.agree(text.map_err(Error::from))?;
    let texts = comm.all_gather_varying(text.as_bytes())?;
    // From here on every rank has the same data and finds the same errors.
    let all = texts.iter().map(|text| read(text)).collect::<Result<Vec<_>>>()?;
    validate_all(&all)?;
    let ndim = section.dim_data.len();
    let axes = (0..ndim).map(|axis| map_of(&all, axis)).collect::<Result<Vec<_>>>()?;
    Distribution::from_maps(axes, Ranks::range(0..comm.size()))
}

fn check(section: &DistBuffer<'_>, dtype: DType) -> Result<()> {
    section.validate(Mode::Text)?;
    let found = section.buffer.format();
    if found != format_of(dtype) {
        let found = found.numpy_string();
        let message =
            format!("the section holds {found}, not {dtype} in this machine's byte order");
        return Err(Error::dtype(message));
    }
    Ok(())
}

fn read(text: &[u8]) -> Result<Vec<DimData<'static>>> {
    let unreadable = || Error::distribution("a rank's dimension data cannot be read");
    let text = std::str::from_utf8(text).map_err(|_| unreadable())?;
    let Value::Tuple(dims) = Value::from_literal(text)? else { return Err(unreadable()) };
    let read = |(axis, dim): (usize, Value<'_>)| match dim {
        Value::Dict(dict) => read_axis(axis, dict),
        _ => Err(unreadable()),
    };
    dims.into_iter().enumerate().map(read).collect()
}

fn read_axis(axis: usize, dict: Dict<'_>) -> Result<DimData<'static>> {
    Ok(DimData::from_dict(axis, &dict, 0)?.into_owned())
}

/// One axis from the dimension data of all processes, in the order of their grid ranks.
fn map_of(all: &[Vec<DimData<'_>>], axis: usize) -> Result<AxisMap> {
    let first = &all[0][axis];
    let (len, parts) = (first.size, first.proc_grid_size);
    let mut by_part = vec![first; parts];
    for dims in all {
        by_part[dims[axis].proc_grid_rank] = &dims[axis];
    }
    match &first.dist_type {
        DistType::Block { periodic, .. } => {
            let bounds: Vec<usize> =
                by_part.iter().map(|dim| owned_start(dim)).chain([len]).collect();
            let regular = AxisMap::new(len, parts, Dist::Block)?;
            let irregular = AxisMap::new(len, parts, Dist::irregular(bounds))?;
            let map = match regular.is_compatible(&irregular) {
                true if parts == 1 => AxisMap::new(len, 1, Dist::Undistributed)?,
                true => regular,
                false => irregular,
            };
            let widths = by_part.iter().map(|dim| dim.communication_widths());
            let low = widths.clone().map(|(left, _)| left).max().unwrap_or(0);
            let high = widths.map(|(_, right)| right).max().unwrap_or(0);
            let padding = |part: usize| match by_part[part].dist_type {
                DistType::Block { padding, .. } => padding,
                _ => (0, 0),
            };
            let boundary = (padding(0).0, padding(parts - 1).1);
            map.with_halo(low, high)?
                .with_boundary(boundary.0, boundary.1)?
                .with_periodic(*periodic)
        }
        DistType::Cyclic { block_size, .. } => {
            for (part, dim) in by_part.iter().enumerate() {
                let DistType::Cyclic { start, .. } = dim.dist_type else { continue };
                // Beyond what can be counted no part owns anything.
                let expected = part.saturating_mul(*block_size);
                if start != expected && start.min(expected) < len {
                    return Err(Error::distribution(format!(
                        "dimension {axis}: 'start' is {start} on process {part} of its axis; arrays \
                         here deal out blocks from the first process on, where it is {expected}"
                    )));
                }
            }
            AxisMap::new(len, parts, Dist::BlockCyclic(*block_size))
        }
        DistType::Unstructured { .. } => {
            let list = |dim: &&DimData<'_>| -> Result<Vec<usize>> {
                let index = |index: i64| {
                    usize::try_from(index).map_err(|_| {
                        Error::distribution(format!("dimension {axis}: index {index} is negative"))
                    })
                };
                dim.global_indices().map(index).collect()
            };
            let lists = by_part.iter().map(list).collect::<Result<Vec<_>>>()?;
            AxisMap::new(len, parts, Dist::unstructured(lists))
        }
    }
}

/// The widths of a section's halo on each axis.
fn widths(dim_data: &[DimData<'_>]) -> Vec<(usize, usize)> {
    dim_data.iter().map(DimData::communication_widths).collect()
}

/// The first index that a block owns, after its communication padding.
fn owned_start(dim: &DimData<'_>) -> usize {
    match dim.dist_type {
        DistType::Block { start, .. } => start + dim.communication_widths().0,
        _ => 0,
    }
}

/// A part over the buffer's memory where that can be, else a copy of its elements.
fn adopt(
    buffer: Buffer<'static>,
    dim_data: &[DimData<'_>],
    dtype: DType,
    distribution: &Distribution,
    rank: usize,
) -> Result<ArrayRef> {
    let item = dtype.size();
    let aligned = buffer.as_ptr().addr().is_multiple_of(dtype.alignment())
        && buffer.strides().iter().all(|stride| stride % item as isize == 0);
    let buffer = match dtype {
        // Other libraries' truth values may be any byte; here they are 0 or 1.
        DType::Bool if buffer.as_slice::<bool>().is_err() => {
            let values: Vec<bool> = buffer.elements()?.collect();
            Buffer::from_vec(values).with_shape(buffer.shape())?
        }
        _ if aligned => buffer,
        _ => buffer.to_contiguous(),
    };
    let widths = widths(dim_data);
    let shape = distribution.local_shape(rank);
    let block = Block::of_buffer(dtype, buffer)?;
    let origin: Vec<_> = widths.iter().map(|(left, _)| *left).collect();
    let given = Part::within(block, origin, shape);
    if distribution.padding(rank) == widths {
        return Ok(ArrayRef::from_part(dtype, distribution, given));
    }
    let mut array = ArrayRef::zeros(dtype, distribution, rank)?;
    if let Some(part) = array.part_mut() {
        part.assign(&given.owned())?;
    }
    Ok(array)
}
