//! Loops that sum numbers and their squares without rounding, in integers of 52 bits.
//!
//! A number is the sum of a high and a low part, each a multiple of a power of two: added to `1.5 * 2^m` it stands in
//! the fraction of the result, where the instructions that multiply integers of 52 bits (`AVX512_IFMA`) find it. So
//! squares take six multiplications, where sums in bins take twenty additions. Fractions are the parts and the half
//! of their range; what that adds to the sums of products is taken away at the end.

use std::arch::x86_64::{
    __m512d, __m512i, __mmask8, _mm512_add_epi64, _mm512_add_pd, _mm512_castpd_si512,
    _mm512_loadu_epi64, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_maskz_loadu_pd,
    _mm512_reduce_add_epi64, _mm512_reduce_or_epi64, _mm512_set1_pd, _mm512_setzero_si512,
    _mm512_storeu_epi64, _mm512_sub_pd,
};
use std::ops::Range;

use super::accumulate::{Ahead, Rows};
use super::avx512::{LANES, different};
use super::bins::magnitude;
use super::power_bins::{HIGHEST, LOWEST};
use super::power_sums::PowerSums;
use super::stream::prefetch_later;
use super::window::{Found, Window};

/// Numbers that a lane can add: so many products of 104 bits, of which both halves have a sum.
const MOST: usize = 1 << 12;
/// Numbers of a line that are summed before the sums are emptied: so many that the halves of their products have a sum
/// of 64 bits. They stay in the nearest cache, where they are found should they be too far apart.
const PIECE: usize = 1 << 12;
/// Numbers of a line that are added at a time, in vectors.
const VECTORS: usize = 2;
/// Fewer numbers are added one by one.
const FEW: usize = 16;
/// Columns that are summed together: their sums stay in the second cache.
const COLUMNS: usize = 1024;
/// Rows that are read at a time, so that sums are loaded once for all of them.
const STREAMS: usize = 8;
/// High parts of numbers less than two to some power lie between two to this power and its negative, both included. What
/// is seen to be beyond does not lie between twice as much, the upper end not included.
const BITS: i32 = 50;
// Sums of parts are integers of 64 bits with a sign.
const _: () = assert!(PIECE <= 1 << (62 - BITS) && MOST <= 1 << (62 - BITS));
/// What a fraction has beside a part: half of its range.
const HALF: i128 = 1 << 51;

/// Sums in eight lanes: of both parts as they stand in the numbers' bits, and of the lower and upper 52 bits of the
/// products high-high, high-low, low-low.
type Sums = [__m512i; 8];

/// What parts are multiples of, and what they stand in.
#[derive(Clone, Copy)]
struct Starts {
    units: [i32; 2],
    high: f64,
    low: f64,
}

impl Starts {
    /// For numbers less than `2^top`.
    fn new(top: i32) -> Self {
        let top = top.max(LOWEST);
        let units = [top - BITS, top - 2 * BITS - 1];
        let [high, low] =
            units.map(|unit| f64::from_bits(((unit + 52 + 1023) as u64) << 52 | 1 << 51));
        Self { units, high, low }
    }

    /// What the high part stands in, and the sum of what both stand in: of 53 bits, from four times the range of
    /// numbers to the unit of the high part.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn vectors(&self) -> [__m512d; 2] {
        [self.high, self.high + self.low].map(|start| _mm512_set1_pd(start))
    }

    /// Adds what was summed of so many numbers, in the order of [`Sums`].
    fn empty(&self, count: u64, sums: &[u64; 8], into: &mut PowerSums) {
        let sum = |bits: u64, start: f64| {
            bits.wrapping_sub(start.to_bits().wrapping_mul(count)).cast_signed()
        };
        let (high, low) = (sum(sums[0], self.high), sum(sums[1], self.low));
        let (wide_high, wide_low) = (i128::from(high), i128::from(low));
        // (a + HALF) * (b + HALF) less what HALF has brought in.
        let halves = HALF * HALF * i128::from(count);
        let product = |lower: u64, upper: u64, both: i128| {
            i128::from(lower) + (i128::from(upper) << 52) - HALF * both - halves
        };
        let [unit, least] = self.units;
        into.sum.add(high, unit);
        into.sum.add(low, least);
        let squares = &mut into.squares;
        squares.add_wide(product(sums[2], sums[3], 2 * wide_high), 2 * unit);
        squares.add_wide(product(sums[4], sums[5], wide_high + wide_low), unit + least + 1);
        squares.add_wide(product(sums[6], sums[7], 2 * wide_low), 2 * least);
    }
}

