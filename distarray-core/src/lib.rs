//! Distributed arrays for any backend.

mod digest;
mod element;
mod error;

pub mod array;
pub mod block;
pub mod comm;
pub mod command;
pub mod dist;
pub mod exchange;
pub mod expr;
mod handle;
pub mod ops;

pub use element::{
    Bits, Complex32, Complex64, ComplexNumber, DType, Element, Float, Floating, Integer, Kind,
    Number, Ordered, Real, Scalar, as_bytes, as_bytes_mut,
};
pub use error::{Error, Result};
pub use handle::ArrayRef;

/// What most programs use.
///
/// ```
/// use distarray_core::prelude::*;
///
/// let ctx = Context::solo();
/// assert_eq!(ctx.ones::<f64>([2, 2])?.sum()?, 4.0);
/// # Ok::<(), Error>(())
/// ```
pub mod prelude {
    pub use crate::array::reduction::{
        All, Any, Argmax, Argmin, Count, Max, Mean, Min, Norm, Prod, Ptp, ReductionOf, Std, Sum,
        Var,
    };
    pub use crate::array::{
        ArrayExpr, Boundary, Checked, Conditions, Context, DistArray, Expr, Histograms,
        Interpolation, IntoDistribution, Nonzero, Operand, Pairs, Quantiles, Redistribution,
        Reductions, Scans, Statistics, Stencil, Ufuncs,
    };
    pub use crate::dist::{Dist, Distribution};
    pub use crate::{Complex32, Complex64, DType, Element, Error, Result};
}
