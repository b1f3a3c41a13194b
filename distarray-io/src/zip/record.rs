//! Writing the records of an archive.

use super::directory::{Member, Method};
use super::{IN_EXTENSION, ZIP64};

/// The version that is needed to read 64-bit sizes.
const VERSION: u16 = 45;

/// 1 January 1980, midnight: archives of the same arrays are the same bytes.
const DATE: u32 = 1 << 21 | 1 << 16;

fn number(method: Method) -> u16 {
    match method {
        Method::Stored => 0,
        Method::Deflated => 8,
    }
}

/// A member's own header: always with 64-bit sizes, so that its length does not depend on them.
pub(crate) fn local_header(member: &Member) -> Vec<u8> {
    let mut record = b"PK\x03\x04".to_vec();
    record.extend(VERSION.to_le_bytes());
    record.extend(flags().to_le_bytes());
    record.extend(number(member.method).to_le_bytes());
    record.extend(DATE.to_le_bytes());
    record.extend(member.crc.to_le_bytes());
    record.extend(IN_EXTENSION.to_le_bytes());
    record.extend(IN_EXTENSION.to_le_bytes());
    record.extend((member.name.len() as u16).to_le_bytes());
    record.extend(20_u16.to_le_bytes());
    record.extend(member.name.as_bytes());
    record.extend(ZIP64.to_le_bytes());
    record.extend(16_u16.to_le_bytes());
    record.extend(member.bytes.to_le_bytes());
    record.extend(member.packed.to_le_bytes());
    record
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
