//! Places in ascending order.

use crate::element::Ordered;
use crate::error::{Error, Result};
use crate::expr::{Function, Node};

/// On which side of equal elements a place is.
///
/// ```
/// use distarray_core::{array::Side, prelude::*};
///
/// let ctx = Context::solo();
/// let (sorted, two) = (ctx.from_fn([4], |at| [1, 2, 2, 3][at[0]])?, ctx.full(2, 1)?);
/// assert_eq!(sorted.searchsorted(&two, Side::Left)?.sum()?, 1);
/// assert_eq!(sorted.searchsorted(&two, Side::Right)?.sum()?, 3);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Side {
    /// Before them.
    #[default]
    Left,
    /// Behind them.
    Right,
}

/// Whether a number stands before another in ascending order, in which NaN stands behind all.
#[inline]
fn is_before<T: Ordered>(a: &T, b: &T) -> bool {
    #[expect(clippy::eq_op, reason = "NaN alone is not itself")]
    let is_nan = |x: &T| x != x;
    a < b || is_nan(b) && !is_nan(a)
}

/// For each element of an expression, where among elements in ascending order (the same on all ranks) it
/// would be put so that they stay in order: `int64`.
///
/// # Errors
/// The elements are in another order; the expression is of another dtype.
pub fn search_sorted<T: Ordered>(sorted: Vec<T>, node: &Node, side: Side) -> Result<Node> {
    ascending("searchsorted", &sorted)?;
    let place = move |x: T| match side {
        Side::Left => sorted.partition_point(|element| is_before(element, &x)) as i64,
        Side::Right => sorted.partition_point(|element| !is_before(&x, element)) as i64,
    };
    Node::map(Function::of_one::<T, i64>(place), vec![node.clone()])
}

/// Refuses what is not in ascending order.
pub(super) fn ascending<T: Ordered>(name: &str, elements: &[T]) -> Result<()> {
    match elements.windows(2).position(|pair| is_before(&pair[1], &pair[0])) {
        Some(at) => Err(Error::argument(format!(
            "'{name}': elements go up, not from {} at {at} to {}",
            elements[at],
            elements[at + 1]
        ))),
        None => Ok(()),
    }
}
