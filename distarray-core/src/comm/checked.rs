//! [`Checked`]: a layer that sees to it that all ranks are in the same call.
//!
//! Before each collective the ranks gather a digest of what they are about to do: the call, the
//! user's operation, its arguments and its line. Where the digests differ they gather the texts too,
//! so that each rank has the same error, and none is left waiting in a collective that the others do
//! not enter. A rank whose program ends does the same once more.

use std::cell::OnceCell;
use std::rc::Rc;
use std::time::Duration;

use super::{Call, CallKind, Communicator, Layer, Layered, Operation, Step, naming};
use crate::element::{as_bytes, as_bytes_mut};
use crate::error::{Error, Result};

/// How long a rank that failed waits for the others to hear of it, where the backend keeps limits.
const PATIENCE: Duration = Duration::from_secs(1);

/// Compares what the ranks do before they do it.
///
/// A gather of eight bytes for each collective and for each operation on arrays.
///
/// ```
/// use std::rc::Rc;
/// use distarray_core::comm::{Checked, ReduceOp, Solo};
///
/// let checked = Checked::new(Rc::new(Solo));
/// let sum = checked.communicator().all_reduce_of(ReduceOp::Sum, 2);
/// assert_eq!(checked.leave(sum)?, 2);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Checked {
    /// The communicator below the layer.
    comm: Rc<dyn Communicator>,
    layer: Rc<Comparison>,
}

impl Checked {
    /// Around a communicator of all ranks of a program, on each of them.
    pub fn new(comm: Rc<dyn Communicator>) -> Self {
        Operation::compare();
        Self { comm, layer: Rc::new(Comparison { over: Rc::default() }) }
    }

    /// The communicator for the program.
    pub fn communicator(&self) -> Rc<dyn Communicator> {
        let layer = Rc::clone(&self.layer) as Rc<dyn Layer>;
        Rc::new(Layered::new(Rc::clone(&self.comm), layer))
    }

    /// Says that this rank's program has ended, with its outcome.
    ///
    /// # Errors
    /// The program's own; ranks that are in a collective still, and will not be joined.
    pub fn leave<R>(&self, outcome: Result<R>) -> Result<R> {
        if self.layer.over.get().is_some() {
            return outcome;
        }
        let call = Call::now(CallKind::Leave);
        let text = match &outcome {
            Ok(_) => "returned early".to_owned(),
            Err(error) => format!("failed with: {error}"),
        };
        // The others may be where nothing is compared, waiting for this rank: what failed ends the
        // job in a while, whether they come or not.
        let limit = outcome.is_err().then_some(PATIENCE);
        let compared = self.layer.compare(&*self.comm, &call, &text, limit);
        let mine = self.comm.rank_in_program(self.comm.rank());
        match (compared, outcome) {
            // A rank that failed by itself has the better error.
            (Err(Error::Rank { rank, message }), Err(error))
                if rank == mine && !error.blames_another(rank) =>
            {
                let others = message.strip_prefix(&format!("{text}, "));
                Err(naming(error, &[rank], self.comm.program_size(), others))
            }
            (_, Err(error)) => Err(error),
            (compared, outcome) => compared.and(outcome),
        }
    }
}

#[derive(Debug)]
struct Comparison {
    /// Why no collective can go well any more: a rank has left. For all groups of the program.
    over: Rc<OnceCell<Error>>,
}

impl Comparison {
    /// Compares a call with those of the others; `text` says what it is. Where they do not come within
    /// the limit, nothing is found.
    fn compare(
        &self,
        comm: &dyn Communicator,
        call: &Call,
        text: &str,
        limit: Option<Duration>,
    ) -> Result<()> {
        if let Some(error) = self.over.get() {
            return Err(error.clone());
        }
        let mut digests = vec![0_u64; comm.size()];
        let came = Operation::comparing(|| {
            // SAFETY: what is gathered are integers.
            let all = unsafe { as_bytes_mut(&mut digests) };
            comm.all_gather_within(limit, as_bytes(&[call.digest()]), all)
        })?;
        if !came {
            return Ok(());
        }
        if digests.iter().all(|&digest| digest == digests[0]) {
            return Ok(());
        }
        let leaves = call.kind == CallKind::Leave;
        let told =
            [if leaves { "leaves" } else { "is" }, text, &call.operation.arguments.details()];
        let told = told.join("\0");
        let told = Operation::comparing(|| comm.all_gather_varying(told.as_bytes()))?;
        let told: Vec<Told> = told.iter().map(|bytes| Told::read(bytes)).collect();
        let error = mismatch(comm, &digests, &told);
        if told.iter().any(|told| told.leaves) {
            let _ = self.over.set(error.clone());
        }
        Err(error)
    }
}

