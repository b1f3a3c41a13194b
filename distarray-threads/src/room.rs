//! [`lacks_room_for`]: whether a process can start so many threads without coming to harm.
//!
//! A thread that finds no room for its signal stack aborts the process, before any code of ours
//! runs on it. On Linux the first thing to run out is the number of memory maps, so the number of
//! ranks is held against it beforehand. All other limits end in an error of the thread's start.

/// Maps of a thread: its stack and its signal stack, each with a guard page.
const MAPS_PER_THREAD: usize = 4;

/// Maps left for everything else that the process does meanwhile.
const SPARE_MAPS: usize = 1024;

/// Fewer ranks than this are started without a look at the limit.
const SMALL: usize = 1024;

/// Why this many threads more do not fit; `None` where they do, as far as can be known.
pub(crate) fn lacks_room_for(threads: usize) -> Option<String> {
    if threads < SMALL || !cfg!(target_os = "linux") {
        return None;
    }
    let limit = std::fs::read_to_string("/proc/sys/vm/max_map_count").ok()?.trim().parse().ok()?;
    let used = std::fs::read_to_string("/proc/self/maps").ok()?.lines().count();
    refusal(threads, limit, used)
}

fn refusal(threads: usize, limit: usize, used: usize) -> Option<String> {
    let room = limit.saturating_sub(used + SPARE_MAPS) / MAPS_PER_THREAD;
    (threads > room).then(|| {
        format!(
            "the system gives a process {limit} memory maps (vm.max_map_count), \
             which is room for {room} threads more"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_maps_limits_the_number_of_threads() {
        assert_eq!(refusal(16001, 65530, 500), None);
        let text = refusal(16002, 65530, 500).unwrap();
        assert!(text.ends_with("room for 16001 threads more"), "{text}");
        assert!(refusal(1, 100, 500).is_some());
        assert_eq!(lacks_room_for(SMALL - 1), None);
    }
}
