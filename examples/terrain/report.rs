//! What is told of a terrain.

use std::fmt;

use distarray::{DType, Scalar};

pub(crate) struct Report {
    pub(crate) backend: &'static str,
    pub(crate) ranks: usize,
    pub(crate) shape: [usize; 2],
    pub(crate) dtype: DType,
    pub(crate) min: Scalar,
    pub(crate) max: Scalar,
    pub(crate) mean: f64,
    pub(crate) std: f64,
    pub(crate) slope_mean: f64,
    pub(crate) slope_max: f64,
    pub(crate) above_mean: u64,
}

/// A number as JSON has it, which knows no NaN and no infinity.
fn number(value: Scalar) -> String {
    match value {
        Scalar::F32(value) if !value.is_finite() => "null".into(),
        Scalar::F64(value) if !value.is_finite() => "null".into(),
        Scalar::F32(value) => f64::from(value).to_string(),
        value => value.to_string(),
    }
}

impl Report {
    /// The report as JSON, on one line.
    pub(crate) fn json(&self) -> String {
        let [rows, columns] = self.shape;
        format!(
            concat!(
                r#"{{"backend":"{}","ranks":{},"shape":[{},{}],"dtype":"{}","min":{},"max":{},"#,
                r#""mean":{},"std":{},"slope_mean":{},"slope_max":{},"above_mean":{}}}"#
            ),
            self.backend,
            self.ranks,
            rows,
            columns,
            self.dtype,
            number(self.min),
            number(self.max),
            number(self.mean.into()),
            number(self.std.into()),
            number(self.slope_mean.into()),
            number(self.slope_max.into()),
            self.above_mean
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [rows, columns] = self.shape;
        let cells = (rows * columns) as f64;
        writeln!(
            f,
            "terrain of {rows} x {columns} cells ({}), {} ranks on {}",
            self.dtype, self.ranks, self.backend
        )?;
        writeln!(
            f,
            "  elevation  {} to {}, mean {:.3}, deviation {:.3}",
            self.min, self.max, self.mean, self.std
        )?;
        writeln!(
            f,
            "  slope      mean {:.4}, at most {:.4} per cell",
            self.slope_mean, self.slope_max
        )?;
        let share = 100.0 * self.above_mean as f64 / cells;
        write!(f, "  above mean {} cells ({share:.1} %)", self.above_mean)
    }
}
