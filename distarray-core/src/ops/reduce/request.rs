//! What is asked for: a reduction, of what, and how.

use crate::comm::Arguments;
use crate::element::{DType, Scalar};
use crate::error::{Error, Result};
use crate::expr::{Node, broadcast_shapes};

/// A reduction, as data; NumPy's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// The sum: exact and rounded once for floating-point numbers; integers widen to 64 bits and wrap.
    Sum,
    /// The product; integers widen to 64 bits and wrap.
    Prod,
    /// The arithmetic mean: the exact one, rounded once.
    Mean,
    /// The variance: divided by the number of elements less `ddof`.
    Var {
        /// Delta degrees of freedom.
        ddof: usize,
    },
    /// The square root of the variance.
    Std {
        /// Delta degrees of freedom.
        ddof: usize,
    },
    /// The least element; NaN where there is one.
    Min,
    /// The greatest element; NaN where there is one.
    Max,
    /// The greatest element less the least.
    Ptp,
    /// The number of the first least element, in C order of the reduced axes.
    Argmin,
    /// The number of the first greatest element, in C order of the reduced axes.
    Argmax,
    /// How many elements are not zero.
    Count,
    /// Whether some element is not zero.
    Any,
    /// Whether no element is zero.
    All,
    /// The vector norm of an order.
    Norm {
        /// The bits of the order, an `f64`.
        order: u64,
    },
}

impl Reduction {
    /// NumPy's name.
    ///
    /// ```
    /// assert_eq!(distarray_core::ops::Reduction::Var { ddof: 1 }.name(), "var");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Prod => "prod",
            Self::Mean => "mean",
            Self::Var { .. } => "var",
            Self::Std { .. } => "std",
            Self::Min => "min",
            Self::Max => "max",
            Self::Ptp => "ptp",
            Self::Argmin => "argmin",
            Self::Argmax => "argmax",
            Self::Count => "count",
            Self::Any => "any",
            Self::All => "all",
            Self::Norm { .. } => "norm",
        }
    }

    /// Whether the reduction of no elements at all has no value.
    pub(super) const fn needs_elements(self) -> bool {
        matches!(self, Self::Min | Self::Max | Self::Ptp | Self::Argmin | Self::Argmax)
    }

    /// Whether it is a norm that is an extreme, of which there is none of no elements.
    const fn is_extreme_norm(self) -> bool {
        matches!(self, Self::Norm { order } if f64::from_bits(order).is_infinite())
    }

    /// Whether it can take a first element that is not one of the array's.
    const fn takes_initial(self) -> bool {
        matches!(self, Self::Sum | Self::Prod | Self::Min | Self::Max)
    }
}

/// A reduction of an expression.
#[derive(Clone, Debug)]
pub struct Request {
    /// The expression.
    pub node: Node,
    /// What it is reduced by.
    pub reduction: Reduction,
    /// The axes to reduce; all where there are none given.
    pub axes: Option<Vec<usize>>,
    /// Whether reduced axes stay, with one element.
    pub keepdims: bool,
    /// Whether NaNs are left out.
    pub skip_nan: bool,
    /// Truth values whose shape broadcasts to the expression's: elements that count.
    pub mask: Option<Node>,
    /// A first element, of the dtype of the result.
    pub initial: Option<Scalar>,
}

impl Request {
    /// A reduction over all axes (`None`) or the ones given, of all elements.
    pub fn new(node: Node, reduction: Reduction, axes: Option<Vec<usize>>) -> Self {
        let (keepdims, skip_nan) = (false, false);
        Self { node, reduction, axes, keepdims, skip_nan, mask: None, initial: None }
    }

    /// Whether one value is asked for, not an array.
    pub(super) fn is_scalar(&self) -> bool {
        self.axes.is_none() && !self.keepdims
    }

    /// Which axes are reduced.
    ///
    /// # Errors
    /// An axis is out of bounds or given twice.
    pub(super) fn reduced(&self) -> Result<Vec<bool>> {
        let (name, ndim) = (self.reduction.name(), self.node.shape().len());
        let mut reduced = vec![self.axes.is_none(); ndim];
        for &axis in self.axes.as_deref().unwrap_or_default() {
            match reduced.get_mut(axis) {
                None => {
                    return Err(Error::index(format!(
                        "'{name}': axis {axis} of an array of {ndim} axes"
                    )));
                }
                Some(true) => {
                    return Err(Error::argument(format!("'{name}': axis {axis} is given twice")));
                }
                Some(flag) => *flag = true,
            }
        }
        Ok(reduced)
    }

    /// The number of elements that each result is made of.
    ///
    /// # Errors
    /// There are none, and the reduction needs some; more than can be counted; a mask that does not broadcast to the
    /// elements; what the reduction does not take.
    pub(super) fn elements(&self, reduced: &[bool]) -> Result<usize> {
        let (name, shape) = (self.reduction.name(), self.node.shape());
        let is_empty = |over: bool| {
            let mut axes = shape.iter().zip(reduced);
            axes.any(|(&extent, &reduced)| reduced == over && extent == 0)
        };
        let folded = shape.iter().zip(reduced).filter(|(_, reduced)| **reduced);
        let elements = match is_empty(true) {
            true => Some(0),
            false => folded.map(|(&extent, _)| extent).try_fold(1_usize, usize::checked_mul),
        };
        let elements = elements.ok_or_else(|| {
            Error::shape(format!("'{name}': shape {shape:?} has more elements than can be counted"))
        })?;
        let needs_elements = self.reduction.needs_elements() && self.initial.is_none();
        let refuses_none = needs_elements || self.reduction.is_extreme_norm();
        if refuses_none && elements == 0 && !is_empty(false) {
            return Err(Error::shape(format!("'{name}' of no elements: shape {shape:?}")));
        }
        if let Some(mask) = &self.mask {
            if broadcast_shapes(mask.shape(), shape).is_none_or(|both| both != shape) {
                return Err(Error::shape(format!(
                    "'{name}': a mask of shape {:?} does not broadcast to elements of shape {shape:?}",
                    mask.shape()
                )));
            }
            if needs_elements {
                return Err(Error::argument(match self.reduction.takes_initial() {
                    true => format!("'{name}' with a mask needs an initial value"),
                    false => format!("'{name}' does not take a mask"),
                }));
            }
        }
        if self.initial.is_some() && !self.reduction.takes_initial() {
            return Err(Error::argument(format!("'{name}' does not take an initial value")));
        }
        Ok(elements)
    }

    /// # Errors
    /// The initial value is not of the result's dtype.
    pub(super) fn check_initial(&self, result: DType) -> Result<()> {
        match self.initial.map(Scalar::dtype).filter(|&dtype| dtype != result) {
            Some(other) => Err(Error::dtype(format!(
                "'{}' of {}, which gives {result}, with an initial value of {other}",
                self.reduction.name(),
                self.node.dtype()
            ))),
            None => Ok(()),
        }
    }

    /// Adds to what the ranks compare.
    pub(crate) fn note(&self, arguments: Arguments) -> Arguments {
        arguments
            .array(self.node.dtype(), self.node.shape())
            .and("expression", &self.node.digest())
            .and("reduction", &(self.reduction, self.skip_nan))
            .and("list of axes", &(&self.axes, self.keepdims))
            .and(
                "options",
                &(self.mask.as_ref().map(Node::digest), self.initial.map(Scalar::to_bytes)),
            )
    }
}
