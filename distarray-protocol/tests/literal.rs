//! Python literals: what is read, what is written, and that hostile text is refused and not obeyed.

use distarray_protocol::{
    Buffer, ByteOrder, Dict, ElementFormat, ElementKind, MAX_LITERAL_DEPTH, ProtocolError, Value,
};

#[track_caller]
fn read(text: &str) -> Value<'static> {
    Value::from_literal(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

#[track_caller]
fn refused_at(text: &str) -> usize {
    match Value::from_literal(text) {
        Err(ProtocolError::Literal { offset, message }) => {
            assert!(!message.is_empty());
            offset
        }
        other => panic!("{text:?}: {other:?}"),
    }
}

#[test]
fn numbers() {
    let integers: [(&str, i128); 14] = [
        ("0", 0),
        ("000", 0),
        ("-7", -7),
        ("+7", 7),
        ("--7", 7),
        ("- 7", -7),
        ("1_000", 1000),
        ("0x_fF", 255),
        ("0o17", 15),
        ("0b101", 5),
        ("5L", 5),
        ("18446744073709551615", 18_446_744_073_709_551_615),
        ("170141183460469231731687303715884105727", i128::MAX),
        ("-170141183460469231731687303715884105728", i128::MIN),
    ];
    for (text, expected) in integers {
        assert_eq!(read(text), Value::Int(expected), "{text}");
    }
    let floats = [
        ("1.", 1.0),
        (".5", 0.5),
        ("-0.0", 0.0),
        ("1e3", 1000.0),
        ("1_0.2_5E-1", 1.025),
        ("1e999", f64::INFINITY),
        ("-inf", -f64::INFINITY),
    ];
    for (text, expected) in floats {
        assert_eq!(read(text), Value::Float(expected), "{text}");
    }
    for text in
        ["1__0", "_1", "1_", "012", "0x", "0b2", "1.2.3", "1e", ".", "1j", "12abc", "-x", "-"]
    {
        refused_at(text);
    }
    assert_eq!(refused_at("[1, 170141183460469231731687303715884105728]"), 4);
}

#[test]
fn strings() {
    let cases = [
        (r"'a'", "a"),
        (r#""it's""#, "it's"),
        (r"u'x'", "x"),
        (r"r'\n'", r"\n"),
        (r"r'\'\\'", r"\'\\"),
        ("r'\\\n'", "\\\n"),
        (r"'\x41\101\u00e9\U0001F600\n\t\\\'\q'", "AA\u{e9}\u{1f600}\n\t\\'\\q"),
        ("'''two\nlines'''", "two\nlines"),
        ("'one' \"two\"", "onetwo"),
        ("'a\\\nb'", "ab"),
        ("'caf\u{e9}'", "caf\u{e9}"),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text), Value::from(expected), "{text}");
    }
    assert_eq!(read(r"b'\x00\xff\377a'"), Buffer::from_vec(vec![0_u8, 255, 255, 97]).into());
    assert_eq!(read("b''"), Buffer::from_vec(Vec::<u8>::new()).into());
    for text in [
        "'",
        "'a",
        "'a\n'",
        r"'\x4'",
        r"'\ud800'",
        r"'\U00110000'",
        r"'\N{DASH}'",
        "'\\",
        "b'\u{e9}'",
        "b'\\\u{e9}'",
        r"b'\400'",
        "'a' b'b'",
        "f'a'",
        "'''a'",
        "xyz'a'",
        r"'\x\u{e9}'",
    ] {
        refused_at(text);
    }
}

#[test]
fn containers() {
    assert_eq!(read("()"), Value::Tuple(vec![]));
    assert_eq!(read("(1)"), Value::Int(1));
    assert_eq!(read("(1,)"), Value::tuple([1]));
    assert_eq!(read("( 1 , 2, )"), Value::tuple([1, 2]));
    assert_eq!(read("[]"), Value::List(vec![]));
    assert_eq!(
        read(" [None, True,\n False] \n"),
        Value::List(vec![Value::None, Value::Bool(true), Value::Bool(false),])
    );
    assert_eq!(read("{}"), Dict::new().into());
    // The later of two values counts, in the place of the first.
    let twice = read("{'a': 1, 'b': 2, 'a': 3}");
    assert_eq!(twice, Dict::new().with("a", 3).with("b", 2).into());
    assert_eq!(twice.as_dict().unwrap().iter().next().unwrap().0, "a");
    for text in [
        "",
        " ",
        "(",
        "(,)",
        "[,]",
        "[1,,2]",
        "[1 2]",
        "(1]",
        "{1: 2}",
        "{'a'}",
        "{'a': }",
        "{'a': 1 'b': 2}",
        "{'a', 'b'}",
        "1 2",
        "1, 2",
        "null",
        "true",
        "__import__('os')",
        "[1]]",
        "{'a': 1",
        "{'a':",
        "\u{e9}",
        "None()",
        "np.None",
    ] {
        refused_at(text);
    }
    assert_eq!(refused_at("{'a': 1, 2: 3}"), 9);
}

