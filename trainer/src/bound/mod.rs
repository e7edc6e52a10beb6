//! An objective's bound on log p(x) of a batch, and the way back from it.

mod latent;
mod observation;

use crate::latent::Pull;
use crate::layout::Layout;
use crate::likelihood::Frames;
use crate::net::buffer::Buffer;
use crate::net::chain::{self, Slopes, Trace};
use crate::net::params::Params;
use crate::net::real::Real;
use crate::objective::Objective;
use elbow_host::numbers::SumOfExp;

pub use latent::{Encoded, Latent};
pub use observation::Observation;

/// The rows of a step.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, T> {
    /// what the encoder sees, `[row][input]`
    pub input: &'a [T],
    /// what the likelihood sees, `[row][feature]`
    pub target: &'a [T],
    /// standard normals, `[row][sample][noise_len]`
    pub noise: &'a [T],
    /// samples per row
    pub samples: usize,
    /// how many rows the mean is over: more than are here where this is one shard of several
    pub rows_of_mean: usize,
}

/// Buffers between the passes. They grow to what the first step needs; later steps allocate nothing.
#[derive(Debug)]
pub struct Workspace<T> {
    encoder: Trace<T>,
    latent: Latent<T>,
    decoder: Trace<T>,
    observation: Observation<T>,
    d_encoder: Slopes<T>,
    d_decoder: Slopes<T>,
    d_z: Buffer<T>,
    /// log p(x|z) or log w, `[row][sample]`
    log_weight: Buffer<f64>,
    /// v or 1/K, likewise
    weight: Buffer<T>,
    kept: Kept<T>,
    /// which of all dense layers are the first of the posterior, the decoder and the likelihood
    first_posterior: usize,
    first_decoder: usize,
    first_likelihood: usize,
}

impl<T: Real> Workspace<T> {
    /// For batches of a model.
    pub fn new(layout: &Layout) -> Self {
        let first_posterior = layout.encoder.len();
        let first_decoder = first_posterior + layout.posterior_heads.len();
        Workspace {
            encoder: Trace::default(),
            latent: Latent::new(layout),
            decoder: Trace::default(),
            observation: Observation::new(layout),
            d_encoder: Slopes::default(),
            d_decoder: Slopes::default(),
            d_z: Buffer::default(),
            log_weight: Buffer::default(),
            weight: Buffer::default(),
            kept: Kept::default(),
            first_posterior,
            first_decoder,
            first_likelihood: first_decoder + layout.decoder.len(),
        }
    }

    /// How many samples took part in the last gradient.
    pub fn kept(&self) -> usize {
        self.kept.samples.len()
    }

    /// The means of a Gaussian posterior, `[row][coordinate]`; of another, nothing.
    pub fn posterior_means(&self) -> &[T] {
        self.latent.means()
    }

    /// What the `layer`-th of all dense layers read, and the derivative of the loss with respect to its sums.
    pub(crate) fn operands<'a>(&'a self, layer: usize, input: &'a [T]) -> (&'a [T], &'a [T]) {
        let Workspace { encoder, latent, decoder, observation, .. } = self;
        match layer {
            l if l < self.first_posterior => (encoder.input_of(l, input), self.d_encoder.of_layer(l)),
            l if l < self.first_decoder => (encoder.output(input), latent.d_output(l - self.first_posterior)),
            l if l < self.first_likelihood => {
                let l = l - self.first_decoder;
                (decoder.input_of(l, &latent.z), self.d_decoder.of_layer(l))
            }
            l => (decoder.output(&latent.z), observation.d_output(l - self.first_likelihood)),
        }
    }

    /// The derivative of the loss with respect to what the prior learns.
    pub(crate) fn d_prior(&self) -> &[T] {
        self.latent.d_prior()
    }

    /// The derivative of the loss with respect to what the likelihood learns once for each feature.
    pub(crate) fn d_learned(&self) -> &[T] {
        self.observation.d_learned()
    }
}

/// The samples that count in the gradient.
#[derive(Debug, Default)]
struct Kept<T> {
    /// which they are, rising
    samples: Vec<usize>,
    /// derivative of the loss with respect to their log p(x|z)
    d_log_prob: Vec<T>,
    /// what the posterior follows of them
    pulls: Vec<Pull<T>>,
}

/// The mean of the bound over the rows, in nats.
///
/// # Panics
/// If the slices' lengths do not fit the layout.
pub fn bound<T: Real>(
    layout: &Layout,
    params: Params<'_, T>,
    batch: &Batch<'_, T>,
    objective: Objective,
    workspace: &mut Workspace<T>,
) -> f64 {
    let samples = check(layout, &params, batch);
    let Workspace { encoder, latent, decoder, observation, log_weight, weight, .. } = workspace;
    log_weight.resize(samples);
    weight.resize(samples);
    chain::forward(&layout.encoder, params, batch.input, encoder);
    let encoded = encoded(layout, params, batch, encoder);
    latent.forward(&encoded);
    chain::forward(&layout.decoder, params, &latent.z, decoder);
    let frames = Frames { values: batch.target, features: layout.features, samples: batch.samples };
    observation.forward(layout, params, decoder.output(&latent.z), frames, log_weight);
    let bound = match objective {
        Objective::Elbo { .. } => elbo(&encoded, latent, log_weight, weight),
        _ => importance_weighted(&encoded, latent, log_weight, weight),
    };
    bound / batch.rows_of_mean as f64
}

