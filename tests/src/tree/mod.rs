//! Random expressions: of three types, with shared parts, shapes that broadcast, operands that are
//! distributed differently, and scalars on either side.

mod operations;

use distarray::dist::Distribution;
use distarray::prelude::*;
use ndarray::{ArrayD, Axis, IxDyn, Slice, Zip};
use proptest::prelude::*;
use proptest::sample::Index;

use self::operations::{One, Two, WithScalar};
use crate::oracle::numbered;
use crate::stored::stored;
use crate::strategy;

/// How to build an expression: arrays, then operations on what is there already.
///
/// ```
/// use distarray::array::Context;
/// use distarray_tests::{draw::Draw, tree::trees};
///
/// let tree = Draw::new(3).of(&trees(1));
/// tree.check(&Context::solo())?;
/// # Ok::<(), distarray::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tree {
    shape: Vec<usize>,
    arrays: Vec<Leaf>,
    steps: Vec<Step>,
    /// Where the results are evaluated once more.
    target: Distribution,
}

/// An array whose shape broadcasts to the whole; one of each type is made of it.
#[derive(Clone, Debug)]
struct Leaf {
    distribution: Distribution,
    seed: i32,
    /// Kept elsewhere, with so many bytes of it in memory at a time.
    budget: Option<usize>,
}

/// One operation: the table it is in, its place there, its operands and its scalar.
#[derive(Clone, Debug)]
struct Step {
    table: usize,
    operation: Index,
    operands: (Index, Index),
    scalar: i32,
}

/// A value both ways.
type Both<T> = (Expr<T>, ArrayD<T>);

/// All values so far.
#[derive(Default)]
struct Values {
    floats: Vec<Both<f64>>,
    integers: Vec<Both<i32>>,
    truths: Vec<Both<bool>>,
}

/// Expressions of arrays over so many ranks.
///
/// ```
/// use distarray_tests::{draw::Draw, tree::trees};
///
/// assert!(format!("{:?}", Draw::new(3).of(&trees(4))).starts_with("Tree"));
/// ```
pub fn trees(size: usize) -> impl Strategy<Value = Tree> {
    let extent = prop_oneof![1 => Just(0_usize), 1 => Just(1), 8 => 2_usize..7];
    prop::collection::vec(extent, 0..=3).prop_flat_map(move |shape| {
        let arrays = prop::collection::vec(leaves(shape.clone(), size), 1..4);
        let steps = prop::collection::vec(steps(), 1..14);
        let target = strategy::any_distributions(&shape, size);
        (Just(shape), arrays, steps, target).prop_map(|(shape, arrays, steps, target)| Tree {
            shape,
            arrays,
            steps,
            target,
        })
    })
}

/// Arrays that lack some of the first axes, and have one element along others.
fn leaves(shape: Vec<usize>, size: usize) -> impl Strategy<Value = Leaf> {
    let ones = prop::collection::vec(prop::bool::weighted(0.25), shape.len());
    let budget = prop::option::weighted(0.25, prop::sample::select(vec![1_usize, 40, 300, 5000]));
    (0..=shape.len(), ones, prop::bool::weighted(0.5), any::<i32>(), budget).prop_flat_map(
        move |(lacks, ones, whole, seed, budget)| {
            let narrow = shape.iter().zip(ones).map(|(&len, one)| if one { 1 } else { len });
            let shape = if whole { shape.clone() } else { narrow.skip(lacks).collect() };
            strategy::any_distributions(&shape, size).prop_map(move |distribution| Leaf {
                distribution,
                seed,
                budget,
            })
        },
    )
}

fn steps() -> impl Strategy<Value = Step> {
    let operands = (any::<Index>(), any::<Index>());
    (0_usize..16, any::<Index>(), operands, -9..10).prop_map(
        |(table, operation, operands, scalar)| Step { table, operation, operands, scalar },
    )
}

