//! Expressions that are made from global indices, without an array.

use super::axes::axis_of;
use super::{Context, Expr, IntoDistribution};
use crate::element::Element;
use crate::error::Result;
use crate::expr::{IntoError, Node};

/// # Lazy values of global indices
///
/// No array is needed in memory: the elements are made tile by tile where an expression is
/// evaluated, and they are the same ones wherever that is. Alone, or beside nothing but others of their
/// kind, they are evaluated as the distribution given says; a shape alone means blocks along the
/// first axis over all ranks. Nothing is sent.
impl Context {
    /// The index of each element along one axis (negative ones count from the end).
    ///
    /// # Errors
    /// On evaluation: the distribution cannot be, or the axis is out of bounds.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (i, j) = (ctx.indices([4, 4], 0), ctx.indices([4, 4], 1));
    /// assert_eq!(i.eq(&j).count()?, 4);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn indices(&self, distribution: impl IntoDistribution, axis: isize) -> Expr<i64> {
        let node = distribution.into_distribution(self.size()).and_then(|distribution| {
            let axis = axis_of("indices", axis, distribution.ndim())?;
            Ok(Node::indices(&distribution, axis))
        });
        Expr::new(self.clone(), node)
    }

    /// A function of each element's global index: [`from_fn`](Self::from_fn), computed only where
    /// an expression is evaluated, every time.
    ///
    /// # Errors
    /// On evaluation: the distribution cannot be.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let table = ctx.fromfunction([2, 3], |at| (at[0] * 10 + at[1]) as f64);
    /// assert_eq!((table * 2.0).max()?, 24.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn fromfunction<T: Element>(
        &self,
        distribution: impl IntoDistribution,
        function: impl Fn(&[usize]) -> T + 'static,
    ) -> Expr<T> {
        let distribution = distribution.into_distribution(self.size());
        Expr::new(self.clone(), distribution.map(|given| Node::of_index(&given, function)))
    }

    /// As [`fromfunction`](Self::fromfunction), with a function that may fail: with an error of any
    /// type, a `String` or a `&str`.
    ///
    /// The first failure on any rank, with the index, is the error of what evaluates the expression, on
    /// every rank. Costs one agreement of eight bytes there.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let lines = ["1", "2", "tree"];
    /// let numbers = ctx.try_fromfunction(3, move |at| lines[at[0]].parse::<i32>());
    /// let error = numbers.sum().unwrap_err().to_string();
    /// assert_eq!(error, "invalid digit found in string (at index [2])");
    /// ```
    pub fn try_fromfunction<T: Element, E: IntoError>(
        &self,
        distribution: impl IntoDistribution,
        function: impl Fn(&[usize]) -> Result<T, E> + 'static,
    ) -> Expr<T> {
        let distribution = distribution.into_distribution(self.size());
        Expr::new(self.clone(), distribution.map(|given| Node::try_of_index(&given, function)))
    }
}
