//! Which indices of an axis a part owns, and which of those a selection wants.

use distarray_core::dist::Segment;
use distarray_protocol::{DimData, DistType};

/// The indices that a part owns along a dimension, ascending, and its positions of them.
///
/// Of the segments none begins before another ends.
pub(super) fn owned(dim: &DimData<'_>) -> Vec<Segment> {
    let owned = dim.owned_positions();
    match &dim.dist_type {
        _ if owned.is_empty() => Vec::new(),
        DistType::Block { start, .. } => {
            let (global, place) = (start + owned.start, owned.start);
            vec![Segment { global, step: 1, count: owned.len(), place, place_step: 1 }]
        }
        DistType::Cyclic { start, block_size } => {
            let (extent, turn) = (owned.len(), block_size.saturating_mul(dim.proc_grid_size));
            if *block_size == 1 || dim.proc_grid_size == 1 {
                let step = if *block_size == 1 { dim.proc_grid_size } else { 1 };
                return vec![Segment {
                    global: *start,
                    step,
                    count: extent,
                    place: 0,
                    place_step: 1,
                }];
            }
            let block = |k: usize| {
                let place = k * block_size;
                let count = (*block_size).min(extent - place);
                Segment { global: start + k * turn, step: 1, count, place, place_step: 1 }
            };
            (0..extent.div_ceil(*block_size)).map(block).collect()
        }
        DistType::Unstructured { indices, .. } => {
            // Validated: indices lie in the axis.
            let pairs = indices.iter().enumerate();
            let mut pairs: Vec<_> = pairs.map(|(place, &index)| (index as usize, place)).collect();
            pairs.sort_unstable();
            runs(pairs)
        }
    }
}

/// Pairs of an index and a place, the indices ascending, as segments.
fn runs(pairs: impl IntoIterator<Item = (usize, usize)>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for (global, place) in pairs {
        if let Some(run) = segments.last_mut() {
            let last = run.place.wrapping_add_signed(run.place_step * (run.count as isize - 1));
            let (step, place_step) = (global - run.last(), place as isize - last as isize);
            if run.count == 1 || (run.step, run.place_step) == (step, place_step) {
                (run.step, run.place_step) = (step, place_step);
                run.count += 1;
                continue;
            }
        }
        segments.push(Segment { global, step: 1, count: 1, place, place_step: 1 });
    }
    segments
}

/// What a selection wants of what a part owns: positions of the part, ascending, and their places in
/// the selection's block.
pub(super) fn wanted(selected: &[Segment], owned: &[Segment]) -> Vec<Segment> {
    let mut found = Vec::new();
    for one in selected {
        let start = owned.partition_point(|part| part.last() < one.global);
        let near = owned[start..].iter().take_while(|part| part.global <= one.last());
        found.extend(near.filter_map(|part| intersection(one, part)));
    }
    let is_ascending = |found: &[Common]| {
        found.iter().all(|common| common.step > 0 || common.count == 1)
            && found.windows(2).all(|pair| pair[0].last() < pair[1].position)
    };
    if is_ascending(&found) {
        return found.iter().map(Common::segment).collect();
    }
    let mut pairs: Vec<_> = found.iter().flat_map(Common::pairs).collect();
    pairs.sort_unstable();
    runs(pairs)
}

/// Indices that two segments have in common: positions of the part, places of the block.
#[derive(Clone, Copy, Debug)]
struct Common {
    position: usize,
    step: isize,
    count: usize,
    place: usize,
    place_step: isize,
}

impl Common {
    fn last(&self) -> usize {
        self.position.wrapping_add_signed(self.step * (self.count as isize - 1))
    }

    fn segment(&self) -> Segment {
        let Self { position, step, count, place, place_step } = *self;
        let step = if count > 1 { step.unsigned_abs() } else { 1 };
        Segment { global: position, step, count, place, place_step }
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let Self { position, step, count, place, place_step } = *self;
        (0..count as isize).map(move |i| {
            (position.wrapping_add_signed(i * step), place.wrapping_add_signed(i * place_step))
        })
    }
}

