//! Elements by their place in ascending order, found without moving any.
//!
//! Numbers are looked at as keys whose bits are in their order. Each round counts, of the keys that are
//! still in question, those with each value of the next bits, over all ranks: so few are left after
//! two rounds, and there are at most six (Blum et al., *Time Bounds for Selection*, 1973, select by
//! comparisons; by digits: Alabi et al., *Fast k-Selection Algorithms for Graphics Processing Units*,
//! 2012).

use crate::comm::{Communicator, ReduceOp};
use crate::element::{DType, as_bytes_mut};
use crate::error::Result;

/// Bits that a round looks at.
const DIGIT: u32 = 11;

/// Bits that the first round looks at where there are many numbers: sign, exponent and more, so that numbers
/// of one magnitude are told apart before any are kept.
const FIRST: u32 = 16;

/// So many numbers are many.
const MANY: u64 = 1 << 18;

/// Counts beside each other that neighbours take turns with, so that equal ones do not wait for each other.
const LANES: usize = 4;

/// A key whose order is that of numbers; zeros are one, NaN is above all.
#[inline]
pub(super) fn key(x: f64) -> u64 {
    let bits = if x.is_nan() { f64::NAN.to_bits() } else { (x + 0.0).to_bits() };
    bits ^ ((bits as i64 >> 63) as u64 | 1 << 63)
}

/// The number of a key.
fn number(key: u64) -> f64 {
    f64::from_bits(key ^ (((key ^ 1 << 63) as i64 >> 63) as u64 | 1 << 63))
}

/// What is known of a wanted element: the first bits of its key, and how many keys with these are less.
#[derive(Clone, Copy, Debug, Default)]
struct Wanted {
    prefix: u64,
    place: u64,
}

/// How many numbers there are with each value of the first bits of their keys.
fn first_digits(numbers: &[f64], digit: u32) -> Vec<u64> {
    let shift = u64::BITS - digit;
    let mut lanes = vec![0_u64; LANES << digit];
    for (i, &number) in numbers.iter().enumerate() {
        lanes[(key(number) >> shift) as usize * LANES + i % LANES] += 1;
    }
    lanes.chunks_exact(LANES).map(|lanes| lanes.iter().sum()).collect()
}

/// The elements at places in ascending order of the numbers that all ranks have, so many; `shared` where
/// ranks have other numbers, so that counts are added.
///
/// At most six messages of 16 KiB for each group of places whose keys begin alike; the first of 512 KiB
/// where there are many numbers.
pub(super) fn select(
    comm: &dyn Communicator,
    numbers: &[f64],
    count: u64,
    places: &[u64],
    shared: bool,
) -> Result<Vec<f64>> {
    let mut wanted: Vec<Wanted> = places.iter().map(|&place| Wanted { prefix: 0, place }).collect();
    // Those still in question, once few are.
    let mut keys: Vec<u64> = Vec::new();
    let mut known = 0;
    while known < u64::BITS && !wanted.is_empty() {
        let first = if count < MANY { DIGIT } else { FIRST };
        let digit = if known == 0 { first } else { DIGIT.min(u64::BITS - known) };
        let shift = u64::BITS - known - digit;
        let value = |key: u64| (key >> shift) as usize & ((1 << digit) - 1);
        let mut prefixes: Vec<u64> = wanted.iter().map(|wanted| wanted.prefix).collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        let group = |key: u64| {
            let begin = key >> (u64::BITS - known);
            match prefixes[..] {
                [only] => (begin == only).then_some(0),
                _ => prefixes.binary_search(&begin).ok(),
            }
        };
        let mut counts = match known {
            0 => first_digits(numbers, digit),
            _ => vec![0; prefixes.len() << digit],
        };
        if known > 0 {
            if known == first {
                keys.extend(numbers.iter().map(|&x| key(x)).filter(|&key| group(key).is_some()));
            }
            keys.retain(|&key| {
                let group = group(key);
                if let Some(group) = group {
                    counts[(group << digit) + value(key)] += 1;
                }
                group.is_some()
            });
        }
        if shared {
            // SAFETY: sums of integers are integers.
            comm.all_reduce(DType::U64, ReduceOp::Sum, unsafe { as_bytes_mut(&mut counts) })?;
        }
        for wanted in &mut wanted {
            let group = prefixes.binary_search(&wanted.prefix).expect("it is among them");
            let counts = &counts[group << digit..][..1 << digit];
            let mut value = 0;
            while value + 1 < counts.len() && wanted.place >= counts[value] {
                wanted.place -= counts[value];
                value += 1;
            }
            wanted.prefix = wanted.prefix << digit | value as u64;
        }
        known += digit;
    }
    Ok(wanted.into_iter().map(|wanted| number(wanted.prefix)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::Solo;

    #[test]
    fn keys_are_in_the_order_of_numbers() {
        let ascending = [
            f64::NEG_INFINITY,
            f64::MIN,
            -1.5,
            -1e-300,
            -5e-324,
            0.0,
            5e-324,
            1.0,
            f64::MAX,
            f64::INFINITY,
        ];
        assert!(ascending.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        assert!(ascending.iter().all(|&x| number(key(x)) == x && key(x) < key(-f64::NAN)));
        assert_eq!(key(-0.0), key(0.0));
    }

    #[test]
    fn elements_are_those_of_the_sorted_ones() {
        let numbers: Vec<f64> =
            (0..500).map(|i| f64::from(i * 7919 % 613 % 97 - 40) * 1.5_f64.powi(i % 9)).collect();
        let mut sorted = numbers.clone();
        sorted.sort_by(f64::total_cmp);
        let places: Vec<u64> = (0..500).step_by(7).chain([499, 0, 0]).collect();
        let expected: Vec<f64> = places.iter().map(|&place| sorted[place as usize]).collect();
        for count in [500, MANY] {
            let found = select(&Solo, &numbers, count, &places, false).unwrap();
            assert_eq!(found, expected, "as if there were {count}");
            assert!(select(&Solo, &numbers, count, &[], false).unwrap().is_empty());
        }
    }
}
