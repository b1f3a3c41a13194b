//! Scans: along an axis, each element's result is of all elements up to it.
//!
//! A scan goes on from accumulators of its fold, one for each line along the axis: so what lies on
//! other ranks before these elements enters as one accumulator.

mod running;

use super::accumulate::{Accumulator, Finish};
use super::exact::Exact;
use super::extremes::{Extreme, Itself};
use super::fold::Fold;
use super::products::{Prod, Product};
use super::sums::{AsF64, Sum, Wrapping};
use super::{cpu, for_bits, for_dtypes, for_ordered};
use crate::element::{Complex32, Complex64, DType, Element, Kind};

/// Lines that are scanned side by side: what is kept for them stays in the nearest cache.
const COLUMNS: usize = 128;

/// The loop of a scan for one dtype.
#[derive(Clone, Copy)]
pub(crate) struct ScanKernel {
    /// What the results are.
    pub(crate) output: DType,
    /// Results, elements, where lines go on from, the shape: see [`scan_with`].
    pub(crate) run: unsafe fn(*mut u8, *const u8, *const u8, Lines),
}

/// Elements in C order as lines: so many before the axis, along it and behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines {
    pub(crate) outer: usize,
    pub(crate) along: usize,
    pub(crate) inner: usize,
}

/// The loop of the scan whose accumulators are those of a fold; `None` where there is none.
pub(crate) fn scan(fold: Fold, dtype: DType) -> Option<ScanKernel> {
    match fold {
        Fold::Sum if matches!(dtype.kind(), Kind::Float | Kind::Complex) => Some(ScanKernel {
            output: dtype,
            run: match dtype {
                DType::F32 => exact_sums::<f32, 1>,
                DType::F64 => exact_sums::<f64, 1>,
                DType::C32 => exact_sums::<f32, 2>,
                _ => exact_sums::<f64, 2>,
            },
        }),
        Fold::Sum => for_bits!(dtype, T
            => kernel::<T, Wrapping<<T as Element>::Sum>, Sum<T>>()),
        Fold::Product => for_dtypes!(dtype, T in [Bool: bool, I8: i8, I16: i16, I32: i32, I64: i64]
                => kernel::<T, Product<T, i64>, Prod>())
        .or_else(|| {
            for_dtypes!(dtype, T in [U8: u8, U16: u16, U32: u32, U64: u64]
                => kernel::<T, Product<T, u64>, Prod>())
        })
        .or_else(|| {
            for_dtypes!(dtype, T in [F32: f32, F64: f64]
                => kernel::<T, Product<T, f64>, Prod>())
        })
        .or_else(|| {
            for_dtypes!(dtype, T in [C32: Complex32, C64: Complex64]
                => kernel::<T, Product<T, Complex64>, Prod>())
        }),
        Fold::Extreme { least, skip_nan: false } => for_ordered!(dtype, T => match least {
            true => kernel::<T, Extreme<T, true, false>, Itself>(),
            false => kernel::<T, Extreme<T, false, false>, Itself>(),
        }),
        _ => None,
    }
}

fn kernel<T: Element, A: Accumulator<T>, F: Finish<A>>() -> ScanKernel {
    ScanKernel { output: F::Output::DTYPE, run: scan_with::<T, A, F> }
}

/// Scans lines whose results are made of accumulators.
///
/// # Safety
/// The results are valid for writes, the elements for reads, of so many as the lines have; where lines
/// go on from is null, for nothing before them, or an accumulator for each line in C order. All are
/// aligned, and the results apart from the others.
unsafe fn scan_with<T: Element, A: Accumulator<T>, F: Finish<A>>(
    results: *mut u8,
    elements: *const u8,
    starts: *const u8,
    lines: Lines,
) {
    let Lines { outer, along, inner } = lines;
    let slab = along * inner;
    for number in 0..outer {
        // SAFETY: the caller vouches for `outer` slabs of elements and results.
        let (elements, results) = unsafe { slabs::<T, F::Output>(elements, results, number, slab) };
        for first in (0..inner).step_by(COLUMNS) {
            let count = COLUMNS.min(inner - first);
            let mut states = [A::empty(); COLUMNS];
            if !starts.is_null() {
                let place = number * inner + first;
                // SAFETY: the caller vouches for an accumulator for each line.
                let given =
                    unsafe { std::slice::from_raw_parts(starts.cast::<A>().add(place), count) };
                states[..count].copy_from_slice(given);
            }
            let states = &mut states[..count];
            cpu::dispatch_with(
                results,
                &mut (states, elements),
                #[inline(always)]
                move |results, (states, elements)| match inner {
                    1 => line::<T, A, F>(states[0], elements, results),
                    _ => columns::<T, A, F>(states, elements, results, (inner, first)),
                },
            );
        }
    }
}

/// One line that is contiguous.
#[inline(always)]
fn line<T: Element, A: Accumulator<T>, F: Finish<A>>(
    mut state: A,
    elements: &[T],
    results: &mut [F::Output],
) {
    for (result, &element) in results.iter_mut().zip(elements) {
        state.absorb_one(element, 0);
        *result = F::finish(&state, 0, 0);
    }
}

/// Lines side by side, from column `first` on.
#[inline(always)]
fn columns<T: Element, A: Accumulator<T>, F: Finish<A>>(
    states: &mut [A],
    elements: &[T],
    results: &mut [F::Output],
    (inner, first): (usize, usize),
) {
    for (elements, results) in elements.chunks_exact(inner).zip(results.chunks_exact_mut(inner)) {
        let elements = &elements[first..first + states.len()];
        let results = &mut results[first..first + states.len()];
        for ((state, &element), result) in states.iter_mut().zip(elements).zip(results) {
            state.absorb_one(element, 0);
            *result = F::finish(state, 0, 0);
        }
    }
}

/// Scans sums of floating-point numbers of so many parts; see [`running`].
///
/// # Safety
/// As [`scan_with`], of accumulators that are exact sums of each part.
unsafe fn exact_sums<P: AsF64 + running::Settled, const PARTS: usize>(
    results: *mut u8,
    elements: *const u8,
    starts: *const u8,
    lines: Lines,
) {
    let inner = lines.inner * PARTS;
    let slab = lines.along * inner;
    for number in 0..lines.outer {
        // SAFETY: a number is so many parts side by side; else as in `scan_with`.
        let (elements, results) = unsafe { slabs::<P, P>(elements, results, number, slab) };
        let starts = (!starts.is_null()).then(|| {
            // SAFETY: the caller vouches for an exact sum for each part of each line.
            unsafe { std::slice::from_raw_parts(starts.cast::<Exact>().add(number * inner), inner) }
        });
        running::sums(starts, elements, results, inner);
    }
}

/// The elements and results of one slab.
///
/// # Safety
/// So many slabs are valid, as for [`scan_with`], for as long as the slices are used.
unsafe fn slabs<'a, T, R>(
    elements: *const u8,
    results: *mut u8,
    number: usize,
    slab: usize,
) -> (&'a [T], &'a mut [R]) {
    // SAFETY: the caller vouches for them.
    unsafe {
        (
            std::slice::from_raw_parts(elements.cast::<T>().add(number * slab), slab),
            std::slice::from_raw_parts_mut(results.cast::<R>().add(number * slab), slab),
        )
    }
}
