//! A rank's part as a section of the Distributed Array Protocol.

use distarray_protocol::{Buffer, DimData, DistBuffer, ElementFormat, ElementKind, ProtocolError};

use crate::block::Block;
use crate::dist::{AxisMap, Dist};
use crate::element::DType;
use crate::handle::ArrayRef;

/// What a rank shows of one axis: how it describes it, and how much of the halo is in the buffer.
struct Shown {
    dim: DimData<'static>,
    left: usize,
    right: usize,
}

/// Describes this rank's section; nothing is copied or sent.
///
/// The protocol wants both neighbours to keep equally wide padding: of unequal halos as much is
/// shown as both keep. On a periodic axis the halo at the outer ends is not shown, since there
/// padding means the boundary. Of a boundary that is wider than the outermost part as much is shown
/// as that part owns. A copy of a replicated array is shown as an array of this rank alone, since the
/// protocol knows no copies.
///
/// # Errors
/// The rank holds no part of the array.
pub fn export(array: &ArrayRef, rank: usize) -> Result<DistBuffer<'_>, ProtocolError> {
    let (shown, block) = section(array, rank)?;
    let format = format_of(block.dtype());
    // SAFETY: the block views storage of the array, which the buffer borrows and nobody can write
    // meanwhile.
    let buffer =
        unsafe { Buffer::from_raw_parts(block.as_ptr(), format, block.shape(), block.strides())? };
    Ok(DistBuffer::new(buffer, shown.into_iter().map(|shown| shown.dim).collect()))
}

/// As [`export`], for writing; the elements are copied first where they are shared.
///
/// # Errors
/// The rank holds no part of the array; there is no memory for a copy.
pub fn export_mut(array: &mut ArrayRef, rank: usize) -> Result<DistBuffer<'_>, ProtocolError> {
    if let Some(part) = array.part_mut() {
        let unshared = part.with_halo_mut().make_unique().map(|_| ());
        unshared.map_err(|error| ProtocolError::Export { reason: error.to_string() })?;
    }
    let (shown, block) = section(array, rank)?;
    let (shape, strides) = (block.shape().to_vec(), block.strides().to_vec());
    let (format, pointer) = (format_of(block.dtype()), block.as_ptr().cast_mut());
    drop(block);
    // SAFETY: the storage is this array's alone since it was made so above; the buffer borrows the
    // array mutably.
    let buffer = unsafe { Buffer::from_raw_parts_mut(pointer, format, &shape, &strides)? };
    Ok(DistBuffer::new(buffer, shown.into_iter().map(|shown| shown.dim).collect()))
}

fn section(array: &ArrayRef, rank: usize) -> Result<(Vec<Shown>, Block), ProtocolError> {
    let distribution = array.distribution();
    let (Some(part), Some(coords)) = (array.part(), distribution.coords(rank)) else {
        let reason = format!("rank {rank} holds no part of {distribution}");
        return Err(ProtocolError::Export { reason });
    };
    let shown: Vec<Shown> =
        coords.iter().zip(distribution.axes()).map(|(&coord, map)| show(map, coord)).collect();
    let extents = part.shape().iter().zip(&shown);
    let shape: Vec<_> = extents.map(|(extent, shown)| shown.left + extent + shown.right).collect();
    if distribution.local_len(rank) == 0 {
        // A rank that owns no element keeps no halo on any axis. It shows the one that the others
        // with its place on the axis have, as the protocol wants; there is no element in it either.
        return Ok((shown, part.with_halo().emptied(&shape)));
    }
    let starts: Vec<_> =
        part.origin().iter().zip(&shown).map(|(low, shown)| low - shown.left).collect();
    let block = part.with_halo().part(&starts, &shape);
    Ok((shown, block))
}

fn show(map: &AxisMap, part: usize) -> Shown {
    let (len, parts) = (map.len(), map.parts());
    let plain = |dim| Shown { dim, left: 0, right: 0 };
    match map.dist() {
        Dist::Cyclic => plain(DimData::cyclic(len, parts, part, 1)),
        Dist::BlockCyclic(size) => plain(DimData::cyclic(len, parts, part, *size)),
        Dist::StridedCyclic(_) | Dist::Unstructured(_) => {
            let indices: Vec<i64> =
                (0..map.count(part)).map(|place| map.global(part, place) as i64).collect();
            plain(DimData::unstructured(len, parts, part, indices).with_one_to_one(true))
        }
        Dist::Undistributed | Dist::Block | Dist::Irregular(_) => {
            let owned = map.range(part).expect("a block kind has ranges");
            // What both sides of the border before `part` keep, and the neighbour owns.
            let border = |part: usize| match part {
                0 => 0,
                at if at >= parts => 0,
                at => map
                    .padding(at)
                    .0
                    .min(map.padding(at - 1).1)
                    .min(map.count(at))
                    .min(map.count(at - 1)),
            };
            let (left, right) = (border(part), border(part + 1));
            let boundary = map.boundary();
            let outer_left = if part == 0 { boundary.0.min(owned.len()) } else { left };
            let outer_right = if part + 1 == parts { boundary.1.min(owned.len()) } else { right };
            let dim = DimData::block(len, parts, part, owned.start - left..owned.end + right)
                .with_padding(outer_left, outer_right)
                .with_periodic(map.is_periodic());
            Shown { dim, left, right }
        }
    }
}

/// The protocol's element format of a dtype, in the machine's byte order.
pub(super) fn format_of(dtype: DType) -> ElementFormat {
    ElementFormat::native(match dtype {
        DType::Bool => ElementKind::Bool,
        DType::I8 => ElementKind::I8,
        DType::I16 => ElementKind::I16,
        DType::I32 => ElementKind::I32,
        DType::I64 => ElementKind::I64,
        DType::U8 => ElementKind::U8,
        DType::U16 => ElementKind::U16,
        DType::U32 => ElementKind::U32,
        DType::U64 => ElementKind::U64,
        DType::F32 => ElementKind::F32,
        DType::F64 => ElementKind::F64,
        DType::C32 => ElementKind::Complex64,
        DType::C64 => ElementKind::Complex128,
    })
}
