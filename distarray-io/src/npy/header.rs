//! Reading the header of a `.npy` file: versions 1.0, 2.0 and 3.0.
//!
//! The format is NumPy Enhancement Proposal 1 and the documentation of `numpy.lib.format`.

use std::io::Read;
use std::path::Path;

use distarray_core::{DType, Error, Result};
use distarray_protocol::{Dict, Value};

use crate::file::{Header, Order};
use crate::flat::ByteOrder;

/// What every file starts with.
pub(super) const MAGIC: [u8; 6] = *b"\x93NUMPY";

/// Most axes of an array: NumPy's own limit.
pub(super) const MOST_AXES: usize = 64;

/// Most bytes of a header. One element type and 64 extents need 2,000; writers may align more.
const MOST_BYTES: usize = 1 << 16;

/// A field of a header: its key and what it is set to.
type Field = (String, Value<'static>);

/// Everything that the start of a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Preamble {
    pub(crate) header: Header,
    pub(crate) byte_order: ByteOrder,
    /// Offset of the first element.
    pub(crate) data_start: usize,
}

/// Reads the bytes before the first element from the start of a file of so many bytes, and checks
/// that the elements they announce are there. Longer files are as good, as they are for NumPy.
///
/// Allocates no more than the header's own length, once that is known to lie in the file.
pub(crate) fn read_preamble(source: &mut dyn Read, length: u64, path: &Path) -> Result<Vec<u8>> {
    let mut bytes = vec![0; MAGIC.len() + 2];
    read_more(source, &mut bytes, 0, path, "magic")?;
    if bytes[..MAGIC.len()] != MAGIC {
        let found: String = bytes[..MAGIC.len()].iter().copied().map(char::from).collect();
        let found = shown(&found.into());
        return Err(Error::file(
            path,
            format!("magic: a .npy file starts with '\\x93NUMPY', not {found}"),
        ));
    }
    let start = bytes.len();
    bytes.resize(start + width_of_length(&bytes, path)?, 0);
    read_more(source, &mut bytes, start, path, "header length")?;

    let start = bytes.len();
    let announced = announced_length(&bytes);
    let present = length.saturating_sub(start as u64);
    if announced as u64 > present {
        return Err(Error::file(
            path,
            format!(
                "header length: the header is said to have {announced} bytes, {present} follow"
            ),
        ));
    }
    if announced > MOST_BYTES {
        return Err(Error::file(
            path,
            format!(
                "header length: {announced} bytes are more than the {MOST_BYTES} that the header of \
                 an array of one element type can have"
            ),
        ));
    }
    bytes.resize(start + announced, 0);
    read_more(source, &mut bytes, start, path, "header")?;

    let Preamble { header, data_start, .. } = parse(&bytes, path)?;
    let wanted = header.bytes().expect("a header that was parsed has a countable size");
    let present = length.saturating_sub(data_start as u64);
    if wanted as u64 > present {
        return Err(Error::file(
            path,
            format!(
                "truncated: shape {:?} of {} needs {wanted} bytes after the header, the file has \
                 {present}",
                header.shape, header.dtype
            ),
        ));
    }
    Ok(bytes)
}

/// What the bytes before the first element say.
pub(crate) fn parse(preamble: &[u8], path: &Path) -> Result<Preamble> {
    let start = MAGIC.len() + 2 + width_of_length(preamble, path)?;
    let text = decode(preamble[MAGIC.len()], &preamble[start..], path)?;
    let entries = Dict::entries_from_literal(&text)
        .map_err(|error| Error::file(path, format!("header: cannot be read: {error}")))?;
    let [descr, fortran_order, shape] = fields(&entries, path)?;
    let (dtype, byte_order) = dtype(descr, path)?;
    let order = match fortran_order.1 {
        Value::Bool(true) => Order::Fortran,
        Value::Bool(false) => Order::C,
        _ => return Err(refuse(fortran_order, path, "is neither True nor False")),
    };
    let header = Header { dtype, shape: extents(shape, path)?, order };
    if header.bytes().is_none() {
        return Err(refuse(shape, path, &format!("of {dtype} has more bytes than can be counted")));
    }
    Ok(Preamble { header, byte_order, data_start: preamble.len() })
}

fn read_more(
    source: &mut dyn Read,
    bytes: &mut [u8],
    start: usize,
    path: &Path,
    field: &str,
) -> Result<()> {
    source.read_exact(&mut bytes[start..]).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => {
            let wanted = bytes.len();
            Error::file(path, format!("{field}: the file ends before byte {wanted}, where it does"))
        }
        _ => Error::file(path, format!("{field}: cannot be read: {error}")),
    })
}

/// How many bytes say the header's length, which is a matter of the version.
fn width_of_length(preamble: &[u8], path: &Path) -> Result<usize> {
    match (preamble[MAGIC.len()], preamble[MAGIC.len() + 1]) {
        (1, 0) => Ok(2),
        (2 | 3, 0) => Ok(4),
        (major, minor) => Err(Error::file(
            path,
            format!("version: {major}.{minor} is not known; known are 1.0, 2.0 and 3.0"),
        )),
    }
}

fn announced_length(preamble: &[u8]) -> usize {
    let digits = preamble[MAGIC.len() + 2..].iter().rev();
    digits.fold(0, |length, &byte| length << 8 | usize::from(byte))
}

