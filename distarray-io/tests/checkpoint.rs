//! Checkpoints: restored on any number of ranks, and never half of one.

use distarray_core::array::{Context, Reductions};
use distarray_core::dist::{Cut, Dist, Distribution};
use distarray_core::{Complex64, Error, Result, Scalar};
use distarray_io::{checkpoint, npz};

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
        of(Distribution::builder([12, 5]).dists("b,b").halo(0, 2, 1).halo(1, 0, 3).periodic(0)),
        of(Distribution::builder([12, 5])
            .dists("n,b")
            .boundary(0, 1, 2)
            .boundary(1, 1, 0)
            .halos(1)),
        of(Distribution::builder([12, 5]).dists("c").ranks((0..ranks).rev())),
        of(Distribution::builder([12, 5]).dists("b").ranks((0..ranks).skip(1).chain([0])).halos(2)),
        of(Distribution::builder([12, 5]).ranks([ranks / 2])),
        of(Distribution::builder([30, 5]).dists("c:3"))
            .slice(&[Cut::Range { start: 2, step: 2, len: 12 }, Cut::whole(5)]),
    ]
}

/// The halo, the boundary, and whether it is periodic, of each axis.
type Sides = Vec<((usize, usize), (usize, usize), bool)>;

fn sides(distribution: &Distribution) -> Sides {
    let axes = distribution.axes().iter();
    axes.map(|axis| (axis.halo(), axis.boundary(), axis.is_periodic())).collect()
}

