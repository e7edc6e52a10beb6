//! Where each parameter lies in the one flat vector that the optimiser sees.
//!
//! In order: the encoder's hidden layers, the posterior's heads, the prior's parameters if it has any, the
//! decoder's hidden layers, the likelihood's heads, and what the likelihood learns once for each feature.

use std::ops::Range;

use elbow::architecture::{Activation, Architecture, Hidden, LatentKind, LikelihoodKind};
use rand_core::Rng;
use rand_pcg::Pcg32;

use crate::latent;
use crate::likelihood::{self, Units};
use crate::net::chain::Layer;
use crate::net::dense::Dense;
use elbow_host::random::{Purpose, stream};

/// A model's families, and the places of all its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// posterior and prior
    pub latent: LatentKind,
    /// the likelihood
    pub likelihood: LikelihoodKind,
    /// what the likelihood takes from the preprocessing
    pub units: Units,
    /// numbers in a frame
    pub features: usize,
    /// numbers that the encoder reads of it
    pub inputs: usize,
    /// numbers that each of the likelihood's heads gives for it
    pub outputs: usize,
    /// coordinates of the latent
    pub latent_dims: usize,
    /// random numbers that a sample of it takes
    pub noise_len: usize,
    /// hidden layers from the frame to the posterior
    pub encoder: Vec<Layer>,
    /// dense layers from the last of them to the posterior's parameters
    pub posterior_heads: Vec<Dense>,
    /// what the prior learns
    pub prior: Range<usize>,
    /// hidden layers from the latent to the likelihood
    pub decoder: Vec<Layer>,
    /// dense layers from the last of them to the likelihood's parameters
    pub likelihood_heads: Vec<Dense>,
    /// what the likelihood learns once for each feature
    pub learned: Range<usize>,
    /// number of parameters
    pub len: usize,
}

impl Layout {
    /// Lays the parameters of `architecture` out one after the other.
    ///
    /// # Panics
    /// If a width is 0, or the architecture is that of a mixture, which has no network.
    pub fn new(architecture: &Architecture) -> Layout {
        let Architecture { latent, likelihood, .. } = *architecture;
        let (posterior, prior) = latent::of::<f32>(latent);
        let law = likelihood::of::<f32>(likelihood, &Units::default());
        let mut next = Next(0);
        let features = architecture.features as usize;
        let inputs = architecture.input_width() as usize;
        let outputs = architecture.output_width() as usize;
        let latent_dims = posterior.dim();
        let (encoder, hidden) = next.chain(inputs, &architecture.encoder);
        let posterior_heads = posterior.heads().into_iter().map(|width| next.dense(hidden, width)).collect();
        let prior = next.take(prior.map_or(0, |prior| prior.params()));
        let (decoder, hidden) = next.chain(latent_dims, &architecture.decoder);
        let likelihood_heads = (0..law.heads()).map(|_| next.dense(hidden, outputs)).collect();
        let learned = next.take(law.learned_start().map_or(0, |_| features));
        Layout {
            latent,
            likelihood,
            units: Units::default(),
            features,
            inputs,
            outputs,
            latent_dims,
            noise_len: posterior.noise_len(),
            encoder,
            posterior_heads,
            prior,
            decoder,
            likelihood_heads,
            learned,
            len: next.0,
        }
    }

    /// All dense layers in order.
    pub fn dense(&self) -> impl Iterator<Item = &Dense> {
        self.encoder_dense().chain(self.decoder_dense())
    }

    fn encoder_dense(&self) -> impl Iterator<Item = &Dense> {
        self.encoder.iter().map(|layer| &layer.dense).chain(&self.posterior_heads)
    }

    fn decoder_dense(&self) -> impl Iterator<Item = &Dense> {
        self.decoder.iter().map(|layer| &layer.dense).chain(&self.likelihood_heads)
    }

    /// The layers in order, each with the rows that it reads where the encoder reads
    /// `rows` and the latent is drawn `samples` times.
    pub fn rows_of_dense(&self, rows: usize, samples: usize) -> impl Iterator<Item = (&Dense, usize)> {
        let encoder = self.encoder_dense().map(move |dense| (dense, rows));
        encoder.chain(self.decoder_dense().map(move |dense| (dense, rows * samples)))
    }

