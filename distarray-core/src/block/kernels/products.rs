//! Accumulators of products.

use std::marker::PhantomData;

use num_complex::Complex;

use super::accumulate::{Accumulator, Course, Finish, Positions};
use super::cpu::Level;
use super::sums::{AsF64, Widen};
use crate::element::{Complex32, Complex64, Element};

/// Independent partial products of one call.
const LANES: usize = 16;

/// The product of elements of `T`, in the type `P`.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Product<T, P>(P, PhantomData<T>);

/// Elements as what their product is made in.
pub(super) trait Factor<P>: Element {
    const ONE_AS: P;
    fn factor(self) -> P;
    fn times(a: P, b: P) -> P;
}

macro_rules! integers {
    ($($product:ident: $($type:ident)*;)*) => {$($(
        impl Factor<$product> for $type {
            const ONE_AS: $product = 1;

            #[inline(always)]
            fn factor(self) -> $product {
                self.widen()
            }

            #[inline(always)]
            fn times(a: $product, b: $product) -> $product {
                a.wrapping_mul(b)
            }
        }
    )*)*};
}
integers! {
    i64: bool i8 i16 i32 i64;
    u64: u8 u16 u32 u64;
}

macro_rules! floats {
    ($($type:ident)*) => {$(
        impl Factor<f64> for $type {
            const ONE_AS: f64 = 1.0;

            #[inline(always)]
            fn factor(self) -> f64 {
                self.as_f64()
            }

            #[inline(always)]
            fn times(a: f64, b: f64) -> f64 {
                a * b
            }
        }

        impl Factor<Complex64> for Complex<$type> {
            const ONE_AS: Complex64 = Complex::new(1.0, 0.0);

            #[inline(always)]
            fn factor(self) -> Complex64 {
                Complex::new(self.re.as_f64(), self.im.as_f64())
            }

            #[inline(always)]
            fn times(a: Complex64, b: Complex64) -> Complex64 {
                a * b
            }
        }
    )*};
}
floats!(f32 f64);

impl<P: Copy, T: Factor<P>> Accumulator<T> for Product<T, P> {
    fn empty() -> Self {
        Self(T::ONE_AS, PhantomData)
    }

    #[inline(always)]
    fn absorb<L: Level>(&mut self, elements: &[T], _: Positions, _: &mut Course) {
        let mut lanes = [T::ONE_AS; LANES];
        let (chunks, rest) = elements.as_chunks::<LANES>();
        for chunk in chunks {
            for (lane, element) in lanes.iter_mut().zip(chunk) {
                *lane = T::times(*lane, element.factor());
            }
        }
        let product = lanes.into_iter().fold(self.0, T::times);
        self.0 = rest.iter().fold(product, |product, e| T::times(product, e.factor()));
    }

    #[inline(always)]
    fn absorb_one(&mut self, element: T, _: u64) {
        self.0 = T::times(self.0, element.factor());
    }

    fn merge(&mut self, other: &Self) {
        self.0 = T::times(self.0, other.0);
    }
}

/// The product as NumPy's type of it.
pub(super) struct Prod;

macro_rules! finish {
    ($($type:ident: $product:ident => |$p:ident| $result:expr, $output:ty;)*) => {$(
        impl Finish<Product<$type, $product>> for Prod {
            type Output = $output;

            fn finish(accumulator: &Product<$type, $product>, _: u64, _: usize) -> $output {
                let $p = accumulator.0;
                $result
            }
        }
    )*};
}
finish! {
    bool: i64 => |p| p, i64;
    i8: i64 => |p| p, i64;
    i16: i64 => |p| p, i64;
    i32: i64 => |p| p, i64;
    i64: i64 => |p| p, i64;
    u8: u64 => |p| p, u64;
    u16: u64 => |p| p, u64;
    u32: u64 => |p| p, u64;
    u64: u64 => |p| p, u64;
    f32: f64 => |p| p as f32, f32;
    f64: f64 => |p| p, f64;
    Complex32: Complex64 => |p| Complex::new(p.re as f32, p.im as f32), Complex32;
    Complex64: Complex64 => |p| p, Complex64;
}
