//! Histograms of one or several variables.

use super::bins::{Bins, Edges, MOST};
use super::tally::{check_weights, tally};
use crate::block::Block;
use crate::comm::{Arguments, Communicator};
use crate::element::{DType, Kind, Scalar};
use crate::error::{Error, Result};
use crate::expr::{Function, Node};
use crate::handle::ArrayRef;
use crate::ops::Alignment;
use crate::ops::reduce::{Reduced, Reduction, Request, reduce};

/// A histogram that is asked for: expressions of one shape, each a variable.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// The variables.
    pub variables: Vec<Node>,
    /// The bins of each.
    pub bins: Vec<Bins>,
    /// Where bins begin and end that are given by their number; else at the extremes.
    pub ranges: Vec<Option<(f64, f64)>>,
    /// What elements count for, instead of 1.
    pub weights: Option<Node>,
    /// Whether the counts are divided by their sum and the sizes of the bins.
    pub density: bool,
}

/// Counts in bins, on every rank, and the edges of the bins of each variable.
#[derive(Clone, Debug)]
pub struct Counted {
    /// `int64`; `float64` where there are weights or densities.
    pub counts: ArrayRef,
    /// One more than there are bins.
    pub edges: Vec<Vec<f64>>,
}

impl Histogram {
    /// Adds to what the ranks compare.
    pub(crate) fn note(&self, arguments: Arguments) -> Arguments {
        let bits = |edges: &[f64]| edges.iter().map(|edge| edge.to_bits()).collect::<Vec<_>>();
        let of = |bins: &Bins| match bins {
            Bins::Count(count) => (*count, Vec::new()),
            Bins::Edges(edges) => (edges.len(), bits(edges)),
        };
        let bins: Vec<_> = self.bins.iter().map(of).collect();
        let ranges: Vec<_> =
            self.ranges.iter().map(|range| range.map(|(low, high)| bits(&[low, high]))).collect();
        let variables: Vec<_> = self.variables.iter().map(Node::digest).collect();
        let weights = self.weights.as_ref().map(Node::digest);
        arguments
            .and("variables", &variables)
            .and("bins", &(bins, ranges))
            .and("weights", &(weights, self.density))
    }
}

/// Counts how many elements are in each bin, in one pass (two where extremes are looked for) and one
/// message of 8 bytes a bin, or 280 where there are weights, whose sums are exact and rounded once.
///
/// A bin has its lower edge and not its upper one, but for the last one, which has both. Outside all
/// bins, and where a variable is NaN, elements count for nothing.
///
/// # Errors
/// Variables or weights of other shapes than the first, or complex ones; no bins, edges that go down, a
/// range that is none; extremes that are not finite; more bins than can be counted; a rank failed.
pub fn histogram(
    comm: &dyn Communicator,
    request: &Histogram,
    alignment: Alignment,
) -> Result<Counted> {
    let Some(first) = request.variables.first() else {
        return Err(Error::argument("'histogram' of no variables"));
    };
    let count = request.variables.len();
    for given in [request.bins.len(), request.ranges.len()] {
        if given != count {
            return Err(Error::argument(format!(
                "'histogram': bins or ranges of {given} variables, and there are {count}"
            )));
        }
    }
    for variable in &request.variables {
        if variable.dtype().kind() == Kind::Complex {
            return Err(Error::dtype(format!("'histogram' does not take {}", variable.dtype())));
        }
        if variable.shape() != first.shape() {
            return Err(Error::shape(format!(
                "'histogram': variables of shapes {:?} and {:?}",
                first.shape(),
                variable.shape()
            )));
        }
    }
    check_weights("histogram", first.shape(), request.weights.as_ref())?;
    let edges = edges(comm, request, alignment)?;
    let shape: Vec<usize> = edges.iter().map(Edges::bins).collect();
    if shape.iter().try_fold(1_usize, |all, &n| all.checked_mul(n)).is_none_or(|n| n > MOST) {
        return Err(Error::shape(format!("'histogram': {shape:?} bins are too many")));
    }
    let mut number: Option<Node> = None;
    for (variable, own) in request.variables.iter().zip(&edges) {
        let (bins, own) = (own.bins() as i64, own.clone());
        let place = Function::of_one::<f64, i64>(move |x| own.number(x));
        let place = Node::map(place, vec![variable.clone().cast(DType::F64)])?;
        number = Some(match number {
            None => place,
            Some(before) => {
                let joined = move |before: i64, place: i64| {
                    if before < 0 || place < 0 { -1 } else { before * bins + place }
                };
                Node::map(Function::of_two(joined), vec![before, place])?
            }
        });
    }
    let number = number.expect("there is a variable");
    let counts = tally(comm, &number, request.weights.as_ref(), &shape, alignment)?;
    let edges: Vec<Vec<f64>> = edges.into_iter().map(Edges::into_edges).collect();
    let counts = match request.density {
        false => counts,
        true => {
            let densities = densities(&counts.owned()?, &edges)?;
            ArrayRef::from_block(counts.distribution(), comm.rank(), densities)?
        }
    };
    Ok(Counted { counts, edges })
}

/// The edges of all variables; one reduction finds the extremes of those that need them.
fn edges(comm: &dyn Communicator, request: &Histogram, alignment: Alignment) -> Result<Vec<Edges>> {
    let is_empty = request.variables[0].shape().contains(&0);
    let given = request.variables.iter().zip(&request.bins).zip(&request.ranges);
    let mut known = Vec::new();
    let mut extremes = Vec::new();
    for ((variable, bins), range) in given {
        known.push(match (bins, range) {
            (Bins::Edges(edges), _) => Some(Edges::given(edges)?),
            (Bins::Count(count), Some(range)) => Some(Edges::even(*count, *range)?),
            (Bins::Count(count), None) if is_empty => Some(Edges::even(*count, (0.0, 1.0))?),
            (Bins::Count(count), None) => {
                // Refused before anything is sent.
                Edges::even(*count, (0.0, 1.0))?;
                let number = variable.clone().cast(DType::F64);
                let of = |reduction| Request::new(number.clone(), reduction, None);
                extremes.extend([of(Reduction::Min), of(Reduction::Max)]);
                None
            }
        });
    }
    let mut found = match extremes.is_empty() {
        true => Vec::new(),
        false => reduce(comm, &extremes, alignment)?,
    }
    .into_iter();
    let mut next = || match found.next() {
        Some(Reduced::Scalar(Scalar::F64(value))) => value,
        other => unreachable!("an extreme of float64, not {other:?}"),
    };
    let edges = known.into_iter().zip(&request.bins).map(|(known, bins)| match (known, bins) {
        (None, Bins::Count(count)) => Edges::even(*count, (next(), next())),
        (known, _) => Ok(known.expect("edges that were given are known")),
    });
    edges.collect()
}

/// Counts over their sum and the sizes of the bins.
fn densities(counts: &Block, edges: &[Vec<f64>]) -> Result<Block> {
    let counts = match counts.dtype() {
        DType::I64 => counts.view::<i64>()?.mapv(|count| count as f64),
        _ => counts.to_array::<f64>()?,
    };
    let total: f64 = counts.sum();
    let mut block = Block::zeros(DType::F64, counts.shape())?;
    for ((at, count), density) in counts.indexed_iter().zip(block.view_mut::<f64>()?.iter_mut()) {
        let at = ndarray::Dimension::slice(&at).iter().zip(edges);
        let size: f64 = at.map(|(&bin, edges)| edges[bin + 1] - edges[bin]).product();
        *density = count / size / total;
    }
    Ok(block)
}
