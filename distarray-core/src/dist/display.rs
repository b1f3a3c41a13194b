//! Short texts for long lists, and the text of a distribution.

use std::fmt::{self, Display};

use super::{Distribution, Ranks};

/// Longer lists are printed as their first few values, dots and the last one.
const SHOWN: usize = 8;

/// The values between separators, the middle of a long list left out.
pub(super) fn abbreviated<T: Display>(values: &[T], separator: &str) -> String {
    let text = |part: &[T]| part.iter().map(T::to_string).collect::<Vec<_>>().join(separator);
    match values {
        [.., last] if values.len() > SHOWN => {
            format!("{}{separator}..{separator}{last}", text(&values[..SHOWN / 2]))
        }
        _ => text(values),
    }
}

impl Display for Ranks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_range() {
            Some(range) => write!(f, "{}..{}", range.start, range.end),
            // Enough of them for `abbreviated` to see whether the list is long.
            None if self.len() <= SHOWN => {
                write!(f, "[{}]", abbreviated(&self.iter().collect::<Vec<_>>(), ", "))
            }
            None => {
                let mut few: Vec<_> = self.iter().take(SHOWN).collect();
                few.push(self.rank(self.len() - 1));
                write!(f, "[{}]", abbreviated(&few, ", "))
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
