//! The cases that the protocol's own repository tests: which dictionaries are valid, and what is owned.

use distarray_protocol::{
    Buffer, Dict, DimData, Mode, ProtocolError, Value, validate, validate_dim_data,
};

fn dim(text: &str) -> Dict<'static> {
    let value = Value::from_literal(&format!("{{{text}}}")).expect("a literal");
    value.as_dict().expect("a dict").clone()
}

fn distbuffer(dim: Dict<'static>, buffer: impl Into<Value<'static>>) -> Dict<'static> {
    Dict::new()
        .with("__version__", "0.10.0")
        .with("buffer", buffer)
        .with("dim_data", Value::tuple([dim]))
}

fn ones(len: usize) -> Buffer<'static> {
    Buffer::from_vec(vec![1.0; len])
}

#[track_caller]
fn check(dict: Dict<'static>, text: Result<(), &str>, reference: Result<(), &str>) {
    let value = Value::from(dict);
    for (mode, expected) in [(Mode::Text, text), (Mode::Reference, reference)] {
        let found = validate(&value, mode);
        let keys = found.as_ref().map(|_| ()).map_err(|e| e.key().unwrap_or_default().to_owned());
        assert_eq!(keys, expected.map_err(str::to_owned), "{mode:?}: {found:?}");
    }
}

const BLOCK: &str = "'dist_type': 'b', 'size': 50, 'proc_grid_size': 2, 'proc_grid_rank': 0, \
                     'start': 0, 'stop': 10";
const CYCLIC: &str =
    "'dist_type': 'c', 'size': 50, 'proc_grid_size': 2, 'proc_grid_rank': 0, 'start': 0";
const BLOCK_CYCLIC: &str = "'dist_type': 'c', 'size': 50, 'proc_grid_size': 2, \
                            'proc_grid_rank': 1, 'start': 5, 'block_size': 5";
const EMPTY: &str =
    "'dist_type': 'c', 'size': 3, 'proc_grid_size': 4, 'proc_grid_rank': 3, 'start': 3";

#[test]
fn valid() {
    check(distbuffer(dim(BLOCK), ones(10)), Ok(()), Ok(()));
    check(distbuffer(dim(CYCLIC), ones(25)), Ok(()), Ok(()));
    check(distbuffer(dim(BLOCK_CYCLIC), ones(25)), Ok(()), Ok(()));
    let indices = Buffer::from_vec(vec![1_u32, 22, 44, 49, 9, 33, 21]);
    let unstructured =
        dim("'dist_type': 'u', 'size': 50, 'proc_grid_size': 2, 'proc_grid_rank': 1");
    check(distbuffer(unstructured.with("indices", indices), ones(7)), Ok(()), Ok(()));
    let one = "'dist_type': 'c', 'size': 3, 'proc_grid_size': 4, 'proc_grid_rank': 0, 'start': 0";
    check(distbuffer(dim(one), Value::from_literal("b'a'").unwrap()), Ok(()), Ok(()));
    check(distbuffer(dim(EMPTY), Value::from_literal("b''").unwrap()), Ok(()), Ok(()));
    check(distbuffer(Dict::new(), Value::from_literal("b''").unwrap()), Ok(()), Ok(()));
    let periodic = "'dist_type': 'b', 'size': 10, 'proc_grid_size': 1, 'proc_grid_rank': 0, \
                    'start': 0, 'stop': 10, 'padding': (2, 2), 'periodic': True";
    check(distbuffer(dim(periodic), ones(10)), Ok(()), Ok(()));
}

/// The repository calls these valid too: its validator compares no extents.
#[test]
fn valid_for_the_reference_only() {
    check(distbuffer(dim(CYCLIC), ones(50)), Err("size"), Ok(()));
    check(distbuffer(dim(BLOCK_CYCLIC), ones(50)), Err("size"), Ok(()));
}

