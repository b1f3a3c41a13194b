//! [`Described`]: how an array was distributed, as a checkpoint says it.

use std::ops::Range;

use distarray_core::dist::{AxisMap, Dist, Distribution, Ranks, Strided};
use distarray_core::{Error, Result};
use distarray_protocol::Value;

/// An array's name and how it was distributed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Described {
    pub(super) name: String,
    /// Whether every rank that held any of it had all of it.
    alike: bool,
    axes: Vec<Axis>,
    /// Unknown of old checkpoints.
    held: Option<Held>,
}

/// One axis, without its extent, which the array has.
#[derive(Clone, Debug, PartialEq)]
struct Axis {
    kind: Dist,
    parts: usize,
    halo: (usize, usize),
    boundary: (usize, usize),
    periodic: bool,
}

/// Who held the parts, of how many ranks.
#[derive(Clone, Debug, PartialEq)]
struct Held {
    size: usize,
    by: By,
}

#[derive(Clone, Debug, PartialEq)]
enum By {
    /// Consecutive ranks.
    Range(Range<usize>),
    /// These, in the order of the parts.
    List(Vec<usize>),
}

impl Described {
    /// What is said of an array on so many ranks.
    pub(super) fn of(name: &str, distribution: &Distribution, size: usize) -> Self {
        let axis = |map: &AxisMap| Axis {
            kind: map.dist().clone(),
            parts: map.parts(),
            halo: map.halo(),
            boundary: map.boundary(),
            periodic: map.is_periodic(),
        };
        let holders: Vec<_> = distribution.ranks().holders().collect();
        let first = holders.first().copied().unwrap_or(0);
        let by = match (first..).zip(&holders).all(|(rank, &holder)| rank == holder) {
            true => By::Range(first..first + holders.len()),
            false => By::List(holders),
        };
        Self {
            name: name.to_owned(),
            alike: distribution.is_replicated(),
            axes: distribution.axes().iter().map(axis).collect(),
            held: Some(Held { size, by }),
        }
    }

