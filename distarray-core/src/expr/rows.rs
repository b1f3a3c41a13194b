//! Some rows of an expression.

use std::ops::Range;

use super::node::{Node, Operator};
use crate::dist::Cut;
use crate::error::Result;
use crate::handle::ArrayRef;

/// The slice of an array of this shape that some indices of its first axis are.
pub(crate) fn cuts_of(rows: &Range<usize>, shape: &[usize]) -> Vec<Cut> {
    let first = Cut::Range { start: rows.start, step: 1, len: rows.len() };
    let others = shape[1..].iter().map(|&extent| Cut::whole(extent));
    std::iter::once(first).chain(others).collect()
}

impl Node {
    /// The same expression of some rows only, indices of the first axis of its value; `slice` makes the
    /// rows of arrays.
    ///
    /// # Errors
    /// Those of `slice`.
    ///
    /// # Panics
    /// The value has no axes, or not so many rows.
    pub(crate) fn rows(
        &self,
        rows: &Range<usize>,
        slice: impl Fn(&ArrayRef, &[Cut]) -> Result<ArrayRef>,
    ) -> Result<Self> {
        let whole = self.shape();
        assert!(rows.end <= whole[0], "rows of the expression");
        let mut made: Vec<Self> = Vec::new();
        for node in self.in_order() {
            let of = |operand: &Self| made[operand.place()].clone();
            // What is stretched along the rows is the same for each of them.
            let has_rows = node.shape().len() == whole.len() && node.shape()[0] == whole[0];
            let row = match node.operator() {
                Operator::Array(array) if has_rows => {
                    Self::array(slice(array, &cuts_of(rows, array.shape()))?)
                }
                Operator::Generated(leaf) if has_rows => Self::generated(leaf.rows(rows)),
                Operator::Stored(leaf) if has_rows => Self::stored(leaf.rows(rows)),
                Operator::Array(_)
                | Operator::Generated(_)
                | Operator::Stored(_)
                | Operator::Scalar(_) => node.clone(),
                Operator::Unary(op, a) => Self::unary(*op, of(a))?,
                Operator::Binary(op, a, b) => Self::binary(*op, of(a), of(b))?,
                Operator::Compare(op, a, b) => Self::compare(*op, of(a), of(b))?,
                Operator::Cast(a) => of(a).cast(node.dtype()),
                Operator::Map(function, operands) => {
                    Self::map(function.clone(), operands.iter().map(of).collect())?
                }
            };
            made.push(row);
        }
        Ok(made.pop().expect("an expression has a node"))
    }
}
