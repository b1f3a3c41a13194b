//! Random programs that come to their end are never stopped, and such in which one rank departs from
//! what the others do always end with an error.

mod programs;
mod watchdog;

use std::time::Duration;

use distarray_core::Result;
use distarray_threads::{Options, run_with};
use programs::{Call, Program, Random, legal, perform};
use watchdog::in_time;

/// Runs the program with a limit that only a hang comes to.
fn outcome(program: &Program) -> Result<()> {
    let timeout = Some(Duration::from_secs(10));
    let options = Options { timeout, ..Options::new(program.ranks()) };
    run_with(options, |comm| perform(program, comm)).map(drop)
}

/// Runs one program for each seed, a hundred at a time.
fn each(seeds: u64, test: fn(u64)) {
    for hundred in 0..seeds / 100 {
        in_time(move || (100 * hundred..100 * (hundred + 1)).for_each(test));
    }
}

#[test]
fn programs_that_come_to_their_end_are_never_stopped() {
    each(3_000, |seed| {
        let program = legal(&mut Random::new(seed));
        if let Err(error) = outcome(&program) {
            panic!("seed {seed}: {error}\n{program:?}");
        }
    });
}

#[test]
fn programs_in_which_one_rank_departs_always_end_with_an_error() {
    each(2_000, |seed| {
        let mut random = Random::new(seed);
        let (mut program, how) = loop {
            let mut program = legal(&mut random);
            if let Some(how) = depart(&mut program, &mut random) {
                break (program, how);
            }
        };
        match outcome(&program) {
            Ok(()) => panic!("seed {seed}, {how}: no error\n{program:?}"),
            Err(error) => {
                let hangs = error.to_string().contains("has waited for longer than");
                assert!(!hangs, "seed {seed}, {how}: {error}\n{program:?}");
            }
        }
        // Somebody's departure leaves nothing behind for the next world.
        program.calls.iter_mut().for_each(Vec::clear);
        assert!(outcome(&program).is_ok());
    });
}

/// Changes one rank's calls so that the program cannot come to a good end; says how, or that this
/// one has no place for it.
fn depart(program: &mut Program, random: &mut Random) -> Option<String> {
    let rank = random.below(program.ranks());
    let alone = |group: usize| program.members(group, rank).len() == 1;
    let groups: Vec<usize> = (0..=program.splits.len()).filter(|&group| !alone(group)).collect();
    let group = groups[random.below(groups.len())];
    let received: Vec<u64> = program.calls.iter().flatten().filter_map(number_received).collect();
    let place = random.below(program.calls[rank].len());
    let call = program.calls[rank][place].clone();
    let way = random.below(6);
    let calls = &mut program.calls[rank];
    let how = match way {
        0 if call.collective().is_some_and(|group| groups.contains(&group)) => {
            calls.remove(place);
            format!("leaves out {call:?}")
        }
        1 => {
            calls.insert(place, Call::Barrier { group });
            "is in a barrier more".to_owned()
        }
        2 if matches!(call, Call::Send { number, .. } if received.contains(&number)) => {
            calls.remove(place);
            format!("leaves out {call:?}")
        }
        3 => {
            let from = usize::from(program.members(group, rank)[0] == rank);
            let missing = Call::Receive { group, from, tag: 9, number: 0 };
            program.calls[rank].insert(place, missing);
            "receives what nobody sends".to_owned()
        }
        // Before the world's last barrier; others may be of groups that the rank is alone in.
        4 if place < calls.len() - program.splits.len() => {
            calls.truncate(place);
            "returns early".to_owned()
        }
        5 => {
            // With the next collective in the same group, where that is of another kind.
            let group = call.collective().filter(|group| groups.contains(group))?;
            let later = &calls[place + 1..];
            let next = later.iter().position(|call| call.collective() == Some(group))?;
            let other = place + 1 + next;
            let kind = std::mem::discriminant::<Call>;
            if kind(&calls[place]) == kind(&calls[other]) {
                return None;
            }
            calls.swap(place, other);
            format!("swaps its calls {place} and {other}")
        }
        _ => return None,
    };
    Some(format!("rank {rank} {how} at {place}"))
}

fn number_received(call: &Call) -> Option<u64> {
    match call {
        Call::Receive { number, .. } => Some(*number),
        _ => None,
    }
}
