//! Quantiles: elements by their place in order, and what lies between them.

use std::borrow::Cow;

use super::order::select;
use crate::block::Block;
use crate::comm::{Communicator, ReduceOp};
use crate::dist::{AxisMap, Dist, Distribution, Ranks};
use crate::element::{DType, Kind};
use crate::error::{Error, Result};
use crate::expr::{Node, Operator};
use crate::handle::ArrayRef;
use crate::ops::Alignment;
use crate::ops::allocate::unfilled;
use crate::ops::evaluate::evaluate;
use crate::ops::redistribute::redistribute;

/// How a quantile between two elements is found, as NumPy's methods of these names (Hyndman and Fan,
/// *Sample Quantiles in Statistical Packages*, 1996).
///
/// ```
/// use distarray_core::{array::Quantiles, ops::Method, prelude::*};
///
/// let a = Context::solo().arange(1, 5, 1)?;
/// assert_eq!(a.quantile_by(0.4, Method::Linear)?, 2.2);
/// assert_eq!(a.quantile_by(0.4, Method::Lower)?, 2.0);
/// assert_eq!(a.quantile_by(0.4, Method::Higher)?, 3.0);
/// assert_eq!(a.quantile_by(0.4, Method::Midpoint)?, 2.5);
/// assert_eq!(a.quantile_by(0.4, Method::Nearest)?, 2.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// On the line between the two.
    #[default]
    Linear,
    /// The lower one.
    Lower,
    /// The higher one.
    Higher,
    /// The middle of the two.
    Midpoint,
    /// The nearer one; of two as near, that with the even place.
    Nearest,
    /// The least element that so large a part is not above.
    InvertedCdf,
    /// As that, or the mean of two where it jumps.
    AveragedInvertedCdf,
    /// The element with the nearest place.
    ClosestObservation,
    /// Straight lines between the jumps of the distribution.
    InterpolatedInvertedCdf,
    /// Straight lines between the middles of the jumps.
    Hazen,
    /// At the expected places of the elements of an even distribution.
    Weibull,
    /// About the medians, whatever the distribution.
    MedianUnbiased,
    /// About the expected ones of a normal distribution.
    NormalUnbiased,
}

/// Two neighbours in order, and how far between them.
#[derive(Clone, Copy, Debug)]
struct Between {
    low: u64,
    high: u64,
    part: f64,
}

impl Method {
    /// Where the quantile of so many elements is, of which there are some.
    fn between(self, q: f64, count: u64) -> Between {
        let n = count as f64;
        let even = q * (n - 1.0);
        // As NumPy's virtual indices, from the parameters of Hyndman and Fan.
        let at = |alpha: f64, beta: f64| n * q + (alpha + q * (1.0 - alpha - beta)) - 1.0;
        let step = |place: f64, part: fn(f64, f64) -> f64| {
            let low = place.floor();
            low + part(place - low, low)
        };
        let up = |part: f64, _: f64| if part > 0.0 { 1.0 } else { 0.0 };
        let place =
            match self {
                Self::Linear => even,
                Self::Lower => even.floor(),
                Self::Higher => even.ceil(),
                Self::Midpoint => (even.floor() + even.ceil()) / 2.0,
                Self::Nearest => even.round_ties_even(),
                Self::InvertedCdf => step(n * q - 1.0, up),
                Self::AveragedInvertedCdf => {
                    step(n * q - 1.0, |part, _| if part > 0.0 { 1.0 } else { 0.5 })
                }
                Self::ClosestObservation => step(n * q - 1.5, |part, low| {
                    if part == 0.0 && low.rem_euclid(2.0) == 1.0 { 0.0 } else { 1.0 }
                }),
                Self::InterpolatedInvertedCdf => at(0.0, 1.0),
                Self::Hazen => at(0.5, 0.5),
                Self::Weibull => at(0.0, 0.0),
                Self::MedianUnbiased => at(1.0 / 3.0, 1.0 / 3.0),
                Self::NormalUnbiased => at(3.0 / 8.0, 3.0 / 8.0),
            };
        let place = place.clamp(0.0, n - 1.0);
        let low = place.floor();
        let high = (low + 1.0).min(n - 1.0);
        Between { low: low as u64, high: high as u64, part: place - low }
    }
}

impl Between {
    /// The number between two, as NumPy interpolates.
    fn value(self, low: f64, high: f64) -> f64 {
        let (apart, part) = (high - low, self.part);
        match part {
            0.0 => low,
            _ if low == high => low,
            _ if part >= 0.5 => high - apart * (1.0 - part),
            _ => low + apart * part,
        }
    }
}

fn check(name: &str, node: &Node, quantiles: &[f64]) -> Result<()> {
    if node.dtype().kind() == Kind::Complex {
        return Err(Error::dtype(format!("'{name}' does not take {}", node.dtype())));
    }
    match quantiles.iter().find(|q| !(0.0..=1.0).contains(*q)) {
        Some(q) => Err(Error::argument(format!("'{name}': {q} is not between 0 and 1"))),
        None => Ok(()),
    }
}

