//! Vectors of AVX2 and of AVX-512.

use std::arch::x86_64::*;

use super::{BELOW_PLACE, BIAS, MANTISSA, MANTISSA_BITS, PLACE_BITS, PLACES, ROUND, Singles};

/// With AVX2 and multiplications that add.
#[derive(Clone, Copy)]
pub(in super::super) struct Eight(__m256);

/// With AVX-512.
#[derive(Clone, Copy)]
pub(in super::super) struct Sixteen(__m512);

/// Lists what is the same but for the width.
macro_rules! singles {
    ($name:ident: $lanes:literal $whole:ident {
        $set:ident $load:ident $store:ident $plus:ident $minus:ident $times:ident $times_plus:ident
        $times_minus:ident $least:ident $most:ident
    } {
        $set_whole:ident $less:ident $and:ident $greater:ident $right:ident $right_signed:ident $number:ident
        $as_whole:ident $as_number:ident
    } $($rest:item)*) => {
        impl Singles for $name {
            const LANES: usize = $lanes;
            type Bits = $whole;

            #[inline(always)]
            fn splat(value: f32) -> Self {
                // SAFETY: loops of these vectors are compiled for processors that have them, here and below.
                Self(unsafe { $set(value) })
            }

            #[inline(always)]
            unsafe fn load(from: *const f32) -> Self {
                // SAFETY: as above, and as the caller vouches.
                Self(unsafe { $load(from) })
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut f32) {
                // SAFETY: as above.
                unsafe { $store(to, self.0) }
            }

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                // SAFETY: as above.
                Self(unsafe { $plus(self.0, other.0) })
            }

            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                // SAFETY: as above.
                Self(unsafe { $minus(self.0, other.0) })
            }

            #[inline(always)]
            fn times(self, other: Self) -> Self {
                // SAFETY: as above.
                Self(unsafe { $times(self.0, other.0) })
            }

            #[inline(always)]
            fn times_plus(self, by: Self, to: Self) -> Self {
                // SAFETY: as above.
                Self(unsafe { $times_plus(self.0, by.0, to.0) })
            }

            #[inline(always)]
            fn times_minus(self, by: Self, less: Self) -> Self {
                // SAFETY: as above.
                Self(unsafe { $times_minus(self.0, by.0, less.0) })
            }

            #[inline(always)]
            fn within(self, least: f32, most: f32) -> Self {
                // SAFETY: as above.
                Self(unsafe { $most($least(self.0, $set(most)), $set(least)) })
            }

            #[inline(always)]
            fn parts(self, least: u32) -> (Self, Self, $whole) {
                // SAFETY: as above.
                unsafe {
                    let bits = $as_whole(self.0);
                    let above = $less(bits, $set_whole(least.cast_signed()));
                    let exponent = $number($right_signed::<{ MANTISSA_BITS as _ }>(above));
                    let scale = $and(above, $set_whole((!MANTISSA).cast_signed()));
                    let mantissa = $as_number($less(bits, scale));
                    (Self(exponent), Self(mantissa), $right::<{ BELOW_PLACE as _ }>(above))
                }
            }

            #[inline(always)]
            fn bits(self) -> $whole {
                // SAFETY: as above.
                unsafe { $as_whole(self.0) }
            }

            #[inline(always)]
            fn less(bits: $whole, less: u32) -> $whole {
                // SAFETY: as above.
                unsafe { $less(bits, $set_whole(less.cast_signed())) }
            }

            #[inline(always)]
            fn and(bits: $whole, mask: u32) -> $whole {
                // SAFETY: as above.
                unsafe { $and(bits, $set_whole(mask.cast_signed())) }
            }

            #[inline(always)]
            fn greater(bits: $whole, others: $whole) -> $whole {
                // SAFETY: as above.
                unsafe { $greater(bits, others) }
            }

            $($rest)*
        }
    };
}

