//! Random elements as leaves of expressions, and of expressions that are their parameters.

mod families;
mod integers;
mod multinomial;

use super::generated::Generated;
use super::indexed::{Unravelled, or_note_at};
use super::node::{Node, broadcast_shapes};
use crate::block::Numbers;
use crate::block::kernels::random::{Law, Random, Stream};
use crate::digest::Digest;
use crate::dist::Distribution;
use crate::element::DType;
use crate::error::{Error, Result};

impl Node {
    /// Elements of a law, as a stream has them.
    ///
    /// # Errors
    /// The law does not take the dtype, or a parameter is not one.
    pub(crate) fn random(
        law: Law,
        stream: Stream,
        dtype: DType,
        distribution: &Distribution,
    ) -> Result<Self> {
        let name = law.name();
        if !law.takes(dtype) {
            return Err(Error::dtype(format!("'{name}' does not make {dtype}")));
        }
        law.check(dtype)?;
        let digest = Digest::of(&(law.digest(), stream));
        Ok(Self::generated(crate::with_element!(dtype, T => {
            Generated::in_order(name, distribution, digest, move |numbers, elements| {
                T::fill(&law, &stream, numbers, elements);
            })
        })))
    }
}

/// An error unless a parameter of a law broadcasts to a shape.
fn fits(law: &str, parameter: &str, node: &Node, shape: &[usize]) -> Result<()> {
    let given = node.shape();
    match broadcast_shapes(shape, given).is_some_and(|common| common == shape) {
        true => Ok(()),
        false => Err(Error::shape(format!(
            "'{law}': {parameter} of shape {given:?} does not broadcast to {shape:?}"
        ))),
    }
}

/// Notes why an element's parameters are none, with its index in a shape.
fn note_at<R>(shape: &[usize], number: u64, check: impl FnOnce() -> Result<R>) {
    let mut unravelled = Unravelled::new(shape);
    or_note_at(unravelled.index_of(number), || check().map(|_| true));
}

/// Numbers as a progression where each is the one after the last, which loops have quicker ways for.
fn in_a_row(numbers: &[u64]) -> Numbers<'_> {
    let first = numbers.first().copied().unwrap_or(0);
    match numbers.iter().zip(first..).all(|(&number, expected)| number == expected) {
        true => Numbers::Even { first, step: 1 },
        false => Numbers::Listed(numbers),
    }
}
