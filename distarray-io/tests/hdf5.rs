//! HDF5 files, written and read from every kind of distribution on several numbers of ranks.
#![cfg(feature = "hdf5")]

use std::path::Path;

use distarray_core::array::{Context, DistArray};
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{DType, Element, Result, Scalar, with_element};
use distarray_io::file::{Header, Order};
use distarray_io::hdf5::{self, Attribute, Object, Options};

const SHAPES: [&[usize]; 7] = [&[], &[0], &[5], &[13, 9], &[3, 0, 2], &[4, 6, 5], &[2, 2]];

fn value<T: Element>(shape: &[usize], at: &[usize]) -> T {
    let k = at.iter().zip(shape).fold(0, |flat, (i, extent)| flat * extent + i) as i64 * 37 + 11;
    let scalar = match T::DTYPE {
        DType::Bool => Scalar::Bool(k % 3 == 0),
        DType::I8 => Scalar::I8(k as i8),
        DType::I16 => Scalar::I16(k as i16),
        DType::I32 => Scalar::I32(k as i32),
        DType::I64 => Scalar::I64(k),
        DType::U8 => Scalar::U8(k as u8),
        DType::U16 => Scalar::U16(k as u16),
        DType::U32 => Scalar::U32(k as u32),
        DType::U64 => Scalar::U64(k as u64),
        DType::F32 => Scalar::F32(k as f32 * 1.5 - 20.0),
        DType::F64 => Scalar::F64(k as f64 * 1.5 - 20.0),
        DType::C32 => Scalar::C32(distarray_core::Complex32::new(k as f32 * 1.5, k as f32 * -2.0)),
        DType::C64 => Scalar::C64(distarray_core::Complex64::new(k as f64 * 1.5, k as f64 * -2.0)),
    };
    T::try_from_scalar(scalar).unwrap()
}

fn filled<T: Element>(ctx: &Context, distribution: &Distribution) -> Result<DistArray<T>> {
    let shape = distribution.shape().to_vec();
    ctx.from_fn(distribution, move |at| value::<T>(&shape, at))
}

fn expect<T: Element>(array: &DistArray<T>) -> Result<()> {
    let shape = array.shape().to_vec();
    for (at, found) in array.to_ndarray()?.indexed_iter() {
        assert_eq!(*found, value::<T>(&shape, ndarray::Dimension::slice(&at)), "{shape:?} {at:?}");
    }
    Ok(())
}

fn distributions(shape: &[usize], ranks: usize) -> Vec<Distribution> {
    let mut all: Vec<_> = ["", "b", "c", "c:2", "b,b", "n,c", "c:2,c:3", "n,b,c"]
        .into_iter()
        .filter(|kinds| kinds.split(',').filter(|kind| !kind.is_empty()).count() <= shape.len())
        .map(|kinds| Distribution::new(shape, kinds, ranks).unwrap())
        .collect();
    if let Some(&extent) = shape.first() {
        let mut lists = vec![Vec::new(); ranks];
        (0..extent).rev().for_each(|index| lists[(index * 7 + 3) % ranks].push(index));
        let lists = Dist::unstructured(lists);
        all.push(Distribution::builder(shape).axis(0, lists).build(ranks).unwrap());
    }
    all.push(Distribution::on_one(shape, ranks - 1));
    all
}

/// One piece, chunks that do not divide the shape, and compressed ones.
fn layouts(shape: &[usize]) -> Vec<Options> {
    if shape.is_empty() {
        return vec![Options::new()];
    }
    let chunks: Vec<_> = shape.iter().map(|&extent| extent.clamp(1, 4)).collect();
    vec![
        Options::new(),
        Options::new().chunks(chunks.clone()),
        Options::new().chunks(chunks).shuffle().deflate(4).growing(),
        Options::new().deflate(1),
    ]
}

