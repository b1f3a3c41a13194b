//! Which bin a number belongs to.

use crate::element::{DType, Kind};
use crate::error::{Error, Result};
use crate::expr::{Function, Node};

/// The bins of a histogram, as they are asked for.
///
/// ```
/// use distarray_core::ops::Bins;
///
/// assert!(matches!(Bins::from(10), Bins::Count(10)));
/// assert!(matches!(Bins::from([0.0, 1.0, 4.0]), Bins::Edges(edges) if edges.len() == 3));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Bins {
    /// So many of one width.
    Count(usize),
    /// Between each of these edges and the next, in ascending order.
    Edges(Vec<f64>),
}

impl From<usize> for Bins {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<Vec<f64>> for Bins {
    fn from(edges: Vec<f64>) -> Self {
        Self::Edges(edges)
    }
}

impl From<&[f64]> for Bins {
    fn from(edges: &[f64]) -> Self {
        Self::Edges(edges.to_vec())
    }
}

impl<const N: usize> From<[f64; N]> for Bins {
    fn from(edges: [f64; N]) -> Self {
        Self::Edges(edges.to_vec())
    }
}

/// Bins at most: more than any memory has.
pub(super) const MOST: usize = 1 << 40;

/// Edges in ascending order, and how to find the bin of a number quickly where all are as wide.
#[derive(Clone, Debug)]
pub(super) struct Edges {
    edges: Vec<f64>,
    /// Bins in a unit, where edges are evenly spaced.
    per_unit: Option<f64>,
}

impl Edges {
    /// So many bins of one width from `low` to `high`: edges as NumPy's `linspace` has them.
    pub(super) fn even(count: usize, (mut low, mut high): (f64, f64)) -> Result<Self> {
        if count == 0 {
            return Err(Error::argument("'histogram': 0 bins; at least 1 is needed"));
        }
        if low > high {
            return Err(Error::argument(format!(
                "'histogram': the range ends at {high}, before it begins at {low}"
            )));
        }
        if !(low.is_finite() && high.is_finite()) {
            return Err(Error::argument(format!(
                "'histogram': the range from {low} to {high} is not finite"
            )));
        }
        if !(high - low).is_finite() {
            return Err(Error::argument(format!(
                "'histogram': the range from {low:e} to {high:e} is wider than any number"
            )));
        }
        if low == high {
            (low, high) = (low - 0.5, high + 0.5);
        }
        let too_many = || Error::shape(format!("'histogram': {count} bins are too many"));
        let number = count.checked_add(1).filter(|&number| number <= MOST).ok_or_else(too_many)?;
        let step = (high - low) / count as f64;
        let mut edges = Vec::new();
        edges.try_reserve_exact(number).map_err(|_| too_many())?;
        edges.extend((0..count).map(|i| i as f64 * step + low));
        edges.push(high);
        let per_unit = count as f64 / (high - low);
        let is_even = per_unit.is_finite() && edges.windows(2).all(|pair| pair[0] < pair[1]);
        Ok(Self { edges, per_unit: is_even.then_some(per_unit) })
    }

    /// These edges.
    pub(super) fn given(edges: &[f64]) -> Result<Self> {
        if edges.len() < 2 {
            let count = edges.len();
            return Err(Error::argument(format!("'histogram': {count} edge(s); 2 make one bin")));
        }
        // NaN is in no order.
        match edges.windows(2).find(|pair| pair[0].partial_cmp(&pair[1]).is_none_or(|o| o.is_gt()))
        {
            Some(pair) => Err(Error::argument(format!(
                "'histogram': edges go up, not from {} to {}",
                pair[0], pair[1]
            ))),
            None => Ok(Self { edges: edges.to_vec(), per_unit: None }),
        }
    }

    pub(super) fn bins(&self) -> usize {
        self.edges.len() - 1
    }

    pub(super) fn into_edges(self) -> Vec<f64> {
        self.edges
    }

