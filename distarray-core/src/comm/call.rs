//! [`Call`]: what a rank does in a communicator, to compare with what the others do and to name it.

use std::fmt;

use super::name::Name;
use super::{Operation, ReduceOp};
use crate::digest::Digest;
use crate::element::DType;

/// A kind of call, with all that must be the same on every rank of a collective.
///
/// ```
/// use distarray_core::comm::CallKind;
///
/// let broadcast = CallKind::Broadcast { root: 2, bytes: 8 };
/// assert_eq!(broadcast.to_string(), "broadcast of 8 bytes from root 2");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// The begin of an operation on arrays, which may send nothing.
    Begin,
    /// [`exchange`](super::Communicator::exchange).
    Exchange,
    /// [`start_exchange`](super::Communicator::start_exchange).
    StartExchange,
    /// [`finish_exchange`](super::Communicator::finish_exchange).
    FinishExchange,
    /// [`barrier`](super::Communicator::barrier).
    Barrier,
    /// [`broadcast`](super::Communicator::broadcast).
    Broadcast {
        /// The rank that has the bytes.
        root: usize,
        /// How many there are.
        bytes: usize,
    },
    /// [`all_gather`](super::Communicator::all_gather).
    AllGather {
        /// The bytes of one rank.
        bytes: usize,
    },
    /// [`all_reduce`](super::Communicator::all_reduce).
    AllReduce {
        /// The elements' type.
        dtype: DType,
        /// How they are combined.
        op: ReduceOp,
        /// The bytes of one rank.
        bytes: usize,
    },
    /// [`split`](super::Communicator::split).
    Split,
    /// [`receive`](super::Communicator::receive): between two ranks, never compared.
    Receive {
        /// The rank that sends.
        from: usize,
        /// The message's tag.
        tag: u16,
    },
    /// [`send`](super::Communicator::send): between two ranks, never compared.
    Send {
        /// The rank that receives.
        to: usize,
        /// The message's tag.
        tag: u16,
    },
    /// The end of the rank's program.
    Leave,
}

/// A kind of call and the user's operation that it is part of.
///
/// ```
/// use distarray_core::comm::{Call, CallKind, Operation};
///
/// let scope = Operation::enter("mean");
/// let call = Call::now(CallKind::Barrier);
/// assert!(call.to_string().starts_with("barrier in mean at "));
/// # drop(scope);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// The kind of call.
    pub kind: CallKind,
    /// The user's operation.
    pub operation: Operation,
}

impl Call {
    /// This thread's call at this moment.
    ///
    /// ```
    /// use distarray_core::comm::{Call, CallKind};
    ///
    /// assert_eq!(Call::now(CallKind::Barrier).to_string(), "barrier in the program");
    /// ```
    pub fn now(kind: CallKind) -> Self {
        Self { kind, operation: Operation::current() }
    }

    /// Whether both ranks do the same: the same kind of call, in the same operation, with the same
    /// arguments, be it from different lines of the source.
    ///
    /// ```
    /// use distarray_core::comm::{Call, CallKind};
    ///
    /// let barrier = || Call::now(CallKind::Barrier);
    /// assert!(barrier().is_like(&barrier()) && !barrier().is_like(&Call::now(CallKind::Split)));
    /// ```
    pub fn is_like(&self, other: &Self) -> bool {
        let (mine, theirs) = (&self.operation, &other.operation);
        let named_alike = Name(mine.name) == Name(theirs.name);
        let alike = named_alike && mine.arguments == theirs.arguments;
        self.kind == other.kind && (alike || (mine.comparing && theirs.comparing))
    }

    /// A number that is equal for equal calls, the line of the source included, in all processes of
    /// one program.
    ///
    /// ```
    /// use distarray_core::comm::{Call, CallKind};
    ///
    /// let (a, b) = (Call::now(CallKind::Barrier), Call::now(CallKind::Split));
    /// assert_ne!(a.digest(), b.digest());
    /// ```
    pub fn digest(&self) -> u64 {
        Digest::of(self)
    }

    /// What keeps two calls from being one, beyond their texts: the name of an argument that
    /// differs, such as `", with another distribution"`; else nothing.
    ///
    /// ```
    /// use distarray_core::comm::{Call, CallKind};
    ///
    /// let call = Call::now(CallKind::Begin);
    /// assert_eq!(call.difference(&call), "");
    /// ```
    pub fn difference(&self, other: &Self) -> String {
        match self.operation.arguments.difference(&other.operation.arguments) {
            // Only the line may be another one.
            Some(name) if self.at_line(0).to_string() == other.at_line(0).to_string() => {
                format!(", with another {name}")
            }
            _ => String::new(),
        }
    }

    fn at_line(&self, line: u32) -> Self {
        Self { operation: Operation { line, ..self.operation }, ..*self }
    }
}

impl fmt::Display for CallKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Begin => f.write_str("begin"),
            Self::Exchange => f.write_str("exchange"),
            Self::StartExchange => f.write_str("start of an exchange"),
            Self::FinishExchange => f.write_str("end of an exchange"),
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
            Self::Leave => f.write_str("end"),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            CallKind::Leave => f.write_str("at the end of its program"),
            // A comparison is no part of what the user called.
            _ if self.operation.comparing => write!(f, "{}", self.operation),
            CallKind::Begin => write!(f, "{}", self.operation),
            CallKind::Barrier if self.operation.name == "barrier" => {
                write!(f, "{}", self.operation)
            }
            kind => write!(f, "{kind} in {}", self.operation),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::Arguments;

    #[test]
    fn a_call_names_the_operation_and_its_line() {
        let scope = Operation::enter("mean");
        let line = line!() - 1;
        let kind = CallKind::AllReduce { dtype: DType::F64, op: ReduceOp::Sum, bytes: 16 };
        let text = Call::now(kind).to_string();
        drop(scope);
        let place = format!("{}:{line}", file!());
        assert_eq!(text, format!("all_reduce of 16 bytes (sum of float64) in mean at {place}"));
        assert_eq!(Call::now(CallKind::Barrier).to_string(), "barrier in the program");
    }

    #[test]
    fn calls_are_alike_from_any_line_and_equal_from_one() {
        Operation::compare();
        let calls = [3, 3, 4].map(|extent| {
            let _scope = Operation::enter("sum");
            Operation::note(|| Arguments::new().array(DType::F64, &[extent]));
            Call::now(CallKind::Begin)
        });
        assert_eq!(calls[0].digest(), calls[1].digest());
        assert_ne!(calls[0].digest(), calls[2].digest());
        let mut elsewhere = calls[0];
        elsewhere.operation.line += 1;
        assert!(calls[0].is_like(&elsewhere) && calls[0].digest() != elsewhere.digest());
        assert!(!calls[0].is_like(&calls[2]));
        assert!(calls[2].to_string().starts_with("sum of float64[4] at "));
    }

    #[test]
    fn what_the_texts_do_not_show_is_named() {
        Operation::compare();
        let with = |axes: &[usize]| {
            let _scope = Operation::enter("sum");
            Operation::note(|| Arguments::new().and("axes", axes));
            Call::now(CallKind::Begin)
        };
        assert_eq!(with(&[0]).difference(&with(&[1])), ", with another axes");
        assert_eq!(with(&[0]).difference(&with(&[0])), "");
        assert_eq!(with(&[0]).difference(&with(&[1]).at_line(1)), ", with another axes");
    }
}
