//! Folding many elements into few: what a reduction does within one rank.
//!
//! A reduction keeps one accumulator for each element of its result. Accumulators of different
//! ranks merge, so that a reduction is one pass over the data and one small message.

use super::accumulate::{Accumulator, Finish};
use super::extremes::{All, Any, Count, Greatest, Itself, Least};
use super::moments::{ComplexMoments, Moments};
use super::sums::{Compensated, CompensatedComplex, ToComplex, ToFloat, ToSum, Wrapping};
use super::{cpu, for_dtypes, for_ordered};
use crate::element::{Complex32, Complex64, DType, Element, Kind};

/// A reduction, as data; NumPy's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// The sum: compensated for floating-point numbers; integers widen to 64 bits and wrap there.
    Sum,
    /// The arithmetic mean, from a compensated sum.
    Mean,
    /// The variance in one pass, divided by the number of elements less `ddof`.
    Var {
        /// Delta degrees of freedom.
        ddof: usize,
    },
    /// The square root of the variance.
    Std {
        /// Delta degrees of freedom.
        ddof: usize,
    },
    /// The least element; NaN where there is one.
    Min,
    /// The greatest element; NaN where there is one.
    Max,
    /// How many elements are not zero.
    Count,
    /// Whether some element is not zero.
    Any,
    /// Whether no element is zero.
    All,
}

impl Reduction {
    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Var { .. } => "var",
            Self::Std { .. } => "std",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
            Self::Any => "any",
            Self::All => "all",
        }
    }

    /// Whether the reduction of no elements at all has no value.
    pub const fn needs_elements(self) -> bool {
        matches!(self, Self::Min | Self::Max)
    }
}

/// The loops of a reduction for one dtype.
#[derive(Clone, Copy)]
pub(crate) struct FoldKernel {
    /// Bytes of one accumulator, a multiple of its alignment, which is at most 8.
    pub(crate) state: usize,
    /// What the reduction gives.
    pub(crate) output: DType,
    /// Sets accumulators to that of no elements: accumulators, their number.
    pub(crate) clear: unsafe fn(*mut u8, usize),
    /// Folds elements into one accumulator: accumulator, elements, their number.
    pub(crate) absorb: unsafe fn(*mut u8, *const u8, usize),
    /// Folds each element into an accumulator of its own: accumulators, elements, their number.
    pub(crate) absorb_each: unsafe fn(*mut u8, *const u8, usize),
    /// Merges accumulators pairwise into the first: accumulators, others, their number.
    pub(crate) merge: unsafe fn(*mut u8, *const u8, usize),
    /// Results of accumulators: results, accumulators, their number, elements folded into each,
    /// delta degrees of freedom.
    pub(crate) finish: unsafe fn(*mut u8, *const u8, usize, u64, usize),
}

/// The loops of a reduction for a dtype; `None` where the dtype has no such reduction.
pub(crate) fn fold(reduction: Reduction, dtype: DType) -> Option<FoldKernel> {
    match reduction {
        Reduction::Sum => sum(dtype),
        Reduction::Mean => mean(dtype),
        Reduction::Var { .. } => variance::<super::moments::Var>(dtype),
        Reduction::Std { .. } => variance::<super::moments::Std>(dtype),
        Reduction::Min => for_ordered!(dtype, T => kernel::<T, Least<T>, Itself>()),
        Reduction::Max => for_ordered!(dtype, T => kernel::<T, Greatest<T>, Itself>()),
        Reduction::Count => Some(crate::with_element!(dtype, T => kernel::<T, Count, Itself>())),
        Reduction::Any => Some(crate::with_element!(dtype, T => kernel::<T, Any, Itself>())),
        Reduction::All => Some(crate::with_element!(dtype, T => kernel::<T, All, Itself>())),
    }
}

fn sum(dtype: DType) -> Option<FoldKernel> {
    Some(match dtype.kind() {
        Kind::Float => for_dtypes!(dtype, T in [F32: f32, F64: f64]
            => kernel::<T, Compensated, ToFloat<T>>())?,
        Kind::Complex => for_dtypes!(dtype, T in [C32: Complex32, C64: Complex64]
            => kernel::<T, CompensatedComplex, ToComplex<T>>())?,
        _ => for_dtypes!(dtype, T in [
            Bool: bool, I8: i8, I16: i16, I32: i32, I64: i64, U8: u8, U16: u16, U32: u32, U64: u64
        ] => kernel::<T, Wrapping<<T as Element>::Sum>, ToSum>())?,
    })
}

