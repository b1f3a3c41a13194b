//! For real: messages of more than 2^31 bytes, between two ranks.

use distarray_core::Result;
use distarray_core::comm::{Memory, Message};

use super::{Case, Comm};

pub(super) const CASES: &[Case] = &[("more_than_31_bits_of_bytes", more_than_31_bits_of_bytes)];

const LENGTH: usize = (1 << 31) + 9;

/// GiB that the two ranks take together, with what is on its way, and some to spare.
const MEMORY: u64 = 10;

/// The bytes repeat after a prime, so that pieces at the wrong power of two show.
const PERIOD: usize = 251;

fn more_than_31_bits_of_bytes(comm: Comm<'_>) -> Result<()> {
    if comm.size() != 2 {
        return Ok(());
    }
    // One decides for both.
    let free = comm.broadcast_of(0, available_memory().map_or(0, |bytes| bytes >> 30))?;
    if free < MEMORY {
        if comm.rank() == 0 {
            eprintln!("SKIPPED more_than_31_bits_of_bytes: {free} of {MEMORY} GiB are free");
        }
        return Ok(());
    }
    let mut bytes = vec![0; LENGTH];
    if comm.rank() == 0 {
        fill(&mut bytes, 1);
    }
    let message = |peer| [Message::contiguous(peer, 0..LENGTH)];
    match comm.rank() {
        0 => comm.exchange(Memory::between(&bytes, &mut []), &message(1), &[])?,
        _ => comm.exchange(Memory::between(&[], &mut bytes), &[], &message(0))?,
    }
    assert!(holds(&bytes, 1), "the bytes of the exchange");

    if comm.rank() == 1 {
        fill(&mut bytes, 2);
    }
    comm.broadcast(1, &mut bytes)?;
    assert!(holds(&bytes, 2), "the bytes of the broadcast");

    if comm.rank() == 0 {
        return comm.send(1, 7, &bytes);
    }
    drop(bytes);
    let received = comm.receive(0, 7)?;
    assert_eq!(received.len(), LENGTH);
    assert!(holds(&received, 2), "the bytes of the mail");
    Ok(())
}

/// Bytes that repeat after the period, for many periods.
fn pattern(seed: usize) -> Vec<u8> {
    (0..PERIOD << 10).map(|at| ((at + seed) % PERIOD) as u8).collect()
}

fn fill(bytes: &mut [u8], seed: usize) {
    let pattern = pattern(seed);
    bytes.chunks_mut(pattern.len()).for_each(|part| part.copy_from_slice(&pattern[..part.len()]));
}

fn holds(bytes: &[u8], seed: usize) -> bool {
    let pattern = pattern(seed);
    bytes.chunks(pattern.len()).all(|part| *part == pattern[..part.len()])
}

/// Bytes that can be had without swapping, as Linux tells.
fn available_memory() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}
