//! Reductions of arrays and expressions, under NumPy's names.

use super::axes::axes_of;
use super::{ArrayExpr, DistArray};
use crate::block::Reduction;
use crate::comm::Operation;
use crate::command::{Command, Reply};
use crate::element::{Element, Ordered};
use crate::error::Result;

fn reduce<T: Element>(
    value: &(impl ArrayExpr<T> + ?Sized),
    reduction: Reduction,
    axes: Option<&[isize]>,
) -> Result<Reply> {
    let node = value.node()?;
    let axes = axes.map(|axes| axes_of(reduction.name(), axes, node.shape().len())).transpose()?;
    value.context().execute(Command::Reduce { node, reduction, axes })
}

fn to_value<T: Element, R: Element>(
    value: &(impl ArrayExpr<T> + ?Sized),
    reduction: Reduction,
) -> Result<R> {
    let reduced = reduce(value, reduction, None)?.into_scalar();
    Ok(R::try_from_scalar(reduced).expect("a reduction gives the type that it declares"))
}

fn to_array<T: Element, R: Element>(
    value: &(impl ArrayExpr<T> + ?Sized),
    reduction: Reduction,
    axes: &[isize],
) -> Result<DistArray<R>> {
    let reduced = reduce(value, reduction, Some(axes))?.into_array();
    Ok(DistArray::new(value.context().clone(), reduced))
}

/// Lists reductions, each over all axes and over some: names, bound, result, what it does, and an
/// example with the numbers 0 to 5 in two rows.
macro_rules! reductions {
    ($($all:ident $some:ident $reduction:expr, ($($parameter:ident: $type:ty = $value:literal)?) for $bound:ident -> $output:ty: $doc:literal, $gives:literal, $along:literal;)*) => {$(
        #[doc = concat!($doc, ", of all elements; the same on every rank.")]
        ///
        /// One pass, and one gather of an accumulator of 8 to 64 bytes a rank.
        ///
        /// # Errors
        /// As [`ArrayExpr::eval`]; the least or greatest of no elements.
        #[doc = concat!(
            "\n```\nuse distarray_core::prelude::*;\n\nlet ctx = Context::solo();\nlet a = ctx.from_fn([2, 3], |at| (3 * at[0] + at[1]) as f64)?;\nassert_eq!(a.",
            stringify!($all), "(", $(stringify!($value),)? ")?, ", $gives,
            ");\n# Ok::<(), distarray_core::Error>(())\n```"
        )]
        #[track_caller]
        fn $all(&self $(, $parameter: $type)?) -> Result<$output>
        where
            T: $bound,
        {
            let _scope = Operation::enter(stringify!($all));
            to_value(self, $reduction)
        }

        #[doc = concat!($doc, ", along the axes given (negative ones count from the end), as an array of the other axes.")]
        ///
        /// One pass; accumulators meet on the lowest rank along those axes, where the result lives,
        /// in as many messages a rank as the number of ranks along them has binary digits.
        ///
        /// # Errors
        /// As [`ArrayExpr::eval`]; an axis that is out of bounds or given twice; the least or
        /// greatest of no elements.
        #[doc = concat!(
            "\n```\nuse distarray_core::prelude::*;\n\nlet ctx = Context::solo();\nlet a = ctx.from_fn([2, 3], |at| (3 * at[0] + at[1]) as f64)?;\nassert_eq!(a.",
            stringify!($some), "(&[-1]", $(", ", stringify!($value),)? ")?.to_ndarray()?.as_slice(), Some(&", $along,
            "[..]));\n# Ok::<(), distarray_core::Error>(())\n```"
        )]
        #[track_caller]
        fn $some(&self, axes: &[isize] $(, $parameter: $type)?) -> Result<DistArray<$output>>
        where
            T: $bound,
        {
            let _scope = Operation::enter(stringify!($some));
            to_array(self, $reduction, axes)
        }
    )*};
}

/// Reductions: one pass over the arrays of an expression, whatever their distribution.
///
/// Floating-point sums and means are compensated, and variances stable, so that they hardly
/// depend on the number of ranks; integer sums widen to 64 bits, as NumPy's. NaN propagates.
pub trait Reductions<T: Element>: ArrayExpr<T> {
    reductions! {
        sum sum_axes Reduction::Sum, () for Element -> T::Sum: "The sum", "15.0", "[3.0, 12.0]";
        mean mean_axes Reduction::Mean, () for Element -> T::Mean: "The arithmetic mean (NaN of no elements)", "2.5", "[1.0, 4.0]";
        var var_axes Reduction::Var { ddof: 0 }, () for Element -> T::Real: "The variance, divided by the number of elements", "35.0 / 12.0", "[2.0 / 3.0, 2.0 / 3.0]";
        var_ddof var_axes_ddof Reduction::Var { ddof }, (ddof: usize = 1) for Element -> T::Real: "The variance, divided by the number of elements less `ddof`", "3.5", "[1.0, 1.0]";
        std std_axes Reduction::Std { ddof: 0 }, () for Element -> T::Real: "The standard deviation: the root of the variance", "(35.0_f64 / 12.0).sqrt()", "[(2.0_f64 / 3.0).sqrt(); 2]";
        std_ddof std_axes_ddof Reduction::Std { ddof }, (ddof: usize = 1) for Element -> T::Real: "The standard deviation with `ddof` degrees of freedom taken away", "3.5_f64.sqrt()", "[1.0, 1.0]";
        min min_axes Reduction::Min, () for Ordered -> T: "The least", "0.0", "[0.0, 3.0]";
        max max_axes Reduction::Max, () for Ordered -> T: "The greatest", "5.0", "[2.0, 5.0]";
        count count_axes Reduction::Count, () for Element -> u64: "The number of elements that are not zero", "5", "[2, 3]";
        any any_axes Reduction::Any, () for Element -> bool: "Whether some element is not zero", "true", "[true, true]";
        all all_axes Reduction::All, () for Element -> bool: "Whether no element is zero", "false", "[false, true]";
    }
}

impl<T: Element, A: ArrayExpr<T> + ?Sized> Reductions<T> for A {}
