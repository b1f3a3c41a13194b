//! [`ArrayExpr`]: what arrays and expressions have in common.

use std::ops::Range;

use super::expr::{Operands, join};
use super::{Context, DistArray, Expr, IntoDistribution};
use crate::comm::Operation;
use crate::command::Command;
use crate::element::Element;
use crate::error::Result;
use crate::expr::{Function, IntoError, Node};

/// A value of `T` on the ranks of a context: an array, or an expression of arrays.
///
/// User functions take `&impl ArrayExpr<f64>` and accept both. The functions (`sqrt`, `hypot`, …)
/// give lazy expressions; [`eval`](Self::eval) and the reductions compute.
///
/// ```
/// use distarray_core::prelude::*;
///
/// fn norm(x: &impl ArrayExpr<f64>) -> Result<f64> {
///     Ok(x.square().sum()?.sqrt())
/// }
///
/// let ctx = Context::solo();
/// let a = ctx.full(2.0, 4)?;
/// assert_eq!(norm(&a)?, 4.0);
/// assert_eq!(norm(&(&a * 2.0))?, 8.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub trait ArrayExpr<T: Element> {
    /// The context that the value belongs to.
    fn context(&self) -> &Context;

    /// The value as a node of an expression.
    ///
    /// # Errors
    /// What was wrong in building the expression.
    fn node(&self) -> Result<Node>;

    /// The value as an expression.
    fn to_expr(&self) -> Expr<T> {
        Expr::new(self.context().clone(), self.node())
    }

    /// Computes the value as a new array, in one pass.
    ///
    /// It is distributed as those of the expression's arrays with its shape for which the least bytes
    /// of others have to be moved; of several, as the first. Arrays that are distributed otherwise are
    /// moved first; where there are none, nothing is sent.
    ///
    /// # Errors
    /// Shapes that do not broadcast, operands of different contexts; a rank failed.
    #[track_caller]
    fn eval(&self) -> Result<DistArray<T>> {
        let _scope = Operation::enter("eval");
        let command = Command::Evaluate { node: self.node()?, distribution: None };
        let array = self.context().execute(command)?.into_array();
        Ok(DistArray::new(self.context().clone(), array))
    }

    /// As [`eval`](Self::eval), with the distribution of the result given.
    ///
    /// # Errors
    /// As [`eval`](Self::eval); the distribution has another shape.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.ones::<f64>([4, 4])?;
    /// let b = (&a + 1.0).eval_on(([4, 4], "c,c"))?;
    /// assert_eq!(b.sum()?, 32.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn eval_on(&self, distribution: impl IntoDistribution) -> Result<DistArray<T>>
    where
        Self: Sized,
    {
        let _scope = Operation::enter("eval_on");
        let distribution = distribution.into_distribution(self.context().size())?;
        let command = Command::Evaluate { node: self.node()?, distribution: Some(distribution) };
        let array = self.context().execute(command)?.into_array();
        Ok(DistArray::new(self.context().clone(), array))
    }

    /// Computes some rows of the value, indices of its first axis, as a new array; for what is too large
    /// to be computed at once.
    ///
    /// Of arrays that are stored elsewhere no more is read, of generated ones no more made, than the rows
    /// need. The result is in blocks over all ranks along the first axis, or along the longest one where
    /// there are fewer rows than ranks; arrays in memory are moved there.
    ///
    /// # Errors
    /// As [`eval`](Self::eval); the value has no axes, or not so many rows.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let column = ctx.arange::<i64>(0, 1000, 1)?.reshape([1000, 1])?;
    /// let table = column * ctx.arange::<i64>(0, 2000, 1)?;
    /// let some = table.eval_rows(10..12)?;
    /// assert_eq!(some.shape(), [2, 2000]);
    /// assert_eq!(some.get(&[1, 100])?, 1100);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn eval_rows(&self, rows: Range<usize>) -> Result<DistArray<T>> {
        let _scope = Operation::enter("eval_rows");
        let command = Command::EvaluateRows { node: self.node()?, rows, distribution: None };
        let array = self.context().execute(command)?.into_array();
        Ok(DistArray::new(self.context().clone(), array))
    }

    /// Computes the value into an array that exists, in one pass, as [`DistArray::assign`] does: the
    /// array keeps its distribution, and no memory is asked for unless others share the array's.
    ///
    /// # Errors
    /// As [`eval`](Self::eval); the value's shape does not broadcast to the array's.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, mut b) = (ctx.full(2.0_f64, [2, 3])?, ctx.zeros([2, 3])?);
    /// (&a * 3.0 + 1.0).eval_into(&mut b)?;
    /// assert_eq!(b.sum()?, 42.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn eval_into(&self, target: &mut DistArray<T>) -> Result<()>
    where
        Self: Sized,
    {
        let _scope = Operation::enter("eval_into");
        target.assign(self.to_expr())
    }

    /// Conversion to another type, as Rust's `as` does it: integers wrap, floating-point numbers are
    /// cut off to integers within the type's range (NaN to 0), numbers are `true` where they are not
    /// zero, and complex numbers become real by their real part.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.full(300_i32, 2)?;
    /// assert_eq!(a.cast::<u8>().max()?, 44);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn cast<U: Element>(&self) -> Expr<U> {
        Expr::new(self.context().clone(), self.node().map(|node| node.cast(U::DTYPE)))
    }

    /// A function of each element, run within the same pass as the rest of the expression.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.arange(0, 5, 1)?;
    /// assert_eq!(a.map(|x: i32| x % 2 == 0).count()?, 3);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn map<U: Element>(&self, function: impl Fn(T) -> U + 'static) -> Expr<U>
    where
        Self: Sized,
    {
        let node = self.node().and_then(|a| Node::map(Function::of_one(function), vec![a]));
        Expr::new(self.context().clone(), node)
    }

    /// As [`map`](Self::map), with a function that may fail: with an error of any type, a `String` or
    /// a `&str`.
    ///
    /// The first failure on any rank is the error of what evaluates the expression, on every rank.
    /// Costs one agreement of eight bytes there.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.arange(0, 5, 1)?;
    /// let roots = a.try_map(|x: i32| u8::try_from(x - 3).map(f64::from));
    /// assert!(roots.sum().is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn try_map<U: Element, E: IntoError>(
        &self,
        function: impl Fn(T) -> Result<U, E> + 'static,
    ) -> Expr<U>
    where
        Self: Sized,
    {
        let node = self.node().and_then(|a| Node::map(Function::try_of_one(function), vec![a]));
        Expr::new(self.context().clone(), node)
    }

    /// A function of each element and its global index, run within the same pass as the rest of the
    /// expression.
    ///
    /// The index is one of this value's shape, also where it is broadcast to another.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.ones::<f64>(([2, 3], "b,c"))?;
    /// let upper = a.map_indexed(|at, x| if at[1] >= at[0] { x } else { 0.0 });
    /// assert_eq!(upper.sum()?, 5.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn map_indexed<U: Element>(&self, function: impl Fn(&[usize], T) -> U + 'static) -> Expr<U>
    where
        Self: Sized,
    {
        let size = self.context().size();
        let node = self.node().and_then(|a| a.map_indexed(size, function));
        Expr::new(self.context().clone(), node)
    }

    /// As [`map_indexed`](Self::map_indexed), with a function that may fail; see
    /// [`try_map`](Self::try_map). The error tells the index.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.arange(2, -2, -1)?;
    /// let outcome = a.try_map_indexed(|_, x| u8::try_from(x)).eval();
    /// let error = outcome.unwrap_err().to_string();
    /// assert!(error.ends_with("(at index [3])"), "{error}");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn try_map_indexed<U: Element, E: IntoError>(
        &self,
        function: impl Fn(&[usize], T) -> Result<U, E> + 'static,
    ) -> Expr<U>
    where
        Self: Sized,
    {
        let size = self.context().size();
        let node = self.node().and_then(|a| a.try_map_indexed(size, function));
        Expr::new(self.context().clone(), node)
    }

    /// A function of each element and the one that stands at its place in another value, to whose
    /// shape it broadcasts.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, b) = (ctx.arange(0, 3, 1)?, ctx.full(0.5, 3)?);
    /// let c = a.zip_map(&b, |a: i32, b: f64| f64::from(a) * b);
    /// assert_eq!(c.sum()?, 1.5);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn zip_map<B: Element, U: Element>(
        &self,
        other: impl Operand<B>,
        function: impl Fn(T, B) -> U + 'static,
    ) -> Expr<U>
    where
        Self: Sized,
    {
        let a = self.node().map(|node| Operands { node, ctx: None });
        let node = join(self.context(), a, other.operand())
            .and_then(|(a, b)| Node::map(Function::of_two(function), vec![a, b]));
        Expr::new(self.context().clone(), node)
    }

    /// As [`zip_map`](Self::zip_map), with a function that may fail; see [`try_map`](Self::try_map).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, b) = (ctx.arange(0, 3, 1)?, ctx.full(0, 3)?);
    /// let ratio = a.try_zip_map(&b, |a: i32, b: i32| a.checked_div(b).ok_or("division by zero"));
    /// assert_eq!(ratio.eval().unwrap_err().to_string(), "division by zero");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn try_zip_map<B: Element, U: Element, E: IntoError>(
        &self,
        other: impl Operand<B>,
        function: impl Fn(T, B) -> Result<U, E> + 'static,
    ) -> Expr<U>
    where
        Self: Sized,
    {
        let a = self.node().map(|node| Operands { node, ctx: None });
        let node = join(self.context(), a, other.operand())
            .and_then(|(a, b)| Node::map(Function::try_of_two(function), vec![a, b]));
        Expr::new(self.context().clone(), node)
    }
}

