//! [`Function`]: a user's function as a node's operation.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::joined::Places;
use crate::block::kernels::dispatch;
use crate::digest::Digest;
use crate::element::{DType, Element};
use crate::error::{Error, Result};

/// A loop over operands: target, operands, number of elements. What fails is left in [`FAILED`].
type Loop = dyn Fn(*mut u8, &[*const u8], usize);

thread_local! {
    /// Why a function failed in the evaluation under way, if one has.
    static FAILED: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// Runs an evaluation; an error where one of its functions failed.
pub(super) fn collect_failure(evaluation: impl FnOnce()) -> Result<()> {
    // A function may itself evaluate, within an evaluation that has failed already or not.
    let outer = FAILED.take();
    evaluation();
    FAILED.replace(outer).map_or(Ok(()), Err)
}

/// The value of a function that may fail. After a failure nothing is called any more; the elements
/// are filled in, as all memory must hold valid ones.
pub(super) fn or_note<R: Element, E: IntoError>(call: impl FnOnce() -> Result<R, E>) -> R {
    if FAILED.with_borrow(Option::is_some) {
        return R::default();
    }
    call().unwrap_or_else(|error| {
        FAILED.set(Some(Error::from_any(error)));
        R::default()
    })
}

/// What a user's function may fail with: any error type, `String` and `&str`.
pub trait IntoError: Into<Box<dyn std::error::Error + Send + Sync>> {}

impl<E: Into<Box<dyn std::error::Error + Send + Sync>>> IntoError for E {}

/// A function of elements, mostly the user's, with the loop over it compiled in for several instruction sets.
#[derive(Clone)]
pub struct Function {
    name: &'static str,
    output: DType,
    can_fail: bool,
    /// Tells the function from others of its name where it is not the user's.
    digest: u64,
    run: Rc<Loop>,
}

impl Function {
    /// A function of one element.
    pub fn of_one<A: Element, R: Element>(function: impl Fn(A) -> R + 'static) -> Self {
        let run = move |target: *mut u8, operands: &[*const u8], count: usize| {
            let (target, a, function) = (target.cast::<R>(), operands[0].cast::<A>(), &function);
            dispatch(
                #[inline(always)]
                move || {
                    for i in 0..count {
                        // SAFETY: `run` is called with `count` elements of these types on each side.
                        unsafe { target.add(i).write(function(a.add(i).read())) }
                    }
                },
            );
        };
        Self { name: "map", output: R::DTYPE, can_fail: false, digest: 0, run: Rc::new(run) }
    }

    /// A function of one element that may fail.
    pub fn try_of_one<A: Element, R: Element, E: IntoError>(
        function: impl Fn(A) -> Result<R, E> + 'static,
    ) -> Self {
        let run = Self::of_one(move |a: A| or_note(|| function(a)));
        Self { name: "try_map", can_fail: true, ..run }
    }

    /// A function of two elements that may fail.
    pub fn try_of_two<A: Element, B: Element, R: Element, E: IntoError>(
        function: impl Fn(A, B) -> Result<R, E> + 'static,
    ) -> Self {
        let run = Self::of_two(move |a: A, b: B| or_note(|| function(a, b)));
        Self { name: "try_zip_map", can_fail: true, ..run }
    }

    /// A function of two elements.
    pub fn of_two<A: Element, B: Element, R: Element>(
        function: impl Fn(A, B) -> R + 'static,
    ) -> Self {
        let run = move |target: *mut u8, operands: &[*const u8], count: usize| {
            let (a, b) = (operands[0].cast::<A>(), operands[1].cast::<B>());
            let (target, function) = (target.cast::<R>(), &function);
            dispatch(
                #[inline(always)]
                move || {
                    for i in 0..count {
                        // SAFETY: `run` is called with `count` elements of these types on each side.
                        unsafe { target.add(i).write(function(a.add(i).read(), b.add(i).read())) }
                    }
                },
            );
        };
        Self { name: "zip_map", output: R::DTYPE, can_fail: false, digest: 0, run: Rc::new(run) }
    }

    /// A function of which the loop is given: it is called with the target, the operands and their
    /// number of elements.
    pub(super) fn of_loop<R: Element>(
        name: &'static str,
        run: impl Fn(*mut R, &[*const u8], usize) + 'static,
    ) -> Self {
        let run = move |target: *mut u8, operands: &[*const u8], count| {
            run(target.cast::<R>(), operands, count);
        };
        Self { name, output: R::DTYPE, can_fail: false, digest: 0, run: Rc::new(run) }
    }

    /// The same function, known to fail at times.
    pub(super) fn failing(self) -> Self {
        Self { can_fail: true, ..self }
    }

    /// Tells where the operands of each tile are, and computes nothing.
    pub(super) fn telling_places(places: Rc<RefCell<Places>>) -> Self {
        let run = move |_: *mut u8, operands: &[*const u8], _: usize| {
            let mut places = places.borrow_mut();
            places.clear();
            places.extend_from_slice(operands);
        };
        Self {
            name: "together",
            output: DType::Bool,
            can_fail: false,
            digest: 0,
            run: Rc::new(run),
        }
    }

    /// The same function under another name, with a number that tells it from others of that name.
    pub(super) fn named(self, name: &'static str, digest: u64) -> Self {
        Self { name, digest, ..self }
    }

    /// A number that equal functions share, as far as can be told.
    pub(super) fn digest(&self) -> u64 {
        Digest::of(&(self.name, self.digest))
    }

    /// The operation's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The dtype that the function gives.
    pub fn output(&self) -> DType {
        self.output
    }

    /// Whether the function may fail, on some rank alone.
    pub(crate) fn can_fail(&self) -> bool {
        self.can_fail
    }

    /// Whether both are one function, kept in one place.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.run, &other.run)
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
