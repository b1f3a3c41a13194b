//! The Rust types that can be elements of a buffer.

use std::fmt::Debug;

use crate::{ByteOrder, ElementFormat, ElementKind};

/// A Rust type that is exactly one element of a buffer.
///
/// Closed: `bool`, the integers of 8 to 64 bits, `f32`, `f64`, and `[f32; 2]` and `[f64; 2]` for complex numbers
/// (real part first, the layout of `num_complex::Complex`).
///
/// ```
/// use distarray_protocol::{BufferElement, ElementKind};
/// assert_eq!(<[f64; 2]>::KIND, ElementKind::Complex128);
/// assert_eq!(u16::format().itemsize(), size_of::<u16>());
/// ```
pub trait BufferElement: Copy + Debug + PartialEq + Send + Sync + sealed::Coded + 'static {
    /// The kind of element that this type is.
    const KIND: ElementKind;

    /// The format of this type in memory, in native byte order.
    ///
    /// ```
    /// use distarray_protocol::{BufferElement, ElementFormat, ElementKind};
    /// assert_eq!(f64::format(), ElementFormat::native(ElementKind::F64));
    /// ```
    fn format() -> ElementFormat {
        ElementFormat::native(Self::KIND)
    }
}

pub(crate) mod sealed {
    use super::ByteOrder;

    /// How one element is written as bytes; closes [`BufferElement`](super::BufferElement).
    ///
    /// Implementers are plain data without padding, of the size of their kind, for which
    /// [`is_valid`](Coded::is_valid) tells whether bytes in memory are a value of the type.
    #[expect(unnameable_types, reason = "it closes the trait above")]
    pub trait Coded: Sized {
        fn decode(bytes: &[u8], order: ByteOrder) -> Self;
        fn encode(self, bytes: &mut [u8], order: ByteOrder);
        fn is_valid(_bytes: &[u8]) -> bool {
            true
        }
    }
}

use sealed::Coded;

macro_rules! numbers {
    ($($number:ty => $kind:ident,)*) => {$(
        impl BufferElement for $number {
            const KIND: ElementKind = ElementKind::$kind;
        }

        impl Coded for $number {
            fn decode(bytes: &[u8], order: ByteOrder) -> Self {
                let bytes = bytes.try_into().expect("an element has the size of its kind");
                match order {
                    ByteOrder::Little => Self::from_le_bytes(bytes),
                    ByteOrder::Big => Self::from_be_bytes(bytes),
                }
            }

            fn encode(self, bytes: &mut [u8], order: ByteOrder) {
                bytes.copy_from_slice(&match order {
                    ByteOrder::Little => self.to_le_bytes(),
                    ByteOrder::Big => self.to_be_bytes(),
                });
            }
        }
    )*};
}

numbers! {
    i8 => I8, i16 => I16, i32 => I32, i64 => I64,
    u8 => U8, u16 => U16, u32 => U32, u64 => U64,
    f32 => F32, f64 => F64,
}

impl BufferElement for bool {
    const KIND: ElementKind = ElementKind::Bool;
}

impl Coded for bool {
    // Other libraries may store any non-zero byte for true.
    fn decode(bytes: &[u8], _order: ByteOrder) -> Self {
        bytes[0] != 0
    }

    fn encode(self, bytes: &mut [u8], _order: ByteOrder) {
        bytes[0] = u8::from(self);
    }

    fn is_valid(bytes: &[u8]) -> bool {
        bytes.iter().all(|&byte| byte <= 1)
    }
}

macro_rules! complex_numbers {
    ($($part:ty => $kind:ident,)*) => {$(
        impl BufferElement for [$part; 2] {
            const KIND: ElementKind = ElementKind::$kind;
        }

        impl Coded for [$part; 2] {
            fn decode(bytes: &[u8], order: ByteOrder) -> Self {
                let (real, imaginary) = bytes.split_at(size_of::<$part>());
                [<$part>::decode(real, order), <$part>::decode(imaginary, order)]
            }

            fn encode(self, bytes: &mut [u8], order: ByteOrder) {
                let (real, imaginary) = bytes.split_at_mut(size_of::<$part>());
                self[0].encode(real, order);
                self[1].encode(imaginary, order);
            }
        }
    )*};
}

complex_numbers! { f32 => Complex64, f64 => Complex128, }
