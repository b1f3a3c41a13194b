//! Printing arrays as NumPy prints them.

use std::fmt;
use std::ops::Range;

use super::DistArray;
use super::words::words;
use crate::comm::Operation;
use crate::command::Command;
use crate::element::{Element, Scalar};
use crate::error::Result;

/// How arrays are printed; NumPy's settings, with its defaults.
///
/// ```
/// use distarray_core::array::DisplayOptions;
///
/// let narrow = DisplayOptions { line_width: 40, ..DisplayOptions::default() };
/// assert_eq!((narrow.threshold, narrow.edge_items, narrow.precision), (1000, 3, 8));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisplayOptions {
    /// Arrays of more elements are printed by their edges.
    pub threshold: usize,
    /// Elements at each end of an axis that is printed by its edges; of 0, nothing is printed of
    /// the axis, where NumPy prints its last element.
    pub edge_items: usize,
    /// Digits after the decimal point, at most.
    pub precision: usize,
    /// Characters in a line.
    pub line_width: usize,
    /// Whether numbers are printed without an exponent, however small.
    pub suppress_small: bool,
}

impl Default for DisplayOptions {
    fn default() -> Self {
        let (threshold, edge_items, precision, line_width) = (1000, 3, 8, 75);
        Self { threshold, edge_items, precision, line_width, suppress_small: false }
    }
}

/// The text of an array, to be printed.
///
/// Made by [`DistArray::display`]. It keeps the text alone, not the array.
///
/// ```
/// let ctx = distarray_core::array::Context::solo();
/// let printed = ctx.ones::<i32>([2, 2])?.display()?;
/// assert_eq!(format!("ones:\n{printed}"), "ones:\n[[1 1]\n [1 1]]");
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed(String);

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// # Printing
impl<T: Element> DistArray<T> {
    /// The array as NumPy prints it, on every rank.
    ///
    /// The text is that of NumPy 2.3 and later, which write exponents in arrays of `float32` from
    /// a million on; before it was a hundred million, as it is for `float64`.
    ///
    /// Only what is printed is gathered: of more than 1,000 elements, three at each end of every
    /// axis. (This is not `Display` itself, which has no `?`: what has none does not communicate.)
    ///
    /// # Errors
    /// A rank failed.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.linspace(0.0, 1.0, 3)?;
    /// ctx.print_once(a.display()?);
    /// assert_eq!(a.display()?.to_string(), "[0.  0.5 1. ]");
    /// assert_eq!(ctx.arange(0, 5000, 1)?.display()?.to_string(), "[   0    1    2 ... 4997 4998 4999]");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn display(&self) -> Result<Printed> {
        let _scope = Operation::enter("display");
        self.display_with(DisplayOptions::default())
    }

    /// As [`display`](Self::display), in another way.
    ///
    /// # Errors
    /// A rank failed.
    ///
    /// ```
    /// use distarray_core::array::DisplayOptions;
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// let thirds = ctx.full(1.0 / 3.0, 2)?;
    /// let options = DisplayOptions { precision: 2, ..DisplayOptions::default() };
    /// assert_eq!(thirds.display_with(options)?.to_string(), "[0.33 0.33]");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn display_with(&self, options: DisplayOptions) -> Result<Printed> {
        let _scope = Operation::enter("display");
        let edges = self.len() > options.threshold;
        let axes: Vec<Axis> =
            self.shape().iter().map(|&extent| Axis::new(extent, edges, &options)).collect();
        let ranges = axes.iter().map(Axis::ranges).collect();
        let command = Command::GatherToAll { array: self.array_ref().clone(), ranges };
        let block = self.context().execute(command)?.into_block();
        let elements = block.expect("every rank gets the elements").to_array::<T>()?;
        if self.is_empty() {
            return Ok(Printed("[]".to_owned()));
        }
        let scalars: Vec<Scalar> = elements.iter().map(|element| element.to_scalar()).collect();
        let words = words(&scalars, axes.is_empty(), &options);
        let mut page = Page { words: words.into_iter(), axes: &axes };
        let text = page.nested(0, " ", options.line_width);
        Ok(Printed(text))
    }
}

/// What is printed of an axis: all of it, or so many elements at each end.
struct Axis {
    extent: usize,
    edge: Option<usize>,
}

impl Axis {
    fn new(extent: usize, edges: bool, options: &DisplayOptions) -> Self {
        let edge = (edges && extent > 2 * options.edge_items).then_some(options.edge_items);
        Self { extent, edge }
    }

    fn ranges(&self) -> Vec<Range<usize>> {
        match self.edge {
            Some(edge) => vec![0..edge, self.extent - edge..self.extent],
            None => std::iter::once(0..self.extent).collect(),
        }
    }

    /// Items to print, with `None` for what is left out between them.
    fn items(&self) -> Vec<Option<()>> {
        match self.edge {
            Some(edge) => {
                let end = std::iter::repeat_n(Some(()), edge);
                end.clone().chain([None]).chain(end).collect()
            }
            None => vec![Some(()); self.extent],
        }
    }
}

const LEFT_OUT: &str = "...";

/// The words of an array, laid out in brackets and lines.
struct Page<'a, W> {
    words: W,
    axes: &'a [Axis],
}

impl<W: Iterator<Item = String>> Page<'_, W> {
    /// What stands at one place of the axes before `axis`, in at most `width` characters a line;
    /// lines but the first begin with `indent`.
    fn nested(&mut self, axis: usize, indent: &str, width: usize) -> String {
        let Some(this) = self.axes.get(axis) else {
            return self.words.next().expect("a word for each element");
        };
        let items = this.items();
        let text = match self.axes.len() - axis {
            1 => self.row(&items, indent, width),
            left => {
                let break_between = "\n".repeat(left - 1);
                let deeper = format!("{indent} ");
                let lines: Vec<String> = items
                    .iter()
                    .map(|item| match item {
                        Some(()) => self.nested(axis + 1, &deeper, width.saturating_sub(1)),
                        None => LEFT_OUT.to_owned(),
                    })
                    .collect();
                lines.join(&(break_between + indent))
            }
        };
        format!("[{text}]")
    }

    /// The elements of the last axis, wrapped.
    fn row(&mut self, items: &[Option<()>], indent: &str, width: usize) -> String {
        let mut text = String::new();
        let mut line = indent.to_owned();
        for (i, item) in items.iter().enumerate() {
            let word = match item {
                Some(()) => self.words.next().expect("a word for each element"),
                None => LEFT_OUT.to_owned(),
            };
            // The last word of a line has the bracket or the next separator behind it.
            let full = line.chars().count() + word.chars().count() > width.saturating_sub(1);
            if full && line.len() > indent.len() {
                text.push_str(line.trim_end());
                text.push('\n');
                line = indent.to_owned();
            }
            line.push_str(&word);
            if i + 1 < items.len() {
                line.push(' ');
            }
        }
        text.push_str(&line);
        text.split_off(indent.len())
    }
}
