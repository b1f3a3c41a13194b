//! [`Indexed`]: some axes of a distributed array, whose elements are named by one number.

use std::ops::Range;

use crate::dist::{AxisMap, Distribution};

/// Some neighbouring axes of a distribution, taken as one: their indices count in C order.
///
/// The parts of these axes together are *groups*, which count in C order too, as do the places of a
/// group's elements. A group is one rank, unless other axes are cut as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Indexed<'a> {
    pub(super) distribution: &'a Distribution,
    start: usize,
    end: usize,
}

impl<'a> Indexed<'a> {
    pub(super) fn new(distribution: &'a Distribution, axes: Range<usize>) -> Self {
        Self { distribution, start: axes.start, end: axes.end }
    }

    /// All axes.
    pub(super) fn all(distribution: &'a Distribution) -> Self {
        Self::new(distribution, 0..distribution.ndim())
    }

    /// Which axes these are.
    pub(super) fn axes(&self) -> Range<usize> {
        self.start..self.end
    }

    fn maps(&self) -> &'a [AxisMap] {
        &self.distribution.axes()[self.axes()]
    }

    /// The group of the cell at these coords.
    pub(super) fn group(&self, coords: &[usize]) -> usize {
        let coords = &coords[self.axes()];
        self.maps().iter().zip(coords).fold(0, |group, (map, coord)| group * map.parts() + coord)
    }

    /// The parts of a group on each of the axes.
    pub(super) fn parts(&self, mut group: usize) -> Vec<usize> {
        let mut parts = vec![0; self.maps().len()];
        for (part, map) in parts.iter_mut().zip(self.maps()).rev() {
            (*part, group) = (group % map.parts(), group / map.parts());
        }
        parts
    }

    /// The number of elements that a group has on each of the axes.
    pub(super) fn counts(&self, group: usize) -> Vec<usize> {
        self.maps().iter().zip(self.parts(group)).map(|(map, part)| map.count(part)).collect()
    }

    /// The group that has an index, and its place there.
    pub(super) fn locate(&self, mut number: usize) -> (usize, usize) {
        if let [map] = self.maps() {
            return map.locate(number);
        }
        let (mut group, mut groups, mut place, mut places) = (0, 1, 0, 1);
        for map in self.maps().iter().rev() {
            let (part, at) = map.locate(number % map.len());
            number /= map.len();
            group += part * groups;
            groups *= map.parts();
            place += at * places;
            places *= map.count(part);
        }
        (group, place)
    }

    /// The indices of a group, in the order of their places.
    pub(super) fn numbers(&self, group: usize) -> impl Iterator<Item = usize> + use<> {
        let parts = self.parts(group);
        let globals = |(map, part): (&AxisMap, usize)| -> Vec<usize> {
            (0..map.count(part)).map(|place| map.global(part, place)).collect()
        };
        let mut axes: Vec<_> = self.maps().iter().zip(parts).map(globals).collect();
        // Each index counts as often as there are indices on the axes behind its own.
        let mut weight = 1;
        for (map, globals) in self.maps().iter().zip(&mut axes).rev() {
            globals.iter_mut().for_each(|global| *global *= weight);
            weight = weight.saturating_mul(map.len());
        }
        let last = axes.pop().unwrap_or_else(|| vec![0]);
        let (mut outer, mut at) = (odometer(axes), 0);
        let mut base = outer.next();
        std::iter::from_fn(move || {
            if at == last.len() {
                (base, at) = (outer.next(), 0);
            }
            let number = base? + *last.get(at)?;
            at += 1;
            Some(number)
        })
    }
}

/// The sums of one number of each list, the last list's changing fastest.
fn odometer(lists: Vec<Vec<usize>>) -> impl Iterator<Item = usize> {
    let total: usize = lists.iter().map(Vec::len).product();
    let mut at = vec![0; lists.len()];
    (0..total).map(move |_| {
        let sum = lists.iter().zip(&at).map(|(list, &i)| list[i]).sum();
        for (i, list) in at.iter_mut().zip(&lists).rev() {
            *i += 1;
            if *i < list.len() {
                break;
            }
            *i = 0;
        }
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_places_are_inverse() {
        for (shape, dists, ranks) in [
            (vec![5, 4, 3], "b,c,c:2", 6),
            (vec![7], "c", 3),
            (vec![2, 0, 3], "n,b,n", 2),
            (vec![], "", 1),
            (vec![1, 9], "b,c:2", 4),
        ] {
            let distribution = Distribution::new(&shape, dists, ranks).unwrap();
            for axes in [0..shape.len(), 0..shape.len().min(1), shape.len().min(1)..shape.len()] {
                let indexed = Indexed::new(&distribution, axes);
                let groups: usize = indexed.maps().iter().map(AxisMap::parts).product();
                let all = indexed.maps().iter().map(AxisMap::len).product();
                let mut seen = vec![false; all];
                for group in 0..groups {
                    for (place, number) in indexed.numbers(group).enumerate() {
                        assert_eq!(indexed.locate(number), (group, place));
                        assert!(!std::mem::replace(&mut seen[number], true));
                    }
                    let places: usize = indexed.counts(group).iter().product();
                    assert_eq!(indexed.numbers(group).count(), places);
                }
                assert!(seen.into_iter().all(|seen| seen));
            }
        }
    }
}
