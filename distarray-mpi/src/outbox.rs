//! Messages of users that are on their way, each with a copy of its bytes.

use std::ffi::{c_int, c_void};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use distarray_core::{Error, Result};
use mpi::ffi::{self, MPI_Comm, MPI_Request};

use crate::code::check;
use crate::poll::nap;

/// A message whose bytes MPI may still read.
pub(crate) struct Sent {
    /// One request for each piece.
    pub(crate) requests: Vec<MPI_Request>,
    pub(crate) bytes: Box<[u8]>,
    pub(crate) to: usize,
    pub(crate) tag: u16,
}

// SAFETY: a handle of the library and bytes on the heap, which any thread may hold. Only the thread
// that MPI allows completes them.
unsafe impl Send for Sent {}

/// One for the process, not for the communicator: the bytes must outlive the communicator too.
static OUTBOX: Mutex<Vec<Sent>> = Mutex::new(Vec::new());

fn outbox() -> MutexGuard<'static, Vec<Sent>> {
    OUTBOX.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a message until it has been sent.
pub(crate) fn keep(sent: Sent) -> Result<()> {
    complete_before_finalise()?;
    outbox().push(sent);
    sweep()
}

/// Lets go of what has been sent. Costs nothing where nothing is on its way.
pub(crate) fn sweep() -> Result<()> {
    let mut outcome = Ok(());
    outbox().retain_mut(|message| match message.is_complete() {
        Ok(complete) => !complete,
        Err(error) => {
            outcome = Err(error);
            true
        }
    });
    outcome
}

/// Waits so long for everything to be sent, and does something else meanwhile.
///
/// # Errors
/// A message that was not received until then.
pub(crate) fn settle(patience: Duration, meanwhile: &dyn Fn() -> Result<()>) -> Result<()> {
    let start = Instant::now();
    loop {
        sweep()?;
        let outbox = outbox();
        let Some(message) = outbox.first() else { return Ok(()) };
        if start.elapsed() > patience {
            let (length, tag, to) = (message.bytes.len(), message.tag, message.to);
            let what = format!("its message of {length} bytes with tag {tag}");
            return Err(Error::backend("mpi", format!("{what} was never received by rank {to}")));
        }
        drop(outbox);
        meanwhile()?;
        nap(start.elapsed());
    }
}

impl Sent {
    fn is_complete(&mut self) -> Result<bool> {
        let (count, mut complete) = (self.requests.len() as c_int, 0);
        let requests = self.requests.as_mut_ptr();
        // SAFETY: the requests are live or null; the place is valid for the write; statuses are of
        // no interest for sends.
        let code =
            unsafe { ffi::MPI_Testall(count, requests, &mut complete, ffi::RSMPI_STATUSES_IGNORE) };
        check(code, "MPI_Testall")?;
        Ok(complete != 0)
    }
}

/// Asks MPI to call us first when it is finalised, by whomever: its way is an attribute of
/// `MPI_COMM_SELF`, which it then deletes (MPI 3.1, section 8.7.1).
fn complete_before_finalise() -> Result<()> {
    static ASKED: Once = Once::new();
    let mut outcome = Ok(());
    ASKED.call_once(|| outcome = attach());
    outcome
}

fn attach() -> Result<()> {
    let mut key = 0;
    // SAFETY: both functions have the types that MPI asks for and live as long as the process.
    let code = unsafe {
        ffi::MPI_Comm_create_keyval(
            Some(copy_nothing),
            Some(complete_all),
            &mut key,
            std::ptr::null_mut(),
        )
    };
    check(code, "MPI_Comm_create_keyval")?;
    // SAFETY: the key was just made; the communicator always exists; the value is not looked at.
    let code = unsafe { ffi::MPI_Comm_set_attr(ffi::RSMPI_COMM_SELF, key, std::ptr::null_mut()) };
    check(code, "MPI_Comm_set_attr")
}

/// Duplicates of `MPI_COMM_SELF` have no such attribute.
unsafe extern "C" fn copy_nothing(
    _comm: MPI_Comm,
    _key: c_int,
    _extra: *mut c_void,
    _value: *mut c_void,
    _copy: *mut c_void,
    flag: *mut c_int,
) -> c_int {
    // SAFETY: MPI passes a place for the flag.
    unsafe { flag.write(0) };
    ffi::MPI_SUCCESS as c_int
}

/// Waits for every message; one that nobody receives makes the wait endless, as in MPI itself.
unsafe extern "C" fn complete_all(
    _comm: MPI_Comm,
    _key: c_int,
    _value: *mut c_void,
    _extra: *mut c_void,
) -> c_int {
    while sweep().is_ok() && !outbox().is_empty() {
        std::thread::sleep(Duration::from_micros(100));
    }
    ffi::MPI_SUCCESS as c_int
}
