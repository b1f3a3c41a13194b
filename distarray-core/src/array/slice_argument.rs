//! [`SliceArgument`]: the ways to say what to take of each axis.

use ndarray::{SliceInfo, SliceInfoElem};

use crate::dist::Cut;
use crate::error::{Error, Result};

/// What a slice is taken by: `ndarray`'s `s![…]`, or NumPy's notation as text.
///
/// - **`s![…]`** means what it means to `ndarray`: a range counts negative ends from the end of the
///   axis and must lie within it; a negative step goes through the range backwards; an index drops
///   its axis; `NewAxis` puts in an axis of one element. Axes behind the last one named are whole.
/// - **Text**, such as `"0:100, ::-2, 3, ..., newaxis"`, means what it means to NumPy: ranges are cut
///   where the axis ends, a range with a negative step begins at its high end, `...` stands for all
///   axes that are not named.
///
/// ```
/// use distarray_core::{array::Context, prelude::*};
/// use ndarray::{NewAxis, s};
///
/// let ctx = Context::solo();
/// let a = ctx.arange(0, 10, 1)?;
/// assert_eq!(a.slice(s![2..8;-2])?.to_ndarray()?.as_slice(), Some(&[7, 5, 3][..]));
/// assert_eq!(a.slice("7:1:-2")?.to_ndarray()?.as_slice(), Some(&[7, 5, 3][..]));
/// assert_eq!(a.slice(s![NewAxis, -3..])?.shape(), [1, 3]);
/// assert!(a.slice(s![5..12]).is_err());
/// assert_eq!(a.slice("5:12")?.shape(), [5]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub trait SliceArgument {
    /// The cuts of an array of this shape, one for each axis, with new axes between them.
    ///
    /// # Errors
    /// An index or a range that is not within its axis, a step of 0, more axes than there are, text
    /// that is no slice.
    fn cuts(&self, shape: &[usize]) -> Result<Vec<Cut>>;
}

impl<I: AsRef<[SliceInfoElem]>, In: ndarray::Dimension, Out: ndarray::Dimension> SliceArgument
    for SliceInfo<I, In, Out>
{
    fn cuts(&self, shape: &[usize]) -> Result<Vec<Cut>> {
        let elements: &[SliceInfoElem] = (**self).as_ref();
        elements.cuts(shape)
    }
}

impl SliceArgument for [SliceInfoElem] {
    fn cuts(&self, shape: &[usize]) -> Result<Vec<Cut>> {
        let named = self.iter().filter(|element| !element.is_new_axis()).count();
        check_axes(named, shape)?;
        let mut axis = 0;
        let mut cuts = Vec::with_capacity(self.len());
        for element in self {
            if let SliceInfoElem::NewAxis = element {
                cuts.push(Cut::NewAxis);
                continue;
            }
            let len = shape[axis];
            cuts.push(match *element {
                SliceInfoElem::Index(index) => at(index, axis, len)?,
                SliceInfoElem::Slice { start, end, step } => {
                    between(start, end.unwrap_or(len as isize), step, axis, len)?
                }
                SliceInfoElem::NewAxis => unreachable!("was seen to"),
            });
            axis += 1;
        }
        cuts.extend(shape[axis..].iter().map(|&len| Cut::whole(len)));
        Ok(cuts)
    }
}

impl SliceArgument for Vec<SliceInfoElem> {
    fn cuts(&self, shape: &[usize]) -> Result<Vec<Cut>> {
        self[..].cuts(shape)
    }
}

impl SliceArgument for str {
    fn cuts(&self, shape: &[usize]) -> Result<Vec<Cut>> {
        let words: Vec<&str> = match self.trim() {
            "" => Vec::new(),
            text => text.split(',').map(str::trim).collect(),
        };
        let is_new = |word: &&&str| matches!(**word, "newaxis" | "None");
        let dots = words.iter().filter(|word| **word == "...").count();
        if dots > 1 {
            return Err(Error::argument(format!("the slice '{self}' has more than one '...'")));
        }
        let named = words.len() - dots - words.iter().filter(is_new).count();
        check_axes(named, shape)?;
        let mut axis = 0;
        let mut cuts = Vec::with_capacity(words.len());
        for word in &words {
            match *word {
                "newaxis" | "None" => cuts.push(Cut::NewAxis),
                "..." => {
                    let rest = shape.len() - named;
                    cuts.extend(shape[axis..axis + rest].iter().map(|&len| Cut::whole(len)));
                    axis += rest;
                }
                word => {
                    cuts.push(as_numpy(word, axis, shape[axis])?);
                    axis += 1;
                }
            }
        }
        cuts.extend(shape[axis..].iter().map(|&len| Cut::whole(len)));
        Ok(cuts)
    }
}

impl<A: SliceArgument + ?Sized> SliceArgument for &A {
    fn cuts(&self, shape: &[usize]) -> Result<Vec<Cut>> {
        (**self).cuts(shape)
    }
}

fn check_axes(named: usize, shape: &[usize]) -> Result<()> {
    match named <= shape.len() {
        true => Ok(()),
        false => Err(Error::index(format!(
            "a slice of {named} axes is taken of an array of {}, of shape {shape:?}",
            shape.len()
        ))),
    }
}

