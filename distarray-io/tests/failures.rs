//! What goes wrong is the same error on every rank, names the path, and leaves nothing behind.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use distarray_core::array::Context;
use distarray_core::block::Block;
use distarray_core::dist::Distribution;
use distarray_core::{ArrayRef, DType, Error, Result};
use distarray_io::file::{ArrayFile, Header, Order};
use distarray_io::memory::MemoryArray;
use distarray_io::selection::Selection;
use distarray_io::{npy, parallel};

/// The one error that all ranks get.
fn error_of(ranks: usize, program: impl Fn(&Context) -> Result<()> + Sync) -> Error {
    let errors = distarray_threads::run(ranks, |comm| {
        let outcome = program(&Context::new(comm));
        Ok(outcome.expect_err("every rank gets an error"))
    })
    .unwrap();
    assert_eq!(errors.len(), ranks);
    for error in &errors {
        assert_eq!(error.to_string(), errors[0].to_string());
        assert_eq!(std::mem::discriminant(error), std::mem::discriminant(&errors[0]));
    }
    errors.into_iter().next().unwrap()
}

fn files_in(directory: &Path) -> Vec<String> {
    let names = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn save(ctx: &Context, path: &Path) -> Result<()> {
    npy::save(&ctx.ones::<f64>(([6, 4], "b,n"))?, path)
}

fn load(ctx: &Context, path: &Path) -> Result<()> {
    npy::load::<f64>(ctx, path, "b,n").map(drop)
}

#[test]
fn files_that_cannot_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    std::fs::write(at("file"), "text").unwrap();
    for (path, expected) in [
        (at("none.npy"), "cannot be opened: No such file"),
        (directory.path().to_owned(), "is a directory, not a file"),
        (at("file").join("a.npy"), "cannot be opened: Not a directory"),
        (at("file"), "magic: the file ends before byte 8"),
    ] {
        let error = error_of(3, |ctx| load(ctx, &path));
        let expected = format!("{}: {expected}", path.display());
        assert!(error.to_string().starts_with(&expected), "{error}");
        assert!(matches!(&error, Error::File { path: named, .. } if *named == path));
        let alone = npy::read_header(&path).unwrap_err();
        assert_eq!(alone.to_string(), error.to_string());
        let known = error_of(2, |ctx| npy::header(ctx, &path).map(drop));
        assert_eq!(known.to_string(), error.to_string());
    }
    #[cfg(target_os = "linux")]
    {
        let error = error_of(2, |ctx| load(ctx, Path::new("/dev/zero")));
        assert_eq!(error.to_string(), "/dev/zero: is a device or a pipe, not a file");
    }
}

#[test]
fn a_file_cut_short_is_told_before_anything_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    distarray_threads::run(2, |comm| save(&Context::new(comm), &path)).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
    let error = error_of(3, |ctx| load(ctx, &path)).to_string();
    let expected = "truncated: shape [6, 4] of float64 needs 192 bytes after the header, the file \
                    has 187";
    assert!(error.ends_with(expected), "{error}");

    let mut longer = bytes.clone();
    longer.extend(b"more");
    std::fs::write(&path, &longer).unwrap();
    distarray_threads::run(2, |comm| load(&Context::new(comm), &path)).unwrap();

    // A header that promises 10^15 elements.
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000,), }";
    let mut lying = b"\x93NUMPY\x01\x00".to_vec();
    lying.extend((text.len() as u16).to_le_bytes());
    lying.extend(text.as_bytes());
    std::fs::write(&path, &lying).unwrap();
    let error = error_of(3, |ctx| load(ctx, &path)).to_string();
    assert!(error.contains("needs 8000000000000000 bytes after the header, the file has 0"));
}

#[test]
fn wrong_types_and_shapes_name_both() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    distarray_threads::run(2, |comm| save(&Context::new(comm), &path)).unwrap();
    let error = error_of(2, |ctx| npy::load::<i32>(ctx, &path, "b").map(drop));
    assert!(matches!(error, Error::DType(_)));
    assert!(error.to_string().ends_with("a.npy: holds float64, not int32; `load_as` converts"));

    let error = error_of(2, |ctx| {
        let other = Distribution::new([4, 6], "b", 2)?;
        npy::load::<f64>(ctx, &path, &other).map(drop)
    });
    assert!(matches!(error, Error::Shape(_)));
    let text = error.to_string();
    assert!(text.contains("[6, 4]") && text.contains("[4, 6]"), "{text}");

    let error = error_of(2, |ctx| npy::load::<f64>(ctx, &path, "b,q").map(drop));
    assert!(error.to_string().contains('q'), "{error}");
    let error = error_of(2, |ctx| {
        let wide = Distribution::new([6, 4], "b", 3)?;
        npy::load::<f64>(ctx, &path, &wide).map(drop)
    });
    assert!(matches!(error, Error::Distribution(_)), "{error}");

    distarray_threads::run(1, |comm| {
        let ctx = Context::new(comm);
        npy::save(&ctx.zeros::<distarray_core::Complex32>(3)?, &path)
    })
    .unwrap();
    let error = error_of(2, |ctx| npy::load_as::<f64>(ctx, &path, "b").map(drop)).to_string();
    let expected = "holds complex64, which does not convert to float64 without its imaginary parts";
    assert!(error.ends_with(expected), "{error}");
    distarray_threads::run(2, |comm| {
        let wide = npy::load_as::<distarray_core::Complex64>(&Context::new(comm), &path, "c")?;
        assert_eq!(wide.shape(), [3]);
        Ok(())
    })
    .unwrap();
}

