//! Where the elements lie while they are scanned.

use crate::dist::{AxisMap, Dist, Distribution};
use crate::error::Result;

/// A distribution with the axis in blocks, over the same ranks; bytes are those of an accumulator and
/// of an element. Known from metadata, the same on all ranks.
///
/// Blocks cost accumulators for each line, another place a movement of the elements there and back.
pub(super) fn of(
    natural: &Distribution,
    axis: usize,
    (state, item): (usize, usize),
) -> Result<Distribution> {
    let own = natural.axis(axis);
    if own.parts() == 1 {
        // A list of all indices may still be in any order.
        let whole = AxisMap::new(own.len(), 1, Dist::Undistributed)?;
        let stays = !matches!(own.dist(), Dist::Unstructured(_));
        return if stays { Ok(natural.clone()) } else { natural.with_axis(axis, whole) };
    }
    let rounds = own.parts().next_power_of_two().trailing_zeros() as usize;
    let others = (0..natural.ndim()).filter(|&other| other != axis);
    let lines: usize = others.clone().map(|other| natural.axis(other).max_count()).product();
    let accumulators = lines.saturating_mul(state).saturating_mul(rounds + 1);
    let movement = (2 * item).saturating_mul(natural.max_local_len());
    let is_block = own.dist().is_block();
    let more = if is_block { movement } else { 0 };
    // The axis with most to divide among the ranks.
    let widest = others.max_by_key(|&other| natural.axis(other).len() / natural.grid()[other]);
    match widest.filter(|&other| natural.axis(other).len() > natural.grid()[other]) {
        Some(other) if accumulators > more => {
            let map = natural.axis(other);
            let mut axes = natural.axes().to_vec();
            axes[axis] = AxisMap::new(own.len(), 1, Dist::Undistributed)?;
            axes[other] = AxisMap::new(map.len(), map.parts() * own.parts(), Dist::Block)?;
            Distribution::from_maps(axes, natural.ranks().clone())
        }
        _ if is_block => Ok(natural.clone()),
        _ => natural.with_axis(axis, AxisMap::new(own.len(), own.parts(), Dist::Block)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(shape: &[usize], dists: &str, axis: usize, state: usize) -> String {
        let natural = Distribution::new(shape, dists, 4).unwrap();
        of(&natural, axis, (state, 8)).unwrap().to_string()
    }

    #[test]
    fn what_moves_least_is_chosen() {
        assert_eq!(placed(&[400, 5], "b,n", 0, 280), "[400, 5] as b,n on grid 4x1, ranks 0..4");
        assert_eq!(placed(&[400, 5], "c,n", 1, 280), "[400, 5] as c,n on grid 4x1, ranks 0..4");
        assert_eq!(placed(&[400], "c", 0, 280), "[400] as b on grid 4, ranks 0..4");
        assert_eq!(placed(&[400, 500], "c,n", 0, 8), "[400, 500] as n,b on grid 1x4, ranks 0..4");
        assert_eq!(placed(&[8, 500], "b,n", 0, 280), "[8, 500] as n,b on grid 1x4, ranks 0..4");
        assert_eq!(placed(&[8, 500], "b,n", 0, 8), "[8, 500] as b,n on grid 4x1, ranks 0..4");
    }
}
