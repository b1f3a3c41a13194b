//! Permutations that tell where each number goes without the others.

use std::rc::Rc;

use super::family::Family;
use super::fill::Random;
use super::law::Law;
use super::stream::Stream;
use crate::block::Numbers;
use crate::block::kernels::cpu;
use crate::digest::Digest;

/// Up to so many numbers, a permutation is a table.
const TABLE: u64 = 1 << 16;
const ROUNDS: usize = 12;

/// A random permutation of the numbers below `n`.
///
/// Of up to 65,536 numbers: by sorting random keys of 64 bits, so that every permutation is equally
/// likely. Of more: by a keyed bijection of pairs of halves, an unbalanced Feistel network of twelve
/// rounds that walks until it is within the range (J. Black and P. Rogaway, *Ciphers with arbitrary
/// finite domains*, 2002). It needs no memory and no message; each number's place is random, and so
/// are those of any few together, but of all `n!` permutations only as many can occur as there are
/// keys, as with any generator that has a seed.
#[derive(Clone, Debug)]
pub(crate) enum Permutation {
    /// Where each number goes.
    Table(Rc<[u32]>),
    /// A bijection.
    Network(Network),
}

/// A keyed bijection of the numbers below `n`.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    n: u64,
    /// Numbers are pairs of one below each of these, whose product is at least `n`.
    parts: [u64; 2],
    keys: [u64; ROUNDS],
}

impl Permutation {
    /// The permutation of a stream; `n` is below 2^63.
    pub(crate) fn new(stream: &Stream, n: u64) -> Self {
        let in_order = Numbers::Even { first: 0, step: 1 };
        if n <= TABLE {
            let mut keys = vec![0_u64; n as usize];
            stream.fill_pairs(in_order, &mut keys, |a, b| (a, b));
            let mut order: Vec<u32> = (0..n as u32).collect();
            order.sort_unstable_by_key(|&number| (keys[number as usize], number));
            return Self::Table(order.into());
        }
        let mut keys = [0; ROUNDS];
        stream.fill_pairs(in_order, &mut keys, |a, b| (a, b));
        let root = n.isqrt();
        let wide = if root * root < n { root + 1 } else { root };
        Self::Network(Network { n, parts: [wide, n.div_ceil(wide)], keys })
    }

    /// The numbers of weights above 0, one after the other as a choice with those weights would take
    /// them; at most 2^32.
    pub(crate) fn by_weight(stream: &Stream, weights: &[f64]) -> Self {
        let mut keys = vec![0.0; weights.len()];
        let in_order = Numbers::Even { first: 0, step: 1 };
        f64::fill(&Law::Of(Family::Exponential, [1.0; 3]), stream, in_order, &mut keys);
        keys.iter_mut().zip(weights).for_each(|(key, weight)| *key /= weight);
        let mut order: Vec<u32> = (0..).take(weights.len()).collect();
        order.retain(|&number| weights[number as usize] > 0.0);
        order.sort_unstable_by(|&a, &b| {
            keys[a as usize].total_cmp(&keys[b as usize]).then(a.cmp(&b))
        });
        Self::Table(order.into())
    }

    /// A number that equal permutations share.
    pub(super) fn digest(&self) -> u64 {
        match self {
            Self::Table(table) => Digest::of(table),
            Self::Network(Network { n, keys, .. }) => Digest::of(&(n, keys)),
        }
    }

    /// Where some numbers go.
    pub(super) fn fill(&self, numbers: Numbers<'_>, elements: &mut [i64]) {
        match self {
            Self::Table(table) => {
                for (i, element) in elements.iter_mut().enumerate() {
                    *element = table[numbers.at(i) as usize].into();
                }
            }
            Self::Network(network) => cpu::dispatch(
                #[inline(always)]
                move || network.fill(numbers, elements),
            ),
        }
    }
}