    /// The number of the bin that a number is in, of which the last one has its upper edge too; -1
    /// outside all.
    #[inline(always)]
    pub(super) fn number(&self, x: f64) -> i64 {
        let (edges, last) = (&self.edges[..], self.bins() - 1);
        if !(x >= edges[0] && x <= edges[last + 1]) {
            return -1;
        }
        let bin = match self.per_unit {
            Some(per_unit) => {
                // Rounding may miss the bin by one.
                let bin = (((x - edges[0]) * per_unit) as usize).min(last);
                let bin = bin - usize::from(x < edges[bin]);
                bin + usize::from(bin < last && x >= edges[bin + 1])
            }
            None => edges.partition_point(|&edge| edge <= x).saturating_sub(1).min(last),
        };
        bin as i64
    }
}

/// For each number of an expression, how many edges stand before it: `i` where
/// `edges[i - 1] <= x < edges[i]`, or `edges[i - 1] < x <= edges[i]` where `right` is true; of edges
/// that go down `edges[i - 1] > x >= edges[i]`, or `edges[i - 1] >= x > edges[i]`. NaN stands behind all numbers.
///
/// # Errors
/// The edges are in no order; the elements are complex.
pub fn digitize(node: &Node, edges: &[f64], right: bool) -> Result<Node> {
    if node.dtype().kind() == Kind::Complex {
        return Err(Error::dtype(format!("'digitize' does not take {}", node.dtype())));
    }
    let up = edges.windows(2).all(|pair| pair[0] <= pair[1]);
    let down = edges.windows(2).all(|pair| pair[0] >= pair[1]);
    if !up && !down || edges.iter().any(|edge| edge.is_nan()) {
        return Err(Error::argument("'digitize': edges go up, or all go down"));
    }
    let mut ascending = edges.to_vec();
    if !up {
        ascending.reverse();
    }
    let count = edges.len();
    let place = move |x: f64| {
        let before = match right {
            true => ascending.partition_point(|&edge| edge < x || x.is_nan()),
            false => ascending.partition_point(|&edge| edge <= x || x.is_nan()),
        };
        (if up { before } else { count - before }) as i64
    };
    let function = Function::of_one::<f64, i64>(place);
    Node::map(function, vec![node.clone().cast(DType::F64)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_bins_are_those_of_their_edges() {
        for (count, range) in
            [(10, (0.0, 1.0)), (7, (-3.3, 12.1)), (3, (5.0, 5.0)), (1000, (1e9, 1e9 + 1.0))]
        {
            let even = Edges::even(count, range).unwrap();
            let given = Edges::given(&even.edges).unwrap();
            assert_eq!((even.bins(), even.edges[0] <= range.0), (count, true));
            for &edge in &even.edges {
                for x in [edge.next_down(), edge, edge.next_up()] {
                    assert_eq!(even.number(x), given.number(x), "{x} in {count} bins of {range:?}");
                }
            }
        }
        let edges = Edges::given(&[0.0, 1.0, 1.0, 2.0]).unwrap();
        assert_eq!(
            [-0.1, 0.0, 1.0, 2.0, 2.1, f64::NAN].map(|x| edges.number(x)),
            [-1, 0, 2, 2, -1, -1]
        );
        assert_eq!(Edges::given(&[0.0, 1.0, 1.0]).unwrap().number(1.0), 1);
    }

    #[test]
    fn what_makes_no_bins_is_refused() {
        for edges in [&[][..], &[1.0], &[1.0, 0.0], &[0.0, f64::NAN]] {
            assert!(Edges::given(edges).is_err(), "{edges:?}");
        }
        assert!(Edges::even(0, (0.0, 1.0)).is_err() && Edges::even(2, (1.0, 0.0)).is_err());
        assert!(Edges::even(2, (0.0, f64::INFINITY)).is_err());
        // Too many, too wide.
        assert!(Edges::even(usize::MAX, (0.0, 1.0)).is_err());
        assert!(Edges::even(1 << 46, (0.0, 1.0)).is_err());
        assert!(Edges::even(4, (-1.7e308, 1.7e308)).is_err());
        assert!(Edges::even(2, (f64::NAN, f64::NAN)).is_err());
    }
}
