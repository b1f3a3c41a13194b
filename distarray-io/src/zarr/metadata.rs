//! The JSON that describes an array, written and read.
//!
//! Zarr specification, versions 2 and 3 (zarr-specs.readthedocs.io), with the codec `sharding_indexed`
//! (ZEP 2).

use std::path::Path;

use distarray_core::{DType, Error, Kind, Result, Scalar};
use serde_json::{Value, json};

use super::options::{Options, Version};
use crate::Codec;
use crate::file::{Header, Order};

/// Most axes of an array, as for NumPy.
const MOST_AXES: usize = 64;

/// What the metadata of an array says that matters here.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Described {
    pub(super) header: Header,
    /// Extents of what one file holds: a chunk, or a shard.
    pub(super) chunks: Vec<usize>,
    /// Extents of a chunk within a shard.
    pub(super) inner: Option<Vec<usize>>,
    pub(super) version: Version,
}

/// The metadata of a new array whose chunks are chosen.
pub(super) fn compose(
    header: &Header,
    chunks: &[usize],
    options: &Options,
    path: &Path,
) -> Result<Value> {
    let refuse = |message: String| Err(Error::file(path, message));
    let dtype = header.dtype;
    let outer = options.shards.as_deref().unwrap_or(chunks);
    for (name, extents) in [("chunks", chunks), ("shards", outer)] {
        if extents.len() != header.shape.len() || extents.contains(&0) {
            return refuse(format!(
                "{name}: {extents:?} do not cut an array of shape {:?}: one extent of at least 1 per \
                 axis is needed",
                header.shape
            ));
        }
    }
    let fill = options.fill.unwrap_or_else(|| zero(dtype));
    if fill.dtype() != dtype {
        return refuse(format!("fill_value: is {}, not {dtype}", fill.dtype()));
    }
    let fill = fill_value(fill);
    let v3 = options.version == Version::V3;
    if !v3 {
        if options.shards.is_some() {
            return refuse("shards: version 2 of Zarr has none".to_owned());
        }
        let compressor = codec(options.codec, false, dtype.size());
        return Ok(json!({
            "zarr_format": 2, "shape": header.shape, "chunks": chunks,
            "dtype": descr(dtype), "compressor": compressor, "fill_value": fill,
            "order": "C", "filters": null, "dimension_separator": ".",
        }));
    }
    let endian = json!({"name": "bytes", "configuration": {"endian": "little"}});
    let bytes = match dtype.size() {
        1 => json!({"name": "bytes"}),
        _ => endian.clone(),
    };
    let mut codecs = vec![bytes];
    codecs.extend(codec(options.codec, true, dtype.size()));
    if options.shards.is_some() {
        if outer.iter().zip(chunks).any(|(shard, chunk)| shard % chunk != 0) {
            return refuse(format!("shards: {outer:?} are no multiples of the chunks {chunks:?}"));
        }
        codecs = vec![json!({"name": "sharding_indexed", "configuration": {
            "chunk_shape": chunks, "codecs": codecs,
            "index_codecs": [endian, {"name": "crc32c"}], "index_location": "end",
        }})];
    }
    Ok(json!({
        "zarr_format": 3, "node_type": "array", "shape": header.shape, "data_type": dtype.name(),
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": outer}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": fill, "codecs": codecs, "attributes": options.attributes,
    }))
}

/// The compressor of a version, where there is one.
fn codec(codec: Codec, v3: bool, item: usize) -> Option<Value> {
    let blosc = |compressor: &str, level: u8| match v3 {
        true => json!({"name": "blosc", "configuration": {
            "cname": compressor, "clevel": level, "typesize": item, "blocksize": 0,
            "shuffle": if item == 1 { "noshuffle" } else { "shuffle" },
        }}),
        false => json!({
            "id": "blosc", "cname": compressor, "clevel": level, "shuffle": 1, "blocksize": 0,
        }),
    };
    match (codec, v3) {
        (Codec::None, _) => None,
        (Codec::Gzip { level }, true) => {
            Some(json!({"name": "gzip", "configuration": {"level": level}}))
        }
        (Codec::Gzip { level }, false) => Some(json!({"id": "gzip", "level": level})),
        (Codec::Zstd { level }, true) => {
            Some(json!({"name": "zstd", "configuration": {"level": level, "checksum": false}}))
        }
        (Codec::Zstd { level }, false) => Some(json!({"id": "zstd", "level": level})),
        (Codec::BloscLz4, _) => Some(blosc("lz4", 5)),
        (Codec::BloscZstd { level }, _) => Some(blosc("zstd", level)),
    }
}

fn zero(dtype: DType) -> Scalar {
    Scalar::from_bytes(dtype, &[0; 16][..dtype.size()]).expect("zeros are elements of every type")
}

