//! Random arrays, under NumPy's names.

mod choice;
mod counts;
mod inverted;
mod multinomial;
mod ranges;
mod ratios;
mod real;
mod shuffle;

use super::indexing::node_in;
use super::{Context, Expr, IntoDistribution, Operands};
use crate::block::kernels::random::{Family, Law, Stream};
use crate::dist::Distribution;
use crate::element::Element;
use crate::error::Result;
use crate::expr::Node;

pub use ranges::IntegerRange;

/// A source of random arrays, from a seed.
///
/// What it gives are lazy expressions, whose elements are made tile by tile where they are needed:
/// `rng.uniform(n).sum()?` needs no array in memory. An element is a function of the seed, of the
/// [stream](Self::stream), of how many expressions were drawn before, and of its index in C order. So it has
/// the same bits on any backend, with any number of ranks and under any distribution; evaluated twice,
/// an expression gives the same elements twice, and two that are drawn one after the other are
/// independent. Nothing is sent for random elements, but for [parameters](#parameters) that are arrays.
///
/// The generator is Philox4x32-10 (J. K. Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*, SC
/// 2011). It is not for cryptography.
///
/// A distribution is given where an array's would be: a shape means blocks along the first axis over
/// all ranks. Where an array of the expression, a parameter included, has the same shape, that array's distribution
/// is taken; [`eval_on`](super::ArrayExpr::eval_on) has the last word. Errors in parameters, and in the distribution, are
/// reported where an expression is evaluated, on all ranks alike.
///
/// # Parameters
///
/// Parameters are scalars, arrays or expressions, which broadcast to the shape of the distribution: each
/// element has the law of its own ones. One whose shape does not broadcast is an error. (Those of the choices, and the probabilities of
/// [`multinomial`](Self::multinomial), are the same for all elements.) An array of equal parameters gives the bits
/// that the scalar gives. A scalar that cannot be such a parameter is an error. Where it is an element of an array, the random number
/// is NaN; random integers and truth values have none, and the evaluation fails on all ranks, with the value
/// and its index (which costs them one agreement of eight bytes). Parameters that lie otherwise than the
/// result are moved as other operands are.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let mut rng = ctx.random(42);
/// let (x, y) = (rng.uniform::<f64>(100_000), rng.uniform::<f64>(100_000));
/// let inside = x.hypot(&y).lt(1.0).count()?;
/// assert!((inside as f64 / 25_000.0 - 3.14).abs() < 0.02);
///
/// let means = ctx.arange(0.0, 300.0, 100.0)?;
/// let noisy = rng.normal_with::<f64>(&means, 0.1, [1000, 3]).mean_axes(&[0])?;
/// assert!((noisy - means).abs().max()? < 0.02);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Generator {
    ctx: Context,
    seed: u64,
    stream: u64,
    drawn: u64,
}

impl Context {
    /// A source of random arrays: the same ones for the same seed.
    ///
    /// Every rank passes the same seed. Nothing is sent.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.random(7).normal::<f64>([4, 5]).eval()?;
    /// let b = ctx.random(7).normal::<f64>(([4, 5], "c,b")).eval()?;
    /// assert_eq!(a.to_ndarray()?, b.to_ndarray()?);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn random(&self, seed: u64) -> Generator {
        Generator { ctx: self.clone(), seed, stream: 0, drawn: 0 }
    }
}

impl Generator {
    /// Another source of the same seed, independent of this one and of all other streams.
    ///
    /// A context's source is stream 0. A stream starts from its first expression, whatever was drawn
    /// here.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let rng = ctx.random(7);
    /// let (a, b) = (rng.stream(1).uniform::<f64>(9).sum()?, rng.stream(2).uniform::<f64>(9).sum()?);
    /// assert_ne!(a, b);
    /// assert_eq!(a, rng.stream(1).uniform::<f64>(9).sum()?);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[must_use]
    pub fn stream(&self, stream: u64) -> Self {
        Self { stream, drawn: 0, ..self.clone() }
    }

    /// The source of the next expression.
    fn next_stream(&mut self) -> Stream {
        let stream = Stream::new(self.seed, self.stream, self.drawn);
        self.drawn += 1;
        stream
    }

    /// The next expression, of which a function makes the node.
    fn next<T: Element>(
        &mut self,
        distribution: impl IntoDistribution,
        make: impl FnOnce(&Context, Stream, &Distribution) -> Result<Node>,
    ) -> Expr<T> {
        let stream = self.next_stream();
        let node = distribution
            .into_distribution(self.ctx.size())
            .and_then(|distribution| make(&self.ctx, stream, &distribution));
        Expr::new(self.ctx.clone(), node)
    }

    /// The next expression: elements of a law that may depend on the source and on the shape.
    fn draw<T: Element>(
        &mut self,
        distribution: impl IntoDistribution,
        law: impl FnOnce(&Stream, &[usize]) -> Result<Law>,
    ) -> Expr<T> {
        self.next(distribution, |_, stream, distribution| {
            let law = law(&stream, distribution.shape())?;
            Node::random(law, stream, T::DTYPE, distribution)
        })
    }

    /// The next expression: elements of a law.
    fn of<T: Element>(&mut self, law: Law, distribution: impl IntoDistribution) -> Expr<T> {
        self.draw(distribution, |_, _| Ok(law))
    }

    /// The next expression: elements of a family of laws, by parameters.
    fn by<T: Element, const N: usize>(
        &mut self,
        family: Family,
        parameters: [Result<Operands>; N],
        distribution: impl IntoDistribution,
    ) -> Expr<T> {
        self.next(distribution, |ctx, stream, distribution| {
            let nodes = parameters.into_iter().map(|parameter| node_in(ctx, parameter));
            let nodes = nodes.collect::<Result<Vec<_>>>()?;
            Node::random_by(family, nodes, stream, T::DTYPE, distribution)
        })
    }
}
