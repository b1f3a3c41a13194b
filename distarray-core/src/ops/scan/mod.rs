//! Scans along one axis: cumulative sums, products and extremes.
//!
//! Each rank folds its part along the axis into one accumulator a line; these are merged along the axis
//! so that each rank has those of all ranks before it (Hillis and Steele, *Data Parallel Algorithms*,
//! 1986); and from there each scans its part. So the axis lies in blocks: [`place`] says where.

mod place;

use super::align::Alignment;
use super::allocate::{agreed, is_large, unfilled};
use super::evaluate::evaluate;
use super::redistribute::redistribute;
use super::reshape::reshape;
use crate::block::Block;
use crate::block::kernels::fold::Fold;
use crate::block::kernels::scan::{Lines, ScanKernel, scan as kernel_of};
use crate::block::kernels::{CompareOp, TernaryOp};
use crate::comm::{Communicator, Memory, Message};
use crate::dist::Distribution;
use crate::element::{Element, Kind};
use crate::error::{Error, Result};
use crate::expr::{self, Accumulators, Joined, Node, Operator};
use crate::handle::ArrayRef;

/// What a scan gives for each element: of it and all before it along the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scan {
    /// The sum.
    Sum,
    /// The product.
    Prod,
    /// The greatest.
    Max,
    /// The least.
    Min,
}

impl Scan {
    /// The usual name.
    ///
    /// ```
    /// assert_eq!(distarray_core::ops::Scan::Sum.name(), "cumsum");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "cumsum",
            Self::Prod => "cumprod",
            Self::Max => "cummax",
            Self::Min => "cummin",
        }
    }

    const fn fold(self) -> Fold {
        match self {
            Self::Sum => Fold::Sum,
            Self::Prod => Fold::Product,
            Self::Max => Fold::Extreme { least: false, skip_nan: false },
            Self::Min => Fold::Extreme { least: true, skip_nan: false },
        }
    }
}

/// Scans an expression along an axis, or in C order (`None`), which gives an array of one axis.
///
/// The result is distributed as the expression is evaluated. Where the axis is undistributed nothing is
/// sent. Where it is in blocks each rank sends `ceil(log2(parts))` messages of one accumulator a line
/// (8 bytes, or 280 for each part of a floating-point number in sums). An axis that is distributed
/// otherwise is moved to blocks and back, each by one plan; and where lines are so many and short that
/// accumulators were more bytes than the elements, to where the axis is undistributed. NaNs that are
/// skipped count as 0 in sums and as 1 in products.
///
/// Sums of floating-point numbers are exact and rounded once, every one of them.
///
/// # Errors
/// The dtype has no such scan; the axis is out of bounds; operands distributed otherwise than the
/// result, where that is refused; a function that failed on some rank, or memory that one does not get;
/// a rank failed.
pub fn scan(
    comm: &dyn Communicator,
    node: &Node,
    scan: Scan,
    axis: Option<usize>,
    skip_nan: bool,
    alignment: Alignment,
) -> Result<ArrayRef> {
    let (name, ndim) = (scan.name(), node.shape().len());
    let kernel = kernel_of(scan.fold(), node.dtype())
        .ok_or_else(|| Error::dtype(format!("'{name}' does not take {}", node.dtype())))?;
    if let Some(axis) = axis.filter(|&axis| axis >= ndim) {
        return Err(Error::index(format!("'{name}': axis {axis} of an array of {ndim} axes")));
    }
    let node = if skip_nan { without_nan(node, scan)? } else { node.clone() };
    let source = match node.operator() {
        Operator::Array(array) => array.clone(),
        _ => evaluate(comm, &node, None, alignment)?,
    };
    let (source, axis) = match axis {
        Some(axis) => (source, axis),
        None if ndim == 1 => (source, 0),
        None => {
            let all = source.distribution().len();
            (reshape(comm, &source, &[all], None)?, 0)
        }
    };
    let natural = source.distribution().without_halo();
    let state = Accumulators::new(scan.fold(), node.dtype(), 1)?.as_bytes().len();
    let place = place::of(&natural, axis, (state, node.dtype().size()))?;
    // A halo stays where it is.
    let moved = (place != natural).then(|| redistribute(comm, &source, &place)).transpose()?;
    let source = moved.as_ref().unwrap_or(&source);
    let result = in_blocks(comm, (source, &place), scan, kernel, axis)?;
    redistribute(comm, &result, &natural)
}

