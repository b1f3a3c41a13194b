//! Dimension data of all processes: what fits together covers each index, and is imported by ranks.

use distarray_core::array::Context;
use distarray_core::{Error, Result};
use distarray_protocol::{
    Buffer, Dict, DimData, DistBuffer, DistType, DistributedArray, Mode, Value, validate_all,
};

use super::Target;
use super::section::holds_together;
use super::words::{LITERAL, PROTOCOL};

pub(super) const TARGET: Target = Target { name: "sections", run, words: &[PROTOCOL, LITERAL] };

/// Most ranks that are started for an input.
const MOST_RANKS: usize = 4;

/// Most elements of a section.
const MOST_ELEMENTS: usize = 1 << 10;

fn run(input: &[u8]) {
    let Ok(value) = Value::from_literal(&String::from_utf8_lossy(input)) else { return };
    let Some(processes) = processes_in(&value) else { return };
    let fits = validate_all(&processes);
    processes.iter().flatten().filter(|dim| dim.validate(0).is_ok()).for_each(holds_together);
    if fits.is_err() {
        return;
    }
    let ndim = processes[0].len();
    (0..ndim).for_each(|dimension| is_covered(&processes, dimension));
    let small = |dims: &Vec<DimData<'_>>| {
        let extents = dims.iter().map(DimData::extent);
        let elements = extents.map(|extent| extent.max(1));
        elements.fold(1, usize::saturating_mul) <= MOST_ELEMENTS
    };
    if processes.len() <= MOST_RANKS && processes.iter().all(small) {
        is_imported(&processes);
    }
}

/// A tuple or list, for each process, of tuples or lists of dimension dictionaries.
fn processes_in(value: &Value<'static>) -> Option<Vec<Vec<DimData<'static>>>> {
    let items = |value: &Value<'static>| match value {
        Value::Tuple(items) | Value::List(items) => Some(items.clone()),
        _ => None,
    };
    let dim = |(axis, dict): (usize, &Value<'static>)| {
        DimData::from_dict(axis, dict.as_dict().unwrap_or(&Dict::new()), 3).ok()
    };
    let dims = |process: &Value<'static>| items(process)?.iter().enumerate().map(dim).collect();
    items(value)?.iter().map(dims).collect()
}

/// Along an axis, the sections of one line of processes own each index once.
fn is_covered(processes: &[Vec<DimData<'_>>], dimension: usize) {
    let first = &processes[0][dimension];
    if first.size > 4096 {
        return;
    }
    let mut owners = vec![0; first.size];
    for part in 0..first.proc_grid_size {
        let mut line = processes.iter().map(|dims| &dims[dimension]);
        let dim = line.find(|dim| dim.proc_grid_rank == part).expect("a process for each part");
        for index in dim.owned_indices() {
            // Index lists may name what they like, where they add up to the size.
            match owners.get_mut(usize::try_from(index).unwrap_or(usize::MAX)) {
                Some(owners) => *owners += 1,
                None => return assert_eq!(first.dist_type.letter(), "u"),
            }
        }
    }
    let unique = match first.dist_type {
        DistType::Unstructured { one_to_one, .. } => one_to_one,
        _ => true,
    };
    assert!(!unique || owners.iter().all(|&owners| owners == 1), "{owners:?}: {processes:?}");
}

/// The ranks import sections filled with their own numbers; each finds its number in all it owns.
fn is_imported(processes: &[Vec<DimData<'static>>]) {
    let outcome = distarray_threads::run(processes.len(), |comm| {
        let ctx = Context::new(comm);
        imports(&ctx, &processes[ctx.rank()])
    });
    if let Err(error) = outcome {
        let text = error.to_string();
        assert!(!text.contains("panicked"), "{text}");
        // Each of these is an index list or an order of blocks that arrays here cannot have, or a
        // size that cannot be counted.
        let allowed = matches!(error, Error::Distribution(_) | Error::Shape(_));
        assert!(allowed, "{text}");
    }
}

fn imports(ctx: &Context, dims: &[DimData<'static>]) -> Result<()> {
    let mine = u8::try_from(ctx.rank()).expect("a few ranks") + 1;
    let shape: Vec<usize> = dims.iter().map(DimData::extent).collect();
    let buffer = Buffer::from_vec(vec![mine; shape.iter().product()]).with_shape(&shape)?;
    let section = DistBuffer::new(buffer, dims.to_vec());
    let array = ctx.import::<u8>(section)?;
    let size: Vec<usize> = dims.iter().map(|dim| dim.size).collect();
    assert_eq!(array.shape(), size);
    let owned: Vec<usize> = dims.iter().map(DimData::num_owned).collect();
    assert_eq!(array.local().shape(), owned, "{}", array.distribution());
    assert!(array.local().iter().all(|&number| number == mine), "another rank's elements");
    for place in [vec![0; dims.len()], owned.iter().map(|count| count.saturating_sub(1)).collect()]
    {
        let indices = place.iter().zip(dims).map(|(&place, dim)| dim.owned_indices().nth(place));
        let index = indices.map(|index| usize::try_from(index?).ok()).collect::<Option<Vec<_>>>();
        if let Some(index) = index.filter(|_| !array.local().is_empty()) {
            assert_eq!(array.distribution().locate(&index)?, (ctx.rank(), place));
        }
    }
    // What goes out again fits together as what came in.
    let out = array.distarray()?;
    assert_eq!(out.validate(Mode::Text), Ok(()), "{}", array.distribution());
    let again = ctx.from_distarray::<u8>(&array)?;
    assert!(again.distribution().is_compatible(array.distribution()));
    assert!(again.local() == array.local(), "other elements than were exported");
    Ok(())
}
