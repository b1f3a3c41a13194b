//! Timing, in pairs: what is compared alternates, so that a noisy machine disturbs both alike.

use std::fmt;
use std::time::Instant;

use distarray::array::{Context, DistArray};
use distarray::{DType, Error, Result, Scalar};

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
    /// Bytes that cannot be avoided: read and written once; 0 where nothing is.
    pub(crate) bytes: usize,
    /// Time of the hand-written loop over ours: above 1 we are faster.
    pub(crate) vs_handwritten: Option<f64>,
    /// What stands in the place of the hand-written loop, where it is something else.
    pub(crate) than: &'static str,
    /// Time of a plain copy of as many bytes over ours.
    pub(crate) vs_limit: Option<f64>,
    /// Bytes that stay in memory, where they are what is measured.
    pub(crate) held: Option<usize>,
}

impl Line {
    fn gbps(&self) -> f64 {
        self.bytes as f64 / self.median / 1e9
    }

    /// The measurement as one line of JSON.
    pub(crate) fn json(&self) -> String {
        let ratio = |ratio: Option<f64>| ratio.map_or("null".into(), |r| format!("{r:.4}"));
        let held = self.held.map_or(String::new(), |bytes| format!(r#","bytes_held":{bytes}"#));
        format!(
            concat!(
                r#"{{"op":"{}","n":{},"ranks":{},"backend":"{}","median_s":{:.9},"gbps":{:.3},"#,
                r#""vs_handwritten":{},"than":"{}","vs_limit":{}{held}}}"#
            ),
            self.op,
            self.n,
            self.ranks,
            self.backend,
            self.median,
            self.gbps(),
            ratio(self.vs_handwritten),
            self.than,
            ratio(self.vs_limit),
            held = held,
        )
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.median * 1e3;
        write!(f, "{:<32} n {:>9}  {ms:>10.4} ms", self.op, self.n)?;
        if self.bytes > 0 {
            write!(f, "  {:>7.2} GB/s", self.gbps())?;
        }
        for (name, ratio) in [(self.than, self.vs_handwritten), ("limit", self.vs_limit)] {
            if let Some(ratio) = ratio {
                write!(f, "  {ratio:>5.2} of {name}")?;
            }
        }
        if let Some(bytes) = self.held {
            write!(f, "  {bytes:>9} bytes")?;
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
        let enough = round >= 7 && (start.elapsed().as_secs_f64() > 1.0 || round >= 2001);
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

/// All ranks together copy so many bytes, within memory that there is: the same kind of memory that
/// arrays have.
pub(crate) struct Copy {
    from: DistArray<u8>,
    to: DistArray<u8>,
}

impl Copy {
    pub(crate) fn new(ctx: &Context, bytes: usize) -> Result<Self> {
        Ok(Self { from: ctx.full(1, bytes)?, to: ctx.full(2, bytes)? })
    }

    pub(crate) fn run(&mut self) -> Result<()> {
        let from = self.from.local();
        let mut to = self.to.local_mut()?;
        let (Some(from), Some(to)) = (from.as_slice(), to.as_slice_mut()) else {
            return Err(Error::argument("a new array lies in one piece"));
        };
        to.copy_from_slice(from);
        std::hint::black_box(to);
        Ok(())
    }

    /// The same into new memory, as `to_vec` makes it.
    pub(crate) fn run_to_new(&self) -> Result<()> {
        let from = self.from.local();
        let from =
            from.as_slice().ok_or_else(|| Error::argument("a new array lies in one piece"))?;
        std::hint::black_box(from.to_vec());
        Ok(())
    }
}

/// Keeps a value from being optimised away.
pub(crate) fn keep(value: impl Into<Scalar>) {
    let value: Scalar = value.into();
    debug_assert_ne!(value.dtype(), DType::Bool);
    std::hint::black_box(value);
}
