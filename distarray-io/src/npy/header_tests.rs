//! Headers that are unusual but right, and headers that are wrong.

use std::path::Path;

use distarray_core::DType;

use super::header::{Preamble, parse, read_preamble};
use crate::file::{Header, Order};
use crate::flat::ByteOrder;

/// A file of a version, with a header text and so many bytes of elements.
fn file(version: [u8; 2], text: &[u8], elements: usize) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend(version);
    match version[0] {
        1 => bytes.extend((text.len() as u16).to_le_bytes()),
        _ => bytes.extend((text.len() as u32).to_le_bytes()),
    }
    bytes.extend(text);
    bytes.resize(bytes.len() + elements, 7);
    bytes
}

fn read(bytes: &[u8]) -> Result<Preamble, String> {
    let path = Path::new("a.npy");
    let preamble = read_preamble(&mut &bytes[..], bytes.len() as u64, path);
    preamble.and_then(|preamble| parse(&preamble, path)).map_err(|error| error.to_string())
}

#[test]
fn headers_in_every_permitted_style() {
    let native = ByteOrder::NATIVE;
    let (little, big) = (ByteOrder::Little, ByteOrder::Big);
    for (text, dtype, byte_order, shape, order) in [
        (
            "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }    \n",
            DType::F64,
            little,
            &[2, 3][..],
            Order::C,
        ),
        (
            "{\"shape\":(4,),\"fortran_order\":True,\"descr\":\">i2\"}",
            DType::I16,
            big,
            &[4],
            Order::Fortran,
        ),
        (
            "\t{ 'shape' : ( 5L , 2L ) ,\n'descr' : u'|b1' , 'fortran_order' : False }\r\n",
            DType::Bool,
            native,
            &[5, 2],
            Order::C,
        ),
        ("{'descr':'=c8','fortran_order':False,'shape':()}", DType::C32, native, &[], Order::C),
        (
            "{'descr':'|u4','fortran_order':False,'shape':(0,9)}",
            DType::U32,
            native,
            &[0, 9],
            Order::C,
        ),
        (
            "{'descr':'c16','fortran_order':(False),'shape':(1,)}",
            DType::C64,
            native,
            &[1],
            Order::C,
        ),
        ("{'descr':b'<f8','fortran_order':False,'shape':(2,)}", DType::F64, little, &[2], Order::C),
        (
            "{'descr': '<u8', 'fortran_order': False, 'shape': (0, 9223372036854775807L)}",
            DType::U64,
            little,
            &[],
            Order::C,
        ),
    ] {
        for version in [[1, 0], [2, 0], [3, 0]] {
            let bytes = file(version, text.as_bytes(), 64);
            if text.contains("9223372036854775807") {
                let error = read(&bytes).unwrap_err();
                assert!(error.ends_with("of uint64 has more bytes than can be counted"), "{error}");
                continue;
            }
            let header = Header { dtype, shape: shape.to_vec(), order };
            let data_start = bytes.len() - 64;
            assert_eq!(read(&bytes), Ok(Preamble { header, byte_order, data_start }), "{text}");
        }
    }
}

#[test]
fn every_dtype_in_every_byte_order() {
    for dtype in DType::ALL {
        let code = super::header::code_of(dtype);
        for (mark, byte_order) in [
            ("<", ByteOrder::Little),
            (">", ByteOrder::Big),
            ("=", ByteOrder::NATIVE),
            ("|", ByteOrder::NATIVE),
        ] {
            let text = format!("{{'descr': '{mark}{code}', 'fortran_order': False, 'shape': ()}}");
            let found = read(&file([1, 0], text.as_bytes(), 16)).unwrap();
            assert_eq!((found.header.dtype, found.byte_order), (dtype, byte_order));
        }
    }
}

#[test]
fn a_longer_file_than_it_says_is_accepted() {
    let text = b"{'descr': '<i4', 'fortran_order': False, 'shape': (2,)}";
    assert!(read(&file([1, 0], text, 8)).is_ok());
    assert!(read(&file([1, 0], text, 9)).is_ok());
}

/// The error for a header with this value in place of a good one.
fn with(field: &str, value: &str) -> String {
    let mut fields = [("descr", "'<f8'"), ("fortran_order", "False"), ("shape", "(3,)")]
        .map(|(key, good)| format!("'{key}': {}", if key == field { value } else { good }));
    fields.reverse();
    let text = format!("{{{}}}", fields.join(", "));
    let error = read(&file([1, 0], text.as_bytes(), 24)).unwrap_err();
    let field = format!("a.npy: {field}: ");
    assert!(error.starts_with(&field), "{error}");
    error[field.len()..].to_owned()
}

