//! The nodes of an expression one after another: to be listed, and to be dropped.

use std::cell::Cell;
use std::rc::Rc;

use smallvec::SmallVec;

use super::node::{Inner, Node, Operator};
use crate::element::Scalar;

/// Levels up to which an expression is listed and dropped by calls for each of them.
const SHALLOW: usize = 64;

thread_local! {
    /// The number of the last listing of nodes on this rank.
    static LISTINGS: Cell<u64> = const { Cell::new(0) };
}

impl Node {
    /// Every node of the expression once, operands before what reads them, from left to right. Until nodes are
    /// visited again, of this expression or another, each knows its [`place`](Self::place) in this list.
    pub(crate) fn in_order(&self) -> SmallVec<[&Self; 16]> {
        let mut order = SmallVec::new();
        self.visit_in_order(|node| order.push(node));
        order
    }

    /// Calls `visit` for every node in the order of [`in_order`](Self::in_order), without a list of them; each
    /// knows its [`place`](Self::place) then.
    pub(crate) fn visit_in_order<'a>(&'a self, visit: impl FnMut(&'a Self)) {
        let listing = LISTINGS.get() + 1;
        LISTINGS.set(listing);
        let mut order = Order { listing, met: 0, visit };
        match self.0.depth < SHALLOW {
            true => order.list(self),
            false => order.list_deep(self),
        }
    }

    /// The node's place when nodes were [visited](Self::visit_in_order) last, of an expression that it
    /// belongs to.
    pub(super) fn place(&self) -> usize {
        self.0.listed.get().1
    }
}

/// A listing of nodes that has met so many.
struct Order<F> {
    listing: u64,
    met: usize,
    visit: F,
}

impl<'a, F: FnMut(&'a Node)> Order<F> {
    fn is_listed(&self, node: &Node) -> bool {
        node.0.listed.get().0 == self.listing
    }

    /// The next one.
    fn push(&mut self, node: &'a Node) {
        node.0.listed.set((self.listing, self.met));
        self.met += 1;
        (self.visit)(node);
    }

    /// A node that is not listed yet after all that it reads, by calls for each level.
    fn list(&mut self, node: &'a Node) {
        for number in 0.. {
            match node.operator().operand(number) {
                Some(operand) if self.is_listed(operand) => {}
                Some(operand) => self.list(operand),
                None => break,
            }
        }
        self.push(node);
    }

    /// As [`list`](Self::list), for expressions that are deeper than a stack: the path is kept in a list.
    fn list_deep(&mut self, root: &'a Node) {
        let mut path = vec![(root, 0)];
        root.0.listed.set((self.listing, 0));
        while let Some((node, next)) = path.last_mut() {
            match node.operator().operand(*next) {
                Some(operand) => {
                    *next += 1;
                    if !self.is_listed(operand) {
                        operand.0.listed.set((self.listing, 0));
                        path.push((operand, 0));
                    }
                }
                None => {
                    let node = *node;
                    path.pop();
                    self.push(node);
                }
            }
        }
    }
}

impl Drop for Inner {
    /// Drops a deep expression without a call for each of its levels.
    fn drop(&mut self) {
        if self.depth < SHALLOW {
            return;
        }
        let mut left = SmallVec::new();
        let take = |operator: &mut Operator, left: &mut SmallVec<[Node; 8]>| match std::mem::replace(
            operator,
            Operator::Scalar(Scalar::Bool(false)),
        ) {
            Operator::Array(_)
            | Operator::Generated(_)
            | Operator::Stored(_)
            | Operator::Scalar(_) => {}
            Operator::Unary(_, a) | Operator::Cast(a) => left.push(a),
            Operator::Binary(_, a, b) | Operator::Compare(_, a, b) => left.extend([a, b]),
            Operator::Map(_, operands) => left.extend(operands),
        };
        take(&mut self.operator, &mut left);
        while let Some(mut node) = left.pop() {
            if let Some(inner) = Rc::get_mut(&mut node.0) {
                take(&mut inner.operator, &mut left);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::kernels::{BinaryOp, UnaryOp};

    #[test]
    fn shallow_and_deep_expressions_are_listed_in_one_order() {
        let scalar = |value| Node::scalar(Scalar::F64(value));
        let shared = Node::unary(UnaryOp::Sqrt, scalar(1.0)).unwrap();
        let mut root = Node::binary(BinaryOp::Add, shared.clone(), scalar(2.0)).unwrap();
        for level in 0..SHALLOW + 9 {
            let (a, b) =
                if level % 3 == 0 { (shared.clone(), root) } else { (root, shared.clone()) };
            root = Node::binary(BinaryOp::Add, a, b).unwrap();
            let mut listings = [Vec::new(), Vec::new()];
            for (deep, listing) in listings.iter_mut().enumerate() {
                LISTINGS.set(LISTINGS.get() + 1);
                let visit = |node: &Node| listing.push((Rc::as_ptr(&node.0), node.place()));
                let mut order = Order { listing: LISTINGS.get(), met: 0, visit };
                if deep == 0 { order.list(&root) } else { order.list_deep(&root) }
            }
            assert_eq!(listings[0], listings[1]);
            assert!(listings[0].iter().enumerate().all(|(at, (_, place))| at == *place));
            assert_eq!(listings[0].len(), root.in_order().len());
        }
    }
}
