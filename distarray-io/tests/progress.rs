//! What is reported of loads and saves adds up to the elements' bytes, for every format and distribution.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use distarray_core::array::{Context, DistArray, Reductions};
use distarray_core::comm::ReduceOp;
use distarray_core::dist::Distribution;
use distarray_core::{DType, Result};
use distarray_io::progress::{self, Progress};
use distarray_io::{self as io, StoredArray, dnpy, npy, npz, raw, text};

/// What all ranks together have reported while something was done: of each load and save all bytes.
fn reported(ctx: &Context, what: &str, act: impl FnOnce() -> Result<()>) -> Result<u64> {
    let seen: Rc<RefCell<Vec<Progress>>> = Rc::default();
    let notes = Rc::clone(&seen);
    let watch = progress::watch(move |progress| notes.borrow_mut().push(progress));
    act()?;
    drop(watch);
    let seen = seen.take();
    for pair in seen.windows(2) {
        let is_next = pair[0].bytes == pair[0].total;
        assert!(is_next || pair[0].bytes < pair[1].bytes, "{what}: {seen:?}");
    }
    let is_whole = |progress: &&Progress| progress.bytes == progress.total;
    assert!(seen.last().is_none_or(|last| is_whole(&last)), "{what}: {seen:?}");
    // More than all would show as another whole.
    let mine = seen.iter().filter(is_whole).map(|progress| progress.total).sum();
    ctx.communicator()?.all_reduce_of(ReduceOp::Sum, mine)
}

fn distributions(shape: [usize; 2], ranks: usize) -> Result<Vec<Distribution>> {
    let kinds = ["b,n", "n,b", "c,n", "n,c", "c:2,n"];
    let mut all = kinds
        .into_iter()
        .map(|kinds| Distribution::new(shape, kinds, ranks))
        .collect::<Result<Vec<_>>>()?;
    all.push(Distribution::builder(shape).dists("b,n").halos(1).build(ranks)?);
    all.push(Distribution::on_one(shape, ranks - 1));
    all.push(Distribution::replicated(shape, ranks)?);
    Ok(all)
}

type Save = fn(&DistArray<f64>, &Path) -> Result<()>;

/// Ways to write a whole array, of which each rank reports its own elements.
fn ways() -> Vec<(&'static str, Save)> {
    let mut all: Vec<(&str, Save)> = Vec::new();
    all.extend::<[(_, Save); 10]>([
        ("a.npy", |array, path| npy::save(array, path)),
        ("a.npz", |array, path| npz::savez(array.context(), path, &[("x", array)])),
        ("packed.npz", |array, path| npz::savez_compressed(array.context(), path, &[("x", array)])),
        ("a.bin", |array, path| raw::save(array, path)),
        ("a.csv", |array, path| text::save_with(array, path, &text::Options::csv())),
        ("a", |array, path| dnpy::save(array, path)),
        ("rows.npy", |array, path| {
            let ctx = array.context();
            let mut writer = npy::create(ctx, path, DType::F64, array.shape())?;
            for row in 0..array.shape()[0] {
                writer.write(&array.slice(&*format!("{row}:{}", row + 1))?)?;
            }
            writer.finish()
        }),
        ("rows.dnpy", |array, path| {
            let mut writer = dnpy::create(array.context(), path, DType::F64, array.shape())?;
            writer.write(array)?;
            writer.finish()
        }),
        ("longer.npy", |array, path| {
            npy::save(&array.context().zeros::<f64>([0, array.shape()[1]])?, path)?;
            npy::append(array, path)
        }),
        ("named.npz:x", |array, path| io::save(array, path)),
    ]);
    #[cfg(feature = "hdf5")]
    {
        use io::hdf5::{self, Options};
        all.push(("a.h5", |array, path| hdf5::save(array, path, "x")));
        all.push(("chunks.h5", |array, path| {
            let chunks: Vec<_> = array.shape().iter().map(|extent| *extent.clamp(&1, &3)).collect();
            let options = Options::new().chunks(chunks).shuffle().deflate(1);
            hdf5::save_with(array, path, "x", &options)
        }));
        all.push(("longer.h5", |array, path| {
            let none = array.context().zeros::<f64>([0, array.shape()[1]])?;
            hdf5::save_with(&none, path, "x", &Options::new().chunks([2, 2]).growing())?;
            hdf5::open_rw(array.context(), path)?.append("x", array)
        }));
    }
    #[cfg(feature = "zarr")]
    {
        use io::zarr::{self, Options, Version};
        all.push(("a.zarr", |array, path| zarr::save(array, path)));
        all.push(("shards.zarr", |array, path| {
            zarr::save_with(array, path, &Options::new().chunks([2, 2]).shards([4, 4]))
        }));
        all.push(("old.zarr", |array, path| {
            zarr::save_with(array, path, &Options::new().chunks([3, 3]).version(Version::V2))
        }));
    }
    all
}

