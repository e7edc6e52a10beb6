//! Randomness as a function of the place where it is used.
//!
//! No generator is handed from step to step: each place draws from a stream of its own, so the numbers do not
//! depend on the order of the work, and a run can be taken up again at any step.

use rand_pcg::Pcg32;

use crate::simd::wide;

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
    let state = place(seed, purpose, major, minor);
    Pcg32::new(state, mix(state))
}

/// A number for each place.
fn place(seed: u64, purpose: Purpose, major: u64, minor: u64) -> u64 {
    [purpose as u64, major, minor].into_iter().fold(mix(seed), |hash, word| mix(hash ^ word))
}

/// The words of one place, for those who take many: SplitMix64, each of its
/// outputs cut in two. None waits for the one before.
#[derive(Clone, Debug)]
pub struct Words {
    state: u64,
}

impl Words {
    /// Those of the `minor`-th (shard, row) of the `major`-th (epoch, step).
    pub fn of(seed: u64, purpose: Purpose, major: u64, minor: u64) -> Words {
        Words { state: place(seed, purpose, major, minor) }
    }

    /// The next words.
    pub fn fill(&mut self, words: &mut [u32]) {
        let (pairs, last) = words.as_chunks_mut::<2>();
        let start = self.state;
        let pair = |i: u64| {
            let x = mix(start.wrapping_add(i.wrapping_mul(STEP)));
            [x as u32, (x >> 32) as u32]
        };
        wide(
            #[inline(always)]
            || pairs.iter_mut().zip(0..).for_each(|(words, i)| *words = pair(i)),
        );
        let count = pairs.len() as u64;
        last.iter_mut().for_each(|word| *word = pair(count)[0]);
        self.state = start.wrapping_add((count + last.len() as u64).wrapping_mul(STEP));
    }

    /// The next word.
    pub fn next_u32(&mut self) -> u32 {
        let mut word = [0];
        self.fill(&mut word);
        word[0]
    }
}

/// Between the states of SplitMix64.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The output function of SplitMix64 (Steele, Lea and Flood 2014), one step on from `x`.
#[inline(always)]
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(STEP);
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

    #[test]
    fn words_do_not_depend_on_how_many_are_taken_at_once() {
        let words = || Words::of(0, Purpose::Noise, 1, 2);
        let mut all = [0; 66];
        words().fill(&mut all);
        // every other output, whole, as taken from the definition
        for (i, pair) in all.as_chunks::<2>().0.iter().enumerate() {
            let whole = mix(words().state.wrapping_add(STEP.wrapping_mul(i as u64)));
            assert_eq!([u64::from(pair[0]), u64::from(pair[1])], [whole & 0xffff_ffff, whole >> 32]);
        }
        let (mut parts, mut taker) = ([0; 66], words());
        parts.chunks_mut(6).for_each(|part| taker.fill(part));
        assert_eq!(parts, all);
        assert_eq!(words().next_u32(), all[0]);
    }

    #[test]
    fn bits_of_words_are_fair() {
        let mut words = vec![0; 1 << 16];
        Words::of(3, Purpose::Rows, 4, 5).fill(&mut words);
        for bit in 0..32 {
            let ones = words.iter().filter(|word| *word >> bit & 1 == 1).count() as f64;
            // binomial: 5 standard deviations of √(n)/2; false alarms of 32 bits 2e-5
            assert!((ones - 32_768.0).abs() < 5.0 * 128.0, "bit {bit}: {ones}");
        }
    }

    /// Changing it changes every model that is fitted from then on.
    const VALUE: u32 = 3_391_871_009;
}
