//! Stencils: functions of an element and its neighbours, over a whole array.
//!
//! What is needed of other ranks is on its way while everything that reads this rank's own elements
//! alone is computed; the rest is computed from small copies ([`slabs`], [`ends`]).

mod boundary;
mod ends;
mod frame;
mod shape;
mod slabs;
mod sweep;
mod window;

use std::mem::size_of;

use ndarray::{ArrayD, ArrayViewD, ArrayViewMutD, IxDyn};

pub use boundary::{Boundary, IndexFunction};
pub use shape::Stencil;
pub use window::Window;

use self::ends::Ends;
use self::frame::Frame;
use self::slabs::Slabs;
use self::sweep::{Strided, Sweep};
use super::allocate::zeros;
use crate::comm::{Communicator, Memory, Started};
use crate::dist::Distribution;
use crate::element::{Element, as_bytes_mut};
use crate::error::{Error, Result};
use crate::exchange::Piece;
use crate::handle::ArrayRef;

/// What computes the elements of a box.
type Run<'a, T, U, const N: usize> = &'a mut dyn FnMut(&Sweep<'_, T, U, N>) -> Result<()>;

/// The function of every element and its neighbours, as a new array with the distribution of the
/// source, without its halo.
///
/// One message at most to and from each rank whose elements are read, while the interior is
/// computed, and an agreement of eight bytes.
///
/// # Errors
/// The array has another number of axes, or axes that are not of block kinds; the function looked
/// beyond the reach; a rank failed.
pub fn stencil<T: Element, U: Element, const N: usize>(
    comm: &dyn Communicator,
    stencil: &Stencil<T, N>,
    source: &ArrayRef,
    value: impl FnMut(&Window<'_, T, N>) -> U,
) -> Result<ArrayRef> {
    stencil.reaches(source.distribution())?;
    let mut target = zeros(comm, U::DTYPE, &source.distribution().without_halo())?;
    stencil_into(comm, stencil, source, &mut target, value)?;
    Ok(target)
}

/// As [`stencil`], of a function that may fail.
///
/// # Errors
/// As [`stencil`]; the function's own on the lowest rank where it fails.
pub fn try_stencil<T: Element, U: Element, const N: usize>(
    comm: &dyn Communicator,
    stencil: &Stencil<T, N>,
    source: &ArrayRef,
    value: impl FnMut(&Window<'_, T, N>) -> Result<U>,
) -> Result<ArrayRef> {
    stencil.reaches(source.distribution())?;
    let mut target = zeros(comm, U::DTYPE, &source.distribution().without_halo())?;
    try_stencil_into(comm, stencil, source, &mut target, value)?;
    Ok(target)
}

/// As [`stencil`], into an array that there is, whose halo stays as it is.
///
/// # Errors
/// As [`stencil`]; the target is distributed otherwise than the source, or of another dtype.
pub fn stencil_into<T: Element, U: Element, const N: usize>(
    comm: &dyn Communicator,
    stencil: &Stencil<T, N>,
    source: &ArrayRef,
    target: &mut ArrayRef,
    mut value: impl FnMut(&Window<'_, T, N>) -> U,
) -> Result<()> {
    // SAFETY: `apply` vouches for the sweeps that it passes on.
    apply(comm, stencil, source, target, &mut |sweep| unsafe { sweep.run(&mut value) })
}

/// As [`stencil_into`], of a function that may fail.
///
/// # Errors
/// As [`stencil_into`]; the function's own on the lowest rank where it fails.
pub fn try_stencil_into<T: Element, U: Element, const N: usize>(
    comm: &dyn Communicator,
    stencil: &Stencil<T, N>,
    source: &ArrayRef,
    target: &mut ArrayRef,
    mut value: impl FnMut(&Window<'_, T, N>) -> Result<U>,
) -> Result<()> {
    // SAFETY: `apply` vouches for the sweeps that it passes on.
    apply(comm, stencil, source, target, &mut |sweep| unsafe { sweep.try_run(&mut value) })
}

/// Exchanges what the slabs read, and runs the sweeps of the interior and of the slabs. Each reads
/// memory that is valid for reads and written by nobody within its reach, and writes memory that is
/// valid for writes and reached by nothing else.
fn apply<T: Element, U: Element, const N: usize>(
    comm: &dyn Communicator,
    stencil: &Stencil<T, N>,
    source: &ArrayRef,
    target: &mut ArrayRef,
    run: Run<'_, T, U, N>,
) -> Result<()> {
    let distribution = source.distribution();
    let reaches = &stencil.reaches(distribution)?;
    check_target::<U>(distribution, target)?;
    let rank = comm.rank();
    let passes = slabs::sides(reaches);
    let slabs = Slabs::new(distribution, reaches, &passes, (rank, source.part()), size_of::<T>());
    let mut memory = vec![T::default(); slabs.elements];
    let bytes = source.part().map_or(&[][..], |part| part.with_halo().storage().as_slice());
    let mut pending = Pending { comm, started: None };
    pending.started = Some(comm.start_exchange(bytes, &slabs.sends, &slabs.receives)?);

    let frame = &Frame::new(stencil, distribution, reaches, rank);
    // What fails here fails on this rank alone, and the others count on it until they agree.
    let views = match (source.part(), target.part_mut()) {
        (Some(source), Some(target)) => {
            Some(source.view::<T>().and_then(|source| Ok((source, target.view_mut::<U>()?))))
        }
        _ => None,
    };
    let mut views = views.transpose();
    let sweep = |source, target, computed| Sweep { source, target, computed, frame };
    let mut outcome = Ok(());
    if let (Ok(Some((source, target))), Some(core)) = (&mut views, &slabs.core) {
        let (source, target) = (read(source), written(target));
        // SAFETY: the source's places are valid for reads, and written by nobody.
        let mut ends = unsafe { Ends::new(frame, source, size_of::<U>()) };
        outcome = ends.each(core, &slabs.own, &mut |source, computed| {
            run(&sweep(source, target, computed.clone()))
        });
    }
    // SAFETY: what is received are elements of the same type on other ranks.
    pending.finish(unsafe { as_bytes_mut(&mut memory) })?;
    if let Ok(Some((_, target))) = &mut views {
        for place in &slabs.places {
            frame.fill(place, &mut memory[place.elements()]);
            let source = place.source(memory[place.offset..].as_ptr());
            let slab = sweep(source, written(target), place.computed.clone());
            outcome = outcome.and_then(|()| run(&slab));
        }
    }
    comm.agree(views.map(|_| ()).and(outcome))
}

/// What a rank owns and what lies around it, as a new array of its own.
///
/// # Errors
/// As [`stencil`].
pub fn local_padded<T: Element, const N: usize>(
    comm: &dyn Communicator,
    stencil: &Stencil<T, N>,
    source: &ArrayRef,
) -> Result<ArrayD<T>> {
    let distribution = source.distribution();
    let reaches = &stencil.reaches(distribution)?;
    let (rank, passes) = (comm.rank(), [[Piece::Whole; N]]);
    let slabs = Slabs::new(distribution, reaches, &passes, (rank, source.part()), size_of::<T>());
    let mut memory = vec![T::default(); slabs.elements];
    let bytes = source.part().map_or(&[][..], |part| part.with_halo().storage().as_slice());
    // SAFETY: what is received are elements of the same type on other ranks.
    let target = unsafe { as_bytes_mut(&mut memory) };
    comm.exchange(Memory::between(bytes, target), &slabs.sends, &slabs.receives)?;
    let frame = &Frame::new(stencil, distribution, reaches, rank);
    // Without an axis there is no shape that is empty.
    let mut shape = vec![0; N.max(1)];
    if let (Some(own), Some(part)) = (slabs.own.first(), source.part()) {
        let view = part.view::<T>()?;
        // SAFETY: the view's places are valid for reads, and written by nobody.
        let place = unsafe { Ends::new(frame, read(&view), 0) }.copy(&own.computed, &mut memory);
        shape = place.shape().to_vec();
    }
    if let Some(place) = slabs.places.first() {
        frame.fill(place, &mut memory);
        shape = place.shape().to_vec();
    }
    Ok(ArrayD::from_shape_vec(IxDyn(&shape), memory).expect("as many elements as places"))
}

fn read<T, const N: usize>(view: &ArrayViewD<'_, T>) -> Strided<*const T, N> {
    let strides = std::array::from_fn(|axis| view.strides()[axis]);
    Strided { origin: view.as_ptr(), strides }
}

fn written<U, const N: usize>(view: &mut ArrayViewMutD<'_, U>) -> Strided<*mut U, N> {
    let strides = std::array::from_fn(|axis| view.strides()[axis]);
    Strided { origin: view.as_mut_ptr(), strides }
}

fn check_target<U: Element>(source: &Distribution, target: &ArrayRef) -> Result<()> {
    let (wanted, found) = (source.without_halo(), target.distribution().without_halo());
    if target.dtype() != U::DTYPE {
        return Err(Error::dtype(format!(
            "a stencil of {} elements cannot write to an array of {}",
            U::DTYPE,
            target.dtype()
        )));
    }
    if wanted.shape() != found.shape() {
        return Err(Error::shape(format!(
            "a stencil over shape {:?} cannot write to an array of shape {:?}",
            wanted.shape(),
            found.shape()
        )));
    }
    match wanted.is_compatible(&found) {
        true => Ok(()),
        false => Err(Error::distribution(format!(
            "a stencil over {source} cannot write to an array that is {}: every rank writes what it \
             owns of both",
            target.distribution()
        ))),
    }
}

/// An exchange that is abandoned where it is not finished, as when the user's function panics.
struct Pending<'a> {
    comm: &'a dyn Communicator,
    started: Option<Started>,
}

impl Pending<'_> {
    fn finish(mut self, target: &mut [u8]) -> Result<()> {
        match self.started.take() {
            Some(started) => self.comm.finish_exchange(started, target),
            None => Ok(()),
        }
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.started.take().into_iter().for_each(|started| self.comm.abandon_exchange(started));
    }
}
