//! Users' functions of any number of elements.

use super::function::{Function, IntoError, or_note};
use crate::element::Element;
use crate::error::Result;

/// A function of one to eight elements, whose types are listed as a tuple, that gives an `R`.
///
/// Every such closure is one; its parameters have their types written out.
///
/// ```
/// use distarray_core::expr::ElementFunction;
///
/// let function = ElementFunction::into_function(|a: f64, b: i32, c: bool| c && a > f64::from(b));
/// assert_eq!(function.output(), distarray_core::DType::Bool);
/// ```
pub trait ElementFunction<Types, R> {
    /// The function with the loop over it.
    fn into_function(self) -> Function;
}

/// As [`ElementFunction`], of functions that may fail with an `E`.
///
/// ```
/// use distarray_core::expr::FallibleFunction;
///
/// let checked = |a: i32, b: i32| a.checked_add(b).ok_or("too much");
/// assert_eq!(FallibleFunction::into_function(checked).name(), "try_zip_map");
/// ```
pub trait FallibleFunction<Types, R, E> {
    /// The function with the loop over it.
    fn into_function(self) -> Function;
}

/// Lists numbers of elements: a name for each one's type, and its place.
macro_rules! functions {
    ($($($type:ident $place:tt),*;)*) => {$(
        impl<F, R, $($type),*> ElementFunction<($($type,)*), R> for F
        where
            R: Element,
            F: Fn($($type),*) -> R + 'static,
            $($type: Element,)*
        {
            fn into_function(self) -> Function {
                Function::of_loop::<R>("zip_map", move |target, operands, count| {
                    for i in 0..count {
                        // SAFETY: the loop is called with `count` elements of these types on each side.
                        unsafe {
                            let value = self($(operands[$place].cast::<$type>().add(i).read()),*);
                            target.add(i).write(value);
                        }
                    }
                })
            }
        }

        impl<F, R, E, $($type),*> FallibleFunction<($($type,)*), R, E> for F
        where
            R: Element,
            E: IntoError,
            F: Fn($($type),*) -> Result<R, E> + 'static,
            $($type: Element,)*
        {
            fn into_function(self) -> Function {
                let function = Function::of_loop::<R>("try_zip_map", move |target, operands, count| {
                    for i in 0..count {
                        // SAFETY: as above.
                        unsafe {
                            let value = or_note(|| {
                                self($(operands[$place].cast::<$type>().add(i).read()),*)
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
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, G 4;
    A 0, B 1, C 2, D 3, G 4, H 5;
    A 0, B 1, C 2, D 3, G 4, H 5, I 6;
    A 0, B 1, C 2, D 3, G 4, H 5, I 6, J 7;
}
