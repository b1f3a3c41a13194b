//! Reading and writing where a mask is true.

use std::rc::Rc;

use ndarray::{ArrayD, ArrayViewD};

use super::ordering::{Ordering, in_blocks, trues};
use super::put::{Values, check_shape, evaluated, held_by, make_own, scatter};
use super::resolve::{Numbers, Resolved, within};
use super::take::gather;
use crate::block::Block;
use crate::comm::{Arguments, Communicator, Operation};
use crate::dist::Distribution;
use crate::element::{DType, Element, Scalar};
use crate::error::{Error, Result};
use crate::expr::{Node, Operator};
use crate::handle::ArrayRef;
use crate::ops::align::{Alignment, align};
use crate::ops::evaluate::evaluate;

/// Truth values that say which elements are meant.
#[derive(Clone, Debug)]
pub enum Mask {
    /// The same ones on every rank, which has all of them.
    Replicated(Rc<ArrayD<bool>>),
    /// Spread over the ranks: an expression of truth values.
    Distributed(Node),
}

impl Mask {
    /// Extents of the mask as an array.
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::Replicated(mask) => mask.shape(),
            Self::Distributed(node) => node.shape(),
        }
    }

    /// Adds to what the ranks compare.
    pub(crate) fn note(&self, arguments: Arguments) -> Arguments {
        match self {
            Self::Replicated(mask) => {
                let all: Vec<bool> = mask.iter().copied().collect();
                arguments.and("mask", &(mask.shape(), all))
            }
            Self::Distributed(node) => arguments.and("mask", &node.digest()),
        }
    }

    /// This rank's part of the mask under a distribution of its shape.
    fn under(
        &self,
        comm: &dyn Communicator,
        distribution: &Distribution,
        alignment: Alignment,
    ) -> Result<Block> {
        let array = match self {
            Self::Replicated(mask) => crate::ops::from_replicated(comm, mask.view(), distribution)?,
            Self::Distributed(node) => match node.operator() {
                Operator::Array(array) => array.clone(),
                _ => evaluate(comm, node, Some(distribution), alignment)?,
            },
        };
        Ok(align(comm, &[&array], distribution, alignment)?.remove(0))
    }

    /// Refuses a mask that is not one of the array's first axes.
    fn check(&self, of: &[usize]) -> Result<()> {
        let shape = self.shape();
        if of.starts_with(shape) {
            return Ok(());
        }
        let name = Operation::current().name;
        let message = format!("'{name}': a mask of shape {shape:?} for an array of shape {of:?}");
        Err(Error::shape(message))
    }
}

/// Where a mask's elements lie when it is taken by itself: as the array's first axes, on the ranks
/// at coordinate 0 of the others.
fn mask_distribution(of: &Distribution, ndim: usize) -> Result<Distribution> {
    of.without_halo().reduce(&(ndim..of.ndim()).collect::<Vec<_>>())
}

/// What the ranks have found true, and the numbers of that in even blocks.
fn found(
    comm: &dyn Communicator,
    mask: &Mask,
    distribution: &Distribution,
    alignment: Alignment,
) -> Result<ArrayRef> {
    let block = mask.under(comm, distribution, alignment)?;
    let places = std::iter::repeat(());
    let found = trues(&block.view()?, distribution, comm.rank(), places);
    let numbers = found.into_iter().map(|(number, ())| number).collect();
    Ordering::new(comm, distribution, numbers)?.numbers(comm)
}

/// What is selected by numbers in an array of their own, along axes that they count over.
fn by_numbers(
    source: &Distribution,
    axes: std::ops::Range<usize>,
    numbers: &ArrayRef,
) -> Result<Resolved> {
    let here = numbers.owned()?.view::<i64>()?.iter().map(|&number| number as usize).collect();
    Resolved::around(source, axes, numbers.distribution(), Numbers::Here(here))
}

