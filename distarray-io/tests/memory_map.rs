//! Arrays that are seen through mapped memory hold what loading gives.

use distarray_core::array::{Context, DistArray, Reductions};
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{ArrayRef, Complex64, DType, Element, Result, Scalar, with_element};
use distarray_io::file::Order;
use distarray_io::raw::{self, ByteOrder, Options};
use distarray_io::{self as io, AnyArray, StoredArray};

/// The file mapped, which the tests do not write to.
fn map<T: Element>(file: &StoredArray, on: &Distribution) -> Result<DistArray<T>> {
    // SAFETY: no test writes to a file that it has mapped, or makes it shorter.
    unsafe { file.memory_map(on) }
}

/// Distributions of every kind, and whether each rank's elements are evenly spaced.
fn distributions(shape: &[usize], ranks: usize) -> Vec<(Distribution, bool)> {
    let new = |kinds: &str| Distribution::new(shape, kinds, ranks).unwrap();
    let halos = Distribution::builder(shape).dists("b").halos(1).build(ranks).unwrap();
    let rows = (0..shape[0]).rev().filter(|row| row % 3 != 1).collect::<Vec<_>>();
    let rest = (0..shape[0]).filter(|row| row % 3 == 1).collect::<Vec<_>>();
    let lists = std::iter::once(rows).chain(std::iter::once(rest));
    let lists = lists.chain(std::iter::repeat(Vec::new())).take(ranks);
    let listed =
        Distribution::builder(shape).axis(0, Dist::unstructured(lists.collect::<Vec<_>>()));
    let backwards = (0..shape[0]).rev().collect::<Vec<_>>();
    let lists = std::iter::once(backwards).chain(std::iter::repeat(Vec::new())).take(ranks);
    let turned =
        Distribution::builder(shape).axis(0, Dist::unstructured(lists.collect::<Vec<_>>()));
    let mut found = ["b", "c", "n,b", "n,c", "b,c"].map(|kinds| (new(kinds), true)).to_vec();
    found.push((halos, true));
    found.push((turned.build(ranks).unwrap(), true));
    found.push((Distribution::on_one(shape, ranks - 1), true));
    if ranks > 1 && shape[0] > 4 {
        found.push((listed.build(ranks).unwrap(), false));
    }
    found
}

#[test]
fn mapped_arrays_hold_what_is_loaded() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    for (ranks, shape) in [(1, [5, 4]), (2, [7, 5]), (3, [6, 1]), (4, [2, 3]), (2, [0, 3])] {
        distarray_threads::run(ranks, |comm| {
            let ctx = Context::new(comm);
            let array = ctx.from_fn((shape, "b"), |at| (10 * at[0] + at[1]) as f64)?;
            io::npy::save(&array, &path)?;
            let before = ctx.rank() == 0;
            let bytes = before.then(|| std::fs::read(&path).unwrap());
            let file = io::open(&ctx, &path)?;
            for (on, is_even) in distributions(&shape, ranks) {
                if !is_even {
                    let error = map::<f64>(&file, &on).unwrap_err().to_string();
                    assert!(error.contains("not evenly spaced along axis 0; load"), "{error}");
                    continue;
                }
                let mut mapped = map::<f64>(&file, &on)?;
                let loaded = file.load::<f64>(&on)?;
                assert_eq!(mapped.to_ndarray()?, loaded.to_ndarray()?, "{on}");
                assert_eq!((&mapped * 2.0).sum()?, 2.0 * array.sum()?);
                mapped.add_assign(1.0)?;
                assert_eq!(mapped.sum()?, (&array + 1.0).sum()?);
            }
            for slice in ["::-1", "1:, ::2", "::2, ::-3", "2:1"] {
                let cut = file.slice(slice)?;
                for kinds in ["b", "c", "n,b"] {
                    let on = Distribution::new(&cut.header().shape[..], kinds, ranks)?;
                    let (mapped, loaded) = (map::<f64>(&cut, &on)?, cut.load::<f64>(&on)?);
                    assert_eq!(mapped.to_ndarray()?, loaded.to_ndarray()?, "{slice} {on}");
                }
            }
            if shape[0] > 0 {
                let row = file.slice("-1")?;
                let on = Distribution::new([shape[1]], "b", ranks)?;
                assert_eq!(
                    map::<f64>(&row, &on)?.to_ndarray()?,
                    row.load::<f64>("b")?.to_ndarray()?
                );
            }
            ctx.barrier()?;
            // What was written went to copies.
            assert!(bytes.is_none_or(|bytes| bytes == std::fs::read(&path).unwrap()));
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn what_cannot_be_mapped_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.bin");
    let other = match ByteOrder::NATIVE {
        ByteOrder::Little => ByteOrder::Big,
        ByteOrder::Big => ByteOrder::Little,
    };
    std::fs::write(&path, (0..100).collect::<Vec<u8>>()).unwrap();
    distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        let all = Options::new();
        let rows = Distribution::new([4, 6], "b", 2)?;
        let fortran = all.clone().order(Order::Fortran).offset(4);
        let file = raw::open(&ctx, &path, DType::I16, [4, 6], &fortran)?;
        let (mapped, loaded) = (map::<i16>(&file, &rows)?, file.load::<i16>(&rows)?);
        assert_eq!(mapped.to_ndarray()?, loaded.to_ndarray()?);

        let refused = |options: &Options, expected: &str| -> Result<()> {
            let file = raw::open(&ctx, &path, DType::I16, [4, 6], options)?;
            let error = map::<i16>(&file, &rows).unwrap_err().to_string();
            let whole = format!("{}: cannot be mapped to memory: {expected}", path.display());
            assert!(error.starts_with(&whole), "{error}");
            Ok(())
        };
        refused(&all.clone().byte_order(other), "the elements are in the other byte order")?;
        refused(&all.clone().offset(3), "int16 elements from byte 3 on are not aligned")?;
        let file = raw::open(&ctx, &path, DType::Bool, [4, 6], &all)?;
        let error = map::<bool>(&file, &rows).unwrap_err().to_string();
        assert!(error.ends_with("truth values are neither 0 nor 1; load them"), "{error}");
        let error = map::<u8>(&file, &rows).unwrap_err().to_string();
        assert!(error.contains("holds bool, not uint8"), "{error}");

        let packed = directory.path().join("a.npz");
        io::npz::savez_compressed(&ctx, &packed, &[("x", &ctx.ones::<f64>([4, 6])?)])?;
        let error = map::<f64>(&io::open(&ctx, &packed)?, &rows);
        let error = error.unwrap_err().to_string();
        assert!(error.ends_with("does not keep its elements as memory does; load them"), "{error}");
        Ok(())
    })
    .unwrap();
}

