//! [`Boundary`]: what stands beyond the ends of an axis.

use std::fmt;
use std::rc::Rc;

use crate::element::Element;
use crate::exchange::End;

/// What a stencil reads beyond the ends of an axis that is not periodic.
///
/// The kinds that repeat elements are those of NumPy's `pad`, of any width. They repeat elements of
/// any rank. The ends of a periodic axis are always neighbours of each other.
///
/// ```
/// use distarray_core::array::{Boundary, Stencil};
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// let a = ctx.arange::<i64>(1, 4, 1)?;
/// let around = |boundary| {
///     let stencil = Stencil::new([1]).boundary(boundary);
///     a.stencil_with(&stencil, |w| 10 * w[[-1]] + w[[1]])?.to_ndarray()
/// };
/// assert_eq!(around(Boundary::Value(0))?.as_slice(), Some(&[2, 13, 20][..]));
/// assert_eq!(around(Boundary::Reflect)?.as_slice(), Some(&[22, 13, 22][..]));
/// assert_eq!(around(Boundary::Edge)?.as_slice(), Some(&[12, 13, 23][..]));
/// assert_eq!(around(Boundary::Wrap)?.as_slice(), Some(&[32, 13, 21][..]));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone)]
pub enum Boundary<T> {
    /// One value everywhere; NumPy's `constant`.
    Value(T),
    /// The elements mirrored about the last one, which does not come again.
    Reflect,
    /// The elements mirrored about the end, the last one twice.
    Symmetric,
    /// The last element, over and over.
    Edge,
    /// The elements from the other end on.
    Wrap,
    /// A function of the global index, which lies outside on this axis, and may on others.
    ///
    /// Every rank calls it for the places that its own elements read, in any order.
    Function(IndexFunction<T>),
    /// Nothing: elements that would read there are not computed. They stay as they are in
    /// [`stencil_into`](crate::array::DistArray::stencil_into), and are zero in a new array.
    Skip,
}

/// A function of the global index, which may lie outside the array.
pub type IndexFunction<T> = Rc<dyn Fn(&[isize]) -> T>;

impl<T: Element> Boundary<T> {
    /// A function of the global index as a boundary.
    ///
    /// ```
    /// use distarray_core::array::{Boundary, Stencil};
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.zeros::<i64>(3)?;
    /// let stencil = Stencil::new([1]).boundary(Boundary::function(|at| at[0] as i64));
    /// let b = a.stencil_with(&stencil, |w| w[[-1]] + w[[1]])?;
    /// assert_eq!(b.to_ndarray()?.as_slice(), Some(&[-1, 0, 3][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn function(value: impl Fn(&[isize]) -> T + 'static) -> Self {
        Self::Function(Rc::new(value))
    }

    pub(super) fn end(&self) -> End {
        match self {
            Self::Value(_) | Self::Function(_) => End::Values,
            Self::Reflect => End::Reflect,
            Self::Symmetric => End::Symmetric,
            Self::Edge => End::Edge,
            Self::Wrap => End::Wrap,
            Self::Skip => End::Nothing,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Boundary<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "Value({value:?})"),
            Self::Function(_) => f.write_str("Function(..)"),
            Self::Reflect => f.write_str("Reflect"),
            Self::Symmetric => f.write_str("Symmetric"),
            Self::Edge => f.write_str("Edge"),
            Self::Wrap => f.write_str("Wrap"),
            Self::Skip => f.write_str("Skip"),
        }
    }
}
