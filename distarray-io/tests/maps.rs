//! Every map kind at several numbers of ranks: what is read and written is what plain arithmetic
//! says.

use std::path::Path;

use distarray_core::array::{Context, Redistribution};
use distarray_core::comm::Communicator;
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{ArrayRef, DType, Result};
use distarray_io::file::{ArrayFile, Header, Order};
use distarray_io::memory::MemoryArray;
use distarray_io::npy::{self, NpyFile};
use distarray_io::parallel;
use distarray_io::selection::Selection;
use ndarray::{ArrayD, Dimension, IxDyn};

/// The element at an index of the arrays here.
fn value(shape: &[usize], index: &[usize]) -> i32 {
    index.iter().zip(shape).fold(7, |all, (i, extent)| all * *extent as i32 + *i as i32)
}

/// Distributions of every kind for an array of a shape over so many ranks.
fn distributions(shape: &[usize], ranks: usize) -> Vec<Distribution> {
    let ndim = shape.len();
    let mut found = Vec::new();
    for kinds in ["", "n,b", "b,b", "c", "n,c", "c:2,c:3", "c,b", "n,n,c:2", "b,c,c"] {
        if ndim >= kinds.split(',').filter(|kind| !kind.is_empty()).count() {
            found.push(Distribution::new(shape, kinds, ranks).unwrap());
        }
    }
    for axis in 0..ndim {
        // Dealt out backwards, with all of the first third left to the last rank.
        let owner = |i: usize| if 3 * i < shape[axis] { ranks - 1 } else { i * 5 % ranks };
        let lists = (0..ranks)
            .map(|rank| (0..shape[axis]).rev().filter(|&i| owner(i) == rank).collect::<Vec<_>>());
        let lists = Dist::unstructured(lists.collect::<Vec<_>>());
        let builder = Distribution::builder(shape);
        found.push(builder.axis(axis, lists).build(ranks).unwrap());
        let mut bounds = vec![0; ranks];
        bounds.push(shape[axis]);
        let builder = Distribution::builder(shape).axis(axis, Dist::irregular(bounds));
        found.push(builder.build(ranks).unwrap());
    }
    if ndim > 0 {
        let halos = Distribution::builder(shape).dists("b").halos(2);
        found.push(halos.build(ranks).unwrap());
    }
    found.push(Distribution::on_one(shape, ranks - 1));
    found
}

/// This rank's elements of an array, by plain arithmetic.
fn expected(distribution: &Distribution, rank: usize) -> ArrayD<i32> {
    let local = distribution.local_shape(rank);
    ArrayD::from_shape_fn(IxDyn(&local), |place| {
        let index = distribution.global_index(rank, place.slice());
        value(distribution.shape(), &index.unwrap())
    })
}

/// The array with this distribution, this rank's part of it.
fn filled(distribution: &Distribution, rank: usize) -> Result<ArrayRef> {
    let mut array = ArrayRef::zeros(DType::I32, distribution, rank)?;
    if let Some(part) = array.part_mut() {
        part.view_mut::<i32>()?.assign(&expected(distribution, rank));
    }
    Ok(array)
}

fn check(array: &ArrayRef, distribution: &Distribution, rank: usize) -> Result<()> {
    assert_eq!(array.distribution(), distribution);
    let block = array.owned()?;
    let owned = block.view::<i32>()?;
    if distribution.holds(rank) {
        assert_eq!(owned, expected(distribution, rank), "{distribution} on rank {rank}");
        if distribution.has_halo() {
            // Each value here is 7 or more, and the halo must not have been touched.
            let padded = array.part().unwrap().with_halo().view::<i32>()?;
            assert_eq!(padded.iter().filter(|&&x| x != 0).count(), owned.len());
        }
    } else {
        assert!(owned.is_empty());
    }
    Ok(())
}

/// A file of the array, written by one program.
fn write_whole(path: &Path, shape: &[usize], order: Order) -> Result<()> {
    let header = Header { dtype: DType::I32, shape: shape.to_vec(), order };
    let whole = filled(&Distribution::on_one(shape, 0), 0)?;
    NpyFile::create(path, &header)?.write(&Selection::whole(shape), &whole.owned()?)
}

const SHAPES: [&[usize]; 7] = [&[], &[0], &[3, 0, 2], &[2], &[23], &[13, 9], &[4, 5, 11]];

#[test]
fn every_distribution_reads_its_elements() {
    let directory = tempfile::tempdir().unwrap();
    for shape in SHAPES {
        for order in [Order::C, Order::Fortran] {
            let path = directory.path().join(format!("{shape:?}-{order}.npy"));
            write_whole(&path, shape, order).unwrap();
            for ranks in 1..=5 {
                distarray_threads::run(ranks, |comm| {
                    for distribution in distributions(shape, ranks) {
                        let array = npy::read(&*comm, &path, &distribution, None)?;
                        check(&array, &distribution, comm.rank())?;
                    }
                    Ok(())
                })
                .unwrap();
            }
        }
    }
}

