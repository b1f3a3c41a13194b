//! New arrays, and agreement where a rank alone may fail to get the memory.

use crate::comm::Communicator;
use crate::dist::Distribution;
use crate::element::DType;
use crate::error::Result;
use crate::handle::ArrayRef;

/// Bytes of a rank's part from which an allocation ends in an agreement. An all-reduce of eight bytes
/// takes well under a thousandth of the time that so much memory takes to fill; smaller pieces fail
/// only where nothing else goes well either, and a rank that fails alone still stops the others.
pub(super) const LARGE: usize = 64 << 20;

/// An array of zeros. Nothing is sent unless a rank's part is [`LARGE`].
pub(super) fn zeros(
    comm: &dyn Communicator,
    dtype: DType,
    distribution: &Distribution,
) -> Result<ArrayRef> {
    let array = ArrayRef::zeros(dtype, distribution, comm.rank());
    agreed(comm, is_large(dtype, distribution), array)
}

/// An array to be filled, as [`ArrayRef::unfilled`]; sends as [`zeros`] does.
pub(super) fn unfilled(
    comm: &dyn Communicator,
    dtype: DType,
    distribution: &Distribution,
) -> Result<ArrayRef> {
    let array = ArrayRef::unfilled(dtype, distribution, comm.rank());
    agreed(comm, is_large(dtype, distribution), array)
}

/// The outcome of a step, agreed upon where ranks may fail in it alone; known to all alike.
pub(super) fn agreed<T>(
    comm: &dyn Communicator,
    may_fail_alone: bool,
    outcome: Result<T>,
) -> Result<T> {
    match may_fail_alone && comm.size() > 1 {
        true => comm.agree(outcome),
        false => outcome,
    }
}

/// Whether some rank's part is [`LARGE`]: the same on all ranks.
pub(super) fn is_large(dtype: DType, distribution: &Distribution) -> bool {
    let bytes = |elements: usize| elements.saturating_mul(dtype.size());
    // Most arrays are small as a whole.
    bytes(distribution.len()) >= LARGE && bytes(distribution.max_local_len()) >= LARGE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_part_decides() {
        let large = |shape: &[usize], dists: &str, ranks| {
            is_large(DType::F64, &Distribution::new(shape, dists, ranks).unwrap())
        };
        assert!(!large(&[1000], "b", 1));
        assert!(large(&[LARGE / 8], "b", 1) && !large(&[LARGE / 8], "b", 2));
        assert!(large(&[LARGE / 4, 1], "c,n", 2) && large(&[1 << 20, 1 << 20], "b,b", 9));
    }
}
