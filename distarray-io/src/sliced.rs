//! [`Sliced`]: a slice of an array in a file, itself one.

use distarray_core::block::Block;
use distarray_core::dist::{Cut, Segment};
use distarray_core::{Error, Result};

use crate::file::{ArrayFile, Header};
use crate::selection::Selection;

/// A slice of an array in a file: indices of the slice become indices of the whole.
///
/// Reads no elements but those of the slice, and writes no others.
///
/// ```
/// use distarray_core::{DType, Scalar, block::Block, dist::Cut};
/// use distarray_io::file::{ArrayFile, Header, Order};
/// use distarray_io::{memory::MemoryArray, selection::Selection, sliced::Sliced};
///
/// let header = Header { dtype: DType::U8, shape: vec![3, 4], order: Order::C };
/// let file = MemoryArray::new(header)?;
/// let cuts = [Cut::At(1), Cut::Range { start: 3, step: -2, len: 2 }];
/// let slice = Sliced::new(Box::new(file.clone()), &cuts)?;
/// assert_eq!(slice.header().shape, [2]);
/// let block = Block::from_array(ndarray::array![5_u8, 6].into_dyn());
/// slice.write(&Selection::whole(&[2]), &block)?;
/// assert_eq!(file.bytes()[4..8], [0, 6, 0, 5]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Sliced {
    whole: Box<dyn ArrayFile>,
    header: Header,
    cuts: Vec<Cut>,
}

impl Sliced {
    /// The slice that the cuts, one per axis, take of a file.
    ///
    /// # Errors
    /// There is not one cut per axis, one lies outside its axis or is a new axis.
    pub fn new(whole: Box<dyn ArrayFile>, cuts: &[Cut]) -> Result<Self> {
        let header = Self::header_of(whole.header(), cuts)?;
        Ok(Self { whole, header, cuts: cuts.to_vec() })
    }

    /// The header of a slice of an array with this one.
    pub(crate) fn header_of(whole: &Header, cuts: &[Cut]) -> Result<Header> {
        if cuts.len() != whole.shape.len() {
            return Err(Error::index(format!(
                "a slice of {} axes is taken of a file of shape {:?}; it has no new axes",
                cuts.len(),
                whole.shape
            )));
        }
        let mut shape = Vec::with_capacity(cuts.len());
        for (axis, (cut, &extent)) in cuts.iter().zip(&whole.shape).enumerate() {
            let last = match *cut {
                Cut::At(index) => Some(index as i128),
                Cut::Range { start, step, len } => {
                    shape.push(len);
                    let last = start as i128 + step as i128 * (len as i128 - 1);
                    (len > 0).then(|| if step > 0 { last } else { last.min(start as i128) })
                }
                Cut::NewAxis => {
                    return Err(Error::index("a slice of a file has no new axes".to_owned()));
                }
            };
            let first = match *cut {
                Cut::Range { start, .. } if last.is_some() => start,
                _ => 0,
            };
            let bound = last.into_iter().chain([first as i128]);
            if let Some(index) =
                bound.filter(|_| last.is_some()).find(|index| !(0..extent as i128).contains(index))
            {
                return Err(Error::index(format!(
                    "index {index} is out of bounds for axis {axis} of extent {extent}"
                )));
            }
        }
        Ok(Header { shape, ..whole.clone() })
    }

    /// The selection of the whole that one of the slice is.
    fn translated(&self, selection: &Selection) -> Selection {
        let mut given = selection.axes().iter();
        let axes = self.cuts.iter().map(|cut| match *cut {
            Cut::Range { start, step, .. } => {
                let axis = given.next().expect("one axis per range");
                let mut axis: Vec<_> =
                    axis.iter().map(|segment| through(segment, start, step)).collect();
                // Requests go through the file from front to back.
                if step < 0 {
                    axis.reverse();
                }
                axis
            }
            Cut::At(index) => {
                vec![Segment { global: index, step: 1, count: 1, place: 0, place_step: 1 }]
            }
            Cut::NewAxis => unreachable!("was refused"),
        });
        Selection::of_segments(axes.collect(), selection.is_empty())
    }

    /// The axes that the slice has not.
    fn dropped(&self) -> impl DoubleEndedIterator<Item = usize> {
        let cuts = self.cuts.iter().enumerate();
        cuts.filter(|(_, cut)| matches!(cut, Cut::At(_))).map(|(axis, _)| axis)
    }
}

/// A segment of a range's indices as one of the axis that the range is of.
fn through(segment: &Segment, start: usize, step: isize) -> Segment {
    let of = |index: usize| start.wrapping_add_signed(step * index as isize);
    if step > 0 {
        let step = segment.step * step.unsigned_abs();
        return Segment {
            global: of(segment.global),
            step: if segment.count == 1 { 1 } else { step },
            ..*segment
        };
    }
    let beyond = segment.count as isize - 1;
    let step = segment.step * step.unsigned_abs();
    Segment {
        global: of(segment.last()),
        step: if segment.count == 1 { 1 } else { step },
        count: segment.count,
        place: segment.place.wrapping_add_signed(segment.place_step * beyond),
        place_step: if segment.count == 1 { 1 } else { -segment.place_step },
    }
}

impl ArrayFile for Sliced {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()> {
        selection.check(&self.header.shape, block.shape())?;
        // Taken out, so that the elements stay the only owner of their memory.
        let empty = Block::zeros(block.dtype(), &[0])?;
        let mut wide = std::mem::replace(block, empty);
        for axis in self.dropped() {
            wide = wide.insert_axis(axis);
        }
        let read = self.whole.read(&self.translated(selection), &mut wide);
        for axis in self.dropped().rev() {
            wide = wide.remove_axis(axis);
        }
        *block = wide;
        read
    }

    fn write(&self, selection: &Selection, block: &Block) -> Result<()> {
        selection.check(&self.header.shape, block.shape())?;
        let wide = self.dropped().fold(block.clone(), |wide, axis| wide.insert_axis(axis));
        self.whole.write(&self.translated(selection), &wide)
    }

    fn sync(&self) -> Result<()> {
        self.whole.sync()
    }
}
