//! [`Room`]: whether the machine has what a test needs.

use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Memory and disk of a test, in GiB.
pub(crate) struct Room {
    pub(crate) memory: u64,
    pub(crate) disk: u64,
}

/// What stays free besides, in GiB.
const RESERVE: u64 = 1;

impl Room {
    /// So much memory, and no disk.
    pub(crate) const fn memory(memory: u64) -> Self {
        Self { memory, disk: 0 }
    }

    /// Why the test cannot run, if so.
    pub(crate) fn is_there(&self) -> Result<(), String> {
        enough("memory", self.memory, available_memory())?;
        match self.disk {
            0 => Ok(()),
            disk => enough("disk", disk, free_disk(&std::env::temp_dir())),
        }
    }
}

fn enough(of: &str, needed: u64, found: Option<u64>) -> Result<(), String> {
    let needed = needed + RESERVE;
    match found.map(|bytes| bytes >> 30) {
        Some(found) if found >= needed => Ok(()),
        Some(found) => Err(format!("{needed} GiB of {of} are needed, {found} GiB are free")),
        None => Err(format!("{needed} GiB of {of} are needed; how much is free is unknown")),
    }
}

/// Bytes that can be had without swapping, as Linux tells.
fn available_memory() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

/// Free bytes of the file system that a folder lies in, as POSIX's `df` tells.
fn free_disk(folder: &Path) -> Option<u64> {
    let told = Command::new("df").args(["-P", "-k"]).arg(folder).output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    let kibibytes: u64 = told.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kibibytes << 10)
}

/// Past the test harness, which shows what a test prints only where it fails.
pub(crate) fn say_skipped(name: &str, why: &str) {
    writeln!(std::io::stderr(), "SKIPPED {name}: {why}").expect("standard error can be written");
}

/// Half of the checks: what is there is found, and what cannot be there is missed.
#[test]
fn room_is_found_and_missed() {
    let known = available_memory().is_some() && free_disk(&std::env::temp_dir()).is_some();
    assert!(known || cfg!(not(target_os = "linux")));
    let why = Room::memory(1 << 33).is_there().unwrap_err();
    assert!(why.starts_with("8589934593 GiB of memory are needed"), "{why}");
    assert!(enough("disk", 3, Some(4 << 30)).is_ok() && enough("disk", 4, Some(4 << 30)).is_err());
}
