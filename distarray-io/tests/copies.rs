//! Arrays copied from every format to every other, a piece at a time.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use distarray_core::array::{Context, DistArray};
use distarray_core::{DType, Element, Kind, Result, with_element};
use distarray_io::progress::{self, Progress};
use distarray_io::{self as io, Codec, CreateOptions, StoredArray, raw, text};

fn names() -> Vec<&'static str> {
    let all = ["a.npy", "a.npz:x", "a.bin", "a.csv", "a.dnpy", "a.h5:/deep/x", "a.zarr"];
    let is_built = |name: &&str| match name {
        name if name.contains("h5") => cfg!(feature = "hdf5"),
        name if name.contains("zarr") => cfg!(feature = "zarr"),
        _ => true,
    };
    all.into_iter().filter(is_built).collect()
}

fn numbered<T: Element>(ctx: &Context, shape: &[usize]) -> Result<DistArray<T>> {
    let number = |at: &[usize]| at.iter().fold(1, |all, index| 5 * all + index) % 100;
    ctx.from_fn((shape.to_vec(), ""), |at| number(at) as f64)?.astype::<T>()
}

fn open(ctx: &Context, path: &Path, dtype: DType, shape: &[usize]) -> Result<StoredArray> {
    match path.extension().and_then(|end| end.to_str()) {
        Some("bin") => raw::open(ctx, path, dtype, shape, &raw::Options::new()),
        Some("csv") => text::open(ctx, path, dtype, &text::Options::csv()),
        _ => io::open(ctx, path),
    }
}

fn copied<T: Element>(
    ctx: &Context,
    folder: &Path,
    (from, to): (&str, &str),
    shape: &[usize],
) -> Result<()> {
    let at = |side: &str, name: &str| -> PathBuf { folder.join(side).join(name) };
    let array = numbered::<T>(ctx, shape)?;
    io::save(&array, at("from", from))?;
    let source = open(ctx, &at("from", from), T::DTYPE, shape)?;
    let mut options = CreateOptions::new();
    let ends = |end: &str| to.contains(end);
    if !shape.is_empty() && !shape.contains(&0) && (ends("h5") || ends("zarr")) {
        let chunks: Vec<_> = shape.iter().map(|&extent| extent.min(3)).collect();
        options = options.chunks(chunks).codec(Codec::Gzip { level: 1 });
    }
    let mut writer =
        io::create_with(ctx, at("to", to), T::DTYPE, source.header().shape.clone(), &options)?;
    let dists = if shape.is_empty() { "" } else { "b" };
    let row: usize = shape.iter().skip(1).product::<usize>() * T::DTYPE.size();
    // Four rows at a time, of 3 of a chunk: pieces of one chunk.
    writer.copy_from(&source, dists, (4 * 3 * row).div_ceil(ctx.size()).max(3 * row))?;
    writer.finish()?;
    let read = open(ctx, &at("to", to), T::DTYPE, shape)?;
    assert_eq!((read.header().dtype, &read.header().shape[..]), (T::DTYPE, shape), "{from} {to}");
    assert_eq!(read.load::<T>("")?.to_ndarray()?, array.to_ndarray()?, "{from} to {to}");
    Ok(())
}

#[test]
fn from_every_format_to_every_other() {
    let folder = tempfile::tempdir().unwrap();
    for side in ["from", "to"] {
        std::fs::create_dir(folder.path().join(side)).unwrap();
    }
    for from in names() {
        for to in names() {
            let is_text = |name: &str| name.ends_with("csv");
            let run = |ranks: usize, dtype: DType, shape: &[usize]| {
                distarray_threads::run(ranks, |comm| {
                    let ctx = Context::new(comm);
                    with_element!(dtype, T => copied::<T>(&ctx, folder.path(), (from, to), shape))
                })
                .unwrap();
            };
            for ranks in [1, 3] {
                run(ranks, DType::F64, &[11, 4]);
                if !is_text(from) && !is_text(to) {
                    [&[][..], &[0, 3], &[5, 2, 3]]
                        .into_iter()
                        .for_each(|shape| run(ranks, DType::I16, shape));
                }
            }
            // Every type through every format on either side.
            if from == "a.npy" || to == "a.npy" {
                let is_read = |dtype: &DType| dtype.kind() != Kind::Complex || !is_text(from);
                DType::ALL.into_iter().filter(is_read).for_each(|dtype| run(2, dtype, &[5, 2]));
            }
        }
    }
}

