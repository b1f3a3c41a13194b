//! Integers of a range, each equally likely.

use super::stream::Stream;
use crate::block::Numbers;
use crate::block::kernels::cpu;

/// Elements that are made at once: their bits stay in the nearest cache.
const PIECE: usize = 256;

/// A range of integers: the first, and how many there are; 0 stands for 2^64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    /// The first, its sign extended to 64 bits.
    pub(crate) low: u64,
    /// How many, modulo 2^64.
    pub(crate) count: u64,
}

/// Integers of a range; `cut` keeps the last bits of each.
///
/// The high half of the product of random bits and the number of integers is one of them; bits that
/// would make some likelier than others are drawn again (D. Lemire, *Fast random integer generation
/// in an interval*, 2019).
pub(super) fn integers<T>(
    stream: &Stream,
    numbers: Numbers<'_>,
    elements: &mut [T],
    Span { low, count }: Span,
    cut: impl Fn(u64) -> T + Copy,
) {
    cpu::dispatch(
        #[inline(always)]
        || {
            let refused = if count == 0 { 0 } else { count.wrapping_neg() % count };
            let mut all = [0; PIECE];
            for (i, piece) in elements.chunks_mut(PIECE).enumerate() {
                let (bits, start) = (&mut all[..piece.len()], i * PIECE);
                let own = numbers.from(start);
                stream.fill_pairs(
                    own,
                    bits,
                    #[inline(always)]
                    |a, b| (a, b),
                );
                if count == 0 {
                    for (element, bits) in piece.iter_mut().zip(bits) {
                        *element = cut(low.wrapping_add(*bits));
                    }
                } else if count >> 32 == 0 {
                    let mut some_refused = false;
                    for (element, bits) in piece.iter_mut().zip(&*bits) {
                        let (value, rest) = narrow_product(*bits, count);
                        some_refused |= rest < refused;
                        *element = cut(low.wrapping_add(value));
                    }
                    // Once in 2^32 elements at most.
                    if some_refused {
                        for (i, (element, bits)) in piece.iter_mut().zip(bits).enumerate() {
                            let value = drawn(stream, own.at(i), *bits, count, refused);
                            *element = cut(low.wrapping_add(value));
                        }
                    }
                } else {
                    for (i, (element, bits)) in piece.iter_mut().zip(bits).enumerate() {
                        let value = drawn(stream, own.at(i), *bits, count, refused);
                        *element = cut(low.wrapping_add(value));
                    }
                }
            }
        },
    );
}

/// The halves, high and low, of the product with a number of 32 bits.
#[inline(always)]
fn narrow_product(bits: u64, count: u64) -> (u64, u64) {
    const LOW: u64 = 0xFFFF_FFFF;
    let low = (bits & LOW) * (count & LOW);
    let high = (bits >> 32) * (count & LOW) + (low >> 32);
    (high >> 32, high << 32 | low & LOW)
}

/// The integer of some bits, or of the next ones of the element until they are not refused.
#[inline(always)]
fn drawn(stream: &Stream, number: u64, bits: u64, count: u64, refused: u64) -> u64 {
    let product = |bits: u64| {
        let product = u128::from(bits) * u128::from(count);
        ((product >> 64) as u64, product as u64)
    };
    let (mut value, mut rest) = product(bits);
    if rest < refused {
        let mut draws = stream.draws(number);
        while rest < refused {
            (value, rest) = product(draws.next());
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_halves() {
        for (bits, count) in [(u64::MAX, 0xFFFF_FFFF), (0x1234_5678_9ABC_DEF0, 77), (1 << 63, 2)] {
            let whole = u128::from(bits) * u128::from(count);
            assert_eq!(narrow_product(bits, count), ((whole >> 64) as u64, whole as u64));
        }
    }

    /// A range that refuses nearly half of all bits: the integers stay within it, evenly.
    #[test]
    fn refused_bits_are_drawn_again() {
        let stream = Stream::new(1, 2, 3);
        let count = (1 << 63) + 1;
        let mut found = [0_u64; 4000];
        let numbers = Numbers::Even { first: 5, step: 1 };
        integers(&stream, numbers, &mut found, Span { low: 0, count }, |value| value);
        assert!(found.iter().all(|&value| value < count));
        let upper = found.iter().filter(|&&value| value >= count / 2).count();
        assert!((1800..2200).contains(&upper), "{upper}");
    }
}
