//! `.dnpy` files: every kind of distribution, read on other numbers of ranks; files of the original;
//! damaged ones.

use std::path::Path;

use distarray_core::array::{Context, DistArray, Reductions};
use distarray_core::dist::{Dist, Distribution};
use distarray_core::{Complex64, DType, Error, Result};
use distarray_io as io;
use distarray_io::dnpy;

/// Distributions of a 7 x 6 array over so many ranks.
fn kinds(ranks: usize) -> Result<Vec<Distribution>> {
    let build = || Distribution::builder([7, 6]);
    let lists: Vec<Vec<usize>> =
        (0..ranks).map(|rank| (0..7).rev().filter(|i| i * 3 % ranks == rank).collect()).collect();
    let mut kinds = vec![
        build().dists("b,n").build(ranks)?,
        build().dists("n,c").build(ranks)?,
        build().dists("c:2,n").build(ranks)?,
        build().axis(0, Dist::unstructured(lists)).build(ranks)?,
        build().dists("b,n").halos(1).build(ranks)?,
        Distribution::on_one([7, 6], ranks - 1),
        Distribution::replicated([7, 6], ranks)?,
    ];
    if ranks == 4 {
        kinds.push(build().dists("c:2,b").grid(&[2, 2]).build(ranks)?);
        kinds.push(build().dists("b,c").grid(&[2, 2]).build(ranks)?);
    }
    Ok(kinds)
}

fn number(at: &[usize]) -> Complex64 {
    Complex64::new((10 * at[0] + at[1]) as f64, -1.0)
}

fn expect(array: &DistArray<Complex64>, of: impl Fn(usize, usize) -> Complex64) -> Result<()> {
    let all = array.to_ndarray()?;
    assert!(all.indexed_iter().all(|(at, &x)| x == of(at[0], at[1])), "{}", array.distribution());
    Ok(())
}

#[test]
fn every_kind_is_read_on_other_ranks() {
    let directory = tempfile::tempdir().unwrap();
    for ranks in [1, 3, 4] {
        let base = directory.path().join(format!("table_{ranks}"));
        for (k, from) in kinds(ranks).unwrap().iter().enumerate() {
            let base = base.with_extension(k.to_string());
            distarray_threads::run(ranks, |comm| {
                let ctx = Context::new(comm);
                dnpy::save(&ctx.from_fn(from, number)?, &base)
            })
            .unwrap();
            for readers in [1, 2, 5] {
                distarray_threads::run(readers, |comm| {
                    let ctx = Context::new(comm);
                    for to in kinds(readers)? {
                        expect(&dnpy::load(&ctx, &base, &to)?, |i, j| number(&[i, j]))?;
                    }
                    let slice = io::open(&ctx, &base)?.slice("5:0:-2, 1::2")?;
                    let sliced = slice.load::<Complex64>("c,b")?;
                    assert_eq!(sliced.shape(), [3, 3]);
                    expect(&sliced, |i, j| number(&[5 - 2 * i, 1 + 2 * j]))
                })
                .unwrap();
            }
        }
    }
}

#[test]
fn odd_shapes() {
    let directory = tempfile::tempdir().unwrap();
    let base = directory.path().join("a");
    distarray_threads::run(3, |comm| {
        let ctx = Context::new(comm);
        for (shape, dists) in [
            (vec![], ""),
            (vec![0, 4], "b"),
            (vec![2], "c"),
            (vec![1, 1, 1], "n,b,n"),
            (vec![4, 0], "c"),
        ] {
            let array = ctx.from_fn((shape.clone(), dists), |at| at.len() as i16)?;
            dnpy::save(&array, &base)?;
            let first = directory.path().join("a_0.dnpy");
            for path in [&base, &first] {
                let file = io::open(&ctx, path)?;
                assert_eq!(file.header().shape, shape);
                assert_eq!(file.load::<i16>("")?.to_ndarray()?, array.to_ndarray()?);
                assert_eq!(file.load_as::<f32>("")?.shape(), shape);
            }
            ctx.barrier()?;
        }
        Ok(())
    })
    .unwrap();
}

