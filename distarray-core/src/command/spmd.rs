//! [`Spmd`]: commands carried out here, together with the other ranks.

use std::cell::Cell;
use std::rc::Rc;

use super::arguments::written_together;
use super::{Change, Command, Executor, Reply};
use crate::comm::{Communicator, Operation, under_budget};
use crate::element::Scalar;
use crate::error::Result;
use crate::expr::Node;
use crate::handle::ArrayRef;
use crate::ops::{self, Alignment, Counted, Reduced};

/// The executor of a program that every rank runs.
#[derive(Clone, Debug)]
pub struct Spmd {
    comm: Rc<dyn Communicator>,
    alignment: Cell<Alignment>,
}

impl Spmd {
    /// Carries out commands with the other ranks of a group.
    pub fn new(comm: Rc<dyn Communicator>) -> Self {
        Self { comm, alignment: Cell::default() }
    }
}

impl Executor for Spmd {
    fn execute(&self, command: Command) -> Result<Reply> {
        let budgeted = under_budget(&self.comm);
        let comm = &**budgeted.as_ref().unwrap_or(&self.comm);
        let alignment = self.alignment.get();
        Operation::note(|| command.arguments());
        comm.begin()?;
        Ok(match command {
            Command::Create { recipe, distribution } => {
                Reply::Array(ops::create(comm, recipe, &distribution)?)
            }
            Command::Evaluate { node, distribution } => {
                Reply::Array(ops::evaluate(comm, &node, distribution.as_ref(), alignment)?)
            }
            Command::EvaluateRows { node, rows, distribution } => {
                let given = distribution.as_ref();
                Reply::Array(ops::evaluate_rows(comm, &node, &rows, given, alignment)?)
            }
            Command::EvaluateTogether { nodes } => {
                Reply::Arrays(ops::evaluate_together(comm, &nodes, alignment)?)
            }
            Command::Reduce { requests } => {
                Reply::Reduced(ops::reduce(comm, &requests, alignment)?)
            }
            Command::Scan { node, scan, axis, skip_nan } => {
                Reply::Array(ops::scan(comm, &node, scan, axis, skip_nan, alignment)?)
            }
            Command::Bincount { numbers, weights, least } => {
                Reply::Array(ops::bincount(comm, &numbers, weights.as_ref(), least, alignment)?)
            }
            Command::Histogram { request } => {
                Reply::Counted(ops::histogram(comm, &request, alignment)?)
            }
            Command::Quantile { node, quantiles, method, skip_nan } => {
                Reply::Numbers(ops::quantile(comm, &node, &quantiles, method, skip_nan, alignment)?)
            }
            Command::QuantileAlong { node, quantile, axis, how } => {
                Reply::Array(ops::quantile_along(comm, &node, quantile, axis, how, alignment)?)
            }
            Command::Covariance { request } => {
                Reply::Array(ops::covariance(comm, &request, alignment)?)
            }
            Command::Redistribute { array, distribution } => {
                Reply::Array(ops::redistribute(comm, &array, &distribution)?)
            }
            Command::Follow { array, route } => Reply::Array(ops::follow(comm, &route, &array)?),
            Command::Gather { array, root } => Reply::Block(ops::gather(comm, &array, root)?),
            Command::GatherToAll { array, ranges } => {
                Reply::Block(Some(ops::gather_to_all(comm, &array, &ranges)?))
            }
            Command::Scatter { block, root, dtype, distribution } => {
                Reply::Array(ops::scatter(comm, root, block, dtype, &distribution)?)
            }
            Command::Slice { array, cuts } => Reply::Array(ops::slice(comm, &array, &cuts)?),
            Command::Permute { array, order } => Reply::Array(ops::permute(&array, &order)),
            Command::BroadcastTo { array, shape } => {
                Reply::Array(ops::broadcast_to(&array, &shape, comm.rank())?)
            }
            Command::Reshape { array, shape, distribution } => {
                Reply::Array(ops::reshape(comm, &array, &shape, distribution.as_ref())?)
            }
            Command::Rearrange { array, axis, extent, moves, fill } => {
                Reply::Array(ops::rearrange(comm, &array, axis, extent, &moves, fill)?)
            }
            Command::Repeat { array, axis, times } => {
                Reply::Array(ops::repeat(comm, &array, axis, times)?)
            }
            Command::Concatenate { arrays, axis } => {
                Reply::Array(ops::concatenate(comm, &arrays, axis)?)
            }
            Command::Triangle { array, diagonal, lower } => {
                Reply::Array(ops::triangle(comm, &array, diagonal, lower)?)
            }
            Command::Take { array, selection } => {
                Reply::Array(ops::take(comm, &array, &selection, alignment)?)
            }
            Command::Masked { array, mask } => {
                Reply::Array(ops::masked(comm, &array, &mask, alignment)?)
            }
            Command::Compress { array, condition, axis } => {
                Reply::Array(ops::compress(comm, &array, &condition, axis, alignment)?)
            }
            Command::Nonzero { node, rows: false } => {
                Reply::Array(ops::flat_nonzero(comm, &node, alignment)?)
            }
            Command::Nonzero { node, rows: true } => {
                Reply::Array(ops::argwhere(comm, &node, alignment)?)
            }
            Command::ElementAt { array, index } => {
                Reply::Scalar(ops::element_at(comm, &array, &index)?)
            }
        })
    }

