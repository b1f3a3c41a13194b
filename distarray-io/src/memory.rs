//! An array in memory that behaves like a file: the plain reference for formats and their tests.

use std::sync::{Arc, Mutex, MutexGuard};

use distarray_core::block::{Block, convert};
use distarray_core::{DType, Error, Result, Scalar};

use crate::file::{ArrayFile, Header};
use crate::selection::Selection;

/// An array in memory that several threads have open like a file.
///
/// Clones are of the same array. It goes element by element, to be right rather than fast.
///
/// ```
/// use distarray_core::{DType, block::Block};
/// use distarray_io::file::{ArrayFile, Header, Order};
/// use distarray_io::{memory::MemoryArray, selection::Selection};
///
/// let header = Header { dtype: DType::U8, shape: vec![2, 2], order: Order::Fortran };
/// let file = MemoryArray::new(header)?;
/// let other = file.clone();
/// std::thread::spawn(move || {
///     let block = Block::from_array(ndarray::array![[1_u8, 2], [3, 4]].into_dyn());
///     other.write(&Selection::whole(&[2, 2]), &block)
/// })
/// .join()
/// .unwrap()?;
/// assert_eq!(file.bytes(), [1, 3, 2, 4]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MemoryArray {
    header: Header,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl MemoryArray {
    /// An array of zeros.
    ///
    /// # Errors
    /// It has more bytes than can be counted.
    pub fn new(header: Header) -> Result<Self> {
        let bytes = header.bytes().ok_or_else(|| {
            let (dtype, shape) = (header.dtype, &header.shape);
            Error::shape(format!("shape {shape:?} of {dtype} has more bytes than can be counted"))
        })?;
        Ok(Self { header, bytes: Arc::new(Mutex::new(vec![0; bytes])) })
    }

    /// A copy of all bytes, in the order of the header and the machine.
    pub fn bytes(&self) -> Vec<u8> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        // A thread that panicked while it held the lock left whole elements, as any other did.
        self.bytes.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Calls `visit` with the place of each selected element in the block, and its bytes' offset.
    fn each(
        &self,
        selection: &Selection,
        visit: &mut dyn FnMut(&[usize], usize) -> Result<()>,
    ) -> Result<()> {
        let strides = self.header.strides();
        for region in selection.regions() {
            for element in 0..region.len() {
                let (mut rest, mut offset) = (element, 0);
                let mut place = vec![0; strides.len()];
                for (axis, segment) in region.axes.iter().enumerate().rev() {
                    let i = rest % segment.count;
                    rest /= segment.count;
                    offset += (segment.global + i * segment.step) * strides[axis];
                    place[axis] = segment.places().nth(i).expect("below the count");
                }
                visit(&place, offset)?;
            }
        }
        Ok(())
    }
}

impl ArrayFile for MemoryArray {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&self, selection: &Selection, block: &mut Block) -> Result<()> {
        selection.check(&self.header.shape, block.shape())?;
        let (from, to) = (self.header.dtype, block.dtype());
        let bytes = self.lock();
        let mut converted = vec![0; to.size()];
        self.each(selection, &mut |place, offset| {
            convert(from, &bytes[offset..offset + from.size()], to, &mut converted);
            let value = Scalar::from_bytes(to, &converted);
            block.set(place, value.expect("a conversion makes valid elements"))
        })
    }

    fn write(&self, selection: &Selection, block: &Block) -> Result<()> {
        let dtype: DType = self.header.dtype;
        if block.dtype() != dtype {
            return Err(Error::dtype(format!(
                "elements of {} cannot be written to a file of {dtype}",
                block.dtype()
            )));
        }
        selection.check(&self.header.shape, block.shape())?;
        let mut bytes = self.lock();
        self.each(selection, &mut |place, offset| {
            let value = block.at(place).to_bytes();
            bytes[offset..offset + dtype.size()].copy_from_slice(&value[..dtype.size()]);
            Ok(())
        })
    }

    fn sync(&self) -> Result<()> {
        Ok(())
    }
}