/// Names of any length, elements of every type: all stand where they can be mapped.
#[test]
fn members_of_archives_are_mapped() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("all.npz");
    for ranks in [1, 3] {
        distarray_threads::run(ranks, |comm| {
            let ctx = Context::new(comm);
            let one = |length: usize| -> Result<Vec<(String, ArrayRef)>> {
                let of_type = |dtype: DType| {
                    let name = format!("{dtype}{}", "n".repeat(length));
                    let array = with_element!(dtype, T => {
                        let numbers = ctx.from_fn(([7, 5], "b,n"), |at| (5 * at[0] + at[1]) as f64)?;
                        numbers.astype::<T>()?.array_ref().clone()
                    });
                    Ok((name, array))
                };
                DType::ALL.into_iter().map(of_type).collect()
            };
            for length in [0, 1, 2, 29, 64] {
                let arrays = one(length)?;
                let named = arrays.iter().map(|(name, array)| (&name[..], array as &dyn AnyArray));
                io::npz::savez(&ctx, &path, &named.collect::<Vec<_>>())?;
                let archive = io::npz::open(&ctx, &path)?;
                for (name, array) in &arrays {
                    archive.verify(name)?;
                    with_element!(array.dtype(), T => is_mapped::<T>(&ctx, &archive.array(name)?, array)?);
                }
            }
            let mut writer = io::create(&ctx, directory.path().join("rows.npz:x"), DType::C64, [7, 5])?;
            let numbers = ctx.from_fn(([7, 5], "c,n"), |at| Complex64::new(at[0] as f64, at[1] as f64))?;
            writer.write(&numbers)?;
            writer.finish()?;
            let stored = io::open(&ctx, directory.path().join("rows.npz:x"))?;
            is_mapped::<Complex64>(&ctx, &stored, numbers.array_ref())?;
            let saved = [("u", &numbers as &dyn AnyArray)];
            io::checkpoint::save(&ctx, &path, &saved, &[("step", Scalar::I64(3))])?;
            let stored = io::npz::open(&ctx, &path)?.array("u")?;
            is_mapped::<Complex64>(&ctx, &stored, numbers.array_ref())
        })
        .unwrap();
    }
}

fn is_mapped<T: Element>(ctx: &Context, stored: &StoredArray, wanted: &ArrayRef) -> Result<()> {
    let wanted = ctx.adopt_ref::<T>(wanted.clone())?.to_ndarray()?;
    for kinds in ["b", "c,n", "n,b"] {
        let on = Distribution::new(wanted.shape(), kinds, ctx.size())?;
        assert_eq!(map::<T>(stored, &on)?.to_ndarray()?, wanted, "{kinds}");
    }
    Ok(())
}
