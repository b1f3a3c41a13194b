//! Straight lines between points.

use super::{ArrayExpr, Expr};
use crate::element::Real;
use crate::error::Result;
use crate::ops;

/// Interpolation: lazy functions of each element, given by points.
pub trait Interpolation<T: Real>: ArrayExpr<T> {
    /// The height, at each element, of the straight lines between points, whose abscissas go up (NumPy's
    /// `interp`); that of the first or last point outside, NaN at NaN.
    ///
    /// # Errors
    /// No points, other numbers of abscissas and ordinates, abscissas that do not go up. Nothing is sent.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(0.0, 5.0, 1.25)?;
    /// let heights = a.interp(&[1.0, 2.0, 3.0], &[3.0, 2.0, 0.0])?.eval()?;
    /// assert_eq!(heights.to_ndarray()?.as_slice(), Some(&[3.0, 2.75, 1.0, 0.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn interp(&self, x: &[f64], y: &[f64]) -> Result<Expr<f64>> {
        let end = |y: Option<&f64>| y.copied().unwrap_or(f64::NAN);
        self.interp_between(x, y, end(y.first()), end(y.last()))
    }

    /// As [`interp`](Self::interp), with these heights before the first point and behind the last one.
    ///
    /// # Errors
    /// As [`interp`](Self::interp).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(0.0, 5.0, 1.25)?;
    /// let heights = a.interp_between(&[1.0, 3.0], &[3.0, 0.0], -1.0, 9.0)?.eval()?;
    /// assert_eq!(heights.to_ndarray()?.as_slice(), Some(&[-1.0, 2.625, 0.75, 9.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn interp_between(&self, x: &[f64], y: &[f64], left: f64, right: f64) -> Result<Expr<f64>> {
        let node = ops::interpolate(&self.node()?, x, y, (left, right))?;
        Ok(Expr::new(self.context().clone(), Ok(node)))
    }
}

impl<T: Real, A: ArrayExpr<T> + ?Sized> Interpolation<T> for A {}
