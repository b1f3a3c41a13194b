//! [`Node`]: one operation of an expression.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use smallvec::SmallVec;

use super::function::Function;
use super::generated::Generated;
use super::stored::Stored;
use crate::block::Extents;
use crate::block::kernels::{self, BinaryOp, CompareOp, UnaryOp};
use crate::digest::Digest;
use crate::element::{DType, Scalar};
use crate::error::{Error, Result};
use crate::handle::ArrayRef;

/// One operation of an expression, with the dtype and the shape of its value.
///
/// Cloning is cheap and shares the operands. Building a node checks dtypes and shapes, so that
/// every rank finds the same error before anything is sent.
#[derive(Clone)]
pub struct Node(pub(super) Rc<Inner>);

pub(super) struct Inner {
    pub(super) operator: Operator,
    dtype: DType,
    shape: Extents,
    digest: u64,
    /// What is somewhere in the expression.
    marks: u8,
    /// Nodes on the longest way to a leaf.
    pub(super) depth: usize,
    /// The number of the last listing that the node was in, and its place there.
    pub(super) listed: Cell<(u64, usize)>,
}

/// Something that may fail on one rank alone.
const CAN_FAIL: u8 = 1;
/// A generated leaf.
const GENERATED: u8 = 2;
/// A stored leaf.
const STORED: u8 = 4;

/// What a node does.
#[derive(Clone, Debug)]
pub enum Operator {
    /// The elements of an array.
    Array(ArrayRef),
    /// Elements that are made from where they stand.
    Generated(Generated),
    /// Elements that are read when they are needed.
    Stored(Stored),
    /// One value, of shape `[]`.
    Scalar(Scalar),
    /// An operation on one operand.
    #[expect(private_interfaces, reason = "operations are named by the functions that build nodes")]
    Unary(UnaryOp, Node),
    /// An operation on two operands of one dtype that gives that dtype.
    #[expect(private_interfaces, reason = "operations are named by the functions that build nodes")]
    Binary(BinaryOp, Node, Node),
    /// A comparison of two operands of one dtype.
    #[expect(private_interfaces, reason = "operations are named by the functions that build nodes")]
    Compare(CompareOp, Node, Node),
    /// Conversion to the node's dtype.
    Cast(Node),
    /// A function of the user's.
    Map(Function, Vec<Node>),
}

impl Operator {
    /// One of the nodes that it reads.
    pub(super) fn operand(&self, number: usize) -> Option<&Node> {
        match (self, number) {
            (Self::Unary(_, a) | Self::Cast(a), 0) => Some(a),
            (Self::Binary(_, a, _) | Self::Compare(_, a, _), 0) => Some(a),
            (Self::Binary(_, _, b) | Self::Compare(_, _, b), 1) => Some(b),
            (Self::Map(_, operands), _) => operands.get(number),
            _ => None,
        }
    }

    fn operands(&self) -> impl Iterator<Item = &Node> {
        (0..).map_while(|number| self.operand(number))
    }

    /// The marks of the node itself and of all that it reads, and the longest way to a leaf.
    #[inline(always)]
    fn marks(&self) -> (u8, usize) {
        let under = |operand: &Node| (operand.0.marks, operand.0.depth + 1);
        match self {
            Self::Array(_) | Self::Scalar(_) => (0, 0),
            Self::Generated(_) => (GENERATED, 0),
            Self::Stored(_) => (STORED | CAN_FAIL, 0),
            Self::Unary(_, a) | Self::Cast(a) => under(a),
            Self::Binary(_, a, b) | Self::Compare(_, a, b) => {
                let ((a, deep), (b, deeper)) = (under(a), under(b));
                (a | b, deep.max(deeper))
            }
            Self::Map(function, operands) => {
                let own = if function.can_fail() { CAN_FAIL } else { 0 };
                let join =
                    |(all, deep): (u8, usize), (marks, depth)| (all | marks, deep.max(depth));
                operands.iter().map(under).fold((own, 0), join)
            }
        }
    }

    /// A digest, made of those of the operands, from which shapes follow; the dtype is the node's.
    #[inline(always)]
    fn digest(&self, dtype: DType) -> u64 {
        match self {
            Self::Array(array) => Digest::of(&(0, dtype, array.distribution().digest())),
            Self::Scalar(value) => Digest::of(&(1, dtype, value.to_bytes())),
            Self::Unary(op, a) => Digest::of(&(2, *op, a.digest())),
            Self::Binary(op, a, b) => Digest::of(&(3, *op, a.digest(), b.digest())),
            Self::Compare(op, a, b) => Digest::of(&(4, *op, a.digest(), b.digest())),
            Self::Cast(a) => Digest::of(&(5, dtype, a.digest())),
            Self::Map(function, operands) => {
                let first = Digest::of(&(6, dtype, function.digest()));
                let digests = operands.iter().map(Node::digest);
                digests.fold(first, |digest, operand| Digest::of(&(digest, operand)))
            }
            Self::Generated(leaf) => {
                Digest::of(&(7, dtype, leaf.digest(), leaf.distribution().digest()))
            }
            Self::Stored(stored) => Digest::of(&(8, dtype, stored.digest())),
        }
    }
}

