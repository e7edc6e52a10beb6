//! A network of any parts.

mod latents;

use super::chain::Chain;
use super::features::{AnyFeatures, Inputs};
use super::latent::{AnyHead, Posterior};
use super::likelihood::AnyLikelihood;
use super::memory::{Lent, lanes_mut, take};
use crate::architecture::{Architecture, Hidden, LatentKind};
use crate::features::{Features as _, FrameError, extract_into, extract_present, hide_missing, missing};
use crate::format::{LoadError, Sections};
use crate::kernel::{TILE, tiles};
use crate::noise::LowDiscrepancy;
use crate::score::{LANES, Score, Without, by_blocks};
use crate::shape::lanes;
use crate::unit::Nats;

/// How much memory a score of a network needs for what, in numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    dims: usize,
    latents: usize,
    posterior: usize,
    /// the widest of the hidden vectors, of one sample of the encoder and four of the decoder
    hidden: usize,
}

impl Sizes {
    #[inline]
    pub(super) fn of(shape: &Architecture) -> Self {
        let whole = |width: u32| tiles(width as usize) * TILE;
        let widest = |layers: &[Hidden]| layers.iter().map(|layer| whole(layer.width)).fold(0, usize::max);
        let (dims, latents) = (shape.features as usize, shape.latent_dims() as usize);
        let is_gaussian =
            matches!(shape.latent, LatentKind::Gaussian { .. } | LatentKind::GaussianMixture { .. });
        let encoder = widest(&shape.encoder).max(shape.input_width() as usize).max(dims);
        Sizes {
            dims,
            latents,
            // loc; of a Gaussian log scale and scale too
            posterior: whole(shape.latent_dims()) * if is_gaussian { 3 } else { 1 },
            hidden: (LANES * widest(&shape.decoder).max(latents)).max(encoder),
        }
    }

    /// Of a score, and with `terms` of one that is explained.
    pub(super) fn memory(&self, terms: bool) -> usize {
        let terms = if terms { LANES * self.dims } else { 0 };
        self.dims + self.posterior + self.latents + 2 * self.hidden + terms
    }
}

/// The parts of a [`Vae`](crate::Vae), each a choice at run time.
#[derive(Clone, Debug)]
pub(super) struct Network<'a> {
    features: AnyFeatures<'a, Lent>,
    inputs: Inputs<'a>,
    encoder: Chain<'a>,
    head: AnyHead<'a>,
    decoder: Chain<'a>,
    likelihood: AnyLikelihood<'a>,
    sizes: Sizes,
}

/// Where a score keeps what.
struct Memory<'m> {
    features: &'m mut [f32],
    posterior: &'m mut [f32],
    /// one latent
    z: &'m mut [f32],
    /// hidden vectors are read from one and written to the other
    hidden: [&'m mut [f32]; 2],
    /// of the likelihood, if they are asked for
    terms: &'m mut [f32],
}

impl<'a> Network<'a> {
    /// Takes the parts in the order of the file.
    #[inline(always)]
    pub(super) fn read(
        shape: &Architecture,
        features: AnyFeatures<'a, Lent>,
        sections: &mut Sections<'a>,
    ) -> Result<Self, LoadError> {
        Ok(Network {
            features,
            inputs: Inputs::read(shape, sections)?,
            encoder: Chain::read(sections, shape.weights, shape.input_width(), &shape.encoder)?,
            head: AnyHead::read(shape, sections)?,
            decoder: Chain::read(sections, shape.weights, shape.latent_dims(), &shape.decoder)?,
            likelihood: AnyLikelihood::read(shape, sections)?,
            sizes: Sizes::of(shape),
        })
    }

    pub(super) fn dims(&self) -> usize {
        self.sizes.dims
    }

    pub(super) fn latent_dims(&self) -> usize {
        self.sizes.latents
    }

