//! `io::open` finds formats by content and name, and arrays of a file behind a colon.

use distarray_core::array::Context;
use distarray_io as io;

#[test]
fn arrays_behind_a_colon() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).display().to_string();
    distarray_threads::run(3, |comm| {
        let ctx = Context::new(comm);
        let (x, y) = (ctx.arange::<i32>(0, 12, 1)?, ctx.ones::<u8>([2, 3])?);
        io::npz::savez(&ctx, at("odd:name.npz"), &[("x", &x), ("y", &y)])?;
        io::npy::save(&x, at("x.npy"))?;
        let named = io::open(&ctx, at("odd:name.npz:x"))?;
        assert_eq!(named.slice("3")?.load::<i32>("")?.get(&[])?, 3);
        for (path, expected) in [
            (at("odd:name.npz"), "holds several arrays, not one: x, y; name one behind a colon"),
            (at("x.npy:x"), "is one array (npy), which has no part 'x'"),
            (at("none.npy:x"), "cannot be opened: No such file or directory (os error 2)"),
        ] {
            let error = io::open(&ctx, &path).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        Ok(())
    })
    .unwrap();
}

#[test]
#[cfg(feature = "hdf5")]
fn datasets() {
    use io::hdf5::{self, Options};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.h5").display().to_string();
    let odd = directory.path().join("data").display().to_string();
    for ranks in [1, 3] {
        distarray_threads::run(ranks, |comm| {
            let ctx = Context::new(comm);
            let t = ctx.from_fn([7, 5], |at| (10 * at[0] + at[1]) as f64)?;
            hdf5::save_with(&t, &odd, "g/only", &Options::new().chunks([2, 2]).deflate(1))?;
            hdf5::create(&ctx, &path, |file| {
                file.write("fields/t", &t)?;
                file.write("fields/u", &ctx.ones::<u8>(3)?)
            })?;
            // Slices of slices, with steps either way and axes dropped.
            for file in [format!("{path}:/fields/t"), odd.clone(), format!("{odd}:g/only")] {
                let stored = io::open(&ctx, &file)?;
                assert_eq!(stored.header().to_string(), "float64 [7, 5] in C order");
                let cut = stored.slice("1:6, ::-2")?.slice("::-2, 1")?;
                let column = cut.load::<f64>("c")?.to_ndarray()?;
                assert_eq!(column.as_slice().unwrap(), [52.0, 32.0, 12.0]);
                let none = stored.slice("5:2, 3")?.slice("::-1")?.load_as::<i8>("b")?;
                assert_eq!(none.shape(), [0]);
            }
            let several = io::open(&ctx, &path).unwrap_err().to_string();
            assert!(
                several.contains("several arrays, not one: /fields/t, /fields/u; "),
                "{several}"
            );
            let none = io::open(&ctx, format!("{path}:fields/v")).unwrap_err().to_string();
            assert!(none.starts_with(&format!("{path}: fields/v: is no dataset")), "{none}");
            let group = io::open(&ctx, format!("{path}:/fields")).unwrap_err().to_string();
            assert!(group.contains("/fields: is no dataset"), "{group}");
            let wrong = io::open(&ctx, format!("{path}:/fields/t"))?.load::<i8>("b");
            let wrong = wrong.unwrap_err().to_string();
            let expected = "run.h5: /fields/t: holds float64, not int8; `load_as` converts";
            assert!(wrong.ends_with(expected), "{wrong}");
            Ok(())
        })
        .unwrap();
    }
}