/// A value as JSON has it; those that are no numbers by name.
fn fill_value(value: Scalar) -> Value {
    let float = |x: f64| match x {
        x if x.is_nan() => json!("NaN"),
        x if x.is_infinite() => json!(if x > 0.0 { "Infinity" } else { "-Infinity" }),
        x => json!(x),
    };
    match value {
        Scalar::Bool(x) => json!(x),
        Scalar::I8(x) => json!(x),
        Scalar::I16(x) => json!(x),
        Scalar::I32(x) => json!(x),
        Scalar::I64(x) => json!(x),
        Scalar::U8(x) => json!(x),
        Scalar::U16(x) => json!(x),
        Scalar::U32(x) => json!(x),
        Scalar::U64(x) => json!(x),
        Scalar::F32(x) => float(x.into()),
        Scalar::F64(x) => float(x),
        Scalar::C32(x) => json!([float(x.re.into()), float(x.im.into())]),
        Scalar::C64(x) => json!([float(x.re), float(x.im)]),
    }
}

/// Version 2's name of a dtype, little-endian.
fn descr(dtype: DType) -> String {
    let kind = match dtype.kind() {
        _ if dtype == DType::Bool => 'b',
        Kind::Complex => 'c',
        _ if dtype.name().starts_with("uint") => 'u',
        _ if dtype.name().starts_with("int") => 'i',
        _ => 'f',
    };
    let order = if dtype.size() == 1 { '|' } else { '<' };
    format!("{order}{kind}{}", dtype.size())
}

/// What metadata says of its array; an error names the field.
pub(super) fn describe(metadata: &Value, path: &Path) -> Result<Described> {
    let refuse = |field: &str, why: String| Error::file(path, format!("{field}: {why}"));
    let version = match metadata["zarr_format"].as_u64() {
        Some(2) => Version::V2,
        Some(3) => Version::V3,
        _ => {
            let found = shown(&metadata["zarr_format"]);
            return Err(refuse("zarr_format", format!("{found} is not known; known are 2 and 3")));
        }
    };
    let shape = extents(&metadata["shape"]).map_err(|why| refuse("shape", why))?;
    if shape.len() > MOST_AXES {
        let why = format!("has {} axes, more than the {MOST_AXES} supported", shape.len());
        return Err(refuse("shape", why));
    }
    let v3 = version == Version::V3;
    let (field, grid) = match v3 {
        true => ("chunk_grid", &metadata["chunk_grid"]["configuration"]["chunk_shape"]),
        false => ("chunks", &metadata["chunks"]),
    };
    if v3 && metadata["chunk_grid"]["name"] != "regular" {
        let found = shown(&metadata["chunk_grid"]["name"]);
        return Err(refuse(field, format!("{found} is not supported; 'regular' is")));
    }
    let chunks = extents(grid).map_err(|why| refuse(field, why))?;
    let field_of_type = if v3 { "data_type" } else { "dtype" };
    let dtype = dtype(&metadata[field_of_type]).ok_or_else(|| {
        let known: Vec<_> = DType::ALL.iter().map(|dtype| dtype.name()).collect();
        let found = shown(&metadata[field_of_type]);
        refuse(field_of_type, format!("{found} is not supported; {} are", known.join(", ")))
    })?;
    let header = Header { dtype, shape, order: Order::C };
    let dense = |shape: &[usize]| Header { shape: shape.to_vec(), ..header.clone() }.bytes();
    for (field, shape) in [("shape", &header.shape), (field, &chunks)] {
        if dense(shape).is_none() {
            let why = format!("{shape:?} of {dtype} has more bytes than can be counted");
            return Err(refuse(field, why));
        }
    }
    if chunks.len() != header.shape.len() || chunks.contains(&0) {
        let why = format!("{chunks:?} do not cut an array of shape {:?}", header.shape);
        return Err(refuse(field, why));
    }
    let codecs = metadata["codecs"].as_array().map_or(&[][..], Vec::as_slice);
    let sharding = codecs.iter().find(|codec| codec["name"] == "sharding_indexed");
    let inner = match sharding.map(|codec| &codec["configuration"]["chunk_shape"]) {
        None => None,
        Some(found) => {
            let inner = extents(found).map_err(|why| refuse("sharding_indexed", why))?;
            let cuts = |(&shard, &chunk): (&usize, &usize)| chunk > 0 && shard % chunk == 0;
            if inner.len() != chunks.len() || !chunks.iter().zip(&inner).all(cuts) {
                let why = format!("chunks {inner:?} do not cut shards {chunks:?}");
                return Err(refuse("sharding_indexed", why));
            }
            Some(inner)
        }
    };
    Ok(Described { header, chunks, inner, version })
}

fn extents(value: &Value) -> Result<Vec<usize>, String> {
    let one = |value: &Value| value.as_u64().and_then(|extent| usize::try_from(extent).ok());
    let all = value.as_array().and_then(|all| all.iter().map(one).collect());
    all.ok_or_else(|| format!("{} is not a list of extents", shown(value)))
}

fn dtype(value: &Value) -> Option<DType> {
    let name = value.as_str()?;
    if let Ok(dtype) = name.parse() {
        return Some(dtype);
    }
    let bare = name.strip_prefix(['<', '>', '|'])?;
    DType::ALL.into_iter().find(|&dtype| &descr(dtype)[1..] == bare)
}

/// A value for a message, no longer than a line.
pub(super) fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
