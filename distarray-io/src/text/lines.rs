//! [`Lines`]: the lines that begin in a range of a file's bytes.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use distarray_core::{Error, Result};

/// Most bytes of a line: some hundred thousand numbers. What has no ends of lines is no table, and is
/// not read into memory.
pub(super) const LONGEST: usize = 16 << 20;

/// The lines that begin in a range of a file's bytes, one after the other.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    path: &'a Path,
    file: BufReader<File>,
    /// Where the next line begins.
    at: u64,
    end: u64,
    line: Vec<u8>,
}

impl<'a> Lines<'a> {
    /// The lines that begin in `start..end`; the text begins at `first`, and so does a line.
    pub(super) fn new(path: &'a Path, first: u64, start: u64, end: u64) -> Result<Self> {
        let refuse = |error| Error::file(path, format!("cannot be opened: {error}"));
        let file = File::open(path).map_err(refuse)?;
        let mut file = BufReader::with_capacity(1 << 20, file);
        let mut at = start;
        if start > first {
            // A line begins here if one ends just before.
            file.seek(SeekFrom::Start(start - 1)).map_err(refuse)?;
            let passed = (&mut file).take(end.saturating_sub(start - 1)).skip_until(b'\n');
            at = start - 1 + passed.map_err(|error| cannot_read(path, at, &error))? as u64;
        } else {
            file.seek(SeekFrom::Start(start)).map_err(refuse)?;
        }
        Ok(Self { path, file, at, end, line: Vec::new() })
    }

    /// The next line without its end, and where it begins.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &[u8])>> {
        if self.at >= self.end {
            return Ok(None);
        }
        let start = self.at;
        self.line.clear();
        let mut limited = (&mut self.file).take(LONGEST as u64 + 1);
        let read = limited.read_until(b'\n', &mut self.line);
        let read = read.map_err(|error| cannot_read(self.path, start, &error))?;
        if read == 0 {
            return Ok(None);
        }
        if read > LONGEST {
            let why =
                format!("the line that begins at byte {start} is longer than {LONGEST} bytes");
            return Err(Error::file(self.path, why));
        }
        self.at += read as u64;
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        Ok(Some((start, line.strip_suffix(b"\r").unwrap_or(line))))
    }

    /// Where the next line begins.
    pub(super) fn at(&self) -> u64 {
        self.at
    }
}

fn cannot_read(path: &Path, at: u64, error: &std::io::Error) -> Error {
    Error::file(path, format!("cannot be read from byte {at} on: {error}"))
}
