//! [`Stream`]: random bits for every element of an array, and more of them for those that need more.
//!
//! Where elements share a block of Philox, its lanes and halves are dealt out so that elements that
//! follow each other lie side by side in vectors: of sixteen elements of 64 bits, numbered from a
//! multiple of sixteen on, the first eight take the first halves of eight blocks and the others the
//! second halves.

use super::philox::{BATCH, LANES, Source, Words, halves, philox};
use crate::block::Numbers;

/// Elements of 64 bits that share [`LANES`] blocks.
const PAIRED: usize = 2 * LANES;
/// Elements of 32 bits that share [`LANES`] blocks.
const QUARTERED: usize = 4 * LANES;

/// A source of random bits, told from all others by a seed, the number of a stream, and how many
/// arrays were drawn from it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stream(Source);

impl Stream {
    /// The source for the `draw`th array of a seed's stream.
    ///
    /// The seed is the key of one block, which names the source by 96 random bits.
    pub(crate) fn new(seed: u64, stream: u64, draw: u64) -> Self {
        let counter = [stream, stream >> 32, draw, draw >> 32].map(|word| [word & 0xFFFF_FFFF]);
        let [[a], [b], [c], _] = philox(counter, [seed as u32, (seed >> 32) as u32]);
        Self(Source { key: [a as u32, b as u32], tag: c as u32 })
    }

    #[inline(always)]
    fn words<const N: usize>(&self, blocks: [u64; N], depth: u32) -> Words<N> {
        self.0.words(blocks, depth)
    }

    /// Fills elements that have 64 bits each. `pair` makes two elements of a block; both are random
    /// alone and beside each other.
    #[inline(always)]
    pub(super) fn fill_pairs<T: Copy + Default>(
        &self,
        numbers: Numbers<'_>,
        elements: &mut [T],
        pair: impl Fn(u64, u64) -> (T, T) + Copy,
    ) {
        if let Numbers::Even { first, step: 1 } = numbers {
            let (mut made, mut bits) = ([[T::default(); BATCH]; 2], [[0; BATCH]; 2]);
            return in_groups::<T, PAIRED>(
                first,
                elements,
                #[inline(always)]
                |group, elements| {
                    self.0.in_order(group * LANES as u64, &mut bits);
                    for i in 0..BATCH {
                        (made[0][i], made[1][i]) = pair(bits[0][i], bits[1][i]);
                    }
                    deal(elements, &made);
                },
            );
        }
        for (i, chunk) in elements.chunks_mut(LANES).enumerate() {
            let own = of_chunk(numbers, i * LANES, chunk.len());
            let blocks = own.map(|number| number / 16 * 8 + number % 8);
            let [first, second] = halves(self.words(blocks, 0));
            for (lane, element) in chunk.iter_mut().enumerate() {
                let (a, b) = pair(first[lane], second[lane]);
                *element = if (own[lane] / 8).is_multiple_of(2) { a } else { b };
            }
        }
    }

    /// Fills elements that have 32 bits each.
    #[inline(always)]
    pub(super) fn fill_words<T: Copy + Default>(
        &self,
        numbers: Numbers<'_>,
        elements: &mut [T],
        make: impl Fn(u32) -> T + Copy,
    ) {
        if let Numbers::Even { first, step: 1 } = numbers {
            let (mut made, mut bits) = ([[T::default(); BATCH]; 4], [[0; BATCH]; 2]);
            return in_groups::<T, QUARTERED>(
                first,
                elements,
                #[inline(always)]
                |group, elements| {
                    self.0.in_order(group * LANES as u64, &mut bits);
                    for i in 0..BATCH {
                        let [a, b] = [bits[0][i], bits[1][i]];
                        let words = [a, a >> 32, b, b >> 32];
                        for (made, word) in made.iter_mut().zip(words) {
                            made[i] = make(word as u32);
                        }
                    }
                    deal(elements, &made);
                },
            );
        }
        for (i, chunk) in elements.chunks_mut(LANES).enumerate() {
            let own = of_chunk(numbers, i * LANES, chunk.len());
            let words = self.words(own.map(|number| number / 32 * 8 + number % 8), 0);
            for (lane, element) in chunk.iter_mut().enumerate() {
                *element = make(words[(own[lane] / 8 % 4) as usize][lane] as u32);
            }
        }
    }

    /// Fills elements that have a block of 128 bits each.
    #[inline(always)]
    pub(super) fn fill_blocks<T>(
        &self,
        numbers: Numbers<'_>,
        elements: &mut [T],
        make: impl Fn(u64, u64) -> T + Copy,
    ) {
        for (i, chunk) in elements.chunks_mut(LANES).enumerate() {
            let own = of_chunk(numbers, i * LANES, chunk.len());
            let [first, second] = halves(self.words(own, 0));
            for (lane, element) in chunk.iter_mut().enumerate() {
                *element = make(first[lane], second[lane]);
            }
        }
    }

    /// Fills elements of which each takes as many random numbers as it needs; `make` is told its place.
    #[inline(always)]
    pub(super) fn fill_draws<T>(
        &self,
        numbers: Numbers<'_>,
        elements: &mut [T],
        make: impl Fn(usize, &mut Draws<'_>) -> T,
    ) {
        for (i, chunk) in elements.chunks_mut(LANES).enumerate() {
            let own = of_chunk(numbers, i * LANES, chunk.len());
            let [first, second] = halves(self.words(own, 0));
            for (lane, element) in chunk.iter_mut().enumerate() {
                let (number, ready) = (own[lane], [second[lane], first[lane]]);
                let mut draws = Draws { stream: self, number, depth: 0, ready, left: 2 };
                *element = make(i * LANES + lane, &mut draws);
            }
        }
    }

    /// More random numbers for an element whose first ones were of no use.
    pub(super) fn draws(&self, number: u64) -> Draws<'_> {
        Draws { stream: self, number, depth: 0, ready: [0; 2], left: 0 }
    }
}

