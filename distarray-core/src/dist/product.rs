//! Walking the product of ranges in C order.

/// Every choice of one number below each extent, in C order (last fastest); one empty choice for no
/// extents, none when an extent is 0.
pub(super) fn product(extents: &[usize]) -> impl Iterator<Item = Vec<usize>> + use<> {
    let extents = extents.to_vec();
    let first = extents.iter().all(|&extent| extent > 0).then(|| vec![0; extents.len()]);
    std::iter::successors(first, move |previous| {
        let mut next = previous.clone();
        for (digit, &extent) in next.iter_mut().zip(&extents).rev() {
            *digit += 1;
            if *digit < extent {
                return Some(next);
            }
            *digit = 0;
        }
        None
    })
}
