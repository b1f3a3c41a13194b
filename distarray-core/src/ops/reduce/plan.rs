//! How reductions are made of folds.

use super::Few;
use super::request::{Reduction, Request};
use crate::block::kernels::fold::{Finishing, Fold, finish, fold};
use crate::block::kernels::{BinaryOp, CompareOp, TernaryOp, UnaryOp};
use crate::element::{DType, Kind, Scalar};
use crate::error::{Error, Result};
use crate::expr::Node;

/// One fold of an expression, and what is made of its accumulators.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) node: Node,
    pub(super) fold: Fold,
    pub(super) finishing: Finishing,
    /// Whether it counts the elements of the piece before it.
    pub(super) is_count: bool,
}

/// What results are made of those of the pieces.
#[derive(Clone, Copy, Debug)]
pub(super) enum Combination {
    /// Those of the first.
    First,
    /// Those of the first less those of the second.
    Difference,
    /// The sum of all, and its root.
    Total { root: bool },
    /// A power.
    Power(f64),
}

/// The folds that a reduction takes, and how its results are made of them.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) pieces: Vec<Piece>,
    pub(super) combination: Combination,
    pub(super) dtype: DType,
}

/// The dtype of a variance or a norm: that of a mean's parts.
fn real_of(dtype: DType) -> DType {
    match dtype {
        DType::F32 | DType::C32 => DType::F32,
        _ => DType::F64,
    }
}

fn is_floating(dtype: DType) -> bool {
    matches!(dtype.kind(), Kind::Float | Kind::Complex)
}

fn is_complex(dtype: DType) -> bool {
    dtype.kind() == Kind::Complex
}

/// The real expressions that a complex one consists of, else the expression itself.
fn parts(node: &Node) -> Result<Vec<Node>> {
    match is_complex(node.dtype()) {
        true => [UnaryOp::RealPart, UnaryOp::ImaginaryPart]
            .map(|op| Node::unary(op, node.clone()))
            .into_iter()
            .collect(),
        false => Ok(vec![node.clone()]),
    }
}

/// The elements where a mask is true, else a value.
fn select(mask: Node, node: Node, other: Scalar) -> Result<Node> {
    Node::ternary(TernaryOp::Where, mask, node, Node::scalar(other))
}

/// A number as a scalar of a dtype: 0 or 1.
fn number(dtype: DType, value: bool) -> Scalar {
    crate::with_element!(dtype, T => {
        let value = if value { <T as crate::element::Element>::ONE } else { <T>::default() };
        crate::element::Element::to_scalar(value)
    })
}

/// Infinity as a scalar of a real floating-point dtype.
fn infinity(dtype: DType) -> Scalar {
    match dtype {
        DType::F32 => Scalar::F32(f32::INFINITY),
        _ => Scalar::F64(f64::INFINITY),
    }
}

/// The elements that count: where the mask is true, and none that is NaN where those are left out.
fn counted(request: &Request) -> Result<Option<Node>> {
    let node = &request.node;
    if !request.skip_nan || !is_floating(node.dtype()) {
        return Ok(request.mask.clone());
    }
    let numbers = Node::compare(CompareOp::Equal, node.clone(), node.clone())?;
    match &request.mask {
        Some(mask) => Node::binary(BinaryOp::BitwiseAnd, mask.clone(), numbers).map(Some),
        None => Ok(Some(numbers)),
    }
}

