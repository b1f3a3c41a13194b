//! Accumulators of sums and means.

use std::marker::PhantomData;

use num_complex::Complex;

use super::accumulate::{Accumulator, Finish};
use crate::element::{Complex32, Complex64, Element};

/// Independent partial sums of one call, enough to fill the vector registers.
const LANES: usize = 32;

/// The sum of integers, widened to 64 bits, which wraps.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Wrapping<S>(S);

/// Integers (and `bool`) as what their sum is.
pub(super) trait Widen<S> {
    fn widen(self) -> S;
}

macro_rules! widen {
    ($($sum:ident: $($type:ident)*;)*) => {$($(
        impl Widen<$sum> for $type {
            #[inline(always)]
            fn widen(self) -> $sum {
                self.into()
            }
        }
    )*)*};
}
widen! {
    i64: bool i8 i16 i32 i64;
    u64: u8 u16 u32 u64;
}

macro_rules! wrapping {
    ($($sum:ident)*) => {$(
        impl<T: Element + Widen<$sum>> Accumulator<T> for Wrapping<$sum> {
            const EMPTY: Self = Self(0);

            #[inline(always)]
            fn absorb(&mut self, elements: &[T]) {
                let sum = elements.iter().fold(0, |sum: $sum, &e| sum.wrapping_add(e.widen()));
                self.0 = self.0.wrapping_add(sum);
            }

            #[inline(always)]
            fn absorb_one(&mut self, element: T) {
                self.0 = self.0.wrapping_add(element.widen());
            }

            fn merge(&mut self, other: &Self) {
                self.0 = self.0.wrapping_add(other.0);
            }
        }
    )*};
}
wrapping!(i64 u64);

/// A sum of `f64` with what rounding has lost of it.
///
/// Each call sums its elements in independent lanes and adds the lanes' sum without loss (Knuth,
/// *The Art of Computer Programming* 2, 4.2.2, theorem B), so that the error does not grow with
/// the number of elements.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Compensated {
    sum: f64,
    lost: f64,
}

impl Compensated {
    const ZERO: Self = Self { sum: 0.0, lost: 0.0 };

    #[inline(always)]
    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        let of_value = sum - self.sum;
        let of_self = sum - of_value;
        self.lost += (self.sum - of_self) + (value - of_value);
        self.sum = sum;
    }

    /// The rounded sum. An infinite one has lost nothing but NaNs.
    fn total(&self) -> f64 {
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

/// Numbers as `f64`.
pub(super) trait AsF64: Element {
    fn as_f64(self) -> f64;
}

macro_rules! as_f64 {
    ($($type:ident)*) => {$(
        impl AsF64 for $type {
            #[inline(always)]
            #[allow(clippy::unnecessary_cast, reason = "f64 itself is in the list")]
            fn as_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}
as_f64!(i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);

impl AsF64 for bool {
    #[inline(always)]
    fn as_f64(self) -> f64 {
        f64::from(u8::from(self))
    }
}

/// The sum of a slice in independent lanes.
#[inline(always)]
pub(super) fn lane_sum<T: Copy>(elements: &[T], value: impl Fn(T) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let (chunks, rest) = elements.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &element) in lanes.iter_mut().zip(chunk) {
            *lane += value(element);
        }
    }
    for (lane, &element) in lanes.iter_mut().zip(rest) {
        *lane += value(element);
    }
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
    }
    lanes[0]
}

impl<T: AsF64> Accumulator<T> for Compensated {
    const EMPTY: Self = Self::ZERO;

    #[inline(always)]
    fn absorb(&mut self, elements: &[T]) {
        self.add(lane_sum(elements, T::as_f64));
    }

    #[inline(always)]
    fn absorb_one(&mut self, element: T) {
        self.add(element.as_f64());
    }

    fn merge(&mut self, other: &Self) {
        self.add(other.sum);
        self.lost += other.lost;
    }
}

/// Two compensated sums, of the real and the imaginary parts.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct CompensatedComplex {
    re: Compensated,
    im: Compensated,
}

