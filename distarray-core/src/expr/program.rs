//! [`Program`]: an expression as a list of kernels over tiles.

use std::collections::BTreeMap;

use super::TILE;
use super::function::Function;
use super::node::{Node, Operator};
use crate::block::kernels::{self, BinaryKernel, UnaryKernel};
use crate::element::DType;

/// How a program reads an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// In place: the elements of a lane lie side by side.
    Direct,
    /// One element for a whole lane.
    Splat,
    /// Into a tile, one by one.
    Gather,
}

/// Where an operand of a step is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// In a tile.
    Tile(usize),
    /// In an array, in place.
    Array(usize),
    /// One element of an array, for the whole lane.
    Splat(usize),
    /// A constant.
    Constant(usize),
}

impl Operand {
    /// Whether it is one element for the whole lane.
    fn is_single(self) -> bool {
        matches!(self, Self::Splat(_) | Self::Constant(_))
    }
}

/// One kernel call; the target is a tile.
pub(super) enum Step {
    /// Copies elements of an array, or one element many times, to a tile.
    Fetch {
        item: usize,
        from: Operand,
        to: usize,
    },
    /// Makes elements of a generated leaf.
    Generate {
        leaf: usize,
        to: usize,
    },
    Unary {
        kernel: UnaryKernel,
        from: Operand,
        to: usize,
    },
    Binary {
        kernel: unsafe fn(*mut u8, *const u8, *const u8, usize),
        a: Operand,
        b: Operand,
        to: usize,
    },
    Map {
        function: Function,
        operands: Vec<Operand>,
        to: usize,
    },
}

/// The steps of an expression, in order, and where its value is found after them.
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) result: Operand,
    pub(super) constants: Vec<Constant>,
    /// The number of tiles that the steps use.
    pub(super) tiles: usize,
}

/// A scalar's bytes, aligned for every element type.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
pub(super) struct Constant(pub(super) [u8; 16]);

/// Memory for one tile of the widest element type.
#[derive(Clone)]
#[repr(C, align(64))]
pub(super) struct Tile(pub(super) [u8; TILE * 16]);

/// A program under construction: tiles are handed out again once nobody reads them any more.
struct Builder<'a> {
    program: Program,
    access: &'a [Access],
    /// Arrays met so far.
    arrays: usize,
    /// Generated leaves met so far.
    generated: usize,
    /// For each node: where its value is, and how many nodes have yet to read it.
    values: BTreeMap<usize, (Operand, usize)>,
    free: Vec<usize>,
}

impl Program {
    /// Turns an expression into steps; `access` says how each of its arrays is read.
    pub(super) fn new(root: &Node, access: &[Access]) -> Self {
        let order = root.in_order();
        let mut readers = BTreeMap::new();
        for node in &order {
            for operand in node.operands() {
                *readers.entry(operand.identity()).or_insert(0) += 1;
            }
        }
        let program =
            Self { steps: Vec::new(), result: Operand::Tile(0), constants: Vec::new(), tiles: 0 };
        let values = BTreeMap::new();
        let mut builder =
            Builder { program, access, arrays: 0, generated: 0, values, free: Vec::new() };
        for node in order {
            let operand = builder.compile(node);
            let readers = readers.get(&node.identity()).copied().unwrap_or(0);
            builder.values.insert(node.identity(), (operand, readers));
        }
        let (result, _) = builder.values[&root.identity()];
        // A result is read as a slice.
        builder.program.result = match result {
            Operand::Splat(_) | Operand::Constant(_) => builder.spread(result, root.dtype()),
            other => other,
        };
        builder.program
    }

    /// Whether the last step makes the result, so that it could write it elsewhere.
    pub(super) fn ends_in_result(&self) -> bool {
        let made = match self.steps.last() {
            Some(
                Step::Fetch { to, .. }
                | Step::Generate { to, .. }
                | Step::Unary { to, .. }
                | Step::Binary { to, .. }
                | Step::Map { to, .. },
            ) => Some(Operand::Tile(*to)),
            None => None,
        };
        made == Some(self.result)
    }
}

