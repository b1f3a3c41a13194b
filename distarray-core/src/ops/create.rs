//! New arrays, without communication: each rank makes its own part.

use ndarray::ArrayViewD;

use super::allocate::{agreed, zeros};
use crate::comm::{Communicator, Layout, Run, copy_layouts};
use crate::dist::Distribution;
use crate::element::{Complex32, Complex64, DType, Element, Kind, Scalar};
use crate::error::{Error, Result};
use crate::expr::IntoError;
use crate::handle::ArrayRef;

/// How to make the elements of a new array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Recipe {
    /// The same value everywhere.
    Full(Scalar),
    /// Along one axis, `start + i * step`; both of one dtype, not `bool`.
    Arange {
        /// The first element.
        start: Scalar,
        /// The distance from one element to the next.
        step: Scalar,
    },
    /// Along one axis, evenly from the first to the last, both included; floating-point numbers.
    Linspace {
        /// The first element.
        start: Scalar,
        /// The last element.
        stop: Scalar,
    },
    /// On two axes, ones where the column less the row is `diagonal`, zeros elsewhere.
    Eye {
        /// The element type.
        dtype: DType,
        /// Which diagonal: 0 the main one, positive above it.
        diagonal: isize,
    },
}

/// A new array made by a recipe. Nothing is sent.
///
/// # Errors
/// The recipe does not fit the number of axes or the dtype.
pub fn create(
    comm: &dyn Communicator,
    recipe: Recipe,
    distribution: &Distribution,
) -> Result<ArrayRef> {
    let name = recipe.name();
    let axes = match recipe {
        Recipe::Full(_) => distribution.ndim(),
        Recipe::Arange { .. } | Recipe::Linspace { .. } => 1,
        Recipe::Eye { .. } => 2,
    };
    if axes != distribution.ndim() {
        let shape = distribution.shape();
        return Err(Error::shape(format!(
            "'{name}' makes arrays of {axes} axes, not shape {shape:?}"
        )));
    }
    let dtype = recipe.dtype()?;
    crate::with_element!(dtype, T => sequence::<T>(comm, recipe, distribution))
}

impl Recipe {
    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full(_) => "full",
            Self::Arange { .. } => "arange",
            Self::Linspace { .. } => "linspace",
            Self::Eye { .. } => "eye",
        }
    }

    /// The dtype of the array.
    ///
    /// # Errors
    /// The recipe does not take its dtype, or mixes two.
    pub fn dtype(self) -> Result<DType> {
        let dtype = match self {
            Self::Full(value) => value.dtype(),
            Self::Eye { dtype, .. } => dtype,
            Self::Arange { start, step: other } | Self::Linspace { start, stop: other } => {
                if start.dtype() != other.dtype() {
                    let (a, b) = (start.dtype(), other.dtype());
                    let name = self.name();
                    return Err(Error::dtype(format!(
                        "'{name}' takes values of one dtype, not {a} and {b}"
                    )));
                }
                start.dtype()
            }
        };
        let takes = match (self, dtype.kind()) {
            (Self::Arange { .. }, kind) => kind != Kind::Bool,
            (Self::Linspace { .. }, kind) => matches!(kind, Kind::Float | Kind::Complex),
            _ => true,
        };
        match takes {
            true => Ok(dtype),
            false => Err(Error::dtype(format!("'{}' does not take {dtype}", self.name()))),
        }
    }
}

fn sequence<T: Sequence>(
    comm: &dyn Communicator,
    recipe: Recipe,
    distribution: &Distribution,
) -> Result<ArrayRef> {
    let typed = |value| T::try_from_scalar(value).expect("the recipe's dtype was asked for");
    match recipe {
        Recipe::Full(value) => full(comm, typed(value), distribution),
        Recipe::Arange { start, step } => {
            let (start, step) = (typed(start), typed(step));
            from_fn(comm, distribution, |at| start.arange(step, at[0]))
        }
        Recipe::Linspace { start, stop } => {
            let (start, stop, n) = (typed(start), typed(stop), distribution.len());
            from_fn(comm, distribution, |at| match n - 1 {
                last if last == at[0] && last > 0 => stop,
                last => start.linspace(stop, last.max(1), at[0]),
            })
        }
        Recipe::Eye { diagonal, .. } => from_fn(comm, distribution, |at| {
            let on = at[1] as isize - at[0] as isize == diagonal;
            if on { T::ONE } else { T::default() }
        }),
    }
}

