//! Descriptions of checkpoints: whatever they say, the arrays of the file are restored or refused.

use std::path::Path;

use distarray_core::Result;
use distarray_core::array::Context;
use distarray_io::checkpoint;

use super::Target;
use super::npz_file::names_the_archive;
use super::words::{CHECKPOINT, LITERAL};

pub(super) const TARGET: Target = Target { name: "checkpoint", run, words: &[CHECKPOINT, LITERAL] };

/// The array of the file.
const SHAPE: [usize; 2] = [4, 3];

fn run(input: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.npz");
    std::fs::write(&path, of_description(input)).expect("room for a small file");
    restores(&Context::solo(), &path).expect("no rank fails alone");
    // Starting ranks takes most of the time.
    if input.len().is_multiple_of(4) {
        distarray_threads::run(2, |comm| restores(&Context::new(comm), &path))
            .expect("no rank fails alone");
    }
}

/// Restores all that the description names: as it was, or with an error.
fn restores(ctx: &Context, path: &Path) -> Result<()> {
    let restart = match checkpoint::open(ctx, path) {
        Ok(restart) => restart,
        Err(error) => {
            names_the_archive(&error, path);
            return Ok(());
        }
    };
    for name in restart.scalars().take(4) {
        match restart.scalar(name) {
            Ok(value) => assert_eq!((name, value.to_string().as_str()), ("n", "7")),
            Err(error) => names_the_archive(&error, path),
        }
    }
    for name in restart.arrays().take(4) {
        match restart.array::<u8>(name) {
            Ok(array) if name == "u" => {
                assert_eq!(array.shape(), SHAPE);
                let all = array.to_ndarray()?;
                assert!(all.iter().copied().eq(0..12), "{}: {all}", array.distribution());
            }
            Ok(array) => assert!(["n", "__checkpoint__"].contains(&name), "{name}: {array:?}"),
            Err(error) => assert!(error.to_string().len() < 1024, "{error}"),
        }
    }
    Ok(())
}

/// A checkpoint of this description, of the array `u` and the scalar `n`.
fn of_description(text: &[u8]) -> Vec<u8> {
    archive(&[
        ("__checkpoint__", npy(&format!("({},)", text.len()), text)),
        (
            "u",
            npy(
                &format!("{SHAPE:?}").replace('[', "(").replace(']', ")"),
                &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
            ),
        ),
        ("n", npy("()", &[7])),
    ])
}

/// A `.npy` file of bytes.
fn npy(shape: &str, elements: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(elements);
    bytes
}

/// An archive of these members as they are. Written here, and not brought to the disk, which takes most of
/// the time of `savez`.
fn archive(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for (name, content) in members {
        let start = bytes.len() as u32;
        let (name, size) = (format!("{name}.npy"), content.len() as u32);
        let mut common = vec![0; 12];
        common.extend(crc32fast::hash(content).to_le_bytes());
        common.extend([size, size].map(u32::to_le_bytes).as_flattened());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        // The method comes after the version and the flags, which are 0 too.
        bytes.extend(&common[2..]);
        bytes.extend(name.as_bytes());
        bytes.extend(content);
        list.extend(b"PK\x01\x02");
        list.extend(&common);
        list.extend([0; 10]);
        list.extend(start.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let (start, count) = (bytes.len() as u32, members.len() as u16);
    bytes.extend(&list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].map(u16::to_le_bytes).as_flattened());
    bytes.extend([list.len() as u32, start].map(u32::to_le_bytes).as_flattened());
    bytes.extend([0, 0]);
    bytes
}
