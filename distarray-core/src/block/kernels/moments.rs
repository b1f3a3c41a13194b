//! Accumulators of variances, in one pass.
//!
//! Each call takes mean and squared deviations of its elements, which are in the nearest cache, and
//! merges them (Chan, Golub and LeVeque, *Updating Formulae and a Pairwise Algorithm for Computing
//! Sample Variances*, 1979); a single element is Welford's step.

use std::marker::PhantomData;

use num_complex::Complex;

use super::accumulate::{Accumulator, Finish};
use super::sums::{AsF64, lane_sum};

/// Number, mean and sum of squared deviations of real numbers; the result is of type `R`.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Moments<R> {
    count: f64,
    mean: f64,
    squares: f64,
    result: PhantomData<R>,
}

impl<R> Moments<R> {
    const ZERO: Self = Self { count: 0.0, mean: 0.0, squares: 0.0, result: PhantomData };

    fn join(&mut self, count: f64, mean: f64, squares: f64) {
        if count == 0.0 {
            return;
        }
        let total = self.count + count;
        let apart = mean - self.mean;
        self.squares += squares + apart * apart * (self.count / total) * count;
        self.mean += apart * (count / total);
        self.count = total;
    }
}

impl<T: AsF64, R: Copy> Accumulator<T> for Moments<R> {
    const EMPTY: Self = Self::ZERO;

    #[inline(always)]
    fn absorb(&mut self, elements: &[T]) {
        let count = elements.len() as f64;
        let mean = lane_sum(elements, T::as_f64) / count.max(1.0);
        let squares = lane_sum(elements, |element| {
            let apart = element.as_f64() - mean;
            apart * apart
        });
        self.join(count, mean, squares);
    }

    #[inline(always)]
    fn absorb_one(&mut self, element: T) {
        let value = element.as_f64();
        self.count += 1.0;
        let apart = value - self.mean;
        self.mean += apart / self.count;
        self.squares += apart * (value - self.mean);
    }

    fn merge(&mut self, other: &Self) {
        self.join(other.count, other.mean, other.squares);
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
                for (part, of) in [
                    (&mut self.re, (|e| e.re.as_f64()) as fn(Complex<$part>) -> f64),
                    (&mut self.im, |e| e.im.as_f64()),
                ] {
                    let count = elements.len() as f64;
                    let mean = lane_sum(elements, of) / count.max(1.0);
                    let squares = lane_sum(elements, |e| (of(e) - mean) * (of(e) - mean));
                    part.join(count, mean, squares);
                }
            }

            #[inline(always)]
            fn absorb_one(&mut self, element: Complex<$part>) {
                self.re.absorb_one(element.re);
                self.im.absorb_one(element.im);
            }

            fn merge(&mut self, other: &Self) {
                <Moments<$part> as Accumulator<f64>>::merge(&mut self.re, &other.re);
                <Moments<$part> as Accumulator<f64>>::merge(&mut self.im, &other.im);
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
