//! Vector loops that sum floating-point numbers without rounding.
//!
//! Each number is cut at fixed powers of two into a few *bins*, and every bin is summed by itself, in
//! plain floating-point additions that are exact: a running sum of `1.5 * 2^m` rounds what is added to
//! a multiple of `2^(m - 52)`, and what that leaves goes to the next bin (Demmel and Nguyen, *Fast
//! Reproducible Floating-Point Summation*, 2013; the splitting is Rump, Ogita and Oishi's,
//! *Accurate Floating-Point Summation*, 2008). The loops look for numbers beyond the bins, above or
//! below; where there are any, the piece is done again with other bins, at last one by one. So
//! nothing is ever lost, and a sum does not depend on how it came about.

use super::exact::Exact;
use super::sums::AsF64;

/// Independent sums in one loop: enough for the latency of additions, few enough for the registers.
pub(super) const LANES: usize = 16;
/// Numbers that are summed in one bin before it is emptied; they stay in the nearest cache.
pub(super) const PIECE: usize = 2048;
/// Rows that are summed column by column before the bins are emptied.
pub(super) const ROWS: usize = 128;
/// Columns whose bins stay in the nearest cache together.
const COLUMNS: usize = 512;
/// Rows that are read at a time, so that bins are loaded once for all of them.
const STREAMS: usize = 4;
/// The binary logarithm of a bound for the numbers that go to one running sum.
const ADDITIONS: i32 = 8;
/// Bits by which a bin lies below the one above it.
const WIDTH: i32 = 52 - ADDITIONS;
/// Magnitudes from `2^HIGHEST` on are added one by one: running sums must not overflow.
const HIGHEST: i32 = 1022 - ADDITIONS - 1;
/// Bins lie no lower than this: below, their units would be less than the least number.
const LOWEST: i32 = -1074 + 52 - ADDITIONS - 1 + 2 * WIDTH;
/// Pieces of fewer numbers are added one by one.
const FEW: usize = 8;

/// Where the bins of numbers like the last ones lie.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Window {
    /// Numbers are less than two to this power; `None` before the first.
    top: Option<i32>,
    /// Whether two bins were too few.
    wide: bool,
}

impl Window {
    /// For magnitudes up to the one with these bits; nothing where they cannot be summed in bins. One
    /// bit is left for numbers that grow.
    fn raise(&mut self, most: u64) {
        let top = (most >> 52) as i32 - 1023 + 2;
        self.top = (top <= HIGHEST).then_some(top.max(LOWEST));
    }
}

/// The bits of the magnitude.
#[inline(always)]
fn magnitude(value: f64) -> u64 {
    value.to_bits() & (u64::MAX >> 1)
}

/// Whether all magnitudes up to the one with these bits are less than `2^top`.
#[inline(always)]
fn fits(most: u64, top: i32) -> bool {
    (most >> 52) as i32 - 1023 < top
}

/// What the running sums of bins start from, and the power of two that each counts in.
#[inline(always)]
fn bins<const K: usize>(top: i32) -> ([f64; K], [i32; K]) {
    let exponent = |k: usize| top + ADDITIONS + 1 - k as i32 * WIDTH;
    let start = |k| f64::from_bits(((exponent(k) + 1023) as u64) << 52 | 1 << 51);
    (std::array::from_fn(start), std::array::from_fn(|k| exponent(k) - 52))
}

/// Adds a number to a running sum in each bin; the bits of what they leave of it.
#[inline(always)]
fn cut_into<const K: usize, const N: usize>(
    sums: &mut [[f64; N]; K],
    at: usize,
    value: f64,
) -> u64 {
    let mut rest = value;
    for sums in sums {
        let more = sums[at] + rest;
        rest -= more - sums[at];
        sums[at] = more;
    }
    rest.to_bits()
}

/// What a loop has found beside the sums.
#[derive(Clone, Copy)]
struct Found {
    /// The bits of the greatest magnitude.
    most: u64,
    /// Bits that are set where something was left.
    left: u64,
}

