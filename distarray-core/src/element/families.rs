//! Families of element types, as bounds: which operations a type has.

use super::{Complex32, Complex64, Element};

/// Every element type but `bool`: has arithmetic.
pub trait Number: Element {}
/// Integers: have shifts and divisors.
pub trait Integer: Real + Bits {}
/// Integers and real floating-point numbers: have arithmetic and an order.
pub trait Real: Number + Ordered {}
/// Real and complex floating-point numbers: have square roots, exponentials and the like.
pub trait Floating: Number {}
/// Real floating-point numbers: can be rounded to whole numbers.
pub trait Float: Floating + Real {}
/// Complex floating-point numbers: have two parts.
pub trait ComplexNumber: Floating {}
/// Every element type but the complex ones: has an order.
pub trait Ordered: Element + PartialOrd {}
/// `bool` and the integers: have bitwise operations.
pub trait Bits: Element + Ordered {}

/// Lists the types of a family.
macro_rules! family {
    ($family:ident: $($type:ty)*) => {
        $(impl $family for $type {})*
    };
}

family!(Number: i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Complex32 Complex64);
family!(Real: i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);
family!(Floating: f32 f64 Complex32 Complex64);
family!(Float: f32 f64);
family!(ComplexNumber: Complex32 Complex64);
family!(Ordered: bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);
family!(Integer: i8 i16 i32 i64 u8 u16 u32 u64);
family!(Bits: bool i8 i16 i32 i64 u8 u16 u32 u64);
