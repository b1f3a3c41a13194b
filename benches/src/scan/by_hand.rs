//! The loops that one would write by hand for scans and statistics, one for each rank's part.

use distarray::array::Context;
use distarray::comm::ReduceOp;
use distarray::{DType, Result};

use crate::isa::widest;

/// A sum in several lanes.
pub(super) fn sum(of: &[f64]) -> f64 {
    let (chunks, rest) = of.as_chunks::<32>();
    let mut lanes = [0.0; 32];
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, x)| *lane += x);
    }
    lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

/// Adds up what all ranks have, place by place.
fn add_up(ctx: &Context, values: &mut [f64]) -> Result<()> {
    let mut bytes: Vec<u8> = values.iter().flat_map(|x| x.to_ne_bytes()).collect();
    ctx.communicator()?.all_reduce(DType::F64, ReduceOp::Sum, &mut bytes)?;
    let words = bytes.as_chunks::<8>().0;
    values.iter_mut().zip(words).for_each(|(x, word)| *x = f64::from_ne_bytes(*word));
    Ok(())
}

/// A running sum from a first one.
fn running(target: &mut [f64], of: &[f64], mut sum: f64) {
    for (target, x) in target.iter_mut().zip(of) {
        sum += x;
        *target = sum;
    }
}

/// Running sums of one line in blocks: the sums of the parts first.
pub(super) fn along(ctx: &Context, target: &mut [f64], of: &[f64]) -> Result<()> {
    let mut sums = vec![0.0; ctx.size()];
    sums[ctx.rank()] = sum(of);
    add_up(ctx, &mut sums)?;
    running(target, of, sums[..ctx.rank()].iter().sum());
    Ok(())
}

/// Running sums of each row.
pub(super) fn along_rows(target: &mut [f64], of: &[f64], columns: usize) {
    for (target, row) in target.chunks_exact_mut(columns).zip(of.chunks_exact(columns)) {
        running(target, row, 0.0);
    }
}

/// Running sums of each column, of rows in blocks: the sums of the parts' columns first.
pub(super) fn along_columns(
    ctx: &Context,
    target: &mut [f64],
    of: &[f64],
    columns: usize,
) -> Result<()> {
    let mut sums = vec![0.0; columns * ctx.size()];
    let own = &mut sums[columns * ctx.rank()..][..columns];
    let add = |sums: &mut [f64], row: &[f64]| sums.iter_mut().zip(row).for_each(|(s, x)| *s += x);
    widest(
        #[inline(always)]
        || of.chunks_exact(columns).for_each(|row| add(own, row)),
    );
    add_up(ctx, &mut sums)?;
    let mut upto = vec![0.0; columns];
    sums.chunks_exact(columns).take(ctx.rank()).for_each(|row| add(&mut upto, row));
    widest(
        #[inline(always)]
        || {
            for (target, row) in target.chunks_exact_mut(columns).zip(of.chunks_exact(columns)) {
                add(&mut upto, row);
                target.copy_from_slice(&upto);
            }
        },
    );
    Ok(())
}

/// Counts in even bins between two numbers.
pub(super) fn histogram(
    ctx: &Context,
    of: &[f64],
    bins: usize,
    (low, high): (f64, f64),
) -> Result<Vec<f64>> {
    let mut counts = vec![0_i64; bins];
    let per_unit = bins as f64 / (high - low);
    for &x in of {
        if (low..=high).contains(&x) {
            counts[(((x - low) * per_unit) as usize).min(bins - 1)] += 1;
        }
    }
    let mut counts: Vec<f64> = counts.into_iter().map(|count| count as f64).collect();
    add_up(ctx, &mut counts)?;
    Ok(counts)
}

/// Covariances of rows, of which this rank has a part of each: means, then products of each pair.
pub(super) fn covariance(ctx: &Context, rows: &[&[f64]], observations: usize) -> Result<Vec<f64>> {
    let mut means: Vec<f64> = rows.iter().map(|row| sum(row)).collect();
    add_up(ctx, &mut means)?;
    means.iter_mut().for_each(|mean| *mean /= observations as f64);
    let mut sums = vec![0.0; rows.len() * rows.len()];
    for i in 0..rows.len() {
        for j in 0..=i {
            let (a, b) = (means[i], means[j]);
            sums[i * rows.len() + j] = widest(
                #[inline(always)]
                || {
                    let mut lanes = [0.0; 32];
                    let pairs = rows[i].as_chunks::<32>().0.iter().zip(rows[j].as_chunks::<32>().0);
                    for (x, y) in pairs {
                        let products = x.iter().zip(y).map(|(x, y)| (x - a) * (y - b));
                        lanes.iter_mut().zip(products).for_each(|(lane, product)| *lane += product);
                    }
                    lanes.iter().sum::<f64>()
                },
            );
        }
    }
    add_up(ctx, &mut sums)?;
    Ok(sums)
}