/// Elements of a sequence by their index.
trait Sequence: Element {
    fn arange(self, step: Self, i: usize) -> Self;
    /// The element `i` of so many gaps.
    fn linspace(self, stop: Self, gaps: usize, i: usize) -> Self;
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl Sequence for $type {
            fn arange(self, step: Self, i: usize) -> Self {
                self.wrapping_add(step.wrapping_mul(i as $type))
            }
            fn linspace(self, _: Self, _: usize, _: usize) -> Self {
                unreachable!("recipes check their dtype")
            }
        }
    )*};
}
integers!(i8 i16 i32 i64 u8 u16 u32 u64);

macro_rules! floating {
    ($($type:ty, $number:expr;)*) => {$(
        impl Sequence for $type {
            fn arange(self, step: Self, i: usize) -> Self {
                let number: fn(f64) -> $type = $number;
                // NumPy's step, bit for bit: what is left of it after the first addition.
                let step = (self + step) - self;
                self + number(i as f64) * step
            }
            fn linspace(self, stop: Self, gaps: usize, i: usize) -> Self {
                let number: fn(f64) -> $type = $number;
                let step = (stop - self) / number(gaps as f64);
                number(i as f64) * step + self
            }
        }
    )*};
}
floating! {
    f32, |n| n as f32;
    f64, |n| n;
    Complex32, |n| Complex32::new(n as f32, 0.0);
    Complex64, |n| Complex64::new(n, 0.0);
}

impl Sequence for bool {
    fn arange(self, _: Self, _: usize) -> Self {
        unreachable!("recipes check their dtype")
    }
    fn linspace(self, _: Self, _: usize, _: usize) -> Self {
        unreachable!("recipes check their dtype")
    }
}

fn full<T: Element>(
    comm: &dyn Communicator,
    value: T,
    distribution: &Distribution,
) -> Result<ArrayRef> {
    let mut array = zeros(comm, T::DTYPE, distribution)?;
    // New memory is zero without having been touched.
    let zero = value.to_scalar().to_bytes() == [0; 16];
    if let (Some(part), false) = (array.part_mut(), zero) {
        part.with_halo_mut().view_mut::<T>()?.fill(value);
    }
    Ok(array)
}

/// A new array whose elements are a function of their global index. Nothing is sent.
///
/// The function is called once for each element that a rank owns, in the order of the local part.
///
/// # Errors
/// There is not so much memory.
///
/// ```
/// use distarray_core::{comm::Solo, dist::Distribution, ops};
///
/// let tiles = Distribution::new([2, 3], "c,c", 1)?;
/// let sums = ops::from_fn(&Solo, &tiles, |at| (at[0] + at[1]) as i32)?;
/// assert_eq!(sums.owned()?.view::<i32>()?.as_slice(), Some(&[0, 1, 2, 1, 2, 3][..]));
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn from_fn<T: Element>(
    comm: &dyn Communicator,
    distribution: &Distribution,
    mut value: impl FnMut(&[usize]) -> T,
) -> Result<ArrayRef> {
    fill(zeros(comm, T::DTYPE, distribution)?, comm.rank(), |at| Ok(value(at)))
}

/// As [`from_fn`], with a function that may fail. One agreement of eight bytes.
///
/// # Errors
/// The function's on the lowest rank where it fails, with the global index; memory that some rank
/// does not get.
///
/// ```
/// use distarray_core::{comm::Solo, dist::Distribution, ops};
///
/// let row = Distribution::new([3], "b", 1)?;
/// let outcome = ops::try_from_fn(&Solo, &row, |at| if at[0] < 2 { Ok(1.0) } else { Err("no") });
/// assert_eq!(outcome.unwrap_err().to_string(), "no (at index [2])");
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn try_from_fn<T: Element, E: IntoError>(
    comm: &dyn Communicator,
    distribution: &Distribution,
    mut value: impl FnMut(&[usize]) -> Result<T, E>,
) -> Result<ArrayRef> {
    let rank = comm.rank();
    let made = ArrayRef::zeros(T::DTYPE, distribution, rank).and_then(|array| {
        fill(array, rank, |at| {
            let noted = |error| Error::from_any(error).with_note(&format!("at index {at:?}"));
            value(at).map_err(noted)
        })
    });
    agreed(comm, true, made)
}

