//! Writing the header of a `.npy` file, byte for byte as NumPy does.

use std::path::Path;

use distarray_core::{DType, Error, Result};

use super::header::{MAGIC, MOST_AXES, code_of};
use crate::file::{Header, Order};
use crate::flat::ByteOrder;

/// The first element stands at a multiple of this many bytes.
const ALIGNMENT: usize = 64;

/// Digits of the largest extent: as much room is left for the one that grows, so that a file can be
/// lengthened in place.
const GROWTH_DIGITS: usize = 21;

/// The bytes before the first element, which are in the machine's byte order.
///
/// # Errors
/// The array has more axes than NumPy takes.
pub(crate) fn preamble(header: &Header, path: &Path) -> Result<Vec<u8>> {
    if header.shape.len() > MOST_AXES {
        return Err(Error::file(
            path,
            format!(
                "shape: an array of {} axes has more than the {MOST_AXES} that a .npy file can have",
                header.shape.len()
            ),
        ));
    }
    Ok(wrapped(dictionary(header, ByteOrder::NATIVE)))
}

/// The bytes before the first element in the room that those of another header take; `None` where
/// there is not enough.
pub(super) fn preamble_within(
    header: &Header,
    byte_order: ByteOrder,
    old: &[u8],
) -> Option<Vec<u8>> {
    let prefix = if old[MAGIC.len()] == 1 { MAGIC.len() + 4 } else { MAGIC.len() + 6 };
    let text = dictionary(header, byte_order);
    let text = text.trim_end();
    let mut bytes = old[..prefix].to_vec();
    bytes.extend(text.as_bytes());
    (bytes.len() < old.len()).then(|| {
        bytes.resize(old.len() - 1, b' ');
        bytes.push(b'\n');
        bytes
    })
}

/// `descr` of a dtype in a byte order.
fn descr(dtype: DType, byte_order: ByteOrder) -> String {
    let order = match (dtype.size(), byte_order) {
        (1, _) => '|',
        (_, ByteOrder::Little) => '<',
        (_, ByteOrder::Big) => '>',
    };
    format!("{order}{}", code_of(dtype))
}

fn dictionary(header: &Header, byte_order: ByteOrder) -> String {
    let shape = match &header.shape[..] {
        [one] => format!("({one},)"),
        all => {
            let all: Vec<_> = all.iter().map(usize::to_string).collect();
            format!("({})", all.join(", "))
        }
    };
    let (order, grows) = match header.order {
        Order::C => ("False", header.shape.first()),
        Order::Fortran => ("True", header.shape.last()),
    };
    let room = grows.map_or(0, |extent| GROWTH_DIGITS - extent.to_string().len());
    let descr = descr(header.dtype, byte_order);
    format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}{:room$}", "")
}

/// The dictionary between magic, version, length, and padding: the oldest version that its length
/// fits in.
fn wrapped(dictionary: String) -> Vec<u8> {
    let padded = |prefix: usize| {
        let used = prefix + dictionary.len() + 1;
        // As NumPy: a full line of padding where none is needed.
        dictionary.len() + 1 + ALIGNMENT - used % ALIGNMENT
    };
    let mut bytes = MAGIC.to_vec();
    let (short, long) = (padded(MAGIC.len() + 4), padded(MAGIC.len() + 6));
    let length = match u16::try_from(short) {
        Ok(length) => {
            bytes.extend([1, 0]);
            bytes.extend(length.to_le_bytes());
            short
        }
        Err(_) => {
            bytes.extend([2, 0]);
            bytes.extend(u32::try_from(long).unwrap_or(u32::MAX).to_le_bytes());
            long
        }
    };
    let end = bytes.len() + length;
    bytes.extend(dictionary.into_bytes());
    bytes.resize(end - 1, b' ');
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(dtype: DType, shape: &[usize], order: Order) -> Vec<u8> {
        preamble(&Header { dtype, shape: shape.to_vec(), order }, Path::new("a.npy")).unwrap()
    }

    #[test]
    fn a_header_is_a_multiple_of_64_bytes_and_ends_its_line() {
        for dtype in DType::ALL {
            for shape in [&[][..], &[0], &[5], &[3, 0, 2], &[usize::MAX, 0]] {
                let bytes = of(dtype, shape, Order::C);
                assert_eq!(bytes.len() % 64, 0);
                assert_eq!(bytes.last(), Some(&b'\n'));
                assert_eq!(usize::from(bytes[8]) + 256 * usize::from(bytes[9]), bytes.len() - 10);
            }
        }
    }

    #[test]
    fn the_text_is_numpys() {
        let bytes = of(DType::U8, &[5], Order::Fortran);
        let text = "{'descr': '|u1', 'fortran_order': True, 'shape': (5,), }";
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        assert_eq!(std::str::from_utf8(&bytes[10..]).unwrap().trim_end(), text);
    }

    #[test]
    fn a_long_dictionary_takes_version_2() {
        let short = wrapped("x".repeat(65_000));
        assert_eq!(short[6..8], [1, 0]);
        let long = wrapped("x".repeat(66_000));
        assert_eq!(long[6..8], [2, 0]);
        assert_eq!(long.len() % 64, 0);
        let length = u32::from_le_bytes(long[8..12].try_into().unwrap());
        assert_eq!(length as usize, long.len() - 12);
    }

    #[test]
    fn more_axes_than_numpy_takes_are_refused() {
        let header = Header { dtype: DType::F64, shape: vec![1; 65], order: Order::C };
        let error = preamble(&header, Path::new("a.npy")).unwrap_err().to_string();
        assert_eq!(
            error,
            "a.npy: shape: an array of 65 axes has more than the 64 that a .npy file can have"
        );
    }
}
