//! [`Random`]: elements of each type by their law.

use super::counts::{Binomial, negative_binomial, poisson};
use super::family::Family;
use super::integers::integers;
use super::inverted::geometric;
use super::law::Law;
use super::loops::{Given, Wanted};
use super::normal::{complex_normal, complex_normal_f32, two_exponential};
use super::real::real;
use super::stream::Stream;
use super::uniform::{between, between_f32, two_units, two_whole};
use crate::block::Numbers;
use crate::block::kernels::cpu;
use crate::element::{Complex32, Complex64, Element};

/// Elements that can be random.
pub(crate) trait Random: Element {
    /// What stands where an element's own parameters are none; nothing where that is an error.
    const UNDEFINED: Option<Self> = None;

    /// Makes elements of a family that [takes](Family::takes) the type.
    fn of_family(family: Family, _: Wanted<'_, Self>) {
        never(family.name())
    }

    /// Makes elements of a law without parameters, or with others than a family's.
    fn of_other(law: &Law, _: &Stream, _: Numbers<'_>, _: &mut [Self]) {
        never(law.name())
    }

    /// Makes the elements of these numbers.
    ///
    /// # Panics
    /// The law does not [take](Law::takes) the type.
    fn fill(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
        match law {
            Law::Of(family, parameters) => {
                let given = Given::All(*parameters);
                Self::of_family(*family, Wanted { stream, numbers, given, elements });
            }
            _ => Self::of_other(law, stream, numbers, elements),
        }
    }

    /// Makes the elements of these numbers, of which each has parameters of its own, in columns. Where they
    /// are none an element is [`UNDEFINED`](Self::UNDEFINED); if there is no such value, the first such
    /// element's place is given, and what stands there has no meaning.
    ///
    /// # Panics
    /// The family does not [take](Family::takes) the type.
    fn fill_each(
        family: Family,
        stream: &Stream,
        numbers: Numbers<'_>,
        columns: [&[f64]; 3],
        elements: &mut [Self],
    ) -> Option<usize> {
        let mut fill = |columns| {
            let given = Given::Each(columns);
            Self::of_family(family, Wanted { stream, numbers, given, elements: &mut *elements });
        };
        if family.holds(Self::DTYPE, columns) {
            fill(columns);
            return None;
        }
        let is_none = |&i: &usize| !family.holds(Self::DTYPE, columns.map(|column| &column[i..=i]));
        let wrong: Vec<usize> = (0..columns[0].len()).filter(is_none).collect();
        // Some laws would not come to an end there.
        let mut mended = columns.map(<[f64]>::to_vec);
        for (column, example) in mended.iter_mut().zip(family.example()) {
            wrong.iter().for_each(|&i| column[i] = example);
        }
        fill([&mended[0], &mended[1], &mended[2]]);
        match Self::UNDEFINED {
            Some(undefined) => {
                wrong.iter().for_each(|&i| elements[i] = undefined);
                None
            }
            None => wrong.first().copied(),
        }
    }
}

pub(super) fn never(law: &str) -> ! {
    unreachable!("'{law}' was checked to take the dtype")
}

impl Random for f64 {
    const UNDEFINED: Option<Self> = Some(Self::NAN);

    fn of_family(family: Family, wanted: Wanted<'_, Self>) {
        match family {
            Family::Uniform => wanted.by_pairs(two_whole, between),
            _ => real(family, wanted, |value| value),
        }
    }
}

impl Random for f32 {
    const UNDEFINED: Option<Self> = Some(Self::NAN);

    fn of_family(family: Family, wanted: Wanted<'_, Self>) {
        match family {
            Family::Uniform => wanted.by_words(|word| (word >> 8) as Self, between_f32),
            _ => real(family, wanted, |value| value as Self),
        }
    }
}

impl Random for Complex64 {
    fn of_other(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
        match law {
            Law::ComplexNormal => complex_normal(stream, numbers, elements),
            _ => never(law.name()),
        }
    }
}

