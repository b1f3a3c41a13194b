//! h5py itself: its files are read, and ours are read by it.
//!
//! Without `python3` that has h5py the tests say so and pass; where `CI` is set they fail.
#![cfg(feature = "hdf5")]

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use distarray_core::array::Context;
use distarray_core::{Complex32, Complex64, DType, Element, Result, Scalar, with_element};
use distarray_io::hdf5::{self, Attribute, Options};

const SHAPES: [&[usize]; 6] = [&[], &[0], &[3, 0, 2], &[5], &[4, 7], &[2, 3, 4]];

/// The values that both sides make, of each dtype and shape.
const VALUES: &str = r#"
import sys, numpy as np, h5py
np.seterr(all="ignore")
names = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128".split()
shapes = [(), (0,), (3, 0, 2), (5,), (4, 7), (2, 3, 4)]
def values(name, shape):
    k = np.arange(int(np.prod(shape))) * 37 + 11
    if name == "bool":
        a = k % 3 == 0
    elif name.startswith("complex"):
        a = k * 1.5 - 2j * k
    elif name.startswith("float"):
        a = k * 1.5 - 20
    else:
        a = k
    return a.astype(name).reshape(shape)
path = sys.argv[1] + "/a.h5"
"#;

const WRITE: &str = r#"
with h5py.File(path, "w", userblock_size=1024) as f:
    for name in names:
        for i, shape in enumerate(shapes):
            for end in "<>":
                a = values(name, shape)
                a = a.astype(a.dtype.newbyteorder(end))
                g = f.require_group(f"{name}/{i}/{'little' if end == '<' else 'big'}")
                g["plain"] = a
                if not shape:
                    continue
                chunks = tuple(min(max(n, 1), 3) for n in shape)
                g.create_dataset("growing", data=a, chunks=chunks, maxshape=(None,) * len(shape))
                if a.size:
                    g.create_dataset("chunked", data=a, chunks=chunks)
                    g.create_dataset("packed", data=a, chunks=chunks, compression="gzip", shuffle=True, fletcher32=True)
                    dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                    dcpl.set_layout(h5py.h5d.COMPACT)
                    space = h5py.h5s.create_simple(shape)
                    d = h5py.h5d.create(g.id, b"compact", h5py.h5t.py_create(a.dtype, logical=True), space, dcpl)
                    h5py.Dataset(d)[...] = a
    f.create_dataset("unwritten", shape=(3, 4), dtype="f8", fillvalue=2.5)
    f.create_dataset("unwritten chunks", shape=(30, 4), dtype="f8", fillvalue=2.5, chunks=(7, 4))
    f["half"] = np.ones(3, "f2")
    f["text"] = "some"
    f.attrs["int"] = 7
    f.attrs["big"] = np.array([1.5, 2.5], ">f8")
    f.attrs["flag"] = True
    f.attrs["complex"] = np.complex64(1 - 2j)
    f.attrs["text"] = "Grüße"
    f.attrs["bytes"] = np.bytes_(b"fixed")
    f.attrs["texts"] = ["a", "bc"]
    f.attrs["empty"] = h5py.Empty("f4")
"#;

const CHECK: &str = r#"
count = 0
with h5py.File(path, "r") as f:
    for name in names:
        for i, shape in enumerate(shapes):
            for kind in f[f"{name}/{i}"]:
                d = f[f"{name}/{i}/{kind}"]
                assert d.dtype == np.dtype(name), (d, d.dtype)
                assert d.shape == shape, d
                np.testing.assert_array_equal(d[()], values(name, shape))
                count += 1
    d = f["float64/4/packed"]
    assert (d.compression, d.compression_opts, d.shuffle, d.chunks) == ("gzip", 6, True, (4, 3)), d
    assert f["float64/4/growing"].maxshape == (None, 7)
    assert f["float64/4/plain"].chunks is None
    a = f["int8/3"].attrs
    assert a["int"] == 7 and a["int"].dtype == np.int32
    assert a["flag"] == True and a["flag"].dtype == np.bool_, a["flag"]
    assert a["text"] == "Grüße", a["text"]
    assert list(a["texts"]) == ["a", "bc"], a["texts"]
    assert a["complex"] == 1 - 2j and a["complex"].dtype == np.complex128
    np.testing.assert_array_equal(a["list"], [1.5, 2.5])
    assert isinstance(a["empty"], h5py.Empty), a["empty"]
print(count)
"#;