fn at(index: isize, axis: usize, len: usize) -> Result<Cut> {
    let from_start = if index < 0 { index.checked_add_unsigned(len) } else { Some(index) };
    let found = from_start.and_then(|index| usize::try_from(index).ok());
    found.filter(|&index| index < len).map(Cut::At).ok_or_else(|| {
        Error::index(format!("index {index} is out of bounds for axis {axis} of extent {len}"))
    })
}

/// A range as `ndarray` has it: within the axis, gone through backwards by a negative step.
fn between(start: isize, end: isize, step: isize, axis: usize, len: usize) -> Result<Cut> {
    let bound = |bound: isize| {
        let from_start = if bound < 0 { bound.checked_add_unsigned(len) } else { Some(bound) };
        let found = from_start.and_then(|bound| usize::try_from(bound).ok());
        found.filter(|&bound| bound <= len).ok_or_else(|| {
            Error::index(format!(
                "the range {start}..{end} is out of bounds for axis {axis} of extent {len}"
            ))
        })
    };
    let (low, high) = (bound(start)?, bound(end)?);
    let count = high.saturating_sub(low);
    if step == 0 {
        return Err(Error::argument(format!("the slice of axis {axis} has a step of 0")));
    }
    let len = count.div_ceil(step.unsigned_abs());
    let start = if step > 0 || count == 0 { low } else { high - 1 };
    Ok(Cut::Range { start, step, len })
}

/// An index or a range as NumPy has them.
fn as_numpy(word: &str, axis: usize, len: usize) -> Result<Cut> {
    let number = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse::<isize>().map(Some).map_err(|_| {
            Error::argument(format!(
                "'{word}' is no slice of axis {axis}: it is an index, start:stop or start:stop:step"
            ))
        }),
    };
    let parts: Vec<&str> = word.split(':').collect();
    let (start, stop, step) = match parts[..] {
        [index] => {
            let Some(index) = number(index)? else {
                return Err(Error::argument(format!("the slice of axis {axis} is empty text")));
            };
            return at(index, axis, len);
        }
        [start, stop] => (number(start)?, number(stop)?, 1),
        [start, stop, step] => (number(start)?, number(stop)?, number(step)?.unwrap_or(1)),
        _ => return Err(Error::argument(format!("'{word}' has more than two colons"))),
    };
    if step == 0 {
        return Err(Error::argument(format!("the slice of axis {axis} has a step of 0")));
    }
    let extent = len as isize;
    // Ends are cut to what can be reached: from -1 to the last one downwards.
    let (lowest, highest) = if step > 0 { (0, extent) } else { (-1, extent - 1) };
    let clip = |bound: isize| {
        let bound = if bound < 0 { bound.saturating_add(extent) } else { bound };
        bound.clamp(lowest, highest)
    };
    let (first, last) = if step > 0 { (lowest, highest) } else { (highest, lowest) };
    let (start, stop) = (start.map_or(first, clip), stop.map_or(last, clip));
    let distance = if step > 0 { stop - start } else { start - stop };
    let count = usize::try_from(distance).unwrap_or(0).div_ceil(step.unsigned_abs());
    Ok(Cut::Range { start: if count == 0 { 0 } else { start as usize }, step, len: count })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: usize, step: isize, len: usize) -> Cut {
        Cut::Range { start, step, len }
    }

    #[test]
    fn text_means_what_it_means_to_numpy() {
        let cut = |text: &str| text.cuts(&[10]).unwrap()[0];
        assert_eq!(cut("2:5"), range(2, 1, 3));
        assert_eq!(cut("-3:"), range(7, 1, 3));
        assert_eq!(cut(":100:3"), range(0, 3, 4));
        assert_eq!(cut("::-1"), range(9, -1, 10));
        assert_eq!(cut("5:2:-1"), range(5, -1, 3));
        assert_eq!(cut("2:5:-1"), range(0, -1, 0));
        assert_eq!(cut("-100:3"), range(0, 1, 3));
        assert_eq!(cut("20:"), range(0, 1, 0));
        assert_eq!(cut("-1"), Cut::At(9));
        let whole = "..., 1, newaxis".cuts(&[2, 3, 4]).unwrap();
        assert_eq!(whole, [Cut::whole(2), Cut::whole(3), Cut::At(1), Cut::NewAxis]);
        assert_eq!("".cuts(&[2]).unwrap(), [Cut::whole(2)]);
    }

    #[test]
    fn what_is_no_slice_is_named() {
        let error = |text: &str| text.cuts(&[10, 2]).unwrap_err().to_string();
        assert_eq!(error("10"), "index 10 is out of bounds for axis 0 of extent 10");
        assert_eq!(error(":,-3"), "index -3 is out of bounds for axis 1 of extent 2");
        assert!(error("a:b").contains("'a:b' is no slice of axis 0"), "{}", error("a:b"));
        assert!(error("1:2:0").contains("step of 0"));
        assert!(error("1:2:3:4").contains("two colons"));
        assert!(error("...,...").contains("more than one"));
        assert!(error(":,:,:").contains("3 axes"));
        assert!(error(",").contains("empty text"));
    }
}
