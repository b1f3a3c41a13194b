//! Element formats: what one element of a buffer is, and how PEP 3118 and NumPy spell it.

use std::ffi::{c_int, c_long, c_longlong, c_short};

use crate::ProtocolError;

/// The kind of number an element is, without its byte order.
///
/// ```
/// use distarray_protocol::ElementKind;
/// assert_eq!(ElementKind::Complex128.size(), 16);
/// assert!(ElementKind::U16.is_integer() && !ElementKind::Bool.is_integer());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ElementKind {
    /// One byte, zero for false.
    Bool,
    /// Signed, 8 bits.
    I8,
    /// Signed, 16 bits.
    I16,
    /// Signed, 32 bits.
    I32,
    /// Signed, 64 bits.
    I64,
    /// Unsigned, 8 bits.
    U8,
    /// Unsigned, 16 bits.
    U16,
    /// Unsigned, 32 bits.
    U32,
    /// Unsigned, 64 bits.
    U64,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// Two `F32`: real part, imaginary part.
    Complex64,
    /// Two `F64`: real part, imaginary part.
    Complex128,
}

use ElementKind::*;

/// Kind, PEP 3118 code (8 bytes as `q`, whatever the platform), NumPy name, NumPy type string.
const SPELLINGS: [(ElementKind, &str, &str, &str); 13] = [
    (Bool, "?", "bool", "b1"),
    (I8, "b", "int8", "i1"),
    (I16, "h", "int16", "i2"),
    (I32, "i", "int32", "i4"),
    (I64, "q", "int64", "i8"),
    (U8, "B", "uint8", "u1"),
    (U16, "H", "uint16", "u2"),
    (U32, "I", "uint32", "u4"),
    (U64, "Q", "uint64", "u8"),
    (F32, "f", "float32", "f4"),
    (F64, "d", "float64", "f8"),
    (Complex64, "Zf", "complex64", "c8"),
    (Complex128, "Zd", "complex128", "c16"),
];

impl ElementKind {
    /// The size of one element, in bytes.
    ///
    /// ```
    /// assert_eq!(distarray_protocol::ElementKind::F32.size(), 4);
    /// ```
    pub const fn size(self) -> usize {
        match self {
            Bool | I8 | U8 => 1,
            I16 | U16 => 2,
            I32 | U32 | F32 => 4,
            I64 | U64 | F64 | Complex64 => 8,
            Complex128 => 16,
        }
    }

    /// Whether it is an integer, signed or not; booleans are none.
    ///
    /// ```
    /// assert!(distarray_protocol::ElementKind::I8.is_integer());
    /// ```
    pub const fn is_integer(self) -> bool {
        matches!(self, I8 | I16 | I32 | I64 | U8 | U16 | U32 | U64)
    }

    /// Its name in NumPy, such as `int64`.
    ///
    /// ```
    /// assert_eq!(distarray_protocol::ElementKind::U16.numpy_name(), "uint16");
    /// ```
    pub fn numpy_name(self) -> &'static str {
        self.spelling().2
    }

    fn spelling(self) -> &'static (ElementKind, &'static str, &'static str, &'static str) {
        SPELLINGS.iter().find(|row| row.0 == self).expect("every kind has a row")
    }

    fn integer(size: usize, signed: bool) -> Option<Self> {
        Some(match (size, signed) {
            (1, true) => I8,
            (2, true) => I16,
            (4, true) => I32,
            (8, true) => I64,
            (1, false) => U8,
            (2, false) => U16,
            (4, false) => U32,
            (8, false) => U64,
            _ => return None,
        })
    }
}

/// The order of the bytes of one number.
///
/// ```
/// use distarray_protocol::ByteOrder;
/// assert_eq!(ByteOrder::NATIVE == ByteOrder::Big, cfg!(target_endian = "big"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ByteOrder {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl ByteOrder {
    /// The order of the machine that runs this.
    pub const NATIVE: Self = if cfg!(target_endian = "big") { Self::Big } else { Self::Little };
}

