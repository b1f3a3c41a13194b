//! Raw files: every order and byte order, offsets, and what is too short.

use distarray_core::array::Context;
use distarray_core::{Complex64, DType};
use distarray_io::file::Order;
use distarray_io::raw::{self, ByteOrder, Options};

const OTHER: ByteOrder = match ByteOrder::NATIVE {
    ByteOrder::Little => ByteOrder::Big,
    ByteOrder::Big => ByteOrder::Little,
};

#[test]
fn every_order_and_offset_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.bin");
    let native: Vec<u8> = (0..60_u16).flat_map(u16::to_ne_bytes).collect();
    std::fs::write(&path, &native).unwrap();
    for ranks in 1..=3 {
        distarray_threads::run(ranks, |comm| {
            let ctx = Context::new(comm);
            for (order, offset) in
                [(Order::C, 0), (Order::Fortran, 0), (Order::C, 10), (Order::Fortran, 22)]
            {
                let number = |i: usize, j: usize| match order {
                    Order::C => (offset / 2 + 8 * i + j) as u16,
                    Order::Fortran => (offset / 2 + i + 6 * j) as u16,
                };
                let options = Options::new().order(order).offset(offset as u64);
                for dists in ["b,n", "n,c", "c:2,b"] {
                    let table = raw::load::<u16>(&ctx, &path, ([6, 8], dists), &options)?;
                    let table = table.to_ndarray()?;
                    assert!(table.indexed_iter().all(|(at, &x)| x == number(at[0], at[1])));
                    let other = options.clone().byte_order(OTHER);
                    let stored = raw::open(&ctx, &path, DType::U16, [6, 8], &other)?;
                    let table = stored.slice("::-1")?.load::<u16>(dists)?.to_ndarray()?;
                    let turned = |i: usize, j| number(5 - i, j).swap_bytes();
                    assert!(table.indexed_iter().all(|(at, &x)| x == turned(at[0], at[1])));
                }
            }
            let all = Options::new();
            for (shape, expected) in [
                (vec![16], "needs 128 bytes from byte 0 on, the file has 120"),
                (vec![1 << 40, 1 << 40], "more bytes than can be counted"),
            ] {
                let error =
                    raw::open(&ctx, &path, DType::F64, shape, &all).unwrap_err().to_string();
                assert!(error.starts_with(&path.display().to_string()), "{error}");
                assert!(error.ends_with(expected), "{error}");
            }
            let far = all.offset(u64::MAX);
            let error = raw::open(&ctx, &path, DType::F64, [1], &far).unwrap_err().to_string();
            assert!(error.ends_with("offset: 18446744073709551615 is beyond the end of any file"));
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn what_is_saved_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.bin");
    distarray_threads::run(4, |comm| {
        let ctx = Context::new(comm);
        for (shape, dists) in
            [(vec![7, 9], "b,c"), (vec![0, 3], "b"), (vec![], ""), (vec![40], "c:3")]
        {
            let array = ctx.from_fn((shape.clone(), dists), |at| {
                Complex64::new(at.iter().sum::<usize>() as f64, at.len() as f64)
            })?;
            for order in [Order::C, Order::Fortran] {
                for byte_order in [ByteOrder::Little, ByteOrder::Big] {
                    let options = Options::new().order(order).byte_order(byte_order).offset(5);
                    raw::save_with(&array, &path, &options)?;
                    let again = raw::load::<Complex64>(&ctx, &path, shape.clone(), &options)?;
                    assert_eq!(again.to_ndarray()?, array.to_ndarray()?);
                    ctx.barrier()?;
                }
            }
        }
        let error = raw::save(&ctx.ones::<u8>(3)?, directory.path()).unwrap_err().to_string();
        assert!(error.ends_with("is a directory, not a file"), "{error}");
        Ok(())
    })
    .unwrap();
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}
