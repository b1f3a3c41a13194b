//! Transcendental functions against loops over the standard library's (of the error function, over those of
//! the crate `libm`), per core.
//!
//! The data lies in the second-level cache; a million elements are computed, so that milliseconds
//! are nanoseconds an element. Ours are expressions, with all that evaluating one costs.

use std::time::Instant;

use distarray::Result;
use distarray::prelude::*;

use crate::measure::Line;

/// Elements of each rank, and how often they are gone through.
const LENGTH: usize = 12_500;
const PASSES: usize = 80;
const ROUNDS: usize = 15;

/// Operands of a type, by what functions take: any number from -10 to 10, its magnitude (and a little, so
/// that none is zero), what lies between -1 and 1, and what is above 1.
struct Operands<T: Element> {
    any: DistArray<T>,
    positive: DistArray<T>,
    small: DistArray<T>,
    large: DistArray<T>,
}

impl<T: Element> Operands<T> {
    fn of(double: &Operands<f64>) -> Result<Self> {
        let [any, positive, small, large] =
            [&double.any, &double.positive, &double.small, &double.large]
                .map(|array| array.astype::<T>());
        Ok(Self { any: any?, positive: positive?, small: small?, large: large? })
    }
}

/// Which operand a function takes.
type Pick<T> = fn(&Operands<T>) -> &DistArray<T>;

/// A function: its name, its operands (of one operand, the second is not used), the expression, and a loop
/// over slices.
struct Case<T: Element> {
    op: &'static str,
    picks: [Pick<T>; 2],
    ours: fn(&DistArray<T>, &DistArray<T>) -> Expr<T>,
    theirs: fn(&mut [T], &[T], &[T]),
}

/// Lists functions of one operand, and of two: the operand, our name, theirs.
macro_rules! cases {
    ($type:ident: {$($pick:ident $name:ident $std:path;)*} {$($a:ident $b:ident $two:ident $two_std:path;)*}) => {
        &[
            $(Case {
                op: concat!(stringify!($name), " ", stringify!($type)),
                picks: [|all| &all.$pick; 2],
                ours: |x, _| x.$name(),
                theirs: |t, x, _| t.iter_mut().zip(x).for_each(|(t, x)| *t = $std(*x)),
            },)*
            $(Case {
                op: concat!(stringify!($two), " ", stringify!($type)),
                picks: [|all| &all.$a, |all| &all.$b],
                ours: |x, y| x.$two(y),
                theirs: |t, x, y| {
                    t.iter_mut().zip(x).zip(y).for_each(|((t, x), y)| *t = $two_std(*x, *y));
                },
            },)*
        ]
    };
}

/// Every vectorised function of a type; the error function is not in the standard library.
macro_rules! functions {
    ($type:ident, $erf:path, $erfc:path) => {
        cases! {$type: {
            any sin $type::sin;
            any cos $type::cos;
            any tan $type::tan;
            any exp $type::exp;
            any exp2 $type::exp2;
            any expm1 $type::exp_m1;
            positive log $type::ln;
            positive log2 $type::log2;
            positive log10 $type::log10;
            positive log1p $type::ln_1p;
            small arcsin $type::asin;
            small arccos $type::acos;
            any arctan $type::atan;
            any sinh $type::sinh;
            any cosh $type::cosh;
            any tanh $type::tanh;
            any arcsinh $type::asinh;
            large arccosh $type::acosh;
            small arctanh $type::atanh;
            any cbrt $type::cbrt;
            any erf $erf;
            any erfc $erfc;
        } {
            positive any pow $type::powf;
            any positive arctan2 $type::atan2;
            any positive hypot $type::hypot;
        }}
    };
}

const DOUBLE: &[Case<f64>] = functions!(f64, libm::erf, libm::erfc);
const SINGLE: &[Case<f32>] = functions!(f32, libm::erff, libm::erfcf);

pub(crate) fn run(ctx: &Context) -> Result<Vec<Line>> {
    let n = LENGTH * ctx.size();
    // In no order, as angles are that something has been computed from.
    let operand = |i: usize| (i * 2_654_435_761 % 65_536) as f64 / 65_536.0 * 20.0 - 10.0;
    let any = ctx.from_fn(n, |index| operand(index[0]))?;
    let double = Operands {
        positive: (any.abs() + 0.01).eval()?,
        small: (&any * 0.09).eval()?,
        large: (any.abs() + 1.0).eval()?,
        any,
    };
    let mut lines = measure(ctx, DOUBLE, &double)?;
    lines.extend(measure(ctx, SINGLE, &Operands::of(&double)?)?);
    Ok(lines)
}

fn measure<T: Element + Default>(
    ctx: &Context,
    cases: &[Case<T>],
    operands: &Operands<T>,
) -> Result<Vec<Line>> {
    let mut target = vec![T::default(); LENGTH];
    let mut lines = Vec::new();
    for &Case { op, picks, ours, theirs } in cases {
        let [x, y] = picks.map(|pick| pick(operands));
        let (local_x, local_y) = (x.local(), y.local());
        let slices =
            [&local_x, &local_y].map(|view| view.as_slice().expect("a block is contiguous"));
        let expression = ours(x, y);
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            ctx.barrier()?;
            let begin = Instant::now();
            for _ in 0..PASSES {
                std::hint::black_box(expression.eval()?);
            }
            times[0].push(begin.elapsed().as_secs_f64());
            ctx.barrier()?;
            let begin = Instant::now();
            for _ in 0..PASSES {
                theirs(&mut target, slices[0], slices[1]);
                std::hint::black_box(&mut target);
            }
            times[1].push(begin.elapsed().as_secs_f64());
        }
        let [ours, theirs] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        });
        lines.push(Line {
            op,
            n: LENGTH * PASSES,
            ranks: ctx.size(),
            backend: ctx.backend(),
            median: ours,
            bytes: 0,
            vs_handwritten: Some(theirs / ours),
            than: "std",
            vs_limit: None,
            vs_peer: None,
            held: None,
        });
    }
    Ok(lines)
}