#[test]
fn every_distribution_writes_the_same_file() {
    let directory = tempfile::tempdir().unwrap();
    for shape in SHAPES {
        let whole = directory.path().join(format!("{shape:?}.npy"));
        write_whole(&whole, shape, Order::C).unwrap();
        let wanted = std::fs::read(&whole).unwrap();
        for ranks in 1..=5 {
            for distribution in distributions(shape, ranks) {
                // The same name each time, so that a file is replaced.
                let path = directory.path().join("written.npy");
                distarray_threads::run(ranks, |comm| {
                    npy::write(&*comm, &path, &filled(&distribution, comm.rank())?)
                })
                .unwrap();
                assert!(std::fs::read(&path).unwrap() == wanted, "{distribution}");
            }
        }
    }
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, SHAPES.len() + 1, "temporary files are gone");
}

/// Long enough pieces that they are written without being moved first, and more than one buffer.
#[test]
fn large_arrays_with_long_pieces() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.npy");
    let shape = [3, 1_100_000];
    for kinds in ["n,b", "c,n", "n,c:200000"] {
        distarray_threads::run(3, |comm| {
            let distribution = Distribution::new(shape, kinds, 3)?;
            npy::write(&*comm, &path, &filled(&distribution, comm.rank())?)?;
            let read = Distribution::new(shape, "b,c", 3)?;
            check(&npy::read(&*comm, &path, &read, None)?, &read, comm.rank())
        })
        .unwrap();
    }
}

/// The reference behaves as the file does, in either order, under the same parallel code.
#[test]
fn the_array_in_memory_agrees_with_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let shape = [7, 6];
    for order in [Order::C, Order::Fortran] {
        let header = Header { dtype: DType::I32, shape: shape.to_vec(), order };
        for (number, distribution) in distributions(&shape, 3).into_iter().enumerate() {
            let memory = MemoryArray::new(header.clone()).unwrap();
            let path = directory.path().join(format!("{order}-{number}.npy"));
            write_whole(&path, &shape, order).unwrap();
            distarray_threads::run(3, |comm| {
                let comm: &dyn Communicator = &*comm;
                let array = filled(&distribution, comm.rank())?;
                let in_memory = || Ok(Box::new(memory.clone()) as Box<dyn ArrayFile>);
                parallel::write(comm, &header, &in_memory, &array)?;
                check(
                    &parallel::read(comm, &in_memory, &distribution, DType::I32)?,
                    &distribution,
                    comm.rank(),
                )?;
                let narrow = parallel::read(comm, &in_memory, &distribution, DType::F32)?;
                let from_file = npy::read(comm, &path, &distribution, Some(DType::F32))?;
                let (narrow, from_file) = (narrow.owned()?, from_file.owned()?);
                assert_eq!(narrow.view::<f32>()?, from_file.view::<f32>()?);
                if comm.rank() == 0 {
                    let whole = filled(&Distribution::on_one(shape, 0), 0)?.owned()?;
                    let selection = Selection::whole(&shape);
                    let file = MemoryArray::new(header.clone())?;
                    file.write(&selection, &whole)?;
                    assert_eq!(file.bytes(), memory.bytes());
                }
                Ok(())
            })
            .unwrap();
        }
    }
}

#[test]
fn elements_are_converted_for_whoever_asks() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    for order in [Order::C, Order::Fortran] {
        let _ = std::fs::remove_file(&path);
        write_whole(&path, &[13, 9], order).unwrap();
        distarray_threads::run(4, |comm| {
            let ctx = Context::new(comm);
            for distribution in distributions(&[13, 9], 4) {
                let read = npy::load_as::<f64>(&ctx, &path, &distribution)?;
                if distribution.holds(ctx.rank()) {
                    let wanted = expected(&distribution, ctx.rank()).mapv(f64::from);
                    assert_eq!(read.local(), wanted);
                }
                let wrapped = npy::load_as::<u8>(&ctx, &path, &distribution)?;
                if distribution.holds(ctx.rank()) {
                    let wanted = expected(&distribution, ctx.rank()).mapv(|x| x as u8);
                    assert_eq!(wrapped.local(), wanted);
                }
            }
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn a_short_form_takes_its_shape_from_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    write_whole(&path, &[13, 9], Order::C).unwrap();
    distarray_threads::run(4, |comm| {
        let ctx = Context::new(comm);
        let file = npy::open(&ctx, &path)?;
        assert_eq!(npy::header(&ctx, &path)?, *file.header());
        let array = file.load::<i32>("b,b")?;
        check(array.array_ref(), &"b,b".of_shape(&[13, 9], 4)?, ctx.rank())?;
        npy::save(&array, &path)?;
        assert_eq!(npy::load::<i32>(&ctx, &path, "n,c")?.get(&[12, 8])?, value(&[13, 9], &[12, 8]));
        Ok(())
    })
    .unwrap();
}
