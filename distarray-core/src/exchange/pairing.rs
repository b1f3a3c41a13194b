//! What one part of the source has of what one part of the target wants, on one axis.

use super::cover::{Cover, Span};
use crate::comm::Run;
use crate::dist::AxisMap;

/// Elements that go from places of one part to places of another, on one axis: the same number
/// of runs of the same lengths on both sides.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pairing {
    pub(crate) source: Vec<Run>,
    pub(crate) target: Vec<Run>,
}

impl Pairing {
    pub(crate) fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    fn push(&mut self, source: Run, target: Run) {
        // Runs that continue the last one on both sides lengthen it.
        if let (Some(a), Some(b)) = (self.source.last_mut(), self.target.last_mut())
            && continues(a, &source)
            && continues(b, &target)
        {
            join(a, &source);
            join(b, &target);
            return;
        }
        self.source.push(source);
        self.target.push(target);
    }

    /// The same elements in several pairings: each element of a short run in one of its own.
    pub(crate) fn columns(&self) -> Vec<Self> {
        /// Elements of a run that are dearer to copy together, row by row, than one by one.
        const SHORT: usize = 4;
        let mut columns = Vec::new();
        for (&source, &target) in self.source.iter().zip(&self.target) {
            let single = |run: Run, i: usize| {
                vec![Run { start: run.start + run.step * i as isize, count: 1, step: run.step }]
            };
            if source.count > SHORT {
                columns.push(Self { source: vec![source], target: vec![target] });
            } else {
                let one = |i| Self { source: single(source, i), target: single(target, i) };
                columns.extend((0..source.count).map(one));
            }
        }
        columns
    }

    fn extend(&mut self, other: Self) {
        self.source.extend(other.source);
        self.target.extend(other.target);
    }
}

fn continues(run: &Run, next: &Run) -> bool {
    let step = next.start - (run.start + run.step * (run.count as isize - 1));
    step != 0 && (run.count == 1 || run.step == step) && (next.count == 1 || next.step == step)
}

fn join(run: &mut Run, next: &Run) {
    run.step = next.start - (run.start + run.step * (run.count as isize - 1));
    run.count += next.count;
}

/// What goes between two parts of an axis: what the target will own, and what it borrows.
#[derive(Clone, Debug, Default)]
pub(crate) struct AxisPairing {
    pub(crate) owned: Pairing,
    pub(crate) ghost: Pairing,
}

impl AxisPairing {
    pub(crate) fn is_empty(&self) -> bool {
        self.owned.is_empty() && self.ghost.is_empty()
    }

    /// Both, one after the other.
    pub(crate) fn whole(self) -> Pairing {
        let mut whole = self.owned;
        whole.extend(self.ghost);
        whole
    }
}

/// What part `from` of the source has of what part `to` of the target wants.
///
/// Sender and receiver both call this, so that they put the elements in the same order.
pub(crate) fn pair(source: &[Span], target: &[Span]) -> AxisPairing {
    let mut found = AxisPairing::default();
    for wanted in target {
        let hull = wanted.hull();
        // The source's spans ascend and do not overlap.
        let first = source.partition_point(|owned| owned.hull().end <= hull.start);
        for owned in source[first..].iter().take_while(|owned| owned.global < hull.end) {
            if let Some((from, to)) = common(owned, wanted) {
                let list = if wanted.ghost { &mut found.ghost } else { &mut found.owned };
                list.push(from, to);
            }
        }
    }
    found
}