/// The mean of the bound over the rows, in nats; leaves in `workspace` what
/// [`gradient::write`](fn@crate::gradient::write) computes the gradient of the objective's loss from.
///
/// # Numerics
/// Samples with a normalised weight below half of `T::EPSILON` (2⁻²⁴ in f32) take no part in the
/// way back: the products with what remains are that much shorter. A sum of K terms in `T` may
/// be off by K times as much of the largest anyway.
///
/// # Panics
/// If the slices' lengths do not fit the layout.
pub fn bound_and_slopes<T: Real>(
    layout: &Layout,
    params: Params<'_, T>,
    batch: &Batch<'_, T>,
    objective: Objective,
    workspace: &mut Workspace<T>,
) -> f64 {
    let bound = bound(layout, params, batch, objective, workspace);
    let Workspace { encoder, latent, decoder, observation, weight, kept, .. } = workspace;
    let Workspace { d_encoder, d_decoder, d_z, .. } = workspace;
    kept.choose(weight, objective, batch.rows_of_mean);
    latent.keep(&kept.samples, weight.len());
    decoder.keep(&kept.samples, weight.len());
    observation.keep(&kept.samples, weight.len());
    let d_hidden = d_decoder.of_output(&layout.decoder).unwrap_or(d_z);
    observation.backward(layout, params, &kept.d_log_prob, d_hidden);
    chain::backward(&layout.decoder, params, decoder, d_decoder, Some(d_z));
    // ∂loss/∂KL = weight / rows
    let charge = match objective {
        Objective::Elbo { weight, free } => {
            (T::from_f64(f64::from(weight) / batch.rows_of_mean as f64), f64::from(free))
        }
        _ => (T::ZERO, 0.0),
    };
    let encoded = encoded(layout, params, batch, encoder);
    latent.backward(&encoded, charge, &kept.pulls, d_z, d_encoder.of_output(&layout.encoder));
    chain::backward(&layout.encoder, params, encoder, d_encoder, None);
    bound
}

impl<T: Real> Kept<T> {
    fn choose(&mut self, weight: &[T], objective: Objective, rows: usize) {
        let negligible = T::from_f64(0.5 * T::EPSILON.to_f64());
        self.samples.clear();
        self.d_log_prob.clear();
        self.pulls.clear();
        for (sample, &weight) in weight.iter().enumerate() {
            if weight < negligible && !matches!(objective, Objective::Elbo { .. }) {
                continue;
            }
            // ∂loss/∂log p(x|z_k) = −v_k / rows, and so ∂loss/∂log w_k where the ratio is sampled
            let d = T::from_f64(-weight.to_f64() / rows as f64);
            let d_log_ratio = if matches!(objective, Objective::Elbo { .. }) { T::ZERO } else { d };
            let (path, score) = objective.pull(weight);
            self.samples.push(sample);
            self.d_log_prob.push(d);
            self.pulls.push(Pull { sample, d_log_ratio, path, score });
        }
    }
}

/// `(1/K) Σ_k log p(x|z_k) − KL`, summed over rows; `weight` receives the 1/K.
fn elbo<T: Real>(encoded: &Encoded<'_, T>, latent: &Latent<T>, log_prob: &[f64], weight: &mut [T]) -> f64 {
    let samples = encoded.samples;
    weight.fill(T::from_f64(1.0 / samples as f64));
    let row_bound = |(row, log_prob): (usize, &[f64])| {
        log_prob.iter().sum::<f64>() / samples as f64 - latent.divergence(encoded, row)
    };
    log_prob.chunks_exact(samples).enumerate().map(row_bound).sum()
}

/// `log (1/K) Σ_k w_k`, summed over rows; `log_weight` holds log p(x|z_k)
/// before; `weight` receives `v_k = w_k / Σ_l w_l`.
fn importance_weighted<T: Real>(
    encoded: &Encoded<'_, T>,
    latent: &Latent<T>,
    log_weight: &mut [f64],
    weight: &mut [T],
) -> f64 {
    let samples = encoded.samples;
    latent.add_log_ratio(encoded, log_weight);
    let row_bound = |(log_weight, weight): (&[f64], &mut [T])| {
        let sum = SumOfExp::of(log_weight);
        weight.iter_mut().zip(log_weight).for_each(|(weight, l)| *weight = T::from_f64(sum.share(*l)));
        sum.log_mean(samples)
    };
    log_weight.chunks_exact(samples).zip(weight.chunks_exact_mut(samples)).map(row_bound).sum()
}

fn encoded<'a, T: Real>(
    layout: &'a Layout,
    params: Params<'a, T>,
    batch: &Batch<'a, T>,
    encoder: &'a Trace<T>,
) -> Encoded<'a, T> {
    let Batch { input, noise, samples, .. } = *batch;
    Encoded { layout, params, hidden: encoder.output(input), noise, samples }
}

/// Compares the lengths; the number of samples of all rows.
fn check<T>(layout: &Layout, params: &[T], batch: &Batch<'_, T>) -> usize {
    let rows = batch.target.len() / layout.features;
    assert!(rows > 0 && batch.samples > 0, "{rows} rows of {} samples", batch.samples);
    assert_eq!(params.len(), layout.len, "the parameters' length");
    assert_eq!(batch.input.len(), rows * layout.inputs, "the input's length");
    assert_eq!(batch.target.len(), rows * layout.features, "the target's length");
    assert_eq!(batch.noise.len(), rows * batch.samples * layout.noise_len, "the noise's length");
    rows * batch.samples
}
