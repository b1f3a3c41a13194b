//! Folding many elements into few: what a reduction does within one rank.
//!
//! A fold keeps one accumulator for each element of its result. Accumulators of different ranks
//! merge, so that a reduction is one pass over the data and one small message.

use super::accumulate::{Absorb, AbsorbRows, Accumulator, Finish, Rows};
pub(crate) use super::accumulate::{Ahead, Course, Positions};
use super::exact::{Exact, Summing};
use super::extremes::{Extreme, Itself};
use super::narrow::Narrow;
use super::places::Place;
use super::power_sums::{PowerSums, Var};
use super::products::{Factor, Prod, Product};
use super::sums::{Mean, Sum, Sums, Total, Wrapping};
use super::truth::{All, Any, Count};
use super::{cpu, for_bits, for_dtypes, for_ordered, for_reals};
use crate::element::{Complex32, Complex64, DType, Element, Kind};

/// A way to fold elements; reductions are made of these.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fold {
    /// The sum: exact for floating-point numbers, wrapping in 64 bits for others.
    Sum,
    /// The sum for a mean: exact.
    Total,
    /// The sum of floating-point numbers in a few words, which may spill: exact where it has not.
    NarrowSum,
    /// The product: in 64 bits, or two times that for complex numbers.
    Product,
    /// The sums of the numbers and of their squares: both exact. Of real numbers, as `f64`.
    PowerSums,
    /// The least or the greatest element; NaN where there is one, or only where there is nothing else.
    Extreme { least: bool, skip_nan: bool },
    /// The number of the first such element.
    Place { least: bool, skip_nan: bool },
    /// How many elements are not zero.
    Count,
    /// Whether some element is not zero.
    Any,
    /// Whether no element is zero.
    All,
}

/// The loops of a fold for one dtype.
#[derive(Clone, Copy)]
pub(crate) struct FoldKernel {
    /// Bytes of one accumulator, a multiple of its alignment, which is at most 8.
    pub(crate) state: usize,
    /// Sets accumulators to that of no elements: accumulators, their number.
    pub(crate) clear: unsafe fn(*mut u8, usize),
    /// Folds elements into one accumulator: accumulator, elements, their number and theirs in order.
    pub(crate) absorb: unsafe fn(*mut u8, *const u8, usize, Positions, &mut Course),
    /// Folds the columns of rows, each into an accumulator of its own.
    pub(crate) absorb_rows: unsafe fn(*mut u8, ByteRows, &mut Course),
    /// Merges accumulators pairwise into the first: accumulators, others, their number.
    pub(crate) merge: unsafe fn(*mut u8, *const u8, usize),
}

/// Rows of elements side by side, whatever their type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByteRows {
    pub(crate) first: *const u8,
    /// Bytes from one row to the next.
    pub(crate) stride: isize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Numbers of the rows, for folds that tell them.
    pub(crate) at: Positions,
}

/// What results are made of accumulators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finishing {
    /// What was folded.
    Itself,
    /// A sum divided by the number of elements.
    Mean,
    /// The variance, from the sums of numbers and of their squares: an `f64`.
    Var { ddof: usize },
}

/// How many elements were folded into accumulators.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counts<'a> {
    /// Into each the same number.
    Same(u64),
    /// Into each a number of its own.
    Each(&'a [u64]),
}

