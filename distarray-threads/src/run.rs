//! [`run`] and [`run_with`]: start the ranks, and make one verdict of what becomes of them.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::thread::{Builder, ScopedJoinHandle};

use distarray_core::comm::{Communicator, Operation, naming};
use distarray_core::{Error, Result};

use crate::communicator::Member;
use crate::group::Group;
use crate::local::Local;
use crate::options::Options;
use crate::panic_hook;
use crate::room::lacks_room_for;
use crate::sync::Parker;
use crate::world::{Failure, World};

/// What a rank unwinds with that has called `abort`, and how it is told to the others.
pub(crate) struct Abort(pub(crate) String);

/// The end of a rank's program that went wrong.
struct Fault {
    error: Error,
    /// Where the rank was when it was told of a failure, so that this is not what caused it.
    told: Option<String>,
    /// The backtrace of its panic.
    trace: Option<String>,
}

/// What the ranks need to begin.
struct Start {
    world: Arc<World>,
    group: Arc<Group>,
}

/// Runs the program on `ranks` threads, called `rank 0`, `rank 1` and so on, and returns their
/// results in rank order, or one error.
///
/// The program gets its rank's communicator, which stays on its thread. All threads are there
/// before any begins with the program, and have ended when this returns. Ranks may run further
/// groups of ranks of their own. Threads have the standard stack size; `RUST_MIN_STACK` sets
/// another.
///
/// When a rank returns an error, panics or aborts, every other one is woken from what it waits for
/// with an [`Error::Rank`] that says so; the same when a rank ends its program while others wait
/// for it, is in another collective than they, or when ranks wait for each other in a circle. A
/// panic of a rank is not printed. It is part of the error, with its place, and with a backtrace
/// where `RUST_BACKTRACE` asks for one.
///
/// # Errors
/// The error of the lowest rank that failed by itself, its panic or its abort as an
/// [`Error::Rank`]; when all were only told of a failure, what the lowest of them made of it.
/// [`Error::Argument`] for no ranks at all, [`Error::Backend`] when the system gives no more
/// threads; the program has not begun anywhere then.
///
/// ```
/// use distarray_core::comm::ReduceOp;
///
/// let totals = distarray_threads::run(3, |comm| {
///     let mine = 10_u64.pow(comm.rank() as u32);
///     comm.all_reduce_of(ReduceOp::Sum, mine)
/// })?;
/// assert_eq!(totals, [111, 111, 111]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn run<R: Send>(
    ranks: usize,
    program: impl Fn(Rc<dyn Communicator>) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    run_with(Options::new(ranks), program)
}

/// As [`run`], with the options that it leaves out.
///
/// # Errors
/// As [`run`]; an [`Error::Rank`] when a rank has waited longer than the time limit, and
/// [`Error::Argument`] for a limit of no time at all.
///
/// ```
/// use std::time::Duration;
/// use distarray_threads::{Options, run_with};
///
/// let options = Options { timeout: Some(Duration::from_secs(60)), ..Options::new(3) };
/// let numbers = run_with(options, |comm| Ok(comm.rank()))?;
/// assert_eq!(numbers, [0, 1, 2]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn run_with<R: Send>(
    options: Options,
    program: impl Fn(Rc<dyn Communicator>) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let Options { ranks, timeout } = options;
    if timeout.is_some_and(|limit| limit.is_zero()) {
        return Err(Error::argument("the time limit is 0 s: no rank could wait for another"));
    }
    if ranks == 0 {
        return Err(Error::argument("cannot start 0 ranks: a program runs on at least 1"));
    }
    if let Some(why) = lacks_room_for(ranks) {
        return Err(Error::backend("threads", format!("cannot start {ranks} ranks: {why}")));
    }
    let gate: OnceLock<Option<Start>> = OnceLock::new();
    let (gate, program) = (&gate, &program);
    std::thread::scope(|scope| {
        let (mut threads, mut unparkers) = (Vec::new(), Vec::new());
        for rank in 0..ranks {
            let parker = Parker::new();
            unparkers.push(parker.unparker().clone());
            let body = move || {
                let start = gate.wait().as_ref()?;
                Some(run_rank(start, rank, parker, program))
            };
            match Builder::new().name(format!("rank {rank}")).spawn_scoped(scope, body) {
                Ok(thread) => threads.push(thread),
                Err(source) => {
                    // Nobody has begun; those that wait go home.
                    let _ = gate.set(None);
                    return Err(Error::Backend {
                        backend: "threads",
                        message: format!(
                            "cannot start {ranks} ranks: rank {rank}'s thread: {source}"
                        ),
                        source: Some(Arc::new(source)),
                    });
                }
            }
        }
        let world = Arc::new(World::new(unparkers, timeout));
        let group = Arc::new(Group::new((0..ranks).collect()));
        let _ = gate.set(Some(Start { world, group }));
        verdict(threads.into_iter().enumerate().map(|(rank, thread)| join(rank, thread)))
    })
}

