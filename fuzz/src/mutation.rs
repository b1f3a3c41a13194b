//! Changing an input a little, so that it gets past a parser's first checks.

use std::ops::Range;

use crate::Numbers;

/// The longest input that changes lead to, in bytes.
const LONGEST: usize = 4096;

/// Numbers as texts write them, at and beside the limits of types.
const WRITTEN: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "3",
    "63",
    "64",
    "65",
    "127",
    "255",
    "256",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "4294967296",
    "1152921504606846976",
    "4611686018427387904",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "170141183460469231731687303715884105727",
    "170141183460469231731687303715884105728",
    "1e308",
    "-0.0",
];

/// The same as bytes hold them.
const HELD: &[u64] =
    &[0, 1, 2, 16, 63, 64, 127, 128, 255, 256, 0x7FFF, 0xFFFF, 1 << 31, (1 << 31) - 1, 1 << 40];

/// Makes a few small changes to an input: bits, bytes, words of its grammar, numbers, and pieces of
/// another input.
///
/// ```
/// use distarray_fuzz::{Numbers, mutate};
///
/// let (mut input, mut numbers) = (b"b,c:2".to_vec(), Numbers::new(1));
/// for _ in 0..10 {
///     mutate(&mut input, b"n", &[&["c:", "b"]], &mut numbers);
/// }
/// assert_ne!(input, b"b,c:2");
/// ```
pub fn mutate(input: &mut Vec<u8>, other: &[u8], words: &[&[&str]], numbers: &mut Numbers) {
    // One change as a rule: of several, one is soon enough refused.
    let edits = 1 + numbers.below(8).saturating_sub(4);
    for _ in 0..edits {
        edit(input, other, words, numbers);
        input.truncate(LONGEST);
    }
}

fn edit(input: &mut Vec<u8>, other: &[u8], words: &[&[&str]], numbers: &mut Numbers) {
    let at = numbers.below(input.len() + 1);
    let piece = at..(at + 1 + numbers.below(16)).min(input.len());
    match numbers.below(20) {
        // Those that keep to the grammar come more often.
        0..=2 => put(input, written_at(input, at), numbers.choose(WRITTEN).as_bytes()),
        3..=5 => {
            let number = numbers.below(12).to_string();
            put(input, written_at(input, at), number.as_bytes());
        }
        6..=8 => {
            let list = *numbers.choose(words);
            let word = numbers.choose(list).as_bytes();
            put(input, word_at(input, at, list), word);
        }
        9 => put(input, piece, word(words, numbers)),
        10 if at < input.len() => input[at] ^= 1 << numbers.below(8),
        11 if at < input.len() => input[at] = numbers.below(256) as u8,
        12 => input.insert(at, numbers.below(256) as u8),
        13 => put(input, piece, &[]),
        14 => {
            let copy = input[piece].to_vec();
            let to = numbers.below(input.len() + 1);
            put(input, to..to, &copy);
        }
        15 => {
            input.truncate(at);
            input.extend(&other[numbers.below(other.len() + 1)..]);
        }
        16 => {
            let from = numbers.below(other.len() + 1);
            let length = numbers.below(other.len() - from + 1);
            put(input, at..at, &other[from..from + length]);
        }
        17 => {
            let width = 1 << numbers.below(4);
            let held = *numbers.choose(HELD);
            let bytes = match numbers.below(2) {
                0 => &held.to_le_bytes()[..width],
                _ => &held.to_be_bytes()[8 - width..],
            };
            let end = (at + width).min(input.len());
            put(input, at..end, bytes);
        }
        18 => input.truncate(at),
        _ => {
            let copies = input[piece].repeat(1 + numbers.below(80));
            put(input, at..at, &copies);
        }
    }
}

fn put(input: &mut Vec<u8>, place: Range<usize>, bytes: &[u8]) {
    input.splice(place, bytes.iter().copied());
}

fn word<'w>(words: &[&[&'w str]], numbers: &mut Numbers) -> &'w [u8] {
    let list = *numbers.choose(words);
    numbers.choose(list).as_bytes()
}

/// The first word of a list from a place on; an empty range at that place where none is.
fn word_at(input: &[u8], at: usize, list: &[&str]) -> Range<usize> {
    let word_from = |start: usize| {
        let found = list.iter().filter(|word| input[start..].starts_with(word.as_bytes()));
        found.map(|word| start..start + word.len()).max_by_key(Range::len)
    };
    (at..input.len()).find_map(word_from).unwrap_or(at..at)
}

/// The first number in decimal digits from a place on; an empty range at that place where none is.
fn written_at(input: &[u8], at: usize) -> Range<usize> {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let Some(start) = input[at..].iter().position(digit).map(|ahead| at + ahead) else {
        return at..at;
    };
    let length = input[start..].iter().take_while(|byte| digit(byte)).count();
    start..start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_whole() {
        assert_eq!(written_at(b"shape 10 20", 2), 6..8);
        assert_eq!(written_at(b"shape", 2), 2..2);
    }

    #[test]
    fn words_are_found_whole() {
        assert_eq!(word_at(b"b,c:16", 1, &["c", "c:", "b"]), 2..4);
        assert_eq!(word_at(b"b,c:16", 1, &["b"]), 1..1);
    }

    #[test]
    fn any_input_can_be_changed_and_stays_short() {
        let mut numbers = Numbers::new(3);
        for start in [&b""[..], b"a", &[7; LONGEST]] {
            let mut input = start.to_vec();
            for _ in 0..2000 {
                mutate(&mut input, start, &[&["word"], &["b"]], &mut numbers);
                assert!(input.len() <= LONGEST);
            }
            assert_ne!(input, start);
        }
    }
}
