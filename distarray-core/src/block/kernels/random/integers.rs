//! Integers of a range, each equally likely.

use super::stream::Stream;
use crate::block::Numbers;
use crate::block::kernels::cpu;
use crate::error::{Error, Result};

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

/// What two ends, in 64 bits each, say of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ends {
    /// Whether the ends have a sign, which is extended.
    pub(crate) signed: bool,
    /// Whether each end is left out.
    pub(crate) excluded: [bool; 2],
}

impl Ends {
    /// The range between two ends; nothing where it is empty.
    #[inline(always)]
    pub(crate) fn span(self, low: u64, high: u64) -> Option<Span> {
        let sign = u64::from(self.signed) << 63;
        let [first, last] = self.excluded.map(u64::from);
        let width = high.wrapping_sub(low);
        let holds_one = low ^ sign <= high ^ sign && width >= first + last;
        let count = width.wrapping_sub(first + last).wrapping_add(1);
        holds_one.then(|| Span { low: low.wrapping_add(first), count })
    }

    /// As [`span`](Self::span); an error where the range is empty.
    pub(crate) fn check(self, low: u64, high: u64) -> Result<Span> {
        self.span(low, high).ok_or_else(|| {
            let wide = |end: u64| match self.signed {
                true => i128::from(end.cast_signed()),
                false => i128::from(end),
            };
            let [first, last] = self.excluded.map(i128::from);
            let (low, end) = (wide(low) + first, wide(high) + 1 - last);
            Error::argument(format!("'integers': the range {low}..{end} is empty"))
        })
    }
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
        move || {
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

/// As [`integers`], of ranges that are the elements' own, told by columns of their ends. Gives the first
/// place where one is empty; what stands there has no meaning.
pub(crate) fn integers_each(
    stream: &Stream,
    numbers: Numbers<'_>,
    ends: Ends,
    [lows, highs]: [&[u64]; 2],
    elements: &mut [u64],
) -> Option<usize> {
    cpu::dispatch(
        #[inline(always)]
        move || {
            let mut wrong = None;
            stream.fill_pairs(
                numbers,
                elements,
                #[inline(always)]
                |a, b| (a, b),
            );
            for (i, element) in elements.iter_mut().enumerate() {
                match ends.span(lows[i], highs[i]) {
                    Some(Span { low, count: 0 }) => *element = low.wrapping_add(*element),
                    Some(Span { low, count }) => {
                        // The remainder takes long, and seldom is it less than what it is taken of.
                        let likely = (u128::from(*element) * u128::from(count)) as u64 >= count;
                        let refused = if likely { 0 } else { count.wrapping_neg() % count };
                        let value = drawn(stream, numbers.at(i), *element, count, refused);
                        *element = low.wrapping_add(value);
                    }
                    None => wrong = wrong.or(Some(i)),
                }
            }
            wrong
        },
    )
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

    #[test]
    fn spans_between_ends() {
        let of = |signed, excluded, low: i64, high: i64| {
            let ends = Ends { signed, excluded };
            let span = ends.check(low.cast_unsigned(), high.cast_unsigned());
            span.map(|span| (span.low.cast_signed(), span.count)).map_err(|error| error.to_string())
        };
        let (low, high) = (i64::MIN, i64::MAX);
        assert_eq!(of(false, [false, true], 3, 9), Ok((3, 6)));
        assert_eq!(of(true, [true, true], -3, 3), Ok((-2, 5)));
        assert_eq!(of(true, [false, false], low, high), Ok((low, 0)));
        assert_eq!(of(true, [false, true], low, high), Ok((low, u64::MAX)));
        assert_eq!(of(false, [false, false], 0, -1), Ok((0, 0)));
        assert_eq!(of(true, [false, false], 7, 7), Ok((7, 1)));
        let empty = |range: &str| Err(format!("'integers': the range {range} is empty"));
        assert_eq!(of(true, [false, true], -128, -128), empty("-128..-128"));
        assert_eq!(
            of(true, [true, false], high, high),
            empty("9223372036854775808..9223372036854775808")
        );
        assert_eq!(of(true, [true, true], 4, 5), empty("5..5"));
        assert_eq!(of(true, [false, false], 4, 2), empty("4..3"));
        assert_eq!(of(false, [false, false], -1, 1), empty("18446744073709551615..2"));
        assert_eq!(of(true, [false, false], 1, -1), empty("1..0"));
    }

    /// Ranges of the elements' own have the bits of those that all have the same, however these are made.
    #[test]
    fn each_element_of_its_own_range() {
        let stream = Stream::new(1, 2, 3);
        let ends = Ends { signed: true, excluded: [false, false] };
        let steps = [Numbers::Even { first: 3, step: 1 }, Numbers::Even { first: 5, step: 7 }];
        let ranges = [
            (-5, 5),
            (0, 0),
            (i64::MIN, i64::MAX),
            (0, 1 << 62),
            (-(1 << 62), 1 << 62),
            (7, 1 << 40),
        ];
        for (numbers, (low, high)) in
            steps.into_iter().flat_map(|at| ranges.map(|range| (at, range)))
        {
            let (low, high) = (low.cast_unsigned(), high.cast_unsigned());
            cpu::each_level(|| {
                let (mut expected, mut found) = ([0; 700], [0; 700]);
                let span = ends.span(low, high).unwrap();
                integers(&stream, numbers, &mut expected, span, |value| value);
                let (lows, mut highs) = ([low; 700], [high; 700]);
                let make = |highs: &[u64], found: &mut [u64]| {
                    integers_each(&stream, numbers, ends, [&lows, highs], found)
                };
                assert_eq!(make(&highs, &mut found), None);
                assert_eq!(found, expected);
                if low != i64::MIN.cast_unsigned() {
                    for i in [4, 699] {
                        highs[i] = low.wrapping_sub(1);
                    }
                    assert_eq!(make(&highs, &mut found), Some(4));
                    found[4] = expected[4];
                    assert_eq!(found[..699], expected[..699]);
                }
            });
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
