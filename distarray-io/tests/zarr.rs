//! Zarr arrays: every distribution and way to store them, groups, and what is refused.
#![cfg(feature = "zarr")]

use std::path::Path;

use distarray_core::array::{Context, Reductions};
use distarray_core::comm::Communicator;
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{ArrayRef, DType, Element, Result, Scalar, with_element};
use distarray_io::zarr::{self, Codec, Options, Version};
use ndarray::{ArrayD, Dimension, IxDyn};

fn value(shape: &[usize], index: &[usize]) -> i32 {
    index.iter().zip(shape).fold(7, |all, (i, extent)| all * *extent as i32 + *i as i32)
}

fn expected(distribution: &Distribution, rank: usize) -> ArrayD<i32> {
    let local = distribution.local_shape(rank);
    ArrayD::from_shape_fn(IxDyn(&local), |place| {
        value(distribution.shape(), &distribution.global_index(rank, place.slice()).unwrap())
    })
}

fn filled(distribution: &Distribution, rank: usize) -> Result<ArrayRef> {
    let mut array = ArrayRef::zeros(DType::I32, distribution, rank)?;
    if let Some(part) = array.part_mut() {
        part.view_mut::<i32>()?.assign(&expected(distribution, rank));
    }
    Ok(array)
}

fn distributions(shape: &[usize], ranks: usize) -> Vec<Distribution> {
    let mut found = Vec::new();
    for kinds in ["", "b", "n,b", "b,b", "c", "n,c", "c:2,c:3", "b,c,c"] {
        if shape.len() >= kinds.split(',').filter(|kind| !kind.is_empty()).count() {
            found.push(Distribution::new(shape, kinds, ranks).unwrap());
        }
    }
    for axis in 0..shape.len() {
        let owner = |i: usize| if 3 * i < shape[axis] { ranks - 1 } else { i * 5 % ranks };
        let lists = (0..ranks)
            .map(|rank| (0..shape[axis]).rev().filter(|&i| owner(i) == rank).collect::<Vec<_>>());
        let lists = Dist::unstructured(lists.collect::<Vec<_>>());
        found.push(Distribution::builder(shape).axis(axis, lists).build(ranks).unwrap());
    }
    if !shape.is_empty() {
        found.push(Distribution::builder(shape).dists("b").halos(2).build(ranks).unwrap());
    }
    found.push(Distribution::replicated(shape, ranks).unwrap());
    found.push(Distribution::on_one(shape, ranks - 1));
    found
}

fn check(comm: &dyn Communicator, path: &Path, distribution: &Distribution) -> Result<()> {
    let array = zarr::read(comm, path, distribution, None)?;
    if distribution.holds(comm.rank()) {
        let owned = array.owned()?;
        assert_eq!(owned.view::<i32>()?, expected(distribution, comm.rank()), "{distribution}");
    }
    Ok(())
}

fn ways(ndim: usize) -> Vec<Options> {
    let mut ways = Vec::new();
    for version in [Version::V2, Version::V3] {
        for codec in [
            Codec::None,
            Codec::Gzip { level: 1 },
            Codec::Zstd { level: 1 },
            Codec::BloscLz4,
            Codec::BloscZstd { level: 1 },
        ] {
            ways.push(Options::new().version(version).codec(codec));
            ways.push(Options::new().version(version).codec(codec).chunks(vec![3; ndim]));
        }
    }
    ways.push(Options::new().chunks(vec![2; ndim]).shards(vec![6; ndim]).codec(Codec::None));
    ways.push(Options::new().chunks(vec![1; ndim]).shards(vec![4; ndim]));
    ways
}