/// The error that all ranks get: what the first odd rank does, and what another.
fn mismatch(comm: &dyn Communicator, digests: &[u64], told: &[Told]) -> Error {
    let many = |rank: usize| digests.iter().filter(|&&other| other == digests[rank]).count();
    let stay = (0..told.len()).filter(|&rank| !told[rank].leaves);
    // Of equally many, those with the lowest rank are taken for the rule.
    let rule = stay.rev().max_by_key(|&rank| many(rank)).unwrap_or(0);
    let mut odd: Vec<usize> = (0..told.len()).filter(|&rank| told[rank].leaves).collect();
    if odd.is_empty() {
        odd = (0..told.len()).filter(|&rank| digests[rank] != digests[rule]).collect();
    }
    let (first, theirs) = (&told[odd[0]], &told[rule]);
    let (what, verb) = match first.leaves {
        true => (first.text.clone(), "was"),
        false => (format!("is in {}{}", first.text, first.difference(theirs)), "is"),
    };
    let ranks: Vec<String> =
        odd[1..].iter().map(|&r| comm.rank_in_program(r).to_string()).collect();
    let others = match ranks.is_empty() {
        true => String::new(),
        false => {
            let plural = if ranks.len() > 1 { "s" } else { "" };
            format!("; likewise rank{plural} {}", ranks.join(", "))
        }
    };
    let rank = comm.rank_in_program(rule);
    let message = format!("{what}, while rank {rank} {verb} in {}{others}", theirs.text);
    Error::rank(comm.rank_in_program(odd[0]), message)
}

impl Layer for Comparison {
    fn around(
        &self,
        comm: &dyn Communicator,
        step: &Step<'_>,
        call: &mut dyn FnMut() -> Result<()>,
    ) -> Result<()> {
        if !matches!(step.kind, CallKind::Send { .. } | CallKind::Receive { .. }) {
            let now = Call::now(step.kind);
            self.compare(comm, &now, &now.to_string(), None)?;
        }
        call()
    }

    fn begin(&self, comm: &dyn Communicator) -> Result<()> {
        let now = Call::now(CallKind::Begin);
        self.compare(comm, &now, &now.to_string(), None)
    }

    fn of_part(&self, _: &dyn Communicator) -> Result<Rc<dyn Layer>> {
        Ok(Rc::new(Self { over: Rc::clone(&self.over) }))
    }
}

/// What a rank says of its call.
struct Told {
    leaves: bool,
    text: String,
    details: String,
}

impl Told {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut parts = text.split('\0').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        Self { leaves: next() == "leaves", text: next(), details: next() }
    }

    /// What the texts do not show: the first argument that two ranks have differently.
    fn difference(&self, other: &Self) -> String {
        if self.text != other.text {
            return String::new();
        }
        let mut pairs = self.details.lines().zip(other.details.lines());
        let unlike = pairs.find(|(mine, theirs)| mine != theirs);
        let name = |line: &str| line.split_once('=').map_or("", |(name, _)| name).to_owned();
        match unlike.map(|(mine, theirs)| [name(mine), name(theirs)]) {
            // What only the other one has.
            Some([none, name]) if none.is_empty() => format!(", with another {name}"),
            Some([name, _]) => format!(", with another {name}"),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(leaves: bool, text: &str, details: &str) -> Told {
        Told { leaves, text: text.into(), details: details.into() }
    }

    fn mismatch(digests: &[u64], told: &[Told]) -> String {
        super::mismatch(&crate::comm::Solo, digests, told).to_string()
    }

    #[test]
    fn the_odd_rank_is_named_and_what_most_do() {
        let (sum, max) = (|| told(false, "sum at a.rs:1", ""), || told(false, "max at a.rs:2", ""));
        assert_eq!(
            mismatch(&[1, 2], &[sum(), max()]),
            "rank 1: is in max at a.rs:2, while rank 0 is in sum at a.rs:1"
        );
        assert_eq!(
            mismatch(&[1, 2, 2], &[sum(), max(), max()]),
            "rank 0: is in sum at a.rs:1, while rank 1 is in max at a.rs:2"
        );
        assert_eq!(
            mismatch(&[1, 2, 3, 1], &[sum(), max(), max(), sum()]),
            "rank 1: is in max at a.rs:2, while rank 0 is in sum at a.rs:1; \
             likewise rank 2"
        );
    }

    #[test]
    fn ranks_that_have_left_are_the_odd_ones_however_many_they_are() {
        let left = || told(true, "returned early", "");
        assert_eq!(
            mismatch(&[9, 9, 1], &[left(), left(), told(false, "sum at a.rs:1", "")]),
            "rank 0: returned early, while rank 2 was in sum at a.rs:1; \
             likewise rank 1"
        );
    }

    #[test]
    fn an_argument_that_the_text_does_not_show_is_named() {
        let sum = |details| told(false, "sum at a.rs:1", details);
        assert_eq!(
            mismatch(&[1, 2], &[sum("axes=1\nvalue=2"), sum("axes=1\nvalue=3")]),
            "rank 1: is in sum at a.rs:1, with another value, while rank 0 is in sum at a.rs:1"
        );
    }
}
