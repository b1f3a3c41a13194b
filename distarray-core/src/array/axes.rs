//! Axes by NumPy's numbers.

use crate::error::{Error, Result};

/// An axis from NumPy's number, which counts from the end where it is negative.
pub(super) fn axis_of(name: &str, axis: isize, ndim: usize) -> Result<usize> {
    let counted = if axis < 0 { axis.checked_add_unsigned(ndim) } else { Some(axis) };
    let inside = counted.and_then(|axis| usize::try_from(axis).ok()).filter(|&axis| axis < ndim);
    inside.ok_or_else(|| Error::index(format!("'{name}': axis {axis} of an array of {ndim} axes")))
}

/// As [`axis_of`], for several.
pub(super) fn axes_of(name: &str, axes: &[isize], ndim: usize) -> Result<Vec<usize>> {
    axes.iter().map(|&axis| axis_of(name, axis, ndim)).collect()
}

/// As [`axes_of`]; none may be named twice.
pub(super) fn distinct_axes(name: &str, axes: &[isize], ndim: usize) -> Result<Vec<usize>> {
    let found = axes_of(name, axes, ndim)?;
    let mut sorted = found.clone();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            Err(Error::argument(format!("'{name}': axis {} is named twice in {axes:?}", pair[0])))
        }
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_count_from_either_end() {
        assert_eq!(axes_of("sum", &[0, -1], 3).unwrap(), [0, 2]);
        let error = axis_of("flip", -4, 3).unwrap_err().to_string();
        assert_eq!(error, "'flip': axis -4 of an array of 3 axes");
        let twice = distinct_axes("squeeze", &[2, -1], 3).unwrap_err().to_string();
        assert!(twice.contains("axis 2 is named twice"), "{twice}");
    }
}