/// The part of the second of four processes, as the original wrote it: 424 bytes.
#[test]
fn parts_are_the_originals() {
    let directory = tempfile::tempdir().unwrap();
    let base = directory.path().join("a");
    distarray_threads::run(4, |comm| {
        let ctx = Context::new(comm);
        dnpy::save(&ctx.from_fn(([4, 5], "b,n"), |at| (5 * at[0] + at[1]) as f64)?, &base)
    })
    .unwrap();
    let bytes = std::fs::read(directory.path().join("a_1.dnpy")).unwrap();
    assert_eq!(bytes.len(), 424);
    assert_eq!(&bytes[..10], b"\x93DARRY\x01\x00\xf6\x00");
    assert_eq!(&bytes[256..264], b"\x93NUMPY\x01\x00");
    let elements: Vec<u8> = (5..10).flat_map(|i| f64::from(i).to_le_bytes()).collect();
    assert_eq!(&bytes[384..], elements);
}

/// A file of this dictionary and these elements.
fn part(path: &Path, dims: &str, elements: &[i32]) {
    let npy = |text: String, magic: &[u8]| {
        let mut bytes = magic.to_vec();
        bytes.extend((text.len() as u16).to_le_bytes());
        bytes.extend(text.into_bytes());
        bytes
    };
    let text = format!("{{'dim_data': {dims}, '__version__': '0.10.0'}}");
    let mut bytes = npy(text, b"\x93DARRY\x01\x00");
    let count = elements.len();
    let text = format!("{{'descr': '>i4', 'fortran_order': False, 'shape': ({count},), }}\n");
    bytes.extend(npy(text, b"\x93NUMPY\x01\x00"));
    bytes.extend(elements.iter().flat_map(|i| i.to_be_bytes()));
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn padding_and_arrays_of_indices_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let common = "'size': 6, 'proc_grid_size': 2";
    let block = |rank, start, stop, padding: &str| {
        format!(
            "({{'dist_type': 'b', {common}, 'proc_grid_rank': {rank}, 'start': {start}, \
             'stop': {stop}, 'padding': {padding}}},)"
        )
    };
    // Boundary padding counts, that of the neighbours does not.
    part(&at("padded_0.dnpy"), &block(0, 0, 4, "(1, 1)"), &[0, 1, 2, 99]);
    part(&at("padded_1.dnpy"), &block(1, 2, 6, "[1, 0]"), &[99, 3, 4, 5]);
    let list = |rank, indices: &str| {
        format!("({{'dist_type': 'u', {common}, 'proc_grid_rank': {rank}, 'indices': {indices}}},)")
    };
    part(&at("listed_0.dnpy"), &list(0, "array([5, 0, 3])"), &[5, 0, 3]);
    part(&at("listed_1.dnpy"), &list(1, "[4, 2, 1]"), &[4, 2, 1]);
    distarray_threads::run(3, |comm| {
        let ctx = Context::new(comm);
        for (name, dists) in [("padded", "c"), ("listed", "b"), ("listed", "c:2")] {
            let array = dnpy::load::<i32>(&ctx, at(name), dists)?.to_ndarray()?;
            assert_eq!(array.as_slice().unwrap(), [0, 1, 2, 3, 4, 5]);
        }
        Ok(())
    })
    .unwrap();
    // Parts that do not fit each other.
    part(&at("listed_1.dnpy"), &block(1, 2, 6, "(0, 0)"), &[2, 3, 4, 5]);
    std::fs::remove_file(at("padded_1.dnpy")).unwrap();
    distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        let error = dnpy::load::<i32>(&ctx, at("listed"), "b").unwrap_err().to_string();
        assert!(error.contains("listed: dim_data: dimension 0: 'dist_type' is "), "{error}");
        let error = dnpy::load::<i32>(&ctx, at("padded"), "b").unwrap_err().to_string();
        assert!(error.contains("padded_1.dnpy: cannot be opened: No such file"), "{error}");
        Ok(())
    })
    .unwrap();
}

