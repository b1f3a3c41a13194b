//! zarr-python itself: its arrays are read, and it reads ours.
//!
//! Without `python3` that has zarr the tests say so and pass; where `CI` is set they fail.
#![cfg(feature = "zarr")]

use std::io::Write;
use std::path::Path;
use std::process::Command;

use distarray_core::array::Context;
use distarray_core::{DType, Element, Scalar, with_element};
use distarray_io::zarr::{self, Codec, Options, Version};
use ndarray::{ArrayD, IxDyn};

/// Writes every dtype, version, compression and shape, and the values are a rule.
const WRITE: &str = r#"
import sys, numpy as np, zarr, numcodecs
from zarr.codecs import BloscCodec, GzipCodec, ZstdCodec
root = sys.argv[1]
names = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128"
shapes = [(), (0,), (3, 0, 2), (5,), (4, 7), (2, 3, 4)]
count = 0
def values(name, shape):
    k = np.arange(int(np.prod(shape))) * 37 + 11
    if name == "bool":
        a = k % 3 == 0
    elif name.startswith("complex"):
        a = k * 1.5 - 2j * k
    else:
        a = k % 101
    return a.astype(name).reshape(shape)
def write(path, a, **how):
    global count
    chunks = tuple(max(1, min(2, n)) for n in a.shape)
    z = zarr.create_array(f"{root}/{path}", shape=a.shape, chunks=chunks, attributes={"units": "K"}, **how)
    if a.size:
        z[...] = a
    count += 1
for name in names.split():
    for i, shape in enumerate(shapes):
        a = values(name, shape)
        for c, codec in enumerate([None, GzipCodec(), ZstdCodec(), BloscCodec()]):
            write(f"{name}-{i}-3-{c}.zarr", a, dtype=name, zarr_format=3, compressors=codec)
        for c, codec in enumerate([None, numcodecs.GZip(), numcodecs.Zstd(), numcodecs.Blosc(), numcodecs.Zlib()]):
            for order in "CF":
                for end in "<>":
                    d = np.dtype(name).newbyteorder(end)
                    write(f"{name}-{i}-2-{c}{order}{end}.zarr", a, dtype=d, zarr_format=2, order=order, compressors=codec)
        if shape == (4, 7):
            z = zarr.create_array(f"{root}/{name}-{i}-3-shards.zarr", shape=shape, chunks=(2, 2), shards=(4, 4), dtype=name)
            z[...] = a
            count += 1
print(count)
"#;

/// Reads all arrays of a directory and compares them with the rule.
const READ: &str = r#"
import sys, pathlib, numpy as np, zarr
count = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.zarr")):
    z = zarr.open_array(str(path / "group" / "a"), mode="r")
    name = path.name.split("-")[0]
    k = np.arange(int(np.prod(z.shape))) * 37 + 11
    if name == "bool":
        a = k % 3 == 0
    elif name.startswith("complex"):
        a = k * 1.5 - 2j * k
    else:
        a = k % 101
    assert z.dtype == np.dtype(name), (path, z.dtype)
    assert np.array_equal(z[...], a.astype(name).reshape(z.shape)), path
    assert z.attrs["units"] == "K"
    assert "group/a" in zarr.open_group(str(path), mode="r")
    count += 1
print(count)
"#;

fn python(script: &str, directory: &Path) -> Option<String> {
    let found = Command::new("python3").args(["-c", "import zarr"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "CI has no python3 with zarr");
        let mut terminal = std::io::stderr();
        writeln!(terminal, "SKIPPED: no python3 with zarr; nothing was compared").unwrap();
        return None;
    }
    let output =
        Command::new("python3").args(["-W", "ignore", "-c", script]).arg(directory).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

const SHAPES: [&[usize]; 6] = [&[], &[0], &[3, 0, 2], &[5], &[4, 7], &[2, 3, 4]];

/// The values that the scripts write, as numbers of the widest type.
fn value(dtype: DType, i: usize) -> Scalar {
    let k = i as i64 * 37 + 11;
    let number = match dtype {
        DType::Bool => return Scalar::Bool(k % 3 == 0),
        DType::C32 => {
            return Scalar::C32(distarray_core::Complex32::new(k as f32 * 1.5, -2.0 * k as f32));
        }
        DType::C64 => {
            return Scalar::C64(distarray_core::Complex64::new(k as f64 * 1.5, -2.0 * k as f64));
        }
        _ => (k % 101) as u8,
    };
    let mut bytes = [0; 16];
    distarray_core::block::convert(DType::U8, &[number], dtype, &mut bytes[..dtype.size()]);
    Scalar::from_bytes(dtype, &bytes[..dtype.size()]).unwrap()
}

#[test]
fn what_zarr_python_writes_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let Some(written) = python(WRITE, directory.path()) else { return };
    let ctx = Context::solo();
    let mut count = 0;
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut words = name.split('-');
        let dtype: DType = words.next().unwrap().parse().unwrap();
        let shape = SHAPES[words.next().unwrap().parse::<usize>().unwrap()];
        with_element!(dtype, T => {
            let found = zarr::load::<T>(&ctx, &path, "").unwrap_or_else(|e| panic!("{e}"));
            let mut i = 0;
            let wanted = ArrayD::from_shape_simple_fn(IxDyn(shape), || {
                i += 1;
                T::try_from_scalar(value(dtype, i - 1)).unwrap()
            });
            assert_eq!(found.to_ndarray().unwrap(), wanted, "{name}");
        });
        if !name.contains("shards") {
            assert_eq!(zarr::attributes(&ctx, &path).unwrap()["units"], "K");
        }
        count += 1;
    }
    assert_eq!(count.to_string(), written);
}

#[test]
fn zarr_python_reads_what_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let ctx = Context::solo();
    let mut count = 0;
    for dtype in DType::ALL {
        for (i, shape) in SHAPES.into_iter().enumerate() {
            for version in [Version::V2, Version::V3] {
                for (c, codec) in [
                    Codec::None,
                    Codec::Gzip { level: 5 },
                    Codec::Zstd { level: 3 },
                    Codec::BloscLz4,
                ]
                .into_iter()
                .enumerate()
                {
                    let mut options =
                        Options::new().version(version).codec(codec).attribute("units", "K");
                    if i % 2 == 1 && version == Version::V3 {
                        options = options.chunks(vec![1; shape.len()]).shards(vec![2; shape.len()]);
                    }
                    let path = directory.path().join(format!("{dtype}-{i}-{version:?}-{c}.zarr"));
                    with_element!(dtype, T => {
                        let mut number = 0;
                        let all = ArrayD::from_shape_simple_fn(IxDyn(shape), || {
                            number += 1;
                            T::try_from_scalar(value(dtype, number - 1)).unwrap()
                        });
                        let array = ctx.from_ndarray(&all, "").unwrap();
                        zarr::save_with(&array, path.join("group/a"), &options).unwrap();
                    });
                    count += 1;
                }
            }
        }
    }
    if let Some(read) = python(READ, directory.path()) {
        assert_eq!(read, count.to_string());
    }
}
