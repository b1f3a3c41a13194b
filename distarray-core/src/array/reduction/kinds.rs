//! What is computed of elements: [`Sum`], [`Max`] and so on.

use crate::element::{Element, Number, Ordered, Real};
use crate::ops::Reduction;

/// A kind of reduction of elements of `T`: [`Sum`], [`Max`] and so on.
///
/// ```
/// use distarray_core::prelude::*;
///
/// /// What a reduction gives of the rows of a matrix.
/// fn of_rows<K: ReductionOf<f64>>(matrix: &DistArray<f64>, kind: K) -> Result<DistArray<K::Output>> {
///     matrix.reduce(kind).axes(&[1]).eval()
/// }
///
/// let a = Context::solo().from_fn([2, 3], |at| (3 * at[0] + at[1]) as f64)?;
/// assert_eq!(of_rows(&a, Max)?.to_ndarray()?.as_slice(), Some(&[2.0, 5.0][..]));
/// assert_eq!(of_rows(&a, Argmax)?.to_ndarray()?.as_slice(), Some(&[2, 2][..]));
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub trait ReductionOf<T: Element>: Copy {
    /// What it gives.
    type Output: Element;

    /// The reduction as data.
    fn reduction(&self) -> Reduction;
}

/// Lists kinds of reductions: name, bound, result, as data, what it is.
macro_rules! kinds {
    ($($name:ident for $bound:ident -> $output:ty: $reduction:expr, $doc:literal, $gives:literal;)*) => {$(
        #[doc = $doc]
        #[doc = concat!(
            "\n```\nuse distarray_core::prelude::*;\n\nlet ctx = Context::solo();\nlet a = ctx.from_fn([2, 3], |at| (3 * at[0] + at[1]) as f64)?;\nassert_eq!(a.reduce(",
            stringify!($name), ").eval()?, ", $gives,
            ");\n# Ok::<(), distarray_core::Error>(())\n```"
        )]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl<T: $bound> ReductionOf<T> for $name {
            type Output = $output;

            fn reduction(&self) -> Reduction {
                $reduction
            }
        }
    )*};
}
kinds! {
    Sum for Element -> T::Sum: Reduction::Sum, "The sum.", "15.0";
    Prod for Element -> T::Sum: Reduction::Prod, "The product.", "0.0";
    Mean for Element -> T::Mean: Reduction::Mean, "The arithmetic mean.", "2.5";
    Min for Ordered -> T: Reduction::Min, "The least element.", "0.0";
    Max for Ordered -> T: Reduction::Max, "The greatest element.", "5.0";
    Ptp for Real -> T: Reduction::Ptp, "The greatest element less the least; of integers it wraps, as NumPy's.", "5.0";
    Argmin for Ordered -> i64: Reduction::Argmin, "The number of the first least element, in C order of the reduced axes.", "0";
    Argmax for Ordered -> i64: Reduction::Argmax, "The number of the first greatest element, in C order of the reduced axes.", "5";
    Count for Element -> u64: Reduction::Count, "The number of elements that are not zero.", "5";
    Any for Element -> bool: Reduction::Any, "Whether some element is not zero.", "true";
    All for Element -> bool: Reduction::All, "Whether no element is zero.", "false";
}

/// The variance, divided by the number of elements less the delta degrees of freedom given.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let a = Context::solo().linspace(0.0_f64, 5.0, 6)?;
/// assert_eq!(a.reduce(Var(1)).eval()?, 3.5);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Var(pub usize);

/// The standard deviation: the root of the variance with these delta degrees of freedom.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let a = Context::solo().linspace(0.0_f64, 5.0, 6)?;
/// assert_eq!(a.reduce(Std(1)).eval()?, 3.5_f64.sqrt());
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Std(pub usize);

/// The vector norm of an order: `sum(abs(x)^order)^(1 / order)`; of infinite orders the greatest and
/// the least magnitude, of order 0 the number of elements that are not zero.
///
/// Norms of infinite orders need an element. Where a mask leaves none, or all are NaNs that are left out, norms are 0, and
/// those of negative orders infinite.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let a = Context::solo().linspace(3.0_f64, 4.0, 2)?;
/// assert_eq!(a.reduce(Norm(2.0)).eval()?, 5.0);
/// assert_eq!(a.reduce(Norm(f64::INFINITY)).eval()?, 4.0);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Norm(pub f64);

impl<T: Element> ReductionOf<T> for Var {
    type Output = T::Real;

    fn reduction(&self) -> Reduction {
        Reduction::Var { ddof: self.0 }
    }
}

impl<T: Element> ReductionOf<T> for Std {
    type Output = T::Real;

    fn reduction(&self) -> Reduction {
        Reduction::Std { ddof: self.0 }
    }
}

impl<T: Number> ReductionOf<T> for Norm {
    type Output = T::Real;

    fn reduction(&self) -> Reduction {
        Reduction::Norm { order: self.0.to_bits() }
    }
}