fn open(ctx: &Context, path: &Path, shape: &[usize]) -> Result<StoredArray> {
    match path.extension().and_then(|end| end.to_str()) {
        Some("bin") => raw::open(ctx, path, DType::F64, shape, &raw::Options::new()),
        _ => io::open(ctx, path),
    }
}

#[test]
fn what_is_reported_adds_up() {
    let folder = tempfile::tempdir().unwrap();
    for (ranks, shape) in [(1, [11, 4]), (3, [11, 4]), (4, [2, 3]), (2, [0, 3])] {
        distarray_threads::run(ranks, |comm| adds_up(&Context::new(comm), folder.path(), shape))
            .unwrap();
    }
}

fn adds_up(ctx: &Context, folder: &Path, shape: [usize; 2]) -> Result<()> {
    let bytes = (shape[0] * shape[1] * 8) as u64;
    for (name, save) in ways() {
        let path = folder.join(name);
        // Of text without numbers nobody can tell what it is to be.
        let is_text_of_nothing = name.ends_with("csv") && bytes == 0;
        for from in distributions(shape, ctx.size())? {
            let array = ctx.from_fn(&from, |at| (at[0] + at[1]) as f64)?;
            let what = format!("{name} from {from}");
            assert_eq!(reported(ctx, &what, || save(&array, &path))?, bytes, "{what}");
        }
        if is_text_of_nothing {
            continue;
        }
        let stored = open(ctx, &path, &shape)?;
        for to in distributions(shape, ctx.size())? {
            let what = format!("{name} to {to}");
            let times = if to.is_replicated() { ctx.size() as u64 } else { 1 };
            let load = || stored.load::<f64>(&to).map(drop);
            assert_eq!(reported(ctx, &what, load)?, bytes * times, "{what}");
            // In the type that they become.
            let load = || stored.load_as::<f32>(&to).map(drop);
            assert_eq!(reported(ctx, &what, load)?, bytes / 2 * times, "{what}");
        }
        let part = stored.slice("::-2, 1:")?;
        let of_part = part.header().bytes().expect("a few") as u64;
        let load = || part.load::<f64>("c").map(drop);
        assert_eq!(reported(ctx, name, load)?, of_part, "{name}: a slice");
        // What expressions read is no load.
        let sum = || stored.lazy::<f64>("b")?.sum().map(drop);
        assert_eq!(reported(ctx, name, sum)?, 0, "{name}: an expression");
        // Copies and what is computed count whole on each rank.
        let all = bytes * ctx.size() as u64;
        let copy = || {
            let mut writer = io::create(ctx, folder.join("copy.npy"), DType::F64, shape)?;
            writer.copy_from(&stored, "b", 200)?;
            writer.finish()
        };
        assert_eq!(reported(ctx, name, copy)?, all, "{name}: a copy");
        let compute = || io::save(&(stored.lazy::<f64>("b")? + 1.0), folder.join("more.npy"));
        assert_eq!(reported(ctx, name, compute)?, all, "{name}: computed");
    }
    Ok(())
}

#[cfg(feature = "progress")]
#[test]
fn a_bar_is_shown_and_gone_again() {
    let folder = tempfile::tempdir().unwrap();
    distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        let array = ctx.ones::<f64>([5, 3])?;
        let path = folder.path().join("a.npy");
        let seen = reported(&ctx, "around the bar", || {
            // Another watch takes over for its time.
            let bar = progress::bar(&ctx, "saving");
            npy::save(&array, &path)?;
            drop(bar);
            npy::load::<f64>(&ctx, &path, "b").map(drop)
        })?;
        assert_eq!(seen, 120);
        Ok(())
    })
    .unwrap();
}
