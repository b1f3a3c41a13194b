//! Text files: what a plain reader finds, on any number of ranks; NumPy; errors; absurd files.

use std::io::Write;
use std::process::Command;

use distarray_core::array::Context;
use distarray_core::{Complex64, DType};
use distarray_io as io;
use distarray_io::text::{self, Options};

/// Numbers that look random and are the same in every run (xorshift, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// A text of so many rows, with all that may stand between them, and its numbers.
fn made(numbers: &mut Numbers, rows: usize, columns: usize, delimiter: &str) -> (String, Vec<f64>) {
    let (mut text, mut all) = (String::new(), Vec::new());
    for _ in 0..rows {
        match numbers.below(6) {
            0 => text += "\n",
            1 => text += "  # 1 2 3\r\n",
            _ => {}
        }
        let row: Vec<f64> =
            (0..columns).map(|_| numbers.below(2000) as f64 / 7.0 - 100.0).collect();
        let words: Vec<_> = row.iter().map(|x| format!("{x:?}")).collect();
        text += &words.join(delimiter);
        text += ["\n", "\r\n", " # so\n"][numbers.below(3)];
        all.extend(row);
    }
    if numbers.below(2) == 0 && text.ends_with('\n') {
        text.pop();
    }
    (text, all)
}

#[test]
fn what_a_plain_reader_finds() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.txt");
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for round in 0..30 {
        let (rows, columns) = (numbers.below(40), 2 + numbers.below(4));
        let csv = round % 2 == 0;
        let (body, all) = made(&mut numbers, rows, columns, if csv { " , " } else { " \t" });
        let skip = numbers.below(3);
        std::fs::write(&path, ["no number, here\n"; 3][..skip].concat() + &body).unwrap();
        let options = if csv { Options::csv() } else { Options::new() }.skip_rows(skip);
        for ranks in [1, 2, 5] {
            distarray_threads::run(ranks, |comm| {
                let ctx = Context::new(comm);
                let file = text::open(&ctx, &path, DType::F64, &options)?;
                if rows == 0 {
                    assert_eq!(file.header().shape, [0]);
                    return Ok(());
                }
                assert_eq!(file.header().shape, [rows, columns]);
                for dists in ["b,n", "c,c", "n,b"] {
                    let table = file.load::<f64>(dists)?.to_ndarray()?;
                    assert!(table.iter().eq(&all), "{rows} x {columns} on {ranks} as {dists}");
                }
                let some = file.slice("::-2, 1")?.load::<f64>("c")?.to_ndarray()?;
                let expected = (0..rows).rev().step_by(2).map(|row| all[row * columns + 1]);
                assert!(some.iter().copied().eq(expected));
                let picked = options.clone().columns([1, 0, 1]);
                let picked = text::load::<f64>(&ctx, &path, "b", &picked)?.to_ndarray()?;
                let expected = all.chunks(columns).flat_map(|row| [row[1], row[0], row[1]]);
                assert!(picked.iter().copied().eq(expected));
                Ok(())
            })
            .unwrap();
        }
    }
}

#[test]
fn what_is_saved_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.csv");
    for ranks in [1, 4] {
        distarray_threads::run(ranks, |comm| {
            let ctx = Context::new(comm);
            for (shape, dists) in
                [(vec![9, 4], "c,b"), (vec![13], "c:2"), (vec![2, 3], "n,b"), (vec![0], "b")]
            {
                let array = ctx.from_fn((shape.clone(), dists), |at| {
                    let x = at.iter().fold(1.0, |x, &i| x * 7.3 + i as f64);
                    Complex64::new(x.sin(), x.exp())
                })?;
                text::save_with(&array, &path, &Options::csv().header("one\ntwo"))?;
                let again = text::load::<Complex64>(&ctx, &path, "", &Options::csv())?;
                assert_eq!(again.to_ndarray()?, array.to_ndarray()?);
                ctx.barrier()?;
            }
            let whole = ctx.from_fn([6, 2], |at| at[0] as i64 - 3)?;
            text::save_with(&whole, &path, &Options::csv())?;
            let found = io::open(&ctx, &path)?;
            assert_eq!(
                found.load::<f64>("b,n")?.to_ndarray()?,
                whole.to_ndarray()?.mapv(|i| i as f64)
            );
            let error = text::save(&ctx.ones::<f64>([1, 2, 3])?, &path).unwrap_err().to_string();
            assert!(error.ends_with("shape: [1, 2, 3] has not one or two axes, as a text has"));
            Ok(())
        })
        .unwrap();
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn errors_name_line_and_field_on_every_rank() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.txt");
    let rows = |bad: &str| {
        let mut text = "title\n# comment\n".to_owned();
        (0..50).for_each(|i| text += &if i == 40 { bad.to_owned() } else { format!("{i} 1\n") });
        text
    };
    let huge = "7".repeat(40 << 20);
    for (bad, expected) in [
        ("1 x\n", "a.txt: line 43, field 2: 'x' is no int16"),
        ("70000 1\n", "a.txt: line 43, field 1: '70000' is no int16"),
        ("1\n", "a.txt: line 43: has 1 fields, the first row 2"),
        ("1 2 3\n", "a.txt: line 43: has 3 fields, the first row 2"),
        ("1 \u{fffd}\n", "line 43, field 2: '\u{fffd}' is no int16"),
        (&huge, "is longer than 16777216 bytes"),
    ] {
        std::fs::write(&path, rows(bad)).unwrap();
        let errors = distarray_threads::run(3, |comm| {
            let ctx = Context::new(comm);
            let options = Options::new().skip_rows(1);
            let error = text::load::<i16>(&ctx, &path, "b", &options).unwrap_err();
            Ok(error.to_string())
        })
        .unwrap();
        assert!(errors[0].contains(expected), "{}", errors[0]);
        assert!(errors.iter().all(|error| error == &errors[0]));
    }
    std::fs::write(&path, b"1 2\n\xff\xfe 3\n").unwrap();
    let ctx = Context::solo();
    let error = |options| text::load::<f64>(&ctx, &path, "", &options).unwrap_err().to_string();
    assert!(error(Options::new()).ends_with("line 2: is no text (UTF-8)"));
    let far = error(Options::new().columns([5]));
    assert!(far.ends_with("columns: 5 is out of bounds for rows of 2 fields"), "{far}");
    let none = text::open(&ctx, directory.path(), DType::F64, &Options::new()).unwrap_err();
    assert!(none.to_string().ends_with("is a directory, not a file"));
}

