//! Random ways for an array to lie.

use distarray::prelude::*;
use ndarray::{ArrayD, IxDyn, SliceInfoElem};

use crate::draw::Draw;

/// An array of these elements under a random distribution: by itself, or as a view of another one, by
/// steps or with its axes turned round.
pub(super) fn made<T: Element>(
    ctx: &Context,
    draw: &mut Draw,
    elements: &ArrayD<T>,
) -> Result<DistArray<T>> {
    match draw.below(4) {
        0 => {
            let cuts: Vec<_> = elements.shape().iter().map(|&extent| cut(draw, extent)).collect();
            let ends = cuts.iter().map(|(_, end)| end + 1);
            let mut around = ArrayD::default(IxDyn(&ends.collect::<Vec<_>>()));
            let slices: Vec<SliceInfoElem> = cuts.iter().map(|(slice, _)| *slice).collect();
            around.slice_mut(&slices[..]).assign(elements);
            let on = draw.any_distribution(around.shape(), ctx.size());
            ctx.from_ndarray_on(&around, &on)?.slice(slices)
        }
        1 => {
            let turned = elements.t().to_owned();
            let on = draw.any_distribution(turned.shape(), ctx.size());
            ctx.from_ndarray_on(&turned, &on)?.transpose()
        }
        _ => {
            let on = draw.any_distribution(elements.shape(), ctx.size());
            ctx.from_ndarray_on(elements, &on)
        }
    }
}

/// A range of so many indices by a step either way, and where it ends.
fn cut(draw: &mut Draw, extent: usize) -> (SliceInfoElem, usize) {
    let (start, step) = (draw.below(3), draw.pick(&[1, 2, -1, -3_isize]));
    let end = start + extent * step.unsigned_abs();
    (SliceInfoElem::Slice { start: start as isize, end: Some(end as isize), step }, end)
}
