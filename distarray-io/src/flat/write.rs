//! Writing the selected elements of a block into a flat file.

use distarray_core::block::Block;
use distarray_core::comm::{Layout, copy_layouts};
use distarray_core::{Error, Result};

use super::FlatFile;
use super::read::BUFFER;
use super::swap::swap;
use crate::progress::advance;
use crate::requests::{Limits, Walk};
use crate::selection::Selection;

pub(super) fn write(file: &FlatFile, selection: &Selection, block: &Block) -> Result<()> {
    let header = &file.header;
    if block.dtype() != header.dtype {
        return Err(Error::dtype(format!(
            "elements of {} cannot be written to a file of {}",
            block.dtype(),
            header.dtype
        )));
    }
    selection.check(&header.shape, block.shape())?;
    // Nothing between the elements is written: it is other ranks'.
    let limits = Limits { bytes: BUFFER, gap: 0 };
    let walk = Walk::new(header, selection, block.strides(), limits);
    let base = block.storage().as_ptr().wrapping_add(block.offset());
    let unit = file.swapped_unit();
    let mut buffer = Vec::new();
    walk.each(header.dtype.size(), &mut |request| {
        if let (1, Some(places)) = (unit, request.memory.as_contiguous()) {
            // SAFETY: the selection was found to lie in the block, which is borrowed; its bytes are
            // initialised.
            let source =
                unsafe { std::slice::from_raw_parts(base.add(places.start), places.len()) };
            return file.write_at(request.start, source).map(|()| advance(source.len()));
        }
        buffer.resize(request.bytes, 0);
        let to = Layout::contiguous(0..request.bytes);
        // SAFETY: as above; the buffer has the length of the request, which has no gaps.
        unsafe { copy_layouts(base, &[request.memory], buffer.as_mut_ptr(), &[to]) };
        swap(&mut buffer, unit);
        file.write_at(request.start, &buffer).map(|()| advance(buffer.len()))
    })
}
