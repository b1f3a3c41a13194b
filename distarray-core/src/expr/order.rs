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
    /// Every node of the expression once, operands before what reads them, from left to right. Until
    /// the next such list is made, each node knows its [`place`](Self::place) in this one.
    pub(crate) fn in_order(&self) -> SmallVec<[&Self; 16]> {
        let listing = LISTINGS.get() + 1;
        LISTINGS.set(listing);
        let mut order = SmallVec::new();
        match self.0.depth < SHALLOW {
            true => self.list(listing, &mut order),
            false => self.list_deep(listing, &mut order),
        }
        order
    }

    /// Lists what is not listed yet, by calls for each level.
    fn list<'a>(&'a self, listing: u64, order: &mut SmallVec<[&'a Self; 16]>) {
        let visit = |operand: &'a Self, order: &mut SmallVec<[&'a Self; 16]>| {
            if operand.0.listed.get().0 != listing {
                operand.list(listing, order);
            }
        };
        match self.operator() {
            Operator::Array(_)
            | Operator::Generated(_)
            | Operator::Stored(_)
            | Operator::Scalar(_) => {}
            Operator::Unary(_, a) | Operator::Cast(a) => visit(a, order),
            Operator::Binary(_, a, b) | Operator::Compare(_, a, b) => {
                visit(a, order);
                visit(b, order);
            }
            Operator::Map(_, operands) => operands.iter().for_each(|operand| visit(operand, order)),
        }
        self.0.listed.set((listing, order.len()));
        order.push(self);
    }

    /// As [`list`](Self::list), for expressions that are deeper than a stack: the path is kept in a list.
    fn list_deep<'a>(&'a self, listing: u64, order: &mut SmallVec<[&'a Self; 16]>) {
        let mut path = vec![(self, 0)];
        self.0.listed.set((listing, 0));
        while let Some((node, next)) = path.last_mut() {
            match node.operator().operand(*next) {
                Some(operand) => {
                    *next += 1;
                    if operand.0.listed.get().0 != listing {
                        operand.0.listed.set((listing, 0));
                        path.push((operand, 0));
                    }
                }
                None => {
                    node.0.listed.set((listing, order.len()));
                    order.push(*node);
                    path.pop();
                }
            }
        }
    }

    /// The node's place in the list that was [made](Self::in_order) last, of an expression that it
    /// belongs to.
    pub(super) fn place(&self) -> usize {
        self.0.listed.get().1
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
