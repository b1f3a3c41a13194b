//! [`Faults`]: a layer under which one call of one rank goes wrong.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use distarray::comm::{Communicator, Layer, Layered, Step};
use distarray::{Error, Result};

/// How late a call is made: longer than waiting ranks spin before they sleep.
const LATE: Duration = Duration::from_millis(2);

/// What goes wrong in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails without having been made, and so do all that follow: what is broken stays so.
    Fail,
    /// The rank panics instead of making it.
    Panic,
    /// The rank makes it late, when the others have long been waiting: no failure.
    Delay,
}

/// Makes one call of one rank go wrong, whichever group it belongs to.
///
/// ```
/// use std::rc::Rc;
/// use distarray::comm::Solo;
/// use distarray_tests::decorator::{Fault, Faults};
///
/// let comm = Faults { rank: 0, step: 1, fault: Fault::Fail }.around(Rc::new(Solo));
/// assert!(comm.barrier().is_ok());
/// assert!(comm.barrier().unwrap_err().to_string().contains("injected"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// The rank.
    pub rank: usize,
    /// The number of its call.
    pub step: usize,
    /// What goes wrong.
    pub fault: Fault,
}

impl Faults {
    /// The communicator with the fault.
    pub fn around(self, comm: Rc<dyn Communicator>) -> Rc<dyn Communicator> {
        let steps = (comm.rank() == self.rank).then(Rc::default);
        Rc::new(Layered::new(comm, Rc::new(Injection { faults: self, steps })))
    }
}

#[derive(Debug)]
struct Injection {
    faults: Faults,
    /// The calls of this rank so far, where it is the one.
    steps: Option<Rc<Cell<usize>>>,
}

impl Layer for Injection {
    fn around(
        &self,
        _: &dyn Communicator,
        step: &Step<'_>,
        call: &mut dyn FnMut() -> Result<()>,
    ) -> Result<()> {
        let Some(steps) = &self.steps else { return call() };
        let Faults { rank, step: at, fault } = self.faults;
        let now = steps.replace(steps.get() + 1);
        if now < at || now > at && fault != Fault::Fail {
            return call();
        }
        let message = format!("injected into step {at} of rank {rank}, {}", step.kind);
        match fault {
            Fault::Fail => Err(Error::user(message)),
            Fault::Panic => panic!("{message}"),
            Fault::Delay => {
                std::thread::sleep(LATE);
                call()
            }
        }
    }

    fn of_part(&self, _: &dyn Communicator) -> Result<Rc<dyn Layer>> {
        Ok(Rc::new(Self { faults: self.faults, steps: self.steps.clone() }))
    }
}

/// Counts the calls of each rank, whichever groups they belong to.
///
/// ```
/// use std::rc::Rc;
/// use distarray::comm::Solo;
/// use distarray_tests::decorator::Counting;
///
/// let counting = Counting::new(1);
/// counting.around(Rc::new(Solo)).barrier()?;
/// assert_eq!(counting.steps(0), 1);
/// # Ok::<(), distarray::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Counting(Arc<[AtomicUsize]>);

impl Counting {
    /// For so many ranks.
    pub fn new(ranks: usize) -> Self {
        Self((0..ranks).map(|_| AtomicUsize::new(0)).collect())
    }

    /// The communicator whose calls are counted.
    pub fn around(&self, comm: Rc<dyn Communicator>) -> Rc<dyn Communicator> {
        let layer = Count { all: self.clone(), rank: comm.rank() };
        Rc::new(Layered::new(comm, Rc::new(layer)))
    }

    /// The calls of a rank so far.
    pub fn steps(&self, rank: usize) -> usize {
        self.0[rank].load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
struct Count {
    all: Counting,
    rank: usize,
}

impl Layer for Count {
    fn around(
        &self,
        _: &dyn Communicator,
        _: &Step<'_>,
        call: &mut dyn FnMut() -> Result<()>,
    ) -> Result<()> {
        self.all.0[self.rank].fetch_add(1, Ordering::Relaxed);
        call()
    }

    fn of_part(&self, _: &dyn Communicator) -> Result<Rc<dyn Layer>> {
        Ok(Rc::new(Self { all: self.all.clone(), rank: self.rank }))
    }
}
