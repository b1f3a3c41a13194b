//! [`Program`]: an expression as a list of kernels over tiles.

use smallvec::{SmallVec, smallvec};

use super::function::Function;
use super::fusion::{Fusion, fusions};
use super::node::{Node, Operator};
use super::values::{Constant, Source, Values};
use crate::block::kernels::{self, BinaryKernel, BinaryOp, FusedLoop, OPERANDS, UnaryKernel};
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
    /// Several operations at once; the kernel knows how many operands count.
    Fused {
        kernel: FusedLoop,
        operands: [Operand; OPERANDS],
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
    /// Run once, with as many elements as any tile will have: constants spread over tiles.
    pub(super) prologue: Vec<Step>,
    pub(super) steps: SmallVec<[Step; 2]>,
    pub(super) result: Operand,
    pub(super) constants: SmallVec<[Constant; 4]>,
    /// The number of tiles that the steps use.
    pub(super) tiles: usize,
    /// Bytes of the widest element that a tile holds.
    pub(super) item: usize,
}

/// A program under construction: tiles are handed out again once nobody reads them any more.
struct Builder<'a, 'v> {
    program: Program,
    access: &'a [Access],
    values: &'a Values<'v>,
    /// For each value: where it is, and how many operands have yet to be read from there.
    places: SmallVec<[(Operand, usize); 8]>,
    /// Tiles that constants are spread over, for good.
    spread: Vec<(usize, usize)>,
    free: Vec<usize>,
}

impl Program {
    /// Turns an expression's values into steps; `access` says how each of its arrays is read.
    pub(super) fn new(values: &Values<'_>, access: &[Access]) -> Self {
        let program = Self {
            prologue: Vec::new(),
            steps: SmallVec::new(),
            result: Operand::Tile(0),
            constants: values.constants.clone(),
            tiles: 0,
            item: 1,
        };
        let places = SmallVec::with_capacity(values.list.len());
        let (spread, free) = (Vec::new(), Vec::new());
        let mut builder = Builder { program, access, values, places, spread, free };
        for (value, fusion) in fusions(values).into_iter().enumerate() {
            let operand = builder.compile(value, fusion);
            builder.places.push((operand, values.list[value].readers));
        }
        let last = values.list.len() - 1;
        // A result is read as a slice.
        builder.program.result = builder.slice(last);
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
                | Step::Fused { to, .. }
                | Step::Map { to, .. },
            ) => Some(Operand::Tile(*to)),
            None => None,
        };
        made == Some(self.result)
    }

    /// Whether the last step makes the result, by a loop that can write past the caches.
    pub(super) fn can_write_past(&self) -> bool {
        matches!(self.steps.last(), Some(Step::Fused { .. })) && self.ends_in_result()
    }

    /// Whether there is nothing to do: the result is an array as it is.
    pub(super) fn only_reads(&self) -> bool {
        self.steps.is_empty() && self.prologue.is_empty()
    }

    /// Whether all that the steps read is in arrays and constants, so that tiles may be of any length
    /// where the result is written elsewhere.
    pub(super) fn needs_no_tiles(&self) -> bool {
        let generates = matches!(self.steps[..], [Step::Generate { .. }]);
        self.steps.len() == 1 && !generates && self.prologue.is_empty() && self.ends_in_result()
    }
}

impl Builder<'_, '_> {
    fn compile(&mut self, value: usize, fusion: Fusion) -> Operand {
        let node = self.values.list[value].node;
        match self.values.list[value].source {
            Source::Constant(at) => Operand::Constant(at),
            Source::Array(index) => match self.access[index] {
                Access::Direct => Operand::Array(index),
                Access::Splat => Operand::Splat(index),
                Access::Gather => self.fetch(Operand::Array(index), node.dtype()),
            },
            Source::Generated(leaf) => {
                let to = self.tile(node.dtype());
                self.program.steps.push(Step::Generate { leaf, to });
                Operand::Tile(to)
            }
            Source::Operation => match fusion {
                // Its place is asked for by nobody.
                Fusion::Within => Operand::Tile(usize::MAX),
                Fusion::Alone => self.operation(value),
                _ => self.fused(value, fusion),
            },
        }
    }

