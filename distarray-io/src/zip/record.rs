//! Writing the records of an archive.

use super::directory::{Member, Method};
use super::{IN_EXTENSION, ZIP64};

/// The version that is needed to read 64-bit sizes.
const VERSION: u16 = 45;

/// 1 January 1980, midnight: archives of the same arrays are the same bytes.
const DATE: u32 = 1 << 21 | 1 << 16;

/// Bytes of a member's own header before its name.
const FIXED: usize = 30;

/// Elements of members that are not deflated stand at multiples of so many bytes, so that they can be
/// mapped to memory.
const ALIGNMENT: usize = 64;

/// The tag of an extension that is padding, which others pass over: the alignment and any bytes, as tools
/// for Android have it.
const PADDING: u16 = 0xD935;

fn number(method: Method) -> u16 {
    match method {
        Method::Stored => 0,
        Method::Deflated => 8,
    }
}

/// A member's own header: always with 64-bit sizes, so that its length does not depend on them.
///
/// The bytes of a member that is not deflated begin at a multiple of 64 in the file; so do the elements of
/// an array then, as they do in a `.npy` file.
pub(crate) fn local_header(member: &Member) -> Vec<u8> {
    let mut extension = ZIP64.to_le_bytes().to_vec();
    extension.extend(16_u16.to_le_bytes());
    extension.extend(member.bytes.to_le_bytes());
    extension.extend(member.packed.to_le_bytes());
    if member.method == Method::Stored {
        let before = member.header_start as usize + FIXED + member.name.len() + extension.len();
        extension.extend(padding(before));
    }
    let mut record = b"PK\x03\x04".to_vec();
    record.extend(VERSION.to_le_bytes());
    record.extend(flags().to_le_bytes());
    record.extend(number(member.method).to_le_bytes());
    record.extend(DATE.to_le_bytes());
    record.extend(member.crc.to_le_bytes());
    record.extend(IN_EXTENSION.to_le_bytes());
    record.extend(IN_EXTENSION.to_le_bytes());
    record.extend((member.name.len() as u16).to_le_bytes());
    record.extend((extension.len() as u16).to_le_bytes());
    record.extend(member.name.as_bytes());
    record.extend(extension);
    record
}

/// An extension that ends at a multiple of the alignment, behind so many bytes; none where they do.
fn padding(before: usize) -> Vec<u8> {
    const LEAST: usize = 6;
    let rest = before.next_multiple_of(ALIGNMENT) - before;
    let length = match rest {
        0 => return Vec::new(),
        // There is no room for the tag, its length and the alignment.
        1..LEAST => rest + ALIGNMENT,
        _ => rest,
    };
    let mut padding = PADDING.to_le_bytes().to_vec();
    padding.extend((length as u16 - 4).to_le_bytes());
    padding.extend((ALIGNMENT as u16).to_le_bytes());
    padding.resize(length, 0);
    padding
}

/// The list of members, and the records after it, of an archive whose list begins at `start`.
pub(crate) fn central_directory(members: &[Member], start: u64) -> Vec<u8> {
    let mut all = Vec::new();
    for member in members {
        all.extend(b"PK\x01\x02");
        for field in [VERSION, VERSION, flags(), number(member.method)] {
            all.extend(field.to_le_bytes());
        }
        all.extend(DATE.to_le_bytes());
        all.extend(member.crc.to_le_bytes());
        all.extend(IN_EXTENSION.to_le_bytes());
        all.extend(IN_EXTENSION.to_le_bytes());
        all.extend((member.name.len() as u16).to_le_bytes());
        // Extension, comment, disk, internal attributes.
        for field in [28_u16, 0, 0, 0] {
            all.extend(field.to_le_bytes());
        }
        // A file that its owner may write, as others have it.
        all.extend((0o100_644_u32 << 16).to_le_bytes());
        all.extend(IN_EXTENSION.to_le_bytes());
        all.extend(member.name.as_bytes());
        all.extend(ZIP64.to_le_bytes());
        all.extend(24_u16.to_le_bytes());
        for field in [member.bytes, member.packed, member.header_start] {
            all.extend(field.to_le_bytes());
        }
    }
    let size = all.len() as u64;
    let count = members.len() as u64;
    let record = start + size;
    all.extend(b"PK\x06\x06");
    all.extend(44_u64.to_le_bytes());
    all.extend(VERSION.to_le_bytes());
    all.extend(VERSION.to_le_bytes());
    all.extend(0_u64.to_le_bytes());
    for field in [count, count, size, start] {
        all.extend(field.to_le_bytes());
    }
    all.extend(b"PK\x06\x07");
    all.extend(0_u32.to_le_bytes());
    all.extend(record.to_le_bytes());
    all.extend(1_u32.to_le_bytes());
    all.extend(b"PK\x05\x06");
    all.extend(0_u32.to_le_bytes());
    let short = u16::try_from(count).unwrap_or(u16::MAX);
    all.extend(short.to_le_bytes());
    all.extend(short.to_le_bytes());
    for field in [size, start] {
        all.extend(u32::try_from(field).unwrap_or(IN_EXTENSION).to_le_bytes());
    }
    all.extend(0_u16.to_le_bytes());
    all
}

/// Names are UTF-8.
const fn flags() -> u16 {
    1 << 11
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_stored_members_end_at_multiples_of_the_alignment() {
        for (name, start) in (1..200).flat_map(|name| [0, 7, 1 << 40].map(|start| (name, start))) {
            let mut member = Member {
                name: "n".repeat(name),
                method: Method::Stored,
                crc: 1,
                packed: 1 << 33,
                bytes: 1 << 33,
                header_start: start,
            };
            let header = local_header(&member);
            assert_eq!((start as usize + header.len()) % ALIGNMENT, 0);
            let extension = &header[FIXED + name..];
            assert_eq!(usize::from(u16::from_le_bytes([header[28], header[29]])), extension.len());
            // One extension ends where the next begins.
            let mut rest = extension;
            while !rest.is_empty() {
                let length = u16::from_le_bytes([rest[2], rest[3]]);
                rest = &rest[4 + usize::from(length)..];
            }
            // What is found last does not change where the bytes are.
            member.crc = 2;
            assert_eq!(local_header(&member).len(), header.len());
            member.method = Method::Deflated;
            assert_eq!(local_header(&member).len(), FIXED + name + 20);
        }
    }
}
