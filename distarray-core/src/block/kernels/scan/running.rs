//! Running sums of floating-point numbers, each the exact sum of all terms up to it, rounded once.
//!
//! A sum is kept in two `f64` with the errors of the additions caught (Ogita, Rump and Oishi, *Accurate
//! Sum and Dot Product*, 2005), and a bound of what that loses, which is nothing where numbers are of
//! about one size. Where the bound leaves one number to
//! round to (Ziv, *Fast Evaluation of Elementary Mathematical Functions with Correctly Rounded Last
//! Bit*, 1991), that is the result. It does for all but very few sums; for those an exact one follows,
//! which is brought up to date only there: at worst each term is added exactly once.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::cpu;
use super::super::exact::Exact;
use super::super::rounding::Rounded;
use super::super::sums::AsF64;
use super::COLUMNS;

/// Terms of a line that are added before their sums are looked at.
const TILE: usize = 256;
/// The same of lines side by side.
const ROWS: usize = 32;
/// For what is rounded away in adding bounds, fewer than 2^46 of them.
const MORE: f64 = 1.01;

/// A sum of two parts, which differs from the exact one by less than the bound.
#[derive(Clone, Copy, Debug)]
struct Approximate {
    high: f64,
    low: f64,
    bound: f64,
}

/// What running sums are rounded to.
pub(super) trait Settled: AsF64 + Rounded {
    /// The nearest number to all sums that the parts and the bound allow, and whether it is one.
    fn settle(high: f64, low: f64, bound: f64) -> (Self, bool);
}

impl Settled for f64 {
    #[inline(always)]
    fn settle(high: f64, low: f64, bound: f64) -> (Self, bool) {
        let (sum, rest) = two_sum(high, low);
        // Rounded once here, and in the middle of two numbers as it should.
        let is_exact = bound == 0.0;
        // What the additions below round away is less than 2^-50 of the rest.
        let bound = bound + rest.abs() * (4.0 * f64::EPSILON);
        (sum, is_exact | ((sum + (rest + bound) == sum) & (sum + (rest - bound) == sum)))
    }
}

impl Settled for f32 {
    #[inline(always)]
    fn settle(high: f64, low: f64, bound: f64) -> (Self, bool) {
        let (sum, rest) = two_sum(high, low);
        let wide = bound + rest.abs() + sum.abs() * (2.0 * f64::EPSILON);
        let (above, below) = ((sum + wide) as Self, (sum - wide) as Self);
        // Sums of numbers with few bits are exact, and may lie in the middle of two.
        let is_exact = bound + rest.abs() == 0.0;
        (sum as Self, is_exact | (above == below))
    }
}

/// The sum of two numbers, and what rounding took from it (Knuth).
#[inline(always)]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let other = sum - a;
    (sum, (a - (sum - other)) + (b - other))
}

impl Approximate {
    fn of(exact: &Exact) -> Self {
        let high: f64 = exact.rounded();
        let mut rest = *exact;
        rest.push(-high);
        let low: f64 = rest.rounded();
        rest.push(-low);
        Self { high, low, bound: rest.rounded::<f64>().abs() * MORE }
    }

    #[inline(always)]
    fn plus(self, term: f64) -> Self {
        let (high, error) = two_sum(self.high, term);
        let (low, lost) = two_sum(self.low, error);
        Self { high, low, bound: self.bound + lost.abs() * MORE }
    }

    /// The same with a second part that is small beside the first.
    #[inline(always)]
    fn renewed(self) -> Self {
        let (high, low) = two_sum(self.high, self.low);
        Self { high, low, ..self }
    }
}

/// The exact sum of a line, as far as it was needed yet.
struct Witness {
    exact: Exact,
    terms: usize,
}

