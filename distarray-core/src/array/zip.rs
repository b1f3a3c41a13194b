//! Users' functions of several arrays.

use super::indexing::node_in;
use super::{Context, Expr, Operand};
use crate::element::Element;
use crate::error::Result;
use crate::expr::{
    ElementFunction, FallibleFunction, FallibleIndexedFunction, Function, IndexedFunction, Node,
};

/// One to eight operands as a tuple: scalars, arrays and expressions of the types that are listed.
///
/// ```
/// use distarray_core::array::OperandList;
///
/// let operands = OperandList::<(f64, bool)>::operands((0.5, true));
/// assert_eq!(operands.len(), 2);
/// ```
pub trait OperandList<Types> {
    /// The operands, in order.
    fn operands(self) -> Vec<Result<super::Operands>>;
}

/// Lists tuples: names of an operand and its type, and its place.
macro_rules! lists {
    ($($($operand:ident $type:ident $place:tt),*;)*) => {$(
        impl<$($type: Element, $operand: Operand<$type>),*> OperandList<($($type,)*)> for ($($operand,)*) {
            fn operands(self) -> Vec<Result<super::Operands>> {
                vec![$(self.$place.operand()),*]
            }
        }
    )*};
}

lists! {
    A S 0;
    A S 0, B T 1;
    A S 0, B T 1, C U 2;
    A S 0, B T 1, C U 2, D V 3;
    A S 0, B T 1, C U 2, D V 3, E W 4;
    A S 0, B T 1, C U 2, D V 3, E W 4, F X 5;
    A S 0, B T 1, C U 2, D V 3, E W 4, F X 5, G Y 6;
    A S 0, B T 1, C U 2, D V 3, E W 4, F X 5, G Y 6, H Z 7;
}

/// # Functions of several arrays
impl Context {
    /// A function of the elements that stand at one place in each of up to eight operands, which
    /// broadcast together: as a lazy expression, run within the same pass as the rest.
    ///
    /// The function's parameters have their types written out. It fails where it is evaluated when the
    /// shapes do not broadcast, or operands belong to different contexts.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, b) = (ctx.arange(0, 4, 1)?, ctx.full(0.5, 4)?);
    /// let chosen = ctx.zip_map((&a, &b, 2.0), |i: i32, x: f64, y: f64| if i < 2 { x } else { y });
    /// assert_eq!(chosen.sum()?, 5.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn zip_map<Types, R: Element>(
        &self,
        operands: impl OperandList<Types>,
        function: impl ElementFunction<Types, R>,
    ) -> Expr<R> {
        self.zipped(operands, function.into_function())
    }

    /// As [`zip_map`](Self::zip_map), with a function that may fail; see
    /// [`ArrayExpr::try_map`](super::ArrayExpr::try_map).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, b) = (ctx.arange(0, 4, 1)?, ctx.full(2, 4)?);
    /// let sum = |a: i32, b: i32, c: i32| a.checked_div(b - c).ok_or("division by zero");
    /// assert_eq!(ctx.try_zip_map((&a, &b, 1), sum).sum()?, 6);
    /// let error = ctx.try_zip_map((&a, &b, 2), sum).sum().unwrap_err();
    /// assert_eq!(error.to_string(), "division by zero");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn try_zip_map<Types, R: Element, E>(
        &self,
        operands: impl OperandList<Types>,
        function: impl FallibleFunction<Types, R, E>,
    ) -> Expr<R> {
        self.zipped(operands, function.into_function())
    }

    /// As [`zip_map`](Self::zip_map), with a function that is given the global index too: one of the shape that the operands
    /// broadcast to, also where the result is broadcast to another.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, b) = (ctx.ones::<f64>(([2, 3], "b,c"))?, ctx.full(4.0, 3)?);
    /// let upper = ctx.zip_map_indexed((&a, &b), |at: &[usize], x: f64, y: f64| {
    ///     if at[1] >= at[0] { x + y } else { 0.0 }
    /// });
    /// assert_eq!(upper.sum()?, 25.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn zip_map_indexed<Types, R: Element>(
        &self,
        operands: impl OperandList<Types>,
        function: impl IndexedFunction<Types, R>,
    ) -> Expr<R> {
        self.zipped_indexed(operands, |shape| function.into_function(shape))
    }

    /// As [`zip_map_indexed`](Self::zip_map_indexed), with a function that may fail; see
    /// [`ArrayExpr::try_map`](super::ArrayExpr::try_map). The error tells the index.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let (a, b) = (ctx.arange(0, 4, 1)?, ctx.full(2, 4)?);
    /// let less = |_: &[usize], a: i32, b: i32| u8::try_from(b - a);
    /// let error = ctx.try_zip_map_indexed((&a, &b), less).sum().unwrap_err().to_string();
    /// assert!(error.ends_with("(at index [3])"), "{error}");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn try_zip_map_indexed<Types, R: Element, E>(
        &self,
        operands: impl OperandList<Types>,
        function: impl FallibleIndexedFunction<Types, R, E>,
    ) -> Expr<R> {
        self.zipped_indexed(operands, |shape| function.into_function(shape))
    }

    fn zipped_indexed<Types, R: Element>(
        &self,
        operands: impl OperandList<Types>,
        function: impl FnOnce(Vec<usize>) -> Function,
    ) -> Expr<R> {
        let nodes = operands.operands().into_iter().map(|operand| node_in(self, operand));
        let node = nodes
            .collect::<Result<_>>()
            .and_then(|nodes| Node::zip_map_indexed(nodes, self.size(), function));
        Expr::new(self.clone(), node)
    }

    fn zipped<Types, R: Element>(
        &self,
        operands: impl OperandList<Types>,
        function: Function,
    ) -> Expr<R> {
        let nodes = operands.operands().into_iter().map(|operand| node_in(self, operand));
        let node = nodes.collect::<Result<_>>().and_then(|nodes| Node::map(function, nodes));
        Expr::new(self.clone(), node)
    }
}
