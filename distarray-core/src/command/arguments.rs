//! What a command works on, for the comparison between ranks.

use super::{Change, Command};
use crate::comm::{Arguments, NOTED};
use crate::expr::Node;
use crate::handle::ArrayRef;
use crate::ops::Recipe;

impl Command {
    /// All that must be the same on every rank; elements and users' functions are not looked at.
    pub(super) fn arguments(&self) -> Arguments {
        match self {
            Self::Create { recipe, distribution } => {
                let (dtype, values) = told(*recipe);
                let array = dtype.map_or(Arguments::new(), |dtype| {
                    Arguments::new().array(dtype, distribution.shape())
                });
                array
                    .and("recipe", recipe.name())
                    .and("distribution", &distribution.digest())
                    .and("value", &values)
            }
            Self::Evaluate { node, distribution } => Arguments::new()
                .array(node.dtype(), node.shape())
                .and("expression", &node.digest())
                .and("distribution", &distribution.as_ref().map(|given| given.digest())),
            Self::EvaluateRows { node, rows, distribution } => expression(node)
                .and("rows", rows)
                .and("distribution", &distribution.as_ref().map(|given| given.digest())),
            Self::EvaluateTogether { nodes } => listed(&VALUES, nodes, expression),
            Self::Reduce { requests } => {
                listed(&REDUCTIONS, requests, |request| request.note(Arguments::new()))
            }
            Self::Scan { node, scan, axis, skip_nan } => {
                expression(node).and("scan", &(scan, skip_nan)).and("axis", axis)
            }
            Self::Bincount { numbers, weights, least } => expression(numbers)
                .and("weights", &weights.as_ref().map(Node::digest))
                .and("least length", least),
            Self::Histogram { request } => request.note(match request.variables.first() {
                Some(variable) => expression(variable),
                None => Arguments::new(),
            }),
            Self::Quantile { node, quantiles, method, skip_nan } => {
                let bits: Vec<u64> = quantiles.iter().map(|q| q.to_bits()).collect();
                expression(node).and("quantiles", &bits).and("method", &(method, skip_nan))
            }
            Self::QuantileAlong { node, quantile, axis, how } => {
                let bits = quantile.to_bits();
                expression(node).and("quantile", &bits).and("axis", axis).and("method", how)
            }
            Self::Covariance { request } => request.note(expression(&request.node)),
            Self::Redistribute { array, distribution } => {
                of(array).and("target distribution", &distribution.digest())
            }
            Self::Follow { array, route } => {
                of(array).and("target distribution", &route.target().digest())
            }
            Self::Gather { array, root } => of(array).and("root", root),
            Self::GatherToAll { array, ranges } => of(array).and("selection", ranges),
            Self::Scatter { root, dtype, distribution, block: _ } => Arguments::new()
                .array(*dtype, distribution.shape())
                .and("distribution", &distribution.digest())
                .and("root", root),
            Self::Slice { array, cuts } => of(array).and("slice", cuts),
            Self::Permute { array, order } => of(array).and("order of axes", order),
            Self::BroadcastTo { array, shape } => of(array).and("shape", shape),
            Self::Reshape { array, shape, distribution } => of(array)
                .and("shape", shape)
                .and("target distribution", &distribution.as_ref().map(|given| given.digest())),
            Self::Rearrange { array, axis, extent, moves, fill } => of(array)
                .and("axis", axis)
                .and("extent", extent)
                .and("moves", moves)
                .and("value", &fill.map(|value| value.to_bytes())),
            Self::Repeat { array, axis, times } => of(array).and("axis", axis).and("times", times),
            Self::Concatenate { arrays, axis } => {
                let arguments = arrays.first().map_or(Arguments::new(), of);
                let digests: Vec<_> =
                    arrays.iter().map(|array| array.distribution().digest()).collect();
                arguments.and("axis", axis).and("arrays", &digests)
            }
            Self::Triangle { array, diagonal, lower } => {
                of(array).and("diagonal", diagonal).and("side", lower)
            }
            Self::Take { array, selection } => selection.note(of(array)),
            Self::Masked { array, mask } => mask.note(of(array)),
            Self::Compress { array, condition, axis } => {
                condition.note(of(array).and("axis", axis))
            }
            Self::Nonzero { node, rows: _ } => {
                Arguments::new().array(node.dtype(), node.shape()).and("expression", &node.digest())
            }
            Self::ElementAt { array, index } => of(array).and("index", index),
        }
    }
}

