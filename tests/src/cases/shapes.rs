//! Other shapes and orders of the same elements.

use distarray::array::PadMode;
use distarray::prelude::*;
use ndarray::{ArrayD, Axis, IxDyn, Slice, concatenate};

use crate::draw::Draw;
use crate::oracle::{holds, numbered};

/// A numbered array of a random shape and distribution, and what it holds.
fn any_array(ctx: &Context, draw: &mut Draw) -> Result<(DistArray<i64>, ArrayD<i64>)> {
    let shape = draw.shape();
    let expected = numbered(&shape);
    let distribution = draw.any_distribution(&shape, ctx.size());
    Ok((ctx.from_ndarray_on(&expected, &distribution)?, expected))
}

/// The elements in C order under another shape.
fn reshaped(array: &ArrayD<i64>, shape: &[usize]) -> ArrayD<i64> {
    let elements = array.iter().copied().collect();
    ArrayD::from_shape_vec(IxDyn(shape), elements).expect("as many elements")
}

/// Permuted, flipped, turned; axes of one element come and go.
pub(super) fn axes(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(101);
    for _ in 0..20 {
        let (array, expected) = any_array(ctx, &mut draw)?;
        let ndim = expected.ndim();
        holds(&array.transpose()?, &expected.t().to_owned())?;
        let order = draw.permutation(ndim);
        let signed: Vec<isize> = order
            .iter()
            .map(|&axis| if axis % 2 == 0 { axis as isize } else { axis as isize - ndim as isize })
            .collect();
        let turned = expected.view().permuted_axes(IxDyn(&order)).to_owned();
        let permuted = array.permute_axes(&signed)?;
        holds(&permuted, &turned)?;
        assert_eq!((&permuted + &permuted).sum()?, 2 * turned.sum());
        let place = draw.below(ndim + 1);
        let wide = array.insert_axis(place as isize)?;
        holds(&wide, &expected.clone().insert_axis(Axis(place)))?;
        holds(&wide.squeeze_axes(&[place as isize])?, &expected)?;
        let units: Vec<usize> = expected.shape().iter().copied().filter(|&n| n != 1).collect();
        holds(&array.squeeze()?, &reshaped(&expected, &units))?;
        if ndim == 0 {
            continue;
        }
        let axis = draw.below(ndim);
        let mut flipped = expected.clone();
        flipped.invert_axis(Axis(axis));
        holds(&array.flip(&[axis as isize])?, &flipped)?;
        let other = draw.below(ndim);
        let mut swapped = expected.clone();
        swapped.swap_axes(axis, other);
        holds(&array.swap_axes(axis as isize, other as isize)?, &swapped)?;
        if axis != other {
            let mut quarter = expected.clone();
            for turns in 1..=4 {
                quarter.invert_axis(Axis(other));
                quarter.swap_axes(axis, other);
                let found = array.rot90(turns, (axis as isize, other as isize))?;
                holds(&found, &quarter.as_standard_layout().to_owned())?;
            }
        }
        let mut order: Vec<usize> = (0..ndim).collect();
        let moved = order.remove(axis);
        order.insert(other, moved);
        let expected = expected.permuted_axes(IxDyn(&order));
        holds(&array.move_axis(axis as isize, other as isize)?, &expected)?;
    }
    Ok(())
}

/// Stretched without memory, and written all the same.
pub(super) fn broadcast(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(102);
    for _ in 0..16 {
        let mut shape = draw.shape();
        let wanted = shape.clone();
        for extent in &mut shape {
            if draw.once_in(2) {
                *extent = 1;
            }
        }
        let missing = draw.below(shape.len() + 1);
        let shape = &shape[missing..];
        let values = numbered(shape);
        let distribution = draw.any_distribution(shape, ctx.size());
        let array = ctx.from_ndarray_on(&values, &distribution)?;
        let mut wide = array.broadcast_to(&wanted)?;
        drop(array);
        let mut expected = values.broadcast(IxDyn(&wanted)).expect("broadcasts").to_owned();
        holds(&wide, &expected)?;
        wide.local_mut()?.map_inplace(|element| *element += 1);
        expected += 1;
        holds(&wide, &expected)?;
    }
    let error = ctx.ones::<i64>([2, 3])?.broadcast_to(&[2, 4]).unwrap_err().to_string();
    assert_eq!(error, "an array of shape [2, 3] does not broadcast to [2, 4]");
    Ok(())
}

