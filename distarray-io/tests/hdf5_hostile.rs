//! Damaged and hostile HDF5 files: an error that names the path on every rank, or an array, and
//! never more memory than the file can fill.
#![cfg(feature = "hdf5")]

use std::path::Path;
use std::process::Command;

use distarray_core::array::Context;
use distarray_core::{Error, Result};
use distarray_io::hdf5::{self, Object, Options};

/// The path of a file that a process of its own is to read.
const VICTIM: &str = "DISTARRAY_HDF5_VICTIM";

/// A small file of everything, made on two ranks.
fn good_file(path: &Path) {
    distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        let array = ctx.from_fn(([9, 7], "b,n"), |at| (at[0] * 7 + at[1]) as f64)?;
        hdf5::create(&ctx, path, |file| {
            file.write("plain", &array)?;
            file.write_with(
                "group/packed",
                &array,
                &Options::new().chunks([4, 4]).shuffle().deflate(6),
            )?;
            file.write_with("group/growing", &array, &Options::new().growing())?;
            file.set_attribute("group", "text", "some words")?;
            file.set_attribute("plain", "numbers", vec![1.5, 2.5])
        })
    })
    .unwrap();
}

/// Reads all that a file says it has; an error has to name the path.
fn read_all(path: &Path) -> Result<()> {
    distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        let named = |outcome: Result<()>| match outcome {
            Err(error @ (Error::File { .. } | Error::Memory { .. })) => Err(error),
            Err(other) => panic!("an error that names no path: {other}"),
            Ok(()) => Ok(()),
        };
        named((|| {
            let file = hdf5::open(&ctx, path)?;
            for entry in file.list()? {
                let Object::Dataset { header, .. } = &entry.object else { continue };
                // A shape may say anything where nothing is stored.
                if header.bytes().is_none_or(|bytes| bytes > 1 << 20) {
                    continue;
                }
                // Damage to one is none to the others.
                let axes = if header.shape.is_empty() { "" } else { "b" };
                let dataset = file.dataset(&entry.path)?;
                let read = dataset.load_as::<distarray_core::Complex64>(axes);
                named(read.map(drop)).ok();
                named(file.attributes(&entry.path).map(drop)).ok();
            }
            Ok(())
        })())
    })
    .map(drop)
}

/// What a process of its own does with a file: the library might bring it down.
#[test]
fn victim() {
    let Some(path) = std::env::var_os(VICTIM) else { return };
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        // The last name is known if the process dies.
        std::fs::write(path.with_extension("now"), "").unwrap();
        match read_all(&path) {
            Ok(()) => {}
            Err(error) => assert!(error.to_string().contains("h5"), "{error}"),
        }
        std::fs::remove_file(path.with_extension("now")).unwrap();
        std::fs::remove_file(&path).unwrap();
    }
}

/// One byte after another is changed, and the file cut after it. Nothing may hang or panic.
#[test]
fn mutations_are_errors_or_arrays() {
    let directory = tempfile::tempdir().unwrap();
    let good = directory.path().join("good.h5");
    good_file(&good);
    let bytes = std::fs::read(&good).unwrap();
    read_all(&good).unwrap();
    let folder = directory.path().join("bad");
    std::fs::create_dir(&folder).unwrap();
    let mut made = 0;
    // Every byte of the first structures, then a sample; values that are likely to matter.
    let places = (0..bytes.len()).filter(|&at| at < 256 || at % 37 == 0);
    for (i, at) in places.enumerate() {
        let mut bad = bytes.clone();
        bad[at] = [0, 0xff, 0x7f, bad[at] ^ 1][i % 4];
        std::fs::write(folder.join(format!("{at}.h5")), bad).unwrap();
        made += 1;
        if i % 8 == 0 {
            std::fs::write(folder.join(format!("cut-{at}.h5")), &bytes[..at]).unwrap();
            made += 1;
        }
    }
    let program = std::env::current_exe().unwrap();
    let mut died = Vec::new();
    for _ in 0..made {
        let run = || {
            let mut child = Command::new(&program);
            child.args(["victim", "--exact"]).env(VICTIM, &folder);
            child.output().unwrap()
        };
        let outcome = run();
        if outcome.status.success() {
            break;
        }
        // Who was read when the process ended.
        let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let victims: Vec<_> =
            names.filter(|path| path.extension().is_some_and(|e| e == "now")).collect();
        let text = String::from_utf8_lossy(&outcome.stdout);
        assert!(!text.contains("panicked") && !victims.is_empty(), "{text}");
        for victim in victims {
            std::fs::remove_file(victim.with_extension("h5")).unwrap();
            std::fs::remove_file(&victim).unwrap();
            died.push(victim);
        }
    }
    // The library itself may give up on a damaged file, rarely.
    assert!(
        died.len() * 50 <= made,
        "the library died of {} files of {made}: {died:?}",
        died.len()
    );
}

#[test]
fn sizes_are_compared_with_the_file_before_anything_is_made_room_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    {
        let file = ::hdf5::File::create(&path).unwrap();
        // Nothing is stored of these: they are their fill values.
        file.new_dataset::<f64>().no_chunk().shape((1 << 40, 1 << 10)).create("huge").unwrap();
        file.new_dataset::<f64>()
            .chunk((1, 1 << 10))
            .shape((1 << 40, 1 << 10))
            .create("sparse")
            .unwrap();
        file.new_dataset::<f64>()
            .chunk((1, 1, 3))
            .shape((1 << 31, 1 << 31, 3))
            .create("uncountable")
            .unwrap();
    }
    distarray_threads::run(2, |comm| {
        let file = hdf5::open(&Context::new(comm), &path)?;
        for name in ["huge", "sparse"] {
            let dataset = file.dataset(name)?;
            // A part of it is an array like any other.
            let part = dataset.slice("5:8, :3")?.load::<f64>("b,n")?;
            assert_eq!(part.to_ndarray()?, ndarray::ArrayD::<f64>::zeros(vec![3, 3]));
            let error = dataset.load::<f64>("b,n").unwrap_err();
            assert!(matches!(error, Error::Memory { .. }), "{error}");
        }
        let error = file.dataset("uncountable").unwrap_err().to_string();
        assert!(
            error.contains("uncountable: shape: [2147483648, 2147483648, 3] of float64"),
            "{error}"
        );
        Ok(())
    })
    .unwrap();

    good_file(&path);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 100]).unwrap();
    let error = distarray_threads::run(2, |comm| {
        Ok(hdf5::open(&Context::new(comm), &path).unwrap_err().to_string())
    })
    .unwrap();
    assert_eq!(error[0], error[1]);
    assert!(
        error[0].contains("cannot be opened: ") && error[0].contains("truncated"),
        "{}",
        error[0]
    );
}
