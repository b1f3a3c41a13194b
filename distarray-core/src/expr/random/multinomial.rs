//! Trials with several outcomes, as many as expressions tell.

use std::rc::Rc;

use super::super::function::Function;
use super::super::indexed::numbers;
use super::super::node::{Node, Operator};
use super::{fits, in_a_row, note_at};
use crate::block::kernels::random::{Law, Multinomial, Stream};
use crate::digest::Digest;
use crate::dist::Distribution;
use crate::element::{DType, Scalar};
use crate::error::{Error, Result};

impl Node {
    /// How many of `n` trials, a `u64`, have each outcome, along the last axis. With the bits of a
    /// [`Law::Multinomial`] where the trials are as many everywhere.
    ///
    /// # Errors
    /// The last axis has not as many elements as there are outcomes; numbers of trials whose shape does not
    /// broadcast to that of the distribution, or that differ along the last axis; a scalar above 2^53. Evaluated:
    /// the number of an element is.
    pub(crate) fn random_multinomial(
        n: Self,
        of: Multinomial,
        stream: Stream,
        distribution: &Distribution,
    ) -> Result<Self> {
        let (shape, outcomes) = (distribution.shape(), of.outcomes());
        if let Operator::Scalar(Scalar::U64(n)) = n.operator() {
            let law = Law::Multinomial(Multinomial::trials(*n)?, Rc::new(of));
            of_last_axis(shape, outcomes)?;
            return Self::random(law, stream, DType::I64, distribution);
        }
        of_last_axis(shape, outcomes)?;
        fits("multinomial", "n", &n, shape)?;
        let given = n.shape();
        if given.last().is_some_and(|&extent| extent != 1) {
            return Err(Error::shape(format!(
                "'multinomial': n of shape {given:?} has more than one number for an experiment: \
                 the last axis is that of the outcomes"
            )));
        }
        let function = Function::random_multinomial(of, stream, shape.to_vec());
        Self::map(function, vec![numbers(distribution), n])
    }
}

fn of_last_axis(shape: &[usize], outcomes: usize) -> Result<()> {
    match shape.last() == Some(&outcomes) {
        true => Ok(()),
        false => Err(Error::shape(format!(
            "'multinomial': the last axis of shape {shape:?} has no place for each of {outcomes} outcomes"
        ))),
    }
}

impl Function {
    /// How many trials have an outcome, in a shape. The operands are the elements' numbers in C order, and how many
    /// trials there are.
    fn random_multinomial(of: Multinomial, stream: Stream, shape: Vec<usize>) -> Self {
        let digest = Digest::of(&(stream, of.digest()));
        let run = move |target: *mut i64, operands: &[*const u8], count: usize| {
            let column = |k: usize| {
                // SAFETY: the loop is called with `count` elements of 64 bits on each side.
                unsafe { std::slice::from_raw_parts(operands[k].cast::<u64>(), count) }
            };
            // SAFETY: as above; any bytes are elements.
            let elements = unsafe { std::slice::from_raw_parts_mut(target, count) };
            let (numbers, trials) = (column(0), column(1));
            match trials.iter().position(|&n| Multinomial::trials(n).is_err()) {
                Some(i) => note_at(&shape, numbers[i], || Multinomial::trials(trials[i])),
                None => of.fill(&stream, in_a_row(numbers), |i| trials[i] as f64, elements),
            }
        };
        Self::of_loop::<i64>("multinomial", run).failing().named("multinomial", digest)
    }
}
