//! The all-reduce: MPI's own where it is exact, else by shares in rank order.
//!
//! The standard only recommends that every rank gets the same bits of a floating-point sum, and
//! leaves open what becomes of NaN in a minimum. Those are gathered and combined in rank order here,
//! so they do not depend on the library either. So are the few integer operations that libraries get
//! wrong.

use std::ffi::c_int;
use std::ops::Range;

use distarray_core::comm::{CallKind, Communicator, Memory, Message, ReduceOp};
use distarray_core::{DType, Kind, Result, as_bytes, as_bytes_mut};
use mpi::ffi::{self, MPI_Datatype, MPI_Op};

use crate::code::check;
use crate::communicator::MpiCommunicator;

/// Bytes up to which everything is gathered everywhere, in one step; more is divided into shares.
const GATHERED: usize = 32 << 10;

impl MpiCommunicator {
    /// One `MPI_Allreduce` for each piece, one gather, or an exchange and a gather of shares.
    pub(crate) fn reduce_to_all(
        &self,
        dtype: DType,
        op: ReduceOp,
        values: &mut [u8],
    ) -> Result<()> {
        // Known on every rank before anything is sent: whether the operation takes the dtype.
        let (mut zero, other) = (vec![0; dtype.size()], vec![0; dtype.size()]);
        op.combine(dtype, &mut zero, &other)?;
        if values.is_empty() || self.size == 1 {
            return Ok(());
        }
        // Under a watch only messages can be waited for with a limit.
        match native(dtype, op).filter(|_| self.watched.is_none()) {
            Some(native) => {
                let kind = CallKind::AllReduce { dtype, op, bytes: values.len() };
                self.collective(kind, |_| {
                    self.or_abort(self.reduce_natively(dtype, &native, values))
                })
            }
            None if self.size == 2 || values.len() * self.size <= GATHERED => {
                self.reduce_gathered(dtype, op, values)
            }
            None => self.reduce_shares(dtype, op, values),
        }
    }

    fn reduce_natively(&self, dtype: DType, native: &Native, values: &mut [u8]) -> Result<()> {
        let piece_bytes = (self.limit / 8 * 8).max(8).min(values.len().next_multiple_of(8));
        // Words, since MPI reads and writes whole elements, and bytes may lie anywhere.
        let (mut mine, mut all) = (vec![0_u64; piece_bytes / 8], vec![0_u64; piece_bytes / 8]);
        for piece in values.chunks_mut(piece_bytes) {
            let count = (piece.len() / dtype.size()) as c_int;
            // SAFETY: any bytes make words.
            let words = &mut unsafe { as_bytes_mut(&mut mine) }[..piece.len()];
            words.copy_from_slice(piece);
            if native.turned {
                turn_first_bits(words, dtype.size());
            }
            // SAFETY: both buffers hold `count` elements, aligned for every integer, and are apart;
            // the datatype and the operation are the library's and go together; the communicator
            // is alive.
            let code = unsafe {
                ffi::MPI_Allreduce(
                    mine.as_ptr().cast(),
                    all.as_mut_ptr().cast(),
                    count,
                    native.element,
                    native.operation,
                    self.collective.raw(),
                )
            };
            check(code, "MPI_Allreduce")?;
            piece.copy_from_slice(&as_bytes(&all)[..piece.len()]);
            if native.turned {
                turn_first_bits(piece, dtype.size());
            }
        }
        Ok(())
    }

    /// Gathers everything everywhere, and combines it in rank order.
    fn reduce_gathered(&self, dtype: DType, op: ReduceOp, values: &mut [u8]) -> Result<()> {
        let mut all = vec![0; values.len() * self.size];
        self.all_gather(values, &mut all)?;
        combine_in_rank_order(dtype, op, &mut all, values.len())?;
        values.copy_from_slice(&all[..values.len()]);
        Ok(())
    }

