//! Randomness as a function of the place where it is used.
//!
//! No generator is handed from step to step: each place draws from a stream of its own, so the numbers do not depend
//! on the order of the work, and a run can be taken up again at any step.

use rand_pcg::Pcg32;

/// What a stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// weights to start from
    Weights,
    /// order of the rows in an epoch
    Order,
    /// what a row shows in an epoch, such as the bits of a dynamic binarisation
    Rows,
    /// the posterior's samples
    Noise,
}

/// The generator for one place: the `minor`-th (shard, row) of the `major`-th (epoch, step).
pub fn stream(seed: u64, purpose: Purpose, major: u64, minor: u64) -> Pcg32 {
    let state = [purpose as u64, major, minor].into_iter().fold(mix(seed), |hash, word| mix(hash ^ word));
    Pcg32::new(state, mix(state))
}

/// The output function of SplitMix64 (Steele, Lea and Flood 2014), one step on from `x`.
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;
    use std::collections::HashSet;

    #[test]
    fn every_place_has_its_own_numbers() {
        let first = |seed, purpose, major, minor| stream(seed, purpose, major, minor).next_u64();
        let mut seen = HashSet::new();
        for seed in 0..4 {
            for purpose in [Purpose::Weights, Purpose::Order, Purpose::Rows, Purpose::Noise] {
                for major in 0..16 {
                    assert!((0..16).all(|minor| seen.insert(first(seed, purpose, major, minor))));
                }
            }
        }
    }

    #[test]
    fn the_same_place_has_the_same_numbers() {
        assert_eq!(stream(1, Purpose::Noise, 2, 3).next_u64(), stream(1, Purpose::Noise, 2, 3).next_u64());
        assert_eq!(stream(0, Purpose::Weights, 0, 0).next_u32(), VALUE);
    }

    /// Changing it changes every model that is fitted from then on.
    const VALUE: u32 = 3_391_871_009;
}