impl Plan {
    /// How a reduction is made.
    ///
    /// # Errors
    /// The dtype has no such reduction.
    pub(super) fn new(request: &Request) -> Result<Self> {
        let node = request.node.clone();
        let skip_nan = request.skip_nan;
        let refused = || {
            let name = request.reduction.name();
            Error::dtype(format!("'{name}' does not take {}", request.node.dtype()))
        };
        let counted = counted(request)?;
        // What does not count is replaced by what changes nothing.
        let neutral = |node: Node, one: bool| match &counted {
            Some(mask) => {
                let value = number(node.dtype(), one);
                select(mask.clone(), node, value)
            }
            None => Ok(node),
        };
        let extreme = |least| {
            let node = match (&request.mask, request.initial) {
                (Some(mask), Some(initial)) => select(mask.clone(), request.node.clone(), initial)?,
                _ => request.node.clone(),
            };
            Ok::<_, Error>((node, Fold::Extreme { least, skip_nan }))
        };
        let itself = |(node, fold)| Self::of(vec![piece(node, fold, Finishing::Itself)]);
        let plan = match request.reduction {
            Reduction::Sum => itself((neutral(node, false)?, Fold::Sum)),
            Reduction::Prod => itself((neutral(node, true)?, Fold::Product)),
            Reduction::Count => itself((neutral(node, false)?, Fold::Count)),
            Reduction::Any => itself((neutral(node, false)?, Fold::Any)),
            Reduction::All => itself((neutral(node, true)?, Fold::All)),
            Reduction::Mean => {
                let sum = piece(neutral(node, false)?, Fold::Total, Finishing::Mean);
                let mut pieces = vec![sum];
                pieces.extend(counted.map(count));
                Self::of(pieces)
            }
            Reduction::Min => itself(extreme(true)?),
            Reduction::Max => itself(extreme(false)?),
            Reduction::Ptp => {
                let of = |least| {
                    let fold = Fold::Extreme { least, skip_nan };
                    piece(request.node.clone(), fold, Finishing::Itself)
                };
                let pieces = vec![of(false), of(true)];
                Self { combination: Combination::Difference, ..Self::of(pieces) }
            }
            Reduction::Argmin => itself((node, Fold::Place { least: true, skip_nan })),
            Reduction::Argmax => itself((node, Fold::Place { least: false, skip_nan })),
            Reduction::Var { ddof } => Self::variance(request, counted, ddof, false)?,
            Reduction::Std { ddof } => Self::variance(request, counted, ddof, true)?,
            Reduction::Norm { order } => Self::norm(node, counted, f64::from_bits(order))?,
        };
        let known = |piece: &Piece| {
            let dtype = piece.node.dtype();
            fold(piece.fold, dtype).and(finish(piece.fold, dtype, piece.finishing)).is_some()
        };
        let subtracts = !matches!(plan.combination, Combination::Difference)
            || crate::block::kernels::binary(BinaryOp::Subtract, plan.dtype).is_some();
        if plan.pieces.iter().all(known) && subtracts { Ok(plan) } else { Err(refused()) }
    }

    fn of(pieces: Vec<Piece>) -> Self {
        let Piece { node, fold, finishing, .. } = &pieces[0];
        let dtype = finish(*fold, node.dtype(), *finishing).map_or(node.dtype(), |f| f.output);
        Self { pieces, combination: Combination::First, dtype }
    }

    /// From squares without rounding, which need no shift to agree on.
    fn variance(request: &Request, counted: Option<Node>, ddof: usize, root: bool) -> Result<Self> {
        let finishing = Finishing::Var { ddof };
        let over_all = request.reduced()?.iter().all(|&reduced| reduced);
        let mut pieces = Vec::new();
        for part in parts(&request.node)? {
            // Columns of other elements, and what a mask leaves, are computed in tiles, as `f64`.
            let part = if over_all && counted.is_none() { part } else { part.cast(DType::F64) };
            let part = match &counted {
                Some(mask) => select(mask.clone(), part, number(DType::F64, false))?,
                None => part,
            };
            pieces.push(piece(part, Fold::PowerSums, finishing));
            pieces.extend(counted.clone().map(count));
        }
        let dtype = real_of(request.node.dtype());
        Ok(Self { pieces, combination: Combination::Total { root }, dtype })
    }

