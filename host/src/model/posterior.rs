//! One frame's posterior, for questions about q(z|x) itself.

use alloc::vec;
use alloc::vec::Vec;
use elbow::distribution::{DiagonalGaussian, ParamError};
use elbow::latent::{Measured, Posterior};
use elbow::posterior::{DirectionLaw, Point, VonMisesFisherPosterior};
use elbow::prior::{MixturePrior, NoPrior, StandardNormal, UniformOnSphere};
use elbow::shape::Shape;
use rand_pcg::Pcg32;

use super::Dynamic;

/// How far a posterior reaches around its mode.
#[derive(Clone, Debug, PartialEq)]
pub enum Dispersion {
    /// of a Gaussian: the standard deviation of each coordinate
    Scale(Vec<f32>),
    /// of a von Mises–Fisher distribution: κ
    Concentration(f32),
    /// a point does not
    Point,
}

/// One frame's posterior, whatever its family.
pub trait HostPosterior: Send + Sync {
    /// `KL(q(z|x) ‖ p(z))`, in nats.
    fn divergence(&self) -> f32;
    /// `log p(z) − log q(z|x)`, in nats.
    fn log_ratio_at(&self, z: &[f32]) -> f32;
    /// Draws z ~ q(z|x).
    fn draw(&self, rng: &mut Pcg32) -> Vec<f32>;
    /// How far it reaches.
    fn dispersion(&self) -> Dispersion;
    /// Mean and divergence of each coordinate, where they are independent.
    fn units(&self) -> Vec<(f32, f32)>;
}

impl HostPosterior for Measured<DiagonalGaussian<Dynamic>, StandardNormal> {
    fn divergence(&self) -> f32 {
        self.kl()
    }

    fn log_ratio_at(&self, z: &[f32]) -> f32 {
        self.log_ratio(z)
    }

    fn draw(&self, rng: &mut Pcg32) -> Vec<f32> {
        draw(self.q(), rng)
    }

    fn dispersion(&self) -> Dispersion {
        Dispersion::Scale(self.q().scale().to_vec())
    }

    fn units(&self) -> Vec<(f32, f32)> {
        let unit = |(loc, log_scale): (&f32, &f32)| {
            let unit = gaussian(&[*loc], &[*log_scale]);
            (*loc, unit.map_or(f32::NAN, |unit| unit.kl_to_standard_normal()))
        };
        self.q().loc().iter().zip(self.q().log_scale()).map(unit).collect()
    }
}

/// Under a mixture the divergence is that of all coordinates together.
impl HostPosterior for Measured<DiagonalGaussian<Dynamic>, MixturePrior<'_, Dynamic, Dynamic>> {
    fn divergence(&self) -> f32 {
        self.kl()
    }

    fn log_ratio_at(&self, z: &[f32]) -> f32 {
        self.log_ratio(z)
    }

    fn draw(&self, rng: &mut Pcg32) -> Vec<f32> {
        draw(self.q(), rng)
    }

    fn dispersion(&self) -> Dispersion {
        Dispersion::Scale(self.q().scale().to_vec())
    }

    fn units(&self) -> Vec<(f32, f32)> {
        Vec::new()
    }
}

fn draw(gaussian: &DiagonalGaussian<Dynamic>, rng: &mut Pcg32) -> Vec<f32> {
    let mut z = vec![0.0; gaussian.loc().len()];
    gaussian.sample(rng, &mut z);
    z
}

/// N(loc, diag(exp(log_scale))²)
pub(crate) fn gaussian(loc: &[f32], log_scale: &[f32]) -> Result<DiagonalGaussian<Dynamic>, ParamError> {
    let buffer = |numbers: &[f32]| {
        let mut buffer = Dynamic::buffer(numbers.len());
        buffer.as_mut().copy_from_slice(numbers);
        buffer
    };
    DiagonalGaussian::new(buffer(loc), buffer(log_scale))
}

impl<C: DirectionLaw + core::fmt::Debug + Send + Sync> HostPosterior
    for Measured<VonMisesFisherPosterior<Dynamic, C>, UniformOnSphere>
{
    fn divergence(&self) -> f32 {
        self.kl()
    }

    fn log_ratio_at(&self, z: &[f32]) -> f32 {
        self.log_ratio(z)
    }

    fn draw(&self, rng: &mut Pcg32) -> Vec<f32> {
        let mut z = vec![0.0; self.q().mean_direction().len()];
        self.sample_log_ratio(rng, &mut z);
        z
    }

    fn dispersion(&self) -> Dispersion {
        Dispersion::Concentration(self.q().law().kappa())
    }

    fn units(&self) -> Vec<(f32, f32)> {
        Vec::new()
    }
}

impl HostPosterior for Measured<Point<Dynamic>, NoPrior> {
    fn divergence(&self) -> f32 {
        self.kl()
    }

    fn log_ratio_at(&self, z: &[f32]) -> f32 {
        self.log_ratio(z)
    }

    fn draw(&self, _: &mut Pcg32) -> Vec<f32> {
        self.mode().to_vec()
    }

    fn dispersion(&self) -> Dispersion {
        Dispersion::Point
    }

    fn units(&self) -> Vec<(f32, f32)> {
        Vec::new()
    }
}
