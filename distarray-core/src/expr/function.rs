//! [`Function`]: a user's function as a node's operation.

use std::fmt;
use std::rc::Rc;

use crate::element::{DType, Element};

/// A loop over operands: target, operands, number of elements.
type Loop = dyn Fn(*mut u8, &[*const u8], usize);

/// A user's function of one or two elements, with the loop over it compiled in.
#[derive(Clone)]
pub struct Function {
    name: &'static str,
    output: DType,
    run: Rc<Loop>,
}

impl Function {
    /// A function of one element.
    pub fn of_one<A: Element, R: Element>(function: impl Fn(A) -> R + 'static) -> Self {
        let run = move |target: *mut u8, operands: &[*const u8], count: usize| {
            let (target, a) = (target.cast::<R>(), operands[0].cast::<A>());
            for i in 0..count {
                // SAFETY: `run` is called with `count` elements of these types on each side.
                unsafe { target.add(i).write(function(a.add(i).read())) }
            }
        };
        Self { name: "map", output: R::DTYPE, run: Rc::new(run) }
    }

    /// A function of two elements.
    pub fn of_two<A: Element, B: Element, R: Element>(
        function: impl Fn(A, B) -> R + 'static,
    ) -> Self {
        let run = move |target: *mut u8, operands: &[*const u8], count: usize| {
            let (a, b) = (operands[0].cast::<A>(), operands[1].cast::<B>());
            let target = target.cast::<R>();
            for i in 0..count {
                // SAFETY: `run` is called with `count` elements of these types on each side.
                unsafe { target.add(i).write(function(a.add(i).read(), b.add(i).read())) }
            }
        };
        Self { name: "zip_map", output: R::DTYPE, run: Rc::new(run) }
    }

    /// The operation's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The dtype that the function gives.
    pub fn output(&self) -> DType {
        self.output
    }

    /// Runs the loop.
    ///
    /// # Safety
    /// The target is valid for writes, each operand for reads of `count` elements of the types that
    /// the function was made for, aligned and apart.
    pub(super) unsafe fn run(&self, target: *mut u8, operands: &[*const u8], count: usize) {
        (self.run)(target, operands, count);
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.name, self.output)
    }
}
