//! `__distarray__` dictionaries of one process: verdicts agree, and a good one is imported whole.

use distarray_core::array::Context;
use distarray_core::{DType, Element, Error, with_element};
use distarray_protocol::{
    DimData, DistBuffer, DistType, DistributedArray, Mode, Value, validate, validate_all,
    validate_dim_data,
};

use super::Target;
use super::words::{LITERAL, PROTOCOL};

pub(super) const TARGET: Target = Target { name: "section", run, words: &[PROTOCOL, LITERAL] };

fn run(input: &[u8]) {
    let Ok(value) = Value::from_literal(&String::from_utf8_lossy(input)) else { return };
    // A verdict of this mode has nothing to agree with: it only must not fail.
    let _ = validate(&value, Mode::Reference);
    let sound = validate(&value, Mode::Text);
    let Some(dict) = value.as_dict() else { return assert!(sound.is_err()) };
    for mode in [Mode::Text, Mode::Reference] {
        let parts = dict.get("dim_data").map(|dim_data| validate_dim_data(dim_data, mode));
        if validate(&value, mode).is_ok() {
            assert_eq!(parts, Some(Ok(())), "the whole is sound, and a part of it is not");
        }
    }
    let section = match DistBuffer::from_dict(dict.clone()) {
        Ok(section) => section,
        Err(error) => return assert_eq!(sound, Err(error)),
    };
    assert_eq!(section.validate(Mode::Text), sound);
    assert_eq!(DistBuffer::from_dict(section.to_dict()).as_ref(), Ok(&section));
    if sound.is_ok() {
        section.dim_data.iter().zip(section.buffer.shape()).for_each(|(dim, &extent)| {
            assert_eq!(dim.extent(), extent);
            holds_together(dim);
        });
        is_imported(section);
    }
}

/// What sound dimension data say of their indices is of one piece.
pub(super) fn holds_together(dim: &DimData<'_>) {
    assert!(dim.num_owned() <= dim.size && dim.num_owned() <= dim.extent(), "{dim:?}");
    if dim.extent() > 4096 || i64::try_from(dim.size).is_err() {
        return;
    }
    let all: Vec<i64> = dim.global_indices().collect();
    assert_eq!(all.len(), dim.extent(), "{dim:?}");
    let owned: Vec<i64> = dim.owned_indices().collect();
    assert_eq!(owned, all[dim.owned_positions()], "{dim:?}");
    if !matches!(dim.dist_type, DistType::Unstructured { .. }) {
        let size = dim.size as i64;
        assert!(all.iter().all(|index| (0..size).contains(index)), "{dim:?}");
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{dim:?}");
    }
}

/// On one rank, a section that is the whole array comes in, and goes out as it came.
fn is_imported(section: DistBuffer<'static>) {
    let name = section.buffer.format().kind().numpy_name();
    let dtype: DType = name.parse().expect("arrays hold all kinds");
    with_element!(dtype, T => comes_and_goes::<T>(section));
}

fn comes_and_goes<T: Element>(section: DistBuffer<'static>) {
    let ctx = Context::solo();
    let viewed = ctx.import_view::<T>(&section).map(|view| view.shape().to_vec());
    let array = match ctx.import::<T>(section.clone()) {
        Ok(array) => array,
        Err(error) => {
            assert!(viewed.is_err(), "viewed, and not imported: {error}");
            return may_be_refused(&section, &error);
        }
    };
    assert_eq!(viewed.expect("imported, and not viewed"), section.global_shape());
    assert_eq!(array.shape(), section.global_shape());
    let out = array.distarray().expect("one rank holds all");
    assert_eq!(out.validate(Mode::Text), Ok(()));
    assert!(out.buffer == section.buffer, "{}", array.distribution());
    let copied = ctx.from_distarray::<T>(&section).expect("it was imported");
    let out_again = copied.distarray().expect("one rank holds all");
    assert!(out_again.buffer == out.buffer, "{}", copied.distribution());
    assert_eq!(copied.distribution(), array.distribution());
}

/// A sound section of blocks is refused only where its size, its format or its process grid is not
/// what one rank can have.
fn may_be_refused(section: &DistBuffer<'_>, error: &Error) {
    let countable = |all: usize, dim: &DimData<'_>| all.checked_mul(dim.size.max(1));
    let blocks = |dim: &DimData<'_>| matches!(dim.dist_type, DistType::Block { .. });
    let plain = section.buffer.format().is_native()
        && section.dim_data.iter().all(blocks)
        && section.dim_data.iter().try_fold(section.buffer.itemsize(), countable).is_some()
        && validate_all(&[&section.dim_data[..]]).is_ok();
    assert!(!plain, "{error}");
}