/// The loop that makes results of accumulators.
#[derive(Clone, Copy)]
pub(crate) struct FinishKernel {
    /// What the results are.
    pub(crate) output: DType,
    /// Results, accumulators, their number, elements of each, delta degrees of freedom.
    pub(crate) run: unsafe fn(*mut u8, *const u8, usize, Counts<'_>, usize),
}

/// The loops of a fold for a dtype; `None` where the dtype has no such fold.
pub(crate) fn fold(fold: Fold, dtype: DType) -> Option<FoldKernel> {
    match fold {
        Fold::Sum | Fold::Total if matches!(dtype.kind(), Kind::Float | Kind::Complex) => {
            sums::<Exact>(dtype)
        }
        Fold::NarrowSum => sums::<Narrow>(dtype),
        Fold::Sum => for_bits!(dtype, T => kernel::<T, Wrapping<<T as Element>::Sum>>()),
        Fold::Total => for_bits!(dtype, T => kernel::<T, Total>()),
        Fold::Product => product(dtype).map(|(kernel, _)| kernel),
        Fold::PowerSums => for_reals!(dtype, T => kernel::<T, PowerSums>())
            .or_else(|| for_dtypes!(dtype, T in [Bool: bool] => kernel::<T, PowerSums>())),
        Fold::Extreme { least, skip_nan } => for_ordered!(dtype, T => match (least, skip_nan) {
            (true, true) => kernel::<T, Extreme<T, true, true>>(),
            (true, false) => kernel::<T, Extreme<T, true, false>>(),
            (false, true) => kernel::<T, Extreme<T, false, true>>(),
            (false, false) => kernel::<T, Extreme<T, false, false>>(),
        }),
        Fold::Place { least, skip_nan } => for_ordered!(dtype, T => match (least, skip_nan) {
            (true, true) => kernel::<T, Place<true, true>>(),
            (true, false) => kernel::<T, Place<true, false>>(),
            (false, true) => kernel::<T, Place<false, true>>(),
            (false, false) => kernel::<T, Place<false, false>>(),
        }),
        Fold::Count => Some(crate::with_element!(dtype, T => kernel::<T, Count>())),
        Fold::Any => Some(crate::with_element!(dtype, T => kernel::<T, Any>())),
        Fold::All => Some(crate::with_element!(dtype, T => kernel::<T, All>())),
    }
}

/// The loops of sums of floating-point numbers.
fn sums<S: Summing>(dtype: DType) -> Option<FoldKernel> {
    for_dtypes!(dtype, T in [F32: f32, F64: f64] => kernel::<T, Sums<S, 1>>()).or_else(
        || for_dtypes!(dtype, T in [C32: Complex32, C64: Complex64] => kernel::<T, Sums<S, 2>>()),
    )
}

/// The loop for results of sums of floating-point numbers.
fn finish_sums<S: Summing>(dtype: DType, finishing: Finishing) -> Option<FinishKernel> {
    match finishing {
        Finishing::Itself => {
            for_dtypes!(dtype, T in [F32: f32, F64: f64] => finisher::<Sums<S, 1>, Sum<T>>())
                .or_else(|| {
                    for_dtypes!(dtype, T in [C32: Complex32, C64: Complex64]
                        => finisher::<Sums<S, 2>, Sum<T>>())
                })
        }
        Finishing::Mean => {
            for_dtypes!(dtype, T in [F32: f32, F64: f64] => finisher::<Sums<S, 1>, Mean<T>>())
                .or_else(|| {
                    for_dtypes!(dtype, T in [C32: Complex32, C64: Complex64]
                        => finisher::<Sums<S, 2>, Mean<T>>())
                })
        }
        Finishing::Var { .. } => None,
    }
}

/// The loop for results of a fold of a dtype; `None` where there is no such result.
pub(crate) fn finish(fold: Fold, dtype: DType, finishing: Finishing) -> Option<FinishKernel> {
    match (fold, finishing) {
        (Fold::Sum, Finishing::Itself) => {
            for_bits!(dtype, T => finisher::<Wrapping<<T as Element>::Sum>, Sum<T>>())
                .or_else(|| finish_sums::<Exact>(dtype, finishing))
        }
        (Fold::Sum | Fold::Total, Finishing::Mean) => {
            for_bits!(dtype, T => finisher::<Total, Mean<T>>())
                .or_else(|| finish_sums::<Exact>(dtype, finishing))
        }
        (Fold::NarrowSum, _) => finish_sums::<Narrow>(dtype, finishing),
        (Fold::Product, Finishing::Itself) => product(dtype).map(|(_, finish)| finish),
        (Fold::PowerSums, Finishing::Itself) => {
            for_dtypes!(dtype, T in [F32: f32, F64: f64] => finisher::<PowerSums, Sum<T>>())
        }
        (Fold::PowerSums, Finishing::Mean) => {
            for_dtypes!(dtype, T in [F32: f32, F64: f64] => finisher::<PowerSums, Mean<T>>())
        }
        (Fold::PowerSums, Finishing::Var { .. }) => Some(finisher::<PowerSums, Var>()),
        (Fold::Extreme { least, skip_nan }, Finishing::Itself) => {
            for_ordered!(dtype, T => match (least, skip_nan) {
                (true, true) => finisher::<Extreme<T, true, true>, Itself>(),
                (true, false) => finisher::<Extreme<T, true, false>, Itself>(),
                (false, true) => finisher::<Extreme<T, false, true>, Itself>(),
                (false, false) => finisher::<Extreme<T, false, false>, Itself>(),
            })
        }
        (Fold::Place { .. }, Finishing::Itself) => Some(finisher::<Place<true, true>, Itself>()),
        (Fold::Count, Finishing::Itself) => Some(finisher::<Count, Itself>()),
        (Fold::Any, Finishing::Itself) => Some(finisher::<Any, Itself>()),
        (Fold::All, Finishing::Itself) => Some(finisher::<All, Itself>()),
        _ => None,
    }
}

/// Adds numbers to exact sums, each to the one at a place.
///
/// # Panics
/// There is no such sum.
pub(crate) fn add_at(accumulators: &mut [u8], terms: impl Iterator<Item = (usize, f64)>) {
    assert!(
        accumulators.as_ptr().cast::<Sums<Exact, 1>>().is_aligned(),
        "accumulators are aligned"
    );
    let count = accumulators.len() / size_of::<Sums<Exact, 1>>();
    // SAFETY: any bytes are sums, the memory is aligned and borrowed for as long.
    let sums: &mut [Sums<Exact, 1>] =
        unsafe { std::slice::from_raw_parts_mut(accumulators.as_mut_ptr().cast(), count) };
    terms.for_each(|(place, term)| sums[place].0[0].push(term));
}

/// Whether some narrow sum misses a term.
///
/// # Panics
/// The bytes are not whole sums.
pub(crate) fn have_spilled(accumulators: &[u8]) -> bool {
    assert!(accumulators.as_ptr().cast::<Narrow>().is_aligned(), "accumulators are aligned");
    assert!(accumulators.len().is_multiple_of(size_of::<Narrow>()), "accumulators of sums");
    let count = accumulators.len() / size_of::<Narrow>();
    // SAFETY: any bytes are sums, the memory is aligned and borrowed for as long.
    let sums: &[Narrow] =
        unsafe { std::slice::from_raw_parts(accumulators.as_ptr().cast(), count) };
    sums.iter().any(Narrow::has_spilled)
}

/// Gives the elements that accumulators of places have found other numbers.
///
/// # Panics
/// The bytes are not whole accumulators.
pub(crate) fn renumber(accumulators: &mut [u8], number: impl Fn(u64) -> u64) {
    let (states, []) = accumulators.as_chunks_mut::<{ size_of::<Place<true, true>>() }>() else {
        panic!("accumulators of places");
    };
    for state in states {
        let at = &mut state[size_of::<u64>()..];
        let mut word = [0; size_of::<u64>()];
        word.copy_from_slice(at);
        let old = u64::from_ne_bytes(word);
        if old != u64::MAX {
            at.copy_from_slice(&number(old).to_ne_bytes());
        }
    }
}

fn product(dtype: DType) -> Option<(FoldKernel, FinishKernel)> {
    fn of<P: Copy, T: Factor<P>>() -> (FoldKernel, FinishKernel)
    where
        Prod: Finish<Product<T, P>>,
    {
        (kernel::<T, Product<T, P>>(), finisher::<Product<T, P>, Prod>())
    }
    for_dtypes!(dtype, T in [Bool: bool, I8: i8, I16: i16, I32: i32, I64: i64] => of::<i64, T>())
        .or_else(
            || for_dtypes!(dtype, T in [U8: u8, U16: u16, U32: u32, U64: u64] => of::<u64, T>()),
        )
        .or_else(|| for_dtypes!(dtype, T in [F32: f32, F64: f64] => of::<f64, T>()))
        .or_else(
            || for_dtypes!(dtype, T in [C32: Complex32, C64: Complex64] => of::<Complex64, T>()),
        )
}

fn kernel<T: Element, A: Accumulator<T>>() -> FoldKernel {
    FoldKernel {
        state: size_of::<A>(),
        clear: clear::<T, A>,
        absorb: absorb::<T, A>,
        absorb_rows: absorb_rows::<T, A>,
        merge: merge::<T, A>,
    }
}

fn finisher<A, F: Finish<A>>() -> FinishKernel {
    FinishKernel { output: F::Output::DTYPE, run: run_finish::<A, F> }
}

/// # Safety
/// As [`FoldKernel::clear`]: the accumulators are valid for writes and aligned.
unsafe fn clear<T: Element, A: Accumulator<T>>(accumulators: *mut u8, count: usize) {
    let empty = A::empty();
    // SAFETY: accumulators are plain values without padding.
    let bytes: &[u8] =
        unsafe { std::slice::from_raw_parts((&raw const empty).cast(), size_of::<A>()) };
    // Many of those that are large are zeroed much quicker together.
    if count > 1 && bytes.iter().all(|&byte| byte == 0) {
        // SAFETY: the caller vouches for `count` accumulators.
        return unsafe { accumulators.write_bytes(0, count * size_of::<A>()) };
    }
    for i in 0..count {
        // SAFETY: as above.
        unsafe { accumulators.cast::<A>().add(i).write(empty) }
    }
}

/// # Safety
/// As [`FoldKernel::absorb`]: one accumulator, `count` elements, valid and aligned.
unsafe fn absorb<T: Element, A: Accumulator<T>>(
    accumulator: *mut u8,
    elements: *const u8,
    count: usize,
    at: Positions,
    course: &mut Course,
) {
    // SAFETY: the caller vouches for the accumulator and the elements, which are apart.
    let (accumulator, elements) = unsafe {
        (&mut *accumulator.cast::<A>(), std::slice::from_raw_parts(elements.cast::<T>(), count))
    };
    cpu::run(accumulator, course, Absorb { elements, at });
}

/// # Safety
/// As [`FoldKernel::absorb_rows`]: an accumulator for each column, and the elements of all rows, valid
/// and aligned.
unsafe fn absorb_rows<T: Element, A: Accumulator<T>>(
    accumulators: *mut u8,
    rows: ByteRows,
    course: &mut Course,
) {
    // SAFETY: the caller vouches for the accumulators, which are apart from the elements.
    let accumulators =
        unsafe { std::slice::from_raw_parts_mut(accumulators.cast::<A>(), rows.columns) };
    let ByteRows { first, stride, rows: count, at, .. } = rows;
    let rows = Rows { first: first.cast::<T>(), stride, count, at };
    cpu::run(accumulators, course, AbsorbRows(rows));
}

/// # Safety
/// As [`FoldKernel::merge`]: `count` of both, valid; the others may be unaligned.
unsafe fn merge<T: Element, A: Accumulator<T>>(
    accumulators: *mut u8,
    others: *const u8,
    count: usize,
) {
    let (accumulators, others) = (accumulators.cast::<A>(), others.cast::<A>());
    if others.is_aligned() {
        for i in 0..count {
            // SAFETY: the caller vouches for `count` accumulators on both sides, which are apart.
            unsafe { (*accumulators.add(i)).merge(&*others.add(i)) }
        }
        return;
    }
    for i in 0..count {
        // SAFETY: as above; what is not aligned is copied.
        unsafe { (*accumulators.add(i)).merge(&others.add(i).read_unaligned()) }
    }
}

/// # Safety
/// As [`FinishKernel::run`]: `count` results and accumulators, valid and aligned.
unsafe fn run_finish<A, F: Finish<A>>(
    results: *mut u8,
    accumulators: *const u8,
    count: usize,
    elements: Counts<'_>,
    ddof: usize,
) {
    for i in 0..count {
        let elements = match elements {
            Counts::Same(elements) => elements,
            Counts::Each(elements) => elements[i],
        };
        // SAFETY: the caller vouches for `count` of both, which are apart.
        unsafe {
            let result = F::finish(&*accumulators.cast::<A>().add(i), elements, ddof);
            results.cast::<F::Output>().add(i).write(result);
        }
    }
}
