//! Exchange with other libraries through the Distributed Array Protocol.

use distarray_protocol::{DistBuffer, DistributedArray, ProtocolError};

use super::{Context, DistArray, ImportedArray};
use crate::comm::Operation;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::ops;

/// A rank's part of an array as a section of the protocol, without a copy and without communication.
///
/// Padding shows the halo, as far as both neighbours keep it; the halo at the outer ends of a
/// periodic axis is left out, where the protocol has the boundary. A rank that holds no part has
/// nothing to export and gets an error, since the protocol's processes are the cells of the grid.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_protocol::{DimData, DistributedArray};
///
/// let ctx = Context::solo();
/// let mut a = ctx.arange(0_i64, 4, 1)?;
/// let section = a.distarray()?;
/// assert_eq!(section.dim_data, [DimData::block(4, 1, 0, 0..4)]);
/// assert_eq!(section.buffer.as_ptr(), a.local().as_ptr().cast());
///
/// a.distarray_mut()?.buffer.write(&[2], 7_i64)?;
/// assert_eq!(a.get(&[2])?, 7);
/// # Ok::<(), distarray_core::Error>(())
/// ```
impl<T: Element> DistributedArray for DistArray<T> {
    fn distarray(&self) -> Result<DistBuffer<'_>, ProtocolError> {
        ops::export(&self.array, self.ctx.rank())
    }

    /// As [`distarray`](Self::distarray), for writing; elements that are shared with other arrays
    /// or expressions are copied first.
    fn distarray_mut(&mut self) -> Result<DistBuffer<'_>, ProtocolError> {
        ops::export_mut(&mut self.array, self.ctx.rank())
    }
}

/// # Import
impl Context {
    /// The array whose sections the ranks pass, without a copy.
    ///
    /// Each rank of the context is one process of the protocol's grid: sections of an array that
    /// lives on some of the ranks are imported on a context of those, which [`split`](Self::split)
    /// makes. The elements stay in the buffer's memory, which the array keeps. They are copied only
    /// where they are not aligned, and where the padding is not the halo that the array has: on a
    /// periodic axis, or where padding differs in width between the ranks; the halo is then zeros
    /// until [`exchange_halo`](DistArray::exchange_halo). What is written to a read-only buffer is
    /// written to a copy. A section that is only lent is seen by [`import_view`](Self::import_view)
    /// or copied by [`from_distarray`](Self::from_distarray). One gather of the ranks' dimension data.
    ///
    /// # Errors
    /// A section is not sound, is of another element type or byte order, or the sections do not fit
    /// each other; cyclic ones that do not begin on the first process; a rank failed.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_protocol::{Buffer, DimData, DistBuffer};
    ///
    /// let ctx = Context::solo();
    /// let buffer = Buffer::from_vec(vec![1.0, 2.0, 3.0]);
    /// let start = buffer.as_ptr();
    /// let section = DistBuffer::new(buffer, vec![DimData::cyclic(3, 1, 0, 2)]);
    /// let a = ctx.import::<f64>(section)?;
    /// assert_eq!(a.distribution().to_string(), "[3] as c:2 on grid 1, ranks 0..1");
    /// assert_eq!(a.local().as_ptr(), start.cast());
    /// assert_eq!(a.sum()?, 6.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn import<T: Element>(&self, section: DistBuffer<'static>) -> Result<DistArray<T>> {
        let _scope = Operation::enter("import");
        let array = ops::import(self.communicator()?, section, T::DTYPE)?;
        Ok(DistArray::new(self.clone(), array))
    }

    /// The array whose sections the ranks lend, read where its elements lie; nothing is copied.
    ///
    /// As of [`import`](Self::import), each rank is one process of the protocol's grid. One gather of
    /// the ranks' dimension data.
    ///
    /// # Errors
    /// As of [`import`](Self::import); elements are not aligned in memory, or truth values are other
    /// bytes than 0 and 1.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_protocol::{Buffer, DimData, DistBuffer};
    ///
    /// let ctx = Context::solo();
    /// let lent = [1.0, 2.0, 3.0, 4.0];
    /// let dims = vec![DimData::undistributed(2), DimData::block(2, 1, 0, 0..2)];
    /// let section = DistBuffer::new(Buffer::new(&lent, &[2, 2])?, dims);
    /// let seen = ctx.import_view::<f64>(&section)?;
    /// assert_eq!(seen.local()[[1, 0]], 3.0);
    /// assert_eq!(seen.local().as_ptr(), lent.as_ptr());
    /// # Ok::<(), Error>(())
    /// ```
    #[track_caller]
    pub fn import_view<'a, T: Element>(
        &self,
        section: &'a DistBuffer<'_>,
    ) -> Result<ImportedArray<'a, T>> {
        let _scope = Operation::enter("import_view");
        ImportedArray::new(self, section)
    }

    /// A copy of another library's array, whatever offers its sections through the protocol.
    ///
    /// One copy of each rank's elements, and one gather of the ranks' dimension data.
    ///
    /// # Errors
    /// The producer refuses on some rank; there is no memory for the copy; as of
    /// [`import`](Self::import).
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// let theirs = ctx.linspace(0.0, 1.0, 5)?;
    /// let ours = ctx.from_distarray::<f64>(&theirs)?;
    /// assert_eq!(ours.to_ndarray()?, theirs.to_ndarray()?);
    /// # Ok::<(), Error>(())
    /// ```
    #[track_caller]
    pub fn from_distarray<T: Element>(
        &self,
        producer: &(impl DistributedArray + ?Sized),
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("from_distarray");
        let section = self.agree(producer.distarray().map_err(Error::from))?;
        let array = ops::import_copy::<T>(self.communicator()?, &section)?;
        Ok(DistArray::new(self.clone(), array))
    }
}
