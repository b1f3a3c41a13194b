//! Reading the list of members at the end of an archive.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use distarray_core::{Error, Result};

use super::{IN_EXTENSION, ZIP64};

/// Most bytes of the list of members; some hundred thousand of them.
const MOST_BYTES: u64 = 64 << 20;

/// More than DEFLATE makes of one byte: 258 of two bits at the most.
const MOST_GROWTH: u64 = 1032;

/// Bytes of the last record without its comment, which has up to 65,535.
const END: u64 = 22;

/// How a member is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// As it is.
    Stored,
    /// By DEFLATE (RFC 1951).
    Deflated,
}

/// A member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) method: Method,
    pub(crate) crc: u32,
    /// Bytes in the archive.
    pub(crate) packed: u64,
    /// Bytes of the member itself.
    pub(crate) bytes: u64,
    /// Where its own header stands in the archive.
    pub(crate) header_start: u64,
}

/// A cursor over bytes that ends in an error, not a panic.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }
}

/// The bytes of an archive's list of members, which all lie in it. Allocates no more than the archive
/// has bytes.
pub(crate) fn list(file: &mut File, path: &Path) -> Result<Vec<u8>> {
    let refuse = |why: &str| Error::file(path, format!("zip: {why}"));
    let broken = |error| Error::file(path, format!("zip: cannot be read: {error}"));
    let length = file.seek(SeekFrom::End(0)).map_err(broken)?;
    let tail_start = length.saturating_sub(END + u64::from(u16::MAX));
    let tail = read_at(file, tail_start, (length - tail_start) as usize).map_err(broken)?;
    let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06");
    let end = end.ok_or_else(|| refuse("is not an archive: it has no list of members"))?;
    let (mut count, mut size, mut start) = ends(&tail[end..]).ok_or_else(|| refuse("truncated"))?;
    // The 64-bit record stands before the last one, and a locator between them says where.
    if let Some(locator) = end.checked_sub(20).filter(|&at| tail[at..].starts_with(b"PK\x06\x07")) {
        let mut fields = Fields(&tail[locator + 8..]);
        let at = fields.u64().filter(|&at| at.saturating_add(56) <= length);
        let at = at.ok_or_else(|| refuse("its 64-bit record lies outside the file"))?;
        let record = read_at(file, at, 56).map_err(broken)?;
        if !record.starts_with(b"PK\x06\x06") {
            return Err(refuse("its 64-bit record is not where it should be"));
        }
        let mut fields = Fields(&record[32..]);
        (count, size, start) = (|| Some((fields.u64()?, fields.u64()?, fields.u64()?)))()
            .ok_or_else(|| refuse("truncated"))?;
    }
    if start.checked_add(size).is_none_or(|end| end > length) {
        return Err(refuse("its list of members lies outside the file"));
    }
    if size > MOST_BYTES || count.saturating_mul(46) > size {
        return Err(refuse(&format!("{count} members in a list of {size} bytes cannot be")));
    }
    let list = read_at(file, start, size as usize).map_err(broken)?;
    let members = members(&list, path)?;
    if members.len() as u64 != count {
        return Err(refuse(&format!("{count} members are announced, {} found", members.len())));
    }
    for member in members {
        let end = member.header_start.checked_add(30).and_then(|at| at.checked_add(member.packed));
        if end.is_none_or(|end| end > length) {
            return Err(refuse(&format!("member '{}' lies outside the file", member.shown_name())));
        }
    }
    Ok(list)
}

/// The members that a list is of, in its order.
pub(crate) fn members(list: &[u8], path: &Path) -> Result<Vec<Member>> {
    let mut fields = Fields(list);
    let mut members = Vec::new();
    while !fields.0.is_empty() {
        members.push(member(&mut fields, path)?);
    }
    Ok(members)
}

/// Number of members, and size and place of their list, as the last record has them.
fn ends(record: &[u8]) -> Option<(u64, u64, u64)> {
    let mut fields = Fields(record.get(10..)?);
    Some((fields.u16()?.into(), fields.u32()?.into(), fields.u32()?.into()))
}

fn member(fields: &mut Fields<'_>, path: &Path) -> Result<Member> {
    let refuse = |why: String| Error::file(path, format!("zip: {why}"));
    let short = || refuse("its list of members ends early".to_owned());
    let fixed = fields.take(46).ok_or_else(short)?;
    if !fixed.starts_with(b"PK\x01\x02") {
        return Err(refuse("its list of members is damaged".to_owned()));
    }
    let number = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
    let large = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| fixed[at + i]));
    let (flags, method) = (number(8), number(10));
    let name = fields.take(number(28).into()).ok_or_else(short)?;
    let name = String::from_utf8_lossy(name).into_owned();
    let mut extra = Fields(fields.take(number(30).into()).ok_or_else(short)?);
    fields.take(number(32).into()).ok_or_else(short)?;
    let wide = |at: usize| u64::from(large(at));
    let (mut bytes, mut packed, mut header_start) = (wide(24), wide(20), wide(42));
    while let (Some(tag), Some(size)) = (extra.u16(), extra.u16()) {
        let mut content = Fields(extra.take(size.into()).ok_or_else(short)?);
        if tag == ZIP64 {
            for field in [&mut bytes, &mut packed, &mut header_start] {
                if *field == u64::from(IN_EXTENSION) {
                    *field = content.u64().ok_or_else(short)?;
                }
            }
        }
    }
    let shown = shown(&name);
    if flags & 1 != 0 {
        return Err(refuse(format!("member '{shown}' is encrypted, which is not supported")));
    }
    let method = match method {
        0 => Method::Stored,
        8 => Method::Deflated,
        other => {
            return Err(refuse(format!(
                "member '{shown}' is compressed by method {other}; supported are 0 and 8"
            )));
        }
    };
    if method == Method::Stored && bytes != packed {
        return Err(refuse(format!("member '{shown}' is stored, but {packed} bytes are {bytes}")));
    }
    if bytes / MOST_GROWTH > packed {
        return Err(refuse(format!(
            "member '{shown}' has {packed} bytes, which cannot hold {bytes}"
        )));
    }
    Ok(Member { name, method, crc: large(16), packed, bytes, header_start })
}

/// A name in a message: on one line, and no longer.
pub(crate) fn shown(name: &str) -> String {
    const LONGEST: usize = 80;
    let start: String = name.chars().take(LONGEST).collect();
    let more = if start.len() < name.len() { "..." } else { "" };
    format!("{}{more}", start.escape_debug())
}

impl Member {
    /// The name in messages.
    pub(crate) fn shown_name(&self) -> String {
        shown(&self.name)
    }

    /// Where the member's bytes begin, which its own header says.
    pub(crate) fn data_start(&self, file: &mut File, path: &Path) -> Result<u64> {
        let refuse = |why: &dyn std::fmt::Display| {
            Error::file(path, format!("zip: the header of member '{}' {why}", self.shown_name()))
        };
        let header = read_at(file, self.header_start, 30)
            .map_err(|error| refuse(&format_args!("cannot be read: {error}")))?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(refuse(&"is damaged"));
        }
        let number = |at: usize| u64::from(u16::from_le_bytes([header[at], header[at + 1]]));
        let start = self.header_start + 30 + number(26) + number(28);
        let length = file
            .seek(SeekFrom::End(0))
            .map_err(|error| refuse(&format_args!("cannot be read: {error}")))?;
        if start.saturating_add(self.packed) > length {
            return Err(refuse(&"says that the file is longer than it is"));
        }
        Ok(start)
    }
}

fn read_at(file: &mut File, start: u64, count: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}
