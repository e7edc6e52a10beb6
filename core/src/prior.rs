//! Priors p(z), and what a score asks of them beside a posterior: `log p(z) − log q(z|x)`.

mod gaussian_mixture;
mod hypersphere;
mod none;
mod standard_normal;

pub use crate::distribution::StandardNormal;
pub use gaussian_mixture::MixturePrior;
pub use hypersphere::UniformOnSphere;
pub(crate) use hypersphere::draw_direction;
pub use none::NoPrior;

use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::noise::LowDiscrepancy;
use crate::posterior::Family;
use crate::shape::Shape;
use rand_core::Rng;

/// A prior p(z) that posteriors of the family `Q` are measured against. Both know terms that the other
/// cancels, so what is asked for is their ratio.
pub trait Prior<Q: Family>: Copy {
    /// Draws z ~ q(z|x) into `z` and returns `log p(z) − log q(z|x)`, in nats.
    fn sample_log_ratio<R: Rng + ?Sized>(&self, q: &Q, rng: &mut R, z: &mut [f32]) -> f32;
    /// As [`sample_log_ratio`](Self::sample_log_ratio), the next z of each of `L` frames.
    fn draw<const L: usize>(&self, frames: &mut Q::Frames<L>, z: &mut [[f32; L]]) -> [f32; L];
    /// `log p(z) − log q(z|x)` at a given z, in nats.
    fn log_ratio(&self, q: &Q, z: &[f32]) -> f32;
    /// `KL(q(z|x) ‖ p(z))`, in nats.
    fn kl(&self, q: &Q) -> f32;
    /// Takes the slopes of the divergence off those by the mean and, in units of the noise, by the scale.
    /// `false` of a prior that does not tell them.
    fn add_slopes(&self, _q: &Q, _slope: &mut [f32], _slope_noise: &mut [f32]) -> bool {
        false
    }
}

/// A prior whose density is known by itself.
pub trait LogProb {
    /// `log p(z)`, in nats.
    fn log_prob(&self, z: &[f32]) -> f32;
}

/// A prior that can be drawn from.
pub trait SamplePrior {
    /// Draws z ~ p(z).
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]);
}

/// A prior that a model file may hold.
pub trait ReadPrior<'a>: Sized {
    /// How a latent with this prior is told from others in a fingerprint, before the words of its posterior.
    const PART: Part;
    /// What else of the shape enters the fingerprint, behind those.
    const WORDS: &'static [u32] = &[];

    /// Takes the prior's sections for a latent of `dims` coordinates.
    ///
    /// # Errors
    /// As [`Sections::floats`]; [`LoadError::Malformed`] for numbers that no distribution has.
    fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError>;
}

/// Samples of a divergence that has no closed form: with them it is known to some hundredths of a nat.
const KL_SAMPLES: u32 = 256;

/// The mean of `log q(z|x) − log p(z)` over 256 samples of the default noise, which are the same for every
/// frame: `log_ratio` draws one and says the opposite of it.
pub(crate) fn sampled_kl<S: Shape>(
    dims: usize,
    mut noise: LowDiscrepancy,
    log_ratio: impl Fn(&mut LowDiscrepancy, &mut [f32]) -> f32,
) -> f32 {
    let (mut z, mut sum) = (S::buffer(dims), 0.0);
    for _ in 0..KL_SAMPLES {
        sum -= log_ratio(&mut noise, z.as_mut());
    }
    sum / KL_SAMPLES as f32
}
