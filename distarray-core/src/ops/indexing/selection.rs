//! [`Selection`]: which elements of an array are meant, as the user says it.

use std::ops::Range;
use std::rc::Rc;

use ndarray::ArrayD;

use crate::comm::{Arguments, Operation};
use crate::dist::{AxisMap, Dist, Distribution};
use crate::error::{Error, Result};
use crate::expr::{Node, broadcast_shapes};

/// Indices along one axis, of any shape; negative ones count from the end.
#[derive(Clone, Debug)]
pub enum Indices {
    /// The same ones on every rank, which has all of them.
    Replicated(Rc<ArrayD<i64>>),
    /// Spread over the ranks: an expression of integers.
    Distributed(Node),
}

impl Indices {
    /// Extents of the indices as an array.
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::Replicated(indices) => indices.shape(),
            Self::Distributed(node) => node.shape(),
        }
    }
}

/// Which elements of an array are meant.
///
/// ```
/// use std::rc::Rc;
/// use distarray_core::ops::{Indices, Selection};
/// use ndarray::array;
///
/// let indices = Indices::Replicated(Rc::new(array![0_i64, -1].into_dyn()));
/// let selection = Selection::Axis(1, indices);
/// assert_eq!(selection.shape(&[4, 5])?, [4, 2]);
/// # Ok::<(), distarray_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Selection {
    /// Along one axis, whole on the others: NumPy's `take`.
    Axis(usize, Indices),
    /// By the place in C order of the whole array: NumPy's `take` and `put` without an axis.
    Flat(Indices),
    /// Along one axis, one for each place on the others: NumPy's `take_along_axis`.
    Along(usize, Indices),
    /// By indices on the first axes that broadcast together, whole on the others: NumPy's `a[i, j]`.
    Coordinates(Vec<Indices>),
}

impl Selection {
    /// Extents of what is selected.
    ///
    /// # Errors
    /// The indices do not fit the array's shape, or each other's.
    pub fn shape(&self, of: &[usize]) -> Result<Vec<usize>> {
        let (axes, indexed) = (self.axes(of)?, self.indexed_shape(of)?);
        Ok([&of[..axes.start], &indexed, &of[axes.end..]].concat())
    }

    /// The axes of the array that are indexed.
    pub(super) fn axes(&self, of: &[usize]) -> Result<Range<usize>> {
        let (ndim, name) = (of.len(), Operation::current().name);
        match self {
            Self::Axis(axis, _) | Self::Along(axis, _) if *axis >= ndim => {
                Err(Error::index(format!("'{name}': axis {axis} of an array of {ndim} axes")))
            }
            Self::Axis(axis, _) => Ok(*axis..axis + 1),
            Self::Along(..) | Self::Flat(_) => Ok(0..ndim),
            Self::Coordinates(indices) if indices.len() > ndim => Err(Error::index(format!(
                "'{name}': indices on {} axes of an array of {ndim} axes",
                indices.len()
            ))),
            Self::Coordinates(indices) => Ok(0..indices.len()),
        }
    }

    /// The shape that the indices broadcast to together.
    pub(super) fn indexed_shape(&self, of: &[usize]) -> Result<Vec<usize>> {
        let name = Operation::current().name;
        match self {
            Self::Axis(_, indices) | Self::Flat(indices) => Ok(indices.shape().to_vec()),
            Self::Along(axis, indices) => {
                let mut others = of.to_vec();
                if let Some(extent) = others.get_mut(*axis) {
                    *extent = 1;
                }
                let shape = indices.shape();
                let fits = |shape: &Vec<usize>| shape.len() == of.len();
                let joined = broadcast_shapes(shape, &others).filter(fits);
                joined.filter(|_| shape.len() == of.len()).ok_or_else(|| {
                    Error::shape(format!(
                        "'{name}': indices of shape {shape:?} do not fit an array of shape {of:?} \
                         along axis {axis}"
                    ))
                })
            }
            Self::Coordinates(indices) => {
                let mut joined = Vec::new();
                for indices in indices {
                    let shape = indices.shape();
                    joined = broadcast_shapes(&joined, shape).ok_or_else(|| {
                        Error::shape(format!(
                            "'{name}': indices of shapes {joined:?} and {shape:?} do not broadcast"
                        ))
                    })?;
                }
                Ok(joined)
            }
        }
    }

    /// The indices that are given.
    pub(super) fn given(&self) -> &[Indices] {
        match self {
            Self::Axis(_, indices) | Self::Flat(indices) | Self::Along(_, indices) => {
                std::slice::from_ref(indices)
            }
            Self::Coordinates(indices) => indices,
        }
    }

    /// Adds to what the ranks compare.
    pub(crate) fn note(&self, arguments: Arguments) -> Arguments {
        let (form, axis) = match self {
            Self::Axis(axis, _) => (0, *axis),
            Self::Flat(_) => (1, 0),
            Self::Along(axis, _) => (2, *axis),
            Self::Coordinates(_) => (3, 0),
        };
        let digest = |indices: &Indices| match indices {
            Indices::Replicated(indices) => {
                let all: Vec<i64> = indices.iter().copied().collect();
                crate::digest::Digest::of(&(indices.shape(), all))
            }
            Indices::Distributed(node) => node.digest(),
        };
        let digests: Vec<u64> = self.given().iter().map(digest).collect();
        arguments.and("axis", &(form, axis)).and("indices", &digests)
    }

    /// Who holds what is selected, where every rank has the indices: the array's own ranks, blocks
    /// along the first axis of the indices in place of the indexed axes.
    pub(super) fn beside(&self, source: &Distribution) -> Result<Distribution> {
        let axes = self.axes(source.shape())?;
        let indexed = self.indexed_shape(source.shape())?;
        let source = source.without_halo();
        if let Self::Along(axis, _) = self
            && (0..source.ndim()).all(|i| i == *axis || indexed[i] == source.shape()[i])
        {
            let parts = source.grid()[*axis];
            return source.with_axis(*axis, blocks(indexed[*axis], parts)?);
        }
        if indexed.is_empty() {
            return source.reduce(&axes.collect::<Vec<_>>());
        }
        let mut parts = source.grid()[axes.clone()].iter().product();
        let mut maps = source.axes()[..axes.start].to_vec();
        for extent in indexed {
            maps.push(blocks(extent, parts)?);
            parts = 1;
        }
        maps.extend_from_slice(&source.axes()[axes.end..]);
        Distribution::from_maps(maps, source.ranks().clone())
    }
}

/// An axis in so many blocks; uncut where that is one.
fn blocks(extent: usize, parts: usize) -> Result<AxisMap> {
    let kind = if parts == 1 { Dist::Undistributed } else { Dist::Block };
    AxisMap::new(extent, parts, kind)
}