#[test]
fn every_map_is_written_and_read_under_another_number_of_ranks() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    for shape in SHAPES {
        for ranks in [1, 3, 4] {
            for options in layouts(shape) {
                distarray_threads::run(ranks, |comm| {
                    let ctx = Context::new(comm);
                    hdf5::create(&ctx, &path, |file| {
                        for (i, distribution) in distributions(shape, ranks).iter().enumerate() {
                            let array = filled::<i32>(&ctx, distribution)?;
                            file.write_with(&format!("group/{i}"), &array, &options)?;
                        }
                        Ok(())
                    })
                })
                .unwrap();
                let other = ranks % 4 + 1;
                distarray_threads::run(other, |comm| {
                    let ctx = Context::new(comm);
                    let file = hdf5::open(&ctx, &path)?;
                    let written = distributions(shape, ranks).len();
                    for (i, distribution) in
                        distributions(shape, other).iter().cycle().enumerate().take(written)
                    {
                        let dataset = file.dataset(&format!("group/{i}"))?;
                        assert_eq!(dataset.header().shape, shape);
                        let array = dataset.load::<i32>(distribution)?;
                        assert_eq!(array.distribution(), distribution);
                        expect(&array)?;
                    }
                    Ok(())
                })
                .unwrap();
            }
        }
    }
    assert_eq!(
        std::fs::read_dir(directory.path()).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[test]
fn every_dtype_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    for dtype in DType::ALL {
        for (number, options) in layouts(&[6, 5]).iter().enumerate() {
            distarray_threads::run(2, |comm| {
                let ctx = Context::new(comm);
                with_element!(dtype, T => {
                    let rows = Distribution::new([6, 5], "b,n", 2)?;
                    hdf5::save_with(&filled::<T>(&ctx, &rows)?, &path, "x", options)?;
                    let file = hdf5::open(&ctx, &path)?;
                    let header = Header { dtype, shape: vec![6, 5], order: Order::C };
                    assert_eq!(file.dataset("x")?.header(), &header);
                    expect(&file.dataset("x")?.load::<T>("n,c")?)?;
                    let scalar = Distribution::new([], "", 2)?;
                    let file = hdf5::open_rw(&ctx, &path)?;
                    file.write(&format!("s{number}"), &filled::<T>(&ctx, &scalar)?)?;
                    expect(&file.dataset(&format!("s{number}"))?.load::<T>("")?)
                })
            })
            .unwrap();
        }
    }
}

