//! Starting MPI once, and finalising it when the process exits.

use std::ffi::{c_char, c_int};
use std::sync::{Mutex, PoisonError};

use distarray_core::{Error, Result};
use mpi::ffi;

use crate::code::check;
use crate::launcher;
use crate::{abort, error_handler, run};

unsafe extern "C" {
    /// Registers a function of the C library's exit. Exits of Rust programs go through it too.
    safe fn atexit(handler: extern "C" fn()) -> c_int;
}

/// Held while MPI is started, which two threads must not do at once.
static STARTING: Mutex<()> = Mutex::new(());

/// Starts MPI unless it runs already.
///
/// # Errors
/// MPI has been finalised, belongs to another thread, or does not know of the launcher's processes.
pub(crate) fn start() -> Result<()> {
    let _alone = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if !initialised() {
        initialise()?;
    }
    usable_here()?;
    knows_its_launcher()
}

/// Whether MPI may be called: it has been initialised, and not finalised.
pub(crate) fn active() -> bool {
    initialised() && !finalised()
}

/// That MPI may be called, and by this thread.
pub(crate) fn usable_here() -> Result<()> {
    if !initialised() {
        return Err(Error::backend("mpi", "MPI has not been initialised; call `run`"));
    }
    if finalised() {
        let message = "MPI has been finalised and cannot be started again in this process";
        return Err(Error::backend("mpi", message));
    }
    let mut level = 0;
    // SAFETY: MPI is active; the place is valid for the write.
    check(unsafe { ffi::MPI_Query_thread(&mut level) }, "MPI_Query_thread")?;
    // SAFETY: a constant of the library.
    if level < unsafe { ffi::RSMPI_THREAD_SERIALIZED } && !on_main_thread() {
        let message = "called on another thread than the one that initialised MPI";
        return Err(Error::backend("mpi", message));
    }
    Ok(())
}

/// Whether this is the thread that initialised MPI; MPI must be active.
fn on_main_thread() -> bool {
    let mut main = 0;
    // SAFETY: MPI is active; the place is valid for the write.
    let code = unsafe { ffi::MPI_Is_thread_main(&mut main) };
    code == ffi::MPI_SUCCESS as c_int && main != 0
}

fn initialised() -> bool {
    let mut flag = 0;
    // SAFETY: may be called at any time; the place is valid for the write.
    let code = unsafe { ffi::MPI_Initialized(&mut flag) };
    code == ffi::MPI_SUCCESS as c_int && flag != 0
}

pub(crate) fn finalised() -> bool {
    let mut flag = 0;
    // SAFETY: may be called at any time; the place is valid for the write.
    let code = unsafe { ffi::MPI_Finalized(&mut flag) };
    code == ffi::MPI_SUCCESS as c_int && flag != 0
}

fn initialise() -> Result<()> {
    let mut level = 0;
    // SAFETY: MPI has not been initialised, and no other thread does so meanwhile; it may be given
    // no arguments.
    let code = unsafe {
        ffi::MPI_Init_thread(
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            ffi::RSMPI_THREAD_FUNNELED,
            &mut level,
        )
    };
    check(code, "MPI_Init_thread")?;
    error_handler::install()?;
    // Where the handler finds no room, the launcher reports a process that did not finalise.
    if atexit(at_exit) != 0 {
        return Err(Error::backend("mpi", "the handler that finalises MPI cannot be registered"));
    }
    Ok(())
}

/// Finalises MPI, at the end of `main` or in `std::process::exit`.
///
/// After an exit within a program the other ranks may wait for this one, so it meets them as a
/// program that failed does.
extern "C" fn at_exit() {
    if abort::ending() || !active() {
        return;
    }
    run::leave_at_exit(on_main_thread());
    // SAFETY: MPI is active; a program still running on another thread has ended the job above.
    unsafe { ffi::MPI_Finalize() };
}

/// That an MPI of a single process was not started as one of several by a foreign launcher.
fn knows_its_launcher() -> Result<()> {
    let mut size = 0;
    // SAFETY: MPI is active; the place is valid for the write.
    let code = unsafe { ffi::MPI_Comm_size(ffi::RSMPI_COMM_WORLD, &mut size) };
    check(code, "MPI_Comm_size")?;
    let announced = launcher::announced(|name| std::env::var(name).ok());
    if let Some((variable, processes)) = announced.filter(|&(_, n)| n > 1 && size == 1) {
        return Err(Error::backend(
            "mpi",
            format!(
                "the launcher started {processes} processes ({variable}={processes}), but the MPI \
                 library of this program, {}, sees only one; start it with that library's own mpirun",
                library()
            ),
        ));
    }
    Ok(())
}

/// The MPI library's name and version: the first line of what it says of itself.
fn library() -> String {
    // SAFETY: a constant of the library.
    let room = unsafe { ffi::RSMPI_MAX_LIBRARY_VERSION_STRING };
    let mut text = vec![0_u8; usize::try_from(room).unwrap_or(0)];
    let mut length = 0;
    // SAFETY: the text is as long as the standard demands.
    unsafe { ffi::MPI_Get_library_version(text.as_mut_ptr().cast::<c_char>(), &mut length) };
    text.truncate(usize::try_from(length).unwrap_or(0));
    let text = String::from_utf8_lossy(&text);
    let words: Vec<&str> = text.lines().next().unwrap_or("").split_whitespace().collect();
    words.join(" ")
}
