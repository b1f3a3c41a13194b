//! Moving the elements of an array: gathering and redistributing.

use ndarray::ArrayD;

use super::{DistArray, IntoDistribution};
use crate::comm::Operation;
use crate::command::Command;
use crate::dist::Distribution;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::exchange::Plan;

/// # Movement
impl<T: Element> DistArray<T> {
    /// The whole array on every rank.
    ///
    /// Collective: each rank sends its part to all others; every rank needs the memory for all.
    ///
    /// # Errors
    /// A rank failed.
    ///
    /// ```
    /// use ndarray::array;
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// assert_eq!(ctx.arange(0, 3, 1)?.to_ndarray()?, array![0, 1, 2].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn to_ndarray(&self) -> Result<ArrayD<T>> {
        let _scope = Operation::enter("to_ndarray");
        let ranges = self.shape().iter().map(|&extent| vec![0..extent; 1]).collect();
        let command = Command::GatherToAll { array: self.array.clone(), ranges };
        let block = self.ctx.execute(command)?.into_block();
        block.expect("every rank gets the elements").to_array()
    }

    /// The whole array on one rank; `None` on the others.
    ///
    /// Collective: each rank sends its part to the root.
    ///
    /// # Errors
    /// There is no such rank; a rank failed.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let on_root = ctx.ones::<u8>([2, 2])?.to_ndarray_on(0)?;
    /// assert_eq!(on_root.unwrap().len(), 4);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn to_ndarray_on(&self, root: usize) -> Result<Option<ArrayD<T>>> {
        let _scope = Operation::enter("to_ndarray_on");
        let command = Command::Gather { array: self.array.clone(), root };
        self.ctx.execute(command)?.into_block().map(|block| block.to_array()).transpose()
    }

    /// The same elements under another distribution: of the same shape, over any ranks.
    ///
    /// Collective; [`plan_to`](Self::plan_to) tells what it moves. Where every element stays in its
    /// place nothing is moved or copied. A halo of the result holds zeros until it is exchanged.
    ///
    /// # Errors
    /// The shapes differ; a rank failed.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.ones::<f64>([6, 4])?;
    /// let b = a.redistribute("c:2,b")?;
    /// assert_eq!(b.distribution().to_string(), "[6, 4] as c:2,b on grid 1x1, ranks 0..1");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn redistribute(&self, target: impl Redistribution) -> Result<Self> {
        let _scope = Operation::enter("redistribute");
        let distribution = target.of_shape(self.shape(), self.ctx.size())?;
        let command = Command::Redistribute { array: self.array.clone(), distribution };
        Ok(Self::new(self.ctx.clone(), self.ctx.execute(command)?.into_array()))
    }

    /// The array with all its elements on every rank. What needs elements of it (operands of expressions,
    /// slices, redistributions) has them there without communication from then on.
    ///
    /// Collective: each rank sends its part to all others; every rank needs the memory for all.
    ///
    /// # Errors
    /// No memory; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let weights = ctx.arange(0.0, 3.0, 1.0)?.replicate()?;
    /// assert_eq!(weights.local().len(), 3);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn replicate(&self) -> Result<Self> {
        let _scope = Operation::enter("replicate");
        self.redistribute(Distribution::replicated(self.shape(), self.ctx.size())?)
    }

    /// What this rank would send and receive in a [`redistribute`](Self::redistribute). Nothing is
    /// sent.
    ///
    /// # Errors
    /// The shapes differ.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let plan = ctx.ones::<f64>([6, 4])?.plan_to("n,b")?;
    /// assert_eq!(plan.to_string(), "rank 0: sends nothing; receives nothing; keeps 24 elements");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn plan_to(&self, target: impl Redistribution) -> Result<Plan> {
        let distribution = target.of_shape(self.shape(), self.ctx.size())?;
        Plan::redistribute(self.distribution(), &distribution, self.ctx.rank())
    }
}

/// Where to redistribute an array to: short forms of the kinds, such as `"c:2,b"`, or whatever
/// [`IntoDistribution`] takes.
pub trait Redistribution {
    /// The distribution of an array of this shape over so many ranks.
    ///
    /// # Errors
    /// There is no such distribution.
    fn of_shape(self, shape: &[usize], size: usize) -> Result<Distribution>;
}

impl Redistribution for &str {
    fn of_shape(self, shape: &[usize], size: usize) -> Result<Distribution> {
        Distribution::new(shape, self, size)
    }
}

impl<D: IntoDistribution> Redistribution for D {
    fn of_shape(self, shape: &[usize], size: usize) -> Result<Distribution> {
        let distribution = self.into_distribution(size)?;
        match distribution.shape() == shape {
            true => Ok(distribution),
            false => Err(Error::shape(format!(
                "an array of shape {shape:?} cannot be distributed as {distribution}"
            ))),
        }
    }
}