#[test]
fn entries_as_they_are_written() {
    let entries = |text: &str| Dict::entries_from_literal(text);
    let entry = |key: &str, value: Value<'static>| (key.to_owned(), value);
    assert_eq!(entries(" {} "), Ok(vec![]));
    assert_eq!(
        entries("{'b': 1, 'a': {'c': 2, 'c': 3}, 'b': None,}\n"),
        Ok(vec![
            entry("b", 1.into()),
            entry("a", Dict::new().with("c", 3).into()),
            entry("b", Value::None)
        ])
    );
    for (text, at) in [
        ("", 0),
        (" [1]", 1),
        ("{1: 2}", 1),
        ("{'a' 1}", 5),
        ("{'a': 1", 7),
        ("{'a': 1}}", 8),
        ("{'a': 1} {}", 9),
    ] {
        let Err(ProtocolError::Literal { offset, .. }) = entries(text) else {
            panic!("{text:?} is read")
        };
        assert_eq!(offset, at, "{text:?}");
    }
    let nested = |depth: usize| "{'a': ".repeat(depth) + "1" + &"}".repeat(depth);
    assert!(entries(&nested(MAX_LITERAL_DEPTH)).is_ok());
    assert!(entries(&nested(MAX_LITERAL_DEPTH + 1)).is_err());
}

#[test]
fn a_dnpy_header() {
    let text = "{'__version__': '0.10.0', 'dim_data': ({'dist_type': 'b', 'size': 4, \
                'proc_grid_rank': 1, 'proc_grid_size': 4, 'start': 1, 'stop': 2}, \
                {'dist_type': 'b', 'size': 5, 'proc_grid_rank': 0, 'proc_grid_size': 1, \
                'start': 0, 'stop': 5}), }            \n";
    let header = read(text);
    assert_eq!(
        header.to_literal().unwrap(),
        "{'__version__': '0.10.0', 'dim_data': ({'dist_type': 'b', 'proc_grid_rank': 1, \
         'proc_grid_size': 4, 'size': 4, 'start': 1, 'stop': 2}, {'dist_type': 'b', \
         'proc_grid_rank': 0, 'proc_grid_size': 1, 'size': 5, 'start': 0, 'stop': 5})}",
    );
    // Cut anywhere, it is refused with an offset inside of it.
    for end in 0..text.trim_end().len() {
        assert!(refused_at(&text[..end]) <= end);
    }
}

#[test]
fn numpy_notation() {
    assert_eq!(read("array([3, -1])"), Buffer::from_vec(vec![3_i64, -1]).into());
    assert_eq!(read("np.array([1, 2], dtype=np.uint8)"), Buffer::from_vec(vec![1_u8, 2]).into());
    assert_eq!(read("array([True, False])"), Buffer::from_vec(vec![true, false]).into());
    assert_eq!(read("array([1., 2.])"), Buffer::from_vec(vec![1.0, 2.0]).into());
    assert_eq!(read("array([], dtype=int32)"), Buffer::from_vec(Vec::<i32>::new()).into());
    let empty = Buffer::from_vec(Vec::<f64>::new()).with_shape(&[2, 0]).unwrap();
    assert_eq!(read("array([], shape=(2, 0), dtype=float64)"), empty.into());
    let square = Buffer::from_vec(vec![1_i16, 2, 3, 4]).with_shape(&[2, 2]).unwrap();
    assert_eq!(read("array([[1, 2],\n       [3, 4]], dtype=int16)"), square.into());
    let Value::Buffer(swapped) = read("array([1, 258], dtype='>u2')") else { panic!("no buffer") };
    assert_eq!(swapped.format(), ElementFormat::new(ElementKind::U16, ByteOrder::Big));
    assert_eq!(swapped.integers().unwrap(), [1, 258]);
    assert_eq!(
        read("[np.int64(3), np.float64(1.5), np.True_, np.bool_(False)]"),
        Value::List(vec![Value::Int(3), Value::Float(1.5), Value::Bool(true), Value::Bool(false),])
    );
    for text in [
        "array",
        "array(",
        "array()",
        "array([1, 2]",
        "array([1, ..., 9])",
        "array([300], dtype=int8)",
        "array([-1], dtype=uint64)",
        "array([1.5], dtype=int64)",
        "array([[1], [2, 3]])",
        "array([[1], 2])",
        "array(['a'])",
        "array([1], dtype=object)",
        "array([1], shape=(2,))",
        "array([1], order='C')",
        "array([1], dtype=complex128)",
        "np.int64('3')",
        "np.int64(1.5)",
        "np.int64(3",
        "array([], shape=(-1,))",
        "array([], shape=(9223372036854775807, 0, 9), dtype=)",
    ] {
        refused_at(text);
    }
}

