//! What checks and traces cost, and that they cost nothing when off: operations that take least time,
//! under each layer, against the same without one; and without one against the bare collective.

use std::rc::Rc;

use distarray::Result;
use distarray::comm::{Checked, Communicator, Recording, ReduceOp};
use distarray::prelude::*;

use crate::measure::{Line, keep, medians};

/// An operation of one array.
type Run = fn(&Context, &DistArray<f64>) -> Result<()>;

const OPS: &[(&str, [&str; 3], Run)] = &[
    ("barrier", ["barrier", "barrier, checked", "barrier, traced"], |ctx, _| ctx.barrier()),
    ("sum", ["sum", "sum, checked", "sum, traced"], |_, a| a.sum().map(keep)),
    ("eval", ["a + 1", "a + 1, checked", "a + 1, traced"], |_, a| (a + 1.0).eval().map(drop)),
    ("redistribute", ["redistribute", "redistribute, checked", "redistribute, traced"], |_, a| {
        a.redistribute("c").map(drop)
    }),
];

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let comm = ctx.communicator()?;
    for n in [1_000, 1_000_000] {
        for (op, names, run) in OPS {
            let group = || -> Result<Rc<dyn Communicator>> {
                Ok(comm.split(Some(0), ctx.rank())?.expect("every rank joins"))
            };
            let plain = Context::new(group()?);
            let a = plain.linspace(1.0, 2.0, n)?;
            let checking = Checked::new(group()?);
            let checked = Context::new(checking.communicator());
            let b = checked.linspace(1.0, 2.0, n)?;
            let mut off = || run(&plain, &a);
            let mut on = || run(&checked, &b);
            let mut bare = || match *op {
                "barrier" => comm.barrier(),
                _ => comm.all_reduce_of(ReduceOp::Sum, 1.0).map(keep),
            };
            let times = medians(ctx, &mut [&mut off, &mut on, &mut bare])?;
            let line = |op, median: f64, than, time: Option<f64>| Line {
                op,
                n,
                ranks: ctx.size(),
                backend: ctx.backend(),
                median,
                bytes: n * 8,
                vs_handwritten: time.map(|time| time / median),
                than,
                vs_limit: None,
                vs_peer: None,
                held: None,
            };
            let is_bare = matches!(*op, "barrier" | "sum");
            lines.push(line(
                names[0],
                times[0],
                "the bare collective",
                is_bare.then_some(times[2]),
            ));
            lines.push(line(names[1], times[1], "unchecked", Some(times[0])));
            checking.leave(Ok(()))?;

            let recording = Recording::start(group()?)?;
            let traced = Context::new(recording.communicator());
            let c = traced.linspace(1.0, 2.0, n)?;
            let times = medians(ctx, &mut [&mut || run(&traced, &c)])?;
            recording.finish()?;
            // The same once more, as close in time to the traced one as may be.
            let without = medians(ctx, &mut [&mut || run(&plain, &a)])?;
            lines.push(line(names[2], times[0], "untraced", Some(without[0])));
        }
    }
    Ok(lines)
}
