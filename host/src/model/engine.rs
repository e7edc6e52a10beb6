//! What the host asks of a model, and how one with a network answers.

use alloc::vec::Vec;
use elbow::architecture::Architecture;
use elbow::features::{Gaps, Missing};
use elbow::format::Sections;
use elbow::{Density, Explain, FrameError, LoadError, Nats, Score, Vae};
use rand_pcg::Pcg32;

use super::features::{AnyEncoder, AnyFeatures};
use super::head::AnyHead;
use super::lanes::{LANES, SAMPLES};
use super::latent::LatentEngine;
use super::likelihood::AnyLikelihood;
use super::net::Chain;
use crate::simd::wide;

/// What the host asks of a model, whatever its parts.
pub trait Engine: Send + Sync + core::fmt::Debug {
    /// [`Vae::log_density`].
    ///
    /// # Errors
    /// As there.
    fn log_density(&self, frame: &[f32], samples: u32) -> Result<Score, FrameError>;
    /// [`Density::missing`](elbow::Density::missing).
    fn missing(&self, _frame: &[f32]) -> Missing {
        Missing::NOTHING
    }
    /// [`Vae::log_densities`]: [`log_density`](Self::log_density) of each frame, faster than one by one.
    ///
    /// # Errors
    /// As there, each frame its own.
    fn log_densities(&self, frames: [&[f32]; LANES], samples: u32) -> [Result<Score, FrameError>; LANES];
    /// [`Explain::add_without`]; where `without` is empty it is
    /// [`log_density_until`](elbow::Density::log_density_until). Unless it says otherwise a
    /// model has one block, and finds no number odder than another.
    ///
    /// # Errors
    /// As there.
    fn add_without(
        &self,
        frame: &[f32],
        samples: u32,
        without: &mut [f32],
        is_enough: &mut dyn FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        let score = self.log_density(frame, samples)?;
        without.fill(score.log_density.0 + elbow::math::ln(samples as f32));
        is_enough(&score, Nats(0.0));
        Ok(score)
    }
    /// [`Vae::reconstruct`], [`Mixture::reconstruct`](elbow::Mixture::reconstruct).
    ///
    /// # Errors
    /// As there.
    fn reconstruct(&self, frame: &[f32]) -> Result<Vec<f32>, FrameError>;
    /// The frame with its missing numbers filled in, by what is expected of them or, with a generator, by a
    /// draw: [`Vae::impute`], [`Mixture::impute`](elbow::Mixture::impute). Of an ensemble it is the member's
    /// that finds the frame likeliest.
    ///
    /// # Errors
    /// As there.
    fn impute(&self, frame: &[f32], samples: u32, rng: Option<&mut Pcg32>) -> Result<Vec<f32>, FrameError>;
    /// A frame drawn from the model: [`Vae::sample`]. `None` where there is no such draw, as of an
    /// autoencoder.
    ///
    /// # Errors
    /// As there.
    fn sample(&self, _rng: &mut Pcg32) -> Option<Result<Vec<f32>, FrameError>> {
        None
    }
    /// The latent, where the model is a network with one.
    fn latent(&self) -> Option<&dyn LatentEngine>;
    /// Of an ensemble a member, from 0: the latent of a member is its own.
    fn member(&self, _at: usize) -> Option<&dyn Engine> {
        None
    }
    /// What predicts a window of packets; of an ensemble one member does.
    fn prediction(&self) -> Option<Prediction<'_>>;
}

/// How a model predicts a window of integers.
#[derive(Clone, Copy, Debug)]
pub enum Prediction<'a> {
    /// all of it from latents
    Latents(&'a dyn LatentEngine),
    /// each number from those before it
    InOrder(&'a dyn SequentialEngine),
}

/// What the host asks of a model that predicts number by number.
pub trait SequentialEngine: Sync + core::fmt::Debug {
    /// What is expected of each number of a window of integers in turn, for what it is:
    /// [`MixturePredictor`](elbow::codec::MixturePredictor). `None` where the model cannot.
    fn in_order(&self, resolution: &[f32], visit: &mut dyn FnMut(i32) -> i32) -> Option<()>;
}

/// A model with a network, of any parts: its engine is compiled once.
pub(super) type Network<'a> = Vae<Parts<'a>>;

pub(super) type Parts<'a> =
    (Gaps<AnyFeatures<'a>>, AnyEncoder<'a>, AnyHead<'a>, Chain<'a>, AnyLikelihood<'a>);

/// Takes the parts in the order of the file; `gaps` says whether numbers may be missing.
pub(super) fn network<'a>(
    shape: &Architecture,
    features: AnyFeatures<'a>,
    gaps: bool,
    sections: &mut Sections<'a>,
) -> Result<Network<'a>, LoadError> {
    let encoder = AnyEncoder::read(shape, sections)?;
    let head = AnyHead::read(shape, sections)?;
    let decoder = decoder(shape, sections)?;
    let features = Gaps::new(features, if gaps { usize::MAX } else { 0 });
    Ok(Vae::new(features, encoder, head, decoder, AnyLikelihood::read(shape, gaps, sections)?))
}