    /// Parameters to start from: weights uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010),
    /// before a rectifier in ±√(6 / inputs) (He et al. 2015); `output_bias` in the likelihood's first
    /// heads (see [`Likelihood::output_bias`](likelihood::Likelihood::output_bias)); what prior and
    /// likelihood learn where their families say; all else 0.
    ///
    /// # Panics
    /// If `output_bias` has not one number per output of some heads.
    pub fn init(&self, seed: u64, output_bias: &[f32]) -> Vec<f32> {
        let (posterior, prior) = latent::of::<f32>(self.latent);
        let law = likelihood::of::<f32>(self.likelihood, &self.units);
        let hidden = |layers: &[Layer]| layers.iter().map(|layer| layer.activation).collect::<Vec<_>>();
        let mut activations = hidden(&self.encoder);
        activations.extend(self.posterior_heads.iter().map(|_| posterior.activation()));
        activations.extend(hidden(&self.decoder));
        activations.extend(self.likelihood_heads.iter().map(|_| Activation::Identity));
        let reads_latent = self.decoder_dense().next();

        let mut rng = stream(seed, Purpose::Weights, 0, 0);
        let mut params = vec![0.0; self.len];
        for (dense, activation) in self.dense().zip(activations) {
            let fan = match activation {
                Activation::Relu | Activation::LeakyRelu | Activation::Elu | Activation::Silu => dense.inputs,
                _ => dense.inputs + dense.outputs,
            };
            let gain = if Some(dense) == reads_latent { posterior.gain() } else { 1.0 };
            let limit = (6.0 / fan as f64).sqrt() * gain;
            params[dense.weights()].fill_with(|| (limit * symmetric(&mut rng)) as f32);
        }
        for (head, bias) in self.likelihood_heads.iter().zip(output_bias.chunks(self.outputs)) {
            params[head.bias()].copy_from_slice(bias);
        }
        if let Some(prior) = prior {
            prior.start(&mut rng, &mut params[self.prior.clone()]);
        }
        if let Some(start) = law.learned_start() {
            params[self.learned.clone()].fill(start);
        }
        params
    }
}

/// Uniform in (−1, 1).
fn symmetric(rng: &mut Pcg32) -> f64 {
    (f64::from(rng.next_u32()) + 0.5) / f64::from(1u32 << 31) - 1.0
}

/// The first place not yet taken.
struct Next(usize);

impl Next {
    fn take(&mut self, len: usize) -> Range<usize> {
        let start = self.0;
        self.0 += len;
        start..self.0
    }

    fn dense(&mut self, inputs: usize, outputs: usize) -> Dense {
        assert!(inputs > 0 && outputs > 0, "a layer of {inputs} inputs and {outputs} outputs");
        Dense { inputs, outputs, offset: self.take((inputs + 1) * outputs).start }
    }

    /// The layers, and how many numbers the last one gives.
    fn chain(&mut self, inputs: usize, hidden: &[Hidden]) -> (Vec<Layer>, usize) {
        let mut width = inputs;
        let mut layer = |hidden: &Hidden| {
            let dense = self.dense(width, hidden.width as usize);
            width = dense.outputs;
            Layer { dense, activation: hidden.activation }
        };
        let layers = hidden.iter().map(&mut layer).collect();
        (layers, width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn architecture(likelihood: LikelihoodKind) -> Architecture {
        use elbow::architecture::FeaturesKind;
        let hidden = |width| Hidden { width, activation: Activation::Tanh };
        Architecture {
            features: 5,
            preprocessing: FeaturesKind::plain(likelihood),
            encoder: [hidden(4), hidden(3)].into_iter().collect(),
            latent: LatentKind::Gaussian { dim: 2 },
            decoder: [hidden(3)].into_iter().collect(),
            likelihood,
            weights: elbow::architecture::WeightKind::F32,
        }
    }

    #[test]
    fn slots_follow_each_other_without_gaps() {
        for likelihood in [
            LikelihoodKind::Bernoulli,
            LikelihoodKind::Gaussian,
            LikelihoodKind::GaussianPerOutput,
            LikelihoodKind::DiscretizedLogistic,
            LikelihoodKind::StudentT,
            LikelihoodKind::BetaBinomial { most: 9 },
            LikelihoodKind::GaussianCategorical { outputs: 9 },
            LikelihoodKind::NegativeBinomial,
            LikelihoodKind::VonMises { angles: 2 },
        ] {
            let layout = Layout::new(&architecture(likelihood));
            let mut next = 0;
            for dense in layout.dense() {
                assert_eq!((dense.offset, dense.weights().end), (next, dense.bias().start));
                next = dense.bias().end;
            }
            assert!(layout.prior.is_empty() && [0, layout.features].contains(&layout.learned.len()));
            assert_eq!((layout.learned.start, layout.learned.end), (next, layout.len));
        }
    }

    #[test]
    fn init_is_a_function_of_the_seed() {
        let layout = Layout::new(&architecture(LikelihoodKind::Gaussian));
        let bias = [1.0, 2.0, 3.0, 4.0, 5.0];
        let params = layout.init(7, &bias);
        assert_eq!(params, layout.init(7, &bias));
        assert_ne!(params, layout.init(8, &bias));
        assert_eq!(params[layout.likelihood_heads[0].bias()], bias);
        let first = layout.dense().next().unwrap();
        let limit = (6.0f64 / 9.0).sqrt() as f32;
        assert!(params[first.weights()].iter().all(|w| w.abs() <= limit && *w != 0.0));
        assert!(params[first.bias()].iter().all(|b| *b == 0.0));
    }
}