#[test]
fn arrays_come_back_on_any_number_of_ranks() {
    let directory = tempfile::tempdir().unwrap();
    for saving in 1..=4 {
        let path = directory.path().join("run.npz");
        let names: Vec<_> = (0..12).map(|i| format!("a{i}")).collect();
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
                    assert_eq!(sides(array.distribution()), sides(&was), "{name}");
                    if saving == restoring {
                        assert_eq!(array.distribution(), &was, "{name}");
                    } else {
                        // Over all ranks there are.
                        let ranks: Vec<_> = array.distribution().ranks().holders().collect();
                        assert!(ranks.iter().copied().eq(0..ranks.len()), "{name}: {ranks:?}");
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

/// The description in the place of the one that a checkpoint has, beside one array.
fn describe(ctx: &Context, path: &std::path::Path, text: &[u8]) -> Result<()> {
    let text = ctx.from_ndarray(&ndarray::Array1::from(text.to_vec()), "b")?;
    let u = ctx.arange::<f64>(0.0, 60.0, 1.0)?.reshape([12, 5])?;
    npz::savez(ctx, path, &[("__checkpoint__", &text), ("u", &u)])
}

fn description(ctx: &Context, path: &std::path::Path) -> Result<String> {
    let text = npz::open(ctx, path)?.array("__checkpoint__")?.load::<u8>("b")?;
    Ok(String::from_utf8(text.to_ndarray()?.into_raw_vec_and_offset().0).unwrap())
}

#[test]
fn the_first_version_is_read_and_unknown_ones_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.npz");
    for ranks in 1..=3 {
        distarray_threads::run(ranks, |comm| {
            let ctx = Context::new(comm);
            let arrays = |kinds: &str, grid: &str, alike: &str| {
                format!("'arrays': (('u', {alike}, {kinds}, {grid}),), 'scalars': ()")
            };
            let first = |entries: String| format!("{{'version': 1, {entries}}}");
            for (kinds, grid, alike, wanted) in [
                ("('c:2', 'n')", "(2, 1)", "False", ["c:2", "n"]),
                ("(('b', (0, 5, 12)), 'n')", "(2, 1)", "False", ["b", "n"]),
                ("('n', 'n')", "(1, 1)", "True", ["n", "n"]),
            ] {
                let text = first(arrays(kinds, grid, alike));
                describe(&ctx, &path, text.as_bytes())?;
                let array = checkpoint::open(&ctx, &path)?.array::<f64>("u")?;
                assert_eq!(array.sum()?, 1770.0);
                let found = array.distribution();
                let all = match alike {
                    "True" => Distribution::replicated([12, 5], ranks)?,
                    _ if kinds.contains("12") && ranks == 2 => {
                        let bounds = Dist::irregular([0, 5, 12]);
                        Distribution::builder([12, 5]).axis(0, bounds).build(2)?
                    }
                    _ => Distribution::new([12, 5], &wanted.join(","), ranks)?,
                };
                assert_eq!(found, &all, "{text}");
            }
            for version in ["0", "3", "-1", "'2'", "(1,)"] {
                let text = format!("{{'version': {version}, 'arrays': (), 'scalars': ()}}");
                describe(&ctx, &path, text.as_bytes())?;
                let error = checkpoint::open(&ctx, &path).unwrap_err().to_string();
                let start = format!("{}: __checkpoint__: version: ", path.display());
                assert!(error.starts_with(&start), "{error}");
                assert!(error.ends_with(" is not known; known are 1 to 2"), "{error}");
            }
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn descriptions_that_cannot_be_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.npz");
    let good = "'b', 2, (0, 0), (0, 0), False";
    let other = "'n', 1, (0, 0), (0, 0), False";
    for (axes, ranks, why) in [
        (vec![good], "'0..2'", "1 axes are described, the shape is [12, 5]"),
        (vec![good, other], "'0..3'", "rank 2 is not one of the 2 ranks"),
        (vec![good, other], "'1..0'", "1..0 are no ranks"),
        (vec![good, other], "'0..18446744073709551615'", "is not one of the 2 ranks"),
        (vec![good, other], "(1, 1)", "rank 1 is given for both cell 0 and cell 1"),
        (vec![good, other], "(1,)", "needs one rank per cell, 1 are given"),
        (vec![good, other], "()", "needs one rank per cell, 0 are given"),
        (vec![good, other], "'2'", "does not list names and distributions"),
        (vec![good, other], "None", "does not list names and distributions"),
        (vec![good, "'c', 1, (1, 0), (0, 0), False"], "(1, 0)", "a halo needs an axis of a block"),
        (vec![good, "'n', 1, (0, 0), (3, 3), False"], "(1, 0)", "does not fit an extent of 5"),
        (vec![good, "'c', 0, (0, 0), (0, 0), False"], "(1, 0)", "needs at least 1 part"),
        (
            vec![good, "('b', (0, 6)), 1, (0, 0), (0, 0), True"],
            "(1, 0)",
            "end at 6, the axis has 5",
        ),
        (vec![good, "'n', 1, (0, 0, 0), (0, 0), True"], "(1, 0)", "does not list names"),
        (vec![good, "'n', 1, (0, -1), (0, 0), True"], "(1, 0)", "does not list names"),
        (
            vec![good, "'n', 1, (9223372036854775807, 9223372036854775807), (0, 0), True"],
            "(1, 0)",
            "the halos of shape [12, 5] would make 221360928884514619428 elements",
        ),
        (
            vec!["'b', 2, (99999999, 0), (0, 0), True", other],
            "(1, 0)",
            "the halos of shape [12, 5] would make 500000055 elements",
        ),
    ] {
        let errors = distarray_threads::run(2, |comm| {
            let ctx = Context::new(comm);
            let axes: String = axes.iter().map(|axis| format!("({axis}), ")).collect();
            let text = format!(
                "{{'version': 2, 'size': 2, 'arrays': (('u', False, ({axes}), {ranks}),), \
                 'scalars': ()}}"
            );
            describe(&ctx, &path, text.as_bytes())?;
            let opened = checkpoint::open(&ctx, &path).and_then(|found| found.array::<f64>("u"));
            Ok(opened.unwrap_err().to_string())
        })
        .unwrap();
        assert_eq!(errors[0], errors[1]);
        let start = format!("{}: __checkpoint__: ", path.display());
        assert!(errors[0].starts_with(&start) && errors[0].contains(why), "{why}: {}", errors[0]);
    }
}

/// Numbers that look random and are the same in every run (xorshift, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// A description with changed letters and numbers says something else that can be, or is refused.
#[test]
fn changed_descriptions_are_errors_or_arrays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.npz");
    let ctx = Context::solo();
    let whole = ctx.arange::<f64>(0.0, 60.0, 1.0).unwrap().reshape([12, 5]).unwrap();
    let wanted = whole.to_ndarray().unwrap();
    let mut texts = Vec::new();
    for ranks in 1..=3 {
        let said = distarray_threads::run(ranks, |comm| {
            let ctx = Context::new(comm);
            let whole = ctx.arange::<f64>(0.0, 60.0, 1.0)?.reshape([12, 5])?;
            let texts = distributions(ranks).into_iter().map(|distribution| {
                let u = whole.redistribute(&distribution)?;
                checkpoint::save(&ctx, &path, &[("u", &u)], &[])?;
                description(&ctx, &path)
            });
            texts.collect::<Result<Vec<_>>>()
        });
        texts.extend(said.unwrap().swap_remove(0));
    }
    texts.sort();
    texts.dedup();
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let (mut read, mut refused) = (0, 0);
    for round in 0..1000 {
        let mut text = texts[round % texts.len()].clone().into_bytes();
        for _ in 0..1 + numbers.below(3) {
            let at = numbers.below(text.len());
            match numbers.below(4) {
                0 => text[at] = b"0123456789(),'{}:.bcnu TF-"[numbers.below(26)],
                1 => text.insert(at, b"0123456789(),'{}:.bcnu TF-"[numbers.below(26)]),
                2 => drop(text.remove(at)),
                _ => {
                    let Some(start) = (at..text.len()).find(|&i| text[i].is_ascii_digit()) else {
                        continue;
                    };
                    let end = (start..text.len()).find(|&i| !text[i].is_ascii_digit());
                    let other = ["0", "1", "2", "7", "4294967296", "18446744073709551615"];
                    let other = other[numbers.below(other.len())].bytes();
                    text.splice(start..end.unwrap_or(text.len()), other);
                }
            }
        }
        let shown = String::from_utf8_lossy(&text).into_owned();
        let outcome = std::panic::catch_unwind(|| {
            let ctx = Context::solo();
            describe(&ctx, &path, &text)?;
            let found = checkpoint::open(&ctx, &path)?;
            found.array::<f64>("u")?.to_ndarray()
        });
        match outcome.unwrap_or_else(|_| panic!("a panic by {shown}")) {
            Ok(found) => {
                assert_eq!(found, wanted, "{shown}");
                read += 1;
            }
            Err(Error::File { path: named, .. }) => {
                assert_eq!(named, path, "{shown}");
                refused += 1;
            }
            // A halo may be as wide as it is said to be.
            Err(Error::Memory { .. }) => refused += 1,
            Err(other) => panic!("{other} by {shown}"),
        }
    }
    assert!(read > 120 && refused > 380, "{read} read, {refused} refused");
}
