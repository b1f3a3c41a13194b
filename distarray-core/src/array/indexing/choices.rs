//! Elements chosen by conditions, place by place.

use super::super::expr::{Operands, join};
use super::super::{ArrayExpr, Context, DistArray, Expr, Operand, Reductions, Ufuncs};
use super::{IndexNumber, node_in};
use crate::block::kernels::TernaryOp;
use crate::comm::Operation;
use crate::element::{Element, Ordered};
use crate::error::{Error, Result};
use crate::expr::Node;

/// What truth values decide.
pub trait Conditions: ArrayExpr<bool> {
    /// One of two values at each place: the first where this is true, else the second; all broadcast
    /// together. NumPy's `where`, as a lazy expression.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.from_ndarray(&array![3.0, -1.0, 0.5], "b")?;
    /// let clipped = a.gt(0.0).where_(&a, 0.0).eval()?;
    /// assert_eq!(clipped.to_ndarray()?, array![3.0, 0.0, 0.5].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn where_<T: Element>(&self, a: impl Operand<T>, b: impl Operand<T>) -> Expr<T>
    where
        Self: Sized,
    {
        let node = join(self.context(), a.operand(), b.operand())
            .and_then(|(a, b)| choice(self.node()?, a, b));
        Expr::new(self.context().clone(), node)
    }
}

impl<A: ArrayExpr<bool> + ?Sized> Conditions for A {}

fn choice(condition: Node, a: Node, b: Node) -> Result<Node> {
    Node::ternary(TernaryOp::Where, condition, a, b)
}

/// # Choices
impl Context {
    /// At each place the first of the choices whose condition is true, else the default; all broadcast
    /// together. NumPy's `select`, as a lazy expression.
    ///
    /// It fails where it is evaluated when there are not as many choices as conditions.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.arange(0, 6, 1)?;
    /// let found = ctx.select(&[a.lt(2), a.gt(3)], &[&a * 1, &a * &a], -1).eval()?;
    /// assert_eq!(found.to_ndarray()?, array![0, 1, -1, -1, 16, 25].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn select<T: Element>(
        &self,
        conditions: &[impl ArrayExpr<bool>],
        choices: &[impl ArrayExpr<T>],
        default: impl Operand<T>,
    ) -> Expr<T> {
        let node = || {
            if conditions.len() != choices.len() {
                return Err(Error::argument(format!(
                    "'select': {} conditions and {} choices",
                    conditions.len(),
                    choices.len()
                )));
            }
            let mut node = node_in(self, default.operand())?;
            for (condition, choice) in conditions.iter().zip(choices).rev() {
                node = self::choice(self.own(condition)?, self.own(choice)?, node)?;
            }
            Ok(node)
        };
        Expr::new(self.clone(), node())
    }

    /// At each place the element of the choice whose number stands there; all broadcast together.
    /// NumPy's `choose`.
    ///
    /// Costs the least and the greatest of the numbers before the evaluation, a gather of some bytes
    /// each.
    ///
    /// # Errors
    /// A number is negative, or there is no such choice; shapes that do not broadcast; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let which = ctx.from_ndarray(&array![1, 0, 1], "b")?;
    /// let a = ctx.arange(0, 3, 1)?;
    /// let found = ctx.choose(&which, &[&a * 1, &a * 10])?;
    /// assert_eq!(found.to_ndarray()?, array![0, 1, 20].into_dyn());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn choose<I: Element + Ordered + IndexNumber, T: Element>(
        &self,
        which: &impl ArrayExpr<I>,
        choices: &[impl ArrayExpr<T>],
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("choose");
        let node = self.own(which)?;
        if choices.is_empty() {
            return Err(Error::argument("'choose': there are no choices"));
        }
        if !node.shape().contains(&0) {
            for bound in [which.min()?, which.max()?] {
                let inside = usize::try_from(bound.to_index()?).is_ok_and(|i| i < choices.len());
                if !inside {
                    let count = choices.len();
                    let message = format!("'choose': there is no choice {bound} of {count}");
                    return Err(Error::index(message));
                }
            }
        }
        let numbers = Expr::<i64>::new(self.clone(), Ok(node.cast(i64::DTYPE)));
        // The first choice is compared too, so that the numbers' shape counts where it is the only one.
        let mut found = self.own(&choices[0])?;
        for (number, choice) in (0..).zip(choices) {
            found = self::choice(numbers.eq(number).node()?, self.own(choice)?, found)?;
        }
        Expr::<T>::new(self.clone(), Ok(found)).eval()
    }

    fn own<T: Element>(&self, value: &impl ArrayExpr<T>) -> Result<Node> {
        let operand = Operands { node: value.node()?, ctx: Some(value.context().clone()) };
        node_in(self, Ok(operand))
    }
}
