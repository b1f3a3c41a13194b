//! From a producer to a consumer and back: nothing is copied, nothing is lost, and bad input is named.

use distarray_protocol::{
    Buffer, Dict, DimData, DistBuffer, DistType, DistributedArray, ElementFormat, Mode,
    ProtocolError, Value, Version,
};
use std::borrow::Cow;

fn section(data: &mut [f64]) -> DistBuffer<'_> {
    let dim_data = vec![
        DimData::block(4, 2, 1, 1..4).with_padding(1, 0).with_periodic(true),
        DimData::cyclic(7, 3, 0, 2),
        DimData::unstructured(9, 2, 0, vec![-1, 5]).with_one_to_one(true),
    ];
    DistBuffer::new(Buffer::new_mut(data, &[3, 3, 2]).unwrap(), dim_data)
}

#[test]
fn there_and_back() {
    let mut data = [0.0; 18];
    let first = data.as_ptr().cast::<u8>();
    let sent = section(&mut data);
    assert_eq!(sent.validate(Mode::Text), Ok(()));
    assert_eq!(sent.validate(Mode::Reference), Ok(()));
    let dim_data = sent.dim_data.clone();
    let mut received = DistBuffer::from_dict(sent.into_dict()).unwrap();
    assert_eq!(received.dim_data, dim_data);
    assert_eq!(received.version, Version::CURRENT);
    assert_eq!(received.buffer.as_ptr(), first);
    assert_eq!(received.global_shape(), [4, 7, 9]);
    // What was writable stays so.
    received.buffer.write(&[2, 1, 0], 5.0).unwrap();
    drop(received);
    assert_eq!(data[14], 5.0);
}

#[test]
fn passing_on() {
    let mut data = [0.0; 18];
    let first = data.as_ptr().cast::<u8>();
    let mut sent = section(&mut data);
    let seen = sent.distarray().unwrap();
    assert!(seen.buffer.as_ptr() == first && !seen.buffer.is_writable());
    assert_eq!(seen, sent);
    sent.distarray_mut().unwrap().buffer.as_mut_slice::<f64>().unwrap().fill(2.0);
    assert_eq!(data, [2.0; 18]);
    // A trait object will do.
    let scalar = DistBuffer::new(Buffer::from_vec(vec![1_u8]).with_shape(&[]).unwrap(), vec![]);
    let producer: &dyn DistributedArray = &scalar;
    let seen = producer.distarray().unwrap();
    assert_eq!(seen.validate(Mode::Text), Ok(()));
    assert_eq!(seen.buffer.read::<u8>(&[]), Ok(1));
}

#[test]
fn index_lists_of_any_integer_format() {
    fn read<'a>(buffer: Buffer<'a>) -> Result<Cow<'a, [i64]>, ProtocolError> {
        let dict = Dict::new()
            .with("dist_type", "u")
            .with("size", 10)
            .with("proc_grid_size", 1)
            .with("proc_grid_rank", 0)
            .with("indices", buffer);
        match DimData::from_dict(4, &dict, 0)?.dist_type {
            DistType::Unstructured { indices, .. } => Ok(indices),
            other => panic!("{other:?}"),
        }
    }
    let list = [3_i64, -1, 7];
    let borrowed = read(Buffer::from_slice(&list)).unwrap();
    assert!(matches!(borrowed, Cow::Borrowed(found) if found.as_ptr() == list.as_ptr()));
    let backwards = read(Buffer::strided(&list, 2, &[3], &[-8]).unwrap()).unwrap();
    assert_eq!(backwards, vec![7, -1, 3]);
    assert_eq!(read(Buffer::from_vec(vec![-3_i8])).unwrap(), vec![-3]);
    assert_eq!(read(Buffer::from_vec(vec![60_000_u16])).unwrap(), vec![60_000]);
    assert_eq!(read(Buffer::from_vec(vec![9_u64])).unwrap(), vec![9]);
    let foreign = ElementFormat::from_code(">h").unwrap();
    let foreign = read(Buffer::from_bytes(&[255, 254, 1, 0], foreign, &[2]).unwrap());
    assert_eq!(foreign.unwrap(), vec![-2, 256]);
    let error = read(Buffer::from_vec(vec![u64::MAX])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "dimension 4: 'indices' is 18446744073709551615, but must not exceed 9223372036854775807",
    );
    let error = read(Buffer::from_vec(vec![0.5])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "dimension 4: 'indices' is a buffer of format 'd' and shape [1], but must be a buffer of \
         ints with one axis",
    );
}

