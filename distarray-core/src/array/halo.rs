//! Filling the halo of an array, at once or while something else is computed.

use std::fmt;
use std::ops::Deref;

use super::DistArray;
use crate::comm::{Operation, Started};
use crate::command::Change;
use crate::element::Element;
use crate::error::Result;
use crate::ops;

/// # Halos
impl<T: Element> DistArray<T> {
    /// Fills the halo with the neighbours' elements, corners included.
    ///
    /// Collective: one message to and from each rank whose elements the halo holds; none where the
    /// distribution has no halo.
    ///
    /// # Errors
    /// A rank failed.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// let ring = Distribution::builder([4]).halo(0, 1, 1).periodic(0).build(ctx.size())?;
    /// let mut a = ctx.arange_on(0, 1, &ring)?;
    /// a.exchange_halo()?;
    /// assert_eq!(a.local_with_halo().as_slice(), Some(&[3, 0, 1, 2, 3, 0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn exchange_halo(&mut self) -> Result<()> {
        let _scope = Operation::enter("exchange_halo");
        self.ctx.change(&mut self.array, Change::ExchangeHalo)
    }

    /// Starts to fill the halo, and returns at once: what this rank sends is copied, and what it
    /// receives is written when the exchange is [finished](HaloExchange::finish).
    ///
    /// Meanwhile the elements that this rank owns can be read, and what does not need the halo be
    /// computed. Collective; one message to and from each rank whose elements the halo holds, and a
    /// copy of what is sent. Every rank finishes the exchange, or drops it.
    ///
    /// # Errors
    /// A rank failed; there is no memory for a copy of elements that are shared.
    ///
    /// ```
    /// use distarray_core::dist::Distribution;
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// let ring = Distribution::builder([4]).halo(0, 1, 1).periodic(0).build(ctx.size())?;
    /// let mut a = ctx.arange_on(0, 1, &ring)?;
    /// let pending = a.start_halo_exchange()?;
    /// let inner: i32 = pending.local().sum(); // while the halo is on its way
    /// pending.finish()?;
    /// assert_eq!((inner, a.local_with_halo().sum()), (6, 9));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn start_halo_exchange(&mut self) -> Result<HaloExchange<'_, T>> {
        let _scope = Operation::enter("start_halo_exchange");
        self.ctx.begin(T::DTYPE, self.distribution())?;
        let started = ops::start_halo_exchange(&*self.ctx.budgeted()?, &mut self.array)?;
        Ok(HaloExchange { array: self, started })
    }
}

/// A halo that is on its way; made by [`start_halo_exchange`](DistArray::start_halo_exchange).
///
/// It reads as the array. Dropped without being finished, the halo stays what it was: every rank
/// does so, or none. Where it is leaked, the messages are kept as long as the group of ranks.
///
/// ```
/// use distarray_core::dist::Distribution;
///
/// let ctx = distarray_core::array::Context::solo();
/// let ring = Distribution::builder([4]).halo(0, 1, 1).periodic(0).build(ctx.size())?;
/// let mut a = ctx.arange_on(0, 1, &ring)?;
/// drop(a.start_halo_exchange()?);
/// assert_eq!(a.local_with_halo().sum(), 6);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[must_use = "the halo is filled when the exchange is finished"]
pub struct HaloExchange<'a, T: Element> {
    array: &'a mut DistArray<T>,
    /// `None` where there is no halo, and when it is over.
    started: Option<Started>,
}

impl<T: Element> HaloExchange<'_, T> {
    /// Waits for the neighbours' elements, and writes them to the halo.
    ///
    /// # Errors
    /// A rank failed.
    #[track_caller]
    pub fn finish(mut self) -> Result<()> {
        let _scope = Operation::enter("finish_halo_exchange");
        self.array.ctx.begin(T::DTYPE, self.array.distribution())?;
        let Some(started) = self.started.take() else { return Ok(()) };
        let DistArray { ctx, array, .. } = &mut *self.array;
        ops::finish_halo_exchange(ctx.communicator()?, array, started)
    }
}

impl<T: Element> Deref for HaloExchange<'_, T> {
    type Target = DistArray<T>;

    fn deref(&self) -> &DistArray<T> {
        self.array
    }
}

impl<T: Element> Drop for HaloExchange<'_, T> {
    fn drop(&mut self) {
        let Some(started) = self.started.take() else { return };
        if let Ok(comm) = self.array.ctx.communicator() {
            comm.abandon_exchange(started);
        }
    }
}

impl<T: Element> fmt::Debug for HaloExchange<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HaloExchange")
            .field("array", &self.array)
            .field("is_pending", &self.started.is_some())
            .finish()
    }
}
