//! Latents in buckets of equal prior mass, and a posterior's law of them in integers.

use super::cumulative::{Cumulative, PRECISION, SLOTS, STEPS, argument, scaled, search};
use crate::codec::entropy_model::{EntropyModel, Interval, RawBits};
use crate::codec::law_tables::{Shape, tail};
use crate::distribution::DiagonalGaussian;
use crate::math;

/// A coordinate of a latent has 2^this buckets, all of the same mass under the prior: the prior costs this
/// many bits.
///
/// The outermost ones stand for ±2.9. With 6 to 10 bits the rate is the same within 0.1 %.
pub const BUCKET_BITS: u32 = 8;
/// The prior of a bucket: uniform.
pub(super) const PRIOR: RawBits = RawBits::new(BUCKET_BITS);
/// A slot of a law: uniform.
pub(super) const SLOT: RawBits = RawBits::new(PRECISION);
const BUCKETS: u16 = 1 << BUCKET_BITS;

/// The latent that a bucket stands for: its median under the prior.
#[inline]
pub(super) fn center(bucket: u16) -> f32 {
    math::normal_quantile(u32::from(2 * bucket + 1) << (31 - BUCKET_BITS))
}

/// Where a bucket above the first begins.
#[inline]
fn edge(bucket: u16) -> f32 {
    math::normal_quantile(u32::from(bucket) << (32 - BUCKET_BITS))
}

/// q(bucket|x) of one coordinate in integers: a normal distribution of the latent, by where the buckets
/// begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct BucketLaw {
    loc: f32,
    /// steps to a unit of the latent
    steps: f32,
}

const CELLS: usize = 80;
/// Of the normal distribution, to five standard deviations.
static TAILS: [u32; CELLS + 1] = tails();

const fn tails() -> [u32; CELLS + 1] {
    let mut tails = [0; CELLS + 1];
    let mut cell = 0;
    while cell <= CELLS {
        tails[cell] = scaled(tail(Shape::Gaussian, argument(cell)));
        cell += 1;
    }
    tails
}

impl BucketLaw {
    /// The law of a posterior `N(loc, scale²)`.
    pub(super) fn new(loc: f32, scale: f32) -> Self {
        BucketLaw { loc, steps: STEPS / scale }
    }

    /// The bucket that holds the posterior's mean.
    pub(super) fn mode(&self) -> u16 {
        search(BUCKETS, |bucket| edge(bucket) <= self.loc)
    }
}

impl Cumulative for BucketLaw {
    const SYMBOLS: u16 = BUCKETS;
    const TAILS: &'static [u32] = &TAILS;

    fn begin(&self, bucket: u16) -> i32 {
        ((edge(bucket) - self.loc) * self.steps) as i32
    }
}

/// Numbers `0..n` as evenly as 2^15 slots allow: number i from slot `⌊i·2^15/n⌋` on.
///
/// Masses differ by 1 at most. For n below 2^12 that costs less than 0.003 bit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Even(u32);

impl Even {
    /// The model of `n` numbers, or `None` where there is no choice.
    pub(super) fn new(n: u16) -> Option<Self> {
        (2..=SLOTS).contains(&n).then_some(Even(u32::from(n)))
    }

    fn starting(self, number: u32) -> Interval {
        let (start, end) = ((number << PRECISION) / self.0, ((number + 1) << PRECISION) / self.0);
        Interval { start: start as u16, mass: (end - start) as u16 }
    }
}

impl EntropyModel for Even {
    const PRECISION: u32 = PRECISION;

    fn interval(&self, number: u16) -> Option<Interval> {
        (u32::from(number) < self.0).then(|| self.starting(number.into()))
    }

    fn symbol(&self, slot: u16) -> (u16, Interval) {
        // the largest i with i·2^15/n < slot + 1
        let number = ((u32::from(slot) + 1) * self.0 - 1) >> PRECISION;
        (number as u16, self.starting(number))
    }
}

/// The law of each coordinate under a posterior.
pub(super) fn laws<S: crate::shape::Shape>(
    posterior: &DiagonalGaussian<S>,
) -> impl DoubleEndedIterator<Item = BucketLaw> + ExactSizeIterator {
    posterior.loc().iter().zip(posterior.scale()).map(|(loc, scale)| BucketLaw::new(*loc, *scale))
}

#[cfg(test)]
mod tests {
    use super::super::cumulative::assert_partition;
    use super::*;

    #[test]
    fn posteriors_partition_their_slots_whatever_they_are() {
        let numbers = [0.0, -0.7, 3.4, 1e-3, -50.0, f32::MAX, f32::NEG_INFINITY, f32::NAN];
        for loc in numbers {
            for scale in [1.0, 0.05, 1e-4, 2e4, 0.0, f32::INFINITY, f32::NAN] {
                assert_partition(&BucketLaw::new(loc, scale), BUCKETS);
            }
        }
    }

    #[test]
    fn the_law_of_the_prior_is_uniform() {
        let law = BucketLaw::new(0.0, 1.0);
        // the density is constant within a cell: at ±2, 3 % more or less at its ends
        for bucket in 1..BUCKETS - 1 {
            let mass = law.interval(bucket).unwrap().mass;
            assert!((122..=134).contains(&mass), "{bucket}: {mass}");
        }
    }

    #[test]
    fn even_numbers_partition_their_slots() {
        for n in [2, 3, 64, 1000, 20_000, SLOTS - 1, SLOTS] {
            let model = Even::new(n).unwrap();
            let masses = (0..n).map(|number| model.interval(number).unwrap().mass);
            assert!(masses.clone().max().unwrap() - masses.min().unwrap() <= 1);
            assert_partition(&model, n);
        }
        assert!(Even::new(1).is_none() && Even::new(0).is_none());
    }

    #[test]
    fn a_bucket_holds_its_median() {
        for bucket in 0..BUCKETS {
            assert_eq!(BucketLaw::new(center(bucket), 1.0).mode(), bucket);
        }
    }
}
