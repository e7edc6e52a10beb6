//! The K samples of a frame: all of them functions of the same bits, and their weights.

use super::buckets::{center, laws};
use super::choice::{Choice, LogWeights};
use super::cumulative::PRECISION;
use super::discrete::WholeParts;
use super::frame::BitsBack;
use crate::codec::entropy_model::EntropyModel;
use crate::distribution::DiagonalGaussian;
use crate::latent::Draw;
use crate::math;
use crate::model::PosteriorOf;
use crate::noise::LowDiscrepancy;
use crate::shape::{Shape, lanes};
use rand_core::Rng;

impl<P: WholeParts, const LANES: usize, const REFINES: bool> BitsBack<'_, P, LANES, REFINES> {
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
        let mut draw = Shifted { posterior: posterior.q(), u, shifts: self.shifts() };
        let mut weights = LogWeights::new();
        let mut left = usize::from(self.samples);
        while left >= LANES {
            let log_weights = self.model.log_weights::<LANES>(&mut draw, features, &mut ());
            log_weights.of_features().into_iter().for_each(|log_weight| weights.push(log_weight));
            left -= LANES;
        }
        for _ in 0..left {
            let log_weights = self.model.log_weights::<1>(&mut draw, features, &mut ());
            log_weights.of_features().into_iter().for_each(|log_weight| weights.push(log_weight));
        }
        Some(weights.law())
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

/// The samples that `u` makes, each shifted by the next point of a lattice.
struct Shifted<'a, S: Shape> {
    posterior: &'a DiagonalGaussian<S>,
    u: &'a [u16],
    shifts: LowDiscrepancy,
}

impl<S: Shape, const L: usize> Draw<L> for Shifted<'_, S> {
    /// The log ratio up to a constant: `−Σ_j log m_j`, m the mass of the bucket under the posterior, since
    /// all buckets have the same under the prior.
    #[inline(always)]
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L] {
        lanes(|l| {
            let mut log_ratio = 0.0;
            for ((z, law), u) in z.iter_mut().zip(laws(self.posterior)).zip(self.u) {
                let (bucket, interval) = law.symbol(slot(u.wrapping_add(next_shift(&mut self.shifts))));
                z[l] = center(bucket);
                log_ratio -= math::ln(interval.mass.into());
            }
            log_ratio
        })
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