impl Random for Complex32 {
    fn of_other(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
        match law {
            Law::ComplexNormal => complex_normal_f32(stream, numbers, elements),
            _ => never(law.name()),
        }
    }
}

impl Random for bool {
    fn of_family(family: Family, wanted: Wanted<'_, Self>) {
        match family {
            Family::Bernoulli => wanted.by_pairs(
                two_units,
                #[inline(always)]
                |x, [p, ..]| x < p,
            ),
            _ => never(family.name()),
        }
    }
}

/// Lists the integers but `i64`, which has laws of its own.
macro_rules! integer_types {
    ($($type:ty)*) => {$(
        impl Random for $type {
            fn of_other(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
                match *law {
                    Law::Integers(span) => {
                        integers(stream, numbers, elements, span, |bits| bits as Self);
                    }
                    _ => never(law.name()),
                }
            }
        }
    )*};
}
integer_types!(i8 i16 i32 u8 u16 u32 u64);

impl Random for i64 {
    fn of_family(family: Family, wanted: Wanted<'_, Self>) {
        match family {
            Family::Binomial => wanted.by_draws(
                #[inline(always)]
                |draws, [n, p, _]| Binomial::new(n, p).draw(draws) as Self,
            ),
            Family::Poisson => wanted.by_draws(
                #[inline(always)]
                |draws, [mean, ..]| poisson(draws, mean) as Self,
            ),
            Family::Geometric => wanted.by_pairs(
                two_exponential,
                #[inline(always)]
                |x, [p, ..]| geometric(x, p),
            ),
            Family::NegativeBinomial => wanted.by_draws(
                #[inline(always)]
                |draws, [n, p, _]| negative_binomial(draws, n, p) as Self,
            ),
            _ => never(family.name()),
        }
    }

