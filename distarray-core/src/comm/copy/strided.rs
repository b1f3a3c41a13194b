//! Copying elements at a constant distance.

/// Copies `count` elements of `item` bytes, each `step` bytes on from the one before.
///
/// # Safety
/// As [`copy_layouts`](super::copy_layouts), for these elements.
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
/// As [`copy_layouts`](super::copy_layouts), for these elements.
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
