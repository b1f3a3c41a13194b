//! Whether there is room for what will be added to a file.
//!
//! The library does not bring back a file whose end it could not write: its header already tells of
//! what is not there. So room is looked for before anything is changed.

use std::fs::{File, OpenOptions};

use distarray_core::{Error, Result};

use super::place::Place;
use crate::file::Header;

/// Bytes for what describes a dataset, and for what finds one chunk of it.
const DESCRIPTION: u64 = 64 << 10;
const PER_CHUNK: u64 = 256;

/// The most bytes that elements take in chunks, or in one piece, with what describes them.
pub(super) fn needed(header: &Header, chunks: Option<&[usize]>) -> u64 {
    let one_piece;
    let chunks = match chunks {
        Some(chunks) => chunks,
        None => {
            one_piece = header.shape.clone();
            &one_piece
        }
    };
    let pairs = || header.shape.iter().zip(chunks);
    // A chunk is as large as it is also where it reaches beyond the array; one more along the axis
    // that grows, as it may begin within one.
    let number = pairs().map(|(&len, &chunk)| len.div_ceil(chunk.max(1)) as u64 + 1);
    let number = number.fold(1, u64::saturating_mul);
    let each =
        chunks.iter().fold(header.dtype.size() as u64, |all, &one| all.saturating_mul(one as u64));
    let exact = header.bytes().map_or(u64::MAX, |bytes| bytes as u64);
    let elements = if chunks == header.shape { exact } else { number.saturating_mul(each) };
    elements.saturating_add(number.saturating_mul(PER_CHUNK)).saturating_add(DESCRIPTION)
}

/// Refuses to go on where a file cannot be given so many bytes more; it stays as it is.
pub(super) fn expect_room(place: &Place<'_>, bytes: u64) -> Result<()> {
    let file = OpenOptions::new().write(true).open(place.at);
    file.and_then(|file| try_room(&file, bytes)).map_err(|error| {
        let why = format!("{}: has no room for {bytes} bytes more: {error}", place.name);
        Error::file(place.shown, why)
    })
}

#[cfg(target_os = "linux")]
fn try_room(file: &File, bytes: u64) -> std::io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    let length = file.metadata()?.len();
    let given = fallocate(file, FallocateFlags::empty(), length, bytes);
    file.set_len(length)?;
    match given {
        // A file system that cannot tell.
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
        given => given.map_err(Into::into),
    }
}

/// Elsewhere nothing tells but writing.
#[cfg(not(target_os = "linux"))]
fn try_room(_: &File, _: u64) -> std::io::Result<()> {
    Ok(())
}
