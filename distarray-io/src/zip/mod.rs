//! ZIP archives, as far as NumPy's are: stored and deflated members, with 64-bit sizes.
//!
//! PKWARE, *.ZIP File Format Specification*, version 6.3.10.

mod directory;
mod inflate;
mod record;

pub(crate) use directory::{Member, Method, list, members, shown};
pub(crate) use inflate::Inflated;
pub(crate) use record::{central_directory, local_header};

/// Where a 32-bit field says that the size stands in the 64-bit extension.
const IN_EXTENSION: u32 = u32::MAX;

/// The tag of the extension with 64-bit sizes.
const ZIP64: u16 = 1;
