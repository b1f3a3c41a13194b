//! Chunks that fit a distribution, and distributions that fit chunks.

use distarray_core::Result;
use distarray_core::dist::{AxisMap, Dist, Distribution};

/// Bytes of a chunk that is not asked for: what disks and networks like, and caches hold.
const USUAL: usize = 4 << 20;

/// The extents of chunks of up to 4 MiB that end where the parts of the distribution do, where that
/// can be had.
pub(super) fn chunks_for(distribution: &Distribution, item: usize) -> Vec<usize> {
    let shape = distribution.shape();
    let distances: Vec<_> = distribution.axes().iter().map(distance).collect();
    let mut chunks: Vec<_> =
        distances.iter().zip(shape).map(|(&part, &len)| part.clamp(1, len.max(1))).collect();
    for axis in 0..chunks.len() {
        let others = chunks.iter().enumerate().filter(|&(other, _)| other != axis);
        let others = others.fold(item, |all, (_, &extent)| all.saturating_mul(extent));
        let room = (USUAL / others).max(1);
        if chunks[axis] <= room {
            continue;
        }
        let whole = distribution.axes()[axis].parts() == 1;
        let fitting = match whole {
            true => room,
            false => largest_divisor(chunks[axis], room),
        };
        // Elements are better moved once than kept in tiny chunks.
        chunks[axis] = if fitting < room / 8 { room } else { fitting };
    }
    chunks
}

/// The largest number that all bounds of an axis between its parts are multiples of.
fn distance(map: &AxisMap) -> usize {
    let len = map.len();
    let gcd = |mut a: usize, mut b: usize| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    match map.dist() {
        Dist::BlockCyclic(block) => *block,
        dist if dist.is_block() => {
            let starts = (0..map.parts()).filter_map(|part| map.range(part)).map(|part| part.start);
            match starts.filter(|&start| start < len).fold(0, gcd) {
                0 => len,
                distance => distance,
            }
        }
        // Parts that have no bounds: the array is moved when it is written.
        _ => len,
    }
}

fn largest_divisor(of: usize, most: usize) -> usize {
    let pairs =
        (1..).take_while(|small| small * small <= of).filter(|small| of.is_multiple_of(*small));
    pairs
        .flat_map(|small| [small, of / small])
        .filter(|&divisor| divisor <= most)
        .max()
        .unwrap_or(1)
}

/// Whether no two ranks have elements of one chunk, of rows that stand in the array from `start` on.
pub(super) fn is_aligned(distribution: &Distribution, chunks: &[usize], start: usize) -> bool {
    if distribution.is_replicated() {
        return false;
    }
    let fits = |(axis, (map, &chunk)): (usize, (&AxisMap, &usize))| {
        let before = if axis == 0 { start } else { 0 };
        // What lies before the rows nobody writes now, nor what lies behind them.
        let is_bound =
            |at: usize| at == 0 || at == map.len() || (before + at).is_multiple_of(chunk);
        map.parts() == 1
            || chunk == 1
            || (0..map.parts()).flat_map(|part| map.segments(part)).all(|segment| {
                let dense = segment.step == 1 || segment.count == 1;
                dense && is_bound(segment.global) && is_bound(segment.last() + 1)
            })
    };
    distribution.axes().iter().zip(chunks).enumerate().all(fits)
}