    /// As a literal: name, whether all alike, axes, ranks.
    pub(super) fn to_value(&self) -> Value<'static> {
        let axes = self.axes.iter().map(|axis| {
            let pair = |(low, high): (usize, usize)| numbers(&[low, high]);
            Value::tuple([
                kind(&axis.kind),
                number(axis.parts),
                pair(axis.halo),
                pair(axis.boundary),
                Value::Bool(axis.periodic),
            ])
        });
        let ranks = self.held.as_ref().map(|held| match &held.by {
            By::Range(range) => Value::Str(format!("{}..{}", range.start, range.end)),
            By::List(list) => numbers(list),
        });
        let (name, alike) = (Value::Str(self.name.clone()), Value::Bool(self.alike));
        Value::tuple([name, alike, Value::tuple(axes), ranks.unwrap_or(Value::None)])
    }

    /// What a literal says, of an array on so many ranks.
    pub(super) fn from_value(value: &Value<'_>, size: usize) -> Option<Self> {
        let [Value::Str(name), Value::Bool(alike), axes, ranks] = tuple(value)? else {
            return None;
        };
        let axis = |value: &Value<'_>| {
            let [kind, parts, halo, boundary, Value::Bool(periodic)] = tuple(value)? else {
                return None;
            };
            let pair = |value| <[usize; 2]>::try_from(numbers_of(value)?).ok();
            Some(Axis {
                kind: kind_of(kind)?,
                parts: number_of(parts)?,
                halo: pair(halo)?.into(),
                boundary: pair(boundary)?.into(),
                periodic: *periodic,
            })
        };
        let by = match ranks {
            Value::Str(range) => {
                let (start, end) = range.split_once("..")?;
                By::Range(start.parse().ok()?..end.parse().ok()?)
            }
            list => By::List(numbers_of(list)?),
        };
        Some(Self {
            name: name.clone(),
            alike: *alike,
            axes: tuple(axes)?.iter().map(axis).collect::<Option<_>>()?,
            held: Some(Held { size, by }),
        })
    }

    /// What a literal of the first version says: name, whether all alike, kinds, grid.
    pub(super) fn from_first_version(value: &Value<'_>) -> Option<Self> {
        let [Value::Str(name), Value::Bool(alike), kinds, grid] = tuple(value)? else {
            return None;
        };
        let (kinds, grid) = (tuple(kinds)?, numbers_of(grid)?);
        if kinds.len() != grid.len() {
            return None;
        }
        let plain = |(kind, parts): (&Value<'_>, usize)| {
            let kind = kind_of(kind)?;
            Some(Axis { kind, parts, halo: (0, 0), boundary: (0, 0), periodic: false })
        };
        let axes = kinds.iter().zip(grid).map(plain).collect::<Option<_>>()?;
        Some(Self { name: name.clone(), alike: *alike, axes, held: None })
    }

    /// How an array of this shape is distributed on so many ranks: as it was if they are as many as
    /// they were, else by the same kinds, with the same halos and boundaries, on all of them.
    ///
    /// # Errors
    /// What is said cannot be, or not of this shape.
    pub(super) fn distribution(&self, shape: &[usize], size: usize) -> Result<Distribution> {
        self.check_sides(shape)?;
        if self.axes.len() != shape.len() {
            return Err(Error::distribution(format!(
                "{} axes are described, the shape is {shape:?}",
                self.axes.len()
            )));
        }
        match &self.held {
            Some(held) if held.size == size => self.as_it_was(shape, held.ranks(self.alike)?),
            None if self.cells() == Some(size) && !self.alike => {
                self.as_it_was(shape, Ranks::range(0..size))
            }
            _ if self.alike => self.with_sides(&Distribution::replicated(shape, size)?),
            _ => {
                let kinds = self.axes.iter().map(Axis::plain_kind).collect();
                self.with_sides(&Distribution::builder(shape).kinds(kinds).build(size)?)
            }
        }
    }

    /// A halo may be wider than its axis, but memory is not asked for by what a description claims: halos that
    /// would make far more elements than there are cannot be.
    pub(super) fn check_sides(&self, shape: &[usize]) -> Result<()> {
        const TIMES: u128 = 1024;
        const FEW: u128 = 1 << 23;
        let lengths = shape.iter().map(|&len| len.max(1) as u128);
        let elements = lengths.clone().fold(1, u128::saturating_mul);
        let wide = |(len, axis): (u128, &Axis)| len + axis.halo.0 as u128 + axis.halo.1 as u128;
        let with_halos = lengths.zip(&self.axes).map(wide).fold(1, u128::saturating_mul);
        if with_halos > elements.saturating_mul(TIMES).max(FEW) {
            return Err(Error::distribution(format!(
                "the halos of shape {shape:?} would make {with_halos} elements"
            )));
        }
        Ok(())
    }

    /// The parts there were; `None` where they cannot be counted.
    fn cells(&self) -> Option<usize> {
        self.axes.iter().try_fold(1_usize, |all, axis| all.checked_mul(axis.parts))
    }

    fn as_it_was(&self, shape: &[usize], ranks: Ranks) -> Result<Distribution> {
        let map = |(axis, &len): (&Axis, &usize)| {
            axis.with_sides(AxisMap::new(len, axis.parts, axis.kind.clone())?)
        };
        let maps = self.axes.iter().zip(shape).map(map).collect::<Result<_>>()?;
        Distribution::from_maps(maps, ranks)
    }

    /// A distribution with the halos and boundaries of this one.
    fn with_sides(&self, plain: &Distribution) -> Result<Distribution> {
        let maps = self.axes.iter().zip(plain.axes());
        let maps = maps.map(|(axis, map)| axis.with_sides(map.clone())).collect::<Result<_>>()?;
        Distribution::from_maps(maps, plain.ranks().clone())
    }
}

