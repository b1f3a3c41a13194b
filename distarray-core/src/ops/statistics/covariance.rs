//! Covariances and correlations of variables.

use crate::block::Block;
use crate::block::kernels::{BinaryOp, UnaryOp};
use crate::comm::{Arguments, Communicator};
use crate::dist::{AxisMap, Cut, Dist, Distribution, Ranks};
use crate::element::{Complex64, DType, Kind, Scalar};
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::handle::ArrayRef;
use crate::ops::Alignment;
use crate::ops::evaluate::evaluate;
use crate::ops::rearrange::concatenate;
use crate::ops::redistribute::redistribute;
use crate::ops::reduce::{Reduced, Reduction, Request, reduce};
use crate::ops::shape::{broadcast_to, permute};
use crate::ops::slice::slice;

/// Covariances that are asked for.
#[derive(Clone, Debug)]
pub struct Covariance {
    /// Two axes: a row for each variable, or a column; or one axis, of one variable.
    pub node: Node,
    /// More variables, in the same form, of as many observations.
    pub others: Option<Node>,
    /// Whether variables are columns.
    pub columns: bool,
    /// Delta degrees of freedom.
    pub ddof: usize,
    /// Whether they are divided by the standard deviations.
    pub correlation: bool,
    /// How often each observation was made: integers.
    pub frequencies: Option<Node>,
    /// What each observation counts for.
    pub weights: Option<Node>,
}

impl Covariance {
    /// Adds to what the ranks compare.
    pub(crate) fn note(&self, arguments: Arguments) -> Arguments {
        let digest = |node: &Option<Node>| node.as_ref().map(Node::digest);
        arguments
            .and("other variables", &digest(&self.others))
            .and("degrees of freedom", &self.ddof)
            .and("kind", &(self.columns, self.correlation))
            .and("weights", &(digest(&self.frequencies), digest(&self.weights)))
    }

    fn name(&self) -> &'static str {
        if self.correlation { "corrcoef" } else { "cov" }
    }

    /// The numbers of variables and observations of an expression.
    fn extents_of(&self, node: &Node) -> Result<(usize, usize)> {
        match *node.shape() {
            [observations] => Ok((1, observations)),
            [observations, variables] if self.columns => Ok((variables, observations)),
            [variables, observations] => Ok((variables, observations)),
            ref other => Err(Error::shape(format!(
                "'{}': an array of {} axes; there may be 1 or 2",
                self.name(),
                other.len()
            ))),
        }
    }

    /// The numbers of all variables and of observations.
    fn extents(&self) -> Result<(usize, usize)> {
        let name = self.name();
        let (mut variables, observations) = self.extents_of(&self.node)?;
        if let Some(others) = &self.others {
            let (more, of) = self.extents_of(others)?;
            if of != observations {
                return Err(Error::shape(format!(
                    "'{name}': variables of {observations} and of {of} observations, in arrays of shapes {:?} and {:?}",
                    self.node.shape(),
                    others.shape()
                )));
            }
            variables += more;
        }
        for weights in [&self.frequencies, &self.weights].into_iter().flatten() {
            if weights.shape() != [observations] {
                return Err(Error::shape(format!(
                    "'{name}': weights of shape {:?} for {observations} observations",
                    weights.shape()
                )));
            }
        }
        Ok((variables, observations))
    }
}