/// What was found of the numbers: bits where a high part stands in another exponent, and where something was left.
#[derive(Clone, Copy)]
struct Seen {
    beyond: __m512i,
    left: __m512i,
}

/// Adds a number in each lane, and its square.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn add(sums: &mut Sums, value: __m512d, [high, both]: [__m512d; 2], seen: &mut Seen) {
    let upper = _mm512_add_pd(value, high);
    seen.beyond = different(seen.beyond, upper, high);
    // The high part less what the low one stands in: exact, and then the low part where it stands is one difference.
    let part = _mm512_sub_pd(upper, both);
    let lower = _mm512_sub_pd(value, part);
    seen.left = different(seen.left, value, _mm512_add_pd(lower, part));
    let (a, b) = (_mm512_castpd_si512(upper), _mm512_castpd_si512(lower));
    *sums = [
        _mm512_add_epi64(sums[0], a),
        _mm512_add_epi64(sums[1], b),
        _mm512_madd52lo_epu64(sums[2], a, a),
        _mm512_madd52hi_epu64(sums[3], a, a),
        _mm512_madd52lo_epu64(sums[4], a, b),
        _mm512_madd52hi_epu64(sums[5], a, b),
        _mm512_madd52lo_epu64(sums[6], b, b),
        _mm512_madd52hi_epu64(sums[7], b, b),
    ];
}

/// The bits of the greatest magnitude.
fn greatest(of: &[f64]) -> u64 {
    of.iter().map(|&x| magnitude(x)).fold(0, u64::max)
}

/// The first numbers of a slice, and zeros for those that it does not have.
#[inline]
#[target_feature(enable = "avx512f")]
fn load(from: &[f64]) -> __m512d {
    let mask = if from.len() < LANES { (1 << from.len()) - 1 } else { __mmask8::MAX };
    // SAFETY: no more is read than there is.
    unsafe { _mm512_maskz_loadu_pd(mask, from.as_ptr()) }
}

impl Seen {
    /// Of no numbers.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn nothing() -> Self {
        Self { beyond: _mm512_setzero_si512(), left: _mm512_setzero_si512() }
    }

    /// What all lanes have seen; where not all of every number was added, the greatest magnitude of all is looked up.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn found(&self, most: impl FnOnce() -> u64) -> Found {
        let [beyond, left] =
            [self.beyond, self.left].map(|bits| _mm512_reduce_or_epi64(bits).cast_unsigned());
        // A negative zero leaves a positive one.
        let is_exact = beyond >> 52 == 0 && left << 1 == 0;
        Found { most: if is_exact { 0 } else { most() }, left }
    }
}

