//! Timing, in pairs: what is compared alternates, so that a noisy machine disturbs both alike.

use std::fmt;
use std::time::Instant;

use distarray::array::Context;
use distarray::{DType, Result, Scalar};

/// One measurement.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) op: &'static str,
    /// Elements of the array.
    pub(crate) n: usize,
    pub(crate) ranks: usize,
    pub(crate) backend: &'static str,
    /// Seconds, the median.
    pub(crate) median: f64,
    /// Bytes that cannot be avoided: read and written once.
    pub(crate) bytes: usize,
    /// Time of the hand-written loop over ours: above 1 we are faster.
    pub(crate) vs_handwritten: Option<f64>,
    /// What stands in the place of the hand-written loop, where it is something else.
    pub(crate) than: &'static str,
    /// Time of a plain copy of as many bytes over ours.
    pub(crate) vs_limit: Option<f64>,
}

impl Line {
    fn gbps(&self) -> f64 {
        self.bytes as f64 / self.median / 1e9
    }

    /// The measurement as one line of JSON.
    pub(crate) fn json(&self) -> String {
        let ratio = |ratio: Option<f64>| ratio.map_or("null".into(), |r| format!("{r:.4}"));
        format!(
            concat!(
                r#"{{"op":"{}","n":{},"ranks":{},"backend":"{}","median_s":{:.9},"gbps":{:.3},"#,
                r#""vs_handwritten":{},"vs_limit":{}}}"#
            ),
            self.op,
            self.n,
            self.ranks,
            self.backend,
            self.median,
            self.gbps(),
            ratio(self.vs_handwritten),
            ratio(self.vs_limit)
        )
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.median * 1e3;
        write!(f, "{:<28} n {:>9}  {ms:>10.4} ms  {:>7.2} GB/s", self.op, self.n, self.gbps())?;
        for (name, ratio) in [(self.than, self.vs_handwritten), ("limit", self.vs_limit)] {
            if let Some(ratio) = ratio {
                write!(f, "  {ratio:>5.2} of {name}")?;
            }
        }
        Ok(())
    }
}

/// What is measured, as each rank runs it.
pub(crate) type Task<'a> = &'a mut dyn FnMut() -> Result<()>;

/// The median seconds of each task over alternating runs, as rank 0 sees them; the same on all
/// ranks.
pub(crate) fn medians(ctx: &Context, tasks: &mut [Task<'_>]) -> Result<Vec<f64>> {
    let mut times = vec![Vec::new(); tasks.len()];
    let start = Instant::now();
    let mut round = 0;
    loop {
        for (task, times) in tasks.iter_mut().zip(&mut times) {
            ctx.barrier()?;
            let begin = Instant::now();
            task()?;
            ctx.barrier()?;
            times.push(begin.elapsed().as_secs_f64());
        }
        round += 1;
        // Rank 0 decides when it is enough, for all.
        let enough = round >= 7 && (start.elapsed().as_secs_f64() > 2.0 || round >= 2001);
        if ctx.communicator()?.broadcast_of(0, enough)? {
            break;
        }
    }
    let comm = ctx.communicator()?;
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        comm.broadcast_of(0, times[times.len() / 2])
    };
    times.iter_mut().map(median).collect()
}

/// Seconds that all ranks together take to copy so many bytes within existing memory.
pub(crate) struct Copy {
    from: Vec<u8>,
    to: Vec<u8>,
}

impl Copy {
    pub(crate) fn new(ctx: &Context, bytes: usize) -> Self {
        let mine = bytes / ctx.size();
        Self { from: vec![1; mine], to: vec![2; mine] }
    }

    pub(crate) fn run(&mut self) {
        self.to.copy_from_slice(&self.from);
        std::hint::black_box(&self.to);
    }
}

/// Keeps a value from being optimised away.
pub(crate) fn keep(value: impl Into<Scalar>) {
    let value: Scalar = value.into();
    debug_assert_ne!(value.dtype(), DType::Bool);
    std::hint::black_box(value);
}
