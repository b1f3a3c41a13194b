//! The loops of element-wise operations, and how an operation is given to them.

use std::ptr;

use super::cpu;
use crate::element::Element;

/// How many elements are looked over at once for operands that need care.
pub(super) const CHUNK: usize = 128;

/// Runs a loop, compiled for several instruction sets where that is wanted.
#[inline(always)]
fn run(vectors: bool, body: impl FnOnce()) {
    if vectors { cpu::dispatch(body) } else { body() }
}

/// An operation on one element.
pub(super) trait Unary<T: Element> {
    type Output: Element;
    /// Whether there are vector instructions for it, so that a loop for each instruction set is worth its
    /// place.
    const VECTORS: bool = true;
    /// Whether there are operands that [`Self::apply`] is not right for.
    const CARE: bool = false;

    /// Without branches, so that a loop over it is vectorised.
    fn apply(a: T) -> Self::Output;

    /// Whether an operand is one for [`Self::careful`].
    #[inline(always)]
    fn rare(_: T) -> bool {
        false
    }

    /// What a rare operand gives.
    fn careful(a: T) -> Self::Output {
        Self::apply(a)
    }

    /// What any operand gives.
    #[inline(always)]
    fn value(a: T) -> Self::Output {
        if Self::rare(a) { Self::careful(a) } else { Self::apply(a) }
    }
}

/// An operation on two elements.
pub(super) trait Binary<T: Element> {
    type Output: Element;
    /// Whether there are vector instructions for it, so that a loop for each instruction set is worth its
    /// place.
    const VECTORS: bool = true;
    /// Whether there are operands that [`Self::apply`] is not right for.
    const CARE: bool = false;

    /// Without branches, so that a loop over it is vectorised.
    fn apply(a: T, b: T) -> Self::Output;

    /// Whether operands are ones for [`Self::careful`].
    #[inline(always)]
    fn rare(_: T, _: T) -> bool {
        false
    }

    /// What rare operands give.
    fn careful(a: T, b: T) -> Self::Output {
        Self::apply(a, b)
    }

    /// What any operands give.
    #[inline(always)]
    fn value(a: T, b: T) -> Self::Output {
        if Self::rare(a, b) { Self::careful(a, b) } else { Self::apply(a, b) }
    }

    /// [`Self::apply`] to pairs, of which [`Self::CARE`] bounds the number by [`CHUNK`].
    ///
    /// Operations of many steps are faster as a loop after the other: a processor goes ahead only by so
    /// many instructions that wait.
    #[inline(always)]
    fn apply_each(
        count: usize,
        pair: impl Fn(usize) -> (T, T),
        mut write: impl FnMut(usize, Self::Output),
    ) {
        for i in 0..count {
            let (a, b) = pair(i);
            write(i, Self::apply(a, b));
        }
    }

    /// Computes a chunk of slices (of which the step is 1) and scalars (0), with `firsts` as the values of scalars, if
    /// no operands are rare; tells whether that is so. If not, nothing is written: the target may be an operand. Without
    /// [`Self::CARE`] none are.
    ///
    /// # Safety
    /// The target is valid for writes, and slices are valid for reads, of `count` elements, of which
    /// [`Self::CARE`] bounds the number by [`CHUNK`]; the target is a slice itself or apart from it.
    #[inline(always)]
    unsafe fn chunk<const A: usize, const B: usize>(
        target: *mut Self::Output,
        a: *const T,
        b: *const T,
        firsts: (T, T),
        count: usize,
    ) -> bool {
        if Self::CARE {
            let mut rare = false;
            for i in 0..count {
                // SAFETY: the caller vouches for `count` elements of each slice.
                let (a, b) = unsafe { pair::<T, A, B>(a, b, firsts, i) };
                rare |= Self::rare(a, b);
            }
            if rare {
                return false;
            }
        }
        Self::apply_each(
            count,
            #[inline(always)]
            // SAFETY: as above.
            |i| unsafe { pair::<T, A, B>(a, b, firsts, i) },
            #[inline(always)]
            // SAFETY: the caller vouches for `count` elements of the target.
            |i, value| unsafe { target.add(i).write(value) },
        );
        true
    }
}

/// The loop of an operation on one operand.
///
/// # Safety
/// As [`UnaryKernel`](super::UnaryKernel).
pub(super) unsafe fn unary_loop<T: Element, Op: Unary<T>>(
    target: *mut u8,
    a: *const u8,
    count: usize,
) {
    let (target, a) = (target.cast::<Op::Output>(), a.cast::<T>());
    run(
        Op::VECTORS,
        #[inline(always)]
        move || {
            if !Op::CARE {
                for i in 0..count {
                    // SAFETY: the caller vouches for `count` elements on both sides.
                    unsafe { target.add(i).write(Op::apply(a.add(i).read())) }
                }
                return;
            }
            let mut start = 0;
            while start < count {
                let length = CHUNK.min(count - start);
                // SAFETY: the chunk ends at `count` at the latest.
                unsafe { unary_chunk::<T, Op>(target.add(start), a.add(start), length) };
                start += length;
            }
        },
    );
}

