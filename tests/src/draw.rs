//! Random choices from a seed: the same on every rank.

use distarray::dist::{AxisMap, Dist, Distribution, Ranks};

/// A stream of random numbers (Steele, Lea and Flood, *Fast Splittable Pseudorandom Number
/// Generators*, 2014: SplitMix64).
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Draw {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    /// True once in so many times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// A number from -8 to 8 in quarters, so that sums and products of few are exact.
    pub fn number(&mut self) -> f64 {
        (self.below(65) as f64 - 32.0) / 4.0
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// The numbers below `n` in any order.
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            let other = self.below(last + 1);
            all.swap(last, other);
        }
        all
    }

    /// A shape of up to four axes: some of extent 0 or 1, some shorter than there are ranks.
    pub fn shape(&mut self) -> Vec<usize> {
        let ndim = self.pick(&[0, 1, 1, 2, 2, 2, 3, 3, 4]);
        (0..ndim).map(|_| self.extent()).collect()
    }

    fn extent(&mut self) -> usize {
        match self.below(12) {
            0 => 0,
            1 => 1,
            2 | 3 => 2 + self.below(2),
            _ => 2 + self.below(9),
        }
    }

    /// Where to cut `n` things into so many parts, empty ones among them: from 0 to `n`.
    fn bounds(&mut self, n: usize, parts: usize) -> Vec<usize> {
        let mut bounds: Vec<_> = (1..parts).map(|_| self.below(n + 1)).collect();
        bounds.sort_unstable();
        bounds.insert(0, 0);
        bounds.push(n);
        bounds
    }

    /// A kind for an axis of `n` elements in so many parts.
    pub fn kind(&mut self, n: usize, parts: usize) -> Dist {
        match self.below(if parts == 1 { 7 } else { 6 }) {
            0 => Dist::Block,
            1 => Dist::irregular(self.bounds(n, parts)),
            2 => Dist::Cyclic,
            3 | 4 => Dist::BlockCyclic(1 + self.below(4)),
            5 => {
                let order = self.permutation(n);
                let bounds = self.bounds(n, parts);
                Dist::unstructured(bounds.windows(2).map(|cut| order[cut[0]..cut[1]].to_vec()))
            }
            _ => Dist::Undistributed,
        }
    }

    /// Any distribution of a shape over a group of so many ranks, or some of them.
    pub fn distribution(&mut self, shape: &[usize], size: usize) -> Distribution {
        self.distribution_of(shape, size, |draw, n, parts| draw.kind(n, parts))
    }

    /// A distribution in blocks, regular or not, with halos; some axes are periodic.
    pub fn haloed(&mut self, shape: &[usize], size: usize) -> Distribution {
        let plain = self.distribution_of(shape, size, |draw, n, parts| match draw.below(3) {
            0 => Dist::irregular(draw.bounds(n, parts)),
            1 if parts == 1 => Dist::Undistributed,
            _ => Dist::Block,
        });
        let axes = plain.axes().iter().map(|map| {
            let (low, high) = (self.below(4), self.below(4));
            let wide = map.clone().with_halo(low, high).expect("blocks have halos");
            wide.with_periodic(self.once_in(2)).expect("blocks may be periodic")
        });
        let axes = axes.collect();
        Distribution::from_maps(axes, plain.ranks().clone()).expect("as many ranks as before")
    }

    fn distribution_of(
        &mut self,
        shape: &[usize],
        size: usize,
        mut kind: impl FnMut(&mut Self, usize, usize) -> Dist,
    ) -> Distribution {
        let mut left = size;
        let mut axes = vec![None; shape.len()];
        for axis in self.permutation(shape.len()) {
            let parts = 1 + self.below(left);
            left /= parts;
            let kind = kind(self, shape[axis], parts);
            axes[axis] = Some(AxisMap::new(shape[axis], parts, kind).expect("a kind that fits"));
        }
        let axes: Vec<AxisMap> = axes.into_iter().flatten().collect();
        let cells = axes.iter().map(AxisMap::parts).product();
        let ranks = Ranks::list(self.permutation(size).into_iter().take(cells));
        let ranks = ranks.expect("ranks that differ");
        Distribution::from_maps(axes, ranks).expect("as many ranks as cells")
    }
}
