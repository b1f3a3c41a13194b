//! Programs of expressions that were evaluated before.

use std::cell::RefCell;
use std::rc::Rc;

use smallvec::SmallVec;

use super::node::{Node, Operator};
use super::program::{Access, Program};
use super::values::Values;
use crate::block::Block;

/// How many programs a rank keeps, and the most nodes of an expression whose program is kept.
const KEPT: usize = 16;
const NODES: usize = 64;

thread_local! {
    /// The programs that were asked for last, the last one first.
    static PROGRAMS: RefCell<Vec<(Signature, Rc<Program>)>> = const { RefCell::new(Vec::new()) };
}

/// All that a program follows from: what each node does with which others, how arrays are read and which
/// of them are the same memory, the scalars. Two expressions that are alike in it have one program.
type Signature = SmallVec<[u64; 32]>;

/// The program of an expression; `access` says how each of its arrays is read.
///
/// Loops evaluate the same few expressions again and again, with other arrays or other elements: their
/// programs are made once.
pub(super) fn program(root: &Node, arrays: &[Block], access: &[Access]) -> Rc<Program> {
    let made = || Rc::new(Program::new(&Values::new(root, arrays), access));
    let mut signature = Signature::new();
    if !sign(root, arrays, access, &mut signature) {
        return made();
    }
    PROGRAMS.with_borrow_mut(|programs| {
        match programs.iter().position(|(known, _)| *known == signature) {
            Some(0) => {}
            Some(at) => programs[..=at].rotate_right(1),
            None => {
                programs.truncate(KEPT - 1);
                programs.insert(0, (std::mem::take(&mut signature), made()));
            }
        }
        Rc::clone(&programs[0].1)
    })
}

/// Adds to an expression's signature; false where its program is not kept: it would keep functions, which may be the
/// user's, or is too long.
fn sign(root: &Node, arrays: &[Block], access: &[Access], signature: &mut Signature) -> bool {
    // It would be met last. That of several joined expressions is such a one.
    if let Operator::Map(..) = root.operator() {
        return false;
    }
    let (mut nodes, mut met, mut has_functions) = (0, 0, false);
    root.visit_in_order(|node| {
        nodes += 1;
        if nodes > NODES || has_functions {
            return;
        }
        // What it is, then what it does, the dtype, and the places of what it reads.
        let (kind, does, first, second) = match node.operator() {
            // The blocks of both are in one list.
            Operator::Array(_) | Operator::Stored(_) => {
                let is_it = |block: &Block| {
                    block.is_same_memory(&arrays[met]) && block.dtype() == arrays[met].dtype()
                };
                let same = arrays[..met].iter().position(is_it).unwrap_or(met);
                met += 1;
                (0, access[met - 1] as u64, same, 0)
            }
            Operator::Scalar(value) => {
                let bytes = u128::from_ne_bytes(value.to_bytes());
                signature.extend([bytes as u64, (bytes >> 64) as u64]);
                (1, 0, 0, 0)
            }
            Operator::Generated(_) => (2, 0, 0, 0),
            Operator::Unary(op, a) => (3, *op as u64, a.place(), 0),
            Operator::Binary(op, a, b) => (4, *op as u64, a.place(), b.place()),
            Operator::Compare(op, a, b) => (5, *op as u64, a.place(), b.place()),
            Operator::Cast(a) => (6, 0, a.place(), 0),
            Operator::Map(..) => {
                has_functions = true;
                return;
            }
        };
        let places = (first as u64) << 32 | (second as u64) << 48;
        signature.push(kind | does << 8 | (node.dtype() as u64) << 24 | places);
    });
    nodes <= NODES && !has_functions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::kernels::{BinaryOp, UnaryOp};
    use crate::dist::Distribution;
    use crate::element::{DType, Scalar};
    use crate::expr::Function;
    use crate::handle::ArrayRef;

    fn array(dtype: DType) -> ArrayRef {
        ArrayRef::zeros(dtype, &Distribution::on_one([3], 0), 0).unwrap()
    }

    /// `(left op right) + scalar`
    fn made(op: BinaryOp, [left, right]: [&ArrayRef; 2], scalar: f64, how: Access) -> Rc<Program> {
        let nodes = [left, right].map(|array| Node::array(array.clone()));
        let blocks = [left, right].map(|array| array.owned().unwrap());
        let [left, right] = nodes;
        let inner = Node::binary(op, left, right).unwrap();
        let scalar = Node::scalar(Scalar::F64(scalar)).cast(inner.dtype());
        let root = Node::binary(BinaryOp::Add, inner, scalar).unwrap();
        program(&root, &blocks, &[how, Access::Direct])
    }

    #[test]
    fn one_program_for_what_is_alike() {
        let [a, b, c] = [DType::F64; 3].map(array);
        let narrow = [DType::F32; 2].map(array);
        let first = made(BinaryOp::Add, [&a, &b], 1.0, Access::Direct);
        let same = |other: Rc<Program>| Rc::ptr_eq(&first, &other);
        assert!(same(made(BinaryOp::Add, [&b, &c], 1.0, Access::Direct)));
        assert!(!same(made(BinaryOp::Add, [&a, &a], 1.0, Access::Direct)));
        assert!(!same(made(BinaryOp::Add, [&a, &b], 1.0, Access::Gather)));
        assert!(!same(made(BinaryOp::Add, [&a, &b], 2.0, Access::Direct)));
        assert!(!same(made(BinaryOp::Multiply, [&a, &b], 1.0, Access::Direct)));
        assert!(!same(made(BinaryOp::Add, narrow.each_ref(), 1.0, Access::Direct)));
        assert!(same(made(BinaryOp::Add, [&c, &a], 1.0, Access::Direct)));
    }

    #[test]
    fn programs_that_were_not_asked_for_are_dropped() {
        let [a, b] = [DType::F64; 2].map(array);
        let of = |scalar: usize| made(BinaryOp::Subtract, [&a, &b], scalar as f64, Access::Direct);
        let first = of(0);
        for scalar in 1..KEPT {
            of(scalar);
            assert!(Rc::ptr_eq(&first, &of(0)));
        }
        (1..=KEPT).for_each(|scalar| drop(of(scalar)));
        assert!(!Rc::ptr_eq(&first, &of(0)));
    }

    #[test]
    fn long_expressions_are_not_kept() {
        let a = array(DType::F64);
        let add = |sum: Node, _| Node::binary(BinaryOp::Add, sum, Node::array(a.clone())).unwrap();
        let root = (0..NODES).fold(Node::array(a.clone()), add);
        let blocks: Vec<_> = root.arrays().into_iter().map(|a| a.owned().unwrap()).collect();
        let access = vec![Access::Direct; blocks.len()];
        assert!(!sign(&root, &blocks, &access, &mut Signature::new()));
    }

    #[test]
    fn what_has_functions_is_not_kept() {
        let function = || Function::of_one(|x: f64| x + 1.0);
        let map = Node::map(function(), vec![Node::scalar(Scalar::F64(1.0))]).unwrap();
        let above = Node::unary(UnaryOp::Sqrt, map.clone()).unwrap();
        for root in [map, above] {
            assert!(!sign(&root, &[], &[], &mut Signature::new()));
        }
    }
}
