//! Exact sums of the columns of rows, in bins side by side.

use std::ops::Range;

use super::bins::{ADDITIONS, Found, LANES, Window, bins, cut_into, cut_lanes_into, magnitude};
use super::exact::Exact;
use super::stream::prefetch;
use super::sums::AsF64;

/// Rows that are read at a time, so that bins are loaded once for all of them.
const STREAMS: usize = 4;
/// Rows that are summed column by column before the bins are emptied, as many as bins can take: to empty
/// them costs each column as much as some rows.
const ROWS: usize = 1 << ADDITIONS;
/// Columns whose bins stay in the nearest cache together.
const COLUMNS: usize = 512;

/// Rows of numbers that are summed column by column.
#[derive(Clone, Copy)]
pub(super) struct Table<T> {
    first: *const T,
    /// Bytes from one row to the next.
    stride: isize,
    rows: usize,
    columns: usize,
}

impl<T: AsF64> Table<T> {
    /// # Safety
    /// The rows can be read as long as the table is used.
    pub(super) unsafe fn new(first: *const T, stride: isize, rows: usize, columns: usize) -> Self {
        Self { first, stride, rows, columns }
    }

    #[inline(always)]
    fn row(&self, row: usize) -> &[T] {
        // SAFETY: whoever made the table vouches for so many columns of each of its rows.
        unsafe {
            let first = self.first.wrapping_byte_offset(self.stride * row as isize);
            std::slice::from_raw_parts(first, self.columns)
        }
    }

    fn part(&self, rows: Range<usize>, columns: Range<usize>) -> Self {
        let row = self.first.wrapping_byte_offset(self.stride * rows.start as isize);
        let first = row.wrapping_add(columns.start);
        Self { first, stride: self.stride, rows: rows.len(), columns: columns.len() }
    }
}

/// Adds the numbers of each column to a sum of its own.
#[inline(always)]
pub(super) fn sum<T: AsF64>(table: Table<T>, window: &mut Window, sums: &mut [Exact]) {
    for column in (0..table.columns).step_by(COLUMNS) {
        let columns = column..table.columns.min(column + COLUMNS);
        let sums = &mut sums[columns.clone()];
        for row in (0..table.rows).step_by(ROWS) {
            let part = table.part(row..table.rows.min(row + ROWS), columns.clone());
            let most = || {
                let all = (0..part.rows).flat_map(|row| part.row(row));
                all.map(|element| magnitude(element.as_f64())).fold(0, |a, b| a.max(b))
            };
            let binned = part.rows >= STREAMS
                && window.fit(
                    most,
                    #[inline(always)]
                    |top, wide| match wide {
                        false => sum_part::<T, 2>(part, top, sums),
                        true => sum_part::<T, 3>(part, top, sums),
                    },
                );
            if !binned {
                for row in 0..part.rows {
                    for (sum, element) in sums.iter_mut().zip(part.row(row)) {
                        sum.push(element.as_f64());
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn sum_part<T: AsF64, const K: usize>(part: Table<T>, top: i32, into: &mut [Exact]) -> Found {
    let (start, units) = bins::<K>(top);
    let mut sums = [[0.0; COLUMNS]; K];
    for k in 0..K {
        sums[k][..part.columns].fill(start[k]);
    }
    let mut found = Found { most: 0, left: 0 };
    for row in (0..part.rows).step_by(STREAMS) {
        sum_rows(part, row..part.rows.min(row + STREAMS), &mut sums, &mut found);
    }
    if found.is_exact(top) {
        for (j, into) in into.iter_mut().enumerate() {
            for k in 0..K {
                into.add(sums[k][j].to_bits() as i64 - start[k].to_bits() as i64, units[k]);
            }
        }
    }
    found
}

/// Adds rows to the sums of their columns; as many rows that come next are asked for.
///
/// How many rows there are is not known to the compiler: a loop over the rows that it unrolls it makes into vectors of
/// uneven lengths.
#[inline(always)]
fn sum_rows<T: AsF64, const K: usize>(
    part: Table<T>,
    rows: Range<usize>,
    sums: &mut [[f64; COLUMNS]; K],
    found: &mut Found,
) {
    let next = part.stride * STREAMS as isize;
    let columns = part.columns.min(COLUMNS);
    let (mut most, mut left) = ([found.most; LANES], [found.left; LANES]);
    let whole = columns / LANES * LANES;
    for j in (0..whole).step_by(LANES) {
        let mut own = [[0.0; LANES]; K];
        for k in 0..K {
            own[k].copy_from_slice(&sums[k][j..j + LANES]);
        }
        for row in rows.clone() {
            let chunk = &part.row(row)[j..j + LANES];
            prefetch(chunk.as_ptr().cast::<u8>().wrapping_offset(next), size_of_val(chunk));
            let values = std::array::from_fn(|i| chunk[i].as_f64());
            cut_lanes_into(&mut own, values, &mut most, &mut left);
        }
        for k in 0..K {
            sums[k][j..j + LANES].copy_from_slice(&own[k]);
        }
    }
    for j in whole..columns {
        for row in rows.clone() {
            let value = part.row(row)[j].as_f64();
            most[0] = magnitude(value).max(most[0]);
            left[0] |= cut_into(sums, j, value);
        }
    }
    *found = Found::in_lanes(most, left);
}

#[cfg(test)]
mod tests {
    use super::super::bins::samples::{numbers, one_by_one};
    use super::*;

    #[test]
    fn columns_are_summed_exactly() {
        for (rows, columns) in [(1, 5), (3, 1), (4, 3), (9, 700), (300, 17), (130, 513), (1100, 3)]
        {
            for powers in [0, 40, 60, 300] {
                let elements = numbers(rows * columns, 3, powers);
                let mut sums = vec![Exact::ZERO; columns];
                // SAFETY: the elements are so many rows, one after the other.
                let table =
                    unsafe { Table::new(elements.as_ptr(), 8 * columns as isize, rows, columns) };
                sum(table, &mut Window::default(), &mut sums);
                for (j, sum) in sums.iter().enumerate() {
                    let column: Vec<f64> =
                        elements.iter().skip(j).step_by(columns).copied().collect();
                    assert_eq!(sum.rounded::<f64>().to_bits(), one_by_one(&column));
                }
            }
        }
    }
}
