//! [`Expr`]: a value that has not been computed yet.

use std::fmt;
use std::marker::PhantomData;

use super::{ArrayExpr, Context};
use crate::block::kernels::{BinaryOp, CompareOp, UnaryOp};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::expr::Node;

/// A lazy expression of `T`: what operators and functions of arrays give.
///
/// Building one computes and sends nothing; shapes that do not fit are reported where it is
/// evaluated. Evaluation ([`ArrayExpr::eval`], reductions) is one pass over the arrays. Within one
/// evaluation a part that is used twice is computed once; evaluated twice, it is computed twice.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let a = ctx.ones::<f64>([2, 3])?;
/// let twice: Expr<f64> = &a + &a;
/// assert_eq!(twice.sum()?, 12.0);
///
/// let b = ctx.ones::<f64>([4])?;
/// let error = (&a + &b).eval().unwrap_err();
/// assert_eq!(error.to_string(), "'add': shapes [2, 3] and [4] do not broadcast");
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[must_use = "expressions are lazy; `eval` computes them"]
#[derive(Clone)]
pub struct Expr<T> {
    ctx: Context,
    /// An error in building the expression is kept for its evaluation.
    node: Result<Node>,
    element: PhantomData<T>,
}

impl<T: Element> Expr<T> {
    pub(super) fn new(ctx: Context, node: Result<Node>) -> Self {
        if let Ok(node) = &node {
            assert_eq!(node.dtype(), T::DTYPE, "an expression has the dtype of its node");
        }
        Self { ctx, node, element: PhantomData }
    }

    pub(super) fn unary<A: Element>(op: UnaryOp, a: &(impl ArrayExpr<A> + ?Sized)) -> Self {
        let node = a.node().and_then(|a| Node::unary(op, a));
        Self::new(a.context().clone(), node)
    }

    #[inline]
    pub(super) fn binary(
        op: BinaryOp,
        ctx: Context,
        a: Result<Operands>,
        b: Result<Operands>,
    ) -> Self {
        let node = join(&ctx, a, b).and_then(|(a, b)| Node::binary(op, a, b));
        Self::new(ctx, node)
    }
}

impl Expr<bool> {
    pub(super) fn compare(
        op: CompareOp,
        ctx: Context,
        a: Result<Operands>,
        b: Result<Operands>,
    ) -> Self {
        let node = join(&ctx, a, b).and_then(|(a, b)| Node::compare(op, a, b));
        Self::new(ctx, node)
    }
}

/// An operand as a node, and its context where it has one.
#[derive(Clone, Debug)]
pub struct Operands {
    pub(super) node: Node,
    pub(super) ctx: Option<Context>,
}

/// The nodes of two operands that belong to one context.
#[inline]
pub(super) fn join(
    ctx: &Context,
    a: Result<Operands>,
    b: Result<Operands>,
) -> Result<(Node, Node)> {
    let (a, b) = (a?, b?);
    for other in [&a.ctx, &b.ctx].into_iter().flatten() {
        if !ctx.is_same(other) {
            return Err(Error::argument(format!(
                "operands belong to different contexts: of {} ranks and of {} ranks",
                ctx.size(),
                other.size()
            )));
        }
    }
    Ok((a.node, b.node))
}

impl<T: Element> ArrayExpr<T> for Expr<T> {
    fn context(&self) -> &Context {
        &self.ctx
    }

    fn node(&self) -> Result<Node> {
        self.node.clone()
    }
}

impl<T> fmt::Debug for Expr<T> {
    /// The operations as calls.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Ok(node) => write!(f, "Expr({node:?})"),
            Err(error) => write!(f, "Expr(invalid: {error})"),
        }
    }
}
