//! [`Route`]: a redistribution that is kept and run many times.

use std::cell::RefCell;
use std::rc::Rc;

use super::carry::{carry_here, messages};
use super::explain::stays;
use super::{Explanation, Plan};
use crate::block::Part;
use crate::comm::{Communicator, Memory, Message};
use crate::dist::Distribution;
use crate::element::DType;
use crate::error::Result;

/// A redistribution that is kept and run many times, on arrays of any element type.
///
/// It holds this rank's [`Plan`], and the layouts of the messages of its last run: a run on arrays
/// of the same form only exchanges. Cloning shares both. Made by
/// [`DistArray::route_to`](crate::array::DistArray::route_to).
///
/// ```
/// use distarray_core::{DType, dist::Distribution, exchange::Route};
///
/// let rows = Distribution::new([4, 4], "b,n", 2)?;
/// let columns = Distribution::new([4, 4], "n,b", 2)?;
/// let route = Route::new(&rows, &columns, 0)?;
/// assert_eq!(route.plan().traffic(8).sent_bytes, 32);
/// assert_eq!(route.explain(DType::F64)?.total().sent_bytes, 64);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Route(Rc<Kept>);

#[derive(Debug)]
struct Kept {
    source: Distribution,
    target: Distribution,
    plan: Plan,
    is_identity: bool,
    last: RefCell<Layouts>,
}

/// The messages of a run, and what they were made for.
#[derive(Debug, Default)]
struct Layouts {
    source: Option<Form>,
    target: Option<Form>,
    sends: Rc<[Message]>,
    receives: Rc<[Message]>,
}

/// Where a part's places lie in its memory.
#[derive(Clone, Debug, PartialEq)]
struct Form {
    item: usize,
    offset: usize,
    strides: Vec<isize>,
    origin: Vec<usize>,
}

impl Form {
    fn of(part: &Part) -> Self {
        let block = part.with_halo();
        Self {
            item: block.dtype().size(),
            offset: block.offset(),
            strides: block.strides().to_vec(),
            origin: part.origin().to_vec(),
        }
    }
}

impl Route {
    /// One rank's route between two distributions of the same shape. Nothing is sent.
    ///
    /// # Errors
    /// The shapes differ.
    ///
    /// ```
    /// use distarray_core::{dist::Distribution, exchange::Route};
    ///
    /// let tiles = Distribution::new([4, 4], "c:2,n", 2)?;
    /// assert!(Route::new(&tiles, &tiles, 1)?.is_identity());
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn new(source: &Distribution, target: &Distribution, rank: usize) -> Result<Self> {
        Ok(Self(Rc::new(Kept {
            plan: Plan::redistribute(source, target, rank)?,
            is_identity: stays(source, target),
            source: source.clone(),
            target: target.clone(),
            last: RefCell::default(),
        })))
    }

    /// The distribution that elements come from.
    pub fn source(&self) -> &Distribution {
        &self.0.source
    }

    /// The distribution that they go to.
    pub fn target(&self) -> &Distribution {
        &self.0.target
    }

    /// What this rank sends and receives.
    pub fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// Whether every element stays in its place on its rank, so that a run moves and copies nothing.
    pub fn is_identity(&self) -> bool {
        self.0.is_identity
    }

    /// What a run costs on every rank, for elements of this type. Nothing is sent.
    ///
    /// # Errors
    /// None in practice: the shapes were compared when the route was made.
    ///
    /// ```
    /// use distarray_core::{DType, dist::Distribution, exchange::Route};
    ///
    /// let tiles = Distribution::new([4, 4], "c:2,n", 2)?;
    /// let explanation = Route::new(&tiles, &tiles, 0)?.explain(DType::F32)?;
    /// assert_eq!(explanation.to_string(), "every element stays in its place: nothing is moved");
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn explain(&self, dtype: DType) -> Result<Explanation> {
        Explanation::of(&self.0.source, &self.0.target, dtype.size())
    }

    /// Moves elements from one part to another. Collective; a rank that holds no part on a side
    /// passes none. The memory of the target is the part's own.
    pub(crate) fn carry(
        &self,
        comm: &dyn Communicator,
        source: Option<&Part>,
        target: Option<&mut Part>,
    ) -> Result<()> {
        if self.0.source.ranks().serve(self.0.target.ranks()) {
            // Each rank has a copy of all that it wants.
            return target.map_or(Ok(()), |part| carry_here(&self.0.plan, source, part));
        }
        let (sends, receives) = self.layouts(source, target.as_deref());
        let source = source.map_or(&[][..], |part| part.with_halo().storage().as_slice());
        let target = match target {
            Some(part) => part.with_halo_mut().make_unique()?.as_mut_slice(),
            None => &mut [],
        };
        comm.exchange(Memory::between(source, target), &sends, &receives)
    }

    /// The messages between parts of these forms: those of the last run where it had the same.
    fn layouts(
        &self,
        source: Option<&Part>,
        target: Option<&Part>,
    ) -> (Rc<[Message]>, Rc<[Message]>) {
        let mut last = self.0.last.borrow_mut();
        let from = source.map(Form::of);
        if from.is_none() || last.source != from {
            last.sends = messages(&self.0.plan.sends, source).into();
            last.source = from;
        }
        let to = target.map(Form::of);
        if to.is_none() || last.target != to {
            last.receives = messages(&self.0.plan.receives, target).into();
            last.target = to;
        }
        (Rc::clone(&last.sends), Rc::clone(&last.receives))
    }
}
