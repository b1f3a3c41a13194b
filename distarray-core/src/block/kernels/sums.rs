//! Accumulators of sums and means.

use std::marker::PhantomData;

use num_complex::Complex;

use super::accumulate::{Accumulator, Course, Finish, Positions, Rows};
use super::bins;
use super::columns::{self, Table};
use super::cpu::Level;
use super::exact::{Exact, Summing};
use super::power_sums::PowerSums;
use crate::element::{Complex32, Complex64, Element};

/// The sum of integers, widened to 64 bits, which wraps.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Wrapping<S>(S);

/// The sum of integers in 128 bits, low word first: exact.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Total([u64; 2]);

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
            fn empty() -> Self {
                Self(0)
            }

            #[inline(always)]
            fn absorb<L: Level>(&mut self, elements: &[T], _: Positions, _: &mut Course) {
                let sum = elements.iter().fold(0, |sum: $sum, &e| sum.wrapping_add(e.widen()));
                self.0 = self.0.wrapping_add(sum);
            }

            #[inline(always)]
            fn absorb_one(&mut self, element: T, _: u64) {
                self.0 = self.0.wrapping_add(element.widen());
            }

            fn merge(&mut self, other: &Self) {
                self.0 = self.0.wrapping_add(other.0);
            }
        }
    )*};
}
wrapping!(i64 u64);

impl Total {
    fn value(self) -> i128 {
        i128::from(self.0[1] as i64) << 64 | i128::from(self.0[0])
    }

    #[inline(always)]
    fn add(&mut self, value: i128) {
        let sum = self.value() + value;
        self.0 = [sum as u64, (sum >> 64) as u64];
    }
}

/// Integers as a high part, which may be negative, and 32 low bits.
pub(super) trait Halves: Element {
    fn halves(self) -> (i64, u64);
}

macro_rules! halves {
    ($($type:ident)*) => {$(
        impl Halves for $type {
            #[inline(always)]
            #[allow(clippy::unnecessary_cast, reason = "i64 itself is in the list")]
            fn halves(self) -> (i64, u64) {
                ((i128::from(self) >> 32) as i64, self as u64 & 0xffff_ffff)
            }
        }
    )*};
}
halves!(bool i8 i16 i32 i64 u8 u16 u32 u64);

impl<T: Halves> Accumulator<T> for Total {
    fn empty() -> Self {
        Self([0; 2])
    }

    #[inline(always)]
    fn absorb<L: Level>(&mut self, elements: &[T], _: Positions, _: &mut Course) {
        for elements in elements.chunks(1 << 20) {
            let (mut high, mut low) = (0_i64, 0_u64);
            for element in elements {
                let (upper, lower) = element.halves();
                high += upper;
                low += lower;
            }
            self.add((i128::from(high) << 32) + i128::from(low));
        }
    }

    #[inline(always)]
    fn absorb_one(&mut self, element: T, _: u64) {
        let (high, low) = element.halves();
        self.add((i128::from(high) << 32) + i128::from(low));
    }