/// Fills elements from the number `first` on, by groups of `N` that share [`LANES`] blocks; ends are cut
/// out of one. `whole` gets up to [`BATCH`] blocks' groups, and the number of the first.
#[inline(always)]
fn in_groups<T: Copy + Default, const N: usize>(
    first: u64,
    elements: &mut [T],
    mut whole: impl FnMut(u64, &mut [T]),
) {
    let mut group = first / N as u64;
    let skipped = (first % N as u64) as usize;
    let ahead = if skipped == 0 { 0 } else { (N - skipped).min(elements.len()) };
    let (head, rest) = elements.split_at_mut(ahead);
    let mut buffer = [T::default(); N];
    if ahead > 0 {
        whole(group, &mut buffer);
        head.copy_from_slice(&buffer[skipped..skipped + ahead]);
        group += 1;
    }
    let (groups, tail) = rest.as_chunks_mut::<N>();
    for groups in groups.chunks_mut(BATCH / LANES) {
        whole(group, groups.as_flattened_mut());
        group += groups.len() as u64;
    }
    if !tail.is_empty() {
        whole(group, &mut buffer);
        tail.copy_from_slice(&buffer[..tail.len()]);
    }
}

/// Deals out what blocks have made to groups of elements, [`LANES`] blocks to each.
#[inline(always)]
fn deal<T: Copy, const N: usize>(elements: &mut [T], made: &[[T; BATCH]; N]) {
    let (runs, _) = elements.as_chunks_mut::<LANES>();
    for (place, run) in runs.iter_mut().enumerate() {
        let first = place / N * LANES;
        run.copy_from_slice(&made[place % N][first..first + LANES]);
    }
}

/// The numbers of some elements, the last one again where there are fewer.
#[inline(always)]
fn of_chunk(numbers: Numbers<'_>, start: usize, count: usize) -> [u64; LANES] {
    let mut own = [0; LANES];
    for (lane, own) in own.iter_mut().enumerate() {
        *own = numbers.at(start + lane.min(count - 1));
    }
    own
}

/// One element's random numbers, one after the other, apart from those of all other elements.
#[derive(Debug)]
pub(super) struct Draws<'a> {
    stream: &'a Stream,
    number: u64,
    depth: u32,
    ready: [u64; 2],
    left: usize,
}

impl Draws<'_> {
    /// The next 64 bits.
    #[inline(always)]
    pub(super) fn next(&mut self) -> u64 {
        if self.left == 0 {
            self.refill();
        }
        self.left -= 1;
        self.ready[self.left]
    }

    #[inline(never)]
    fn refill(&mut self) {
        self.depth += 1;
        let [[first], [second]] = halves(self.stream.words([self.number], self.depth));
        (self.ready, self.left) = ([second, first], 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: Stream = Stream(Source { key: [3, 4], tag: 5 });

    /// Elements by their number alone are those of any run or list that has them.
    #[test]
    fn bits_follow_from_the_number() {
        fn check<T: Copy + Default + PartialEq + std::fmt::Debug>(
            fill: impl Fn(Numbers<'_>, &mut [T]),
        ) {
            let mut all = [T::default(); 200];
            fill(Numbers::Even { first: 0, step: 1 }, &mut all);
            let one = |number| {
                let mut one = [T::default()];
                fill(Numbers::Listed(&[number]), &mut one);
                one[0]
            };
            for (number, element) in (0..).zip(all) {
                assert_eq!(one(number), element);
            }
            for (first, step, count) in [(0, 1, 3), (5, 1, 7), (13, 1, 90), (16, 1, 32), (7, 3, 60)]
            {
                let mut some = vec![T::default(); count];
                fill(Numbers::Even { first, step }, &mut some);
                let expected: Vec<_> =
                    (0..count).map(|i| all[first as usize + step as usize * i]).collect();
                assert_eq!(some, expected, "{count} from {first} by {step}");
            }
        }
        check(|numbers, elements| STREAM.fill_pairs(numbers, elements, |a, b| (a, b)));
        check(|numbers, elements| STREAM.fill_words(numbers, elements, |word| word));
        check(|numbers, elements| STREAM.fill_blocks(numbers, elements, |a, b| a ^ b << 1));
    }

    #[test]
    fn streams_and_depths_are_apart() {
        let mut seen = std::collections::BTreeSet::new();
        for stream in [Stream::new(0, 0, 0), Stream::new(1, 0, 0), Stream::new(0, 1, 0)]
            .into_iter()
            .chain([Stream::new(0, 0, 1), Stream::new(1 << 32, 0, 0), Stream::new(0, 1 << 32, 0)])
        {
            for number in 0..8 {
                let mut first = [0_u64; 2];
                stream
                    .fill_pairs(Numbers::Listed(&[number, 8 + number]), &mut first, |a, b| (a, b));
                let mut draws = stream.draws(number);
                for bits in first.into_iter().chain((0..5).map(|_| draws.next())) {
                    assert!(seen.insert(bits), "bits come twice");
                }
            }
        }
    }
}