    /// The norm as NumPy has it for vectors: the number of elements that are not zero for order 0, else
    /// `sum(abs(x)^order)^(1 / order)`, whose limits are the extremes.
    fn norm(node: Node, counted: Option<Node>, order: f64) -> Result<Self> {
        let dtype = real_of(node.dtype());
        // What does not count is as small as can be, or of negative orders as large.
        let neutral = |node: Node| match &counted {
            Some(mask) if order < 0.0 => select(mask.clone(), node, infinity(dtype)),
            Some(mask) => {
                let zero = number(node.dtype(), false);
                select(mask.clone(), node, zero)
            }
            None => Ok(node),
        };
        let magnitude = |node: Node| {
            neutral(match node.dtype() {
                DType::Bool => node.cast(dtype),
                other if is_complex(other) => Node::unary(UnaryOp::Absolute, node)?,
                _ => Node::unary(UnaryOp::Absolute, node.cast(dtype))?,
            })
        };
        // Powers of `f32` neither overflow nor underflow in `f64`.
        let precise = |node: Node| node.cast(DType::F64);
        let (node, fold, combination) = if order == 0.0 {
            (neutral(node)?, Fold::Count, Combination::First)
        } else if order.is_infinite() {
            let least = order < 0.0;
            (magnitude(node)?, Fold::Extreme { least, skip_nan: false }, Combination::First)
        } else if order == 1.0 {
            (magnitude(node)?, Fold::Sum, Combination::First)
        } else if order == 2.0 {
            (squares(&neutral(node)?)?, Fold::Sum, Combination::Total { root: true })
        } else {
            let power = Node::scalar(Scalar::F64(order));
            let powers = Node::binary(BinaryOp::Power, precise(magnitude(node)?), power)?;
            (powers, Fold::Sum, Combination::Power(1.0 / order))
        };
        Ok(Self { pieces: vec![piece(node, fold, Finishing::Itself)], combination, dtype })
    }
}

/// The squares of magnitudes, as `f64`.
fn squares(node: &Node) -> Result<Node> {
    let square = |part: Node| Node::unary(UnaryOp::Square, part.cast(DType::F64));
    let mut squares = parts(node)?.into_iter().map(square);
    let first = squares.next().expect("a number has a part")?;
    squares.try_fold(first, |sum, square| Node::binary(BinaryOp::Add, sum, square?))
}

/// A count of the elements that count.
fn count(mask: Node) -> Piece {
    Piece { is_count: true, ..piece(mask, Fold::Count, Finishing::Itself) }
}

fn piece(node: Node, fold: Fold, finishing: Finishing) -> Piece {
    Piece { node, fold, finishing, is_count: false }
}

/// The pieces that are folded, and which of them serves each piece: equal ones are folded once, and
/// sums of numbers and squares serve sums of numbers.
pub(super) fn shared<'a>(pieces: &[&'a Piece]) -> (Few<&'a Piece>, Few<usize>) {
    let holds_sum = |piece: &Piece| {
        matches!(piece.fold, Fold::PowerSums)
            && matches!(piece.node.dtype(), DType::F32 | DType::F64)
    };
    let is_sum = |piece: &Piece| matches!(piece.fold, Fold::Sum | Fold::Total);
    let serves = |(i, by): (usize, &Piece), (j, of): (usize, &Piece)| {
        let folds = by.fold == of.fold && i < j || holds_sum(by) && is_sum(of);
        folds && by.node.is_same(&of.node)
    };
    let server = |j: usize| (0..pieces.len()).find(|&i| serves((i, pieces[i]), (j, pieces[j])));
    let servers: Few<Option<usize>> = (0..pieces.len()).map(server).collect();
    let folded: Few<usize> = (0..pieces.len()).filter(|&piece| servers[piece].is_none()).collect();
    // The first of all equal ones is served by none but by what holds more.
    let place = |mut piece: usize| {
        while let Some(server) = servers[piece] {
            piece = server;
        }
        folded.binary_search(&piece).expect("it is folded itself")
    };
    let places = (0..pieces.len()).map(place).collect();
    (folded.into_iter().map(|piece| pieces[piece]).collect(), places)
}
