//! Heads and posteriors whose kind is a choice at run time.

use alloc::vec::Vec;
use elbow::LoadError;
use elbow::architecture::{Activation, Architecture, ConcentrationKind, LatentKind};
use elbow::distribution::{Concentration, DiagonalGaussian, GaussianMixture};
use elbow::format::Sections;
use elbow::latent::{
    Draw, GaussianHead, HasPrior, Head, Measured, MeasuredFrames, MixtureHead, PointHead, Posterior, VmfHead,
};
use elbow::noise::LowDiscrepancy;
use elbow::posterior::{
    FixedConcentration, LearnedConcentration, Point, Tabled, TabledConcentration, VonMisesFisherPosterior,
};
use elbow::prior::{MixturePrior, NoPrior, StandardNormal, UniformOnSphere};
use elbow::shape::Shape;
use rand_core::Rng;
use rand_pcg::Pcg32;

use super::Dynamic;
use super::net::Dense;
use super::posterior::{Dispersion, HostPosterior};
use crate::simd::wide;

/// Evaluates an expression for the part that there is.
macro_rules! each {
    ($any:expr, $kind:ident { $($variant:ident),+ }, $part:ident => $value:expr) => {
        match $any {
            $($kind::$variant($part) => $value),+
        }
    };
}

macro_rules! head {
    ($any:expr, $part:ident => $value:expr) => {
        each!($any, AnyHead { Gaussian, Mixture, Learned, Fixed, Tabled, Point }, $part => $value)
    };
}

macro_rules! posterior {
    ($any:expr, $part:ident => $value:expr) => {
        each!($any, AnyPosterior { Gaussian, Mixture, Sphere, Tabled, Point }, $part => $value)
    };
}

/// A head of any kind.
#[derive(Debug)]
pub(super) enum AnyHead<'a> {
    Gaussian(GaussianHead<Dense<'a>, Dense<'a>>),
    Mixture(MixtureHead<'a, Dense<'a>, Dense<'a>, Dynamic>),
    Learned(VmfHead<Dense<'a>, LearnedConcentration<Dense<'a>>>),
    Fixed(VmfHead<Dense<'a>, FixedConcentration>),
    Tabled(VmfHead<Dense<'a>, TabledConcentration<'a>>),
    Point(PointHead<Dense<'a>>),
}

impl<'a> AnyHead<'a> {
    /// Takes the sections.
    pub(super) fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Ok(match shape.latent {
            LatentKind::Gaussian { .. } => AnyHead::Gaussian(gaussian(shape, sections)?),
            LatentKind::GaussianMixture { dim, components } => {
                let gaussian = gaussian(shape, sections)?;
                let prior = GaussianMixture::read(sections, dim as usize, components as usize)?;
                AnyHead::Mixture(MixtureHead::new(gaussian, prior))
            }
            LatentKind::VonMisesFisher { dim, concentration } => {
                let mean = dense(shape, sections, dim, Activation::Identity)?;
                match concentration {
                    ConcentrationKind::Learned => {
                        let kappa = dense(shape, sections, 1, Activation::Identity)?;
                        AnyHead::Learned(VmfHead::new(mean, LearnedConcentration::new(kappa)))
                    }
                    ConcentrationKind::Fixed { .. } => {
                        let kappa = FixedConcentration::read(sections, dim as usize)?;
                        AnyHead::Fixed(VmfHead::new(mean, kappa))
                    }
                    ConcentrationKind::Tabled { .. } => {
                        let kappa = TabledConcentration::read(sections, dim as usize)?;
                        AnyHead::Tabled(VmfHead::new(mean, kappa))
                    }
                }
            }
            LatentKind::Point { dim, activation } => {
                AnyHead::Point(PointHead::new(dense(shape, sections, dim, activation)?))
            }
            // a mixture has no network, and is built elsewhere
            LatentKind::Component { .. } => return Err(LoadError::Malformed),
        })
    }
}

/// The two layers of a Gaussian posterior.
pub(super) fn gaussian<'a>(
    shape: &Architecture,
    sections: &mut Sections<'a>,
) -> Result<GaussianHead<Dense<'a>, Dense<'a>>, LoadError> {
    let mut layer = || dense(shape, sections, shape.latent_dims(), Activation::Identity);
    Ok(GaussianHead::new(layer()?, layer()?))
}

fn dense<'a>(
    shape: &Architecture,
    sections: &mut Sections<'a>,
    outputs: u32,
    activation: Activation,
) -> Result<Dense<'a>, LoadError> {
    Dense::read(sections, shape.weights, shape.encoder_width(), outputs, activation)
}

impl<'a> Head for AnyHead<'a> {
    type In = Dynamic;
    type From = f32;
    type Latent = Dynamic;
    type Posterior = AnyPosterior<'a>;
    type Noise = LowDiscrepancy;
    type Posteriors<const L: usize> = AnyPosteriors<'a, L>;

    fn dims(&self) -> usize {
        head!(self, part => part.dims())
    }

