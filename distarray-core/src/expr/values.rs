//! [`Values`]: what an expression computes, each value once.

use std::ops::Range;

use smallvec::SmallVec;

use super::node::{Node, Operator};
use crate::block::Block;
use crate::block::kernels;
use crate::digest::Digest;

/// The values of an expression, operands before what is computed of them.
///
/// Nodes that do the same with the same values are one value, wherever they stand in the expression,
/// and so are arrays that view the same memory. What is computed of scalars alone is a scalar.
pub(super) struct Values<'a> {
    pub(super) list: SmallVec<[Value<'a>; 8]>,
    pub(super) constants: SmallVec<[Constant; 4]>,
    /// The operands of all values, one after the other.
    operands: SmallVec<[usize; 16]>,
    table: Table,
}

/// One value.
pub(super) struct Value<'a> {
    pub(super) node: &'a Node,
    pub(super) source: Source,
    /// How many operands of other values this one is; the expression's own value is one's more.
    pub(super) readers: usize,
    operands: Range<usize>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// One of the constants.
    Constant(usize),
    /// An array, by its number among those of the expression.
    Array(usize),
    /// A generated leaf, by its number among those of the expression.
    Generated(usize),
    /// What its node does with the operands.
    Operation,
}

/// A scalar's bytes, aligned for every element type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(16))]
pub(super) struct Constant(pub(super) [u8; 16]);

impl<'a> Values<'a> {
    /// Those of an expression of these arrays; its own value is the last one.
    pub(super) fn new(root: &'a Node, arrays: &[Block]) -> Self {
        let order = root.in_order();
        let mut values = Self {
            list: SmallVec::with_capacity(order.len()),
            constants: SmallVec::new(),
            operands: SmallVec::with_capacity(2 * order.len()),
            table: Table::new(order.len()),
        };
        let mut numbers = SmallVec::<[usize; 16]>::with_capacity(order.len());
        let (mut arrays_met, mut generated_met) = (0, 0);
        for node in order {
            let number = match node.operator() {
                Operator::Scalar(value) => values.constant(node, Constant(value.to_bytes())),
                // The blocks of both are in one list.
                Operator::Array(_) | Operator::Stored(_) => {
                    arrays_met += 1;
                    values.array(node, arrays_met - 1, arrays)
                }
                Operator::Generated(_) => {
                    generated_met += 1;
                    values.push(node, Source::Generated(generated_met - 1), 0..0)
                }
                _ => values.operation(node, &numbers),
            };
            numbers.push(number);
        }
        let result = numbers[numbers.len() - 1];
        values.list[result].readers += 1;
        // What was computed of scalars on the way may stand behind the result.
        values.list.truncate(result + 1);
        values
    }

    /// The operands of a value.
    pub(super) fn operands(&self, value: usize) -> &[usize] {
        &self.operands[self.list[value].operands.clone()]
    }

    fn push(&mut self, node: &'a Node, source: Source, operands: Range<usize>) -> usize {
        self.list.push(Value { node, source, readers: 0, operands });
        self.list.len() - 1
    }

    fn constant(&mut self, node: &'a Node, constant: Constant) -> usize {
        let key = Digest::of(&(0, node.dtype(), constant.0));
        let (list, constants) = (&self.list, &self.constants);
        let found = self.table.find(key, |&value| {
            let Value { node: other, source, .. } = &list[value];
            matches!(source, Source::Constant(at) if constants[*at] == constant)
                && other.dtype() == node.dtype()
        });
        found.unwrap_or_else(|free| {
            self.constants.push(constant);
            self.table.set(free, self.list.len());
            self.push(node, Source::Constant(self.constants.len() - 1), 0..0)
        })
    }

    fn array(&mut self, node: &'a Node, number: usize, arrays: &[Block]) -> usize {
        let block = &arrays[number];
        let key = Digest::of(&(1, block.as_ptr().addr(), block.shape()));
        let list = &self.list;
        let found = self.table.find(key, |&value| match list[value].source {
            Source::Array(other) => {
                arrays[other].is_same_memory(block) && arrays[other].dtype() == block.dtype()
            }
            _ => false,
        });
        found.unwrap_or_else(|free| {
            self.table.set(free, self.list.len());
            self.push(node, Source::Array(number), 0..0)
        })
    }

    fn operation(&mut self, node: &'a Node, numbers: &[usize]) -> usize {
        let start = self.operands.len();
        self.operands.extend(node.operands().map(|operand| numbers[operand.place()]));
        let operands = start..self.operands.len();
        if let Some(constant) = self.fold(node, operands.clone()) {
            self.operands.truncate(start);
            return self.constant(node, constant);
        }
        let key = Digest::of(&(2, node.dtype(), &self.operands[operands.clone()]));
        let (list, all) = (&self.list, &self.operands);
        let found = self.table.find(key, |&value| {
            let Value { node: other, source, operands: theirs, .. } = &list[value];
            *source == Source::Operation
                && other.does_as(node)
                && all[theirs.clone()] == all[operands.clone()]
        });
        match found {
            Ok(value) => {
                self.operands.truncate(start);
                value
            }
            Err(free) => {
                self.table.set(free, self.list.len());
                for &operand in &self.operands[operands.clone()] {
                    self.list[operand].readers += 1;
                }
                self.push(node, Source::Operation, operands)
            }
        }
    }

