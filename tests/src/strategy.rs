//! Random shapes and distributions, as strategies that shrink.
//!
//! Properties run them with shrinking; the cases of the suite draw from them by a seed that all
//! ranks share ([`Draw`](crate::draw::Draw)).

use distarray::dist::{AxisMap, Dist, Distribution, Ranks, Strided};
use proptest::prelude::*;
use proptest::sample::Index;

/// Extents of 0, of 1, shorter than there are ranks, and longer ones.
///
/// ```
/// use distarray_tests::{draw::Draw, strategy::extents};
///
/// assert!(Draw::new(1).of(&extents()) < 11);
/// ```
pub fn extents() -> impl Strategy<Value = usize> + Clone {
    prop_oneof![1 => Just(0_usize), 1 => Just(1), 2 => 2_usize..4, 8 => 2_usize..11]
}

/// Shapes of no axis to four.
///
/// ```
/// use distarray_tests::{draw::Draw, strategy::shapes};
///
/// assert!(Draw::new(1).of(&shapes()).len() <= 4);
/// ```
pub fn shapes() -> impl Strategy<Value = Vec<usize>> + Clone {
    let ndim =
        prop_oneof![1 => Just(0_usize), 2 => Just(1), 3 => Just(2), 2 => Just(3), 1 => Just(4)];
    ndim.prop_flat_map(|ndim| prop::collection::vec(extents(), ndim))
}

/// Where to cut `len` things into so many parts, empty ones among them: from 0 to `len`.
fn bounds(len: usize, parts: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..=len, parts - 1).prop_map(move |mut bounds| {
        bounds.extend([0, len]);
        bounds.sort_unstable();
        bounds
    })
}

/// The numbers below `len` in any order.
///
/// ```
/// use distarray_tests::{draw::Draw, strategy::orders};
///
/// let mut order = Draw::new(1).of(&orders(3));
/// order.sort();
/// assert_eq!(order, [0, 1, 2]);
/// ```
pub fn orders(len: usize) -> impl Strategy<Value = Vec<usize>> {
    Just((0..len).collect::<Vec<_>>()).prop_shuffle()
}

/// Block kinds for an axis of `len` elements in so many parts: regular, irregular with empty parts,
/// and `n` where there is one part.
fn block_kinds(len: usize, parts: usize) -> BoxedStrategy<Dist> {
    let whole = if parts == 1 { Dist::Undistributed } else { Dist::Block };
    prop_oneof![
        2 => Just(Dist::Block),
        1 => Just(whole),
        2 => bounds(len, parts).prop_map(Dist::irregular),
    ]
    .boxed()
}

/// Every kind for an axis of `len` elements in so many parts: blocks, cyclic ones of any width, and
/// unstructured ones, which are any order cut anywhere.
///
/// ```
/// use distarray::dist::AxisMap;
/// use distarray_tests::{draw::Draw, strategy::kinds};
///
/// let kind = Draw::new(1).of(&kinds(7, 3));
/// assert_eq!(AxisMap::new(7, 3, kind).unwrap().parts(), 3);
/// ```
pub fn kinds(len: usize, parts: usize) -> BoxedStrategy<Dist> {
    let unstructured = (orders(len), bounds(len, parts)).prop_map(|(order, bounds)| {
        Dist::unstructured(bounds.windows(2).map(|cut| order[cut[0]..cut[1]].to_vec()))
    });
    let strided = (1_usize..5, 0_usize..20, -9_isize..10).prop_map(|(block, offset, stride)| {
        Dist::StridedCyclic(Strided::new(block, offset, stride))
    });
    prop_oneof![
        3 => block_kinds(len, parts),
        1 => Just(Dist::Cyclic),
        2 => (1_usize..6).prop_map(Dist::BlockCyclic),
        1 => unstructured,
        1 => strided,
    ]
    .boxed()
}

/// Process grids for so many axes with at most `size` cells; any axis may have most of the parts.
fn grids(ndim: usize, size: usize) -> impl Strategy<Value = Vec<usize>> {
    let wishes = prop::collection::vec(any::<Index>(), ndim);
    (orders(ndim), wishes).prop_map(move |(order, wishes)| {
        let (mut grid, mut left) = (vec![1; ndim], size);
        for axis in order {
            grid[axis] = 1 + wishes[axis].index(left);
            left /= grid[axis];
        }
        grid
    })
}

