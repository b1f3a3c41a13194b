//! Vector loops that sum floating-point numbers without rounding.
//!
//! Each number is cut at fixed powers of two into a few *bins*, and every bin is summed by itself, in
//! plain floating-point additions that are exact: a running sum of `1.5 * 2^m` rounds what is added to
//! a multiple of `2^(m - 52)`, and what that leaves goes to the next bin (Demmel and Nguyen, *Fast
//! Reproducible Floating-Point Summation*, 2013; the splitting is Rump, Ogita and Oishi's,
//! *Accurate Floating-Point Summation*, 2008). The loops look for numbers beyond the bins, above or
//! below; where there are any, the piece is done again with other bins, at last one by one. So
//! nothing is ever lost, and a sum does not depend on how it came about.

use super::accumulate::Ahead;
#[cfg(target_arch = "x86_64")]
use super::avx512;
use super::cpu::Level;
use super::exact::Summing;
use super::sums::AsF64;
use super::window::{Found, Window};

/// Independent sums in one loop: enough for the latency of additions, few enough for the registers.
pub(super) const LANES: usize = 16;
/// Numbers that are summed in one bin before it is emptied; they stay in the nearest cache.
pub(super) const PIECE: usize = 2048;
/// The binary logarithm of a bound for the numbers that go to one running sum.
pub(super) const ADDITIONS: i32 = 9;
/// Bits by which a bin lies below the one above it.
const WIDTH: i32 = 52 - ADDITIONS;
/// Magnitudes from `2^HIGHEST` on are added one by one: running sums must not overflow.
pub(super) const HIGHEST: i32 = 1022 - ADDITIONS - 1;
/// Bins lie no lower than this: below, their units would be less than the least number.
pub(super) const LOWEST: i32 = -1074 + 52 - ADDITIONS - 1 + 2 * WIDTH;
/// Pieces of fewer numbers are added one by one.
const FEW: usize = 8;

/// The bits of the magnitude.
#[inline(always)]
pub(super) fn magnitude(value: f64) -> u64 {
    value.to_bits() & (u64::MAX >> 1)
}

/// What the running sums of bins start from, and the power of two that each counts in.
#[inline(always)]
pub(super) fn bins<const K: usize>(top: i32) -> ([f64; K], [i32; K]) {
    let exponent = |k: usize| top + ADDITIONS + 1 - k as i32 * WIDTH;
    let start = |k| f64::from_bits(((exponent(k) + 1023) as u64) << 52 | 1 << 51);
    (std::array::from_fn(start), std::array::from_fn(|k| exponent(k) - 52))
}

/// Adds a number in each lane to a running sum in each bin; raises the lane's greatest magnitude, and sets bits where
/// something is left.
///
/// A loop over the lanes for each step: written as one loop, it is not always made into vectors. Additions are what a
/// processor has fewest units for, so what is left is not computed but seen in the bits.
#[inline(always)]
pub(super) fn cut_lanes_into<L: Level, const K: usize, const N: usize>(
    sums: &mut [[f64; N]; K],
    values: [f64; N],
    most: &mut [u64; N],
    left: &mut [u64; N],
) {
    #[cfg(target_arch = "x86_64")]
    if L::IS_AVX512 && N.is_multiple_of(avx512::LANES) {
        // SAFETY: loops of this level run where the processor has it.
        return unsafe { avx512::cut_lanes_into(sums, values, most, left) };
    }
    for (most, value) in most.iter_mut().zip(values) {
        *most = magnitude(value).max(*most);
    }
    let mut rest = values;
    for (k, sums) in sums.iter_mut().enumerate() {
        let mut more = *sums;
        for (more, rest) in more.iter_mut().zip(rest) {
            *more += rest;
        }
        if k + 1 < K {
            for i in 0..N {
                rest[i] -= more[i] - sums[i];
            }
        } else {
            for i in 0..N {
                left[i] |= rest[i].to_bits() ^ (more[i] - sums[i]).to_bits();
            }
        }
        *sums = more;
    }
}

