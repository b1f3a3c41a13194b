//! Slices against brute force.

use super::super::{AxisMap, Cut, Dist, Distribution, Ranks, Strided};
use super::small_maps;

/// Every start, some steps either way, every length that fits.
fn cuts(len: usize) -> impl Iterator<Item = (usize, isize, usize)> {
    let steps = [1_isize, 2, 3, 5, -1, -2, -4];
    let starts = (0..len).flat_map(move |start| steps.map(|step| (start, step)));
    let all = starts.flat_map(move |(start, step)| {
        let room = if step > 0 { len - 1 - start } else { start };
        (0..=room / step.unsigned_abs() + 1).map(move |count| (start, step, count))
    });
    all.chain([(0, 1, 0)])
}

#[test]
fn every_element_of_a_slice_stays_where_it_is() {
    for (len, parts) in (0..=14).flat_map(|len| (1..=4).map(move |parts| (len, parts))) {
        for map in small_maps(len, parts) {
            for (start, step, count) in cuts(len) {
                let slice = map.slice(start, step, count);
                assert_eq!((slice.map.len(), slice.map.parts()), (count, parts));
                let places: Vec<Vec<usize>> = (0..parts)
                    .map(|part| {
                        let progressions = map.places_of(part, (start, step), &slice);
                        let next = progressions.iter().fold(0, |next, progression| {
                            assert_eq!((progression.global, progression.step), (next, 1));
                            next + progression.count
                        });
                        let of_slice = if slice.reversed { parts - 1 - part } else { part };
                        assert_eq!(next, slice.map.count(of_slice));
                        progressions.iter().flat_map(|progression| progression.places()).collect()
                    })
                    .collect();
                for index in 0..count {
                    let (part, place) =
                        map.locate((start as isize + index as isize * step) as usize);
                    let (of_slice, within) = slice.map.locate(index);
                    let expected = if slice.reversed { parts - 1 - part } else { part };
                    assert_eq!(of_slice, expected, "{map:?} {start} {step} {count}: {index}");
                    assert_eq!(places[part][within], place, "{map:?} {start} {step} {count}");
                }
            }
        }
    }
}

#[test]
fn slices_of_slices_of_cyclic_axes_take_no_more_memory() {
    let map = AxisMap::new(1000, 3, Dist::BlockCyclic(4)).unwrap();
    let slice = map.slice(990, -3, 300).map.slice(7, 5, 50).map;
    assert_eq!(slice.dist(), &Dist::StridedCyclic(Strided::new(4, 9, -3)));
    for index in 0..50 {
        assert_eq!(slice.owner(index), map.owner(990 - 3 * (7 + 5 * index)));
    }
    // Blocks from the begin of a round on are what they were.
    assert_eq!(map.slice(12, 1, 100).map.dist(), &Dist::BlockCyclic(4));
}

#[test]
fn ranks_follow_the_cells_that_are_left() {
    let ranks = Ranks::list([5, 3, 1, 0, 2, 4]).unwrap();
    let axis = |len, parts, dist| AxisMap::new(len, parts, dist).unwrap();
    let maps = vec![axis(7, 2, Dist::Block), axis(9, 3, Dist::BlockCyclic(2))];
    let whole = Distribution::from_maps(maps, ranks).unwrap();
    let down = |start| Cut::Range { start, step: -1, len: start + 1 };
    for cuts in [
        vec![Cut::At(5), Cut::NewAxis, down(8)],
        vec![Cut::NewAxis, down(6), Cut::At(3)],
        vec![down(6), down(8), Cut::NewAxis],
        vec![Cut::At(0), Cut::At(8)],
    ] {
        let slice = whole.slice(&cuts);
        for place in super::super::product::product(slice.shape()) {
            let mut numbers = place.iter().copied();
            let index: Vec<usize> = cuts
                .iter()
                .filter_map(|cut| match *cut {
                    Cut::At(index) => Some(index),
                    Cut::Range { start, step, .. } => {
                        Some(start.wrapping_add_signed(step * numbers.next().unwrap() as isize))
                    }
                    Cut::NewAxis => {
                        numbers.next();
                        None
                    }
                })
                .collect();
            assert_eq!(slice.owner(&place).unwrap(), whole.owner(&index).unwrap(), "{cuts:?}");
        }
    }
    let turned = whole.permuted(&[1, 0]);
    assert_eq!(turned.owner(&[8, 2]).unwrap(), whole.owner(&[2, 8]).unwrap());
    assert_eq!(whole.permuted(&[0, 1]), whole);
}
