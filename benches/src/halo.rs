//! Halo exchanges of a cube, all 26 neighbours, periodic.

use distarray::Result;
use distarray::prelude::*;

use crate::measure::{Line, medians};

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let side = 128;
    let mut cube = Distribution::builder([side * ctx.size(), side, side]).halos(1);
    for axis in 0..3 {
        cube = cube.periodic(axis);
    }
    let mut cube = ctx.ones::<f64>(cube)?;
    let times = medians(ctx, &mut [&mut || cube.exchange_halo()])?;
    let n = cube.len();
    let halo = (side + 2).pow(3) - side.pow(3);
    Ok(vec![Line {
        op: "halo of 128 x 128 x 128",
        n,
        ranks: ctx.size(),
        backend: ctx.backend(),
        median: times[0],
        bytes: halo * ctx.size() * 8,
        vs_handwritten: None,
        than: "hand-written",
        vs_limit: None,
        vs_peer: None,
        held: None,
    }])
}
