//! Where each parameter lies in the one flat vector that the optimiser sees.
//!
//! In order: the encoder's hidden layers, the posterior's loc and log_scale, the prior's parameters if it has any, the decoder's hidden layers, the
//! likelihood's first output (logits or loc), its log_scale if that is an output, and what it learns once per feature.
//! A dense layer is its weights, row by row `[output][input]`, then its biases `[output]`.

mod latent;
mod likelihood;
mod prior;

use std::ops::Range;

use elbow::architecture::{Activation, Architecture, ConcentrationKind, Hidden, LatentKind, LikelihoodKind};
use elbow::math;
use rand_core::Rng;
use rand_pcg::Pcg32;

pub use latent::{Concentration, Latent};
pub use likelihood::Likelihood;
pub use prior::MixturePrior;

/// Log of the degrees of freedom to start from: tails that a glitch does not carry away.
pub const LOG_DOF_START: f32 = 2.0;

/// The place of one dense layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dense {
    /// numbers it reads
    pub inputs: usize,
    /// numbers it gives
    pub outputs: usize,
    /// where its first weight lies
    pub offset: usize,
}

impl Dense {
    /// Where the weights lie, `[output][input]`.
    pub fn weights(&self) -> Range<usize> {
        self.offset..self.offset + self.inputs * self.outputs
    }

    /// Where the biases lie, `[output]`.
    pub fn bias(&self) -> Range<usize> {
        let start = self.weights().end;
        start..start + self.outputs
    }
}

/// A hidden layer: a dense layer and what is applied to its outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// the affine part
    pub dense: Dense,
    /// applied to every output
    pub activation: Activation,
}

/// The places of all the parameters of one architecture.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// numbers in a frame
    pub features: usize,
    /// numbers that the encoder reads of it
    pub inputs: usize,
    /// hidden layers from the frame to the posterior
    pub encoder: Vec<Layer>,
    /// the posterior
    pub latent: Latent,
    /// hidden layers from the latent to the likelihood
    pub decoder: Vec<Layer>,
    /// the likelihood
    pub likelihood: Likelihood,
    /// number of parameters
    pub len: usize,
}

impl Layout {
    /// Lays the parameters of `architecture` out one after the other.
    ///
    /// # Panics
    /// If a width is 0, or the architecture is that of a mixture, which has no network.
    pub fn new(architecture: &Architecture) -> Layout {
        let mut next = Next(0);
        let features = architecture.features as usize;
        let inputs = architecture.frame_width() as usize;
        let (encoder, hidden) = next.chain(inputs, &architecture.encoder);
        let latent = match architecture.latent {
            LatentKind::Gaussian { dim } => {
                let dim = dim as usize;
                Latent::Gaussian { loc: next.dense(hidden, dim), log_scale: next.dense(hidden, dim) }
            }
            LatentKind::GaussianMixture { dim, components } => {
                let (dim, components) = (dim as usize, components as usize);
                let (loc, log_scale) = (next.dense(hidden, dim), next.dense(hidden, dim));
                let offset = next.take(MixturePrior::count(components, dim)).start;
                Latent::GaussianMixture { loc, log_scale, prior: MixturePrior { components, dim, offset } }
            }
            LatentKind::VonMisesFisher { dim, concentration } => Latent::VonMisesFisher {
                mean: next.dense(hidden, dim as usize),
                concentration: match concentration {
                    ConcentrationKind::Learned => Concentration::Learned(next.dense(hidden, 1)),
                    ConcentrationKind::Fixed { kappa } | ConcentrationKind::Tabled { kappa } => {
                        Concentration::Fixed(kappa)
                    }
                },
            },
            LatentKind::Point { dim, activation } => {
                Latent::Point { layer: Layer { dense: next.dense(hidden, dim as usize), activation } }
            }
            LatentKind::Component { .. } => panic!("a mixture has no network"),
        };
        let (decoder, hidden) = next.chain(latent.dim(), &architecture.decoder);
        let first = next.dense(hidden, inputs);
        let likelihood = match architecture.likelihood {
            LikelihoodKind::Bernoulli => Likelihood::Bernoulli { logits: first },
            LikelihoodKind::Gaussian => Likelihood::Gaussian { loc: first, log_scale: next.take(features) },
            LikelihoodKind::GaussianPerOutput => {
                Likelihood::GaussianPerOutput { loc: first, log_scale: next.dense(hidden, features) }
            }
            LikelihoodKind::DiscretizedLogistic => Likelihood::DiscretizedLogistic {
                loc: first,
                log_scale: next.dense(hidden, features),
                half_bin: vec![0.5; features],
            },
            LikelihoodKind::StudentT => Likelihood::StudentT {
                loc: first,
                log_scale: next.dense(hidden, features),
                log_dof: next.take(features),
            },
            LikelihoodKind::BetaBinomial { most } => {
                Likelihood::BetaBinomial { log_alpha: first, log_beta: next.dense(hidden, features), most }
            }
            LikelihoodKind::GaussianCategorical { .. } => Likelihood::GaussianCategorical {
                outputs: first,
                log_scale: next.take(features),
                levels: vec![0; features],
            },
        };
        Layout { features, inputs, encoder, latent, decoder, likelihood, len: next.0 }
    }