#[test]
fn damaged_files_are_refused_or_read() {
    let directory = tempfile::tempdir().unwrap();
    let base = directory.path().join("a");
    let ctx = Context::solo();
    let lists = vec![vec![4, 1, 0, 2, 3]];
    let unstructured =
        Distribution::builder([5]).axis(0, Dist::unstructured(lists)).build(1).unwrap();
    let arrays = [
        ctx.from_fn(([3, 4], "c:2,b"), |at| at[0] as f64).unwrap(),
        ctx.from_fn(&unstructured, |at| at[0] as f64).unwrap(),
    ];
    let path = directory.path().join("a_0.dnpy");
    let (mut state, mut read, mut refused) = (0x9E37_79B9_7F4A_7C15_u64, 0, 0);
    let mut below = |end: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % end as u64) as usize
    };
    for array in &arrays {
        dnpy::save(array, &base).unwrap();
        let good = std::fs::read(&path).unwrap();
        for _ in 0..1500 {
            let mut bytes = good.clone();
            for _ in 0..1 + below(3) {
                let at = below(bytes.len());
                match below(5) {
                    0 => bytes[at] ^= 1 << below(8),
                    1 => bytes[at] = b"0123456789(),'{}[]-"[below(19)],
                    2 => bytes.insert(at, b"0123456789(),'{}[]-"[below(19)]),
                    3 => drop(bytes.remove(at)),
                    _ => bytes.truncate(at.max(1)),
                }
                if bytes.is_empty() {
                    bytes.push(0);
                }
            }
            std::fs::remove_file(&path).unwrap();
            std::fs::write(&path, &bytes).unwrap();
            match dnpy::load_as::<Complex64>(&ctx, &base, "") {
                Ok(_) => read += 1,
                Err(error) => {
                    let text = error.to_string();
                    assert!(text.starts_with(&base.display().to_string()), "{text}");
                    assert!(text.len() < 500, "{text}");
                    refused += 1;
                }
            }
        }
    }
    assert!(read > 100 && refused > 500, "{read} read, {refused} refused");
}

