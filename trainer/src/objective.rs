//! Bounds on log p(x) and the gradients that raise them.
//!
//! ```text
//! log w_k = log p(x|z_k) + log p(z_k) − log q(z_k|x),   z_k ~ q(z|x),   v_k = w_k / Σ_l w_l
//! ELBO    = (1/K) Σ_k log p(x|z_k) − KL(q(z|x) ‖ p(z))
//! IWAE    = log (1/K) Σ_k w_k                            (Burda, Grosse and Salakhutdinov 2016, equation 8)
//! ```
//!
//! Every importance-weighted objective gives the decoder the IWAE's gradient `Σ_k v_k ∂log p(x, z_k)`. They differ in what
//! the encoder's parameters φ follow:
//!
//! | | ∂φ | |
//! |---|---|---|
//! | `Iwae` | `Σ v_k (∂log w_k/∂z ∂z/∂φ − ∂log q(z_k)/∂φ)` | the slope of the bound; its signal drowns in noise as K grows |
//! | `Stl` | `Σ v_k ∂log w_k/∂z ∂z/∂φ` | sticking the landing (Roeder, Wu and Duvenaud 2017); unbiased for K = 1 only |
//! | `Dreg` | `Σ v_k² ∂log w_k/∂z ∂z/∂φ` | doubly reparameterised (Tucker and others 2019, equation 8); the mean of `Iwae` |
//! | `Rws` | `Σ v_k ∂log q(z_k)/∂φ` | wake-phase of reweighted wake–sleep (Bornschein and Bengio 2015): KL(p(z\|x) ‖ q(z\|x)) falls |
//!
//! All but `Iwae` have no variance where q(z|x) is the true posterior, or, `Rws`, no mean.

use crate::gradient;
use crate::latent::{Draws, Posterior, Pull};
use crate::likelihood::{self, Observation, Outputs};
use crate::net::buffer::Buffer;
use crate::net::chain::{self, Slopes, Trace};
use crate::net::layout::Layout;
use crate::net::params::Params;
use crate::net::real::Real;

/// What is raised.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Objective {
    /// The evidence lower bound, its divergence in closed form.
    Elbo {
        /// of the divergence in the gradient: β (Higgins and others 2017), and less while a fit warms up; the bound that is
        /// told is the ELBO itself
        weight: f32,
        /// nats of each unit's divergence, mean over the rows of a shard, that the gradient does not charge: an encoder that may
        /// say so much for nothing does not fall silent
        free: f32,
    },
    /// The importance-weighted bound.
    Iwae,
    /// The importance-weighted bound, its encoder's gradient doubly reparameterised.
    Dreg,
    /// The importance-weighted bound, its encoder's gradient without the score.
    Stl,
    /// The importance-weighted bound for the decoder, the inclusive divergence for the encoder.
    Rws,
}

impl Objective {
    /// The evidence lower bound with its full divergence.
    pub const ELBO: Objective = Objective::Elbo { weight: 1.0, free: 0.0 };

    /// What the encoder follows of the sample whose normalised weight is v: the factors of `∂log w/∂z ∂z/∂φ` and of
    /// `−∂log q/∂φ`, both to be multiplied by v.
    fn pull<T: Real>(self, v: T) -> (T, T) {
        match self {
            Objective::Elbo { .. } | Objective::Iwae => (T::ONE, T::ONE),
            Objective::Dreg => (v, T::ZERO),
            Objective::Stl => (T::ONE, T::ZERO),
            Objective::Rws => (T::ZERO, -T::ONE),
        }
    }
}

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
#[derive(Debug, Default)]
pub struct Workspace<T> {
    encoder: Trace<T>,
    draws: Draws<T>,
    decoder: Trace<T>,
    outputs: Outputs<T>,
    d_encoder: Slopes<T>,
    d_decoder: Slopes<T>,
    d_z: Buffer<T>,
    /// log p(x|z) or log w, `[row][sample]`
    log_weight: Buffer<f64>,
    /// v or 1/K, likewise
    weight: Buffer<T>,
    kept: Kept<T>,
    /// which of all dense layers are the first of the posterior, the decoder and the likelihood
    first_head: usize,
    first_decoder: usize,
    first_output: usize,
}

