//! Operations of more operands than two, with parameters, or whose results may not fit: functions whose
//! loops are given.

use super::function::{Function, or_note};
use super::generated::Generated;
use super::node::Node;
use crate::block::Numbers;
use crate::block::kernels::{self, CheckedOp, TernaryOp};
use crate::digest::Digest;
use crate::dist::Distribution;
use crate::element::{DType, Element, Scalar};
use crate::error::{Error, Result};

impl Function {
    /// An operation on three operands.
    fn ternary(op: TernaryOp, dtype: DType) -> Result<Self> {
        let refused = || Error::dtype(format!("'{}' does not take {dtype}", op.name()));
        let kernel = kernels::ternary(op, dtype).ok_or_else(refused)?;
        Ok(crate::with_element!(dtype, T => {
            Self::of_loop::<T>(op.name(), move |target, operands, count| {
                let (a, b, c) = (operands[0], operands[1], operands[2]);
                // SAFETY: the loop is called with `count` elements of the operation's types on each
                // side, and the target is a tile apart from them.
                unsafe { kernel(target.cast(), a, b, c, count) }
            })
        }))
    }

    /// An operation on two integers that fails where the result does not fit; its third operand are
    /// the numbers of the elements in a shape, in C order.
    fn checked(op: CheckedOp, dtype: DType, shape: Vec<usize>) -> Result<Self> {
        let refused = || Error::dtype(format!("'{}' does not take {dtype}", op.name()));
        let kernel = kernels::checked(op, dtype).ok_or_else(refused)?;
        Ok(crate::with_element!(dtype, T => {
            let function = Self::of_loop::<T>(op.name(), move |target, operands, count| {
                // SAFETY: as in `ternary`.
                let failed = unsafe { kernel(target.cast(), operands[0], operands[1], count) };
                let Some(place) = failed else { return };
                // SAFETY: the place is one of the `count` elements.
                let (a, b, number) = unsafe {
                    (
                        operands[0].cast::<T>().add(place).read(),
                        operands[1].cast::<T>().add(place).read(),
                        operands[2].cast::<u64>().add(place).read(),
                    )
                };
                or_note::<T, _>(|| {
                    let index = unravelled(number, &shape);
                    let (name, what) = (op.name(), op.describe(a, b));
                    Err(format!("'{name}': {what} is no {dtype} (at index {index:?})"))
                });
            });
            function.failing()
        }))
    }
}

/// The index of an element by its number in C order.
fn unravelled(number: u64, shape: &[usize]) -> Vec<usize> {
    let mut rest = number as usize;
    let mut index = vec![0; shape.len()];
    for (at, &extent) in index.iter_mut().zip(shape).rev() {
        (*at, rest) = (rest % extent, rest / extent);
    }
    index
}

impl Node {
    /// An operation on three operands of one dtype, but for the first one of `where`.
    ///
    /// # Errors
    /// The dtypes differ, or have no such operation; the shapes do not broadcast.
    pub(crate) fn ternary(op: TernaryOp, a: Self, b: Self, c: Self) -> Result<Self> {
        let first = if op == TernaryOp::Where { DType::Bool } else { b.dtype() };
        if a.dtype() != first || b.dtype() != c.dtype() {
            let (name, a, b, c) = (op.name(), a.dtype(), b.dtype(), c.dtype());
            return Err(Error::dtype(format!("'{name}' does not take {a}, {b} and {c} together")));
        }
        Self::map(Function::ternary(op, b.dtype())?, vec![a, b, c])
    }

    /// Checked arithmetic of integers, among so many ranks.
    ///
    /// # Errors
    /// The dtypes differ, or are not of integers; the shapes do not broadcast.
    pub(crate) fn checked(op: CheckedOp, a: Self, b: Self, size: usize) -> Result<Self> {
        if a.dtype() != b.dtype() {
            let (name, a, b) = (op.name(), a.dtype(), b.dtype());
            let message = format!("'{name}' takes operands of one dtype, not {a} and {b}");
            return Err(Error::dtype(message));
        }
        let shape = super::node::broadcast(op.name(), a.shape(), b.shape())?;
        let places = Distribution::builder(&shape).build(size)?;
        let numbers = Generated::in_order("number", &places, 0, |numbers: Numbers<'_>, target| {
            for (i, target) in target.iter_mut().enumerate() {
                *target = numbers.at(i);
            }
        });
        let function = Function::checked(op, a.dtype(), shape.into_vec())?;
        Self::map(function, vec![a, b, Self::generated(numbers)])
    }

    /// A function of one element with parameters, by which ranks are compared.
    pub(crate) fn with_parameters<A: Element, R: Element>(
        name: &'static str,
        parameters: &[Scalar],
        a: Self,
        function: impl Fn(A) -> R + 'static,
    ) -> Result<Self> {
        let digest = digest(parameters);
        Self::map(Function::of_one(function).named(name, digest), vec![a])
    }

    /// As [`with_parameters`](Self::with_parameters), of two elements.
    pub(crate) fn of_two_with_parameters<A: Element, B: Element, R: Element>(
        name: &'static str,
        parameters: &[Scalar],
        (a, b): (Self, Self),
        function: impl Fn(A, B) -> R + 'static,
    ) -> Result<Self> {
        let digest = digest(parameters);
        Self::map(Function::of_two(function).named(name, digest), vec![a, b])
    }
}

fn digest(parameters: &[Scalar]) -> u64 {
    parameters.iter().fold(0, |digest, value| Digest::of(&(digest, value.to_bytes())))
}
