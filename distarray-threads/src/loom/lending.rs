//! Lent memory: nobody reads it when its owner writes to it again.

use std::sync::Arc;

use loom::thread;

use super::model;
use crate::condition::Source;
use crate::loan::Loan;
use crate::sync::{Cell, Parker};
use crate::wait::{Sleeper, announce};

/// Memory that is lent, and whose accesses the model follows.
struct Lent {
    memory: Cell<u8>,
    loan: Loan,
    owner: Sleeper,
}

impl Lent {
    fn new(readers: usize, parker: &Parker) -> Arc<Self> {
        let mut loan = Loan::default();
        loan.open(readers);
        let owner = Sleeper::new(parker.unparker().clone());
        Arc::new(Self { memory: Cell::new(7), loan, owner })
    }

    /// What a reader does; true if it has read.
    fn read(&self) -> bool {
        if !self.loan.claim() {
            return false;
        }
        // SAFETY: claimed.
        self.memory.with(|byte| assert_eq!(unsafe { *byte }, 7, "written while claimed"));
        if self.loan.release() {
            announce();
            self.owner.wake_from(Source::Readers);
        }
        true
    }

    /// What the owner does when it has its memory back.
    fn write(&self) {
        // SAFETY: returned, or revoked and idle.
        self.memory.with_mut(|byte| unsafe { *byte = 8 });
    }

    fn spawn_readers(self: &Arc<Self>, readers: usize) -> Vec<thread::JoinHandle<bool>> {
        let reader = || {
            let lent = Arc::clone(self);
            move || lent.read()
        };
        (0..readers).map(|_| thread::spawn(reader())).collect()
    }

    fn wait_until(&self, parker: &Parker, holds: impl Fn(&Loan) -> bool) {
        let _asleep = self.owner.fall_asleep(Source::Readers, None);
        while !holds(&self.loan) {
            parker.park();
        }
    }
}

fn returned(readers: usize, interruptions: Option<usize>) {
    model(interruptions, move || {
        let parker = Parker::new();
        let lent = Lent::new(readers, &parker);
        let threads = lent.spawn_readers(readers);
        lent.wait_until(&parker, Loan::is_returned);
        lent.write();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
    });
}

fn revoked(readers: usize, interruptions: Option<usize>) {
    model(interruptions, move || {
        let parker = Parker::new();
        let lent = Lent::new(readers, &parker);
        let threads = lent.spawn_readers(readers);
        lent.loan.revoke();
        lent.wait_until(&parker, Loan::is_idle);
        lent.write();
        for thread in threads {
            // Each has read, or has come too late.
            let _ = thread.join().unwrap();
        }
    });
}

#[test]
fn the_owner_writes_when_its_reader_has_read() {
    returned(1, None);
}

#[test]
fn the_owner_writes_when_both_readers_have_read() {
    returned(2, Some(3));
}

#[test]
fn the_owner_that_revokes_writes_when_nobody_reads() {
    revoked(1, None);
    revoked(2, Some(3));
}
