//! Every reduction, scan and statistic of arrays from files, for comparison with NumPy.
//!
//! `tests/numpy/reductions.py` writes `CASE-DTYPE.npy` for every element type to a folder, has this program
//! write `FUNCTION@AXIS-CASE-DTYPE.npy` beside them, and judges those. What is refused is not written.

use std::path::PathBuf;

use distarray::array::Method;
use distarray::io::npy;
use distarray::prelude::*;
use distarray::{Float, Integer, Launch, Number, Ordered, Real};

/// The arrays of each element type; the last two are for statistics.
const CASES: [&str; 7] = ["plain", "special", "infinite", "empty", "thin", "small", "line"];

const QUANTILES: [f64; 6] = [0.0, 0.1, 0.25, 0.5, 0.73, 1.0];

const METHODS: [(&str, Method); 13] = [
    ("linear", Method::Linear),
    ("lower", Method::Lower),
    ("higher", Method::Higher),
    ("midpoint", Method::Midpoint),
    ("nearest", Method::Nearest),
    ("inverted_cdf", Method::InvertedCdf),
    ("averaged_inverted_cdf", Method::AveragedInvertedCdf),
    ("closest_observation", Method::ClosestObservation),
    ("interpolated_inverted_cdf", Method::InterpolatedInvertedCdf),
    ("hazen", Method::Hazen),
    ("weibull", Method::Weibull),
    ("median_unbiased", Method::MedianUnbiased),
    ("normal_unbiased", Method::NormalUnbiased),
];

/// An array, and where results go.
struct Judged<T: Element> {
    folder: PathBuf,
    case: &'static str,
    a: DistArray<T>,
}

/// Writes reductions by their names, of all elements and along each axis.
macro_rules! reductions {
    ($judged:ident: $($all:ident $some:ident $(($parameter:expr))?;)*) => {$(
        $judged.value(stringify!($all), $judged.a.$all($($parameter)?))?;
        for axis in 0..$judged.a.ndim() {
            let found = $judged.a.$some(&[axis as isize] $(, $parameter)?);
            $judged.array(stringify!($all), axis, found)?;
        }
    )*};
}

/// Writes functions along each axis, by their names.
macro_rules! along {
    ($judged:ident: $($name:ident $function:ident;)*) => {$(
        for axis in 0..$judged.a.ndim() {
            $judged.array(stringify!($name), axis, $judged.a.$function(axis as isize))?;
        }
    )*};
}

impl<T: Element> Judged<T> {
    fn load(ctx: &Context, folder: &str, case: &'static str) -> Result<Self> {
        let folder = PathBuf::from(folder);
        let file = folder.join(format!("{case}-{}.npy", T::DTYPE));
        // Cyclic, so that results are made of all ranks'.
        let a = npy::load(ctx, file, if case == "line" { "c" } else { "c,b" })?;
        Ok(Self { folder, case, a })
    }

    fn is_statistical(&self) -> bool {
        matches!(self.case, "small" | "line")
    }

    fn save<U: Element>(&self, name: String, found: Result<DistArray<U>>) -> Result<()> {
        match found {
            Ok(found) => npy::save(
                &found,
                self.folder.join(format!("{name}-{}-{}.npy", self.case, T::DTYPE)),
            ),
            // Extremes of no elements, and the like.
            Err(Error::Argument(_) | Error::Shape(_)) => Ok(()),
            Err(other) => Err(other),
        }
    }

    fn value<U: Element>(&self, name: &str, found: Result<U>) -> Result<()> {
        let found = found.and_then(|value| self.a.context().full(value, 1));
        self.save(format!("{name}@all"), found)
    }

    fn array<U: Element>(
        &self,
        name: &str,
        axis: usize,
        found: Result<DistArray<U>>,
    ) -> Result<()> {
        self.save(format!("{name}@{axis}"), found)
    }

    fn any(&self) -> Result<()> {
        reductions! { self:
            sum sum_axes; prod prod_axes; mean mean_axes; var var_axes; std std_axes;
            var_ddof var_axes_ddof(1); std_ddof std_axes_ddof(2);
            count count_axes; any any_axes; all all_axes;
            nansum nansum_axes; nanprod nanprod_axes; nanmean nanmean_axes; nanvar nanvar_axes;
            nanstd nanstd_axes;
        }
        along! { self:
            cumsum cumsum_axis; cumprod cumprod_axis; nancumsum nancumsum_axis;
            nancumprod nancumprod_axis;
        }
        // Of some columns.
        let last = self.a.shape()[self.a.ndim() - 1];
        let mask = self.a.context().from_fn([last], |at| at[0] % 4 != 0)?;
        self.value("sum_where", self.a.reduce(Sum).mask(&mask).eval())?;
        for axis in 0..self.a.ndim() {
            let axes = [axis as isize];
            let found = self.a.reduce(Sum).mask(&mask).axes(&axes).eval();
            self.array("sum_where", axis, found)?;
            let found = self.a.reduce(Mean).mask(&mask).axes(&axes).eval();
            self.array("mean_where", axis, found)?;
            let found = self.a.reduce(Var(0)).mask(&mask).axes(&axes).eval();
            self.array("var_where", axis, found)?;
        }
        Ok(())
    }

    fn ordered(&self) -> Result<()>
    where
        T: Ordered,
    {
        reductions! { self:
            min min_axes; max max_axes; argmin argmin_axes; argmax argmax_axes;
            nanmin nanmin_axes; nanmax nanmax_axes; nanargmin nanargmin_axes;
            nanargmax nanargmax_axes;
        }
        along! { self: cummax cummax_axis; cummin cummin_axis; }
        Ok(())
    }

