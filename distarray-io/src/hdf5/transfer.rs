//! [`Transfer`]: how elements go between ranks and a file.

/// How elements go between the ranks and a file.
///
/// The last two are for ranks that are processes of one MPI job, in a program built with the feature
/// `hdf5-mpi`. Where they are not, as on threads, both mean [`Automatic`](Self::Automatic). Where they
/// are, the library unpacks chunks, which it makes as large as what is in them.
///
/// ```
/// use distarray_io::hdf5::{Options, Transfer};
///
/// let options = Options::new().chunks([64, 64]).transfer(Transfer::Collective);
/// assert_ne!(options, Options::new());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transfer {
    /// Past the library where elements stand plainly in the file; else collective writes where ranks
    /// can, and one rank after another where they cannot; independent reads.
    #[default]
    Automatic,
    /// All ranks at once through MPI-IO, which merges what they write into large requests: for small
    /// pieces, compressed chunks, and many ranks at one file system.
    Collective,
    /// Each rank for itself through MPI-IO: for few large pieces. Not for writing compressed chunks.
    Independent,
}