impl Witness {
    /// The results of some terms of a line that begin with a sum, where not all settled.
    #[cold]
    fn settle<P: Settled>(
        &mut self,
        mut sum: Approximate,
        range: Range<usize>,
        term: impl Fn(usize) -> P,
        mut put: impl FnMut(usize, P),
    ) -> Approximate {
        (self.terms..range.start).for_each(|i| self.exact.push(term(i).as_f64()));
        self.terms = range.end;
        for i in range {
            let term = term(i).as_f64();
            self.exact.push(term);
            sum = sum.plus(term);
            let (result, is_settled) = P::settle(sum.high, sum.low, sum.bound);
            put(i, if is_settled { result } else { self.exact.rounded() });
        }
        Approximate::of(&self.exact)
    }
}

/// The running sums of lines side by side, which go on from exact ones, or begin.
pub(super) fn sums<P: Settled>(
    starts: Option<&[Exact]>,
    terms: &[P],
    results: &mut [P],
    inner: usize,
) {
    if inner == 1 {
        return line(starts.map_or(Exact::ZERO, |starts| starts[0]), terms, results);
    }
    for first in (0..inner).step_by(COLUMNS) {
        let range = first..inner.min(first + COLUMNS);
        columns(starts.map(|starts| &starts[range.clone()]), terms, results, inner, range);
    }
}

fn line<P: Settled>(start: Exact, terms: &[P], results: &mut [P]) {
    let mut sum = Approximate::of(&start);
    let mut witness = Witness { exact: start, terms: 0 };
    for first in (0..terms.len()).step_by(TILE) {
        let range = first..terms.len().min(first + TILE);
        let before = sum;
        let is_settled = cpu::dispatch_with(
            &mut results[range.clone()],
            &mut (&mut sum, &terms[range.clone()]),
            #[inline(always)]
            |results, (sum, terms)| tile(sum, terms, results),
        );
        if !is_settled {
            let put = |i: usize, result| results[i] = result;
            sum = witness.settle(before, range, |i| terms[i], put);
        }
    }
}

/// The running sums of a tile of one line; whether all are settled.
#[inline(always)]
fn tile<P: Settled>(sum: &mut Approximate, terms: &[P], results: &mut [P]) -> bool {
    const LANES: usize = 8;
    // Each sum behind the one before it.
    let (mut highs, mut lows) = ([0.0; TILE + 1], [0.0; TILE + 1]);
    let Approximate { mut high, mut low, bound } = *sum;
    (highs[0], lows[0]) = (high, low);
    for ((term, to_high), to_low) in terms.iter().zip(&mut highs[1..]).zip(&mut lows[1..]) {
        let (next, error) = two_sum(high, term.as_f64());
        (high, low) = (next, low + error);
        (*to_high, *to_low) = (high, low);
    }
    // What the additions to the lower parts have lost, found again many at a time.
    let mut lost = [0.0; LANES];
    for first in (0..terms.len()).step_by(LANES) {
        for i in first..terms.len().min(first + LANES) {
            let (_, error) = two_sum(highs[i], terms[i].as_f64());
            let (_, rest) = two_sum(lows[i], error);
            lost[i - first] += rest.abs();
        }
    }
    let bound = bound + lost.iter().sum::<f64>() * MORE;
    let (highs, lows) = (&highs[1..], &lows[1..]);
    let mut open = 0_u64;
    for ((result, &high), &low) in results.iter_mut().zip(highs).zip(lows) {
        let (value, is_settled) = P::settle(high, low, bound);
        *result = value;
        open += u64::from(!is_settled);
    }
    *sum = Approximate { high, low, bound }.renewed();
    open == 0
}

/// What is kept of lines side by side.
struct Sums {
    high: [f64; COLUMNS],
    low: [f64; COLUMNS],
    bound: [f64; COLUMNS],
    /// How many results of each line are not settled.
    open: [u64; COLUMNS],
}

impl Sums {
    fn at(&self, column: usize) -> Approximate {
        let (high, low, bound) = (self.high[column], self.low[column], self.bound[column]);
        Approximate { high, low, bound }
    }

    #[inline(always)]
    fn set(&mut self, column: usize, sum: Approximate) {
        (self.high[column], self.low[column]) = (sum.high, sum.low);
        self.bound[column] = sum.bound;
    }
}