/// What a script prints; `None` where there is no h5py.
fn python(script: &str, directory: &Path) -> Option<String> {
    let found = Command::new("python3").args(["-c", "import numpy, h5py"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "CI has no python3 with h5py");
        let mut terminal = std::io::stderr();
        writeln!(terminal, "SKIPPED: no python3 with h5py; nothing was compared").unwrap();
        return None;
    }
    let script = format!("{VALUES}{script}");
    let output = Command::new("python3").args(["-c", &script]).arg(directory).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The element number `i` of the arrays that the scripts make.
fn value<T: Element>(i: usize) -> T {
    let k = i as i64 * 37 + 11;
    let scalar = match T::DTYPE {
        DType::Bool => Scalar::Bool(k % 3 == 0),
        DType::I8 => Scalar::I8(k as i8),
        DType::I16 => Scalar::I16(k as i16),
        DType::I32 => Scalar::I32(k as i32),
        DType::I64 => Scalar::I64(k),
        DType::U8 => Scalar::U8(k as u8),
        DType::U16 => Scalar::U16(k as u16),
        DType::U32 => Scalar::U32(k as u32),
        DType::U64 => Scalar::U64(k as u64),
        DType::F32 => Scalar::F32(k as f32 * 1.5 - 20.0),
        DType::F64 => Scalar::F64(k as f64 * 1.5 - 20.0),
        DType::C32 => Scalar::C32(Complex32::new(k as f32 * 1.5, k as f32 * -2.0)),
        DType::C64 => Scalar::C64(Complex64::new(k as f64 * 1.5, k as f64 * -2.0)),
    };
    T::try_from_scalar(scalar).unwrap()
}

fn flat(shape: &[usize], at: &[usize]) -> usize {
    at.iter().zip(shape).fold(0, |flat, (i, extent)| flat * extent + i)
}

/// One test at a time: a Python that is started while the library has a file open inherits that, and
/// with it the file's lock.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn what_h5py_writes_is_read() {
    let _turn = turn();
    let directory = tempfile::tempdir().unwrap();
    if python(WRITE, directory.path()).is_none() {
        return;
    }
    let path = directory.path().join("a.h5");
    distarray_threads::run(2, |comm| {
        let file = hdf5::open(&Context::new(comm), &path)?;
        let mut count = 0;
        for dtype in DType::ALL {
            for (i, shape) in SHAPES.into_iter().enumerate() {
                let kinds = ["plain", "growing", "chunked", "packed", "compact"];
                let kinds = match (shape.is_empty(), shape.contains(&0)) {
                    (true, _) => &kinds[..1],
                    (_, true) => &kinds[..2],
                    _ => &kinds,
                };
                for kind in kinds {
                    for order in ["little", "big"] {
                        let name = format!("{dtype}/{i}/{order}/{kind}");
                        let dataset = file.dataset(&name)?;
                        assert_eq!(dataset.header().dtype, dtype, "{name}");
                        assert_eq!(dataset.header().shape, shape, "{name}");
                        let axes = ["", "c", "c,b", "n,c,b"][shape.len()];
                        with_element!(dtype, T => {
                            let array = dataset.load::<T>(axes)?.to_ndarray()?;
                            let all = array.iter().copied().enumerate();
                            all.for_each(|(i, found)| assert_eq!(found, value::<T>(i), "{name}"));
                        });
                        count += 1;
                    }
                }
            }
        }
        assert_eq!(count, 13 * 2 * (1 + 2 * 2 + 3 * 5));
        for name in ["unwritten", "unwritten chunks"] {
            let array = file.dataset(name)?.load::<f64>("b,n")?;
            assert!(array.to_ndarray()?.iter().all(|&found| found == 2.5), "{name}");
        }
        for (name, expected) in [
            ("half", "dtype: is a floating-point number of half precision"),
            ("text", "dtype: is text"),
        ] {
            let error = file.dataset(name).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let attributes = file.attributes("/")?;
        let expected: [(&str, Attribute); 8] = [
            ("int", 7_i64.into()),
            ("big", vec![1.5, 2.5].into()),
            ("flag", true.into()),
            ("complex", Complex32::new(1.0, -2.0).into()),
            ("text", "Grüße".into()),
            ("bytes", "fixed".into()),
            ("texts", vec!["a".to_owned(), "bc".to_owned()].into()),
            ("empty", Attribute::Empty),
        ];
        assert_eq!(attributes.len(), expected.len());
        for (name, value) in expected {
            assert_eq!(attributes[name], value, "{name}");
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn what_is_written_is_what_h5py_reads() {
    let _turn = turn();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        hdf5::create(&ctx, &path, |file| {
            for dtype in DType::ALL {
                for (i, shape) in SHAPES.into_iter().enumerate() {
                    with_element!(dtype, T => write::<T>(&ctx, file, i, shape))?;
                }
            }
            let object = "int8/3";
            file.set_attribute(object, "int", 7)?;
            file.set_attribute(object, "flag", true)?;
            file.set_attribute(object, "text", "Grüße")?;
            file.set_attribute(object, "texts", vec!["a".to_owned(), "bc".to_owned()])?;
            file.set_attribute(object, "complex", Complex64::new(1.0, -2.0))?;
            file.set_attribute(object, "list", vec![1.5, 2.5])?;
            file.set_attribute(object, "empty", Attribute::Empty)
        })
    })
    .unwrap();
    if let Some(count) = python(CHECK, directory.path()) {
        assert_eq!(count.trim(), (13 * (1 + 5 * 4)).to_string());
    }
}

fn write<T: Element>(ctx: &Context, file: &hdf5::Hdf5, i: usize, shape: &[usize]) -> Result<()> {
    let axes = ["", "c", "c,b", "n,c,b"][shape.len()];
    let distribution = distarray_core::dist::Distribution::new(shape, axes, ctx.size())?;
    let own = shape.to_vec();
    let array = ctx.from_fn(distribution, move |at| value::<T>(flat(&own, at)))?;
    let name = |kind: &str| format!("{}/{i}/{kind}", T::DTYPE);
    file.write(&name("plain"), &array)?;
    if shape.is_empty() {
        return Ok(());
    }
    // Four of the first axis, three of the others, as far as there are so many.
    let most = |axis: usize| if axis == 0 { 4 } else { 3 };
    let chunks = shape.iter().enumerate().map(|(axis, extent)| *extent.clamp(&1, &most(axis)));
    let chunks: Vec<_> = chunks.collect();
    file.write_with(&name("chunked"), &array, &Options::new().chunks(chunks.clone()))?;
    file.write_with(&name("growing"), &array, &Options::new().growing())?;
    file.write_with(&name("packed"), &array, &Options::new().chunks(chunks).shuffle().deflate(6))
}