    /// Each rank combines its share of the elements in rank order; then the shares are gathered.
    fn reduce_shares(&self, dtype: DType, op: ReduceOp, values: &mut [u8]) -> Result<()> {
        let elements = values.len() / dtype.size();
        let share = elements.div_ceil(self.size) * dtype.size();
        let length = values.len();
        let share_of = |rank: usize| -> Range<usize> {
            (rank * share).min(length)..((rank + 1) * share).min(length)
        };
        let mine = share_of(self.rank).len();
        let mut parts = vec![0; mine * self.size];
        let others = || (0..self.size).filter(|&rank| rank != self.rank);
        let sends: Vec<_> = others()
            .map(|rank| Message::contiguous(rank, share_of(rank)))
            .filter(|message| message.bytes() > 0)
            .collect();
        let receives: Vec<_> = others()
            .map(|rank| Message::contiguous(rank, rank * mine..(rank + 1) * mine))
            .filter(|message| message.bytes() > 0)
            .collect();
        parts[self.rank * mine..][..mine].copy_from_slice(&values[share_of(self.rank)]);
        self.exchange(Memory::between(values, &mut parts), &sends, &receives)?;
        combine_in_rank_order(dtype, op, &mut parts, mine)?;
        // Shares of one length can be gathered at once; the last ones may be shorter.
        parts.resize(share, 0);
        let mut all = vec![0; share * self.size];
        self.all_gather(&parts, &mut all)?;
        values.copy_from_slice(&all[..length]);
        Ok(())
    }
}

/// Combines parts of equal length into the first.
fn combine_in_rank_order(
    dtype: DType,
    op: ReduceOp,
    parts: &mut [u8],
    length: usize,
) -> Result<()> {
    if length == 0 {
        return Ok(());
    }
    let (first, others) = parts.split_at_mut(length);
    others.chunks_exact(length).try_for_each(|other| op.combine(dtype, first, other))
}

/// MPI's way to an exact result.
struct Native {
    element: MPI_Datatype,
    operation: MPI_Op,
    /// Whether elements travel with their first bit turned over.
    turned: bool,
}

/// MPI's type and operation, where every order of combining gives the same bits, and where the
/// libraries get them right.
fn native(dtype: DType, op: ReduceOp) -> Option<Native> {
    let (kind, bool) = (dtype.kind(), dtype == DType::Bool);
    let ordered = matches!(op, ReduceOp::Min | ReduceOp::Max) || bool;
    if matches!(kind, Kind::Float | Kind::Complex) {
        return None;
    }
    // Sums wrap here. Open MPI 4.1 saturates those of 8 and 16 bits where the processor has AVX.
    if op == ReduceOp::Sum && dtype.size() < 4 && !bool {
        return None;
    }
    // SAFETY: constants of the library.
    unsafe {
        // MPICH 4.0 compares unsigned integers as if they were signed, so signed ones are compared,
        // which with the first bit turned over have the same order. Sums and products are those
        // of unsigned integers, for which C defines how they wrap; the bits are the same.
        let element = match (dtype.size(), ordered) {
            (1, false) => ffi::RSMPI_UINT8_T,
            (2, false) => ffi::RSMPI_UINT16_T,
            (4, false) => ffi::RSMPI_UINT32_T,
            (_, false) => ffi::RSMPI_UINT64_T,
            (1, true) => ffi::RSMPI_INT8_T,
            (2, true) => ffi::RSMPI_INT16_T,
            (4, true) => ffi::RSMPI_INT32_T,
            (_, true) => ffi::RSMPI_INT64_T,
        };
        let operation = match op {
            // A `bool` is a byte of 0 or 1.
            ReduceOp::Sum | ReduceOp::Or if bool => ffi::RSMPI_MAX,
            ReduceOp::Product | ReduceOp::And if bool => ffi::RSMPI_MIN,
            ReduceOp::Sum => ffi::RSMPI_SUM,
            ReduceOp::Product => ffi::RSMPI_PROD,
            ReduceOp::Min => ffi::RSMPI_MIN,
            ReduceOp::Max => ffi::RSMPI_MAX,
            ReduceOp::And => ffi::RSMPI_BAND,
            ReduceOp::Or => ffi::RSMPI_BOR,
        };
        Some(Native { element, operation, turned: ordered && kind == Kind::Unsigned })
    }
}

/// Turns the first bit of every element over, which maps the order of unsigned integers to that of
/// signed ones, and back.
fn turn_first_bits(elements: &mut [u8], size: usize) {
    let first = if cfg!(target_endian = "little") { size - 1 } else { 0 };
    elements.chunks_exact_mut(size).for_each(|element| element[first] ^= 0x80);
}
