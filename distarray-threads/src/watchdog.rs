//! The time limit of waits: what is told of every rank when a wait takes longer.

use std::fmt::Write;
use std::iter::successors;
use std::time::Duration;

use distarray_core::Error;

use crate::condition::Source;
use crate::world::World;

/// The error for all, where the rank has waited longer than the limit: who keeps it waiting, and
/// where every rank is.
pub(crate) fn report(world: &World, rank: usize) -> Error {
    let waits_for = |&rank: &usize| world.sleeper(rank).waits_for();
    // At the end of the way is a rank that waits for nobody.
    let way = successors(Some(rank), waits_for).take(world.size());
    let late = way.last().unwrap_or(rank);
    let limit = world.timeout.unwrap_or_default();
    let mut text = format!("rank {rank} has waited for longer than {limit:?}");
    for rank in 0..world.size() {
        let _ = write!(text, "; rank {rank} {}", whereabouts(world, rank));
    }
    Error::rank(late, text)
}

fn whereabouts(world: &World, rank: usize) -> String {
    if let Some(wait) = &*world.sleeper(rank).wait() {
        let other = match wait.source() {
            Source::Rank(other) => format!("rank {other}"),
            Source::Readers => "the others to read its memory".to_owned(),
        };
        let since = seconds(wait.since.elapsed());
        return format!("is in {} and waits for {other} for {since}", wait.place(world.size()));
    }
    if world.has_left(rank) {
        return "has ended its program".to_owned();
    }
    match world.last_call(rank) {
        Some((call, at)) => {
            let ago = seconds(at.elapsed());
            format!("is in its program (last call: {call}, begun {ago} ago)")
        }
        None => "is in its program (no call yet)".to_owned(),
    }
}

/// In seconds, with a decimal.
fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
