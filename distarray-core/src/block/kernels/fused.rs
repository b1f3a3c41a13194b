//! Several operations in one loop: what would be stored by one kernel and loaded by the next stays in
//! registers.
//!
//! The operations are rounded one by one, as if each had a loop of its own: the bits are the same. What
//! the last loop of an expression makes goes from the registers to where the result is kept, which may
//! be past the caches; so single operations are among them.

use super::arithmetic::Number;
use super::{BinaryOp, cpu, stream};
use crate::element::DType;

/// The most operands that a fused loop has.
pub(crate) const OPERANDS: usize = 5;

/// How a loop stores what it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stores {
    /// Through the caches, as is usual.
    Near,
    /// [Past them](stream::write); to be followed by [`stream::finish`].
    Past,
}

/// A loop over several operands: target, operands (the first ones count), number of elements, and how
/// they are stored.
///
/// # Safety
/// The target is valid for writes, each operand for reads of that many elements of the type that the
/// loop was asked for, aligned; a scalar operand is one element. The target is apart from them all.
pub(crate) type FusedLoop = unsafe fn(*mut u8, &[*const u8; OPERANDS], usize, Stores);

/// An operation that is fused with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Add,
    Subtract,
    /// The right operand less the left one.
    SubtractFrom,
    Multiply,
    Divide,
    /// The right operand over the left one.
    DivideInto,
}

impl Link {
    /// Operations that are fused with others, which a division takes too long for to be worth it.
    fn of(op: BinaryOp, swapped: bool) -> Option<Self> {
        match op {
            BinaryOp::Add => Some(Self::Add),
            BinaryOp::Subtract if swapped => Some(Self::SubtractFrom),
            BinaryOp::Subtract => Some(Self::Subtract),
            BinaryOp::Multiply => Some(Self::Multiply),
            _ => None,
        }
    }

    /// Those that have a loop alone.
    fn alone(op: BinaryOp, swapped: bool) -> Option<Self> {
        match op {
            BinaryOp::Divide if swapped => Some(Self::DivideInto),
            BinaryOp::Divide => Some(Self::Divide),
            _ => Self::of(op, swapped),
        }
    }
}

/// Whether an operation on a dtype is among those that are fused.
pub(crate) fn is_fused(op: BinaryOp, dtype: DType) -> bool {
    Link::of(op, false).is_some() && matches!(dtype, DType::F32 | DType::F64)
}

/// The loop of `a op b`, or of `b op a` where `swapped`; `b` may be a scalar.
pub(crate) fn single(op: BinaryOp, swapped: bool, scalar: bool, dtype: DType) -> Option<FusedLoop> {
    let link = Link::alone(op, swapped)?;
    with_link!(link, [Add Subtract SubtractFrom Multiply Divide DivideInto], O =>
        with_float!(dtype, T => match scalar {
            false => chain_loop::<T, O, Left, 1, 0>,
            true => chain_loop::<T, O, Left, 0, 0>,
        })
    )
}

/// The loop of `(a inner b) outer c`, or of `c outer (a inner b)` where `swapped`; `b` and `c` may be
/// scalars.
pub(crate) fn chain(
    inner: BinaryOp,
    outer: BinaryOp,
    swapped: bool,
    scalars: [bool; 2],
    dtype: DType,
) -> Option<FusedLoop> {
    let (inner, outer) = (Link::of(inner, false)?, Link::of(outer, swapped)?);
    with_link!(inner, [Add Subtract Multiply], I => with_link!(
        outer, [Add Subtract SubtractFrom Multiply], O => with_float!(dtype, T => match scalars {
            [false, false] => chain_loop::<T, I, O, 1, 1>,
            [true, false] => chain_loop::<T, I, O, 0, 1>,
            [false, true] => chain_loop::<T, I, O, 1, 0>,
            [true, true] => chain_loop::<T, I, O, 0, 0>,
        })
    ))
}

/// The loop of `a * b middle c * d`; `b` and `d` may be scalars.
pub(crate) fn products(middle: BinaryOp, scalars: [bool; 2], dtype: DType) -> Option<FusedLoop> {
    let middle = Link::of(middle, false)?;
    with_link!(middle, [Add Subtract], M => with_float!(dtype, T => match scalars {
        [false, false] => products_loop::<T, M, Left, 1, 1, 0>,
        [true, false] => products_loop::<T, M, Left, 0, 1, 0>,
        [false, true] => products_loop::<T, M, Left, 1, 0, 0>,
        [true, true] => products_loop::<T, M, Left, 0, 0, 0>,
    }))
}

