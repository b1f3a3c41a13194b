//! Users' functions that know the global index of the element they are called for.

use super::function::{Function, IntoError, or_note};
use super::generated::Generated;
use super::node::Node;
use crate::block::Numbers;
use crate::dist::Distribution;
use crate::element::Element;
use crate::error::{Error, Result};

/// The index of one element after the other, from their numbers in C order.
pub(super) struct Unravelled<'a> {
    shape: &'a [usize],
    index: Vec<usize>,
    number: u64,
}

impl<'a> Unravelled<'a> {
    /// Starts before any element.
    pub(super) fn new(shape: &'a [usize]) -> Self {
        Self { shape, index: vec![0; shape.len()], number: 0 }
    }

    /// The index of an element by its number; quickest for the one after the last.
    pub(super) fn index_of(&mut self, number: u64) -> &[usize] {
        if number == self.number.wrapping_add(1) {
            for (at, &extent) in self.index.iter_mut().zip(self.shape).rev() {
                *at += 1;
                if *at < extent {
                    break;
                }
                *at = 0;
            }
        } else if number != self.number {
            let mut rest = number as usize;
            for (at, &extent) in self.index.iter_mut().zip(self.shape).rev() {
                (*at, rest) = (rest % extent, rest / extent);
            }
        }
        self.number = number;
        &self.index
    }
}

impl Function {
    /// A function of an element's global index in a shape, and of the element. Its operands are the
    /// elements and their numbers in C order.
    fn of_indexed<A: Element, R: Element>(
        name: &'static str,
        shape: Vec<usize>,
        function: impl Fn(&[usize], A) -> R + 'static,
    ) -> Self {
        Self::of_loop::<R>(name, move |target, operands, count| {
            let (elements, numbers) = (operands[0].cast::<A>(), operands[1].cast::<u64>());
            let mut unravelled = Unravelled::new(&shape);
            for i in 0..count {
                // SAFETY: the loop is called with `count` elements of these types on each side.
                unsafe {
                    let index = unravelled.index_of(numbers.add(i).read());
                    target.add(i).write(function(index, elements.add(i).read()));
                }
            }
        })
    }

    /// As [`of_indexed`](Self::of_indexed), of the index alone. Its operand are the numbers.
    fn of_index<R: Element>(
        name: &'static str,
        shape: Vec<usize>,
        function: impl Fn(&[usize]) -> R + 'static,
    ) -> Self {
        Self::of_loop::<R>(name, move |target, operands, count| {
            let numbers = operands[0].cast::<u64>();
            let mut unravelled = Unravelled::new(&shape);
            for i in 0..count {
                // SAFETY: the loop is called with `count` elements of these types on each side.
                unsafe {
                    let index = unravelled.index_of(numbers.add(i).read());
                    target.add(i).write(function(index));
                }
            }
        })
    }
}

/// Notes a failure with the index where it happened.
pub(super) fn or_note_at<R: Element, E: IntoError>(
    index: &[usize],
    call: impl FnOnce() -> Result<R, E>,
) -> R {
    or_note(|| {
        call().map_err(|error| Error::from_any(error).with_note(&format!("at index {index:?}")))
    })
}

/// The number of each element in C order.
pub(super) fn numbers(distribution: &Distribution) -> Node {
    Node::generated(Generated::in_order(
        "numbers",
        distribution,
        0,
        |numbers, elements: &mut [u64]| {
            elements.iter_mut().enumerate().for_each(|(i, element)| *element = numbers.at(i));
        },
    ))
}

impl Node {
    /// The index of each element along one axis.
    ///
    /// # Panics
    /// There is no such axis.
    pub(crate) fn indices(distribution: &Distribution, axis: usize) -> Self {
        let fill = |numbers: Numbers<'_>, elements: &mut [i64]| {
            elements
                .iter_mut()
                .enumerate()
                .for_each(|(i, element)| *element = numbers.at(i) as i64);
        };
        Self::generated(Generated::along_axis("indices", distribution, axis, fill))
    }

    /// A function of each element's global index.
    pub(crate) fn of_index<R: Element>(
        distribution: &Distribution,
        function: impl Fn(&[usize]) -> R + 'static,
    ) -> Self {
        let shape = distribution.shape().to_vec();
        let function = Function::of_index("fromfunction", shape, function);
        Self::map(function, vec![numbers(distribution)]).expect("one operand fits itself")
    }

    /// As [`of_index`](Self::of_index), with a function that may fail.
    pub(crate) fn try_of_index<R: Element, E: IntoError>(
        distribution: &Distribution,
        function: impl Fn(&[usize]) -> Result<R, E> + 'static,
    ) -> Self {
        let shape = distribution.shape().to_vec();
        let noted = move |index: &[usize]| or_note_at(index, || function(index));
        let function = Function::of_index("try_fromfunction", shape, noted).failing();
        Self::map(function, vec![numbers(distribution)]).expect("one operand fits itself")
    }

    /// A function of each element and its global index, over a group of so many ranks.
    pub(crate) fn map_indexed<A: Element, R: Element>(
        self,
        size: usize,
        function: impl Fn(&[usize], A) -> R + 'static,
    ) -> Result<Self> {
        let function = Function::of_indexed("map_indexed", self.shape().to_vec(), function);
        self.with_numbers(size, function)
    }

    /// As [`map_indexed`](Self::map_indexed), with a function that may fail.
    pub(crate) fn try_map_indexed<A: Element, R: Element, E: IntoError>(
        self,
        size: usize,
        function: impl Fn(&[usize], A) -> Result<R, E> + 'static,
    ) -> Result<Self> {
        let noted = move |index: &[usize], element| or_note_at(index, || function(index, element));
        let shape = self.shape().to_vec();
        let function = Function::of_indexed("try_map_indexed", shape, noted).failing();
        self.with_numbers(size, function)
    }

    fn with_numbers(self, size: usize, function: Function) -> Result<Self> {
        let numbers = numbers(&Distribution::builder(self.shape()).build(size)?);
        // In this order: where an element is made is for the elements to say.
        Self::map(function, vec![self, numbers])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_any_order_are_unravelled() {
        let mut unravelled = Unravelled::new(&[2, 3]);
        for number in [0, 1, 2, 3, 5, 4, 4, 0, 5] {
            let expected = [number as usize / 3, number as usize % 3];
            assert_eq!(unravelled.index_of(number), expected);
        }
        assert_eq!(Unravelled::new(&[]).index_of(0), [0_usize; 0]);
    }
}