/// The names of the files there.
fn files_in(directory: &Path) -> Vec<String> {
    let names = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn rows_make_the_files_of_an_array_in_blocks() {
    let splits: [(&[usize], &[usize]); 7] = [
        (&[11, 4], &[3, 3, 3, 2]),
        (&[11, 4], &[1, 5, 0, 2, 3]),
        (&[2, 3], &[1, 1]),
        (&[9], &[4, 4, 1]),
        (&[0, 3], &[]),
        (&[4, 5, 2], &[1, 3]),
        (&[], &[1]),
    ];
    for (ranks, (shape, counts)) in [1, 2, 3, 5].into_iter().flat_map(|r| splits.map(|s| (r, s))) {
        let directory = tempfile::tempdir().unwrap();
        let (rows, saved) = (directory.path().join("rows.dnpy"), directory.path().join("saved"));
        let value = |first: usize, at: &[usize]| {
            let (row, rest) = at.split_first().unwrap_or((&0, &[]));
            rest.iter().fold(first + row, |all, index| 7 * all + index) as i32
        };
        distarray_threads::run(ranks, |comm| {
            let ctx = Context::new(comm);
            let mut writer = dnpy::create(&ctx, &rows, DType::I32, shape)?;
            let mut first = 0;
            for (&count, dists) in counts.iter().zip(["b", "c", "", "n,b", "c:2"].iter().cycle()) {
                let mut part = shape.to_vec();
                part.iter_mut().take(1).for_each(|extent| *extent = count);
                let dists = if shape.len() < 2 { dists.trim_start_matches("n,") } else { dists };
                let dists = if shape.is_empty() { "" } else { dists };
                writer.write(&ctx.from_fn((part, dists), |at| value(first, at))?)?;
                first += count;
            }
            writer.finish()?;
            let dists = if shape.is_empty() { "" } else { "b" };
            let all = ctx.from_fn((shape.to_vec(), dists), |at| value(0, at))?;
            dnpy::save(&all, &saved)?;
            let read = io::open(&ctx, &rows)?.load::<i32>("")?;
            assert_eq!(read.to_ndarray()?, all.to_ndarray()?, "{shape:?} on {ranks}");
            Ok(())
        })
        .unwrap();
        let files = files_in(directory.path());
        assert!(files.len().is_multiple_of(2) && files.len() <= 2 * ranks, "{files:?}");
        for file in files.iter().filter_map(|name| name.strip_prefix("rows")) {
            let read =
                |name| std::fs::read(directory.path().join(format!("{name}{file}"))).unwrap();
            assert!(read("rows") == read("saved"), "{shape:?} on {ranks}: {file}");
        }
    }
}

#[test]
fn rows_that_are_not_all_there_leave_the_old_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.dnpy");
    distarray_threads::run(3, |comm| {
        let ctx = Context::new(comm);
        io::save(&ctx.ones::<f64>(([6, 2], "b"))?, &path)?;
        let begun = || {
            let mut writer = io::create(&ctx, &path, DType::F64, [6, 2])?;
            writer.write(&ctx.zeros::<f64>([5, 2])?)?;
            Ok::<_, Error>(writer)
        };
        let error = begun()?.finish().unwrap_err().to_string();
        assert!(error.ends_with("a: 5 of 6 rows are written"), "{error}");
        drop(begun()?);
        let mut writer = begun()?;
        let error = writer.write(&ctx.ones::<f32>([1, 2])?).unwrap_err().to_string();
        assert!(error.contains("cannot be written behind 5 rows"), "{error}");
        drop(writer);
        let error = io::create(&ctx, "no/such/a.dnpy", DType::F64, [6, 2]).unwrap_err().to_string();
        assert!(error.starts_with("no/such/a_0.dnpy: cannot be created: "), "{error}");
        ctx.barrier()?;
        assert_eq!(io::open(&ctx, &path)?.load::<f64>("c")?.sum()?, 12.0);
        Ok(())
    })
    .unwrap();
    assert_eq!(files_in(directory.path()), ["a_0.dnpy", "a_1.dnpy", "a_2.dnpy"]);
}

#[test]
fn names_with_and_without_the_end_and_of_parts() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    distarray_threads::run(2, |comm| {
        let ctx = Context::new(comm);
        let save = |name: &str, value: f64| dnpy::save(&ctx.full(value, ([2], "b"))?, at(name));
        let first = |name: &str| io::open(&ctx, at(name))?.load::<f64>("b")?.get(&[0]);
        save("a", 1.0)?;
        save("b.dnpy", 2.0)?;
        save("run_7.dnpy", 3.0)?;
        for (name, value) in [
            ("a", 1.0),
            ("a.dnpy", 1.0),
            ("a_1.dnpy", 1.0),
            ("b", 2.0),
            ("b.dnpy", 2.0),
            ("run_7", 3.0),
            ("run_7.dnpy", 3.0),
            ("run_7_0.dnpy", 3.0),
        ] {
            assert_eq!(first(name)?, value, "{name}");
        }
        let error = first("run_8.dnpy").unwrap_err().to_string();
        assert!(error.contains("run_8.dnpy: cannot be opened"), "{error}");
        // The second part of another array comes first.
        ctx.barrier()?;
        save("a_1", 4.0)?;
        assert_eq!((first("a_1.dnpy")?, first("a_1")?), (1.0, 4.0));
        Ok(())
    })
    .unwrap();
}
