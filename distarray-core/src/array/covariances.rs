//! Covariances and correlations as values: what is asked for, before it is computed.

use std::marker::PhantomData;

use super::{ArrayExpr, Context, DistArray};
use crate::comm::Operation;
use crate::command::Command;
use crate::element::{Element, Integer, Number, Real};
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::ops::Covariance;

/// Covariances or correlations that have not been computed yet; what
/// [`Statistics::cov`](super::Statistics::cov) and [`corrcoef`](super::Statistics::corrcoef) give.
/// [`eval`](Self::eval) computes them.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let x = ctx.from_fn([2, 4], |at| [[0.0_f64, 1.0, 2.0, 3.0], [0.0, 2.0, 4.0, 6.0]][at[0]][at[1]])?;
/// assert_eq!(x.cov().ddof(0).eval()?.to_ndarray()?.as_slice(), Some(&[1.25, 2.5, 2.5, 5.0][..]));
/// let once = ctx.from_fn([4], |at| [0, 1, 1, 0][at[0]])?;
/// assert_eq!(x.cov().fweights(&once).eval()?.get(&[1, 1])?, 2.0);
/// assert_eq!(x.corrcoef().columns().eval()?.shape(), [4, 4]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[must_use = "covariances are lazy; `eval` computes them"]
#[derive(Clone, Debug)]
pub struct Covariances<C = f64> {
    ctx: Context,
    request: Result<Covariance>,
    element: PhantomData<C>,
}

impl<C: Element> Covariances<C> {
    pub(super) fn new<T: Element>(value: &(impl ArrayExpr<T> + ?Sized), correlation: bool) -> Self {
        let request = value.node().map(|node| Covariance {
            node,
            others: None,
            columns: false,
            ddof: 1,
            correlation,
            frequencies: None,
            weights: None,
        });
        Self { ctx: value.context().clone(), request, element: PhantomData }
    }

    fn changed(self, change: impl FnOnce(&mut Covariance) -> Result<()>) -> Self {
        let request = self.request.and_then(|mut request| {
            change(&mut request)?;
            Ok(request)
        });
        Self { request, ..self }
    }

    /// Takes the weights' node, of the same context.
    fn weighed<W: Element>(
        self,
        weights: &impl ArrayExpr<W>,
        place: impl FnOnce(&mut Covariance) -> &mut Option<Node>,
    ) -> Self {
        let is_same = self.ctx.is_same(weights.context());
        self.changed(|request| match is_same {
            true => {
                *place(request) = Some(weights.node()?);
                Ok(())
            }
            false => Err(Error::argument("weights belong to the context of what they weigh")),
        })
    }

    /// Sums of products are divided by the number of observations less this (1 unless told); by the sum of
    /// their weights, less so many times its mean, where they are weighed. Correlations do not depend on it.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let x = Context::solo().arange(0.0_f64, 4.0, 1.0)?;
    /// assert_eq!(x.cov().ddof(0).eval()?.get(&[0, 0])?, 1.25);
    /// assert!(x.corrcoef().ddof(0).eval().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn ddof(self, ddof: usize) -> Self {
        self.changed(|request| match request.correlation {
            false => {
                request.ddof = ddof;
                Ok(())
            }
            true => Err(Error::argument("correlations do not depend on degrees of freedom")),
        })
    }

    /// Variables are columns, and observations rows (NumPy's `rowvar=False`).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let x = Context::solo().from_fn([5, 2], |at| (at[0] * at[1]) as f64)?;
    /// assert_eq!(x.cov().columns().eval()?.to_ndarray()?.as_slice(), Some(&[0.0, 0.0, 0.0, 2.5][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn columns(self) -> Self {
        self.changed(|request| {
            request.columns = true;
            Ok(())
        })
    }

    /// With more variables, of as many observations, after those that there are (NumPy's `cov(x, y)`): rows, or columns
    /// where variables are; of one axis a single variable.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (x, y) = (ctx.arange(0.0_f64, 3.0, 1.0)?, ctx.arange(4, 1, -1)?);
    /// assert_eq!(x.cov().with(&y).eval()?.to_ndarray()?.as_slice(), Some(&[1.0, -1.0, -1.0, 1.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn with<U: Number<Double = C>>(self, others: &impl ArrayExpr<U>) -> Self {
        let is_same = self.ctx.is_same(others.context());
        self.changed(|request| match (is_same, &request.others) {
            (true, None) => {
                request.others = Some(others.node()?);
                Ok(())
            }
            (true, Some(_)) => Err(Error::argument("there are other variables already")),
            (false, _) => Err(Error::argument("all variables are of one context")),
        })
    }

    /// How often each observation was made; one axis.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (x, times) = (ctx.arange(0_i32, 2, 1)?, ctx.from_fn([2], |at| [1, 3][at[0]])?);
    /// assert_eq!(x.cov().fweights(&times).eval()?.get(&[0, 0])?, 0.25);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn fweights<W: Integer>(self, frequencies: &impl ArrayExpr<W>) -> Self {
        self.weighed(frequencies, |request| &mut request.frequencies)
    }

    /// What each observation counts for; one axis.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (x, weights) = (ctx.arange(0_i32, 2, 1)?, ctx.full(0.5, 2)?);
    /// assert_eq!(x.cov().aweights(&weights).eval()?.get(&[0, 0])?, 0.5);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn aweights<W: Real>(self, weights: &impl ArrayExpr<W>) -> Self {
        self.weighed(weights, |request| &mut request.weights)
    }

    /// Computes the matrix, on every rank, in double precision.
    ///
    /// Observations are moved so that each rank has whole ones. Takes the square of the number of variables
    /// times that of the observations. Each covariance is an exact sum of rounded products, rounded once.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; an array of no axes or of more than two; other variables of another number of
    /// observations or context; weights of another shape or context, below 0, or that add up to 0.
    #[track_caller]
    pub fn eval(self) -> Result<DistArray<C>> {
        let request = self.request?;
        let _scope = Operation::enter(if request.correlation { "corrcoef" } else { "cov" });
        let array = self.ctx.execute(Command::Covariance { request })?.into_array();
        Ok(DistArray::new(self.ctx, array))
    }
}
