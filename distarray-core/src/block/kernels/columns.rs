//! Exact sums of the columns of rows, in bins side by side.

use std::ops::Range;

use super::bins::{ADDITIONS, HIGHEST, bins, cut_lanes_into, magnitude, padded};
use super::cpu::Level;
use super::exact::Summing;
use super::stream::prefetch_later;
use super::sums::AsF64;
use super::window::{Found, Window};

/// Columns that are summed side by side.
const LANES: usize = 8;
/// Rows that are read at a time, so that bins are loaded once for all of them.
const STREAMS: usize = 8;
/// Fewer rows are added one by one.
const FEW: usize = 4;
/// Rows that are summed column by column before the bins are emptied, as many as bins can take: to empty
/// them costs each column as much as some rows.
const ROWS: usize = 1 << ADDITIONS;
/// Columns that are summed together at most. Memory is read in long pieces, as processors see what comes next
/// within a piece, best in whole rows; bins of so many columns stay in the second cache, and each is loaded there
/// once for several rows.
const COLUMNS: usize = 6144;

/// Rows, of those that are summed first, by which bins are chosen.
const LOOKED_AT: usize = 8;

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
pub(super) fn sum<L: Level, T: AsF64, S: Summing>(
    table: Table<T>,
    window: &mut Window,
    sums: &mut [S],
) {
    // Parts of about as many columns, whole chunks of them.
    let parts = table.columns.div_ceil(COLUMNS).max(1);
    let together = table.columns.div_ceil(parts).max(1).next_multiple_of(LANES);
    let mut totals = Totals::new(table.columns.min(together));
    for column in (0..table.columns).step_by(together) {
        let columns = column..table.columns.min(column + together);
        let sums = &mut sums[columns.clone()];
        for row in (0..table.rows).step_by(ROWS) {
            let part = table.part(row..table.rows.min(row + ROWS), columns.clone());
            // Of some rows: to read all of them for that would take as long as to sum some.
            let most = || {
                let some = (0..part.rows).step_by((part.rows / LOOKED_AT).max(1));
                let all = some.flat_map(|row| part.row(row));
                all.map(|element| magnitude(element.as_f64())).fold(0, |a, b| a.max(b))
            };
            let binned = part.rows >= FEW
                && window.fit(
                    HIGHEST,
                    most,
                    #[inline(always)]
                    |top, wide| match wide {
                        false => sum_part::<L, T, S, 2>(part, top, &mut totals, sums),
                        true => sum_part::<L, T, S, 3>(part, top, &mut totals, sums),
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
        totals.empty_into(sums);
    }
}

/// What bins held when they were full, of some columns: so that exact sums, which are long and lie far
/// apart, are reached for once and not for each bin.
struct Totals {
    /// Where the bins lie.
    top: i32,
    /// How many there are; none where nothing is held.
    bins: usize,
    /// Of some columns side by side, in units of each bin. A bin counts at most 2^51 either way, so there is room for
    /// those of less than 2^12 parts.
    held: Vec<[[i64; LANES]; 3]>,
    /// How many parts are held.
    parts: usize,
}

impl Totals {
    const PARTS: usize = (1 << 12) - 1;

    /// Of so many columns.
    fn new(columns: usize) -> Self {
        let held = vec![[[0; LANES]; 3]; columns.div_ceil(LANES)];
        Self { top: 0, bins: 0, held, parts: 0 }
    }

    /// Takes over what bins hold beyond what they started from.
    #[inline(always)]
    fn take<S: Summing, const K: usize>(
        &mut self,
        top: i32,
        start: [f64; K],
        bins: &[[[f64; LANES]; K]],
        sums: &mut [S],
    ) {
        if (self.top, self.bins) != (top, K) || self.parts == Self::PARTS {
            self.empty_into(sums);
        }
        (self.top, self.bins) = (top, K);
        self.parts += 1;
        for (held, bins) in self.held.iter_mut().zip(bins) {
            for k in 0..K {
                for i in 0..LANES {
                    // Both lie between two powers of two: their bits count in units of the bin.
                    held[k][i] += bins[k][i].to_bits() as i64 - start[k].to_bits() as i64;
                }
            }
        }
    }

    /// Adds what is held to the sums of its columns.
    fn empty_into<S: Summing>(&mut self, sums: &mut [S]) {
        let (_, units) = bins::<3>(self.top);
        for (sums, held) in sums.chunks_mut(LANES).zip(&mut self.held) {
            for (i, sum) in sums.iter_mut().enumerate() {
                for k in 0..self.bins {
                    sum.add(held[k][i], units[k]);
                }
            }
            *held = [[0; LANES]; 3];
        }
        (self.bins, self.parts) = (0, 0);
    }
}

#[inline(always)]
fn sum_part<L: Level, T: AsF64, S: Summing, const K: usize>(
    part: Table<T>,
    top: i32,
    totals: &mut Totals,
    sums: &mut [S],
) -> Found {
    let (start, _) = bins::<K>(top);
    // The bins of some columns side by side.
    let mut bins = vec![start.map(|start| [start; LANES]); part.columns.div_ceil(LANES)];
    let (mut most, mut left) = ([0; LANES], [0; LANES]);
    for row in (0..part.rows).step_by(STREAMS) {
        let rows = row..part.rows.min(row + STREAMS);
        add_rows::<L, T, K>(part, rows, &mut bins, &mut most, &mut left);
    }
    let found = Found::in_lanes(most, left);
    if found.is_exact(top) {
        totals.take(top, start, &bins, sums);
    }
    found
}

/// Adds rows to the bins of their columns; as many rows that come next are asked for.
///
/// How many rows there are is not known to the compiler: a loop over the rows that it unrolls it makes into vectors of
/// uneven lengths.
#[inline(always)]
fn add_rows<L: Level, T: AsF64, const K: usize>(
    part: Table<T>,
    rows: Range<usize>,
    bins: &mut [[[f64; LANES]; K]],
    most: &mut [u64; LANES],
    left: &mut [u64; LANES],
) {
    let next = part.stride * STREAMS as isize;
    let whole = part.columns / LANES;
    for (j, bins) in bins[..whole].iter_mut().enumerate() {
        let mut own = *bins;
        for row in rows.clone() {
            let chunk = &part.row(row)[j * LANES..(j + 1) * LANES];
            prefetch_later(chunk.as_ptr().cast::<u8>().wrapping_offset(next), size_of_val(chunk));
            let values = std::array::from_fn(|i| chunk[i].as_f64());
            cut_lanes_into::<L, K, LANES>(&mut own, values, most, left);
        }
        *bins = own;
    }
    if let Some(bins) = bins.get_mut(whole) {
        for row in rows {
            let rest = &part.row(row)[whole * LANES..];
            cut_lanes_into::<L, K, LANES>(
                bins,
                padded(rest, |element: T| element.as_f64()),
                most,
                left,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::accumulate::{AbsorbRows, Course, Positions, Rows};
    use super::super::bins::samples::{numbers, one_by_one};
    use super::super::cpu;
    use super::super::exact::Exact;
    use super::super::sums::Sums;
    use super::*;

    #[test]
    fn columns_are_summed_exactly() {
        for (rows, columns) in [
            (1, 5),
            (3, 1),
            (4, 3),
            (9, 700),
            (300, 17),
            (130, 513),
            (6, 2600),
            (19, 2570),
            (1100, 3),
            (9, 6145),
            (4, 12_289),
        ] {
            for powers in [0, 40, 60, 300] {
                let elements = numbers(rows * columns, 3, powers);
                cpu::each_level(|| {
                    let mut sums = vec![Sums([Exact::ZERO]); columns];
                    let rows = Rows {
                        first: elements.as_ptr(),
                        stride: 8 * columns as isize,
                        count: rows,
                        at: Positions::default(),
                    };
                    cpu::run(&mut sums[..], &mut Course::default(), AbsorbRows(rows));
                    for (j, sum) in sums.iter().enumerate() {
                        let column: Vec<f64> =
                            elements.iter().skip(j).step_by(columns).copied().collect();
                        assert_eq!(sum.0[0].rounded::<f64>().to_bits(), one_by_one(&column));
                    }
                });
            }
        }
    }

    #[test]
    fn full_bins_have_room_for_all_that_is_held() {
        // A rest as large as bins may have, in as many rows as are held at most.
        for element in [1.0 + 2.0_f64.powi(-41), -1.0 - 2.0_f64.powi(-41)] {
            let count = ROWS << 12;
            let rows = Rows { first: &element, stride: 0, count, at: Positions::default() };
            let mut sums = [Sums([Exact::ZERO])];
            cpu::run(&mut sums[..], &mut Course::default(), AbsorbRows(rows));
            assert_eq!(sums[0].0[0].rounded::<f64>(), element * count as f64);
        }
    }
}
