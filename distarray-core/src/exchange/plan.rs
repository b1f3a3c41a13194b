//! [`Plan`]: what one rank sends and receives in a movement.

use std::collections::BTreeMap;

use super::cover::Cover;
use super::pairing::{AxisPairing, Pairing, incoming, outgoing};
use crate::comm::Run;
use crate::dist::{AxisMap, Distribution, Ranks};
use crate::error::{Error, Result};

/// What one rank sends to and receives from one peer.
///
/// A part is an outer product: along each axis, runs of places in the rank's block.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    pub(crate) peer: usize,
    pub(crate) parts: Vec<Vec<Vec<Run>>>,
}

impl Transfer {
    /// The other rank.
    pub fn peer(&self) -> usize {
        self.peer
    }

    /// The number of elements.
    pub fn elements(&self) -> usize {
        let of_axis = |runs: &Vec<Run>| runs.iter().map(|run| run.count).sum::<usize>();
        self.parts.iter().map(|axes| axes.iter().map(of_axis).product::<usize>()).sum()
    }
}

/// What one rank sends and receives to move an array from one distribution to another.
///
/// ```
/// use distarray_core::{dist::Distribution, exchange::Plan};
///
/// let rows = Distribution::new([4, 4], "b,n", 2)?;
/// let columns = Distribution::new([4, 4], "n,b", 2)?;
/// let plan = Plan::redistribute(&rows, &columns, 0)?;
/// assert_eq!(plan.sends().len(), 1); // to rank 1; what stays is not a message
/// assert_eq!(plan.traffic(8).sent_bytes, 32);
/// assert_eq!(plan.traffic(8).kept_bytes, 32);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub(crate) rank: usize,
    pub(crate) sends: Vec<Transfer>,
    pub(crate) receives: Vec<Transfer>,
}

/// One side's axes and the ranks of its cells, in C order.
struct Side<'a, A> {
    axes: &'a [A],
    parts: Vec<usize>,
    ranks: &'a Ranks,
}

impl<A> Side<'_, A> {
    fn coords(&self, rank: usize) -> Option<Vec<usize>> {
        let mut cell = self.ranks.cell(rank)?;
        let mut coords = vec![0; self.parts.len()];
        for (coord, parts) in coords.iter_mut().zip(&self.parts).rev() {
            *coord = cell % parts;
            cell /= parts;
        }
        Some(coords)
    }

    fn rank_at(&self, coords: &[usize]) -> usize {
        let cell =
            coords.iter().zip(&self.parts).fold(0, |cell, (coord, parts)| cell * parts + coord);
        self.ranks.rank(cell)
    }
}

impl Plan {
    /// Moves an array to another distribution of the same shape. Halos are not filled.
    ///
    /// # Errors
    /// The shapes differ.
    pub fn redistribute(source: &Distribution, target: &Distribution, rank: usize) -> Result<Self> {
        if source.shape() != target.shape() {
            return Err(Error::shape(format!(
                "cannot redistribute shape {:?} as shape {:?}",
                source.shape(),
                target.shape()
            )));
        }
        let covers: Vec<_> = target.axes().iter().cloned().map(Cover::Owned).collect();
        Ok(Self::new(source.axes(), source.ranks(), &covers, target.ranks(), rank))
    }

    /// Fills the halos of an array from the ranks that own the elements, corners included.
    ///
    /// ```
    /// use distarray_core::{dist::Distribution, exchange::Plan};
    ///
    /// let rows = Distribution::builder([6, 5]).halos(1).build(3)?;
    /// let middle = Plan::halo(&rows, 1);
    /// assert_eq!(middle.traffic(8).sent_bytes, 2 * 5 * 8);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    pub fn halo(distribution: &Distribution, rank: usize) -> Self {
        if !distribution.has_halo() {
            return Self { rank, sends: Vec::new(), receives: Vec::new() };
        }
        let covers: Vec<_> = distribution.axes().iter().cloned().map(Cover::WithHalo).collect();
        Self::new(distribution.axes(), distribution.ranks(), &covers, distribution.ranks(), rank)
    }

    /// Moves what the covers want from the axes' owners.
    pub(crate) fn new(
        axes: &[AxisMap],
        source_ranks: &Ranks,
        covers: &[Cover],
        target_ranks: &Ranks,
        rank: usize,
    ) -> Self {
        let parts = axes.iter().map(AxisMap::parts).collect();
        let source = Side { axes, parts, ranks: source_ranks };
        let parts = covers.iter().map(Cover::parts).collect();
        let target = Side { axes: covers, parts, ranks: target_ranks };

        // What a halo's rank owns is in its place already; it is not moved.
        let borrows = covers.iter().any(|cover| matches!(cover, Cover::WithHalo(_)));
        let mut plan = Self { rank, sends: Vec::new(), receives: Vec::new() };
        if let Some(coords) = source.coords(rank) {
            let by_axis = coords.iter().enumerate();
            let by_axis = by_axis.map(|(i, &part)| outgoing(&axes[i], part, &covers[i])).collect();
            let of_source = |pairing: Pairing| pairing.source;
            let sends = transfers(&coords, by_axis, &target, borrows, of_source);
            plan.sends = to_copies(sends, rank, source_ranks, target_ranks);
        }
        if let Some(coords) = target.coords(rank) {
            let by_axis = coords.iter().enumerate();
            let by_axis = by_axis.map(|(i, &part)| incoming(&axes[i], &covers[i], part)).collect();
            plan.receives = transfers(&coords, by_axis, &source, borrows, |p| p.target);
            for transfer in &mut plan.receives {
                transfer.peer = source_ranks.server(transfer.peer, rank);
            }
        }
        plan
    }

    /// The rank whose plan it is.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The messages to other ranks, by rank.
    pub fn sends(&self) -> Vec<&Transfer> {
        self.sends.iter().filter(|transfer| transfer.peer != self.rank).collect()
    }

    /// The messages from other ranks, by rank.
    pub fn receives(&self) -> Vec<&Transfer> {
        self.receives.iter().filter(|transfer| transfer.peer != self.rank).collect()
    }
}