#[test]
fn every_distribution_is_written_and_read_in_every_way() {
    let directory = tempfile::tempdir().unwrap();
    for shape in [&[][..], &[0], &[3, 0, 2], &[23], &[13, 9], &[4, 5, 7]] {
        for (number, options) in ways(shape.len()).iter().enumerate() {
            let ranks = 1 + number % 4;
            let path = directory.path().join(format!("{shape:?}-{number}.zarr"));
            distarray_threads::run(ranks, |comm| {
                let all = distributions(shape, ranks);
                let (first, last) = (number % all.len(), (number * 7 + 3) % all.len());
                for (from, to) in [(first, last), (last, first)] {
                    zarr::write(&*comm, &path, &filled(&all[from], comm.rank())?, options)?;
                    check(&*comm, &path, &all[to])?;
                }
                Ok(())
            })
            .unwrap();
        }
    }
    let left: Vec<_> = std::fs::read_dir(directory.path()).unwrap().collect();
    assert_eq!(left.len(), 6 * ways(1).len(), "no temporary directory stays");
}

#[test]
fn every_dtype_and_fill_value() {
    let directory = tempfile::tempdir().unwrap();
    for version in [Version::V2, Version::V3] {
        for dtype in DType::ALL {
            let path = directory.path().join(format!("{dtype}-{version:?}.zarr"));
            with_element!(dtype, T => {
                let one = T::try_from_scalar(match dtype {
                    DType::Bool => Scalar::Bool(true),
                    _ => Scalar::from_bytes(dtype, &one(dtype)).unwrap(),
                })
                .unwrap();
                let ctx = Context::solo();
                let array = ctx.full::<T>(one, [5, 4]).unwrap();
                // Everything is the fill value, so that no chunk is written.
                let options = Options::new().version(version).fill(array.array_ref().owned().unwrap().at(&[0, 0]));
                zarr::save_with(&array, &path, &options).unwrap();
                let names = std::fs::read_dir(&path).unwrap().count();
                assert_eq!(names, 1, "{dtype}: only the metadata");
                let read = zarr::load::<T>(&ctx, &path, "").unwrap();
                assert_eq!(read.to_ndarray().unwrap(), array.to_ndarray().unwrap());
                // And nothing is.
                zarr::save_with(&array, &path, &Options::new().version(version)).unwrap();
                let read = zarr::load::<T>(&ctx, &path, "").unwrap();
                assert_eq!(read.to_ndarray().unwrap(), array.to_ndarray().unwrap());
            });
        }
    }
}

fn one(dtype: DType) -> Vec<u8> {
    let mut bytes = [0; 16];
    distarray_core::block::convert(DType::U8, &[1], dtype, &mut bytes[..dtype.size()]);
    bytes[..dtype.size()].to_vec()
}

#[test]
fn slices_read_what_is_in_them() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.zarr");
    let options = Options::new().chunks([2, 3]);
    distarray_threads::run(3, |comm| {
        let ctx = Context::new(comm);
        let whole = ctx.arange::<i64>(0, 63, 1)?.reshape([7, 9])?;
        zarr::save_with(&whole, &path, &options)?;
        let stored = zarr::open(&ctx, &path)?;
        for slice in ["1:6:2, ::-2", "3", "..., -1", "::-1", "2:2", "5:1:-3, 2:8:4", "0, 0"] {
            let wanted = whole.slice(slice)?.to_ndarray()?;
            for dists in ["", "b", "c"] {
                if wanted.ndim() == 0 && !dists.is_empty() {
                    continue;
                }
                let read = stored.slice(slice)?.load::<i64>(dists)?.to_ndarray()?;
                assert_eq!(read, wanted, "{slice} as {dists}");
            }
        }
        let twice = stored.slice("::-1, 1:")?.slice("::2, ::3")?;
        assert_eq!(twice.load::<i64>("b")?.to_ndarray()?, whole.slice("::-2, 1::3")?.to_ndarray()?);
        let error = stored.slice("7").unwrap_err().to_string();
        assert_eq!(error, "index 7 is out of bounds for axis 0 of extent 7");
        Ok(())
    })
    .unwrap();
}

