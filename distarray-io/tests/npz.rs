//! Archives of arrays: every distribution, stored and deflated, NumPy both ways, and damage.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use distarray_core::array::{Context, DistArray, Reductions};
use distarray_core::{Complex64, Result};
use distarray_io::{AnyArray, npz};
use ndarray::ArrayD;

/// Arrays of some kinds, as whole ones too.
fn numbered(ctx: &Context, shape: &[usize], dists: &str) -> Result<DistArray<i32>> {
    let shape = shape.to_vec();
    ctx.from_fn((shape.clone(), dists), move |at| {
        at.iter().zip(&shape).fold(7, |all, (i, extent)| all * *extent as i32 + *i as i32)
    })
}

type Save = fn(&Context, &Path, &[npz::Named<'_>]) -> Result<()>;
const WAYS: [Save; 2] = [
    |ctx, path, all| npz::savez(ctx, path, all),
    |ctx, path, all| npz::savez_compressed(ctx, path, all),
];

#[test]
fn every_distribution_is_written_and_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("all.npz");
    let shapes: [(&[usize], &[&str]); 6] = [
        (&[], &[""]),
        (&[0], &["b"]),
        (&[3, 0, 2], &["b", "n,n,c"]),
        (&[23], &["b", "c", "c:3"]),
        (&[1, 13, 9], &["b,b", "n,c:2,c", "n,n,b"]),
        (&[300, 40], &["b,n", "n,c", "c,b"]),
    ];
    for save in WAYS {
        for ranks in 1..=4 {
            distarray_threads::run(ranks, |comm| {
                let ctx = Context::new(comm);
                let mut arrays = Vec::new();
                for (shape, dists) in shapes {
                    for dists in dists {
                        let name = format!("{shape:?}/{dists}");
                        arrays.push((name, numbered(&ctx, shape, dists)?, dists));
                    }
                }
                let named: Vec<npz::Named<'_>> = arrays
                    .iter()
                    .map(|(name, array, _)| (&name[..], array as &dyn AnyArray))
                    .collect();
                save(&ctx, &path, &named)?;
                let file = npz::open(&ctx, &path)?;
                let names: Vec<_> = file.names().collect();
                assert!(names.iter().eq(arrays.iter().map(|(name, _, _)| name)));
                for (name, array, _) in &arrays {
                    file.verify(name)?;
                    let wanted = array.to_ndarray()?;
                    for (_, _, dists) in
                        arrays.iter().filter(|(_, other, _)| other.shape() == array.shape())
                    {
                        let read: ArrayD<i32> =
                            file.array(name)?.load::<i32>(**dists)?.to_ndarray()?;
                        assert_eq!(read, wanted, "{name} as {dists} on {ranks}");
                    }
                }
                let backwards = file.array("[300, 40]/n,c")?.slice("::-7, 3::5")?;
                let wanted = arrays.last().unwrap().1.slice("::-7, 3::5")?.to_ndarray()?;
                assert_eq!(backwards.load::<i32>("c")?.to_ndarray()?, wanted);
                Ok(())
            })
            .unwrap();
        }
    }
}

const WRITE: &str = r#"
import sys, numpy as np
arrays = dict(x=np.arange(1000).reshape(20, 50), f=np.asfortranarray(np.arange(12.).reshape(3, 4)),
    big=np.arange(5, dtype=">i2"), scalar=np.complex128(1 - 2j), empty=np.zeros((0, 3), bool))
np.savez(sys.argv[1] + "/stored.npz", **arrays)
np.savez_compressed(sys.argv[1] + "/deflated.npz", **arrays)
"#;

const READ: &str = r#"
import sys, numpy as np, zipfile
for name in "stored", "deflated":
    path = f"{sys.argv[1]}/{name}.npz"
    with zipfile.ZipFile(path) as archive, open(path, "rb") as file:
        assert archive.testzip() is None
        for member in archive.infolist() if name == "stored" else []:
            file.seek(member.header_offset + 26)
            lengths = int.from_bytes(file.read(2), "little"), int.from_bytes(file.read(2), "little")
            assert (member.header_offset + 30 + sum(lengths)) % 64 == 0
    with np.load(path) as all:
        assert list(all) == ["x", "scalar", "empty"], list(all)
        assert np.array_equal(all["x"], np.arange(1000).reshape(20, 50)) and all["x"].dtype == "<i8"
        assert all["scalar"] == 1 - 2j and all["scalar"].shape == ()
        assert all["empty"].shape == (0, 3) and all["empty"].dtype == bool
print("same")
"#;

fn python(script: &str, directory: &Path) -> Option<String> {
    let found = Command::new("python3").args(["-c", "import numpy"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "CI has no python3 with NumPy");
        let mut terminal = std::io::stderr();
        writeln!(terminal, "SKIPPED: no python3 with NumPy; nothing was compared").unwrap();
        return None;
    }
    let output = Command::new("python3").args(["-c", script]).arg(directory).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[test]
fn numpy_and_we_read_each_others_archives() {
    let directory = tempfile::tempdir().unwrap();
    if python(WRITE, directory.path()).is_none() {
        return;
    }
    distarray_threads::run(3, |comm| {
        let ctx = Context::new(comm);
        for name in ["stored.npz", "deflated.npz"] {
            let file = npz::open(&ctx, directory.path().join(name))?;
            assert_eq!(file.names().collect::<Vec<_>>(), ["x", "f", "big", "scalar", "empty"]);
            assert_eq!(file.array("x")?.load::<i64>("n,c")?.sum()?, 999 * 500);
            assert_eq!(file.array("f")?.load::<f64>("c")?.get(&[2, 3])?, 11.0);
            let big = file.array("big")?.load::<i16>("b")?.to_ndarray()?;
            assert_eq!(big.as_slice(), Some(&[0, 1, 2, 3, 4][..]));
            let one = file.array("scalar")?.load::<Complex64>("")?.get(&[])?;
            assert_eq!(one, Complex64::new(1.0, -2.0));
            assert_eq!(file.array("empty")?.header().shape, [0, 3]);
            file.names().try_for_each(|name| file.verify(name))?;
        }
        let x = ctx.arange::<i64>(0, 1000, 1)?.reshape([20, 50])?;
        let scalar = ctx.full(Complex64::new(1.0, -2.0), Vec::new())?;
        let empty = ctx.zeros::<bool>([0, 3])?;
        for (save, name) in WAYS.into_iter().zip(["stored.npz", "deflated.npz"]) {
            let path = directory.path().join(name);
            save(&ctx, &path, &[("x", &x), ("scalar", &scalar), ("empty", &empty)])?;
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(python(READ, directory.path()).unwrap(), "same");
}

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

#[test]
fn damaged_archives_are_refused_or_read_and_damage_to_elements_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("damaged.npz");
    let ctx = Context::solo();
    let (x, y) = (ctx.arange::<i64>(0, 40, 1).unwrap(), ctx.ones::<u8>([5, 5]).unwrap());
    let good = WAYS.map(|save| {
        save(&ctx, &path, &[("x", &x), ("y", &y)]).unwrap();
        std::fs::read(&path).unwrap()
    });
    let read = |path: &Path| -> Result<bool> {
        let file = npz::open(&ctx, path)?;
        let names: Vec<_> = file.names().map(str::to_owned).collect();
        for name in &names {
            let array = file.array(name)?;
            file.verify(name)?;
            let loaded = array.load_as::<f64>("")?;
            assert!(loaded.shape().iter().product::<usize>() < 1 << 20);
        }
        Ok(names == ["x", "y"]
            && file.array("x")?.load::<i64>("")?.to_ndarray()? == x.to_ndarray()?)
    };
    assert!(good.iter().all(|bytes| {
        std::fs::write(&path, bytes).unwrap();
        read(&path).unwrap()
    }));
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let (mut whole, mut refused) = (0, 0);
    for round in 0..4000 {
        let mut bytes = good[round % 2].clone();
        for _ in 0..1 + numbers.below(2) {
            let at = numbers.below(bytes.len());
            match numbers.below(5) {
                0 => bytes[at] ^= 1 << numbers.below(8),
                1 => bytes[at] = 255,
                2 => bytes.insert(at, numbers.below(256) as u8),
                3 => drop(bytes.remove(at)),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let _ = std::fs::remove_file(&path);
        std::fs::write(&path, &bytes).unwrap();
        match read(&path) {
            // What nobody reads may be damaged: dates, attributes.
            Ok(_) => whole += 1,
            Err(error) => {
                let text = error.to_string();
                assert!(text.starts_with(&path.display().to_string()), "{text}");
                refused += 1;
            }
        }
    }
    assert!(whole > 50 && refused > 2500, "{whole} read, {refused} refused");
}
