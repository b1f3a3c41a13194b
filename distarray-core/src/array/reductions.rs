//! Reductions of arrays and expressions, under NumPy's names.

use super::reduction::{
    All, Any, Argmax, Argmin, Count, Max, Mean, Min, Norm, Prod, Ptp, Reducing, ReductionOf, Std,
    Sum, Var,
};
use super::{ArrayExpr, DistArray};
use crate::comm::Operation;
use crate::element::{Element, Number, Ordered, Real};
use crate::error::Result;

/// The compiled example of a reduction: of what, the call, what it gives.
macro_rules! example {
    ($of:expr, $call:expr, $gives:expr) => {
        concat!(
            "\n```\nuse distarray_core::prelude::*;\n\nlet ctx = Context::solo();\nlet a = ctx.from_fn([2, 3], |at| ",
            $of,
            ")?;\nassert_eq!(a.",
            $call,
            ", ",
            $gives,
            ");\n# Ok::<(), distarray_core::Error>(())\n```"
        )
    };
}

/// Lists reductions, each over all axes and over some: names, kind, bound, result, what it does, and an
/// example with numbers in two rows.
macro_rules! reductions {
    ($of:literal; $($all:ident $some:ident $kind:expr $(=> $option:ident)?, ($($parameter:ident: $type:ty = $value:literal)?) for $bound:ident -> $output:ty: $doc:literal, $gives:literal, $along:literal;)*) => {$(
        #[doc = concat!($doc, ", of all elements; the same on every rank.")]
        ///
        /// One pass, and one message of some bytes. [`Context::reduce`](super::Context::reduce) tells more.
        ///
        /// # Errors
        /// As [`ArrayExpr::eval`]; an extreme of no elements.
        #[doc = example!($of, concat!(stringify!($all), "(", $(stringify!($value),)? ")?"), $gives)]
        #[track_caller]
        fn $all(&self $(, $parameter: $type)?) -> Result<$output>
        where
            T: $bound,
        {
            let _scope = Operation::enter(stringify!($all));
            self.reduce($kind)$(.$option())?.eval()
        }

        #[doc = concat!($doc, ", along the axes given (negative ones count from the end), as an array of the other axes.")]
        ///
        /// The result lives on the lowest rank along those axes; over all axes at once it is on every rank, as a
        /// replicated array. Few accumulators meet on the lowest rank, in `ceil(log2(ranks along them))` messages a rank;
        /// of many, each of these ranks gets a share from every other and sends the lowest its results: see
        /// [`Context::reduce`](super::Context::reduce).
        ///
        /// # Errors
        /// As [`ArrayExpr::eval`]; an axis that is out of bounds or given twice; an extreme of no
        /// elements.
        #[doc = example!($of, concat!(stringify!($some), "(&[-1]", $(", ", stringify!($value),)? ")?.to_ndarray()?.as_slice()"), concat!("Some(&", $along, "[..])"))]
        #[track_caller]
        fn $some(&self, axes: &[isize] $(, $parameter: $type)?) -> Result<DistArray<$output>>
        where
            T: $bound,
        {
            let _scope = Operation::enter(stringify!($some));
            self.reduce($kind)$(.$option())?.axes(axes).eval()
        }
    )*};
}