    fn of_other(law: &Law, stream: &Stream, numbers: Numbers<'_>, elements: &mut [Self]) {
        match law {
            Law::Integers(span) => {
                integers(stream, numbers, elements, *span, |bits| bits as Self);
            }
            Law::Permutation(permutation) => permutation.fill(numbers, elements),
            Law::Multinomial(trials, of) => of.fill(stream, numbers, |_| *trials, elements),
            Law::Weighted(alias) => cpu::dispatch(
                #[inline(always)]
                move || {
                    stream.fill_blocks(
                        numbers,
                        elements,
                        #[inline(always)]
                        |place, bits| alias.choose(place, bits),
                    );
                },
            ),
            _ => never(law.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: fn() -> Stream = || Stream::new(1, 2, 3);

    fn laws(listed: &[(Family, [f64; 3])]) -> Vec<Law> {
        listed.iter().map(|&(family, parameters)| Law::Of(family, parameters)).collect()
    }

    fn real_laws() -> Vec<Law> {
        laws(&[
            (Family::Uniform, [-1.0, 2.5, 0.0]),
            (Family::Normal, [1.0, 3.0, 0.0]),
            (Family::Lognormal, [1.0, 0.5, 0.0]),
            (Family::Exponential, [2.0, 0.0, 0.0]),
            (Family::Gamma, [2.5, 1.0, 0.0]),
            (Family::Gamma, [0.3, 1.0, 0.0]),
            (Family::Beta, [0.4, 3.0, 0.0]),
            (Family::Laplace, [0.5, 2.0, 0.0]),
            (Family::Logistic, [0.5, 2.0, 0.0]),
            (Family::Gumbel, [0.5, 2.0, 0.0]),
            (Family::Cauchy, [0.5, 2.0, 0.0]),
            (Family::Weibull, [1.7, 0.0, 0.0]),
            (Family::Pareto, [2.3, 0.0, 0.0]),
            (Family::Rayleigh, [0.7, 0.0, 0.0]),
            (Family::Triangular, [-1.0, 0.3, 2.0]),
            (Family::ChiSquare, [1.5, 0.0, 0.0]),
            (Family::StandardT, [1.5, 0.0, 0.0]),
            (Family::StandardT, [4.5, 0.0, 0.0]),
            (Family::F, [1.5, 7.0, 0.0]),
            (Family::F, [3.5, 7.0, 0.0]),
        ])
    }

    fn count_laws() -> Vec<Law> {
        laws(&[
            (Family::Binomial, [100.0, 0.4, 0.0]),
            (Family::Binomial, [10.0, 0.1, 0.0]),
            (Family::Poisson, [3.0, 0.0, 0.0]),
            (Family::Poisson, [30.0, 0.0, 0.0]),
            (Family::Geometric, [0.2, 0.0, 0.0]),
            (Family::NegativeBinomial, [2.5, 0.1, 0.0]),
        ])
    }

    fn truth_laws() -> Vec<Law> {
        laws(&[(Family::Bernoulli, [0.3, 0.0, 0.0])])
    }

    #[test]
    fn each_family_is_listed() {
        let all = [real_laws(), count_laws(), truth_laws()].concat();
        for family in Family::ALL {
            assert!(all.iter().any(|law| matches!(law, Law::Of(other, _) if other == family)));
        }
    }

    #[test]
    fn no_law_depends_on_the_instruction_set() {
        fn check<T: Random>(laws: &[Law]) {
            for law in laws {
                let mut first = None;
                cpu::each_level(|| {
                    let mut elements = vec![T::default(); 200];
                    let numbers = Numbers::Even { first: 3, step: 1 };
                    T::fill(law, &STREAM(), numbers, &mut elements);
                    let first = first.get_or_insert_with(|| elements.clone());
                    assert_eq!(*first, elements, "{}", law.name());
                });
            }
        }
        check::<f64>(&real_laws());
        check::<f32>(&real_laws());
        check::<Complex64>(&[Law::ComplexNormal]);
        check::<bool>(&truth_laws());
        check::<i64>(&count_laws());
    }

    /// Elements with parameters of their own have the bits of those that all have the same, however they are
    /// numbered; where they are no parameters, that alone is told, and nothing runs on for ever.
    #[test]
    fn each_element_by_its_own_parameters() {
        fn check<T: Random>(laws: &[Law]) {
            let steps = [Numbers::Even { first: 3, step: 1 }, Numbers::Even { first: 5, step: 7 }];
            for (numbers, law) in
                steps.into_iter().flat_map(|at| laws.iter().map(move |law| (at, law)))
            {
                let &Law::Of(family, parameters) = law else { panic!("{law:?}") };
                let mut expected = vec![T::default(); 700];
                T::fill(law, &STREAM(), numbers, &mut expected);
                let mut columns = parameters.map(|value| vec![value; 700]);
                let made = |columns: &[Vec<f64>; 3]| {
                    let mut made = vec![T::default(); 700];
                    let [a, b, c] = columns;
                    let wrong = T::fill_each(family, &STREAM(), numbers, [a, b, c], &mut made);
                    (made, wrong)
                };
                assert_eq!(made(&columns), (expected.clone(), None), "{law:?}");
                for i in [4, 300, 699] {
                    columns[0][i] = f64::NAN;
                }
                let (made, wrong) = made(&columns);
                assert_eq!(wrong, T::UNDEFINED.is_none().then_some(4), "{law:?}");
                for (i, (made, expected)) in made.iter().zip(&expected).enumerate() {
                    match columns[0][i].is_nan() {
                        false => assert_eq!(made, expected, "{law:?}"),
                        // Only what is not a number differs from itself.
                        true => assert!(T::UNDEFINED.is_none() || made != made, "{law:?}"),
                    }
                }
            }
        }
        check::<f64>(&real_laws());
        check::<f32>(&real_laws());
        check::<bool>(&truth_laws());
        check::<i64>(&count_laws());
    }
}