    fn operation(&mut self, value: usize) -> Operand {
        let node = self.values.list[value].node;
        let operands = self.values.operands(value);
        let dtype = |of: usize| self.values.list[operands[of]].node.dtype();
        match node.operator() {
            Operator::Array(_)
            | Operator::Generated(_)
            | Operator::Stored(_)
            | Operator::Scalar(_) => {
                unreachable!("no operations")
            }
            Operator::Unary(op, _) => {
                let kernel = kernels::unary(*op, dtype(0)).expect("checked when built");
                self.one(node, kernel, operands[0])
            }
            Operator::Cast(_) => self.one(node, kernels::cast(dtype(0), node.dtype()), operands[0]),
            Operator::Binary(op, ..) => {
                if let Some(made) = self.single(*op, node, operands[0], operands[1]) {
                    return made;
                }
                let kernel = kernels::binary(*op, dtype(0)).expect("checked when built");
                self.two(node, kernel, operands[0], operands[1])
            }
            Operator::Compare(op, ..) => {
                let kernel = kernels::compare(*op, dtype(0)).expect("checked when built");
                self.two(node, kernel, operands[0], operands[1])
            }
            Operator::Map(function, _) => {
                let from: Vec<_> = operands.iter().map(|&operand| self.slice(operand)).collect();
                let to = self.tile(node.dtype());
                let function = function.clone();
                self.program.steps.push(Step::Map { function, operands: from.clone(), to });
                operands.iter().zip(from).for_each(|(&operand, at)| self.read(operand, at));
                Operand::Tile(to)
            }
        }
    }

    fn one(&mut self, node: &Node, kernel: UnaryKernel, a: usize) -> Operand {
        let from = self.slice(a);
        let to = self.tile(node.dtype());
        self.program.steps.push(Step::Unary { kernel, from, to });
        self.read(a, from);
        Operand::Tile(to)
    }

    fn two(&mut self, node: &Node, kernel: BinaryKernel, left: usize, right: usize) -> Operand {
        let (mut a, b) = (self.places[left].0, self.places[right].0);
        if a.is_single() && b.is_single() {
            a = self.slice(left);
        }
        let kernel = match (a.is_single(), b.is_single()) {
            (true, _) => kernel.scalar_left,
            (_, true) => kernel.scalar_right,
            _ => kernel.slices,
        };
        let to = self.tile(node.dtype());
        self.program.steps.push(Step::Binary { kernel, a, b, to });
        self.read(left, a);
        self.read(right, b);
        Operand::Tile(to)
    }

    /// One operation by a loop that can write past the caches, where there is one.
    fn single(&mut self, op: BinaryOp, node: &Node, left: usize, right: usize) -> Option<Operand> {
        let is_single = |value: usize| self.places[value].0.is_single();
        let swapped = is_single(left) && !is_single(right);
        let (first, second) = if swapped { (right, left) } else { (left, right) };
        let kernel = kernels::single(op, swapped, is_single(second), node.dtype())?;
        let (a, b) = (self.slice(first), self.places[second].0);
        let to = self.tile(node.dtype());
        self.program.steps.push(Step::Fused { kernel, operands: [a, b, a, a, a], to });
        self.read(first, a);
        self.read(second, b);
        Some(Operand::Tile(to))
    }

