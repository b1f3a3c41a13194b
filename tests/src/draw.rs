//! Random choices from a seed: the same on every rank.

use distarray::dist::Distribution;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::strategy;

/// Values of strategies, one after the other, as a seed has them.
///
/// Ranks that draw the same things from the same seed get the same values, whatever the backend.
///
/// ```
/// use distarray_tests::draw::Draw;
///
/// let (mut a, mut b) = (Draw::new(7), Draw::new(7));
/// assert_eq!(a.shape(), b.shape());
/// assert_eq!(a.distribution(&[5], 3), b.distribution(&[5], 3));
/// ```
#[derive(Clone, Debug)]
pub struct Draw(TestRunner);

impl Draw {
    /// The values of a seed.
    pub fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self(TestRunner::new_with_rng(
            Config { failure_persistence: None, ..Config::default() },
            rng,
        ))
    }

    /// A value of a strategy.
    ///
    /// # Panics
    /// The strategy rejects too many values.
    pub fn of<S: Strategy>(&mut self, strategy: &S) -> S::Value {
        strategy.new_tree(&mut self.0).expect("a strategy that rejects little").current()
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.of(&(0..n))
    }

    /// True once in so many times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// A number from -8 to 8 in quarters, so that sums and products of few are exact.
    pub fn number(&mut self) -> f64 {
        f64::from(self.of(&(-32..=32))) / 4.0
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// The numbers below `n` in any order.
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        self.of(&strategy::orders(n))
    }

    /// A shape of up to four axes; see [`strategy::shapes`].
    pub fn shape(&mut self) -> Vec<usize> {
        self.of(&strategy::shapes())
    }

    /// A distribution without a halo; see [`strategy::distributions`].
    pub fn distribution(&mut self, shape: &[usize], size: usize) -> Distribution {
        self.of(&strategy::distributions(shape, size))
    }

    /// A distribution in blocks with halos; see [`strategy::haloed`].
    pub fn haloed(&mut self, shape: &[usize], size: usize) -> Distribution {
        self.of(&strategy::haloed(shape, size))
    }

    /// Any distribution; see [`strategy::any_distributions`].
    pub fn any_distribution(&mut self, shape: &[usize], size: usize) -> Distribution {
        self.of(&strategy::any_distributions(shape, size))
    }
}
