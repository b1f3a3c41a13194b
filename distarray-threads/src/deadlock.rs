//! Finding out that ranks wait for each other in a circle, the moment they do.
//!
//! A rank that sleeps waits for one other rank ([`Source::Rank`]), and only that one's own acts (to
//! enter a collective, to send, to have copied) can end the wait well. So the ranks and whom they
//! wait for are a graph in which at most one edge leaves each rank, and nobody goes on by itself
//! exactly where the edges close a circle. (A path that ends at a rank which computes is no deadlock
//! yet; one that ends at a rank which has left ends with an error of its own, see
//! [`Local::wait`](crate::local::Local::wait). [`Source::Readers`] is no edge: readers read what
//! they have claimed without waiting for anyone.)
//!
//! Each rank follows the edges once when it goes to sleep, after it has shown its own.
//!
//! - *No circle is missed.* Each of its ranks shows its edge, then passes a sequentially consistent
//!   fence, then follows the edges. The one whose fence is the last of all sees every edge.
//! - *No circle is found where there is none.* An edge may be out of date: a rank that has just been
//!   given what it waits for shows it until it wakes. So whoever sees a circle locks the waits of
//!   all its ranks, in ascending order, and looks at each condition itself. A rank whose wait is
//!   locked has not acted since it fell asleep, for it takes its wait away, under the lock, before
//!   anything else; and whatever it did before that is visible to who has the lock after it. So with
//!   all the locks held, and every edge still there, a condition that does not hold is one that its
//!   rank waits for in earnest. Suppose that later some of these ranks went on, and take the
//!   first: the rank that it waits for would have had to act before it did, and so to go on
//!   earlier. So none ever does.
//!
//! A rank in a collective waits for the others one after the other. A circle by way of one that it
//! has not come to yet is found when it comes to it, that is, when those before have come.
//!
//! A rank that runs a world of its own, or waits for something else than a rank, is awake here.

use std::fmt::Write;
use std::iter::successors;

use distarray_core::Error;

use crate::condition::{Source, Wait};
use crate::world::World;

/// Ranks that an error tells of; more are only counted.
const TOLD: usize = 16;

/// The error for all, where this rank, which sleeps, waits for itself by way of others.
pub(crate) fn find(world: &World, rank: usize) -> Option<Error> {
    let circle = circle(world, rank)?;
    let waits = confirm(world, &circle)?;
    Some(describe(world, &circle, &waits))
}

/// The ranks on the way from this one back to it, as far as their edges tell; the lowest first.
fn circle(world: &World, rank: usize) -> Option<Vec<usize>> {
    let next = |&rank: &usize| world.sleeper(rank).waits_for();
    // The way may lead into a circle that this rank is not part of: it ends for want of ranks.
    let way = || successors(next(&rank), next).take(world.size());
    let length = way().position(|other| other == rank)? + 1;
    let mut circle: Vec<usize> = way().take(length).collect();
    // Another look may give another way, if somebody has moved meanwhile.
    if circle.len() < length || circle.last() != Some(&rank) {
        return None;
    }
    let lowest = (0..length).min_by_key(|&place| circle[place])?;
    circle.rotate_left(lowest);
    Some(circle)
}

/// The waits of the circle's ranks, if none of them can go on.
fn confirm(world: &World, circle: &[usize]) -> Option<Vec<Wait>> {
    let mut places: Vec<usize> = (0..circle.len()).collect();
    places.sort_unstable_by_key(|&place| circle[place]);
    if places.windows(2).any(|pair| circle[pair[0]] == circle[pair[1]]) {
        return None;
    }
    // In ascending order of ranks, so that two that look at one circle do not block each other.
    let locked: Vec<_> =
        places.iter().map(|&place| (place, world.sleeper(circle[place]).wait())).collect();
    let mut waits = vec![None; circle.len()];
    for (place, wait) in &locked {
        let wait = wait.as_ref()?;
        let next = circle[(place + 1) % circle.len()];
        // SAFETY: the rank is in this wait, and so in its collective, while the wait is locked.
        let goes_on = unsafe { wait.condition.holds(&wait.group, wait.rank) };
        if goes_on || wait.source() != Source::Rank(next) {
            return None;
        }
        waits[*place] = Some(wait.clone());
    }
    waits.into_iter().collect()
}

/// Tells of the circle, and of those who wait for it at this moment.
fn describe(world: &World, circle: &[usize], waits: &[Wait]) -> Error {
    let next = |place: usize| circle[(place + 1) % circle.len()];
    let mut text = String::new();
    for (place, wait) in waits.iter().enumerate().take(TOLD) {
        let which = if place == 0 { "" } else { ", which " };
        let wait = wait.place(world.size());
        let _ = write!(text, "{which}is in {wait} and waits for rank {}", next(place));
    }
    if circle.len() > TOLD {
        let more = circle.len() - TOLD;
        let _ = write!(text, ", and so on by way of {more} ranks more to rank {}", circle[0]);
    }
    text.push_str(": none of them can go on");
    let waits_for = |&rank: &usize| world.sleeper(rank).waits_for();
    let leads_here = |rank: &usize| {
        let mut way = successors(Some(*rank), waits_for).take(world.size());
        !circle.contains(rank) && way.any(|rank| circle.contains(&rank))
    };
    for rank in (0..world.size()).filter(leads_here).take(TOLD) {
        if let Some(wait) = &*world.sleeper(rank).wait()
            && let Source::Rank(other) = wait.source()
        {
            let place = wait.place(world.size());
            let _ = write!(text, "; rank {rank} is in {place} and waits for rank {other}");
        }
    }
    Error::rank(circle[0], text)
}
