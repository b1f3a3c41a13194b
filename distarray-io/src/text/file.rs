//! [`TextFile`]: a text as an array in a file.

use std::path::PathBuf;
use std::sync::Arc;

use distarray_core::block::Block;
use distarray_core::dist::Segment;
use distarray_core::{Error, Result};

use super::lines::Lines;
use super::numbers::parse;
use super::options::Options;
use super::survey::{Mark, Survey};
use crate::file::{ArrayFile, Header};
use crate::packed::{Passage, within};
use crate::progress::advance;
use crate::selection::Selection;

/// A text whose rows are known, as a rank has it open.
#[derive(Debug)]
pub(super) struct TextFile {
    pub(super) path: PathBuf,
    pub(super) header: Header,
    pub(super) options: Options,
    pub(super) survey: Arc<Survey>,
}

impl TextFile {
    /// Parses the rows `first..end` from a mark at or before them on, into native bytes.
    fn rows(&self, mark: &Mark, first: usize, end: usize, bytes: &mut Vec<u8>) -> Result<()> {
        let mut lines = Lines::new(&self.path, mark.offset, mark.offset, self.survey.end)?;
        let (mut row, mut number) = (mark.row, mark.line);
        while row < end {
            let Some((_, line)) = lines.next()? else {
                let rows = self.survey.rows;
                let why = format!("truncated: ends after row {row}; there were {rows} at first");
                return Err(Error::file(&self.path, why));
            };
            if self.options.is_row(line) {
                if row >= first {
                    self.row(line, number, bytes)?;
                }
                row += 1;
            }
            number += 1;
        }
        Ok(())
    }

    /// Parses a row.
    fn row(&self, line: &[u8], number: usize, bytes: &mut Vec<u8>) -> Result<()> {
        let refuse = |why: String| Error::file(&self.path, format!("line {number}{why}"));
        let line = std::str::from_utf8(line).map_err(|_| refuse(": is no text (UTF-8)".into()))?;
        let dtype = self.header.dtype;
        let mut take = |field: &str, column: usize| {
            parse(dtype, field, bytes).ok_or_else(|| {
                let shown: String = field.chars().take(40).collect();
                refuse(format!(", field {}: '{}' is no {dtype}", column + 1, shown.escape_debug()))
            })
        };
        let mut count = 0;
        match &self.options.columns {
            None => {
                for field in self.options.fields(line) {
                    take(field, count)?;
                    count += 1;
                    if count > self.survey.fields {
                        break;
                    }
                }
            }
            Some(columns) => {
                let fields: Vec<_> = self.options.fields(line).collect();
                count = fields.len();
                if count == self.survey.fields {
                    columns.iter().try_for_each(|&column| take(fields[column], column))?;
                }
            }
        }
        match count == self.survey.fields {
            true => Ok(()),
            false => {
                let (count, fields) = (self.options.fields(line).count(), self.survey.fields);
                Err(refuse(format!(": has {count} fields, the first row {fields}")))
            }
        }
    }
}

impl ArrayFile for TextFile {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()> {
        selection.check(&self.header.shape, block.shape())?;
        if selection.is_empty() {
            return Ok(());
        }
        let (rows, others) = selection.axes().split_first().expect("a text has rows");
        let mut bytes = Vec::new();
        for (at, mark) in self.survey.marks.iter().enumerate() {
            let end = self.survey.marks.get(at + 1).map_or(self.survey.rows, |next| next.row);
            let wanted: Vec<Segment> =
                rows.iter().filter_map(|part| within(part, mark.row, end)).collect();
            let Some(first) = wanted.iter().map(|part| part.global).min() else { continue };
            let end = wanted.iter().map(Segment::last).max().map_or(end, |last| last + 1);
            bytes.clear();
            self.rows(mark, first, end, &mut bytes)?;
            let moved = |part: &Segment| Segment { global: part.global - first, ..*part };
            let mut axes = vec![wanted.iter().map(moved).collect()];
            axes.extend(others.iter().cloned());
            let mut shape = self.header.shape.clone();
            shape[0] = end - first;
            let passed = Passage::new(&shape, &axes);
            passed.unpack(self.header.dtype, &bytes, block)?;
            let columns: usize = others.iter().flatten().map(|part| part.count).sum();
            let rows: usize = axes[0].iter().map(|part| part.count).sum();
            let of_row = if others.is_empty() { 1 } else { columns };
            advance(rows * of_row * block.dtype().size());
        }
        Ok(())
    }

    fn write(&self, _: &Selection, _: &Block) -> Result<()> {
        Err(Error::file(
            &self.path,
            "a text is not written in parts; `text::save` writes all of it",
        ))
    }

    fn sync(&self) -> Result<()> {
        Ok(())
    }
}
