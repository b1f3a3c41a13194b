//! Users' functions of any number of elements that stand at one global index, and of that index.

use super::function::{Function, IntoError};
use super::indexed::{Unravelled, numbers, or_note_at};
use super::node::{Node, broadcast};
use crate::block::Extents;
use crate::dist::Distribution;
use crate::element::Element;
use crate::error::Result;

/// A function of a global index and one to eight elements, whose types are listed as a tuple, that gives an `R`.
///
/// Every such closure is one; its parameters have their types written out, that of the index is `&[usize]`.
///
/// ```
/// use distarray_core::expr::IndexedFunction;
///
/// let function = |at: &[usize], a: f64, b: i32| a > f64::from(b) && at[0] > 0;
/// assert_eq!(IndexedFunction::into_function(function, vec![3]).output(), distarray_core::DType::Bool);
/// ```
pub trait IndexedFunction<Types, R> {
    /// The function with the loop over it, for elements of this shape; its last operand is their numbers in C order.
    fn into_function(self, shape: Vec<usize>) -> Function;
}

/// As [`IndexedFunction`], of functions that may fail with an `E`.
///
/// ```
/// use distarray_core::expr::FallibleIndexedFunction;
///
/// let checked = |at: &[usize], a: u64| a.checked_sub(at[0] as u64).ok_or("too little");
/// let function = FallibleIndexedFunction::into_function(checked, vec![3]);
/// assert_eq!(function.name(), "try_zip_map_indexed");
/// ```
pub trait FallibleIndexedFunction<Types, R, E> {
    /// The function with the loop over it, as [`IndexedFunction::into_function`].
    fn into_function(self, shape: Vec<usize>) -> Function;
}

/// Lists numbers of elements: a name for each one's type, and its place; then the place of their numbers.
macro_rules! functions {
    ($($($type:ident $place:tt),*; $last:tt;)*) => {$(
        impl<F, R, $($type),*> IndexedFunction<($($type,)*), R> for F
        where
            R: Element,
            F: Fn(&[usize], $($type),*) -> R + 'static,
            $($type: Element,)*
        {
            fn into_function(self, shape: Vec<usize>) -> Function {
                Function::of_loop::<R>("zip_map_indexed", move |target, operands, count| {
                    let mut unravelled = Unravelled::new(&shape);
                    for i in 0..count {
                        // SAFETY: the loop is called with `count` elements of these types on each side.
                        unsafe {
                            let number = operands[$last].cast::<u64>().add(i).read();
                            let index = unravelled.index_of(number);
                            let value = self(index, $(operands[$place].cast::<$type>().add(i).read()),*);
                            target.add(i).write(value);
                        }
                    }
                })
            }
        }

        impl<F, R, E, $($type),*> FallibleIndexedFunction<($($type,)*), R, E> for F
        where
            R: Element,
            E: IntoError,
            F: Fn(&[usize], $($type),*) -> Result<R, E> + 'static,
            $($type: Element,)*
        {
            fn into_function(self, shape: Vec<usize>) -> Function {
                let function = Function::of_loop::<R>("try_zip_map_indexed", move |target, operands, count| {
                    let mut unravelled = Unravelled::new(&shape);
                    for i in 0..count {
                        // SAFETY: as above.
                        unsafe {
                            let number = operands[$last].cast::<u64>().add(i).read();
                            let index = unravelled.index_of(number);
                            let value = or_note_at(index, || {
                                self(index, $(operands[$place].cast::<$type>().add(i).read()),*)
                            });
                            target.add(i).write(value);
                        }
                    }
                });
                function.failing()
            }
        }
    )*};
}

functions! {
    A 0; 1;
    A 0, B 1; 2;
    A 0, B 1, C 2; 3;
    A 0, B 1, C 2, D 3; 4;
    A 0, B 1, C 2, D 3, G 4; 5;
    A 0, B 1, C 2, D 3, G 4, H 5; 6;
    A 0, B 1, C 2, D 3, G 4, H 5, I 6; 7;
    A 0, B 1, C 2, D 3, G 4, H 5, I 6, J 7; 8;
}

impl Node {
    /// A function of elements that stand at one place, and of its global index, over a group of so many ranks; `function` is
    /// given the shape that they broadcast to.
    pub(crate) fn zip_map_indexed(
        mut operands: Vec<Self>,
        size: usize,
        function: impl FnOnce(Vec<usize>) -> Function,
    ) -> Result<Self> {
        let mut shape = Extents::new();
        for operand in &operands {
            shape = broadcast("zip_map_indexed", &shape, operand.shape())?;
        }
        // Last: where an element is made is for the operands to say.
        operands.push(numbers(&Distribution::builder(&shape[..]).build(size)?));
        Self::map(function(shape.to_vec()), operands)
    }
}
