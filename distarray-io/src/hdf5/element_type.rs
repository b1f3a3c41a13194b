//! Element types: how HDF5 and h5py keep them, and what they are here.

use ::hdf5::{Datatype, h5check};
use ::hdf5_sys::h5t::{
    H5T_class_t, H5T_direction_t, H5T_order_t, H5Tcopy, H5Tequal, H5Tget_class, H5Tget_member_name,
    H5Tget_member_offset, H5Tget_member_type, H5Tget_native_type, H5Tget_nmembers, H5Tget_size,
    H5Tset_order,
};
use ::hdf5_sys::{LOCK, h5::H5free_memory};
use distarray_core::{DType, Kind, with_element};

use crate::flat::ByteOrder;

/// The type that files are given: numbers as the machine has them, `bool` as h5py's enumeration of
/// `FALSE` and `TRUE`, complex numbers as its compound of `r` and `i`.
pub(super) fn datatype(dtype: DType) -> ::hdf5::Result<Datatype> {
    with_element!(dtype, T => Datatype::from_type::<T>())
}

/// The type in memory that elements of a file's type are read to and written from.
pub(super) fn native(datatype: &Datatype) -> ::hdf5::Result<Datatype> {
    let _lock = LOCK.lock();
    // SAFETY: the type is open, and the lock is held; the new identifier is owned by what it becomes.
    unsafe {
        let ascending = H5T_direction_t::H5T_DIR_ASCEND;
        ::hdf5::from_id(h5check(H5Tget_native_type(datatype.id(), ascending))?)
    }
}

/// The dtype of a file's type, and the order of its bytes; in words what it is if it is none.
pub(super) fn recognised(
    datatype: &Datatype,
) -> ::hdf5::Result<std::result::Result<(DType, ByteOrder), String>> {
    if let Some(found) = number(datatype)? {
        return Ok(Ok(found));
    }
    Ok(match complex(datatype)? {
        Some(found) => Ok(found),
        None => Err(description(datatype)),
    })
}

fn number(datatype: &Datatype) -> ::hdf5::Result<Option<(DType, ByteOrder)>> {
    for dtype in DType::ALL.into_iter().filter(|dtype| dtype.kind() != Kind::Complex) {
        let ours = self::datatype(dtype)?;
        if is_same(&ours, datatype)? {
            return Ok(Some((dtype, ByteOrder::NATIVE)));
        }
        if dtype.kind() == Kind::Bool {
            continue;
        }
        for (order, theirs) in [
            (H5T_order_t::H5T_ORDER_LE, ByteOrder::Little),
            (H5T_order_t::H5T_ORDER_BE, ByteOrder::Big),
        ] {
            if is_same(&ordered(&ours, order)?, datatype)? {
                return Ok(Some((dtype, theirs)));
            }
        }
    }
    Ok(None)
}

/// A compound of two floating-point numbers, one behind the other.
fn complex(datatype: &Datatype) -> ::hdf5::Result<Option<(DType, ByteOrder)>> {
    let lock = LOCK.lock();
    // SAFETY: the type is open and the lock is held; members are asked for below their number, and
    // their identifiers are owned by what they become.
    let (size, members) = unsafe {
        let id = datatype.id();
        if H5Tget_class(id) != H5T_class_t::H5T_COMPOUND || H5Tget_nmembers(id) != 2 {
            return Ok(None);
        }
        let mut members = Vec::with_capacity(2);
        for i in 0..2 {
            let member: Datatype = ::hdf5::from_id(h5check(H5Tget_member_type(id, i))?)?;
            members.push((name(id, i), H5Tget_member_offset(id, i), member));
        }
        (H5Tget_size(id), members)
    };
    drop(lock);
    let names = [&members[0].0[..], &members[1].0[..]];
    if !matches!(names, ["r", "i"] | ["re", "im"] | ["real", "imag"] | ["real", "imaginary"]) {
        return Ok(None);
    }
    let (Some(real), Some(imaginary)) = (number(&members[0].2)?, number(&members[1].2)?) else {
        return Ok(None);
    };
    let dtype = match real.0 {
        DType::F32 => DType::C32,
        DType::F64 => DType::C64,
        _ => return Ok(None),
    };
    let is_dense = [members[0].1, members[1].1, size] == [0, dtype.size() / 2, dtype.size()];
    Ok((real == imaginary && is_dense).then_some((dtype, real.1)))
}

fn is_same(one: &Datatype, other: &Datatype) -> ::hdf5::Result<bool> {
    let _lock = LOCK.lock();
    // SAFETY: both types are open, and the lock is held.
    Ok(unsafe { h5check(H5Tequal(one.id(), other.id()))? } > 0)
}

fn ordered(datatype: &Datatype, order: H5T_order_t) -> ::hdf5::Result<Datatype> {
    let _lock = LOCK.lock();
    // SAFETY: the type is open, and the lock is held; the copy, which alone is changed, is owned by
    // what it becomes.
    unsafe {
        let copy: Datatype = ::hdf5::from_id(h5check(H5Tcopy(datatype.id()))?)?;
        h5check(H5Tset_order(copy.id(), order))?;
        Ok(copy)
    }
}

/// The name of a member of a compound type.
///
/// # Safety
/// The type is open, has that member, and the lock is held.
unsafe fn name(id: ::hdf5_sys::h5i::hid_t, member: u32) -> String {
    // SAFETY: by the caller; the text is the library's until it is freed, and ends in a zero.
    unsafe {
        let text = H5Tget_member_name(id, member);
        if text.is_null() {
            return String::new();
        }
        let name = std::ffi::CStr::from_ptr(text).to_string_lossy().to_ascii_lowercase();
        H5free_memory(text.cast());
        name
    }
}

/// In words what a type is that arrays do not have.
fn description(datatype: &Datatype) -> String {
    let bytes = datatype.size();
    let _lock = LOCK.lock();
    // SAFETY: the type is open, and the lock is held.
    let class = unsafe { H5Tget_class(datatype.id()) };
    match class {
        H5T_class_t::H5T_INTEGER => format!("an integer of {bytes} bytes, or of fewer bits"),
        H5T_class_t::H5T_FLOAT if bytes == 2 => "a floating-point number of half precision".into(),
        H5T_class_t::H5T_FLOAT => format!("a floating-point number of {bytes} bytes"),
        H5T_class_t::H5T_TIME => "a time".into(),
        H5T_class_t::H5T_STRING => "text".into(),
        H5T_class_t::H5T_BITFIELD => "a bit field".into(),
        H5T_class_t::H5T_OPAQUE => "opaque bytes".into(),
        H5T_class_t::H5T_COMPOUND => "a compound".into(),
        H5T_class_t::H5T_REFERENCE => "a reference".into(),
        H5T_class_t::H5T_ENUM => "an enumeration".into(),
        H5T_class_t::H5T_VLEN => "lists of any length".into(),
        H5T_class_t::H5T_ARRAY => "arrays".into(),
        _ => "no known type".into(),
    }
}