/// The expression with what changes nothing in place of NaNs.
fn without_nan(node: &Node, scan: Scan) -> Result<Node> {
    if !matches!(node.dtype().kind(), Kind::Float | Kind::Complex) {
        return Ok(node.clone());
    }
    let neutral = crate::with_element!(node.dtype(), T => match scan {
        Scan::Prod => <T as Element>::ONE.to_scalar(),
        _ => <T>::default().to_scalar(),
    });
    let is_number = Node::compare(CompareOp::Equal, node.clone(), node.clone())?;
    Node::ternary(TernaryOp::Where, is_number, node.clone(), Node::scalar(neutral))
}

/// Scans an array whose axis lies in blocks.
fn in_blocks(
    comm: &dyn Communicator,
    (source, distribution): (&ArrayRef, &Distribution),
    scan: Scan,
    kernel: ScanKernel,
    axis: usize,
) -> Result<ArrayRef> {
    let rank = comm.rank();
    let holds = distribution.holds(rank);
    let elements = || {
        let own = source.owned()?;
        if own.is_contiguous() { Ok(own) } else { own.to_contiguous() }
    };
    let elements = agreed(comm, is_large(source.dtype(), distribution), elements())?;
    let starts = match distribution.grid()[axis] {
        1 => None,
        _ => before(comm, (source, distribution), &elements, scan.fold(), axis)?,
    };
    let mut result = unfilled(comm, kernel.output, distribution)?;
    if let Some(part) = result.part_mut().filter(|_| holds && !elements.is_empty()) {
        let starts = starts.as_ref().map(Accumulators::as_bytes);
        part.write_owned(|target| run(kernel, target, &elements, starts, axis))?;
    }
    Ok(result)
}

/// For each line of this rank, what lies before it on other ranks; `None` where this one holds nothing.
fn before(
    comm: &dyn Communicator,
    (source, distribution): (&ArrayRef, &Distribution),
    elements: &Block,
    fold: Fold,
    axis: usize,
) -> Result<Option<Accumulators>> {
    let (rank, dtype) = (comm.rank(), source.dtype());
    let parts = distribution.grid()[axis];
    let Some(coords) = distribution.coords(rank) else {
        // The exchanges are everybody's.
        let mut distance = 1;
        while distance < parts {
            comm.exchange(Memory::none(), &[], &[])?;
            distance *= 2;
        }
        return Ok(None);
    };
    let reduced: Vec<bool> = (0..distribution.ndim()).map(|other| other == axis).collect();
    let shape = distribution.local_shape(rank);
    let lines = shape.iter().zip(&reduced).filter(|(_, along)| !**along).map(|(&n, _)| n).product();
    let mut before = Accumulators::new(fold, dtype, lines)?;
    let mut upto = Accumulators::new(fold, dtype, lines)?;
    if !elements.is_empty() {
        let joined = Joined::new(&[Node::array(source.clone())])?;
        let own = std::slice::from_ref(elements);
        let folded = std::slice::from_mut(&mut upto);
        expr::fold(&joined, own, (distribution, rank), None, &reduced, folded)?;
    }
    let me = coords[axis];
    let peer = |coord: usize| {
        let mut peer = coords.clone();
        peer[axis] = coord;
        distribution.rank_at(&peer)
    };
    let length = upto.as_bytes().len();
    let mut theirs = vec![0; if me > 0 { length } else { 0 }];
    let mut distance = 1;
    while distance < parts {
        let message = |coord| Message::contiguous(peer(coord), 0..length);
        let sends = (me + distance < parts && length > 0).then(|| message(me + distance));
        let receives = (me >= distance && length > 0).then(|| message(me - distance));
        let memory = Memory::between(upto.as_bytes(), &mut theirs);
        comm.exchange(memory, sends.as_slice(), receives.as_slice())?;
        if receives.is_some() {
            before.merge(&theirs);
            upto.merge(&theirs);
        }
        distance *= 2;
    }
    Ok(Some(before))
}

fn run(
    kernel: ScanKernel,
    target: &mut Block,
    elements: &Block,
    starts: Option<&[u8]>,
    axis: usize,
) -> Result<()> {
    let shape = elements.shape();
    let lines = Lines {
        outer: shape[..axis].iter().product(),
        along: shape[axis],
        inner: shape[axis + 1..].iter().product(),
    };
    assert!(target.is_contiguous() && elements.is_contiguous(), "lines are in C order");
    assert_eq!(
        (target.shape(), target.dtype()),
        (shape, kernel.output),
        "a result for each element"
    );
    let starts = starts.map_or(std::ptr::null(), <[u8]>::as_ptr);
    // SAFETY: both are contiguous and of one shape, the target new memory of the kernel's output; and
    // accumulators are aligned, one for each line.
    unsafe { (kernel.run)(target.as_mut_ptr()?, elements.as_ptr(), starts, lines) };
    Ok(())
}
