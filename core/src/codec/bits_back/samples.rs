//! The K samples of a frame: all of them functions of the same bits, and their weights.

use super::buckets::{center, laws};
use super::choice::{Choice, LogWeights};
use super::cumulative::PRECISION;
use super::discrete::WholeParts;
use super::frame::BitsBack;
use crate::codec::entropy_model::EntropyModel;
use crate::layer::Layer as _;
use crate::likelihood::Likelihood as _;
use crate::math;
use crate::model::{LatentShape, PosteriorOf};
use crate::noise::LowDiscrepancy;
use crate::shape::Shape;
use rand_core::Rng;

impl<P: WholeParts, const LANES: usize> BitsBack<'_, P, LANES> {
    /// The law of the samples that `u` makes, or `None` where there is but one.
    pub(super) fn law_of_samples(
        &self,
        features: &[f32],
        posterior: &PosteriorOf<P>,
        u: &[u16],
    ) -> Option<Choice> {
        if self.samples == 1 {
            return None;
        }
        let (mut weights, mut shifts) = (LogWeights::new(), self.shifts());
        let mut left = usize::from(self.samples);
        while left >= LANES {
            self.weigh::<LANES>(features, posterior, u, &mut shifts, &mut weights);
            left -= LANES;
        }
        for _ in 0..left {
            self.weigh::<1>(features, posterior, u, &mut shifts, &mut weights);
        }
        Some(weights.law())
    }

    /// The log weights of the next `N` samples, up to a constant: `log p(x|z) − Σ_j log m_j`, m the mass of
    /// the bucket under the posterior.
    fn weigh<const N: usize>(
        &self,
        features: &[f32],
        posterior: &PosteriorOf<P>,
        u: &[u16],
        shifts: &mut LowDiscrepancy,
        weights: &mut LogWeights,
    ) {
        let mut z = LatentShape::<P>::scratch::<[f32; N]>(self.model.latent_dims());
        let log_ratio: [f32; N] = core::array::from_fn(|l| {
            let mut log_ratio = 0.0;
            for ((z, law), u) in z.as_mut().iter_mut().zip(laws(posterior)).zip(u) {
                let (bucket, interval) = law.symbol(slot(u.wrapping_add(next_shift(shifts))));
                z[l] = center(bucket);
                log_ratio -= math::ln(interval.mass.into());
            }
            log_ratio
        });
        let hidden = self.model.decoder.forward(z.as_ref());
        let log_prob = self.model.likelihood.log_prob(hidden.as_ref(), features);
        log_prob.iter().zip(log_ratio).for_each(|(log_prob, log_ratio)| weights.push(log_prob + log_ratio));
    }

    fn shifts(&self) -> LowDiscrepancy {
        LowDiscrepancy::new(self.model.latent_dims())
    }

    /// Adds the shifts of a sample to slots, or subtracts them.
    pub(super) fn shift(&self, choice: u16, slots: &mut [u16], by: impl Fn(u16, u16) -> u16) {
        let mut shifts = self.shifts();
        for _ in 0..usize::from(choice) * slots.len() {
            next_shift(&mut shifts);
        }
        slots.iter_mut().for_each(|s| *s = slot(by(*s, next_shift(&mut shifts))));
    }
}

/// A number modulo 2^15.
fn slot(number: u16) -> u16 {
    number & ((1 << PRECISION) - 1)
}

/// The first 15 bits of a word.
fn next_shift(shifts: &mut LowDiscrepancy) -> u16 {
    (shifts.next_u32() >> (u32::BITS - PRECISION)) as u16
}
