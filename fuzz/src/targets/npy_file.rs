//! Whole `.npy` files: the elements are those that a plain reader finds, and written again they load.

use std::path::Path;

use distarray_core::array::{Context, DistArray};
use distarray_core::block::convert;
use distarray_core::{DType, Element, Kind, as_bytes, with_element};
use distarray_io::file::{ArrayFile, Header, Order};
use distarray_io::npy::{self, NpyFile};
use distarray_io::selection::Selection;
use distarray_protocol::{Dict, Value};

use super::Target;
use super::npy_header::{file_of, names_the_file};
use super::words::{LITERAL, NPY};

pub(super) const TARGET: Target = Target { name: "npy_file", run, words: &[NPY, LITERAL] };

fn run(input: &[u8]) {
    let file = file_of(input);
    let ctx = Context::solo();
    match npy::header(&ctx, file.path()) {
        Ok(header) => {
            with_element!(header.dtype, T => holds::<T>(&ctx, file.path(), &header, input))
        }
        Err(error) => {
            names_the_file(&error, file.path());
            let loaded = npy::load_as::<f64>(&ctx, file.path(), "").unwrap_err();
            assert_eq!(loaded.to_string(), error.to_string());
        }
    }
}

/// The file loads as `T`, its own type, with the elements that a plain reader finds.
fn holds<T: Element>(ctx: &Context, path: &Path, header: &Header, input: &[u8]) {
    let array = npy::load::<T>(ctx, path, "").expect("a good header and all elements");
    assert_eq!(array.shape(), header.shape);
    let expected = elements(header, input);
    assert!(bytes_of(&array) == expected, "{header}: other elements than the file's");

    // On one rank every kind owns all, by another way through the file.
    let kinds = ["b", "c", "c:3", "n"].iter().cycle().take(header.shape.len());
    let dists: Vec<_> = kinds.copied().collect();
    let array = npy::load::<T>(ctx, path, &*dists.join(",")).expect("a kind for every axis");
    assert!(bytes_of(&array) == expected, "{header} as {dists:?}: other elements than the file's");

    converts(ctx, path, header, &expected);

    is_written_again(path, header, &array, &expected);
}

/// In C order, the elements make a file that loads as the same. It is written as `save` does, but not
/// brought to the disk, which would take most of the time.
fn is_written_again<T: Element>(
    path: &Path,
    header: &Header,
    array: &DistArray<T>,
    expected: &[u8],
) {
    let copy = path.with_extension("copy");
    let header = Header { order: Order::C, ..header.clone() };
    let file = NpyFile::create(&copy, &header).expect("what is loaded can be written");
    let part = array.array_ref().part().expect("one rank holds all");
    let written = file.write(&Selection::whole(&header.shape), &part.owned());
    let again = npy::load::<T>(array.context(), &copy, "");
    std::fs::remove_file(&copy).expect("it was created");
    written.expect("room for a small file");
    let again = again.expect("what is written can be loaded");
    assert_eq!(again.shape(), header.shape);
    assert!(bytes_of(&again) == expected, "{header}: other elements than were written");
}

/// The file loads as real numbers where it holds some.
fn converts(ctx: &Context, path: &Path, header: &Header, elements: &[u8]) {
    match npy::load_as::<f64>(ctx, path, "") {
        Ok(array) => {
            let mut expected = vec![0; elements.len() / header.dtype.size() * size_of::<f64>()];
            convert(header.dtype, elements, DType::F64, &mut expected);
            assert!(bytes_of(&array) == expected, "{header}: other numbers than the elements'");
        }
        Err(error) => {
            let wanted = Header { dtype: DType::F64, ..header.clone() };
            let refused = header.dtype.kind() == Kind::Complex || wanted.bytes().is_none();
            assert!(refused, "{error}");
        }
    }
}

/// The elements in C order and the machine's byte order.
pub(super) fn bytes_of<T: Element>(array: &DistArray<T>) -> Vec<u8> {
    array
        .local()
        .iter()
        .flat_map(|element| as_bytes(std::slice::from_ref(element)))
        .copied()
        .collect()
}

/// The same, read as simply as can be.
fn elements(header: &Header, input: &[u8]) -> Vec<u8> {
    let lengths = &input[8..];
    let data = match input[6] {
        1 => 10 + usize::from(lengths[0]) + 256 * usize::from(lengths[1]),
        _ => 12 + u32::from_le_bytes([lengths[0], lengths[1], lengths[2], lengths[3]]) as usize,
    };
    let size = header.dtype.size();
    let unit = if header.dtype.kind() == Kind::Complex { size / 2 } else { size };
    let count = header.bytes().expect("a size that can be counted") / size;
    let strides = header.strides();
    let mut bytes = Vec::new();
    for element in 0..count {
        let (mut rest, mut offset) = (element, data);
        for (extent, stride) in header.shape.iter().zip(&strides).rev() {
            offset += rest % extent * stride;
            rest /= extent;
        }
        for number in input[offset..offset + size].chunks(unit) {
            match is_big_endian(&input[..data]) {
                true => bytes.extend(number.iter().rev()),
                false => bytes.extend(number),
            }
        }
    }
    if header.dtype == DType::Bool {
        bytes.iter_mut().for_each(|byte| *byte = u8::from(*byte != 0));
    }
    bytes
}

/// Whether the header of these first bytes says so; by its text, which is known to be good.
fn is_big_endian(preamble: &[u8]) -> bool {
    let text = &preamble[if preamble[6] == 1 { 10 } else { 12 }..];
    let text: String = match preamble[6] {
        3 => String::from_utf8_lossy(text).into_owned(),
        _ => text.iter().copied().map(char::from).collect(),
    };
    let entries = Dict::entries_from_literal(&text).expect("a good header");
    match entries.into_iter().find(|(key, _)| key == "descr") {
        Some((_, Value::Str(descr))) => descr.starts_with('>'),
        Some((_, Value::Buffer(descr))) => descr.read::<u8>(&[0]) == Ok(b'>'),
        other => panic!("no descr: {other:?}"),
    }
}
