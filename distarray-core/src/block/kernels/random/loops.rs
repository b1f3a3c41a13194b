//! Loops over elements of a family of laws: with the same parameters for all, or with each element's own.
//!
//! Both do the same to an element's random bits and its parameters, so that they give the same bits.

use super::family::Parameters;
use super::stream::{Draws, Stream};
use crate::block::Numbers;
use crate::block::kernels::cpu;

/// Elements that are made at once where their parameters differ: what is on its way stays in the nearest cache.
const PIECE: usize = 256;

/// The parameters of some elements.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Given<'a> {
    /// The same for all.
    All(Parameters),
    /// Each element's own, by columns that are as long as there are elements.
    Each([&'a [f64]; 3]),
}

/// Elements that are to be made.
#[derive(Debug)]
pub(crate) struct Wanted<'a, T> {
    pub(super) stream: &'a Stream,
    pub(super) numbers: Numbers<'a>,
    pub(super) given: Given<'a>,
    pub(super) elements: &'a mut [T],
}

impl<T: Copy + Default> Wanted<'_, T> {
    /// Makes elements of 64 bits each: `pair` makes raw ones of a block, `shaped` gives one its parameters.
    #[inline(always)]
    pub(super) fn by_pairs<R: Copy + Default>(
        self,
        pair: impl Fn(u64, u64) -> (R, R) + Copy,
        shaped: impl Fn(R, Parameters) -> T + Copy,
    ) {
        let Self { stream, numbers, given, elements } = self;
        match given {
            Given::All(parameters) => cpu::dispatch(
                #[inline(always)]
                move || {
                    stream.fill_pairs(
                        numbers,
                        elements,
                        #[inline(always)]
                        |a, b| {
                            let (x, y) = pair(a, b);
                            (shaped(x, parameters), shaped(y, parameters))
                        },
                    );
                },
            ),
            Given::Each(columns) => cpu::dispatch(
                #[inline(always)]
                move || {
                    by_pieces(
                        numbers,
                        columns,
                        elements,
                        #[inline(always)]
                        |numbers, raw| stream.fill_pairs(numbers, raw, pair),
                        shaped,
                    );
                },
            ),
        }
    }

    /// As [`by_pairs`](Self::by_pairs), of 32 bits each.
    #[inline(always)]
    pub(super) fn by_words<R: Copy + Default>(
        self,
        make: impl Fn(u32) -> R + Copy,
        shaped: impl Fn(R, Parameters) -> T + Copy,
    ) {
        let Self { stream, numbers, given, elements } = self;
        match given {
            Given::All(parameters) => cpu::dispatch(
                #[inline(always)]
                move || {
                    stream.fill_words(
                        numbers,
                        elements,
                        #[inline(always)]
                        |word| shaped(make(word), parameters),
                    );
                },
            ),
            Given::Each(columns) => cpu::dispatch(
                #[inline(always)]
                move || {
                    by_pieces(
                        numbers,
                        columns,
                        elements,
                        #[inline(always)]
                        |numbers, raw| stream.fill_words(numbers, raw, make),
                        shaped,
                    );
                },
            ),
        }
    }

    /// Makes elements of which each takes as many random numbers as it needs.
    #[inline(always)]
    pub(super) fn by_draws(self, make: impl Fn(&mut Draws<'_>, Parameters) -> T + Copy) {
        let Self { stream, numbers, given, elements } = self;
        match given {
            Given::All(parameters) => cpu::dispatch(
                #[inline(always)]
                move || {
                    stream.fill_draws(
                        numbers,
                        elements,
                        #[inline(always)]
                        |_, draws| make(draws, parameters),
                    );
                },
            ),
            Given::Each(columns) => cpu::dispatch(
                #[inline(always)]
                move || {
                    let columns = columns.map(|column| &column[..elements.len()]);
                    stream.fill_draws(
                        numbers,
                        elements,
                        #[inline(always)]
                        |i, draws| make(draws, columns.map(|column| column[i])),
                    );
                },
            ),
        }
    }
}

/// Makes elements a piece at a time: raw ones, which then are given their parameters.
#[inline(always)]
fn by_pieces<R: Copy + Default, T>(
    numbers: Numbers<'_>,
    columns: [&[f64]; 3],
    elements: &mut [T],
    fill: impl Fn(Numbers<'_>, &mut [R]),
    shaped: impl Fn(R, Parameters) -> T,
) {
    let mut raw = [R::default(); PIECE];
    for (i, piece) in elements.chunks_mut(PIECE).enumerate() {
        let (start, count) = (i * PIECE, piece.len());
        let raw = &mut raw[..count];
        fill(numbers.from(start), raw);
        let [a, b, c] = columns.map(|column| &column[start..start + count]);
        for i in 0..count {
            piece[i] = shaped(raw[i], [a[i], b[i], c[i]]);
        }
    }
}
