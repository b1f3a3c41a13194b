//! Files.

use std::path::PathBuf;

use distarray::io::raw::{self, Options};
use distarray::io::{dnpy, npy, text};
use distarray::prelude::*;

use super::errors::refused;
use crate::draw::Draw;
use crate::oracle::{holds, numbered};

/// A folder that all ranks know, made and removed by rank 0.
struct Folder {
    path: PathBuf,
    _kept: Option<tempfile::TempDir>,
}

impl Folder {
    fn new(ctx: &Context) -> Result<Self> {
        let made = match ctx.rank() {
            0 => tempfile::tempdir().map(Some).map_err(Error::user),
            _ => Ok(None),
        };
        let kept = ctx.agree(made)?;
        let name = kept.as_ref().map(|folder| folder.path().to_string_lossy().into_owned());
        let mine = name.unwrap_or_default().into_bytes();
        let path = ctx.communicator()?.all_gather_varying(&mine)?.swap_remove(0);
        Ok(Self { path: String::from_utf8_lossy(&path).into_owned().into(), _kept: kept })
    }
}

/// No rank removes the folder before all have done with it.
fn with_folder(ctx: &Context, body: impl Fn(&Folder) -> Result<()>) -> Result<()> {
    let folder = Folder::new(ctx)?;
    body(&folder)?;
    ctx.barrier()
}

pub(super) fn round_trips(ctx: &Context) -> Result<()> {
    fn trip<T: Element>(ctx: &Context, folder: &Folder, value: impl Fn(i64) -> T) -> Result<()> {
        let path = folder.path.join("array.npy");
        for (shape, dists) in
            [(vec![5, 6], "c:2,b"), (vec![0, 3], "b"), (vec![], ""), (vec![7], "c")]
        {
            let expected = numbered(&shape).mapv(&value);
            let array = ctx.from_ndarray(&expected, dists)?;
            npy::save(&array, &path)?;
            let header = npy::header(ctx, &path)?;
            assert_eq!((&header.shape, header.dtype), (&shape, T::DTYPE));
            holds(&npy::load::<T>(ctx, &path, dists)?, &expected)?;
        }
        Ok(())
    }
    with_folder(ctx, |folder| {
        trip(ctx, folder, |i| i % 2 == 0)?;
        trip(ctx, folder, |i| i as i8)?;
        trip(ctx, folder, |i| i as i16)?;
        trip(ctx, folder, |i| i as i32)?;
        trip(ctx, folder, |i| i - 9)?;
        trip(ctx, folder, |i| i as u8)?;
        trip(ctx, folder, |i| i as u16)?;
        trip(ctx, folder, |i| i as u32)?;
        trip(ctx, folder, |i| i as u64)?;
        trip(ctx, folder, |i| i as f32)?;
        trip(ctx, folder, |i| i as f64)?;
        trip(ctx, folder, |i| Complex32::new(i as f32, 1.0))?;
        trip(ctx, folder, |i| Complex64::new(i as f64, 1.0))
    })
}

/// Expressions of files, which are read a few elements at a time.
pub(super) fn lazy(ctx: &Context) -> Result<()> {
    with_folder(ctx, |folder| {
        let path = folder.path.join("array.npy");
        let mut draw = Draw::new(64);
        for budget in [1, 64, 300, 1 << 20] {
            let shape = draw.shape();
            let expected = numbered(&shape);
            let dist = draw.distribution(&shape, ctx.size());
            let array = ctx.from_ndarray_on(&expected, &dist)?;
            npy::save(&array, &path)?;
            let on = draw.distribution(&shape, ctx.size());
            let file = distarray::io::open(ctx, &path)?;
            let x = file.lazy_within::<i64>(&on, budget)?;
            holds(&x.eval()?, &expected)?;
            holds(&(&x * 3 - &array).eval()?, &(&expected * 2))?;
            assert_eq!(x.sum()?, expected.sum());
            let wide = file.lazy_within::<f64>(&on, budget)?;
            assert_eq!((wide * 0.5).sum()?, expected.sum() as f64 / 2.0);
        }
        Ok(())
    })
}