    /// All dense layers in order, each with the activation that follows it.
    pub fn dense(&self) -> Vec<(&Dense, Activation)> {
        fn hidden(layers: &[Layer]) -> impl Iterator<Item = (&Dense, Activation)> {
            layers.iter().map(|layer| (&layer.dense, layer.activation))
        }
        let mut all: Vec<_> = hidden(&self.encoder).collect();
        all.extend(self.latent.dense().into_iter().map(|dense| (dense, self.latent.activation())));
        all.extend(hidden(&self.decoder));
        all.push((self.likelihood.first(), Activation::Identity));
        all.extend(self.likelihood.second().map(|second| (second, Activation::Identity)));
        all
    }

    /// The layers in order, each with the rows that it reads where the encoder reads `rows` and the latent is drawn `samples` times.
    pub fn rows_of_dense(&self, rows: usize, samples: usize) -> impl Iterator<Item = (&Dense, usize)> {
        let encoder = self.encoder.iter().map(|layer| &layer.dense).chain(self.latent.heads());
        let decoder = self.decoder.iter().map(|layer| &layer.dense);
        let decoder = decoder.chain([self.likelihood.first()]).chain(self.likelihood.second());
        encoder.map(move |dense| (dense, rows)).chain(decoder.map(move |dense| (dense, rows * samples)))
    }

    /// How much larger than usual the weights of a layer start. The coordinates of a unit vector have variance 1/D where other
    /// inputs have about 1: what reads them makes up for it by √D.
    fn input_gain(&self, dense: &Dense) -> f64 {
        let reads_latent =
            self.decoder.first().map_or(self.likelihood.first(), |layer| &layer.dense) == dense;
        match self.latent {
            Latent::VonMisesFisher { .. } if reads_latent => (self.latent.dim() as f64).sqrt(),
            _ => 1.0,
        }
    }

    /// Parameters to start from: weights uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010), before a
    /// rectifier in ±√(6 / inputs) (He et al. 2015); `output_bias` in the likelihood's first output (see
    /// [`output_bias`](crate::likelihood::output_bias)); logs of degrees of freedom at [`LOG_DOF_START`]; the Gaussians of a prior spread at
    /// random, as the standard normal would have its latents: alike they would have the same slopes for ever; all else 0.
    ///
    /// # Panics
    /// If `output_bias` has not one number per output.
    pub fn init(&self, seed: u64, output_bias: &[f32]) -> Vec<f32> {
        let mut rng = elbow_host::random::stream(seed, elbow_host::random::Purpose::Weights, 0, 0);
        let mut params = vec![0.0; self.len];
        for (dense, activation) in self.dense() {
            let fan = match activation {
                Activation::Relu | Activation::LeakyRelu | Activation::Elu | Activation::Silu => dense.inputs,
                _ => dense.inputs + dense.outputs,
            };
            let limit = (6.0 / fan as f64).sqrt() * self.input_gain(dense);
            params[dense.weights()].fill_with(|| (limit * symmetric(&mut rng)) as f32);
        }
        params[self.likelihood.first().bias()].copy_from_slice(output_bias);
        if let Some(prior) = self.latent.prior() {
            params[prior.means()].fill_with(|| math::normal_quantile(rng.next_u32()));
        }
        if let Likelihood::StudentT { log_dof, .. } = &self.likelihood {
            params[log_dof.clone()].fill(LOG_DOF_START);
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
        ] {
            let layout = Layout::new(&architecture(likelihood));
            let mut next = 0;
            for (dense, _) in layout.dense() {
                assert_eq!((dense.offset, dense.weights().end), (next, dense.bias().start));
                next = dense.bias().end;
            }
            if let Some(numbers) = layout.likelihood.per_feature() {
                assert_eq!((numbers.start, numbers.len()), (next, layout.features));
                next = numbers.end;
            }
            assert_eq!(next, layout.len);
        }
    }

    #[test]
    fn init_is_a_function_of_the_seed() {
        let layout = Layout::new(&architecture(LikelihoodKind::Gaussian));
        let bias = [1.0, 2.0, 3.0, 4.0, 5.0];
        let params = layout.init(7, &bias);
        assert_eq!(params, layout.init(7, &bias));
        assert_ne!(params, layout.init(8, &bias));
        assert_eq!(params[layout.likelihood.first().bias()], bias);
        let (first, _) = layout.dense()[0];
        let limit = (6.0f64 / 9.0).sqrt() as f32;
        assert!(params[first.weights()].iter().all(|w| w.abs() <= limit && *w != 0.0));
        assert!(params[first.bias()].iter().all(|b| *b == 0.0));
    }
}
