//! Traces: what a recording holds, and what subscribers of the `tracing` ecosystem are told.

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use distarray::comm::{Event, Instruments, Recording, Trace};
use distarray::prelude::*;
use distarray::{Launch, TraceOutput};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};

/// A program with several kinds of calls.
fn program(ctx: &Context) -> Result<()> {
    let a = ctx.from_fn([60, 40], |at| (at[0] * at[1]) as f64)?;
    let b = a.redistribute("n,b")?;
    assert_eq!(a.sum()?, b.sum()?);
    ctx.barrier()
}

/// The trace of a program on so many ranks.
fn recorded(ranks: usize) -> Trace {
    let kept = Mutex::new(None);
    distarray::threads::run(ranks, |comm| {
        let instruments = Instruments { check: false, trace: true };
        let keep = |trace: &Trace| {
            *kept.lock().unwrap() = Some(trace.clone());
            Ok(())
        };
        instruments.around(comm, |comm| program(&Context::new(comm)), keep)
    })
    .unwrap();
    kept.into_inner().unwrap().expect("rank 0 keeps the trace")
}

#[test]
fn a_trace_holds_each_call_of_each_rank_with_its_bytes() {
    for ranks in [2, 3, 5] {
        let trace = recorded(ranks);
        assert_eq!(trace.ranks().len(), ranks);
        let moved = |of: fn(&Event) -> u64| -> u64 {
            let calls = trace.ranks().iter().flatten();
            calls.filter(|event| event.operation == "redistribute").map(of).sum()
        };
        // All but the blocks on the diagonal of the two distributions.
        let diagonal: usize = (0..ranks)
            .map(|rank| {
                let of = |extent: usize| {
                    let block = extent.div_ceil(ranks);
                    extent.min((rank + 1) * block) - extent.min(rank * block)
                };
                of(60) * of(40)
            })
            .sum();
        assert_eq!(moved(|event| event.sent), (60 * 40 - diagonal) as u64 * 8);
        assert_eq!(moved(|event| event.sent), moved(|event| event.received));
        for events in trace.ranks() {
            let calls: Vec<_> = events.iter().filter(|event| !event.call.is_empty()).collect();
            let names: Vec<_> = calls.iter().map(|event| &*event.call).collect();
            assert_eq!(names, ["exchange", "all_gather", "all_gather", "barrier"]);
            assert!(calls.iter().all(|event| event.wait <= event.time));
            assert!(calls.iter().all(|event| event.place.starts_with("tests/tests/tracing.rs:")));
            // Calls lie within the operations that made them.
            for call in calls {
                let end = call.start + call.time;
                let around = |event: &&Event| {
                    event.call.is_empty()
                        && event.place == call.place
                        && event.start <= call.start
                        && end <= event.start + event.time
                };
                assert!(events.iter().any(|event| around(&event)), "{call:?} in {events:?}");
            }
        }
    }
}

#[test]
fn nothing_is_recorded_after_a_recording() {
    distarray::threads::run(2, |comm| {
        let recording = Recording::start(comm)?;
        let ctx = Context::new(recording.communicator());
        ctx.barrier()?;
        let trace = recording.finish()?;
        assert_eq!(trace.is_some(), ctx.rank() == 0);
        ctx.barrier()?;
        assert!(!distarray::comm::is_timing());
        Ok(())
    })
    .unwrap();
}

#[test]
fn traces_are_kept_after_a_failure_and_files_that_cannot_be_written_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let to = |path: PathBuf| Launch::new().ranks(2).trace(TraceOutput::File(path));
    let path = folder.path().join("trace.json");
    let outcome = to(path.clone()).run(|ctx| {
        ctx.barrier()?;
        Err::<(), _>(Error::user("no more"))
    });
    assert_eq!(outcome.unwrap_err().to_string(), "no more");
    assert!(std::fs::read_to_string(path).unwrap().contains("barrier"));
    let error = to(folder.path().join("no/trace.json")).run(|ctx| ctx.barrier()).unwrap_err();
    assert!(error.to_string().contains("no/trace.json: cannot write the trace"), "{error}");
}

/// Notes names of spans and fields of events.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {}={value:?}", field.name()));
    }
}

impl Subscriber for Notes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "distarray"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut text = span.metadata().name().to_owned();
        span.record(&mut Fields(&mut text));
        self.0.lock().unwrap().push(text);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = "event".to_owned();
        event.record(&mut Fields(&mut text));
        self.0.lock().unwrap().push(text);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn subscribers_are_told_of_operations_and_calls() {
    let notes = Notes::default();
    let subscriber = notes.clone();
    Launch::new()
        .ranks(2)
        .checked(false)
        .run(move |ctx| {
            // A subscriber of the rank's own thread, under which another program runs.
            let _guard = tracing::subscriber::set_default(subscriber.clone());
            let comm = ctx.communicator()?.split(Some(0), ctx.rank())?.expect("every rank joins");
            Instruments::default().around(comm, |comm| program(&Context::new(comm)), |_| Ok(()))
        })
        .unwrap();
    let notes = notes.0.lock().unwrap();
    let count = |words: &[&str]| {
        notes.iter().filter(|note| words.iter().all(|word| note.contains(word))).count()
    };
    assert_eq!(count(&["operation", "name=\"redistribute\"", "tests/tests/tracing.rs"]), 2);
    assert_eq!(count(&["event", "call=\"exchange\"", "operation=\"redistribute\"", "peers=1"]), 2);
    assert_eq!(count(&["event", "call=\"all_gather\"", "operation=\"sum\"", "wait_us="]), 4);
}
