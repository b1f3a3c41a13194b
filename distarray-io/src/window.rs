//! A slice of an array in a file, as an array in a file.

use distarray_core::block::Block;
use distarray_core::dist::{Cut, Segment};
use distarray_core::{Error, Result};

use crate::file::{ArrayFile, Header};
use crate::selection::Selection;

/// A slice of an array in a file, itself an array in a file.
///
/// Whatever is read or written through it goes to the places of the slice; nothing of the rest is
/// touched. It keeps all axes: one of a single index has the extent 1.
///
/// ```
/// use distarray_core::{DType, Scalar, block::Block, dist::Cut};
/// use distarray_io::file::{ArrayFile, Header, Order};
/// use distarray_io::{memory::MemoryArray, selection::Selection, window::Window};
///
/// let header = Header { dtype: DType::I32, shape: vec![10], order: Order::C };
/// let file = MemoryArray::new(header)?;
/// let backwards = Cut::Range { start: 8, step: -3, len: 3 };
/// let window = Window::new(Box::new(file.clone()), &[backwards])?;
/// assert_eq!(window.header().shape, [3]);
///
/// let ones = Block::from_array(ndarray::array![1, 2, 3].into_dyn());
/// window.write(&Selection::whole(&[3]), &ones)?;
/// let mut all = Block::zeros(DType::I32, &[10])?;
/// file.read(&Selection::whole(&[10]), &mut all)?;
/// assert_eq!([2, 5, 8].map(|i| all.at(&[i])), [3, 2, 1].map(Scalar::I32));
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Window {
    file: Box<dyn ArrayFile>,
    view: View,
    header: Header,
}

/// What a window shows of each axis.
#[derive(Debug)]
pub(crate) struct View(Vec<Axis>);

/// What a window shows of one axis.
#[derive(Clone, Copy, Debug)]
struct Axis {
    start: usize,
    step: isize,
    len: usize,
}

impl Window {
    /// The slice of a file by one cut for each of its axes.
    ///
    /// # Errors
    /// There is not one cut for each axis, one is a new axis, or one leaves its axis.
    pub fn new(file: Box<dyn ArrayFile>, cuts: &[Cut]) -> Result<Self> {
        let Header { dtype, shape, order } = file.header().clone();
        let view = View::new(&shape, cuts)?;
        let shape = view.0.iter().map(|axis| axis.len).collect();
        Ok(Self { file, view, header: Header { dtype, shape, order } })
    }
}

impl View {
    /// What one cut for each axis leaves of an array of this shape.
    pub(crate) fn new(shape: &[usize], cuts: &[Cut]) -> Result<Self> {
        if cuts.len() != shape.len() {
            let (cuts, axes) = (cuts.len(), shape.len());
            return Err(Error::index(format!("{cuts} cuts are made in {axes} axes of a file")));
        }
        let axes = cuts.iter().zip(shape).enumerate();
        let axes = axes.map(|(axis, (cut, &extent))| Axis::new(*cut, axis, extent));
        Ok(Self(axes.collect::<Result<_>>()?))
    }

    /// The selection of the file that a selection of the window is.
    pub(crate) fn in_file(&self, selection: &Selection) -> Selection {
        if selection.is_empty() {
            return selection.clone();
        }
        let axes = self.0.iter().zip(selection.axes());
        Selection::of_axes(axes.map(|(axis, segments)| axis.segments(segments)).collect())
    }
}

impl Axis {
    fn new(cut: Cut, axis: usize, extent: usize) -> Result<Self> {
        let (start, step, len) = match cut {
            Cut::At(index) => (index, 1, 1),
            Cut::Range { start, step, len } => (start, step, len),
            Cut::NewAxis => return Err(Error::argument("a slice of a file has no new axes")),
        };
        let last = len.checked_sub(1).map_or(Some(start), |steps| {
            start.checked_add_signed(step.checked_mul(isize::try_from(steps).ok()?)?)
        });
        match last {
            Some(last) if len == 0 || last.max(start) < extent => Ok(Self { start, step, len }),
            _ => Err(Error::index(format!(
                "{len} indices from {start} on, {step} apart, are not in axis {axis} of extent \
                 {extent}"
            ))),
        }
    }

    /// Segments of the window as segments of the file, ascending.
    fn segments(&self, segments: &[Segment]) -> Vec<Segment> {
        let at = |index: usize| self.start.wrapping_add_signed(index as isize * self.step);
        let in_file = |part: &Segment| {
            let step = if part.count > 1 { part.step * self.step.unsigned_abs() } else { 1 };
            match self.step > 0 {
                true => Segment { global: at(part.global), step, ..*part },
                false => Segment {
                    global: at(part.last()),
                    step,
                    count: part.count,
                    place: part.places().last().expect("a segment has elements"),
                    place_step: -part.place_step,
                },
            }
        };
        match self.step > 0 {
            true => segments.iter().map(in_file).collect(),
            false => segments.iter().rev().map(in_file).collect(),
        }
    }
}

impl ArrayFile for Window {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()> {
        selection.check(&self.header.shape, block.shape())?;
        self.file.read(&self.view.in_file(selection), block)
    }

    fn write(&self, selection: &Selection, block: &Block) -> Result<()> {
        selection.check(&self.header.shape, block.shape())?;
        self.file.write(&self.view.in_file(selection), block)
    }

    fn sync(&self) -> Result<()> {
        self.file.sync()
    }
}
