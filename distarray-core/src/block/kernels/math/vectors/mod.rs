//! Numbers of single precision side by side, for functions that look values up in tables: of such a loop over
//! elements the compiler makes no vectors.
//!
//! All kinds of vectors give the same bits: each operation is rounded as IEEE 754 says.

#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Eight, Sixteen};

/// As many numbers as a vector has, or one.
///
/// Those of an instruction set are only to be made in loops that are compiled for it.
pub(super) trait Singles: Copy {
    /// Numbers in a vector.
    const LANES: usize;
    /// Bits for each number.
    type Bits: Copy;

    fn splat(value: f32) -> Self;

    /// # Safety
    /// [`Self::LANES`] numbers can be read.
    unsafe fn load(from: *const f32) -> Self;

    /// # Safety
    /// [`Self::LANES`] numbers can be written.
    unsafe fn store(self, to: *mut f32);

    fn plus(self, other: Self) -> Self;

    fn minus(self, other: Self) -> Self;

    fn times(self, other: Self) -> Self;

    /// `self * by + to`, rounded once.
    fn times_plus(self, by: Self, to: Self) -> Self;

    /// `self * by - less`, rounded once.
    fn times_minus(self, by: Self, less: Self) -> Self;

    /// The nearest number of a range; of numbers only.
    fn within(self, least: f32, most: f32) -> Self;

    /// The number, or 0 where two others are different.
    fn where_equal(self, a: Self, b: Self) -> Self;

    /// The bits of the numbers; the last five, of a number plus [`ROUND`], are the part after the point.
    fn bits(self) -> Self::Bits;

    /// The bits less a number, modulo 2^32.
    fn less(bits: Self::Bits, less: u32) -> Self::Bits;

    /// The bits that a mask has too.
    fn and(bits: Self::Bits, mask: u32) -> Self::Bits;

    /// The greater bits of two, without signs.
    fn greater(bits: Self::Bits, others: Self::Bits) -> Self::Bits;

    /// Whether any bits are those of a limit or greater.
    fn any_from(bits: Self::Bits, limit: u32) -> bool;

    /// `e` and `m` of a positive normal number `m 2^e`, where the bits of `m` are those of `least` to twice
    /// that, and, as the last five bits, in which of 32 equal parts of these `m` lies.
    fn parts(self, least: u32) -> (Self, Self, Self::Bits);

    /// The entries of a table at places, of which the last five bits count.
    fn look_up(table: &[f32; PLACES], at: Self::Bits) -> Self;

    /// Times 2 to the power of the part before the point of a number from -152 to 130, of which `rounded` is the sum
    /// with [`ROUND`]; rounded once, of numbers from 1/2 to 4.
    fn times_power_of_2(self, rounded: Self) -> Self;
}

/// Adding it rounds to a multiple of 1/32, which then stands in the last bits.
pub(super) const ROUND: f32 = 12_582_912.0 / PLACES as f32; // 1.5 * 2^23 / 32

const PLACES: usize = 32;
const PLACE_BITS: i32 = PLACES.ilog2().cast_signed();
const MANTISSA_BITS: i32 = 23;
/// What is not of the exponent and the sign.
const MANTISSA: u32 = (1 << MANTISSA_BITS) - 1;
/// All but the first five bits of a mantissa.
const BELOW_PLACE: i32 = MANTISSA_BITS - PLACE_BITS;
const BIAS: i32 = 127;

impl Singles for f32 {
    const LANES: usize = 1;
    type Bits = u32;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        value
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: as the caller vouches.
        unsafe { from.read() }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: as the caller vouches.
        unsafe { to.write(self) }
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self - other
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        self * other
    }

    #[inline(always)]
    fn times_plus(self, by: Self, to: Self) -> Self {
        self.mul_add(by, to)
    }

    #[inline(always)]
    fn times_minus(self, by: Self, less: Self) -> Self {
        self.mul_add(by, -less)
    }

    #[inline(always)]
    fn within(self, least: f32, most: f32) -> Self {
        let value = if self < most { self } else { most };
        if value > least { value } else { least }
    }

    #[inline(always)]
    fn where_equal(self, a: Self, b: Self) -> Self {
        if a == b { self } else { 0.0 }
    }

    #[inline(always)]
    fn parts(self, least: u32) -> (Self, Self, u32) {
        let bits = self.to_bits();
        let above = bits.wrapping_sub(least);
        let exponent = (above.cast_signed() >> MANTISSA_BITS) as f32;
        let mantissa = f32::from_bits(bits.wrapping_sub(above & !MANTISSA));
        (exponent, mantissa, above >> BELOW_PLACE)
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        self.to_bits()
    }

    #[inline(always)]
    fn less(bits: u32, less: u32) -> u32 {
        bits.wrapping_sub(less)
    }

    #[inline(always)]
    fn and(bits: u32, mask: u32) -> u32 {
        bits & mask
    }

    #[inline(always)]
    fn greater(bits: u32, others: u32) -> u32 {
        bits.max(others)
    }

    #[inline(always)]
    fn any_from(bits: u32, limit: u32) -> bool {
        bits >= limit
    }

    #[inline(always)]
    fn look_up(table: &[f32; PLACES], at: u32) -> Self {
        table[at as usize % PLACES]
    }

    #[inline(always)]
    fn times_power_of_2(self, rounded: Self) -> Self {
        let power = |exponent: i32| f32::from_bits(((exponent + BIAS) << MANTISSA_BITS) as u32);
        let exponent =
            (rounded.to_bits().cast_signed() - ROUND.to_bits().cast_signed()) >> PLACE_BITS;
        let half = exponent >> 1;
        // The first product is exact.
        self * power(half) * power(exponent - half)
    }
}
