//! Operations on three operands, in one pass.

use super::arithmetic::Real;
use super::{cpu, for_elements, for_floats, for_reals};
use crate::element::{DType, Element};

/// A loop over three operands: target, operands, number of elements.
///
/// # Safety
/// The target is valid for writes, the operands for reads of that many elements of the types that the
/// kernel was asked for, aligned; the target is apart from the others.
pub(crate) type TernaryKernel = unsafe fn(*mut u8, *const u8, *const u8, *const u8, usize);

/// An operation on an element of a first type and two of a second one, which it gives.
trait Ternary<A: Element, T: Element> {
    fn apply(a: A, b: T, c: T) -> T;
}

/// Elements that are all read before the operation: of those that it does not use it would else make branches.
const SIDE: usize = 16;

/// The loop of an operation on three operands.
///
/// # Safety
/// As [`TernaryKernel`].
unsafe fn ternary_loop<A: Element, T: Element, Op: Ternary<A, T>>(
    target: *mut u8,
    a: *const u8,
    b: *const u8,
    c: *const u8,
    count: usize,
) {
    let (target, a) = (target.cast::<T>(), a.cast::<A>());
    let (b, c) = (b.cast::<T>(), c.cast::<T>());
    cpu::dispatch(
        #[inline(always)]
        move || {
            let whole = count - count % SIDE;
            for i in (0..whole).step_by(SIDE) {
                // SAFETY: the caller vouches for `count` elements of each, here and below.
                unsafe {
                    let a = a.add(i).cast::<[A; SIDE]>().read();
                    let b = b.add(i).cast::<[T; SIDE]>().read();
                    let c = c.add(i).cast::<[T; SIDE]>().read();
                    let values: [T; SIDE] = std::array::from_fn(|j| Op::apply(a[j], b[j], c[j]));
                    target.add(i).cast::<[T; SIDE]>().write(values);
                }
            }
            for i in whole..count {
                // SAFETY: as above.
                unsafe {
                    let value = Op::apply(a.add(i).read(), b.add(i).read(), c.add(i).read());
                    target.add(i).write(value);
                }
            }
        },
    );
}

/// An operation on three elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TernaryOp {
    /// The first, but not below the second and not above the third.
    Clip,
    /// The product of the first two and the third, rounded once.
    MulAdd,
    /// The second where the first, a `bool`, is true; else the third.
    Where,
}

impl TernaryOp {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Clip => "clip",
            Self::MulAdd => "mul_add",
            Self::Where => "where",
        }
    }
}

/// The kernel of an operation for the dtype that it gives; `None` where that has no such operation.
pub(crate) fn ternary(op: TernaryOp, dtype: DType) -> Option<TernaryKernel> {
    match op {
        TernaryOp::Clip => for_reals!(dtype, T => ternary_loop::<T, T, Clip> as TernaryKernel),
        TernaryOp::MulAdd => for_floats!(dtype, T => ternary_loop::<T, T, MulAdd> as TernaryKernel),
        TernaryOp::Where => {
            for_elements!(dtype, T => ternary_loop::<bool, T, Where> as TernaryKernel)
        }
    }
}

struct Clip;
struct MulAdd;
struct Where;

impl<T: Real> Ternary<T, T> for Clip {
    #[inline(always)]
    fn apply(a: T, low: T, high: T) -> T {
        a.maximum(low).minimum(high)
    }
}

macro_rules! mul_add {
    ($($type:ident)*) => {$(
        impl Ternary<$type, $type> for MulAdd {
            #[inline(always)]
            fn apply(a: $type, factor: $type, summand: $type) -> $type {
                a.mul_add(factor, summand)
            }
        }
    )*};
}
mul_add!(f32 f64);

impl<T: Element> Ternary<bool, T> for Where {
    #[inline(always)]
    fn apply(condition: bool, a: T, b: T) -> T {
        // Both are there, so that the loop has no branch.
        if condition { a } else { b }
    }
}