impl Axis {
    /// The kind for another number of parts.
    fn plain_kind(&self) -> Dist {
        match &self.kind {
            Dist::Irregular(_) | Dist::Unstructured(_) => Dist::Block,
            // Of a slice; dealt out again it is cyclic.
            Dist::StridedCyclic(_) => Dist::Cyclic,
            other => other.clone(),
        }
    }

    fn with_sides(&self, map: AxisMap) -> Result<AxisMap> {
        let map = map.with_halo(self.halo.0, self.halo.1)?;
        map.with_boundary(self.boundary.0, self.boundary.1)?.with_periodic(self.periodic)
    }
}

impl Held {
    /// The ranks, which are among those that there are.
    fn ranks(&self, alike: bool) -> Result<Ranks> {
        let last = match &self.by {
            By::Range(range) if range.is_empty() => {
                return Err(Error::distribution(format!("{range:?} are no ranks")));
            }
            By::Range(range) => range.end - 1,
            By::List(list) => list.iter().max().copied().unwrap_or(0),
        };
        if last >= self.size {
            let size = self.size;
            return Err(Error::distribution(format!("rank {last} is not one of the {size} ranks")));
        }
        match &self.by {
            By::Range(range) if alike => Ok(Ranks::everywhere(range.clone())),
            By::Range(range) => Ok(Ranks::range(range.clone())),
            By::List(_) if alike => Err(Error::distribution("copies are on consecutive ranks")),
            By::List(list) => Ranks::list(list.iter().copied()),
        }
    }
}

/// A kind as a literal: its short form, or its numbers or lists beside the letter.
fn kind(dist: &Dist) -> Value<'static> {
    let letter = |letter: &str| Value::Str(letter.to_owned());
    match dist {
        Dist::Irregular(bounds) => Value::tuple([letter("b"), numbers(bounds)]),
        Dist::Unstructured(lists) => {
            let lists = (0..lists.parts()).map(|part| numbers(lists.list(part)));
            Value::tuple([letter("u"), Value::tuple(lists)])
        }
        Dist::StridedCyclic(deal) => Value::tuple([
            letter("c"),
            number(deal.block()),
            number(deal.offset()),
            Value::Int(deal.stride() as i128),
        ]),
        other => Value::Str(other.to_string()),
    }
}

/// The kind that a literal is of.
fn kind_of(value: &Value<'_>) -> Option<Dist> {
    match value {
        Value::Str(text) => text.parse().ok(),
        Value::Tuple(items) => match &items[..] {
            [Value::Str(letter), bounds] if letter == "b" => {
                Some(Dist::irregular(numbers_of(bounds)?))
            }
            [Value::Str(letter), lists] if letter == "u" => {
                let lists: Option<Vec<_>> = tuple(lists)?.iter().map(numbers_of).collect();
                Some(Dist::unstructured(lists?))
            }
            [Value::Str(letter), block, offset, Value::Int(stride)] if letter == "c" => {
                let stride = isize::try_from(*stride).ok()?;
                let deal = Strided::new(number_of(block)?, number_of(offset)?, stride);
                Some(Dist::StridedCyclic(deal))
            }
            _ => None,
        },
        _ => None,
    }
}

fn number(number: usize) -> Value<'static> {
    Value::Int(number as i128)
}

fn numbers(all: &[usize]) -> Value<'static> {
    Value::tuple(all.iter().map(|&one| number(one)))
}

pub(super) fn number_of(value: &Value<'_>) -> Option<usize> {
    match value {
        Value::Int(number) => usize::try_from(*number).ok(),
        _ => None,
    }
}

fn numbers_of(value: &Value<'_>) -> Option<Vec<usize>> {
    tuple(value)?.iter().map(number_of).collect()
}

pub(super) fn tuple<'v, 'a>(value: &'v Value<'a>) -> Option<&'v [Value<'a>]> {
    match value {
        Value::Tuple(items) => Some(items),
        _ => None,
    }
}
