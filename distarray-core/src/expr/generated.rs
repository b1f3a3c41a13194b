//! [`Generated`]: elements that are made from where they stand, and need no array.

use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use super::rows::cuts_of;
use crate::block::Numbers;
use crate::digest::Digest;
use crate::dist::Distribution;
use crate::element::{DType, Element};

/// A loop that makes elements: where to, their numbers, how many.
type Fill = dyn Fn(*mut u8, Numbers<'_>, usize);

/// Elements that a function makes from their numbers: the same ones wherever they are made.
///
/// ```
/// use distarray_core::block::Numbers;
/// use distarray_core::dist::Distribution;
/// use distarray_core::expr::{Generated, Node};
///
/// let fill = |numbers: Numbers<'_>, elements: &mut [i64]| {
///     for (i, element) in elements.iter_mut().enumerate() {
///         *element = numbers.at(i) as i64;
///     }
/// };
/// let table = Distribution::new([2, 3], "b", 2)?;
/// let counted = Generated::in_order("counted", &table, 0, fill);
/// assert_eq!(Node::generated(counted).shape(), [2, 3]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Generated {
    name: &'static str,
    dtype: DType,
    distribution: Distribution,
    /// The number of the element whose index is all zeros.
    first: u64,
    /// For each axis, what one step along it adds to an element's number.
    weights: Vec<u64>,
    digest: u64,
    fill: Rc<Fill>,
}

impl Generated {
    /// Elements that are numbered in C order.
    ///
    /// `digest` tells the function from others of its name. The distribution is where they are made
    /// unless an array of the expression, or the user, says otherwise.
    pub fn in_order<T: Element>(
        name: &'static str,
        distribution: &Distribution,
        digest: u64,
        fill: impl Fn(Numbers<'_>, &mut [T]) + 'static,
    ) -> Self {
        let mut weights = vec![0; distribution.ndim()];
        if !distribution.is_empty() {
            let mut weight = 1;
            for (own, &extent) in weights.iter_mut().zip(distribution.shape()).rev() {
                *own = weight;
                weight *= extent as u64;
            }
        }
        Self::new(name, distribution, weights, digest, fill)
    }

    /// Elements whose number is their index along one axis.
    ///
    /// # Panics
    /// There is no such axis.
    pub(crate) fn along_axis<T: Element>(
        name: &'static str,
        distribution: &Distribution,
        axis: usize,
        fill: impl Fn(Numbers<'_>, &mut [T]) + 'static,
    ) -> Self {
        let mut weights = vec![0; distribution.ndim()];
        weights[axis] = 1;
        Self::new(name, distribution, weights, axis as u64, fill)
    }

    fn new<T: Element>(
        name: &'static str,
        distribution: &Distribution,
        weights: Vec<u64>,
        digest: u64,
        fill: impl Fn(Numbers<'_>, &mut [T]) + 'static,
    ) -> Self {
        let fill = move |target: *mut u8, numbers: Numbers<'_>, count: usize| {
            // SAFETY: `make` is called with room for `count` elements. Whatever bytes are there make
            // elements, but for `bool`s, which are cleared first.
            let elements = unsafe {
                if T::DTYPE == DType::Bool {
                    target.write_bytes(0, count);
                }
                std::slice::from_raw_parts_mut(target.cast::<T>(), count)
            };
            fill(numbers, elements);
        };
        let digest = Digest::of(&(name, digest));
        let distribution = distribution.without_halo();
        let (dtype, fill) = (T::DTYPE, Rc::new(fill));
        Self { name, dtype, distribution, first: 0, weights, digest, fill }
    }

    /// The function's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The dtype of the elements.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Where the elements are made unless something else is said.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// The elements of some indices of the first axis, under their numbers among all.
    pub(super) fn rows(&self, rows: &Range<usize>) -> Self {
        let first = self.first.wrapping_add(self.weights[0].wrapping_mul(rows.start as u64));
        let distribution = self.distribution.slice(&cuts_of(rows, self.distribution.shape()));
        let digest = Digest::of(&(self.digest, first));
        Self { distribution, first, digest, ..self.clone() }
    }

    /// The number of the element whose index is all zeros.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// What one step along each axis adds to an element's number.
    pub(super) fn weights(&self) -> &[u64] {
        &self.weights
    }

    /// A number that equal functions share.
    pub(super) fn digest(&self) -> u64 {
        self.digest
    }

    /// Makes elements.
    ///
    /// # Safety
    /// The target is valid for writes of `count` elements of the dtype, aligned, of any bytes that
    /// have been written once; there are as many numbers.
    pub(super) unsafe fn make(&self, target: *mut u8, numbers: Numbers<'_>, count: usize) {
        (self.fill)(target, numbers, count);
    }
}

impl fmt::Debug for Generated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}", self.name, self.distribution.shape())
    }
}
