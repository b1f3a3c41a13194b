//! To fall asleep and to be woken.

use std::sync::Arc;

use loom::thread;

use super::model;
use crate::condition::Source;
use crate::sync::{AtomicBool, Ordering, Parker};
use crate::wait::{Sleeper, announce};

/// One rank waits for two things in turn, which another does and announces.
#[test]
fn no_wake_is_lost() {
    model(None, || {
        let parker = Parker::new();
        let sleeper = Arc::new(Sleeper::new(parker.unparker().clone()));
        let done = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        let other = {
            let (sleeper, done) = (Arc::clone(&sleeper), Arc::clone(&done));
            move || {
                for flag in &*done {
                    flag.store(true, Ordering::Release);
                    announce();
                    sleeper.wake_from(Source::Rank(1));
                }
            }
        };
        let thread = thread::spawn(other);
        for flag in &*done {
            let _asleep = sleeper.fall_asleep(Source::Rank(1), None);
            // A lost wake leaves nobody to go on, which the model reports.
            while !flag.load(Ordering::Acquire) {
                parker.park();
            }
        }
        thread.join().unwrap();
    });
}

/// One rank waits for two others, which do their part and wake it if it waits for them.
#[test]
fn each_is_woken_by_the_one_it_waits_for() {
    model(Some(3), || {
        let parker = Parker::new();
        let sleeper = Arc::new(Sleeper::new(parker.unparker().clone()));
        let done = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        let threads: Vec<_> = (0..2)
            .map(|rank| {
                let (sleeper, done) = (Arc::clone(&sleeper), Arc::clone(&done));
                thread::spawn(move || {
                    done[rank].store(true, Ordering::Release);
                    announce();
                    sleeper.wake_from(Source::Rank(rank));
                })
            })
            .collect();
        for (rank, flag) in done.iter().enumerate() {
            let _asleep = sleeper.fall_asleep(Source::Rank(rank), None);
            while !flag.load(Ordering::Acquire) {
                parker.park();
            }
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}