singles! { Eight: 8 __m256i {
    _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_add_ps _mm256_sub_ps _mm256_mul_ps
    _mm256_fmadd_ps _mm256_fmsub_ps _mm256_min_ps _mm256_max_ps
} {
    _mm256_set1_epi32 _mm256_sub_epi32 _mm256_and_si256 _mm256_max_epu32 _mm256_srli_epi32 _mm256_srai_epi32
    _mm256_cvtepi32_ps _mm256_castps_si256 _mm256_castsi256_ps
}
    #[inline(always)]
    fn where_equal(self, a: Self, b: Self) -> Self {
        // SAFETY: as above.
        Self(unsafe { _mm256_and_ps(self.0, _mm256_cmp_ps::<_CMP_EQ_OQ>(a.0, b.0)) })
    }

    #[inline(always)]
    fn any_from(bits: __m256i, limit: u32) -> bool {
        // SAFETY: as above.
        unsafe {
            let limit = _mm256_set1_epi32(limit.cast_signed());
            let from = _mm256_cmpeq_epi32(_mm256_max_epu32(bits, limit), bits);
            _mm256_movemask_epi8(from) != 0
        }
    }

    #[inline(always)]
    fn look_up(table: &[f32; PLACES], at: __m256i) -> Self {
        // SAFETY: as above, and there are four vectors in a table.
        unsafe {
            let table = table.as_ptr();
            let a = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), at);
            let b = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table.add(8)), at);
            let c = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table.add(16)), at);
            let d = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table.add(24)), at);
            // What decides is the first bit of a number.
            let second = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(at));
            let half = _mm256_castsi256_ps(_mm256_slli_epi32::<27>(at));
            let (low, high) = (_mm256_blendv_ps(a, b, second), _mm256_blendv_ps(c, d, second));
            Self(_mm256_blendv_ps(low, high, half))
        }
    }

    #[inline(always)]
    fn times_power_of_2(self, rounded: Self) -> Self {
        // SAFETY: as above.
        unsafe {
            let bias = _mm256_set1_epi32(BIAS);
            let zero = _mm256_set1_epi32(ROUND.to_bits().cast_signed());
            let exponent = _mm256_sub_epi32(_mm256_castps_si256(rounded.0), zero);
            let exponent = _mm256_srai_epi32::<PLACE_BITS>(exponent);
            let half = _mm256_srai_epi32::<1>(exponent);
            let rest = _mm256_sub_epi32(exponent, half);
            let half = _mm256_slli_epi32::<MANTISSA_BITS>(_mm256_add_epi32(half, bias));
            let rest = _mm256_slli_epi32::<MANTISSA_BITS>(_mm256_add_epi32(rest, bias));
            // The first product is exact.
            let product = _mm256_mul_ps(self.0, _mm256_castsi256_ps(half));
            Self(_mm256_mul_ps(product, _mm256_castsi256_ps(rest)))
        }
    }
}

singles! { Sixteen: 16 __m512i {
    _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_add_ps _mm512_sub_ps _mm512_mul_ps
    _mm512_fmadd_ps _mm512_fmsub_ps _mm512_min_ps _mm512_max_ps
} {
    _mm512_set1_epi32 _mm512_sub_epi32 _mm512_and_si512 _mm512_max_epu32 _mm512_srli_epi32 _mm512_srai_epi32
    _mm512_cvtepi32_ps _mm512_castps_si512 _mm512_castsi512_ps
}
    #[inline(always)]
    fn where_equal(self, a: Self, b: Self) -> Self {
        // SAFETY: as above.
        unsafe {
            let equal = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a.0, b.0);
            Self(_mm512_maskz_mov_ps(equal, self.0))
        }
    }

    #[inline(always)]
    fn any_from(bits: __m512i, limit: u32) -> bool {
        // SAFETY: as above.
        unsafe { _mm512_cmpge_epu32_mask(bits, _mm512_set1_epi32(limit.cast_signed())) != 0 }
    }

    #[inline(always)]
    fn look_up(table: &[f32; PLACES], at: __m512i) -> Self {
        // SAFETY: as above, and there are two vectors in a table.
        unsafe {
            let low = _mm512_loadu_ps(table.as_ptr());
            let high = _mm512_loadu_ps(table.as_ptr().add(16));
            Self(_mm512_permutex2var_ps(low, at, high))
        }
    }

    #[inline(always)]
    fn times_power_of_2(self, rounded: Self) -> Self {
        // SAFETY: as above. The instruction takes the whole number not above its operand.
        Self(unsafe { _mm512_scalef_ps(self.0, rounded.minus(Self::splat(ROUND)).0) })
    }
}
