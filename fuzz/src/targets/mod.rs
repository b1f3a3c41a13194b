//! One function a parser: it gets any bytes, and asserts what can be asserted of them.

mod checkpoint;
mod distribution;
mod dnpy_file;
mod element_names;
mod error;
mod literal;
mod npy_file;
mod npy_header;
mod npz_file;
mod section;
mod sections;
mod text_file;
mod words;
#[cfg(feature = "zarr")]
mod zarr_array;

/// A parser under test.
///
/// ```
/// use distarray_fuzz::target;
///
/// (target("literal").unwrap().run)(b"[1, {'a': (2,)}");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and that of its folder in `corpus/`.
    pub name: &'static str,
    /// Tries an input: panics where the parser, or what it makes of the input, is wrong.
    pub run: fn(&[u8]),
    /// Words of the grammar, in lists, for changes that mean something.
    pub words: &'static [&'static [&'static str]],
}

/// All targets; of Zarr with that feature. A later parser joins by a line.
///
/// ```
/// assert!(distarray_fuzz::TARGETS.iter().any(|target| target.name == "npy_header"));
/// ```
pub const TARGETS: &[Target] = &[
    checkpoint::TARGET,
    distribution::TARGET,
    dnpy_file::TARGET,
    element_names::TARGET,
    error::TARGET,
    literal::TARGET,
    npy_file::TARGET,
    npy_header::TARGET,
    npz_file::TARGET,
    section::TARGET,
    sections::TARGET,
    text_file::TARGET,
    #[cfg(feature = "zarr")]
    zarr_array::TARGET,
];

/// The target of a name.
///
/// ```
/// assert!(distarray_fuzz::target("no_such_target").is_none());
/// ```
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