impl Change {
    /// As [`Command::arguments`], for an array that is altered.
    pub(super) fn arguments(&self, array: &ArrayRef) -> Arguments {
        match self {
            Self::SetElement { index, value } => {
                of(array).and("index", index).and("value", &value.to_bytes())
            }
            Self::Assign { cuts, value } => {
                of(array).and("slice", cuts).and("expression", &value.digest())
            }
            Self::Update { cuts, op, value } => {
                of(array).and("slice", cuts).and("expression", &(*op, value.digest()))
            }
            Self::Put { selection, values, op } => {
                selection.note(of(array)).and("values", &(values.digest(), op))
            }
            Self::PutMasked { mask, values } => {
                mask.note(of(array)).and("values", &values.digest())
            }
            Self::Follow { array: from, route } => of(array)
                .and("source distribution", &from.distribution().digest())
                .and("route", &[route.source().digest(), route.target().digest()]),
            Self::ExchangeHalo => of(array),
        }
    }
}

/// As [`Command::arguments`], for values that are written to arrays together.
pub(super) fn written_together(arrays: &[&mut ArrayRef], values: &[Node]) -> Arguments {
    let pair = |i: usize| (arrays.get(i).map(|array| &**array), values.get(i));
    let pairs: Vec<_> = (0..arrays.len().max(values.len())).map(pair).collect();
    listed(&VALUES, &pairs, |(array, value)| {
        array.map_or(Arguments::new(), of).and("expression", &value.map(Node::digest))
    })
}

/// What several things of one call are called; those from the last place on share it.
type Names = [&'static str; NOTED + 1];

macro_rules! names {
    ($thing:literal: $($number:literal)* and $last:literal) => {
        [$(concat!($thing, " ", $number),)* concat!($thing, " from ", $last, " on")]
    };
}

const VALUES: Names = names!("value": 0 1 2 3 4 5 6 7 and 7);
const REDUCTIONS: Names = names!("reduction": 0 1 2 3 4 5 6 7 and 7);

/// The arguments of several things, each under a name of its own as far as there are places; those of one alone
/// under their own names.
fn listed<V>(names: &Names, values: &[V], of: impl Fn(&V) -> Arguments) -> Arguments {
    match values {
        [] => Arguments::new(),
        [one] => of(one),
        [first, ..] => {
            let [each @ .., rest] = names;
            let name = |i: usize| match each.get(i) {
                Some(name) if i + 1 < each.len() || values.len() <= each.len() => name,
                _ => rest,
            };
            let first = of(first).of_array();
            values.iter().enumerate().fold(first, |all, (i, value)| all.and(name(i), &of(value)))
        }
    }
}

fn expression(node: &Node) -> Arguments {
    Arguments::new().array(node.dtype(), node.shape()).and("expression", &node.digest())
}

fn of(array: &ArrayRef) -> Arguments {
    let arguments = Arguments::new().array(array.dtype(), array.shape());
    arguments.and("distribution", &array.distribution().digest())
}

/// The dtype of what a recipe makes, where it has one, and its values.
fn told(recipe: Recipe) -> (Option<crate::element::DType>, [[u8; 16]; 2]) {
    let values = match recipe {
        Recipe::Full(value) => [value.to_bytes(), [0; 16]],
        Recipe::Arange { start, step: other } | Recipe::Linspace { start, stop: other } => {
            [start.to_bytes(), other.to_bytes()]
        }
        Recipe::Eye { diagonal, .. } => [(diagonal as i128).to_le_bytes(), [0; 16]],
    };
    (recipe.dtype().ok(), values)
}
