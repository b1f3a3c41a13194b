//! Elementwise functions of arrays and expressions, under NumPy's names.

use super::expr::Operands;
use super::{ArrayExpr, Expr, Operand};
use crate::block::kernels::{BinaryOp, CompareOp, UnaryOp};
use crate::element::{ComplexNumber, Element, Float, Floating, Number, Ordered, Real};
use crate::error::Result;

/// A value as the left operand of an operation in its own context.
fn left<T: Element>(value: &(impl ArrayExpr<T> + ?Sized)) -> Result<Operands> {
    value.node().map(|node| Operands { node, ctx: None })
}

/// The compiled example of a function: on an array of one value, what it gives.
macro_rules! example {
    ($call:expr, $on:expr => $gives:expr) => {
        concat!(
            "\n```\nuse distarray_core::prelude::*;\n\nlet ctx = Context::solo();\nlet a = ctx.full(",
            $on,
            ", 3)?;\nassert_eq!(a.",
            $call,
            ".eval()?.get(&[0])?, ",
            $gives,
            ");\n# Ok::<(), distarray_core::Error>(())\n```"
        )
    };
}

/// Lists functions of one operand: name, operation, bound, result, what it does, example.
macro_rules! unary {
    ($($name:ident $op:ident for $bound:ident -> $output:ty: $doc:literal, $on:literal => $gives:literal;)*) => {$(
        #[doc = $doc]
        #[doc = example!(concat!(stringify!($name), "()"), $on => $gives)]
        fn $name(&self) -> Expr<$output>
        where
            T: $bound,
        {
            Expr::unary::<T>(UnaryOp::$op, self)
        }
    )*};
}

/// Lists functions of two operands, as [`unary!`]; the example's other operand is in the call.
macro_rules! binary {
    ($($name:ident $op:ident for $bound:ident: $doc:literal, $on:literal, $other:literal => $gives:literal;)*) => {$(
        #[doc = $doc]
        #[doc = example!(concat!(stringify!($name), "(", $other, ")"), $on => $gives)]
        fn $name(&self, other: impl Operand<T>) -> Expr<T>
        where
            T: $bound,
        {
            Expr::binary(BinaryOp::$op, self.context().clone(), left(self), other.operand())
        }
    )*};
}

/// Lists comparisons, as [`binary!`].
macro_rules! compare {
    ($($name:ident $op:ident for $bound:ident: $doc:literal, $on:literal, $other:literal => $gives:literal;)*) => {$(
        #[doc = $doc]
        #[doc = example!(concat!(stringify!($name), "(", $other, ")"), $on => $gives)]
        fn $name(&self, other: impl Operand<T>) -> Expr<bool>
        where
            T: $bound,
        {
            Expr::compare(CompareOp::$op, self.context().clone(), left(self), other.operand())
        }
    )*};
}

/// Elementwise functions. Each gives a lazy expression of the operand's shape (or the shape that
/// both broadcast to); none communicates, and none fails before it is evaluated.
///
/// Integers wrap; a division of integers by zero gives 0; floating-point functions follow IEEE 754.
pub trait Ufuncs<T: Element>: ArrayExpr<T> {
    unary! {
        abs Absolute for Number -> T::Magnitude: "The absolute value; of a complex number, its magnitude.", "-2.5_f64" => "2.5";
        sign Sign for Number -> T: "The sign: -1, 0 or 1, and NaN for NaN; of a complex number, the number over its magnitude.", "-2.5" => "-1.0";
        square Square for Number -> T: "The element times itself.", "-3" => "9";
        reciprocal Reciprocal for Floating -> T: "One over the element.", "4.0" => "0.25";
        sqrt Sqrt for Floating -> T: "The square root; NaN of a negative number.", "9.0" => "3.0";
        exp Exp for Floating -> T: "Euler's number to the power of the element.", "0.0" => "1.0";
        log Log for Floating -> T: "The natural logarithm; NaN of a negative number.", "1.0" => "0.0";
        sin Sin for Floating -> T: "The sine of an angle in radians.", "0.0" => "0.0";
        cos Cos for Floating -> T: "The cosine of an angle in radians.", "0.0" => "1.0";
        tan Tan for Floating -> T: "The tangent of an angle in radians.", "0.0" => "0.0";
        sinh Sinh for Floating -> T: "The hyperbolic sine.", "0.0" => "0.0";
        cosh Cosh for Floating -> T: "The hyperbolic cosine.", "0.0" => "1.0";
        tanh Tanh for Floating -> T: "The hyperbolic tangent.", "0.0" => "0.0";
        arctan Arctan for Floating -> T: "The angle in radians whose tangent is the element.", "0.0" => "0.0";
        floor Floor for Float -> T: "The greatest whole number that is not above the element.", "-1.5" => "-2.0";
        ceil Ceil for Float -> T: "The least whole number that is not below the element.", "-1.5" => "-1.0";
        rint Rint for Float -> T: "The nearest whole number; halves go to the even one.", "2.5" => "2.0";
        isnan Isnan for Floating -> bool: "Whether the element is not a number.", "f64::NAN" => "true";
        isfinite Isfinite for Floating -> bool: "Whether the element is neither infinite nor NaN.", "1.0" => "true";
        conj Conjugate for ComplexNumber -> T: "The complex conjugate.", "Complex64::new(1.0, 2.0)" => "Complex64::new(1.0, -2.0)";
        real RealPart for ComplexNumber -> T::Magnitude: "The real part.", "Complex64::new(1.0, 2.0)" => "1.0";
        imag ImaginaryPart for ComplexNumber -> T::Magnitude: "The imaginary part.", "Complex64::new(1.0, 2.0)" => "2.0";
    }

    binary! {
        pow Power for Real: "The element to a power; integers give 0 for a negative power, but for bases 1 and -1.", "2", "10" => "1024";
        minimum Minimum for Real: "The lesser of two elements; NaN where either is.", "2.0", "1.0" => "1.0";
        maximum Maximum for Real: "The greater of two elements; NaN where either is.", "2.0", "1.0" => "2.0";
        hypot Hypot for Float: "The length of the hypotenuse over two legs, without overflow on the way.", "3.0", "4.0" => "5.0";
        arctan2 Arctan2 for Float: "The angle in radians of the point whose ordinate is the element and whose abscissa is the other.", "0.0", "1.0" => "0.0";
    }

    compare! {
        eq Equal for Element: "Whether two elements are equal.", "2.0", "2.0" => "true";
        ne NotEqual for Element: "Whether two elements differ; true of NaN and itself.", "2.0", "2.0" => "false";
        lt Less for Ordered: "Whether the element is less than the other.", "1", "2" => "true";
        le LessEqual for Ordered: "Whether the element is less than or equal to the other.", "2", "2" => "true";
        gt Greater for Ordered: "Whether the element is greater than the other.", "1", "2" => "false";
        ge GreaterEqual for Ordered: "Whether the element is greater than or equal to the other.", "1", "2" => "false";
    }
}

impl<T: Element, A: ArrayExpr<T> + ?Sized> Ufuncs<T> for A {}
