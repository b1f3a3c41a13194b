//! Short texts for long lists, and the text of a distribution.

use std::fmt::{self, Display};

use super::{Distribution, Ranks};

/// Longer lists are printed as their first few values, dots and the last one.
const SHOWN: usize = 8;

/// The values between separators, the middle of a long list left out.
pub(super) fn abbreviated<T: Display>(values: &[T], separator: &str) -> String {
    abbreviated_by(values.len(), |i| values[i].to_string(), separator)
}

/// As [`abbreviated`], the values made where they are shown.
pub(super) fn abbreviated_by(
    len: usize,
    value: impl Fn(usize) -> String,
    separator: &str,
) -> String {
    let mut shown: Vec<String> = match len {
        0..=SHOWN => (0..len).map(&value).collect(),
        _ => (0..SHOWN / 2).map(&value).collect(),
    };
    if len > SHOWN {
        shown.extend(["..".to_owned(), value(len - 1)]);
    }
    shown.join(separator)
}

impl Display for Ranks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_range() {
            Some(range) => write!(f, "{}..{}", range.start, range.end),
            None if self.is_everywhere() => {
                let (first, last) = (self.rank(0), self.max().unwrap_or(0));
                write!(f, "{first}..{} alike", last + 1)
            }
            None => {
                let rank = |cell| self.rank(cell).to_string();
                write!(f, "[{}]", abbreviated_by(self.len(), rank, ", "))
            }
        }
    }
}

impl Display for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = |text: &dyn Fn(usize) -> String, separator| {
            (0..self.ndim()).map(text).collect::<Vec<_>>().join(separator)
        };
        write!(f, "{:?}", self.shape())?;
        if self.ndim() > 0 {
            let kinds = each(&|i| self.axis(i).dist().to_string(), ",");
            let grid = each(&|i| self.grid()[i].to_string(), "x");
            write!(f, " as {kinds} on grid {grid},")?;
        } else {
            f.write_str(" on")?;
        }
        write!(f, " ranks {}", self.ranks())?;
        for (i, axis) in self.axes().iter().enumerate() {
            let pairs = [("halo", axis.halo()), ("boundary", axis.boundary())];
            for (name, (low, high)) in pairs.into_iter().filter(|(_, pair)| *pair != (0, 0)) {
                write!(f, ", {name} {low}+{high} on axis {i}")?;
            }
            if axis.is_periodic() {
                write!(f, ", periodic axis {i}")?;
            }
        }
        Ok(())
    }
}
