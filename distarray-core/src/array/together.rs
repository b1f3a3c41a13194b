//! Several values computed together.

use super::{ArrayExpr, Context, DistArray, Expr};
use crate::comm::Operation;
use crate::command::Command;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::handle::ArrayRef;

/// A value, a tuple of up to eight or a list of them, that [`Context::eval`] computes.
pub trait Together {
    /// The arrays that it gives.
    type Arrays;

    /// Adds to what is computed.
    ///
    /// # Errors
    /// What was wrong in building an expression; it belongs to another context.
    fn ask(&self, ctx: &Context, nodes: &mut Vec<Node>) -> Result<()>;

    /// Takes its part of the arrays.
    fn take(&self, ctx: &Context, arrays: &mut std::vec::IntoIter<ArrayRef>) -> Self::Arrays;
}

fn ask<T: Element>(value: &impl ArrayExpr<T>, ctx: &Context, nodes: &mut Vec<Node>) -> Result<()> {
    if !ctx.is_same(value.context()) {
        return Err(Error::argument(format!(
            "value {} of those that are computed together belongs to another context",
            nodes.len()
        )));
    }
    let node =
        value.node().map_err(|error| error.with_note(&format!("in value {}", nodes.len())))?;
    nodes.push(node);
    Ok(())
}

fn take<T: Element>(ctx: &Context, arrays: &mut std::vec::IntoIter<ArrayRef>) -> DistArray<T> {
    DistArray::new(ctx.clone(), arrays.next().expect("an array for each value"))
}

/// Lists kinds of values.
macro_rules! values {
    ($($type:ty),*) => {$(
        impl<T: Element> Together for $type {
            type Arrays = DistArray<T>;

            fn ask(&self, ctx: &Context, nodes: &mut Vec<Node>) -> Result<()> {
                ask(self, ctx, nodes)
            }

            fn take(
                &self,
                ctx: &Context,
                arrays: &mut std::vec::IntoIter<ArrayRef>,
            ) -> DistArray<T> {
                take(ctx, arrays)
            }
        }
    )*};
}
values! { Expr<T>, DistArray<T> }

impl<V: Together> Together for &V {
    type Arrays = V::Arrays;

    fn ask(&self, ctx: &Context, nodes: &mut Vec<Node>) -> Result<()> {
        V::ask(self, ctx, nodes)
    }

    fn take(&self, ctx: &Context, arrays: &mut std::vec::IntoIter<ArrayRef>) -> V::Arrays {
        V::take(self, ctx, arrays)
    }
}

impl<V: Together> Together for Vec<V> {
    type Arrays = Vec<V::Arrays>;

    fn ask(&self, ctx: &Context, nodes: &mut Vec<Node>) -> Result<()> {
        self.iter().try_for_each(|value| value.ask(ctx, nodes))
    }

    fn take(&self, ctx: &Context, arrays: &mut std::vec::IntoIter<ArrayRef>) -> Self::Arrays {
        self.iter().map(|value| value.take(ctx, arrays)).collect()
    }
}

/// Lists numbers of values that are computed together.
macro_rules! tuples {
    ($(($($name:ident)+))+) => {$(
        impl<$($name: Together),+> Together for ($($name,)+) {
            type Arrays = ($($name::Arrays,)+);

            #[expect(non_snake_case, reason = "the names of the types")]
            fn ask(&self, ctx: &Context, nodes: &mut Vec<Node>) -> Result<()> {
                let ($($name,)+) = self;
                $($name.ask(ctx, nodes)?;)+
                Ok(())
            }

            #[expect(non_snake_case, reason = "the names of the types")]
            fn take(
                &self,
                ctx: &Context,
                arrays: &mut std::vec::IntoIter<ArrayRef>,
            ) -> Self::Arrays {
                let ($($name,)+) = self;
                ($($name.take(ctx, arrays),)+)
            }
        }
    )+};
}
tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

impl Context {
    /// Several values together, as new arrays: those of one shape in one pass over all their arrays,
    /// with what they have in common computed once.
    ///
    /// The arrays of one pass all have the distribution that [`ArrayExpr::eval`] would choose for an
    /// expression of all that is read; else as there.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; values of different contexts. What is wrong in building a value is told with its
    /// number, from 0 on; and so is the value that ranks have differently.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (x, y) = (ctx.full(3.0, 5)?, ctx.full(4.0, 5)?);
    /// let radius = x.hypot(&y);
    /// let (cos, sin, far) = ctx.eval((&x / &radius, &y / &radius, radius.gt(4.5)))?;
    /// assert_eq!((cos.get(&[0])?, sin.get(&[4])?), (0.6, 0.8));
    /// assert!(far.all()?);
    ///
    /// let multiples = ctx.eval((1..4).map(|n| &x * f64::from(n)).collect::<Vec<_>>())?;
    /// assert_eq!((multiples.len(), multiples[2].get(&[1])?), (3, 9.0));
    ///
    /// let error = ctx.eval((&x + &y, &x + ctx.zeros(4)?)).unwrap_err();
    /// assert_eq!(error.to_string(), "'add': shapes [5] and [4] do not broadcast (in value 1)");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn eval<V: Together>(&self, values: V) -> Result<V::Arrays> {
        let _scope = Operation::enter("eval");
        let mut nodes = Vec::new();
        values.ask(self, &mut nodes)?;
        let arrays = self.execute(Command::EvaluateTogether { nodes })?.into_arrays();
        Ok(values.take(self, &mut arrays.into_iter()))
    }
}
