//! Random elements as a function of a seed and of where they stand.
//!
//! An element's random bits follow from its number in C order ([`Stream`]), so that it is the same
//! whoever makes it, and beside whatever others. Most laws are loops without branches over blocks of
//! Philox, compiled for several instruction sets; those that reject take further numbers from the
//! element's own, which no other element sees.

mod counts;
mod family;
mod fill;
mod functions;
mod gamma;
mod integers;
mod inverted;
mod law;
mod loops;
mod multinomial;
mod normal;
mod permutation;
mod philox;
mod ratios;
mod real;
mod stream;
mod uniform;
mod weights;

pub(crate) use family::Family;
pub(crate) use fill::Random;
pub(crate) use integers::{Ends, Span, integers_each};
pub(crate) use law::Law;
pub(crate) use multinomial::Multinomial;
pub(crate) use permutation::Permutation;
pub(crate) use stream::Stream;
pub(crate) use weights::Alias;
