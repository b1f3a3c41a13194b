//! [`Alias`]: numbers drawn with weights.

use super::functions::unit;
use crate::digest::Digest;

/// A table that finds a number by its weight in constant time (A. J. Walker, *An efficient method for
/// generating discrete random variables with general distributions*, 1977; M. D. Vose, 1991).
#[derive(Debug)]
pub(crate) struct Alias {
    /// For each number, how likely it stays, and which one it is otherwise.
    entries: Vec<(f64, u32)>,
    digest: u64,
}

impl Alias {
    /// The table of weights that are not negative, of which one is above 0; at most 2^32.
    pub(crate) fn new(weights: &[f64]) -> Self {
        let (count, largest) = (weights.len(), weights.iter().copied().fold(0.0, f64::max));
        // Shares of the largest one: their sum does not overflow.
        let total: f64 = weights.iter().map(|weight| weight / largest).sum();
        let scale = count as f64 / total;
        let mut entries: Vec<_> =
            (0..).zip(weights).map(|(i, weight)| (weight / largest * scale, i)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..count).partition(|&i| entries[i].0 < 1.0);
        while let (Some(&less), Some(&more)) = (small.last(), large.last()) {
            small.pop();
            entries[less].1 = more as u32;
            entries[more].0 -= 1.0 - entries[less].0;
            if entries[more].0 < 1.0 {
                large.pop();
                small.push(more);
            }
        }
        // Rounding alone leaves some that are not full; they stay what they are, but for weights of 0.
        let likely = (0..count).find(|&i| weights[i] == largest).unwrap_or(0) as u32;
        for i in small.into_iter().chain(large) {
            entries[i] = if weights[i] > 0.0 { (1.0, i as u32) } else { (0.0, likely) };
        }
        let bits: Vec<u64> = weights.iter().map(|weight| weight.to_bits()).collect();
        Self { entries, digest: Digest::of(&bits) }
    }

    /// The number that some bits choose.
    pub(super) fn choose(&self, place: u64, bits: u64) -> i64 {
        let place = (u128::from(place) * self.entries.len() as u128) >> 64;
        let (stays, other) = self.entries[place as usize];
        if unit(bits) < stays { place as i64 } else { other.into() }
    }

    /// A number that equal tables share.
    pub(super) fn digest(&self) -> u64 {
        self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each number's share of the table is that of its weight.
    #[test]
    fn shares_are_those_of_the_weights() {
        for weights in
            [&[1.0][..], &[0.0, 3.0, 0.0], &[1.0, 2.0, 3.0, 4.0], &[1e308, 1e308, 1e-300]]
        {
            let alias = Alias::new(weights);
            let mut shares = vec![0.0; weights.len()];
            for (i, &(stays, other)) in alias.entries.iter().enumerate() {
                shares[i] += stays;
                shares[other as usize] += 1.0 - stays;
            }
            let total: f64 = weights.iter().map(|weight| weight / 1e308).sum();
            for (share, weight) in shares.iter().zip(weights) {
                let expected = weight / 1e308 / total;
                assert!((share / weights.len() as f64 - expected).abs() < 1e-12, "{weights:?}");
                assert!(*weight > 0.0 || *share == 0.0, "{weights:?}");
            }
        }
    }
}
