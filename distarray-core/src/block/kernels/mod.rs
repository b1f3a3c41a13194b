//! Kernels: loops over slices of one element type, found by operation and dtype.
//!
//! A kernel is a plain function over pointers, so that an expression is a list of them. Each loop
//! is compiled for several instruction sets and picks one when it runs (see [`cpu`]).

mod accumulate;
mod arithmetic;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod binary;
mod bins;
mod cast;
mod checked;
mod columns;
mod compare;
mod complex;
mod cpu;
mod exact;
mod extremes;
mod floating;
pub(crate) mod fold;
mod fused;
mod integer;
mod lanes;
mod math;
mod narrow;
mod places;
mod power_bins;
mod power_columns;
#[cfg(target_arch = "x86_64")]
mod power_integers;
mod power_sums;
mod products;
pub(crate) mod random;
mod representation;
mod rounding;
pub(crate) mod scan;
mod squared;
pub(crate) mod stream;
mod sums;
mod ternary;
mod truth;
mod unary;
mod window;

pub(crate) use binary::{BinaryOp, binary};
pub(crate) use cast::cast;
pub(crate) use checked::{CheckedOp, checked};
pub(crate) use compare::{CompareOp, compare};
pub(crate) use cpu::dispatch;
pub(crate) use fused::{
    FusedLoop, OPERANDS, Stores, chain, is_fused, products, products_and, single,
};
pub(crate) use ternary::{TernaryOp, ternary};
pub(crate) use unary::{UnaryOp, unary};

use crate::element::Element;
use lanes::{Binary, Unary, binary_loop, unary_loop};

/// A loop over one operand: target, operand, number of elements.
///
/// # Safety
/// The target is valid for writes, the operand for reads of that many elements of the types that
/// the kernel was asked for, aligned; they are the same memory or apart.
pub(crate) type UnaryKernel = unsafe fn(*mut u8, *const u8, usize);

/// A loop over two operands: target, operands, number of elements.
///
/// # Safety
/// As [`UnaryKernel`], for both operands; a scalar operand is one element.
type BinaryLoop = unsafe fn(*mut u8, *const u8, *const u8, usize);

/// The loops of an operation on two operands, by which of them is a scalar.
#[derive(Clone, Copy)]
pub(crate) struct BinaryKernel {
    /// Both are slices.
    pub(crate) slices: BinaryLoop,
    /// The right one is a scalar.
    pub(crate) scalar_right: BinaryLoop,
    /// The left one is a scalar.
    pub(crate) scalar_left: BinaryLoop,
}

fn binary_kernel<T: Element, Op: Binary<T>>() -> BinaryKernel {
    BinaryKernel {
        slices: binary_loop::<T, Op, 1, 1>,
        scalar_right: binary_loop::<T, Op, 1, 0>,
        scalar_left: binary_loop::<T, Op, 0, 1>,
    }
}

/// Calls `$body` with `$T` standing for the element type of a dtype in the list, else `None`.
macro_rules! for_dtypes {
    ($dtype:expr, $T:ident in [$($variant:ident: $type:ty),*] => $body:expr) => {
        match $dtype {
            $($crate::DType::$variant => { type $T = $type; Some($body) })*
            _ => None,
        }
    };
}

/// [`for_dtypes`] for everything but `bool`.
macro_rules! for_numbers {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::block::kernels::for_dtypes!($dtype, $T in [
            I8: i8, I16: i16, I32: i32, I64: i64, U8: u8, U16: u16, U32: u32, U64: u64,
            F32: f32, F64: f64, C32: $crate::Complex32, C64: $crate::Complex64
        ] => $body)
    };
}

/// [`for_dtypes`] for integers and real floating-point numbers.
macro_rules! for_reals {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::block::kernels::for_dtypes!($dtype, $T in [
            I8: i8, I16: i16, I32: i32, I64: i64, U8: u8, U16: u16, U32: u32, U64: u64,
            F32: f32, F64: f64
        ] => $body)
    };
}

/// [`for_dtypes`] for real and complex floating-point numbers.
macro_rules! for_floating {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::block::kernels::for_dtypes!($dtype, $T in [
            F32: f32, F64: f64, C32: $crate::Complex32, C64: $crate::Complex64
        ] => $body)
    };
}

/// [`for_dtypes`] for real floating-point numbers.
macro_rules! for_floats {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::block::kernels::for_dtypes!($dtype, $T in [F32: f32, F64: f64] => $body)
    };
}

/// [`for_dtypes`] for complex floating-point numbers.
macro_rules! for_complex {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::block::kernels::for_dtypes!($dtype, $T in [
            C32: $crate::Complex32, C64: $crate::Complex64
        ] => $body)
    };
}

/// [`for_dtypes`] for the integers.
macro_rules! for_integers {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::block::kernels::for_dtypes!($dtype, $T in [
            I8: i8, I16: i16, I32: i32, I64: i64, U8: u8, U16: u16, U32: u32, U64: u64
        ] => $body)
    };
}

/// All dtypes, in the form of the others.
macro_rules! for_elements {
    ($dtype:expr, $T:ident => $body:expr) => {
        Some($crate::with_element!($dtype, $T => $body))
    };
}

/// [`for_dtypes`] for `bool` and the integers.
macro_rules! for_bits {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::block::kernels::for_dtypes!($dtype, $T in [
            Bool: bool, I8: i8, I16: i16, I32: i32, I64: i64, U8: u8, U16: u16, U32: u32, U64: u64
        ] => $body)
    };
}

/// [`for_dtypes`] for everything but the complex types.
macro_rules! for_ordered {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::block::kernels::for_dtypes!($dtype, $T in [
            Bool: bool, I8: i8, I16: i16, I32: i32, I64: i64,
            U8: u8, U16: u16, U32: u32, U64: u64, F32: f32, F64: f64
        ] => $body)
    };
}

use {for_bits, for_complex, for_dtypes, for_elements, for_floating, for_floats, for_integers};
use {for_numbers, for_ordered, for_reals};
