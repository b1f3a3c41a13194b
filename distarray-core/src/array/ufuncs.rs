//! Elementwise functions of arrays and expressions, under NumPy's names.

use super::expr::{Operands, join};
use super::{ArrayExpr, Expr, Operand, Reductions};
use crate::block::kernels::{BinaryOp, CompareOp, TernaryOp, UnaryOp};
use crate::comm::Operation;
use crate::element::{
    ComplexNumber, DType, Element, Float, Floating, Integer, Number, Ordered, Real,
};
use crate::error::Result;
use crate::expr::Node;

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
///
#[doc = include_str!("../block/kernels/math/bounds.md")]
///
/// What these have is the same bits on every processor. Functions that are not listed round each of their steps; `gamma`
/// and `lgamma` are those of the crate `libm`, functions of complex numbers are made of the standard library's (after
/// Kahan, *Branch Cuts for Complex Elementary Functions*, 1987): for these no bounds are stated.
pub trait Ufuncs<T: Element>: ArrayExpr<T> {
    unary! {
        abs Absolute for Number -> T::Magnitude: "The absolute value, which wraps for the least integer; of a complex number, its magnitude.", "-2.5_f64" => "2.5";
        sign Sign for Number -> T: "The sign: -1, 0 or 1, and NaN for NaN; of a complex number, the number over its magnitude.", "-2.5" => "-1.0";
        square Square for Number -> T: "The element times itself.", "-3" => "9";
        reciprocal Reciprocal for Number -> T: "One over the element; of integers, rounded towards zero.", "4.0" => "0.25";

        sqrt Sqrt for Floating -> T: "The square root; NaN of a negative number.", "9.0" => "3.0";
        exp Exp for Floating -> T: "Euler's number to the power of the element.", "0.0" => "1.0";
        exp2 Exp2 for Floating -> T: "Two to the power of the element.", "3.0" => "8.0";
        expm1 Expm1 for Floating -> T: "The exponential less one, exact near zero.", "1e-20" => "1e-20";
        log Log for Floating -> T: "The natural logarithm; NaN of a negative number.", "1.0" => "0.0";
        log2 Log2 for Floating -> T: "The logarithm to base two.", "8.0" => "3.0";
        log10 Log10 for Floating -> T: "The logarithm to base ten.", "1000.0" => "3.0";
        log1p Log1p for Floating -> T: "The natural logarithm of one more than the element, exact near zero.", "1e-20" => "1e-20";
        sin Sin for Floating -> T: "The sine of an angle in radians.", "0.0" => "0.0";
        cos Cos for Floating -> T: "The cosine of an angle in radians.", "0.0" => "1.0";
        tan Tan for Floating -> T: "The tangent of an angle in radians.", "0.0" => "0.0";
        arcsin Arcsin for Floating -> T: "The angle in radians, from -π/2 to π/2, whose sine is the element.", "0.0" => "0.0";
        arccos Arccos for Floating -> T: "The angle in radians, from 0 to π, whose cosine is the element.", "1.0" => "0.0";
        arctan Arctan for Floating -> T: "The angle in radians, from -π/2 to π/2, whose tangent is the element.", "0.0" => "0.0";
        sinh Sinh for Floating -> T: "The hyperbolic sine.", "0.0" => "0.0";
        cosh Cosh for Floating -> T: "The hyperbolic cosine.", "0.0" => "1.0";
        tanh Tanh for Floating -> T: "The hyperbolic tangent.", "0.0" => "0.0";
        arcsinh Arcsinh for Floating -> T: "The number whose hyperbolic sine is the element.", "0.0" => "0.0";
        arccosh Arccosh for Floating -> T: "The number, 0 or more, whose hyperbolic cosine is the element.", "1.0" => "0.0";
        arctanh Arctanh for Floating -> T: "The number whose hyperbolic tangent is the element.", "1.0" => "f64::INFINITY";
        cbrt Cbrt for Float -> T: "The cube root.", "-8.0" => "-2.0";
        erf Erf for Float -> T: "The error function.", "0.0" => "0.0";
        erfc Erfc for Float -> T: "One less the error function, exact where that is near one.", "0.0" => "1.0";
        gamma Gamma for Float -> T: "The gamma function; NaN of negative whole numbers, infinite at zero.", "5.0" => "24.0";
        lgamma Lgamma for Float -> T: "The natural logarithm of the gamma function's absolute value.", "1.0" => "0.0";
        sinc Sinc for Float -> T: "The sine of π times the element, over that; 1 at zero.", "0.0" => "1.0";
        degrees Degrees for Float -> T: "An angle in radians as one in degrees.", "std::f64::consts::PI" => "180.0";
        radians Radians for Float -> T: "An angle in degrees as one in radians.", "180.0" => "std::f64::consts::PI";
        rad2deg Degrees for Float -> T: "An angle in radians as one in degrees; the same as [`degrees`](Self::degrees).", "0.0" => "0.0";
        deg2rad Radians for Float -> T: "An angle in degrees as one in radians; the same as [`radians`](Self::radians).", "0.0" => "0.0";

        floor Floor for Float -> T: "The greatest whole number that is not above the element.", "-1.5" => "-2.0";
        ceil Ceil for Float -> T: "The least whole number that is not below the element.", "-1.5" => "-1.0";
        trunc Trunc for Float -> T: "The whole number between zero and the element that is nearest to it.", "-1.5" => "-1.0";
        fix Trunc for Float -> T: "The element rounded towards zero; the same as [`trunc`](Self::trunc).", "-1.5" => "-1.0";
        rint Rint for Float -> T: "The nearest whole number; halves go to the even one.", "2.5" => "2.0";
        spacing Spacing for Float -> T: "The distance to the next number away from zero, negative for negative numbers.", "1.0" => "f64::EPSILON";
        signbit Signbit for Float -> bool: "Whether the sign is negative, of zeros and NaN too.", "-0.0" => "true";
        isnan Isnan for Floating -> bool: "Whether the element is not a number.", "f64::NAN" => "true";
        isinf Isinf for Floating -> bool: "Whether the element is infinite.", "f64::NEG_INFINITY" => "true";
        isfinite Isfinite for Floating -> bool: "Whether the element is neither infinite nor NaN.", "1.0" => "true";
        isposinf Isposinf for Float -> bool: "Whether the element is positive infinity.", "f64::INFINITY" => "true";
        isneginf Isneginf for Float -> bool: "Whether the element is negative infinity.", "f64::INFINITY" => "false";

        bitwise_count BitwiseCount for Integer -> u8: "The number of bits that are set in the absolute value.", "-7" => "3";
        logical_not LogicalNot for Element -> bool: "Whether the element is zero, or `false`.", "0" => "true";

        conj Conjugate for ComplexNumber -> T: "The complex conjugate.", "Complex64::new(1.0, 2.0)" => "Complex64::new(1.0, -2.0)";
        real RealPart for ComplexNumber -> T::Magnitude: "The real part.", "Complex64::new(1.0, 2.0)" => "1.0";
        imag ImaginaryPart for ComplexNumber -> T::Magnitude: "The imaginary part.", "Complex64::new(1.0, 2.0)" => "2.0";
        angle Angle for ComplexNumber -> T::Magnitude: "The angle in radians, from -π to π, between the number and the positive real ones.", "Complex64::new(2.0, 0.0)" => "0.0";
    }

