//! Computing the elements of a box, row by row.

use std::ops::Range;

use super::frame::Frame;
use super::window::{Row, Window};
use crate::error::{Error, Result};

/// Strided memory of `N` axes: the element at place 0 of each, and elements from one to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strided<P, const N: usize> {
    pub(super) origin: P,
    pub(super) strides: [isize; N],
}

impl<P, const N: usize> Strided<P, N> {
    /// Elements from place 0 to a place.
    pub(super) fn offset(&self, place: &[usize; N]) -> isize {
        place.iter().zip(&self.strides).map(|(&at, stride)| at as isize * stride).sum()
    }

    pub(super) fn last_stride(&self) -> isize {
        self.strides.last().copied().unwrap_or(1)
    }
}

/// A box of elements to compute, and where it and what it reads lie.
#[derive(Clone, Debug)]
pub(super) struct Sweep<'a, T, U, const N: usize> {
    pub(super) source: Strided<*const T, N>,
    pub(super) target: Strided<*mut U, N>,
    pub(super) computed: [Range<usize>; N],
    pub(super) frame: &'a Frame<'a, T, N>,
}

/// A row of a sweep: the windows, their number and the distance between them, and where the results
/// go, as far apart.
struct Line<T, U, const N: usize> {
    row: Row<T, N>,
    count: usize,
    step: isize,
    target: *mut U,
    target_step: isize,
}

impl<T: Copy, U: Copy, const N: usize> Sweep<'_, T, U, N> {
    /// Computes every element.
    ///
    /// # Errors
    /// The function looked beyond the reach.
    ///
    /// # Safety
    /// All places within reach of the computed ones are valid for reads at `source`, the computed
    /// ones valid for writes at `target`; nobody else writes the ones or reaches the others
    /// meanwhile.
    pub(super) unsafe fn run(&self, value: &mut impl FnMut(&Window<'_, T, N>) -> U) -> Result<()> {
        self.each_line(|line| {
            // SAFETY: the caller vouches for every line.
            let strayed = unsafe {
                match (line.step, line.target_step) {
                    // The compiler makes vectors of a loop whose steps it knows.
                    (1, 1) => compute(&line, 1, 1, value),
                    (step, target_step) => compute(&line, step, target_step, value),
                }
            };
            match strayed {
                // SAFETY: as above.
                true => Err(unsafe { self.stray(&line, value) }),
                false => Ok(()),
            }
        })
    }

    /// As [`run`](Self::run), of a function that may fail.
    ///
    /// # Errors
    /// The function's first, with the global index; it looked beyond the reach.
    ///
    /// # Safety
    /// As [`run`](Self::run).
    pub(super) unsafe fn try_run(
        &self,
        value: &mut impl FnMut(&Window<'_, T, N>) -> Result<U>,
    ) -> Result<()> {
        self.each_line(|line| {
            for place in 0..line.count {
                // SAFETY: the caller vouches for every window and every result.
                unsafe {
                    let window = line.row.window(place, line.step);
                    let element = value(&window).map_err(|error| {
                        error.with_note(&format!("at index {:?}", window.index()))
                    })?;
                    if let Some(offset) = window.stray() {
                        return Err(self.out_of_reach(&offset));
                    }
                    line.target.offset(place as isize * line.target_step).write(element);
                }
            }
            Ok(())
        })
    }

    /// Every row of the box along the last axis.
    fn each_line(&self, mut run: impl FnMut(Line<T, U, N>) -> Result<()>) -> Result<()> {
        if self.computed.iter().any(Range::is_empty) {
            return Ok(());
        }
        let outer = N.saturating_sub(1);
        let count = self.computed.last().map_or(1, Range::len);
        let low = std::array::from_fn(|axis: usize| self.frame.reaches[axis].low as isize);
        let high = std::array::from_fn(|axis: usize| self.frame.reaches[axis].high as isize);
        let mut place: [usize; N] = std::array::from_fn(|axis| self.computed[axis].start);
        loop {
            run(Line {
                row: Row {
                    centre: self.source.origin.wrapping_offset(self.source.offset(&place)),
                    strides: self.source.strides,
                    low,
                    high,
                    first: std::array::from_fn(|axis| self.frame.starts[axis] + place[axis]),
                },
                count,
                step: self.source.last_stride(),
                target: self.target.origin.wrapping_offset(self.target.offset(&place)),
                target_step: self.target.last_stride(),
            })?;
            let Some(axis) =
                (0..outer).rev().find(|&axis| place[axis] + 1 < self.computed[axis].end)
            else {
                return Ok(());
            };
            place[axis] += 1;
            for (at, range) in place.iter_mut().zip(&self.computed).take(outer).skip(axis + 1) {
                *at = range.start;
            }
        }
    }

    /// The error of a row in which the function looked beyond the reach: looks again for where.
    ///
    /// # Safety
    /// As [`run`](Self::run).
    #[cold]
    unsafe fn stray(
        &self,
        line: &Line<T, U, N>,
        value: &mut impl FnMut(&Window<'_, T, N>) -> U,
    ) -> Error {
        let offset = (0..line.count).find_map(|place| {
            // SAFETY: the caller vouches for every window.
            let window = unsafe { line.row.window(place, line.step) };
            value(&window);
            window.stray()
        });
        self.out_of_reach(&offset.unwrap_or([0; N]))
    }

    fn out_of_reach(&self, offset: &[isize; N]) -> Error {
        let reach = self.frame.reaches.map(|reach| (reach.low, reach.high));
        Error::index(format!(
            "a stencil's function looked at offset {offset:?}, beyond its reach of {reach:?} below \
             and above on each axis"
        ))
    }
}

/// Computes one row; whether the function looked beyond the reach.
///
/// # Safety
/// As [`Sweep::run`], for this row.
#[inline(always)]
unsafe fn compute<T: Copy, U: Copy, const N: usize>(
    line: &Line<T, U, N>,
    step: isize,
    target_step: isize,
    value: &mut impl FnMut(&Window<'_, T, N>) -> U,
) -> bool {
    let mut row = line.row;
    if let Some(last) = row.strides.last_mut() {
        *last = step;
    }
    let mut strayed = false;
    for place in 0..line.count {
        // SAFETY: the caller vouches for every window and every result.
        unsafe {
            let window = row.window(place, step);
            line.target.offset(place as isize * target_step).write(value(&window));
            strayed |= window.has_strayed();
        }
    }
    strayed
}
