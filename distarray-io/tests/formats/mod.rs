//! Every way to write an array to a file, and how to look at what is there then.

use std::path::{Path, PathBuf};

use distarray_core::Result;
use distarray_core::array::{Context, DistArray};
use distarray_io::{checkpoint, dnpy, npy, npz, raw, text};

/// One way to write.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    /// Writes an array over, or behind, what [`first`](Self::first) has written.
    pub(crate) write: fn(&DistArray<f64>, &Path) -> Result<()>,
    /// Writes the first array.
    pub(crate) first: fn(&DistArray<f64>, &Path) -> Result<()>,
    /// All numbers that are there, of so many files as there are.
    pub(crate) read: fn(&Context, &Path) -> Result<Vec<f64>>,
    /// Whether the second array comes behind the first.
    pub(crate) appends: bool,
}

fn over(
    name: &'static str,
    write: fn(&DistArray<f64>, &Path) -> Result<()>,
    read: fn(&Context, &Path) -> Result<Vec<f64>>,
) -> Way {
    Way { name, write, first: write, read, appends: false }
}

fn numbers(array: &DistArray<f64>) -> Result<Vec<f64>> {
    Ok(array.to_ndarray()?.into_raw_vec_and_offset().0)
}

fn read_npy(ctx: &Context, path: &Path) -> Result<Vec<f64>> {
    numbers(&npy::load(ctx, path, "")?)
}

fn read_npz(ctx: &Context, path: &Path) -> Result<Vec<f64>> {
    numbers(&npz::open(ctx, path)?.array("a")?.load("")?)
}

fn base(path: &Path) -> PathBuf {
    path.join("a")
}

/// All ways to write; the path is a folder that is there.
pub(crate) fn ways() -> Vec<Way> {
    let mut ways = vec![
        over("npy", |a, at| npy::save(a, base(at)), |ctx, at| read_npy(ctx, &base(at))),
        Way {
            name: "npy append",
            write: |a, at| npy::append(a, base(at)),
            first: |a, at| npy::save(a, base(at)),
            read: |ctx, at| read_npy(ctx, &base(at)),
            appends: true,
        },
        over(
            "npz",
            |a, at| npz::savez(a.context(), base(at), &[("a", a)]),
            |ctx, at| read_npz(ctx, &base(at)),
        ),
        over(
            "npz compressed",
            |a, at| npz::savez_compressed(a.context(), base(at), &[("a", a)]),
            |ctx, at| read_npz(ctx, &base(at)),
        ),
        over(
            "checkpoint",
            |a, at| checkpoint::save(a.context(), base(at), &[("a", a)], &[]),
            |ctx, at| numbers(&checkpoint::open(ctx, base(at))?.array_on("a", "")?),
        ),
        over(
            "raw",
            |a, at| raw::save(a, base(at)),
            |ctx, at| {
                let bytes = std::fs::metadata(base(at)).map_or(0, |found| found.len());
                let shape = [bytes as usize / size_of::<f64>()];
                numbers(&raw::load(ctx, base(at), (shape, ""), &raw::Options::new())?)
            },
        ),
        over(
            "text",
            |a, at| text::save(a, base(at)),
            |ctx, at| numbers(&text::load(ctx, base(at), "", &text::Options::new())?),
        ),
        over(
            "dnpy",
            |a, at| dnpy::save(a, base(at)),
            |ctx, at| numbers(&dnpy::load(ctx, base(at), "")?),
        ),
    ];
    let more: &[fn() -> Vec<Way>] = &[
        #[cfg(feature = "hdf5")]
        of_hdf5::ways,
        #[cfg(feature = "zarr")]
        of_zarr::ways,
    ];
    ways.extend(more.iter().flat_map(|ways| ways()));
    ways
}

#[cfg(feature = "hdf5")]
mod of_hdf5 {
    use distarray_io::hdf5::{self, Options};

    use super::*;

    fn read(ctx: &Context, at: &Path) -> Result<Vec<f64>> {
        numbers(&hdf5::load(ctx, base(at), "x", "")?)
    }

    pub(super) fn ways() -> Vec<Way> {
        vec![
            over("hdf5", |a, at| hdf5::save(a, base(at), "x"), read),
            over(
                "hdf5 in chunks",
                |a, at| hdf5::save_with(a, base(at), "x", &Options::new().chunks([100]).deflate(1)),
                read,
            ),
            Way {
                name: "hdf5 append",
                write: |a, at| hdf5::open_rw(a.context(), base(at))?.append("x", a),
                first: |a, at| {
                    hdf5::save_with(a, base(at), "x", &Options::new().chunks([100]).growing())
                },
                read,
                appends: true,
            },
            Way {
                name: "hdf5 add",
                write: |a, at| hdf5::open_rw(a.context(), base(at))?.write("y/z", a),
                first: |a, at| hdf5::save(a, base(at), "x"),
                read: |ctx, at| {
                    let mut all = read(ctx, at)?;
                    let file = hdf5::open(ctx, base(at))?;
                    if file.list()?.iter().any(|entry| entry.path.ends_with("y/z")) {
                        all.extend(numbers(&file.dataset("y/z")?.load("")?)?);
                    }
                    Ok(all)
                },
                appends: true,
            },
        ]
    }
}

#[cfg(feature = "zarr")]
mod of_zarr {
    use distarray_io::zarr::{self, Codec, Options, Version};

    use super::*;

    fn read(ctx: &Context, at: &Path) -> Result<Vec<f64>> {
        numbers(&zarr::load(ctx, base(at), "")?)
    }

    fn plain() -> Options {
        Options::new().codec(Codec::None).chunks([100])
    }

    pub(super) fn ways() -> Vec<Way> {
        vec![
            over("zarr", |a, at| zarr::save_with(a, base(at), &plain()), read),
            over(
                "zarr 2",
                |a, at| {
                    let options = plain().version(Version::V2).codec(Codec::Zstd { level: 1 });
                    zarr::save_with(a, base(at), &options.attribute("units", "K"))
                },
                read,
            ),
            over("zarr shards", |a, at| zarr::save_with(a, base(at), &plain().shards([300])), read),
        ]
    }
}

/// The names of what is in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