/// The text of a header: Latin-1, from version 3.0 on UTF-8.
fn decode(version: u8, bytes: &[u8], path: &Path) -> Result<String> {
    if version < 3 {
        return Ok(bytes.iter().copied().map(char::from).collect());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::file(path, format!("header: byte {} is not UTF-8", error.valid_up_to()))
    })?;
    Ok(text.to_owned())
}

/// The three fields of a header.
fn fields<'f>(entries: &'f [Field], path: &Path) -> Result<[&'f Field; 3]> {
    const KNOWN: [&str; 3] = ["descr", "fortran_order", "shape"];
    if let Some((other, _)) = entries.iter().find(|(key, _)| !KNOWN.contains(&&key[..])) {
        let key = shown(&other.as_str().into());
        let message = format!("header: has a field {key}; known are {}", KNOWN.join(", "));
        return Err(Error::file(path, message));
    }
    let mut found = [None; 3];
    for (place, key) in found.iter_mut().zip(KNOWN) {
        let mut of_key = entries.iter().filter(|entry| entry.0 == key);
        *place = of_key.next();
        if of_key.next().is_some() {
            return Err(Error::file(path, format!("{key}: is given twice")));
        }
    }
    let missing = |i: usize| Error::file(path, format!("{}: is missing in the header", KNOWN[i]));
    let [descr, fortran_order, shape] = found;
    Ok([
        descr.ok_or_else(|| missing(0))?,
        fortran_order.ok_or_else(|| missing(1))?,
        shape.ok_or_else(|| missing(2))?,
    ])
}

fn refuse((key, value): &Field, path: &Path, why: &str) -> Error {
    Error::file(path, format!("{key}: {} {why}", shown(value)))
}

/// A value as a literal for a message: ASCII, no longer than a line.
fn shown(value: &Value<'_>) -> String {
    const LONGEST: usize = 60;
    let mut text = value.to_literal().unwrap_or_else(|_| value.description());
    if text.len() > LONGEST {
        text.truncate(LONGEST);
        text.push_str("...");
    }
    text
}

/// The dtype that `descr` names, and the order of its bytes.
fn dtype(descr: &Field, path: &Path) -> Result<(DType, ByteOrder)> {
    let code: String = match &descr.1 {
        Value::Str(code) => code.clone(),
        // NumPy takes bytes, such as `b'<f8'`, as well.
        Value::Buffer(bytes) if bytes.ndim() == 1 => match bytes.elements::<u8>() {
            Ok(bytes) => bytes.map(char::from).collect(),
            Err(_) => return Err(refuse(descr, path, "is not an element type")),
        },
        Value::List(_) => {
            return Err(refuse(descr, path, "is a structured type, which is not supported"));
        }
        _ => return Err(refuse(descr, path, "is not an element type")),
    };
    let (byte_order, bare) = match code.split_at_checked(1) {
        Some((">", bare)) => (ByteOrder::Big, bare),
        Some(("<", bare)) => (ByteOrder::Little, bare),
        Some(("|" | "=", bare)) => (ByteOrder::NATIVE, bare),
        _ => (ByteOrder::NATIVE, &code[..]),
    };
    if let Some(dtype) = DType::ALL.into_iter().find(|&dtype| code_of(dtype) == bare) {
        return Ok((dtype, byte_order));
    }
    let kind = match bare.chars().next() {
        Some('O') => "Python objects",
        Some('S' | 'a') => "byte strings",
        Some('U') => "text",
        Some('T') => "text of any length",
        Some('M') => "dates",
        Some('m') => "time differences",
        Some('V') => "raw bytes",
        Some('e') => "half precision",
        Some('f') if bare == "f2" => "half precision",
        Some('f' | 'c') => "an extended precision",
        _ => "no known element type",
    };
    let known: Vec<_> = DType::ALL.into_iter().map(code_of).collect();
    Err(refuse(descr, path, &format!("is {kind}; supported are {}", known.join(", "))))
}

/// NumPy's code for a dtype: kind and bytes.
pub(super) fn code_of(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "b1",
        DType::I8 => "i1",
        DType::I16 => "i2",
        DType::I32 => "i4",
        DType::I64 => "i8",
        DType::U8 => "u1",
        DType::U16 => "u2",
        DType::U32 => "u4",
        DType::U64 => "u8",
        DType::F32 => "f4",
        DType::F64 => "f8",
        DType::C32 => "c8",
        DType::C64 => "c16",
    }
}

fn extents(shape: &Field, path: &Path) -> Result<Vec<usize>> {
    let Value::Tuple(items) = &shape.1 else {
        return Err(refuse(shape, path, "is not a tuple of integers"));
    };
    if items.len() > MOST_AXES {
        let why = format!("has {} axes, more than the {MOST_AXES} supported", items.len());
        return Err(refuse(shape, path, &why));
    }
    let extent = |item: &Value<'_>| {
        let Value::Int(extent) = item else {
            return Err(refuse(shape, path, "is not a tuple of integers"));
        };
        usize::try_from(*extent).map_err(|_| {
            let why = match extent.is_negative() {
                true => format!("has a negative extent, {extent}"),
                false => format!("has an extent larger than can be counted, {extent}"),
            };
            refuse(shape, path, &why)
        })
    };
    items.iter().map(extent).collect()
}
