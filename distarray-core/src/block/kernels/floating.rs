//! Functions of one floating-point element: what `sin` means for each type.

use num_complex::Complex;

use super::arithmetic::{Number, Real};
use super::complex;
use crate::element::{Complex32, Complex64};

/// Lists the functions of a trait: name and number of operands besides the element.
macro_rules! functions {
    ($(#[$doc:meta])* trait $trait:ident: $($bound:path),*; $($one:ident)*; $($two:ident)*) => {
        $(#[$doc])*
        pub(super) trait $trait: $($bound +)* Sized {
            $(fn $one(self) -> Self;)*
            $(fn $two(self, other: Self) -> Self;)*
        }
    };
}

functions! {
    /// Functions of real and complex floating-point numbers.
    trait Floating: Number;
    sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh
    arccosh arctanh;
    pow
}

functions! {
    /// Functions of real floating-point numbers.
    trait RealFloating: Floating, Real;
    cbrt erf erfc gamma lgamma degrees radians sinc;
    hypot arctan2 logaddexp logaddexp2
}

/// Implements a trait of functions for a type: each by a function of the type, given its path.
macro_rules! implement {
    ($trait:ident for $type:ty: {$($one:ident $by_one:expr;)*} {$($two:ident $by_two:expr;)*}) => {
        impl $trait for $type {
            $(#[inline(always)]
            fn $one(self) -> Self {
                $by_one(self)
            })*
            $(#[inline(always)]
            fn $two(self, other: Self) -> Self {
                $by_two(self, other)
            })*
        }
    };
}

macro_rules! real {
    ($($type:ident: $arcsinh:path, $arccosh:path, $arctanh:path, $erf:path, $erfc:path, $gamma:path, $lgamma:path;)*) => {$(
        implement! {
            Floating for $type: {
                sqrt $type::sqrt;
                exp $type::exp;
                exp2 $type::exp2;
                expm1 $type::exp_m1;
                log $type::ln;
                log2 $type::log2;
                log10 $type::log10;
                log1p $type::ln_1p;
                sin $type::sin;
                cos $type::cos;
                tan $type::tan;
                arcsin $type::asin;
                arccos $type::acos;
                arctan $type::atan;
                sinh $type::sinh;
                cosh $type::cosh;
                tanh $type::tanh;
                arcsinh $arcsinh;
                arccosh $arccosh;
                arctanh $arctanh;
            } {
                pow $type::powf;
            }
        }

        implement! {
            RealFloating for $type: {
                cbrt $type::cbrt;
                erf $erf;
                erfc $erfc;
                gamma $gamma;
                lgamma $lgamma;
                degrees |x: $type| x * (180.0 / std::$type::consts::PI);
                radians |x: $type| x * (std::$type::consts::PI / 180.0);
                sinc |x: $type| {
                    // The nearest even number is taken off first, which is exact; then halves are folded.
                    let rest = x - 2.0 * (x / 2.0).round_ties_even();
                    let folded = match rest.abs() > 0.5 {
                        true => (1.0 as $type).copysign(rest) - rest,
                        false => rest,
                    };
                    let pi = std::$type::consts::PI;
                    let sine = Floating::sin(pi * folded);
                    if x == 0.0 { 1.0 } else if x.is_infinite() { 0.0 } else { sine / (pi * x) }
                };
            } {
                hypot $type::hypot;
                arctan2 $type::atan2;
                logaddexp |a: $type, b: $type| match a == b {
                    // Infinities of one sign have no difference.
                    true => a + std::$type::consts::LN_2,
                    false => Real::maximum(a, b) + Floating::log1p(Floating::exp(-(a - b).abs())),
                };
                logaddexp2 |a: $type, b: $type| match a == b {
                    true => a + 1.0,
                    false => {
                        let rest = Floating::log1p(Floating::exp2(-(a - b).abs()));
                        Real::maximum(a, b) + rest * std::$type::consts::LOG2_E
                    }
                };
            }
        }
    )*};
}

real! {
    f32: libm::asinhf, libm::acoshf, libm::atanhf, libm::erff, libm::erfcf, libm::tgammaf, libm::lgammaf;
    f64: libm::asinh, libm::acosh, libm::atanh, libm::erf, libm::erfc, libm::tgamma, libm::lgamma;
}

macro_rules! complex {
    ($($one:ident)*) => {
        implement! {
            Floating for Complex64: {
                $($one complex::$one;)*
            } {
                pow complex::pow;
            }
        }

        // In the wider type, so that what remains is one rounding.
        implement! {
            Floating for Complex32: {
                $($one |z| narrow(complex::$one(widen(z)));)*
            } {
                pow |z, w| narrow(complex::pow(widen(z), widen(w)));
            }
        }
    };
}

complex! {
    sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh
    arccosh arctanh
}

fn widen(z: Complex32) -> Complex64 {
    Complex::new(z.re.into(), z.im.into())
}

fn narrow(z: Complex64) -> Complex32 {
    Complex::new(z.re as f32, z.im as f32)
}