/// Reductions: one pass over the arrays of an expression, whatever their distribution.
///
/// Sums of floating-point numbers are exact and rounded once, and means too, so that they have the same
/// bits for every number of ranks, distribution and backend; so have variances and norms. A sum that
/// overflows on the way only does not; one of zero is positive. Integer sums widen to 64 bits and wrap,
/// as NumPy's. Variances are NaN where no degree of freedom is left; an extreme that is a zero is positive. Variances are
/// made of exact sums of the elements and their squares (696 bytes for each result), in which nothing is lost to the mean however
/// large it is. Integers count as `f64`, to which those beyond 2^53 are rounded. NaN propagates, but in the reductions whose names begin with `nan`, which leave it out.
/// [`reduce`](Self::reduce) takes masks, initial values and more.
///
/// Integers are compared and subtracted in their own type, where `ptp` wraps, as NumPy's does. NaN counts as not zero.
pub trait Reductions<T: Element>: ArrayExpr<T> {
    /// A reduction that is yet to be told how, and computed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let a = ctx.full(200_u8, [2, 3])?;
    /// let columns = a.reduce(Sum).axes(&[0]).keepdims().eval()?;
    /// assert_eq!((columns.shape(), columns.get(&[0, 2])?), (&[1, 3][..], 400));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    fn reduce<K: ReductionOf<T>>(&self, kind: K) -> Reducing<T, K> {
        Reducing::new(self, kind)
    }

    reductions! {
        "(3 * at[0] + at[1]) as f64";
        sum sum_axes Sum, () for Element -> T::Sum: "The sum", "15.0", "[3.0, 12.0]";
        prod prod_axes Prod, () for Element -> T::Sum: "The product; of floating-point numbers in double precision, in an order that depends on the distribution, of which one may leave the range of numbers on the way where another does not", "0.0", "[0.0, 60.0]";
        mean mean_axes Mean, () for Element -> T::Mean: "The arithmetic mean (NaN of no elements)", "2.5", "[1.0, 4.0]";
        var var_axes Var(0), () for Element -> T::Real: "The variance, divided by the number of elements", "35.0 / 12.0", "[2.0 / 3.0, 2.0 / 3.0]";
        var_ddof var_axes_ddof Var(ddof), (ddof: usize = 1) for Element -> T::Real: "The variance, divided by the number of elements less `ddof`", "3.5", "[1.0, 1.0]";
        std std_axes Std(0), () for Element -> T::Real: "The standard deviation: the root of the variance", "(35.0_f64 / 12.0).sqrt()", "[(2.0_f64 / 3.0).sqrt(); 2]";
        std_ddof std_axes_ddof Std(ddof), (ddof: usize = 1) for Element -> T::Real: "The standard deviation with `ddof` degrees of freedom taken away", "3.5_f64.sqrt()", "[1.0, 1.0]";
        min min_axes Min, () for Ordered -> T: "The least", "0.0", "[0.0, 3.0]";
        max max_axes Max, () for Ordered -> T: "The greatest", "5.0", "[2.0, 5.0]";
        ptp ptp_axes Ptp, () for Real -> T: "The greatest less the least", "5.0", "[2.0, 2.0]";
        argmin argmin_axes Argmin, () for Ordered -> i64: "The number of the first least one in C order of the reduced axes, NaN before all", "0", "[0, 0]";
        argmax argmax_axes Argmax, () for Ordered -> i64: "The number of the first greatest one in C order of the reduced axes, NaN before all", "5", "[2, 2]";
        count count_axes Count, () for Element -> u64: "The number of elements that are not zero (NumPy's `count_nonzero`)", "5", "[2, 3]";
        any any_axes Any, () for Element -> bool: "Whether some element is not zero", "true", "[true, true]";
        all all_axes All, () for Element -> bool: "Whether no element is zero", "false", "[false, true]";
        norm norm_axes Norm(2.0), () for Number -> T::Real: "The Euclidean norm: the root of the sum of the squares of magnitudes", "55.0_f64.sqrt()", "[5.0_f64.sqrt(), 50.0_f64.sqrt()]";
    }

    reductions! {
        "if at[1] == 0 { f64::NAN } else { (3 * at[0] + at[1]) as f64 }";
        nansum nansum_axes Sum => skip_nan, () for Element -> T::Sum: "The sum without NaNs", "12.0", "[3.0, 9.0]";
        nanprod nanprod_axes Prod => skip_nan, () for Element -> T::Sum: "The product without NaNs", "40.0", "[2.0, 20.0]";
        nanmean nanmean_axes Mean => skip_nan, () for Element -> T::Mean: "The arithmetic mean without NaNs", "3.0", "[1.5, 4.5]";
        nanvar nanvar_axes Var(0) => skip_nan, () for Element -> T::Real: "The variance without NaNs", "2.5", "[0.25, 0.25]";
        nanstd nanstd_axes Std(0) => skip_nan, () for Element -> T::Real: "The standard deviation without NaNs", "2.5_f64.sqrt()", "[0.5, 0.5]";
        nanmin nanmin_axes Min => skip_nan, () for Ordered -> T: "The least without NaNs; NaN where there is nothing else", "1.0", "[1.0, 4.0]";
        nanmax nanmax_axes Max => skip_nan, () for Ordered -> T: "The greatest without NaNs; NaN where there is nothing else", "5.0", "[2.0, 5.0]";
        nanargmin nanargmin_axes Argmin => skip_nan, () for Ordered -> i64: "The number of the first least one without NaNs; an error where there is nothing else", "1", "[1, 1]";
        nanargmax nanargmax_axes Argmax => skip_nan, () for Ordered -> i64: "The number of the first greatest one without NaNs; an error where there is nothing else", "5", "[2, 2]";
    }
}

impl<T: Element, A: ArrayExpr<T> + ?Sized> Reductions<T> for A {}
