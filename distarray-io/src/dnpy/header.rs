//! The bytes before the elements of a `.dnpy` file: whose part it is, and then a `.npy` header.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use distarray_core::{Error, Result};
use distarray_protocol::{Buffer, Dict, DimData, DistType, Value, Version};

use crate::file::Header;
use crate::flat::ByteOrder;
use crate::npy;

/// What every file starts with.
const MAGIC: [u8; 6] = *b"\x93DARRY";

/// The `.npy` stream stands at a multiple of this many bytes.
const ALIGNMENT: usize = 16;

/// What one file says: which part of the array it has, and where its elements are.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub(super) dims: Vec<DimData<'static>>,
    /// Of the part.
    pub(super) header: Header,
    pub(super) byte_order: ByteOrder,
    pub(super) data_start: u64,
}

/// The bytes before the `.npy` stream of a part.
///
/// As the original library writes them, version 1.0; but index lists, which it writes such that it
/// cannot read them, are lists of numbers, and what is longer than 65,535 bytes is version 2.0, whose
/// length has four bytes.
pub(super) fn preamble(dims: &[DimData<'_>]) -> Vec<u8> {
    let dims: Vec<_> = dims.iter().map(dictionary).collect();
    let dims = match &dims[..] {
        [one] => format!("({one},)"),
        all => format!("({})", all.join(", ")),
    };
    let text = format!("{{'__version__': '{}', 'dim_data': {dims}, }}", Version::CURRENT);
    let padded = |prefix: usize| {
        let used = prefix + text.len() + 1;
        // A full line of spaces where none is needed.
        text.len() + 1 + ALIGNMENT - used % ALIGNMENT
    };
    let mut bytes = MAGIC.to_vec();
    let length = match u16::try_from(padded(MAGIC.len() + 4)) {
        Ok(length) => {
            bytes.extend([1, 0]);
            bytes.extend(length.to_le_bytes());
            usize::from(length)
        }
        Err(_) => {
            let length = padded(MAGIC.len() + 6);
            bytes.extend([2, 0]);
            bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
            length
        }
    };
    let end = bytes.len() + length;
    bytes.extend(text.into_bytes());
    bytes.resize(end - 1, b' ');
    bytes.push(b'\n');
    bytes
}

/// A dimension as the original prints it.
fn dictionary(dim: &DimData<'_>) -> String {
    let DimData { size, proc_grid_rank, proc_grid_size, dist_type } = dim;
    let letter = dist_type.letter();
    let common = format!(
        "'dist_type': '{letter}', 'size': {size}, 'proc_grid_rank': {proc_grid_rank}, \
         'proc_grid_size': {proc_grid_size}"
    );
    let own = match dist_type {
        DistType::Block { start, stop, .. } => format!("'start': {start}, 'stop': {stop}"),
        DistType::Cyclic { start, block_size: 1 } => format!("'start': {start}"),
        DistType::Cyclic { start, block_size } => {
            format!("'start': {start}, 'block_size': {block_size}")
        }
        DistType::Unstructured { indices, .. } => format!("'indices': {indices:?}"),
    };
    format!("{{{common}, {own}}}")
}

/// Reads everything before the elements from the start of a file of so many bytes, and checks that
/// the elements are there.
///
/// Allocates no more than what the file is found to have.
pub(super) fn read(source: &mut File, length: u64, path: &Path) -> Result<Vec<u8>> {
    let mut bytes = vec![0; MAGIC.len() + 2];
    read_more(source, &mut bytes, 0, path, "magic")?;
    if bytes[..MAGIC.len()] != MAGIC {
        let found = bytes[..MAGIC.len()].escape_ascii();
        let message = format!("magic: a .dnpy file starts with '\\x93DARRY', not '{found}'");
        return Err(Error::file(path, message));
    }
    let start = bytes.len();
    bytes.resize(start + width_of_length(&bytes, path)?, 0);
    read_more(source, &mut bytes, start, path, "header length")?;
    let start = bytes.len();
    let announced = announced_length(&bytes[MAGIC.len() + 2..]);
    let present = length.saturating_sub(start as u64);
    if announced as u64 > present {
        return Err(Error::file(
            path,
            format!(
                "header length: the header is said to have {announced} bytes, {present} follow"
            ),
        ));
    }
    bytes.resize(start + announced, 0);
    read_more(source, &mut bytes, start, path, "header")?;
    let inner = npy::read_preamble(source, length.saturating_sub(bytes.len() as u64), path)?;
    bytes.extend(inner);
    Ok(bytes)
}

/// What the bytes before the elements say.
pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Section> {
    let start = MAGIC.len() + 2 + width_of_length(bytes, path)?;
    let end = start + announced_length(&bytes[MAGIC.len() + 2..start]);
    let text: String = bytes[start..end].iter().copied().map(char::from).collect();
    let inner = npy::parse(&bytes[end..], path)?;
    let dims = dimensions(&text, &inner.header.shape, path)?;
    let data_start = bytes.len() as u64;
    Ok(Section { dims, header: inner.header, byte_order: inner.byte_order, data_start })
}

/// The dimensions that a header's text tells of a part of this shape.
fn dimensions(text: &str, shape: &[usize], path: &Path) -> Result<Vec<DimData<'static>>> {
    let refuse = |message: String| Error::file(path, message);
    let entries = Dict::entries_from_literal(text)
        .map_err(|error| refuse(format!("header: cannot be read: {error}")))?;
    let mut found = [None, None];
    for (key, value) in entries {
        let place = match &key[..] {
            "__version__" => &mut found[0],
            "dim_data" => &mut found[1],
            _ => {
                let key: String = key.chars().take(40).collect();
                let message = format!("header: has a field '{}'", key.escape_debug());
                return Err(refuse(format!("{message}; known are __version__, dim_data")));
            }
        };
        if place.replace(value).is_some() {
            return Err(refuse(format!("{key}: is given twice")));
        }
    }
    let [Some(version), Some(dim_data)] = found else {
        return Err(refuse("header: wants the fields __version__ and dim_data".into()));
    };
    let Value::Str(version) = version else {
        return Err(refuse("__version__: is no text".into()));
    };
    version
        .parse::<Version>()
        .and_then(Version::check_readable)
        .map_err(|error| refuse(format!("__version__: {error}")))?;
    let (Value::Tuple(dicts) | Value::List(dicts)) = dim_data else {
        return Err(refuse("dim_data: is no tuple of dictionaries".into()));
    };
    if dicts.len() != shape.len() {
        let message = format!("dim_data: is of {} axes, the part of {}", dicts.len(), shape.len());
        return Err(refuse(message));
    }
    let dims = dicts.into_iter().zip(shape).enumerate();
    dims.map(|(axis, (dict, &extent))| dimension(axis, dict, extent).map_err(refuse)).collect()
}

