//! Seeded order and seeded division of rows.

use rand_core::Rng;
use rand_pcg::Pcg32;

use crate::dataset::Dataset;

/// The generator's stream for splits, so that other uses of the same seed draw other numbers.
const STREAM: u64 = u64::from_be_bytes(*b"split   ");

/// Row numbers of the two parts, each in random order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// rows to fit on
    pub train: Vec<usize>,
    /// rows to validate on
    pub valid: Vec<usize>,
}

impl Dataset {
    /// Divides the rows at random; the same seed gives the same division on every machine.
    ///
    /// `valid` gets the fraction, rounded; of two rows or more, at least one
    /// unless the fraction is 0, and never all.
    pub fn split(&self, valid_fraction: f64, seed: u64) -> Split {
        let mut train: Vec<usize> = (0..self.rows).collect();
        shuffle(&mut train, &mut Pcg32::new(seed, STREAM));
        let wanted = (self.rows as f64 * valid_fraction).round() as usize;
        let least = usize::from(valid_fraction > 0.0);
        let valid = train.split_off(self.rows - wanted.max(least).min(self.rows.saturating_sub(1)));
        Split { train, valid }
    }
}

/// Puts items into a uniformly random order (Fisher–Yates).
pub fn shuffle<T>(items: &mut [T], rng: &mut impl Rng) {
    for i in (1..items.len()).rev() {
        items.swap(i, below(i as u64 + 1, rng) as usize);
    }
}

/// A uniform draw from `0..n` for `n ≥ 1`: Lemire (2019), "Fast random
/// integer generation in an interval", alg. 5.
fn below(n: u64, rng: &mut impl Rng) -> u64 {
    let unfair = n.wrapping_neg() % n;
    loop {
        let product = u128::from(rng.next_u64()) * u128::from(n);
        if product as u64 >= unfair {
            return (product >> 64) as u64;
        }
    }
}
