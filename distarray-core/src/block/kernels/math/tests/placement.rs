//! The same bits for every instruction set, place in a slice, length of one, and kind of operand.

use std::cell::RefCell;

use super::{Function, binary, operands};
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
                let mut values = [T::ONE; 5];
                let target = values.as_mut_ptr().cast();
                let (a, b) = (&raw const a, &raw const b);
                let (many_a, many_b) = ([operands[i].0; 5], [operands[i].1; 5]);
                // SAFETY: five elements on all sides, and one of a scalar, of this dtype.
                unsafe { (kernel.scalar_left)(target, a.cast(), many_b.as_ptr().cast(), 5) };
                assert_eq!(bits_of(values.to_vec()), [expected[i]; 5], "{function:?} {i}");
                let target = values.as_mut_ptr().cast();
                // SAFETY: as above.
                unsafe { (kernel.scalar_right)(target, many_a.as_ptr().cast(), b.cast(), 5) };
                assert_eq!(bits_of(values.to_vec()), [expected[i]; 5], "{function:?} {i}");
            }
        }
    });
}

#[test]
fn bits_depend_neither_on_the_instruction_set_nor_on_the_place() {
    let double = operands(1, 700);
    let single: Vec<(f32, f32)> = double.iter().map(|&(a, b)| (a as f32, b as f32)).collect();
    for function in Function::all() {
        check(function, &double);
        check(function, &single);
    }
}

#[test]
fn a_result_may_replace_its_operand() {
    let operands = operands(2, 200);
    for function in Function::all() {
        let Function::One(op) = function else { continue };
        let expected: Vec<u64> = function.values(&operands).into_iter().map(bits).collect();
        let mut values: Vec<f64> = operands.iter().map(|&(a, _)| a).collect();
        let kernel = super::unary(op, f64::DTYPE).expect("a kernel of this dtype");
        let target: *mut u8 = values.as_mut_ptr().cast();
        // SAFETY: the operand is the target.
        unsafe { kernel(target, target, values.len()) };
        assert_eq!(values.into_iter().map(bits).collect::<Vec<_>>(), expected, "{function:?}");
    }
}
