//! Copying elements from where one layout says to where another does.
//!
//! Both sides are first [joined](joint): brought to the same axes, so that nested loops copy without
//! asking what comes next. What has no axes in common is [walked](walk) through, span by span.

mod ahead;
mod cursor;
mod joint;
mod plane;
mod stream;
mod strided;
mod walk;

pub use cursor::Cursor;
pub(crate) use strided::copy_strided;

use joint::Joint;

use super::layout::Layout;

/// Copies the elements of one sequence of layouts to the places of another, in order.
///
/// Many bytes are written past the caches where that is faster; they are seen by other threads like
/// any other write.
///
/// # Panics
/// The two sides do not hold the same number of bytes, or cut them into elements that do not match.
///
/// # Safety
/// Every source layout lies in memory valid for reads at `source`, every target layout in memory
/// valid for writes at `target`; no byte is both read and written, and no other thread writes what
/// is read, or reads or writes what is written, meanwhile.
pub unsafe fn copy_layouts(source: *const u8, from: &[Layout], target: *mut u8, to: &[Layout]) {
    // SAFETY: the caller vouches for the same.
    unsafe { copy_piece(source, from, target, to, 0) }
}

/// As [`copy_layouts`], for a piece of a copy of so many bytes, which tell whether the caches are
/// passed by.
///
/// # Panics
/// As [`copy_layouts`].
///
/// # Safety
/// As [`copy_layouts`].
pub unsafe fn copy_piece(
    source: *const u8,
    from: &[Layout],
    target: *mut u8,
    to: &[Layout],
    whole: usize,
) {
    let total = |side: &[Layout]| side.iter().map(Layout::bytes).sum::<usize>();
    let bytes = total(from);
    assert_eq!(bytes, total(to), "both sides of a message hold equally many bytes");
    if bytes == 0 {
        return;
    }
    let streams = bytes.max(whole) >= stream::LARGE;
    match in_pairs(from, to) {
        // SAFETY: what a pair joins are the elements of its layouts, for which the caller vouches.
        Some(joints) => joints.iter().for_each(|joint| unsafe {
            joint.copy(source, target, streams);
        }),
        // SAFETY: the caller vouches for the same.
        None => unsafe { walk::copy(source, from, target, to) },
    }
    if streams {
        stream::finish();
    }
}

/// The layouts of both sides joined one by one, where they can be.
fn in_pairs(from: &[Layout], to: &[Layout]) -> Option<Vec<Joint>> {
    match (from, to) {
        ([one], many) if many.len() > 1 => {
            let pieces = cut(one, many)?;
            pieces.iter().zip(many).map(|(piece, part)| Joint::of(piece, part)).collect()
        }
        (many, [one]) if many.len() > 1 => {
            let pieces = cut(one, many)?;
            many.iter().zip(&pieces).map(|(part, piece)| Joint::of(part, piece)).collect()
        }
        _ if from.len() == to.len() => {
            from.iter().zip(to).map(|(from, to)| Joint::of(from, to)).collect()
        }
        _ => None,
    }
}

/// A contiguous layout, cut into pieces of as many bytes as the parts have.
fn cut(one: &Layout, parts: &[Layout]) -> Option<Vec<Layout>> {
    let mut start = one.as_contiguous()?.start;
    let piece = |part: &Layout| {
        let bytes = start..start + part.bytes();
        start = bytes.end;
        Layout::contiguous(bytes)
    };
    Some(parts.iter().map(piece).collect())
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
        let mut forms = vec![
            vec![Layout::contiguous(3..15)],
            vec![Layout::new(2, 4, vec![vec![run(0, 2, 40)], vec![run(0, 3, 6)]])],
            vec![Layout::new(2, 60, vec![vec![run(0, 6, -4)]])],
            vec![Layout::new(2, 0, vec![vec![run(8, 2, 2), run(20, 4, 4)]])],
            vec![Layout::new(2, 1, vec![vec![run(0, 2, 2)], vec![run(0, 3, 6)]])],
            vec![Layout::new(2, 40, vec![vec![run(0, 3, -2)], vec![run(0, 2, 20)]])],
            vec![Layout::contiguous(0..4), Layout::new(2, 50, vec![vec![run(0, 4, 10)]])],
            vec![Layout::new(4, 0, vec![vec![run(0, 3, 4)]])],
        ];
        // The same with parts that have no elements around them.
        let empty = Layout::new(2, 8, vec![vec![run(0, 4, 8)], vec![]]);
        let padded = |form: &Vec<Layout>| {
            let ends = || std::iter::once(empty.clone());
            ends().chain(form.iter().cloned()).chain(ends()).collect()
        };
        forms.extend(forms.iter().map(padded).collect::<Vec<_>>());
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
                let mut expected = vec![255_u8; 96];
                for (from, to) in bytes(from).into_iter().zip(bytes(to)) {
                    expected[to] = source[from];
                }
                for whole in [0, stream::LARGE] {
                    let mut target = vec![255_u8; 96];
                    // SAFETY: every form lies within 96 bytes, and the two vectors are apart.
                    unsafe { copy_piece(source.as_ptr(), from, target.as_mut_ptr(), to, whole) };
                    assert_eq!(target, expected, "{from:?} to {to:?}, of {whole} bytes");
                }
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