/// Takes the decoder's hidden layers.
pub(super) fn decoder<'a>(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Chain<'a>, LoadError> {
    Chain::read(sections, shape.weights, shape.latent_dims(), &shape.decoder)
}

impl Engine for Network<'_> {
    fn missing(&self, frame: &[f32]) -> Missing {
        Density::missing(self, frame)
    }

    fn log_density(&self, frame: &[f32], samples: u32) -> Result<Score, FrameError> {
        wide(
            #[inline(always)]
            || self.log_density_lanes::<SAMPLES, _>(frame, samples, &mut self.noise()),
        )
    }

    fn log_densities(&self, frames: [&[f32]; LANES], samples: u32) -> [Result<Score, FrameError>; LANES] {
        wide(
            #[inline(always)]
            || self.log_densities(frames, samples),
        )
    }

    fn add_without(
        &self,
        frame: &[f32],
        samples: u32,
        without: &mut [f32],
        is_enough: &mut dyn FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        wide(
            #[inline(always)]
            || Explain::add_without(self, frame, samples, without, is_enough),
        )
    }

    fn reconstruct(&self, frame: &[f32]) -> Result<Vec<f32>, FrameError> {
        Ok(self.reconstruct(frame)?.as_ref().to_vec())
    }

    fn impute(&self, frame: &[f32], samples: u32, rng: Option<&mut Pcg32>) -> Result<Vec<f32>, FrameError> {
        let filled = match rng {
            Some(rng) => self.impute_with(frame, samples, rng)?,
            None => self.impute(frame, samples)?,
        };
        Ok(filled.as_ref().to_vec())
    }

    fn sample(&self, rng: &mut Pcg32) -> Option<Result<Vec<f32>, FrameError>> {
        // an autoencoder has no p(z), and says so by a latent that is no number
        let frame = self.sample(rng).map(|frame| frame.as_ref().to_vec());
        (!matches!(frame, Err(FrameError::NonFinite { .. }))).then_some(frame)
    }

    fn latent(&self) -> Option<&dyn LatentEngine> {
        Some(self)
    }

    fn prediction(&self) -> Option<Prediction<'_>> {
        Some(Prediction::Latents(self))
    }
}

#[cfg(test)]
mod tests {
    use crate::Model;
    use crate::random::{Purpose, stream};

    static THERMOMETER: &[u8] = include_bytes!("../../../core/examples/thermometer.elbow");

    /// Of 4,000 draws the mean has a standard error of sd/63; both moments are of the density, by its
    /// integral.
    #[test]
    fn draws_have_the_moments_of_the_density() {
        let model = Model::open(THERMOMETER).unwrap();
        let engine = &*model.get().engine;
        let draw = |n| f64::from(engine.sample(&mut stream(5, Purpose::Rows, n, 0)).unwrap().unwrap()[0]);
        let draws: Vec<f64> = (0..4_000).map(draw).collect();
        let mean = draws.iter().sum::<f64>() / 4_000.0;
        let square = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4_000.0;
        let grid = (-4_000..8_000).map(|i| 0.01 * f64::from(i));
        let density = |x: f64| libm::exp(engine.log_density(&[x as f32], 256).unwrap().log_density.0.into());
        let integral = grid.fold([0.0; 3], |[p, px, pxx], x| {
            let at = 0.01 * density(x);
            [p + at, px + at * x, pxx + at * x * x]
        });
        let [p, px, pxx] = integral;
        let (expected, variance) = (px / p, pxx / p - (px / p).powi(2));
        assert!((p - 1.0).abs() < 0.05, "{p}");
        assert!((mean - expected).abs() < 5.0 * (variance / 4_000.0).sqrt(), "{mean} {expected}");
        assert!((square / variance - 1.0).abs() < 0.15, "{square} {variance}");
    }
}
