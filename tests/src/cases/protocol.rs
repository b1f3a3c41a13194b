//! Sections of the Distributed Array Protocol.

use distarray::prelude::*;
use distarray_protocol::{DimData, DistBuffer, DistributedArray};

use crate::draw::Draw;
use crate::oracle::{halo_holds, holds, numbered};

/// What is exported is the same array again for the ranks that held it: as a group, in the order of
/// the grid's cells, which the protocol wants.
pub(super) fn round_trips(ctx: &Context) -> Result<()> {
    let mut draw = Draw::new(91);
    for round in 0..41 {
        // Ranks without elements beside some that keep halos.
        let (shape, dist) = match round {
            0 if ctx.size() >= 4 => {
                let tiles = Distribution::builder([1, 6]).dists("b,b").grid(&[2, 2]).halos(1);
                (vec![1, 6], tiles.build(ctx.size())?)
            }
            _ => {
                let shape = draw.shape();
                let dist = draw.any_distribution(&shape, ctx.size());
                (shape, dist)
            }
        };
        let expected = numbered(&shape);
        let mut array = ctx.from_ndarray_on(&expected, &dist)?;
        array.exchange_halo()?;
        let cell = dist.ranks().cell(ctx.rank());
        // A copy is an array of its own there.
        let color = if dist.is_replicated() { ctx.rank() } else { 0 };
        let group = ctx.split(cell.map(|_| color), cell.unwrap_or_default())?;
        let Some(group) = group else {
            let error = array.distarray().unwrap_err().to_string();
            assert!(error.contains(&format!("rank {}", ctx.rank())), "{error}");
            continue;
        };
        let section = array.distarray().map_err(Error::from)?;
        assert_eq!(section.global_shape(), shape);
        let owned: usize = section.dim_data.iter().map(DimData::num_owned).product();
        assert_eq!(owned, dist.local_len(ctx.rank()), "{dist}");
        let copy = DistBuffer::new(
            section.buffer.to_contiguous(),
            section.dim_data.into_iter().map(DimData::into_owned).collect(),
        );
        let mut back = group.import::<i64>(copy)?;
        holds(&back, &expected)?;
        assert_eq!(back.local(), array.local(), "{dist}");
        back.exchange_halo()?;
        halo_holds(&back, &expected);
    }
    Ok(())
}

/// Writing through a section changes the array, and none that shares its elements.
pub(super) fn writes(ctx: &Context) -> Result<()> {
    let expected = numbered(&[5, 4]);
    let dist = Distribution::builder([5, 4]).dists("b,b").halos(1).build(ctx.size())?;
    let mut array = ctx.from_ndarray_on(&expected, &dist)?;
    let (kept, twice) = (array.clone(), &array * 2);
    if !array.local().is_empty() {
        let padding = dist.padding(ctx.rank());
        let first: Vec<usize> = padding.iter().map(|(low, _)| *low).collect();
        let mut section = array.distarray_mut().map_err(Error::from)?;
        section.buffer.write(&first, -100_i64).map_err(Error::from)?;
        drop(section);
        assert_eq!(array.local()[[0, 0]], -100);
    }
    holds(&kept, &expected)?;
    holds(&twice.eval()?, &(&expected * 2))
}

/// What one rank alone passes is an error on all, and the ranks go on.
pub(super) fn refusals(ctx: &Context) -> Result<()> {
    let size = ctx.size();
    for failing in 0..size {
        let array = ctx.arange_on(0_i32, 1, [2 * size])?;
        let section = array.distarray().map_err(Error::from)?;
        let buffer = section.buffer.to_contiguous();
        let mut dim_data: Vec<_> = section.dim_data.into_iter().map(DimData::into_owned).collect();
        if ctx.rank() == failing {
            // It holds one element fewer than it says.
            dim_data = vec![DimData::block(2 * size, size, failing, 2 * failing..2 * failing + 1)];
        }
        assert!(ctx.import::<i32>(DistBuffer::new(buffer, dim_data)).is_err());
        assert_eq!(array.sum()?, (size * (2 * size - 1)) as i64);
        let section = array.distarray().map_err(Error::from)?;
        let dims = section.dim_data.into_iter().map(DimData::into_owned).collect();
        let copy = DistBuffer::new(section.buffer.to_contiguous(), dims);
        let error = ctx.import::<f32>(copy).unwrap_err().to_string();
        assert!(error.contains("float32"), "{error}");
    }
    Ok(())
}
