//! Files written some rows at a time: the same as those saved at once, whatever the rows.

use std::path::Path;

use distarray_core::array::{Context, DistArray};
use distarray_core::{DType, Element, Error, Result, with_element};
use distarray_io::{self as io, RowWriter, npy, raw, text};

/// A format: how it begins a file of a type and shape, and where its array lies then.
type Create = fn(&Context, &Path, DType, &[usize]) -> Result<RowWriter>;

fn formats() -> Vec<(&'static str, Create)> {
    let mut all: Vec<(&str, Create)> = Vec::new();
    all.extend::<[(_, Create); 2]>([
        ("a.npy", |ctx, path, dtype, shape| npy::create(ctx, path, dtype, shape)),
        ("a.csv", |ctx, path, dtype, shape| {
            text::create(ctx, path, dtype, shape, &text::Options::csv().header("numbers"))
        }),
    ]);
    #[cfg(feature = "hdf5")]
    {
        use io::hdf5::{Options, create_dataset};
        all.push(("a.h5", |ctx, path, dtype, shape| {
            create_dataset(ctx, path, "deep/x", dtype, shape, &Options::new())
        }));
        all.push(("chunks.h5", |ctx, path, dtype, shape| {
            let chunks: Vec<_> = shape.iter().map(|&extent| extent.clamp(1, 3)).collect();
            let options = match chunks.is_empty() {
                true => Options::new(),
                false => Options::new().chunks(chunks).deflate(1),
            };
            create_dataset(ctx, path, "x", dtype, shape, &options)
        }));
    }
    #[cfg(feature = "zarr")]
    {
        use io::zarr::{Options, create};
        all.push(("a.zarr", |ctx, path, dtype, shape| {
            create(ctx, path, dtype, shape, &Options::new())
        }));
        all.push(("chunks.zarr", |ctx, path, dtype, shape| {
            create(ctx, path, dtype, shape, &Options::new().chunks(vec![3; shape.len()]))
        }));
    }
    all
}

/// Rows from one on of an array of small numbers.
fn numbered<T: Element>(
    ctx: &Context,
    shape: &[usize],
    from: usize,
    dists: &str,
) -> Result<DistArray<T>> {
    let number = |at: &[usize]| {
        let (first, rest) = at.split_first().unwrap_or((&0, &[]));
        rest.iter().fold(7 * (first + from) + 1, |all, index| 3 * all + index) % 100
    };
    ctx.from_fn((shape.to_vec(), dists), |at| number(at) as f64)?.astype::<T>()
}

/// Writes rows of these numbers, and says what is in the file then.
fn written<T: Element>(
    ctx: &Context,
    (path, create): (&Path, Create),
    shape: &[usize],
    counts: &[usize],
) -> Result<()> {
    let dists = ["b", "n,b", "c", "", "n,c"];
    let mut writer = create(ctx, path, T::DTYPE, shape)?;
    let mut from = 0;
    for (turn, &count) in counts.iter().enumerate() {
        let mut rows = shape.to_vec();
        if let Some(extent) = rows.first_mut() {
            *extent = count;
        }
        let dists = dists[turn % dists.len()];
        let dists = if shape.len() < 2 { dists.trim_start_matches("n,") } else { dists };
        let dists = if shape.is_empty() { "" } else { dists };
        writer.write(&numbered::<T>(ctx, &rows, from, dists)?)?;
        from += count;
        assert_eq!(writer.written(), from);
    }
    writer.finish()?;
    if T::DTYPE.kind() == distarray_core::Kind::Complex && is_text(path) {
        return Ok(());
    }
    let stored = io::open(ctx, path)?;
    let wanted = numbered::<T>(ctx, shape, 0, "")?;
    if !is_text(path) {
        assert_eq!(stored.header().dtype, T::DTYPE);
    }
    let read = stored.load_as::<T>("")?;
    assert_eq!(read.to_ndarray()?, wanted.to_ndarray()?, "{} {shape:?}", path.display());
    Ok(())
}

fn is_text(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "csv")
}

