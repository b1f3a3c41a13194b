//! Writing what is computed, a piece at a time.

use distarray_core::Element;
use distarray_core::array::ArrayExpr;
use distarray_core::comm::Operation;
use distarray_core::{Error, Result};

use crate::RowWriter;
use crate::progress::{Task, advance};

impl RowWriter {
    /// Computes an expression some rows at a time and writes them as the next rows, so that neither what
    /// it reads nor what it gives has to fit in memory.
    ///
    /// The rows of one piece take about so many bytes on each rank; arrays in files that the expression
    /// reads have [budgets of their own](crate::StoredArray::lazy_within), and are read ahead of their use.
    /// [Watched](crate::progress), it counts as one save, of all ranks' bytes. Collective: what
    /// [`eval_rows`](ArrayExpr::eval_rows) and [`write`](Self::write) send, for each piece.
    ///
    /// # Errors
    /// The expression is not of the file's dtype and extents, or has more rows than are left; it cannot be
    /// evaluated, or the file not written. The same on every rank.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_io as io;
    ///
    /// let ctx = Context::solo();
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let at = |name: &str| directory.path().join(name);
    /// io::save(&ctx.full(3.0, [1000, 2])?, at("a.npy"))?;
    /// let x = io::open(&ctx, at("a.npy"))?.lazy_within::<f64>("b", 2000)?;
    /// let mut writer = io::create(&ctx, at("b.npy"), DType::F64, [1000, 2])?;
    /// writer.write_expr(&(x.square() + 1.0), 1600)?;
    /// writer.finish()?;
    /// assert_eq!(io::open(&ctx, at("b.npy"))?.load::<f64>("b")?.mean()?, 10.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn write_expr<T: Element>(&mut self, expr: &impl ArrayExpr<T>, bytes: usize) -> Result<()> {
        let _scope = Operation::enter("write_expr");
        let node = expr.node()?;
        let (shape, header) = (node.shape(), self.header());
        let count = shape.first().copied().unwrap_or(1);
        let fits = header.dtype == T::DTYPE
            && shape.len() == header.shape.len()
            && shape.get(1..) == header.shape.get(1..)
            && count <= self.rows() - self.written();
        if !fits {
            let (dtype, written) = (T::DTYPE, self.written());
            let why =
                format!("{dtype} {shape:?} cannot be written behind {written} rows of {header}");
            return Err(Error::file(self.path(), why));
        }
        let row = self.row_bytes();
        let _task = Task::new(row.saturating_mul(count));
        if shape.is_empty() {
            return self.write(&expr.eval()?);
        }
        let step = self.rows_within(bytes.saturating_mul(self.context().size()));
        let mut from = 0;
        while from < count && !shape.contains(&0) {
            let end = count.min(from + step);
            self.write(&expr.eval_rows(from..end)?)?;
            advance((end - from) * row);
            from = end;
        }
        Ok(())
    }
}
