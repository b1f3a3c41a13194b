//! Conversion of elements between dtypes, buffer to buffer.

use distarray_core::{Complex32, Complex64, DType, Element, with_element};

/// Converts the elements in the first buffer to those of the second; both hold equally many.
pub(crate) type Convert = fn(&[u8], &mut [u8]);

/// What converts elements of one dtype to another, as Rust's `as`; a number becomes `true` where it
/// is not zero, a complex one becomes real by its real part.
pub(crate) fn convert(from: DType, to: DType) -> Convert {
    with_element!(from, A => with_element!(to, B => convert_all::<A, B>))
}

fn convert_all<A: Widen, B: Narrow<A::Wide>>(from: &[u8], to: &mut [u8]) {
    let (from, to) = (from.chunks_exact(size_of::<A>()), to.chunks_exact_mut(size_of::<B>()));
    for (from, to) in from.zip(to) {
        // SAFETY: the chunk has the size of an element, and a buffer holds valid ones: files' bytes
        // are made so before they are converted.
        let value = unsafe { from.as_ptr().cast::<A>().read_unaligned() };
        // SAFETY: the chunk has the size of an element.
        unsafe { to.as_mut_ptr().cast::<B>().write_unaligned(B::narrow(value.widen())) };
    }
}

/// A type that goes without loss to the widest of its kind. Going through that makes a conversion
/// for each type and kind, in place of one for each pair of types.
trait Widen: Element {
    type Wide;
    fn widen(self) -> Self::Wide;
}

/// A type that the widest of a kind goes to.
trait Narrow<W>: Element {
    fn narrow(wide: W) -> Self;
}

/// Numbers whose widest kin is the second type.
macro_rules! widen {
    ($($type:ty as $wide:ty),*) => {$(
        impl Widen for $type {
            type Wide = $wide;

            #[inline(always)]
            fn widen(self) -> $wide {
                self.into()
            }
        }
    )*};
}
widen!(bool as u64, u8 as u64, u16 as u64, u32 as u64, u64 as u64);
widen!(i8 as i64, i16 as i64, i32 as i64, i64 as i64);
widen!(f32 as f64, f64 as f64);

impl Widen for Complex32 {
    type Wide = Complex64;

    #[inline(always)]
    fn widen(self) -> Complex64 {
        Complex64::new(self.re.into(), self.im.into())
    }
}

impl Widen for Complex64 {
    type Wide = Self;

    #[inline(always)]
    fn widen(self) -> Self {
        self
    }
}

/// One type of numbers from the widest of each kind listed.
macro_rules! narrow {
    ($type:ident from $($wide:ident)*) => {
        $(impl Narrow<$wide> for $type {
            #[inline(always)]
            #[allow(clippy::unnecessary_cast, reason = "a type to itself is in the list")]
            fn narrow(wide: $wide) -> Self {
                wide as $type
            }
        })*

        impl Narrow<Complex64> for $type {
            #[inline(always)]
            fn narrow(wide: Complex64) -> Self {
                Self::narrow(wide.re)
            }
        }
    };
}
narrow!(i8 from u64 i64 f64);
narrow!(i16 from u64 i64 f64);
narrow!(i32 from u64 i64 f64);
narrow!(i64 from u64 i64 f64);
narrow!(u8 from u64 i64 f64);
narrow!(u16 from u64 i64 f64);
narrow!(u32 from u64 i64 f64);
narrow!(u64 from u64 i64 f64);
narrow!(f32 from u64 i64 f64);
narrow!(f64 from u64 i64 f64);

/// Truth values and complex numbers from the widest of each real kind.
macro_rules! narrow_others {
    ($($wide:ident)*) => {$(
        impl Narrow<$wide> for bool {
            #[inline(always)]
            fn narrow(wide: $wide) -> Self {
                wide != 0 as $wide
            }
        }

        impl Narrow<$wide> for Complex32 {
            #[inline(always)]
            fn narrow(wide: $wide) -> Self {
                Self::new(wide as f32, 0.0)
            }
        }

        impl Narrow<$wide> for Complex64 {
            #[inline(always)]
            #[allow(clippy::unnecessary_cast, reason = "a type to itself is in the list")]
            fn narrow(wide: $wide) -> Self {
                Self::new(wide as f64, 0.0)
            }
        }
    )*};
}
narrow_others!(u64 i64 f64);

impl Narrow<Complex64> for bool {
    #[inline(always)]
    fn narrow(wide: Complex64) -> Self {
        wide.re != 0.0 || wide.im != 0.0
    }
}

impl Narrow<Complex64> for Complex32 {
    #[inline(always)]
    fn narrow(wide: Complex64) -> Self {
        Self::new(wide.re as f32, wide.im as f32)
    }
}

impl Narrow<Complex64> for Complex64 {
    #[inline(always)]
    fn narrow(wide: Complex64) -> Self {
        wide
    }
}

#[cfg(test)]
mod tests {
    use distarray_core::as_bytes;

    use super::*;

    fn converted<A: Element, B: Element>(from: &[A]) -> Vec<B> {
        let mut to = vec![0; from.len() * size_of::<B>()];
        convert(A::DTYPE, B::DTYPE)(as_bytes(from), &mut to);
        let read = |chunk: &[u8]| {
            let scalar = distarray_core::Scalar::from_bytes(B::DTYPE, chunk).unwrap();
            B::try_from_scalar(scalar).unwrap()
        };
        to.chunks_exact(size_of::<B>()).map(read).collect()
    }

    #[test]
    fn conversions_are_those_of_as() {
        assert_eq!(converted::<i64, f32>(&[16_777_217, i64::MIN]), [16_777_216.0, i64::MIN as f32]);
        assert_eq!(converted::<u64, f64>(&[u64::MAX]), [u64::MAX as f64]);
        assert_eq!(converted::<u64, i8>(&[255, 256]), [-1, 0]);
        assert_eq!(converted::<i8, u64>(&[-1]), [u64::MAX]);
        assert_eq!(converted::<f64, i16>(&[1e9, -2.7, f64::NAN]), [i16::MAX, -2, 0]);
        assert_eq!(converted::<f32, f64>(&[0.1]), [f64::from(0.1_f32)]);
        assert_eq!(converted::<i64, i64>(&[i64::MAX - 1]), [i64::MAX - 1]);
    }

    #[test]
    fn truth_and_complex_numbers() {
        assert_eq!(converted::<f32, bool>(&[0.0, -0.0, f32::NAN]), [false, false, true]);
        assert_eq!(converted::<bool, i32>(&[true, false]), [1, 0]);
        assert_eq!(converted::<i16, Complex32>(&[-3]), [Complex32::new(-3.0, 0.0)]);
        assert_eq!(converted::<Complex64, f32>(&[Complex64::new(2.5, 9.0)]), [2.5]);
        assert_eq!(converted::<Complex64, bool>(&[Complex64::new(0.0, 1.0)]), [true]);
        let both = [Complex64::new(1.5, -2.5)];
        assert_eq!(converted::<Complex64, Complex64>(&both), both);
    }

    #[test]
    fn every_pair_keeps_one_and_zero() {
        for from in DType::ALL {
            for to in DType::ALL {
                let made = with_element!(from, A => {
                    let ones = converted::<bool, A>(&[true, false]);
                    with_element!(to, B => converted::<A, B>(&ones) == converted::<bool, B>(&[true, false]))
                });
                assert!(made, "{from} to {to}");
            }
        }
    }
}