/// Adds numbers to one sum, or in turn to two: the parts of complex numbers.
#[inline(always)]
pub(super) fn sum<T: AsF64>(
    elements: &[T],
    value: impl Fn(T) -> f64 + Copy,
    window: &mut Window,
    sums: &mut [Exact],
) {
    for piece in elements.chunks(PIECE) {
        let most =
            || piece.iter().map(|&element| magnitude(value(element))).fold(0, |a, b| a.max(b));
        let binned = piece.len() >= FEW
            && window.fit(
                most,
                #[inline(always)]
                |top, wide| match wide {
                    false => sum_piece::<T, 2>(piece, value, top, sums),
                    true => sum_piece::<T, 3>(piece, value, top, sums),
                },
            );
        if !binned {
            for (i, &element) in piece.iter().enumerate() {
                sums[i % sums.len()].push(value(element));
            }
        }
    }
}

#[inline(always)]
fn sum_piece<T: AsF64, const K: usize>(
    piece: &[T],
    value: impl Fn(T) -> f64,
    top: i32,
    into: &mut [Exact],
) -> Found {
    let (start, units) = bins::<K>(top);
    let mut sums = [[0.0; LANES]; K];
    for k in 0..K {
        sums[k] = [start[k]; LANES];
    }
    let (mut most, mut left) = ([0; LANES], [0; LANES]);
    let (chunks, rest) = piece.as_chunks::<LANES>();
    for chunk in chunks {
        for i in 0..LANES {
            let value = value(chunk[i]);
            most[i] = magnitude(value).max(most[i]);
            left[i] |= cut_into(&mut sums, i, value);
        }
    }
    for (i, &element) in rest.iter().enumerate() {
        let value = value(element);
        most[i] = magnitude(value).max(most[i]);
        left[i] |= cut_into(&mut sums, i, value);
    }
    let most = most.into_iter().fold(0, u64::max);
    let found = Found { most, left: left.into_iter().fold(0, |all, left| all | left) };
    if found.is_exact(top) {
        for k in 0..K {
            // Both lie between two powers of two: their bits count in units of the bin.
            let mut bins = [0; 2];
            for i in 0..LANES {
                bins[i % 2] += sums[k][i].to_bits() as i64 - start[k].to_bits() as i64;
            }
            match into {
                [one] => one.add(bins[0] + bins[1], units[k]),
                _ => into.iter_mut().zip(bins).for_each(|(sum, bin)| sum.add(bin, units[k])),
            }
        }
    }
    found
}

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

    fn part(&self, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> Self {
        let row = self.first.wrapping_byte_offset(self.stride * rows.start as isize);
        let first = row.wrapping_add(columns.start);
        Self { first, stride: self.stride, rows: rows.len(), columns: columns.len() }
    }
}