macro_rules! complex_sums {
    ($($part:ident)*) => {$(
        impl Accumulator<Complex<$part>> for CompensatedComplex {
            const EMPTY: Self = Self { re: Compensated::ZERO, im: Compensated::ZERO };

            #[inline(always)]
            fn absorb(&mut self, elements: &[Complex<$part>]) {
                self.re.add(lane_sum(elements, |e| e.re.as_f64()));
                self.im.add(lane_sum(elements, |e| e.im.as_f64()));
            }

            #[inline(always)]
            fn absorb_one(&mut self, element: Complex<$part>) {
                self.re.add(element.re.as_f64());
                self.im.add(element.im.as_f64());
            }

            fn merge(&mut self, other: &Self) {
                <Compensated as Accumulator<f64>>::merge(&mut self.re, &other.re);
                <Compensated as Accumulator<f64>>::merge(&mut self.im, &other.im);
            }
        }
    )*};
}
complex_sums!(f32 f64);

/// The sum of integers as it is.
pub(super) struct ToSum;

impl<S: Element> Finish<Wrapping<S>> for ToSum {
    type Output = S;

    fn finish(accumulator: &Wrapping<S>, _: u64, _: usize) -> S {
        accumulator.0
    }
}

/// A sum rounded to `T`.
pub(super) struct ToFloat<T>(PhantomData<T>);
/// A complex sum rounded to `T`.
pub(super) struct ToComplex<T>(PhantomData<T>);
/// The mean of elements of `T`.
pub(super) struct Mean<T>(PhantomData<T>);

impl Finish<Compensated> for ToFloat<f32> {
    type Output = f32;

    fn finish(accumulator: &Compensated, _: u64, _: usize) -> f32 {
        accumulator.total() as f32
    }
}

impl Finish<Compensated> for ToFloat<f64> {
    type Output = f64;

    fn finish(accumulator: &Compensated, _: u64, _: usize) -> f64 {
        accumulator.total()
    }
}

impl Finish<CompensatedComplex> for ToComplex<Complex32> {
    type Output = Complex32;

    fn finish(accumulator: &CompensatedComplex, _: u64, _: usize) -> Complex32 {
        Complex::new(accumulator.re.total() as f32, accumulator.im.total() as f32)
    }
}

impl Finish<CompensatedComplex> for ToComplex<Complex64> {
    type Output = Complex64;

    fn finish(accumulator: &CompensatedComplex, _: u64, _: usize) -> Complex64 {
        Complex::new(accumulator.re.total(), accumulator.im.total())
    }
}

/// What the mean of a type is made of: a quotient of two `f64`.
trait FromF64: Element {
    fn from_f64(value: f64) -> Self;
}

impl FromF64 for f32 {
    fn from_f64(value: f64) -> Self {
        value as Self
    }
}

impl FromF64 for f64 {
    fn from_f64(value: f64) -> Self {
        value
    }
}

impl<T: AsF64> Finish<Compensated> for Mean<T>
where
    T::Mean: FromF64,
{
    type Output = T::Mean;

    fn finish(accumulator: &Compensated, elements: u64, _: usize) -> T::Mean {
        T::Mean::from_f64(accumulator.total() / elements as f64)
    }
}

impl Finish<CompensatedComplex> for Mean<Complex32> {
    type Output = Complex32;

    fn finish(accumulator: &CompensatedComplex, elements: u64, _: usize) -> Complex32 {
        let (re, im) = (accumulator.re.total(), accumulator.im.total());
        Complex::new((re / elements as f64) as f32, (im / elements as f64) as f32)
    }
}

impl Finish<CompensatedComplex> for Mean<Complex64> {
    type Output = Complex64;

    fn finish(accumulator: &CompensatedComplex, elements: u64, _: usize) -> Complex64 {
        let (re, im) = (accumulator.re.total(), accumulator.im.total());
        Complex::new(re / elements as f64, im / elements as f64)
    }
}