    fn change(&self, array: &mut ArrayRef, change: Change) -> Result<()> {
        let budgeted = under_budget(&self.comm);
        let comm = &**budgeted.as_ref().unwrap_or(&self.comm);
        let alignment = self.alignment.get();
        Operation::note(|| change.arguments(array));
        comm.begin()?;
        match change {
            Change::SetElement { index, value } => ops::set_element(comm, array, &index, value),
            Change::Assign { cuts, value } => ops::assign(comm, array, &cuts, &value, alignment),
            Change::Update { cuts, op, value } => {
                ops::update(comm, array, &cuts, op, &value, alignment)
            }
            Change::Put { selection, values, op } => {
                ops::put(comm, array, &selection, &values, op, alignment)
            }
            Change::PutMasked { mask, values } => {
                ops::put_masked(comm, array, &mask, &values, alignment)
            }
            Change::Follow { array: from, route } => ops::follow_into(comm, &route, &from, array),
            Change::ExchangeHalo => ops::exchange_halo(comm, array),
        }
    }

    fn assign_together(&self, arrays: &mut [&mut ArrayRef], values: &[Node]) -> Result<()> {
        let budgeted = under_budget(&self.comm);
        let comm = &**budgeted.as_ref().unwrap_or(&self.comm);
        Operation::note(|| written_together(arrays, values));
        comm.begin()?;
        ops::assign_together(comm, arrays, values, self.alignment.get())
    }

    fn set_alignment(&self, alignment: Alignment) -> Alignment {
        self.alignment.replace(alignment)
    }

    fn communicator(&self) -> Result<&Rc<dyn Communicator>> {
        Ok(&self.comm)
    }
}

impl Reply {
    /// The array of a reply that is one.
    ///
    /// # Panics
    /// The command gives something else.
    pub(crate) fn into_array(self) -> ArrayRef {
        match self {
            Self::Array(array) => array,
            other => unreachable!("the command gives an array, not {other:?}"),
        }
    }

    /// The arrays of a reply that has several.
    ///
    /// # Panics
    /// The command gives something else.
    pub(crate) fn into_arrays(self) -> Vec<ArrayRef> {
        match self {
            Self::Arrays(arrays) => arrays,
            other => unreachable!("the command gives arrays, not {other:?}"),
        }
    }

    /// The value of a reply that is one.
    ///
    /// # Panics
    /// The command gives something else.
    pub(crate) fn into_scalar(self) -> Scalar {
        match self {
            Self::Scalar(value) => value,
            other => unreachable!("the command gives a value, not {other:?}"),
        }
    }

    /// The results of a reply that has several.
    ///
    /// # Panics
    /// The command gives something else.
    pub(crate) fn into_reduced(self) -> Vec<Reduced> {
        match self {
            Self::Reduced(results) => results,
            other => unreachable!("the command reduces, and gives no {other:?}"),
        }
    }

    /// The histogram of a reply that is one.
    ///
    /// # Panics
    /// The command gives something else.
    pub(crate) fn into_counted(self) -> Counted {
        match self {
            Self::Counted(counted) => counted,
            other => unreachable!("the command counts, and gives no {other:?}"),
        }
    }

    /// The numbers of a reply that has some.
    ///
    /// # Panics
    /// The command gives something else.
    pub(crate) fn into_numbers(self) -> Vec<f64> {
        match self {
            Self::Numbers(numbers) => numbers,
            other => unreachable!("the command gives numbers, not {other:?}"),
        }
    }

    /// The elements of a reply that are on this rank.
    ///
    /// # Panics
    /// The command gives something else.
    pub(crate) fn into_block(self) -> Option<crate::block::Block> {
        match self {
            Self::Block(block) => block,
            other => unreachable!("the command gives elements, not {other:?}"),
        }
    }
}