/// The indices that two progressions share, as places on either side.
fn common(a: &Span, b: &Span) -> Option<(Run, Run)> {
    let (hull_a, hull_b) = (a.hull(), b.hull());
    let low = hull_a.start.max(hull_b.start);
    let high = hull_a.end.min(hull_b.end);
    if low >= high {
        return None;
    }
    let (first, step) = if a.step == 1 && b.step == 1 {
        (low, 1)
    } else {
        let (first, step) = meet(a.global, a.step, b.global, b.step)?;
        // The first shared index of both progressions, moved up to where both have begun.
        let first = first + (low.saturating_sub(first)).div_ceil(step) * step;
        (first, step)
    };
    if first >= high {
        return None;
    }
    let count = (high - 1 - first) / step + 1;
    let side = |span: &Span| {
        let at = ((first - span.global) / span.step) as isize;
        let stride = (step / span.step) as isize;
        let step = if count == 1 { 1 } else { span.place_step * stride };
        Run { start: span.place + at * span.place_step, count, step }
    };
    Some((side(a), side(b)))
}

/// The least index that `a + i s` and `b + j t` share at or after both starts, and the distance
/// between shared indices: the Chinese remainder theorem.
fn meet(a: usize, s: usize, b: usize, t: usize) -> Option<(usize, usize)> {
    let (a, s, b, t) = (a as i128, s as i128, b as i128, t as i128);
    let (g, inverse) = gcd_inverse(s, t);
    if (b - a) % g != 0 {
        return None;
    }
    let period = t / g;
    let step = s * period;
    let i = ((b - a) / g % period * inverse).rem_euclid(period);
    let shared = a + i * s;
    let start = a.max(b);
    let first = shared + (start - shared).max(0).div_euclid(step) * step;
    let first = if first < start { first + step } else { first };
    Some((usize::try_from(first).ok()?, usize::try_from(step).ok()?))
}

/// The greatest common divisor `g` of `s` and `t`, and `x` with `s x = g` modulo `t`.
fn gcd_inverse(s: i128, t: i128) -> (i128, i128) {
    let (mut r, mut next_r) = (s, t);
    let (mut x, mut next_x) = (1, 0);
    while next_r != 0 {
        let quotient = r / next_r;
        (r, next_r) = (next_r, r - quotient * next_r);
        (x, next_x) = (next_x, x - quotient * next_x);
    }
    (r, x)
}

/// For one part of the source: the target's parts that want something of it, ascending.
pub(crate) fn outgoing(source: &AxisMap, part: usize, target: &Cover) -> Vec<(usize, AxisPairing)> {
    let spans: Vec<Span> = source.segments(part).into_iter().map(Span::from).collect();
    let Some(hull) = hull_of(&spans) else { return Vec::new() };
    let peers = match target {
        Cover::Owned(map) => owners(map, &spans),
        _ => target.parts_wanting(hull),
    };
    peers
        .into_iter()
        .map(|peer| (peer, pair(&spans, &target.spans(peer))))
        .filter(|(_, p)| !p.is_empty())
        .collect()
}

/// For one part of the target: the source's parts that have something it wants, ascending.
pub(crate) fn incoming(source: &AxisMap, target: &Cover, part: usize) -> Vec<(usize, AxisPairing)> {
    let spans = target.spans(part);
    let peers = owners(source, &spans);
    let spans_of = |peer| source.segments(peer).into_iter().map(Span::from).collect::<Vec<_>>();
    let pairs = peers.into_iter().map(|peer| (peer, pair(&spans_of(peer), &spans)));
    pairs.filter(|(_, pairing)| !pairing.is_empty()).collect()
}