    binary! {
        pow Power for Number: "The element to a power; integers give 0 for a negative power, but for bases 1 and -1.", "2", "10" => "1024";
        floor_divide FloorDivide for Real: "The quotient rounded down, where `/` of integers rounds towards zero; 0 for integers over zero.", "-7", "2" => "-4";
        remainder Remainder for Real: "What [`floor_divide`](Self::floor_divide) leaves, with the divisor's sign; 0 for integers over zero.", "-7", "3" => "2";
        fmod Fmod for Real: "What the division rounded towards zero leaves, with the element's sign, as `%`; 0 for integers over zero.", "-7", "3" => "-1";
        minimum Minimum for Real: "The lesser of two elements; NaN where either is.", "2.0", "1.0" => "1.0";
        maximum Maximum for Real: "The greater of two elements; NaN where either is.", "2.0", "1.0" => "2.0";
        fmin Fmin for Real: "The lesser of two elements; the other one where one is NaN.", "f64::NAN", "1.0" => "1.0";
        fmax Fmax for Real: "The greater of two elements; the other one where one is NaN.", "f64::NAN", "1.0" => "1.0";
        hypot Hypot for Float: "The length of the hypotenuse over two legs, without overflow on the way.", "3.0", "4.0" => "5.0";
        arctan2 Arctan2 for Float: "The angle in radians of the point whose ordinate is the element and whose abscissa is the other.", "0.0", "1.0" => "0.0";
        logaddexp Logaddexp for Float: "The logarithm of the sum of two numbers that are given by their logarithms.", "0.0", "0.0" => "std::f64::consts::LN_2";
        logaddexp2 Logaddexp2 for Float: "As [`logaddexp`](Self::logaddexp), to base two.", "3.0", "3.0" => "4.0";
        copysign Copysign for Float: "The element's absolute value with the sign of the other.", "2.0", "-0.0" => "-2.0";
        nextafter Nextafter for Float: "The next number in the direction of the other.", "1.0", "2.0" => "1.0 + f64::EPSILON";
        heaviside Heaviside for Float: "0 of negative numbers, 1 of positive ones, and the other of zero.", "-2.0", "0.5" => "0.0";
        gcd Gcd for Integer: "The greatest common divisor.", "12", "-18" => "6";
        lcm Lcm for Integer: "The least common multiple, which wraps.", "4", "6" => "12";
    }