/// What one element of a buffer is: a kind and a byte order.
///
/// Elements of one byte have no byte order; for them it is always the native one, so that equal formats
/// compare equal.
///
/// ```
/// use distarray_protocol::{ByteOrder, ElementFormat, ElementKind};
///
/// let format = ElementFormat::from_code(">i")?;
/// assert_eq!(format, ElementFormat::new(ElementKind::I32, ByteOrder::Big));
/// assert_eq!(ElementFormat::from_code("Zd")?.itemsize(), 16);
/// assert_eq!(ElementFormat::native(ElementKind::Bool).code(), "?");
/// assert!(ElementFormat::from_code("O").is_err());
/// # Ok::<(), distarray_protocol::ProtocolError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementFormat {
    kind: ElementKind,
    order: ByteOrder,
}

impl ElementFormat {
    /// The format of `kind` in the given byte order.
    ///
    /// ```
    /// use distarray_protocol::{ByteOrder, ElementFormat, ElementKind};
    /// assert_eq!(ElementFormat::new(ElementKind::F64, ByteOrder::Big).itemsize(), 8);
    /// ```
    pub const fn new(kind: ElementKind, order: ByteOrder) -> Self {
        if kind.size() == 1 {
            Self { kind, order: ByteOrder::NATIVE }
        } else {
            Self { kind, order }
        }
    }

    /// The format of `kind` in the byte order of this machine.
    ///
    /// ```
    /// use distarray_protocol::{ElementFormat, ElementKind};
    /// assert!(ElementFormat::native(ElementKind::I64).is_native());
    /// ```
    pub const fn native(kind: ElementKind) -> Self {
        Self::new(kind, ByteOrder::NATIVE)
    }