impl<T: Real> Workspace<T> {
    /// How many samples took part in the last gradient.
    pub fn kept(&self) -> usize {
        self.kept.samples.len()
    }

    /// The means of a Gaussian posterior, `[row][coordinate]`; of another, nothing.
    pub fn posterior_means(&self) -> &[T] {
        self.draws.means()
    }

    /// What the `layer`-th of all dense layers read, and the derivative of the loss with respect to its sums.
    pub(crate) fn operands<'a>(&'a self, layer: usize, input: &'a [T]) -> (&'a [T], &'a [T]) {
        let Workspace { encoder, draws, decoder, outputs, first_head, first_decoder, first_output, .. } =
            self;
        match layer {
            l if l < *first_head => (encoder.input_of(l, input), self.d_encoder.of_layer(l)),
            l if l < *first_decoder => (encoder.output(input), draws.d_output(l - first_head)),
            l if l < *first_output => {
                let l = l - first_decoder;
                (decoder.input_of(l, &draws.z), self.d_decoder.of_layer(l))
            }
            l => (decoder.output(&draws.z), outputs.d_output(l - first_output)),
        }
    }

    /// The derivative of the loss with respect to what the prior learns.
    pub(crate) fn d_prior(&self) -> &[T] {
        self.draws.d_prior()
    }

    /// The derivative of the loss with respect to what the likelihood learns once for each feature.
    pub(crate) fn d_per_feature(&self) -> &[T] {
        self.outputs.d_per_feature()
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
    let Workspace { encoder, draws, decoder, outputs, log_weight, weight, .. } = workspace;
    log_weight.resize(samples);
    weight.resize(samples);
    chain::forward(&layout.encoder, params, batch.input, encoder);
    let posterior = posterior(layout, params, batch, encoder);
    posterior.forward(draws);
    chain::forward(&layout.decoder, params, &draws.z, decoder);
    observation(layout, params, batch, decoder, &draws.z).forward(outputs, log_weight);
    let bound = match objective {
        Objective::Elbo { .. } => elbo(&posterior, draws, log_weight, weight),
        _ => importance_weighted(&posterior, draws, log_weight, weight),
    };
    bound / batch.rows_of_mean as f64
}

/// The mean of the bound over the rows, in nats; leaves in `workspace` what [`gradient::write`] computes the gradient of the
/// objective's loss from.
///
/// # Numerics
/// Samples with a normalised weight below half of `T::EPSILON` (2⁻²⁴ in f32) take no part in the way back: the products with
/// what remains are that much shorter. A sum of K terms in `T` may be off by K times as much of the largest anyway.
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
    let Workspace { encoder, draws, decoder, outputs, weight, kept, .. } = workspace;
    let Workspace { d_encoder, d_decoder, d_z, .. } = workspace;
    kept.choose(weight, objective, batch.rows_of_mean);
    draws.keep(&kept.samples, weight.len());
    decoder.keep(&kept.samples, weight.len());
    outputs.keep(&kept.samples, weight.len());
    let d_hidden = d_decoder.of_output(&layout.decoder).unwrap_or(d_z);
    likelihood::backward(&layout.likelihood, params, outputs, &kept.d_log_prob, d_hidden);
    chain::backward(&layout.decoder, params, decoder, d_decoder, Some(d_z));
    // ∂loss/∂KL = weight / rows
    let charge = match objective {
        Objective::Elbo { weight, free } => {
            (T::from_f64(f64::from(weight) / batch.rows_of_mean as f64), f64::from(free))
        }
        _ => (T::ZERO, 0.0),
    };
    let posterior = posterior(layout, params, batch, encoder);
    posterior.backward(draws, charge, &kept.pulls, d_z, d_encoder.of_output(&layout.encoder));
    chain::backward(&layout.encoder, params, encoder, d_encoder, None);
    workspace.first_head = layout.encoder.len();
    workspace.first_decoder = workspace.first_head + layout.latent.heads().count();
    workspace.first_output = workspace.first_decoder + layout.decoder.len();
    bound
}