/// Any bytes are an array or an error that names the file.
#[test]
fn any_bytes_are_refused_or_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.txt");
    let ctx = Context::solo();
    let mut numbers = Numbers(5);
    let (mut read, mut refused) = (0, 0);
    for round in 0..3000 {
        let (text, _) = made(&mut numbers, 4, 3, ",");
        let mut bytes = text.into_bytes();
        for _ in 0..numbers.below(3) {
            let at = numbers.below(bytes.len());
            match numbers.below(3) {
                0 => bytes[at] = numbers.below(256) as u8,
                1 => bytes.insert(at, b"0123456789.,-+eEj()# \n\r\tnaif"[numbers.below(28)]),
                _ => bytes.truncate(at.max(1)),
            }
        }
        std::fs::write(&path, &bytes).unwrap();
        let options = if round % 3 == 0 { Options::new() } else { Options::csv() };
        match text::load::<Complex64>(&ctx, &path, "", &options) {
            Ok(_) => read += 1,
            Err(error) => {
                let error = error.to_string();
                assert!(error.starts_with(&format!("{}: ", path.display())), "{error}");
                refused += 1;
            }
        }
    }
    assert!(read > 500 && refused > 500, "{read} read, {refused} refused");
}

/// NumPy reads what is written, and what it writes is read.
#[test]
fn numpy_and_we_read_each_others_texts() {
    const SCRIPT: &str = r#"
import sys, numpy as np
folder = sys.argv[1]
names = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex128".split()
for name in names:
    kind = np.dtype(name)
    a = (np.arange(12).reshape(4, 3) * 37 % 120).astype(kind)
    if kind.kind in "fc":
        a = a / kind.type(7)
        a[1, 2] = np.inf
    if kind.kind == "c":
        a = a - 1j * a.real[::-1]
        a[1, 1] = 2
    ours = np.loadtxt(f"{folder}/ours-{name}.csv", dtype=kind, delimiter=",")
    assert np.array_equal(ours, a.astype(kind)) or kind.kind == "c", (name, ours, a)
    np.savetxt(f"{folder}/theirs-{name}.csv", ours, delimiter=",", header="a title")
"#;
    let found = Command::new("python3").args(["-c", "import numpy"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "CI has no python3 with NumPy");
        writeln!(std::io::stderr(), "SKIPPED: no python3 with NumPy; nothing was compared")
            .unwrap();
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let at = |whose: &str, dtype: DType| directory.path().join(format!("{whose}-{dtype}.csv"));
    let ctx = Context::solo();
    let number = |at: &[usize]| ((3 * at[0] + at[1]) * 37 % 120) as f64;
    macro_rules! each {
        ($($type:ty => $value:expr;)*) => {$({
            let array = ctx.from_fn([4, 3], $value).unwrap();
            let dtype = <$type as distarray_core::Element>::DTYPE;
            text::save_with::<$type>(&array, at("ours", dtype), &Options::csv()).unwrap();
        })*};
    }
    each! {
        bool => |at: &[usize]| number(at) != 0.0;
        i8 => |at: &[usize]| number(at) as i8;
        i16 => |at: &[usize]| number(at) as i16;
        i32 => |at: &[usize]| number(at) as i32;
        i64 => |at: &[usize]| number(at) as i64;
        u8 => |at: &[usize]| number(at) as u8;
        u16 => |at: &[usize]| number(at) as u16;
        u32 => |at: &[usize]| number(at) as u32;
        u64 => |at: &[usize]| number(at) as u64;
        f32 => |at: &[usize]| if at == [1, 2] { f32::INFINITY } else { number(at) as f32 / 7.0 };
        f64 => |at: &[usize]| if at == [1, 2] { f64::INFINITY } else { number(at) / 7.0 };
        Complex64 => |at: &[usize]| Complex64::new(number(at) / 7.0, -(number(&[at[1], at[0]])));
    }
    let script = Command::new("python3").args(["-c", SCRIPT]).arg(directory.path()).output();
    let script = script.unwrap();
    assert!(script.status.success(), "{}", String::from_utf8_lossy(&script.stderr));
    for dtype in DType::ALL.into_iter().filter(|&dtype| dtype != DType::C32) {
        let comm = ctx.communicator().unwrap();
        let read = |whose| text::read(comm, at(whose, dtype), "", dtype, &Options::csv()).unwrap();
        let (ours, theirs) = (read("ours").owned().unwrap(), read("theirs").owned().unwrap());
        distarray_core::with_element!(dtype, T => {
            assert_eq!(ours.to_array::<T>().unwrap(), theirs.to_array::<T>().unwrap());
        });
    }
}
