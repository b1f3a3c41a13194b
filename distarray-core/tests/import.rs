//! Sections of other libraries as arrays, through the Distributed Array Protocol.

use distarray_core::Result;
use distarray_core::dist::{AxisMap, Ranks};
use distarray_core::prelude::*;
use distarray_protocol::{
    Buffer, DimData, DistBuffer, DistributedArray, ElementFormat, ElementKind,
};

fn run(ranks: usize, program: impl Fn(&Context) -> Result<()> + Sync) {
    distarray_threads::run(ranks, |comm| program(&Context::new(comm))).unwrap();
}

/// Memory that may not be written, runs backwards, is not aligned, or holds other truth values.
#[test]
fn foreign_memory_is_respected() -> Result<()> {
    static FIXED: [i32; 4] = [1, 2, 3, 4];
    let ctx = Context::solo();
    let whole = |n| vec![DimData::undistributed(n)];
    let mut fixed = ctx.import::<i32>(DistBuffer::new(Buffer::from_slice(&FIXED), whole(4)))?;
    assert_eq!(fixed.local().as_ptr(), FIXED.as_ptr());
    fixed.set(&[0], 9)?;
    assert_eq!((fixed.sum()?, FIXED[0]), (18, 1));

    let backwards = Buffer::strided(&FIXED, 3, &[2], &[-8])?;
    let backwards = ctx.import::<i32>(DistBuffer::new(backwards, whole(2)))?;
    assert_eq!(backwards.to_ndarray()?.as_slice(), Some(&[4, 2][..]));

    static BYTES: [u8; 9] = [0, 1, 0, 0, 0, 2, 0, 0, 0];
    let format = ElementFormat::native(ElementKind::I32);
    let odd = Buffer::from_bytes(&BYTES[1..], format, &[2])?;
    assert_eq!(ctx.import::<i32>(DistBuffer::new(odd, whole(2)))?.sum()?, 3);

    let format = ElementFormat::native(ElementKind::Bool);
    let truth = Buffer::from_bytes(&BYTES, format, &[9])?;
    assert_eq!(ctx.import::<bool>(DistBuffer::new(truth, whole(9)))?.count()?, 2);
    Ok(())
}

#[test]
fn sections_that_do_not_fit_are_refused_alike() {
    run(2, |ctx| {
        let rank = ctx.rank();
        let refused = |section: DistBuffer<'static>, word: &str| {
            let error = ctx.import::<f64>(section).unwrap_err().to_string();
            assert!(error.contains(word), "no '{word}' in '{error}'");
            let all = ctx.communicator()?.all_gather_varying(error.as_bytes())?;
            assert!(all.iter().all(|other| other == error.as_bytes()), "{error}");
            Ok::<(), Error>(())
        };
        let section = |dim: DimData<'static>| {
            let n = dim.extent();
            DistBuffer::new(Buffer::from_vec(vec![0.0; n]), vec![dim])
        };
        // One rank alone has a buffer of another type, or too short a one.
        let integers =
            DistBuffer::new(Buffer::from_vec(vec![0; 2]), vec![DimData::block(4, 2, 1, 2..4)]);
        refused(if rank == 1 { integers } else { section(DimData::block(4, 2, 0, 0..2)) }, "i4")?;
        let short =
            DistBuffer::new(Buffer::from_vec(vec![0.0]), vec![DimData::block(4, 2, 0, 0..2)]);
        refused(if rank == 0 { short } else { section(DimData::block(4, 2, 1, 2..4)) }, "2")?;
        // Each is sound, but they leave a gap, or overlap.
        refused(section(DimData::block(5, 2, rank, [0..2, 3..5][rank].clone())), "start")?;
        refused(
            section(DimData::unstructured(3, 2, rank, [vec![0, 1], vec![1, 2]][rank].clone())),
            "unstructured",
        )?;
        Ok(())
    });
}

