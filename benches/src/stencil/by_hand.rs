//! Sweeps as one writes them without a library of arrays.

use std::sync::Barrier;

use distarray::Result;
use distarray::array::Context;

use super::{SIDE, begin};

/// Rows `1..n - 1` of `old` to the rows `0..n - 2` of `new`; the ends of each row stay.
fn sweep_rows(old: &[f64], new: &mut [f64]) {
    for (rows, out) in old.windows(3 * SIDE).step_by(SIDE).zip(new.chunks_exact_mut(SIDE)) {
        let (up, rest) = rows.split_at(SIDE);
        let (middle, down) = rest.split_at(SIDE);
        let (left, right) = (&middle[..SIDE - 2], &middle[2..]);
        let (up, down) = (&up[1..SIDE - 1], &down[1..SIDE - 1]);
        for ((((out, up), down), left), right) in
            out[1..SIDE - 1].iter_mut().zip(up).zip(down).zip(left).zip(right)
        {
            *out = 0.25 * (up + down + left + right);
        }
    }
}

/// The hand-written sweeps of this backend.
pub(super) enum ByHand {
    /// As many scoped threads as there are ranks, started by rank 0; the others do nothing.
    Threads { workers: usize, old: Vec<f64>, new: Vec<f64> },
    /// Rows on every process, with a row of each neighbour, by messages of rsmpi.
    #[cfg(feature = "mpi")]
    Processes(processes::Rows),
}

impl ByHand {
    pub(super) fn new(ctx: &Context) -> Self {
        #[cfg(feature = "mpi")]
        if ctx.backend() == "mpi" {
            return Self::Processes(processes::Rows::new(ctx));
        }
        let rows = if ctx.rank() == 0 { SIDE } else { 0 };
        let old: Vec<f64> =
            (0..rows * SIDE).map(|place| begin(place / SIDE, place % SIDE)).collect();
        Self::Threads { workers: ctx.size(), new: old.clone(), old }
    }

    pub(super) fn sweeps(&mut self, count: usize) -> Result<()> {
        match self {
            Self::Threads { workers, old, new } => {
                if !old.is_empty() {
                    threads(*workers, old, new, count);
                }
            }
            #[cfg(feature = "mpi")]
            Self::Processes(rows) => rows.sweeps(count),
        }
        Ok(())
    }

    /// A row that rank 0 has.
    pub(super) fn row(&self, row: usize) -> &[f64] {
        match self {
            Self::Threads { old, .. } => &old[row * SIDE..(row + 1) * SIDE],
            #[cfg(feature = "mpi")]
            Self::Processes(rows) => rows.row(row),
        }
    }
}

/// Memory that the threads of a sweep share: each writes its own rows, and reads the others'
/// between two barriers.
#[derive(Clone, Copy)]
struct Shared(*mut f64);

// SAFETY: the threads keep apart what they write, and wait for each other after each sweep.
unsafe impl Send for Shared {}

impl Shared {
    fn rows(self, rows: std::ops::Range<usize>) -> (*mut f64, usize) {
        (self.0.wrapping_add(rows.start * SIDE), rows.len() * SIDE)
    }
}

fn threads(workers: usize, old: &mut Vec<f64>, new: &mut Vec<f64>, count: usize) {
    let (barrier, inner) = (&Barrier::new(workers), SIDE - 2);
    let (a, b) = (Shared(old.as_mut_ptr()), Shared(new.as_mut_ptr()));
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let first = 1 + worker * inner / workers;
            let last = 1 + (worker + 1) * inner / workers;
            scope.spawn(move || {
                let (mut from, mut to) = (a, b);
                for _ in 0..count {
                    let (read, read_len) = from.rows(first - 1..last + 1);
                    let (written, written_len) = to.rows(first..last);
                    // SAFETY: nobody writes to `from` before the barrier; these rows of `to` are
                    // this thread's alone; both lie in arrays that outlive the scope.
                    unsafe {
                        sweep_rows(
                            std::slice::from_raw_parts(read, read_len),
                            std::slice::from_raw_parts_mut(written, written_len),
                        );
                    }
                    barrier.wait();
                    std::mem::swap(&mut from, &mut to);
                }
            });
        }
    });
    if count % 2 == 1 {
        std::mem::swap(old, new);
    }
}

#[cfg(feature = "mpi")]
mod processes {
    use distarray::array::Context;
    use mpi::request::{WaitGuard, scope};
    use mpi::topology::SimpleCommunicator;
    use mpi::traits::*;

    use super::{SIDE, begin, sweep_rows};

    /// The rows of one process, and one of each neighbour before and after them.
    pub(in super::super) struct Rows {
        world: SimpleCommunicator,
        first: usize,
        rows: usize,
        old: Vec<f64>,
        new: Vec<f64>,
    }

    impl Rows {
        pub(super) fn new(ctx: &Context) -> Self {
            let (rank, size) = (ctx.rank(), ctx.size());
            let (first, last) = (rank * SIDE / size, (rank + 1) * SIDE / size);
            let rows = last - first;
            let at = |place: usize| begin((first + place / SIDE).saturating_sub(1), place % SIDE);
            let old: Vec<f64> = (0..(rows + 2) * SIDE).map(at).collect();
            let new = old.clone();
            Self { world: SimpleCommunicator::world(), first, rows, old, new }
        }

        /// Sends the outer rows, computes the inner ones meanwhile, then those that need what came.
        pub(super) fn sweeps(&mut self, count: usize) {
            let (rank, size) = (self.world.rank(), self.world.size());
            let rows = self.rows;
            for _ in 0..count {
                let (low, rest) = self.old.split_at_mut(SIDE);
                let (own, high) = rest.split_at_mut(rows * SIDE);
                let own = &*own;
                scope(|scope| {
                    let mut guards = Vec::new();
                    if rank > 0 {
                        let peer = self.world.process_at_rank(rank - 1);
                        guards.push(WaitGuard::from(peer.immediate_receive_into(scope, low)));
                        guards.push(peer.immediate_send(scope, &own[..SIDE]).into());
                    }
                    if rank + 1 < size {
                        let peer = self.world.process_at_rank(rank + 1);
                        guards.push(WaitGuard::from(peer.immediate_receive_into(scope, high)));
                        guards.push(peer.immediate_send(scope, &own[(rows - 1) * SIDE..]).into());
                    }
                    sweep_rows(own, &mut self.new[2 * SIDE..rows * SIDE]);
                });
                // Row 1 reads rows 0 to 2 of the memory, and row `rows` the last three.
                if self.first > 0 {
                    sweep_rows(&self.old[..3 * SIDE], &mut self.new[SIDE..2 * SIDE]);
                }
                if self.first + rows < SIDE {
                    let last = (rows - 1) * SIDE;
                    sweep_rows(&self.old[last..], &mut self.new[rows * SIDE..(rows + 1) * SIDE]);
                }
                std::mem::swap(&mut self.old, &mut self.new);
            }
        }

        pub(super) fn row(&self, row: usize) -> &[f64] {
            let place = (row + 1 - self.first) * SIDE;
            &self.old[place..place + SIDE]
        }
    }
}
