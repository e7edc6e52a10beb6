//! The latent variable: a posterior q(z|x), and the prior p(z) that it is measured against.

mod chain;
mod draw;
mod flow;
mod given;
mod heads;

pub use chain::{Chain, ChainPosterior};
pub use draw::{Draw, Samples};
pub use flow::{Flow, FlowPosterior, InvertibleMap};
pub use given::{GivenHead, GivenPosterior, GivenPosteriors};
pub use heads::{GaussianHead, MixtureHead, PointHead, VmfHead};

use crate::features::FrameError;
use crate::fingerprint::{Fingerprint, fold, of};
use crate::format::{Load, LoadError, Sections};
use crate::math;
use crate::noise::LowDiscrepancy;
use crate::posterior::{Family, ToPosterior, Words};
use crate::prior::{Prior, ReadPrior, SamplePrior};
use crate::shape::{Element, Shape, lanes};
use rand_core::Rng;

/// A posterior q(z|x) together with the prior p(z) it is measured against.
pub trait Posterior {
    /// Draws z ~ q(z|x) into `z` and returns `log p(z) − log q(z|x)`, in nats.
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32;
    /// As [`sample_log_ratio`](Self::sample_log_ratio), the next `L` samples side by side; `S` is the
    /// latent's size.
    #[inline(always)]
    fn sample_log_ratios<S: Shape, R: Rng + ?Sized, const L: usize>(
        &self,
        rng: &mut R,
        z: &mut [[f32; L]],
    ) -> [f32; L] {
        if L == 1 {
            return [self.sample_log_ratio(rng, z.as_flattened_mut()); L];
        }
        let mut of_lane = S::buffer(z.len());
        lanes(
            #[inline(always)]
            |l| {
                let log_ratio = self.sample_log_ratio(rng, of_lane.as_mut());
                for (lanes, z) in z.iter_mut().zip(of_lane.as_ref()) {
                    lanes[l] = *z;
                }
                log_ratio
            },
        )
    }
    /// `log p(z) − log q(z|x)` at a given z, in nats.
    fn log_ratio(&self, z: &[f32]) -> f32;
    /// `KL(q(z|x) ‖ p(z))`, in nats.
    fn kl(&self) -> f32;
    /// The most likely z.
    fn mode(&self) -> &[f32];
    /// Draws z ~ q(z|x), `L` at a time, with the standard normal noise that each is a function of. `false` of
    /// a posterior that cannot be moved.
    fn draw_with_noise<const L: usize, R: Rng + ?Sized>(
        &self,
        _rng: &mut R,
        _noise: &mut [[f32; L]],
        _z: &mut [[f32; L]],
    ) -> bool {
        false
    }
    /// Moves the parameters a part `rate` of the way up the bound by its natural gradient, given the mean
    /// over draws of the slopes of `log p(x|z)` by z, and of these times the noise. `false` of a posterior
    /// that cannot be moved.
    fn step(&mut self, _rate: f32, _slope: &mut [f32], _slope_noise: &mut [f32]) -> bool {
        false
    }
}

/// A latent as a decoder reads it.
#[inline(always)]
pub(crate) fn copy_latent(z: &[f32], to: &mut [[f32; 1]]) -> Result<(), FrameError> {
    if z.len() != to.len() {
        return Err(FrameError::WrongLength { expected: to.len(), found: z.len() });
    }
    for (index, (to, z)) in to.iter_mut().zip(z).enumerate() {
        if !math::is_finite(*z) {
            return Err(FrameError::NonFinite { index });
        }
        *to = [*z];
    }
    Ok(())
}

/// The last part of the encoder: from a hidden vector to a posterior with its prior.
pub trait Head {
    /// Size of the hidden vector.
    type In: Shape;
    /// What the hidden vector is made of.
    type From: Element;
    /// Size of the latent.
    type Latent: Shape;
    /// What it gives.
    type Posterior: Posterior;
    /// The default source of randomness for its posterior.
    type Noise: Rng;
    /// What it gives for `L` frames side by side.
    type Posteriors<const L: usize>: Draw<L>;

    /// Number of latent coordinates.
    fn dims(&self) -> usize;
    /// q(z|x) for one hidden vector.
    fn posterior(&self, hidden: &[[Self::From; 1]]) -> Self::Posterior;
    /// q(z|x) for the hidden vectors of `L` frames, each with the default noise.
    fn posteriors<const L: usize>(&self, hidden: &[[Self::From; L]]) -> Self::Posteriors<L>;
    /// A fresh copy of the default randomness: always the same words.
    fn noise(&self) -> Self::Noise;
    /// Words of it that a sample takes.
    fn words(&self) -> usize {
        self.dims()
    }
}

