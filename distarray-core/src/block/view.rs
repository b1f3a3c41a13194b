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

#[cfg(test)]
mod tests {
    use ndarray::{Array, IxDyn};

    use crate::block::{Block, Part};
    use crate::element::DType;

    /// Shapes of 1 to 4 axes whose extents are all apart, with a zero at each place.
    fn empty_shapes() -> Vec<Vec<usize>> {
        let with_zero_at =
            |ndim, zero| (0..ndim).map(|axis| if axis == zero { 0 } else { 1 + axis }).collect();
        (1..=4).flat_map(|ndim| (0..ndim).map(move |zero| with_zero_at(ndim, zero))).collect()
    }

    /// Views and copies of a block without elements have its shape and nothing in them.
    fn check_empty(block: &mut Block, shape: &[usize]) {
        let none = Array::<f64, _>::zeros(IxDyn(shape));
        assert_eq!(block.view::<f64>().unwrap(), none);
        assert_eq!(block.view::<f64>().unwrap().to_owned(), none);
        assert_eq!(block.view_mut::<f64>().unwrap(), none);
        assert_eq!(block.view_mut::<f64>().unwrap().to_owned(), none);
        assert_eq!(block.to_array::<f64>().unwrap(), none);
        assert_eq!(block.to_contiguous().unwrap().to_array::<f64>().unwrap(), none);
    }

    #[test]
    fn blocks_without_elements() {
        for shape in empty_shapes() {
            check_empty(&mut Block::zeros(DType::F64, &shape).unwrap(), &shape);
            let none = Array::<f64, _>::zeros(IxDyn(&shape));
            check_empty(&mut Block::from_array(none), &shape);
        }
    }

    #[test]
    fn parts_without_elements_of_blocks_with_some() {
        for shape in empty_shapes() {
            let whole: Vec<_> = shape.iter().map(|extent| extent + 3).collect();
            let mut elements = Array::<f64, _>::zeros(IxDyn(&whole));
            // One stride is negative: the way to the lowest element must not be gone.
            elements.invert_axis(ndarray::Axis(shape.len() - 1));
            let block = Block::from_array(elements);
            for start in 0..=3 {
                let starts = vec![start; shape.len()];
                check_empty(&mut block.part(&starts, &shape), &shape);
            }
        }
    }

    #[test]
    fn owned_views_of_parts_that_own_nothing_within_a_halo() {
        for shape in empty_shapes() {
            // A halo on all axes, and on each alone, where what is owned still seems contiguous.
            let all = vec![(1, 2); shape.len()];
            let alone = (0..shape.len()).map(|axis| {
                (0..shape.len()).map(|other| if other == axis { (1, 2) } else { (0, 0) }).collect()
            });
            for halo in std::iter::once(all).chain(alone) {
                check_empty_part(&mut Part::zeros(DType::F64, &shape, &halo).unwrap());
            }
        }
    }

    fn check_empty_part(part: &mut Part) {
        let shape = part.shape().to_vec();
        let none = Array::<f64, _>::zeros(IxDyn(&shape));
        assert_eq!(part.view::<f64>().unwrap(), none);
        assert_eq!(part.view::<f64>().unwrap().to_owned(), none);
        assert_eq!(part.view_mut::<f64>().unwrap(), none);
        assert_eq!(part.view_mut::<f64>().unwrap().to_owned(), none);
        check_empty(&mut part.owned(), &shape);
        let write = |owned: &mut Block| {
            check_empty(owned, &shape);
            Ok(())
        };
        part.write_owned(write).unwrap();
    }

    #[test]
    fn what_is_owned_is_written_and_its_halo_stays() {
        for halo in [[(0, 0), (0, 0)], [(1, 2), (0, 0)], [(0, 0), (2, 1)], [(1, 1), (1, 1)]] {
            let mut part = Part::zeros(DType::F64, &[2, 3], &halo).unwrap();
            let all = part.with_halo().shape().to_vec();
            let write = |owned: &mut Block| {
                assert_eq!(owned.shape(), [2, 3]);
                owned.view_mut::<f64>()?.fill(1.0);
                Ok(())
            };
            part.write_owned(write).unwrap();
            assert_eq!(part.view::<f64>().unwrap(), Array::<f64, _>::ones(IxDyn(&[2, 3])));
            assert_eq!(part.with_halo().shape(), all);
            assert_eq!(part.with_halo().view::<f64>().unwrap().sum(), 6.0);
        }
    }
}
