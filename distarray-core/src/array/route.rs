//! Redistributions into memory that there is, and along routes that are kept.

use super::{DistArray, Redistribution};
use crate::comm::Operation;
use crate::command::{Change, Command};
use crate::element::Element;
use crate::error::Result;
use crate::exchange::Route;

/// # Movement that is repeated
impl<T: Element> DistArray<T> {
    /// Writes the elements to an array of another distribution, whose memory is used again.
    ///
    /// Collective, and moves what [`redistribute`](Self::redistribute) moves. The halo of the target
    /// stays as it is. Where every element stays in its place, the target comes to share this
    /// array's memory instead.
    ///
    /// # Errors
    /// The shapes differ; a rank failed.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.arange(0, 6, 1)?;
    /// let mut b = ctx.zeros::<i32>(6)?.redistribute("c")?;
    /// a.redistribute_into(&mut b)?;
    /// assert_eq!(b.to_ndarray()?, a.to_ndarray()?);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn redistribute_into(&self, target: &mut Self) -> Result<()> {
        let _scope = Operation::enter("redistribute_into");
        let rank = self.ctx.rank();
        let route = Route::new(self.distribution(), target.distribution(), rank)?;
        route.change(self, target)
    }

    /// A redistribution to be run many times, on arrays of this one's distribution and of any
    /// element type. Nothing is sent.
    ///
    /// # Errors
    /// The shapes differ.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let mut a = ctx.arange(0, 6, 1)?;
    /// let route = a.route_to("c:2")?;
    /// let mut b = route.run(&a)?;
    /// for step in 0..3 {
    ///     a.set(&[0], step)?;
    ///     route.run_into(&a, &mut b)?;
    ///     assert_eq!(b.get(&[0])?, step);
    /// }
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn route_to(&self, target: impl Redistribution) -> Result<Route> {
        let distribution = target.of_shape(self.shape(), self.ctx.size())?;
        Route::new(self.distribution(), &distribution, self.ctx.rank())
    }
}

/// # Running it
impl Route {
    /// The same elements under the distribution that the route leads to.
    ///
    /// Collective, as [`DistArray::redistribute`]; no plan is made.
    ///
    /// # Errors
    /// The array has another distribution than the one that the route begins at; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let route = ctx.zeros::<f64>([4, 6])?.route_to("n,c:2")?;
    /// assert_eq!(route.run(&ctx.ones::<i16>([4, 6])?)?.sum()?, 24);
    ///
    /// let error = route.run(&ctx.ones::<i16>([6, 4])?).unwrap_err();
    /// assert!(error.to_string().contains("the route begins at [4, 6]"), "{error}");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn run<T: Element>(&self, array: &DistArray<T>) -> Result<DistArray<T>> {
        let _scope = Operation::enter("run of a route");
        let command = Command::Follow { array: array.array.clone(), route: self.clone() };
        Ok(DistArray::new(array.ctx.clone(), array.ctx.execute(command)?.into_array()))
    }

    /// As [`run`](Self::run), into the memory of an array, as
    /// [`redistribute_into`](DistArray::redistribute_into).
    ///
    /// # Errors
    /// An array has another distribution than the route's; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.ones::<f64>([4, 6])?;
    /// let route = a.route_to("n,c:2")?;
    /// let mut b = route.run(&a)?;
    /// route.run_into(&a, &mut b)?;
    /// assert_eq!(b.sum()?, 24.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn run_into<T: Element>(
        &self,
        array: &DistArray<T>,
        target: &mut DistArray<T>,
    ) -> Result<()> {
        let _scope = Operation::enter("run of a route");
        self.change(array, target)
    }

    fn change<T: Element>(&self, array: &DistArray<T>, target: &mut DistArray<T>) -> Result<()> {
        let change = Change::Follow { array: array.array.clone(), route: self.clone() };
        array.ctx.change(&mut target.array, change)
    }
}