/// Adds numbers to one sum, or in turn to two: the parts of complex numbers. Meanwhile what comes next is asked for.
#[inline(always)]
pub(super) fn sum<L: Level, T: AsF64, S: Summing>(
    elements: &[T],
    value: impl Fn(T) -> f64 + Copy,
    window: &mut Window,
    ahead: Ahead,
    sums: &mut [S],
) {
    for piece in elements.chunks(PIECE) {
        let most =
            || piece.iter().map(|&element| magnitude(value(element))).fold(0, |a, b| a.max(b));
        let binned = piece.len() >= FEW
            && window.fit(
                HIGHEST,
                most,
                #[inline(always)]
                |top, wide| match wide {
                    false => sum_piece::<L, T, S, 2>(piece, value, (top, ahead), sums),
                    true => sum_piece::<L, T, S, 3>(piece, value, (top, ahead), sums),
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
fn sum_piece<L: Level, T: AsF64, S: Summing, const K: usize>(
    piece: &[T],
    value: impl Fn(T) -> f64,
    (top, ahead): (i32, Ahead),
    into: &mut [S],
) -> Found {
    let mut adding = Adding::<K, LANES>::new(top);
    let (chunks, rest) = piece.as_chunks::<LANES>();
    for chunk in chunks {
        ahead.ask(chunk);
        adding.add::<L>(chunk.map(&value));
    }
    adding.add::<L>(padded(rest, &value));
    let found = adding.found();
    if found.is_exact(top) {
        adding.empty_into(into);
    }
    found
}

/// Fewer numbers than lanes, and zeros, which change no sum.
#[inline(always)]
pub(super) fn padded<T: Copy, const N: usize>(few: &[T], value: impl Fn(T) -> f64) -> [f64; N] {
    let mut values = [0.0; N];
    values.iter_mut().zip(few).for_each(|(place, &element)| *place = value(element));
    values
}

/// Running sums in bins, in independent lanes, and what was found of the numbers.
pub(super) struct Adding<const K: usize, const N: usize> {
    sums: [[f64; N]; K],
    most: [u64; N],
    left: [u64; N],
    start: [f64; K],
    units: [i32; K],
}

impl<const K: usize, const N: usize> Adding<K, N> {
    /// For numbers less than `2^top`.
    #[inline(always)]
    pub(super) fn new(top: i32) -> Self {
        let (start, units) = bins::<K>(top);
        Self { sums: start.map(|start| [start; N]), most: [0; N], left: [0; N], start, units }
    }

    /// Adds a number in each lane.
    #[inline(always)]
    pub(super) fn add<L: Level>(&mut self, values: [f64; N]) {
        cut_lanes_into::<L, K, N>(&mut self.sums, values, &mut self.most, &mut self.left);
    }

    #[inline(always)]
    pub(super) fn found(&self) -> Found {
        Found::in_lanes(self.most, self.left)
    }

    /// Adds the bins to one sum, or those of every other lane to each of two.
    #[inline(always)]
    pub(super) fn empty_into<S: Summing>(self, into: &mut [S]) {
        for k in 0..K {
            // Both lie between two powers of two: their bits count in units of the bin.
            let mut bins = [0; 2];
            for i in 0..N {
                bins[i % 2] += self.sums[k][i].to_bits() as i64 - self.start[k].to_bits() as i64;
            }
            match into {
                [one] => one.add(bins[0] + bins[1], self.units[k]),
                _ => into.iter_mut().zip(bins).for_each(|(sum, bin)| sum.add(bin, self.units[k])),
            }
        }
    }
}

/// Numbers to sum, and their sum.
#[cfg(test)]
pub(super) mod samples {
    use super::super::exact::Exact;

    /// The bits of the sum, made one by one.
    pub(in super::super) fn one_by_one(elements: &[f64]) -> u64 {
        Exact::of(elements).rounded::<f64>().to_bits()
    }

    /// Numbers of both signs over so many powers of two around one.
    pub(in super::super) fn numbers(count: usize, around: i32, powers: i32) -> Vec<f64> {
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
}

#[cfg(test)]
mod tests {
    use super::super::accumulate::{Absorb, Course, Positions};
    use super::super::cpu;
    use super::super::exact::Exact;
    use super::super::sums::Sums;
    use super::super::window::WIDE;
    use super::samples::{numbers, one_by_one};
    use super::*;

    fn in_pieces(elements: &[f64], window: &mut Window) -> u64 {
        let mut bits = Vec::new();
        let before = *window;
        cpu::each_level(|| {
            let (mut sums, at) = (Sums([Exact::ZERO]), Positions::default());
            let mut course = Course { window: before, ..Course::default() };
            cpu::run(&mut sums, &mut course, Absorb { elements, at });
            *window = course.window;
            bits.push(sums.0[0].rounded::<f64>().to_bits());
        });
        assert!(bits.iter().all(|&other| other == bits[0]), "the same by all instruction sets");
        bits[0]
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
    fn neither_negative_zeros_nor_a_small_number_long_ago_take_more_bins() {
        let mut window = Window::default();
        let mut elements = numbers(PIECE, 1, 3);
        elements[5] = -0.0;
        in_pieces(&elements, &mut window);
        assert!(window.narrow().is_some());
        elements[6] = 1e-25;
        in_pieces(&elements, &mut window);
        assert!(window.narrow().is_none());
        elements[6] = 1.0;
        (0..WIDE).for_each(|_| _ = in_pieces(&elements, &mut window));
        assert!(window.narrow().is_some());
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
}
