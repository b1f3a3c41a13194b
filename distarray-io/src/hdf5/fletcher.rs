//! Fletcher's checksum, as HDF5 puts it behind a chunk.
//!
//! J. Fletcher, *An Arithmetic Checksum for Serial Transmissions*, IEEE Transactions on
//! Communications 30 (1982); over 16-bit words with the high byte first, as the file format has it.

/// Bytes of the checksum, the lowest first.
pub(super) const BYTES: usize = 4;

/// Words after which sums are reduced: they stay far below what 64 bits hold.
const WORDS: usize = 1 << 15;

/// The checksum of some bytes.
pub(super) fn sum(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (0_u64, 0_u64);
    for piece in bytes.chunks(2 * WORDS) {
        let (words, odd) = piece.as_chunks::<2>();
        for word in words {
            low += u64::from(u16::from_be_bytes(*word));
            high += low;
        }
        // Only the last piece can have a byte that is left over: the high one of a word.
        for byte in odd {
            low += u64::from(*byte) << 8;
            high += low;
        }
        (low, high) = (reduced(low), reduced(high));
    }
    (high as u32) << 16 | low as u32
}

/// The same number but for multiples of 65535, in 16 bits; 0 is of 0 only.
fn reduced(sum: u64) -> u64 {
    match sum {
        0 => 0,
        more => (more - 1) % 0xffff + 1,
    }
}

/// Whether this is what is stored of these bytes, also by old libraries on machines of the other
/// byte order, which wrote each half of it turned round.
pub(super) fn is_of(bytes: &[u8], stored: u32) -> bool {
    let sum = sum(bytes);
    let turned = sum.to_le_bytes();
    let turned = u32::from_le_bytes([turned[1], turned[0], turned[3], turned[2]]);
    stored == sum || stored == turned
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Word by word, with numbers that cannot overflow.
    fn plainly(bytes: &[u8]) -> u32 {
        let (mut low, mut high) = (0_u128, 0_u128);
        for word in bytes.chunks(2) {
            low += u128::from(word[0]) * 256 + u128::from(word.get(1).copied().unwrap_or(0));
            high += low;
        }
        let one = |sum: u128| if sum == 0 { 0 } else { (sum - 1) % 65535 + 1 };
        (one(high) * 65536 + one(low)) as u32
    }

    #[test]
    fn sums_are_those_of_words() {
        assert_eq!(sum(&[]), 0);
        assert_eq!(sum(&[0; 100]), 0);
        assert_eq!(sum(&[1, 2]), 0x0102_0102);
        assert_eq!(sum(&[1, 2, 3]), 0x0504_0402);
        assert_eq!(sum(&[0xff; 8]), 0xffff_ffff);
        let bytes: Vec<u8> = (0..300_001_u64).map(|i| ((i * i) >> 3) as u8).collect();
        for length in [1, 2, 719, 720, 721, 65535, 65536, 65537, 65539, 300_001] {
            assert_eq!(sum(&bytes[..length]), plainly(&bytes[..length]), "{length} bytes");
        }
        assert_eq!(sum(&[0xff; 300_000]), plainly(&[0xff; 300_000]));
    }

    #[test]
    fn halves_may_be_turned_round() {
        let bytes = [5, 6, 7, 8];
        let [a, b, c, d] = sum(&bytes).to_be_bytes();
        assert!(is_of(&bytes, u32::from_be_bytes([a, b, c, d])));
        assert!(is_of(&bytes, u32::from_be_bytes([b, a, d, c])));
        assert!(!is_of(&bytes, u32::from_be_bytes([c, d, a, b])));
    }
}