/// Parts that may own something of the spans, ascending: no more than there are indices in them, be
/// there a million parts between the first and the last.
fn owners(map: &AxisMap, spans: &[Span]) -> Vec<usize> {
    let mut found = Vec::new();
    for span in spans {
        if span.step > 1 && span.count < map.parts() {
            found.extend((0..span.count).map(|i| map.owner(span.global + i * span.step)));
        } else {
            let hull = span.hull();
            found.extend(map.owners_in(hull.start, hull.end));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn hull_of(spans: &[Span]) -> Option<std::ops::Range<usize>> {
    let (first, last) = (spans.first()?, spans.last()?);
    Some(first.global..last.hull().end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::Dist;

    fn expand(runs: &[Run]) -> Vec<isize> {
        let places = |run: &Run| {
            let run = *run;
            (0..run.count as isize).map(move |i| run.start + i * run.step)
        };
        runs.iter().flat_map(places).collect()
    }

    fn maps(len: usize) -> Vec<AxisMap> {
        let mut maps = vec![AxisMap::new(len, 1, Dist::Undistributed).unwrap()];
        for parts in 1..=4 {
            maps.push(AxisMap::new(len, parts, Dist::Block).unwrap());
            maps.push(AxisMap::new(len, parts, Dist::Cyclic).unwrap());
            for size in 2..=4 {
                maps.push(AxisMap::new(len, parts, Dist::BlockCyclic(size)).unwrap());
            }
            let lists: Vec<Vec<usize>> = (0..parts)
                .map(|part| (0..len).filter(|i| i * 7 % 11 % parts == part).rev().collect())
                .collect();
            maps.push(AxisMap::new(len, parts, Dist::unstructured(lists)).unwrap());
        }
        maps
    }

    /// Every pair of kinds, every part: what is found is what each index says by itself.
    #[test]
    fn pairings_agree_with_every_index() {
        for len in [0, 1, 2, 5, 13, 24] {
            for source in &maps(len) {
                for target in &maps(len) {
                    check(source, target);
                }
            }
        }
    }

    fn check(source: &AxisMap, target: &AxisMap) {
        let cover = Cover::Owned(target.clone());
        let mut moved = 0;
        for from in 0..source.parts() {
            for (to, pairing) in outgoing(source, from, &cover) {
                let back = incoming(source, &cover, to);
                let same = back.into_iter().find(|(peer, _)| *peer == from).unwrap().1;
                assert_eq!(same.owned, pairing.owned, "{source:?} to {target:?}");
                let whole = pairing.whole();
                let (a, b) = (expand(&whole.source), expand(&whole.target));
                assert_eq!(a.len(), b.len());
                for (a, b) in a.into_iter().zip(b) {
                    let global = source.global(from, a as usize);
                    assert_eq!(target.locate(global), (to, b as usize), "{source:?} to {target:?}");
                    moved += 1;
                }
            }
        }
        assert_eq!(moved, source.len(), "{source:?} to {target:?}");
    }

    #[test]
    fn halos_hold_the_neighbouring_indices() {
        for len in 1..=9 {
            for parts in 1..=4 {
                for (low, high) in [(1, 1), (2, 0), (0, 3), (3, 2)] {
                    for periodic in [false, true] {
                        let map = AxisMap::new(len, parts, Dist::Block).unwrap();
                        let Ok(map) = map.with_halo(low, high) else { continue };
                        let map = map.with_periodic(periodic).unwrap();
                        check_halo(&map);
                    }
                }
            }
        }
    }

    fn check_halo(map: &AxisMap) {
        let cover = Cover::WithHalo(map.clone());
        let n = map.len() as isize;
        for part in 0..map.parts() {
            let mut filled = std::collections::BTreeMap::new();
            for (from, pairing) in incoming(map, &cover, part) {
                let sent = outgoing(map, from, &cover);
                assert!(sent.iter().any(|(to, _)| *to == part), "{map:?}: {from} to {part}");
                let whole = pairing.whole();
                for (a, b) in expand(&whole.source).into_iter().zip(expand(&whole.target)) {
                    let twice = filled.insert(b, map.global(from, a as usize));
                    assert_eq!(twice, None, "{map:?}");
                }
            }
            let Some(owned) = map.range(part).filter(|owned| !owned.is_empty()) else {
                assert!(filled.is_empty());
                continue;
            };
            let (low, high) = map.padding(part);
            for place in -(low as isize)..(owned.len() + high) as isize {
                let global = owned.start as isize + place;
                let inside = (0..n).contains(&global);
                let expected = (inside || map.is_periodic()).then(|| global.rem_euclid(n) as usize);
                assert_eq!(filled.remove(&place), expected, "{map:?} part {part} place {place}");
            }
            assert!(filled.is_empty());
        }
    }
}
