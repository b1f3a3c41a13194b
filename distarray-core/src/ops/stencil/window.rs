//! [`Window`]: an element and its neighbours, as a stencil's function sees them.

use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Index;

/// An element and its neighbours, at signed offsets along each of `N` axes: `w[[-1, 0]]`.
///
/// An offset beyond the stencil's reach is an error of the whole stencil, told when it has ended.
///
/// ```
/// let ctx = distarray_core::array::Context::solo();
/// let a = ctx.from_fn([3, 3], |at| (10 * at[0] + at[1]) as i64)?;
/// let below = a.stencil([1, 0], |w| w[[1, 0]] - w[[0, 0]])?;
/// assert_eq!(below.get(&[1, 2])?, 10);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Window<'a, T, const N: usize> {
    centre: *const T,
    /// Elements from one to the next along each axis.
    strides: [isize; N],
    low: [isize; N],
    high: [isize; N],
    /// The global index of the first element of this row, and the element's place in the row.
    first: [usize; N],
    place: usize,
    /// Whether an offset was out of reach, and which.
    strayed: Cell<bool>,
    offset: Cell<[isize; N]>,
    elements: PhantomData<&'a [T]>,
}

/// A row of elements that are computed one after the other, and where they and their neighbours
/// lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<T, const N: usize> {
    /// The first element.
    pub(super) centre: *const T,
    pub(super) strides: [isize; N],
    pub(super) low: [isize; N],
    pub(super) high: [isize; N],
    /// Its global index.
    pub(super) first: [usize; N],
}

impl<T, const N: usize> Row<T, N> {
    /// The window of an element of the row, `step` elements from one to the next.
    ///
    /// # Safety
    /// All elements within the reach of the place, which lies in the row, are valid for reads for
    /// the window's lifetime.
    #[inline(always)]
    pub(super) unsafe fn window<'a>(&self, place: usize, step: isize) -> Window<'a, T, N> {
        Window {
            // SAFETY: the caller vouches for the place.
            centre: unsafe { self.centre.offset(place as isize * step) },
            strides: self.strides,
            low: self.low,
            high: self.high,
            first: self.first,
            place,
            strayed: Cell::new(false),
            offset: Cell::new([0; N]),
            elements: PhantomData,
        }
    }
}

impl<T, const N: usize> Window<'_, T, N> {
    /// The global index of the element in the middle.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.zeros::<i64>([2, 3])?;
    /// let numbers = a.stencil([0, 0], |w| (w.index()[0] * 3 + w.index()[1]) as i64)?;
    /// assert_eq!(numbers.get(&[1, 1])?, 4);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[inline(always)]
    pub fn index(&self) -> [usize; N] {
        let mut index = self.first;
        if let Some(last) = index.last_mut() {
            *last += self.place;
        }
        index
    }

    /// Whether an offset was out of reach.
    #[inline(always)]
    pub(super) fn has_strayed(&self) -> bool {
        self.strayed.get()
    }

    /// The last offset that was out of reach.
    pub(super) fn stray(&self) -> Option<[isize; N]> {
        self.strayed.get().then(|| self.offset.get())
    }
}

impl<T, const N: usize> Index<[isize; N]> for Window<'_, T, N> {
    type Output = T;

    /// The element at an offset from the one in the middle.
    ///
    /// What is out of reach gives the nearest element within, and makes the stencil fail: to look
    /// at a flag once a row lets the loop be vectorised, to leave it at each element would not.
    #[inline(always)]
    fn index(&self, offset: [isize; N]) -> &T {
        let mut at = 0;
        let mut strayed = false;
        for (axis, &wanted) in offset.iter().enumerate() {
            let within = wanted.max(-self.low[axis]).min(self.high[axis]);
            strayed |= within != wanted;
            at += within * self.strides[axis];
        }
        if strayed {
            self.offset.set(offset);
        }
        self.strayed.set(self.strayed.get() | strayed);
        // SAFETY: all offsets within reach are valid for reads, as who made the window saw to.
        unsafe { &*self.centre.offset(at) }
    }
}
