//! What becomes of errors that MPI raises where nobody looks at return codes: in calls of the user's
//! through rsmpi, on the communicators that MPI makes itself.

use std::ffi::c_int;

use distarray_core::Result;
use distarray_core::comm::Operation;
use mpi::ffi::{self, MPI_Comm};

use crate::abort;
use crate::code::{check, text};

/// A handler as MPI calls it, as far as it is looked at here.
type Handler = unsafe extern "C" fn(comm: *mut MPI_Comm, code: *mut c_int);

/// Sets our handler on `MPI_COMM_WORLD` and `MPI_COMM_SELF`, and with it for all errors that belong to
/// no communicator. Those that are duplicated from them inherit it.
///
/// The handler prints the error with this rank's number and operation, and ends the job: rsmpi does
/// not look at codes, so that a program would go on with what a failed call has left.
pub(crate) fn install() -> Result<()> {
    let handler: Handler = end_with_message;
    // SAFETY: the function takes the two arguments that MPI passes first. MPI's type goes on with
    // arguments that depend on the library, which stable Rust cannot declare; a caller in C leaves
    // those to whoever was called, and passes the first ones as it does without them, on all
    // platforms that MPI libraries and Rust share, as both arguments are pointers.
    let handler = unsafe { std::mem::transmute::<Handler, ErrorFunction>(handler) };
    // SAFETY: a constant of the library, to be replaced.
    let mut made = unsafe { ffi::RSMPI_ERRORS_RETURN };
    // SAFETY: the function lives as long as the process; the place is valid for the write.
    let code = unsafe { ffi::MPI_Comm_create_errhandler(Some(handler), &mut made) };
    check(code, "MPI_Comm_create_errhandler")?;
    // SAFETY: both communicators exist while MPI is active; the handler was just made.
    unsafe {
        check(
            ffi::MPI_Comm_set_errhandler(ffi::RSMPI_COMM_WORLD, made),
            "MPI_Comm_set_errhandler",
        )?;
        check(ffi::MPI_Comm_set_errhandler(ffi::RSMPI_COMM_SELF, made), "MPI_Comm_set_errhandler")
    }
}

/// MPI's type of an error handler.
type ErrorFunction = unsafe extern "C" fn(comm: *mut MPI_Comm, code: *mut c_int, ...);

unsafe extern "C" fn end_with_message(_: *mut MPI_Comm, code: *mut c_int) {
    // SAFETY: MPI passes the error's code.
    let text = text(unsafe { code.read() });
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let text = lines.join("; ");
    abort::abort(&format!("an MPI call failed: {text} (in {})", Operation::current()))
}
