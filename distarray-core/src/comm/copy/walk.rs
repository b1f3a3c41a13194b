//! Copying between layouts of any form, span by span.

use super::strided::copy_strided;
use crate::comm::layout::{Layout, Span};

/// As [`copy_layouts`](super::copy_layouts), for both sides of equally many bytes.
///
/// # Safety
/// As there.
pub(super) unsafe fn copy(source: *const u8, from: &[Layout], target: *mut u8, to: &[Layout]) {
    let spans = |side| {
        let side: &[Layout] = side;
        side.iter()
            .flat_map(|layout| layout.spans().map(|span| Piece { span, item: layout.item() }))
    };
    let (mut from, mut to) = (spans(from), spans(to));
    let (mut a, mut b) = (from.next(), to.next());
    while let (Some(read), Some(write)) = (&mut a, &mut b) {
        let item = match (read.is_contiguous(), write.is_contiguous()) {
            (true, true) => 1,
            (true, false) => write.item,
            (false, true) => read.item,
            (false, false) => {
                assert_eq!(read.item, write.item, "both sides have elements of one size");
                read.item
            }
        };
        let (read_step, write_step) = (read.cut_into(item), write.cut_into(item));
        let count = read.span.count.min(write.span.count);
        // SAFETY: both spans are parts of their layouts, which the caller vouches for.
        unsafe {
            let (source, target) =
                (source.offset(read.span.offset), target.offset(write.span.offset));
            copy_strided(source, read_step, target, write_step, item, count);
        }
        if read.advance(count) {
            a = from.next();
        }
        if write.advance(count) {
            b = to.next();
        }
    }
}

/// What is left of a span.
struct Piece {
    span: Span,
    item: usize,
}

impl Piece {
    fn is_contiguous(&self) -> bool {
        self.span.step == self.item as isize || self.span.count == 1
    }

    /// Counts the span in elements of `item` bytes; its step in bytes.
    fn cut_into(&mut self, item: usize) -> isize {
        if item != self.item {
            let bytes = self.span.count * self.item;
            assert_eq!(bytes % item, 0, "a span holds whole elements of the other side");
            self.span = Span { count: bytes / item, step: item as isize, ..self.span };
            self.item = item;
        } else if self.span.count == 1 {
            self.span.step = item as isize;
        }
        self.span.step
    }

    /// Leaves out the first elements; true when none are left.
    fn advance(&mut self, count: usize) -> bool {
        self.span.offset += self.span.step * count as isize;
        self.span.count -= count;
        self.span.count == 0
    }
}