#[test]
fn slices_are_those_of_the_array() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    let shape = [11, 7, 4];
    for options in layouts(&shape) {
        distarray_threads::run(3, |comm| {
            let ctx = Context::new(comm);
            let array = filled::<i64>(&ctx, &Distribution::new(shape, "b,c", 3)?)?;
            hdf5::save_with(&array, &path, "x", &options)?;
            let dataset = hdf5::open(&ctx, &path)?.dataset("x")?;
            for slice in
                ["", "2:9", "::-1, 1::3", "4", "..., 2", "9:2:-3, ::-2, ::-1", "3:3", "1, 2, 3"]
            {
                let wanted = array.slice(slice)?.to_ndarray()?;
                let found = dataset.slice(slice)?;
                assert_eq!(found.header().shape, wanted.shape());
                let axes = wanted.ndim();
                for kinds in ["b,b,n", "n,c,c:2", "c"] {
                    let kinds: Vec<_> = kinds.split(',').take(axes).collect();
                    let loaded = found.load::<i64>(&kinds.join(",")[..])?;
                    assert_eq!(loaded.to_ndarray()?, wanted, "{slice}");
                    assert_eq!(found.load_as::<f64>("")?.to_ndarray()?, wanted.mapv(|x| x as f64));
                }
            }
            let twice = dataset.slice("8:1:-2, 3")?.slice("::-1, 1:")?;
            let wanted = array.slice("8:1:-2, 3")?.slice("::-1, 1:")?.to_ndarray()?;
            assert_eq!(twice.load::<i64>("c,n")?.to_ndarray()?, wanted);
            assert!(dataset.slice("newaxis").is_err());
            assert!(dataset.slice("0, 0, 0, 0").is_err());
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn datasets_are_appended_to() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    distarray_threads::run(3, |comm| {
        let ctx = Context::new(comm);
        hdf5::create(&ctx, &path, |_| Ok(()))?;
        let file = hdf5::open_rw(&ctx, &path)?;
        let whole = filled::<f64>(&ctx, &Distribution::new([23, 5], "c,b", 3)?)?;
        for rows in ["0:4", "4:5", "5:5", "5:18", "18:"] {
            file.append("logs/x", &whole.slice(rows)?)?;
        }
        expect(&file.dataset("logs/x")?.load::<f64>("b,n")?)?;
        assert_eq!(file.dataset("logs/x")?.header().shape, [23, 5]);

        let refused = |outcome: Result<()>| outcome.unwrap_err().to_string();
        let error = refused(file.append("logs/x", &ctx.ones::<f64>([2, 4])?));
        assert!(error.ends_with(
            "logs/x: an array of shape [2, 4] and type float64 cannot be appended to float64 [23, \
             5] in C order"
        ), "{error}");
        let error = refused(file.append("logs/x", &ctx.ones::<f32>([2, 5])?));
        assert!(error.contains("type float32 cannot be appended"), "{error}");
        let error = refused(file.append("s", &ctx.ones::<f32>([])?));
        assert!(error.ends_with("s: an array of no axes cannot be appended"), "{error}");
        file.write("fixed", &ctx.ones::<f64>([3])?)?;
        let error = refused(file.append("fixed", &ctx.ones::<f64>([1])?));
        assert!(
            error.ends_with("1 rows more than 3 are too many: the first axis can have 3"),
            "{error}"
        );
        Ok(())
    })
    .unwrap();
}

#[test]
fn attributes_come_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        let file = {
            hdf5::save(&ctx.ones::<f64>([3])?, &path, "group/x")?;
            hdf5::open_rw(&ctx, &path)?
        };
        let values: Vec<(&str, Attribute)> = vec![
            ("int", 7.into()),
            ("flag", true.into()),
            ("flags", vec![true, false].into()),
            ("complex", distarray_core::Complex64::new(1.0, -2.0).into()),
            ("text", "Grüße".into()),
            ("none", "".into()),
            ("texts", vec!["a".to_owned(), String::new(), "bc".to_owned()].into()),
            ("table", ndarray::array![[1_u16, 2], [3, 4]].into_dyn().into()),
            ("no numbers", Vec::<f32>::new().into()),
            ("empty", Attribute::Empty),
        ];
        for object in ["/", "group", "group/x"] {
            for (key, value) in &values {
                file.set_attribute(object, key, 1.5)?;
                file.set_attribute(object, key, value.clone())?;
            }
            let found = file.attributes(object)?;
            assert_eq!(found.len(), values.len());
            for (key, value) in &values {
                assert_eq!(&found[*key], value, "{key}");
            }
        }
        assert!(file.attributes("nothing").is_err());
        assert!(file.set_attribute("group", "bad", "a\0b").is_err());
        // What cannot be written leaves what was there.
        file.set_attribute("group", "unit", "K")?;
        for bad in [Attribute::from("a\0b"), Attribute::Text("x".repeat(1 << 17) + "\0")] {
            assert!(file.set_attribute("group", "unit", bad).is_err());
        }
        let found = file.attributes("group")?;
        assert_eq!(found["unit"], Attribute::from("K"));
        assert!(found.keys().all(|key| !key.ends_with(".new")), "{found:?}");
        assert!(hdf5::open(&ctx, &path)?.set_attribute("group", "a", 1).is_err());
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_list_comes_to_an_end_where_groups_hold_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    {
        let file = ::hdf5::File::create(&path).unwrap();
        let a = file.create_group("a").unwrap();
        a.create_group("b").unwrap();
        file.link_hard("/a", "/a/b/up").unwrap();
        file.link_hard("/", "/a/root").unwrap();
        file.link_soft("/nowhere", "lost").unwrap();
        file.link_soft("/a", "/a/self").unwrap();
        file.new_dataset::<i16>()
            .shape((2, 3))
            .chunk((1, 2))
            .shuffle()
            .deflate(3)
            .create("a/x")
            .unwrap();
        file.new_dataset::<::hdf5::types::VarLenUnicode>().shape(2).create("text").unwrap();
    }
    distarray_threads::run(2, |comm| {
        let list = hdf5::open(&Context::new(comm), &path)?.list()?;
        let found: Vec<_> = list.iter().map(|entry| (&entry.path[..], &entry.object)).collect();
        let x = Object::Dataset {
            header: Header { dtype: DType::I16, shape: vec![2, 3], order: Order::C },
            chunks: Some(vec![1, 2]),
            filters: vec!["shuffle".into(), "deflate 3".into()],
        };
        let text = Object::Unsupported("dtype: is text, which arrays cannot hold".into());
        assert_eq!(
            found,
            [
                ("/a", &Object::Group),
                ("/a/b", &Object::Group),
                ("/a/b/up", &Object::GroupAgain),
                ("/a/root", &Object::GroupAgain),
                ("/a/self", &Object::Link),
                ("/a/x", &x),
                ("/lost", &Object::Link),
                ("/text", &text),
            ]
        );
        Ok(())
    })
    .unwrap();
}

fn error_of(ranks: usize, program: impl Fn(&Context) -> Result<()> + Sync) -> String {
    let errors = distarray_threads::run(ranks, |comm| {
        Ok(program(&Context::new(comm)).expect_err("every rank gets an error").to_string())
    })
    .unwrap();
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    errors[0].clone()
}

fn load(ctx: &Context, path: &Path) -> Result<()> {
    hdf5::load::<f64>(ctx, path, "x", "b").map(drop)
}

#[test]
fn what_cannot_be_read_is_named_on_all_ranks() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    std::fs::write(at("text"), "no HDF5 file").unwrap();
    std::fs::write(at("nothing"), "").unwrap();
    {
        let file = ::hdf5::File::create(at("some.h5")).unwrap();
        file.new_dataset::<f64>().shape(::hdf5::Extents::Null).create("null").unwrap();
        file.new_dataset::<[u8; 3]>().shape(2).create("arrays").unwrap();
        file.create_group("group").unwrap();
    }
    for (path, expected) in [
        (at("none.h5"), "cannot be opened: No such file"),
        (directory.path().to_owned(), "is a directory, not a file"),
        (at("text"), "cannot be opened: "),
        (at("nothing"), "cannot be opened: "),
        (at("some.h5"), "x: is no dataset: "),
    ] {
        let error = error_of(3, |ctx| load(ctx, &path));
        assert!(error.starts_with(&format!("{}: {expected}", path.display())), "{error}");
    }
    for (name, expected) in [
        ("null", "null: shape: has none (a null dataspace)"),
        ("arrays", "arrays: dtype: is arrays, which arrays cannot hold"),
        ("group", "group: is no dataset"),
    ] {
        let path = at("some.h5");
        let error = error_of(2, |ctx| hdf5::open(ctx, &path)?.dataset(name).map(drop));
        assert!(error.starts_with(&format!("{}: {expected}", path.display())), "{error}");
    }
}

