//! Reading the selected elements of a flat file into a block.

use std::ops::Range;

use distarray_core::block::{Block, convert};
use distarray_core::comm::{Layout, copy_layouts};
use distarray_core::{DType, Result, with_element};

use super::FlatFile;
use super::swap::swap;
use crate::progress::advance;
use crate::requests::{Limits, Request, Walk};
use crate::selection::Selection;

/// Most bytes of a buffer: enough for the full speed of a disk or a network file system, and little
/// beside the arrays that are worth distributing.
pub(crate) const BUFFER: usize = 4 << 20;

/// Most unwanted bytes that are read to save a request. A request to a local file costs as much as
/// reading some KiB, one to a network file system as much as some hundred.
const GAP: usize = 32 << 10;

pub(super) fn read(file: &FlatFile, selection: &Selection, block: &mut Block) -> Result<()> {
    let header = &file.header;
    selection.check(&header.shape, block.shape())?;
    if selection.is_empty() {
        return Ok(());
    }
    let (from, to) = (header.dtype, block.dtype());
    let base = start_of(block)?;
    let mut passage = Passage::new(from, to, file.swapped_unit());
    let walk = Walk::new(header, selection, block.strides(), limits(from, to));
    walk.each(to.size(), &mut |request| {
        // SAFETY: the block is borrowed for as long as the pointer is used, its memory is its own
        // since the pointer was asked for, and the selection was found to lie in it.
        unsafe { carry(file, &mut passage, &request, base) }?;
        advance(request.file.elements() * to.size());
        Ok(())
    })
}

/// What a request may be that brings elements of one dtype to a block of another.
pub(crate) fn limits(from: DType, to: DType) -> Limits {
    // No buffer gets larger than the limit, whichever dtype has the larger elements.
    let growth = to.size().div_ceil(from.size());
    Limits { bytes: BUFFER / growth, gap: GAP }
}

/// The first element of a block for writing, whose memory is its own from here on.
pub(crate) fn start_of(block: &mut Block) -> Result<*mut u8> {
    with_element!(block.dtype(), T => Ok(block.view_mut::<T>()?.as_mut_ptr().cast()))
}

/// Reads a request and brings its elements to their places.
///
/// # Safety
/// The request's places, counted from `base`, lie in memory that is valid for writes and in nobody
/// else's use.
unsafe fn carry(
    file: &FlatFile,
    passage: &mut Passage,
    request: &Request,
    base: *mut u8,
) -> Result<()> {
    if let Some(places) = passage.straight(request) {
        // SAFETY: the caller vouches for the places, which are these very bytes.
        let target =
            unsafe { std::slice::from_raw_parts_mut(base.add(places.start), places.len()) };
        file.read_at(request.start, target)?;
        swap(target, passage.unit);
        return Ok(());
    }
    file.read_at(request.start, passage.room(request))?;
    // SAFETY: the caller vouches for the places.
    unsafe { passage.deliver(request, base) };
    Ok(())
}

/// The way of elements from bytes of a file to a block, with the buffers on it.
#[derive(Debug)]
pub(crate) struct Passage {
    from: DType,
    to: DType,
    /// Bytes of a number whose bytes are to be turned round; 1 where they are not.
    unit: usize,
    raw: Vec<u8>,
    packed: Vec<u8>,
}

impl Passage {
    /// A way from elements of one dtype to those of another.
    pub(crate) fn new(from: DType, to: DType, unit: usize) -> Self {
        Self { from, to, unit, raw: Vec::new(), packed: Vec::new() }
    }

    /// Any bytes are numbers. Those of a `bool` are made 0 or 1 by the conversion.
    fn is_plain(&self) -> bool {
        self.from == self.to && self.from != DType::Bool
    }

    /// The places of a request whose bytes can be read straight to them.
    fn straight(&self, request: &Request) -> Option<Range<usize>> {
        let bytes = request.file.elements() * self.from.size();
        if !self.is_plain() || bytes != request.bytes {
            return None;
        }
        request.memory.as_contiguous()
    }

    /// Room for all bytes of a request, to be filled before it is [delivered](Self::deliver).
    pub(crate) fn room(&mut self, request: &Request) -> &mut [u8] {
        self.raw.resize(request.bytes, 0);
        &mut self.raw
    }

    /// Brings the elements of a request, whose bytes are in the room made for it, to their places.
    ///
    /// # Safety
    /// The request's places, counted from `base`, lie in memory that is valid for writes and in
    /// nobody else's use.
    pub(crate) unsafe fn deliver(&mut self, request: &Request, base: *mut u8) {
        let elements = request.file.elements();
        let bytes = elements * self.from.size();
        assert_eq!(self.raw.len(), request.bytes, "room was made for this request");
        if bytes < request.bytes {
            self.packed.resize(bytes, 0);
            let to = Layout::contiguous(0..bytes);
            // SAFETY: the request's layout lies in its range, which the first buffer has the length
            // of; the second has that of the elements.
            unsafe {
                let from = std::slice::from_ref(&request.file);
                copy_layouts(self.raw.as_ptr(), from, self.packed.as_mut_ptr(), &[to]);
            }
            std::mem::swap(&mut self.raw, &mut self.packed);
        }
        swap(&mut self.raw, self.unit);
        if !self.is_plain() {
            self.packed.resize(elements * self.to.size(), 0);
            convert(self.from, &self.raw, self.to, &mut self.packed);
            std::mem::swap(&mut self.raw, &mut self.packed);
        }
        let from = Layout::contiguous(0..self.raw.len());
        // SAFETY: the buffer holds the request's elements, in the block's dtype by now; the caller
        // vouches for the places.
        unsafe {
            let to = std::slice::from_ref(&request.memory);
            copy_layouts(self.raw.as_ptr(), &[from], base, to);
        }
    }
}
