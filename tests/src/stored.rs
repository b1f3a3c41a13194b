//! Arrays that are kept elsewhere, as leaves of expressions.

use distarray::Result;
use distarray::block::Block;
use distarray::dist::{Distribution, Segment};
use distarray::expr::{Reader, Source, Stored};
use distarray::prelude::*;
use ndarray::{ArrayD, Axis, Dimension, IxDyn};

/// Elements in memory that are read as if they were in a file, larger than memory.
#[derive(Clone, Debug)]
struct Elsewhere<T>(ArrayD<T>);

impl<T: Element> Source for Elsewhere<T> {
    fn open(&self) -> Result<Box<dyn Reader>> {
        Ok(Box::new(self.clone()))
    }

    fn chunks(&self) -> Option<Vec<usize>> {
        Some(vec![2; self.0.ndim()])
    }
}

impl<T: Element> Reader for Elsewhere<T> {
    fn read(&mut self, axes: &[Vec<Segment>], block: &mut Block) -> Result<()> {
        let mut target = block.view_mut::<T>()?;
        // What is not read must not look as if it were.
        target.fill(T::ONE);
        let mut from = self.0.clone();
        let mut places = Vec::new();
        for (axis, segments) in axes.iter().enumerate() {
            let globals: Vec<usize> = segments.iter().flat_map(Segment::globals).collect();
            places.push(segments.iter().flat_map(Segment::places).collect::<Vec<_>>());
            from = from.select(Axis(axis), &globals);
        }
        for (index, &element) in from.indexed_iter() {
            let at: Vec<usize> = (0..index.ndim()).map(|axis| places[axis][index[axis]]).collect();
            target[IxDyn(&at)] = element;
        }
        Ok(())
    }
}

/// The elements as a leaf that holds so many bytes of them at a time.
///
/// ```
/// use distarray::array::Context;
/// use distarray::dist::Distribution;
/// use distarray::prelude::*;
/// use ndarray::arr1;
///
/// let on = Distribution::new([3], "b", 1)?;
/// let leaf = distarray_tests::stored::stored(&Context::solo(), &arr1(&[1_i64, 2, 4]).into_dyn(), &on, 1);
/// assert_eq!(leaf.sum()?, 7_i64);
/// # Ok::<(), distarray::Error>(())
/// ```
pub fn stored<T: Element>(
    ctx: &Context,
    elements: &ArrayD<T>,
    on: &Distribution,
    budget: usize,
) -> Expr<T> {
    let source = Elsewhere(elements.clone());
    ctx.stored(Stored::new("elsewhere", T::DTYPE, on, source).within(budget))
}
