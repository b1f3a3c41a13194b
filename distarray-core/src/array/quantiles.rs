//! Medians, quantiles and percentiles.

use super::axes::axis_of;
use super::{ArrayExpr, DistArray};
use crate::comm::Operation;
use crate::command::Command;
use crate::element::{Element, Ordered};
use crate::error::Result;
use crate::ops::Method;

fn of_all<T: Element>(
    value: &(impl ArrayExpr<T> + ?Sized),
    quantiles: Vec<f64>,
    method: Method,
    skip_nan: bool,
) -> Result<Vec<f64>> {
    let command = Command::Quantile { node: value.node()?, quantiles, method, skip_nan };
    Ok(value.context().execute(command)?.into_numbers())
}

fn along<T: Element>(
    value: &(impl ArrayExpr<T> + ?Sized),
    quantile: f64,
    axis: isize,
    how: (Method, bool),
) -> Result<DistArray<f64>> {
    let node = value.node()?;
    let axis = axis_of("quantile", axis, node.shape().len())?;
    let ctx = value.context();
    let array = ctx.execute(Command::QuantileAlong { node, quantile, axis, how })?.into_array();
    Ok(DistArray::new(ctx.clone(), array))
}

/// Quantiles, in double precision.
///
/// Of all elements nothing is moved: ranks count what is in question, in at most seven small messages,
/// whatever the distribution. Along an axis that is distributed, elements are moved by one plan so that each
/// rank has whole lines. A quantile is the same for every distribution. It is NaN where an element is NaN
/// (methods whose names begin with `nan` leave these out), and of no elements.
pub trait Quantiles<T: Ordered>: ArrayExpr<T> {
    /// The middle element in order, or the mean of the two in the middle; the same on every rank.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`].
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([4], |at| [3, 9, 1, 4][at[0]])?;
    /// assert_eq!(a.median()?, 3.5);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn median(&self) -> Result<f64> {
        let _scope = Operation::enter("median");
        Ok(of_all(self, vec![0.5], Method::Linear, false)?[0])
    }

    /// The [`median`](Self::median) along an axis, as an array of the other axes.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; the axis is out of bounds.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([3, 2], |at| (at[0] * at[0] + at[1]) as f64)?;
    /// assert_eq!(a.median_axis(0)?.to_ndarray()?.as_slice(), Some(&[1.0, 2.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn median_axis(&self, axis: isize) -> Result<DistArray<f64>> {
        let _scope = Operation::enter("median_axis");
        along(self, 0.5, axis, (Method::Linear, false))
    }

    /// The [`median`](Self::median) of what is not NaN.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`].
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([4], |at| if at[0] == 0 { f64::NAN } else { at[0] as f64 })?;
    /// assert_eq!(a.nanmedian()?, 2.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn nanmedian(&self) -> Result<f64> {
        let _scope = Operation::enter("nanmedian");
        Ok(of_all(self, vec![0.5], Method::Linear, true)?[0])
    }

    /// The [`nanmedian`](Self::nanmedian) along an axis; NaN where nothing else is.
    ///
    /// # Errors
    /// As [`median_axis`](Self::median_axis).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([2, 3], |at| if at[1] == 0 { f64::NAN } else { at[1] as f64 })?;
    /// assert_eq!(a.nanmedian_axis(1)?.to_ndarray()?.as_slice(), Some(&[1.5, 1.5][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn nanmedian_axis(&self, axis: isize) -> Result<DistArray<f64>> {
        let _scope = Operation::enter("nanmedian_axis");
        along(self, 0.5, axis, (Method::Linear, true))
    }

    /// The element below which a part of all lies, between 0 and 1; on the line between two where it
    /// falls there.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; a quantile that is not between 0 and 1.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(0, 11, 1)?;
    /// assert_eq!(a.quantile(0.25)?, 2.5);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn quantile(&self, q: f64) -> Result<f64> {
        self.quantile_by(q, Method::Linear)
    }

    /// The [`quantile`](Self::quantile), found between two elements by a [`Method`].
    ///
    /// # Errors
    /// As [`quantile`](Self::quantile).
    ///
    /// ```
    /// use distarray_core::{array::Method, prelude::*};
    ///
    /// let a = Context::solo().arange(0, 11, 1)?;
    /// assert_eq!(a.quantile_by(0.25, Method::Higher)?, 3.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn quantile_by(&self, q: f64, method: Method) -> Result<f64> {
        let _scope = Operation::enter("quantile");
        Ok(of_all(self, vec![q], method, false)?[0])
    }

    /// Several quantiles together, which takes no more messages than one.
    ///
    /// # Errors
    /// As [`quantile`](Self::quantile).
    ///
    /// ```
    /// use distarray_core::{array::Method, prelude::*};
    ///
    /// let a = Context::solo().arange(0, 11, 1)?;
    /// assert_eq!(a.quantiles(&[0.0, 0.5, 1.0], Method::Linear)?, [0.0, 5.0, 10.0]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn quantiles(&self, q: &[f64], method: Method) -> Result<Vec<f64>> {
        let _scope = Operation::enter("quantiles");
        of_all(self, q.to_vec(), method, false)
    }

    /// The [`quantile`](Self::quantile) along an axis, as an array of the other axes.
    ///
    /// # Errors
    /// As [`quantile`](Self::quantile); the axis is out of bounds.
    ///
    /// ```
    /// use distarray_core::{array::Method, prelude::*};
    ///
    /// let a = Context::solo().from_fn([2, 5], |at| (10 * at[0] + at[1]) as f64)?;
    /// let quarters = a.quantile_axis(0.25, 1, Method::Linear)?;
    /// assert_eq!(quarters.to_ndarray()?.as_slice(), Some(&[1.0, 11.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn quantile_axis(&self, q: f64, axis: isize, method: Method) -> Result<DistArray<f64>> {
        let _scope = Operation::enter("quantile_axis");
        along(self, q, axis, (method, false))
    }

    /// The [`quantile`](Self::quantile) of what is not NaN.
    ///
    /// # Errors
    /// As [`quantile`](Self::quantile).
    ///
    /// ```
    /// use distarray_core::{array::Method, prelude::*};
    ///
    /// let a = Context::solo().from_fn([4], |at| if at[0] == 0 { f64::NAN } else { at[0] as f64 })?;
    /// assert_eq!(a.nanquantile(1.0, Method::Linear)?, 3.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn nanquantile(&self, q: f64, method: Method) -> Result<f64> {
        let _scope = Operation::enter("nanquantile");
        Ok(of_all(self, vec![q], method, true)?[0])
    }

    /// The [`nanquantile`](Self::nanquantile) along an axis; NaN where nothing else is.
    ///
    /// # Errors
    /// As [`quantile_axis`](Self::quantile_axis).
    ///
    /// ```
    /// use distarray_core::{array::Method, prelude::*};
    ///
    /// let a = Context::solo().from_fn([2, 2], |at| if at[1] == 0 { f64::NAN } else { at[0] as f64 })?;
    /// let most = a.nanquantile_axis(1.0, 1, Method::Linear)?;
    /// assert_eq!(most.to_ndarray()?.as_slice(), Some(&[0.0, 1.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn nanquantile_axis(&self, q: f64, axis: isize, method: Method) -> Result<DistArray<f64>> {
        let _scope = Operation::enter("nanquantile_axis");
        along(self, q, axis, (method, true))
    }

    /// As [`quantile`](Self::quantile), of a hundred parts.
    ///
    /// # Errors
    /// As [`quantile`](Self::quantile).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// assert_eq!(Context::solo().arange(0, 11, 1)?.percentile(90.0)?, 9.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn percentile(&self, q: f64) -> Result<f64> {
        let _scope = Operation::enter("percentile");
        Ok(of_all(self, vec![q / 100.0], Method::Linear, false)?[0])
    }
}

impl<T: Ordered, A: ArrayExpr<T> + ?Sized> Quantiles<T> for A {}
