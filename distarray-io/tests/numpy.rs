//! NumPy itself: its files are read, and ours are byte for byte what it writes.
//!
//! Without `python3` that has NumPy the tests say so and pass; where `CI` is set they fail.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use distarray_core::comm::Solo;
use distarray_core::dist::Distribution;
use distarray_core::{ArrayRef, DType, Element, Result, Scalar, as_bytes, with_element};
use distarray_io::file::{ArrayFile, Header, Order};
use distarray_io::npy::{self, NpyFile};

const SHAPES: [&[usize]; 6] = [&[], &[0], &[3, 0, 2], &[5], &[4, 7], &[2, 3, 4]];

/// Writes every array here in every way, and the values as text beside them.
const WRITE: &str = r#"
import sys, numpy as np
from numpy.lib import format
np.seterr(all="ignore")
names = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128"
shapes = [(), (0,), (3, 0, 2), (5,), (4, 7), (2, 3, 4)]
for name in names.split():
    for i, shape in enumerate(shapes):
        n = int(np.prod(shape))
        k = np.arange(n) * 37 + 11
        if name == "bool":
            a = k % 3 == 0
        elif name.startswith("complex"):
            a = k * 1.5 - 2j * k
        elif name.startswith("float"):
            a = k * 1.5 - 20
        else:
            a = k
        a = a.astype(name).reshape(shape)
        np.save(f"{sys.argv[1]}/{name}-{i}-save.npy", a)
        for order in "CF":
            for end in "<>":
                b = np.array(a.astype(a.dtype.newbyteorder(end)), order=order)
                for major in (1, 2, 3):
                    with open(f"{sys.argv[1]}/{name}-{i}-{order}{end}{major}.npy", "wb") as f:
                        format.write_array(f, b, version=(major, 0))
"#;

/// Compares our files with what NumPy writes of the same values.
const COMPARE: &str = r#"
import sys, io, pathlib, numpy as np
files = sorted(pathlib.Path(sys.argv[1]).glob("*.npy"))
for path in files:
    array = np.load(path)
    again = io.BytesIO()
    np.save(again, array)
    assert again.getvalue() == path.read_bytes(), path
print(len(files))
"#;

/// What a script prints; `None` where there is no NumPy.
fn python(script: &str, directory: &Path) -> Option<String> {
    let found = Command::new("python3").args(["-c", "import numpy"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "CI has no python3 with NumPy");
        let mut terminal = std::io::stderr();
        writeln!(terminal, "SKIPPED: no python3 with NumPy; nothing was compared").unwrap();
        return None;
    }
    let output = Command::new("python3").args(["-c", script]).arg(directory).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The element number `i` of the arrays that the script writes.
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
        DType::C32 => Scalar::C32(distarray_core::Complex32::new(k as f32 * 1.5, k as f32 * -2.0)),
        DType::C64 => Scalar::C64(distarray_core::Complex64::new(k as f64 * 1.5, k as f64 * -2.0)),
    };
    T::try_from_scalar(scalar).unwrap()
}

/// The array that the script writes, on one rank.
fn array<T: Element>(shape: &[usize]) -> Result<ArrayRef> {
    let mut array = ArrayRef::zeros(T::DTYPE, &Distribution::on_one(shape, 0), 0)?;
    let mut view = array.part_mut().unwrap().view_mut::<T>()?;
    view.iter_mut().enumerate().for_each(|(i, element)| *element = value(i));
    Ok(array)
}

#[test]
fn what_numpy_writes_is_read() {
    let directory = tempfile::tempdir().unwrap();
    if python(WRITE, directory.path()).is_none() {
        return;
    }
    let mut count = 0;
    for dtype in DType::ALL {
        for (i, shape) in SHAPES.into_iter().enumerate() {
            for way in ["save", "C<1", "C>2", "C<3", "F>1", "F<2", "F>3", "F<1", "C>1"] {
                let path = directory.path().join(format!("{dtype}-{i}-{way}.npy"));
                let header = npy::read_header(&path).unwrap();
                assert_eq!((header.dtype, &header.shape[..]), (dtype, shape), "{path:?}");
                // NumPy calls an array C-contiguous that is both.
                let dense = shape.iter().filter(|&&extent| extent > 1).count() < 2;
                let order = match way.starts_with('F') && !dense && !shape.contains(&0) {
                    true => Order::Fortran,
                    false => Order::C,
                };
                assert_eq!(header.order, order, "{path:?}");
                let read = npy::read(&Solo, &path, "", None).unwrap().owned().unwrap();
                with_element!(dtype, T => {
                    let wanted = array::<T>(shape).unwrap().owned().unwrap();
                    assert_eq!(read.view::<T>().unwrap(), wanted.view::<T>().unwrap());
                });
                count += 1;
            }
        }
    }
    assert_eq!(count, 13 * 6 * 9);
}

#[test]
fn what_is_written_is_what_numpy_writes() {
    let directory = tempfile::tempdir().unwrap();
    let (ours, theirs) = (directory.path().join("ours"), directory.path().join("theirs"));
    fs::create_dir(&ours).unwrap();
    fs::create_dir(&theirs).unwrap();
    if python(WRITE, &theirs).is_none() {
        return;
    }
    for dtype in DType::ALL {
        for (i, shape) in SHAPES.into_iter().enumerate() {
            let path = ours.join(format!("{dtype}-{i}-save.npy"));
            let array = with_element!(dtype, T => array::<T>(shape)).unwrap();
            npy::write(&Solo, &path, &array).unwrap();
            let wanted = fs::read(theirs.join(format!("{dtype}-{i}-save.npy"))).unwrap();
            assert!(fs::read(&path).unwrap() == wanted, "{path:?}");
        }
    }
    // Shapes whose headers have other lengths, and Fortran order.
    for (number, (shape, order)) in [
        (vec![12_345, 1], Order::C),
        (vec![2; 16], Order::C),
        (vec![1; 64], Order::C),
        (vec![3, 70_000], Order::Fortran),
        (vec![2, 3, 2], Order::Fortran),
    ]
    .into_iter()
    .enumerate()
    {
        let header = Header { dtype: DType::U8, shape, order };
        let file = NpyFile::create(ours.join(format!("shape-{number}.npy")), &header).unwrap();
        assert_eq!(file.header(), &header);
    }
    assert_eq!(python(COMPARE, &ours).unwrap().trim(), (13 * 6 + 5).to_string());
}

/// Bytes that are not 0 or 1 in a file of `bool` are true, as they are for NumPy.
#[test]
fn bytes_of_bool_are_made_valid() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    let header = Header { dtype: DType::Bool, shape: vec![6], order: Order::C };
    NpyFile::create(&path, &header).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let start = bytes.len() - 6;
    bytes[start..].copy_from_slice(&[0, 1, 2, 255, 0, 128]);
    fs::write(&path, bytes).unwrap();
    let expected = [false, true, true, true, false, true];
    let read = npy::read(&Solo, &path, "", None).unwrap().owned().unwrap();
    assert_eq!(read.to_array::<bool>().unwrap().as_slice().unwrap(), expected);
    assert_eq!(read.storage().as_slice(), as_bytes(&expected));
    let counted = npy::read(&Solo, &path, "", Some(DType::I32)).unwrap().owned().unwrap();
    assert_eq!(counted.to_array::<i32>().unwrap().as_slice().unwrap(), [0, 1, 1, 1, 0, 1]);
}