#[test]
fn outer_keys() {
    let whole = || distbuffer(dim(EMPTY), Buffer::from_vec(Vec::<u8>::new()));
    for key in ["__version__", "buffer", "dim_data"] {
        check(whole().without(key), Err(key), Err(key));
        for mode in [Mode::Text, Mode::Reference] {
            assert_eq!(
                validate(&whole().without(key).into(), mode),
                Err(ProtocolError::MissingKey { dimension: None, key: key.to_owned() }),
            );
        }
    }
    check(whole().with("extra", 1), Err("extra"), Err("extra"));
    check(whole().with("buffer", Value::list([1, 2, 3, 4])), Err("buffer"), Err("buffer"));
    for version in ["v1.0.0alpha", "1.0.0", "0.9.0", "", "0.10.0.0", "0.10.x", "+0.10.0"] {
        let dict = whole().with("__version__", version);
        check(dict, Err("__version__"), Err("__version__"));
    }
    check(whole().with("__version__", 0.1), Err("__version__"), Err("__version__"));
    // Later versions with the same major number are compatible; the reference knows but one.
    for version in ["0.10.1", "0.11.0"] {
        check(whole().with("__version__", version), Ok(()), Err("__version__"));
    }
    // Other spellings of 0.10.0 to the reference; not of the form that the text asks for.
    for version in ["0.10", "0.10.0a1", "0.10.0b12", "0.10b3"] {
        check(whole().with("__version__", version), Err("__version__"), Ok(()));
    }
    let list = Value::list([dim(EMPTY)]);
    check(whole().with("dim_data", list), Err("dim_data"), Err("dim_data"));
    check(whole().with("dim_data", Value::tuple([1])), Err("dim_data"), Err("dim_data"));
    let twice = Value::tuple([dim(EMPTY), dim(EMPTY)]);
    check(whole().with("dim_data", twice), Err("dim_data"), Err("dim_data"));
    for mode in [Mode::Text, Mode::Reference] {
        assert!(validate(&Value::list([1]), mode).is_err());
    }
}

#[test]
fn invalid_for_both() {
    let cases: [(&str, usize, &str); 14] = [
        ("'dist_type': 'q'", 51, "dist_type"),
        ("'dist_type': 0", 51, "dist_type"),
        ("'stop': 51", 51, "stop"),
        ("'start': 10, 'stop': 9", 0, "stop"),
        ("'start': -1", 11, "start"),
        ("'start': 1", 9, "start"),
        ("'start': 0.0", 10, "start"),
        ("'stop': '10'", 10, "stop"),
        ("'padding': ('a', 'b')", 10, "padding"),
        ("'padding': (1, 1, 1)", 10, "padding"),
        ("'padding': 1", 10, "padding"),
        ("'proc_grid_size': 0", 10, "proc_grid_size"),
        ("'proc_grid_rank': 2", 10, "proc_grid_rank"),
        ("'proc_grid_rank': None", 10, "proc_grid_rank"),
    ];
    for (change, extent, key) in cases {
        let dict = dim(&format!("{BLOCK}, {change}"));
        check(distbuffer(dict, ones(extent)), Err(key), Err(key));
    }
    for key in ["dist_type", "size", "proc_grid_size", "proc_grid_rank", "start", "stop"] {
        check(distbuffer(dim(BLOCK).without(key), ones(10)), Err(key), Err(key));
    }
    let cases: [(&str, &str); 4] = [
        ("'block_size': -10", "block_size"),
        ("'block_size': 0", "block_size"),
        ("'block_size': '1'", "block_size"),
        ("'start': None", "start"),
    ];
    for (change, key) in cases {
        let dict = dim(&format!("{CYCLIC}, {change}"));
        check(distbuffer(dict, ones(25)), Err(key), Err(key));
    }
    let list = dim("'dist_type': 'u', 'size': 100, 'proc_grid_size': 2, 'proc_grid_rank': 0, \
                    'indices': [1, 2, 3, 4]");
    check(distbuffer(list.clone(), ones(4)), Err("indices"), Err("indices"));
    check(distbuffer(list.clone().without("indices"), ones(4)), Err("indices"), Err("indices"));
    let flag = list.with("indices", Buffer::from_vec(vec![1, 2, 3, 4])).with("one_to_one", 1);
    check(distbuffer(flag, ones(4)), Err("one_to_one"), Err("one_to_one"));
}

