//! Archives of arrays: what their lists say is in the file, and what loads can be written and read again.

use std::path::Path;

use distarray_core::array::Context;
use distarray_core::{Element, Error, with_element};
use distarray_io::npz::{self, NpzFile};

use super::Target;
use super::npy_file::bytes_of;
use super::npy_header::file_of;
use super::words::{NPY, ZIP};

pub(super) const TARGET: Target = Target { name: "npz_file", run, words: &[ZIP, NPY] };

/// Most arrays of an archive that are looked at: members may lie over each other.
const MOST_ARRAYS: usize = 4;

/// Most bytes of an array that is loaded: deflated ones get larger.
const MOST_BYTES: usize = 64 << 10;

/// More than DEFLATE (RFC 1951) makes of one byte.
const MOST_GROWTH: usize = 1032;

fn run(input: &[u8]) {
    let file = file_of(input);
    let ctx = Context::solo();
    let archive = match npz::open(&ctx, file.path()) {
        Ok(archive) => archive,
        Err(error) => return names_the_archive(&error, file.path()),
    };
    let names: Vec<_> = archive.names().take(MOST_ARRAYS).map(str::to_owned).collect();
    for name in names {
        if let Err(error) = archive.verify(&name) {
            names_the_archive(&error, file.path());
        }
        let array = match archive.array(&name) {
            Ok(array) => array,
            Err(error) => return names_the_archive(&error, file.path()),
        };
        let header = array.header();
        let bytes = header.bytes().expect("a size that can be counted");
        let most = MOST_GROWTH * input.len();
        assert!(bytes <= most, "{header} in a file of {} bytes", input.len());
        if bytes <= MOST_BYTES {
            with_element!(header.dtype, T => loads::<T>(&ctx, file.path(), &archive, &name, input));
        }
    }
}

/// The array loads, or its bytes are not what the archive says they are.
fn loads<T: Element>(ctx: &Context, path: &Path, archive: &NpzFile, name: &str, input: &[u8]) {
    let stored = archive.array(name).expect("it was opened before");
    let array = match stored.load::<T>("") {
        Ok(array) => array,
        Err(error) => return names_the_archive(&error, path),
    };
    // Bringing a file to the disk takes most of the time.
    if !input.len().is_multiple_of(16) {
        return;
    }
    let (copy, expected) = (path.with_extension("copy"), bytes_of(&array));
    for save in [npz::savez, npz::savez_compressed] {
        save(ctx, &copy, &[("x", &array)]).expect("what is loaded can be written");
        let again = npz::open(ctx, &copy).and_then(|archive| {
            archive.verify("x")?;
            archive.array("x")?.load::<T>("")
        });
        std::fs::remove_file(&copy).expect("it was created");
        let again = again.expect("what is written can be loaded");
        assert_eq!(again.shape(), array.shape());
        assert!(bytes_of(&again) == expected, "other elements than were written");
    }
}

/// An error names the archive first, perhaps with a member, and is no longer than a few lines.
pub(super) fn names_the_archive(error: &Error, path: &Path) {
    let text = error.to_string();
    let message = text.strip_prefix(&path.display().to_string());
    let message = message.unwrap_or_else(|| panic!("{text}"));
    assert!(message.starts_with(": ") || message.starts_with('/'), "{text}");
    assert!(message.len() < 1024, "{text}");
    assert!(matches!(error, Error::File { .. }), "{text}");
}
