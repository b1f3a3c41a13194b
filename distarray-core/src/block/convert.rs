//! [`convert()`]: bytes of elements of one dtype to those of another.

use super::kernels::cast;
use crate::element::DType;

/// Most elements of a tile. Two tiles of the largest type take 8 KiB, which the nearest cache holds.
const TILE: usize = 256;

/// Room for elements of any dtype, aligned for all of them.
#[repr(align(64))]
struct Tile([u8; TILE * DType::C64.size()]);

/// Converts the elements in `source` to those of another dtype in `target`, as Rust's `as`.
///
/// Integers wrap; floating-point numbers go to integers by truncation within the type's range, NaN
/// to 0; a number is `true` where it is not zero; a complex number goes to a real type by its real
/// part. The bytes are in the machine's order and may be aligned to nothing. A byte of a `bool` in
/// `source` may be anything, as in a file: all but 0 are `true`. Local; takes 8 KiB of the stack.
///
/// # Panics
/// `source` or `target` ends within an element, or they hold unequal numbers of elements.
///
/// ```
/// use distarray_core::{DType, as_bytes, block::convert};
///
/// let mut target = [0; 3];
/// convert(DType::F64, as_bytes(&[-2.7, 300.0, f64::NAN]), DType::U8, &mut target);
/// assert_eq!(target, [0, 255, 0]);
/// convert(DType::Bool, &[0, 1, 2], DType::U8, &mut target);
/// assert_eq!(target, [0, 1, 1]);
/// ```
pub fn convert(from: DType, source: &[u8], to: DType, target: &mut [u8]) {
    let (given, made) = (count(from, source), count(to, target));
    assert_eq!(given, made, "the source has {given} elements, the target {made}");
    if from == to && from != DType::Bool {
        target.copy_from_slice(source);
        return;
    }
    let kernel = cast(from, to);
    let (mut given, mut made) = (Tile::new(), Tile::new());
    let sources = source.chunks(TILE * from.size());
    for (source, target) in sources.zip(target.chunks_mut(TILE * to.size())) {
        let (given, made) = (&mut given.0[..source.len()], &mut made.0[..target.len()]);
        given.copy_from_slice(source);
        if from == DType::Bool {
            given.iter_mut().for_each(|byte| *byte = u8::from(*byte != 0));
        }
        // SAFETY: tiles are aligned for every dtype and apart; both slices hold this many elements,
        // since the counts are equal; those given are valid, a `bool` by the line above.
        unsafe { kernel(made.as_mut_ptr(), given.as_ptr(), source.len() / from.size()) };
        target.copy_from_slice(made);
    }
}

impl Tile {
    fn new() -> Self {
        Self([0; TILE * DType::C64.size()])
    }
}