impl<T: Element> ArrayExpr<T> for DistArray<T> {
    fn context(&self) -> &Context {
        Self::context(self)
    }

    fn node(&self) -> Result<Node> {
        Ok(Node::array(self.array_ref().clone()))
    }
}

impl<T: Element, A: ArrayExpr<T>> ArrayExpr<T> for &A {
    fn context(&self) -> &Context {
        (**self).context()
    }

    fn node(&self) -> Result<Node> {
        (**self).node()
    }
}

/// What can stand beside a value of `T` in an operation: a scalar, an array or an expression.
pub trait Operand<T: Element> {
    /// The operand as a node, with its context where it has one.
    ///
    /// # Errors
    /// What was wrong in building the expression.
    fn operand(self) -> Result<Operands>;
}

impl<T: Element> Operand<T> for T {
    fn operand(self) -> Result<Operands> {
        Ok(Operands { node: Node::scalar(self.to_scalar()), ctx: None })
    }
}

/// Lists what is an operand because it is an [`ArrayExpr`]; one implementation for all such types
/// would overlap with that for scalars.
macro_rules! operands {
    ($($type:ty),*) => {$(
        impl<T: Element> Operand<T> for $type {
            #[inline]
            fn operand(self) -> Result<Operands> {
                Ok(Operands { node: self.node()?, ctx: Some(ArrayExpr::context(&self).clone()) })
            }
        }
    )*};
}
operands!(DistArray<T>, &DistArray<T>, Expr<T>, &Expr<T>);
