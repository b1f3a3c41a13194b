//! Slices and changes of shape as plain data, which any array can be put through: numbers are taken
//! as far as the array at hand allows.

use distarray::prelude::*;
use ndarray::{ArrayD, Axis, IxDyn, SliceInfoElem, concatenate};
use proptest::prelude::*;
use proptest::sample::Index;

/// What a slice takes of one axis.
#[derive(Clone, Debug)]
enum Cut {
    /// One index, counted from either end.
    At(Index, bool),
    /// From one index to another, by some step.
    Range(Index, Index, isize),
    /// Everything, behind a new axis.
    Behind,
}

/// A slice of any array.
#[derive(Clone, Debug)]
pub struct Cuts(Vec<Cut>);

/// Slices of arrays of up to five axes; of those that have more, the last ones are taken whole.
///
/// ```
/// use distarray_tests::{changes::cuts, draw::Draw};
///
/// let cuts = Draw::new(1).of(&cuts());
/// assert!(cuts.of(&[4, 3]).len() >= 2);
/// ```
pub fn cuts() -> impl Strategy<Value = Cuts> + Clone {
    let step = prop::sample::select(vec![1_isize, 1, 2, 3, -1, -2, -5]);
    let cut = prop_oneof![
        5 => (any::<Index>(), any::<Index>(), step).prop_map(|(a, b, step)| Cut::Range(a, b, step)),
        1 => (any::<Index>(), any::<bool>()).prop_map(|(at, negative)| Cut::At(at, negative)),
        1 => Just(Cut::Behind),
    ];
    prop::collection::vec(cut, 0..6).prop_map(Cuts)
}

impl Cuts {
    /// The slice for an array of this shape, with something for every axis.
    pub fn of(&self, shape: &[usize]) -> Vec<SliceInfoElem> {
        let whole = SliceInfoElem::Slice { start: 0, end: None, step: 1 };
        let mut elements = Vec::new();
        for (axis, &len) in shape.iter().enumerate() {
            match &self.0.get(axis) {
                Some(Cut::At(at, negative)) if len > 0 => {
                    let at = at.index(len) as isize;
                    let at = if *negative { at - len as isize } else { at };
                    elements.push(SliceInfoElem::Index(at));
                }
                Some(Cut::Range(a, b, step)) => {
                    let (start, end) = (a.index(len + 1), b.index(len + 1));
                    elements.push(SliceInfoElem::Slice {
                        start: start as isize,
                        end: (end < len).then_some(end as isize),
                        step: *step,
                    });
                }
                Some(Cut::Behind) => elements.extend([SliceInfoElem::NewAxis, whole]),
                _ => elements.push(whole),
            }
        }
        elements
    }
}

/// One change of shape or order, or of who owns what.
#[derive(Clone, Debug)]
pub enum Change {
    /// Some of the elements.
    Slice(Cuts),
    /// The axes in another order.
    Permute(Vec<Index>),
    /// Backwards along an axis.
    Flip(Index),
    /// Further along an axis, round its end.
    Roll(isize, Index),
    /// Every element of an axis several times.
    Repeat(usize, Index),
    /// All along an axis several times.
    Tile(usize, Index),
    /// The array and itself, one after the other.
    Twice(Index),
    /// The extents of two axes as one, or one axis behind a new one.
    Reshape(Index),
    /// A new axis in front, so many times.
    Stretch(usize),
    /// Zeros around an axis.
    Pad(usize, usize, Index),
    /// To the distribution that this seed draws.
    Move(u64),
}

/// Any change.
///
/// ```
/// use distarray_tests::{changes::changes, draw::Draw};
///
/// assert!(!format!("{:?}", Draw::new(1).of(&changes())).is_empty());
/// ```
pub fn changes() -> impl Strategy<Value = Change> + Clone {
    let axis = any::<Index>;
    prop_oneof![
        4 => cuts().prop_map(Change::Slice),
        2 => prop::collection::vec(axis(), 6).prop_map(Change::Permute),
        1 => axis().prop_map(Change::Flip),
        1 => (-15_isize..16, axis()).prop_map(|(by, axis)| Change::Roll(by, axis)),
        1 => (0_usize..4, axis()).prop_map(|(times, axis)| Change::Repeat(times, axis)),
        1 => (0_usize..4, axis()).prop_map(|(times, axis)| Change::Tile(times, axis)),
        1 => axis().prop_map(Change::Twice),
        2 => axis().prop_map(Change::Reshape),
        1 => (0_usize..4).prop_map(Change::Stretch),
        1 => (0_usize..4, 0_usize..4, axis()).prop_map(|(l, h, axis)| Change::Pad(l, h, axis)),
        2 => any::<u64>().prop_map(Change::Move),
    ]
}

