//! Frames some of whose numbers are missing: what stands in for those.

use crate::features::{Features as _, FrameError, Gaps};
use crate::likelihood::{Incomplete, Likelihood as _};
use crate::math;
use crate::model::{Frame, FrameBuffer, FrameShape, LatentShape, Parts, Vae};
use crate::shape::Shape;
use rand_core::Rng;

impl<F, E, H, D, L> Vae<(F, E, H, D, L)>
where
    (F, E, H, D, L): Parts<Features = F, Encoder = E, Head = H, Decoder = D, Likelihood = L>,
{
    /// The same model for frames some of whose numbers are missing, as NaN says
    /// ([`hide`](crate::features::hide) makes it of a bit set): encoder and likelihood leave them out, and
    /// the score bounds the log density of those that are there, `log ∫ p(x) d(missing numbers)`, as it
    /// bounds that of a whole frame. A frame without gaps has the bits that it has here.
    ///
    /// An encoder that has seen frames with gaps (`elbow fit --missing`) proposes better latents for them:
    /// fewer samples come as near. Scores of frames that lack different numbers cannot be compared.
    ///
    /// # Cost
    /// A look at each number for each block of samples. Memory: a frame more.
    ///
    /// # Source
    /// Mattei and Frellsen (2019), "MIWAE: Deep generative modelling and imputation of incomplete data sets",
    /// equation 4.
    pub fn with_gaps(self) -> WithGaps<F, E, H, D, L>
    where
        (Gaps<F>, E, H, D, Incomplete<L>):
            Parts<Features = Gaps<F>, Encoder = E, Head = H, Decoder = D, Likelihood = Incomplete<L>>,
    {
        let Vae { features, encoder, head, decoder, likelihood } = self;
        Vae::new(Gaps::new(features, usize::MAX), encoder, head, decoder, Incomplete(likelihood))
    }
}

/// A network whose frames may have gaps, of the parts of one whose frames have none.
pub type WithGaps<F, E, H, D, L> = Vae<(Gaps<F>, E, H, D, Incomplete<L>)>;

/// Weights that come by their logarithms, in units of the greatest so far.
struct Weights {
    greatest: f32,
    sum: f32,
}

impl Weights {
    /// By how much the sum so far shrinks, and the next weight beside it.
    fn push(&mut self, log_weight: f32) -> (f32, f32) {
        let mut scale = 1.0;
        if log_weight > self.greatest {
            scale = math::exp_call(self.greatest - log_weight);
            self.greatest = log_weight;
        }
        let weight = math::exp_call(log_weight - self.greatest);
        self.sum = self.sum * scale + weight;
        (scale, weight)
    }
}

impl<P: Parts> Vae<P> {
    /// The frame with what is expected of its missing numbers in their places, given those that are there:
    /// `Σ_k w_k E[x|z_k] / Σ_k w_k`, with the samples of [`log_density`](Self::log_density). Of a code or an
    /// angle it is that of the heaviest sample. Numbers that are there stay as they are.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Cost
    /// Two passes of the decoder a sample.
    ///
    /// # Source
    /// Mattei and Frellsen (2019), equation 11: self-normalised importance sampling.
    pub fn impute(&self, frame: &Frame<P>, samples: u32) -> Result<FrameBuffer<P>, FrameError> {
        let mut mean = FrameShape::<P>::buffer::<f32>(self.dims());
        let mut weights = Weights { greatest: f32::NEG_INFINITY, sum: 0.0 };
        self.for_each_latent(frame, samples, &mut self.noise(), |z, log_weight, _| {
            let expected = self.mean(z)?;
            let (scale, weight) = weights.push(log_weight);
            let is_heaviest = weight == 1.0;
            for (index, (mean, x)) in mean.as_mut().iter_mut().zip(expected.as_ref()).enumerate() {
                if self.features.is_number(index) {
                    *mean = *mean * scale + weight * x;
                } else if is_heaviest {
                    *mean = *x;
                }
            }
            Ok(())
        })?;
        for (index, mean) in mean.as_mut().iter_mut().enumerate() {
            if self.features.is_number(index) {
                *mean /= weights.sum;
            }
        }
        filled(frame.as_ref(), mean)
    }

    /// As [`impute`](Self::impute), with a draw of the missing numbers: a sample is chosen by its weight, and
    /// x ~ p(x|z) of it.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Source
    /// Rubin (1987), "The calculation of posterior distributions by data augmentation: comment", sampling
    /// importance resampling.
    pub fn impute_with<R: Rng + ?Sized>(
        &self,
        frame: &Frame<P>,
        samples: u32,
        rng: &mut R,
    ) -> Result<FrameBuffer<P>, FrameError> {
        let mut chosen = LatentShape::<P>::buffer::<f32>(self.latent_dims());
        let mut weights = Weights { greatest: f32::NEG_INFINITY, sum: 0.0 };
        // each sample takes the place of those before it with its part of their sum
        self.for_each_latent(frame, samples, rng, |z, log_weight, rng| {
            let (_, weight) = weights.push(log_weight);
            let uniform = (rng.next_u32() >> 8) as f32 / 16_777_216.0;
            if uniform * weights.sum < weight {
                chosen.as_mut().copy_from_slice(z);
            }
            Ok(())
        })?;
        let mut drawn = FrameShape::<P>::buffer::<f32>(self.dims());
        let hidden = self.decode_hidden(chosen.as_ref())?;
        self.likelihood.sample(hidden.as_ref(), rng, drawn.as_mut());
        self.features.restore(drawn.as_mut());
        filled(frame.as_ref(), drawn)
    }

    /// Hands over latents of the posterior with their log weights, and the generator.
    fn for_each_latent<R: Rng + ?Sized>(
        &self,
        frame: &Frame<P>,
        samples: u32,
        rng: &mut R,
        mut visit: impl FnMut(&[f32], f32, &mut R) -> Result<(), FrameError>,
    ) -> Result<(), FrameError> {
        if samples == 0 {
            return Err(FrameError::NoSamples);
        }
        let (features, _) = self.extract(frame.as_ref())?;
        let posterior = self.posterior(features.as_ref());
        let mut z = LatentShape::<P>::scratch::<[f32; 1]>(self.latent_dims());
        for _ in 0..samples {
            let mut draw = self.samples(&posterior, rng);
            let log_weights = self.weigh(&mut draw, z.as_mut(), features.as_ref(), &mut ());
            let [log_weight] = log_weights.of_features();
            if !math::is_finite(log_weight) {
                return Err(FrameError::Overflow);
            }
            visit(z.as_ref().as_flattened(), log_weight, rng)?;
        }
        Ok(())
    }
}

/// Numbers in place of those that a frame lacks.
pub(crate) fn filled<B: AsMut<[f32]>>(frame: &[f32], mut numbers: B) -> Result<B, FrameError> {
    let mut is_sound = true;
    for (filled, x) in numbers.as_mut().iter_mut().zip(frame) {
        *filled = if math::is_nan(*x) { *filled } else { *x };
        is_sound &= math::is_finite(*filled);
    }
    if is_sound { Ok(numbers) } else { Err(FrameError::Overflow) }
}