/// What is computed piece by piece, of arrays in files and in memory, is written piece by piece.
pub(super) fn computed(ctx: &Context) -> Result<()> {
    with_folder(ctx, |folder| {
        let at = |name: &str| folder.path.join(name);
        let mut draw = Draw::new(65);
        for bytes in [1, 64, 1 << 20] {
            let shape = draw.shape();
            let elements = numbered(&shape);
            let dist = draw.distribution(&shape, ctx.size());
            let array = ctx.from_ndarray_on(&elements, &dist)?;
            npy::save(&array, at("in.npy"))?;
            let on = draw.distribution(&shape, ctx.size());
            let x = distarray::io::open(ctx, at("in.npy"))?.lazy_within::<i64>(&on, bytes)?;
            let expr = x * 3 - &array;
            let expected = &elements * 2;
            let mut writer = npy::create(ctx, at("out.npy"), DType::I64, &shape)?;
            writer.write_expr(&expr, bytes)?;
            let more = ctx.zeros::<i64>(&shape[..])?.to_expr();
            if !elements.is_empty() && !shape.is_empty() {
                refused(ctx, writer.write_expr(&more, bytes), &["out.npy", "cannot be written"])?;
            }
            let other = ctx.zeros::<f64>(&shape[..])?.to_expr();
            refused(ctx, writer.write_expr(&other, bytes), &["out.npy", "float64"])?;
            writer.finish()?;
            holds(&npy::load::<i64>(ctx, at("out.npy"), &on)?, &expected)?;
            // Over the very file that is read.
            let x = distarray::io::open(ctx, at("in.npy"))?.lazy::<i64>(&on)?;
            distarray::io::save(&(x + 1), at("in.npy"))?;
            holds(&npy::load::<i64>(ctx, at("in.npy"), &dist)?, &(elements + 1))?;
        }
        Ok(())
    })
}

/// What was written under one distribution is read under any other.
pub(super) fn other_distributions(ctx: &Context) -> Result<()> {
    with_folder(ctx, |folder| {
        let path = folder.path.join("array.npy");
        let mut draw = Draw::new(61);
        for _ in 0..15 {
            let shape = draw.shape();
            let expected = numbered(&shape);
            let from = draw.distribution(&shape, ctx.size());
            npy::save(&ctx.from_ndarray_on(&expected, &from)?, &path)?;
            let to = match draw.once_in(3) {
                true => draw.haloed(&shape, ctx.size()),
                false => draw.distribution(&shape, ctx.size()),
            };
            holds(&npy::load::<i64>(ctx, &path, &to)?, &expected)?;
            let halves = npy::load_as::<f32>(ctx, &path, &to)?;
            holds(&halves, &expected.mapv(|i| i as f32))?;
        }
        Ok(())
    })
}

pub(super) fn missing(ctx: &Context) -> Result<()> {
    with_folder(ctx, |folder| {
        let path = folder.path.join("none.npy");
        let error = npy::load::<f64>(ctx, &path, "b").unwrap_err().to_string();
        assert!(error.contains("none.npy"), "{error}");
        let everyones = ctx.communicator()?.all_gather_varying(error.as_bytes())?;
        assert!(everyones.iter().all(|other| other == error.as_bytes()));
        let nowhere = folder.path.join("no/where.npy");
        let error = npy::save(&ctx.ones::<f64>(3)?, &nowhere).unwrap_err().to_string();
        assert!(error.contains("where.npy"), "{error}");
        Ok(())
    })
}