/// The indices that both have: the Chinese remainder theorem, within both ranges.
fn intersection(selected: &Segment, owned: &Segment) -> Option<Common> {
    let (step, other) = (selected.step as i128, owned.step as i128);
    let (divisor, inverse) = inverse(step, other);
    let distance = owned.global as i128 - selected.global as i128;
    if distance % divisor != 0 {
        return None;
    }
    // In steps of the selection from its start: the first that is an index of the other, anywhere.
    let period = other / divisor;
    let mut i = (distance / divisor * inverse).rem_euclid(period);
    // And the first that is not before its start.
    if i * step < distance {
        let behind = distance - i * step;
        i += (behind + step * period - 1) / (step * period) * period;
    }
    let j = (i * step - distance) / other;
    let left = |at: i128, count: usize, by: i128| match count as i128 - at {
        left if left > 0 => (left - 1) / by + 1,
        _ => 0,
    };
    let turn = step / divisor;
    let count = left(i, selected.count, period).min(left(j, owned.count, turn));
    (count > 0).then(|| Common {
        position: owned.place.wrapping_add_signed(owned.place_step * j as isize),
        step: owned.place_step * turn as isize,
        count: count as usize,
        place: selected.place.wrapping_add_signed(selected.place_step * i as isize),
        place_step: selected.place_step * period as isize,
    })
}

/// The greatest common divisor of two steps, and the inverse of the first by it, modulo the second
/// by it (Euclid's algorithm, extended).
fn inverse(step: i128, other: i128) -> (i128, i128) {
    let (mut a, mut b) = (step, other);
    let (mut x, mut y) = (1, 0);
    while b != 0 {
        let quotient = a / b;
        (a, b) = (b, a - quotient * b);
        (x, y) = (y, x - quotient * y);
    }
    (a, x.rem_euclid(other / a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(segments: &[Segment]) -> Vec<(usize, usize)> {
        segments.iter().flat_map(|part| part.globals().zip(part.places())).collect()
    }

    #[test]
    fn what_is_wanted_is_what_both_have() {
        let dims = [
            DimData::block(60, 3, 1, 20..45),
            DimData::block(60, 3, 1, 17..47).with_padding(3, 2),
            DimData::cyclic(60, 4, 3, 3),
            DimData::unstructured(60, 1, 0, (0..60).map(|i| i * 7 % 60).collect::<Vec<_>>()),
            DimData::unstructured(60, 2, 0, vec![50, 0, 20, 21, 22, 10, 51, 40, 30]),
            DimData::unstructured(60, 2, 0, vec![]),
        ];
        let mut blocks = DimData::cyclic(60, 3, 1, 5);
        blocks.dist_type = DistType::Cyclic { start: 5, block_size: 5 };
        let whole = |global, step, count, place, place_step| {
            vec![Segment { global, step, count, place, place_step }]
        };
        let selections = [
            whole(0, 1, 60, 0, 1),
            whole(2, 3, 19, 40, -2),
            whole(3, 4, 14, 1, 1),
            whole(59, 1, 1, 0, 1),
            [whole(1, 6, 4, 0, 1), whole(22, 2, 19, 4, 1)].concat(),
        ];
        for dim in dims.iter().chain([&blocks]) {
            let owned = owned(dim);
            let places: Vec<_> = dim.owned_positions().collect();
            let mut expected: Vec<_> =
                dim.owned_indices().map(|index| index as usize).zip(places).collect();
            expected.sort_unstable();
            assert_eq!(pairs(&owned), expected, "{dim:?}");
            for selected in &selections {
                let found = pairs(&wanted(selected, &owned));
                let place_of = |index| pairs(selected).into_iter().find(|pair| pair.0 == index);
                let expected = expected.iter().filter_map(|&(index, position)| {
                    place_of(index).map(|(_, place)| (position, place))
                });
                let mut expected: Vec<_> = expected.collect();
                expected.sort_unstable();
                assert_eq!(found, expected, "{selected:?} of {dim:?}");
            }
        }
    }
}
