//! Random elements of families of laws, by parameters that are expressions.

use super::super::function::Function;
use super::super::indexed::numbers;
use super::super::node::{Node, Operator};
use super::{fits, in_a_row, note_at};
use crate::block::kernels::random::{Family, Law, Random, Stream};
use crate::digest::Digest;
use crate::dist::Distribution;
use crate::element::{DType, Scalar};
use crate::error::{Error, Result};

impl Node {
    /// Elements of a family of laws, whose parameters are the values of expressions at their places, of `f64`:
    /// with the bits of [`random`](Self::random) where those are the same everywhere.
    ///
    /// # Errors
    /// The family does not take the dtype; a parameter's shape does not broadcast to that of the distribution;
    /// a scalar is not what the parameter has to be. Evaluated: the parameters of an element are none, and its
    /// type has no NaN.
    pub(crate) fn random_by(
        family: Family,
        parameters: Vec<Self>,
        stream: Stream,
        dtype: DType,
        distribution: &Distribution,
    ) -> Result<Self> {
        let name = family.name();
        let values: Vec<Option<f64>> = parameters.iter().map(Self::as_number).collect();
        if let Some(values) = values.iter().copied().collect::<Option<Vec<f64>>>() {
            let mut all = [0.0; 3];
            all[..values.len()].copy_from_slice(&values);
            return Self::random(Law::Of(family, all), stream, dtype, distribution);
        }
        if !family.takes(dtype) {
            return Err(Error::dtype(format!("'{name}' does not make {dtype}")));
        }
        let shape = distribution.shape();
        for (k, (node, value)) in parameters.iter().zip(values).enumerate() {
            fits(name, family.parameters()[k].0, node, shape)?;
            if let Some(value) = value {
                family.check_one(k, value)?;
            }
        }
        let function = crate::with_element!(dtype, T => {
            Function::random_by::<T>(family, parameters.len(), stream, shape.to_vec())
        });
        // In this order: the distribution comes before those that leaves of the parameters ask for.
        let mut operands = vec![numbers(distribution)];
        operands.extend(parameters);
        Self::map(function, operands)
    }

    /// A real floating-point number as a parameter of laws.
    pub(crate) fn parameter(self) -> Self {
        match self.operator() {
            Operator::Scalar(value) => match value.as_f64() {
                Some(value) => Self::scalar(Scalar::F64(value)),
                None => self,
            },
            _ => self.cast(DType::F64),
        }
    }

    /// The value of a scalar of `f64`.
    fn as_number(&self) -> Option<f64> {
        match self.operator() {
            Operator::Scalar(Scalar::F64(value)) => Some(*value),
            _ => None,
        }
    }

    /// Counts as one of a family's parameters, exactly up to 2^53; larger ones stay larger than that.
    ///
    /// # Errors
    /// A scalar that is larger.
    pub(crate) fn counts(self, family: Family, parameter: usize) -> Result<Self> {
        match self.operator() {
            Operator::Scalar(Scalar::U64(count)) => {
                family.check_count(parameter, *count)?;
                Ok(Self::scalar(Scalar::F64(wide(*count))))
            }
            _ => Self::map(Function::of_one(wide).named("counts", 0), vec![self]),
        }
    }
}

/// The least floating-point number that is not below a count.
fn wide(count: u64) -> f64 {
    let near = count as f64;
    if (near as u128) < u128::from(count) { near.next_up() } else { near }
}

impl Function {
    /// Elements of a family in a shape, of so many parameters. The operands are the elements' numbers in C
    /// order, and the parameters.
    fn random_by<T: Random>(
        family: Family,
        parameters: usize,
        stream: Stream,
        shape: Vec<usize>,
    ) -> Self {
        let run = move |target: *mut T, operands: &[*const u8], count: usize| {
            // SAFETY: the loop is called with `count` elements of these types on each side. Whatever bytes are
            // there make elements, but for `bool`s, which are cleared first.
            let (numbers, elements) = unsafe {
                if T::DTYPE == DType::Bool {
                    target.write_bytes(0, count);
                }
                let numbers = std::slice::from_raw_parts(operands[0].cast::<u64>(), count);
                (numbers, std::slice::from_raw_parts_mut(target, count))
            };
            // Columns that a family does not have are not looked at.
            let columns = [0, 1, 2].map(|k| {
                let operand = operands[1 + k.min(parameters - 1)].cast::<f64>();
                // SAFETY: as above.
                unsafe { std::slice::from_raw_parts(operand, count) }
            });
            let wrong = T::fill_each(family, &stream, in_a_row(numbers), columns, elements);
            if let Some(i) = wrong {
                let values = columns.map(|column| column[i]);
                note_at(&shape, numbers[i], || family.check(T::DTYPE, values));
            }
        };
        let function = Self::of_loop::<T>(family.name(), run);
        let function = if T::UNDEFINED.is_none() { function.failing() } else { function };
        function.named(family.name(), Digest::of(&stream))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_parameters() {
        let most = 1 << 53;
        assert_eq!([0, 7, most].map(wide), [0.0, 7.0, most as f64]);
        assert!(
            [most + 1, most + 3, 1 << 60, u64::MAX].map(wide).into_iter().all(|x| x > most as f64)
        );
    }
}