    #[inline(never)]
    fn posterior(&self, hidden: &[[f32; 1]]) -> AnyPosterior<'a> {
        match self {
            AnyHead::Gaussian(part) => AnyPosterior::Gaussian(part.posterior(hidden)),
            AnyHead::Mixture(part) => AnyPosterior::Mixture(part.posterior(hidden)),
            AnyHead::Learned(part) => AnyPosterior::Sphere(part.posterior(hidden)),
            AnyHead::Fixed(part) => AnyPosterior::Sphere(part.posterior(hidden)),
            AnyHead::Tabled(part) => AnyPosterior::Tabled(part.posterior(hidden)),
            AnyHead::Point(part) => AnyPosterior::Point(part.posterior(hidden)),
        }
    }

    #[inline(never)]
    fn posteriors<const L: usize>(&self, hidden: &[[f32; L]]) -> AnyPosteriors<'a, L> {
        match self {
            AnyHead::Gaussian(part) => AnyPosteriors::Gaussian(wide(
                #[inline(always)]
                || part.posteriors(hidden),
            )),
            AnyHead::Mixture(part) => AnyPosteriors::Mixture(wide(
                #[inline(always)]
                || part.posteriors(hidden),
            )),
            AnyHead::Learned(part) => AnyPosteriors::Sphere(part.posteriors(hidden)),
            AnyHead::Fixed(part) => AnyPosteriors::Sphere(part.posteriors(hidden)),
            AnyHead::Tabled(part) => AnyPosteriors::Tabled(part.posteriors(hidden)),
            AnyHead::Point(part) => AnyPosteriors::Point(part.posteriors(hidden)),
        }
    }

    fn noise(&self) -> LowDiscrepancy {
        head!(self, part => part.noise())
    }
}

impl HasPrior for AnyHead<'_> {
    /// Of a point, which has no prior, no latent: what is not finite goes through no decoder.
    fn sample_prior<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        match self {
            AnyHead::Gaussian(part) => part.sample_prior(rng, z),
            AnyHead::Mixture(part) => part.sample_prior(rng, z),
            AnyHead::Learned(part) => part.sample_prior(rng, z),
            AnyHead::Fixed(part) => part.sample_prior(rng, z),
            AnyHead::Tabled(part) => part.sample_prior(rng, z),
            AnyHead::Point(_) => z.fill(f32::NAN),
        }
    }
}

type Gaussian = DiagonalGaussian<Dynamic>;
type Sphere<C> = VonMisesFisherPosterior<Dynamic, C>;
type Mixture<'a> = MixturePrior<'a, Dynamic, Dynamic>;

/// A posterior of any kind.
#[derive(Debug)]
pub(super) enum AnyPosterior<'a> {
    Gaussian(Measured<Gaussian, StandardNormal>),
    Mixture(Measured<Gaussian, Mixture<'a>>),
    Sphere(Measured<Sphere<Concentration>, UniformOnSphere>),
    Tabled(Measured<Sphere<Tabled<'a>>, UniformOnSphere>),
    Point(Measured<Point<Dynamic>, NoPrior>),
}

impl Posterior for AnyPosterior<'_> {
    #[inline(never)]
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        posterior!(self, part => part.sample_log_ratio(rng, z))
    }

    #[inline(never)]
    fn sample_log_ratios<S: Shape, R: Rng + ?Sized, const L: usize>(
        &self,
        rng: &mut R,
        z: &mut [[f32; L]],
    ) -> [f32; L] {
        wide(
            #[inline(always)]
            || posterior!(self, part => part.sample_log_ratios::<S, R, L>(rng, z)),
        )
    }

    fn log_ratio(&self, z: &[f32]) -> f32 {
        posterior!(self, part => part.log_ratio(z))
    }

    fn kl(&self) -> f32 {
        posterior!(self, part => part.kl())
    }

    fn mode(&self) -> &[f32] {
        posterior!(self, part => part.mode())
    }

    fn draw_with_noise<const L: usize, R: Rng + ?Sized>(
        &self,
        rng: &mut R,
        noise: &mut [[f32; L]],
        z: &mut [[f32; L]],
    ) -> bool {
        posterior!(self, part => part.draw_with_noise(rng, noise, z))
    }

    fn step(&mut self, rate: f32, slope: &mut [f32], slope_noise: &mut [f32]) -> bool {
        posterior!(self, part => part.step(rate, slope, slope_noise))
    }
}

impl HostPosterior for AnyPosterior<'_> {
    fn divergence(&self) -> f32 {
        posterior!(self, part => part.divergence())
    }

    fn log_ratio_at(&self, z: &[f32]) -> f32 {
        posterior!(self, part => part.log_ratio_at(z))
    }

    fn draw(&self, rng: &mut Pcg32) -> Vec<f32> {
        posterior!(self, part => part.draw(rng))
    }

    fn dispersion(&self) -> Dispersion {
        posterior!(self, part => part.dispersion())
    }

    fn units(&self) -> Vec<(f32, f32)> {
        posterior!(self, part => part.units())
    }
}

/// Posteriors of any kind, of `L` frames.
#[derive(Debug)]
pub(super) enum AnyPosteriors<'a, const L: usize> {
    Gaussian(MeasuredFrames<Gaussian, StandardNormal, L>),
    Mixture(MeasuredFrames<Gaussian, Mixture<'a>, L>),
    Sphere(MeasuredFrames<Sphere<Concentration>, UniformOnSphere, L>),
    Tabled(MeasuredFrames<Sphere<Tabled<'a>>, UniformOnSphere, L>),
    Point(MeasuredFrames<Point<Dynamic>, NoPrior, L>),
}

impl<const L: usize> Draw<L> for AnyPosteriors<'_, L> {
    #[inline(never)]
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L] {
        wide(
            #[inline(always)]
            || match self {
                AnyPosteriors::Gaussian(part) => part.draw(z),
                AnyPosteriors::Mixture(part) => part.draw(z),
                AnyPosteriors::Sphere(part) => part.draw(z),
                AnyPosteriors::Tabled(part) => part.draw(z),
                AnyPosteriors::Point(part) => part.draw(z),
            },
        )
    }
}