/// Pieces of an axis, and arrays one after the other.
pub(super) fn split_and_join(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(103);
    for _ in 0..16 {
        let (array, expected) = any_array(ctx, &mut draw)?;
        let other = expected.mapv(|element| element - 1000);
        let beside = draw.any_distribution(other.shape(), ctx.size());
        let second = ctx.from_ndarray_on(&other, &beside)?;
        let axis = draw.below(expected.ndim() + 1);
        let stacked = ndarray::stack(Axis(axis), &[expected.view(), other.view()]);
        holds(&ctx.stack(&[&array, &second], axis as isize)?, &stacked.expect("one shape"))?;
        if expected.ndim() == 0 {
            continue;
        }
        let axis = draw.below(expected.ndim());
        let pieces = 1 + draw.below(5);
        let parts = array.split(pieces, axis as isize)?;
        assert_eq!(parts.len(), pieces);
        let mut start = 0;
        for part in &parts {
            let end = start + part.shape()[axis];
            let slice = expected.slice_axis(Axis(axis), Slice::from(start..end));
            holds(part, &slice.to_owned())?;
            start = end;
        }
        assert_eq!(start, expected.shape()[axis]);
        let parts: Vec<&DistArray<i64>> = parts.iter().collect();
        holds(&ctx.concatenate(&parts, axis as isize)?, &expected)?;
        let joined = concatenate(Axis(axis), &[expected.view(), other.view()]).expect("fits");
        holds(&ctx.concatenate(&[&array, &second], axis as isize)?, &joined)?;
    }
    let (a, b) = (ctx.ones::<i64>([2, 3])?, ctx.ones::<i64>([2, 4])?);
    let error = ctx.concatenate(&[&a, &b], 0).unwrap_err().to_string();
    assert!(error.contains("[2, 3]") && error.contains("[2, 4]"), "{error}");
    Ok(())
}

/// In C order under any other shape, by the fewest movements or under a distribution that is given.
pub(super) fn reshape(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(104);
    for _ in 0..24 {
        let (array, expected) = any_array(ctx, &mut draw)?;
        // The prime factors in another order, put together by chance.
        let mut shape = vec![1];
        for &extent in expected.shape() {
            let mut left = extent;
            if left == 0 {
                shape.push(0);
                continue;
            }
            for factor in [2, 3, 5, 7] {
                while left % factor == 0 {
                    left /= factor;
                    if draw.once_in(2) {
                        shape.push(1);
                    }
                    let place = draw.below(shape.len());
                    shape[place] *= factor;
                }
            }
        }
        let expected = reshaped(&expected, &shape);
        holds(&array.reshape(&shape)?, &expected)?;
        let distribution = draw.any_distribution(&shape, ctx.size());
        let found = array.reshape_on(&distribution)?;
        assert_eq!(found.distribution(), &distribution);
        holds(&found, &expected)?;
        holds(&found.ravel()?, &reshaped(&expected, &[expected.len()]))?;
    }
    let array = ctx.ones::<i64>([4, 6])?;
    assert_eq!(array.reshape([3, -1, 2])?.shape(), [3, 4, 2]);
    for wrong in [[5, -1], [-1, -1], [4, 7], [-2, 12]] {
        let error = array.reshape(wrong).unwrap_err().to_string();
        assert!(error.contains("[4, 6]") || error.contains("-2"), "{error}");
    }
    Ok(())
}

/// Rows that stay where they are need no message.
pub(super) fn reshape_without_movement(ctx: &Context) -> Result<()> {
    let rows = ctx.arange(0_i64, 6 * 4 * ctx.size() as i64, 1)?;
    let folded = rows.reshape([ctx.size(), 4, 6])?;
    assert_eq!(folded.local().as_ptr(), rows.local().as_ptr());
    let wide = folded.reshape([1, ctx.size(), 24])?;
    assert_eq!(wide.local().as_ptr(), rows.local().as_ptr());
    Ok(())
}

/// Rolled, tiled, repeated, padded, and triangles.
pub(super) fn rearranged(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(105);
    for _ in 0..16 {
        let (array, expected) = any_array(ctx, &mut draw)?;
        let ndim = expected.ndim();
        if ndim == 0 {
            continue;
        }
        let axis = draw.below(ndim);
        let len = expected.shape()[axis];
        let pick = |indices: Vec<usize>| expected.select(Axis(axis), &indices);
        let shift = draw.below(30) as isize - 15;
        let from = |i: usize| (i as isize - shift).rem_euclid(len as isize) as usize;
        holds(&array.roll(shift, axis as isize)?, &pick((0..len).map(from).collect()))?;
        let times = draw.below(4);
        let repeated = (0..len).flat_map(|i| std::iter::repeat_n(i, times)).collect();
        holds(&array.repeat(times, axis as isize)?, &pick(repeated))?;
        let mut each = vec![1; ndim];
        each[axis] = times;
        let tiled = (0..times).flat_map(|_| 0..len).collect();
        holds(&array.tile(&each)?, &pick(tiled))?;
        if ndim >= 2 {
            let k = draw.below(9) as isize - 4;
            let mut triangle = expected.clone();
            for (index, element) in triangle.indexed_iter_mut() {
                if index[ndim - 1] as isize > index[ndim - 2] as isize + k {
                    *element = 0;
                }
            }
            holds(&array.tril(k)?, &triangle)?;
            holds(&(&array.triu(k + 1)? + &array.tril(k)?).eval()?, &expected)?;
        }
    }
    Ok(())
}