/// The loop of `(a * b middle c * d) outer e`, or with the sides of `outer` changed where `swapped`;
/// `b` and `d` may be scalars.
pub(crate) fn products_and(
    middle: BinaryOp,
    outer: BinaryOp,
    swapped: bool,
    scalars: [bool; 2],
    dtype: DType,
) -> Option<FusedLoop> {
    let (middle, outer) = (Link::of(middle, false)?, Link::of(outer, swapped)?);
    with_link!(middle, [Add Subtract], M => with_link!(
        outer, [Add Subtract SubtractFrom], O => with_float!(dtype, T => match scalars {
            [false, false] => products_loop::<T, M, O, 1, 1, 1>,
            [true, false] => products_loop::<T, M, O, 0, 1, 1>,
            [false, true] => products_loop::<T, M, O, 1, 0, 1>,
            [true, true] => products_loop::<T, M, O, 0, 0, 1>,
        })
    ))
}

/// `$body` with `$T` standing for the element type, for real floating-point numbers.
macro_rules! with_float {
    ($dtype:expr, $T:ident => $body:expr) => {{
        let found: Option<FusedLoop> = match $dtype {
            DType::F32 => {
                type $T = f32;
                Some($body)
            }
            DType::F64 => {
                type $T = f64;
                Some($body)
            }
            _ => None,
        };
        found
    }};
}
/// `$body` with `$O` standing for the operation, for those listed.
macro_rules! with_link {
    ($link:expr, [$($name:ident)*], $O:ident => $body:expr) => {
        match $link {
            $(Link::$name => { type $O = $name; $body })*
            #[allow(unreachable_patterns, reason = "all may be listed")]
            _ => None,
        }
    };
}
use {with_float, with_link};

/// An operation on two values in registers.
trait Combine {
    fn combine<T: Number>(a: T, b: T) -> T;
}

macro_rules! links {
    ($($name:ident: $function:expr;)*) => {$(
        struct $name;

        impl Combine for $name {
            #[inline(always)]
            fn combine<T: Number>(a: T, b: T) -> T {
                $function(a, b)
            }
        }
    )*};
}

links! {
    Add: T::add;
    Subtract: T::subtract;
    SubtractFrom: |a, b| T::subtract(b, a);
    Multiply: T::multiply;
    Divide: T::divide;
    DivideInto: |a, b| T::divide(b, a);
    Left: |a, _| a;
}

/// Element `i` of a slice (step 1), or the scalar that was read before (step 0).
///
/// # Safety
/// The slice has such an element.
#[inline(always)]
unsafe fn element<T: Copy, const STEP: usize>(slice: *const T, scalar: T, i: usize) -> T {
    match STEP {
        0 => scalar,
        // SAFETY: the caller vouches for it.
        _ => unsafe { slice.add(i).read() },
    }
}

/// Stores what `element` makes of each index.
///
/// # Safety
/// The target is valid for writes of so many elements, aligned.
#[inline(always)]
unsafe fn store<T: Number>(
    target: *mut T,
    count: usize,
    stores: Stores,
    element: impl Fn(usize) -> T + Copy,
) {
    match stores {
        Stores::Near => cpu::dispatch(
            #[inline(always)]
            move || {
                for i in 0..count {
                    // SAFETY: the caller vouches for the target.
                    unsafe { target.add(i).write(element(i)) }
                }
            },
        ),
        // SAFETY: as above. Memory is what such a loop waits for, whatever the instructions.
        Stores::Past => unsafe { stream::write(target, count, element) },
    }
}

/// # Safety
/// As [`FusedLoop`], with three operands, of which the last need not count.
unsafe fn chain_loop<T: Number, I: Combine, O: Combine, const B: usize, const C: usize>(
    target: *mut u8,
    operands: &[*const u8; OPERANDS],
    count: usize,
    stores: Stores,
) {
    if count == 0 {
        return;
    }
    let [a, b, c, ..] = operands.map(<*const u8>::cast::<T>);
    // SAFETY: there is at least one element of each operand.
    let (first_b, first_c) = unsafe { (b.read(), c.read()) };
    // SAFETY: the caller vouches for the target, and for `count` elements of each slice.
    unsafe {
        store(
            target.cast::<T>(),
            count,
            stores,
            #[inline(always)]
            move |i| {
                let (b, c) = (element::<T, B>(b, first_b, i), element::<T, C>(c, first_c, i));
                O::combine(I::combine(a.add(i).read(), b), c)
            },
        );
    }
}

/// # Safety
/// As [`FusedLoop`], with four operands, or five where the last has step 1.
unsafe fn products_loop<
    T: Number,
    M: Combine,
    O: Combine,
    const B: usize,
    const D: usize,
    const E: usize,