/// The number of elements in bytes that end with one.
fn count(dtype: DType, bytes: &[u8]) -> usize {
    let (length, size) = (bytes.len(), dtype.size());
    assert!(length.is_multiple_of(size), "{length} bytes are no whole elements of {dtype}");
    length / size
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::{Complex32, Complex64, Scalar, as_bytes};

    /// A value and what it is in every dtype.
    struct Row {
        given: Scalar,
        truth: bool,
        signed: (i8, i16, i32, i64),
        unsigned: (u8, u16, u32, u64),
        /// Real and imaginary part of each width; a real type takes the first.
        narrow: (f32, f32),
        wide: (f64, f64),
    }

    impl Row {
        fn expected(&self, dtype: DType) -> Scalar {
            match dtype {
                DType::Bool => Scalar::Bool(self.truth),
                DType::I8 => Scalar::I8(self.signed.0),
                DType::I16 => Scalar::I16(self.signed.1),
                DType::I32 => Scalar::I32(self.signed.2),
                DType::I64 => Scalar::I64(self.signed.3),
                DType::U8 => Scalar::U8(self.unsigned.0),
                DType::U16 => Scalar::U16(self.unsigned.1),
                DType::U32 => Scalar::U32(self.unsigned.2),
                DType::U64 => Scalar::U64(self.unsigned.3),
                DType::F32 => Scalar::F32(self.narrow.0),
                DType::F64 => Scalar::F64(self.wide.0),
                DType::C32 => Scalar::C32(Complex32::new(self.narrow.0, self.narrow.1)),
                DType::C64 => Scalar::C64(Complex64::new(self.wide.0, self.wide.1)),
            }
        }
    }

    #[rustfmt::skip]
    fn table() -> Vec<Row> {
        let row = |given, truth, signed, unsigned, narrow, wide| Row { given, truth, signed, unsigned, narrow, wide };
        let zeros = ((0, 0, 0, 0), (0, 0, 0, 0));
        let ones = ((1, 1, 1, 1), (1, 1, 1, 1));
        let least = (i8::MIN, i16::MIN, i32::MIN, i64::MIN);
        let most = ((i8::MAX, i16::MAX, i32::MAX, i64::MAX), (u8::MAX, u16::MAX, u32::MAX, u64::MAX));
        let (c32, c64) = (|re, im| Scalar::C32(Complex32::new(re, im)), |re, im| Scalar::C64(Complex64::new(re, im)));
        vec![
            row(Scalar::Bool(false), false, zeros.0, zeros.1, (0.0, 0.0), (0.0, 0.0)),
            row(Scalar::Bool(true), true, ones.0, ones.1, (1.0, 0.0), (1.0, 0.0)),
            // Integers wrap, and are rounded where a mantissa is too short.
            row(Scalar::I8(-1), true, (-1, -1, -1, -1), most.1, (-1.0, 0.0), (-1.0, 0.0)),
            row(Scalar::I16(-300), true, (-44, -300, -300, -300), (212, 65_236, 4_294_966_996, 18_446_744_073_709_551_316), (-300.0, 0.0), (-300.0, 0.0)),
            row(Scalar::I32(70_000), true, (112, 4464, 70_000, 70_000), (112, 4464, 70_000, 70_000), (7e4, 0.0), (7e4, 0.0)),
            row(Scalar::I64(i64::MIN + 1), true, (1, 1, 1, i64::MIN + 1), (1, 1, 1, 9_223_372_036_854_775_809), (-9_223_372_036_854_775_808.0, 0.0), (-9_223_372_036_854_775_808.0, 0.0)),
            row(Scalar::I64(16_777_217), true, (1, 1, 16_777_217, 16_777_217), (1, 1, 16_777_217, 16_777_217), (16_777_216.0, 0.0), (16_777_217.0, 0.0)),
            row(Scalar::I64(1 << 32), true, (0, 0, 0, 4_294_967_296), (0, 0, 0, 4_294_967_296), (4_294_967_296.0, 0.0), (4_294_967_296.0, 0.0)),
            row(Scalar::U8(200), true, (-56, 200, 200, 200), (200, 200, 200, 200), (200.0, 0.0), (200.0, 0.0)),
            row(Scalar::U16(40_000), true, (64, -25_536, 40_000, 40_000), (64, 40_000, 40_000, 40_000), (4e4, 0.0), (4e4, 0.0)),
            row(Scalar::U32(4_000_000_000), true, (0, 10_240, -294_967_296, 4_000_000_000), (0, 10_240, 4_000_000_000, 4_000_000_000), (4e9, 0.0), (4e9, 0.0)),
            row(Scalar::U64(u64::MAX), true, (-1, -1, -1, -1), most.1, (18_446_744_073_709_551_616.0, 0.0), (18_446_744_073_709_551_616.0, 0.0)),
            // Floating-point numbers are cut to whole ones and kept within the range.
            row(Scalar::F32(-2.75), true, (-2, -2, -2, -2), zeros.1, (-2.75, 0.0), (-2.75, 0.0)),
            row(Scalar::F32(f32::NAN), true, zeros.0, zeros.1, (f32::NAN, 0.0), (f64::NAN, 0.0)),
            row(Scalar::F32(f32::INFINITY), true, most.0, most.1, (f32::INFINITY, 0.0), (f64::INFINITY, 0.0)),
            row(Scalar::F64(300.9), true, (127, 300, 300, 300), (255, 300, 300, 300), (300.9, 0.0), (300.9, 0.0)),
            row(Scalar::F64(-1e300), true, least, zeros.1, (f32::NEG_INFINITY, 0.0), (-1e300, 0.0)),
            row(Scalar::F64(-0.0), false, zeros.0, zeros.1, (-0.0, 0.0), (-0.0, 0.0)),
            row(Scalar::F64(1e-300), true, zeros.0, zeros.1, (0.0, 0.0), (1e-300, 0.0)),
            // Complex numbers become real by their real part, but are true by either.
            row(c32(1.5, -2.0), true, ones.0, ones.1, (1.5, -2.0), (1.5, -2.0)),
            row(c32(0.0, 1.0), true, zeros.0, zeros.1, (0.0, 1.0), (0.0, 1.0)),
            row(c64(-1e10, f64::NAN), true, (i8::MIN, i16::MIN, i32::MIN, -10_000_000_000), zeros.1, (-1e10, f32::NAN), (-1e10, f64::NAN)),
            row(c64(f64::NAN, 1e300), true, zeros.0, zeros.1, (f32::NAN, f32::INFINITY), (f64::NAN, 1e300)),
            row(c64(0.0, -0.0), false, zeros.0, zeros.1, (0.0, -0.0), (0.0, -0.0)),
        ]
    }

    /// The elements converted, from and to memory that is aligned to nothing.
    fn converted(from: DType, source: &[u8], to: DType) -> Vec<u8> {
        let unaligned = [&[0xee], source].concat();
        let mut target = vec![0xee; 1 + source.len() / from.size() * to.size()];
        convert(from, &unaligned[1..], to, &mut target[1..]);
        assert_eq!(target.remove(0), 0xee);
        target
    }

    #[test]
    fn every_pair_by_the_table() {
        let table = table();
        for from in DType::ALL {
            let rows: Vec<_> = table.iter().filter(|row| row.given.dtype() == from).collect();
            assert!(!rows.is_empty(), "{from} has no row");
            let source: Vec<u8> =
                rows.iter().flat_map(|row| row.given.to_bytes()[..from.size()].to_vec()).collect();
            for to in DType::ALL {
                let target = converted(from, &source, to);
                for (row, bytes) in rows.iter().zip(target.chunks_exact(to.size())) {
                    let found = Scalar::from_bytes(to, bytes).unwrap();
                    // As text, in which NaN is NaN and the zeros differ.
                    let (found, expected) =
                        (format!("{found:?}"), format!("{:?}", row.expected(to)));
                    assert_eq!(found, expected, "{:?} to {to}", row.given);
                }
            }
        }
    }

    #[test]
    fn tiles_join_in_order() {
        for count in [0, 1, TILE - 1, TILE, TILE + 1, 3 * TILE + 7] {
            let given: Vec<u16> = (0..count).map(|i| i as u16 * 7).collect();
            let wide: Vec<f64> = given.iter().copied().map(f64::from).collect();
            let complex: Vec<_> = wide.iter().map(|&re| Complex64::new(re, 0.0)).collect();
            let truth: Vec<_> = given.iter().map(|&n| n != 0).collect();
            let source = as_bytes(&given);
            assert_eq!(converted(DType::U16, source, DType::U16), source);
            assert_eq!(converted(DType::U16, source, DType::F64), as_bytes(&wide));
            assert_eq!(converted(DType::U16, source, DType::C64), as_bytes(&complex));
            assert_eq!(converted(DType::U16, source, DType::Bool), as_bytes(&truth));
            assert_eq!(converted(DType::C64, as_bytes(&complex), DType::U16), source);
        }
    }

    #[test]
    fn any_byte_of_a_bool_but_zero_is_true() {
        let bytes: Vec<u8> = (0..=u8::MAX).chain(0..=u8::MAX).collect();
        let valid: Vec<_> = bytes.iter().map(|&byte| u8::from(byte != 0)).collect();
        assert_eq!(converted(DType::Bool, &bytes, DType::Bool), valid);
        for to in DType::ALL {
            let expected = converted(DType::Bool, &valid, to);
            assert_eq!(converted(DType::Bool, &bytes, to), expected, "{to}");
        }
    }

    #[test]
    #[should_panic(expected = "7 bytes are no whole elements of int16")]
    fn a_part_of_an_element_is_refused() {
        convert(DType::I16, &[0; 7], DType::U8, &mut [0; 3]);
    }

    #[test]
    #[should_panic(expected = "the source has 4 elements, the target 3")]
    fn unequal_numbers_of_elements_are_refused() {
        convert(DType::I16, &[0; 8], DType::U8, &mut [0; 3]);
    }
}
