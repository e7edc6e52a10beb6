//! The log weight of a draw: the one place where the terms of a score come together.
//!
//! `log w = log p(x|z) + [log p(z) − log q(z|x)] + log |∂features/∂frame|`
//!
//! The first term is the likelihood's, the bracket is what a [`Draw`] says of its z, the last is that of the
//! features.

use crate::latent::Draw;
use crate::layer::Layer as _;
use crate::likelihood::{Likelihood as _, Terms};
use crate::model::{LatentShape, Parts, Vae};
use crate::shape::{Lanes, Shape, lanes};

/// The terms of the log weights of `L` draws, in nats, which the map from the frame to its features adds to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogWeights<const L: usize> {
    /// `log p(features|z)`
    pub(crate) log_prob: [f32; L],
    /// `log p(z) − log q(z|x)`
    pub(crate) log_ratio: [f32; L],
}

impl<const L: usize> LogWeights<L> {
    /// Log weights of the features.
    #[inline(always)]
    pub(crate) fn of_features(&self) -> [f32; L] {
        lanes(|l| self.log_prob[l] + self.log_ratio[l])
    }

    /// Log weights of frames, each with its log Jacobian.
    #[inline(always)]
    pub(crate) fn of_frames(&self, log_jacobian: [f32; L]) -> [f32; L] {
        let of_features = self.of_features();
        lanes(|l| of_features[l] + log_jacobian[l])
    }
}

impl<P: Parts> Vae<P> {
    /// Weighs the next `L` draws for the features of one frame; `terms` takes the likelihood's terms.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn log_weights<const L: usize>(
        &self,
        draw: &mut impl Draw<L>,
        features: &[f32],
        terms: &mut (impl Terms + ?Sized),
    ) -> LogWeights<L> {
        let mut z = LatentShape::<P>::scratch(self.latent_dims());
        self.weigh(draw, z.as_mut(), features, terms)
    }

    /// As [`log_weights`](Self::log_weights), into memory of the caller's and for one frame or a frame each.
    #[inline(always)]
    pub(crate) fn weigh<const L: usize, X: Lanes<L>>(
        &self,
        draw: &mut impl Draw<L>,
        z: &mut [[f32; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> LogWeights<L> {
        let log_ratio = draw.draw(z);
        let hidden = self.decoder.forward(z);
        LogWeights { log_prob: self.likelihood.log_prob_terms(hidden.as_ref(), features, terms), log_ratio }
    }
}