/// One dimension of a part that has so many elements along it.
fn dimension(
    axis: usize,
    dict: Value<'static>,
    extent: usize,
) -> std::result::Result<DimData<'static>, String> {
    let Value::Dict(mut dict) = dict else {
        return Err(format!("dim_data: of axis {axis} is no dictionary"));
    };
    // The protocol wants a buffer; what stands in a file are numbers in brackets.
    if let Some(Value::List(items)) = dict.get("indices") {
        let number = |item: &Value<'_>| match item {
            Value::Int(index) => i64::try_from(*index).ok(),
            _ => None,
        };
        let indices: Option<Vec<i64>> = items.iter().map(number).collect();
        let indices = indices.ok_or(format!("dim_data: axis {axis}: 'indices' are no indices"))?;
        dict.insert("indices", Buffer::from_vec(indices));
    }
    let dim =
        DimData::from_dict(axis, &dict, extent).map_err(|error| format!("dim_data: {error}"))?;
    dim.validate(axis).map_err(|error| format!("dim_data: {error}"))?;
    if dim.extent() != extent {
        let said = dim.extent();
        return Err(format!("dim_data: axis {axis} has {said} indices, the elements {extent}"));
    }
    Ok(dim.into_owned())
}

fn read_more(
    source: &mut File,
    bytes: &mut [u8],
    start: usize,
    path: &Path,
    field: &str,
) -> Result<()> {
    source.read_exact(&mut bytes[start..]).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => {
            let wanted = bytes.len();
            Error::file(path, format!("{field}: the file ends before byte {wanted}, where it does"))
        }
        _ => Error::file(path, format!("{field}: cannot be read: {error}")),
    })
}