/// Whole chunks for every rank, along the slowest axis that has enough of them, of rows that stand in
/// the array from `start` on.
pub(super) fn distribution_for(
    shape: &[usize],
    chunks: &[usize],
    start: usize,
    ranks: usize,
) -> Result<Distribution> {
    // Of the first axis: the rows of the first chunk that lie before.
    let before = chunks.first().map_or(0, |&chunk| start % chunk);
    let number = |(axis, (&len, &chunk)): (usize, (&usize, &usize))| match axis {
        0 if len > 0 => (before + len).div_ceil(chunk),
        _ => len.div_ceil(chunk),
    };
    let numbers: Vec<_> = shape.iter().zip(chunks).enumerate().map(number).collect();
    let enough = numbers.iter().position(|&number| number >= ranks);
    let most = || (0..numbers.len()).rev().max_by_key(|&axis| numbers[axis]);
    let builder = Distribution::builder(shape);
    let Some(axis) = enough.or_else(most).filter(|&axis| numbers[axis] > 1) else {
        return Ok(Distribution::on_one(shape, 0));
    };
    let parts = ranks.min(numbers[axis]);
    let before = if axis == 0 { before } else { 0 };
    let bound = |part: usize| {
        // As even as whole chunks can be.
        let (each, more) = (numbers[axis] / parts, numbers[axis] % parts);
        let end = (part * each + part.min(more)) * chunks[axis];
        end.saturating_sub(before).min(shape[axis])
    };
    let bounds: Vec<_> = (0..=parts).map(bound).collect();
    builder.axis(axis, Dist::irregular(bounds)).build(ranks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(shape: &[usize], dists: &str, ranks: usize) -> Vec<usize> {
        let distribution = Distribution::new(shape, dists, ranks).unwrap();
        let chunks = chunks_for(&distribution, 8);
        assert!(chunks.iter().product::<usize>() * 8 <= USUAL);
        chunks
    }

    #[test]
    fn chunks_end_where_blocks_do() {
        for (shape, dists, ranks, wanted) in [
            (vec![4096, 4096], "b,n", 4, vec![128, 4096]),
            (vec![4096, 4096], "n,b", 4, vec![512, 1024]),
            (vec![1 << 24], "b", 2, vec![1 << 19]),
            (vec![10, 10], "b,b", 4, vec![5, 5]),
            (vec![1000, 3000], "c:10,n", 2, vec![10, 3000]),
            (vec![0, 3], "b", 2, vec![1, 3]),
            (vec![], "", 2, vec![]),
        ] {
            let found = chunks(&shape, dists, ranks);
            assert_eq!(found, wanted, "{shape:?} as {dists}");
            let distribution = Distribution::new(&shape, dists, ranks).unwrap();
            assert!(is_aligned(&distribution, &found, 0), "{shape:?} as {dists}");
        }
        // Not one element a chunk where the blocks' length is a prime number.
        assert_eq!(chunks(&[2 * 1_000_003], "b", 2), [1 << 19]);
    }

    #[test]
    fn what_shares_chunks_is_not_aligned() {
        let aligned = |dists: &str, chunks: [usize; 2]| {
            is_aligned(&Distribution::new([12, 12], dists, 3).unwrap(), &chunks, 0)
        };
        assert!(aligned("b,n", [4, 5]) && aligned("b,n", [2, 12]) && aligned("c,n", [1, 7]));
        assert!(!aligned("b,n", [3, 12]) && !aligned("c,n", [2, 12]) && !aligned("n,c:3", [12, 2]));
        assert!(aligned("n,c:6", [12, 3]));
    }

    #[test]
    fn whole_chunks_are_dealt_out_evenly() {
        let of = |shape: &[usize], chunks: &[usize], start, ranks| {
            let distribution = distribution_for(shape, chunks, start, ranks).unwrap();
            assert!(is_aligned(&distribution, chunks, start));
            (0..ranks).map(|rank| distribution.local_len(rank)).collect::<Vec<_>>()
        };
        assert_eq!(of(&[10, 3], &[2, 3], 0, 2), [18, 12]);
        assert_eq!(of(&[3, 10], &[3, 3], 0, 3), [18, 9, 3]);
        assert_eq!(of(&[3, 10], &[3, 10], 0, 3), [30, 0, 0]);
        assert_eq!(of(&[], &[], 0, 2), [1, 0]);
        assert_eq!(of(&[0], &[1], 0, 2), [0, 0]);
        // The first chunk has one row more before these, the last one more behind.
        assert_eq!(of(&[4, 3], &[2, 3], 3, 3), [3, 6, 3]);
        assert_eq!(of(&[1, 3], &[2, 3], 3, 2), [3, 0]);
        let blocks = Distribution::new([4, 3], "b,n", 2).unwrap();
        assert!(is_aligned(&blocks, &[2, 3], 2) && !is_aligned(&blocks, &[2, 3], 3));
    }
}
