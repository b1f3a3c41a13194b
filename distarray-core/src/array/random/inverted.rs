//! Random real numbers by inversion.

use super::super::{Expr, IntoDistribution, Operand};
use super::Generator;
use crate::block::kernels::random::Family;
use crate::element::Float;

/// # Real numbers by inversion
///
/// Each of one uniform number of 52 bits: where the cumulative distribution function reaches it
/// (L. Devroye, *Non-uniform random variate generation*, 1986, chapter II.2); Cauchy's as the tangents of
/// random angles.
impl Generator {
    /// Numbers of Laplace's law about `loc`: of a mean distance of `scale` from it.
    ///
    /// # Errors
    /// On evaluation: parameters that are not finite, a scale below 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).laplace::<f64>(3.0, 2.0, 10_000);
    /// assert!((x.mean()? - 3.0).abs() < 0.1 && ((x - 3.0).abs().mean()? - 2.0).abs() < 0.1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn laplace<T: Float>(
        &mut self,
        loc: impl Operand<f64>,
        scale: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Laplace, [loc.operand(), scale.operand()], distribution)
    }

    /// Numbers of the logistic law, of a mean of `loc` and a standard deviation of `scale` times `pi / sqrt(3)`.
    ///
    /// # Errors
    /// As [`laplace`](Self::laplace).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).logistic::<f64>(3.0, 2.0, 10_000);
    /// assert!((x.mean()? - 3.0).abs() < 0.15);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn logistic<T: Float>(
        &mut self,
        loc: impl Operand<f64>,
        scale: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Logistic, [loc.operand(), scale.operand()], distribution)
    }

    /// Numbers of Gumbel's law (the extreme value law of type I), whose densest place is `loc`: of a mean
    /// of `loc + 0.5772 scale`.
    ///
    /// # Errors
    /// As [`laplace`](Self::laplace).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).gumbel::<f64>(3.0, 2.0, 10_000);
    /// assert!((x.mean()? - 4.1544).abs() < 0.1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn gumbel<T: Float>(
        &mut self,
        loc: impl Operand<f64>,
        scale: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Gumbel, [loc.operand(), scale.operand()], distribution)
    }

    /// Numbers of Cauchy's law about 0, of a scale of 1: they have no mean.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).standard_cauchy::<f64>(10_000);
    /// assert!(x.median()?.abs() < 0.05);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn standard_cauchy<T: Float>(&mut self, distribution: impl IntoDistribution) -> Expr<T> {
        self.cauchy(0.0, 1.0, distribution)
    }

    /// Numbers of Cauchy's law about `loc`: half of them are no farther from it than `scale`.
    ///
    /// # Errors
    /// As [`laplace`](Self::laplace).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).cauchy::<f64>(3.0, 2.0, 10_000);
    /// assert!((x.median()? - 3.0).abs() < 0.1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn cauchy<T: Float>(
        &mut self,
        loc: impl Operand<f64>,
        scale: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Cauchy, [loc.operand(), scale.operand()], distribution)
    }

    /// Numbers of Weibull's law of a shape, and of a scale of 1: exponential numbers to the power `1 / a`.
    ///
    /// # Errors
    /// On evaluation: a shape that is not finite or below 0 (of a shape of 0 all are 0).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).weibull::<f64>(2.0, 10_000);
    /// assert!((x.square().mean()? - 1.0).abs() < 0.03);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn weibull<T: Float>(
        &mut self,
        a: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Weibull, [a.operand()], distribution)
    }

    /// Numbers of Pareto's law of the second kind (Lomax's) of a shape, from 0 on: of a mean of
    /// `1 / (a - 1)` where `a` is above 1, else of none. With 1 added they are those of Pareto's own law.
    ///
    /// # Errors
    /// On evaluation: a shape that is not finite or not above 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).pareto::<f64>(5.0, 10_000);
    /// assert!((x.mean()? - 0.25).abs() < 0.02);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn pareto<T: Float>(
        &mut self,
        a: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Pareto, [a.operand()], distribution)
    }

    /// Numbers of Rayleigh's law: the length of vectors of two normal numbers whose standard deviation is
    /// `scale`.
    ///
    /// # Errors
    /// On evaluation: a scale that is not finite or below 0.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).rayleigh::<f64>(2.0, 10_000);
    /// assert!((x.square().mean()? - 8.0).abs() < 0.3);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn rayleigh<T: Float>(
        &mut self,
        scale: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Rayleigh, [scale.operand()], distribution)
    }

    /// Numbers from `left` to `right` whose density rises evenly up to `mode`, and then falls evenly.
    ///
    /// # Errors
    /// On evaluation: parameters that are not finite or not in that order, ends that are equal or too far apart.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let x = ctx.random(1).triangular::<f64>(0.0, 1.0, 5.0, 10_000);
    /// assert!((x.mean()? - 2.0).abs() < 0.05 && x.min()? >= 0.0 && x.max()? <= 5.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn triangular<T: Float>(
        &mut self,
        left: impl Operand<f64>,
        mode: impl Operand<f64>,
        right: impl Operand<f64>,
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.by(Family::Triangular, [left.operand(), mode.operand(), right.operand()], distribution)
    }
}