/// One rank's thread, from the opening of the gate on.
fn run_rank<R>(
    start: &Start,
    rank: usize,
    parker: Parker,
    program: &impl Fn(Rc<dyn Communicator>) -> Result<R>,
) -> Result<R, Fault> {
    panic_hook::note_panics_of_this_thread();
    Operation::compare();
    let world = &start.world;
    let local = Rc::new(Local::new(Arc::clone(world), rank, parker));
    let member = Member::new(Rc::clone(&local), Arc::clone(&start.group), rank);
    // Nothing of the program that a panic may have left half done is used afterwards: its results
    // are thrown away with the error.
    let program = || panic_hook::program_of_rank(|| program(Rc::new(member)));
    let outcome = catch_unwind(AssertUnwindSafe(program));
    let (how, error, payload) = match outcome {
        Ok(Ok(result)) => {
            world.leave(rank);
            return Ok(result);
        }
        Ok(Err(error)) => (format!("failed with: {error}"), error, None),
        Err(payload) => {
            let how = describe(&*payload);
            (how.clone(), Error::rank(rank, how), Some(payload))
        }
    };
    // A program may fail by itself after it was told of another's failure.
    // A program may fail by itself though its last calls told it of what others did then.
    let own = payload.is_none() && !local.was_told(&error);
    let told = local.told_in().filter(|_| !own).map(|call| call.to_string());
    let trace = payload.as_ref().filter(|payload| !payload.is::<Abort>());
    let trace = trace.and_then(|_| panic_hook::backtrace());
    if told.is_none() {
        world.fail(Failure::Gone { rank, how });
    }
    world.leave(rank);
    // Last, as the destructor is the program's and may do anything.
    drop(payload);
    Err(Fault { error, told, trace })
}

/// What ended a rank's program by unwinding.
fn describe(payload: &(dyn Any + Send)) -> String {
    if let Some(Abort(how)) = payload.downcast_ref() {
        return how.clone();
    }
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    // What was noted last is of another panic where this one was raised without the hook, or
    // another hook has been put in its place.
    let noted = panic_hook::noted().filter(|noted| text.is_none_or(|text| noted.ends_with(text)));
    let without_place = || format!("panicked: {}", text.unwrap_or("a payload that is no text"));
    noted.unwrap_or_else(without_place)
}

fn join<R>(
    rank: usize,
    thread: ScopedJoinHandle<'_, Option<Result<R, Fault>>>,
) -> Result<R, Fault> {
    match thread.join() {
        Ok(Some(outcome)) => outcome,
        Ok(None) => unreachable!("the gate was opened"),
        Err(_) => Err(Fault {
            error: Error::rank(rank, "panicked in the destructor of a panic's payload"),
            told: None,
            trace: None,
        }),
    }
}

