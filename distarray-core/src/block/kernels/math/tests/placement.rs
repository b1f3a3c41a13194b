//! The same bits for every instruction set, place in a slice, length of one, and kind of operand.

use std::cell::RefCell;

use super::{Bits, Function, binary, operands};
use crate::block::kernels::cpu;
use crate::element::Element;

/// The bits of a number; those of all NaNs are the same.
fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

fn check<T: Element + Into<f64>>(function: Function, operands: &[(T, T)]) {
    let bits_of = |values: Vec<T>| -> Vec<u64> {
        values.into_iter().map(|value| bits(value.into())).collect()
    };
    // One at a time, with the least instruction set.
    let expected: RefCell<Option<Vec<u64>>> = RefCell::new(None);
    cpu::each_level(|| {
        let mut expected = expected.borrow_mut();
        let expected = expected.get_or_insert_with(|| {
            bits_of(operands.iter().map(|&(a, b)| function.value(a, b)).collect())
        });
        for (start, length) in
            [(0, operands.len()), (1, 1), (3, 7), (5, 63), (2, 64), (7, 65), (11, 300)]
        {
            let end = start + length.min(operands.len() - start);
            let values = bits_of(function.values(&operands[start..end]));
            assert_eq!(values, expected[start..end], "{function:?} {start}..{end}");
        }
        if let Function::Two(op) = function {
            let kernel = binary(op, T::DTYPE).expect("a kernel of this dtype");
            for (i, &(a, b)) in operands.iter().enumerate().take(8) {
                let mut values = [T::ONE; MANY];
                let target = values.as_mut_ptr().cast();
                let (a, b) = (&raw const a, &raw const b);
                let (many_a, many_b) = ([operands[i].0; MANY], [operands[i].1; MANY]);
                // SAFETY: as many elements on all sides, and one of a scalar, of this dtype.
                unsafe { (kernel.scalar_left)(target, a.cast(), many_b.as_ptr().cast(), MANY) };
                assert_eq!(bits_of(values.to_vec()), [expected[i]; MANY], "{function:?} {i}");
                let target = values.as_mut_ptr().cast();
                // SAFETY: as above.
                unsafe { (kernel.scalar_right)(target, many_a.as_ptr().cast(), b.cast(), MANY) };
                assert_eq!(bits_of(values.to_vec()), [expected[i]; MANY], "{function:?} {i}");
            }
        }
    });
}

/// Elements beside a scalar: some vectors, and less than one.
const MANY: usize = 37;

/// Operands of which none are rare to most functions, and two that are.
fn common(from: f64, to: f64) -> [Vec<(f64, f64)>; 2] {
    let mut bits = Bits(4);
    let mut next = || (bits.next().unwrap_or_default() >> 11) as f64 / f64::exp2(53.0);
    let all: Vec<(f64, f64)> =
        (0..700).map(|_| (from + (to - from) * next(), (next() - 0.5) * 40.0)).collect();
    let mut some = all.clone();
    some[6].0 = 0.0;
    some[300].1 = f64::INFINITY;
    [all, some]
}

#[test]
fn bits_depend_neither_on_the_instruction_set_nor_on_the_place() {
    let [near, near_and_rare] = common(-1.0, 1.0);
    let [positive, positive_and_rare] = common(0.01, 20.0);
    for double in [operands(1, 700), near, near_and_rare, positive, positive_and_rare] {
        let single: Vec<(f32, f32)> = double.iter().map(|&(a, b)| (a as f32, b as f32)).collect();
        for function in Function::all() {
            check(function, &double);
            check(function, &single);
        }
    }
}

fn check_in_place<T: Element + Into<f64>>(function: Function, operands: &[(T, T)]) {
    for count in [1, 16, 127, 200] {
        let operands = &operands[..count];
        let expected: Vec<u64> =
            function.values(operands).into_iter().map(|value| bits(value.into())).collect();
        let (mut a, mut b): (Vec<T>, Vec<T>) = operands.iter().copied().unzip();
        let same = |values: &[T]| {
            let values: Vec<u64> = values.iter().map(|&value| bits(value.into())).collect();
            assert_eq!(values, expected, "{function:?} {count}");
        };
        match function {
            Function::One(op) => {
                let kernel = super::unary(op, T::DTYPE).expect("a kernel of this dtype");
                let target: *mut u8 = a.as_mut_ptr().cast();
                // SAFETY: the operand is the target.
                unsafe { kernel(target, target, count) };
                same(&a);
            }
            Function::Two(op) => {
                let kernel = binary(op, T::DTYPE).expect("a kernel of this dtype").slices;
                let (first, second): (*mut u8, *mut u8) =
                    (a.as_mut_ptr().cast(), b.as_mut_ptr().cast());
                let kept = a.clone();
                // SAFETY: an operand is the target, and all are as long.
                unsafe { kernel(first, first, second, count) };
                same(&a);
                // SAFETY: as above.
                unsafe { kernel(second, kept.as_ptr().cast(), second, count) };
                same(&b);
            }
        }
    }
}

#[test]
fn a_result_may_replace_its_operand() {
    for double in [operands(2, 200), common(0.01, 20.0)[0][..200].to_vec()] {
        let single: Vec<(f32, f32)> = double.iter().map(|&(a, b)| (a as f32, b as f32)).collect();
        for function in Function::all() {
            check_in_place(function, &double);
            check_in_place(function, &single);
        }
    }
}
