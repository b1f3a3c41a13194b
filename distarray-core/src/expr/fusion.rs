//! Which values are computed by one fused kernel together with what they are computed of.

use smallvec::SmallVec;

use super::node::Operator;
use super::values::{Source, Values};
use crate::block::kernels::{BinaryOp, is_fused};

/// How a value is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fusion {
    /// By a kernel of its own.
    Alone,
    /// Within the kernel of the one value that reads it.
    Within,
    /// `(a inner b) outer c`, where this is the value `a inner b`; the other way round where `swapped`.
    Chain { inner: usize, other: usize, swapped: bool },
    /// `a * b middle c * d`, where these are the products.
    Products { left: usize, right: usize },
    /// `(a * b middle c * d) outer e`, where this is the value in brackets.
    ProductsAnd { inner: usize, other: usize, swapped: bool },
}

/// For each value, how it is computed.
pub(super) fn fusions(values: &Values<'_>) -> SmallVec<[Fusion; 8]> {
    let mut fusions = SmallVec::from_elem(Fusion::Alone, values.list.len());
    // Readers before what they read: the longest form is taken first.
    for value in (0..values.list.len()).rev() {
        if fusions[value] == Fusion::Within {
            continue;
        }
        let Some(fusion) = fusion_of(values, value) else { continue };
        fusions[value] = fusion;
        match fusion {
            Fusion::Alone | Fusion::Within => {}
            Fusion::Chain { inner, .. } => fusions[inner] = Fusion::Within,
            Fusion::Products { left, right } => {
                fusions[left] = Fusion::Within;
                fusions[right] = Fusion::Within;
            }
            Fusion::ProductsAnd { inner, .. } => {
                fusions[inner] = Fusion::Within;
                values.operands(inner).iter().for_each(|&part| fusions[part] = Fusion::Within);
            }
        }
    }
    fusions
}

fn fusion_of(values: &Values<'_>, value: usize) -> Option<Fusion> {
    let op = operation(values, value)?;
    let &[x, y] = values.operands(value) else { return None };
    let sides = [(x, y, false), (y, x, true)];
    let within = |value: usize| values.list[value].readers == 1;
    let is_sum = |value: usize| products_of(values, value).is_some();
    if matches!(op, BinaryOp::Add | BinaryOp::Subtract) {
        let of_products = |&&(inner, ..): &&(usize, usize, bool)| within(inner) && is_sum(inner);
        if let Some(&(inner, other, swapped)) = sides.iter().find(of_products) {
            return Some(Fusion::ProductsAnd { inner, other, swapped });
        }
        if let Some((left, right)) = products_of(values, value) {
            return Some(Fusion::Products { left, right });
        }
    }
    let simple = |&&(inner, ..): &&(usize, usize, bool)| {
        within(inner) && operation(values, inner).is_some() && !is_sum(inner)
    };
    let &(inner, other, swapped) = sides.iter().find(simple)?;
    Some(Fusion::Chain { inner, other, swapped })
}

/// The two products that a value is the sum or difference of, which nobody else reads.
fn products_of(values: &Values<'_>, value: usize) -> Option<(usize, usize)> {
    let op = operation(values, value)?;
    let &[x, y] = values.operands(value) else { return None };
    let is_product = |value: usize| {
        values.list[value].readers == 1 && operation(values, value) == Some(BinaryOp::Multiply)
    };
    let sums = matches!(op, BinaryOp::Add | BinaryOp::Subtract);
    (sums && is_product(x) && is_product(y)).then_some((x, y))
}

/// The operation of a value, where it is one that kernels are fused for.
fn operation(values: &Values<'_>, value: usize) -> Option<BinaryOp> {
    let value = &values.list[value];
    match value.node.operator() {
        Operator::Binary(op, ..)
            if value.source == Source::Operation && is_fused(*op, value.node.dtype()) =>
        {
            Some(*op)
        }
        _ => None,
    }
}