fn columns<P: Settled>(
    starts: Option<&[Exact]>,
    terms: &[P],
    results: &mut [P],
    inner: usize,
    range: Range<usize>,
) {
    let nothing = [0.0; COLUMNS];
    let mut sums = Sums { high: nothing, low: nothing, bound: nothing, open: [0; COLUMNS] };
    for (column, start) in starts.unwrap_or_default().iter().enumerate() {
        sums.set(column, Approximate::of(start));
    }
    let mut witnesses: BTreeMap<usize, Witness> = BTreeMap::new();
    let rows = terms.len() / inner;
    for first in (0..rows).step_by(ROWS) {
        let part = first..rows.min(first + ROWS);
        let before = Sums { open: [0; COLUMNS], ..sums };
        let slab = part.start * inner..part.end * inner;
        let columns = range.clone();
        let is_settled = cpu::dispatch_with(
            &mut results[slab.clone()],
            &mut (&mut sums, &terms[slab]),
            #[inline(always)]
            move |results, (sums, terms)| table(sums, terms, results, inner, columns),
        );
        if is_settled {
            continue;
        }
        for column in (0..range.len()).filter(|&column| sums.open[column] > 0).collect::<Vec<_>>() {
            let start = || starts.map_or(Exact::ZERO, |starts| starts[column]);
            let new = || Witness { exact: start(), terms: 0 };
            let witness = witnesses.entry(column).or_insert_with(new);
            let place = |row: usize| row * inner + range.start + column;
            let put = |row: usize, result| results[place(row)] = result;
            let sum = witness.settle(before.at(column), part.clone(), |row| terms[place(row)], put);
            sums.set(column, sum);
        }
        sums.open = [0; COLUMNS];
    }
}

/// The running sums of some rows of lines side by side; whether all are settled.
#[inline(always)]
fn table<P: Settled>(
    sums: &mut Sums,
    terms: &[P],
    results: &mut [P],
    inner: usize,
    range: Range<usize>,
) -> bool {
    let count = range.len();
    for (terms, results) in terms.chunks_exact(inner).zip(results.chunks_exact_mut(inner)) {
        let (terms, results) = (&terms[range.clone()], &mut results[range.clone()]);
        let (high, low) = (&mut sums.high[..count], &mut sums.low[..count]);
        let (bound, open) = (&mut sums.bound[..count], &mut sums.open[..count]);
        let results = &mut results[..count];
        for i in 0..count {
            let sum = Approximate { high: high[i], low: low[i], bound: bound[i] };
            let sum = sum.plus(terms[i].as_f64());
            (high[i], low[i], bound[i]) = (sum.high, sum.low, sum.bound);
            let (value, is_settled) = P::settle(sum.high, sum.low, sum.bound);
            results[i] = value;
            open[i] += u64::from(!is_settled);
        }
    }
    let mut open = 0;
    for i in 0..count {
        let sum = Approximate { high: sums.high[i], low: sums.low[i], bound: sums.bound[i] };
        sums.set(i, sum.renewed());
        open |= sums.open[i];
    }
    open == 0
}

#[cfg(test)]
mod tests {
    use super::super::cpu::each_level;
    use super::*;

    /// Every sum from an exact one.
    fn one_by_one<P: Settled>(start: Exact, terms: impl Iterator<Item = P>) -> Vec<u64> {
        let mut exact = start;
        let bits = |term: P| {
            exact.push(term.as_f64());
            exact.rounded::<P>().as_f64().to_bits()
        };
        terms.map(bits).collect()
    }