    /// The value of an operation on scalars.
    fn fold(&self, node: &Node, operands: Range<usize>) -> Option<Constant> {
        let scalar = |&operand: &usize| match self.list[operand].source {
            Source::Constant(at) => Some(self.constants[at]),
            _ => None,
        };
        let mut scalars = self.operands[operands].iter().map(scalar);
        let mut value = Constant([0; 16]);
        let target = value.0.as_mut_ptr();
        match node.operator() {
            Operator::Unary(op, a) => {
                let (kernel, of) = (kernels::unary(*op, a.dtype())?, scalars.next()??);
                // SAFETY: one element on both sides, aligned for every type, apart.
                unsafe { kernel(target, of.0.as_ptr(), 1) }
            }
            Operator::Cast(a) => {
                let (kernel, of) = (kernels::cast(a.dtype(), node.dtype()), scalars.next()??);
                // SAFETY: as above.
                unsafe { kernel(target, of.0.as_ptr(), 1) }
            }
            Operator::Binary(_, a, _) | Operator::Compare(_, a, _) => {
                let kernel = match node.operator() {
                    Operator::Binary(op, ..) => kernels::binary(*op, a.dtype())?,
                    Operator::Compare(op, ..) => kernels::compare(*op, a.dtype())?,
                    _ => return None,
                };
                let (left, right) = (scalars.next()??, scalars.next()??);
                // SAFETY: as above.
                unsafe { (kernel.slices)(target, left.0.as_ptr(), right.0.as_ptr(), 1) }
            }
            // The user's functions run where the elements are.
            _ => return None,
        }
        Some(value)
    }
}

/// Values by their digests: half empty, looked through from where the digest says.
struct Table(SmallVec<[usize; 32]>);

/// No value.
const FREE: usize = usize::MAX;

impl Table {
    /// Room for so many values.
    fn new(values: usize) -> Self {
        Self(SmallVec::from_elem(FREE, (2 * values).next_power_of_two()))
    }

    /// The value that is the same, or the place for one that is not here yet.
    fn find(&self, key: u64, is_same: impl Fn(&usize) -> bool) -> Result<usize, usize> {
        let mask = self.0.len() - 1;
        let mut at = key as usize & mask;
        loop {
            match self.0[at] {
                FREE => return Err(at),
                value if is_same(&value) => return Ok(value),
                _ => at = (at + 1) & mask,
            }
        }
    }

    fn set(&mut self, place: usize, value: usize) {
        self.0[place] = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::kernels::BinaryOp;
    use crate::dist::Distribution;
    use crate::element::{DType, Scalar};
    use crate::handle::ArrayRef;

    fn scalar(value: f64) -> Node {
        Node::scalar(Scalar::F64(value))
    }

    fn add(a: &Node, b: &Node) -> Node {
        Node::binary(BinaryOp::Add, a.clone(), b.clone()).unwrap()
    }

    #[test]
    fn equal_parts_are_one_value() {
        let array = ArrayRef::zeros(DType::F64, &Distribution::on_one([3], 0), 0).unwrap();
        let (a, same) = (Node::array(array.clone()), Node::array(array.clone()));
        let other = ArrayRef::zeros(DType::F64, &Distribution::on_one([3], 0), 0).unwrap();
        let b = Node::array(other.clone());
        let root = add(&add(&a, &scalar(1.0)), &add(&same, &add(&scalar(0.5), &scalar(0.5))));
        let root = add(&root, &b);
        let blocks = [&array, &array, &other].map(|array| array.owned().unwrap());
        let values = Values::new(&root, &blocks);
        // Two arrays, the scalar and its halves, the sum, its double, and the result.
        let operations = values.list.iter().filter(|v| v.source == Source::Operation).count();
        let arrays = values.list.iter().filter(|v| matches!(v.source, Source::Array(_))).count();
        assert_eq!((operations, arrays), (3, 2));
        let sum = values.list.iter().position(|v| v.source == Source::Operation).unwrap();
        assert_eq!(values.list[sum].readers, 2);
    }

    #[test]
    fn scalars_are_folded() {
        let root = add(&add(&scalar(1.0), &scalar(2.0)), &scalar(3.0));
        let values = Values::new(&root, &[]);
        let Source::Constant(at) = values.list.last().unwrap().source else { panic!("a constant") };
        assert_eq!(values.constants[at], Constant(Scalar::F64(6.0).to_bytes()));
    }
}