impl Tree {
    /// Builds the expression both ways, and asserts that its values are the same ones, in the
    /// distribution that it chooses and in another. Collective.
    ///
    /// # Errors
    /// A rank failed.
    ///
    /// # Panics
    /// The values differ.
    pub fn check(&self, ctx: &Context) -> Result<()> {
        let mut values = Values::default();
        for leaf in &self.arrays {
            values.push_leaf(ctx, leaf)?;
        }
        for step in &self.steps {
            values.push(step);
        }
        self.check_last(ctx, &values.floats, |a, b| a == b || (a.is_nan() && b.is_nan()))?;
        self.check_last(ctx, &values.integers, |a, b| a == b)?;
        self.check_last(ctx, &values.truths, |a, b| a == b)?;
        self.check_together(ctx, &values)?;
        let (expr, elements) = values.integers.last().expect("arrays of each type");
        let sum = elements.iter().map(|&element| i64::from(element)).sum::<i64>();
        assert_eq!(expr.sum()?, sum, "{self:?}");
        let (expr, elements) = values.truths.last().expect("arrays of each type");
        let count = elements.iter().filter(|&&element| element).count();
        assert_eq!(expr.count()?, count as u64, "{self:?}");
        Ok(())
    }

    /// The last value of each type, in one evaluation.
    fn check_together(&self, ctx: &Context, values: &Values) -> Result<()> {
        let last = "arrays of each type";
        let (float, floats) = values.floats.last().expect(last);
        let (integer, integers) = values.integers.last().expect(last);
        let (truth, truths) = values.truths.last().expect(last);
        let (x, n, t) = ctx.eval((float, integer, truth))?;
        let same = |(a, b): (&f64, &f64)| a == b || a.is_nan() && b.is_nan();
        let x = x.to_ndarray()?;
        assert!(x.shape() == floats.shape() && x.iter().zip(floats).all(same), "{self:?}");
        assert_eq!(n.to_ndarray()?, integers, "{self:?}");
        assert_eq!(t.to_ndarray()?, truths, "{self:?}");
        // The same over arrays that exist.
        let mut over = (
            ctx.ones::<f64>(float.node()?.shape())?,
            ctx.ones::<i32>(n.distribution())?,
            ctx.ones::<bool>(truths.shape())?,
        );
        ctx.eval_into((float, integer, truth), (&mut over.0, &mut over.1, &mut over.2))?;
        let over_x = over.0.to_ndarray()?;
        assert!(over_x.iter().zip(&x).all(same), "{self:?}");
        assert_eq!(over.1.to_ndarray()?, integers, "{self:?}");
        assert_eq!(over.2.to_ndarray()?, truths, "{self:?}");
        Ok(())
    }

    fn check_last<T: Element>(
        &self,
        ctx: &Context,
        values: &[Both<T>],
        same: fn(T, T) -> bool,
    ) -> Result<()> {
        let (expr, expected) = values.last().expect("arrays of each type");
        let mut results = vec![expr.eval()?];
        if let Some(&extent) = expected.shape().first() {
            let rows = extent / 3..extent - extent / 4;
            let found = expr.eval_rows(rows.clone())?.to_ndarray()?;
            let expected = expected.slice_axis(Axis(0), Slice::from(rows));
            assert_eq!(found.shape(), expected.shape(), "{self:?}");
            let mut pairs = found.iter().zip(expected);
            assert!(pairs.all(|(&found, &expected)| same(found, expected)), "rows of {self:?}");
        }
        if expected.shape() == self.shape {
            results.push(expr.eval_on(&self.target)?);
            assert_eq!(results[1].distribution(), &self.target);
            // Into memory that there is, and over itself.
            let mut existing = ctx.zeros::<T>(&self.target)?;
            expr.eval_into(&mut existing)?;
            results.push(existing.clone());
            expr.eval_into(&mut existing)?;
            existing.to_expr().eval_into(&mut existing)?;
            results.push(existing);
        }
        for found in results {
            let found = found.to_ndarray()?;
            assert_eq!(found.shape(), expected.shape(), "{self:?}");
            for (index, &element) in found.indexed_iter() {
                assert!(
                    same(element, expected[&index]),
                    "{element} in place of {} at {index:?} on rank {} of {self:?}",
                    expected[&index],
                    ctx.rank()
                );
            }
        }
        Ok(())
    }
}

impl Leaf {
    fn made_of<T: Element>(&self, ctx: &Context, elements: &ArrayD<T>) -> Result<Expr<T>> {
        let on = &self.distribution;
        match self.budget {
            Some(budget) => Ok(stored(ctx, elements, on, budget)),
            None => Ok(ctx.from_ndarray_on(elements, on)?.to_expr()),
        }
    }
}

