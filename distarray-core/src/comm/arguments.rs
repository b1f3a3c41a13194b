//! [`Arguments`]: what an operation works on, to compare between ranks.

use std::fmt;
use std::hash::Hash;

use super::name::Name;
use crate::digest::Digest;
use crate::element::DType;

/// Extents that are kept to be shown; the digest covers all.
const SHOWN: usize = 6;
/// Arguments beside the array that are told apart; further ones share the last place.
pub(crate) const NOTED: usize = 8;

/// What an operation works on, as far as it must be the same on every rank: the dtype and the shape
/// of its array, and digests of everything else.
///
/// Small and of fixed size, so that noting it costs some tens of nanoseconds.
///
/// ```
/// use distarray_core::{DType, comm::Arguments};
///
/// let here = Arguments::new().array(DType::F64, &[2, 3]).and("axes", &[0]);
/// let there = Arguments::new().array(DType::F64, &[2, 3]).and("axes", &[1]);
/// assert_eq!(here.to_string(), "float64[2, 3]");
/// assert_eq!(here.difference(&there), Some("axes"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arguments {
    dtype: Option<DType>,
    ndim: usize,
    shape: [usize; SHOWN],
    shape_digest: u64,
    noted: [(Name, u64); NOTED],
}

impl Default for Arguments {
    fn default() -> Self {
        Self::new()
    }
}

impl Arguments {
    /// None.
    pub const fn new() -> Self {
        Self {
            dtype: None,
            ndim: 0,
            shape: [0; SHOWN],
            shape_digest: 0,
            noted: [(Name(""), 0); NOTED],
        }
    }

    /// The array that is worked on, or made.
    #[inline]
    pub fn array(mut self, dtype: DType, shape: &[usize]) -> Self {
        self.dtype = Some(dtype);
        self.ndim = shape.len();
        self.shape = std::array::from_fn(|axis| shape.get(axis).copied().unwrap_or(0));
        self.shape_digest = Digest::of(shape.get(SHOWN..).unwrap_or_default());
        self
    }

    /// The array alone.
    pub(crate) fn of_array(self) -> Self {
        Self { noted: Self::new().noted, ..self }
    }

    /// One more argument, called `name` in messages. Of those that share a place it is called `others`, unless all
    /// have one name.
    #[inline(always)] // Else it is copied in and out.
    pub fn and(mut self, name: &'static str, value: &(impl Hash + ?Sized)) -> Self {
        let free = self.noted.iter().position(|(noted, _)| noted.0.is_empty());
        let place = &mut self.noted[free.unwrap_or(NOTED - 1)];
        *place = match place {
            (Name(""), _) => (Name(name), Digest::of(value)),
            (noted, before) => {
                let shared = if *noted == Name(name) { *noted } else { Name("others") };
                (shared, Digest::of(&(*before, Digest::of(value))))
            }
        };
        self
    }

    /// The name of the first argument in which two operations of one name differ.
    pub fn difference(&self, other: &Self) -> Option<&'static str> {
        if self == other {
            return None;
        }
        if self.dtype != other.dtype {
            return Some("dtype");
        }
        if (self.ndim, self.shape, self.shape_digest)
            != (other.ndim, other.shape, other.shape_digest)
        {
            return Some("shape");
        }
        let pairs = self.noted.iter().zip(&other.noted);
        let unlike = pairs.into_iter().find(|(mine, theirs)| mine != theirs);
        unlike.map(|((mine, _), (theirs, _))| if mine.0.is_empty() { theirs.0 } else { mine.0 })
    }

    /// All arguments as lines of `name=digest`, for ranks of other processes to compare.
    pub(super) fn details(&self) -> String {
        let shape = Digest::of(&(self.shape, self.shape_digest));
        let noted = self.noted.iter().map(|(name, digest)| format!("\n{}={digest:x}", name.0));
        format!("shape={shape:x}{}", noted.collect::<String>())
    }
}

impl fmt::Display for Arguments {
    /// The array, such as `float64[2, 3]`; nothing where there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(dtype) = self.dtype else { return Ok(()) };
        write!(f, "{dtype}[")?;
        for (axis, extent) in self.shape.iter().take(self.ndim).enumerate() {
            write!(f, "{}{extent}", if axis > 0 { ", " } else { "" })?;
        }
        f.write_str(if self.ndim > SHOWN { ", ...]" } else { "]" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_is_named() {
        let of = |shape: &[usize]| Arguments::new().array(DType::F64, shape);
        let long = |last| of(&[1, 2, 3, 4, 5, 6, 7, last]);
        assert_eq!(of(&[2]).difference(&of(&[2])), None);
        assert_eq!(of(&[2]).difference(&of(&[2, 0])), Some("shape"));
        assert_eq!(long(8).difference(&long(9)), Some("shape"));
        assert_eq!(long(8).to_string(), "float64[1, 2, 3, 4, 5, 6, ...]");
        let other = Arguments::new().array(DType::F32, &[2]);
        assert_eq!(of(&[2]).difference(&other), Some("dtype"));
        assert_eq!(of(&[2]).and("root", &1).difference(&of(&[2])), Some("root"));
        assert_eq!(Arguments::new().to_string(), "");
    }

    #[test]
    fn more_arguments_than_places_are_compared_too() {
        let of =
            |last: u8| (0..9).fold(Arguments::new(), |noted, i| noted.and("x", &i)).and("y", &last);
        assert_eq!(of(1).difference(&of(1)), None);
        assert_eq!(of(1).difference(&of(2)), Some("others"));
        let named = |last: u8| (0..9).fold(of(0), |noted, i| noted.and("x", &i)).and("x", &last);
        assert_eq!(named(1).difference(&named(2)), Some("others"));
        let alike =
            |last: u8| (0..20).chain([last]).fold(Arguments::new(), |all, i| all.and("x", &i));
        assert_eq!(alike(1).difference(&alike(2)), Some("x"));
    }
}
