//! Budgets: how much a part of a program may communicate.
//!
//! A budget is a layer that stands around the communicator while it lasts, so that a program without
//! one spends nothing on it. A rank is a thread, so a thread's variable holds what is left.

use std::cell::Cell;
use std::rc::Rc;

use super::{CallKind, Communicator, Layer, Layered, Operation, ReduceOp, Step};
use crate::error::{Error, Result};

#[derive(Clone, Copy, Debug)]
struct Budget {
    limit: u64,
    left: u64,
}

thread_local! {
    static BUDGET: Cell<Option<Budget>> = const { Cell::new(None) };
    /// Agreements are the price of safety, not of a program's design.
    static UNCOUNTED: Cell<bool> = const { Cell::new(false) };
}

/// Restores a thread's variable, also when a panic unwinds.
struct Restore<T: Copy + 'static>(&'static std::thread::LocalKey<Cell<T>>, T);

impl<T: Copy> Drop for Restore<T> {
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}

/// Runs a part of a program whose operations on arrays may send so many bytes, all ranks together.
///
/// Within another budget it has what is left of that one at most, and uses it up.
///
/// ```
/// use distarray_core::comm::within_budget;
///
/// assert_eq!(within_budget(0, || 2 + 2), 4);
/// ```
pub fn within_budget<R>(bytes: u64, part: impl FnOnce() -> R) -> R {
    let outer = BUDGET.get();
    let limit = outer.map_or(bytes, |outer| outer.left.min(bytes));
    let mut restore = Restore(&BUDGET, outer);
    BUDGET.set(Some(Budget { limit, left: limit }));
    let result = part();
    let used = BUDGET.get().map_or(0, |budget| budget.limit - budget.left);
    restore.1 = outer.map(|outer| Budget { left: outer.left - used, ..outer });
    result
}

/// The communicator under the present budget; `None` where there is none.
pub(crate) fn under_budget(comm: &Rc<dyn Communicator>) -> Option<Rc<dyn Communicator>> {
    BUDGET.get()?;
    Some(Rc::new(Layered::new(Rc::clone(comm), Rc::new(Account))))
}

/// Runs calls that no budget counts.
pub(super) fn uncounted<R>(calls: impl FnOnce() -> R) -> R {
    let _restore = Restore(&UNCOUNTED, UNCOUNTED.replace(true));
    calls()
}

/// Counts what is sent before it is.
#[derive(Debug)]
struct Account;

impl Layer for Account {
    fn around(
        &self,
        comm: &dyn Communicator,
        step: &Step<'_>,
        call: &mut dyn FnMut() -> Result<()>,
    ) -> Result<()> {
        if UNCOUNTED.get() {
            return call();
        }
        let Some(budget) = BUDGET.get() else { return call() };
        let cost = cost(comm, step)?;
        if cost > budget.left {
            let Budget { limit, left } = budget;
            let rest =
                if left < limit { format!(", of which {left} are left") } else { String::new() };
            return Err(Error::Budget(format!(
                "{} would send {cost} bytes; its budget is {limit} bytes{rest}",
                Operation::current()
            )));
        }
        BUDGET.set(Some(Budget { left: budget.left - cost, ..budget }));
        call()
    }

    fn of_part(&self, _: &dyn Communicator) -> Result<Rc<dyn Layer>> {
        Ok(Rc::new(Self))
    }
}

/// The bytes that all ranks together send in a call; the same on every rank.
fn cost(comm: &dyn Communicator, step: &Step<'_>) -> Result<u64> {
    let others = comm.size() as u64 - 1;
    let each = |bytes: usize, times: u64| (bytes as u64).saturating_mul(times);
    Ok(match step.kind {
        CallKind::Broadcast { bytes, .. } => each(bytes, others),
        CallKind::AllGather { bytes } => each(bytes, others.saturating_mul(others + 1)),
        // To one rank and back again.
        CallKind::AllReduce { bytes, .. } => each(bytes, 2 * others),
        CallKind::Begin
        | CallKind::Barrier
        | CallKind::Split
        | CallKind::Receive { .. }
        | CallKind::Send { .. }
        | CallKind::FinishExchange
        | CallKind::Leave => 0,
        // Each rank knows what it sends itself.
        CallKind::Exchange | CallKind::StartExchange => {
            let sent = step.sends.iter().filter(|message| message.peer != comm.rank());
            let sent: u64 = sent.map(|message| message.bytes() as u64).sum();
            comm.all_reduce_of(ReduceOp::Sum, sent)?
        }
    })
}
