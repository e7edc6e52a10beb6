//! The von Mises–Fisher distribution on the sphere S^(d−1).

use super::hypersphere::{log_area, one_minus_cosine};
use super::vmf_normalizer::divergence;
use super::{ParamError, VmfNormalizer, VmfSampler, vmf_normalizer};
use rand_core::Rng;

/// Largest concentration κ that is accepted: beyond it the f32 steps of z
/// are as coarse as the distribution is narrow.
pub const MAX_CONCENTRATION: f32 = 10_000.0;

/// How far `|μ|²` may be from 1.
const UNIT_TOLERANCE: f32 = 1e-5;

/// A concentration κ in d dimensions, with all that depends on these two alone. For a fixed κ, made once.
#[derive(Clone, Copy, Debug)]
pub struct Concentration {
    d: usize,
    kappa: f32,
    normalizer: VmfNormalizer<f32>,
    sampler: VmfSampler,
}

impl Concentration {
    /// The concentration `kappa` on the sphere in R^`d`.
    ///
    /// # Errors
    /// [`ParamError`] for `d < 2` and for a κ that is NaN, infinite, negative or above [`MAX_CONCENTRATION`].
    pub fn new(d: usize, kappa: f32) -> Result<Concentration, ParamError> {
        if d < 2 {
            Err(ParamError::TooFewDimensions)
        } else if kappa.is_nan() {
            Err(ParamError::ConcentrationNan)
        } else if kappa < 0.0 {
            Err(ParamError::NegativeConcentration)
        } else if kappa.is_infinite() {
            Err(ParamError::ConcentrationInfinite)
        } else if kappa > MAX_CONCENTRATION {
            Err(ParamError::ConcentrationTooLarge)
        } else {
            Ok(Concentration::new_unchecked(d, kappa))
        }
    }

    /// As [`new`](Self::new), for values made inside the pipeline.
    #[inline]
    pub(crate) fn new_unchecked(d: usize, kappa: f32) -> Concentration {
        Concentration { d, kappa, normalizer: vmf_normalizer(d, kappa), sampler: VmfSampler::new(d, kappa) }
    }

    /// Number of coordinates d of z; the sphere is S^(d−1).
    pub fn dims(&self) -> usize {
        self.d
    }

    /// κ
    pub fn kappa(&self) -> f32 {
        self.kappa
    }

    /// The exact sampler for this d and κ that rejects least.
    pub fn sampler(&self) -> &VmfSampler {
        &self.sampler
    }

    /// `log q(z) = −κ t − Lc` at `t = 1 − μ·z`, in nats, relative to the uniform distribution.
    #[inline]
    pub fn log_prob_at(&self, t: f32) -> f32 {
        -self.kappa * t - self.normalizer.log_normalizer
    }

    /// `A = E[μ·z]`, between 0 and 1.
    pub fn mean_resultant_length(&self) -> f32 {
        self.normalizer.mean_resultant_length
    }

    /// `KL(q ‖ uniform) = κA − L`, in nats.
    pub fn kl_to_uniform(&self) -> f32 {
        self.normalizer.kl_to_uniform
    }

    /// `H = log area(S^(d−1)) − KL`, in nats with respect to surface area.
    pub fn entropy(&self) -> f32 {
        log_area::<f32>(self.d) - self.normalizer.kl_to_uniform
    }

    /// The distribution with this concentration about a mean direction.
    ///
    /// # Errors
    /// [`ParamError`] for a direction of another length than d, not finite, zero or not of unit length.
    pub fn about<M: AsRef<[f32]>>(self, mean_direction: M) -> Result<VonMisesFisher<M>, ParamError> {
        let mean = mean_direction.as_ref();
        let mut square = 0.0;
        for m in mean {
            square += m * m;
        }
        if mean.len() != self.d {
            Err(ParamError::WrongLength)
        } else if !square.is_finite() {
            Err(ParamError::NonFinite)
        } else if square == 0.0 {
            Err(ParamError::ZeroDirection)
        } else if (square - 1.0).abs() > UNIT_TOLERANCE {
            Err(ParamError::NotUnitVector)
        } else {
            Ok(self.about_unchecked(mean_direction))
        }
    }