/// A lent section is read where it lies, and becomes an array by one copy.
#[test]
fn lent_sections_are_seen_in_place() {
    run(3, |ctx| {
        let dist = Distribution::builder([17, 5]).grid(&[3, 1]).halo(0, 2, 2).build(3)?;
        let mut array = ctx.from_fn(&dist, |at| (5 * at[0] + at[1]) as i32)?;
        array.exchange_halo()?;
        let section = array.distarray()?;
        let seen = ctx.import_view::<i32>(&section)?;
        assert_eq!((seen.shape(), seen.distribution()), (&[17, 5][..], &dist));
        assert_eq!(seen.local(), array.local());
        assert_eq!(seen.local().as_ptr(), array.local().as_ptr(), "nothing is copied");
        assert_eq!(seen.local_with_halo(), array.local_with_halo());

        let mut copy = seen.to_dist_array()?;
        assert_ne!(copy.local().as_ptr(), array.local().as_ptr());
        assert_eq!(copy.local_with_halo(), array.local_with_halo(), "the halo is copied too");
        copy.set(&[16, 4], -1)?;
        assert_eq!((copy.get(&[16, 4])?, array.get(&[16, 4])?), (-1, 84));
        let copy = ctx.from_distarray::<i32>(&array)?;
        assert_eq!(copy.to_ndarray()?, array.to_ndarray()?);
        Ok(())
    });
}

/// Twenty elements as eleven and nine, with two of the neighbour's; and four blocks whose padding
/// has many widths, and a boundary.
#[test]
fn padding_of_any_width_is_imported() {
    run(2, |ctx| {
        let (range, padding) = [(0..13, (0, 2)), (9..20, (2, 0))][ctx.rank()].clone();
        let values: Vec<i64> = range.clone().map(|i| i as i64).collect();
        let dim =
            DimData::block(20, 2, ctx.rank(), range.clone()).with_padding(padding.0, padding.1);
        let buffer = Buffer::from_vec(values);
        let start = buffer.as_ptr();
        let mut array = ctx.import::<i64>(DistBuffer::new(buffer, vec![dim]))?;
        assert_eq!(array.local_with_halo().as_ptr(), start.cast(), "nothing is copied");
        assert_eq!(array.distribution().axis(0).dist(), &Dist::irregular(vec![0, 11, 20]));
        assert_eq!(array.sum()?, 190);
        array.exchange_halo()?;
        let expected: Vec<i64> = range.map(|i| i as i64).collect();
        assert_eq!(array.local_with_halo().iter().copied().collect::<Vec<_>>(), expected);
        Ok(())
    });
    run(4, |ctx| {
        let padding = [(4, 1), (1, 2), (2, 3), (3, 0)][ctx.rank()];
        let range = [0..11, 9..22, 18..33, 27..40][ctx.rank()].clone();
        let values: Vec<f64> = range.clone().map(|i| i as f64).collect();
        let dim =
            DimData::block(40, 4, ctx.rank(), range.clone()).with_padding(padding.0, padding.1);
        let section = DistBuffer::new(Buffer::from_vec(values), vec![dim]);
        let mut back = ctx.import_view::<f64>(&section)?.to_dist_array()?;
        let mut adopted = ctx.import::<f64>(section.clone())?;
        let bounds = [0..10, 10..20, 20..30, 30..40][ctx.rank()].clone();
        for array in [&mut back, &mut adopted] {
            let axis = array.distribution().axis(0);
            assert_eq!((axis.halo(), axis.boundary()), ((3, 3), (4, 0)));
            let local: Vec<usize> = array.local().iter().map(|&value| value as usize).collect();
            assert_eq!(local, bounds.clone().collect::<Vec<_>>());
            array.exchange_halo()?;
            let (low, high) = array.distribution().padding(ctx.rank())[0];
            let wide = bounds.start - low..bounds.end + high;
            let held: Vec<usize> =
                array.local_with_halo().iter().map(|&value| value as usize).collect();
            assert_eq!(held, wide.collect::<Vec<_>>());
        }
        Ok(())
    });
}

