//! Random numbers and layouts, the same on every rank.

use distarray_core::comm::{Layout, Run};

/// Marsaglia's xorshift generator.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below the bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 11) as usize % bound
    }

    /// Parts of `count` elements of `item` bytes some bytes after `start`, in one of the forms that
    /// plans have; and the byte after them.
    pub(crate) fn parts(
        &mut self,
        item: usize,
        count: usize,
        start: usize,
    ) -> (Vec<Layout>, usize) {
        let (form, start) = (self.below(6), start + self.below(9));
        if form == 5 && count > 1 {
            let first = 1 + self.below(count - 1);
            let (mut parts, middle) = self.parts(item, first, start);
            let (rest, end) = self.parts(item, count - first, middle);
            parts.extend(rest);
            return (parts, end);
        }
        let size = item as isize;
        let step = size * (2 + self.below(3) as isize);
        let run = |start: isize, count: usize, step: isize| Run { start, count, step };
        let extent = |count: usize, step: isize| step * count.saturating_sub(1) as isize;
        let axes = match form {
            0 => vec![vec![run(0, count, size)]],
            1 => vec![vec![run(0, count, step)]],
            2 => vec![vec![run(extent(count, step), count, -step)]],
            3 if count.is_multiple_of(2) => {
                let row = step * (count / 2) as isize + size;
                vec![vec![run(0, 2, row)], vec![run(0, count / 2, step)]]
            }
            _ => {
                let first = count / 2;
                let second = size * first as isize + 2 * size;
                vec![vec![run(0, first, size), run(second, count - first, step)]]
            }
        };
        let layout = Layout::new(item, start as isize, axes);
        let end = usize::try_from(layout.hull().end).expect("layouts start after 0").max(start);
        (vec![layout], end)
    }
}