#[test]
fn groups_attributes_and_lists() {
    let directory = tempfile::tempdir().unwrap();
    for version in [Version::V2, Version::V3] {
        let root = directory.path().join(format!("{version:?}.zarr"));
        distarray_threads::run(2, |comm| {
            let ctx = Context::new(comm);
            let options = Options::new().version(version).attribute("units", "K");
            zarr::save_with(&ctx.ones::<f32>([4, 6])?, root.join("a/b/t"), &options)?;
            zarr::save_with(&ctx.ones::<bool>(3)?, root.join("a/mask"), &options)?;
            assert_eq!(zarr::attributes(&ctx, root.join("a/b/t"))?["units"], "K");
            let mut attributes = zarr::attributes(&ctx, root.join("a"))?;
            assert!(attributes.is_empty());
            attributes.insert("station".to_owned(), 7.into());
            zarr::set_attributes(&ctx, root.join("a"), attributes)?;
            assert_eq!(zarr::attributes(&ctx, root.join("a"))?["station"], 7);
            let found = zarr::list(&ctx, &root)?;
            let names: Vec<_> = found.iter().map(|entry| &entry.name[..]).collect();
            assert_eq!(names, ["a", "a/b", "a/b/t", "a/mask"]);
            assert_eq!(found[3].header.as_ref().unwrap().dtype, DType::Bool);
            assert_eq!(zarr::load::<f32>(&ctx, root.join("a/b/t"), "c")?.sum()?, 24.0);
            let error = zarr::open(&ctx, root.join("a")).unwrap_err().to_string();
            assert!(error.ends_with("is a group of Zarr arrays, not an array"), "{error}");
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn what_cannot_be_is_refused_and_leaves_the_old_array() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.zarr");
    distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        let array = ctx.ones::<f64>([6, 4])?;
        zarr::save(&array, &path)?;
        let refused =
            |options: Options| zarr::save_with(&array, &path, &options).unwrap_err().to_string();
        for (options, why) in [
            (Options::new().chunks([2]), "chunks: [2] do not cut an array of shape [6, 4]"),
            (Options::new().chunks([0, 1]), "chunks: [0, 1] do not cut"),
            (Options::new().chunks([2, 2]).shards([3, 4]), "shards: [3, 4] are no multiples"),
            (Options::new().shards([2, 2]).version(Version::V2), "version 2 of Zarr has none"),
            (Options::new().fill(Scalar::I8(1)), "fill_value: is int8, not float64"),
        ] {
            let error = refused(options);
            assert!(error.contains(why), "{error}");
            assert!(error.starts_with(&path.display().to_string()), "{error}");
        }
        assert_eq!(zarr::load::<f64>(&ctx, &path, "b")?.sum()?, 24.0);
        let file = directory.path().join("file");
        ctx.agree(if ctx.rank() == 0 { std::fs::write(&file, "x") } else { Ok(()) })?;
        let error = zarr::save(&array, &file).unwrap_err().to_string();
        assert!(error.ends_with("is there, and not a directory"), "{error}");
        // A group, and what is none of Zarr's, stay as they are.
        let inner = directory.path().join("group.zarr/inner");
        zarr::save(&array, &inner)?;
        for (name, why) in
            [("group.zarr", "a group of Zarr arrays"), ("", "a directory of something")]
        {
            let error = zarr::save(&array, directory.path().join(name)).unwrap_err().to_string();
            assert!(error.contains(why) && error.contains("does not replace"), "{error}");
        }
        assert_eq!(zarr::load::<f64>(&ctx, &inner, "b")?.sum()?, 24.0);
        let error = zarr::save(&array, directory.path().join("no/such/b")).unwrap_err().to_string();
        assert!(error.contains("no/such/b: cannot be created: "), "{error}");
        Ok(())
    })
    .unwrap();
    let mut names: Vec<_> =
        std::fs::read_dir(directory.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["a.zarr", "file", "group.zarr"]);
}
