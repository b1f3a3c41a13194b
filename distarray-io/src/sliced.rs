//! [`Sliced`]: a slice of an array in a file, itself one.

use distarray_core::Result;
use distarray_core::block::Block;
use distarray_core::dist::{Cut, Segment};

use crate::file::{ArrayFile, Header};
use crate::selection::Selection;
use crate::view::View;

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
    view: View,
    cuts: Vec<Cut>,
}

impl Sliced {
    /// The slice that the cuts, one per axis, take of a file.
    ///
    /// # Errors
    /// There is not one cut per axis, one lies outside its axis or is a new axis.
    pub fn new(whole: Box<dyn ArrayFile>, cuts: &[Cut]) -> Result<Self> {
        let view = View::new(&whole.header().shape, cuts)?;
        let header = kept(whole.header(), &view, cuts);
        Ok(Self { whole, header, view, cuts: cuts.to_vec() })
    }

    /// The header of a slice of an array with this one.
    pub(crate) fn header_of(whole: &Header, cuts: &[Cut]) -> Result<Header> {
        Ok(kept(whole, &View::new(&whole.shape, cuts)?, cuts))
    }

    /// The selection of the whole that one of the slice is.
    fn translated(&self, selection: &Selection) -> Selection {
        let one = [Segment { global: 0, step: 1, count: 1, place: 0, place_step: 1 }];
        let mut given = selection.axes().iter();
        let axes = self.cuts.iter().map(|cut| match cut {
            Cut::At(_) => one.to_vec(),
            _ => given.next().expect("one axis per range").clone(),
        });
        self.view.in_file(&Selection::of_segments(axes.collect(), selection.is_empty()))
    }

    /// The axes that the slice has not.
    fn dropped(&self) -> impl DoubleEndedIterator<Item = usize> {
        let cuts = self.cuts.iter().enumerate();
        cuts.filter(|(_, cut)| matches!(cut, Cut::At(_))).map(|(axis, _)| axis)
    }
}

/// The cuts of a whole array that a slice of a slice of it is: one cut of `taken` for each axis that
/// `cuts` keep.
pub(crate) fn composed(cuts: &[Cut], taken: &[Cut]) -> Vec<Cut> {
    let mut taken = taken.iter();
    let compose = |cut: &Cut| {
        let Cut::Range { start, step, .. } = *cut else { return *cut };
        let at = |index: usize| start.wrapping_add_signed(step * index as isize);
        match *taken.next().expect("one cut per axis") {
            Cut::At(index) => Cut::At(at(index)),
            Cut::Range { len: 0, .. } => Cut::Range { start: 0, step: 1, len: 0 },
            Cut::Range { start: first, step: then, len } => {
                Cut::Range { start: at(first), step: if len > 1 { step * then } else { 1 }, len }
            }
            Cut::NewAxis => unreachable!("a slice of a file has no new axes"),
        }
    };
    cuts.iter().map(compose).collect()
}

/// A header with the extents of the axes that a slice keeps.
fn kept(whole: &Header, view: &View, cuts: &[Cut]) -> Header {
    let kept = view.shape().zip(cuts).filter(|(_, cut)| !matches!(cut, Cut::At(_)));
    Header { shape: kept.map(|(extent, _)| extent).collect(), ..whole.clone() }
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

    unsafe fn map(&self, selection: &Selection) -> Result<Option<Block>> {
        selection.check(&self.header.shape, &selection.extents())?;
        if selection.is_empty() {
            return Block::zeros(self.header.dtype, &selection.extents()).map(Some);
        }
        // SAFETY: the caller vouches for the file.
        let wide = unsafe { self.whole.map(&self.translated(selection))? };
        let narrow = |wide| self.dropped().rev().fold(wide, Block::remove_axis);
        Ok(wide.map(narrow))
    }
}