#[test]
fn a_watch_sees_one_copy_and_each_load() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let ctx = Context::solo();
    for name in names().into_iter().filter(|name| !name.ends_with("bin")) {
        let seen = Rc::new(RefCell::new(Vec::new()));
        let watched = |act: &dyn Fn() -> Result<()>| -> Vec<Progress> {
            let noted = Rc::clone(&seen);
            let watch = progress::watch(move |progress| noted.borrow_mut().push(progress));
            act().unwrap();
            drop(watch);
            let seen = seen.take();
            assert!(seen.windows(2).all(|pair| pair[0].bytes < pair[1].bytes), "{name}: {seen:?}");
            let last = seen.last().expect("something was seen");
            assert_eq!(last.bytes, last.total, "{name}: {seen:?}");
            seen
        };
        let array = numbered::<f64>(&ctx, &[10, 3]).unwrap();
        assert_eq!(watched(&|| io::save(&array, at(name)))[0].total, 240, "{name}");
        let load = || io::open(&ctx, at(name))?.load::<f64>("").map(drop);
        assert_eq!(watched(&load)[0].total, 240, "{name}");
        let seen = watched(&|| {
            let source = io::open(&ctx, at(name))?;
            let mut writer = io::create(&ctx, at("copy.npy"), DType::F64, [10, 3])?;
            writer.copy_from(&source, "", 4 * 24 * 3)?;
            writer.finish()
        });
        let bytes: Vec<_> = seen.iter().map(|progress| progress.bytes).collect();
        assert_eq!((seen[0].total, &bytes[..]), (240, &[96, 192, 240][..]), "{name}");
    }
}

#[test]
fn what_cannot_be_copied() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let ctx = Context::solo();
    io::save(&ctx.ones::<f64>([10, 100]).unwrap(), at("a.npy")).unwrap();
    let source = io::open(&ctx, at("a.npy")).unwrap();
    let copy = |shape: [usize; 2], bytes| {
        let mut writer = io::create(&ctx, at("b.npy"), DType::F64, shape)?;
        writer.copy_from(&source, "b", bytes)
    };
    let error = copy([10, 100], 1000).unwrap_err().to_string();
    let text = "1000 bytes a rank are not enough: the fewest rows that are written at a time, 1, take 2400 on one of 1 ranks";
    assert!(error.ends_with(text), "{error}");
    let error = copy([10, 99], 10_000).unwrap_err().to_string();
    assert!(
        error.contains("b.npy: float64 [10, 99] in C order: is not float64 [10, 100]"),
        "{error}"
    );
    for (path, options, text) in [
        (
            "b.npy",
            CreateOptions::new().chunks([2, 2]),
            "chunks: [2, 2] cannot be had: a file of npy is",
        ),
        (
            "b.csv",
            CreateOptions::new().codec(Codec::BloscLz4),
            "codec: blosc cannot be had: a file of text",
        ),
        (
            "b.dnpy",
            CreateOptions::new().chunks([2, 2]),
            "chunks: [2, 2] cannot be had: a file of dnpy is",
        ),
        ("b", CreateOptions::new(), "is of no known format"),
        (
            "b.h5:/x",
            CreateOptions::new().codec(Codec::Zstd { level: 1 }),
            if cfg!(feature = "hdf5") { "codec: zstd:1 cannot be had" } else { "not built in" },
        ),
    ] {
        let error = io::create_with(&ctx, at(path), DType::F64, [4, 4], &options).unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