#[test]
fn files_that_cannot_be_written() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    std::fs::write(at("file"), "text").unwrap();
    std::fs::create_dir(at("folder.npy")).unwrap();
    for (path, expected) in [
        (at("none").join("a.npy"), "cannot be created: No such file or directory"),
        (at("folder.npy"), "is a directory, not a file"),
        (at("file").join("a.npy"), "cannot be created: Not a directory"),
        (at("none").join(".."), "does not end in the name of a file"),
    ] {
        let error = error_of(3, |ctx| save(ctx, &path));
        let expected = format!("{}: {expected}", path.display());
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
    assert_eq!(files_in(directory.path()), ["file", "folder.npy"]);
    #[cfg(target_os = "linux")]
    {
        let error = error_of(2, |ctx| save(ctx, Path::new("/dev/full")));
        assert_eq!(error.to_string(), "/dev/full: is a device or a pipe, not a file");
    }
}

/// A file that fails on some rank, at some step.
#[derive(Debug)]
struct Failing {
    file: MemoryArray,
    on: &'static str,
}

impl Failing {
    fn step(&self, step: &str) -> Result<()> {
        if step == self.on {
            return Err(Error::file("a.npy", format!("cannot {step}: no space")));
        }
        Ok(())
    }
}

impl ArrayFile for Failing {
    fn header(&self) -> &Header {
        self.file.header()
    }

    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()> {
        self.step("read")?;
        self.file.read(selection, block)
    }

    fn write(&self, selection: &Selection, block: &Block) -> Result<()> {
        self.step("write")?;
        self.file.write(selection, block)
    }

    fn sync(&self) -> Result<()> {
        self.step("sync")
    }
}

#[test]
fn what_fails_on_one_rank_fails_on_all_and_leaves_the_old_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    std::fs::write(&path, "old").unwrap();
    let header = Header { dtype: DType::F64, shape: vec![8, 3], order: Order::C };
    for step in ["open", "write", "sync"] {
        for culprit in 0..4 {
            // Opens of the real file, so that the failing rank is not the only one to have tried.
            let opened = AtomicUsize::new(0);
            let error = error_of(4, |ctx| {
                let comm = ctx.communicator()?;
                let rows = Distribution::new([8, 3], "b,n", 4)?;
                let array = ArrayRef::zeros(DType::F64, &rows, comm.rank())?;
                let create = |at: &Path| npy::NpyFile::create(at, &header).map(drop);
                parallel::replace(comm, &path, create, |at| {
                    assert!(at.exists() && at.parent() == path.parent());
                    let open = || {
                        opened.fetch_add(1, Ordering::Relaxed);
                        let on = if comm.rank() == culprit { step } else { "" };
                        let file = Failing { file: MemoryArray::new(header.clone())?, on };
                        file.step("open")?;
                        Ok(Box::new(file) as Box<dyn ArrayFile>)
                    };
                    parallel::write(comm, &header, &open, &array)
                })
            });
            assert_eq!(
                error.to_string(),
                format!("a.npy: cannot {step}: no space (rank {culprit} of 4)")
            );
            assert_eq!(opened.load(Ordering::Relaxed), 4);
            assert_eq!(files_in(directory.path()), ["a.npy"], "{step} on rank {culprit}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        }
    }
}

#[test]
fn what_cannot_be_read_on_one_rank_is_read_on_none() {
    let header = Header { dtype: DType::F64, shape: vec![8, 3], order: Order::C };
    let error = error_of(4, |ctx| {
        let comm = ctx.communicator()?;
        let on = if comm.rank() == 2 { "read" } else { "" };
        let open = || {
            let file = Failing { file: MemoryArray::new(header.clone())?, on };
            Ok(Box::new(file) as Box<dyn ArrayFile>)
        };
        let rows = Distribution::new([8, 3], "b,n", 4)?;
        parallel::read(comm, &open, &rows, DType::F64).map(drop)
    });
    assert_eq!(error.to_string(), "a.npy: cannot read: no space (rank 2 of 4)");
}

#[test]
fn a_rank_that_panics_leaves_no_temporary_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    for culprit in 0..3 {
        let outcome = distarray_threads::run(3, |comm| {
            let create = |at: &Path| std::fs::write(at, "new").map_err(Error::user);
            parallel::replace(&*comm, &path, create, |_| {
                assert_ne!(comm.rank(), culprit, "a rank that panics");
                comm.barrier()
            })
        });
        assert!(outcome.unwrap_err().to_string().contains("a rank that panics"));
        assert_eq!(files_in(directory.path()), [""; 0]);
    }
}

#[test]
fn replacing_keeps_permissions_follows_links_and_takes_long_names() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(format!("{}.npy", "é".repeat(120)));
    distarray_threads::run(2, |comm| save(&Context::new(comm), &path)).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        let link = directory.path().join("link.npy");
        symlink(&path, &link).unwrap();
        distarray_threads::run(2, |comm| npy::save(&Context::new(comm).zeros::<u8>(5)?, &link))
            .unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(npy::read_header(&path).unwrap().shape, [5]);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
}