/// Of an array without copies; see [`masked`](super::masked).
pub(super) fn masked(
    comm: &dyn Communicator,
    array: &ArrayRef,
    mask: &Mask,
    alignment: Alignment,
) -> Result<ArrayRef> {
    mask.check(array.shape())?;
    let ndim = mask.shape().len();
    if ndim < array.shape().len() {
        let over = mask_distribution(array.distribution(), ndim)?;
        let numbers = found(comm, mask, &over, Alignment::Move)?;
        return gather(comm, array, &by_numbers(array.distribution(), 0..ndim, &numbers)?);
    }
    let distribution = array.distribution().without_halo();
    let mask = mask.under(comm, &distribution, alignment)?;
    crate::with_element!(array.dtype(), T => {
        let elements = array.owned()?;
        let elements: ArrayViewD<'_, T> = elements.view()?;
        let elements = elements.iter().copied();
        let (numbers, values) = trues(&mask.view()?, &distribution, comm.rank(), elements)
            .into_iter()
            .unzip();
        Ordering::new(comm, &distribution, numbers)?.collect::<T>(comm, values)
    })
}

/// Of an array without copies; see [`compress`](super::compress).
pub(super) fn compress(
    comm: &dyn Communicator,
    array: &ArrayRef,
    condition: &Mask,
    axis: usize,
    alignment: Alignment,
) -> Result<ArrayRef> {
    let name = Operation::current().name;
    let &[len] = condition.shape() else {
        let shape = condition.shape();
        return Err(Error::shape(format!(
            "'{name}': a condition of one axis, not shape {shape:?}"
        )));
    };
    let Some(&extent) = array.shape().get(axis) else {
        let ndim = array.shape().len();
        return Err(Error::index(format!("'{name}': axis {axis} of an array of {ndim} axes")));
    };
    let beyond = |number: i64| {
        Error::index(format!(
            "'{name}': the condition is true at {number}, which is out of bounds for axis {axis} of \
             extent {extent}"
        ))
    };
    match condition {
        Mask::Replicated(condition) => {
            let numbers = (0_i64..).zip(condition.iter());
            let numbers: Vec<i64> = numbers.filter(|(_, is)| **is).map(|(at, _)| at).collect();
            if let Some(&number) = numbers.iter().find(|&&at| within(at, extent).is_none()) {
                return Err(beyond(number));
            }
            let indices = ndarray::Array1::from_vec(numbers).into_dyn();
            let indices = super::Indices::Replicated(Rc::new(indices));
            super::take::take(comm, array, &super::Selection::Axis(axis, indices), alignment)
        }
        Mask::Distributed(node) if array.shape() == [len] => {
            masked(comm, array, &Mask::Distributed(node.clone()), alignment)
        }
        Mask::Distributed(_) => {
            let over = in_blocks(len, array.distribution().ranks())?;
            let numbers = found(comm, condition, &over, Alignment::Move)?;
            let last = numbers.owned()?.view::<i64>()?.iter().copied().max();
            let last = last.filter(|&last| within(last, extent).is_none());
            comm.agree(last.map_or(Ok(()), |last| Err(beyond(last))))?;
            gather(comm, array, &by_numbers(array.distribution(), axis..axis + 1, &numbers)?)
        }
    }
}

/// Of an array without copies; see [`put_masked`](super::put_masked).
pub(super) fn put_masked(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    mask: &Mask,
    values: &Node,
    alignment: Alignment,
) -> Result<()> {
    mask.check(array.shape())?;
    if values.dtype() != array.dtype() {
        let (name, dtype, other) = (Operation::current().name, array.dtype(), values.dtype());
        return Err(Error::dtype(format!("'{name}': cannot write {other} to an array of {dtype}")));
    }
    let source = array.distribution().without_halo();
    let ndim = mask.shape().len();
    if ndim < source.ndim() {
        let over = mask_distribution(&source, ndim)?;
        let numbers = found(comm, mask, &over, Alignment::Move)?;
        let resolved = by_numbers(&source, 0..ndim, &numbers)?;
        check_shape(values.shape(), resolved.holder.shape())?;
        let values = match values.operator() {
            Operator::Scalar(value) => Values::One(*value),
            _ => {
                Values::Each(held_by(comm, &evaluated(comm, values, alignment)?, &resolved.holder)?)
            }
        };
        return scatter(comm, array, &resolved, values, None);
    }
    let mask = mask.under(comm, &source, alignment)?;
    if let Operator::Scalar(value) = values.operator() {
        make_own(comm, array)?;
        return crate::with_element!(array.dtype(), T => fill::<T>(array, &mask, *value));
    }
    crate::with_element!(array.dtype(), T => assign::<T>(comm, array, &mask, values, alignment))
}

