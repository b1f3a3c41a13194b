//! What the table of errors says, the special values, and equal bits wherever an element lies.

mod accuracy;
mod placement;
mod power;
mod special;

use super::{BINARY, UNARY, binary, unary};
use crate::block::kernels::{BinaryOp, UnaryOp};
use crate::element::Element;

/// A function by its name.
#[derive(Clone, Copy, Debug)]
enum Function {
    One(UnaryOp),
    Two(BinaryOp),
}

impl Function {
    fn all() -> impl Iterator<Item = Self> {
        UNARY.iter().map(|&op| Self::One(op)).chain(BINARY.iter().map(|&op| Self::Two(op)))
    }

    fn named(name: &str) -> Self {
        Self::all().find(|function| function.name() == name).expect("a function of this name")
    }

    fn name(self) -> &'static str {
        match self {
            Self::One(op) => op.name(),
            Self::Two(op) => op.name(),
        }
    }

    /// The values of operands; a function of one takes the first.
    fn values<T: Element>(self, operands: &[(T, T)]) -> Vec<T> {
        let (a, b): (Vec<T>, Vec<T>) = operands.iter().copied().unzip();
        let mut values = vec![T::ONE; operands.len()];
        let (target, a, b) = (values.as_mut_ptr().cast(), a.as_ptr().cast(), b.as_ptr().cast());
        match self {
            Self::One(op) => {
                let kernel = unary(op, T::DTYPE).expect("a kernel of this dtype");
                // SAFETY: both slices are as long as the operands, and of this dtype.
                unsafe { kernel(target, a, operands.len()) }
            }
            Self::Two(op) => {
                let kernel = binary(op, T::DTYPE).expect("a kernel of this dtype");
                // SAFETY: the three slices are as long as the operands, and of this dtype.
                unsafe { (kernel.slices)(target, a, b, operands.len()) }
            }
        }
        values
    }

    fn value<T: Element>(self, a: T, b: T) -> T {
        self.values(&[(a, b)])[0]
    }
}

/// The same pseudo-random bits in every run (splitmix64).
struct Bits(u64);

impl Iterator for Bits {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Some(z ^ z >> 31)
    }
}

/// Operands of all sizes, as bits come, and of moderate ones, by turns.
fn operands(seed: u64, count: usize) -> Vec<(f64, f64)> {
    let mut bits = Bits(seed);
    let mut next = || bits.next().unwrap_or_default();
    let moderate = |bits: u64| (bits >> 11) as f64 / f64::exp2(53.0) * 40.0 - 20.0;
    let any = |i: usize, bits: u64| {
        if i.is_multiple_of(2) { moderate(bits) } else { f64::from_bits(bits) }
    };
    (0..count).map(|i| (any(i / 3, next()), any(i, next()))).collect()
}
