//! [`Stencil`]: how far a function of neighbouring elements reads, and what stands beyond the ends.

use super::Boundary;
use crate::dist::Distribution;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::exchange::{End, Reach};

/// How far a function of neighbouring elements reads along each of `N` axes, and what it finds
/// beyond their ends.
///
/// Where nothing is said it reads zeros there. On the ranks nothing but the sides of the parts is
/// sent or copied; the distribution needs no halo.
///
/// ```
/// use distarray_core::array::{Boundary, Stencil};
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let a = ctx.ones::<f64>([4, 4])?;
/// let stencil = Stencil::new([1, 0]).sides(0, 0, 2).boundary_of(0, Boundary::Edge);
/// let sum = a.stencil_with(&stencil, |w| w[[0, 0]] + w[[1, 0]] + w[[2, 0]])?;
/// assert_eq!(sum.get(&[3, 3])?, 3.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stencil<T, const N: usize> {
    sides: [(usize, usize); N],
    boundaries: [Boundary<T>; N],
}

impl<T: Element, const N: usize> Stencil<T, N> {
    /// Reads up to so many elements to either side on each axis.
    ///
    /// ```
    /// use distarray_core::array::Stencil;
    ///
    /// assert_eq!(Stencil::<f64, 2>::new([1, 2]).reach(), [(1, 1), (2, 2)]);
    /// ```
    pub fn new(radius: [usize; N]) -> Self {
        let zero = |_| Boundary::Value(T::default());
        Self { sides: radius.map(|radius| (radius, radius)), boundaries: radius.map(zero) }
    }

    /// Reads up to `low` elements below and `high` above on this axis; an axis that the stencil does
    /// not have is left alone.
    ///
    /// ```
    /// use distarray_core::array::Stencil;
    ///
    /// assert_eq!(Stencil::<f64, 2>::new([1, 1]).sides(1, 0, 3).reach(), [(1, 1), (0, 3)]);
    /// ```
    #[must_use]
    pub fn sides(mut self, axis: usize, low: usize, high: usize) -> Self {
        if let Some(sides) = self.sides.get_mut(axis) {
            *sides = (low, high);
        }
        self
    }

    /// What stands beyond the ends of all axes.
    ///
    /// Where an index is outside on several axes of which some have values or functions, the first
    /// of those decides.
    ///
    /// ```
    /// use distarray_core::array::{Boundary, Stencil};
    ///
    /// let stencil = Stencil::<f64, 1>::new([1]).boundary(Boundary::Edge);
    /// assert!(format!("{stencil:?}").contains("Edge"));
    /// ```
    #[must_use]
    pub fn boundary(mut self, boundary: Boundary<T>) -> Self {
        self.boundaries = std::array::from_fn(|_| boundary.clone());
        self
    }

    /// What stands beyond the ends of one axis; an axis that the stencil does not have is left
    /// alone.
    ///
    /// ```
    /// use distarray_core::array::{Boundary, Stencil};
    ///
    /// let stencil = Stencil::<f64, 2>::new([1, 1]).boundary_of(1, Boundary::Reflect);
    /// assert!(format!("{stencil:?}").ends_with("Reflect] }"));
    /// ```
    #[must_use]
    pub fn boundary_of(mut self, axis: usize, boundary: Boundary<T>) -> Self {
        if let Some(place) = self.boundaries.get_mut(axis) {
            *place = boundary;
        }
        self
    }

    /// How many elements are read below and above, on each axis.
    ///
    /// ```
    /// use distarray_core::array::Stencil;
    ///
    /// assert_eq!(Stencil::<i32, 1>::new([3]).reach(), [(3, 3)]);
    /// ```
    pub fn reach(&self) -> [(usize, usize); N] {
        self.sides
    }

    /// The kinds of all boundaries, to compare between ranks; values and functions are not looked at.
    pub(crate) fn kinds(&self) -> [End; N] {
        std::array::from_fn(|axis| self.boundaries[axis].end())
    }

    /// What stands beyond the ends of an axis that is not periodic.
    pub(super) fn boundary_on(&self, axis: usize) -> &Boundary<T> {
        &self.boundaries[axis]
    }

    /// How far the stencil reads on the axes of an array.
    ///
    /// # Errors
    /// The array has another number of axes, or an axis that is not distributed in blocks; the
    /// stencil reads further than can be counted.
    pub(super) fn reaches(&self, distribution: &Distribution) -> Result<[Reach; N]> {
        if distribution.ndim() != N {
            return Err(Error::shape(format!(
                "a stencil of {N} axes cannot go over an array of {} axes: {distribution}",
                distribution.ndim()
            )));
        }
        for (axis, map) in distribution.axes().iter().enumerate() {
            let (low, high) = self.sides[axis];
            if !map.dist().is_block() {
                return Err(Error::distribution(format!(
                    "a stencil needs axes of block kinds (n, b, or b with bounds); axis {axis} of \
                     {distribution} is {}",
                    map.dist()
                )));
            }
            let most = isize::MAX as usize / 4;
            if low > most || high > most {
                return Err(Error::argument(format!(
                    "a stencil that reads {low} elements below and {high} above on axis {axis}, of \
                     extent {}, reads further than can be counted",
                    map.len()
                )));
            }
        }
        Ok(std::array::from_fn(|axis| {
            let (low, high) = self.sides[axis];
            let end = match distribution.axis(axis).is_periodic() {
                true => End::Wrap,
                false => self.boundaries[axis].end(),
            };
            Reach { low, high, end }
        }))
    }
}
