//! [`Strided`]: what a slice of a cyclic axis is.

use std::fmt;

use super::segment::Segment;
use crate::error::{Error, Result};

/// Every so many indices of an axis that is dealt out in blocks: the content of
/// [`Dist::StridedCyclic`](super::Dist), which slices of cyclic axes have.
///
/// Index `i` is where index `offset + i * stride` of an endless axis `c:block` is. All questions
/// are answered in closed form: counts are sums of floors, computed as by the Euclidean algorithm
/// in O(log) steps.
///
/// ```
/// use distarray_core::dist::{AxisMap, Dist};
///
/// // Every third index of 20, from 2 on, of blocks of 2 on 2 parts: 2, 5, 8, 11, 14, 17.
/// let map = AxisMap::new(20, 2, Dist::BlockCyclic(2))?.slice(2, 3, 6).map;
/// assert_eq!(map.dist().to_string(), "c:2[2::-1]");
/// let owners: Vec<_> = (0..6).map(|i| map.owner(i)).collect();
/// assert_eq!(owners, [1, 0, 0, 1, 1, 0]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Strided {
    block: usize,
    offset: usize,
    stride: isize,
}

impl Strided {
    /// Every `stride`-th index from `offset` on, of blocks of `block` indices.
    ///
    /// ```
    /// use distarray_core::dist::Strided;
    ///
    /// assert_eq!(Strided::new(4, 3, -2).to_string(), "c:4[3::-2]");
    /// ```
    pub fn new(block: usize, offset: usize, stride: isize) -> Self {
        Self { block, offset, stride }
    }

    /// The width of the blocks.
    pub fn block(&self) -> usize {
        self.block
    }

    /// Where the first index is on the axis that is dealt out.
    ///
    /// ```
    /// # use distarray_core::dist::Strided;
    /// assert_eq!(Strided::new(4, 3, -2).offset(), 3);
    /// ```
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// How far the next index is from one on the axis that is dealt out, either way.
    ///
    /// ```
    /// # use distarray_core::dist::Strided;
    /// assert_eq!(Strided::new(4, 3, -2).stride(), -2);
    /// ```
    pub fn stride(&self) -> isize {
        self.stride
    }

    /// The same deal with the least numbers: the offset within one round over all parts, the stride
    /// at most half a round either way.
    pub(super) fn reduced(self, parts: usize) -> Result<Self> {
        let round = self.block.checked_mul(parts).and_then(|round| isize::try_from(round).ok());
        let Some(round) = round.filter(|&round| round > 0) else {
            return Err(Error::distribution(format!(
                "blocks of {} indices on {parts} parts: there is at least 1 index in a round and no \
                 more than can be counted",
                self.block
            )));
        };
        let stride = self.stride.rem_euclid(round);
        let stride = if stride > round / 2 { stride - round } else { stride };
        Ok(Self { offset: self.offset % round as usize, stride, ..self })
    }

    /// The slice of this one from index `start` on, by `step`; reduced as this one is.
    pub(super) fn slice(&self, parts: usize, start: usize, step: isize) -> Self {
        let round = (self.block * parts) as i128;
        let stride = self.stride as i128 * step as i128 % round;
        Self { offset: self.position(parts, start), stride: stride as isize, ..*self }
    }

    /// Where index `i` lies in a round over all parts.
    fn position(&self, parts: usize, i: usize) -> usize {
        let round = (self.block * parts) as i128;
        (self.offset as i128 + self.stride as i128 * i as i128).rem_euclid(round) as usize
    }

    pub(super) fn owner(&self, parts: usize, i: usize) -> usize {
        self.position(parts, i) / self.block
    }

    /// How many of the first `end` indices are in the part.
    pub(super) fn count_below(&self, parts: usize, part: usize, end: usize) -> usize {
        let round = (self.block * parts) as u128;
        let stride = (self.stride as i128).rem_euclid(round as i128) as u128;
        let (low, high) = ((part * self.block) as u128, ((part + 1) * self.block) as u128);
        // Adding `round - low` before the division by `round` counts one more from `low` on.
        let sum =
            |from: u128| floor_sum(end as u128, round, stride, self.offset as u128 + round - from);
        sum(low).wrapping_sub(sum(high)) as usize
    }

    /// The indices after which the owners repeat.
    fn period(&self, parts: usize) -> usize {
        let round = self.block * parts;
        round / gcd(round, self.stride.unsigned_abs())
    }

    /// How many indices from `i` on are in one block, and so in one part at consecutive places.
    pub(super) fn run(&self, parts: usize, i: usize, len: usize) -> usize {
        let within = self.position(parts, i) % self.block;
        let more = match self.stride {
            0 => usize::MAX - 1,
            1.. => (self.block - 1 - within) / self.stride.unsigned_abs(),
            _ => within / self.stride.unsigned_abs(),
        };
        (more + 1).min(len - i)
    }