impl Node {
    #[inline(always)] // Else operators, which are large, are moved in, and looked through for what they are.
    fn new(operator: Operator, dtype: DType, shape: Extents) -> Self {
        let ((marks, depth), digest) = (operator.marks(), operator.digest(dtype));
        let listed = Cell::new((0, 0));
        Self(Rc::new(Inner { operator, dtype, shape, digest, marks, depth, listed }))
    }

    /// The elements of an array.
    pub fn array(array: ArrayRef) -> Self {
        let (dtype, shape) = (array.dtype(), Extents::from_slice(array.shape()));
        Self::new(Operator::Array(array), dtype, shape)
    }

    /// Elements that are made from where they stand.
    pub fn generated(generated: Generated) -> Self {
        let (dtype, shape) = (generated.dtype(), Extents::from(generated.distribution().shape()));
        Self::new(Operator::Generated(generated), dtype, shape)
    }

    /// Elements that are read when they are needed.
    pub fn stored(stored: Stored) -> Self {
        let (dtype, shape) = (stored.dtype(), Extents::from(stored.distribution().shape()));
        Self::new(Operator::Stored(stored), dtype, shape)
    }

    /// One value, which broadcasts to any shape.
    pub fn scalar(value: Scalar) -> Self {
        Self::new(Operator::Scalar(value), value.dtype(), Extents::new())
    }

    /// Conversion to another dtype.
    pub fn cast(self, dtype: DType) -> Self {
        if self.dtype() == dtype {
            return self;
        }
        let shape = Extents::from_slice(self.shape());
        Self::new(Operator::Cast(self), dtype, shape)
    }

    /// A function of the user's, element by element.
    ///
    /// # Errors
    /// The operands' shapes do not broadcast.
    pub(crate) fn map(function: Function, operands: Vec<Self>) -> Result<Self> {
        let mut shape = Extents::new();
        for operand in &operands {
            shape = broadcast(function.name(), &shape, operand.shape())?;
        }
        let dtype = function.output();
        Ok(Self::new(Operator::Map(function, operands), dtype, shape))
    }

    pub(crate) fn unary(op: UnaryOp, a: Self) -> Result<Self> {
        let refused = || Error::dtype(format!("'{}' does not take {}", op.name(), a.dtype()));
        let dtype = op.output(a.dtype()).ok_or_else(refused)?;
        let shape = Extents::from_slice(a.shape());
        Ok(Self::new(Operator::Unary(op, a), dtype, shape))
    }

    pub(crate) fn binary(op: BinaryOp, a: Self, b: Self) -> Result<Self> {
        let dtype = same_dtype(op.name(), &a, &b)?;
        if kernels::binary(op, dtype).is_none() {
            return Err(Error::dtype(format!("'{}' does not take {dtype}", op.name())));
        }
        let shape = broadcast(op.name(), a.shape(), b.shape())?;
        Ok(Self::new(Operator::Binary(op, a, b), dtype, shape))
    }

    pub(crate) fn compare(op: CompareOp, a: Self, b: Self) -> Result<Self> {
        let mut dtype = same_dtype(op.name(), &a, &b)?;
        let (mut a, mut b) = (a, b);
        if op.is_logical() {
            dtype = DType::Bool;
            (a, b) = (a.cast(dtype), b.cast(dtype));
        }
        if kernels::compare(op, dtype).is_none() {
            return Err(Error::dtype(format!("'{}' does not take {dtype}", op.name())));
        }
        let shape = broadcast(op.name(), a.shape(), b.shape())?;
        Ok(Self::new(Operator::Compare(op, a, b), DType::Bool, shape))
    }

    /// What the node does.
    pub fn operator(&self) -> &Operator {
        &self.0.operator
    }

    /// The dtype of the value.
    pub fn dtype(&self) -> DType {
        self.0.dtype
    }

    /// The shape of the value.
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// Whether a function of the user's may fail in evaluation, on some rank alone.
    pub(crate) fn can_fail(&self) -> bool {
        self.0.marks & CAN_FAIL != 0
    }

    /// Whether some leaf of the expression is generated.
    pub(crate) fn has_generated(&self) -> bool {
        self.0.marks & GENERATED != 0
    }

    /// Whether some leaf of the expression is stored elsewhere.
    pub(crate) fn has_stored(&self) -> bool {
        self.0.marks & STORED != 0
    }

    /// What a node that is a stored leaf reads.
    pub(crate) fn as_stored(&self) -> Option<&Stored> {
        match self.operator() {
            Operator::Stored(stored) => Some(stored),
            _ => None,
        }
    }

    /// What makes the elements of a node that is a generated leaf.
    pub(crate) fn as_generated(&self) -> Option<&Generated> {
        match self.operator() {
            Operator::Generated(generated) => Some(generated),
            _ => None,
        }
    }

    /// A number that ranks share which have built the same expression; of a user's function no more
    /// than its types can be told.
    pub(crate) fn digest(&self) -> u64 {
        self.0.digest
    }