/// A file that ends too early is an error on every rank, whichever rank would have read what is
/// missing.
pub(super) fn damaged(ctx: &Context) -> Result<()> {
    with_folder(ctx, |folder| {
        let path = folder.path.join("short.npy");
        let array = ctx.arange(0_i64, 60, 1)?;
        npy::save(&array, &path)?;
        // The folder goes with the first rank, should that fail: the others may find it gone.
        let whole = ctx.agree(std::fs::metadata(&path))?.len();
        for missing in [1, 8, 100, whole - 3] {
            let cut = match ctx.rank() {
                0 => std::fs::File::options().write(true).open(&path),
                _ => std::fs::File::open(&path),
            };
            let cut = cut.and_then(|file| match ctx.rank() {
                0 => file.set_len(whole - missing),
                _ => Ok(()),
            });
            ctx.agree(cut.map_err(Error::user))?;
            let found = npy::load::<i64>(ctx, &path, "b").err().map(|error| error.to_string());
            let error = found.expect("the end is missing");
            let everyones = ctx.communicator()?.all_gather_varying(error.as_bytes())?;
            assert!(everyones.iter().all(|other| other == error.as_bytes()), "{error}");
            assert!(error.contains("short.npy"), "{error}");
        }
        // A new file in its place is whole again.
        npy::save(&array, &path)?;
        holds(&npy::load::<i64>(ctx, &path, "c:3")?, &numbered(&[60]))
    })
}

/// A file that grows, from any distribution.
pub(super) fn appended(ctx: &Context) -> Result<()> {
    with_folder(ctx, |folder| {
        let path = folder.path.join("log.npy");
        let rows = |from: usize, count: usize, dists: &str| {
            ctx.from_fn(([count, 3], dists), move |at| (3 * (from + at[0]) + at[1]) as i64)
        };
        npy::save(&rows(0, 2, "b,n")?, &path)?;
        let mut there = 2;
        for (count, dists) in [(3, "c,n"), (1, "n,b"), (7, "c:2,n")] {
            npy::append(&rows(there, count, dists)?, &path)?;
            there += count;
        }
        holds(&npy::load::<i64>(ctx, &path, "b,n")?, &numbered(&[there, 3]))
    })
}

/// Files without a header, of text, and one for each part.
pub(super) fn plain(ctx: &Context) -> Result<()> {
    with_folder(ctx, |folder| {
        let mut draw = Draw::new(67);
        let shape = [5, 4];
        let expected = numbered(&shape);
        for _ in 0..3 {
            let (from, to) =
                (draw.distribution(&shape, ctx.size()), draw.distribution(&shape, ctx.size()));
            let array = ctx.from_ndarray_on(&expected, &from)?;
            let path = folder.path.join("array.bin");
            raw::save(&array, &path)?;
            holds(&raw::load::<i64>(ctx, &path, &to, &Options::new())?, &expected)?;
            let path = folder.path.join("array.csv");
            let csv = text::Options::csv();
            text::save_with(&array, &path, &csv)?;
            holds(&text::load::<i64>(ctx, &path, &to, &csv)?, &expected)?;
            let path = folder.path.join("array");
            dnpy::save(&array, &path)?;
            holds(&dnpy::load::<i64>(ctx, &path, &to)?, &expected)?;
            // Files of more parts than the next array has would be left.
            ctx.barrier()?;
        }
        Ok(())
    })
}

/// What is written some rows at a time is what is saved at once.
pub(super) fn rows(ctx: &Context) -> Result<()> {
    with_folder(ctx, |folder| {
        let expected = numbered(&[7, 3]);
        let whole = ctx.from_ndarray(&expected, "c,n")?;
        let at = |name: &str| folder.path.join(name);
        let shape = whole.shape().to_vec();
        for mut writer in [
            npy::create(ctx, at("rows.npy"), DType::I64, &shape)?,
            text::create(ctx, at("rows.csv"), DType::I64, &shape, &text::Options::csv())?,
        ] {
            for rows in ["0:3", "3:4", "4:7"] {
                writer.write(&whole.slice(rows)?)?;
            }
            writer.finish()?;
        }
        holds(&npy::load::<i64>(ctx, at("rows.npy"), "n,b")?, &expected)?;
        let csv = text::Options::csv();
        holds(&text::load::<i64>(ctx, at("rows.csv"), "b", &csv)?, &expected)?;
        // What is given up is gone.
        let mut given_up = npy::create(ctx, at("none.npy"), DType::I64, &shape)?;
        given_up.write(&whole.slice(":2")?)?;
        drop(given_up);
        ctx.barrier()?;
        let left = std::fs::read_dir(&folder.path).map_err(Error::user);
        assert_eq!(ctx.agree(left)?.count(), 2);
        ctx.barrier()
    })
}