/// Adds numbers and their squares to sums, in pieces; gives those that are too few or too far apart to `rest`.
///
/// # Safety
/// The processor has `AVX512_IFMA`.
#[inline(always)]
pub(super) unsafe fn sum(
    elements: &[f64],
    window: &mut Window,
    ahead: Ahead,
    into: &mut PowerSums,
    mut rest: impl FnMut(&[f64], &mut Window, Ahead, &mut PowerSums),
) {
    for piece in elements.chunks(PIECE) {
        let most = || greatest(piece);
        // SAFETY: the caller vouches for the processor.
        let run = |top| unsafe { sum_piece(piece, top, ahead, into) };
        if piece.len() < FEW || !window.fit_once(HIGHEST, most, run) {
            rest(piece, window, ahead, into);
        }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn sum_piece(piece: &[f64], top: i32, ahead: Ahead, into: &mut PowerSums) -> Found {
    let starts = Starts::new(top);
    let standing = starts.vectors();
    let mut sums = [[_mm512_setzero_si512(); 8]; VECTORS];
    let mut seen = Seen::nothing();
    let mut chunks = piece.chunks_exact(VECTORS * LANES);
    for chunk in &mut chunks {
        ahead.ask(chunk);
        for (sums, values) in sums.iter_mut().zip(chunk.chunks_exact(LANES)) {
            add(sums, load(values), standing, &mut seen);
        }
    }
    let mut count = piece.len() - chunks.remainder().len();
    for (sums, values) in sums.iter_mut().zip(chunks.remainder().chunks(LANES)) {
        add(sums, load(values), standing, &mut seen);
        count += LANES;
    }
    let found = seen.found(|| greatest(piece));
    if found.is_exact(top) {
        let mut totals = [0; 8];
        for (k, total) in totals.iter_mut().enumerate() {
            let lanes = _mm512_add_epi64(sums[0][k], sums[1][k]);
            *total = _mm512_reduce_add_epi64(lanes).cast_unsigned();
        }
        starts.empty(count as u64, &totals, into);
    }
    found
}

/// The numbers in the lanes.
#[inline]
#[target_feature(enable = "avx512f")]
fn lanes(of: __m512i) -> [u64; LANES] {
    let mut lanes = [0; LANES];
    // SAFETY: the lanes are as many.
    unsafe { _mm512_storeu_epi64(lanes.as_mut_ptr().cast(), of) };
    lanes
}

/// Adds the numbers of each column of rows, and their squares, to sums of its own; gives columns and rows that are too
/// few or too far apart to `rest`.
///
/// # Safety
/// The processor has `AVX512_IFMA`, and the rows have a column for each of the sums.
#[inline(always)]
pub(super) unsafe fn sum_columns(
    rows: Rows<f64>,
    window: &mut Window,
    into: &mut [PowerSums],
    mut rest: impl FnMut(Rows<f64>, &mut Window, &mut [PowerSums]),
) {
    let mut sums = Vec::with_capacity(into.len().min(COLUMNS).div_ceil(LANES));
    for (number, into) in into.chunks_mut(COLUMNS).enumerate() {
        for numbers in (0..rows.count).step_by(MOST) {
            let columns = into.len();
            let part = rows.part(
                numbers..rows.count.min(numbers + MOST),
                number * COLUMNS..number * COLUMNS + columns,
            );
            // Of some rows: to read all of them for that would take as long as to sum some.
            let most = || {
                let some = (0..part.count).step_by((part.count / STREAMS).max(1));
                // SAFETY: the caller vouches for the rows.
                let all = some.map(|row| unsafe { part.row(row, columns) });
                all.map(greatest).fold(0, u64::max)
            };
            // SAFETY: as above, and for the processor.
            let run = |top| unsafe { sum_part(part, top, &mut sums, into) };
            if part.count < STREAMS || !window.fit_once(HIGHEST, most, run) {
                rest(part, window, into);
            }
        }
    }
}

/// # Safety
/// The rows have a column for each of the sums.
#[target_feature(enable = "avx512f,avx512ifma")]
unsafe fn sum_part(
    part: Rows<f64>,
    top: i32,
    sums: &mut Vec<[[u64; LANES]; 8]>,
    into: &mut [PowerSums],
) -> Found {
    let (starts, columns) = (Starts::new(top), into.len());
    sums.clear();
    sums.resize(columns.div_ceil(LANES), [[0; LANES]; 8]);
    let mut seen = Seen::nothing();
    for first in (0..part.count).step_by(STREAMS) {
        let numbers = first..part.count.min(first + STREAMS);
        // SAFETY: the caller vouches for the rows.
        unsafe { add_rows(part, numbers, columns, &starts, sums, &mut seen) };
    }
    // SAFETY: the caller vouches for the rows.
    let rows = (0..part.count).map(|row| unsafe { part.row(row, columns) });
    let found = seen.found(|| rows.map(greatest).fold(0, u64::max));
    if found.is_exact(top) {
        for (into, sums) in into.chunks_mut(LANES).zip(sums) {
            for (lane, into) in into.iter_mut().enumerate() {
                let own = std::array::from_fn(|k| sums[k][lane]);
                starts.empty(part.count as u64, &own, into);
            }
        }
    }
    found
}

/// Adds rows to the sums of their columns; as many rows that come next are asked for.
///
/// # Safety
/// The rows have so many columns.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
unsafe fn add_rows(
    part: Rows<f64>,
    numbers: Range<usize>,
    columns: usize,
    starts: &Starts,
    sums: &mut [[[u64; LANES]; 8]],
    seen: &mut Seen,
) {
    let standing = starts.vectors();
    let next = part.stride * STREAMS as isize;
    for (group, sums) in sums[..columns.div_ceil(LANES)].iter_mut().enumerate() {
        let mut own = [_mm512_setzero_si512(); 8];
        for (own, sums) in own.iter_mut().zip(&*sums) {
            // SAFETY: the lanes are as many.
            *own = unsafe { _mm512_loadu_epi64(sums.as_ptr().cast()) };
        }
        for number in numbers.clone() {
            // SAFETY: the caller vouches for the row.
            let values = unsafe { &part.row(number, columns)[group * LANES..] };
            prefetch_later(
                values.as_ptr().cast::<u8>().wrapping_offset(next),
                LANES * size_of::<f64>(),
            );
            add(&mut own, load(values), standing, seen);
        }
        for (own, sums) in own.iter().zip(sums) {
            *sums = lanes(*own);
        }
    }
}