/// As [`bound_and_slopes`], with the gradient at once.
///
/// # Panics
/// If the slices' lengths do not fit the layout.
pub fn bound_and_gradient<T: Real>(
    layout: &Layout,
    params: &[T],
    batch: &Batch<'_, T>,
    objective: Objective,
    gradient: &mut [T],
    workspace: &mut Workspace<T>,
) -> f64 {
    assert_eq!(gradient.len(), layout.len, "the gradient's length");
    let bound = bound_and_slopes(layout, params.into(), batch, objective, workspace);
    gradient::write(&gradient::slabs(layout), &[(batch.input, &*workspace)], |shard| *shard, gradient);
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
fn elbo<T: Real>(posterior: &Posterior<'_, T>, draws: &Draws<T>, log_prob: &[f64], weight: &mut [T]) -> f64 {
    let samples = posterior.samples;
    weight.fill(T::from_f64(1.0 / samples as f64));
    let row_bound = |(row, log_prob): (usize, &[f64])| {
        log_prob.iter().sum::<f64>() / samples as f64 - posterior.divergence(draws, row)
    };
    log_prob.chunks_exact(samples).enumerate().map(row_bound).sum()
}

/// `log (1/K) Σ_k w_k`, summed over rows; `log_weight` holds log p(x|z_k) before; `weight` receives `v_k = w_k / Σ_l w_l`.
fn importance_weighted<T: Real>(
    posterior: &Posterior<'_, T>,
    draws: &Draws<T>,
    log_weight: &mut [f64],
    weight: &mut [T],
) -> f64 {
    let samples = posterior.samples;
    posterior.add_log_ratio(draws, log_weight);
    let row_bound = |(log_weight, weight): (&[f64], &mut [T])| {
        let largest = log_weight.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = log_weight.iter().map(|l| (l - largest).exp()).sum();
        for (weight, l) in weight.iter_mut().zip(log_weight) {
            *weight = T::from_f64((l - largest).exp() / total);
        }
        largest + (total / samples as f64).ln()
    };
    log_weight.chunks_exact(samples).zip(weight.chunks_exact_mut(samples)).map(row_bound).sum()
}

fn posterior<'a, T: Real>(
    layout: &'a Layout,
    params: Params<'a, T>,
    batch: &Batch<'a, T>,
    encoder: &'a Trace<T>,
) -> Posterior<'a, T> {
    let Batch { input, noise, samples, .. } = *batch;
    Posterior { latent: &layout.latent, params, hidden: encoder.output(input), noise, samples }
}

fn observation<'a, T: Real>(
    layout: &'a Layout,
    params: Params<'a, T>,
    batch: &Batch<'a, T>,
    decoder: &'a Trace<T>,
    z: &'a [T],
) -> Observation<'a, T> {
    let Batch { target, samples, .. } = *batch;
    Observation { likelihood: &layout.likelihood, params, hidden: decoder.output(z), target, samples }
}

/// Compares the lengths; the number of samples of all rows.
fn check<T>(layout: &Layout, params: &[T], batch: &Batch<'_, T>) -> usize {
    let rows = batch.target.len() / layout.features;
    assert!(rows > 0 && batch.samples > 0, "{rows} rows of {} samples", batch.samples);
    assert_eq!(params.len(), layout.len, "the parameters' length");
    assert_eq!(batch.input.len(), rows * layout.inputs, "the input's length");
    assert_eq!(batch.target.len(), rows * layout.features, "the target's length");
    assert_eq!(batch.noise.len(), rows * batch.samples * layout.latent.noise_len(), "the noise's length");
    rows * batch.samples
}