    fn merge(&mut self, other: &Self) {
        self.add(other.value());
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

/// Floating-point numbers that consist of others, one or two.
pub(super) trait Parts: Element {
    type Part: AsF64;
    const PARTS: usize;
}

macro_rules! parts {
    ($($type:ty: $count:literal of $part:ty;)*) => {$(
        impl Parts for $type {
            type Part = $part;
            const PARTS: usize = $count;
        }
    )*};
}
parts! {
    f32: 1 of f32;
    f64: 1 of f64;
    Complex32: 2 of f32;
    Complex64: 2 of f64;
}

/// The parts of numbers, one after the other.
#[inline(always)]
fn flat<T: Parts>(elements: &[T]) -> &[T::Part] {
    // SAFETY: a number is so many of its parts side by side (`Complex` is `repr(C)`).
    unsafe { std::slice::from_raw_parts(elements.as_ptr().cast(), elements.len() * T::PARTS) }
}

/// Exact sums of the parts of numbers.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Sums<S, const PARTS: usize>(pub(super) [S; PARTS]);

macro_rules! sums {
    ($($parts:literal: $($type:ty)*;)*) => {$($(
        impl<S: Summing> Accumulator<$type> for Sums<S, $parts> {
            fn empty() -> Self {
                Self([S::ZERO; $parts])
            }

            #[inline(always)]
            fn absorb<L: Level>(&mut self, elements: &[$type], _: Positions, course: &mut Course) {
                let value = |part: <$type as Parts>::Part| part.as_f64();
                bins::sum::<L, _, S>(flat(elements), value, &mut course.window, course.ahead, &mut self.0);
            }

            #[inline(always)]
            fn absorb_one(&mut self, element: $type, _: u64) {
                for (sum, part) in self.0.iter_mut().zip(flat(&[element])) {
                    sum.push(part.as_f64());
                }
            }

            #[inline(always)]
            fn absorb_rows<L: Level>(accumulators: &mut [Self], rows: Rows<$type>, course: &mut Course) {
                let columns = accumulators.len() * $parts;
                let first = rows.first.cast::<<$type as Parts>::Part>();
                // SAFETY: a row has an element for each accumulator, and an element so many parts.
                let table = unsafe { Table::new(first, rows.stride, rows.count, columns) };
                // SAFETY: an accumulator is so many sums, one for each part.
                let sums = unsafe {
                    std::slice::from_raw_parts_mut(accumulators.as_mut_ptr().cast(), columns)
                };
                columns::sum::<L, _, S>(table, &mut course.window, sums);
            }

            fn merge(&mut self, other: &Self) {
                for (sum, other) in self.0.iter_mut().zip(&other.0) {
                    sum.merge(other);
                }
            }
        }
    )*)*};
}
sums! {
    1: f32 f64;
    2: Complex32 Complex64;
}

/// The sum as it is.
pub(super) struct Sum<T>(PhantomData<T>);
/// The mean of elements of `T`.
pub(super) struct Mean<T>(PhantomData<T>);

impl<T, S: Element> Finish<Wrapping<S>> for Sum<T> {
    type Output = S;

    fn finish(accumulator: &Wrapping<S>, _: u64, _: usize) -> S {
        accumulator.0
    }
}

impl<T> Finish<Total> for Mean<T> {
    type Output = f64;

    fn finish(accumulator: &Total, count: u64, _: usize) -> f64 {
        let mut exact = Exact::ZERO;
        exact.add_wide(accumulator.value(), 0);
        exact.divided(count)
    }
}

macro_rules! finish {
    ($($part:ident)*) => {$(
        impl<S: Summing> Finish<Sums<S, 1>> for Sum<$part> {
            type Output = $part;

            fn finish(sums: &Sums<S, 1>, _: u64, _: usize) -> $part {
                sums.0[0].rounded()
            }
        }

        impl<S: Summing> Finish<Sums<S, 1>> for Mean<$part> {
            type Output = $part;

            fn finish(sums: &Sums<S, 1>, count: u64, _: usize) -> $part {
                sums.0[0].divided(count)
            }
        }

        impl Finish<PowerSums> for Sum<$part> {
            type Output = $part;

            fn finish(sums: &PowerSums, _: u64, _: usize) -> $part {
                sums.sum.rounded()
            }
        }

        impl Finish<PowerSums> for Mean<$part> {
            type Output = $part;

            fn finish(sums: &PowerSums, count: u64, _: usize) -> $part {
                sums.sum.divided(count)
            }
        }

        impl<S: Summing> Finish<Sums<S, 2>> for Sum<Complex<$part>> {
            type Output = Complex<$part>;

            fn finish(sums: &Sums<S, 2>, _: u64, _: usize) -> Complex<$part> {
                let [re, im] = sums.0.map(|sum| sum.rounded());
                Complex { re, im }
            }
        }

        impl<S: Summing> Finish<Sums<S, 2>> for Mean<Complex<$part>> {
            type Output = Complex<$part>;

            fn finish(sums: &Sums<S, 2>, count: u64, _: usize) -> Complex<$part> {
                let [re, im] = sums.0.map(|sum| sum.divided(count));
                Complex { re, im }
            }
        }
    )*};
}
finish!(f32 f64);
