//! Cumulative sums, products and extremes, and differences along an axis.

use super::axes::axis_of;
use super::{ArrayExpr, Differences, DistArray};
use crate::comm::Operation;
use crate::command::Command;
use crate::element::{Element, Number, Ordered};
use crate::error::Result;
use crate::ops::Scan;

/// The compiled example of a scan: of what, the call, what it gives.
macro_rules! example {
    ($of:literal, $call:expr, $gives:literal) => {
        concat!(
            "\n```\nuse distarray_core::prelude::*;\n\nlet a = Context::solo().from_fn([2, 2], |at| ",
            $of,
            ")?;\nassert_eq!(a.",
            $call,
            "?.to_ndarray()?.as_slice(), Some(&",
            $gives,
            "[..]));\n# Ok::<(), distarray_core::Error>(())\n```"
        )
    };
}

/// Lists scans, each in C order and along an axis: names, as data, whether NaNs are skipped, bound,
/// result, what it does, and of what the example is, with what it gives.
macro_rules! scans {
    ($($all:ident $along:ident $scan:expr, $skip:literal for $bound:ident -> $output:ty: $doc:literal, $of:literal, $gives:literal, $gives_along:literal;)*) => {$(
        #[doc = concat!($doc, ", in C order, as an array of one axis.")]
        ///
        /// An array of several axes is reshaped to one, as [`DistArray::reshape`] does it.
        ///
        /// # Errors
        /// As [`ArrayExpr::eval`].
        #[doc = example!($of, concat!(stringify!($all), "()"), $gives)]
        #[track_caller]
        fn $all(&self) -> Result<DistArray<$output>>
        where
            T: $bound,
        {
            let _scope = Operation::enter(stringify!($all));
            scanned(self, $scan, None, $skip)
        }

        #[doc = concat!($doc, ", along an axis, which counts from the end where it is negative.")]
        ///
        /// # Errors
        /// As [`ArrayExpr::eval`]; the axis is out of bounds.
        #[doc = example!($of, concat!(stringify!($along), "(1)"), $gives_along)]
        #[track_caller]
        fn $along(&self, axis: isize) -> Result<DistArray<$output>>
        where
            T: $bound,
        {
            let _scope = Operation::enter(stringify!($along));
            scanned(self, $scan, Some(axis), $skip)
        }
    )*};
}

fn scanned<T: Element, U: Element>(
    value: &(impl ArrayExpr<T> + ?Sized),
    scan: Scan,
    axis: Option<isize>,
    skip_nan: bool,
) -> Result<DistArray<U>> {
    let node = value.node()?;
    let of = |axis| axis_of(scan.name(), axis, node.shape().len());
    let axis = axis.map(of).transpose()?;
    let ctx = value.context();
    let array = ctx.execute(Command::Scan { node, scan, axis, skip_nan })?.into_array();
    Ok(DistArray::new(ctx.clone(), array))
}

/// Scans: each element's result is of it and all elements before it. The result is distributed as the
/// array.
///
/// Where the axis is undistributed nothing is sent. Where it is in blocks each rank passes over its part
/// twice and sends `ceil(log2(parts))` messages of one accumulator for each line along the axis (8
/// bytes, or 280 for each part of a floating-point number in sums). An axis that is distributed
/// otherwise is moved to blocks and back; and where lines are so many and so short that accumulators
/// would be more bytes than the elements, the array is moved to where the axis is undistributed, and back.
///
/// Every sum of floating-point numbers is the exact one rounded once, so that `cumsum` has the bits that
/// [`sum`](super::Reductions::sum) of the elements up to there has, whatever the distribution and the
/// number of ranks. Products of them are made in double precision, in an order that depends on the
/// distribution. Integers widen to 64 bits and wrap, as NumPy's; NaN propagates, but where names begin
/// with `nan`: it counts as 0 in sums and 1 in products then.
pub trait Scans<T: Element>: ArrayExpr<T> {
    scans! {
        cumsum cumsum_axis Scan::Sum, false for Element -> T::Sum: "The sums", "(2 * at[0] + at[1]) as f64", "[0.0, 1.0, 3.0, 6.0]", "[0.0, 1.0, 2.0, 5.0]";
        cumprod cumprod_axis Scan::Prod, false for Element -> T::Sum: "The products", "(1 + 2 * at[0] + at[1]) as i32", "[1, 2, 6, 24]", "[1, 2, 3, 12]";
        cummax cummax_axis Scan::Max, false for Ordered -> T: "The greatest elements so far", "1 - at[1] as i32", "[1, 1, 1, 1]", "[1, 1, 1, 1]";
        cummin cummin_axis Scan::Min, false for Ordered -> T: "The least elements so far", "at[0] as i32 - at[1] as i32", "[0, -1, -1, -1]", "[0, -1, 1, 0]";
        nancumsum nancumsum_axis Scan::Sum, true for Element -> T::Sum: "The sums without NaNs", "if at[1] == 0 { f64::NAN } else { 1.5 }", "[0.0, 1.5, 1.5, 3.0]", "[0.0, 1.5, 0.0, 1.5]";
        nancumprod nancumprod_axis Scan::Prod, true for Element -> T::Sum: "The products without NaNs", "if at[1] == 0 { f64::NAN } else { 1.5 }", "[1.0, 1.5, 1.5, 2.25]", "[1.0, 1.5, 1.0, 1.5]";
    }

    /// The differences between each element and the one before it along an axis, `n` times over: an
    /// array with `n` elements less on that axis. Integers wrap.
    ///
    /// Each time the elements at the ends of blocks are moved by one plan, or, of an axis that is not in
    /// blocks, all of them; the result is distributed as the slice without the first element.
    ///
    /// # Errors
    /// As [`ArrayExpr::eval`]; the axis is out of bounds.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let squares = Context::solo().from_fn([4], |at| (at[0] * at[0]) as i32)?;
    /// assert_eq!(squares.diff(1, -1)?.to_ndarray()?.as_slice(), Some(&[1, 3, 5][..]));
    /// assert_eq!(squares.diff(2, 0)?.to_ndarray()?.as_slice(), Some(&[2, 2][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    fn diff(&self, n: usize, axis: isize) -> Result<DistArray<T>>
    where
        T: Number,
    {
        self.differences(n, axis).eval()
    }

    /// Differences that are yet to be told of elements before and after, and computed (NumPy's `prepend` and `append` of
    /// `diff`).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let sums = Context::solo().full(2_i64, 3)?.cumsum()?;
    /// assert_eq!(sums.differences(1, 0).prepend(0).eval()?.to_ndarray()?.as_slice(), Some(&[2, 2, 2][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn differences(&self, n: usize, axis: isize) -> Differences<T>
    where
        T: Number,
    {
        Differences::new(self, n, axis)
    }
}

impl<T: Element, A: ArrayExpr<T> + ?Sized> Scans<T> for A {}