/// Distributions with a grid of our choice, on any ranks in any order, of the kinds given.
fn on_grids(
    shape: Vec<usize>,
    size: usize,
    kinds: fn(usize, usize) -> BoxedStrategy<Dist>,
) -> impl Strategy<Value = Distribution> {
    (grids(shape.len(), size), orders(size)).prop_flat_map(move |(grid, ranks)| {
        let cells = grid.iter().product();
        let of_axes: Vec<_> =
            shape.iter().zip(&grid).map(|(&len, &parts)| kinds(len, parts)).collect();
        let shape = shape.clone();
        of_axes.prop_map(move |kinds| {
            let axes = shape.iter().zip(&grid).zip(kinds);
            let axes = axes.map(|((&len, &parts), kind)| {
                AxisMap::new(len, parts, kind).expect("a kind made for the axis")
            });
            let ranks = Ranks::list(ranks.iter().copied().take(cells)).expect("ranks that differ");
            Distribution::from_maps(axes.collect(), ranks).expect("as many ranks as cells")
        })
    })
}

/// Distributions whose grid is chosen for them, over some ranks in any order.
fn on_chosen_grids(shape: Vec<usize>, size: usize) -> impl Strategy<Value = Distribution> {
    let kind = prop_oneof![
        Just(Dist::Undistributed),
        Just(Dist::Block),
        Just(Dist::Cyclic),
        (1_usize..4).prop_map(Dist::BlockCyclic),
    ];
    let kinds = prop::collection::vec(kind, shape.len());
    (kinds, orders(size), 1..=size).prop_map(move |(kinds, mut ranks, used)| {
        ranks.truncate(used);
        let built = Distribution::builder(&shape).kinds(kinds).ranks(ranks).build(size);
        built.expect("kinds that fix no number of parts have a grid")
    })
}

/// Distributions of a shape over a group of so many ranks or some of them, without halos.
///
/// ```
/// use distarray_tests::{draw::Draw, strategy::distributions};
///
/// let dist = Draw::new(1).of(&distributions(&[7, 3], 4));
/// assert_eq!(dist.shape(), [7, 3]);
/// assert!(dist.ranks().max() < Some(4));
/// ```
pub fn distributions(shape: &[usize], size: usize) -> BoxedStrategy<Distribution> {
    prop_oneof![
        4 => on_grids(shape.to_vec(), size, kinds),
        1 => on_chosen_grids(shape.to_vec(), size),
    ]
    .boxed()
}

/// Distributions in blocks with halos of 0 to 3 elements a side, which may be wider than the blocks
/// and than the axis; some axes are periodic, some have boundaries.
///
/// ```
/// use distarray_tests::{draw::Draw, strategy::haloed};
///
/// let mut draw = Draw::new(1);
/// assert!((0..20).any(|_| draw.of(&haloed(&[7, 3], 4)).has_halo()));
/// ```
pub fn haloed(shape: &[usize], size: usize) -> BoxedStrategy<Distribution> {
    let around = (0_usize..4, 0_usize..4, any::<bool>(), any::<bool>());
    let around = prop::collection::vec(around, shape.len());
    (on_grids(shape.to_vec(), size, block_kinds), around)
        .prop_map(|(plain, around)| {
            let axes = plain.axes().iter().zip(around);
            let axes = axes.map(|(map, (low, high, periodic, bounded))| {
                let wide = map.clone().with_halo(low, high).expect("blocks have halos");
                let wide = wide.with_periodic(periodic).expect("blocks may be periodic");
                let edge = usize::from(bounded && map.len() > 1);
                wide.with_boundary(edge, edge).expect("two elements are a boundary")
            });
            let axes = axes.collect();
            Distribution::from_maps(axes, plain.ranks().clone()).expect("as many ranks as before")
        })
        .boxed()
}

/// Any distribution: mostly of all kinds, sometimes in blocks with halos, or on several ranks alike.
///
/// ```
/// use distarray_tests::{draw::Draw, strategy::any_distributions};
///
/// assert!(Draw::new(1).of(&any_distributions(&[0, 3], 4)).is_empty());
/// ```
pub fn any_distributions(shape: &[usize], size: usize) -> BoxedStrategy<Distribution> {
    prop_oneof![
        6 => distributions(shape, size),
        2 => haloed(shape, size),
        1 => replicated(shape, size),
    ]
    .boxed()
}

/// Distributions by which some consecutive ranks have all elements.
///
/// ```
/// use distarray_tests::{draw::Draw, strategy::replicated};
///
/// assert_eq!(Draw::new(1).of(&replicated(&[7, 3], 4)).grid(), [1, 1]);
/// ```
pub fn replicated(shape: &[usize], size: usize) -> impl Strategy<Value = Distribution> + use<> {
    let uncut = |&len| AxisMap::new(len, 1, Dist::Undistributed).expect("an uncut axis");
    let axes: Vec<AxisMap> = shape.iter().map(uncut).collect();
    (0..size, 0..size).prop_map(move |(a, b)| {
        let ranks = Ranks::everywhere(a.min(b)..a.max(b) + 1);
        Distribution::from_maps(axes.clone(), ranks).expect("one cell")
    })
}
