//! Heads and posteriors whose kind is a choice at run time.

use elbow::distribution::{Concentration, DiagonalGaussian};
use elbow::latent::{
    Draw, FixedConcentration, GaussianHead, GaussianPosteriors, Head, LearnedConcentration, MixtureHead,
    MixturePosterior, MixturePosteriors, OneByOne, Point, PointHead, Posterior, Tabled, TabledConcentration,
    VmfHead, VmfPosterior,
};
use elbow::layer::Projection;
use elbow::noise::LowDiscrepancy;
use rand_core::Rng;
use rand_pcg::Pcg32;

use super::Dynamic;
use crate::score::latent_use::HostPosterior;

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

/// A head of any kind, its layers `P`.
#[derive(Debug)]
pub(super) enum AnyHead<'a, P: Projection<Out = Dynamic>> {
    Gaussian(GaussianHead<P, P>),
    Mixture(MixtureHead<'a, P, P, Dynamic>),
    Learned(VmfHead<P, LearnedConcentration<P>>),
    Fixed(VmfHead<P, FixedConcentration>),
    Tabled(VmfHead<P, TabledConcentration<'a>>),
    Point(PointHead<P>),
}

impl<'a, P: Projection<Out = Dynamic>> Head for AnyHead<'a, P> {
    type In = P::In;
    type From = P::From;
    type Latent = Dynamic;
    type Posterior = AnyPosterior<'a>;
    type Noise = LowDiscrepancy;
    type Posteriors<const L: usize> = AnyPosteriors<'a, L>;

    fn dims(&self) -> usize {
        head!(self, part => part.dims())
    }

    #[inline(always)]
    fn posterior(&self, hidden: &[[P::From; 1]]) -> AnyPosterior<'a> {
        match self {
            AnyHead::Gaussian(part) => AnyPosterior::Gaussian(part.posterior(hidden)),
            AnyHead::Mixture(part) => AnyPosterior::Mixture(part.posterior(hidden)),
            AnyHead::Learned(part) => AnyPosterior::Sphere(part.posterior(hidden)),
            AnyHead::Fixed(part) => AnyPosterior::Sphere(part.posterior(hidden)),
            AnyHead::Tabled(part) => AnyPosterior::Tabled(part.posterior(hidden)),
            AnyHead::Point(part) => AnyPosterior::Point(part.posterior(hidden)),
        }
    }

    #[inline(always)]
    fn posteriors<const L: usize>(&self, hidden: &[[P::From; L]]) -> AnyPosteriors<'a, L> {
        match self {
            AnyHead::Gaussian(part) => AnyPosteriors::Gaussian(part.posteriors(hidden)),
            AnyHead::Mixture(part) => AnyPosteriors::Mixture(part.posteriors(hidden)),
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

/// A posterior of any kind.
#[derive(Debug)]
pub(super) enum AnyPosterior<'a> {
    Gaussian(DiagonalGaussian<Dynamic>),
    Mixture(MixturePosterior<'a, Dynamic>),
    Sphere(VmfPosterior<Dynamic, Concentration>),
    Tabled(VmfPosterior<Dynamic, Tabled<'a>>),
    Point(Point<Dynamic>),
}

impl Posterior for AnyPosterior<'_> {
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        posterior!(self, part => part.sample_log_ratio(rng, z))
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

    fn units(&self) -> Vec<(f32, f32)> {
        posterior!(self, part => part.units())
    }
}

/// Posteriors of any kind, of `L` frames.
#[derive(Debug)]
pub(super) enum AnyPosteriors<'a, const L: usize> {
    Gaussian(GaussianPosteriors<Dynamic, L>),
    Mixture(MixturePosteriors<'a, Dynamic, L>),
    Sphere(OneByOne<VmfPosterior<Dynamic, Concentration>, LowDiscrepancy, Dynamic, L>),
    Tabled(OneByOne<VmfPosterior<Dynamic, Tabled<'a>>, LowDiscrepancy, Dynamic, L>),
    Point(OneByOne<Point<Dynamic>, LowDiscrepancy, Dynamic, L>),
}

impl<const L: usize> Draw<L> for AnyPosteriors<'_, L> {
    #[inline(always)]
    fn draw(&mut self, z: &mut [[f32; L]]) -> [f32; L] {
        each!(self, AnyPosteriors { Gaussian, Mixture, Sphere, Tabled, Point }, part => part.draw(z))
    }
}
