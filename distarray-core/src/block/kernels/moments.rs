//! The accumulator of variances, in one pass and without rounding but that of the squares.
//!
//! Sums of the numbers and of the squares of their distances from a *shift* that all ranks share are
//! exact, so that the variance is the same however the elements lie. The shift is a number of the
//! size of the elements, which the sums of squares lose nothing to (Chan, Golub and LeVeque,
//! *Algorithms for Computing the Sample Variance*, 1983).

use super::accumulate::{Accumulator, Course, Finish, Positions};
use super::cpu::Level;
use super::exact::Exact;
use super::squares;
use super::sums::AsF64;

/// Sums of numbers, and of the squares of their distances from the shift.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Moments {
    sums: [Exact; 1],
    squares: [Exact; 1],
    shift: f64,
}

/// How many times the variance the square of the mean's distance from the shift may be: as many
/// times as much as the squares is the variance rounded.
const FAR: f64 = 64.0;

impl Moments {
    /// The sum of the numbers.
    pub(super) fn sum(&self) -> &Exact {
        &self.sums[0]
    }

    /// The sum of the squares of the distances from the shift.
    #[cfg(test)]
    pub(super) fn squares(&self) -> &Exact {
        &self.squares[0]
    }

    /// The mean's distance from the shift.
    fn apart(&self, count: u64) -> f64 {
        let mut apart = self.sums[0];
        apart.push_times(self.shift, -i128::from(count));
        apart.divided(count)
    }

    /// The sum of the squares of the distances from the mean, divided by so much.
    fn variance(&self, count: u64, freedom: u64) -> f64 {
        let apart = self.apart(count);
        let squares: f64 = self.squares[0].rounded();
        let deviations = squares - apart * apart * count as f64;
        let variance = match deviations.is_finite() {
            true => deviations / freedom as f64,
            // Where the sum is more than any number it is divided in fixed point.
            false => match self.squares[0].divided(freedom) {
                // Of numbers that are finite, some square is not.
                f64::INFINITY if apart.is_finite() => f64::INFINITY,
                squares => squares - apart * apart * (count as f64 / freedom as f64),
            },
        };
        if variance < 0.0 { 0.0 } else { variance }
    }

    /// A better shift, where the variance would be much less exact than the squares are, or these are more than any
    /// number: the mean, unless it is the shift already.
    pub(super) fn better_shift(&self, count: u64) -> Option<f64> {
        let (apart, variance) = (self.apart(count), self.variance(count, count));
        let is_far = apart * apart > FAR * variance || variance == f64::INFINITY;
        let mean = is_far.then(|| self.sums[0].divided(count));
        mean.filter(|mean: &f64| mean.is_finite() && *mean != self.shift)
    }
}

impl<T: AsF64> Accumulator<T> for Moments {
    fn empty(shift: f64) -> Self {
        Self { sums: [Exact::ZERO], squares: [Exact::ZERO], shift }
    }

    #[inline(always)]
    fn absorb<L: Level>(&mut self, elements: &[T], _: Positions, course: &mut Course) {
        let windows = [&mut course.values, &mut course.squares];
        squares::sum::<L, _>(
            elements,
            self.shift,
            windows,
            course.ahead,
            [&mut self.sums, &mut self.squares],
        );
    }

    #[inline(always)]
    fn absorb_one(&mut self, element: T, _: u64) {
        let apart = element.as_f64() - self.shift;
        self.sums[0].push(element.as_f64());
        self.squares[0].push(apart * apart);
    }

    fn merge(&mut self, other: &Self) {
        self.sums[0].merge(&other.sums[0]);
        self.squares[0].merge(&other.squares[0]);
    }
}

/// The variance: NaN where there are no more elements than degrees of freedom are taken away.
pub(super) struct Var;

impl Finish<Moments> for Var {
    type Output = f64;

    fn finish(moments: &Moments, count: u64, ddof: usize) -> f64 {
        match count.checked_sub(ddof as u64) {
            None | Some(0) => f64::NAN,
            Some(freedom) => moments.variance(count, freedom),
        }
    }
}