>(
    target: *mut u8,
    operands: &[*const u8; OPERANDS],
    count: usize,
    stores: Stores,
) {
    if count == 0 {
        return;
    }
    let [a, b, c, d, e] = operands.map(<*const u8>::cast::<T>);
    // SAFETY: there is at least one element of each operand.
    let (first_b, first_d) = unsafe { (b.read(), d.read()) };
    // SAFETY: the caller vouches for the target, and for `count` elements of each slice.
    unsafe {
        store(
            target.cast::<T>(),
            count,
            stores,
            #[inline(always)]
            move |i| {
                let (b, d) = (element::<T, B>(b, first_b, i), element::<T, D>(d, first_d, i));
                let left = T::multiply(a.add(i).read(), b);
                let sum = M::combine(left, T::multiply(c.add(i).read(), d));
                O::combine(sum, element::<T, E>(e, first_b, i))
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPS: [BinaryOp; 3] = [BinaryOp::Add, BinaryOp::Subtract, BinaryOp::Multiply];

    fn apply(op: BinaryOp, a: f64, b: f64) -> f64 {
        match op {
            BinaryOp::Add => a + b,
            BinaryOp::Subtract => a - b,
            BinaryOp::Divide => a / b,
            _ => a * b,
        }
    }

    /// Five operands of values that round, and the element of each at a place, scalars where asked.
    fn operands() -> [Vec<f64>; 5] {
        [1.0, 2.0, 3.0, 4.0, 5.0].map(|seed| (0..45).map(|i| 1.0 / (seed + f64::from(i))).collect())
    }

    /// What a loop makes, through the caches and past them.
    fn run(kernel: FusedLoop, of: &[Vec<f64>; 5]) -> Vec<f64> {
        let pointers = [0, 1, 2, 3, 4].map(|i| of[i].as_ptr().cast::<u8>());
        let [near, past] = [Stores::Near, Stores::Past].map(|stores| {
            let mut target = vec![0.0; 45];
            // SAFETY: all have 45 elements, and the target is apart.
            unsafe { kernel(target.as_mut_ptr().cast(), &pointers, 45, stores) };
            stream::finish();
            target
        });
        assert_eq!(near, past);
        near
    }

    #[test]
    fn fused_operations_round_one_by_one() {
        let of = operands();
        let at = |operand: usize, scalar: bool, i: usize| of[operand][if scalar { 0 } else { i }];
        for scalars in [[false, false], [true, false], [false, true], [true, true]] {
            let [p, q] = scalars;
            for (op, swapped) in
                OPS.into_iter().chain([BinaryOp::Divide]).flat_map(|op| [(op, false), (op, true)])
            {
                let kernel = single(op, swapped, p, DType::F64).unwrap();
                for (i, value) in run(kernel, &of).into_iter().enumerate() {
                    let (x, y) = (of[0][i], at(1, p, i));
                    let (x, y) = if swapped { (y, x) } else { (x, y) };
                    assert_eq!(value.to_bits(), apply(op, x, y).to_bits());
                }
            }
            for inner in OPS {
                for (outer, swapped) in OPS.into_iter().flat_map(|op| [(op, false), (op, true)]) {
                    let kernel = chain(inner, outer, swapped, scalars, DType::F64).unwrap();
                    for (i, value) in run(kernel, &of).into_iter().enumerate() {
                        let (x, c) = (apply(inner, of[0][i], at(1, p, i)), at(2, q, i));
                        let (x, c) = if swapped { (c, x) } else { (x, c) };
                        assert_eq!(value.to_bits(), apply(outer, x, c).to_bits());
                    }
                }
            }
            for middle in [BinaryOp::Add, BinaryOp::Subtract] {
                let sum = |i| apply(middle, of[0][i] * at(1, p, i), of[2][i] * at(3, q, i));
                let found = run(products(middle, scalars, DType::F64).unwrap(), &of);
                assert_eq!(found, (0..45).map(sum).collect::<Vec<_>>());
                for (outer, swapped) in [
                    (BinaryOp::Add, false),
                    (BinaryOp::Subtract, false),
                    (BinaryOp::Subtract, true),
                ] {
                    let kernel = products_and(middle, outer, swapped, scalars, DType::F64).unwrap();
                    for (i, value) in run(kernel, &of).into_iter().enumerate() {
                        let (x, e) = (sum(i), of[4][i]);
                        let (x, e) = if swapped { (e, x) } else { (x, e) };
                        assert_eq!(value.to_bits(), apply(outer, x, e).to_bits());
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_not_fused_is_refused() {
        let plain = [false, false];
        assert!(!is_fused(BinaryOp::Divide, DType::F64) && !is_fused(BinaryOp::Add, DType::I32));
        assert!(chain(BinaryOp::Add, BinaryOp::Hypot, false, plain, DType::F64).is_none());
        assert!(single(BinaryOp::Hypot, false, false, DType::F64).is_none());
        assert!(chain(BinaryOp::Divide, BinaryOp::Add, false, plain, DType::F64).is_none());
        assert!(products(BinaryOp::Multiply, plain, DType::F64).is_none());
        assert!(chain(BinaryOp::Add, BinaryOp::Add, false, plain, DType::C64).is_none());
    }
}
