//! Saves that find no room, or may not write: the same error on every rank, which names the path; what
//! was there is intact, and nothing lies beside it.
#![cfg(unix)]

mod formats;

use std::path::Path;
use std::process::Command;

use distarray_core::array::Context;
use formats::{Way, names, ways};

/// The folder in which a process of its own runs out of room, and whether it is files that may not
/// become large.
const FOLDER: &str = "DISTARRAY_FULL_DISK";
const SMALL_FILES: &str = "DISTARRAY_SMALL_FILES";

const RANKS: usize = 3;

/// Room for the first arrays, and for none of the second.
const ROWS: [usize; 2] = [500, 400_000];
const ROOM: usize = 1 << 20;

/// Numbers that no codec makes small.
fn number(row: usize) -> f64 {
    let mut bits = row as u64 ^ 0x9E37_79B9_7F4A_7C15;
    for _ in 0..3 {
        bits = bits.wrapping_mul(0xD134_2543_DE82_EF95).rotate_left(29) ^ bits;
    }
    (bits >> 12) as f64 / 7.0
}

fn first(way: &Way, folder: &Path) {
    distarray_threads::run(RANKS, |comm| {
        let ctx = Context::new(comm);
        (way.first)(&ctx.from_fn(([ROWS[0]], "b"), |at| number(at[0]))?, folder)
    })
    .unwrap();
}

/// Every rank gets the same error, and what was there is there.
fn fails(way: &Way, folder: &Path, rows: usize) {
    let old: Vec<_> = (0..ROWS[0]).map(number).collect();
    let files = names(folder);
    let errors = distarray_threads::run(RANKS, |comm| {
        let ctx = Context::new(comm);
        let array = ctx.from_fn(([rows], "b"), |at| number(at[0]))?;
        Ok((way.write)(&array, folder).expect_err(way.name).to_string())
    })
    .unwrap();
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    let path = folder.join("a").display().to_string();
    assert!(errors[0].starts_with(&path), "{}: {}", way.name, errors[0]);
    assert_eq!(names(folder), files, "{}: {}", way.name, errors[0]);
    let found = (way.read)(&Context::solo(), folder);
    let found = found.unwrap_or_else(|error| panic!("{}: {error}", way.name));
    assert!(found == old, "{}: {} numbers are left", way.name, found.len());
}

/// What a process of its own does, in which files cannot become large.
#[test]
fn victim() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let small_files = std::env::var_os(SMALL_FILES).is_some();
    for way in ways() {
        // Chunks are small files of their own.
        if small_files && way.name.starts_with("zarr") {
            continue;
        }
        let folder = Path::new(&folder).join("room");
        std::fs::create_dir(&folder).unwrap();
        first(&way, &folder);
        fails(&way, &folder, ROWS[1]);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

/// Runs this program's victim under a shell that has made room scarce.
fn run(folder: &Path, command: &mut Command) {
    let outcome = command.env(FOLDER, folder).output().unwrap();
    let text = [outcome.stdout, outcome.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(outcome.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn files_that_may_not_become_large() {
    let directory = tempfile::tempdir().unwrap();
    // Units of 512 or 1024 bytes, as the shell likes.
    let limited = format!("trap '' XFSZ; ulimit -f {} && exec \"$0\" \"$@\"", ROOM / 1024);
    let mut shell = Command::new("sh");
    shell.args(["-c", &limited]).arg(std::env::current_exe().unwrap());
    shell.env(SMALL_FILES, "1");
    run(directory.path(), shell.args(["victim", "--exact", "--test-threads=1"]));
}

/// On a file system of its own, where the system lets one mount it.
#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::print_stdout, reason = "what is left out is told")]
fn a_full_disk() {
    let directory = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=\"$0\" none \"$1\"";
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
        command.arg(ROOM.to_string()).arg(directory.path());
        command
    };
    if !unshare(mount).output().is_ok_and(|outcome| outcome.status.success()) {
        return println!("SKIPPED: this system lets nobody mount a file system");
    }
    let mut full = unshare(&format!("{mount} && shift && exec \"$@\""));
    full.arg(std::env::current_exe().unwrap());
    run(directory.path(), full.args(["victim", "--exact", "--test-threads=1"]));
}

#[test]
fn directories_without_permission() {
    for way in ways() {
        let directory = tempfile::tempdir().unwrap();
        first(&way, directory.path());
        // Nobody makes files in `/sys`, whatever they may do elsewhere.
        let forbidden = Path::new("/sys");
        if way.appends || !forbidden.is_dir() {
            continue;
        }
        let errors = distarray_threads::run(RANKS, |comm| {
            let array = Context::new(comm).ones::<f64>([7])?;
            Ok((way.write)(&array, forbidden).expect_err(way.name).to_string())
        })
        .unwrap();
        assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        assert!(errors[0].contains("cannot be created: "), "{}: {}", way.name, errors[0]);
        assert!(errors[0].starts_with("/sys/a"), "{}: {}", way.name, errors[0]);
    }
}
