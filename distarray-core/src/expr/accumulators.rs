//! Accumulators of one fold, whatever its loops are: cleared, merged with those of other ranks, finished.

use std::ops::Range;

use crate::block::kernels::fold::{
    Counts, Course, Finishing, Fold, FoldKernel, Positions, add_at, finish, fold as kernel_of,
    have_spilled, renumber,
};
use crate::block::{Block, Storage};
use crate::element::{DType, Scalar};
use crate::error::{Error, Result};

/// One element, aligned for every dtype.
#[repr(C, align(16))]
struct One([u8; 16]);

/// Accumulators of one fold, one for each element of its result, in C order.
#[derive(Debug)]
pub(crate) struct Accumulators {
    pub(super) fold: Fold,
    pub(super) dtype: DType,
    memory: Storage,
    /// Bytes of each; the memory may have room for more than there are.
    state: usize,
    count: usize,
    pub(super) course: Course,
}

/// Room for so many accumulators of so many bytes.
fn memory(count: usize, state: usize) -> Result<Storage> {
    let too_many =
        || Error::Memory(format!("{count} accumulators have more bytes than can be counted"));
    let bytes = count.checked_mul(state).filter(|&bytes| isize::try_from(bytes).is_ok());
    Storage::unfilled(bytes.ok_or_else(too_many)?)
}

impl Accumulators {
    /// Those of no elements.
    ///
    /// # Panics
    /// The dtype has no such fold.
    pub(crate) fn new(fold: Fold, dtype: DType, count: usize) -> Result<Self> {
        let kernel = kernel_of(fold, dtype).expect("checked where the fold was planned");
        let state = kernel.state;
        let mut memory = memory(count, state)?;
        // SAFETY: the memory holds `count` accumulators, aligned to 64 bytes.
        unsafe { (kernel.clear)(memory.as_mut_ptr(), count) };
        Ok(Self { fold, dtype, memory, state, count, course: Course::default() })
    }

    /// As many accumulators with the same state.
    pub(crate) fn duplicate(&self) -> Result<Self> {
        let mut other = self.unfilled(self.count)?;
        other.restore(self.as_bytes());
        Ok(other)
    }

    /// Room for so many of the same fold, of any bytes: all of them are to be received before they are used.
    pub(crate) fn unfilled(&self, count: usize) -> Result<Self> {
        let memory = memory(count, self.state)?;
        Ok(Self { memory, count, ..*self })
    }

    pub(super) fn kernel(&self) -> FoldKernel {
        kernel_of(self.fold, self.dtype).expect("there are accumulators of it")
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.memory.as_slice()[..self.count * self.state]
    }

    /// Where some lie among the bytes of all.
    pub(crate) fn place_of(&self, some: &Range<usize>) -> Range<usize> {
        some.start * self.state..some.end * self.state
    }

    /// The bytes of all, to be received from other ranks.
    pub(crate) fn as_mut_bytes(&mut self) -> &mut [u8] {
        let bytes = self.count * self.state;
        &mut self.memory.as_mut_slice()[..bytes]
    }

    /// Takes over those of another rank.
    pub(crate) fn restore(&mut self, others: &[u8]) {
        self.as_mut_bytes().copy_from_slice(others);
    }

