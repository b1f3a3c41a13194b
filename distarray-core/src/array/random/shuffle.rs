//! Arrays in random order.

use super::super::DistArray;
use super::super::axes::axis_of;
use super::Generator;
use crate::comm::Operation;
use crate::dist::Distribution;
use crate::element::Element;
use crate::error::Result;

/// # Arrays in random order
///
/// The order is that of [`permutation`](Self::permutation), the same whatever the distribution. Each
/// rank finds where its elements come from by itself; they come as [`take`](DistArray::take) brings
/// them.
impl Generator {
    /// What stands at each index of an axis (negative ones count from the end), in random order: the
    /// array's slices there are moved as wholes.
    ///
    /// The result lies as `take` gives it: like the array where no other axis is cut; else in blocks
    /// along this axis.
    ///
    /// # Errors
    /// The axis is out of bounds; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_fn([6, 2], |at| (2 * at[0] + at[1]) as i64)?;
    /// let b = ctx.random(1).shuffled(&a, 0)?;
    /// assert_eq!(b.sum_axes(&[0])?.to_ndarray()?, a.sum_axes(&[0])?.to_ndarray()?);
    /// assert!((b.slice("...,1")? - b.slice("...,0")?).eq(1).all()?); // rows stay together
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn shuffled<T: Element>(
        &mut self,
        array: &DistArray<T>,
        axis: isize,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("shuffled");
        let axis = axis_of("shuffled", axis, array.ndim())?;
        let given = array.distribution();
        let others = given.grid().iter().product::<usize>() / given.grid()[axis];
        let order = match others == 1 && !given.is_replicated() {
            true => {
                let map = given.axis(axis).without_halo();
                self.permutation(Distribution::from_maps(vec![map], given.ranks().clone())?)
            }
            false => self.permutation(given.shape()[axis]),
        };
        array.take(&order, axis as isize)
    }

    /// As [`shuffled`](Self::shuffled), in place: the array keeps its distribution. On the way there is memory for
    /// a second one; what lies otherwise then is moved once more.
    ///
    /// # Errors
    /// As there. Nothing is written, but where a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let mut a = ctx.arange(0_i64, 100, 1)?;
    /// ctx.random(1).shuffle(&mut a, 0)?;
    /// assert_eq!((a.sum()?, a.get(&[0])? == 0 && a.get(&[1])? == 1), (4950, false));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn shuffle<T: Element>(&mut self, array: &mut DistArray<T>, axis: isize) -> Result<()> {
        let _scope = Operation::enter("shuffle");
        let shuffled = self.shuffled(array, axis)?;
        array.assign(&shuffled)
    }
}
