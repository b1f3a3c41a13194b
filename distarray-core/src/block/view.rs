//! Strided memory as `ndarray` views.

use ndarray::{ArrayViewD, ArrayViewMutD, Axis, IxDyn, ShapeBuilder};

/// `ndarray` builds views from non-negative strides only; axes that run backwards are turned round
/// afterwards. Returns the lowest element, the strides in elements, and the axes to turn.
fn forwards<T>(
    mut pointer: *const T,
    shape: &[usize],
    strides: &[isize],
) -> (*const T, Vec<usize>, Vec<Axis>) {
    let mut backwards = Vec::new();
    let mut positive = Vec::with_capacity(strides.len());
    for (axis, (&extent, &stride)) in shape.iter().zip(strides).enumerate() {
        if stride < 0 {
            pointer = pointer.wrapping_byte_offset(stride * (extent as isize - 1));
            backwards.push(Axis(axis));
        }
        positive.push(stride.unsigned_abs() / size_of::<T>());
    }
    (pointer, positive, backwards)
}

/// The elements at `pointer` as a view; strides in bytes.
///
/// # Safety
/// All elements of the shape are valid for reads for the lifetime, and written by nobody.
pub(super) unsafe fn of<'a, T>(
    pointer: *const T,
    shape: &[usize],
    strides: &[isize],
) -> ArrayViewD<'a, T> {
    if shape.contains(&0) {
        return ArrayViewD::from_shape(IxDyn(shape), &[]).expect("no elements have any such shape");
    }
    let (pointer, strides, backwards) = forwards(pointer, shape, strides);
    // SAFETY: the caller vouches for the elements; the lowest is at the pointer.
    let mut view =
        unsafe { ArrayViewD::from_shape_ptr(IxDyn(shape).strides(IxDyn(&strides)), pointer) };
    backwards.into_iter().for_each(|axis| view.invert_axis(axis));
    view
}

/// The elements at `pointer` as a view to write; strides in bytes.
///
/// # Safety
/// All elements of the shape are valid for reads and writes for the lifetime, apart from each
/// other, and reached through nothing else.
pub(super) unsafe fn of_mut<'a, T>(
    pointer: *mut T,
    shape: &[usize],
    strides: &[isize],
) -> ArrayViewMutD<'a, T> {
    if shape.contains(&0) {
        let none = &mut [];
        return ArrayViewMutD::from_shape(IxDyn(shape), none)
            .expect("no elements have any such shape");
    }
    let (pointer, strides, backwards) = forwards(pointer.cast_const(), shape, strides);
    // SAFETY: the caller vouches for the elements; the lowest is at the pointer.
    let mut view = unsafe {
        ArrayViewMutD::from_shape_ptr(IxDyn(shape).strides(IxDyn(&strides)), pointer.cast_mut())
    };
    backwards.into_iter().for_each(|axis| view.invert_axis(axis));
    view
}
