//! The same passes by `ndarray` and `rayon`, as their users write them.

use distarray::Result;
use distarray::prelude::*;
use ndarray::{Array1, Zip};

use super::CASES;
use crate::measure::{Line, medians};

/// Target, and the three arrays.
pub(super) type Pass = fn(&mut Array1<f64>, &Array1<f64>, &Array1<f64>, &Array1<f64>);

pub(super) fn add_one(t: &mut Array1<f64>, a: &Array1<f64>, _: &Array1<f64>, _: &Array1<f64>) {
    Zip::from(t).and(a).par_for_each(|t, a| *t = a + 1.0);
}

pub(super) fn add(t: &mut Array1<f64>, a: &Array1<f64>, b: &Array1<f64>, _: &Array1<f64>) {
    Zip::from(t).and(a).and(b).par_for_each(|t, a, b| *t = a + b);
}

pub(super) fn chain(t: &mut Array1<f64>, a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>) {
    Zip::from(t).and(a).and(b).and(c).par_for_each(|t, a, b, c| *t = a * b + c * 2.0 - a);
}

pub(super) fn sine(t: &mut Array1<f64>, a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>) {
    Zip::from(t).and(a).and(b).and(c).par_for_each(|t, a, b, c| *t = a.sin() * b + 2.0 * c - a);
}

/// One process computes, on all cores, into existing arrays of its own; the other ranks wait.
pub(super) fn run(ctx: &Context, n: usize) -> Result<Vec<Line>> {
    let mine = if ctx.rank() == 0 { n } else { 0 };
    let [a, b, c] = [1.0, 2.0, 3.0].map(|start| Array1::linspace(start, start + 1.0, mine));
    let mut lines = Vec::new();
    for case in &CASES {
        let mut target = Array1::zeros(mine);
        let mut pass = || {
            if ctx.rank() == 0 {
                (case.rayon)(std::hint::black_box(&mut target), &a, &b, &c);
            }
            Ok(())
        };
        let times = medians(ctx, &mut [&mut pass])?;
        lines.push(Line {
            op: case.names[2],
            n,
            ranks: ctx.size(),
            backend: ctx.backend(),
            median: times[0],
            bytes: (case.arrays + 1) * n * 8,
            vs_handwritten: None,
            than: "hand-written",
            vs_limit: None,
            held: None,
        });
    }
    Ok(lines)
}
