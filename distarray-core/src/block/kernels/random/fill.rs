//! [`Random`]: elements of each type by their law.

use super::counts::{Binomial, poisson};
use super::gamma::{beta, gamma};
use super::integers::integers;
use super::law::Law;
use super::normal::{complex_normal, complex_normal_f32, exponential, normal};
use super::stream::Stream;
use super::uniform::{bernoulli, uniform_f32, uniform_f64};
use crate::block::Numbers;
use crate::block::kernels::cpu;
use crate::element::{Complex32, Complex64, Element};

/// Elements that can be random.
pub(crate) trait Random: Element {
    /// Makes the elements of these numbers.
    ///
    /// # Panics
    /// The law does not [take](Law::takes) the type.
    fn fill(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]);
}

fn never(law: &Law) -> ! {
    unreachable!("'{}' was checked to take the dtype", law.name())
}

/// Laws of real numbers that need an unknown number of uniform ones, or none.
fn real<T: Element>(
    law: &Law,
    stream: &Stream,
    numbers: Numbers<'_>,
    elements: &mut [T],
    rounded: impl Fn(f64) -> T + Copy,
) {
    match *law {
        Law::Normal { mean, std } => normal(stream, numbers, elements, (mean, std), rounded),
        Law::Exponential { scale } => exponential(stream, numbers, elements, scale, rounded),
        Law::Gamma { shape, scale } => cpu::dispatch(
            #[inline(always)]
            || {
                stream.fill_draws(
                    numbers,
                    elements,
                    #[inline(always)]
                    |draws| rounded(scale * gamma(draws, shape)),
                );
            },
        ),
        Law::Beta { a, b } => cpu::dispatch(
            #[inline(always)]
            || {
                stream.fill_draws(
                    numbers,
                    elements,
                    #[inline(always)]
                    |draws| rounded(beta(draws, a, b)),
                );
            },
        ),
        _ => never(law),
    }
}

impl Random for f64 {
    fn fill(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
        match *law {
            Law::Uniform { low, high } => uniform_f64(stream, numbers, elements, (low, high)),
            _ => real(law, stream, numbers, elements, |value| value),
        }
    }
}

impl Random for f32 {
    fn fill(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
        match *law {
            Law::Uniform { low, high } => {
                uniform_f32(stream, numbers, elements, (low as Self, high as Self));
            }
            _ => real(law, stream, numbers, elements, |value| value as Self),
        }
    }
}

impl Random for Complex64 {
    fn fill(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
        match law {
            Law::ComplexNormal => complex_normal(stream, numbers, elements),
            _ => never(law),
        }
    }
}

impl Random for Complex32 {
    fn fill(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
        match law {
            Law::ComplexNormal => complex_normal_f32(stream, numbers, elements),
            _ => never(law),
        }
    }
}

impl Random for bool {
    fn fill(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
        match *law {
            Law::Bernoulli { p } => bernoulli(stream, numbers, elements, p),
            _ => never(law),
        }
    }
}

/// Lists the integers but `i64`, which has laws of its own.
macro_rules! integer_types {
    ($($type:ty)*) => {$(
        impl Random for $type {
            fn fill(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
                match *law {
                    Law::Integers(span) => {
                        integers(stream, numbers, elements, span, |bits| bits as Self);
                    }
                    _ => never(law),
                }
            }
        }
    )*};
}
integer_types!(i8 i16 i32 u8 u16 u32 u64);

impl Random for i64 {
    fn fill(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
        match law {
            Law::Integers(span) => {
                integers(stream, numbers, elements, *span, |bits| bits as Self);
            }
            Law::Binomial { n, p } => {
                let trials = Binomial::new(*n, *p);
                cpu::dispatch(
                    #[inline(always)]
                    || {
                        stream.fill_draws(
                            numbers,
                            elements,
                            #[inline(always)]
                            |draws| trials.draw(draws) as Self,
                        );
                    },
                );
            }
            Law::Poisson { mean } => cpu::dispatch(
                #[inline(always)]
                || {
                    stream.fill_draws(
                        numbers,
                        elements,
                        #[inline(always)]
                        |draws| poisson(draws, *mean) as Self,
                    );
                },
            ),
            Law::Permutation(permutation) => permutation.fill(numbers, elements),
            Law::Weighted(alias) => cpu::dispatch(
                #[inline(always)]
                || {
                    stream.fill_blocks(
                        numbers,
                        elements,
                        #[inline(always)]
                        |place, bits| alias.choose(place, bits),
                    );
                },
            ),
            _ => never(law),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_law_depends_on_the_instruction_set() {
        fn check<T: Random>(laws: &[Law]) {
            for law in laws {
                let mut first = None;
                cpu::each_level(|| {
                    let mut elements = vec![T::default(); 200];
                    let numbers = Numbers::Even { first: 3, step: 1 };
                    T::fill(law, &Stream::new(1, 2, 3), numbers, &mut elements);
                    let first = first.get_or_insert_with(|| elements.clone());
                    assert_eq!(*first, elements, "{}", law.name());
                });
            }
        }
        let real = [
            Law::Uniform { low: -1.0, high: 2.5 },
            Law::Normal { mean: 1.0, std: 3.0 },
            Law::Exponential { scale: 2.0 },
            Law::Gamma { shape: 2.5, scale: 1.0 },
            Law::Gamma { shape: 0.3, scale: 1.0 },
            Law::Beta { a: 0.4, b: 3.0 },
        ];
        check::<f64>(&real);
        check::<f32>(&real);
        check::<Complex64>(&[Law::ComplexNormal]);
        check::<bool>(&[Law::Bernoulli { p: 0.3 }]);
        check::<i64>(&[
            Law::Binomial { n: 100, p: 0.4 },
            Law::Binomial { n: 10, p: 0.1 },
            Law::Poisson { mean: 3.0 },
            Law::Poisson { mean: 30.0 },
        ]);
    }
}