    fn cut<'m>(&self, mut memory: &'m mut [f32]) -> Option<Memory<'m>> {
        let (rest, Sizes { dims, latents, posterior, hidden }) = (&mut memory, self.sizes);
        Some(Memory {
            features: take(rest, dims)?,
            posterior: take(rest, posterior)?,
            z: take(rest, latents)?,
            hidden: [take(rest, hidden)?, take(rest, hidden)?],
            terms: memory,
        })
    }

    /// [`Explain::add_without`](crate::Explain::add_without), and where `without` is empty a score alone.
    #[inline]
    pub(super) fn add_without<const GAPS: bool>(
        &self,
        memory: &mut [f32],
        frame: &[f32],
        samples: u32,
        without: &mut [f32],
        is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        if samples == 0 {
            return Err(FrameError::NoSamples);
        }
        let needed = self.sizes.memory(!without.is_empty());
        let too_short = FrameError::NoMemory { needed, found: memory.len() };
        let Memory { features, posterior, z, hidden: [a, b], terms } = self.cut(memory).ok_or(too_short)?;
        let terms = match without {
            [] => &mut [],
            _ => terms.as_chunks_mut().0.get_mut(..self.dims()).ok_or(too_short)?,
        };
        let log_jacobian = self.extract::<GAPS>(frame, a, features)?;
        let posterior =
            self.posterior::<GAPS, 1>(features, [&mut *a, &mut *b], posterior).ok_or(too_short)?;
        let mut noise = self.head.noise();
        let mut without = Without::new(without);
        by_blocks(
            samples,
            self.dims() - if GAPS { missing(features) } else { 0 },
            log_jacobian,
            |is_whole, log_weights| {
                let mut draw = Draw { posterior: &posterior, noise: &mut noise, z: &mut *z };
                let hidden = [&mut *a, &mut *b];
                if is_whole {
                    *log_weights = self.log_weights::<GAPS, _>(&mut draw, hidden, features, terms);
                } else {
                    [log_weights[0]] = self.log_weights::<GAPS, _>(&mut draw, hidden, features, terms);
                }
                if !terms.is_empty() {
                    without.add(terms, log_weights.map(|log_weight| log_weight + log_jacobian));
                }
            },
            is_enough,
        )
    }

    /// The features, and the log Jacobian; `memory` is at least as long.
    #[inline(always)]
    fn extract<const GAPS: bool>(
        &self,
        frame: &[f32],
        memory: &mut [f32],
        features: &mut [f32],
    ) -> Result<f32, FrameError> {
        match memory.get_mut(..self.dims()) {
            Some(filled) if GAPS => extract_present(&self.features, frame, filled, features),
            _ => extract_into(&self.features, frame, features),
        }
    }

    /// q(z|x), of `L` = 1 frame: generic, so that no layer is compiled for firmware that asks for none.
    #[inline(never)]
    fn posterior<'s, const GAPS: bool, const L: usize>(
        &'s self,
        features: &[f32],
        [a, b]: [&mut [f32]; 2],
        memory: &'s mut [f32],
    ) -> Option<Posterior<'s>> {
        self.features.encoder_input(features.as_chunks::<L>().0, a.as_chunks_mut().0);
        if GAPS {
            hide_missing(&self.features, features.as_chunks::<L>().0, a.as_chunks_mut().0);
        }
        let (x, other) = self.inputs.of(a, b, self.dims());
        let (hidden, _) = self.encoder.forward::<L>(x, other);
        self.head.posterior::<L>(hidden, memory)
    }

    /// `log p(features|z)` of latents side by side, for features some of which are missing.
    #[inline]
    fn log_prob_of_present(
        &self,
        z: &mut [f32],
        other: &mut [f32],
        features: &[f32],
        terms: &mut [[f32; LANES]],
    ) -> [f32; LANES] {
        let (hidden, _) = self.decoder.forward::<LANES>(z, other);
        self.likelihood.log_prob_of_present(hidden.as_chunks().0, features, terms)
    }

    /// The log weights of the next `L` samples, for the features.
    #[inline(never)]
    fn log_weights<const GAPS: bool, const L: usize>(
        &self,
        draw: &mut Draw<'_>,
        [a, b]: [&mut [f32]; 2],
        features: &[f32],
        terms: &mut [[f32; LANES]],
    ) -> [f32; L] {
        let log_ratio = draw.next_lanes(lanes_mut::<L>(a, self.head.dims()));
        if GAPS && missing(features) > 0 {
            spread::<L>(a, self.head.dims());
            let log_prob = self.log_prob_of_present(a, b, features, terms);
            return lanes(|l| log_prob[l] + log_ratio[l]);
        }
        let (hidden, _) = self.decoder.forward::<L>(a, b);
        // its layers know how much of it they read
        let hidden = hidden.as_chunks::<L>().0;
        let log_prob = self.likelihood.log_prob(hidden, features, terms);
        lanes(|l| log_prob[l] + log_ratio[l])
    }
}

/// Makes of `L` latents side by side as many as go side by side where numbers are missing: no likelihood is
/// compiled for fewer.
#[inline(always)]
fn spread<const L: usize>(z: &mut [f32], dims: usize) {
    if L == 1 {
        for i in (0..dims).rev() {
            let of_one = z.get(i).copied().unwrap_or(0.0);
            z.iter_mut().skip(i * LANES).take(LANES).for_each(|z| *z = of_one);
        }
    }
}

/// Samples of a posterior.
struct Draw<'d> {
    posterior: &'d Posterior<'d>,
    noise: &'d mut LowDiscrepancy,
    z: &'d mut [f32],
}

impl Draw<'_> {
    /// The next `L` latents; `log p(z) − log q(z|x)` of each.
    #[inline(always)]
    fn next_lanes<const L: usize>(&mut self, to: &mut [[f32; L]]) -> [f32; L] {
        lanes(|l| {
            let log_ratio = self.posterior.draw(self.noise, self.z);
            to.iter_mut().zip(&*self.z).for_each(|(lanes, z)| lanes[l] = *z);
            log_ratio
        })
    }
}