/// What the reference does not look at.
#[test]
fn invalid_for_the_text_only() {
    let cases: [(&str, usize, &str); 7] = [
        ("'proc_grid_rank': -1", 10, "proc_grid_rank"),
        ("'padding': (-1, 0)", 10, "padding"),
        ("'padding': (0, 11)", 10, "padding"),
        ("'periodic': 'no'", 10, "periodic"),
        ("'start': False", 10, "start"),
        ("'size': 50.5", 10, "size"),
        ("", 9, "stop"),
    ];
    for (change, extent, key) in cases {
        let dict = dim(&format!("{BLOCK}, {change}"));
        check(distbuffer(dict, ones(extent)), Err(key), Ok(()));
    }
    // The last block ends where the whole does.
    let last = dim(&format!("{BLOCK}, 'proc_grid_rank': 1, 'start': 10, 'stop': 20"));
    check(distbuffer(last, ones(10)), Err("stop"), Ok(()));
    // A size that block sections need is never asked of the others.
    check(distbuffer(dim(CYCLIC).without("size"), ones(25)), Err("size"), Ok(()));
    check(distbuffer(dim(CYCLIC).with("size", "many"), ones(25)), Err("size"), Ok(()));
    let unstructured = dim("'dist_type': 'u', 'size': 5, 'proc_grid_size': 2, 'proc_grid_rank': 1");
    for indices in [
        Value::from(Buffer::from_vec(vec![3, 3, 1])),
        Buffer::from_vec(vec![0.5, 1.5, 2.5]).into(),
        Buffer::from_vec(vec![u64::MAX, 0, 1]).into(),
        Buffer::from_vec(vec![true, false, true]).into(),
        Buffer::from_vec(vec![1, 2, 3]).with_shape(&[3, 1]).unwrap().into(),
        Buffer::from_vec(vec![1, 2, 3, 4]).into(),
        Buffer::from_vec(vec![1, 2, 3, 4, 5, 6]).into(),
    ] {
        let dict = unstructured.clone().with("indices", indices);
        check(distbuffer(dict, ones(3)), Err("indices"), Ok(()));
    }
}

/// What the reference wrongly refuses.
#[test]
fn invalid_for_the_reference_only() {
    // No block is left for the last process, which the text says by `start == size`.
    let empty = "'dist_type': 'c', 'size': 9, 'proc_grid_size': 4, 'proc_grid_rank': 3, \
                 'start': 9, 'block_size': 5";
    check(distbuffer(dim(empty), ones(0)), Ok(()), Err("start"));
    let past = dim(&format!("{empty}, 'start': 15"));
    check(distbuffer(past, ones(0)), Ok(()), Ok(()));
    let list = dim(&format!("{BLOCK}, 'padding': [0, 0]"));
    check(distbuffer(list, ones(10)), Ok(()), Err("padding"));
    // An empty first section at the end.
    let first = dim(&format!("{BLOCK}, 'start': 50, 'stop': 50"));
    check(distbuffer(first, ones(0)), Ok(()), Err("start"));
}

#[test]
fn without_the_buffer() {
    let both = Value::tuple([Dict::new(), dim(BLOCK)]);
    let wrong = Value::tuple([Dict::new(), dim(BLOCK).with("stop", 51)]);
    for mode in [Mode::Text, Mode::Reference] {
        assert_eq!(validate_dim_data(&both, mode), Ok(()));
        let error = validate_dim_data(&wrong, mode).unwrap_err();
        assert_eq!((error.dimension(), error.key()), (Some(1), Some("stop")));
        assert!(validate_dim_data(&Value::None, mode).is_err());
    }
}

#[test]
fn owned_counts() {
    let block = |size, rank, range, (left, right)| {
        DimData::block(size, 10, rank, range).with_padding(left, right).num_owned()
    };
    assert_eq!(block(50, 0, 0..10, (0, 0)), 10);
    assert_eq!(block(50, 3, 30..40, (0, 0)), 10);
    assert_eq!(block(100, 0, 0..20, (3, 4)), 16);
    assert_eq!(block(100, 9, 80..100, (3, 4)), 17);
    assert_eq!(block(100, 3, 50..70, (3, 4)), 13);
    assert_eq!(DimData::block(100, 1, 0, 0..100).with_padding(3, 4).num_owned(), 100);
    assert_eq!(DimData::cyclic(9, 4, 0, 1).num_owned(), 3);
    assert_eq!(DimData::cyclic(9, 4, 3, 1).num_owned(), 2);
    assert_eq!(DimData::cyclic(9, 4, 0, 2).num_owned(), 3);
    let empty = dim("'dist_type': 'c', 'size': 9, 'proc_grid_size': 4, 'proc_grid_rank': 3, \
                     'start': 9, 'block_size': 5");
    assert_eq!(DimData::from_dict(0, &empty, 0).unwrap().num_owned(), 0);
    let bytes = dim("'dist_type': 'u', 'size': 9, 'proc_grid_size': 4, 'proc_grid_rank': 0, \
                     'indices': b'\\x04\\x03\\x02'");
    let dim = DimData::from_dict(0, &bytes, 3).unwrap();
    assert_eq!(dim.num_owned(), 3);
    assert_eq!(dim.global_indices().collect::<Vec<_>>(), [4, 3, 2]);
}