    /// Keeps the first ones only.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.count = self.count.min(count);
    }

    /// Merges others of the same fold in, of another rank perhaps.
    ///
    /// # Panics
    /// There is another number of them.
    pub(crate) fn merge(&mut self, others: &[u8]) {
        assert_eq!(
            others.len(),
            self.count * self.state,
            "ranks merge accumulators of the same elements"
        );
        self.merge_at(0, others);
    }

    /// Merges others of the same fold into those from a number on.
    ///
    /// # Panics
    /// There are too few.
    pub(crate) fn merge_at(&mut self, first: usize, others: &[u8]) {
        let count = others.len() / self.state;
        assert!(first + count <= self.count, "there is one for each of the others");
        let into = self.memory.as_mut_ptr().wrapping_add(first * self.state);
        // SAFETY: both sides hold `count` accumulators; the others may be unaligned.
        unsafe { (self.kernel().merge)(into, others.as_ptr(), count) }
    }

    /// Merges some of these, from a number on, into as many that lie before them.
    ///
    /// # Panics
    /// They overlap, or there are too few.
    pub(crate) fn merge_within(&mut self, into: usize, from: usize, count: usize) {
        assert!(into + count <= from && from + count <= self.count, "some before others");
        let start = self.memory.as_mut_ptr();
        let (into, from) = (into * self.state, from * self.state);
        // SAFETY: both are places of `count` accumulators, and apart.
        unsafe { (self.kernel().merge)(start.wrapping_add(into), start.wrapping_add(from), count) }
    }

    /// Gives the elements that were found other numbers, where the fold tells numbers.
    pub(crate) fn renumber(&mut self, number: impl Fn(u64) -> u64) {
        if let Fold::Place { .. } = self.fold {
            renumber(self.as_mut_bytes(), number);
        }
    }

    /// Whether some of them are narrow sums that miss a term: the fold is to be made again, as [`Fold::Sum`].
    pub(crate) fn have_spilled(&self) -> bool {
        self.fold == Fold::NarrowSum && have_spilled(self.as_bytes())
    }

    /// Adds numbers to sums of `f64`, each to the one at a place.
    ///
    /// # Panics
    /// These are no such sums.
    pub(crate) fn add_at(&mut self, terms: impl Iterator<Item = (usize, f64)>) {
        assert_eq!((self.fold, self.dtype), (Fold::Sum, DType::F64), "sums that are exact");
        add_at(self.as_mut_bytes(), terms);
    }

    /// Folds one element into each accumulator: of the dtype that is folded, or of that of the results.
    ///
    /// # Panics
    /// The element is of another dtype.
    pub(crate) fn absorb(&mut self, element: Scalar) {
        // Sums and products of integers are what those of their results are.
        let kernel = match element.dtype() == self.dtype {
            true => Some(self.kernel()),
            false => finish(self.fold, self.dtype, Finishing::Itself)
                .filter(|results| results.output == element.dtype())
                .and_then(|results| kernel_of(self.fold, results.output)),
        };
        let kernel = kernel.filter(|kernel| kernel.state == self.kernel().state);
        let kernel = kernel.expect("an element of the dtype that is folded or results");
        let aligned = One(element.to_bytes());
        for i in 0..self.count {
            let place = self.place(i as isize);
            let at = Positions::default();
            // SAFETY: the place is that of an accumulator, the other that of one element.
            unsafe { (kernel.absorb)(place, aligned.0.as_ptr(), 1, at, &mut self.course) }
        }
    }

    /// The results.
    pub(crate) fn finish(
        &self,
        finishing: Finishing,
        shape: &[usize],
        counts: Counts<'_>,
    ) -> Result<Block> {
        let kernel =
            finish(self.fold, self.dtype, finishing).expect("checked where the fold was planned");
        let mut results = Block::zeros(kernel.output, shape)?;
        assert_eq!(results.len(), self.count, "one accumulator for each result");
        let ddof = if let Finishing::Var { ddof } = finishing { ddof } else { 0 };
        let target = results.as_mut_ptr()?;
        // SAFETY: both hold `count` values, in C order and aligned.
        unsafe { (kernel.run)(target, self.memory.as_ptr(), self.count, counts, ddof) };
        Ok(results)
    }

    /// The result of the only accumulator, of so many elements.
    ///
    /// # Panics
    /// There are several.
    pub(crate) fn finish_one(&self, finishing: Finishing, elements: u64) -> Scalar {
        assert_eq!(self.count, 1, "one accumulator, one result");
        let kernel =
            finish(self.fold, self.dtype, finishing).expect("checked where the fold was planned");
        let mut result = One([0; 16]);
        let ddof = if let Finishing::Var { ddof } = finishing { ddof } else { 0 };
        // SAFETY: there is one accumulator, and room for one result of any type, aligned.
        unsafe {
            let counts = Counts::Same(elements);
            (kernel.run)(result.0.as_mut_ptr(), self.memory.as_ptr(), 1, counts, ddof);
        }
        Scalar::from_bytes(kernel.output, &result.0).expect("results are valid elements")
    }

    /// Where the accumulator of a number lies.
    pub(super) fn place(&mut self, number: isize) -> *mut u8 {
        self.memory.as_mut_ptr().wrapping_offset(number * self.state as isize)
    }
}