/// Covariances of variables, or correlations. A matrix on every rank, in double precision; that of complex
/// variables is the mean of `(a - mean(a)) * conj(b - mean(b))`.
///
/// Observations are moved so that each rank has whole ones, in blocks. Each covariance is an exact sum
/// of rounded products, rounded once: the same bits for every distribution. So much takes the square of the
/// number of variables times that of the observations, and 280 bytes for each covariance (twice as much
/// where they are complex).
///
/// # Errors
/// An expression of no axes or of more than two; other variables of another number of observations; weights of
/// another shape or below 0, or that add up to 0; memory that some rank does not get; a rank failed.
pub fn covariance(
    comm: &dyn Communicator,
    request: &Covariance,
    alignment: Alignment,
) -> Result<ArrayRef> {
    let (variables, observations) = request.extents()?;
    let dtype = match request.node.dtype().kind() {
        Kind::Complex => DType::C64,
        _ => DType::F64,
    };
    // As rows.
    let turned = |node: &Node| {
        let array = evaluate(comm, &node.clone().cast(dtype), None, alignment)?;
        match *array.shape() {
            [_] => slice(comm, &array, &[Cut::NewAxis, Cut::whole(observations)]),
            _ if request.columns => Ok(permute(&array, &[1, 0])),
            _ => Ok(array),
        }
    };
    let mut array = turned(&request.node)?;
    if let Some(others) = &request.others {
        array = concatenate(comm, &[array, turned(others)?], 0)?;
    }
    let ranks = Ranks::range(0..comm.size());
    let blocks = AxisMap::new(observations, comm.size(), Dist::Block)?;
    let axes = vec![AxisMap::new(variables, 1, Dist::Undistributed)?, blocks.clone()];
    let apart = Distribution::from_maps(axes, ranks.clone())?;
    let array = redistribute(comm, &array, &apart)?;
    let along_blocks = Distribution::from_maps(vec![blocks], ranks)?;
    let weights = Weights::new(comm, request, &along_blocks, alignment)?;
    // As a row, for products with rows.
    let row = weights.each.as_ref().map(|each| {
        let row = slice(comm, each, &[Cut::NewAxis, Cut::whole(observations)])?;
        Ok::<_, Error>(Node::array(row).cast(dtype))
    });
    let row = row.transpose()?;

    let along = |node, reduction, axis, keepdims| {
        let request = Request::new(node, reduction, Some(vec![axis]));
        match reduce(comm, &[Request { keepdims, ..request }], alignment)?.pop() {
            Some(Reduced::Array(array)) => Ok::<_, Error>(array),
            other => unreachable!("an array of sums along an axis, not {other:?}"),
        }
    };
    let node = Node::array(array);
    let mean = match &row {
        None => Node::array(along(node.clone(), Reduction::Mean, 1, true)?),
        Some(row) => {
            let weighed = Node::binary(BinaryOp::Multiply, node.clone(), row.clone())?;
            let sums = Node::array(along(weighed, Reduction::Sum, 1, true)?);
            let total = Node::scalar(Scalar::F64(weights.total)).cast(dtype);
            Node::binary(BinaryOp::Divide, sums, total)?
        }
    };
    let centred = Node::binary(BinaryOp::Subtract, node, mean)?;
    let centred = evaluate(comm, &centred, Some(&apart), alignment)?;
    let all = [variables, variables, observations];
    let stretched = |cuts: [Cut; 3]| {
        let array = broadcast_to(&slice(comm, &centred, &cuts)?, &all, comm.rank());
        array.map(Node::array)
    };
    let (rows, columns) = (Cut::whole(variables), Cut::whole(observations));
    let left = stretched([rows, Cut::NewAxis, columns])?;
    let mut right = stretched([Cut::NewAxis, rows, columns])?;
    if dtype == DType::C64 {
        right = Node::unary(UnaryOp::Conjugate, right)?;
    }
    let mut products = Node::binary(BinaryOp::Multiply, left, right)?;
    if let Some(row) = row {
        // After the product, which is the same for either order of two variables.
        products = Node::binary(BinaryOp::Multiply, products, row)?;
    }
    let sums = along(products, Reduction::Sum, 2, false)?;
    let everywhere = Distribution::replicated([variables, variables], comm.size())?;
    let mut sums = redistribute(comm, &sums, &everywhere)?.owned()?;
    // As NumPy: without degrees of freedom, of no elements, infinite or NaN.
    let freedom = weights.freedom(request.ddof as f64).max(0.0);
    match dtype {
        DType::C64 => scale(&mut sums, freedom, request.correlation)?,
        _ => scale_real(&mut sums, freedom, request.correlation)?,
    }
    ArrayRef::from_block(&everywhere, comm.rank(), sums)
}