/// A head with a prior that can be drawn from.
pub trait HasPrior: Head {
    /// Draws z ~ p(z).
    fn sample_prior<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]);
}

/// The layers `Q` of a posterior, and the prior `P`.
#[derive(Clone, Copy, Debug)]
pub struct Latent<Q, P> {
    posterior: Q,
    prior: P,
}

impl<Q: ToPosterior, P: Prior<Q::Family>> Latent<Q, P> {
    /// Joins the two.
    pub fn of(posterior: Q, prior: P) -> Self {
        Latent { posterior, prior }
    }
}

/// q(z|x) of one frame, and the prior.
#[derive(Clone, Debug)]
pub struct Measured<Q, P> {
    q: Q,
    prior: P,
}

impl<Q, P> Measured<Q, P> {
    /// Joins the two.
    pub fn new(q: Q, prior: P) -> Self {
        Measured { q, prior }
    }

    /// q(z|x) alone.
    pub fn q(&self) -> &Q {
        &self.q
    }
}

impl<Q: Family, P: Prior<Q>> Posterior for Measured<Q, P> {
    #[inline]
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        self.prior.sample_log_ratio(&self.q, rng, z)
    }

    fn log_ratio(&self, z: &[f32]) -> f32 {
        self.prior.log_ratio(&self.q, z)
    }

    fn kl(&self) -> f32 {
        self.prior.kl(&self.q)
    }

    #[inline]
    fn mode(&self) -> &[f32] {
        self.q.mode()
    }

    fn draw_with_noise<const L: usize, R: Rng + ?Sized>(
        &self,
        rng: &mut R,
        noise: &mut [[f32; L]],
        z: &mut [[f32; L]],
    ) -> bool {
        self.q.draw_with_noise(rng, noise, z)
    }

    fn step(&mut self, rate: f32, slope: &mut [f32], slope_noise: &mut [f32]) -> bool {
        self.prior.add_slopes(&self.q, slope, slope_noise) && self.q.step(rate, slope, slope_noise)
    }
}

/// q(z|x) of `L` frames, and the prior.
#[derive(Debug)]
pub struct MeasuredFrames<Q: Family, P, const L: usize> {
    frames: Q::Frames<L>,
    prior: P,
}

impl<Q: Family, P: Prior<Q>, const L: usize> Draw<L> for MeasuredFrames<Q, P, L> {
    #[inline(always)]
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L] {
        self.prior.draw(&mut self.frames, z)
    }
}

impl<Q: ToPosterior, P: Prior<Q::Family>> Head for Latent<Q, P> {
    type In = Q::In;
    type From = Q::From;
    type Latent = Q::Latent;
    type Posterior = Measured<Q::Family, P>;
    type Noise = LowDiscrepancy;
    type Posteriors<const L: usize> = MeasuredFrames<Q::Family, P, L>;

    #[inline(always)]
    fn dims(&self) -> usize {
        self.posterior.dims()
    }

    #[inline]
    fn posterior(&self, hidden: &[[Q::From; 1]]) -> Measured<Q::Family, P> {
        Measured { q: self.posterior.posterior(hidden), prior: self.prior }
    }

    #[inline(always)]
    fn posteriors<const L: usize>(&self, hidden: &[[Q::From; L]]) -> MeasuredFrames<Q::Family, P, L> {
        MeasuredFrames { frames: self.posterior.frames(hidden), prior: self.prior }
    }

    fn noise(&self) -> LowDiscrepancy {
        self.posterior.noise()
    }

    fn words(&self) -> usize {
        self.posterior.words()
    }
}

impl<Q: ToPosterior, P: Prior<Q::Family> + SamplePrior> HasPrior for Latent<Q, P> {
    fn sample_prior<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        self.prior.sample(rng, z);
    }
}

impl<'a, Q: ToPosterior + Load<'a>, P: ReadPrior<'a>> Load<'a> for Latent<Q, P> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let posterior = Q::load(sections)?;
        let prior = P::read(sections, posterior.dims())?;
        Ok(Latent { posterior, prior })
    }
}

impl<'a, Q: Words, P: ReadPrior<'a>> Fingerprint for Latent<Q, P> {
    const FINGERPRINT: u32 = fold_all(fold_all(of(&[P::PART as u32]), Q::WORDS), P::WORDS);
}

const fn fold_all(mut hash: u32, mut words: &[u32]) -> u32 {
    while let [word, rest @ ..] = words {
        hash = fold(hash, *word);
        words = rest;
    }
    hash
}