    fn numbers(&self) -> Result<()>
    where
        T: Number,
    {
        reductions! { self: norm norm_axes; }
        for axis in 0..self.a.ndim() {
            self.array("diff", axis, self.a.diff(1, axis as isize))?;
            self.array("diff2", axis, self.a.diff(2, axis as isize))?;
            let ends = self.a.differences(1, axis as isize).prepend(T::default()).append(&self.a);
            self.array("diff_ends", axis, ends.eval())?;
        }
        if !self.is_statistical() {
            return Ok(());
        }
        self.value("vdot", self.a.vdot(&self.a))?;
        self.array("cov", 1, self.a.cov().eval())?;
        self.array("cov_ddof0", 1, self.a.cov().ddof(0).eval())?;
        self.array("corrcoef", 1, self.a.corrcoef().eval())?;
        if self.case == "line" {
            return Ok(());
        }
        self.array("cov", 0, self.a.cov().columns().eval())?;
        let number = |at: &[usize]| at[0] as i32 % 4;
        let times = self.a.context().from_fn([self.a.shape()[1]], number)?;
        self.array("cov_fweights", 1, self.a.cov().fweights(&times).eval())?;
        self.array("cov_aweights", 1, self.a.cov().aweights(&times).eval())?;
        let averages = self.a.average_axis_with_sum(1, &times)?;
        self.array("average", 1, Ok(averages.0))?;
        self.array("average_kept", 1, self.a.averages(&times).keepdims().axes(&[1]).eval())?;
        let flipped = self.a.flip(&[0])?;
        self.array("cov_two", 1, self.a.cov().with(&flipped).eval())?;
        self.array("weights", 1, Ok(averages.1))
    }

    fn reals(&self) -> Result<()>
    where
        T: Real,
    {
        reductions! { self: ptp ptp_axes; }
        let is_special = matches!(self.case, "special" | "infinite");
        if !self.is_statistical() && !is_special {
            return Ok(());
        }
        let a = &self.a;
        for (name, method) in METHODS {
            for (i, q) in QUANTILES.into_iter().enumerate() {
                let name = format!("quantile:{name}:{i}");
                self.value(&name, a.quantile_by(q, method))?;
                self.value(&format!("nan{name}"), a.nanquantile(q, method))?;
                for axis in 0..a.ndim() {
                    let number = axis as isize;
                    self.array(&name, axis, a.quantile_axis(q, number, method))?;
                    self.array(&format!("nan{name}"), axis, a.nanquantile_axis(q, number, method))?;
                }
            }
        }
        let edges = [-20.0, -3.0, 0.0, 0.0, 7.5, 20.0];
        self.array("histogram_edges", 0, a.histogram(edges).eval().map(|found| found.0))?;
        self.array("digitize", 0, a.digitize(&edges, false)?.eval())?;
        self.array("digitize_right", 0, a.digitize(&edges, true)?.eval())?;
        let heights = [0.5, -1.0, 2.0, 3.0, 1e3, 7.0];
        self.array("interp", 0, a.interp(&edges, &heights)?.eval())?;
        if is_special {
            return Ok(());
        }
        for bins in [1, 7, 10] {
            let (counts, edges) = a.histogram(bins).eval()?;
            let edges = a.context().from_fn([edges[0].len()], |at| edges[0][at[0]])?;
            self.array(&format!("histogram:{bins}"), 0, Ok(counts))?;
            self.array(&format!("edges:{bins}"), 0, Ok(edges))?;
        }
        let density =
            a.histogram(7).range(-5.0, 9.0).weights(&a.cast::<f64>().abs()).density().eval()?;
        self.array("density", 0, Ok(density.0))
    }

    fn integers(&self) -> Result<()>
    where
        T: Integer,
    {
        if self.case == "line" {
            self.array("bincount", 0, self.a.bincount(20))?;
            self.array("bincount_weighted", 0, self.a.bincount_weighted(&self.a, 0))?;
        }
        Ok(())
    }
}

fn floats<T: Float>(ctx: &Context, folder: &str) -> Result<()> {
    for case in CASES {
        let judged = Judged::<T>::load(ctx, folder, case)?;
        judged.any()?;
        judged.ordered()?;
        judged.numbers()?;
        judged.reals()?;
    }
    Ok(())
}

fn complexes<T: Number>(ctx: &Context, folder: &str) -> Result<()> {
    for case in CASES {
        let judged = Judged::<T>::load(ctx, folder, case)?;
        judged.any()?;
        judged.numbers()?;
    }
    Ok(())
}

fn integers<T: Integer>(ctx: &Context, folder: &str) -> Result<()> {
    for case in CASES {
        let judged = Judged::<T>::load(ctx, folder, case)?;
        judged.any()?;
        judged.ordered()?;
        judged.numbers()?;
        judged.reals()?;
        judged.integers()?;
    }
    Ok(())
}

fn main() -> Result<()> {
    let folder = std::env::args().nth(1);
    Launch::new().run(|ctx| {
        let Some(folder) = &folder else {
            return Err(Error::argument("the folder of the arrays is missing"));
        };
        integers::<i8>(ctx, folder)?;
        integers::<i16>(ctx, folder)?;
        integers::<i32>(ctx, folder)?;
        integers::<i64>(ctx, folder)?;
        integers::<u8>(ctx, folder)?;
        integers::<u16>(ctx, folder)?;
        integers::<u32>(ctx, folder)?;
        integers::<u64>(ctx, folder)?;
        floats::<f32>(ctx, folder)?;
        floats::<f64>(ctx, folder)?;
        complexes::<Complex32>(ctx, folder)?;
        complexes::<Complex64>(ctx, folder)?;
        for case in CASES {
            let truth = Judged::<bool>::load(ctx, folder, case)?;
            truth.any()?;
            truth.ordered()?;
        }
        Ok(())
    })
}
