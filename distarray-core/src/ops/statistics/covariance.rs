//! Covariances and correlations of variables.

use crate::block::Block;
use crate::block::kernels::BinaryOp;
use crate::comm::Communicator;
use crate::dist::{AxisMap, Cut, Dist, Distribution, Ranks};
use crate::element::{DType, Kind};
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::handle::ArrayRef;
use crate::ops::Alignment;
use crate::ops::evaluate::evaluate;
use crate::ops::redistribute::redistribute;
use crate::ops::reduce::{Reduced, Reduction, Request, reduce};
use crate::ops::shape::broadcast_to;
use crate::ops::slice::slice;

/// The covariances of variables, which are the rows of an expression of two axes, or of one variable;
/// divided by the standard deviations where correlations are asked for. A matrix on every rank, in double
/// precision.
///
/// Observations are moved so that each rank has whole ones, in blocks. Each covariance is an exact sum
/// of products, rounded once: the same bits for every distribution. So much takes the square of the
/// number of variables times that of the observations, and 280 bytes for each covariance.
///
/// # Errors
/// Complex elements; an expression of more than two axes; memory that some rank does not get; a rank failed.
pub fn covariance(
    comm: &dyn Communicator,
    node: &Node,
    ddof: usize,
    correlation: bool,
    alignment: Alignment,
) -> Result<ArrayRef> {
    let ndim = node.shape().len();
    if ndim > 2 {
        return Err(Error::shape(format!("'cov': an array of {ndim} axes; there may be 2")));
    }
    if node.dtype().kind() == Kind::Complex {
        return Err(Error::dtype(format!("'cov' does not take {}", node.dtype())));
    }
    let array = evaluate(comm, &node.clone().cast(DType::F64), None, alignment)?;
    let mut cuts: Vec<Cut> = vec![Cut::NewAxis; 2 - ndim];
    cuts.extend(array.shape().iter().map(|&len| Cut::whole(len)));
    let array = slice(comm, &array, &cuts)?;
    let [variables, observations] = [array.shape()[0], array.shape()[1]];
    let axes = vec![
        AxisMap::new(variables, 1, Dist::Undistributed)?,
        AxisMap::new(observations, comm.size(), Dist::Block)?,
    ];
    let apart = Distribution::from_maps(axes, Ranks::range(0..comm.size()))?;
    let array = redistribute(comm, &array, &apart)?;
    let along = |node, reduction, axis, keepdims| {
        let request = Request::new(node, reduction, Some(vec![axis]));
        match reduce(comm, &[Request { keepdims, ..request }], alignment)?.pop() {
            Some(Reduced::Array(array)) => Ok::<_, Error>(array),
            other => unreachable!("an array of sums along an axis, not {other:?}"),
        }
    };
    let mean = along(Node::array(array.clone()), Reduction::Mean, 1, true)?;
    let centred = Node::binary(BinaryOp::Subtract, Node::array(array), Node::array(mean))?;
    let centred = evaluate(comm, &centred, Some(&apart), alignment)?;
    let all = [variables, variables, observations];
    let stretched =
        |cuts: [Cut; 3]| broadcast_to(&slice(comm, &centred, &cuts)?, &all, comm.rank());
    let (rows, columns) = (Cut::whole(variables), Cut::whole(observations));
    let left = Node::array(stretched([rows, Cut::NewAxis, columns])?);
    let right = Node::array(stretched([Cut::NewAxis, rows, columns])?);
    let products = Node::binary(BinaryOp::Multiply, left, right)?;
    let sums = along(products, Reduction::Sum, 2, false)?;
    let everywhere = Distribution::replicated([variables, variables], comm.size())?;
    let mut sums = redistribute(comm, &sums, &everywhere)?.owned()?;
    // As NumPy: without degrees of freedom, of no elements, infinite or NaN.
    let freedom = (observations as f64 - ddof as f64).max(0.0);
    scale(&mut sums, freedom, correlation)?;
    ArrayRef::from_block(&everywhere, comm.rank(), sums)
}

/// Makes covariances of sums of products, or correlations.
fn scale(sums: &mut Block, freedom: f64, correlation: bool) -> Result<()> {
    let mut values = sums.view_mut::<f64>()?;
    values.mapv_inplace(|sum| sum / freedom);
    if correlation {
        let count = values.shape()[0];
        let deviations: Vec<f64> = (0..count).map(|i| values[[i, i]].sqrt()).collect();
        for i in 0..count {
            for j in 0..count {
                let own = &mut values[[i, j]];
                // Not beyond 1, but for rounding.
                *own = (*own / deviations[i] / deviations[j]).clamp(-1.0, 1.0);
            }
        }
    }
    Ok(())
}