    /// A value together with what it is computed of.
    fn fused(&mut self, value: usize, fusion: Fusion) -> Operand {
        let dtype = self.values.list[value].node.dtype();
        let outer = self.op(value);
        let (kernel, parts): (_, SmallVec<[_; OPERANDS]>) = match fusion {
            Fusion::Chain { inner, other, swapped } => {
                let [a, b] = self.sides(inner);
                let scalars = [b, other].map(|part| self.places[part].0.is_single());
                let kernel = kernels::chain(self.op(inner), outer, swapped, scalars, dtype);
                (kernel, smallvec![(a, false), (b, true), (other, true)])
            }
            Fusion::Products { left, right } => {
                let ([a, b], [c, d]) = (self.sides(left), self.sides(right));
                let scalars = [b, d].map(|part| self.places[part].0.is_single());
                let kernel = kernels::products(outer, scalars, dtype);
                (kernel, smallvec![(a, false), (b, true), (c, false), (d, true)])
            }
            Fusion::ProductsAnd { inner, other, swapped } => {
                let &[left, right] = self.values.operands(inner) else {
                    unreachable!("a sum has two operands")
                };
                let ([a, b], [c, d]) = (self.sides(left), self.sides(right));
                let scalars = [b, d].map(|part| self.places[part].0.is_single());
                let kernel = kernels::products_and(self.op(inner), outer, swapped, scalars, dtype);
                (kernel, smallvec![(a, false), (b, true), (c, false), (d, true), (other, false)])
            }
            Fusion::Alone | Fusion::Within => unreachable!("fused with something"),
        };
        let mut operands = [Operand::Constant(0); OPERANDS];
        for (operand, &(part, may_be_single)) in operands.iter_mut().zip(&parts) {
            *operand = if may_be_single { self.places[part].0 } else { self.slice(part) };
        }
        let first = operands[0];
        operands[parts.len()..].fill(first);
        let to = self.tile(dtype);
        let kernel = kernel.expect("kernels are there for what is fused");
        self.program.steps.push(Step::Fused { kernel, operands, to });
        parts.iter().zip(operands).for_each(|(&(part, _), at)| self.read(part, at));
        Operand::Tile(to)
    }

    /// The operation of a value that is fused.
    fn op(&self, value: usize) -> BinaryOp {
        match self.values.list[value].node.operator() {
            Operator::Binary(op, ..) => *op,
            _ => unreachable!("operations on two operands are fused"),
        }
    }

    /// The operands of the first operation of a chain: a single element comes second where the order
    /// does not matter.
    fn sides(&self, value: usize) -> [usize; 2] {
        let &[a, b] = self.values.operands(value) else { unreachable!("it has two operands") };
        match self.op(value) {
            BinaryOp::Subtract => [a, b],
            _ if self.places[a].0.is_single() => [b, a],
            _ => [a, b],
        }
    }

    /// A value as a slice: a single element is spread over a tile.
    fn slice(&mut self, value: usize) -> Operand {
        let dtype = self.values.list[value].node.dtype();
        match self.places[value].0 {
            Operand::Constant(at) => {
                if let Some(&(_, tile)) = self.spread.iter().find(|(constant, _)| *constant == at) {
                    return Operand::Tile(tile);
                }
                // Not one that a step before has used: the prologue comes before them all.
                let to = self.program.tiles;
                self.program.tiles += 1;
                let item = self.widen(dtype);
                self.program.prologue.push(Step::Fetch { item, from: Operand::Constant(at), to });
                self.spread.push((at, to));
                Operand::Tile(to)
            }
            single @ Operand::Splat(_) => self.fetch(single, dtype),
            other => other,
        }
    }

    fn fetch(&mut self, from: Operand, dtype: DType) -> Operand {
        let to = self.tile(dtype);
        self.program.steps.push(Step::Fetch { item: dtype.size(), from, to });
        Operand::Tile(to)
    }

    fn tile(&mut self, dtype: DType) -> usize {
        self.widen(dtype);
        self.free.pop().unwrap_or_else(|| {
            self.program.tiles += 1;
            self.program.tiles - 1
        })
    }

    /// Notes that a tile holds elements of a dtype, whose size this is.
    fn widen(&mut self, dtype: DType) -> usize {
        self.program.item = self.program.item.max(dtype.size());
        dtype.size()
    }

    /// Notes that a step has read a value at `at`. A tile that nobody else will read is free for later
    /// steps; not for the step itself, whose target is to be apart from its operands.
    fn read(&mut self, value: usize, at: Operand) {
        let (kept, readers) = &mut self.places[value];
        *readers -= 1;
        match at {
            Operand::Tile(tile) if *kept == at && *readers == 0 => self.free.push(tile),
            // An array's element that was spread for this step alone.
            Operand::Tile(tile) if matches!(kept, Operand::Splat(_)) => self.free.push(tile),
            _ => {}
        }
    }
}