fn fill<T: Element>(array: &mut ArrayRef, mask: &Block, value: Scalar) -> Result<()> {
    let value = T::try_from_scalar(value).expect("the dtypes were compared");
    let Some(part) = array.part_mut().filter(|part| !part.shape().contains(&0)) else {
        return Ok(());
    };
    ndarray::Zip::from(part.view_mut::<T>()?).and(mask.view::<bool>()?).for_each(
        |element, &is_true| {
            if is_true {
                *element = value;
            }
        },
    );
    Ok(())
}

fn assign<T: Element>(
    comm: &dyn Communicator,
    array: &mut ArrayRef,
    mask: &Block,
    values: &Node,
    alignment: Alignment,
) -> Result<()> {
    let distribution = array.distribution().without_halo();
    let places = 0_usize..;
    let found = trues(&mask.view()?, &distribution, comm.rank(), places);
    let numbers = found.iter().map(|(number, _)| *number).collect();
    let ordering = Ordering::new(comm, &distribution, numbers)?;
    check_shape(values.shape(), &[ordering.total()])?;
    let target = in_blocks(ordering.total(), distribution.ranks())?;
    let mut values = evaluated(comm, values, alignment)?;
    if values.shape() != target.shape() {
        // One value in an array of its own.
        let block = held_by(comm, &values, &target)?;
        values = match target.holds(comm.rank()) {
            true => ArrayRef::from_block(&target, comm.rank(), block)?,
            false => ArrayRef::zeros(T::DTYPE, &target, comm.rank())?,
        };
    }
    let values = ordering.spread::<T>(comm, &values)?;
    make_own(comm, array)?;
    let Some(part) = array.part_mut() else { return Ok(()) };
    let mut by_place: Vec<_> = found.into_iter().map(|(_, place)| place).zip(values).collect();
    by_place.sort_unstable_by_key(|(place, _)| *place);
    let mut next = by_place.into_iter().peekable();
    for (place, element) in part.view_mut::<T>()?.iter_mut().enumerate() {
        if let Some((_, value)) = next.next_if(|(at, _)| *at == place) {
            *element = value;
        }
    }
    Ok(())
}

/// The places of the elements that are not zero, in C order: numbers of the flattened array.
///
/// Costs what [`masked`](super::masked) does for elements of eight bytes.
///
/// # Errors
/// A rank failed.
pub fn flat_nonzero(
    comm: &dyn Communicator,
    node: &Node,
    alignment: Alignment,
) -> Result<ArrayRef> {
    let distribution = crate::ops::result_distribution(comm, node)?.on_owner();
    found(comm, &Mask::Distributed(node.clone().cast(DType::Bool)), &distribution, alignment)
}

/// The indices of the elements that are not zero, in C order: one row for each, a column for each
/// axis.
///
/// # Errors
/// A rank failed.
pub fn argwhere(comm: &dyn Communicator, node: &Node, alignment: Alignment) -> Result<ArrayRef> {
    let numbers = flat_nonzero(comm, node, alignment)?;
    let shape = node.shape();
    let rows = numbers.distribution();
    let columns = crate::dist::AxisMap::new(shape.len(), 1, crate::dist::Dist::Undistributed)?;
    let all = Distribution::from_maps(vec![rows.axis(0).clone(), columns], rows.ranks().clone())?;
    let mut indices = ArrayRef::zeros(DType::I64, &all, comm.rank())?;
    let numbers = numbers.owned()?;
    if let Some(part) = indices.part_mut() {
        let mut indices = part.view_mut::<i64>()?;
        for (mut row, &number) in indices.outer_iter_mut().zip(&numbers.view::<i64>()?) {
            let mut rest = number;
            for (axis, &extent) in shape.iter().enumerate().rev() {
                (row[axis], rest) = (rest % extent as i64, rest / extent as i64);
            }
        }
    }
    Ok(indices)
}
