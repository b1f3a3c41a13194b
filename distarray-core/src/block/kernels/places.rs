//! The accumulator of the place of an extreme: the first in order, however the elements come.

use super::accumulate::{Accumulator, Course, Finish, Positions};
use super::cpu::Level;
use super::extremes::{Itself, Ordered, in_lanes, nothing, pick};

/// The most extreme element so far, and its number.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Place<const LEAST: bool, const SKIP_NAN: bool> {
    /// Less for more extreme elements; 0 of NaN.
    key: u64,
    at: u64,
}

/// Elements that are searched at a time: a vector loop without a branch for each.
const STRETCH: usize = 64;

/// Elements whose extreme is found together; the piece that it is in is searched for it.
const PIECE: usize = 1024;

impl<const LEAST: bool, const SKIP_NAN: bool> Place<LEAST, SKIP_NAN> {
    #[inline(always)]
    fn key<T: Ordered>(element: T) -> u64 {
        match element.is_nan() {
            true => 0,
            false if LEAST => element.rank(),
            false => !element.rank(),
        }
    }

    #[inline(always)]
    fn offer(&mut self, key: u64, at: u64) {
        if (key, at) < (self.key, self.at) {
            (self.key, self.at) = (key, at);
        }
    }
}

/// The number of the first element that is equal to one of them, or NaN as it is.
#[inline(always)]
fn find<T: Ordered>(elements: &[T], wanted: T) -> usize {
    let is_it = |element: T| element == wanted || (wanted.is_nan() && element.is_nan());
    let is_in =
        |stretch: &[T]| stretch.iter().fold(false, |found, &element| found | is_it(element));
    let before = elements.chunks(STRETCH).take_while(|stretch| !is_in(stretch)).count() * STRETCH;
    let within = elements[before..].iter().position(|&element| is_it(element));
    before + within.expect("the element is one of them")
}

impl<T: Ordered, const LEAST: bool, const SKIP_NAN: bool> Accumulator<T>
    for Place<LEAST, SKIP_NAN>
{
    fn empty() -> Self {
        Self { key: u64::MAX, at: u64::MAX }
    }

    #[inline(always)]
    fn absorb<L: Level>(&mut self, elements: &[T], at: Positions, course: &mut Course) {
        let nothing = nothing::<T, LEAST, SKIP_NAN>();
        // The piece is searched when no later one has a more extreme element: of ordered elements each has.
        let mut found: Option<(u64, usize, T)> = None;
        for (number, piece) in elements.chunks(PIECE).enumerate() {
            let best = in_lanes(nothing, piece, course.ahead, pick::<T, LEAST, SKIP_NAN>);
            if SKIP_NAN && best.is_nan() {
                continue;
            }
            let key = Self::key(best);
            if found.is_none_or(|(least, ..)| key < least) {
                found = Some((key, number * PIECE, best));
            }
        }
        let Some((key, first, best)) = found else { return };
        if (key, at.of(first)) < (self.key, self.at) {
            let piece = &elements[first..elements.len().min(first + PIECE)];
            self.offer(key, at.of(first + find(piece, best)));
        }
    }

    #[inline(always)]
    fn absorb_one(&mut self, element: T, at: u64) {
        if !(SKIP_NAN && element.is_nan()) {
            self.offer(Self::key(element), at);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.offer(other.key, other.at);
    }
}

impl<const LEAST: bool, const SKIP_NAN: bool> Finish<Place<LEAST, SKIP_NAN>> for Itself {
    type Output = i64;

    /// -1 where there is none.
    fn finish(accumulator: &Place<LEAST, SKIP_NAN>, _: u64, _: usize) -> i64 {
        accumulator.at as i64
    }
}