/// Quantiles of all elements, on every rank; NaN where there are none, or where one is NaN that is not
/// skipped.
///
/// Nothing is moved: at most seven small messages, whatever the distribution, in which digits of the
/// elements are counted, from the highest. Takes a copy of elements that are not an array of `float64`.
///
/// # Errors
/// Complex elements; a quantile that is not between 0 and 1; a rank failed.
pub fn quantile(
    comm: &dyn Communicator,
    node: &Node,
    quantiles: &[f64],
    method: Method,
    skip_nan: bool,
    alignment: Alignment,
) -> Result<Vec<f64>> {
    check("quantile", node, quantiles)?;
    let may_be_nan = node.dtype().kind() == Kind::Float;
    let array = match node.operator() {
        Operator::Array(array) if array.dtype() == DType::F64 => array.clone(),
        _ => evaluate(comm, &node.clone().cast(DType::F64), None, alignment)?,
    };
    let distribution = array.distribution();
    // One copy counts, and where all ranks have one they need not tell each other.
    let is_known = distribution.ranks().serve(&Ranks::range(0..comm.size()));
    let counts = is_known || distribution.on_owner().holds(comm.rank());
    let own = array.owned()?;
    let own = own.view::<f64>()?;
    // In any order.
    let own: Cow<'_, [f64]> = match own.as_slice_memory_order() {
        _ if !counts => Cow::Borrowed(&[]),
        Some(own) => Cow::Borrowed(own),
        None => own.iter().copied().collect(),
    };
    let mut missing = 0;
    if may_be_nan {
        missing = own.iter().filter(|x| x.is_nan()).count() as u64;
        if !is_known {
            missing = comm.all_reduce_of(ReduceOp::Sum, missing)?;
        }
    }
    let count = distribution.len() as u64 - missing;
    if count == 0 || missing > 0 && !skip_nan {
        return Ok(vec![f64::NAN; quantiles.len()]);
    }
    let between: Vec<Between> = quantiles.iter().map(|&q| method.between(q, count)).collect();
    let places: Vec<u64> = between.iter().flat_map(|own| [own.low, own.high]).collect();
    // NaNs stand behind all places.
    let found = select(comm, &own, distribution.len() as u64, &places, !is_known)?;
    let value = |(own, ends): (&Between, &[f64])| own.value(ends[0], ends[1]);
    Ok(between.iter().zip(found.chunks_exact(2)).map(value).collect())
}

/// The quantile along an axis, as an array of the other axes in `float64`, distributed as a sum along
/// that axis.
///
/// Where the axis is distributed the elements are moved by one plan, so that each rank has whole lines:
/// lines are then divided along the longest other axis. Of an array of one axis nothing is moved, as in
/// [`quantile`].
///
/// # Errors
/// As [`quantile`]; the axis is out of bounds; memory that some rank does not get.
pub fn quantile_along(
    comm: &dyn Communicator,
    node: &Node,
    q: f64,
    axis: usize,
    (method, skip_nan): (Method, bool),
    alignment: Alignment,
) -> Result<ArrayRef> {
    check("quantile", node, &[q])?;
    let ndim = node.shape().len();
    if axis >= ndim {
        return Err(Error::index(format!("'quantile': axis {axis} of an array of {ndim} axes")));
    }
    let array = evaluate(comm, &node.clone().cast(DType::F64), None, alignment)?;
    let wanted = array.distribution().reduce(&[axis])?.without_halo();
    if ndim == 1 {
        let value = quantile(comm, &Node::array(array), &[q], method, skip_nan, alignment)?[0];
        let mut result = ArrayRef::zeros(DType::F64, &wanted, comm.rank())?;
        if let Some(part) = result.part_mut() {
            part.set(&[], crate::element::Scalar::F64(value))?;
        }
        return Ok(result);
    }
    let array = redistribute(comm, &array, &whole_lines(array.distribution(), axis)?)?;
    let mut result = unfilled(comm, DType::F64, &array.distribution().reduce(&[axis])?)?;
    if let Some(part) = result.part_mut() {
        let own = array.owned()?;
        part.write_owned(|target| lines(&own, target, axis, q, method, skip_nan))?;
    }
    redistribute(comm, &result, &wanted)
}

/// The distribution with whole lines along an axis on each rank.
fn whole_lines(natural: &Distribution, axis: usize) -> Result<Distribution> {
    let own = natural.axis(axis);
    if own.parts() == 1 {
        return Ok(natural.without_halo());
    }
    let widest = (0..natural.ndim()).filter(|&other| other != axis);
    let widest = widest.max_by_key(|&other| natural.axis(other).len() / natural.grid()[other]);
    let widest = widest.expect("there is another axis");
    let mut axes: Vec<AxisMap> = natural.without_halo().axes().to_vec();
    let map = &axes[widest];
    axes[widest] = AxisMap::new(map.len(), map.parts() * own.parts(), Dist::Block)?;
    axes[axis] = AxisMap::new(own.len(), 1, Dist::Undistributed)?;
    Distribution::from_maps(axes, natural.ranks().clone())
}

/// The quantile of each line along an axis.
fn lines(
    elements: &Block,
    target: &mut Block,
    axis: usize,
    q: f64,
    method: Method,
    skip_nan: bool,
) -> Result<()> {
    let (elements, mut target) = (elements.view::<f64>()?, target.view_mut::<f64>()?);
    let mut line: Vec<f64> = Vec::with_capacity(elements.shape()[axis]);
    for (lane, result) in elements.lanes(ndarray::Axis(axis)).into_iter().zip(target.iter_mut()) {
        line.clear();
        line.extend(lane.iter().filter(|x| !(skip_nan && x.is_nan())));
        if line.is_empty() || line.iter().any(|x| x.is_nan()) {
            *result = f64::NAN;
            continue;
        }
        let between = method.between(q, line.len() as u64);
        let (_, &mut low, above) =
            line.select_nth_unstable_by(between.low as usize, f64::total_cmp);
        let high = match between.high == between.low {
            true => low,
            false => above.iter().copied().fold(f64::INFINITY, f64::min),
        };
        *result = between.value(low, high);
    }
    Ok(())
}
