//! Several values computed together into arrays that exist.

use super::{Context, DistArray, Together};
use crate::comm::Operation;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::handle::ArrayRef;

/// An array to be written, a tuple of up to eight or a list of them, that [`Context::eval_into`] writes to.
///
/// ```
/// use distarray_core::{array::Targets, prelude::*};
///
/// let ctx = Context::solo();
/// let (mut a, mut b) = (ctx.zeros::<f64>(3)?, ctx.zeros::<i32>(4)?);
/// let mut targets = (&mut a, &mut b);
/// let mut arrays = Vec::new();
/// targets.list(&ctx, &mut arrays)?;
/// assert_eq!(arrays.len(), 2);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub trait Targets {
    /// The same arrays as values.
    type Arrays;

    /// Adds to what is written.
    ///
    /// # Errors
    /// An array of another context.
    fn list<'a>(&'a mut self, ctx: &Context, arrays: &mut Vec<&'a mut ArrayRef>) -> Result<()>;
}

impl<T: Element> Targets for &mut DistArray<T> {
    type Arrays = DistArray<T>;

    fn list<'a>(&'a mut self, ctx: &Context, arrays: &mut Vec<&'a mut ArrayRef>) -> Result<()> {
        if !ctx.is_same(self.context()) {
            return Err(Error::argument(format!(
                "array {} of those that are written together belongs to another context",
                arrays.len()
            )));
        }
        arrays.push(&mut self.array);
        Ok(())
    }
}

impl<W: Targets> Targets for Vec<W> {
    type Arrays = Vec<W::Arrays>;

    fn list<'a>(&'a mut self, ctx: &Context, arrays: &mut Vec<&'a mut ArrayRef>) -> Result<()> {
        self.iter_mut().try_for_each(|target| target.list(ctx, arrays))
    }
}

/// Lists numbers of arrays that are written together.
macro_rules! tuples {
    ($(($($name:ident)+))+) => {$(
        impl<$($name: Targets),+> Targets for ($($name,)+) {
            type Arrays = ($($name::Arrays,)+);

            #[expect(non_snake_case, reason = "the names of the types")]
            fn list<'a>(
                &'a mut self,
                ctx: &Context,
                arrays: &mut Vec<&'a mut ArrayRef>,
            ) -> Result<()> {
                let ($($name,)+) = self;
                $($name.list(ctx, arrays)?;)+
                Ok(())
            }
        }
    )+};
}
tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

impl Context {
    /// Several values together into arrays that exist: those of one distribution in one pass over all that is read,
    /// with what they have in common computed once.
    ///
    /// The arrays keep their distributions. What the values read of them is what stood there before: so an array
    /// that some value reads, or whose memory something else shares, gets new memory; the others keep theirs.
    ///
    /// Values that may fail (by functions that return a `Result`, checked operations, random integers and truth
    /// values of parameters that are arrays, arrays that are stored in files) are computed first, apart from the
    /// others and into new arrays, as [`eval`](Self::eval) does.
    ///
    /// Arrays that are distributed otherwise than what they are written to are moved first. Where a rank's part of
    /// an array takes 64 MiB or more, ranks agree once, by eight bytes; once more for each shape of values that
    /// may fail. Else nothing is sent.
    ///
    /// # Errors
    /// A value's shape does not broadcast to that of its array; not as many arrays as values in a list; arrays of
    /// different contexts, memory or a function that failed: nothing is written then. A rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (mut x, mut y) = (ctx.full(3.0_f64, 5)?, ctx.full(4.0, 5)?);
    /// let radius = x.hypot(&y);
    /// ctx.eval_into((&x / &radius, &y / radius), (&mut x, &mut y))?;
    /// assert_eq!((x.get(&[0])?, y.get(&[4])?), (0.6, 0.8));
    ///
    /// let error = ctx.eval_into((&x + 1.0, ctx.zeros(4)?), (&mut x, &mut y)).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "value 1, of shape [4], cannot be written to an array of shape [5]"
    /// );
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn eval_into<V: Together, W: Targets<Arrays = V::Arrays>>(
        &self,
        values: V,
        mut targets: W,
    ) -> Result<()> {
        let _scope = Operation::enter("eval_into");
        let mut nodes = Vec::new();
        values.ask(self, &mut nodes)?;
        let mut arrays = Vec::new();
        targets.list(self, &mut arrays)?;
        self.assign_together(&mut arrays, &nodes)
    }
}
