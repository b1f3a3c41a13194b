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
    /// Where this is another library, or threads of its own: its time over ours, above 1 we are faster.
    pub(crate) vs_peer: Option<f64>,
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
        let vs_peer = self.vs_peer.map_or(String::new(), |r| format!(r#","vs_peer":{r:.4}"#));
        format!(
            concat!(
                r#"{{"op":"{}","n":{},"ranks":{},"backend":"{}","median_s":{:.9},"gbps":{:.3},"#,
                r#""vs_handwritten":{},"than":"{}","vs_limit":{}{vs_peer}{held}}}"#
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
            vs_peer = vs_peer,
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
        // As speeds, like the others.
        let of_ours = self.vs_peer.map(|ratio| ratio.recip());
        let ratios =
            [(self.than, self.vs_handwritten), ("limit", self.vs_limit), ("distarray", of_ours)];
        for (name, ratio) in ratios {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peers_ratio_is_not_that_to_a_hand_written_loop() {
        let ours = Line {
            op: "a + b",
            n: 10,
            ranks: 2,
            backend: "threads",
            median: 0.5,
            bytes: 0,
            vs_handwritten: Some(0.75),
            than: "hand-written",
            vs_limit: None,
            vs_peer: None,
            held: None,
        };
        assert_eq!(
            ours.json(),
            concat!(
                r#"{"op":"a + b","n":10,"ranks":2,"backend":"threads","median_s":0.500000000,"gbps":0.000,"#,
                r#""vs_handwritten":0.7500,"than":"hand-written","vs_limit":null}"#
            )
        );
        let peer = Line { vs_handwritten: None, than: "", vs_peer: Some(4.0), ..ours };
        let ratios = r#""vs_handwritten":null,"than":"","vs_limit":null,"vs_peer":4.0000}"#;
        assert!(peer.json().ends_with(ratios), "{}", peer.json());
        assert!(peer.to_string().ends_with("   0.25 of distarray"), "{peer}");
    }
}
