//! [`Segment`]: memory that several processes have.
//!
//! It is a file without a name (`memfd_create`), which the kernel frees when the last process that
//! has it ends, however it ends. Others open it by the descriptor of the process that made it.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::NonNull;

/// Shared memory, mapped into this process while this value lives. New memory is zero.
#[derive(Debug)]
pub(super) struct Segment {
    start: NonNull<u8>,
    bytes: usize,
}

impl Segment {
    /// New memory, and the file by whose descriptor others open it as long as it is open.
    pub(super) fn create(bytes: usize) -> io::Result<(Self, File)> {
        let file = unnamed_file()?;
        file.set_len(bytes as u64)?;
        Ok((Self::map(&file, bytes)?, file))
    }

    /// The memory that a process of this machine has made.
    ///
    /// # Errors
    /// This process may not look into the other one, or the file has another length.
    pub(super) fn open(process: u32, descriptor: i32, bytes: usize) -> io::Result<Self> {
        let path = format!("/proc/{process}/fd/{descriptor}");
        let file = File::options().read(true).write(true).open(path)?;
        if file.metadata()?.len() != bytes as u64 {
            return Err(io::Error::other("the file has another length"));
        }
        Self::map(&file, bytes)
    }

    fn map(file: &File, bytes: usize) -> io::Result<Self> {
        let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED);
        let (any, descriptor) = (std::ptr::null_mut(), file.as_raw_fd());
        // SAFETY: a new mapping, at a place of the kernel's choice, of a file that is open.
        let start = unsafe { libc::mmap(any, bytes, protection, flags, descriptor, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(start.cast()).ok_or_else(|| io::Error::other("mapped at 0"))?;
        Ok(Self { start, bytes })
    }

    /// Where it begins, at a multiple of a page's size.
    pub(super) fn start(&self) -> NonNull<u8> {
        self.start
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // SAFETY: the mapping was made here, and nothing that borrows this value is left.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.bytes) };
    }
}

#[cfg(target_os = "linux")]
fn unnamed_file() -> io::Result<File> {
    use std::os::fd::FromRawFd;

    // SAFETY: the name is a string that ends in 0.
    let descriptor = unsafe { libc::memfd_create(c"distarray".as_ptr(), libc::MFD_CLOEXEC) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just made, and nobody else has it.
    Ok(unsafe { File::from_raw_fd(descriptor) })
}

#[cfg(not(target_os = "linux"))]
fn unnamed_file() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_one_mapping_writes_another_reads() {
        let (segment, file) = Segment::create(1 << 16).unwrap();
        let other = Segment::open(std::process::id(), file.as_raw_fd(), 1 << 16).unwrap();
        assert_eq!(other.bytes(), 1 << 16);
        // SAFETY: both mappings are as long; nothing else has them.
        unsafe {
            segment.start().add(4321).write(77);
            assert_eq!((other.start().read(), other.start().add(4321).read()), (0, 77));
        }
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let (_segment, file) = Segment::create(1 << 16).unwrap();
        let process = std::process::id();
        assert!(Segment::open(process, file.as_raw_fd(), 1 << 15).is_err());
        assert!(Segment::open(process, i32::MAX, 1 << 16).is_err());
    }
}
