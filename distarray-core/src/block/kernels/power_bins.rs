//! Vector loops that sum numbers and their squares without rounding.
//!
//! The numbers go to bins, as in [`bins`](super::bins). A square is the sum of two numbers, what a multiplication
//! gives and what it has rounded off, which go to bins of their own. Those reach as far below the square of
//! the greatest number as twice the others do below the number itself: where these have all of every number,
//! those have all of every square.

use std::ops::Range;

use super::accumulate::Ahead;
use super::bins::{ADDITIONS, bins, cut_lanes_into, magnitude, padded};
use super::cpu::Level;
use super::power_sums::PowerSums;
use super::window::{Found, Window};
#[cfg(target_arch = "x86_64")]
use super::{cpu, power_integers};

/// Numbers that are summed side by side.
pub(super) const LANES: usize = 8;
/// Numbers of a line that are summed before bins are emptied: two for each square go to a bin.
const PIECE: usize = LANES << (ADDITIONS - 1);
/// Fewer numbers are added one by one.
const FEW: usize = 4;
/// Of numbers less than two to these powers the bins of squares neither overflow nor reach below the least
/// number, and neither do the squares.
pub(super) const LOWEST: i32 = -400;
pub(super) const HIGHEST: i32 = 500;

/// Adds numbers and their squares to sums.
#[inline(always)]
pub(super) fn sum<V: Level>(
    elements: &[f64],
    window: &mut Window,
    ahead: Ahead,
    into: &mut PowerSums,
) {
    #[cfg(target_arch = "x86_64")]
    if V::IS_AVX512 && cpu::is_ifma() {
        // SAFETY: the processor has the instructions.
        return unsafe { power_integers::sum(elements, window, ahead, into, sum_in_bins::<V>) };
    }
    sum_in_bins::<V>(elements, window, ahead, into);
}

#[inline(always)]
fn sum_in_bins<V: Level>(
    elements: &[f64],
    window: &mut Window,
    ahead: Ahead,
    into: &mut PowerSums,
) {
    for piece in elements.chunks(PIECE) {
        let most = || piece.iter().map(|&x| magnitude(x)).fold(0, |a, b| a.max(b));
        let binned = piece.len() >= FEW
            && window.fit(
                HIGHEST,
                most,
                #[inline(always)]
                |top, wide| match wide {
                    false => sum_piece::<V, 2, 4>(piece, (top, ahead), into),
                    true => sum_piece::<V, 3, 6>(piece, (top, ahead), into),
                },
            );
        if !binned {
            piece.iter().for_each(|&element| into.push(element));
        }
    }
}

/// Running sums of numbers and of their squares, in `N` lanes.
#[derive(Clone, Copy)]
pub(super) struct Running<const K: usize, const L: usize, const N: usize> {
    pub(super) values: [[f64; N]; K],
    pub(super) squares: [[f64; N]; L],
}

impl<const K: usize, const L: usize> Running<K, L, LANES> {
    /// Adds a number in each lane, and its square.
    #[inline(always)]
    pub(super) fn add<V: Level>(
        &mut self,
        values: [f64; LANES],
        most: &mut [u64; LANES],
        left: &mut [u64; LANES],
    ) {
        cut_lanes_into::<V, K, LANES>(&mut self.values, values, most, left);
        let mut high = values;
        for high in &mut high {
            *high *= *high;
        }
        let mut low = values;
        for (low, high) in low.iter_mut().zip(high) {
            *low = low.mul_add(*low, -high);
        }
        cut(&mut self.squares, 0, high);
        // Less than half the last bit of the product: the first bin would have none of it.
        cut(&mut self.squares, 1, low);
    }
}

/// Adds a number in each lane to running sums from some bin on.
#[inline(always)]
fn cut<const L: usize>(sums: &mut [[f64; LANES]; L], first: usize, values: [f64; LANES]) {
    let mut rest = values;
    for sums in &mut sums[first..] {
        let mut more = *sums;
        for (more, rest) in more.iter_mut().zip(rest) {
            *more += rest;
        }
        for i in 0..LANES {
            rest[i] -= more[i] - sums[i];
        }
        *sums = more;
    }
}

/// What running sums start from, and what they count in, of numbers less than `2^top`.
pub(super) struct Starts<const K: usize, const L: usize> {
    values: ([f64; K], [i32; K]),
    squares: ([f64; L], [i32; L]),
}

impl<const K: usize, const L: usize> Starts<K, L> {
    #[inline(always)]
    pub(super) fn new(top: i32) -> Self {
        let top = top.max(LOWEST);
        Self { values: bins(top), squares: bins(2 * top) }
    }

    #[inline(always)]
    pub(super) fn running<const N: usize>(&self) -> Running<K, L, N> {
        let (values, squares) = (self.values.0, self.squares.0);
        Running { values: values.map(|start| [start; N]), squares: squares.map(|start| [start; N]) }
    }

