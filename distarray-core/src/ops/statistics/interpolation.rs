//! Straight lines between points.

use super::search::ascending;
use crate::element::{DType, Kind};
use crate::error::{Error, Result};
use crate::expr::{Function, Node};

/// For each number of an expression, the height there of the straight lines between points, whose
/// abscissas go up: `float64`. Before the first and behind the last point it is one of the ends given; NaN
/// gives NaN. As NumPy rounds.
///
/// # Errors
/// No points, other numbers of abscissas and ordinates, abscissas that do not go up; complex elements.
pub fn interpolate(node: &Node, x: &[f64], y: &[f64], ends: (f64, f64)) -> Result<Node> {
    if node.dtype().kind() == Kind::Complex {
        return Err(Error::dtype(format!("'interp' does not take {}", node.dtype())));
    }
    if x.len() != y.len() || x.is_empty() {
        return Err(Error::shape(format!(
            "'interp': {} abscissas and {} ordinates; one of each makes a point",
            x.len(),
            y.len()
        )));
    }
    ascending("interp", x)?;
    if x[x.len() - 1].is_nan() {
        return Err(Error::argument("'interp': an abscissa is NaN"));
    }
    let (x, y) = (x.to_vec(), y.to_vec());
    let slope = |i: usize| (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
    let slopes: Vec<f64> = (0..x.len() - 1).map(slope).collect();
    let height = move |at: f64| {
        let last = x.len() - 1;
        let Some(i) = x.partition_point(|&abscissa| abscissa <= at).checked_sub(1) else {
            return if at.is_nan() { at } else { ends.0 };
        };
        match () {
            () if i == last && at > x[last] => ends.1,
            () if i == last || at == x[i] => y[i],
            () => {
                let height = slopes[i] * (at - x[i]) + y[i];
                // From the other end, where one is infinite.
                let height =
                    if height.is_nan() { slopes[i] * (at - x[i + 1]) + y[i + 1] } else { height };
                if height.is_nan() && y[i] == y[i + 1] { y[i] } else { height }
            }
        }
    };
    Node::map(Function::of_one::<f64, f64>(height), vec![node.clone().cast(DType::F64)])
}
