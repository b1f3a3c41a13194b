//! Accumulators of variances, in one pass.
//!
//! Each call takes mean and squared deviations of its elements, which are in the nearest cache, and
//! merges them (Chan, Golub and LeVeque, *Updating Formulae and a Pairwise Algorithm for Computing
//! Sample Variances*, 1979); a single element is Welford's step. Means are kept as distances from an
//! element, so that elements far from zero lose nothing to the rounding of their mean.

use std::marker::PhantomData;

use num_complex::Complex;

use super::accumulate::{Accumulator, Finish};
use super::sums::{AsF64, lane_sum};

/// Number, mean and sum of squared deviations of real numbers; the result is of type `R`.
///
/// The mean is `shift + mean`; the shift is the first element.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Moments<R> {
    count: f64,
    shift: f64,
    mean: f64,
    squares: f64,
    result: PhantomData<R>,
}

impl<R> Moments<R> {
    const ZERO: Self =
        Self { count: 0.0, shift: 0.0, mean: 0.0, squares: 0.0, result: PhantomData };

    /// Of elements in the nearest cache, by two passes over them.
    #[inline(always)]
    fn of<T: Copy>(elements: &[T], value: impl Fn(T) -> f64) -> Self {
        let Some(&first) = elements.first() else { return Self::ZERO };
        let (count, shift) = (elements.len() as f64, value(first));
        let mean = lane_sum(elements, |element| value(element) - shift) / count;
        let squares = lane_sum(elements, |element| {
            let apart = value(element) - shift - mean;
            apart * apart
        });
        Self { count, shift, mean, squares, result: PhantomData }
    }

    #[inline(always)]
    fn push(&mut self, value: f64) {
        if self.count == 0.0 {
            self.shift = value;
        }
        let value = value - self.shift;
        self.count += 1.0;
        let apart = value - self.mean;
        self.mean += apart / self.count;
        self.squares += apart * (value - self.mean);
    }

    fn join(&mut self, other: &Self) {
        if self.count == 0.0 || other.count == 0.0 {
            if self.count == 0.0 {
                *self = Self { result: PhantomData, ..*other };
            }
            return;
        }
        let total = self.count + other.count;
        let apart = (other.shift - self.shift) + (other.mean - self.mean);
        self.squares += other.squares + apart * apart * (self.count / total) * other.count;
        self.mean += apart * (other.count / total);
        self.count = total;
    }
}

impl<T: AsF64, R: Copy> Accumulator<T> for Moments<R> {
    const EMPTY: Self = Self::ZERO;

    #[inline(always)]
    fn absorb(&mut self, elements: &[T]) {
        self.join(&Self::of(elements, T::as_f64));
    }

    #[inline(always)]
    fn absorb_one(&mut self, element: T) {
        self.push(element.as_f64());
    }

    fn merge(&mut self, other: &Self) {
        self.join(other);
    }
}

/// Moments of the two parts of complex numbers; their variance is the sum of the parts'.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct ComplexMoments<R> {
    re: Moments<R>,
    im: Moments<R>,
}

macro_rules! complex_moments {
    ($($part:ident)*) => {$(
        impl Accumulator<Complex<$part>> for ComplexMoments<$part> {
            const EMPTY: Self = Self { re: Moments::ZERO, im: Moments::ZERO };

            #[inline(always)]
            fn absorb(&mut self, elements: &[Complex<$part>]) {
                self.re.join(&Moments::of(elements, |element| element.re.as_f64()));
                self.im.join(&Moments::of(elements, |element| element.im.as_f64()));
            }

            #[inline(always)]
            fn absorb_one(&mut self, element: Complex<$part>) {
                self.re.push(element.re.as_f64());
                self.im.push(element.im.as_f64());
            }

            fn merge(&mut self, other: &Self) {
                self.re.join(&other.re);
                self.im.join(&other.im);
            }
        }
    )*};
}
complex_moments!(f32 f64);

/// The variance.
pub(super) struct Var;
/// The standard deviation.
pub(super) struct Std;

/// NaN where there are no more elements than degrees of freedom are taken away.
fn variance(squares: f64, elements: u64, ddof: usize) -> f64 {
    let freedom = elements as f64 - ddof as f64;
    if freedom > 0.0 { squares / freedom } else { f64::NAN }
}

macro_rules! finish {
    ($($accumulator:ident, |$a:ident| $squares:expr;)*) => {$(
        finish!($accumulator<f32>, f32, |$a| $squares);
        finish!($accumulator<f64>, f64, |$a| $squares);
    )*};
    ($accumulator:ty, $result:ty, |$a:ident| $squares:expr) => {
        impl Finish<$accumulator> for Var {
            type Output = $result;

            fn finish($a: &$accumulator, elements: u64, ddof: usize) -> $result {
                variance($squares, elements, ddof) as $result
            }
        }

        impl Finish<$accumulator> for Std {
            type Output = $result;

            fn finish($a: &$accumulator, elements: u64, ddof: usize) -> $result {
                variance($squares, elements, ddof).sqrt() as $result
            }
        }
    };
}
finish! {
    Moments, |a| a.squares;
    ComplexMoments, |a| a.re.squares + a.im.squares;
}
