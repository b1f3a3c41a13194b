//! Arrays as sections of the Distributed Array Protocol, and back.

use distarray_core::Result;
use distarray_core::dist::{AxisMap, Ranks};
use distarray_core::prelude::*;
use distarray_protocol::{DimData, DistBuffer, DistributedArray, Mode, validate_all};

fn run(ranks: usize, program: impl Fn(&Context) -> Result<()> + Sync) {
    distarray_threads::run(ranks, |comm| program(&Context::new(comm))).unwrap();
}

/// The axes, and for each axis and each process along it the indices that it holds.
type Example = (Vec<AxisMap>, Vec<Vec<Vec<usize>>>);

/// Kinds and grids of the protocol's worked examples over 5 x 9 (and one 5 x 9 x 3), with the rows and
/// columns that each process of a line of the grid holds.
fn examples() -> Vec<Example> {
    let axis = |len, parts, dist| AxisMap::new(len, parts, dist).unwrap();
    let even = |len: usize, parts: usize| {
        let chunk = len.div_ceil(parts);
        (0..parts)
            .map(|p| (p * chunk..((p + 1) * chunk).min(len)).collect())
            .collect::<Vec<Vec<_>>>()
    };
    let dealt = |len: usize, parts: usize, size: usize| {
        let owner = move |i: usize| i / size % parts;
        (0..parts).map(|p| (0..len).filter(|&i| owner(i) == p).collect()).collect::<Vec<Vec<_>>>()
    };
    let rows = vec![vec![3, 0], vec![4, 2, 1]];
    let columns = vec![vec![2, 3, 7, 1], vec![6, 5, 8, 0, 4]];
    vec![
        (
            vec![axis(5, 3, Dist::Block), axis(9, 1, Dist::Undistributed)],
            vec![even(5, 3), even(9, 1)],
        ),
        (vec![axis(5, 1, Dist::Block), axis(9, 3, Dist::Block)], vec![even(5, 1), even(9, 3)]),
        (vec![axis(5, 2, Dist::Block), axis(9, 2, Dist::Block)], vec![even(5, 2), even(9, 2)]),
        (vec![axis(5, 2, Dist::Block), axis(9, 2, Dist::Cyclic)], vec![even(5, 2), dealt(9, 2, 1)]),
        (
            vec![axis(5, 2, Dist::Cyclic), axis(9, 2, Dist::Cyclic)],
            vec![dealt(5, 2, 1), dealt(9, 2, 1)],
        ),
        (
            vec![
                axis(5, 2, Dist::irregular(vec![0, 1, 5])),
                axis(9, 2, Dist::irregular(vec![0, 2, 9])),
            ],
            vec![vec![vec![0], (1..5).collect()], vec![vec![0, 1], (2..9).collect()]],
        ),
        (
            vec![axis(5, 2, Dist::BlockCyclic(2)), axis(9, 2, Dist::BlockCyclic(2))],
            vec![dealt(5, 2, 2), dealt(9, 2, 2)],
        ),
        (
            vec![
                axis(5, 2, Dist::unstructured(rows.clone())),
                axis(9, 2, Dist::unstructured(columns.clone())),
            ],
            vec![rows, columns],
        ),
        (
            vec![axis(5, 2, Dist::Cyclic), axis(9, 2, Dist::Block), axis(3, 2, Dist::Cyclic)],
            vec![dealt(5, 2, 1), even(9, 2), dealt(3, 2, 1)],
        ),
    ]
}