impl Values {
    fn push_leaf(&mut self, ctx: &Context, leaf: &Leaf) -> Result<()> {
        let numbers = numbered(leaf.distribution.shape());
        let integers =
            numbers.mapv(|n| (n as i32).wrapping_mul(-1_640_531_535).wrapping_add(leaf.seed));
        let floats = integers.mapv(|n| f64::from(n >> 25) / 4.0);
        let truths = integers.mapv(|n| n & 64 == 0);
        self.floats.push((leaf.made_of(ctx, &floats)?, floats));
        self.integers.push((leaf.made_of(ctx, &integers)?, integers));
        self.truths.push((leaf.made_of(ctx, &truths)?, truths));
        Ok(())
    }

    fn push(&mut self, step: &Step) {
        let (floats, integers, truths) = (&self.floats, &self.integers, &self.truths);
        let scalar = f64::from(step.scalar) / 4.0;
        match step.table {
            0 | 1 => self.floats.push(step.two(operations::OF_TWO_FLOATS, floats)),
            2 => self.floats.push(step.one(operations::OF_ONE_FLOAT, floats)),
            3 => {
                self.floats.push(step.with_scalar(operations::OF_FLOAT_AND_SCALAR, floats, scalar));
            }
            4 => self.floats.push(step.one(operations::INTEGER_TO_FLOAT, integers)),
            5 => self.floats.push(step.one(operations::TRUTH_TO_FLOAT, truths)),
            6 | 7 => self.integers.push(step.two(operations::OF_TWO_INTEGERS, integers)),
            8 => self.integers.push(step.one(operations::OF_ONE_INTEGER, integers)),
            9 => self.integers.push(step.with_scalar(
                operations::OF_INTEGER_AND_SCALAR,
                integers,
                step.scalar,
            )),
            10 => self.integers.push(step.one(operations::FLOAT_TO_INTEGER, floats)),
            11 => self.integers.push(step.one(operations::TRUTH_TO_INTEGER, truths)),
            12 => self.truths.push(step.two(operations::FLOATS_COMPARED, floats)),
            13 => self.truths.push(step.two(operations::INTEGERS_COMPARED, integers)),
            14 => self.truths.push(step.two(operations::OF_TWO_TRUTHS, truths)),
            _ => self.truths.push(match step.scalar.rem_euclid(3) {
                0 => step.one(operations::OF_ONE_TRUTH, truths),
                1 => step.one(operations::FLOAT_TO_TRUTH, floats),
                _ => step.one(operations::INTEGER_TO_TRUTH, integers),
            }),
        }
    }
}

impl Step {
    fn two<T: Element, R: Element>(&self, table: &[Two<T, R>], values: &[Both<T>]) -> Both<R> {
        let (of_arrays, of_elements) = self.operation.get(table);
        let (a, x) = self.operands.0.get(values);
        let (b, y) = self.operands.1.get(values);
        let shape = together(x.shape(), y.shape());
        let wide = |array: &ArrayD<T>| {
            array.broadcast(IxDyn(&shape)).expect("shapes that broadcast").to_owned()
        };
        let elements = Zip::from(&wide(x)).and(&wide(y)).map_collect(|&x, &y| of_elements(x, y));
        (of_arrays(a, b), elements)
    }

    fn one<T: Element, R: Element>(&self, table: &[One<T, R>], values: &[Both<T>]) -> Both<R> {
        let (of_array, of_element) = self.operation.get(table);
        let (a, x) = self.operands.0.get(values);
        (of_array(a), x.mapv(of_element))
    }

    fn with_scalar<T: Element>(
        &self,
        table: &[WithScalar<T>],
        values: &[Both<T>],
        scalar: T,
    ) -> Both<T> {
        let (of_array, of_elements) = self.operation.get(table);
        let (a, x) = self.operands.0.get(values);
        (of_array(a, scalar), x.mapv(|x| of_elements(x, scalar)))
    }
}

/// The shape that two shapes, both narrowed from one, broadcast to.
fn together(a: &[usize], b: &[usize]) -> Vec<usize> {
    let ndim = a.len().max(b.len());
    let extent = |shape: &[usize], axis: usize| {
        (axis + shape.len()).checked_sub(ndim).map_or(1, |axis| shape[axis])
    };
    let join = |axis| match extent(a, axis) {
        1 => extent(b, axis),
        extent => extent,
    };
    (0..ndim).map(join).collect()
}
