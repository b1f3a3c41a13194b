//! The accumulator of variances that begins at nothing: exact sums of the numbers and of their squares.
//!
//! The squares are not rounded, so that nothing is lost where they nearly cancel, whatever the mean: there
//! is no shift to agree on, and what does not count can be a zero. What a square has 64 bits below the least `f64` is cut
//! off, which no result shows.

use super::accumulate::{Accumulator, Ahead, Course, Finish, Positions, Rows};
use super::cpu::Level;
use super::exact::{Exact, Wide};
use super::sums::AsF64;
use super::{power_bins, power_columns};

/// Sums of numbers and of their squares.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct PowerSums {
    pub(super) sum: Exact,
    pub(super) squares: Wide,
}

impl PowerSums {
    pub(super) const ZERO: Self = Self { sum: Exact::ZERO, squares: Wide::ZERO };

    /// Adds one number.
    #[inline]
    pub(super) fn push(&mut self, value: f64) {
        self.sum.push(value);
        self.squares.push_square(value);
    }

    /// Folds elements in as `f64`.
    #[inline(always)]
    fn absorb_converted<L: Level, T: AsF64>(&mut self, elements: &[T], course: &mut Course) {
        let mut numbers = [0.0; CONVERTED];
        for elements in elements.chunks(CONVERTED) {
            let numbers = &mut numbers[..elements.len()];
            for (number, &element) in numbers.iter_mut().zip(elements) {
                *number = element.as_f64();
            }
            power_bins::sum::<L>(numbers, &mut course.window, Ahead::Nothing, self);
        }
    }

    /// The sum of the squares of the distances from the mean, divided by so much: in fixed point, as the sum may
    /// be more than any number.
    fn variance(&self, count: u64, freedom: u64) -> f64 {
        let mean: f64 = self.sum.divided(count);
        if !mean.is_finite() {
            return f64::NAN;
        }
        // Those from the rounded mean, exactly: the squares less twice the sum times it, and its own square for each.
        let mut around = self.squares;
        around.add_product(&self.sum, -mean);
        around.add_product(&self.sum, -mean);
        let mut means = Exact::ZERO;
        means.push_times(mean, i128::from(count));
        around.add_product(&means, mean);
        // What rounding the mean has added is at most as much again.
        let mut apart = self.sum;
        apart.push_times(mean, -i128::from(count));
        let distance = apart.rounded::<f64>();
        let each = distance / count as f64;
        let added = each * (distance / freedom as f64);
        match around.divided(freedom) {
            // Without it there may be a number yet.
            f64::INFINITY => {
                around.add_product(&apart, -each);
                around.divided(freedom)
            }
            around if around > added => around - added,
            _ => 0.0,
        }
    }
}

impl Accumulator<f64> for PowerSums {
    fn empty() -> Self {
        Self::ZERO
    }

    #[inline(always)]
    fn absorb<L: Level>(&mut self, elements: &[f64], _: Positions, course: &mut Course) {
        power_bins::sum::<L>(elements, &mut course.window, course.ahead, self);
    }

    #[inline(always)]
    fn absorb_one(&mut self, element: f64, _: u64) {
        self.push(element);
    }

    #[inline(always)]
    fn absorb_rows<L: Level>(accumulators: &mut [Self], rows: Rows<f64>, course: &mut Course) {
        power_columns::sum::<L>(rows, &mut course.window, accumulators);
    }

    fn merge(&mut self, other: &Self) {
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
    }
}

/// Other elements that are made numbers of `f64` at a time, to be found in the nearest cache.
const CONVERTED: usize = 2048;

macro_rules! converted {
    ($($type:ty)*) => {$(
        impl Accumulator<$type> for PowerSums {
            fn empty() -> Self {
                Self::ZERO
            }

            #[inline(always)]
            fn absorb<L: Level>(&mut self, elements: &[$type], _: Positions, course: &mut Course) {
                self.absorb_converted::<L, _>(elements, course);
            }

            #[inline(always)]
            fn absorb_one(&mut self, element: $type, _: u64) {
                self.push(element.as_f64());
            }

            fn merge(&mut self, other: &Self) {
                Accumulator::<f64>::merge(self, other);
            }
        }
    )*};
}
converted!(bool i8 i16 i32 i64 u8 u16 u32 u64 f32);

/// The variance: NaN where there are no more elements than degrees of freedom are taken away.
pub(super) struct Var;

impl Finish<PowerSums> for Var {
    type Output = f64;