    compare! {
        eq Equal for Element: "Whether two elements are equal.", "2.0", "2.0" => "true";
        ne NotEqual for Element: "Whether two elements differ; true of NaN and itself.", "2.0", "2.0" => "false";
        lt Less for Ordered: "Whether the element is less than the other.", "1", "2" => "true";
        le LessEqual for Ordered: "Whether the element is less than or equal to the other.", "2", "2" => "true";
        gt Greater for Ordered: "Whether the element is greater than the other.", "1", "2" => "false";
        ge GreaterEqual for Ordered: "Whether the element is greater than or equal to the other.", "1", "2" => "false";
        logical_and LogicalAnd for Element: "Whether neither element is zero.", "3", "0" => "false";
        logical_or LogicalOr for Element: "Whether either element is not zero.", "3", "0" => "true";
        logical_xor LogicalXor for Element: "Whether exactly one of the elements is zero.", "3", "0" => "true";
    }

    /// The element times two to a power, rounded once. NumPy's `ldexp`, and the inverse of
    /// [`frexp`](super::Pairs::frexp).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.full(1.5_f64, 3)?;
    /// assert_eq!(a.ldexp(4).sum()?, 72.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn ldexp(&self, exponent: impl Operand<i32>) -> Expr<T>
    where
        T: Float,
    {
        // Powers that `f32` cannot tell apart are all out of range.
        let exponent = exponent.operand();
        let exponent = exponent.map(|of| Operands { node: of.node.cast(T::DTYPE), ..of });
        Expr::binary(BinaryOp::Ldexp, self.context().clone(), left(self), exponent)
    }

    /// The element to a power, both as `f64`: for integers, where [`pow`](Self::pow) wraps and has no
    /// negative powers.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// assert_eq!(ctx.full(2, 3)?.float_power(-1).sum()?, 1.5);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn float_power(&self, exponent: impl Operand<T>) -> Expr<f64>
    where
        T: Real,
    {
        let wide = |of: Operands| Operands { node: of.node.cast(DType::F64), ..of };
        let (base, exponent) = (left(self).map(wide), exponent.operand().map(wide));
        Expr::binary(BinaryOp::Power, self.context().clone(), base, exponent)
    }