/// How many bytes say the header's length, which is a matter of the version.
fn width_of_length(bytes: &[u8], path: &Path) -> Result<usize> {
    match (bytes[MAGIC.len()], bytes[MAGIC.len() + 1]) {
        (1, 0) => Ok(2),
        (2, 0) => Ok(4),
        (major, minor) => Err(Error::file(
            path,
            format!("version: {major}.{minor} is not known; known are 1.0 and 2.0"),
        )),
    }
}

fn announced_length(digits: &[u8]) -> usize {
    digits.iter().rev().fold(0, |length, &byte| length << 8 | usize::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the original wrote it: an array of 4 x 5 on four processes, the second one's part.
    #[test]
    fn the_bytes_are_the_originals() {
        let dims = [DimData::block(4, 4, 1, 1..2), DimData::block(5, 1, 0, 0..5)];
        let bytes = preamble(&dims);
        assert_eq!(bytes.len(), 256);
        assert_eq!(&bytes[..10], b"\x93DARRY\x01\x00\xf6\x00");
        let text = "{'__version__': '0.10.0', 'dim_data': ({'dist_type': 'b', 'size': 4, \
                    'proc_grid_rank': 1, 'proc_grid_size': 4, 'start': 1, 'stop': 2}, \
                    {'dist_type': 'b', 'size': 5, 'proc_grid_rank': 0, 'proc_grid_size': 1, \
                    'start': 0, 'stop': 5}), }            \n";
        assert_eq!(std::str::from_utf8(&bytes[10..]).unwrap(), text);
    }

    #[test]
    fn every_kind_is_read_as_it_was_written() {
        let path = Path::new("a_0.dnpy");
        let long: Vec<i64> = (0..20_000).rev().collect();
        for dims in [
            vec![],
            vec![DimData::cyclic(9, 2, 1, 1)],
            vec![DimData::cyclic(20, 2, 1, 3), DimData::undistributed(4)],
            vec![DimData::unstructured(5, 2, 0, vec![4, 0, 2])],
            vec![DimData::unstructured(20_000, 1, 0, long)],
        ] {
            let bytes = preamble(&dims);
            assert_eq!(bytes.len() % 16, 0);
            let start = 8 + width_of_length(&bytes, path).unwrap();
            assert_eq!(announced_length(&bytes[8..start]), bytes.len() - start);
            let text = std::str::from_utf8(&bytes[start..]).unwrap();
            let shape: Vec<_> = dims.iter().map(DimData::extent).collect();
            assert_eq!(dimensions(text, &shape, path).unwrap(), dims);
        }
    }

    #[test]
    fn other_notations_of_the_same() {
        let read = |dims: &str, shape: &[usize]| {
            let text = format!("{{'dim_data': {dims}, '__version__': '0.10.2'}}");
            dimensions(&text, shape, Path::new("x"))
        };
        let dims = "({'indices': array([3, 1]), 'size': 4, 'proc_grid_size': 2, \
                    'proc_grid_rank': 1, 'dist_type': 'u'}, {})";
        let expected = [DimData::unstructured(4, 2, 1, vec![3, 1]), DimData::undistributed(7)];
        assert_eq!(read(dims, &[2, 7]).unwrap(), expected);
        for (dims, shape, expected) in [
            ("5", &[1][..], "dim_data: is no tuple of dictionaries"),
            ("({},)", &[], "dim_data: is of 1 axes, the part of 0"),
            ("([],)", &[3], "dim_data: of axis 0 is no dictionary"),
            ("({'dist_type': 'z'},)", &[3], "must be 'b', 'c' or 'u'"),
            (
                "({'dist_type': 'b', 'size': 9, 'proc_grid_size': 2, 'proc_grid_rank': 1, \
                   'start': 5, 'stop': 9},)",
                &[3],
                "axis 0 has 4 indices, the elements 3",
            ),
        ] {
            let error = read(dims, shape).unwrap_err().to_string();
            assert!(error.starts_with("x: dim_data: ") && error.contains(expected), "{error}");
        }
    }
}
