//! Functions of an element and its neighbours, over a whole array.

use super::DistArray;
use crate::comm::{Arguments, Operation};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::expr::IntoError;
use crate::ops::{self, Stencil, Window};

/// # Stencils
///
/// Each element of the result is a function of an element and its neighbours. The elements that read
/// nothing but what their rank owns are computed while what the others read is on its way. The
/// array needs no halo, and one that it has is not looked at: the sides of each part, as wide as the
/// stencil reads, are copied to memory that lives as long as the call.
///
/// The function is called once for each element, in no order that could be relied on. Calls along
/// the last axis are one loop, which the compiler makes vectors of where the function allows it.
impl<T: Element> DistArray<T> {
    /// A function of every element and its neighbours up to `radius` away on each axis; beyond the
    /// ends of axes that are not periodic there are zeros.
    ///
    /// Collective: one message at most to and from each rank whose elements are read, and an
    /// agreement of eight bytes. The result has the same distribution, without a halo.
    ///
    /// # Errors
    /// The array has another number of axes, or axes that are not of block kinds; the function
    /// looked further than the radius; a rank failed.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.ones::<f64>([4, 4])?;
    /// let sum = a.stencil([1, 1], |w| w[[-1, 0]] + w[[1, 0]] + w[[0, -1]] + w[[0, 1]])?;
    /// assert_eq!((sum.get(&[0, 0])?, sum.get(&[1, 2])?), (2.0, 4.0));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn stencil<U: Element, const N: usize>(
        &self,
        radius: [usize; N],
        value: impl FnMut(&Window<'_, T, N>) -> U,
    ) -> Result<DistArray<U>> {
        let _scope = Operation::enter("stencil");
        self.stencil_with(&Stencil::new(radius), value)
    }

    /// As [`stencil`](Self::stencil), with the sides and boundaries that a [`Stencil`] says.
    ///
    /// # Errors
    /// As [`stencil`](Self::stencil).
    ///
    /// ```
    /// use distarray_core::array::{Boundary, Stencil};
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.arange(0.0, 4.0, 1.0)?;
    /// let stencil = Stencil::new([1]).boundary(Boundary::Reflect);
    /// let slope = a.stencil_with(&stencil, |w| (w[[1]] - w[[-1]]) / 2.0)?;
    /// assert_eq!(slope.to_ndarray()?.as_slice(), Some(&[0.0, 1.0, 1.0, 0.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn stencil_with<U: Element, const N: usize>(
        &self,
        stencil: &Stencil<T, N>,
        value: impl FnMut(&Window<'_, T, N>) -> U,
    ) -> Result<DistArray<U>> {
        let _scope = Operation::enter("stencil_with");
        self.begin_stencil(stencil)?;
        let array = ops::stencil(&*self.ctx.budgeted()?, stencil, &self.array, value)?;
        Ok(DistArray::new(self.ctx.clone(), array))
    }

    /// As [`stencil_with`](Self::stencil_with), into an array that there is: nothing large is
    /// allocated, so that two arrays can take turns.
    ///
    /// # Errors
    /// As [`stencil`](Self::stencil); the target has another shape, or is distributed otherwise. What
    /// the target holds after an error is not defined.
    ///
    /// ```
    /// use distarray_core::array::{Boundary, Stencil};
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// let mut heat = ctx.from_fn(5, |at| if at[0] == 0 { 1.0 } else { 0.0 })?;
    /// let mut next = heat.clone();
    /// let stencil = Stencil::new([1]).boundary(Boundary::Skip); // the ends stay as they are
    /// for _ in 0..100 {
    ///     heat.stencil_into(&stencil, &mut next, |w| 0.5 * (w[[-1]] + w[[1]]))?;
    ///     std::mem::swap(&mut heat, &mut next);
    /// }
    /// assert!((heat.get(&[1])? - 0.75_f64).abs() < 1e-9);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn stencil_into<U: Element, const N: usize>(
        &self,
        stencil: &Stencil<T, N>,
        target: &mut DistArray<U>,
        value: impl FnMut(&Window<'_, T, N>) -> U,
    ) -> Result<()> {
        let _scope = Operation::enter("stencil_into");
        self.begin_stencil(stencil)?;
        let comm = self.ctx.budgeted()?;
        ops::stencil_into(&*comm, stencil, &self.array, &mut target.array, value)
    }

    /// As [`stencil_with`](Self::stencil_with), with a function that may fail: with an error of any
    /// type, a `String` or a `&str`.
    ///
    /// # Errors
    /// As [`stencil`](Self::stencil); the function's on the lowest rank where it fails, with the
    /// global index, on every rank.
    ///
    /// ```
    /// use distarray_core::array::Stencil;
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.arange(0.0, 4.0, 1.0)?;
    /// let ratio = |over: f64, under: f64| if under > 0.0 { Ok(over / under) } else { Err("zero") };
    /// let outcome = a.try_stencil(&Stencil::new([1]), |w| ratio(w[[1]], w[[0]]));
    /// assert_eq!(outcome.unwrap_err().to_string(), "zero (at index [0])");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn try_stencil<U: Element, E: IntoError, const N: usize>(
        &self,
        stencil: &Stencil<T, N>,
        mut value: impl FnMut(&Window<'_, T, N>) -> Result<U, E>,
    ) -> Result<DistArray<U>> {
        let _scope = Operation::enter("try_stencil");
        self.begin_stencil(stencil)?;
        let value = |window: &Window<'_, T, N>| value(window).map_err(Error::from_any);
        let array = ops::try_stencil(&*self.ctx.budgeted()?, stencil, &self.array, value)?;
        Ok(DistArray::new(self.ctx.clone(), array))
    }

    /// What this rank owns and what lies around it, as wide as the stencil reads, on each axis: what
    /// NumPy's `pad` of the whole array holds there, as an array of this rank's own. Empty on a rank
    /// that owns nothing.
    ///
    /// For loops of one's own. Collective: one message at most to and from each rank whose elements
    /// are read; what this rank owns is copied too. A boundary that is skipped is not padded.
    ///
    /// # Errors
    /// As [`stencil`](Self::stencil).
    ///
    /// ```
    /// use distarray_core::array::{Boundary, Stencil};
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.arange(1, 4, 1)?;
    /// let around = a.local_padded(&Stencil::new([2]).boundary(Boundary::Symmetric))?;
    /// assert_eq!(around.as_slice(), Some(&[2, 1, 1, 2, 3, 3, 2][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn local_padded<const N: usize>(
        &self,
        stencil: &Stencil<T, N>,
    ) -> Result<ndarray::ArrayD<T>> {
        let _scope = Operation::enter("local_padded");
        self.begin_stencil(stencil)?;
        ops::local_padded(&*self.ctx.budgeted()?, stencil, &self.array)
    }

    fn begin_stencil<const N: usize>(&self, stencil: &Stencil<T, N>) -> Result<()> {
        Operation::note(|| {
            let array = Arguments::new().array(T::DTYPE, self.shape());
            let array = array.and("distribution", &self.distribution().digest());
            array.and("reach", &stencil.reach()).and("boundary", &stencil.kinds())
        });
        self.ctx.communicator()?.begin()
    }
}