#[test]
fn the_worked_examples_are_exported_and_imported() {
    for (maps, held) in examples() {
        let cells: usize = maps.iter().map(AxisMap::parts).product();
        run(cells, |ctx| {
            let dist = Distribution::from_maps(maps.clone(), Ranks::range(0..cells))?;
            let shape = dist.shape().to_vec();
            let value = |at: &[usize]| {
                at.iter().zip(&shape).fold(0, |n, (i, extent)| n * extent + i) as f64
            };
            let array = ctx.from_fn(&dist, value)?;
            let section = array.distarray()?;
            section.validate(Mode::Text)?;
            section.validate(Mode::Reference)?;
            assert_eq!(section.buffer.as_ptr(), array.local().as_ptr().cast(), "nothing is copied");
            let coords = dist.coords(ctx.rank()).unwrap();
            let lists: Vec<&Vec<usize>> =
                held.iter().zip(&coords).map(|(axis, &c)| &axis[c]).collect();
            let place: Vec<_> = section.dim_data.iter().map(|dim| dim.proc_grid_rank).collect();
            assert_eq!(place, coords);
            for (dim, map) in section.dim_data.iter().zip(dist.axes()) {
                assert_eq!((dim.size, dim.proc_grid_size), (map.len(), map.parts()));
                let letter = match map.dist() {
                    Dist::Cyclic | Dist::BlockCyclic(_) => "c",
                    Dist::Unstructured(_) => "u",
                    _ => "b",
                };
                assert_eq!(dim.dist_type.letter(), letter);
            }
            for (dim, list) in section.dim_data.iter().zip(&lists) {
                let claimed: Vec<usize> = dim.global_indices().map(|i| i as usize).collect();
                assert_eq!(claimed, **list);
            }
            for (place, _) in array.local().indexed_iter() {
                let at: Vec<usize> =
                    (0..shape.len()).map(|axis| lists[axis][place[axis]]).collect();
                let place: Vec<usize> = (0..shape.len()).map(|axis| place[axis]).collect();
                assert_eq!(section.buffer.read::<f64>(&place)?, value(&at));
            }
            // And back, over memory of its own.
            let copy = DistBuffer::new(
                section.buffer.to_contiguous(),
                section.dim_data.iter().map(|dim| dim.clone().into_owned()).collect(),
            );
            let start = copy.buffer.as_ptr();
            let back = ctx.import::<f64>(copy)?;
            assert!(back.distribution().is_compatible(&dist));
            assert_eq!(back.local().as_ptr(), start.cast(), "nothing is copied");
            assert_eq!(back.to_ndarray()?, array.to_ndarray()?);
            Ok(())
        });
    }
}

/// Halos are shown as padding, and come back as halos.
#[test]
fn halos_travel_as_padding() {
    run(3, |ctx| {
        let dist = Distribution::builder([17, 5]).grid(&[3, 1]).halo(0, 2, 2).build(3)?;
        let mut array = ctx.from_fn(&dist, |at| (5 * at[0] + at[1]) as i32)?;
        array.exchange_halo()?;
        let section = array.distarray()?;
        section.validate(Mode::Text)?;
        let rows = [0..8, 4..14, 10..17][ctx.rank()].clone();
        let padding = [(0, 2), (2, 2), (2, 0)][ctx.rank()];
        let expected =
            DimData::block(17, 3, ctx.rank(), rows.clone()).with_padding(padding.0, padding.1);
        assert_eq!(section.dim_data[0], expected);
        let first = section.buffer.read::<i32>(&[0, 0])?;
        assert_eq!(first, 5 * rows.start as i32);

        let copy = DistBuffer::new(
            section.buffer.to_contiguous(),
            section.dim_data.iter().map(|dim| dim.clone().into_owned()).collect(),
        );
        let back = ctx.import::<i32>(copy)?;
        assert_eq!(back.distribution().axis(0).halo(), (2, 2));
        assert_eq!(back.local_with_halo(), array.local_with_halo());
        assert_eq!(back.to_ndarray()?, array.to_ndarray()?);
        Ok(())
    });
}

/// Of unequal or short halos, as much is shown as the protocol can say; all sections fit.
#[test]
fn any_halo_gives_sections_that_fit() {
    for ranks in 1..=5 {
        for len in 0..=9 {
            for (low, high) in [(0, 0), (1, 1), (2, 1), (0, 3), (4, 4)] {
                for periodic in [false, true] {
                    let map = AxisMap::new(len, ranks, Dist::Block).unwrap();
                    let map = map.with_halo(low, high).unwrap().with_periodic(periodic).unwrap();
                    let dist = Distribution::from_maps(vec![map], Ranks::range(0..ranks)).unwrap();
                    let dims: Vec<Vec<DimData<'static>>> = (0..ranks)
                        .map(|rank| {
                            let array =
                                distarray_core::ArrayRef::zeros(DType::U8, &dist, rank).unwrap();
                            dims_of(&array, rank)
                        })
                        .collect();
                    validate_all(&dims).unwrap_or_else(|error| panic!("{dist}: {error}"));
                }
            }
        }
    }
}

fn dims_of(array: &distarray_core::ArrayRef, rank: usize) -> Vec<DimData<'static>> {
    let section = distarray_core::ops::export(array, rank).unwrap();
    section.validate(Mode::Text).unwrap();
    section.dim_data.iter().map(|dim| dim.clone().into_owned()).collect()
}

#[test]
fn what_is_written_through_a_section_is_in_the_array() {
    run(2, |ctx| {
        let mut array = ctx.zeros::<f64>([4, 3])?;
        let before = array.clone();
        array.distarray_mut()?.buffer.write(&[0, 1], 5.0)?;
        assert_eq!((array.get(&[0, 1])?, array.get(&[2, 1])?), (5.0, 5.0));
        assert_eq!(before.sum()?, 0.0, "shared elements are copied first");
        Ok(())
    });
}