    /// Whether two nodes do the same with their operands, whatever those are. Functions of the user's
    /// are told apart by where they are kept.
    pub(super) fn does_as(&self, other: &Self) -> bool {
        self.dtype() == other.dtype()
            && match (self.operator(), other.operator()) {
                (Operator::Unary(a, _), Operator::Unary(b, _)) => a == b,
                (Operator::Binary(a, ..), Operator::Binary(b, ..)) => a == b,
                (Operator::Compare(a, ..), Operator::Compare(b, ..)) => a == b,
                (Operator::Cast(_), Operator::Cast(_)) => true,
                (Operator::Map(a, _), Operator::Map(b, _)) => a.is_same(b),
                _ => false,
            }
    }

    /// Whether two expressions are the same operations on clones of the same arrays: the same answer on
    /// every rank. Expressions with generated elements are the same as themselves only.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        // Places are known for the list that was made last only.
        let listed = |node: &Self| -> Vec<(Self, Vec<usize>)> {
            let places = |node: &Self| node.operands().map(Self::place).collect();
            node.in_order().into_iter().map(|node| (node.clone(), places(node))).collect()
        };
        let is_alike = |a: &Self, b: &Self| match (a.operator(), b.operator()) {
            _ if Rc::ptr_eq(&a.0, &b.0) => true,
            (Operator::Array(a), Operator::Array(b)) => a.is_kin(b),
            (Operator::Scalar(a), Operator::Scalar(b)) => a == b && a.dtype() == b.dtype(),
            (Operator::Stored(a), Operator::Stored(b)) => a.is_same(b),
            _ => a.does_as(b),
        };
        if Rc::ptr_eq(&self.0, &other.0) {
            return true;
        }
        let (own, others) = (listed(self), listed(other));
        own.len() == others.len()
            && own.iter().zip(&others).all(|((a, x), (b, y))| x == y && is_alike(a, b))
    }

    /// The nodes that this one reads.
    pub(crate) fn operands(&self) -> impl Iterator<Item = &Self> {
        self.operator().operands()
    }

    /// The arrays that the expression reads, each node once, in the order of [`in_order`](Self::in_order). Nodes are
    /// visited for it.
    pub(crate) fn arrays(&self) -> SmallVec<[&ArrayRef; 8]> {
        let mut arrays = SmallVec::new();
        self.visit_in_order(|node| {
            if let Operator::Array(array) = node.operator() {
                arrays.push(array);
            }
        });
        arrays
    }
}

impl fmt::Debug for Node {
    /// The operation as a call, such as `add(float64[2, 3], 1.0)`, down to a few levels.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn print(node: &Node, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let name = match node.operator() {
                Operator::Array(_) => return write!(f, "{}{:?}", node.dtype(), node.shape()),
                Operator::Generated(generated) => return write!(f, "{generated:?}"),
                Operator::Stored(stored) => return write!(f, "{stored:?}"),
                Operator::Scalar(value) => return write!(f, "{value}"),
                Operator::Unary(op, _) => op.name(),
                Operator::Binary(op, ..) => op.name(),
                Operator::Compare(op, ..) => op.name(),
                Operator::Cast(_) => node.dtype().name(),
                Operator::Map(function, _) => function.name(),
            };
            write!(f, "{name}(")?;
            for (i, operand) in node.operands().enumerate() {
                f.write_str(if i > 0 { ", " } else { "" })?;
                match depth {
                    0 => f.write_str("...")?,
                    _ => print(operand, depth - 1, f)?,
                }
            }
            f.write_str(")")
        }
        print(self, 8, f)
    }
}

fn same_dtype(name: &str, a: &Node, b: &Node) -> Result<DType> {
    if a.dtype() == b.dtype() {
        Ok(a.dtype())
    } else {
        let (a, b) = (a.dtype(), b.dtype());
        Err(Error::dtype(format!("'{name}' takes operands of one dtype, not {a} and {b}")))
    }
}

pub(super) fn broadcast(name: &str, a: &[usize], b: &[usize]) -> Result<Extents> {
    // Most often both are alike, or one is a scalar.
    if a == b || b.is_empty() {
        return Ok(Extents::from_slice(a));
    }
    broadcast_shapes(a, b)
        .map(Extents::from)
        .ok_or_else(|| Error::shape(format!("'{name}': shapes {a:?} and {b:?} do not broadcast")))
}

/// The shape that two shapes broadcast to: axes are matched from the last, and an extent of 1
/// stretches. `None` where two extents differ and neither is 1.
///
/// ```
/// use distarray_core::expr::broadcast_shapes;
///
/// assert_eq!(broadcast_shapes(&[3, 1], &[4]), Some(vec![3, 4]));
/// assert_eq!(broadcast_shapes(&[3], &[4]), None);
/// ```
pub fn broadcast_shapes(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let ndim = a.len().max(b.len());
    let extent = |shape: &[usize], axis: usize| match axis + shape.len() {
        at if at < ndim => 1,
        at => shape[at - ndim],
    };
    let join = |axis| match (extent(a, axis), extent(b, axis)) {
        (a, b) if a == b || b == 1 => Some(a),
        (1, b) => Some(b),
        _ => None,
    };
    (0..ndim).map(join).collect()
}