/// Adds the numbers of each column to a sum of its own.
#[inline(always)]
pub(super) fn sum_columns<T: AsF64>(table: Table<T>, window: &mut Window, sums: &mut [Exact]) {
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
    let mut row = 0;
    while row + STREAMS <= part.rows {
        sum_rows(
            std::array::from_fn::<_, STREAMS, _>(|i| part.row(row + i)),
            &mut sums,
            &mut found,
        );
        row += STREAMS;
    }
    for row in row..part.rows {
        sum_rows([part.row(row)], &mut sums, &mut found);
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

#[inline(always)]
fn sum_rows<T: AsF64, const K: usize, const R: usize>(
    rows: [&[T]; R],
    sums: &mut [[f64; COLUMNS]; K],
    found: &mut Found,
) {
    let columns = rows[0].len().min(COLUMNS);
    let rows = rows.map(|row| &row[..columns]);
    let (mut most, mut left) = (found.most, found.left);
    for j in 0..columns {
        for row in rows {
            let value = row[j].as_f64();
            most = magnitude(value).max(most);
            left |= cut_into(sums, j, value);
        }
    }
    *found = Found { most, left };
}

impl Found {
    /// Whether bins for numbers less than `2^top` have summed all of every number.
    #[inline(always)]
    fn is_exact(self, top: i32) -> bool {
        fits(self.most, top) && self.left == 0
    }
}

impl Window {
    /// Sums a piece by `run`, in two bins or (where it is told so) three; whether that was exact.
    #[inline(always)]
    fn fit(&mut self, most: impl Fn() -> u64, mut run: impl FnMut(i32, bool) -> Found) -> bool {
        let mut suited = self.top.is_none();
        if suited {
            self.raise(most());
        }
        while let Some(top) = self.top {
            let found = run(top, self.wide);
            if found.is_exact(top) {
                return true;
            }
            match (suited, self.wide) {
                // Once more, with bins that suit this piece, then with more of them.
                (false, _) => self.raise(found.most),
                (true, false) => self.wide = true,
                (true, true) => self.top = None,
            }
            suited = true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::exact::Exact;
    use super::*;

    fn one_by_one(elements: &[f64]) -> u64 {
        let mut exact = Exact::ZERO;
        elements.iter().for_each(|&element| exact.push(element));
        exact.rounded::<f64>().to_bits()
    }

    fn in_pieces(elements: &[f64], window: &mut Window) -> u64 {
        let mut sums = [Exact::ZERO];
        sum(elements, |x| x, window, &mut sums);
        sums[0].rounded::<f64>().to_bits()
    }

    /// Numbers of both signs over so many powers of two around one.
    fn numbers(count: usize, around: i32, powers: i32) -> Vec<f64> {
        let mut state = 88_172_645_463_325_252_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let number = |_| {
            let exponent = around - (next() % (powers as u64 + 1)) as i32;
            let fraction = (next() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0;
            fraction * 2.0_f64.powi(exponent.clamp(-1060, 1023))
        };
        (0..count).map(number).collect()
    }

    #[test]
    fn every_range_of_numbers_is_summed_exactly() {
        let mut window = Window::default();
        for powers in [0, 3, 30, 40, 80, 200, 2000] {
            for around in [0, 1, -30, 50, 1000, 1023, -900, -950, -1000, -1050] {
                for count in [0, 1, 7, 8, 100, PIECE, 3 * PIECE + 5] {
                    let elements = numbers(count, around, powers);
                    let expected = one_by_one(&elements);
                    let what = (powers, around, count);
                    assert_eq!(in_pieces(&elements, &mut window), expected, "{what:?}");
                    assert_eq!(in_pieces(&elements, &mut Window::default()), expected);
                }
            }
        }
    }

    #[test]
    fn ends_of_the_bins() {
        for exponent in [-1000, -300, 0, 300, 900, 1013, 1014, 1023] {
            let most = f64::from_bits(((exponent + 1023) as u64) << 52 | ((1 << 52) - 1));
            let ulp = most.to_bits() - 1;
            let elements = vec![most; PIECE];
            let mut mixed = elements.clone();
            mixed[PIECE / 2] = f64::from_bits(ulp);
            mixed[17] = f64::from_bits(1);
            for elements in [elements, mixed] {
                assert_eq!(in_pieces(&elements, &mut Window::default()), one_by_one(&elements));
            }
        }
    }

    #[test]
    fn columns_are_summed_exactly() {
        for (rows, columns) in [(1, 5), (3, 1), (4, 3), (9, 700), (300, 17), (130, 513)] {
            for powers in [0, 40, 60, 300] {
                let elements = numbers(rows * columns, 3, powers);
                let mut sums = vec![Exact::ZERO; columns];
                // SAFETY: the elements are so many rows, one after the other.
                let table =
                    unsafe { Table::new(elements.as_ptr(), 8 * columns as isize, rows, columns) };
                sum_columns(table, &mut Window::default(), &mut sums);
                for (j, sum) in sums.iter().enumerate() {
                    let column: Vec<f64> =
                        elements.iter().skip(j).step_by(columns).copied().collect();
                    assert_eq!(sum.rounded::<f64>().to_bits(), one_by_one(&column));
                }
            }
        }
    }
}