/// The extents with two neighbours multiplied, or one of them behind an axis of one.
fn reshaped(shape: &[usize], at: &Index) -> Vec<usize> {
    let mut shape = shape.to_vec();
    let at = at.index(shape.len() + 1);
    match at + 1 < shape.len() {
        true => {
            let extent = shape.remove(at);
            shape[at] *= extent;
        }
        false => shape.insert(at, 1),
    }
    shape
}

impl Change {
    /// The changed array, and the plain one changed alike. Arrays that would grow too large, or lack
    /// the axis that is meant, stay as they are.
    ///
    /// # Errors
    /// A rank failed.
    pub fn apply(
        &self,
        ctx: &Context,
        array: &DistArray<i64>,
        plain: &ArrayD<i64>,
    ) -> Result<(DistArray<i64>, ArrayD<i64>)> {
        let ndim = plain.ndim();
        let too_large = plain.len() > 2000 || ndim > 5;
        let along = |axis: &Index| (ndim > 0 && !too_large).then(|| axis.index(ndim.max(1)));
        let select = |axis: usize, from: Vec<usize>| plain.select(Axis(axis), &from);
        let extent = |axis: usize| plain.shape()[axis];
        Ok(match self {
            Self::Slice(cuts) => {
                let by = cuts.of(plain.shape());
                (array.slice(&by)?, plain.slice(&*by).to_owned())
            }
            Self::Permute(picks) => {
                let mut left: Vec<usize> = (0..ndim).collect();
                let mut order: Vec<usize> =
                    picks.iter().map_while(|pick| take(&mut left, pick)).collect();
                order.extend(left);
                let signed: Vec<isize> = order.iter().map(|&axis| axis as isize).collect();
                let turned = plain.view().permuted_axes(IxDyn(&order)).to_owned();
                (array.permute_axes(&signed)?, turned)
            }
            Self::Move(seed) => {
                let mut draw = crate::draw::Draw::new(*seed);
                let distribution = draw.any_distribution(plain.shape(), ctx.size());
                (array.redistribute(&distribution)?, plain.clone())
            }
            Self::Reshape(at) if !too_large => {
                let shape = reshaped(plain.shape(), at);
                let elements = plain.iter().copied().collect();
                let wide = ArrayD::from_shape_vec(IxDyn(&shape), elements).expect("as many");
                (array.reshape(&shape)?, wide)
            }
            Self::Stretch(times) if !too_large => {
                let shape: Vec<usize> =
                    std::iter::once(*times).chain(plain.shape().iter().copied()).collect();
                let wide = plain.broadcast(IxDyn(&shape)).expect("a new axis").to_owned();
                (array.broadcast_to(&shape)?, wide)
            }
            Self::Reshape(_) | Self::Stretch(_) => (array.clone(), plain.clone()),
            Self::Flip(axis)
            | Self::Roll(_, axis)
            | Self::Repeat(_, axis)
            | Self::Tile(_, axis)
            | Self::Twice(axis)
            | Self::Pad(_, _, axis) => {
                let Some(axis) = along(axis) else { return Ok((array.clone(), plain.clone())) };
                let (len, of) = (extent(axis), axis as isize);
                match *self {
                    Self::Roll(by, _) => {
                        let from = |i: usize| (i as isize - by).rem_euclid(len as isize) as usize;
                        (array.roll(by, of)?, select(axis, (0..len).map(from).collect()))
                    }
                    Self::Repeat(times, _) => {
                        let from = (0..len).flat_map(|i| std::iter::repeat_n(i, times)).collect();
                        (array.repeat(times, of)?, select(axis, from))
                    }
                    Self::Tile(times, _) => {
                        let mut each = vec![1; ndim];
                        each[axis] = times;
                        let from = (0..times).flat_map(|_| 0..len).collect();
                        (array.tile(&each)?, select(axis, from))
                    }
                    Self::Twice(_) => {
                        let twice = concatenate(Axis(axis), &[plain.view(), plain.view()]);
                        (ctx.concatenate(&[array, array], of)?, twice.expect("one shape"))
                    }
                    Self::Pad(low, high, _) => {
                        let mut widths = vec![(0, 0); ndim];
                        widths[axis] = (low, high);
                        let side = |width: usize| {
                            let mut shape = plain.shape().to_vec();
                            shape[axis] = width;
                            ArrayD::zeros(IxDyn(&shape))
                        };
                        let (low, high) = (side(low), side(high));
                        let views = [low.view(), plain.view(), high.view()];
                        let padded = concatenate(Axis(axis), &views).expect("fits");
                        (array.pad(&widths, distarray::array::PadMode::Constant(0))?, padded)
                    }
                    _ => {
                        let mut flipped = plain.clone();
                        flipped.invert_axis(Axis(axis));
                        (array.flip(&[of])?, flipped)
                    }
                }
            }
        })
    }
}

/// Takes one of those that are left.
fn take(left: &mut Vec<usize>, pick: &Index) -> Option<usize> {
    (!left.is_empty()).then(|| left.remove(pick.index(left.len())))
}
