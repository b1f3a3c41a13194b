//! Jacobi sweeps over a square, against the same sweeps written by hand for the same backend.

mod by_hand;

use distarray::Result;
use distarray::prelude::*;

use crate::measure::{Line, medians};
use by_hand::ByHand;

/// Side of the square.
const SIDE: usize = 4000;
/// Sweeps in one measurement.
const SWEEPS: usize = 10;

/// The state that the sweeps begin with.
fn begin(i: usize, j: usize) -> f64 {
    ((i * 7 + j * 13) % 101) as f64
}

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let skip = sweeps(ctx, "jacobi, fixed ends", Boundary::Skip)?;
    let zeros = sweeps(ctx, "jacobi, zeros beyond the ends", Boundary::Value(0.0))?;
    Ok(vec![skip, zeros])
}

/// The hand-written sweeps leave the ends as they are, which is as much work.
fn sweeps(ctx: &Context, op: &'static str, boundary: Boundary<f64>) -> Result<Line> {
    let is_fixed = matches!(boundary, Boundary::Skip);
    let stencil = Stencil::new([1, 1]).boundary(boundary);
    let mut old = ctx.from_fn(([SIDE, SIDE], "b,n"), |at| begin(at[0], at[1]))?;
    let mut new = ctx.from_fn(([SIDE, SIDE], "b,n"), |at| begin(at[0], at[1]))?;
    let mut hand = ByHand::new(ctx);
    let ours = &mut || {
        for _ in 0..SWEEPS {
            old.stencil_into(&stencil, &mut new, |w| {
                0.25 * (w[[-1, 0]] + w[[1, 0]] + w[[0, -1]] + w[[0, 1]])
            })?;
            std::mem::swap(&mut old, &mut new);
        }
        Ok(())
    };
    let times = medians(ctx, &mut [ours, &mut || hand.sweeps(SWEEPS)])?;
    // As many sweeps have been made of both.
    let middle = old.to_ndarray_on(0)?;
    if let Some(whole) = middle.filter(|_| is_fixed) {
        let row = whole.index_axis(ndarray::Axis(0), 7);
        assert_eq!(row.as_slice(), Some(hand.row(7)), "the sweeps are the same");
    }
    Ok(Line {
        op,
        n: SIDE * SIDE,
        ranks: ctx.size(),
        backend: ctx.backend(),
        median: times[0] / SWEEPS as f64,
        bytes: 2 * SIDE * SIDE * 8,
        vs_handwritten: Some(times[1] / times[0]),
        than: "hand-written",
        vs_limit: None,
        vs_peer: None,
        held: None,
    })
}
