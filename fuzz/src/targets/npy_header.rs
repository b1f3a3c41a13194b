//! Headers of `.npy` files: what is said of an array is there, and written it reads as the same.

use std::io::Write;
use std::path::Path;

use distarray_core::Error;
use distarray_io::file::ArrayFile;
use distarray_io::npy::{NpyFile, read_header};
use tempfile::NamedTempFile;

use super::Target;
use super::words::{LITERAL, NPY};

pub(super) const TARGET: Target = Target { name: "npy_header", run, words: &[NPY, LITERAL] };

fn run(input: &[u8]) {
    let file = file_of(input);
    let header = match read_header(file.path()) {
        Ok(header) => header,
        Err(error) => return names_the_file(&error, file.path()),
    };
    let bytes = header.bytes().expect("a size that can be counted");
    assert!(bytes < input.len(), "{header} in a file of {} bytes", input.len());
    assert_eq!(NpyFile::open(file.path()).expect("it was read").header(), &header);
    assert!(header.shape.len() <= 64, "{header}");

    let copy = file.path().with_extension("copy");
    NpyFile::create(&copy, &header).expect("what is read can be written");
    let again = read_header(&copy).expect("what is written can be read");
    let length = std::fs::metadata(&copy).expect("it was read").len();
    std::fs::remove_file(&copy).expect("it was created");
    assert_eq!(again, header);
    assert_eq!((length - bytes as u64) % 64, 0, "elements start at a multiple of 64 bytes");
}

/// A file of these bytes.
pub(super) fn file_of(input: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(input).expect("room for a small file");
    file
}

/// An error of a file names it first, and is no longer than a few lines whatever the file holds.
pub(super) fn names_the_file(error: &Error, path: &Path) {
    let text = error.to_string();
    let message = text.strip_prefix(&format!("{}: ", path.display()));
    let message = message.unwrap_or_else(|| panic!("{text}"));
    assert!(!message.is_empty() && message.len() < 1024, "{text}");
    assert!(matches!(error, Error::File { .. }), "{text}");
}
