//! Operations as data, and the one interpreter that carries them out.
//!
//! A [`Command`] makes something new, a [`Change`] alters an array in place. Neither contains an
//! algorithm: [`Spmd`] hands each to the function of [`crate::ops`] that does it, together with the
//! other ranks. A client that sends commands to engines would be another [`Executor`].

mod arguments;
mod spmd;

use std::fmt;
use std::ops::Range;
use std::rc::Rc;

pub use spmd::Spmd;

use crate::block::Block;
use crate::block::kernels::BinaryOp;
use crate::comm::{Communicator, ReduceOp};
use crate::dist::{Cut, Distribution};
use crate::element::{DType, Scalar};
use crate::error::Result;
use crate::exchange::Route;
use crate::expr::Node;
use crate::handle::ArrayRef;
use crate::ops::{
    Alignment, Counted, Covariance, Histogram, Mask, Method, Move, Recipe, Reduced, Request, Scan,
    Selection,
};

/// An operation that makes something new.
#[derive(Clone, Debug)]
pub enum Command {
    /// A new array by a recipe.
    Create {
        /// How to make the elements.
        recipe: Recipe,
        /// Who owns them.
        distribution: Distribution,
    },
    /// The value of an expression as a new array.
    Evaluate {
        /// The expression.
        node: Node,
        /// Who owns the result; else as [`crate::ops::result_distribution`] says.
        distribution: Option<Distribution>,
    },
    /// Some rows of the value of an expression.
    EvaluateRows {
        /// The expression.
        node: Node,
        /// Indices of the first axis.
        rows: Range<usize>,
        /// Who owns the result; else as [`crate::ops::evaluate_rows`] says.
        distribution: Option<Distribution>,
    },
    /// The values of expressions as new arrays, together.
    EvaluateTogether {
        /// The expressions.
        nodes: Vec<Node>,
    },
    /// Reductions of expressions, together.
    Reduce {
        /// What is asked for.
        requests: Vec<Request>,
    },
    /// A scan of an expression.
    Scan {
        /// The expression.
        node: Node,
        /// What is scanned for.
        scan: Scan,
        /// Along which axis; else in C order.
        axis: Option<usize>,
        /// Whether NaNs are left out.
        skip_nan: bool,
    },
    /// How often whole numbers stand in an expression.
    Bincount {
        /// The expression.
        numbers: Node,
        /// What elements count for, instead of 1.
        weights: Option<Node>,
        /// How many numbers are counted at least.
        least: usize,
    },
    /// How many elements are in bins.
    Histogram {
        /// What is asked for.
        request: Histogram,
    },
    /// Quantiles of all elements of an expression.
    Quantile {
        /// The expression.
        node: Node,
        /// The quantiles.
        quantiles: Vec<f64>,
        /// How they are found between elements.
        method: Method,
        /// Whether NaNs are left out.
        skip_nan: bool,
    },
    /// A quantile along an axis of an expression.
    QuantileAlong {
        /// The expression.
        node: Node,
        /// The quantile.
        quantile: f64,
        /// The axis.
        axis: usize,
        /// How it is found between elements, and whether NaNs are left out.
        how: (Method, bool),
    },
    /// The covariances of variables.
    Covariance {
        /// What is asked for.
        request: Covariance,
    },
    /// The same elements under another distribution.
    Redistribute {
        /// The array.
        array: ArrayRef,
        /// Who shall own them.
        distribution: Distribution,
    },
    /// As `Redistribute`, along a route that was made before.
    Follow {
        /// The array.
        array: ArrayRef,
        /// The way.
        route: Route,
    },
    /// The whole array on one rank.
    Gather {
        /// The array.
        array: ArrayRef,
        /// The rank.
        root: usize,
    },
    /// Ranges of an array on every rank.
    GatherToAll {
        /// The array.
        array: ArrayRef,
        /// For each axis, the ranges of indices.
        ranges: Vec<Vec<Range<usize>>>,
    },
    /// An array of elements that one rank has.
    Scatter {
        /// The elements, on the root.
        block: Option<Block>,
        /// The rank that has them.
        root: usize,
        /// Their type.
        dtype: DType,
        /// Who shall own them.
        distribution: Distribution,
    },
    /// Some of the elements, where they are.
    Slice {
        /// The array.
        array: ArrayRef,
        /// What is taken of each axis.
        cuts: Vec<Cut>,
    },
    /// The axes in another order.
    Permute {
        /// The array.
        array: ArrayRef,
        /// For each axis of the result, which one it is.
        order: Vec<usize>,
    },
    /// Stretched as broadcasting does it.
    BroadcastTo {
        /// The array.
        array: ArrayRef,
        /// The shape of the result.
        shape: Vec<usize>,
    },
    /// The elements in C order under another shape.
    Reshape {
        /// The array.
        array: ArrayRef,
        /// The shape of the result.
        shape: Vec<usize>,
        /// Who shall own them; else as [`crate::ops::reshape`] says.
        distribution: Option<Distribution>,
    },
    /// Indices of one axis moved to others.
    Rearrange {
        /// The array.
        array: ArrayRef,
        /// The axis.
        axis: usize,
        /// Its extent in the result.
        extent: usize,
        /// What goes where.
        moves: Vec<Move>,
        /// What stands where nothing goes.
        fill: Option<Scalar>,
    },
    /// Each element of an axis so many times.
    Repeat {
        /// The array.
        array: ArrayRef,
        /// The axis.
        axis: usize,
        /// How many times.
        times: usize,
    },
    /// Arrays one after the other.
    Concatenate {
        /// The arrays.
        arrays: Vec<ArrayRef>,
        /// The axis along which they follow each other.
        axis: usize,
    },
    /// A triangle of the last two axes.
    Triangle {
        /// The array.
        array: ArrayRef,
        /// By how much the diagonal is shifted to the right.
        diagonal: isize,
        /// Whether it is the lower one.
        lower: bool,
    },
    /// Elements by lists of indices.
    Take {
        /// The array.
        array: ArrayRef,
        /// Which of its elements.
        selection: Selection,
    },
    /// The elements where a mask is true.
    Masked {
        /// The array.
        array: ArrayRef,
        /// Which of its elements.
        mask: Mask,
    },
    /// What is selected along an axis where a condition is true.
    Compress {
        /// The array.
        array: ArrayRef,
        /// Along one axis.
        condition: Mask,
        /// Which axis.
        axis: usize,
    },
    /// The places of the elements of an expression that are not zero.
    Nonzero {
        /// The expression.
        node: Node,
        /// Whether as indices, one row for each; else as numbers in C order.
        rows: bool,
    },
    /// One element by its global index.
    ElementAt {
        /// The array.
        array: ArrayRef,
        /// The global index.
        index: Vec<usize>,
    },
}

