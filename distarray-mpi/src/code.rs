//! MPI's return codes as errors.

use std::ffi::{c_char, c_int};

use distarray_core::{Error, Result};
use mpi::ffi;

/// The error that a return code stands for, with the call that returned it.
pub(crate) fn check(code: c_int, call: &'static str) -> Result<()> {
    if code == ffi::MPI_SUCCESS as c_int {
        return Ok(());
    }
    Err(Error::backend("mpi", format!("{call} failed: {}", text(code))))
}

pub(crate) fn text(code: c_int) -> String {
    let mut text = vec![0_u8; ffi::MPI_MAX_ERROR_STRING as usize];
    let mut length = 0;
    // SAFETY: the text is as long as the standard demands.
    let known =
        unsafe { ffi::MPI_Error_string(code, text.as_mut_ptr().cast::<c_char>(), &mut length) };
    if known != ffi::MPI_SUCCESS as c_int {
        return format!("error code {code}");
    }
    text.truncate(usize::try_from(length).unwrap_or(0));
    String::from_utf8_lossy(&text).into_owned()
}