/// Random bits of a number below 2^32 and a key (the last step of `SplitMix64`, after D. Stafford).
#[inline(always)]
fn mixed(x: u64, key: u64) -> u64 {
    let x = x.wrapping_add(key);
    let x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ x >> 31
}

impl Network {
    #[inline(always)]
    fn fill(&self, numbers: Numbers<'_>, elements: &mut [i64]) {
        const LANES: usize = 8;
        for (i, chunk) in elements.chunks_mut(LANES).enumerate() {
            let last = chunk.len() - 1;
            let mut all = [0; LANES];
            for (lane, number) in all.iter_mut().enumerate() {
                *number = numbers.at(i * LANES + lane.min(last));
            }
            let mut moved = self.step(all);
            for number in &mut moved {
                while *number >= self.n {
                    [*number] = self.step([*number]);
                }
            }
            for (element, number) in chunk.iter_mut().zip(moved) {
                *element = number as i64;
            }
        }
    }

    /// The bijection of all pairs, some of which may be beyond `n`.
    #[inline(always)]
    fn step<const N: usize>(&self, numbers: [u64; N]) -> [u64; N] {
        let [wide, narrow] = self.parts;
        let (mut left, mut right) = ([0; N], [0; N]);
        for lane in 0..N {
            (left[lane], right[lane]) = (numbers[lane] / narrow, numbers[lane] % narrow);
        }
        for keys in self.keys.chunks_exact(2) {
            for lane in 0..N {
                left[lane] = shifted(left[lane], mixed(right[lane], keys[0]), wide);
                right[lane] = shifted(right[lane], mixed(left[lane], keys[1]), narrow);
            }
        }
        let mut moved = [0; N];
        for lane in 0..N {
            moved[lane] = left[lane] * narrow + right[lane];
        }
        moved
    }
}

/// A number below `below`, which is at most 2^32, shifted around by random bits.
#[inline(always)]
fn shifted(number: u64, bits: u64, below: u64) -> u64 {
    let sum = number + (((bits >> 32) * below) >> 32);
    if sum >= below { sum - below } else { sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(permutation: &Permutation, n: usize) -> Vec<i64> {
        let mut places = vec![0; n];
        permutation.fill(Numbers::Even { first: 0, step: 1 }, &mut places);
        places
    }

    #[test]
    fn every_number_comes_once() {
        for n in [0, 1, 2, 3, 100, TABLE, TABLE + 1, 70_000, 300 * 300, 300 * 301, 100_003] {
            let mut places = all(&Permutation::new(&Stream::new(5, n, 0), n), n as usize);
            places.sort_unstable();
            assert!(places.iter().copied().eq(0..n as i64), "{n}");
        }
    }

    /// The number of permutations that swap two neighbours' order, cycles of one, and the distances of
    /// neighbours are those of random permutations.
    #[test]
    fn networks_look_random() {
        let n = 100_000;
        let mut fixed = 0;
        for draw in 0..40 {
            let places = all(&Permutation::new(&Stream::new(6, 0, draw), n as u64), n);
            fixed += (0..n as i64).zip(&places).filter(|(i, place)| i == *place).count();
            let descents = places.windows(2).filter(|pair| pair[0] > pair[1]).count() as f64;
            // Eulerian numbers: mean (n - 1) / 2, variance (n + 1) / 12.
            let deviation = (descents - (n as f64 - 1.0) / 2.0) / ((n as f64 + 1.0) / 12.0).sqrt();
            assert!(deviation.abs() < 4.0, "{deviation}");
            let distance = places.windows(2).map(|pair| (pair[0] - pair[1]).abs() as f64);
            let mean = distance.sum::<f64>() / (n as f64 - 1.0);
            assert!((mean / (n as f64 / 3.0) - 1.0).abs() < 0.012, "{mean}");
        }
        // 40 on average, with a deviation of 6.3.
        assert!((15..66).contains(&fixed), "{fixed}");
    }
}
