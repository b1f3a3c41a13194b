//! The same elements under another shape.

use std::sync::Arc;

use super::{Block, Extents, Part, c_strides};
use crate::error::Result;

impl Block {
    /// The block with its axes in another order: axis `i` of the result is axis `order[i]` here.
    pub(crate) fn permuted(&self, order: &[usize]) -> Self {
        Self {
            shape: order.iter().map(|&axis| self.shape[axis]).collect(),
            strides: order.iter().map(|&axis| self.strides[axis]).collect(),
            ..self.clone()
        }
    }

    /// The block stretched to a shape that its own broadcasts to; elements that are repeated are so by
    /// strides of 0.
    pub(crate) fn stretched(&self, shape: &[usize]) -> Self {
        let missing = shape.len() - self.shape.len();
        let stride = |axis: usize| match axis.checked_sub(missing) {
            Some(own) if self.shape[own] == shape[axis] => self.strides[own],
            _ => 0,
        };
        Self {
            strides: (0..shape.len()).map(stride).collect(),
            shape: shape.into(),
            ..self.clone()
        }
    }

    /// The same elements with an axis of one element behind another.
    pub(crate) fn with_axis_after(&self, axis: usize) -> Self {
        let mut block = self.clone();
        block.shape.insert(axis + 1, 1);
        block.strides.insert(axis + 1, 0);
        block
    }

    /// No elements, as a block of a shape that has none.
    pub(crate) fn emptied(&self, shape: &[usize]) -> Self {
        assert!(shape.contains(&0), "a shape of no elements");
        let strides = c_strides(self.dtype.size(), shape);
        Self { shape: shape.into(), strides, ..self.clone() }
    }

    /// The elements in C order under another shape, sharing the memory where they lie in that order.
    pub(crate) fn reshaped(&self, shape: &[usize]) -> Result<Self> {
        assert_eq!(self.len(), shape.iter().product::<usize>(), "as many elements");
        let block = if self.is_contiguous() { self.clone() } else { self.to_contiguous()? };
        let strides = c_strides(self.dtype.size(), shape);
        Ok(Self { shape: shape.into(), strides, storage: Arc::clone(&block.storage), ..block })
    }

    /// Whether some elements lie at one place of the memory, so that they cannot be written.
    pub(super) fn is_repeated(&self) -> bool {
        self.shape.iter().zip(&self.strides).any(|(&extent, &stride)| extent > 1 && stride == 0)
    }
}

impl Part {
    /// The part with its axes, halo included, in another order.
    pub(crate) fn permuted(&self, order: &[usize]) -> Self {
        let pick = |of: &[usize]| order.iter().map(|&axis| of[axis]).collect::<Extents>();
        Self::within(self.with_halo().permuted(order), pick(self.origin()), pick(self.shape()))
    }
}