fn files_in(directory: &Path) -> Vec<String> {
    let names = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn rows_of_any_number_and_distribution() {
    let directory = tempfile::tempdir().unwrap();
    let splits: [(&[usize], &[usize]); 7] = [
        (&[11, 4], &[3, 3, 3, 2]),
        (&[11, 4], &[1, 5, 0, 2, 3]),
        (&[7, 3], &[7]),
        (&[9], &[4, 4, 1]),
        (&[0, 3], &[]),
        (&[4, 5, 2], &[1, 3]),
        (&[], &[1]),
    ];
    for (name, create) in formats() {
        let path = directory.path().join(name);
        for ranks in [1, 2, 3] {
            for (shape, counts) in splits {
                if is_text(&path) && !(1..=2).contains(&shape.len())
                    || shape.contains(&0) && is_text(&path)
                {
                    continue;
                }
                distarray_threads::run(ranks, |comm| {
                    let ctx = Context::new(comm);
                    written::<f64>(&ctx, (&path, create), shape, counts)
                })
                .unwrap();
            }
        }
        for dtype in DType::ALL {
            distarray_threads::run(2, |comm| {
                let ctx = Context::new(comm);
                with_element!(dtype, T => written::<T>(&ctx, (&path, create), &[5, 3], &[2, 3]))
            })
            .unwrap();
        }
    }
    assert_eq!(files_in(directory.path()).len(), formats().len());
}

#[test]
fn the_bytes_are_those_of_save() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    distarray_threads::run(3, |comm| {
        let ctx = Context::new(comm);
        let all = numbered::<f32>(&ctx, &[10, 3], 0, "b")?;
        npy::save(&all, at("saved.npy"))?;
        raw::save(&all, at("saved.bin"))?;
        text::save(&all, at("saved.txt"))?;
        let (dtype, shape) = (DType::F32, [10, 3]);
        for mut writer in [
            npy::create(&ctx, at("rows.npy"), dtype, shape)?,
            raw::create(&ctx, at("rows.bin"), dtype, shape, &raw::Options::new())?,
            text::create(&ctx, at("rows.txt"), dtype, shape, &text::Options::new())?,
        ] {
            let count = writer.rows_within(50);
            assert_eq!(count, 4);
            while writer.written() < writer.rows() {
                let rows = count.min(writer.rows() - writer.written());
                writer.write(&numbered::<f32>(&ctx, &[rows, 3], writer.written(), "n,c")?)?;
            }
            writer.finish()?;
        }
        Ok(())
    })
    .unwrap();
    for end in ["npy", "bin", "txt"] {
        let read = |name: &str| std::fs::read(at(&format!("{name}.{end}"))).unwrap();
        assert!(read("rows") == read("saved"), "{end}");
    }
}

/// The one error that all ranks get.
fn error_of(program: impl Fn(&Context) -> Result<()> + Sync) -> Error {
    let errors = distarray_threads::run(3, |comm| {
        Ok(program(&Context::new(comm)).expect_err("every rank gets an error"))
    });
    let errors = errors.unwrap();
    errors.iter().for_each(|error| assert_eq!(error.to_string(), errors[0].to_string()));
    errors.into_iter().next().unwrap()
}

#[test]
fn what_is_not_finished_leaves_the_old_file() {
    for (name, create) in formats() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name);
        distarray_threads::run(2, |comm| {
            written::<f64>(&Context::new(comm), (&path, create), &[4, 2], &[4])
        })
        .unwrap();
        let begun = |ctx: &Context| {
            let mut writer = create(ctx, &path, DType::I32, &[6, 2])?;
            writer.write(&numbered::<i32>(ctx, &[5, 2], 0, "b")?)?;
            Ok(writer)
        };
        let shown = path.display();
        let error = error_of(|ctx| begun(ctx)?.finish());
        assert_eq!(error.to_string(), format!("{shown}: 5 of 6 rows are written"));
        let dropped = distarray_threads::run(2, |comm| begun(&Context::new(comm)).map(drop));
        dropped.unwrap();
        for (dtype, shape) in [(DType::I32, &[2, 2][..]), (DType::I64, &[1, 2]), (DType::I32, &[2])]
        {
            let error = error_of(|ctx| {
                let mut writer = begun(ctx)?;
                with_element!(dtype, T => writer.write(&numbered::<T>(ctx, shape, 0, "")?))
            });
            let text =
                format!("{shown}: {dtype} {shape:?} cannot be written behind 5 rows of int32");
            assert!(error.to_string().starts_with(&text), "{error}");
        }
        distarray_threads::run(2, |comm| {
            let ctx = Context::new(comm);
            let old = io::open(&ctx, &path)?.load_as::<f64>("")?;
            assert_eq!(old.to_ndarray()?, numbered::<f64>(&ctx, &[4, 2], 0, "")?.to_ndarray()?);
            Ok(())
        })
        .unwrap();
        assert_eq!(files_in(directory.path()), [name]);
    }
}

#[test]
fn what_cannot_be_begun_is_refused_on_every_rank() {
    for (name, create) in formats() {
        let path = Path::new("no/such").join(name);
        // The groups above a Zarr array are made.
        if !name.ends_with("zarr") {
            let error = error_of(|ctx| create(ctx, &path, DType::U8, &[2, 2]).map(drop));
            let text = format!("{}: cannot be created: ", path.display());
            assert!(error.to_string().starts_with(&text), "{error}");
        }
        let error = error_of(|ctx| create(ctx, &path, DType::F64, &[usize::MAX, 2]).map(drop));
        assert!(error.to_string().contains("more bytes than can be counted"), "{error}");
    }
}

#[test]
fn a_writer_that_has_failed_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    let error = error_of(|ctx| {
        let mut writer = npy::create(ctx, &path, DType::U8, [4, 2])?;
        // The unfinished file is taken away from under it.
        ctx.barrier()?;
        if ctx.rank() == 0 {
            for entry in std::fs::read_dir(directory.path()).unwrap() {
                std::fs::remove_file(entry.unwrap().path()).unwrap();
            }
        }
        ctx.barrier()?;
        let rows = ctx.ones::<u8>([2, 2])?;
        let error = writer.write(&rows).unwrap_err().to_string();
        assert!(error.contains("cannot be opened"), "{error}");
        writer.write(&rows)
    });
    assert!(error.to_string().ends_with("was given up when rows could not be written"), "{error}");
    assert!(files_in(directory.path()).is_empty());
}
