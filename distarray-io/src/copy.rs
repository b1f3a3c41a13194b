//! Copying an array from one file to another, a piece at a time.

use distarray_core::array::{Redistribution, SliceArgument};
use distarray_core::comm::Operation;
use distarray_core::dist::Cut;
use distarray_core::{Error, Result};

use crate::parallel::rows::rows_from;
use crate::progress::{Task, advance};
use crate::{RowWriter, StoredArray};

/// Copies of a piece that are in memory at a time: as it is read, as it is moved to be written, and as
/// it is packed.
const COPIES: usize = 3;

impl RowWriter {
    /// Writes all rows of an array in another file, a piece at a time: each rank holds about so many
    /// bytes at most.
    ///
    /// Rows are read with the given distribution, such as `"b"`, and converted to the file's type.
    /// [Watched](crate::progress), it counts as one save, of all ranks' bytes. Collective.
    ///
    /// # Errors
    /// The array is not of the file's shape; one row, or the rows of one chunk, take more than the bytes
    /// that there are; it cannot be read, or the file not written. The same on every rank.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_io as io;
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let at = |name: &str| directory.path().join(name);
    /// io::save(&ctx.ones::<f32>([1000, 2])?, at("a.npy"))?;
    /// let source = io::open(&ctx, at("a.npy"))?;
    /// let mut writer = io::create(&ctx, at("a.csv"), DType::F32, [1000, 2])?;
    /// writer.copy_from(&source, "b", 2400)?;
    /// writer.finish()?;
    /// assert_eq!(io::open(&ctx, at("a.csv"))?.load::<f64>("b")?.sum()?, 2000.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn copy_from(
        &mut self,
        source: &StoredArray,
        distribution: impl Redistribution + Clone,
        bytes: usize,
    ) -> Result<()> {
        let _scope = Operation::enter("copy_from");
        let (found, header) = (source.header(), self.header());
        if found.shape != header.shape {
            let why = format!("is not {found}, as {} is", source.path().display());
            return Err(Error::file(self.path(), format!("{header}: {why}")));
        }
        let dtype = header.dtype;
        let piece = bytes.saturating_mul(self.context().size()) / COPIES;
        let mut rows = self.rows_within(piece);
        let (row, all, unit) = (self.row_bytes(), self.rows(), self.unit());
        // What the rank holds that has most of so many rows.
        let ranks = self.context().size();
        let held = |rows: usize| -> Result<usize> {
            let mut shape = found.shape.clone();
            shape.iter_mut().take(1).for_each(|extent| *extent = rows);
            let on = distribution.clone().of_shape(&shape, ranks)?;
            Ok(on.max_local_len().saturating_mul(dtype.size()).saturating_mul(COPIES))
        };
        while rows > unit && held(rows)? > bytes {
            rows = (rows / 2 / unit * unit).max(unit);
        }
        let needed = held(rows)?;
        if needed > bytes {
            let message = format!(
                "{bytes} bytes a rank are not enough: the fewest rows that are written at a time, \
                 {rows}, take {needed} on one of {ranks} ranks"
            );
            return Err(Error::file(self.path(), message));
        }
        // Chunks of the source that lie in two pieces are read twice.
        let of_chunk = source.found().chunks().and_then(|chunks| chunks.first().copied());
        let both = multiple(unit, of_chunk.unwrap_or(1));
        if rows >= both {
            rows -= rows % both;
        }
        let _task = Task::new(row.saturating_mul(all));
        if header.shape.contains(&0) {
            return Ok(());
        }
        while self.written() < all {
            let from = self.written();
            let count = rows.min(all - from);
            let part = match found.shape.is_empty() {
                true => source.clone(),
                false => source.slice(RowsOf { from, count })?,
            };
            self.write(&part.read(distribution.clone(), Some(dtype))?)?;
            advance(count * row);
        }
        Ok(())
    }
}

/// The least common multiple of two numbers; 0 as 1.
fn multiple(one: usize, other: usize) -> usize {
    let (one, other) = (one.max(1), other.max(1));
    let (mut a, mut b) = (one, other);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    (one / a).saturating_mul(other)
}

/// So many rows from one on, as a slice.
struct RowsOf {
    from: usize,
    count: usize,
}

impl SliceArgument for RowsOf {
    fn cuts(&self, shape: &[usize]) -> Result<Vec<Cut>> {
        let mut rows = shape.to_vec();
        rows[0] = self.count;
        Ok(rows_from(self.from, &rows))
    }
}
