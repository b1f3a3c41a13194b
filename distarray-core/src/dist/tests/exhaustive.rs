//! All small axes of all kinds against brute force.

use super::super::Dist;
use super::small_maps;

const LENGTHS: std::ops::RangeInclusive<usize> = 0..=40;
const PARTS: std::ops::RangeInclusive<usize> = 1..=7;

#[test]
fn locate_and_global_are_inverse_and_counts_add_up() {
    for (len, parts) in LENGTHS.flat_map(|len| PARTS.map(move |parts| (len, parts))) {
        for map in small_maps(len, parts) {
            let counts: Vec<usize> = (0..parts).map(|part| map.count(part)).collect();
            assert_eq!(counts.iter().sum::<usize>(), len, "{map:?}");
            assert_eq!(counts.iter().max(), Some(&map.max_count()), "{map:?}");
            for global in 0..len {
                let (part, place) = map.locate(global);
                assert_eq!(map.owner(global), part);
                assert!(place < counts[part], "{map:?} {global}");
                assert_eq!(map.global(part, place), global, "{map:?}");
            }
        }
    }
}

#[test]
fn owners_follow_from_the_definition() {
    for (len, parts) in LENGTHS.flat_map(|len| PARTS.map(move |parts| (len, parts))) {
        for map in small_maps(len, parts) {
            for global in 0..len {
                let part = match map.dist() {
                    Dist::Undistributed => 0,
                    Dist::Block => global / len.div_ceil(parts),
                    Dist::Cyclic => global % parts,
                    Dist::BlockCyclic(width) => global / width % parts,
                    Dist::Irregular(bounds) => (0..parts)
                        .find(|&part| (bounds[part]..bounds[part + 1]).contains(&global))
                        .unwrap(),
                    // Its owners are compared with those of the axis that it is a slice of.
                    Dist::StridedCyclic(_) => map.owner(global),
                    Dist::Unstructured(lists) => {
                        (0..parts).find(|&part| lists.list(part).contains(&global)).unwrap()
                    }
                };
                assert_eq!(map.owner(global), part, "{map:?} {global}");
                let before = (0..global).filter(|&other| map.owner(other) == part).count();
                let place = match map.dist() {
                    Dist::Unstructured(lists) => {
                        lists.list(part).iter().position(|&other| other == global).unwrap()
                    }
                    _ => before,
                };
                assert_eq!(map.locate(global).1, place, "{map:?} {global}");
            }
        }
    }
}

#[test]
fn segments_list_what_a_part_owns_in_ascending_order() {
    for (len, parts) in LENGTHS.flat_map(|len| PARTS.map(move |parts| (len, parts))) {
        for map in small_maps(len, parts) {
            for part in 0..parts {
                let segments = map.segments(part);
                let listed: Vec<(usize, usize)> =
                    segments.iter().flat_map(|s| s.globals().zip(s.places())).collect();
                let owned: Vec<(usize, usize)> = (0..len)
                    .map(|global| (global, map.locate(global)))
                    .filter(|(_, (owner, _))| *owner == part)
                    .map(|(global, (_, place))| (global, place))
                    .collect();
                assert_eq!(listed, owned, "{map:?} part {part}");
                for segment in &segments {
                    assert!(segment.count > 0 && segment.step > 0 && segment.place_step != 0);
                    assert!(segment.count > 1 || (segment.step, segment.place_step) == (1, 1));
                    assert_eq!(Some(segment.last()), segment.globals().last());
                }
                let most = match map.dist() {
                    Dist::Unstructured(_) | Dist::StridedCyclic(_) => map.count(part),
                    Dist::BlockCyclic(width) if parts > 1 => map.count(part).div_ceil(*width),
                    _ => 1,
                };
                assert!(segments.len() <= most, "{map:?} part {part}: {segments:?}");
            }
        }
    }
}

#[test]
fn unstructured_segments_are_maximal() {
    for (len, parts) in LENGTHS.flat_map(|len| PARTS.map(move |parts| (len, parts))) {
        let maps = small_maps(len, parts);
        for map in maps.iter().filter(|map| matches!(map.dist(), Dist::Unstructured(_))) {
            for pair in (0..parts).flat_map(|p| {
                map.segments(p).windows(2).map(|pair| [pair[0], pair[1]]).collect::<Vec<_>>()
            }) {
                let [mut before, after] = pair;
                assert!(!before.extend(after.global, after.place), "{map:?} {pair:?}");
            }
        }
    }
}

#[test]
fn owners_in_a_range_are_those_of_its_indices() {
    for (len, parts) in (0..=18).flat_map(|len| PARTS.map(move |parts| (len, parts))) {
        for map in small_maps(len, parts) {
            for (lo, hi) in (0..len + 2).flat_map(|lo| (0..len + 3).map(move |hi| (lo, hi))) {
                let mut owners: Vec<usize> = (lo..hi.min(len)).map(|g| map.owner(g)).collect();
                owners.sort_unstable();
                owners.dedup();
                assert_eq!(map.owners_in(lo, hi), owners, "{map:?} {lo}..{hi}");
            }
        }
    }
}

#[test]
fn runs_keep_owner_and_step_place() {
    for (len, parts) in (0..=18).flat_map(|len| PARTS.map(move |parts| (len, parts))) {
        for map in small_maps(len, parts) {
            for global in 0..len {
                let (part, place, end) = map.run(global);
                assert!(end > global && end <= len, "{map:?} {global}");
                for other in global..end {
                    assert_eq!(map.locate(other), (part, place + other - global), "{map:?}");
                }
            }
        }
    }
}

#[test]
fn padding_reaches_real_neighbours_only() {
    for (len, parts) in (0..=18).flat_map(|len| PARTS.map(move |parts| (len, parts))) {
        for map in small_maps(len, parts).into_iter().filter(|map| map.dist().is_block()) {
            for (low, high) in [(0, 0), (1, 1), (2, 0), (3, 5)] {
                let open = map.clone().with_halo(low, high).unwrap();
                let ring = open.clone().with_periodic(true).unwrap();
                for part in 0..parts {
                    let range = map.range(part).unwrap();
                    if range.is_empty() {
                        assert_eq!((open.padding(part), ring.padding(part)), ((0, 0), (0, 0)));
                        continue;
                    }
                    assert_eq!(ring.padding(part), (low, high));
                    let (below, above) = open.padding(part);
                    assert_eq!(below, (1..=low).filter(|&back| range.start >= back).count());
                    assert_eq!(above, (0..high).filter(|&on| range.end + on < len).count());
                }
            }
        }
    }
}