#[test]
fn messages_are_short_whatever_the_text_holds() {
    let long = "x".repeat(10_000);
    let texts = [
        long.clone(),
        format!("array([], {long}=1)"),
        format!("array([], dtype={long})"),
        format!("array([], dtype='{long}')"),
        format!("array('{long}')"),
        format!("{{'a': 1, {long}: 2}}"),
        format!("'{long}"),
        format!("np.int8('{long}')"),
        format!("array([300{}], dtype=int8)", ", 1".repeat(10_000)),
    ];
    for text in texts {
        let message = Value::from_literal(&text).unwrap_err().to_string();
        assert!(message.len() < 200, "{message}");
    }
}

#[test]
fn what_is_written_reads_back() {
    let order = ElementFormat::new(ElementKind::F32, ByteOrder::Big);
    let swapped = [63, 192, 0, 0, 0, 0, 0, 0];
    let strided: Vec<i32> = (0..24).collect();
    let values = [
        Value::None,
        Value::Bool(true),
        Value::Int(i128::MIN),
        Value::Float(0.1),
        Value::Float(1e300),
        Value::Float(-f64::INFINITY),
        Value::Float(5e-324),
        Value::from("quo'te\"s \\ \r\n\t\u{7f}\u{e9}\u{20ac}\u{1f600}\0"),
        Value::from("it's"),
        Value::Tuple(vec![Value::tuple([1]), Value::Tuple(vec![]), Value::list([2.5])]),
        Dict::new().with("z", Dict::new().with("", 0)).with("a", Value::None).into(),
        Buffer::from_vec(vec![u64::MAX, 0]).into(),
        Buffer::from_vec(vec![1.0e-7_f32, f32::INFINITY, 3.0]).into(),
        Buffer::from_vec(vec![true, false]).into(),
        Buffer::from_vec(vec![i8::MIN]).with_shape(&[]).unwrap().into(),
        Buffer::from_vec(Vec::<u16>::new()).with_shape(&[3, 0, 2]).unwrap().into(),
        Buffer::from_bytes(&swapped, order, &[2]).unwrap().into(),
        Buffer::strided(&strided, 23, &[2, 3], &[-48, -8]).unwrap().into(),
    ];
    for value in values {
        let text = value.to_literal().unwrap();
        assert!(text.is_ascii());
        assert_eq!(read(&text), value, "{text}");
    }
    let Value::Float(nan) = read(&Value::Float(f64::NAN).to_literal().unwrap()) else {
        panic!("no float");
    };
    assert!(nan.is_nan());
    let complex = Value::from(Buffer::from_vec(vec![[1.0, 2.0]]));
    assert!(matches!(complex.to_literal(), Err(ProtocolError::ElementType { .. })));
}

#[test]
fn nesting_is_bounded() {
    for (open, close) in [("[", "]"), ("(", ",)"), ("{'a': ", "}")] {
        let nested = |depth: usize| open.repeat(depth) + "1" + &close.repeat(depth);
        assert!(Value::from_literal(&nested(MAX_LITERAL_DEPTH)).is_ok());
        let offset = refused_at(&nested(MAX_LITERAL_DEPTH + 1));
        assert_eq!(offset, open.len() * MAX_LITERAL_DEPTH);
    }
    // Bytes are written as an array, which has to be read back.
    let nested = |depth: usize| "[".repeat(depth) + "b'a'" + &"]".repeat(depth);
    let text = read(&nested(MAX_LITERAL_DEPTH - 2)).to_literal().unwrap();
    assert_eq!(read(&text).to_literal(), Ok(text));
    assert_eq!(refused_at(&nested(MAX_LITERAL_DEPTH - 1)), MAX_LITERAL_DEPTH);
    for open in ["[", "(", "{'a':", "array(", "array([", "np.int64(", "-", "b'", "'' "] {
        refused_at(&(open.repeat(200_000) + "!"));
    }
}

#[test]
fn large_texts() {
    let keys: String = (0..200_000).map(|key| format!("'{key}': 0, ")).collect();
    let dict = read(&format!("{{{keys}}}"));
    assert_eq!(dict.as_dict().unwrap().len(), 200_000);
    refused_at(&"9".repeat(200_000));
    assert_eq!(read(&format!("0.{}1", "0".repeat(200_000))), Value::Float(0.0));
}

/// Every text one edit away from a sound one is read or refused, and never brings the reader down.
#[test]
fn mangled_texts() {
    let text = "{'a': (1, [-2.5e3, None], b'\\xff'), \"b\": array([[1], [2]], dtype='<i4'), 'c': u'\u{e9}'}";
    read(text);
    let mut refused = 0;
    for (at, character) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + character.len_utf8()..]);
        for replacement in
            ["", "'", "(", ")", "[", "}", ",", "\\", "0", "e", "\u{1f600}", "\0", "-"]
        {
            let mangled = format!("{before}{replacement}{after}");
            if let Err(error) = Value::from_literal(&mangled) {
                assert!(
                    matches!(error, ProtocolError::Literal { offset, .. } if offset <= mangled.len()),
                    "{mangled:?}: {error:?}"
                );
                refused += 1;
            }
        }
    }
    assert!(refused > 500);
}