/// Beyond the ends by every mode, as NumPy's `pad`.
pub(super) fn padded(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(106);
    let modes =
        [PadMode::Constant(-3), PadMode::Edge, PadMode::Reflect, PadMode::Symmetric, PadMode::Wrap];
    for round in 0..20 {
        let (array, mut expected) = any_array(ctx, &mut draw)?;
        let mode = modes[round % modes.len()];
        let mut widths = Vec::new();
        for axis in 0..expected.ndim() {
            let n = expected.shape()[axis] as isize;
            let (low, high) = (draw.below(4), draw.below(7));
            let empty = n == 0 && mode != PadMode::Constant(-3);
            let (low, high) = if empty { (0, 0) } else { (low, high) };
            widths.push((low, high));
            let places = (-(low as isize)..n + high as isize).map(|place| match mode {
                PadMode::Constant(_) => Some(place).filter(|place| (0..n).contains(place)),
                PadMode::Edge => Some(place.clamp(0, n - 1)),
                PadMode::Wrap => Some(place.rem_euclid(n)),
                PadMode::Symmetric => {
                    let at = place.rem_euclid(2 * n);
                    Some(at.min(2 * n - 1 - at))
                }
                PadMode::Reflect if n == 1 => Some(0),
                PadMode::Reflect => {
                    let at = place.rem_euclid(2 * n - 2);
                    Some(at.min(2 * n - 2 - at))
                }
            });
            let rows: Vec<ArrayD<i64>> = places
                .map(|index| match index {
                    Some(index) => expected.select(Axis(axis), &[index as usize]),
                    None => {
                        let mut shape = expected.shape().to_vec();
                        shape[axis] = 1;
                        ArrayD::from_elem(IxDyn(&shape), -3)
                    }
                })
                .collect();
            let views: Vec<_> = rows.iter().map(|row| row.view()).collect();
            if !views.is_empty() {
                expected = concatenate(Axis(axis), &views).expect("rows of one shape");
            }
        }
        holds(&array.pad(&widths, mode)?, &expected)?;
    }
    let none = ctx.zeros::<i64>([0, 2])?;
    let error = none.pad(&[(1, 0), (0, 0)], PadMode::Edge).unwrap_err().to_string();
    assert!(error.contains("axis 0") && error.contains("[0, 2]"), "{error}");
    Ok(())
}

/// Taken out of matrices, and made into them.
pub(super) fn diagonals(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(107);
    for _ in 0..20 {
        let (array, expected) = any_array(ctx, &mut draw)?;
        let offset = draw.below(11) as isize - 5;
        let ndim = expected.ndim();
        if ndim == 1 {
            let len = expected.len();
            let extent = len + offset.unsigned_abs();
            let mut matrix = ArrayD::zeros(IxDyn(&[extent, extent]));
            for (i, &element) in expected.iter().enumerate() {
                let row = i + (-offset).max(0) as usize;
                matrix[[row, row.wrapping_add_signed(offset)]] = element;
            }
            holds(&array.diag(offset)?, &matrix)?;
        }
        if ndim < 2 {
            assert!(array.diagonal(offset).is_err());
            continue;
        }
        let (rows, columns) = (expected.shape()[0] as isize, expected.shape()[1] as isize);
        let on = (0..rows).filter(|row| (0..columns).contains(&(row + offset)));
        let elements: Vec<ArrayD<i64>> = on
            .map(|row| {
                let row_of = expected.index_axis(Axis(0), row as usize);
                row_of.index_axis(Axis(0), (row + offset) as usize).to_owned()
            })
            .collect();
        let views: Vec<_> = elements.iter().map(|element| element.view()).collect();
        let wanted = match views.is_empty() {
            true => {
                let mut shape = expected.shape()[2..].to_vec();
                shape.push(0);
                ArrayD::zeros(IxDyn(&shape))
            }
            false => ndarray::stack(Axis(ndim - 2), &views).expect("of one shape"),
        };
        holds(&array.diagonal(offset)?, &wanted)?;
    }
    Ok(())
}
