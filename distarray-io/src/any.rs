//! [`AnyArray`]: arrays of any element type, for files of several.

use distarray_core::ArrayRef;
use distarray_core::array::DistArray;
use distarray_core::{Element, Result};

/// An array of whatever element type: what lists of named arrays are made of.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::AnyArray;
///
/// let ctx = Context::solo();
/// let (x, y) = (ctx.ones::<f64>(3)?, ctx.zeros::<bool>([2, 2])?);
/// let all: [(&str, &dyn AnyArray); 2] = [("x", &x), ("y", &y)];
/// assert_eq!(all[1].1.any().shape(), [2, 2]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub trait AnyArray {
    /// The array below the typed surface.
    fn any(&self) -> &ArrayRef;
}

impl<T: Element> AnyArray for DistArray<T> {
    fn any(&self) -> &ArrayRef {
        self.array_ref()
    }
}

impl AnyArray for ArrayRef {
    fn any(&self) -> &ArrayRef {
        self
    }
}

/// Refuses names that stand twice, are empty or too long, or lead out of a folder.
pub(crate) fn check_names<'a>(
    path: &std::path::Path,
    names: impl IntoIterator<Item = &'a str>,
) -> Result<()> {
    let mut known = std::collections::BTreeSet::new();
    for name in names {
        let why = match name {
            "" => "is empty",
            name if name.len() > 1000 => "is longer than 1000 bytes",
            name if name.starts_with('/') || name.contains("..") => "leads out of the archive",
            name if !known.insert(name) => "stands twice",
            _ => continue,
        };
        return Err(distarray_core::Error::file(path, format!("the name '{name}' {why}")));
    }
    Ok(())
}
