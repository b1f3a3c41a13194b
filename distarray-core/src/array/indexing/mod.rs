//! Elements by lists of indices, by masks and by conditions.

mod choices;
mod indices;
mod masks;
mod nonzero;
mod put;
mod take;
mod values;

pub use choices::Conditions;
pub use indices::{IndexNumber, Indices};
pub use masks::Mask;
pub use nonzero::Nonzero;
pub use values::Values;

use super::Context;
use super::expr::Operands;
use crate::error::{Error, Result};
use crate::expr::Node;

/// An operand's node, where it belongs to this context or to none.
pub(super) fn node_in(ctx: &Context, operand: Result<Operands>) -> Result<Node> {
    let operand = operand?;
    match &operand.ctx {
        Some(other) if !ctx.is_same(other) => Err(Error::argument(format!(
            "operands belong to different contexts: of {} ranks and of {} ranks",
            ctx.size(),
            other.size()
        ))),
        _ => Ok(operand.node),
    }
}