#[test]
fn a_save_that_fails_leaves_the_old_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        hdf5::save(&ctx.ones::<f64>([4])?, &path, "x")
    })
    .unwrap();
    let old = std::fs::read(&path).unwrap();
    for (options, expected) in [
        (Options::new().chunks([5]), "chunks: 5 is more than the extent 4 of axis 0"),
        (Options::new().chunks([2, 2]), "chunks: [2, 2] do not divide an array of shape [4]"),
        (Options::new().chunks([0]), "chunks: [0] do not divide an array of shape [4]"),
        (Options::new().deflate(11), "deflate: a level of 11 is not from 0 to 9"),
    ] {
        let error =
            error_of(2, |ctx| hdf5::save_with(&ctx.ones::<f64>([4])?, &path, "x", &options));
        assert!(error.ends_with(expected), "{error}");
    }
    for name in ["", "a//b", "a/../b", "a\0b", "/"] {
        let error = error_of(2, |ctx| hdf5::save(&ctx.ones::<f64>([4])?, &path, name));
        assert!(error.ends_with("is no name of a dataset"), "{error}");
    }
    let error = error_of(3, |ctx| {
        hdf5::create(ctx, &path, |file| {
            file.write("x", &ctx.ones::<f64>([4])?)?;
            file.write("x", &ctx.ones::<f64>([4])?)
        })
    });
    assert!(error.contains("x: cannot be created: "), "{error}");
    let error = error_of(3, |ctx| {
        hdf5::create(ctx, &path, |_| match ctx.rank() {
            1 => Err(distarray_core::Error::argument("one rank has had enough")),
            _ => Ok(()),
        })
    });
    assert!(error.contains("one rank has had enough"), "{error}");
    assert!(std::fs::read(&path).unwrap() == old);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    let error = error_of(2, |ctx| hdf5::open(ctx, &path)?.write("y", &ctx.ones::<f64>([4])?));
    assert!(error.ends_with("was opened for reading only"), "{error}");
}
