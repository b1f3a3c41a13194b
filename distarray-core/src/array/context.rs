//! [`Context`]: where a program makes its arrays.

use std::fmt;
use std::io::Write;
use std::rc::Rc;

use super::{Alignment, DistArray};
use crate::comm::{Arguments, Communicator, Operation, Solo, under_budget};
use crate::command::{Change, Command, Executor, Reply, Spmd};
use crate::dist::Distribution;
use crate::element::{DType, Element};
use crate::error::{Error, Result};
use crate::expr::{IntoError, Node};
use crate::handle::ArrayRef;

/// A rank's entrance to everything: its group of ranks, and new arrays over them.
///
/// A backend's `run` hands one to the program on each rank. Cloning is cheap; arrays hold one.
///
/// ```
/// use distarray_core::array::Context;
///
/// let ctx = Context::solo();
/// assert_eq!((ctx.rank(), ctx.size()), (0, 1));
/// let ones = ctx.ones::<f64>([3, 4])?;
/// assert_eq!(ones.shape(), [3, 4]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Context {
    executor: Rc<dyn Executor>,
    rank: usize,
    size: usize,
    backend: &'static str,
}

impl Context {
    /// A context over a group of ranks.
    pub fn new(comm: Rc<dyn Communicator>) -> Self {
        let (rank, size, backend) = (comm.rank(), comm.size(), comm.backend());
        Self { executor: Rc::new(Spmd::new(comm)), rank, size, backend }
    }

    /// A context of one rank that needs no backend: for serial programs and tests.
    pub fn solo() -> Self {
        Self::new(Rc::new(Solo))
    }

    /// This rank, from 0 to `size() - 1`.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The number of ranks.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The backend's name: `"solo"`, `"threads"` or `"mpi"`.
    pub fn backend(&self) -> &'static str {
        self.backend
    }

    /// The group of ranks, for messages and collectives of one's own.
    ///
    /// # Errors
    /// The program does not run on the ranks.
    ///
    /// ```
    /// use distarray_core::{array::Context, comm::ReduceOp};
    ///
    /// let ctx = Context::solo();
    /// assert_eq!(ctx.communicator()?.all_reduce_of(ReduceOp::Sum, 1)?, 1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn communicator(&self) -> Result<&dyn Communicator> {
        self.executor.communicator().map(|comm| &**comm)
    }

    /// Returns when every rank has called it.
    ///
    /// # Errors
    /// A rank failed.
    #[track_caller]
    pub fn barrier(&self) -> Result<()> {
        let _scope = Operation::enter("barrier");
        self.communicator()?.barrier()
    }

    /// Shares the outcome of local work: the value where it went well on every rank, else the error
    /// of the lowest rank that failed, on every rank alike. Where the ranks did not all fail alike,
    /// it says which ones did. Errors of any type will do, also `String` and `&str`.
    ///
    /// One all-reduce of eight bytes; a failure costs a gather of eight bytes and two broadcasts more.
    ///
    /// # Errors
    /// The lowest failing rank's.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// assert_eq!(ctx.agree("7".parse::<u8>())?, 7);
    /// assert!(ctx.agree(std::fs::read("no such file")).is_err());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn agree<T, E: IntoError>(&self, outcome: Result<T, E>) -> Result<T> {
        let _scope = Operation::enter("agree");
        self.communicator()?.agree(outcome.map_err(Error::from_any))
    }

    /// Divides the ranks: those of equal colour get a context of their own, ordered by key, then by
    /// rank; `None` as colour joins none. Collective.
    ///
    /// # Errors
    /// A rank failed.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// assert_eq!(ctx.split(Some(3), 0)?.unwrap().size(), 1);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn split(&self, color: Option<usize>, key: usize) -> Result<Option<Self>> {
        let _scope = Operation::enter("split");
        Ok(self.communicator()?.split(color, key)?.map(Self::new))
    }

    /// Prints a line to the standard output, from rank 0 alone. Nothing is sent.
    ///
    /// A reader that has gone away, such as a closed pipe, is not an error.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// ctx.print_once(format_args!("{} ranks", ctx.size()));
    /// ```
    pub fn print_once(&self, line: impl fmt::Display) {
        if self.rank == 0 {
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }

    /// An array of what a layer below has made.
    ///
    /// # Errors
    /// The elements are of another type.
    pub fn adopt_ref<T: Element>(&self, array: ArrayRef) -> Result<DistArray<T>> {
        if array.dtype() == T::DTYPE {
            Ok(DistArray::new(self.clone(), array))
        } else {
            Err(Error::dtype(format!("elements are {}, not {}", array.dtype(), T::DTYPE)))
        }
    }

    /// The group of ranks, under the budget of the present part of the program.
    pub(super) fn budgeted(&self) -> Result<Rc<dyn Communicator>> {
        let comm = self.executor.communicator()?;
        Ok(under_budget(comm).unwrap_or_else(|| Rc::clone(comm)))
    }

    /// Begins an operation that each rank carries out by itself and that makes such an array.
    pub(super) fn begin(&self, dtype: DType, distribution: &Distribution) -> Result<()> {
        Operation::note(|| {
            let array = Arguments::new().array(dtype, distribution.shape());
            array.and("distribution", &distribution.digest())
        });
        self.communicator()?.begin()
    }

    pub(super) fn execute(&self, command: Command) -> Result<Reply> {
        self.executor.execute(command)
    }

    pub(super) fn change(&self, array: &mut ArrayRef, change: Change) -> Result<()> {
        self.executor.change(array, change)
    }

    pub(super) fn assign_together(
        &self,
        arrays: &mut [&mut ArrayRef],
        values: &[Node],
    ) -> Result<()> {
        self.executor.assign_together(arrays, values)
    }

    pub(super) fn align_by(&self, alignment: Alignment) -> Alignment {
        self.executor.set_alignment(alignment)
    }

    /// Whether both run on the same group.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.executor, &other.executor)
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Context(rank {} of {} on {})", self.rank, self.size, self.backend)
    }
}