#[test]
fn reading_is_tolerant_where_the_text_is() {
    let text = "{'dist_type': 'b', 'size': 9, 'proc_grid_size': 2, 'proc_grid_rank': 0, \
                'start': 0, 'stop': 5, 'padding': [2, 1], 'colour': 'red', 'global_strides': (1,)}";
    let value = Value::from_literal(text).unwrap();
    let dim = DimData::from_dict(0, value.as_dict().unwrap(), 5).unwrap();
    assert_eq!(dim, DimData::block(9, 2, 0, 0..5).with_padding(2, 1));
    assert_eq!(DimData::from_dict(0, &dim.to_dict(), 5).as_ref(), Ok(&dim));
}

#[test]
fn values_out_of_range() {
    let dict = DimData::cyclic(9, 2, 0, 1).into_dict();
    let read = |key: &str, value: Value<'static>| {
        DimData::from_dict(0, &dict.clone().with(key, value), 5).unwrap_err().to_string()
    };
    let range = format!("must lie in 0..={}", usize::MAX);
    assert_eq!(read("size", Value::Int(-1)), format!("dimension 0: 'size' is -1, but {range}"));
    let most = Value::Int(i128::MAX);
    assert_eq!(read("start", most), format!("dimension 0: 'start' is {}, but {range}", i128::MAX));
    let float = "dimension 0: 'block_size' is the float 2.0, but must be an int";
    assert_eq!(read("block_size", Value::Float(2.0)), float);
    let letter = "dimension 0: 'dist_type' is \"n\", but must be 'b', 'c' or 'u'";
    assert_eq!(read("dist_type", Value::from("n")), letter);
}

#[test]
fn the_empty_dictionary_is_the_whole_dimension() {
    let dict = Dict::new()
        .with("__version__", "0.10.0")
        .with("buffer", Buffer::from_vec(vec![0_u8; 6]).with_shape(&[2, 3]).unwrap())
        .with("dim_data", Value::tuple([Dict::new(), Dict::new()]));
    let section = DistBuffer::from_dict(dict).unwrap();
    assert_eq!(section.dim_data, [DimData::undistributed(2), DimData::undistributed(3)]);
    assert_eq!(section.validate(Mode::Text), Ok(()));
}

#[test]
fn wrong_outer_dictionaries() {
    let whole = || DistBuffer::new(Buffer::from_vec(vec![0_u8]), vec![DimData::undistributed(1)]);
    let read = |dict| DistBuffer::from_dict(dict).unwrap_err().to_string();
    let dict = || whole().into_dict();
    assert_eq!(read(dict().without("buffer")), "key 'buffer' is missing");
    assert_eq!(
        read(dict().with("global", 1)),
        "key 'global' is not one of '__version__', 'buffer' and 'dim_data'",
    );
    assert_eq!(
        read(dict().with("__version__", "0.9.0")),
        "'__version__' is \"0.9.0\", but it must be at least 0.10.0",
    );
    assert_eq!(
        read(dict().with("__version__", "1.10.0")),
        "'__version__' is \"1.10.0\", but the major version must be 0",
    );
    assert_eq!(
        read(dict().with("buffer", Value::list([1]))),
        "'buffer' is a list of 1, but must be a buffer",
    );
    assert_eq!(
        read(dict().with("dim_data", Value::tuple([1]))),
        "dimension 0: 'dim_data' is the int 1, but must be a dict",
    );
    let old = DistBuffer { version: Version { major: 0, minor: 9, patch: 0 }, ..whole() };
    assert!(old.validate(Mode::Text).is_err() && old.validate(Mode::Reference).is_err());
}
