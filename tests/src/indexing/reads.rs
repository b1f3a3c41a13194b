//! Reading by lists of indices.

use distarray::prelude::*;

use super::made::made;
use super::selections::{Form, picked};
use crate::draw::Draw;
use crate::oracle::{holds, numbered};

/// Reads a random selection of a random array, and compares.
///
/// # Errors
/// A rank failed.
///
/// # Panics
/// It is not what it should be.
///
/// ```
/// use distarray_tests::{draw::Draw, indexing::reads};
///
/// reads(&distarray::array::Context::solo(), &mut Draw::new(1))?;
/// # Ok::<(), distarray::Error>(())
/// ```
pub fn reads(ctx: &Context, draw: &mut Draw) -> Result<()> {
    let shape = draw.shape();
    let whole = numbered(&shape);
    let mut array = made(ctx, draw, &whole)?;
    if draw.once_in(2) {
        array.exchange_halo()?;
    }
    let picked = picked(draw, &shape);
    let mut lists = picked.lists(ctx, draw)?;
    let found = match picked.form {
        Form::Axis(axis) => {
            let axis = if draw.once_in(2) { axis } else { axis.wrapping_sub(shape.len()) };
            array.take(lists.remove(0), axis as isize)?
        }
        Form::Flat => array.take_flat(lists.remove(0))?,
        Form::Along(axis) => array.take_along_axis(lists.remove(0), axis as isize)?,
        Form::Coordinates => array.vindex(lists)?,
    };
    holds(&found, &picked.targets.map(|at| whole[&at[..]]))?;
    holds(&array, &whole)
}
