//! [`Attribute`]: a small value beside a group or a dataset.

use distarray_core::block::Block;
use distarray_core::{Complex32, Complex64, Element, Scalar, as_bytes, with_element};
use ndarray::ArrayD;

use super::pack::{Pack, Unpack};

/// The value of an attribute: a number, some text, or a small array of either.
///
/// ```
/// use distarray_core::Scalar;
/// use distarray_io::hdf5::Attribute;
///
/// assert_eq!(Attribute::from(2.5), Attribute::Number(Scalar::F64(2.5)));
/// assert_eq!(Attribute::from("K"), Attribute::Text("K".into()));
/// let Attribute::Array(block) = Attribute::from(vec![1_u8, 2, 3]) else { panic!() };
/// assert_eq!(block.shape(), [3]);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Attribute {
    /// One number.
    Number(Scalar),
    /// Text.
    Text(String),
    /// Numbers, of one type.
    Array(Block),
    /// A list of texts.
    Texts(Vec<String>),
    /// Nothing but the name.
    Empty,
}

impl PartialEq for Attribute {
    fn eq(&self, other: &Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }
}

impl Attribute {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut pack = Pack::default();
        match self {
            Self::Empty => pack.number(0),
            Self::Number(value) => pack.number(1).dtype(value.dtype()).bytes(&value.to_bytes()),
            Self::Text(text) => pack.number(2).text(text),
            Self::Texts(texts) => {
                pack.number(3).number(texts.len());
                texts.iter().for_each(|text| {
                    pack.text(text);
                });
                &mut pack
            }
            Self::Array(block) => {
                pack.number(4).dtype(block.dtype()).numbers(block.shape()).bytes(&elements(block))
            }
        };
        pack.finish()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let mut bytes = Unpack(bytes);
        match bytes.number() {
            0 => Self::Empty,
            1 => {
                let dtype = bytes.dtype();
                let value = Scalar::from_bytes(dtype, bytes.bytes());
                Self::Number(value.expect("was a number on another rank"))
            }
            2 => Self::Text(bytes.text()),
            3 => Self::Texts((0..bytes.number()).map(|_| bytes.text()).collect()),
            _ => {
                let (dtype, shape) = (bytes.dtype(), bytes.numbers());
                Self::Array(block(dtype, &shape, bytes.bytes()))
            }
        }
    }
}

/// The bytes of a block's elements, in C order.
pub(super) fn elements(block: &Block) -> Vec<u8> {
    with_element!(block.dtype(), T => {
        let values = block.to_array::<T>().expect("the type is the block's");
        as_bytes(&values.iter().copied().collect::<Vec<_>>()).to_vec()
    })
}

/// A block of elements whose bytes are these, in C order.
pub(super) fn block(dtype: distarray_core::DType, shape: &[usize], bytes: &[u8]) -> Block {
    with_element!(dtype, T => {
        let values = bytes.chunks_exact(dtype.size()).map(|bytes| {
            let value = Scalar::from_bytes(dtype, bytes).expect("bytes of the type");
            T::try_from_scalar(value).expect("the type is the scalar's")
        });
        let values = ArrayD::from_shape_vec(shape, values.collect());
        Block::from_array(values.expect("as many elements as the shape says"))
    })
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Attribute {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<String>> for Attribute {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

impl From<Scalar> for Attribute {
    fn from(value: Scalar) -> Self {
        Self::Number(value)
    }
}

impl<T: Element> From<ArrayD<T>> for Attribute {
    fn from(values: ArrayD<T>) -> Self {
        Self::Array(Block::from_array(values))
    }
}

macro_rules! from_elements {
    ($($type:ty)*) => {$(
        impl From<$type> for Attribute {
            fn from(value: $type) -> Self {
                Self::Number(value.into())
            }
        }

        impl From<Vec<$type>> for Attribute {
            fn from(values: Vec<$type>) -> Self {
                Self::Array(Block::from_array(ndarray::Array1::from(values).into_dyn()))
            }
        }
    )*};
}

from_elements!(bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Complex32 Complex64);