    /// Numbers of every kind of line: few bits, many, large beside small, ties, and what is no number.
    fn lines() -> Vec<Vec<f64>> {
        let mut state = 1_u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        let mut of = |f: fn(f64, usize) -> f64| (0..700).map(|i| f(next(), i)).collect::<Vec<_>>();
        let mut lines = vec![
            of(|x, _| x),
            of(|x, _| (x * 100.0).round()),
            of(|x, i| x * 2.0_f64.powi((i % 90) as i32 * 20 - 900)),
            of(|_, i| if i == 0 { 2.0_f64.powi(53) } else { 1.0 }),
            of(|_, i| if i % 2 == 0 { 1e300 } else { -1e300 } + i as f64),
            of(|x, i| if i < 300 { f64::MAX * x } else { -f64::MAX * x }),
            of(|_, i| {
                if i % 300 == 7 {
                    f64::MAX
                } else if i % 300 == 40 {
                    -f64::MAX
                } else {
                    1.5
                }
            }),
            of(|x, _| x * f64::from_bits(9)),
            of(|_, _| -0.0),
            of(|_, i| 0.1 * if i % 3 == 2 { -2.0 } else { 1.0 }),
        ];
        for (special, at) in [(f64::NAN, 300), (f64::INFINITY, 255), (f64::NEG_INFINITY, 0)] {
            let mut line = lines[0].clone();
            line[at] = special;
            line[500] = f64::INFINITY;
            lines.push(line);
        }
        lines
    }

    fn bits<P: Settled>(of: &[P]) -> Vec<u64> {
        of.iter().map(|value| value.as_f64().to_bits()).collect()
    }

    fn agree<P: Settled + Default>(lines: &[Vec<P>]) {
        let mut start = Exact::ZERO;
        [1e-20, 3.7, 1e16].into_iter().for_each(|value| start.push(value));
        for start in [None, Some(start)] {
            let first = start.unwrap_or(Exact::ZERO);
            let (count, along) = (lines.len(), lines[0].len());
            let mut results = vec![P::default(); along];
            for line in lines {
                let start = start.map(|start| [start]);
                sums(start.as_ref().map(|start| &start[..]), line, &mut results, 1);
                assert_eq!(bits(&results), one_by_one(first, line.iter().copied()));
            }
            let inner = 3 * COLUMNS / 2;
            let table: Vec<P> =
                (0..along * inner).map(|i| lines[i % inner % count][i / inner]).collect();
            let starts = start.map(|start| vec![start; inner]);
            let mut results = vec![P::default(); table.len()];
            sums(starts.as_deref(), &table, &mut results, inner);
            for (number, line) in lines.iter().enumerate() {
                let expected = one_by_one(first, line.iter().copied());
                let column = |at: usize| results.iter().skip(at).step_by(inner).copied();
                assert_eq!(bits(&column(number).collect::<Vec<_>>()), expected, "line {number}");
                let again = number + (inner / count - 1) * count;
                assert_eq!(bits(&column(again).collect::<Vec<_>>()), expected, "line {number}");
            }
        }
    }

    #[test]
    fn every_sum_is_rounded_once() {
        each_level(|| agree(&lines()));
    }

    #[test]
    fn every_sum_of_floats_is_rounded_once() {
        let mut narrow: Vec<Vec<f32>> =
            lines().iter().map(|line| line.iter().map(|&x| x as f32).collect()).collect();
        narrow.push((0..700).map(|i| if i == 0 { 16_777_216.0 } else { 1.0 }).collect());
        narrow.push((0..700).map(|i| if i == 0 { 16_777_216.0 } else { 1e-30 }).collect());
        each_level(|| agree(&narrow));
    }

    #[test]
    fn nearly_all_sums_settle_without_an_exact_one() {
        let line = &lines()[0];
        let mut results = vec![0.0; TILE];
        let mut sum = Approximate::of(&Exact::ZERO);
        assert!(tile(&mut sum, &line[..TILE], &mut results));
        assert_eq!(sum.bound, 0.0, "{sum:?}");
        let thirds: Vec<f64> = line.iter().map(|x| x.exp() / 3.0).collect();
        let settled = thirds.chunks(TILE).filter(|terms| tile(&mut sum, terms, &mut results));
        assert!(settled.count() >= 2 && sum.bound < 1e-25, "{sum:?}");
    }
}