#[test]
fn bad_values_are_named_with_their_field() {
    let known = "supported are b1, i1, i2, i4, i8, u1, u2, u4, u8, f4, f8, c8, c16";
    for (value, kind) in [
        ("'|O'", "Python objects"),
        ("'|S5'", "byte strings"),
        ("'<U12'", "text"),
        ("'<M8[ns]'", "dates"),
        ("'<m8[s]'", "time differences"),
        ("'<f2'", "half precision"),
        ("'<f16'", "an extended precision"),
        ("'<c32'", "an extended precision"),
        ("'|V16'", "raw bytes"),
        ("'<i3'", "no known element type"),
        ("''", "no known element type"),
        ("'\u{e9}'", "no known element type"),
    ] {
        let value: String = value.chars().collect();
        // Latin-1 text that is written as UTF-8 here is two other characters, and as wrong.
        let error = with("descr", &value);
        assert!(error.ends_with(&format!(" is {kind}; {known}")), "{error}");
        if value.is_ascii() {
            assert!(error.starts_with(&value), "{error}");
        }
    }
    let structured = "[('x', '<f8'), ('y', '<i4', (2,))]";
    let refused = format!("{structured} is a structured type, which is not supported");
    assert_eq!(with("descr", structured), refused);
    assert_eq!(with("descr", "8"), "8 is not an element type");
    assert_eq!(with("descr", "None"), "None is not an element type");
    assert_eq!(with("descr", "array([0.5])"), "array([0.5], dtype=float64) is not an element type");
    assert_eq!(with("fortran_order", "0"), "0 is neither True nor False");
    assert_eq!(with("fortran_order", "'True'"), "'True' is neither True nor False");

    assert_eq!(with("shape", "[3]"), "[3] is not a tuple of integers");
    assert_eq!(with("shape", "(3)"), "3 is not a tuple of integers");
    assert_eq!(with("shape", "('3',)"), "('3',) is not a tuple of integers");
    assert_eq!(with("shape", "(True,)"), "(True,) is not a tuple of integers");
    assert_eq!(with("shape", "(-3,)"), "(-3,) has a negative extent, -3");
    assert_eq!(
        with("shape", "(99999999999999999999,)"),
        "(99999999999999999999,) has an extent larger than can be counted, 99999999999999999999"
    );
    assert_eq!(
        with("shape", "(4294967296, 4294967296)"),
        "(4294967296, 4294967296) of float64 has more bytes than can be counted"
    );
    let many = format!("({})", "1, ".repeat(65));
    assert!(with("shape", &many).ends_with("... has 65 axes, more than the 64 supported"));
    assert_eq!(with("shape", "(3,), 'shape': (3,)"), "is given twice");
}

#[test]
fn bad_headers_are_refused() {
    let good = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}";
    let whole = file([1, 0], good.as_bytes(), 24);
    assert!(read(&whole).is_ok());
    let refused = |bytes: &[u8]| read(bytes).unwrap_err();
    let v1 = |text: &str| refused(&file([1, 0], text.as_bytes(), 24));

    assert_eq!(refused(b""), "a.npy: magic: the file ends before byte 8, where it does");
    assert_eq!(
        refused(b"PK\x03\x04 and more"),
        "a.npy: magic: a .npy file starts with '\\x93NUMPY', not 'PK\\x03\\x04 a'"
    );
    assert_eq!(
        refused(&file([4, 0], good.as_bytes(), 24)),
        "a.npy: version: 4.0 is not known; known are 1.0, 2.0 and 3.0"
    );
    assert!(refused(&file([1, 1], good.as_bytes(), 24)).contains("version: 1.1 is not known"));
    assert!(refused(&whole[..9]).starts_with("a.npy: header length: the file ends before byte 10"));
    assert_eq!(
        refused(&whole[..30]),
        "a.npy: header length: the header is said to have 55 bytes, 20 follow"
    );
    assert_eq!(
        refused(&whole[..whole.len() - 1]),
        "a.npy: truncated: shape [3] of float64 needs 24 bytes after the header, the file has 23"
    );
    let mut lying = file([2, 0], good.as_bytes(), 24);
    lying[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(refused(&lying).contains("is said to have 4294967295 bytes, 79 follow"));
    assert!(
        refused(&file([2, 0], &[b' '; 70_000], 0))
            .contains("header length: 70000 bytes are more than the 65536")
    );
    let mut binary = good.as_bytes().to_vec();
    binary[12] = 0xff;
    assert_eq!(refused(&file([3, 0], &binary, 24)), "a.npy: header: byte 12 is not UTF-8");
    assert!(
        refused(&file([1, 0], &binary, 24)).contains("descr: '<\\xff8' is no known element type")
    );

    assert_eq!(
        v1(""),
        "a.npy: header: cannot be read: byte 0: the text ends where '{' is expected"
    );
    assert_eq!(v1("{}"), "a.npy: descr: is missing in the header");
    assert_eq!(
        v1("{'descr': '<f8', 'shape': ()}"),
        "a.npy: fortran_order: is missing in the header"
    );
    assert_eq!(
        v1("{'descr': '<f8', 'fortran_order': False, 'shape': (), 'x\\\\y': 1}"),
        "a.npy: header: has a field 'x\\\\y'; known are descr, fortran_order, shape"
    );
    let unreadable = |text: &str, why: &str| {
        let error = v1(text);
        let start = "a.npy: header: cannot be read: byte ";
        assert!(error.starts_with(start) && error.ends_with(why), "{error}");
    };
    unreadable(&format!("{good} 1"), "56: unexpected '1' after the value");
    unreadable("{'descr': __import__('os')}", "10: unknown name '__import__'");
    unreadable("{'shape': (3, 4", "15: the text ends where ',' or ')' is expected");
    unreadable("{3: 4}", "1: a dictionary key must be a str, not the int 3");
    let many = format!("{{'shape': ({},)}}", "9".repeat(40));
    unreadable(&many, "11: an integer of more than 128 bits");
    unreadable(&format!("{{'shape': {}", "(".repeat(60_000)), "nested more than 64 levels deep");
}