/// An operation that alters an array in place.
#[derive(Clone, Debug)]
pub enum Change {
    /// Writes one element.
    SetElement {
        /// The global index.
        index: Vec<usize>,
        /// The new value.
        value: Scalar,
    },
    /// Writes the value of an expression to a slice.
    Assign {
        /// What the slice takes of each axis.
        cuts: Vec<Cut>,
        /// The expression.
        value: Node,
    },
    /// Combines the elements of a slice with the value of an expression.
    Update {
        /// What the slice takes of each axis.
        cuts: Vec<Cut>,
        /// What combines them: the element is the left operand.
        #[expect(private_interfaces, reason = "operations are named by the methods that use them")]
        op: BinaryOp,
        /// The expression.
        value: Node,
    },
    /// Writes values to elements by lists of indices.
    Put {
        /// Which elements.
        selection: Selection,
        /// The values.
        values: Node,
        /// What combines them with the elements; they replace them where there is none.
        op: Option<ReduceOp>,
    },
    /// Writes values where a mask is true.
    PutMasked {
        /// Which elements.
        mask: Mask,
        /// The values.
        values: Node,
    },
    /// Writes the elements of an array of another distribution.
    Follow {
        /// The array.
        array: ArrayRef,
        /// The way from there.
        route: Route,
    },
    /// Fills the halo.
    ExchangeHalo,
}

/// What a command gives.
#[derive(Clone, Debug)]
pub enum Reply {
    /// An array.
    Array(ArrayRef),
    /// Several arrays.
    Arrays(Vec<ArrayRef>),
    /// One value.
    Scalar(Scalar),
    /// What several reductions give.
    Reduced(Vec<Reduced>),
    /// A histogram.
    Counted(Counted),
    /// Several numbers.
    Numbers(Vec<f64>),
    /// Elements on this rank; `None` where the command gives them to another.
    Block(Option<Block>),
}

/// Who carries out commands.
pub trait Executor: fmt::Debug {
    /// Carries out a command. Every rank does, in the same order.
    fn execute(&self, command: Command) -> Result<Reply>;

    /// Alters an array in place.
    fn change(&self, array: &mut ArrayRef, change: Change) -> Result<()>;

    /// Writes the values of expressions over all elements of arrays, as many.
    fn assign_together(&self, arrays: &mut [&mut ArrayRef], values: &[Node]) -> Result<()>;

    /// From now on, what happens to operands that are distributed otherwise than the result; gives what
    /// happened to them before.
    fn set_alignment(&self, alignment: Alignment) -> Alignment;

    /// The group of ranks that this program runs on; an error where it runs on none of them, as a
    /// client would.
    fn communicator(&self) -> Result<&Rc<dyn Communicator>>;
}