/// The transfers to owners of cells, also to the others that hold copies; those that a copy of the
/// source serves itself, or its owner does, are left to them.
fn to_copies(sends: Vec<Transfer>, rank: usize, source: &Ranks, target: &Ranks) -> Vec<Transfer> {
    if !source.is_everywhere() && !target.is_everywhere() {
        return sends;
    }
    let owner = source.rank(0);
    let serves = |peer: &usize| match source.is_everywhere() {
        true => source.server(owner, *peer) == rank,
        false => true,
    };
    let copies = |transfer: Transfer| {
        let peers: Vec<usize> = match target.is_everywhere() {
            true => target.holders().filter(serves).collect(),
            false => std::iter::once(transfer.peer).filter(serves).collect(),
        };
        peers.into_iter().map(move |peer| Transfer { peer, parts: transfer.parts.clone() })
    };
    sends.into_iter().flat_map(copies).collect()
}

/// One transfer for each choice of a peer's part on every axis.
fn transfers<A>(
    own: &[usize],
    by_axis: Vec<Vec<(usize, AxisPairing)>>,
    peers: &Side<'_, A>,
    borrows: bool,
    side: impl Fn(Pairing) -> Vec<Run>,
) -> Vec<Transfer> {
    let mut found = BTreeMap::new();
    let mut choice = vec![0; by_axis.len()];
    if by_axis.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    debug_assert_eq!(peers.axes.len(), by_axis.len());
    loop {
        let chosen: Vec<_> = by_axis.iter().zip(&choice).map(|(axis, &i)| &axis[i]).collect();
        let coords: Vec<_> = chosen.iter().map(|(part, _)| *part).collect();
        let parts = if coords == own && borrows {
            around(&chosen, &side)
        } else {
            vec![chosen.iter().map(|(_, pairing)| side(pairing.clone().whole())).collect()]
        };
        if !parts.is_empty() {
            found.insert(peers.rank_at(&coords), parts);
        }
        // The next choice, the last axis fastest.
        let Some(axis) =
            (0..choice.len()).rev().find(|&axis| choice[axis] + 1 < by_axis[axis].len())
        else {
            break;
        };
        choice[axis] += 1;
        choice[axis + 1..].fill(0);
    }
    found.into_iter().map(|(peer, parts)| Transfer { peer, parts }).collect()
}

/// What a rank copies from itself into its own halo: every combination of owned and borrowed
/// indices but the one that is owned on all axes.
fn around(
    chosen: &[&(usize, AxisPairing)],
    side: &impl Fn(Pairing) -> Vec<Run>,
) -> Vec<Vec<Vec<Run>>> {
    let mut parts = Vec::new();
    for mask in 1_usize..1 << chosen.len() {
        let pick = |(axis, (_, pairing)): (usize, &&(usize, AxisPairing))| {
            let ghost = mask >> axis & 1 == 1;
            let pairing = if ghost { &pairing.ghost } else { &pairing.owned };
            (!pairing.is_empty()).then(|| pairing.clone())
        };
        let axes: Option<Vec<Pairing>> = chosen.iter().enumerate().map(pick).collect();
        let Some(mut outer) = axes else { continue };
        let Some(last) = outer.pop() else { continue };
        // A halo is narrow on the last axis, and the copy of one column is a long loop, where that
        // of a few elements of each row is many short ones.
        for last in last.columns() {
            let axes = outer.iter().cloned().chain(std::iter::once(last));
            parts.push(axes.map(side).collect());
        }
    }
    parts
}
