//! [`IntoDistribution`]: the ways to say how a new array is distributed.

use crate::dist::{Distribution, DistributionBuilder};
use crate::error::{Error, Result};

/// What a constructor takes to place a new array: a shape (blocks along the first axis over all
/// ranks), a shape with short forms of its kinds, a builder, or a distribution.
///
/// ```
/// use distarray_core::{array::Context, dist::Distribution};
///
/// let ctx = Context::solo();
/// ctx.zeros::<f64>(10)?;
/// ctx.zeros::<f64>([4, 6])?;
/// ctx.zeros::<f64>(([4, 6], "b,c:2"))?;
/// ctx.zeros::<f64>(Distribution::builder([4, 6]).dists("b,b").halos(1))?;
/// let tiles = Distribution::new([4, 6], "b,b", ctx.size())?;
/// ctx.zeros::<f64>(&tiles)?;
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub trait IntoDistribution {
    /// The distribution over a group of so many ranks.
    ///
    /// # Errors
    /// There is no such distribution.
    fn into_distribution(self, size: usize) -> Result<Distribution>;
}

/// Lists the types that give a shape.
macro_rules! shapes {
    ($([$($generic:tt)*] $type:ty, $shape:ident => $slice:expr;)*) => {$(
        impl<$($generic)*> IntoDistribution for $type {
            fn into_distribution(self, size: usize) -> Result<Distribution> {
                let $shape = self;
                Distribution::builder($slice).build(size)
            }
        }

        impl<$($generic)*> IntoDistribution for ($type, &str) {
            fn into_distribution(self, size: usize) -> Result<Distribution> {
                let ($shape, dists) = self;
                Distribution::new($slice, dists, size)
            }
        }
    )*};
}
shapes! {
    [] usize, n => [n];
    [const N: usize] [usize; N], shape => shape;
    [] &[usize], shape => shape;
    [] Vec<usize>, shape => shape;
    [] &Vec<usize>, shape => shape;
}

impl IntoDistribution for DistributionBuilder {
    fn into_distribution(self, size: usize) -> Result<Distribution> {
        self.build(size)
    }
}

impl IntoDistribution for &Distribution {
    fn into_distribution(self, size: usize) -> Result<Distribution> {
        match self.ranks().max() {
            Some(rank) if rank >= size => Err(Error::distribution(format!(
                "{self} lives on rank {rank}; the context has {size} ranks"
            ))),
            _ => Ok(self.clone()),
        }
    }
}

impl IntoDistribution for Distribution {
    fn into_distribution(self, size: usize) -> Result<Distribution> {
        (&self).into_distribution(size)
    }
}