/// A periodic axis with padding on one process, which is boundary by the protocol's text.
#[test]
fn a_periodic_boundary_stays_one() -> Result<()> {
    let ctx = Context::solo();
    let dim = DimData::block(10, 1, 0, 0..10).with_padding(2, 1).with_periodic(true);
    let section = DistBuffer::new(Buffer::from_vec((0..10).collect()), vec![dim]);
    let array = ctx.import::<i32>(section.clone())?;
    let axis = array.distribution().axis(0);
    assert_eq!((axis.is_periodic(), axis.boundary(), axis.halo()), (true, (2, 1), (0, 0)));
    assert_eq!((array.len(), array.sum()?), (10, 45));
    assert_eq!(array.distarray()?, section);
    Ok(())
}

/// A rank without a part has nothing to export; those with one are a context of their own.
#[test]
fn arrays_on_some_ranks_are_imported_on_those() {
    run(3, |ctx| {
        let map = AxisMap::new(6, 2, Dist::Cyclic)?;
        let dist = Distribution::from_maps(vec![map], Ranks::range(1..3))?;
        let array = ctx.from_fn(&dist, |at| at[0] as i16)?;
        let refused = ctx.from_distarray::<i16>(&array).unwrap_err().to_string();
        assert!(refused.contains("rank 0 holds no part"), "{refused}");
        let colour = (ctx.rank() > 0).then_some(0);
        if let Some(some) = ctx.split(colour, ctx.rank())? {
            let copy = some.from_distarray::<i16>(&array)?;
            assert_eq!(copy.distribution().ranks(), &Ranks::range(0..2));
            assert_eq!(copy.local(), array.local());
            assert_eq!(copy.sum()?, 15);
        }
        Ok(())
    });
}

/// What cannot be seen in place is refused by all, or copied.
#[test]
fn elements_out_of_place_are_copied_or_refused() {
    run(2, |ctx| {
        let mut words = [0_i64; 3];
        let bytes = &mut bytemuck::bytes_of_mut(&mut words)[1..17];
        bytes.copy_from_slice(bytemuck::bytes_of(&[3_i64, 4]));
        let format = ElementFormat::native(ElementKind::I64);
        let rank = ctx.rank();
        let buffer = match rank {
            0 => Buffer::from_slice(&[1_i64, 2]),
            _ => Buffer::from_bytes(bytes, format, &[2])?,
        };
        let dims = vec![DimData::block(4, 2, rank, 2 * rank..2 * rank + 2)];
        let section = DistBuffer::new(buffer, dims);
        let error = ctx.import_view::<i64>(&section).unwrap_err().to_string();
        assert!(error.contains("not aligned"), "{error}");
        let copy = ctx.from_distarray::<i64>(&section)?;
        assert_eq!(copy.to_ndarray()?.as_slice(), Some(&[1, 2, 3, 4][..]));
        Ok(())
    });
    // An empty section may lie anywhere.
    let words = [0_i64];
    let nowhere = &bytemuck::bytes_of(&words)[1..1];
    let buffer = Buffer::from_bytes(nowhere, ElementFormat::native(ElementKind::I64), &[0]);
    let section = DistBuffer::new(buffer.unwrap(), vec![DimData::undistributed(0)]);
    assert!(Context::solo().import_view::<i64>(&section).unwrap().local().is_empty());

    let truth = [0_u8, 7];
    let format = ElementFormat::native(ElementKind::Bool);
    let buffer = Buffer::from_bytes(&truth, format, &[2]).unwrap();
    let section = DistBuffer::new(buffer, vec![DimData::undistributed(2)]);
    let ctx = Context::solo();
    assert!(ctx.import_view::<bool>(&section).unwrap_err().to_string().contains('7'));
    assert_eq!(ctx.from_distarray::<bool>(&section).unwrap().count().unwrap(), 1);
}