    /// The index at a place of a part, which has it among its first `len`.
    pub(super) fn global(&self, parts: usize, part: usize, place: usize, len: usize) -> usize {
        let (mut low, mut high) = (0, len - 1);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.count_below(parts, part, middle + 1) > place {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        low
    }

    /// What the part has of `len` indices, as progressions that follow each other.
    pub(super) fn segments(&self, parts: usize, part: usize, len: usize) -> Vec<Segment> {
        let count = self.count_below(parts, part, len);
        if count == 0 {
            return Vec::new();
        }
        let period = self.period(parts);
        let first = self.global(parts, part, 0, len);
        let of_period = if period > len { 0 } else { self.count_below(parts, part, period) };
        if count == 1 || of_period == 1 {
            let step = if count == 1 { 1 } else { period };
            return vec![Segment { step, ..Segment::run(first, count, 0) }];
        }
        let mut segments: Vec<Segment> = Vec::new();
        let (mut global, mut place) = (first, 0);
        loop {
            let run = self.run(parts, global, len);
            let merged =
                run == 1 && segments.last_mut().is_some_and(|last| last.extend(global, place));
            if !merged {
                segments.push(Segment::run(global, run, place));
            }
            place += run;
            if place == count {
                return segments;
            }
            global = self.global(parts, part, place, len);
        }
    }

    /// The parts that have an index in a range that is not empty, ascending.
    pub(super) fn owners_in(&self, parts: usize, low: usize, high: usize) -> Vec<usize> {
        if high - low >= parts {
            let has = |&part: &usize| {
                self.count_below(parts, part, low) < self.count_below(parts, part, high)
            };
            return (0..parts).filter(has).collect();
        }
        let mut owners: Vec<usize> = (low..high).map(|i| self.owner(parts, i)).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    /// Whether this is no more than blocks dealt out from the first one on.
    pub(super) fn is_plain(&self) -> bool {
        (self.offset, self.stride) == (0, 1)
    }

    /// Whether each block is one index: owners are in constant steps then.
    pub(super) fn is_single(&self) -> bool {
        self.block == 1
    }
}

impl fmt::Display for Strided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.block {
            1 => f.write_str("c")?,
            block => write!(f, "c:{block}")?,
        }
        write!(f, "[{}::{}]", self.offset, self.stride)
    }
}

/// The sum of `(a i + b) / m`, rounded down, over `i` below `n`; modulo 2^128.
///
/// The algorithm is the known one: take out whole multiples, then exchange the roles of `a` and
/// `m`, as Euclid's does (Knuth, The Art of Computer Programming, vol. 1, exercise 1.2.4-37).
fn floor_sum(mut n: u128, mut m: u128, mut a: u128, mut b: u128) -> u128 {
    let mut sum = 0_u128;
    loop {
        if a >= m {
            let pairs = if n.is_multiple_of(2) {
                (n / 2).wrapping_mul(n.wrapping_sub(1))
            } else {
                n.wrapping_mul(n / 2)
            };
            sum = sum.wrapping_add(pairs.wrapping_mul(a / m));
            a %= m;
        }
        if b >= m {
            sum = sum.wrapping_add(n.wrapping_mul(b / m));
            b %= m;
        }
        let top = a * n + b;
        if top < m {
            return sum;
        }
        n = top / m;
        b = top % m;
        std::mem::swap(&mut m, &mut a);
    }
}

fn gcd(mut a: usize, mut b: usize) -> usize {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_floors_are_those_of_a_loop() {
        for (n, m, a, b) in
            [(0, 5, 3, 2), (1, 1, 0, 0), (7, 4, 3, 9), (20, 9, 13, 100), (9, 6, 6, 5)]
        {
            let expected: u128 = (0..n).map(|i| (a * i + b) / m).sum();
            assert_eq!(floor_sum(n, m, a, b), expected, "{n} {m} {a} {b}");
        }
    }

    #[test]
    fn counts_and_places_hold_for_huge_axes() {
        let len = 1 << 60;
        let deal = Strided::new(1 << 20, 12345, 7).reduced(1000).unwrap();
        let counts: usize = (0..1000).map(|part| deal.count_below(1000, part, len)).sum();
        assert_eq!(counts, len);
        let last = deal.count_below(1000, 3, len) - 1;
        let global = deal.global(1000, 3, last, len);
        assert_eq!((deal.owner(1000, global), deal.count_below(1000, 3, global)), (3, last));
    }

    #[test]
    fn numbers_are_reduced_to_one_round() {
        let deal = Strided::new(2, 27, 11).reduced(3).unwrap();
        assert_eq!(deal, Strided::new(2, 3, -1));
        assert!(Strided::new(usize::MAX / 2, 0, 1).reduced(3).is_err());
        assert!(Strided::new(0, 0, 1).reduced(3).is_err());
    }
}