/// All results; or the error of the lowest rank that caused one, with what is to be said of the
/// other ranks; or else, where all were only told of it, that of the lowest which has one.
fn verdict<R>(outcomes: impl Iterator<Item = Result<R, Fault>>) -> Result<Vec<R>> {
    let (mut results, mut faults) = (Vec::new(), Vec::new());
    let mut size = 0;
    for (rank, outcome) in outcomes.enumerate() {
        size += 1;
        match outcome {
            Ok(result) => results.push(result),
            Err(fault) => faults.push((rank, fault)),
        }
    }
    let is_cause = |(rank, fault): &&(usize, Fault)| {
        fault.told.is_none() && !fault.error.blames_another(*rank)
    };
    let causes: Vec<&(usize, Fault)> = faults.iter().filter(is_cause).collect();
    let Some(&(_, fault)) = causes.first().or(faults.first().as_ref()) else {
        return Ok(results);
    };
    let text = fault.error.to_string();
    // Last, as it takes many lines.
    let traced = |error: Error| match (&fault.trace, error) {
        (Some(trace), Error::Rank { rank, message }) => {
            Error::rank(rank, format!("{message}\n{}", trace.trim_end()))
        }
        (_, error) => error,
    };
    let error = fault.error.clone();
    let alike = |(_, fault): &&&(usize, Fault)| fault.error.to_string() == text;
    if causes.is_empty() || causes.iter().filter(alike).count() == size {
        return Err(traced(error));
    }
    let ranks: Vec<usize> = causes.iter().map(|(rank, _)| *rank).collect();
    let told = faults.iter().find_map(|(rank, fault)| Some((rank, fault.told.as_ref()?)));
    let others = told.map(|(rank, call)| format!("while rank {rank} was in {call}"));
    Err(traced(naming(error, &ranks, size, others.as_deref())))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use distarray_core::comm::{Call, CallKind};

    use super::*;

    fn fault(error: Error) -> Fault {
        Fault { error, told: None, trace: None }
    }

    #[test]
    fn the_lowest_cause_counts_before_those_who_were_told() {
        let barrier = Call::now(CallKind::Barrier).to_string();
        let told =
            |text: &str| Err(Fault { told: Some(barrier.clone()), ..fault(Error::user(text)) });
        let cause = |text: &str| Err(fault(Error::user(text)));
        let text = |outcomes: Vec<Result<u8, Fault>>| {
            verdict(outcomes.into_iter()).unwrap_err().to_string()
        };
        assert_eq!(
            text(vec![told("a"), Ok(1), cause("b"), cause("c")]),
            "b (ranks 2, 3 of 4, while rank 0 was in barrier in the program)"
        );
        assert_eq!(text(vec![Ok(1), cause("b")]), "b (rank 1 of 2)");
        assert_eq!(text(vec![cause("b"), cause("b")]), "b");
        assert_eq!(text(vec![Ok(1), told("a"), told("b")]), "a");
        assert_eq!(verdict(vec![Ok::<_, Fault>(1), Ok(2)].into_iter()).unwrap(), [1, 2]);
        let panicked = Err(fault(Error::rank(1, "panicked")));
        assert_eq!(
            text(vec![told("a"), panicked]),
            "rank 1: panicked (while rank 0 was in barrier in the program)"
        );
    }

    #[test]
    fn the_backtrace_stands_behind_the_remarks() {
        let trace = Some("   0: frame\n   1: frame\n".to_owned());
        let panicked = Fault { trace, ..fault(Error::rank(1, "panicked")) };
        let told = Fault { told: Some("sum".into()), ..fault(Error::user("a")) };
        let outcome = verdict([Err::<u8, _>(told), Err(panicked)].into_iter());
        assert_eq!(
            outcome.unwrap_err().to_string(),
            "rank 1: panicked (while rank 0 was in sum)\n   0: frame\n   1: frame"
        );
    }
}
