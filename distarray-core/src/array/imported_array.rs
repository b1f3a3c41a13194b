//! [`ImportedArray`]: another library's array, seen through the Distributed Array Protocol.

use std::fmt;

use distarray_protocol::{DimData, DistBuffer};
use ndarray::ArrayViewD;

use super::{Context, DistArray};
use crate::comm::Operation;
use crate::dist::Distribution;
use crate::element::Element;
use crate::error::Result;
use crate::ops;

/// An array whose sections another library lends, with its distribution; nothing is copied.
///
/// Made by [`Context::import_view`]. Its elements are read where they lie; what works on a
/// [`DistArray`] works on the copy that [`to_dist_array`](Self::to_dist_array) makes.
///
/// ```
/// use distarray_core::prelude::*;
/// use distarray_protocol::DistributedArray;
///
/// let ctx = Context::solo();
/// let theirs = ctx.arange(0.0, 4.0, 1.0)?;
/// let section = theirs.distarray()?;
/// let seen = ctx.import_view::<f64>(&section)?;
/// assert_eq!(seen.local().as_ptr(), theirs.local().as_ptr());
/// assert_eq!(seen.local().sum(), 6.0);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct ImportedArray<'a, T> {
    ctx: Context,
    distribution: Distribution,
    section: ArrayViewD<'a, T>,
    dim_data: &'a [DimData<'a>],
}

impl<'a, T: Element> ImportedArray<'a, T> {
    pub(super) fn new(ctx: &Context, section: &'a DistBuffer<'_>) -> Result<Self> {
        let (distribution, view) = ops::import_view(ctx.communicator()?, section)?;
        Ok(Self { ctx: ctx.clone(), distribution, section: view, dim_data: &section.dim_data })
    }

    /// Extents of the whole array.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_protocol::{Buffer, DimData, DistBuffer};
    ///
    /// let ctx = Context::solo();
    /// let section = DistBuffer::new(Buffer::from_vec(vec![4, 2]), vec![DimData::undistributed(2)]);
    /// assert_eq!(ctx.import_view::<i32>(&section)?.shape(), [2]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn shape(&self) -> &[usize] {
        self.distribution.shape()
    }

    /// Who owns which element.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_protocol::{Buffer, DimData, DistBuffer};
    ///
    /// let ctx = Context::solo();
    /// let dims = vec![DimData::unstructured(3, 1, 0, vec![2, 0, 1])];
    /// let section = DistBuffer::new(Buffer::from_vec(vec![2.5, 0.5, 1.5]), dims);
    /// let seen = ctx.import_view::<f64>(&section)?;
    /// assert_eq!(seen.distribution().axis(0).dist(), &Dist::unstructured(vec![vec![2, 0, 1]]));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// The elements that this rank owns, without communication padding. Nothing is copied or sent.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_protocol::{Buffer, DimData, DistBuffer};
    ///
    /// let ctx = Context::solo();
    /// let section = DistBuffer::new(Buffer::from_vec(vec![4, 2]), vec![DimData::undistributed(2)]);
    /// assert_eq!(ctx.import_view::<i32>(&section)?.local()[1], 2);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn local(&self) -> ArrayViewD<'a, T> {
        ops::owned_section(self.section.clone(), self.dim_data)
    }

    /// All elements of the section, as the other library keeps them: what this rank owns and the
    /// padding around it. Nothing is copied or sent.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_protocol::{Buffer, DimData, DistBuffer};
    ///
    /// let ctx = Context::solo();
    /// let section = DistBuffer::new(Buffer::from_vec(vec![4, 2]), vec![DimData::undistributed(2)]);
    /// let seen = ctx.import_view::<i32>(&section)?;
    /// assert_eq!(seen.local_with_halo().as_ptr(), section.buffer.as_ptr().cast());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn local_with_halo(&self) -> ArrayViewD<'a, T> {
        self.section.clone()
    }

    /// An array of its own with the same distribution, by one copy of this rank's elements.
    ///
    /// The halo is filled where all ranks have padding as wide as it, and zeros elsewhere until
    /// [`exchange_halo`](DistArray::exchange_halo). Collective: nothing is sent but one agreement.
    ///
    /// # Errors
    /// There is no memory for the copy on some rank.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    /// use distarray_protocol::{Buffer, DimData, DistBuffer};
    ///
    /// let ctx = Context::solo();
    /// let lent = [1.0, 2.0, 4.0];
    /// let section = DistBuffer::new(Buffer::from_slice(&lent), vec![DimData::undistributed(3)]);
    /// let copy = ctx.import_view::<f64>(&section)?.to_dist_array()?;
    /// assert_eq!(copy.sum()?, 7.0);
    /// # Ok::<(), Error>(())
    /// ```
    #[track_caller]
    pub fn to_dist_array(&self) -> Result<DistArray<T>> {
        let _scope = Operation::enter("to_dist_array");
        let rank = self.ctx.rank();
        let copy = ops::copy_section(&self.section, self.dim_data, &self.distribution, rank);
        Ok(DistArray::new(self.ctx.clone(), self.ctx.agree(copy)?))
    }
}

impl<T: Element> fmt::Debug for ImportedArray<'_, T> {
    /// The dtype and the distribution.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ImportedArray<{}>({})", T::DTYPE, self.distribution)
    }
}