/// Writes every element that this rank owns as a function of its global index.
fn fill<T: Element>(
    mut array: ArrayRef,
    rank: usize,
    mut value: impl FnMut(&[usize]) -> Result<T>,
) -> Result<ArrayRef> {
    let distribution = array.distribution().clone();
    let (Some(part), Some(coords)) = (array.part_mut(), distribution.coords(rank)) else {
        return Ok(array);
    };
    let globals: Vec<Vec<usize>> = (0..distribution.ndim())
        .map(|axis| {
            let (map, coord) = (distribution.axis(axis), coords[axis]);
            (0..map.count(coord)).map(|place| map.global(coord, place)).collect()
        })
        .collect();
    let mut index = vec![0; globals.len()];
    part.write_owned(|block| {
        for (place, element) in block.view_mut::<T>()?.indexed_iter_mut() {
            for (axis, global) in index.iter_mut().enumerate() {
                *global = globals[axis][place[axis]];
            }
            *element = value(&index)?;
        }
        Ok(())
    })?;
    Ok(array)
}

/// A new array of elements that every rank has all of: each copies its own part. Nothing is sent.
///
/// # Errors
/// The distribution has another shape.
pub fn from_replicated<T: Element>(
    comm: &dyn Communicator,
    elements: ArrayViewD<'_, T>,
    distribution: &Distribution,
) -> Result<ArrayRef> {
    if elements.shape() != distribution.shape() {
        let shape = elements.shape();
        return Err(Error::shape(format!(
            "an array of shape {shape:?} cannot be distributed as {distribution}"
        )));
    }
    let rank = comm.rank();
    let mut array = zeros(comm, T::DTYPE, distribution)?;
    let (Some(part), Some(coords)) = (array.part_mut(), distribution.coords(rank)) else {
        return Ok(array);
    };
    // Both sides of a copy whose source is the whole array: runs of global indices there, of
    // places here.
    let item = T::DTYPE.size();
    let (mut from, mut to) = (Vec::new(), Vec::new());
    for (axis, &coord) in coords.iter().enumerate() {
        let stride = elements.strides()[axis] * item as isize;
        let segments = distribution.axis(axis).segments(coord);
        let source = segments.iter().map(|s| Run {
            start: s.global as isize * stride,
            count: s.count,
            step: s.step as isize * stride,
        });
        from.push(source.collect());
        let target = segments.iter().map(|s| Run {
            start: s.place as isize,
            count: s.count,
            step: s.place_step,
        });
        to.push(target.collect());
    }
    let (from, to) = (Layout::new(item, 0, from), part.layout(&to));
    let target = part.with_halo_mut().make_unique()?.as_mut_ptr();
    // SAFETY: global indices lie within the view's shape, places within the part's new memory.
    unsafe { copy_layouts(elements.as_ptr().cast(), &[from], target, &[to]) };
    Ok(array)
}

/// How many numbers there are from `start` on, `step` apart, as far as before `stop`:
/// `ceil((stop - start) / step)`, none where `stop` lies the other way.
///
/// # Errors
/// The step is zero or not a number; the three are not real numbers of one dtype; there are more
/// than can be counted.
///
/// ```
/// use distarray_core::{ops, Scalar};
///
/// let count = ops::arange_len(Scalar::from(1.0), Scalar::from(2.0), Scalar::from(0.3))?;
/// assert_eq!(count, 4);
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn arange_len(start: Scalar, stop: Scalar, step: Scalar) -> Result<usize> {
    let refuse = || {
        Error::argument(format!("'arange' from {start} to {stop} in steps of {step} has no length"))
    };
    let count = match (start.as_i128(), stop.as_i128(), step.as_i128()) {
        (Some(start), Some(stop), Some(step)) if step != 0 => {
            let (span, step) = if step > 0 { (stop - start, step) } else { (start - stop, -step) };
            Some(if span > 0 { (span - 1) / step + 1 } else { 0 })
        }
        _ => match (start.as_f64(), stop.as_f64(), step.as_f64()) {
            (Some(start), Some(stop), Some(step)) if step != 0.0 => {
                let count = ((stop - start) / step).ceil();
                (count < 1e18).then_some(count.max(0.0) as i128)
            }
            _ => None,
        },
    };
    count.and_then(|count| usize::try_from(count).ok()).ok_or_else(refuse)
}
