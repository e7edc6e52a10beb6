//! The latent of a network: the posterior q(z|x), the prior p(z), their
//! terms of a bound, and the way back through z.
//!
//! A family of posteriors is a [`Posterior`] in a file of its own, a prior that is learned with the network a
//! [`Prior`], and [`of`] is the list of both. Nothing else in the trainer knows how z is drawn.

mod gaussian;
mod gaussian_mixture;
mod point;
mod von_mises_fisher;
mod words;

use std::fmt;

use elbow::architecture::{Activation, LatentKind};
use rand_pcg::Pcg32;

use crate::net::buffer::Buffer;
use crate::net::real::Real;
use elbow_host::file::write::Sections;

use gaussian::Gaussian;
use gaussian_mixture::GaussianMixture;
use point::Point;
use von_mises_fisher::VonMisesFisher;
pub use words::PriorKind;

/// A family of posteriors, with the memory of one batch. It knows one prior by heart, against which its
/// divergence has a closed form: the standard normal distribution, or on a sphere the uniform one.
pub trait Posterior<T: Real>: fmt::Debug + Send + Sync {
    /// Coordinates of z.
    fn dim(&self) -> usize;

    /// Widths of its heads: dense layers that read the encoder's last hidden vector.
    fn heads(&self) -> Vec<usize>;

    /// Random numbers that one sample takes.
    fn noise_len(&self) -> usize;

    /// What is applied to what the heads give.
    fn activation(&self) -> Activation {
        Activation::Identity
    }

    /// How much larger than usual the weights begin that read z. The coordinates of a unit vector have
    /// variance 1/D where other inputs have about 1: what reads them makes up for it by √D.
    fn gain(&self) -> f64 {
        1.0
    }

    /// Draws `z ~ q(z|x)`, `[row][sample][dim]`.
    fn draw(&mut self, heads: &Heads<'_, T>, z: &mut [T]);

    /// `log p(z) − log q(z|x)` of each sample under the prior it knows, added to `out[row][sample]`.
    fn add_log_ratio(&self, heads: &Heads<'_, T>, z: &[T], out: &mut [f64]);

    /// `−log q(z|x)` of each sample but for the constant `dim·½ log 2π`, added to
    /// `out[row][sample]`: for priors that are learned.
    fn add_surprise(&self, heads: &Heads<'_, T>, out: &mut [f64]);

    /// `KL(q(z|x) ‖ p(z))` of one row under the prior it knows.
    fn divergence(&self, heads: &Heads<'_, T>, row: usize) -> f64;

    /// The same of each unit, mean over the rows. A unit is a part of z whose divergence stands alone.
    fn unit_divergences(&self, heads: &Heads<'_, T>, out: &mut Vec<f64>);

    /// The derivatives of the loss with respect to what the heads gave.
    fn backward(&mut self, heads: &Heads<'_, T>, slopes: &Slopes<'_, T>, d_outputs: &mut [Buffer<T>]);

    /// The means of a Gaussian, `[row][coordinate]`; of another, nothing.
    fn means<'a>(&self, _heads: Heads<'a, T>) -> &'a [T] {
        &[]
    }

    /// Writes its sections of a model file, those of the heads left out.
    fn write(&self, _out: &mut Sections) {}
}

/// A family of priors that are learned with the network, with the memory of one batch. Its divergence from a
/// posterior is taken from the samples, `log q(z|x) − log p(z)`, and so is its slope.
pub trait Prior<T: Real>: fmt::Debug + Send + Sync {
    /// How many parameters it has.
    fn params(&self) -> usize;

    /// Parameters to start from.
    fn start(&self, rng: &mut Pcg32, params: &mut [f32]);

    /// `log p(z) + dim·½ log 2π` of each sample.
    fn log_prob(&mut self, params: &[T], z: &[T], out: &mut [f64]);

    /// `∂log p(z)/∂z` of each sample, and in `d_params` the sum over them of `d ∂log p(z)/∂params`.
    fn backward(&mut self, params: &[T], z: &[T], d: &[T], d_z: &mut [T], d_params: &mut [T]);

    /// Writes its sections of a model file, those of the heads left out.
    fn write(&self, params: &[f32], out: &mut Sections);

    /// The parameters that such sections were written of, to the rounding of what is stored.
    fn read(&self, sections: &[Vec<f32>], params: &mut [f32]);
}

/// A posterior, and its prior where that is learned.
pub type Families<T> = (Box<dyn Posterior<T>>, Option<Box<dyn Prior<T>>>);

/// The families of a kind. A new one is a line here and a file beside this.
///
/// # Panics
/// For a mixture, which has no network.
pub fn of<T: Real>(kind: LatentKind) -> Families<T> {
    match kind {
        LatentKind::Gaussian { dim } => (Box::new(Gaussian::new(dim)), None),
        LatentKind::GaussianMixture { dim, components } => {
            (Box::new(Gaussian::new(dim)), Some(Box::new(GaussianMixture::new(dim, components))))
        }
        LatentKind::VonMisesFisher { dim, concentration } => {
            (Box::new(VonMisesFisher::new(dim, concentration)), None)
        }
        LatentKind::Point { dim, activation } => (Box::new(Point::new(dim, activation)), None),
        LatentKind::Component { .. } => panic!("a mixture has no network"),
    }
}

/// What z is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Heads<'a, T> {
    /// what each head gave, `[row][output]`
    pub outputs: &'a [Buffer<T>],
    /// standard normals, `[row][sample][noise_len]`
    pub noise: &'a [T],
    /// samples per row
    pub samples: usize,
}

/// What the posterior's heads follow.
#[derive(Clone, Copy, Debug)]
pub struct Slopes<'a, T> {
    /// z of the kept samples, `[sample][dim]`
    pub z: &'a [T],
    /// the likelihood's part of the derivative of the loss with respect to it
    pub d_z: &'a [T],
    /// what is followed of each
    pub pulls: &'a [Pull<T>],
    /// the derivative of the loss with respect to the divergence of each unit
    /// under the prior that the posterior knows
    pub d_units: &'a [T],
    /// `∂log p(z)/∂z` of the kept samples under a prior that is learned;
    /// `None` under the one that the posterior knows
    pub of_prior: Option<&'a [T]>,
}

/// What the posterior's parameters φ follow of one sample:
/// `d_log_ratio (path ∂log w/∂z ∂z/∂φ − score ∂log q(z|x)/∂φ)`, of which the
/// likelihood's part of `∂log w/∂z` is in the slope.
#[derive(Clone, Copy, Debug)]
pub struct Pull<T> {
    /// which, of all `[row][sample]`
    pub sample: usize,
    /// derivative of the loss with respect to `log p(z) − log q(z|x)`; 0 where
    /// the bound has the divergence for it
    pub d_log_ratio: T,
    /// factor of the way through z
    pub path: T,
    /// factor of the way around it
    pub score: T,
}
