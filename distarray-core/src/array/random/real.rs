//! Random real and complex numbers.

use std::ops::Range;

use super::super::{Expr, IntoDistribution, Operand, Operands};
use super::Generator;
use crate::block::kernels::random::{Family, Law};
use crate::element::{ComplexNumber, Float};
use crate::error::Result;

/// Real floating-point numbers as the parameters of laws are.
fn parameter<T: Float>(operand: impl Operand<T>) -> Result<Operands> {
    let Operands { node, ctx } = operand.operand()?;
    Ok(Operands { node: node.parameter(), ctx })
}

/// # Real numbers
///
/// `f64` and `f32` alike; all but the uniform ones are computed in double precision and rounded. Normal
/// numbers come in pairs from two uniform ones (G. E. P. Box and M. E. Muller, *A note on the generation of
/// random normal deviates*, 1958), exponential ones by inversion, gamma and beta ones by rejection
/// (G. Marsaglia and W. W. Tsang, *A simple method for generating gamma variables*, 2000).
impl Generator {
    /// Numbers from the unit interval, 1 left out: multiples of 2^-53 (`f32`: 2^-24), each equally likely.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).uniform::<f64>(10_000);
    /// assert!((x.mean()? - 0.5).abs() < 0.01 && x.min()? >= 0.0 && x.max()? < 1.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn uniform<T: Float>(&mut self, distribution: impl IntoDistribution) -> Expr<T> {
        self.uniform_with(0.0, 1.0, distribution)
    }

    /// Numbers from a range, its end left out. The ends may be arrays or expressions, which broadcast:
    /// `&low..&high` (of two types: [`uniform_with`](Self::uniform_with)).
    ///
    /// # Errors
    /// On evaluation, where both ends are scalars: ends that are not finite, an empty range, or one that is too
    /// wide. Else elements of such ranges are NaN.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).uniform_in(-3.0_f64..-1.0, 10_000);
    /// assert!((x.mean()? + 2.0).abs() < 0.02 && x.max()? < -1.0);
    ///
    /// let error = ctx.random(1).uniform_in(2.0..1.0, 3).eval().unwrap_err().to_string();
    /// assert_eq!(error, "'uniform': high = 1, not a number above low = 2");
    ///
    /// let low = ctx.arange(0.0_f32, 3.0, 1.0)?;
    /// let x = ctx.random(1).uniform_in(&low..&(&low + 1.0).eval()?, [1000, 3]);
    /// assert!(x.floor().eq(&low).all()?);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn uniform_in<T: Float>(
        &mut self,
        range: Range<impl Operand<T>>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        let ends = [parameter(range.start), parameter(range.end)];
        self.by(Family::Uniform, ends, distribution)
    }

    /// As [`uniform_in`](Self::uniform_in), by the range's ends: a scalar and an array, or any others. For `f32` the ends are
    /// rounded first: where both become one number, the range is empty.
    ///
    /// # Errors
    /// As there, where both are scalars; else elements of such ranges are NaN.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let ends = ctx.arange(1.0, 4.0, 1.0)?;
    /// let x = ctx.random(1).uniform_with::<f64>(0.0, &ends, [10_000, 3]);
    /// assert!(x.lt(&ends).all()? && (x.mean()? - 1.0).abs() < 0.02);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn uniform_with<T: Float>(
        &mut self,
        low: impl Operand<f64>,
        high: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Uniform, [low.operand(), high.operand()], distribution)
    }

    /// Numbers of the standard normal distribution: of mean 0 and standard deviation 1.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).normal::<f64>(10_000);
    /// assert!(x.mean()?.abs() < 0.03 && (x.std()? - 1.0).abs() < 0.03);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn normal<T: Float>(&mut self, distribution: impl IntoDistribution) -> Expr<T> {
        self.normal_with(0.0, 1.0, distribution)
    }

    /// Normal numbers of a mean and a standard deviation (`loc` and `scale`).
    ///
    /// # Errors
    /// On evaluation: parameters that are not finite, a standard deviation below 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).normal_with::<f32>(10.0, 2.0, 10_000);
    /// assert!((x.mean()? - 10.0).abs() < 0.06);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn normal_with<T: Float>(
        &mut self,
        mean: impl Operand<f64>,
        std: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Normal, [mean.operand(), std.operand()], distribution)
    }

    /// Numbers whose logarithm is normal, of this mean and standard deviation.
    ///
    /// # Errors
    /// As [`normal_with`](Self::normal_with).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).lognormal::<f64>(1.0, 0.5, 10_000);
    /// assert!((x.log().mean()? - 1.0).abs() < 0.02);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn lognormal<T: Float>(
        &mut self,
        mean: impl Operand<f64>,
        std: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Lognormal, [mean.operand(), std.operand()], distribution)
    }

    /// Complex numbers of which both parts are normal and independent, with a mean square of the
    /// magnitude of 1.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let z = ctx.random(1).complex_normal::<Complex64>(10_000);
    /// assert!((z.abs().square().mean()? - 1.0).abs() < 0.03);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn complex_normal<T: ComplexNumber>(
        &mut self,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.of(Law::ComplexNormal, distribution)
    }

    /// Exponential numbers of this mean.
    ///
    /// # Errors
    /// On evaluation: a mean that is not finite or below 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).exponential::<f64>(3.0, 10_000);
    /// assert!((x.mean()? - 3.0).abs() < 0.1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn exponential<T: Float>(
        &mut self,
        scale: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Exponential, [scale.operand()], distribution)
    }

    /// Numbers of the gamma distribution: of a mean of `shape * scale` and a variance of
    /// `shape * scale^2`.
    ///
    /// # Errors
    /// On evaluation: parameters that are not finite or below 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).gamma::<f64>(2.5, 2.0, 10_000);
    /// assert!((x.mean()? - 5.0).abs() < 0.1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn gamma<T: Float>(
        &mut self,
        shape: impl Operand<f64>,
        scale: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Gamma, [shape.operand(), scale.operand()], distribution)
    }

    /// Numbers of the beta distribution, from 0 to 1: of a mean of `a / (a + b)`.
    ///
    /// # Errors
    /// On evaluation: parameters that are not finite or not above 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).beta::<f64>(2.0, 3.0, 10_000);
    /// assert!((x.mean()? - 0.4).abs() < 0.01);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn beta<T: Float>(
        &mut self,
        a: impl Operand<f64>,
        b: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Beta, [a.operand(), b.operand()], distribution)
    }
}