/// What observations count for.
struct Weights {
    /// Each of them, in `float64`; `None` where all count alike.
    each: Option<ArrayRef>,
    /// Their sum.
    total: f64,
    /// The sum of the squares over the frequencies, over the total: what a degree of freedom takes.
    degree: f64,
}

impl Weights {
    /// Frequencies times weights; one message of their sums.
    fn new(
        comm: &dyn Communicator,
        request: &Covariance,
        blocks: &Distribution,
        alignment: Alignment,
    ) -> Result<Self> {
        let given = [&request.frequencies, &request.weights];
        let given: Vec<Node> =
            given.into_iter().flatten().map(|node| node.clone().cast(DType::F64)).collect();
        let Some(product) =
            given.iter().cloned().map(Ok).reduce(|a, b| Node::binary(BinaryOp::Multiply, a?, b?))
        else {
            return Ok(Self { each: None, total: blocks.len() as f64, degree: 1.0 });
        };
        let each = evaluate(comm, &product?, Some(blocks), alignment)?;
        let node = Node::array(each.clone());
        let mut asked = vec![Request::new(node.clone(), Reduction::Sum, None)];
        if let Some(weights) = &request.weights {
            let squares = Node::binary(BinaryOp::Multiply, node, weights.clone().cast(DType::F64))?;
            asked.push(Request::new(squares, Reduction::Sum, None));
        }
        let sums = asked.len();
        if !blocks.is_empty() {
            asked.extend(given.into_iter().map(|node| Request::new(node, Reduction::Min, None)));
        }
        let found: Vec<f64> = reduce(comm, &asked, alignment)?.into_iter().map(number).collect();
        let name = request.name();
        if let Some(below) = found[sums..].iter().find(|least| **least < 0.0) {
            return Err(Error::argument(format!("'{name}': a weight of {below} is below 0")));
        }
        let total = found[0];
        if total == 0.0 {
            return Err(Error::argument(format!("'{name}': the weights add up to 0")));
        }
        let degree = if sums == 2 { found[1] / total } else { 1.0 };
        Ok(Self { each: Some(each), total, degree })
    }

    /// What sums of products are divided by.
    fn freedom(&self, ddof: f64) -> f64 {
        if ddof == 0.0 { self.total } else { self.total - ddof * self.degree }
    }
}

fn number(reduced: Reduced) -> f64 {
    match reduced {
        Reduced::Scalar(Scalar::F64(value)) => value,
        other => unreachable!("a number of float64, not {other:?}"),
    }
}

/// Makes covariances of sums of products, or correlations.
fn scale_real(sums: &mut Block, freedom: f64, correlation: bool) -> Result<()> {
    let mut values = sums.view_mut::<f64>()?;
    values.mapv_inplace(|sum| sum / freedom);
    if correlation {
        let deviations: Vec<f64> = (0..values.shape()[0]).map(|i| values[[i, i]].sqrt()).collect();
        for (at, own) in values.indexed_iter_mut() {
            // Not beyond 1, but for rounding.
            *own = (*own / deviations[at[0]] / deviations[at[1]]).clamp(-1.0, 1.0);
        }
    }
    Ok(())
}

/// As [`scale_real`], of complex numbers.
fn scale(sums: &mut Block, freedom: f64, correlation: bool) -> Result<()> {
    let mut values = sums.view_mut::<Complex64>()?;
    values.mapv_inplace(|sum| sum.unscale(freedom));
    if correlation {
        let deviations: Vec<f64> =
            (0..values.shape()[0]).map(|i| values[[i, i]].re.sqrt()).collect();
        for (at, own) in values.indexed_iter_mut() {
            let part = |part: f64| (part / deviations[at[0]] / deviations[at[1]]).clamp(-1.0, 1.0);
            *own = Complex64::new(part(own.re), part(own.im));
        }
    }
    Ok(())
}
