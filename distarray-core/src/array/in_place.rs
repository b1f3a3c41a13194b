//! Operations that write their result to the array they read: `a += b` as `a.add_assign(&b)?`.

use super::{DistArray, Operand, SliceMut};
use crate::block::kernels::BinaryOp;
use crate::comm::Operation;
use crate::dist::Cut;
use crate::element::{Bits, Element, Integer, Number, Real};
use crate::error::Result;

/// Lists operations: method, operation, bound, what Rust or NumPy writes, and an example: of which elements
/// with which value what is made.
macro_rules! in_place {
    ($($name:ident $op:ident for $bound:ident: $sign:literal, $on:literal, $value:literal => $gives:literal;)*) => {
        /// # In place
        ///
        /// `a.add_assign(value)?` is what NumPy writes as `a += value`: Rust's operator could not tell of
        /// an error. The value is a scalar, an array of any distribution, or an expression, whose shape
        /// broadcasts to the array's. The array keeps its distribution and, unless something shares it,
        /// its memory; there is one pass, and no array in between. (An expression of the array itself shares it: as in
        /// `a.add_assign(&a * 2.0)?`, which copies it first.)
        ///
        /// Collective: arrays of the value that are distributed otherwise are moved first, each by one
        /// plan; else nothing is sent. What the value reads of the same array is what stood there before.
        impl<T: Element> DistArray<T> {
            $(
                #[doc = concat!("`a ", $sign, " value`, for each element.")]
                ///
                /// # Errors
                /// The shapes do not broadcast, the contexts differ, memory or a function that failed:
                /// nothing is written then. A rank failed.
                #[doc = concat!(
                    "\n```\nuse distarray_core::prelude::*;\n\nlet mut a = Context::solo().full(", $on,
                    ", [2, 3])?;\na.", stringify!($name), "(", $value,
                    ")?;\nassert_eq!(a.get(&[1, 2])?, ", $gives,
                    ");\n# Ok::<(), distarray_core::Error>(())\n```"
                )]
                #[track_caller]
                pub fn $name(&mut self, value: impl Operand<T>) -> Result<()>
                where
                    T: $bound,
                {
                    let _scope = Operation::enter(stringify!($name));
                    let cuts = self.shape().iter().map(|&len| Cut::whole(len)).collect();
                    SliceMut::new(self, cuts).update(BinaryOp::$op, value)
                }
            )*
        }

        /// # In place
        ///
        /// As of whole arrays; elements outside the slice stay as they are.
        impl<T: Element> SliceMut<'_, T> {
            $(
                #[doc = concat!("`slice ", $sign, " value`, for each element of the slice.")]
                ///
                /// # Errors
                #[doc = concat!("As [`DistArray::", stringify!($name), "`].")]
                #[doc = concat!(
                    "\n```\nuse distarray_core::prelude::*;\n\nlet mut a = Context::solo().full(", $on,
                    ", [2, 3])?;\na.slice_mut(\"1:, ::2\")?.", stringify!($name), "(", $value,
                    ")?;\nassert_eq!((a.get(&[1, 1])?, a.get(&[1, 2])?), (", $on, ", ", $gives,
                    "));\n# Ok::<(), distarray_core::Error>(())\n```"
                )]
                #[track_caller]
                pub fn $name(self, value: impl Operand<T>) -> Result<()>
                where
                    T: $bound,
                {
                    let _scope = Operation::enter(stringify!($name));
                    self.update(BinaryOp::$op, value)
                }
            )*
        }
    };
}

in_place! {
    add_assign Add for Number: "+=", "2.0", "0.5" => "2.5";
    sub_assign Subtract for Number: "-=", "2.0", "0.5" => "1.5";
    mul_assign Multiply for Number: "*=", "2.0", "0.5" => "1.0";
    div_assign Divide for Number: "/=", "-7", "2" => "-3";
    rem_assign Fmod for Real: "%=", "-7", "2" => "-1";
    pow_assign Power for Number: "**=", "2.0", "10.0" => "1024.0";
    floor_divide_assign FloorDivide for Real: "//=", "-7", "2" => "-4";
    remainder_assign Remainder for Real: "%=, as Python's,", "-7", "2" => "1";
    bitand_assign BitwiseAnd for Bits: "&=", "6", "3" => "2";
    bitor_assign BitwiseOr for Bits: "|=", "6", "3" => "7";
    bitxor_assign BitwiseXor for Bits: "^=", "6", "3" => "5";
    shl_assign LeftShift for Integer: "<<=", "6", "3" => "48";
    shr_assign RightShift for Integer: ">>=", "-6", "1" => "-3";
}
