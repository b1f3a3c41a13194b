//! The same passes in one process: by `ndarray` and `rayon`, as their users write them, and by the loops
//! written by hand on threads that are made for each pass.

use std::hint::black_box;
use std::thread;

use distarray::Result;
use distarray::prelude::*;
use ndarray::{Array1, Zip};

use super::CASES;
use super::by_hand::Loop;
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

/// A loop on so many threads, one of which is this.
fn scoped(by_hand: Loop, threads: usize, target: &mut [f64], operands: [&[f64]; 3]) {
    let length = target.len().div_ceil(threads).max(1);
    let [a, b, c] = operands.map(|operand| operand.chunks(length));
    let mut parts = target.chunks_mut(length).zip(a.zip(b.zip(c)));
    let own = parts.next();
    thread::scope(|scope| {
        for (target, (a, (b, c))) in parts {
            scope.spawn(move || by_hand(target, a, b, c));
        }
        if let Some((target, (a, (b, c)))) = own {
            by_hand(target, a, b, c);
        }
    });
}

/// One process computes, on all cores, into existing arrays of its own; the other ranks wait. `ours` are the lines of
/// the same run that these stand beside.
pub(super) fn run(ctx: &Context, n: usize, ours: &[Line]) -> Result<Vec<Line>> {
    let mine = if ctx.rank() == 0 { n } else { 0 };
    let [a, b, c] = [1.0, 2.0, 3.0].map(|start| Array1::linspace(start, start + 1.0, mine));
    let slices = [&a, &b, &c].map(|array| array.as_slice().expect("in one piece"));
    let mut lines = Vec::new();
    for case in &CASES {
        let (mut target, mut other) = (Array1::zeros(mine), vec![0.0; mine]);
        let times = medians(
            ctx,
            &mut [
                &mut || {
                    if ctx.rank() == 0 {
                        (case.rayon)(black_box(&mut target), &a, &b, &c);
                    }
                    Ok(())
                },
                &mut || {
                    if ctx.rank() == 0 {
                        scoped(case.by_hand, ctx.size(), black_box(&mut other), black_box(slices));
                    }
                    Ok(())
                },
            ],
        )?;
        assert!(target.iter().zip(&other).all(|(a, b): (&f64, &f64)| (a - b).abs() < 1e-12));
        let ours = ours.iter().find(|line| (line.op, line.n) == (case.names[0], n));
        for (op, median) in case.names[2..].iter().zip(times) {
            lines.push(Line {
                op,
                n,
                ranks: ctx.size(),
                backend: ctx.backend(),
                median,
                bytes: (case.arrays + 1) * n * 8,
                vs_handwritten: None,
                than: "",
                vs_limit: None,
                vs_peer: ours.map(|ours| median / ours.median),
                held: None,
            });
        }
    }
    Ok(lines)
}
