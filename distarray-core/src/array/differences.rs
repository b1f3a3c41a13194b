//! Differences along an axis as values: what is asked for, before it is computed.

use std::marker::PhantomData;

use super::axes::axis_of;
use super::expr::Operands;
use super::{ArrayExpr, Context, DistArray, Expr, Operand};
use crate::block::kernels::BinaryOp;
use crate::comm::Operation;
use crate::command::Command;
use crate::dist::Cut;
use crate::element::Number;
use crate::error::{Error, Result};
use crate::expr::Node;

/// Differences that have not been computed yet; what [`Scans::differences`](super::Scans::differences) gives.
/// [`eval`](Self::eval) computes them.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let squares = ctx.from_fn([4], |at| (at[0] * at[0]) as i32)?;
/// let of_all = squares.differences(1, 0).prepend(0).append(&squares).eval()?;
/// assert_eq!(of_all.to_ndarray()?.as_slice(), Some(&[0, 1, 3, 5, -9, 1, 3, 5][..]));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[must_use = "differences are lazy; `eval` computes them"]
#[derive(Clone, Debug)]
pub struct Differences<T> {
    ctx: Context,
    node: Result<Node>,
    n: usize,
    axis: isize,
    before: Option<Result<Operands>>,
    after: Option<Result<Operands>>,
    element: PhantomData<T>,
}

impl<T: Number> Differences<T> {
    pub(super) fn new(value: &(impl ArrayExpr<T> + ?Sized), n: usize, axis: isize) -> Self {
        let (ctx, node) = (value.context().clone(), value.node());
        Self { ctx, node, n, axis, before: None, after: None, element: PhantomData }
    }

    /// With elements before the first along the axis: an array of the same extents on the other axes, or one value
    /// for all.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().arange(1_i32, 4, 1)?;
    /// let first = a.differences(1, 0).prepend(0).eval()?;
    /// assert_eq!(first.to_ndarray()?.as_slice(), Some(&[1, 1, 1][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn prepend(self, before: impl Operand<T>) -> Self {
        Self { before: Some(before.operand()), ..self }
    }

    /// With elements after the last along the axis, as [`prepend`](Self::prepend).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let a = Context::solo().from_fn([2, 2], |at| (2 * at[0] + at[1]) as f64)?;
    /// let last = a.differences(1, 0).append(9.0).eval()?;
    /// assert_eq!(last.to_ndarray()?.as_slice(), Some(&[2.0, 2.0, 7.0, 6.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn append(self, after: impl Operand<T>) -> Self {
        Self { after: Some(after.operand()), ..self }
    }

    /// Computes them: an array with `n` elements less on the axis than there are with those before and after.
    /// Differences of no order are the elements themselves, alone.
    ///
    /// Costs what [`Scans::diff`](super::Scans::diff) does, and where there are elements before or after one plan for these
    /// and one for the array's.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; the axis is out of bounds; elements before or after of other extents on the other axes, or
    /// of another context.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let cubes = Context::solo().from_fn([5], |at| at[0].pow(3) as i64)?;
    /// let second = cubes.differences(2, 0);
    /// assert_eq!(second.clone().eval()?.to_ndarray()?.as_slice(), Some(&[6, 12, 18][..]));
    /// assert_eq!(second.append(125).eval()?.to_ndarray()?.as_slice(), Some(&[6, 12, 18, 24][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn eval(self) -> Result<DistArray<T>> {
        let _scope = Operation::enter("diff");
        let Self { ctx, node, n, axis, before, after, .. } = self;
        let node = node?;
        let axis = axis_of("diff", axis, node.shape().len())?;
        let checked = |end: Option<Result<Operands>>, name| {
            end.map(|end| checked(&ctx, end?, (node.shape(), axis), name)).transpose()
        };
        let (before, after) = (checked(before, "before")?, checked(after, "after")?);
        let mut array = Expr::<T>::new(ctx.clone(), Ok(node)).eval()?;
        if n == 0 {
            return Ok(array);
        }
        if before.is_some() || after.is_some() {
            let end = |node: Option<Node>| node.map(|node| end(&array, node, axis)).transpose();
            let (before, after) = (end(before)?, end(after)?);
            let all: Vec<&DistArray<T>> =
                before.iter().chain([&array]).chain(after.iter()).collect();
            array = ctx.concatenate(&all, axis as isize)?;
        }
        for _ in 0..n.min(array.shape()[axis]) {
            let less = array.shape()[axis] - 1;
            let from = |start| {
                let mut cuts: Vec<Cut> = array.shape().iter().map(|&len| Cut::whole(len)).collect();
                cuts[axis] = Cut::Range { start, step: 1, len: less };
                array.cut(cuts)
            };
            let (later, earlier) = (from(1)?, from(0)?);
            let distribution = Some(later.distribution().without_halo());
            let (later, earlier) = (Node::array(later.array), Node::array(earlier.array));
            let node = Node::binary(BinaryOp::Subtract, later, earlier)?;
            let next = ctx.execute(Command::Evaluate { node, distribution })?.into_array();
            array = DistArray::new(ctx.clone(), next);
        }
        Ok(array)
    }
}

/// The elements before or after, where they fit.
fn checked(
    ctx: &Context,
    end: Operands,
    (shape, axis): (&[usize], usize),
    name: &str,
) -> Result<Node> {
    if end.ctx.is_some_and(|other| !ctx.is_same(&other)) {
        return Err(Error::argument("'diff': operands belong to different contexts"));
    }
    let own = end.node.shape();
    let is_beside = |(i, (a, b)): (usize, (&usize, &usize))| i == axis || a == b;
    let fits = own.is_empty()
        || own.len() == shape.len() && own.iter().zip(shape).enumerate().all(is_beside);
    match fits {
        true => Ok(end.node),
        false => Err(Error::shape(format!(
            "'diff': elements {name} of shape {own:?} along axis {axis} of an array of shape {shape:?}"
        ))),
    }
}

/// The elements before or after, distributed as the array that they are joined to.
fn end<T: Number>(array: &DistArray<T>, node: Node, axis: usize) -> Result<DistArray<T>> {
    let mut shape = array.shape().to_vec();
    shape[axis] = node.shape().get(axis).copied().unwrap_or(1);
    let end = Expr::<T>::new(array.context().clone(), Ok(node)).eval()?.broadcast_to(&shape)?;
    end.redistribute(array.distribution().resized(&shape)?)
}
