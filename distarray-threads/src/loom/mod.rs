//! Models: the backend's synchronisation under every order of its steps, and every value that its
//! loads may see, as far as the bounds reach.
//!
//! `RUSTFLAGS="--cfg loom" cargo test --release -p distarray-threads --lib loom`

mod circle;
mod collectives;
mod ending;
mod lending;
mod sleeping;

use std::rc::Rc;
use std::sync::Arc;

use distarray_core::Result;

use crate::communicator::Member;
use crate::group::Group;
use crate::local::Local;
use crate::sync::Parker;
use crate::world::World;

/// Tries all executions in which threads are interrupted at most so many times (`None`: any).
fn model(interruptions: Option<usize>, run: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = interruptions;
    builder.max_branches = 20_000;
    builder.check(run);
}

/// The ranks of a world, each with its number, on threads of the model; gives what each ended with.
fn ranks<R: 'static>(
    size: usize,
    program: impl Fn(&Member) -> Result<R> + Send + Sync + 'static,
) -> Vec<Result<R>> {
    let parkers: Vec<Parker> = (0..size).map(|_| Parker::new()).collect();
    let unparkers = parkers.iter().map(|parker| parker.unparker().clone()).collect();
    let world = Arc::new(World::new(unparkers, None));
    let group = Arc::new(Group::new((0..size).collect()));
    let program = Arc::new(program);
    let body = |rank: usize, parker: Parker| {
        let (world, group, program) =
            (Arc::clone(&world), Arc::clone(&group), Arc::clone(&program));
        move || {
            let local = Rc::new(Local::new(Arc::clone(&world), rank, parker));
            let outcome = program(&Member::new(local, group, rank));
            world.leave(rank);
            outcome
        }
    };
    let mut bodies: Vec<_> =
        parkers.into_iter().enumerate().map(|(rank, parker)| body(rank, parker)).collect();
    let first = bodies.remove(0);
    let threads: Vec<_> = bodies.into_iter().map(loom::thread::spawn).collect();
    let mut outcomes = vec![first()];
    outcomes.extend(threads.into_iter().map(|thread| thread.join().unwrap()));
    outcomes
}
