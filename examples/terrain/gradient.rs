//! The gradient of an elevation model, by finite differences with unit spacing.

use distarray::prelude::*;
use ndarray::{Array2, ArrayView2, Axis, Ix2};

/// The derivatives along rows (southward) and columns (eastward).
pub(crate) struct Gradient {
    south: DistArray<f64>,
    east: DistArray<f64>,
}

impl Gradient {
    /// Central differences inside, one-sided ones at the edges.
    ///
    /// The elevations move to blocks with a halo of one cell; then a rank has all that it needs.
    pub(crate) fn of(elevation: &DistArray<f64>) -> Result<Self> {
        let ctx = elevation.context();
        let mut blocks = Distribution::builder(elevation.shape()).dists("b,b");
        for (axis, map) in elevation.distribution().axes().iter().enumerate() {
            // Axes that are in blocks already stay as they are.
            blocks = match map.dist().is_block() {
                true => blocks.axis(axis, map.dist().clone()),
                false => blocks.axis(axis, Dist::Block),
            };
        }
        let mut tiles = elevation.redistribute(blocks.halos(1))?;
        tiles.exchange_halo()?;

        let distribution = tiles.distribution().clone();
        let derivative = |axis: usize| -> Result<DistArray<f64>> {
            let local = tiles.local_with_halo();
            let local = local.into_dimensionality::<Ix2>().map_err(Error::user)?;
            let mine = differences(local, &distribution, ctx.rank(), axis);
            ctx.from_local(&distribution.without_halo(), mine.into_dyn())
        };
        Ok(Self { south: derivative(0)?, east: derivative(1)? })
    }

    /// The slope: the magnitude of the gradient.
    pub(crate) fn magnitude(&self) -> Expr<f64> {
        self.south.hypot(&self.east)
    }

    /// How bright the terrain is under a light from the north-west, 45 degrees high: 0 to 255.
    ///
    /// Heights are scaled so that the mean slope is one half, since the file does not tell the size
    /// of a cell.
    pub(crate) fn hillshade(&self, slope_mean: f64) -> Expr<u8> {
        let scale = if slope_mean > 0.0 { 0.5 / slope_mean } else { 1.0 };
        let light = (0.5_f64).sqrt();
        let (south, east) = (&self.south * scale, &self.east * scale);
        let across = (&east + &south) * (light * light);
        let upright = (south.square() + east.square() + 1.0).sqrt();
        let brightness = (across + light) / upright;
        (brightness.maximum(0.0).minimum(1.0) * 255.0).rint().cast::<u8>()
    }
}

/// The derivative along an axis of what this rank owns, from that and the halo around it.
fn differences(
    cells: ArrayView2<'_, f64>,
    distribution: &Distribution,
    rank: usize,
    axis: usize,
) -> Array2<f64> {
    let shape = distribution.local_shape(rank);
    let mut result = Array2::zeros((shape[0], shape[1]));
    let Some(coords) = distribution.coords(rank).filter(|_| !result.is_empty()) else {
        return result;
    };
    let padding = distribution.padding(rank);
    let other = 1 - axis;
    let (low, _) = padding[other];
    // Lines of cells along the other axis, without that axis's halo.
    let line = |place: usize| {
        let mut line = cells.index_axis(Axis(axis), place);
        line.slice_axis_inplace(Axis(0), (low..low + shape[other]).into());
        line
    };
    let map = distribution.axis(axis);
    let last = map.len() - 1;
    for (i, mut target) in result.axis_iter_mut(Axis(axis)).enumerate() {
        let at = i + padding[axis].0;
        let (before, after) = match map.global(coords[axis], i) {
            0 => (at, at + 1),
            global if global == last => (at - 1, at),
            _ => (at - 1, at + 1),
        };
        let span = (after - before) as f64;
        target.assign(&line(after));
        target.zip_mut_with(&line(before), |a, b| *a = (*a - b) / span);
    }
    result
}
