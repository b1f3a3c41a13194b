//! Checkpoints: restored on any number of ranks, and never half of one.

use distarray_core::array::{Context, Reductions};
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{Complex64, Result, Scalar};
use distarray_io::checkpoint;

fn distributions(ranks: usize) -> Vec<Distribution> {
    let lists =
        (0..ranks).map(|rank| (0..12).rev().filter(|i| i % ranks == rank).collect::<Vec<_>>());
    let lists = Dist::unstructured(lists.collect::<Vec<_>>());
    let mut bounds = vec![0; ranks];
    bounds.push(12);
    let of = |builder: distarray_core::dist::DistributionBuilder| builder.build(ranks).unwrap();
    vec![
        of(Distribution::builder([12, 5]).dists("b,n")),
        of(Distribution::builder([12, 5]).dists("c:2,b")),
        of(Distribution::builder([12, 5]).axis(0, lists)),
        of(Distribution::builder([12, 5]).axis(0, Dist::irregular(bounds))),
        Distribution::replicated([12, 5], ranks).unwrap(),
        Distribution::on_one([12, 5], ranks - 1),
    ]
}

#[test]
fn arrays_come_back_on_any_number_of_ranks() {
    let directory = tempfile::tempdir().unwrap();
    for saving in 1..=4 {
        let path = directory.path().join("run.npz");
        let names: Vec<_> = (0..6).map(|i| format!("a{i}")).collect();
        distarray_threads::run(saving, |comm| {
            let ctx = Context::new(comm);
            let whole = ctx.arange::<f64>(0.0, 60.0, 1.0)?.reshape([12, 5])?;
            let arrays: Vec<_> = distributions(saving)
                .iter()
                .map(|distribution| whole.redistribute(distribution))
                .collect::<Result<_>>()?;
            let named = names
                .iter()
                .zip(&arrays)
                .map(|(name, a)| (&name[..], a as &dyn distarray_io::AnyArray));
            let scalars = [
                ("step", Scalar::U64(u64::MAX)),
                ("time", Scalar::F64(0.1)),
                ("on", Scalar::Bool(true)),
                ("phase", Scalar::C64(Complex64::new(1.0, -2.0))),
            ];
            checkpoint::save(&ctx, &path, &named.collect::<Vec<_>>(), &scalars)
        })
        .unwrap();
        for restoring in 1..=4 {
            distarray_threads::run(restoring, |comm| {
                let ctx = Context::new(comm);
                let found = checkpoint::open(&ctx, &path)?;
                assert_eq!(found.arrays().collect::<Vec<_>>(), names);
                assert_eq!(found.scalar("step")?, Scalar::U64(u64::MAX));
                assert_eq!(found.scalar("time")?, Scalar::F64(0.1));
                assert_eq!(found.scalar("on")?, Scalar::Bool(true));
                assert_eq!(found.scalar("phase")?, Scalar::C64(Complex64::new(1.0, -2.0)));
                let whole = ctx.arange::<f64>(0.0, 60.0, 1.0)?.reshape([12, 5])?.to_ndarray()?;
                for (name, was) in names.iter().zip(distributions(saving)) {
                    let array = found.array::<f64>(name)?;
                    assert_eq!(array.to_ndarray()?, whole, "{name}");
                    if saving == restoring && !matches!(&name[..], "a5") {
                        assert_eq!(array.distribution(), &was, "{name}");
                    }
                    assert_eq!(found.array_on::<f64>(name, "n,c")?.to_ndarray()?, whole);
                }
                Ok(())
            })
            .unwrap();
        }
    }
}

#[test]
fn damage_is_found_and_what_fails_leaves_the_old_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.npz");
    distarray_threads::run(3, |comm| {
        let ctx = Context::new(comm);
        let u = ctx.full(7_u8, [1000])?;
        checkpoint::save(&ctx, &path, &[("u", &u)], &[("step", Scalar::I32(1))])?;
        let twice = checkpoint::save(&ctx, &path, &[("u", &u)], &[("u", Scalar::I32(2))]);
        assert!(twice.unwrap_err().to_string().ends_with("the name 'u' stands twice"));
        let found = checkpoint::open(&ctx, &path)?;
        assert_eq!((found.array::<u8>("u")?.sum()?, found.scalar("step")?), (7000, Scalar::I32(1)));
        assert!(found.array::<u8>("w").unwrap_err().to_string().contains("holds no array 'w'"));
        assert!(found.scalar("u").unwrap_err().to_string().contains("not a scalar"));
        if ctx.rank() == 0 {
            let mut bytes = std::fs::read(&path)?;
            let at = bytes.windows(100).position(|window| window == [7; 100]).unwrap();
            bytes[at + 500] = 8;
            std::fs::write(&path, bytes)?;
        }
        ctx.barrier()?;
        let error = checkpoint::open(&ctx, &path)?.array::<u8>("u").unwrap_err().to_string();
        assert!(error.contains("u.npy: checksum: "), "{error}");
        let plain = directory.path().join("plain.npz");
        distarray_io::npz::savez(&ctx, &plain, &[("u", &u)])?;
        let error = checkpoint::open(&ctx, &plain).unwrap_err().to_string();
        assert!(error.ends_with("is no checkpoint: it has no '__checkpoint__'"), "{error}");
        Ok(())
    })
    .unwrap();
}
