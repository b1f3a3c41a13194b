//! Copying elements from where one layout says to where another does.

use super::layout::{Layout, Span};

/// Copies the elements of one sequence of layouts to the places of another, in order.
///
/// # Panics
/// The two sides do not hold the same number of bytes, or cut them into elements that do not match.
///
/// # Safety
/// Every source layout lies in memory valid for reads at `source`, every target layout in memory
/// valid for writes at `target`; no byte is both read and written, and no other thread writes what
/// is read, or reads or writes what is written, meanwhile.
pub unsafe fn copy_layouts(source: *const u8, from: &[Layout], target: *mut u8, to: &[Layout]) {
    let total = |side: &[Layout]| side.iter().map(Layout::bytes).sum::<usize>();
    assert_eq!(total(from), total(to), "both sides of a message hold equally many bytes");
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

/// Copies `count` elements of `item` bytes, each `step` bytes on from the one before.
///
/// # Safety
/// As [`copy_layouts`], for these elements.
pub(crate) unsafe fn copy_strided(
    source: *const u8,
    source_step: isize,
    target: *mut u8,
    target_step: isize,
    item: usize,
    count: usize,
) {
    if source_step == item as isize && target_step == item as isize {
        // SAFETY: the caller vouches for both pieces, which are contiguous and do not overlap.
        return unsafe { std::ptr::copy_nonoverlapping(source, target, count * item) };
    }
    // SAFETY: the caller vouches for every element.
    unsafe {
        match item {
            1 => copy_items::<1>(source, source_step, target, target_step, count),
            2 => copy_items::<2>(source, source_step, target, target_step, count),
            4 => copy_items::<4>(source, source_step, target, target_step, count),
            8 => copy_items::<8>(source, source_step, target, target_step, count),
            16 => copy_items::<16>(source, source_step, target, target_step, count),
            _ => {
                for i in 0..count as isize {
                    let (from, to) =
                        (source.offset(i * source_step), target.offset(i * target_step));
                    std::ptr::copy_nonoverlapping(from, to, item);
                }
            }
        }
    }
}

/// As [`copy_strided`], for elements of a size known at compile time.
///
/// # Safety
/// As [`copy_layouts`], for these elements.
unsafe fn copy_items<const N: usize>(
    source: *const u8,
    source_step: isize,
    target: *mut u8,
    target_step: isize,
    count: usize,
) {
    for i in 0..count as isize {
        // SAFETY: the caller vouches for every element; an array of bytes needs no alignment.
        unsafe {
            let value = source.offset(i * source_step).cast::<[u8; N]>().read();
            target.offset(i * target_step).cast::<[u8; N]>().write(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::Run;

    fn run(start: isize, count: usize, step: isize) -> Run {
        Run { start, count, step }
    }

    #[test]
    fn copies_agree_with_offsets_for_layouts_of_every_form() {
        let source: Vec<u8> = (0..96).collect();
        let forms = [
            vec![Layout::contiguous(3..15)],
            vec![Layout::new(2, 4, vec![vec![run(0, 2, 40)], vec![run(0, 3, 6)]])],
            vec![Layout::new(2, 60, vec![vec![run(0, 6, -4)]])],
            vec![Layout::new(2, 0, vec![vec![run(8, 2, 2), run(20, 4, 4)]])],
            vec![Layout::contiguous(0..4), Layout::new(2, 50, vec![vec![run(0, 4, 10)]])],
            vec![Layout::new(4, 0, vec![vec![run(0, 3, 4)]])],
        ];
        let bytes = |parts: &[Layout]| -> Vec<usize> {
            let of_part = |part: &Layout| {
                let item = part.item();
                let expand = move |at: isize| (0..item).map(move |i| at as usize + i);
                part.offsets().into_iter().flat_map(expand).collect::<Vec<_>>()
            };
            parts.iter().flat_map(of_part).collect()
        };
        for from in &forms {
            for to in &forms {
                let mut target = vec![255_u8; 96];
                // SAFETY: every form lies within 96 bytes, and the two vectors are apart.
                unsafe { copy_layouts(source.as_ptr(), from, target.as_mut_ptr(), to) };
                let mut expected = vec![255_u8; 96];
                for (from, to) in bytes(from).into_iter().zip(bytes(to)) {
                    expected[to] = source[from];
                }
                assert_eq!(target, expected, "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn nothing_is_copied_where_there_is_nothing() {
        let empty = Layout::new(8, 8, vec![vec![run(0, 4, 8)], vec![]]);
        assert_eq!((empty.elements(), empty.as_contiguous(), empty.hull()), (0, Some(0..0), 0..0));
        // SAFETY: there is no element.
        unsafe { copy_layouts(std::ptr::null(), &[empty], std::ptr::null_mut(), &[]) };
    }
}