    /// The kind of number.
    ///
    /// ```
    /// use distarray_protocol::{ElementFormat, ElementKind};
    /// assert_eq!(ElementFormat::from_code("<d")?.kind(), ElementKind::F64);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub const fn kind(self) -> ElementKind {
        self.kind
    }

    /// The byte order.
    ///
    /// ```
    /// use distarray_protocol::{ByteOrder, ElementFormat};
    /// assert_eq!(ElementFormat::from_code("!h")?.order(), ByteOrder::Big);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub const fn order(self) -> ByteOrder {
        self.order
    }

    /// The size of one element, in bytes.
    ///
    /// ```
    /// use distarray_protocol::ElementFormat;
    /// assert_eq!(ElementFormat::from_code("H")?.itemsize(), 2);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub const fn itemsize(self) -> usize {
        self.kind.size()
    }

    /// Whether the bytes are in the order of this machine.
    ///
    /// ```
    /// use distarray_protocol::ElementFormat;
    /// assert!(ElementFormat::from_code("=q")?.is_native());
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn is_native(self) -> bool {
        self.order == ByteOrder::NATIVE
    }

    /// The PEP 3118 code: bare in native order, else with `<` or `>`.
    ///
    /// The code can be read back with [`from_code`](Self::from_code) on any platform of that byte order.
    ///
    /// ```
    /// use distarray_protocol::{ElementFormat, ElementKind};
    /// assert_eq!(ElementFormat::native(ElementKind::Complex64).code(), "Zf");
    /// ```
    pub fn code(self) -> String {
        let code = self.kind.spelling().1;
        match (self.is_native(), self.order) {
            (true, _) => code.to_owned(),
            (false, ByteOrder::Little) => format!("<{code}"),
            (false, ByteOrder::Big) => format!(">{code}"),
        }
    }

    /// Reads a PEP 3118 code such as `d`, `<q`, `>Zf` or `@l`.
    ///
    /// Bare codes and those after `@` have the sizes of C on this platform, those after `=`, `<`, `>` and `!` the
    /// standard ones (so `l` may be 8 bytes and `<l` is 4). Structures, repeats and other kinds are an error.
    ///
    /// ```
    /// use distarray_protocol::ElementFormat;
    /// assert_eq!(ElementFormat::from_code("<l")?.itemsize(), 4);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn from_code(code: &str) -> Result<Self, ProtocolError> {
        let (native_sizes, order, bare) = match code.as_bytes().first() {
            Some(b'@') => (true, ByteOrder::NATIVE, &code[1..]),
            Some(b'=') => (false, ByteOrder::NATIVE, &code[1..]),
            Some(b'<') => (false, ByteOrder::Little, &code[1..]),
            Some(b'>' | b'!') => (false, ByteOrder::Big, &code[1..]),
            _ => (true, ByteOrder::NATIVE, code),
        };
        let sized = |native: usize, standard: usize| if native_sizes { native } else { standard };
        let size = match bare {
            "h" | "H" => sized(size_of::<c_short>(), 2),
            "i" | "I" => sized(size_of::<c_int>(), 4),
            "l" | "L" => sized(size_of::<c_long>(), 4),
            "q" | "Q" => sized(size_of::<c_longlong>(), 8),
            "n" | "N" if native_sizes => size_of::<usize>(),
            _ => 0,
        };
        let kind = if size > 0 {
            ElementKind::integer(size, bare.as_bytes()[0].is_ascii_lowercase())
        } else {
            SPELLINGS.iter().find(|row| row.1 == bare).map(|row| row.0)
        };
        kind.map(|kind| Self::new(kind, order))
            .ok_or_else(|| ProtocolError::Format { format: code.to_owned() })
    }

    /// The NumPy type string, such as `<i8` or `|b1`.
    ///
    /// ```
    /// use distarray_protocol::{ByteOrder, ElementFormat, ElementKind};
    /// assert_eq!(ElementFormat::new(ElementKind::I32, ByteOrder::Big).numpy_string(), ">i4");
    /// assert_eq!(ElementFormat::native(ElementKind::Bool).numpy_string(), "|b1");
    /// ```
    pub fn numpy_string(self) -> String {
        let order = match (self.itemsize(), self.order) {
            (1, _) => '|',
            (_, ByteOrder::Little) => '<',
            (_, ByteOrder::Big) => '>',
        };
        format!("{order}{}", self.kind.spelling().3)
    }

    /// Reads a NumPy type name (`int64`) or type string (`<i8`, `|b1`, `f4`).
    ///
    /// ```
    /// use distarray_protocol::ElementFormat;
    /// assert_eq!(ElementFormat::from_numpy("uint8")?, ElementFormat::from_numpy("|u1")?);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn from_numpy(name: &str) -> Result<Self, ProtocolError> {
        let (order, bare) = match name.as_bytes().first() {
            Some(b'<') => (ByteOrder::Little, &name[1..]),
            Some(b'>') => (ByteOrder::Big, &name[1..]),
            Some(b'|' | b'=') => (ByteOrder::NATIVE, &name[1..]),
            _ => (ByteOrder::NATIVE, name),
        };
        let prefixed = bare.len() < name.len();
        SPELLINGS
            .iter()
            .find(|row| bare == row.3 || (!prefixed && bare == row.2))
            .map(|row| Self::new(row.0, order))
            .ok_or_else(|| ProtocolError::Format { format: name.to_owned() })
    }

    /// The bytes of one element of this format, put into another byte order.
    pub(crate) fn in_order(self, element: &[u8], order: ByteOrder) -> Vec<u8> {
        // The two halves of a complex number are swapped each by itself.
        let part = match self.kind {
            Complex64 | Complex128 => self.itemsize() / 2,
            _ => self.itemsize(),
        };
        let mut bytes = element.to_vec();
        if order != self.order {
            bytes.chunks_mut(part).for_each(<[u8]>::reverse);
        }
        bytes
    }
}