impl Builder<'_> {
    fn compile(&mut self, node: &Node) -> Operand {
        match node.operator() {
            Operator::Scalar(value) => {
                self.program.constants.push(Constant(value.to_bytes()));
                Operand::Constant(self.program.constants.len() - 1)
            }
            Operator::Array(array) => {
                let index = self.arrays;
                self.arrays += 1;
                match self.access[index] {
                    Access::Direct => Operand::Array(index),
                    Access::Splat => Operand::Splat(index),
                    Access::Gather => self.spread(Operand::Array(index), array.dtype()),
                }
            }
            Operator::Generated(_) => {
                let (leaf, to) = (self.generated, self.tile());
                self.generated += 1;
                self.program.steps.push(Step::Generate { leaf, to });
                Operand::Tile(to)
            }
            Operator::Unary(op, a) => {
                let kernel = kernels::unary(*op, a.dtype()).expect("checked when built");
                self.one(kernel, a)
            }
            Operator::Cast(a) => self.one(kernels::cast(a.dtype(), node.dtype()), a),
            Operator::Binary(op, a, b) => {
                let kernel = kernels::binary(*op, a.dtype()).expect("checked when built");
                self.two(kernel, a, b)
            }
            Operator::Compare(op, a, b) => {
                let kernel = kernels::compare(*op, a.dtype()).expect("checked when built");
                self.two(kernel, a, b)
            }
            Operator::Map(function, operands) => {
                let from: Vec<_> = operands.iter().map(|operand| self.slice(operand)).collect();
                let to = self.tile();
                let function = function.clone();
                self.program.steps.push(Step::Map { function, operands: from.clone(), to });
                operands.iter().zip(from).for_each(|(node, at)| self.read(node, at));
                Operand::Tile(to)
            }
        }
    }

    fn one(&mut self, kernel: UnaryKernel, a: &Node) -> Operand {
        let from = self.slice(a);
        let to = self.tile();
        self.program.steps.push(Step::Unary { kernel, from, to });
        self.read(a, from);
        Operand::Tile(to)
    }

    fn two(&mut self, kernel: BinaryKernel, left: &Node, right: &Node) -> Operand {
        let (mut a, b) = (self.value(left), self.value(right));
        if a.is_single() && b.is_single() {
            a = self.slice(left);
        }
        let kernel = match (a.is_single(), b.is_single()) {
            (true, _) => kernel.scalar_left,
            (_, true) => kernel.scalar_right,
            _ => kernel.slices,
        };
        let to = self.tile();
        self.program.steps.push(Step::Binary { kernel, a, b, to });
        self.read(left, a);
        self.read(right, b);
        Operand::Tile(to)
    }

    fn value(&self, node: &Node) -> Operand {
        self.values[&node.identity()].0
    }

    /// A node's value as a slice: a single element is spread over a tile.
    fn slice(&mut self, node: &Node) -> Operand {
        match self.value(node) {
            single if single.is_single() => self.spread(single, node.dtype()),
            other => other,
        }
    }

    fn spread(&mut self, from: Operand, dtype: DType) -> Operand {
        let to = self.tile();
        self.program.steps.push(Step::Fetch { item: dtype.size(), from, to });
        Operand::Tile(to)
    }

    fn tile(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.program.tiles += 1;
            self.program.tiles - 1
        })
    }

    /// Notes that a step has read a node's value at `at`. A tile that nobody else will read is free
    /// for later steps; not for the step itself, whose loop runs fastest when its operands are apart.
    fn read(&mut self, node: &Node, at: Operand) {
        let (kept, readers) = self.values.get_mut(&node.identity()).expect("compiled before");
        *readers -= 1;
        if let Operand::Tile(tile) = at
            && (*kept != at || *readers == 0)
        {
            self.free.push(tile);
        }
    }
}
