//! Random integers of ranges whose ends are expressions.

use std::ops::Bound;

use super::super::function::Function;
use super::super::indexed::numbers;
use super::super::node::{Node, Operator};
use super::{fits, in_a_row, note_at};
use crate::block::kernels::random::{Ends, Law, Stream, integers_each};
use crate::digest::Digest;
use crate::dist::Distribution;
use crate::element::{DType, Element, Kind, Scalar};
use crate::error::Result;

impl Node {
    /// Integers of ranges, each equally likely; the ends are of the dtype, and what is not bounded ends with it.
    /// With the bits of a [`Law::Integers`] where the ends are the same everywhere.
    ///
    /// # Errors
    /// An end's shape does not broadcast to that of the distribution; a range of scalars is empty. Evaluated: that
    /// of an element is.
    pub(crate) fn random_integers(
        range: [Bound<Self>; 2],
        stream: Stream,
        dtype: DType,
        distribution: &Distribution,
    ) -> Result<Self> {
        let signed = dtype.kind() == Kind::Signed;
        let excluded = range.each_ref().map(|bound| matches!(bound, Bound::Excluded(_)));
        let ends = Ends { signed, excluded };
        let [low, high] = range.map(|bound| match bound {
            Bound::Included(end) | Bound::Excluded(end) => Some(end),
            Bound::Unbounded => None,
        });
        let (least, greatest) = outermost(dtype);
        let [low, high] = [low.ok_or(least), high.ok_or(greatest)];
        let value = |end: &Result<Self, u64>| match end {
            Ok(node) => node.as_integer(),
            Err(outermost) => Some(*outermost),
        };
        if let (Some(low), Some(high)) = (value(&low), value(&high)) {
            let law = Law::Integers(ends.check(low, high)?);
            return Self::random(law, stream, dtype, distribution);
        }
        let wide = if signed { DType::I64 } else { DType::U64 };
        let mut operands = vec![numbers(distribution)];
        for (parameter, end) in [("low", low), ("high", high)] {
            let node = match end {
                Ok(node) => node.cast(wide),
                Err(outermost) => Self::scalar(match signed {
                    true => Scalar::I64(outermost.cast_signed()),
                    false => Scalar::U64(outermost),
                }),
            };
            fits("integers", parameter, &node, distribution.shape())?;
            operands.push(node);
        }
        let shape = distribution.shape().to_vec();
        let function = match signed {
            true => Function::random_integers::<i64>(ends, stream, shape),
            false => Function::random_integers::<u64>(ends, stream, shape),
        };
        Self::map(function, operands).map(|integers| integers.cast(dtype))
    }

    /// The value of a scalar that is an integer, its sign extended to 64 bits.
    fn as_integer(&self) -> Option<u64> {
        match self.operator() {
            Operator::Scalar(value) => value.as_i128().map(|value| value as u64),
            _ => None,
        }
    }
}

/// The least and the greatest integer of a dtype, their signs extended to 64 bits.
fn outermost(dtype: DType) -> (u64, u64) {
    let unused = 64 - 8 * dtype.size();
    match dtype.kind() {
        Kind::Signed => ((i64::MIN >> unused).cast_unsigned(), i64::MAX.cast_unsigned() >> unused),
        _ => (0, u64::MAX >> unused),
    }
}

impl Function {
    /// Integers in a shape. The operands are the elements' numbers in C order, and the ends of their ranges, all
    /// of 64 bits, as the type of what is given.
    fn random_integers<T: Element>(ends: Ends, stream: Stream, shape: Vec<usize>) -> Self {
        let run = move |target: *mut T, operands: &[*const u8], count: usize| {
            let column = |k: usize| {
                // SAFETY: the loop is called with `count` elements of 64 bits on each side.
                unsafe { std::slice::from_raw_parts(operands[k].cast::<u64>(), count) }
            };
            // SAFETY: as above; `T` is `i64` or `u64`, of which any bytes are elements.
            let elements = unsafe { std::slice::from_raw_parts_mut(target.cast::<u64>(), count) };
            let (numbers, columns) = (column(0), [column(1), column(2)]);
            if let Some(i) = integers_each(&stream, in_a_row(numbers), ends, columns, elements) {
                let [low, high] = columns.map(|column| column[i]);
                note_at(&shape, numbers[i], || ends.check(low, high));
            }
        };
        let digest = Digest::of(&(stream, ends));
        Self::of_loop::<T>("integers", run).failing().named("integers", digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_types() {
        let signed = |dtype| {
            let (least, greatest) = outermost(dtype);
            (least.cast_signed(), greatest.cast_signed())
        };
        assert_eq!(signed(DType::I8), (i8::MIN.into(), i8::MAX.into()));
        assert_eq!(signed(DType::I32), (i32::MIN.into(), i32::MAX.into()));
        assert_eq!(signed(DType::I64), (i64::MIN, i64::MAX));
        assert_eq!(outermost(DType::U16), (0, u16::MAX.into()));
        assert_eq!(outermost(DType::U64), (0, u64::MAX));
    }
}