fn mean(dtype: DType) -> Option<FoldKernel> {
    for_dtypes!(dtype, T in [
        Bool: bool, I8: i8, I16: i16, I32: i32, I64: i64, U8: u8, U16: u16, U32: u32, U64: u64,
        F32: f32, F64: f64
    ] => kernel::<T, Compensated, super::sums::Mean<T>>())
    .or_else(|| {
        for_dtypes!(dtype, T in [C32: Complex32, C64: Complex64]
            => kernel::<T, CompensatedComplex, super::sums::Mean<T>>())
    })
}

fn variance<F>(dtype: DType) -> Option<FoldKernel>
where
    F: Finish<Moments<f32>, Output = f32>
        + Finish<Moments<f64>, Output = f64>
        + Finish<ComplexMoments<f32>, Output = f32>
        + Finish<ComplexMoments<f64>, Output = f64>,
{
    for_dtypes!(dtype, T in [
        Bool: bool, I8: i8, I16: i16, I32: i32, I64: i64, U8: u8, U16: u16, U32: u32, U64: u64,
        F64: f64
    ] => kernel::<T, Moments<f64>, F>())
    .or_else(|| match dtype {
        DType::F32 => Some(kernel::<f32, Moments<f32>, F>()),
        DType::C32 => Some(kernel::<Complex32, ComplexMoments<f32>, F>()),
        DType::C64 => Some(kernel::<Complex64, ComplexMoments<f64>, F>()),
        _ => None,
    })
}

fn kernel<T: Element, A: Accumulator<T>, F: Finish<A>>() -> FoldKernel {
    FoldKernel {
        state: size_of::<A>(),
        output: F::Output::DTYPE,
        clear: clear::<T, A>,
        absorb: absorb::<T, A>,
        absorb_each: absorb_each::<T, A>,
        merge: merge::<T, A>,
        finish: finish::<A, F>,
    }
}

/// # Safety
/// As [`FoldKernel::clear`]: the accumulators are valid for writes and aligned.
unsafe fn clear<T: Element, A: Accumulator<T>>(accumulators: *mut u8, count: usize) {
    for i in 0..count {
        // SAFETY: the caller vouches for `count` accumulators.
        unsafe { accumulators.cast::<A>().add(i).write(A::EMPTY) }
    }
}

/// # Safety
/// As [`FoldKernel::absorb`]: one accumulator, `count` elements, valid and aligned.
unsafe fn absorb<T: Element, A: Accumulator<T>>(
    accumulator: *mut u8,
    elements: *const u8,
    count: usize,
) {
    // SAFETY: the caller vouches for the accumulator and the elements, which are apart.
    let (accumulator, elements) = unsafe {
        (&mut *accumulator.cast::<A>(), std::slice::from_raw_parts(elements.cast::<T>(), count))
    };
    cpu::dispatch(
        #[inline(always)]
        || accumulator.absorb(elements),
    );
}

/// # Safety
/// As [`FoldKernel::absorb_each`]: `count` of both, valid and aligned.
unsafe fn absorb_each<T: Element, A: Accumulator<T>>(
    accumulators: *mut u8,
    elements: *const u8,
    count: usize,
) {
    // SAFETY: the caller vouches for the accumulators and the elements, which are apart.
    let (accumulators, elements) = unsafe {
        (
            std::slice::from_raw_parts_mut(accumulators.cast::<A>(), count),
            std::slice::from_raw_parts(elements.cast::<T>(), count),
        )
    };
    cpu::dispatch(
        #[inline(always)]
        || {
            for (accumulator, &element) in accumulators.iter_mut().zip(elements) {
                accumulator.absorb_one(element);
            }
        },
    );
}

/// # Safety
/// As [`FoldKernel::merge`]: `count` of both, valid; the others may be unaligned.
unsafe fn merge<T: Element, A: Accumulator<T>>(
    accumulators: *mut u8,
    others: *const u8,
    count: usize,
) {
    for i in 0..count {
        // SAFETY: the caller vouches for `count` accumulators on both sides, which are apart.
        unsafe {
            let other = others.cast::<A>().add(i).read_unaligned();
            (*accumulators.cast::<A>().add(i)).merge(&other);
        }
    }
}

/// # Safety
/// As [`FoldKernel::finish`]: `count` results and accumulators, valid and aligned.
unsafe fn finish<A, F: Finish<A>>(
    results: *mut u8,
    accumulators: *const u8,
    count: usize,
    elements: u64,
    ddof: usize,
) {
    for i in 0..count {
        // SAFETY: the caller vouches for `count` of both, which are apart.
        unsafe {
            let result = F::finish(&*accumulators.cast::<A>().add(i), elements, ddof);
            results.cast::<F::Output>().add(i).write(result);
        }
    }
}