    /// Adds what some lanes have summed.
    #[inline(always)]
    pub(super) fn empty<const N: usize>(
        &self,
        running: &Running<K, L, N>,
        lanes: Range<usize>,
        into: &mut PowerSums,
    ) {
        // Both lie between two powers of two: their bits count in units of the bin.
        let counted = |sums: &[f64; N], start: f64| -> i64 {
            sums[lanes.clone()]
                .iter()
                .map(|sum| sum.to_bits() as i64 - start.to_bits() as i64)
                .sum()
        };
        for (k, sums) in running.values.iter().enumerate() {
            into.sum.add(counted(sums, self.values.0[k]), self.values.1[k]);
        }
        for (k, sums) in running.squares.iter().enumerate() {
            into.squares.add(counted(sums, self.squares.0[k]), self.squares.1[k]);
        }
    }
}

#[inline(always)]
fn sum_piece<V: Level, const K: usize, const L: usize>(
    piece: &[f64],
    (top, ahead): (i32, Ahead),
    into: &mut PowerSums,
) -> Found {
    let starts = Starts::<K, L>::new(top);
    let mut running = starts.running::<LANES>();
    let (mut most, mut left) = ([0; LANES], [0; LANES]);
    let (chunks, rest) = piece.as_chunks::<LANES>();
    for chunk in chunks {
        ahead.ask(chunk);
        running.add::<V>(*chunk, &mut most, &mut left);
    }
    running.add::<V>(padded(rest, |x| x), &mut most, &mut left);
    let found = Found::in_lanes(most, left);
    if found.is_exact(top) {
        starts.empty(&running, 0..LANES, into);
    }
    found
}

/// Ranges of numbers, and what their sums are compared with.
#[cfg(test)]
pub(super) mod samples {
    use super::PowerSums;

    /// Sums that are made one by one.
    fn one_by_one(elements: &[f64]) -> PowerSums {
        let mut sums = PowerSums::ZERO;
        elements.iter().for_each(|&element| sums.push(element));
        sums
    }

    pub(in super::super) fn assert_same(found: &PowerSums, elements: &[f64]) {
        let expected = one_by_one(elements);
        assert_eq!(found.sum.limbs, expected.sum.limbs, "sums");
        assert_eq!(found.squares.limbs, expected.squares.limbs, "squares");
    }

    /// Ranges of numbers: the power of two that they begin at, and over how many they reach down.
    pub(in super::super) const RANGES: [(i32, i32); 12] = [
        (1, 0),
        (20, 3),
        (-30, 30),
        (400, 40),
        (3, 70),
        (0, 90),
        (500, 100),
        (505, 3),
        (-380, 60),
        (-500, 40),
        (1023, 1),
        (900, 1900),
    ];
}

#[cfg(test)]
mod tests {
    use super::super::accumulate::{Absorb, Course, Positions};
    use super::super::bins::samples::numbers;
    use super::super::cpu;
    use super::samples::{RANGES, assert_same};
    use super::*;

    #[test]
    fn lines_of_all_ranges_are_summed_exactly() {
        let mut course = Course::default();
        for (around, powers) in RANGES {
            for count in [0, 1, 5, 8, 100, PIECE, 2 * PIECE + 5, 8192, 20_001] {
                let elements = numbers(count, around, powers);
                cpu::each_level(|| {
                    let mut sums = PowerSums::ZERO;
                    let (elements, at) = (&elements[..], Positions::default());
                    cpu::run(&mut sums, &mut course, Absorb { elements, at });
                    assert_same(&sums, elements);
                });
            }
        }
    }

    #[test]
    fn bins_take_as_many_numbers_as_there_may_be() {
        let most = f64::from_bits(2.0_f64.powi(300).to_bits() - 1);
        // Of some the low part is as large as it may be.
        let numbers = [most, -most, 1.0 + f64::EPSILON, 0.27, -0.27, 1.0 + 2.0_f64.powi(-49)];
        for (count, number) in
            [PIECE, 8192, 20_000].into_iter().flat_map(|n| numbers.map(|x| (n, x)))
        {
            let elements = vec![number; count];
            cpu::each_level(|| {
                let (mut course, mut sums) = (Course::default(), PowerSums::ZERO);
                let (elements, at) = (&elements[..], Positions::default());
                cpu::run(&mut sums, &mut course, Absorb { elements, at });
                assert_same(&sums, elements);
            });
        }
    }

    #[test]
    fn numbers_may_grow_by_the_bit_that_is_left() {
        let below = |value: f64| value.next_down();
        for (first, then) in [
            (1.0, below(4.0)),
            (-1.0, -below(4.0)),
            (1.0, below(8.0)),
            (1.0, -below(8.0)),
            (-1.0, 8.0),
            (1.0, -8.0),
            (1.0, 16.0),
            (1.0, -below(16.0)),
            (1.0, 1e200),
        ] {
            cpu::each_level(|| {
                let (mut course, mut sums) = (Course::default(), PowerSums::ZERO);
                let all = [first, then, first].map(|number| [number; 8192]);
                for elements in &all {
                    let at = Positions::default();
                    cpu::run(&mut sums, &mut course, Absorb { elements: &elements[..], at });
                }
                assert_same(&sums, all.as_flattened());
            });
        }
    }
}
