//! What integers have besides arithmetic: bits, shifts and divisors.

use super::arithmetic::Number;

/// Operations on whole numbers.
pub(super) trait Integer: Number {
    /// The number of bits that are set in the magnitude.
    fn bitwise_count(self) -> u8;
    /// Shifted left; 0 where the count is negative or not below the number of bits.
    fn left_shift(self, count: Self) -> Self;
    /// Shifted right, as far as the sign goes (0 or -1) where the count is negative or not below the
    /// number of bits.
    fn right_shift(self, count: Self) -> Self;
    /// The greatest common divisor, which is not negative unless it wraps.
    fn gcd(self, other: Self) -> Self;
    /// The least common multiple, which is not negative unless it wraps.
    fn lcm(self, other: Self) -> Self;
}

macro_rules! integers {
    ($($type:ident $unsigned:ident $magnitude:expr;)*) => {$(
        impl Integer for $type {
            #[inline(always)]
            fn bitwise_count(self) -> u8 {
                let magnitude: fn($type) -> $unsigned = $magnitude;
                magnitude(self).count_ones() as u8
            }
            #[inline(always)]
            fn left_shift(self, count: Self) -> Self {
                // A negative count is a great one without its sign.
                match (count as $unsigned) < $type::BITS as $unsigned {
                    true => self.wrapping_shl(count as u32),
                    false => 0,
                }
            }
            #[inline(always)]
            fn right_shift(self, count: Self) -> Self {
                let last = $type::BITS as $unsigned - 1;
                let zero: Self = 0;
                #[allow(unused_comparisons, reason = "unsigned types are in the list")]
                let sign = if self < 0 { !zero } else { zero };
                match (count as $unsigned) <= last {
                    true => self.wrapping_shr(count as u32),
                    false => sign,
                }
            }
            fn gcd(self, other: Self) -> Self {
                let magnitude: fn($type) -> $unsigned = $magnitude;
                let (mut a, mut b) = (magnitude(self), magnitude(other));
                while b != 0 {
                    (a, b) = (b, a % b);
                }
                a as Self
            }
            fn lcm(self, other: Self) -> Self {
                let magnitude: fn($type) -> $unsigned = $magnitude;
                match Integer::gcd(self, other) as $unsigned {
                    0 => 0,
                    divisor => (magnitude(self) / divisor).wrapping_mul(magnitude(other)) as Self,
                }
            }
        }
    )*};
}

integers! {
    i8 u8 i8::unsigned_abs;
    i16 u16 i16::unsigned_abs;
    i32 u32 i32::unsigned_abs;
    i64 u64 i64::unsigned_abs;
    u8 u8 |a| a;
    u16 u16 |a| a;
    u32 u32 |a| a;
    u64 u64 |a| a;
}
