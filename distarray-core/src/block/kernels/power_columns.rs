//! Exact sums of the columns of rows and of their squares, in bins side by side.

use std::ops::Range;

use super::accumulate::Rows;
use super::bins::{ADDITIONS, magnitude, padded};
use super::cpu::Level;
use super::power_bins::{HIGHEST, LANES, Running, Starts};
use super::power_sums::PowerSums;
use super::stream::prefetch_later;
use super::window::{Found, Window};
#[cfg(target_arch = "x86_64")]
use super::{cpu, power_integers};

/// Rows that are read at a time, so that bins are loaded once for all of them; fewer are added one by one.
const STREAMS: usize = 4;
/// Rows that are summed before bins are emptied, as many as bins can take: two numbers for each square.
const ROWS: usize = 1 << (ADDITIONS - 1);
/// Columns that are summed together; their bins stay near, and each is loaded there once for several rows.
const COLUMNS: usize = 512;

/// Adds the numbers of each column, and their squares, to sums of its own.
#[inline(always)]
pub(super) fn sum<V: Level>(rows: Rows<f64>, window: &mut Window, into: &mut [PowerSums]) {
    #[cfg(target_arch = "x86_64")]
    if V::IS_AVX512 && cpu::is_ifma() {
        // SAFETY: the processor has the instructions; whoever made the rows vouches for their columns.
        return unsafe { power_integers::sum_columns(rows, window, into, sum_in_bins::<V>) };
    }
    sum_in_bins::<V>(rows, window, into);
}

#[inline(always)]
fn sum_in_bins<V: Level>(rows: Rows<f64>, window: &mut Window, into: &mut [PowerSums]) {
    let columns = into.len();
    for start in (0..columns).step_by(COLUMNS) {
        let columns = start..columns.min(start + COLUMNS);
        let into = &mut into[columns.clone()];
        for first in (0..rows.count).step_by(ROWS) {
            let part = Part {
                rows,
                numbers: first..rows.count.min(first + ROWS),
                columns: columns.clone(),
            };
            let most = || {
                let all = part.numbers.clone().flat_map(|row| part.row(row));
                all.map(|&x| magnitude(x)).fold(0, |a, b| a.max(b))
            };
            let binned = part.numbers.len() >= STREAMS
                && window.fit(
                    HIGHEST,
                    most,
                    #[inline(always)]
                    |top, wide| match wide {
                        false => sum_part::<V, 2, 4>(&part, top, into),
                        true => sum_part::<V, 3, 6>(&part, top, into),
                    },
                );
            if !binned {
                for row in part.numbers.clone() {
                    for (sums, &element) in into.iter_mut().zip(part.row(row)) {
                        sums.push(element);
                    }
                }
            }
        }
    }
}

/// Some columns of some rows.
struct Part {
    rows: Rows<f64>,
    numbers: Range<usize>,
    columns: Range<usize>,
}

impl Part {
    #[inline(always)]
    fn row(&self, number: usize) -> &[f64] {
        // SAFETY: whoever made the rows vouches for as many columns as there are accumulators, the part's among
        // them.
        unsafe { &self.rows.row(number, self.columns.end)[self.columns.start..] }
    }
}

#[inline(always)]
fn sum_part<V: Level, const K: usize, const L: usize>(
    part: &Part,
    top: i32,
    into: &mut [PowerSums],
) -> Found {
    let starts = Starts::<K, L>::new(top);
    let mut running = starts.running::<COLUMNS>();
    let mut found = Found { most: 0, left: 0 };
    for first in part.numbers.clone().step_by(STREAMS) {
        sum_rows::<V, K, L>(
            part,
            first..part.numbers.end.min(first + STREAMS),
            &mut running,
            &mut found,
        );
    }
    if found.is_exact(top) {
        for (column, into) in into.iter_mut().enumerate() {
            starts.empty(&running, column..column + 1, into);
        }
    }
    found
}

/// Adds rows to the sums of their columns; as many rows that come next are asked for.
#[inline(always)]
fn sum_rows<V: Level, const K: usize, const L: usize>(
    part: &Part,
    numbers: Range<usize>,
    running: &mut Running<K, L, COLUMNS>,
    found: &mut Found,
) {
    let next = part.rows.stride * STREAMS as isize;
    let columns = part.columns.len().min(COLUMNS);
    let (mut most, mut left) = ([found.most; LANES], [found.left; LANES]);
    for j in (0..columns).step_by(LANES) {
        let mut own = Running { values: [[0.0; LANES]; K], squares: [[0.0; LANES]; L] };
        for (own, sums) in own.values.iter_mut().zip(&running.values) {
            own.copy_from_slice(&sums[j..j + LANES]);
        }
        for (own, sums) in own.squares.iter_mut().zip(&running.squares) {
            own.copy_from_slice(&sums[j..j + LANES]);
        }
        for number in numbers.clone() {
            let rest = &part.row(number)[j..columns];
            prefetch_later(
                rest.as_ptr().cast::<u8>().wrapping_offset(next),
                LANES * size_of::<f64>(),
            );
            let values = match rest.first_chunk::<LANES>() {
                Some(chunk) => *chunk,
                None => padded(rest, |x| x),
            };
            own.add::<V>(values, &mut most, &mut left);
        }
        for (own, sums) in own.values.iter().zip(&mut running.values) {
            sums[j..j + LANES].copy_from_slice(own);
        }
        for (own, sums) in own.squares.iter().zip(&mut running.squares) {
            sums[j..j + LANES].copy_from_slice(own);
        }
    }
    *found = Found::in_lanes(most, left);
}

#[cfg(test)]
mod tests {
    use super::super::accumulate::{AbsorbRows, Course, Positions};
    use super::super::bins::samples::numbers;
    use super::super::cpu;
    use super::super::power_bins::samples::{RANGES, assert_same};
    use super::*;

    #[test]
    fn columns_of_all_ranges_are_summed_exactly() {
        let mut course = Course::default();
        for (count, columns) in
            [(1, 5), (3, 1), (4, 3), (9, 600), (300, 17), (520, 9), (4099, 11), (20, 1030)]
        {
            for (around, powers) in RANGES {
                let elements = numbers(count * columns, around, powers);
                let rows = Rows {
                    first: elements.as_ptr(),
                    stride: 8 * columns as isize,
                    count,
                    at: Positions::default(),
                };
                cpu::each_level(|| {
                    let mut sums = vec![PowerSums::ZERO; columns];
                    cpu::run(&mut sums[..], &mut course, AbsorbRows(rows));
                    for (j, sums) in sums.iter().enumerate() {
                        let column: Vec<f64> =
                            elements.iter().skip(j).step_by(columns).copied().collect();
                        assert_same(sums, &column);
                    }
                });
            }
        }
    }

    #[test]
    fn bins_take_as_many_rows_as_there_may_be() {
        let most = f64::from_bits(2.0_f64.powi(300).to_bits() - 1);
        let numbers = [most, -most, 1.0 + f64::EPSILON, 0.27, -0.27];
        for (count, number) in [ROWS, 4096, 9000].into_iter().flat_map(|n| numbers.map(|x| (n, x)))
        {
            let elements = vec![number; count];
            let first = elements.as_ptr();
            let rows = Rows { first, stride: 8, count, at: Positions::default() };
            cpu::each_level(|| {
                let mut sums = [PowerSums::ZERO];
                cpu::run(&mut sums[..], &mut Course::default(), AbsorbRows(rows));
                assert_same(&sums[0], &elements);
            });
        }
    }
}