    /// The element, but not below one bound and not above another, to whose shapes it broadcasts; the
    /// upper one where they are crossed, NaN where one of the three is. NumPy's `clip`.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.arange(0, 6, 1)?.clip(2, 4).eval()?;
    /// assert_eq!(a.to_ndarray()?.as_slice(), Some(&[2, 2, 2, 3, 4, 4][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn clip(&self, low: impl Operand<T>, high: impl Operand<T>) -> Expr<T>
    where
        T: Real,
    {
        let bounds = join(self.context(), low.operand(), high.operand());
        let node =
            bounds.and_then(|(low, high)| Node::ternary(TernaryOp::Clip, self.node()?, low, high));
        Expr::new(self.context().clone(), node)
    }

    /// The element times a factor, plus a summand, rounded once: `a * b + c` rounds twice. Slow on
    /// processors without that instruction, with the same result.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.full(0.1, 3)?;
    /// let rest = a.mul_add(10.0, -1.0).eval()?;
    /// assert!(rest.min()? > 0.0 && (&a * 10.0 - 1.0).min()? == 0.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn mul_add(&self, factor: impl Operand<T>, summand: impl Operand<T>) -> Expr<T>
    where
        T: Float,
    {
        let others = join(self.context(), factor.operand(), summand.operand());
        let node = others.and_then(|(factor, summand)| {
            Node::ternary(TernaryOp::MulAdd, self.node()?, factor, summand)
        });
        Expr::new(self.context().clone(), node)
    }

    /// The nearest number with so many decimals, halves to the even digit; negative decimals are digits
    /// before the point. As NumPy's `round`, scaled by a power of ten.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.full(1234.5678, 3)?;
    /// assert_eq!((a.round(2).max()?, a.round(-2).max()?), (1234.57, 1200.0));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn round(&self, decimals: i32) -> Expr<T>
    where
        T: Float,
    {
        Expr::new(self.context().clone(), self.node().and_then(|node| node.round(decimals)))
    }

    /// Other values in place of NaN, of positive and of negative infinity, also in the parts of complex
    /// numbers.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![f64::NAN, f64::INFINITY, 1.0], "b")?;
    /// assert_eq!(a.nan_to_num(0.0, 9.0, -9.0).sum()?, 10.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn nan_to_num(&self, nan: f64, positive: f64, negative: f64) -> Expr<T>
    where
        T: Floating,
    {
        let node = self.node().and_then(|node| node.nan_to_num([nan, positive, negative]));
        Expr::new(self.context().clone(), node)
    }

    /// Whether the element differs from the other by no more than `rtol` times the other's magnitude
    /// and `atol`; infinities are close to themselves, NaN to nothing. NumPy takes `1e-5` and `1e-8`.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.full(0.1 + 0.2, 3)?;
    /// assert!(a.ne(0.3).all()? && a.isclose(0.3, 1e-15, 0.0).all()?);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn isclose(&self, other: impl Operand<T>, rtol: f64, atol: f64) -> Expr<bool>
    where
        T: Floating,
    {
        let node = join(self.context(), left(self), other.operand())
            .and_then(|(a, b)| a.isclose(b, rtol, atol));
        Expr::new(self.context().clone(), node)
    }

    /// Whether all elements are close to the others, as [`isclose`](Self::isclose) has it; the same on
    /// every rank.
    ///
    /// One pass, and one gather of some bytes a rank.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`].
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.linspace(0.0, 1.0, 11)?;
    /// assert!(a.allclose(&a.sin().arcsin(), 1e-14, 0.0)?);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn allclose(&self, other: impl Operand<T>, rtol: f64, atol: f64) -> Result<bool>
    where
        T: Floating,
    {
        let _scope = Operation::enter("allclose");
        self.isclose(other, rtol, atol).all()
    }

    /// The element itself. NumPy's `positive`.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// assert_eq!(ctx.full(-2_i64, 3)?.positive().sum()?, -6);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn positive(&self) -> Expr<T>
    where
        T: Number,
    {
        self.to_expr()
    }
}

impl<T: Element, A: ArrayExpr<T> + ?Sized> Ufuncs<T> for A {}