    fn finish(sums: &PowerSums, count: u64, ddof: usize) -> f64 {
        match count.checked_sub(ddof as u64) {
            None | Some(0) => f64::NAN,
            Some(freedom) => sums.variance(count, freedom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::accumulate::Absorb;
    use super::super::bins::samples::numbers;
    use super::super::cpu;
    use super::super::power_bins::samples::assert_same;
    use super::*;

    fn variance(of: &[f64]) -> f64 {
        let mut sums = PowerSums::ZERO;
        of.iter().for_each(|&value| sums.push(value));
        Var::finish(&sums, of.len() as u64, 0)
    }

    #[test]
    fn other_elements_are_summed_as_they_are_as_f64() {
        fn check<T: AsF64>(element: impl Fn(usize) -> T)
        where
            PowerSums: Accumulator<T>,
        {
            for count in [0, 1, 7, CONVERTED - 1, CONVERTED, 2 * CONVERTED + 5] {
                let elements: Vec<T> = (0..count).map(&element).collect();
                let numbers: Vec<f64> = elements.iter().map(|e| e.as_f64()).collect();
                cpu::each_level(|| {
                    let mut sums = PowerSums::ZERO;
                    let (elements, at) = (&elements[..], Positions::default());
                    cpu::run(&mut sums, &mut Course::default(), Absorb { elements, at });
                    assert_same(&sums, &numbers);
                });
            }
        }
        check(|i| i % 3 == 0);
        check(|i| i as i8);
        check(|i| i as u16);
        check(|i| i as i32 - 1000);
        check(|i| i64::MAX - i as i64);
        check(|i| u64::MAX / (i as u64 + 1));
        check(|i| (i as f32 - 77.0) * 1e-30);
        check(|i| 1.0e38_f32 / (i as f32 + 0.5));
    }

    #[test]
    fn sums_of_squares_may_be_more_than_any_number() {
        let of: Vec<f64> = (0..1000).map(|i| if i % 2 == 0 { 1e154 } else { -1e154 }).collect();
        assert!((variance(&of) / 1e308 - 1.0).abs() < 1e-15);
    }

    #[test]
    fn variances_lose_nothing_to_the_mean() {
        for (mean, deviation) in [(1e9, 1e-3), (1e15, 0.25), (-1e300, 1e285), (1e-140, 1e-153)] {
            let of: Vec<f64> = numbers(1000, 0, 2).iter().map(|x| mean + x * deviation).collect();
            // In multiples of a power of two near the deviation all is exact but the rounding of few.
            let unit = 2.0_f64.powi(f64::log2(deviation) as i32);
            let apart: Vec<f64> = of.iter().map(|x| (x - mean) / unit).collect();
            let centre = apart.iter().sum::<f64>() / 1000.0;
            let expected = apart.iter().map(|x| (x - centre) * (x - centre)).sum::<f64>() / 1000.0;
            let found = variance(&of) / unit / unit;
            let is_finite = deviation < 1e150;
            assert!(
                !is_finite || (found / expected - 1.0).abs() < 1e-13,
                "{mean} {found} {expected}"
            );
            assert!(is_finite || variance(&of) == f64::INFINITY);
        }
    }

    #[test]
    fn the_ends_of_numbers() {
        assert_eq!(variance(&[1e200; 7]), 0.0);
        let next = f64::from_bits(1e200_f64.to_bits() + 1);
        assert_eq!(variance(&[1e160, 1e160]), 0.0);
        assert_eq!(variance(&[1e200, next]), f64::INFINITY);
        let (a, b) = (1.0, 1.0 + f64::EPSILON);
        assert_eq!(variance(&[a, b]), (f64::EPSILON / 2.0).powi(2));
        let thirds = variance(&[a, b, b]) / f64::EPSILON / f64::EPSILON;
        assert!((thirds - 2.0 / 9.0).abs() < 1e-16);
        assert!(variance(&[1.0, f64::NAN]).is_nan() && variance(&[f64::INFINITY, 0.0]).is_nan());
        assert!(variance(&[]).is_nan());
        assert_eq!(variance(&[f64::MAX, -f64::MAX]), f64::INFINITY);
        assert_eq!(variance(&[0.0, -0.0]), 0.0);
        // Squares may be less than the least number; their sum need not be, and no equal numbers have any.
        for tiny in [f64::from_bits(1), 7e-163, 1.2e-162, 2.2e-162, 3e-161, 1e-155] {
            for count in [1, 2, 7, 1000] {
                assert_eq!(variance(&vec![-tiny; count]), 0.0, "{tiny:e}");
            }
            assert_eq!(variance(&[tiny, -tiny]), tiny * tiny, "{tiny:e}");
            let mut sums = PowerSums::ZERO;
            (0..4096).for_each(|i| sums.push(if i % 2 == 0 { tiny } else { -tiny }));
            let found = Var::finish(&sums, 4096, 4095);
            assert_eq!(found, (64.0 * tiny) * (64.0 * tiny), "{tiny:e}");
        }
        // The mean is rounded by half of the distance, whose square is more than any number unless it is divided.
        let (first, unit) = (2.0_f64.powi(564), 2.0_f64.powi(512));
        let two: Vec<f64> = (0..1000).map(|i| first + unit * f64::from(i % 2)).collect();
        assert_eq!(variance(&two), 2.0_f64.powi(1022));
        let first = 2.0_f64.powi(565);
        let four = [first, first, first, first + 2.0 * unit];
        assert_eq!(variance(&four), 3.0 * 2.0_f64.powi(1022));
    }
}