    /// As [`about`](Self::about), for directions made inside the pipeline.
    #[inline]
    pub(crate) fn about_unchecked<M: AsRef<[f32]>>(self, mean_direction: M) -> VonMisesFisher<M> {
        VonMisesFisher { mean_direction, concentration: self }
    }
}

/// The von Mises–Fisher distribution: `q(z) ∝ exp(κ μ·z)` on unit vectors z.
///
/// M holds the d coordinates of μ: a slice, an array, a buffer. Log densities are in nats relative
/// to the uniform distribution on the sphere,
/// [`HypersphericalUniform`](super::HypersphericalUniform); entropy is with respect to surface area.
///
/// # Numerics
/// Everything goes through `t = 1 − μ·z`, which has no cancellation at large κ. Errors against a 40-digit
/// table and the choice of samplers: `docs/von-mises-fisher.md`.
///
/// # Example
/// ```
/// use elbow::distribution::VonMisesFisher;
/// # fn main() -> Result<(), elbow::distribution::ParamError> {
/// let posterior = VonMisesFisher::new([0.6, 0.0, 0.8], 50.0)?;
/// let mut z = [0.0; 3];
/// let t = posterior.sample(&mut rand_pcg::Pcg32::new(1, 2), &mut z);
/// assert!((posterior.log_prob(&z) - posterior.concentration().log_prob_at(t)).abs() < 1e-4);
/// # Ok(())
/// # }
/// ```
///
/// # Source
/// Mardia and Jupp (2000), "Directional statistics", section 9.3.2.
#[derive(Clone, Copy, Debug)]
pub struct VonMisesFisher<M> {
    mean_direction: M,
    concentration: Concentration,
}

impl<M: AsRef<[f32]>> VonMisesFisher<M> {
    /// The distribution about a unit vector with concentration κ.
    ///
    /// # Errors
    /// As [`Concentration::new`] and [`Concentration::about`].
    pub fn new(mean_direction: M, kappa: f32) -> Result<Self, ParamError> {
        Concentration::new(mean_direction.as_ref().len(), kappa)?.about(mean_direction)
    }

    /// μ, which is also the mode.
    pub fn mean_direction(&self) -> &[f32] {
        self.mean_direction.as_ref()
    }

    /// κ, and all that depends on it and on d alone.
    pub fn concentration(&self) -> &Concentration {
        &self.concentration
    }

    /// The mode: μ.
    pub fn mode(&self) -> &[f32] {
        self.mean_direction()
    }

    /// Writes the mean, `A μ`.
    pub fn mean(&self, mean: &mut [f32]) {
        let a = self.concentration.mean_resultant_length();
        mean.iter_mut().zip(self.mean_direction()).for_each(|(mean, direction)| *mean = a * direction);
    }

    /// `log q(z) = κ μ·z − L`, in nats, relative to the uniform distribution.
    pub fn log_prob(&self, z: &[f32]) -> f32 {
        self.concentration.log_prob_at(one_minus_cosine(self.mean_direction(), z))
    }

    /// `H = log area(S^(d−1)) − KL`, in nats with respect to surface area.
    pub fn entropy(&self) -> f32 {
        self.concentration.entropy()
    }

    /// `KL(q ‖ uniform) = κA − L`, in nats: it depends on κ and d only.
    pub fn kl_to_uniform(&self) -> f32 {
        self.concentration.kl_to_uniform()
    }

    /// `KL(self ‖ other)`, in nats; see [`vmf_divergence`](super::vmf_divergence).
    ///
    /// # Errors
    /// [`ParamError::WrongLength`] for spheres of different dimensions.
    pub fn kl_to<O: AsRef<[f32]>>(&self, other: &VonMisesFisher<O>) -> Result<f32, ParamError> {
        let (p, q) = (&self.concentration, &other.concentration);
        if p.d != q.d {
            return Err(ParamError::WrongLength);
        }
        let t = one_minus_cosine(self.mean_direction(), other.mean_direction());
        Ok(divergence([p.kappa, q.kappa], [&p.normalizer, &q.normalizer], t))
    }

    /// Draws z and returns `t = 1 − μ·z`; see [`VmfSampler::sample`].
    #[inline]
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        self.concentration.sampler.sample(self.mean_direction(), rng, z)
    }
}
