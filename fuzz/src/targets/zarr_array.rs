//! Zarr arrays: what opens has elements that load, and written again they load as the same.
//!
//! An input is the metadata, a NUL, the attributes, a NUL, and the bytes of the first chunk.

use std::path::Path;

use distarray_core::array::Context;
use distarray_core::{Complex64, Error, Result, with_element};
use distarray_io::zarr;

use super::Target;
use super::npy_file::bytes_of;
use super::words::ZARR;

pub(super) const TARGET: Target = Target { name: "zarr_array", run, words: &[ZARR] };

/// Most bytes of an array, and of one chunk of it, that is loaded: a small chunk may be of many zeros.
const MOST_BYTES: usize = 64 << 10;

/// Most chunks of an array that is loaded: each that is missing is a file that is looked for.
const MOST_CHUNKS: usize = 256;

fn run(input: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a");
    stored(&path, input).expect("room for some small files");
    let ctx = Context::solo();
    let shown = zarr::attributes(&ctx, &path).map(drop);
    let shown = shown.and_then(|()| zarr::list(&ctx, folder.path()).map(drop));
    if let Err(error) = shown {
        names_the_folder(&error, folder.path());
    }
    let outcome = zarr::open(&ctx, &path).and_then(|stored| {
        let header = stored.header();
        let chunks = zarr::ZarrFile::open(&path)?.chunks().to_vec();
        let bytes = header.bytes().expect("a size that can be counted");
        let count = header.shape.iter().zip(&chunks).map(|(extent, chunk)| extent.div_ceil(*chunk));
        let of_chunk = chunks.iter().fold(header.dtype.size(), |all, &extent| all * extent);
        // Chunks of an empty axis are none.
        let count = count.fold(1, usize::saturating_mul);
        match bytes <= MOST_BYTES && of_chunk <= MOST_BYTES && count <= MOST_CHUNKS {
            true => with_element!(header.dtype, T => loads::<T>(&ctx, &path, input)),
            false => Ok(()),
        }
    });
    if let Err(error) = outcome {
        names_the_folder(&error, folder.path());
    }
}

/// The folder of an array. Of two axes its first chunk is there.
fn stored(path: &Path, input: &[u8]) -> std::io::Result<()> {
    let mut parts = input.splitn(3, |&byte| byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let (metadata, attributes, chunk) = (part(), part(), part());
    let is_v3 = metadata.windows(9).any(|text| text == b"node_type");
    let folder = if is_v3 { path.join("c/0") } else { path.to_owned() };
    std::fs::create_dir_all(&folder)?;
    std::fs::write(path.join(if is_v3 { "zarr.json" } else { ".zarray" }), metadata)?;
    if !attributes.is_empty() {
        std::fs::write(path.join(".zattrs"), attributes)?;
    }
    if !chunk.is_empty() {
        std::fs::write(folder.join(if is_v3 { "0" } else { "0.0" }), chunk)?;
    }
    Ok(())
}

fn loads<T: distarray_core::Element>(ctx: &Context, path: &Path, input: &[u8]) -> Result<()> {
    let array = zarr::load::<T>(ctx, path, "")?;
    zarr::load_as::<Complex64>(ctx, path, "")?;
    // Bringing files to the disk takes most of the time.
    if !input.len().is_multiple_of(16) {
        return Ok(());
    }
    let copy = path.with_extension("copy");
    zarr::save(&array, &copy).expect("what is loaded can be written");
    let again = zarr::load::<T>(ctx, &copy, "").expect("what is written can be loaded");
    assert_eq!(again.shape(), array.shape());
    assert!(bytes_of(&again) == bytes_of(&array), "other elements than were written");
    Ok(())
}

/// An error names the array, and is no longer than a few lines.
fn names_the_folder(error: &Error, folder: &Path) {
    let text = error.to_string();
    let message = text.strip_prefix(&folder.display().to_string());
    let message = message.unwrap_or_else(|| panic!("{text}"));
    assert!(message.starts_with("/a: ") && message.len() < 1024, "{text}");
    assert!(matches!(error, Error::File { .. }), "{text}");
}