/// A chunk of [`unary_loop`] of an operation that has rare operands.
///
/// # Safety
/// As [`UnaryKernel`](super::UnaryKernel).
#[inline(always)]
unsafe fn unary_chunk<T: Element, Op: Unary<T>>(
    target: *mut Op::Output,
    a: *const T,
    count: usize,
) {
    let mut rare = false;
    for i in 0..count {
        // SAFETY: the caller vouches for `count` elements on both sides, here and below.
        rare |= Op::rare(unsafe { a.add(i).read() });
    }
    if rare {
        // SAFETY: as above.
        return unsafe { careful_unary::<T, Op>(target, a, count) };
    }
    for i in 0..count {
        // SAFETY: as above.
        unsafe { target.add(i).write(Op::apply(a.add(i).read())) }
    }
}

/// A chunk with rare operands: all as if there were none, then those.
///
/// # Safety
/// As [`UnaryKernel`](super::UnaryKernel); 1 to [`CHUNK`] elements.
#[cold]
#[inline(never)]
unsafe fn careful_unary<T: Element, Op: Unary<T>>(
    target: *mut Op::Output,
    a: *const T,
    count: usize,
) {
    // The target may be the operand's memory.
    // SAFETY: a chunk has an element.
    let mut operands = [unsafe { a.read() }; CHUNK];
    // SAFETY: the caller vouches for the operand, and that the copy is long enough.
    unsafe { ptr::copy_nonoverlapping(a, operands.as_mut_ptr(), count) };
    let operands = &operands[..count];
    cpu::dispatch(
        #[inline(always)]
        move || {
            for (i, &a) in operands.iter().enumerate() {
                // SAFETY: the caller vouches for `count` elements, here and below.
                unsafe { target.add(i).write(Op::apply(a)) }
            }
            for (i, &a) in operands.iter().enumerate() {
                if Op::rare(a) {
                    // SAFETY: as above.
                    unsafe { target.add(i).write(Op::careful(a)) }
                }
            }
        },
    );
}

/// The loop of an operation on two operands, of which a slice has step 1 and a scalar step 0.
///
/// # Safety
/// As [`BinaryLoop`](super::BinaryLoop).
pub(super) unsafe fn binary_loop<T: Element, Op: Binary<T>, const A: usize, const B: usize>(
    target: *mut u8,
    a: *const u8,
    b: *const u8,
    count: usize,
) {
    let (target, a, b) = (target.cast::<Op::Output>(), a.cast::<T>(), b.cast::<T>());
    if count == 0 {
        return;
    }
    // A scalar is read before the loop: the compiler cannot know that the target is apart from it.
    // SAFETY: there is at least one element on both sides.
    let firsts = unsafe { (a.read(), b.read()) };
    run(
        Op::VECTORS,
        #[inline(always)]
        move || {
            let length = if Op::CARE { CHUNK } else { count };
            let mut start = 0;
            while start < count {
                let length = length.min(count - start);
                // SAFETY: the chunk ends at `count` at the latest; a scalar stays where it is.
                unsafe {
                    let (a, b) = (a.add(A * start), b.add(B * start));
                    binary_chunk::<T, Op, A, B>(target.add(start), a, b, firsts, length);
                }
                start += length;
            }
        },
    );
}

/// A chunk of [`binary_loop`]; `firsts` are the values of scalars.
///
/// # Safety
/// As [`BinaryLoop`](super::BinaryLoop).
#[inline(always)]
unsafe fn binary_chunk<T: Element, Op: Binary<T>, const A: usize, const B: usize>(
    target: *mut Op::Output,
    a: *const T,
    b: *const T,
    firsts: (T, T),
    count: usize,
) {
    // SAFETY: as the caller vouches.
    if unsafe { Op::chunk::<A, B>(target, a, b, firsts, count) } {
        return;
    }
    let mut pairs = [firsts; CHUNK];
    for (i, kept) in pairs[..count].iter_mut().enumerate() {
        // SAFETY: as the caller vouches.
        *kept = unsafe { pair::<T, A, B>(a, b, firsts, i) };
    }
    // SAFETY: the caller vouches for the target.
    unsafe { careful_binary::<T, Op>(target, &pairs[..count]) }
}

/// The operands at a place.
///
/// # Safety
/// The place lies within each operand that is a slice.
#[inline(always)]
unsafe fn pair<T: Element, const A: usize, const B: usize>(
    a: *const T,
    b: *const T,
    firsts: (T, T),
    i: usize,
) -> (T, T) {
    // SAFETY: as the caller vouches.
    unsafe {
        (
            if A == 0 { firsts.0 } else { a.add(i).read() },
            if B == 0 { firsts.1 } else { b.add(i).read() },
        )
    }
}

/// A chunk with rare operands, pair by pair.
///
/// # Safety
/// The target is valid for writes of as many elements as there are pairs.
#[cold]
#[inline(never)]
unsafe fn careful_binary<T: Element, Op: Binary<T>>(target: *mut Op::Output, pairs: &[(T, T)]) {
    cpu::dispatch(
        #[inline(always)]
        move || {
            for (i, &(a, b)) in pairs.iter().enumerate() {
                // SAFETY: the caller vouches for the target.
                unsafe { target.add(i).write(Op::value(a, b)) }
            }
        },
    );
}
