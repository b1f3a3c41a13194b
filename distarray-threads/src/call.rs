//! [`Call`]: what a rank does in a collective, to compare with what the others do and to name it.

use std::fmt;

use distarray_core::DType;
use distarray_core::comm::{Operation, ReduceOp};

/// A kind of call, with all that must be the same on every rank of a collective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Exchange,
    Barrier,
    Broadcast {
        root: usize,
        bytes: usize,
    },
    AllGather {
        bytes: usize,
    },
    AllReduce {
        dtype: DType,
        op: ReduceOp,
        bytes: usize,
    },
    Split,
    /// Between two ranks, so that it is never compared; here to be named.
    Receive {
        from: usize,
        tag: u16,
    },
    /// As [`Receive`](Self::Receive).
    Send {
        to: usize,
        tag: u16,
    },
}

/// A kind of call and the user's operation that it is part of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) kind: Kind,
    operation: Operation,
}

impl Call {
    /// This thread's call at this moment.
    pub(crate) fn now(kind: Kind) -> Self {
        Self { kind, operation: Operation::current() }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exchange => f.write_str("exchange"),
            Self::Barrier => f.write_str("barrier"),
            Self::Broadcast { root, bytes } => {
                write!(f, "broadcast of {bytes} bytes from root {root}")
            }
            Self::AllGather { bytes } => write!(f, "all_gather of {bytes} bytes"),
            Self::AllReduce { dtype, op, bytes } => {
                write!(f, "all_reduce of {bytes} bytes ({} of {dtype})", op.name())
            }
            Self::Split => f.write_str("split"),
            Self::Receive { from, tag } => write!(f, "receive from rank {from} with tag {tag}"),
            Self::Send { to, tag } => write!(f, "send to rank {to} with tag {tag}"),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.kind, self.operation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_names_the_operation_and_its_line() {
        let scope = Operation::enter("mean");
        let line = line!() - 1;
        let kind = Kind::AllReduce { dtype: DType::F64, op: ReduceOp::Sum, bytes: 16 };
        let text = Call::now(kind).to_string();
        drop(scope);
        let place = format!("{}:{line}", file!());
        assert_eq!(text, format!("all_reduce of 16 bytes (sum of float64) in mean at {place}"));
        assert_eq!(Call::now(Kind::Barrier).to_string(), "barrier in the program");
    }
}
