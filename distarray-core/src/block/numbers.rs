//! [`Numbers`]: those of elements that follow each other.

/// The numbers of elements that follow each other in a lane, each a whole number that is counted
/// from the elements' indices: in C order, or along one axis.
#[derive(Clone, Copy, Debug)]
pub enum Numbers<'a> {
    /// Evenly spaced: those of `first`, `first + step`, and so on, modulo 2^64.
    Even {
        /// The first one.
        first: u64,
        /// From one to the next.
        step: u64,
    },
    /// One by one.
    Listed(&'a [u64]),
}

impl Numbers<'_> {
    /// The number of the `i`th element.
    ///
    /// ```
    /// use distarray_core::block::Numbers;
    ///
    /// assert_eq!(Numbers::Even { first: 3, step: 4 }.at(2), 11);
    /// assert_eq!(Numbers::Listed(&[7, 2]).at(1), 2);
    /// ```
    #[inline(always)]
    pub fn at(&self, i: usize) -> u64 {
        match self {
            Self::Even { first, step } => first.wrapping_add(step.wrapping_mul(i as u64)),
            Self::Listed(numbers) => numbers[i],
        }
    }

    /// The numbers of the elements from the `start`th on.
    #[inline(always)]
    pub(crate) fn from(&self, start: usize) -> Self {
        match *self {
            Self::Even { first, step } => {
                Self::Even { first: first.wrapping_add(step.wrapping_mul(start as u64)), step }
            }
            Self::Listed(numbers) => Self::Listed(&numbers[start..]),
        }
    }
}
