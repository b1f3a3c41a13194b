//! Where the rows of a text are: each rank looks through a range of its bytes.

use std::path::Path;

use distarray_core::comm::Communicator;
use distarray_core::{Error, Result};

use super::lines::Lines;
use super::options::Options;
use crate::npy::check_file;
use crate::parallel;

/// Bytes of text between two places that are known.
const STEP: u64 = 1 << 20;

/// Most places that are known of a file.
const MOST: u64 = 1 << 16;

/// A place in a text: where a row begins, its number, and its line's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) offset: u64,
    pub(super) row: usize,
    pub(super) line: usize,
}

/// What all ranks know of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Survey {
    pub(super) rows: usize,
    /// Fields of the first row.
    pub(super) fields: usize,
    /// The first row, and others; ascending.
    pub(super) marks: Vec<Mark>,
    /// The end of the text.
    pub(super) end: u64,
}

/// Looks through a text, all ranks a range each.
///
/// Two agreements of 8 bytes, a broadcast of 16, and a gather of 24 bytes for each MiB.
pub(super) fn survey(comm: &dyn Communicator, path: &Path, options: &Options) -> Result<Survey> {
    let ends = parallel::from_root(comm, || {
        let end = check_file(path)?.len();
        let mut lines = Lines::new(path, 0, 0, end)?;
        for _ in 0..options.skip_rows {
            if lines.next()?.is_none() {
                break;
            }
        }
        Ok([lines.at().to_le_bytes(), end.to_le_bytes()].concat())
    })?;
    let number = |at: usize| u64::from_le_bytes(ends[at..at + 8].try_into().expect("eight bytes"));
    let (first, end) = (number(0), number(8));
    let bound =
        |rank: usize| first + ((end - first) as u128 * rank as u128 / comm.size() as u128) as u64;
    let range = bound(comm.rank())..bound(comm.rank() + 1);
    let step = STEP.max((end - first) / MOST);
    let mine = comm.agree(look(path, options, (first, range), step))?;
    let all = comm.all_gather_varying(&mine)?;
    let mut survey = Survey { rows: 0, fields: 0, marks: Vec::new(), end };
    let mut lines = options.skip_rows;
    for of_rank in &all {
        let mut numbers = of_rank.as_chunks::<8>().0.iter().map(|&n| u64::from_le_bytes(n));
        let mut next = || numbers.next().expect("what `look` has written") as usize;
        let (rank_lines, rank_rows, fields, marks) = (next(), next(), next(), next());
        if survey.rows == 0 {
            survey.fields = fields;
        }
        for _ in 0..marks {
            let (offset, row, line) = (next() as u64, next() + survey.rows, next() + lines);
            survey.marks.push(Mark { offset, row, line });
        }
        lines += rank_lines;
        survey.rows += rank_rows;
    }
    Ok(survey)
}

/// What a rank finds in its range: numbers of lines and rows, fields of the first row, and marks.
fn look(
    path: &Path,
    options: &Options,
    (first, range): (u64, std::ops::Range<u64>),
    step: u64,
) -> Result<Vec<u8>> {
    let (mut line_count, mut rows, mut fields) = (0, 0, 0);
    let mut marks: Vec<u64> = Vec::new();
    let mut next_mark = range.start;
    let mut lines = Lines::new(path, first, range.start, range.end)?;
    while let Some((offset, line)) = lines.next()? {
        line_count += 1;
        if !options.is_row(line) {
            continue;
        }
        if rows == 0 {
            let line = std::str::from_utf8(line).map_err(|_| {
                Error::file(path, format!("the line at byte {offset} is no text (UTF-8)"))
            })?;
            fields = options.fields(line).count() as u64;
        }
        if rows == 0 || offset >= next_mark {
            marks.extend([offset, rows, line_count]);
            next_mark = offset + step;
        }
        rows += 1;
    }
    let head = [line_count, rows, fields, marks.len() as u64 / 3];
    Ok(head.iter().chain(&marks).flat_map(|number| number.to_le_bytes()).collect())
}
